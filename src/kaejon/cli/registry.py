"""`kaejon registry dump`: what the registry holds of an area, as one JSON document."""

from __future__ import annotations

import argparse
import json
from typing import Any


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "registry", help="houses, members, states and claims by natural keys"
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    dump = actions.add_parser(
        "dump",
        help="households, lists and rows of an area; every household is recorded as exported",
    )
    dump.add_argument("--area", required=True, metavar="CODE", help="official code of the area")
    dump.add_argument(
        "--as", dest="user", metavar="USER", help="act as this user (default: the system operator)"
    )
    dump.add_argument("--json", action="store_true", help="in one line, for other programs")
    dump.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from kaejon.config.setup import start_django

    start_django()
    from kaejon.apps.folders.dump import dump_registry
    from kaejon.cli.import_list import acting_user

    document = dump_registry(area=args.area, by=acting_user(args.user))
    print(json.dumps(document, ensure_ascii=False, indent=None if args.json else 1))
    return 0
