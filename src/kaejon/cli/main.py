"""The `kaejon` command: each subcommand is one module with `add_parser` and a `run`.

Exit 0 success, 1 the data has errors (listed), 2 wrong usage, 130 interrupted, 141 nobody reads on.
With `--json` stdout holds exactly one JSON document; progress goes to stderr.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import json
import os
import sys
import traceback
from collections.abc import Sequence
from importlib.metadata import version
from typing import NoReturn

from kaejon.cli import progress
from kaejon.config.language import choose_language
from kaejon.config.temporary import use_private_folder_of_the_system
from kaejon.methods.errors import DataError, KaejonError, UsageError, disk_full

# Imported only when asked for, so that `kaejon match` never waits for Django.
COMMANDS = {
    "measure": "kaejon.cli.measure",
    "match": "kaejon.cli.match",
    "demo": "kaejon.cli.demo",
    "serve": "kaejon.cli.serve",
    "worker": "kaejon.cli.worker",
    "migrate": "kaejon.cli.migrate",
    "import": "kaejon.cli.import_list",
    "link": "kaejon.cli.link",
    "folder": "kaejon.cli.folder",
    "registry": "kaejon.cli.registry",
    "areas": "kaejon.cli.areas",
    "accounts": "kaejon.cli.accounts",
    "audit": "kaejon.cli.audit",
    "grants": "kaejon.cli.grants",
    "health": "kaejon.cli.health",
    "backup": "kaejon.cli.backup",
    "restore": "kaejon.cli.restore",
    "keys": "kaejon.cli.keys",
}
# Their plain copies lie below the temporary folder of the machine: there may be no data folder.
WITHOUT_DATABASE = ("measure", "match")
# Say how they get on by themselves, or run until they are told to stop.
SILENT = ("match", "demo", "serve", "worker")
# Libraries print a page about themselves when these end; there is nothing left to tidy then.
LONG_LIVED = ("demo", "serve", "worker")
INTERRUPTED, NOBODY_READS = 130, 141
LANGUAGES = ("th", "en")
GLOBAL = "options of every command: --lang th|en, --progress"


class Parser(argparse.ArgumentParser):
    """Wrong usage is a refusal like any other, so that `--json` answers it in JSON."""

    def error(self, message: str) -> NoReturn:
        raise UsageError("wrong_usage", message, remedy=self.format_usage().strip())


def build_parser(command: str | None) -> argparse.ArgumentParser:
    """Parser of the whole command, with the module of `command` loaded (None: all)."""
    parser = Parser(
        prog="kaejon",
        description="แก้จน - find poor households, agree on the truth, act together",
        epilog=GLOBAL,
    )
    parser.add_argument("--version", action="version", version=f"kaejon {version('kaejon')}")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, module in COMMANDS.items():
        if command in (None, name):
            importlib.import_module(module).add_parser(subparsers)
        else:
            subparsers.add_parser(name)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code. Whatever goes wrong is told, never a traceback."""
    # What kaejon writes holds people's data: nobody else of this machine reads it.
    os.umask(0o077)
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        code = refusals_told(arguments)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return nobody_reads()
    except OSError as error:
        leave_stdout()
        return failure(DataError("cannot_write", f"the answer cannot be written: {error.strerror}"))


def refusals_told(arguments: list[str]) -> int:
    as_json = "--json" in arguments
    try:
        return run(arguments)
    except KaejonError as error:
        refusal = error
    except BrokenPipeError:
        raise
    except Exception as error:
        if type(error).__name__ == "InterruptException":  # DuckDB's word for Ctrl-C
            raise KeyboardInterrupt from error
        refusal = refusal_of(error)
    report_error(refusal, as_json=as_json)
    return refusal.exit_code


def run(arguments: list[str]) -> int:
    wants_progress, rest = taken_out(arguments)
    named = next((a for a in rest if not a.startswith("-")), None)
    args = build_parser(named if named in COMMANDS else None).parse_args(rest)
    if args.command in LONG_LIVED:
        choose_language("th")  # pages and papers choose their own
    if args.command in WITHOUT_DATABASE:
        use_private_folder_of_the_system()
    if args.command in SILENT:
        return int(args.run(args) or 0)
    with progress.shown(args.command, wanted=wants_progress):
        return int(args.run(args) or 0)


def taken_out(arguments: list[str]) -> tuple[bool, list[str]]:
    """Whether progress is wanted, and the arguments without those that every command takes."""
    rest: list[str] = []
    language = None
    given = iter(arguments)
    for argument in given:
        if argument == "--lang":
            language = next(given, "")
        elif argument.startswith("--lang="):
            language = argument.partition("=")[2]
        elif argument == "--":
            rest += [argument, *given]
        elif argument != "--progress":
            rest.append(argument)
    if language is not None and language not in LANGUAGES:
        raise UsageError("bad_language", f"--lang is {language!r}; allowed: th, en")
    choose_language(language)
    return "--progress" in arguments, rest


def refusal_of(error: Exception) -> KaejonError:
    """What a person can mend about an error; else that it is ours, with the place it happened."""
    if refusal := disk_full(error) or database_refusal(error):
        return refusal
    if isinstance(error, OSError):
        place = f"{error.filename}: " if error.filename else ""
        return DataError(
            "file_error",
            f"{place}{error.strerror or error}",
            remedy="Check the path, the room left on the disk and the rights on it.",
        )
    if isinstance(error, RecursionError):
        return DataError("too_deep", "the document is nested too deeply to be read")
    if isinstance(error, MemoryError):
        return DataError("too_large", "there is not enough memory for this")
    if os.environ.get("KAEJON_TRACEBACK"):
        traceback.print_exception(error, file=sys.stderr)
    where = traceback.extract_tb(error.__traceback__)[-1]
    return DataError(
        "internal",
        f"kaejon failed: {type(error).__name__} at {os.path.basename(where.filename)}:{where.lineno}",
        remedy="This is a fault of the program. Report it with the line above; "
        "KAEJON_TRACEBACK=1 shows the whole way there.",
    )


def database_refusal(error: Exception) -> KaejonError | None:
    """A database that is missing, old or away, as a refusal; None for any other error."""
    refusals = sys.modules.get("django.db.utils")
    if refusals is None or not isinstance(
        error, (refusals.OperationalError, refusals.ProgrammingError)
    ):
        return None
    return UsageError(
        "database_not_ready",
        f"the database does not answer as this version expects: {error}",
        remedy="Check KAEJON_DATA_DIR and DATABASE_URL, then run `kaejon migrate`.",
    )


def report_error(error: KaejonError, *, as_json: bool) -> None:
    """Tell a refusal: a JSON document on stdout with `--json`, one line and remedy otherwise."""
    failure(error)
    if as_json:
        print(json.dumps({"error": error.as_dict()}, ensure_ascii=False, default=str), flush=True)


def failure(error: KaejonError) -> int:
    """Tell a refusal on stderr, if anybody reads there."""
    with contextlib.suppress(OSError, ValueError):
        print(f"kaejon: {error.message}", file=sys.stderr)
        for line in error.remedy.splitlines():
            print(f"        {line}", file=sys.stderr)
    return error.exit_code


def nobody_reads() -> int:
    """The reader of the answer went away, as `head` does: quietly to an end."""
    leave_stdout()
    return NOBODY_READS


def leave_stdout() -> None:
    """Let what could not be written go, or Python tries once more at its end and prints about it."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def command() -> NoReturn:
    """The `kaejon` program."""
    code = main()
    if any(argument in LONG_LIVED for argument in sys.argv[1:2]):
        import atexit

        atexit._run_exitfuncs()
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


if __name__ == "__main__":
    command()
