"""A whole installation in a folder of its own, driven only through the `kaejon` command."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from tests.cli.sealed_people import PEOPLE, fill
from tests.engines import on_postgres

PYTHON = sys.executable


@dataclass
class Installation:
    """Data folder, database and key file of one installation."""

    folder: Path
    database_url: str = ""
    extra: dict[str, str] = field(default_factory=dict)
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        dropped = ("KAEJON_", "DATABASE_URL", "DJANGO_", "PYTEST_")
        bare = {k: v for k, v in os.environ.items() if not k.startswith(dropped)}
        if self.database_url:
            bare["DATABASE_URL"] = self.database_url
        return bare | {"KAEJON_DATA_DIR": str(self.folder)} | self.extra

    def kaejon(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [PYTHON, "-m", "kaejon.cli.main", *map(str, arguments)],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def start(self, *arguments: object) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [PYTHON, *map(str, arguments)],
            env=self.environment,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.started.append(process)
        return process

    def end(self) -> None:
        """Leave no process behind, whatever a test did not come to."""
        for process in self.started:
            process.kill()
            process.wait()

    def python(self, code: str) -> object:
        """Run code inside the installation; the value of its variable `answer` comes back."""
        program = (
            "import json\nfrom kaejon.config.setup import start_django\nstart_django()\nanswer = None\n"
            f"{code}\nprint(json.dumps(answer, default=str))"
        )
        done = subprocess.run(
            [PYTHON, "-c", program],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])


class Server:
    """The PostgreSQL server of the run: fresh databases, dropped at the end."""

    def __init__(self) -> None:
        self.address = os.environ["DATABASE_URL"]
        self.made: list[str] = []

    def execute(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(self.address, autocommit=True) as connection:
            connection.execute(statement)

    def fresh(self, template: str = "template0") -> str:
        name = f"kaejon_cli_{uuid.uuid4().hex[:12]}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        self.made.append(name)
        return urlunsplit(urlsplit(self.address)._replace(path=f"/{name}"))

    def drop_all(self) -> None:
        for name in self.made:
            self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server | None]:
    server = Server() if on_postgres() else None
    yield server
    if server:
        server.drop_all()


@pytest.fixture(scope="session")
def migrated(
    tmp_path_factory: pytest.TempPathFactory, postgres_server: Server | None
) -> Installation:
    """One migrated installation that the tests copy."""
    made = Installation(
        tmp_path_factory.mktemp("migrated") / "data",
        postgres_server.fresh() if postgres_server else "",
    )
    done = made.kaejon("migrate")
    assert done.returncode == 0, done.stderr
    return made


@pytest.fixture(scope="session")
def filled_once(
    tmp_path_factory: pytest.TempPathFactory, migrated: Installation, postgres_server: Server | None
) -> Installation:
    """One installation with sealed values of every kind, which the tests copy."""
    made = copy_of(migrated, tmp_path_factory.mktemp("filled") / "data", postgres_server)
    made.python(fill(PEOPLE))
    return made


def copy_of(source: Installation, folder: Path, server: Server | None) -> Installation:
    shutil.copytree(source.folder, folder)
    if server is None:
        return Installation(folder)
    return Installation(
        folder, server.fresh(template=urlsplit(source.database_url).path.lstrip("/"))
    )


@pytest.fixture
def another_installation(
    tmp_path: Path, migrated: Installation, postgres_server: Server | None
) -> Iterator[Callable[[str], Installation]]:
    """Makes copies of the migrated installation."""
    made: list[Installation] = []

    def copied(name: str) -> Installation:
        made.append(copy_of(migrated, tmp_path / name, postgres_server))
        return made[-1]

    yield copied
    for one in made:
        one.end()


@pytest.fixture
def installation(another_installation: Callable[[str], Installation]) -> Installation:
    return another_installation("data")


@pytest.fixture
def filled(
    tmp_path: Path, filled_once: Installation, postgres_server: Server | None
) -> Installation:
    return copy_of(filled_once, tmp_path / "filled", postgres_server)


@pytest.fixture
def empty_installation(tmp_path: Path, postgres_server: Server | None) -> Installation:
    """A place where nothing was installed yet."""
    return Installation(tmp_path / "empty", postgres_server.fresh() if postgres_server else "")
