"""`kaejon import`: stage a list, report, and apply it when asked."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from kaejon.cli import progress
from kaejon.config.language import chosen_language
from kaejon.methods.documents import read_json
from kaejon.methods.errors import DataError, UsageError


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser("import", help="check a list and bring it in")
    parser.add_argument("file", metavar="FILE", help="CSV, XLSX or Parquet, one row per person")
    parser.add_argument(
        "--source",
        required=True,
        choices=("tpmap", "bmn", "ppp", "community"),
        help="what kind of list it is",
    )
    parser.add_argument(
        "--year", required=True, type=int, metavar="BE", help="year of the list, Buddhist Era"
    )
    parser.add_argument(
        "--owner", metavar="ORG", help="code of the organization that owns the list"
    )
    parser.add_argument(
        "--mapping",
        metavar="PROFILE",
        help="a saved mapping profile, or a JSON file {header: field}",
    )
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--dry-run", action="store_true", help="check only (the default)")
    mode.add_argument("--apply", action="store_true", help="apply when the gates let it")
    parser.add_argument(
        "--as", dest="user", metavar="USER", help="act as this user (default: the system operator)"
    )
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from kaejon.config.setup import start_django

    start_django()
    path = Path(args.file)
    if not path.is_file():
        raise UsageError("no_such_file", f"there is no file {args.file}", remedy="Check the path.")
    from kaejon.apps.sources import actions as lists
    from kaejon.apps.sources.models import BatchStatus

    user = acting_user(args.user)
    batch = upload(path, args, user)
    try:
        choose_mapping(batch, args.mapping, user)
        work(lists.stage(batch=batch, by=user), "import")
        batch.refresh_from_db()
        if args.apply and batch.status == BatchStatus.STAGED:
            work(lists.apply(batch=batch, by=user), "import")
            batch.refresh_from_db()
        answer = described(batch)
    finally:
        leave_nothing(batch, user)
    report(batch, answer, as_json=args.json)
    sums = batch.counts["issues"].get("NOT_A_PERSON", 0)
    failed = batch.status == BatchStatus.REFUSED or batch.counts["outcomes"]["rejected"] > sums
    return 1 if failed else 0


def leave_nothing(batch: Any, user: Any) -> None:
    """Discard what did not come into the registry, however it ended; what is being applied goes on."""
    from kaejon.apps.sources.actions import MOVES, discard
    from kaejon.apps.sources.models import BatchStatus, ImportBatch

    now = ImportBatch.objects.get(pk=batch.pk)
    if now.status in MOVES["discard"][0]:
        discard(batch=now, by=user)
    elif now.status == BatchStatus.APPLYING:
        print(
            "kaejon import: the list is being applied; a worker goes on with it. "
            "It can be taken back on its page.",
            file=sys.stderr,
        )


def acting_user(username: str | None) -> Any:
    """The named account, or the operator. Refuses an unknown, disabled or expired account."""
    from kaejon.apps.access.models import User
    from kaejon.apps.access.operator import ensure_operator

    if username is None:
        return ensure_operator()
    user = User.objects.filter(username=username).first()
    if user is None or not user.is_active or user.is_expired():
        raise UsageError(
            "no_such_user",
            f"there is no active account {username!r}",
            remedy="Check the user name.",
        )
    return user


def upload(path: Path, args: argparse.Namespace, user: Any) -> Any:
    from kaejon.apps.sources import actions as lists

    source = find_source(args.source, args.owner, user)
    with path.open("rb") as handle:
        return lists.upload_list(
            chunks=iter(lambda: handle.read(1 << 20), b""),
            file_name=path.name,
            source=source,
            year_be=args.year,
            by=user,
            trial=not args.apply,
        )


def find_source(kind: str, owner: str | None, user: Any) -> Any:
    """The source of this kind and owner whose lists the user may bring in; made with cautious
    promises when there is none yet."""
    from kaejon.apps.partners.models import Organization
    from kaejon.apps.sources.actions import register_source
    from kaejon.apps.sources.models import Kind
    from kaejon.apps.sources.queries import sources_to_upload

    rows = sources_to_upload(user).filter(kind=kind)
    if owner:
        organization = Organization.objects.filter(code=owner).first()
        if organization is None:
            raise UsageError(
                "no_such_organization",
                f"there is no organization {owner!r}",
                remedy="Register the organization first, or leave --owner out.",
            )
        rows = rows.filter(owner=organization)
    else:
        organization = own_organization(user)
    found = list(rows[:2])
    if len(found) == 2:
        raise UsageError(
            "several_sources",
            f"there are several sources of kind {kind}",
            remedy="Name the owner with --owner.",
        )
    if found:
        return found[0]
    label = Kind(kind).label
    return register_source(
        code=f"{kind}-{organization.code}",
        kind=kind,
        name_th=str(label),
        owner=organization,
        legal_basis="public_task",
        purpose="ค้นหาและช่วยเหลือครัวเรือนที่ต้องการความช่วยเหลือ",
        retention_years=5,
        by=user,
    )


def own_organization(user: Any) -> Any:
    """The organization for which the user brings lists: the operator's own, unless told otherwise."""
    from kaejon.apps.access.refusals import NotPermitted
    from kaejon.apps.access.roles import Permission
    from kaejon.apps.access.scope import organizations_with
    from kaejon.apps.partners.models import Organization

    held = organizations_with(user, Permission.IMPORT_LISTS)
    own = Organization.objects.filter(pk__in=held).order_by("pk").first()
    if own is None:
        raise NotPermitted(Permission.IMPORT_LISTS.value)
    return own


def choose_mapping(batch: Any, named: str | None, user: Any) -> None:
    from kaejon.apps.sources.actions import set_mapping
    from kaejon.apps.sources.models import MappingProfile
    from kaejon.methods.listfiles.mapping import Mapping

    document = batch.mapping
    if named:
        profile = MappingProfile.objects.filter(name=named).first()
        if profile is not None:
            document = profile.mapping
        elif Path(named).is_file():
            document = read_mapping(Path(named))
        else:
            raise UsageError("no_such_profile", f"there is no mapping profile or file {named!r}")
    set_mapping(
        batch=batch,
        mapping=Mapping.from_json(document).for_header(tuple(batch.info["header"])),
        by=user,
    )


def read_mapping(path: Path) -> dict[str, Any]:
    """A mapping file: {"columns": {header: field}, "constants": {…}}, or just {header: field}."""
    try:
        document = read_json(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise DataError("bad_mapping", f"{path.name} is not JSON: {error}") from error
    mapping = (
        document if isinstance(document, dict) and "columns" in document else {"columns": document}
    )
    for part in ("columns", "constants"):
        given = mapping.get(part, {})
        if not isinstance(given, dict) or not all(isinstance(v, str) for v in given.values()):
            raise DataError(
                "bad_mapping",
                f"{path.name}: {part} is not an object of names and field names",
                remedy='Write {"header of the column": "name of the field", …}.',
            )
    return mapping


def work(job: Any, command: str) -> None:
    """Run this job here and now, or wait for the worker that is at it."""
    from kaejon.apps.jobs.actions import run_job_here

    progress.follow(job)
    run_job_here(job, tell=lambda words: print(f"kaejon {command}: {words}", file=sys.stderr))
    job.refresh_from_db()
    if job.status != "done":
        error = job.result.get("error", {})
        raise DataError(
            job.error_code or "failed",
            str(error.get("message", "the step stopped by a fault of the program")),
            remedy=str(error.get("remedy", "The log tells where. Report it, or try again.")),
        )


def described(batch: Any) -> dict[str, Any]:
    """What the command answers, read before anything of it is discarded."""
    from kaejon.apps.sources.queries import file_notices

    told = file_notices(batch, chosen_language() or "th")
    codes = [notice["code"] for notice in batch.info.get("warnings", [])]
    return {
        "batch": str(batch.public_id),
        "file": batch.file_name,
        "status": batch.status,
        "counts": batch.counts,
        "problem": batch.problem or None,
        "notices": [{"code": c, "text": t} for c, t in zip(codes, told, strict=True)],
        "rejected": rejected(batch),
    }


def report(batch: Any, document: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(document, ensure_ascii=False))
        return
    print(f"{batch.file_name}: {batch.get_status_display()}")
    for outcome, count in batch.counts["outcomes"].items():
        print(f"  {outcome:<10} {count:>9,}")
    for notice in document["notices"]:
        print(f"  {notice['text']}", file=sys.stderr)
    for line in document["rejected"][:20]:
        print(f"  row {line['row']}: {line['reason']}", file=sys.stderr)


def rejected(batch: Any) -> list[dict[str, Any]]:
    """The first hundred rejected rows with their reasons."""
    from kaejon.apps.sources.queries import rows_of, sentences

    return [
        {
            "row": r.row_number,
            "reason": " / ".join(sentences(r.issues, chosen_language() or "th")),
            "codes": [i["code"] for i in r.issues],
        }
        for r in rows_of(batch, "rejected")[:100]
    ]
