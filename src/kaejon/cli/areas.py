"""`kaejon areas`: official codes of a province, and outlines from GeoJSON."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kaejon.methods.documents import read_json
from kaejon.methods.errors import DataError, UsageError

if TYPE_CHECKING:
    from kaejon.apps.access.models import User

LARGEST_FILE = 200 * 1024 * 1024


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser("areas", help="load official areas and their outlines")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    load = actions.add_parser(
        "load", help="load provinces, districts and tambons with their official codes"
    )
    load.add_argument(
        "--province",
        action="append",
        required=True,
        metavar="CODE",
        help="2-digit code; may be repeated",
    )
    load.set_defaults(run=load_areas)
    outlines = actions.add_parser(
        "load-boundaries", help="load outlines; each feature has the property 'code'"
    )
    outlines.add_argument(
        "file",
        type=Path,
        metavar="FILE",
        help="GeoJSON FeatureCollection in longitude and latitude",
    )
    outlines.add_argument(
        "--source",
        default="",
        metavar="TEXT",
        help="who made the outlines, shown on maps (default: the file name)",
    )
    outlines.add_argument(
        "--as",
        dest="acting",
        metavar="USER",
        help="act as this user (default: the system operator)",
    )
    outlines.set_defaults(run=load_outlines)
    for action in (load, outlines):
        action.add_argument("--json", action="store_true", help="print one JSON document")


def load_areas(args: argparse.Namespace) -> int:
    from kaejon.config.setup import start_django

    start_django()
    from django.db import transaction

    from kaejon.apps.access.operator import ensure_operator
    from kaejon.apps.areas.geography import load_province
    from kaejon.apps.areas.models import WHOLE_SYSTEM
    from kaejon.apps.audit.actions import record

    loaded = {}
    with transaction.atomic():
        for code in args.province:
            try:
                loaded[code] = load_province(code)
            except ValueError as error:
                raise DataError(
                    "unknown_province",
                    str(error),
                    remedy="Give the official 2-digit code, for example 33.",
                ) from error
            record(
                by=ensure_operator(),
                verb="areas.load",
                subject_type="area",
                subject_id=code,
                area=WHOLE_SYSTEM,
                changes={"count": loaded[code]},
            )
    tell(
        args,
        {"loaded": loaded},
        ", ".join(f"{count} areas of {code}" for code, count in loaded.items()),
    )
    return 0


def load_outlines(args: argparse.Namespace) -> int:
    from kaejon.config.setup import start_django

    features = features_of(args.file)
    start_django()
    from kaejon.apps.access.places import load_boundaries

    count = load_boundaries(
        features=features, source=args.source or args.file.name, by=actor(args.acting)
    )
    tell(
        args,
        {"boundaries": count, "source": args.source or args.file.name},
        f"{count} outlines are loaded.",
    )
    return 0


def actor(username: str | None) -> User:
    """The user the command acts as. Refuses an unknown or closed account, and one without the right."""
    from kaejon.apps.access.models import User
    from kaejon.apps.access.operator import ensure_operator
    from kaejon.apps.access.roles import Permission
    from kaejon.apps.access.scope import may

    if username is None:
        return ensure_operator()
    user = User.objects.filter(username=username).first()
    if user is None:
        raise UsageError("unknown_user", f"there is no user {username!r}")
    if not may(user, Permission.MANAGE_SOURCES):
        raise UsageError(
            "not_permitted",
            f"{username} may not load outlines",
            remedy="Act as a province officer.",
        )
    return user


def features_of(path: Path) -> list[dict[str, Any]]:
    """The features of a GeoJSON file. Refuses what is no FeatureCollection."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise DataError(
                "file_too_large",
                f"{path} is larger than {LARGEST_FILE // 1024**2} MB",
                remedy="Simplify the outlines; a map on a screen needs a few hundred points an area.",
            )
        document = read_json(path.read_text(encoding="utf-8-sig"), largest=LARGEST_FILE)
    except OSError as error:
        raise UsageError("no_file", f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise DataError(
            "not_json",
            f"{path} is not JSON: {error}",
            remedy="Export the outlines as GeoJSON in UTF-8.",
        ) from error
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list) or not all(isinstance(feature, dict) for feature in features):
        raise DataError(
            "not_a_feature_collection",
            f"{path} is JSON but no GeoJSON FeatureCollection",
            remedy="Export the outlines as GeoJSON; a Shapefile or TopoJSON must be converted first.",
        )
    return features


def tell(args: argparse.Namespace, document: dict[str, Any], sentence: str) -> None:
    if args.json:
        print(json.dumps(document, ensure_ascii=False))
    else:
        print(sentence, file=sys.stderr)
