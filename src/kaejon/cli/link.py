"""`kaejon link [--area CODE]`: search the registry for people who stand twice."""

from __future__ import annotations

import argparse
import json
import sys
import time
from typing import Any

from kaejon.methods.errors import UsageError


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "link", help="find people who stand twice in the registry; they wait to be decided"
    )
    parser.add_argument(
        "--area",
        metavar="CODE",
        help="province, district, tambon or village (default: all one may see)",
    )
    parser.add_argument(
        "--as", dest="user", metavar="USER", help="act as this user (default: the system operator)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Search, wait for the end and print what was found."""
    from kaejon.config.setup import start_django

    start_django()
    from kaejon.apps.linking.scoring import start
    from kaejon.cli.import_list import acting_user, work

    user, began = acting_user(args.user), time.monotonic()
    area = chosen_area(args.area, user)
    job = start(area=area, by=user)
    print(f"kaejon link: comparing the people of {area.code}", file=sys.stderr)
    work(job, "link")
    job.refresh_from_db()
    report(
        {"area": area.code, **job.result, "seconds": round(time.monotonic() - began, 1)}, args.json
    )
    return 0


def chosen_area(code: str | None, user: Any) -> Any:
    """The area named, or the only one in which the user may decide. Refuses an unknown one, and several."""
    from kaejon.apps.access.roles import Permission
    from kaejon.apps.access.scope import scope_of
    from kaejon.apps.areas.models import Area

    codes = (code,) if code else scope_of(user, Permission.APPLY_LISTS).areas
    areas = list(Area.objects.filter(code__in=codes)[:2])
    if len(areas) == 1:
        return areas[0]
    raise UsageError(
        "no_such_area" if code else "which_area",
        f"there is no area {code!r}" if code else "it is not clear which area is meant",
        remedy="Name a code of 2, 4, 6 or 8 digits with --area.",
    )


def report(found: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print(json.dumps(found))
        return
    print(
        f"{found['people']:,} people compared in {found['seconds']} s: "
        f"{found['sure']:,} pairs almost surely the same, {found['ask']:,} perhaps"
    )
