"""`kaejon measure run`: measure the registry, as the pages do."""

from __future__ import annotations

import argparse
from typing import Any

from kaejon.cli import progress
from kaejon.cli.measure.output import note, print_json, print_table
from kaejon.methods.errors import DataError, UsageError

DESIGNS = ("villages", "municipal")
# Kinds of measurement that have a cutoff k.
WITH_CUTOFF = ("alkire_foster", "dynamics")
KINDS = ("alkire_foster", "tpmap", "capitals", "dynamics")


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser("run", help="measure the registry (needs the database)")
    parser.add_argument("--area", required=True, metavar="CODE", help="official code of the area")
    parser.add_argument("--definition", required=True, metavar="NAME", help="name, or name@number")
    parser.add_argument("--kind", choices=KINDS, help="default: what the definition is for")
    parser.add_argument("--year", type=int, metavar="BE", help="year of the list; default: newest")
    parser.add_argument("--before", type=int, metavar="BE", help="first of two rounds (dynamics)")
    parser.add_argument("--k", help="cutoff such as 1/3; default: the definition's own")
    parser.add_argument("--unit", choices=("person", "household"), help="default: person")
    parser.add_argument(
        "--design",
        choices=DESIGNS,
        help="how a sample was drawn: villages in every district, or inside and outside "
        "municipalities; default: the list names everybody",
    )
    parser.add_argument(
        "--as", dest="user", metavar="USER", help="act as this user (default: the system operator)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Start the run, do it here, print what it says."""
    from kaejon.config.setup import start_django

    start_django()
    from kaejon.apps.jobs.actions import run_job_here
    from kaejon.apps.measurement.running import start_run
    from kaejon.cli.import_list import acting_user

    started = start_run(by=acting_user(args.user), **wanted(args))
    note(f"measuring {started.area_id} by {started.definition_name}")
    if started.job is not None:
        progress.follow(started.job)
        run_job_here(started.job, tell=note)
    started.refresh_from_db()
    if started.status != "done":
        problem = started.problem or {"code": "not_done", "message": "the run was not done"}
        raise DataError(problem["code"], problem["message"], remedy=str(problem.get("remedy", "")))
    show(started, as_json=args.json)
    return 0


def wanted(args: argparse.Namespace) -> dict[str, Any]:
    """What the options ask for, as `start_run` takes it. Refuses an unknown area or list."""
    from kaejon.apps.areas.models import Area
    from kaejon.apps.measurement.defining import FITS, definition
    from kaejon.apps.measurement.running import READS

    area = Area.objects.filter(code=args.area).first()
    if area is None:
        raise UsageError("unknown_area", f"there is no area {args.area}", remedy="Check the code.")
    found = definition(args.definition)
    kinds = [kind for kind, fitting in FITS.items() if found.kind in fitting]
    if not kinds:
        raise UsageError("definition_misfit", f"{args.definition} measures nothing by itself")
    kind = args.kind or ("dynamics" if args.before else kinds[0])
    if args.k and kind not in WITH_CUTOFF:
        raise UsageError(
            "k_without_use",
            f"--k is {args.k!r}, and {kind} has no cutoff",
            remedy="Leave --k out, or measure by a definition for Alkire-Foster.",
        )
    reads = READS[found.kind]
    options = {"k": args.k, "unit": args.unit, "design": args.design}
    return {
        "kind": str(kind),
        "area": area,
        "definition_name": args.definition,
        "version": version_of(reads, args.year),
        "before": version_of(reads, args.before) if args.before else None,
        "options": {name: value for name, value in options.items() if value},
    }


def version_of(kind: str, year: int | None) -> Any:
    """The newest applied list of the kind and year."""
    from kaejon.apps.sources.models import SourceVersion

    rows = SourceVersion.objects.filter(source__kind=kind, batches__status="applied")
    rows = rows.filter(year_be=year) if year else rows
    found = rows.order_by("-as_of", "source__rank").first()
    if found is None:
        raise UsageError(
            "no_such_list",
            f"no applied list of kind {kind}" + (f" of {year}" if year else ""),
            remedy="Bring one in with `kaejon import`.",
        )
    return found


def show(started: Any, *, as_json: bool) -> None:
    document = {
        "run": str(started.public_id),
        "kind": started.kind,
        "area": started.area_id,
        "definition": started.definition_name,
        "lists": started.lists,
        "inputs": [held.content_hash for held in started.inputs.all()],
        "results_sha256": started.results_hash,
        "results": started.results,
    }
    if as_json:
        print_json(document)
        return
    flat = [
        [name, value["value"] if isinstance(value, dict) and "value" in value else value]
        for name, value in started.results.items()
        if not isinstance(value, list) and not (isinstance(value, dict) and "value" not in value)
    ]
    print_table(["figure", "value"], flat)
    note(f"results sha256 {started.results_hash}")
