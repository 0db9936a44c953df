"""Whatever a person may get wrong at any command: told in one JSON document, never a traceback."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from kaejon.cli.main import COMMANDS, main
from tests.cli.conftest import PYTHON, Installation

ITEMS = [
    f"{capital}_{number}"
    for capital, count in (
        ("human", 6),
        ("physical", 8),
        ("financial", 5),
        ("natural", 8),
        ("social", 10),
    )
    for number in range(1, count + 1)
]
CAPITALS = ",".join(["household_id", *ITEMS]) + "\n" + ",".join(["1", *["2"] * len(ITEMS)]) + "\n"
DEEP_JSON = "[" * 200_000 + "]" * 200_000
DEEP_TOML = "a = " + "[" * 100_000 + "]" * 100_000


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with files of every wrong kind; commands are run with it as `{p}`."""
    for name, content in {
        "list.csv": "รหัสหมู่บ้าน,บ้านเลขที่,ชื่อ,นามสกุล\n33010101,1,สมชาย,ใจดี\n",
        "table.csv": CAPITALS,
        "people.csv": "id,first_name,last_name\n1,สมชาย,ใจดี\n",
        "deep.json": DEEP_JSON,
        "deep.toml": DEEP_TOML,
        "list.json": "[1, 2]",
        "number.json": "3",
        "columns.json": '{"columns": 1}',
        "inner.json": '{"columns": {"ชื่อ": {}}}',
        "giant.json": '{"indicators": [{"name": "a", "column": "human_1", "cutoff": 1, "weight": "1e8000000"}], "k": 1}',
        "file": "",
        "empty.tar.gz": "",
    }.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    (tmp_path / "folder").mkdir()
    return tmp_path


def refused(code: int, out: str, err: str) -> str:
    """The code of the refusal, told as the contract says."""
    assert code in (1, 2), (code, out, err)
    assert "Traceback" not in err
    error = json.loads(out)["error"]
    assert error["message"]
    assert error["code"] != "internal", error
    return str(error["code"])


@pytest.mark.parametrize("command", sorted(COMMANDS))
@pytest.mark.parametrize("wrong", [["--no-such-option"], ["--lang", "xx"], ["--lang"]])
def test_wrong_usage_of_every_command(
    command: str, wrong: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    code = main([command, "--json", *wrong])
    told = capsys.readouterr()
    assert refused(code, told.out, told.err) in ("wrong_usage", "bad_language")


PURE = [
    "measure capitals {p}/no.csv",
    "measure capitals {p}/folder",
    "measure capitals {p}/table.csv --definition {p}/deep.toml",
    "measure capitals {p}/table.csv --definition {p}/no.toml",
    "measure tpmap {p}/no.csv",
    "measure targeting {p}/table.csv",
    "measure hidden {p}/table.csv",
    "measure dynamics {p}/no.csv {p}/no.csv --spec {p}/list.json",
    "measure alkire-foster {p}/table.csv --spec {p}/deep.json",
    "measure alkire-foster {p}/table.csv --spec {p}/number.json",
    "measure alkire-foster {p}/table.csv --spec {p}/list.json",
    "measure alkire-foster {p}/table.csv --spec {p}/giant.json",
    "match {p}/no.csv -o {p}/pairs.csv",
    "match {p}/people.csv -o {p}/folder",
    "match {p}/people.csv -o {p}/no/pairs.csv",
]


@pytest.mark.parametrize("line", PURE)
def test_bad_input_without_a_database(
    place: Path, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main([*line.format(p=place).split(), "--json"])
    told = capsys.readouterr()
    refused(code, told.out, told.err)


IMPORT = "import {p}/list.csv --source community --year 2567"
OF_REGISTRY = [
    "import {p}/no.csv --source community --year 2567",
    "import {p}/list.csv --source community --year 1",
    f"{IMPORT} --mapping {{p}}/list.json",
    f"{IMPORT} --mapping {{p}}/number.json",
    f"{IMPORT} --mapping {{p}}/columns.json",
    f"{IMPORT} --mapping {{p}}/inner.json",
    f"{IMPORT} --mapping {{p}}/deep.json",
    f"{IMPORT} --as nobody",
    "folder --area 33010101 -o {p}/folder",
    "folder --area 99999999 -o {p}/out.pdf",
    "link --area 99",
    "backup {p}/folder",
    "backup {p}/no/backup.tar.gz",
    "restore {p}/no.tar.gz",
    "restore {p}/empty.tar.gz",
    "restore {p}/folder",
    "areas load-boundaries {p}/deep.json",
    "keys retire 99",
    "measure run --area 33 --definition tpmap_2561 --k x",
    "migrate --province 99",
    "demo --data-dir {p}/file/demo --no-serve",
    "serve --port 99999",
]


def test_bad_input_with_a_registry(installation: Installation, place: Path) -> None:
    lines = [line.format(p=place).split() for line in OF_REGISTRY]
    started = [
        subprocess.Popen(
            [PYTHON, "-m", "kaejon.cli.main", *line, "--json"],
            env=installation.environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
        )
        for line in lines
    ]  # fmt: skip
    for line, process in zip(OF_REGISTRY, started, strict=True):
        out, errors = process.communicate(timeout=300)
        try:
            refused(process.returncode, out, errors)
        except (AssertionError, ValueError) as error:
            raise AssertionError(
                f"{line}: {process.returncode} {out!r} {errors[-800:]!r}"
            ) from error


FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")
def test_an_answer_that_cannot_be_written_is_told(place: Path) -> None:
    with FULL.open("w") as full:
        done = subprocess.run(
            [PYTHON, "-m", "kaejon.cli.main", "measure", "capitals", str(place / "table.csv"), "--json"],
            stdout=full, stderr=subprocess.PIPE, text=True, timeout=120, check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "cannot be written" in done.stderr


def test_a_reader_that_goes_away_is_no_fault(place: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [PYTHON, "-m", "kaejon.cli.main", "measure", "capitals", str(place / "table.csv"), "--json"],
            stdout=writing, stderr=subprocess.PIPE, text=True, timeout=120, check=False,
        )  # fmt: skip
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")
def test_a_full_disk_leaves_no_half_file(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from kaejon.cli.outputs import written_whole
    from kaejon.methods.errors import DataError

    target = place / "pairs.csv"
    target.write_text("as it was", encoding="utf-8")

    def write() -> None:
        with written_whole(target) as draft, FULL.open("w") as full:
            draft.write_text("half", encoding="utf-8")
            full.write("x")

    with pytest.raises(DataError, match="cannot be written"):
        write()
    assert target.read_text(encoding="utf-8") == "as it was"
    assert not [p for p in place.iterdir() if p.name.startswith(".")]


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    from importlib.metadata import version

    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.strip() == f"kaejon {version('kaejon')}"


def test_refusals_speak_the_language_asked_for(installation: Installation, place: Path) -> None:
    (place / "bad.csv").write_text(
        "รหัสหมู่บ้าน,บ้านเลขที่,ชื่อ,นามสกุล,วันเดือนปีเกิด\n"
        + "".join(f"33010101,{n},คนที่{n},ใจดี,12/03/2510\n" for n in range(1, 12))
        + "33010101,99,วันผิด,ใจดี,31/02/2510\n",
        encoding="utf-8",
    )
    command = ("import", place / "bad.csv", "--source", "community", "--year", 2567, "--json")
    told = {
        language: json.loads(installation.kaejon(*command, "--lang", language).stdout)
        for language in ("th", "en")
    }
    reasons = {name: document["rejected"][0]["reason"] for name, document in told.items()}
    assert reasons["th"] != reasons["en"]
    assert reasons["en"].isascii() or "31/02/2510" in reasons["en"]


def test_progress_is_told_where_it_is_wanted(monkeypatch: pytest.MonkeyPatch, capsys) -> None:  # type: ignore[no-untyped-def]
    import threading

    from kaejon.cli import progress

    told = threading.Event()
    monkeypatch.setattr(progress, "FIRST_SECONDS", 0.01)
    with progress.shown("import", wanted=True):
        progress.say(lambda: told.set() or "rows 4 of 9")  # type: ignore[func-returns-value]
        told.wait(30)
    assert "rows 4 of 9" in capsys.readouterr().err
    with progress.shown("import", wanted=False):
        assert not [t for t in threading.enumerate() if t.name == "progress"]
