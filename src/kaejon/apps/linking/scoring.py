"""Search the registry for people who stand twice, as a job.

Compares everybody of one area with the model of `kaejon match` and keeps what it finds as
pairs. Nothing is written before the comparison is whole, and writing a pair twice changes
nothing: a killed run begins again. What was decided is never asked again; a pair nobody
has spoken on is scored anew, and goes when it is no longer found.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from importlib.metadata import version
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import require
from kaejon.apps.areas.models import Area
from kaejon.apps.areas.queries import within
from kaejon.apps.audit.actions import record as record_event
from kaejon.apps.households.bulk import update_rows
from kaejon.apps.jobs.actions import Progress, enqueue
from kaejon.apps.jobs.models import Job
from kaejon.apps.linking.errors import DecisionError
from kaejon.apps.linking.honouring import honour_decisions
from kaejon.apps.linking.models import Band, LinkRun, PairState, PersonPair
from kaejon.apps.linking.registry_people import TABLE, load_people
from kaejon.apps.linking.sure import merge_sure
from kaejon.methods.linkage.engines import DuckDBEngine
from kaejon.methods.linkage.link import LinkResult, PairDecision, link
from kaejon.methods.linkage.prepare import KEY_VERSION
from kaejon.methods.linkage.profile import load_model, load_profile

PROFILE = "thai-person"
AT_ONCE = 500
# Levels of which one keeps a pair out of the sure band, because twins share house, surname,
# sex and birth date; who reaches both are two people, and nobody is asked.
NEEDS_A_PERSON = {("first_name", "different"), ("national_id", "both_valid_differ")}
SCORED = ("probability", "band", "lane", "levels", "run")


def start(*, area: Area, by: User) -> Job:
    """Ask for a search; while one of the same area runs, that one is returned. Refuses (NotPermitted) an area of others."""
    require(by, Permission.APPLY_LISTS, at=area.code)
    with transaction.atomic():
        for run in LinkRun.objects.filter(area=area, finished_at=None)[:1]:
            job = Job.objects.filter(key=key_of(run)).first()
            if job is not None and not job.is_over:
                return job
        run = LinkRun.objects.create(area=area, started_by=by)
        record_event(
            by=by, verb="link.start", subject_type="link", subject_id=run.public_id, area=area.code
        )
        return enqueue(kind="link", key=key_of(run), payload={"run": str(run.public_id)}, by=by)


def key_of(run: LinkRun) -> str:
    return f"link:{run.public_id}"


def run(progress: Progress) -> dict[str, Any]:
    """Job handler: search the area of the run named in the payload."""
    held = LinkRun.objects.select_related("area", "started_by").get(
        public_id=progress.job.payload["run"]
    )
    require(held.started_by, Permission.APPLY_LISTS, at=held.area_id)
    if held.finished_at is not None:
        return {"people": held.people, "sure": held.sure, "ask": held.ask}
    honour_decisions(held.area_id, progress)
    with DuckDBEngine() as engine:
        progress.advance(stage="read", done=0, total=0)
        held.people, held.input_hash = load_people(engine, held.area_id)
        result = compare(engine, held, progress) if held.people > 1 else None
    if result is not None:
        held.versions = versions_of(result)
        write_pairs(held, result, progress)
    return finish(held, progress)


def compare(engine: DuckDBEngine, run: LinkRun, progress: Progress) -> LinkResult:
    stages = iter(("prepare", "rules", "candidates", "score", "decide"))

    def tell(message: str) -> None:
        progress.advance(stage=next(stages, "decide"))

    return link(
        engine,
        TABLE,
        today=timezone.localdate(),
        profile=load_profile(PROFILE),
        decisions=said_different(run.area_id),
        tell=tell,
    )


def said_different(area: str) -> list[PairDecision]:
    """Pairs that people said are different, by whom they stand for now."""
    pairs = (
        pairs_within(area)
        .filter(state=PairState.DIFFERENT)
        .annotate(
            left=Coalesce("one__merged_into", "one"), right=Coalesce("other__merged_into", "other")
        )
    )
    return [
        PairDecision(str(left), str(right), same=False)
        for left, right in pairs.values_list("left", "right")
        if left != right
    ]


def pairs_within(area: str) -> QuerySet[PersonPair]:
    """Pairs of which both people are in the area."""
    return PersonPair.objects.filter(within(area, "one__area_id"), within(area, "other__area_id"))


def versions_of(result: LinkResult) -> dict[str, Any]:
    """What compared: profile, thresholds, model, keys, engines and program."""
    model = json.dumps(load_model(result.profile).document(), sort_keys=True)
    return {
        "profile": f"{result.profile.name} {result.profile.version}",
        "sure": result.thresholds.sure,
        "ask": result.thresholds.ask,
        "model": hashlib.sha256(model.encode()).hexdigest()[:16],
        "keys": KEY_VERSION,
        "splink": version("splink"),
        "duckdb": version("duckdb"),
        "kaejon": settings.PRODUCT_VERSION,
    }


def write_pairs(run: LinkRun, result: LinkResult, progress: Progress) -> None:
    """Keep the pairs, some hundred in each transaction with its progress."""
    done, total = 0, result.pairs.num_rows
    for rows in in_chunks(result):
        with transaction.atomic():
            reached = [(row, levels_reached(row, result)) for row in rows]
            keep(
                run,
                [as_pair(run, row, found) for row, found in reached if not found >= NEEDS_A_PERSON],
            )
            done += len(rows)
            progress.advance(stage="write", done=done, total=total)


def in_chunks(result: LinkResult) -> Iterator[Sequence[Mapping[str, Any]]]:
    for batch in result.pairs.to_batches(max_chunksize=AT_ONCE):
        yield batch.to_pylist()


def levels_reached(row: Mapping[str, Any], result: LinkResult) -> set[tuple[str, str]]:
    """(comparison, level) of what could be compared."""
    return {
        (c.name, c.levels[row[c.name]].name)
        for c in result.profile.comparisons
        if row[c.name] is not None
    }


def as_pair(run: LinkRun, row: Mapping[str, Any], reached: set[tuple[str, str]]) -> PersonPair:
    one, other = sorted((int(row["left_id"]), int(row["right_id"])))
    return PersonPair(
        one_id=one,
        other_id=other,
        probability=row["probability"],
        band=Band.ASK if reached & NEEDS_A_PERSON else row["band"],
        lane=row["lane"] or "",
        levels={name: row[name] for name, _level in sorted(reached)},
        run=run,
    )


def keep(run: LinkRun, found: Sequence[PersonPair]) -> None:
    """Write new pairs, score known ones anew; what people said of them stands."""
    ends = {(p.one_id, p.other_id) for p in found}
    known = {
        (p.one_id, p.other_id): p
        for p in PersonPair.objects.filter(one__in={one for one, _ in ends})
        if (p.one_id, p.other_id) in ends
    }
    for pair in found:
        held = known.get((pair.one_id, pair.other_id))
        if held is not None:
            for name in SCORED:
                setattr(held, name, getattr(pair, name))
    update_rows(known.values(), SCORED)
    PersonPair.objects.bulk_create(p for p in found if (p.one_id, p.other_id) not in known)


def finish(run: LinkRun, progress: Progress) -> dict[str, Any]:
    """Drop pairs that are no longer found and nobody has spoken on; close the run."""
    with transaction.atomic():
        lost = Q(one=None) | Q(other=None)
        silent = PersonPair.objects.filter(state=PairState.OPEN, decisions=None)
        found_no_more = pairs_within(run.area_id).filter(across=False).exclude(run=run).values("pk")
        silent.filter(lost | Q(pk__in=found_no_more)).delete()
        run.sure, run.ask = (run.pairs.filter(band=band).count() for band in ("sure", "ask"))
        run.finished_at = timezone.now()
        run.save()
        counts = {"people": run.people, "sure": run.sure, "ask": run.ask}
        record_event(
            by=run.started_by,
            verb="link.run",
            subject_type="link",
            subject_id=run.public_id,
            area=run.area_id,
            changes=counts,
        )
        progress.advance(stage="done")
    if settings.LINK_MERGE_SURE:
        with suppress(DecisionError):  # nothing to merge
            merge_sure(area=run.area_id, by=run.started_by)
    return counts
