"""The `kaejon` command: each subcommand is one module with `add_parser` and a `run`.

Exit 0 success, 1 the data has errors (listed), 2 wrong usage.
With `--json` stdout holds exactly one JSON document; progress goes to stderr.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
from collections.abc import Sequence

from kaejon.config.temporary import use_private_folder_of_the_system
from kaejon.methods.errors import KaejonError, UsageError

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
    "health": "kaejon.cli.health",
    "backup": "kaejon.cli.backup",
    "restore": "kaejon.cli.restore",
    "keys": "kaejon.cli.keys",
}
# Their plain copies lie below the temporary folder of the machine: there may be no data folder.
WITHOUT_DATABASE = ("measure", "match")


def build_parser(command: str | None) -> argparse.ArgumentParser:
    """Parser of the whole command, with the module of `command` loaded (None: all)."""
    parser = argparse.ArgumentParser(
        prog="kaejon", description="แก้จน - find poor households, agree on the truth, act together"
    )
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, module in COMMANDS.items():
        if command in (None, name):
            importlib.import_module(module).add_parser(subparsers)
        else:
            subparsers.add_parser(name)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    # What kaejon writes holds people's data: nobody else of this machine reads it.
    os.umask(0o077)
    arguments = list(sys.argv[1:] if argv is None else argv)
    named = next((a for a in arguments if not a.startswith("-")), None)
    args = build_parser(named if named in COMMANDS else None).parse_args(arguments)
    if args.command in WITHOUT_DATABASE:
        use_private_folder_of_the_system()
    try:
        return int(args.run(args) or 0)
    except KaejonError as error:
        refusal = error
    except Exception as error:
        refusal = database_refusal(error)
        if refusal is None:
            raise
    report_error(refusal, as_json=getattr(args, "json", False))
    return refusal.exit_code


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
    if as_json:
        print(json.dumps({"error": error.as_dict()}, ensure_ascii=False, default=str))
    print(f"kaejon: {error.message}", file=sys.stderr)
    if error.remedy:
        print(f"        {error.remedy}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
