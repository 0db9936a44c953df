"""Small synthetic provinces, each in a folder of its own, served by the real server and worker."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HOUSEHOLDS = 500
SEED = 33
PASSWORD = "kaejon-demo-2568"


@dataclass(frozen=True)
class Site:
    """A running installation. `lists`: the four sample files, `spoiled`: the same with wrong rows."""

    url: str
    folder: Path

    @property
    def lists(self) -> Path:
        return self.folder / "lists"

    @property
    def spoiled(self) -> Path:
        return self.folder / "spoiled"

    def list_file(self, kind: str, *, spoiled: bool = False) -> Path:
        """The sample file of a kind of list: TPMAP, จปฐ, ทุน5ด้าน or สำรวจชุมชน."""
        (found,) = (self.spoiled if spoiled else self.lists).glob(f"*{kind}*")
        return found


def environment(folder: Path) -> dict[str, str]:
    """The environment of an installation in `folder`, free of the one that runs the tests."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("KAEJON_", "DATABASE_URL"))}
    return kept | {
        "KAEJON_DATA_DIR": str(folder),
        "KAEJON_SYNTHETIC": "True",
        "KAEJON_LOG_LEVEL": "ERROR",
        "KAEJON_LOGIN_RATE": "1000/m/ip",
        "DJANGO_SETTINGS_MODULE": "kaejon.config.settings",
    }


def run(folder: Path, *words: str) -> None:
    subprocess.run([sys.executable, *words], env=environment(folder), check=True, timeout=600)


def build(folder: Path, *, with_lists: bool) -> None:
    """A province whose lists are taken in, or one with accounts and sources that waits for them."""
    if with_lists:
        size = ["--households", str(HOUSEHOLDS), "--seed", str(SEED)]
        demo = ["demo", "--data-dir", str(folder), "--no-serve", *size]
        run(folder, "-m", "kaejon.cli.main", *demo)
    else:
        run(folder, "-m", "tests.browser.province", str(folder), str(HOUSEHOLDS), str(SEED))


@contextlib.contextmanager
def served(folder: Path) -> Iterator[Site]:
    """The installation in `folder`, served on a free port with a worker beside."""
    command = [sys.executable, "-m", "kaejon.cli.main", "serve", "--port", "0", "--threads", "4"]
    server = subprocess.Popen(
        command, env=environment(folder), stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )
    try:
        yield Site(address_of(server), folder)
    finally:
        server.terminate()
        server.wait(30)


def address_of(server: subprocess.Popen[str]) -> str:
    """Read what the server says until it names its address; what follows goes to our own stderr."""
    assert server.stderr is not None
    said = []
    for line in server.stderr:
        said.append(line)
        if found := re.search(r"serves at (http://\S+)/", line):
            threading.Thread(target=pass_on, args=(server,), daemon=True).start()
            return found[1]
    raise RuntimeError("the server did not start: " + "".join(said))


def pass_on(server: subprocess.Popen[str]) -> None:
    for line in server.stderr or ():
        sys.stderr.write(line)
