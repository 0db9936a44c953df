"""`kaejon folder`: Family Folders as PDF, of one household or of an area."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from kaejon.cli.outputs import require_place, written_whole
from kaejon.methods.errors import DataError, UsageError


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser("folder", help="print Family Folders to a PDF, one A4 page each")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "household", nargs="?", metavar="HOUSEHOLD_ID", help="the id in the folder's address"
    )
    what.add_argument(
        "--area", metavar="CODE", help="every household of this village, tambon or district"
    )
    parser.add_argument("-o", "--output", required=True, type=Path, metavar="FILE.pdf")
    parser.add_argument(
        "--as", dest="user", metavar="USER", help="act as this user (default: the system operator)"
    )
    parser.add_argument("--thai-digits", action="store_true", help="๑๒๓ instead of 123")
    parser.add_argument("--language", choices=("th", "en"), default="th")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    require_place(args.output)
    from kaejon.config.setup import start_django

    start_django()
    from kaejon.apps.folders.paper import Print
    from kaejon.cli.import_list import acting_user

    how = Print(acting_user(args.user), args.language, args.thai_digits)
    files = print_to(
        args.output, chosen(args, how.by), how, reason=args.area or "", quiet=args.json
    )
    if args.json:
        print(
            json.dumps({"files": [{"file": str(file), "folders": count} for file, count in files]})
        )
    else:
        for file, count in files:
            print(f"{file}: {count:,} {'folder' if count == 1 else 'folders'}")
    return 0


def chosen(args: argparse.Namespace, user: Any) -> Any:
    """The households asked for that the user may print. Refuses none, and a malformed id or code."""
    from kaejon.apps.access.roles import Permission
    from kaejon.apps.folders.printing import printable
    from kaejon.apps.households.queries import visible_to

    if args.area:
        if not args.area.isdigit() or len(args.area) not in (2, 4, 6, 8):
            raise UsageError(
                "bad_area", f"{args.area!r} is not an area code of 2, 4, 6 or 8 digits"
            )
        rows = printable(user, args.area)
    else:
        try:
            rows = visible_to(user, Permission.PRINT).filter(public_id=UUID(args.household))
        except ValueError as error:
            raise UsageError(
                "bad_household", f"{args.household!r} is not a household id"
            ) from error
    if not rows.exists():
        raise DataError(
            "no_households",
            "there is no such household to print",
            remedy="Check the id or code, and the user's area.",
        )
    return rows


def print_to(
    output: Path, households: Any, how: Any, *, reason: str, quiet: bool
) -> list[tuple[Path, int]]:
    """Write FILE.pdf, then FILE-2.pdf … where one PDF cannot hold them all; (file, folders) of each."""
    from kaejon.apps.folders.printing import in_parts, print_households
    from kaejon.sheets.folder import LARGEST_BATCH

    files: list[tuple[Path, int]] = []
    for number, part in enumerate(in_parts(households, LARGEST_BATCH), start=1):
        target = (
            output if number == 1 else output.with_name(f"{output.stem}-{number}{output.suffix}")
        )
        content = print_households(part, how, reason=reason)
        with written_whole(target) as draft:
            draft.write_bytes(content)
        files.append((target, len(part)))
        if not quiet:
            print(f"{done(files):,} folders printed", file=sys.stderr)
    return files


def done(files: Sequence[tuple[Path, int]]) -> int:
    return sum(count for _, count in files)
