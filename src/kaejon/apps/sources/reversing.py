"""Take a batch back: withdraw its claims, derive again, remove what only it had brought.

Refused when something else already leans on a household or person that would
disappear: whatever table says of itself that it holds (`apps.records`).
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator
from itertools import product
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from kaejon.apps.areas.actions import remove_villages
from kaejon.apps.audit.actions import record as record_event
from kaejon.apps.households.bulk import Among, collector_paused, insert_rows, new_row
from kaejon.apps.households.models import House, Household, Person
from kaejon.apps.jobs.actions import Progress
from kaejon.apps.records import holding
from kaejon.apps.sources.deriving import derive_households, derive_houses, derive_people
from kaejon.apps.sources.knots import Said, claims_of_groups, households_near
from kaejon.apps.sources.models import (
    NOT_APPLIED,
    Assertion,
    BatchStatus,
    HouseholdReference,
    ImportBatch,
    SourceRecord,
)
from kaejon.apps.sources.resettle import resettle
from kaejon.apps.sources.rights import refuse_lost_right
from kaejon.apps.sources.signals import areas_changed, households_changed, list_reversed
from kaejon.apps.sources.stated import OF_HOUSEHOLD, areas_spoken_of
from kaejon.methods.listfiles.errors import ListFileError

CHUNK = 1000
# Rows of the batch settled in one transaction, and the stage that does it.
ROWS = 4000
SETTLE = "settle"
VILLAGE_DIGITS = 8
KEYS = ("pk", "row_number")
# Lists whose claims count.
IN_FORCE = (BatchStatus.APPLYING, BatchStatus.APPLIED)


def run(progress: Progress) -> dict[str, Any]:
    """Job handler: reverse the batch named in the payload.

    First its claims go, household by household; then the households it had touched are settled
    as the remaining lists say. Each is a stage that goes on where it was interrupted.
    """
    batch = ImportBatch.objects.select_related("version__source").get(
        pk=progress.job.payload["batch"]
    )
    refuse_lost_right(progress.job, batch)
    if batch.status != BatchStatus.REVERSING:
        return {}
    if progress.job.stage != SETTLE:
        withdraw_all(batch, progress)
    if others_remain():
        settle_all(batch, progress)
    return finish(batch, progress)


def withdraw_all(batch: ImportBatch, progress: Progress) -> None:
    done = progress.job.done
    total = households_of(batch).count() + done
    last = 0
    while keys := list(households_of(batch).filter(household__gt=last)[:CHUNK]):
        last = keys[-1]
        with collector_paused(), transaction.atomic():
            withdraw(batch, keys)
            done += len(keys)
            progress.advance(stage="reverse", done=done, total=total, result={"households": done})


def settle_all(batch: ImportBatch, progress: Progress) -> None:
    """Walk the rows of the batch: what they had met may belong together otherwise without them."""
    rows = batch.records.exclude(outcome__in=NOT_APPLIED).order_by("row_number")
    result: dict[str, Any] = {"questions": 0, "row": 0, "areas": []} | progress.job.result
    done = progress.job.done if progress.job.stage == SETTLE else 0
    total = rows.count()
    while some := list(rows.filter(row_number__gt=result["row"]).values_list(*KEYS)[:ROWS]):
        with collector_paused(), transaction.atomic():
            settled = resettle(touched_by(batch, [pk for pk, _ in some]))
            if settled.households:
                households_changed.send(sender=ImportBatch, households=sorted(settled.households))
            done += len(some)
            result = result | {
                "questions": result["questions"] + settled.questions,
                "row": some[-1][1],
                "areas": sorted(settled.areas.union(result["areas"])),
            }
            progress.advance(stage=SETTLE, done=done, total=total, result=result)


def touched_by(batch: ImportBatch, records: Collection[int]) -> set[int]:
    """Households of these rows of the batch, and those they would meet."""
    claims = Assertion.objects.filter(Among("record", records))
    found = set(claims.values_list("household", flat=True))
    source = batch.version.source_id
    addresses, codes, names = set(), set(), set()
    rows = SourceRecord.objects.filter(Among("pk", records)).values_list("area_code", "facts")
    for area, facts in rows:
        place = facts.get("household", {})
        addresses.add((area, place.get("house_no", "")))
        codes.add(place.get("house_code", ""))
        names.add((source, place.get("household_ref", "")))
    return found | households_near(addresses, codes, names)


def others_remain() -> bool:
    """Whether any other list says anything: without one there is nothing to settle."""
    return Assertion.objects.filter(withdrawn_at=None, batch__isnull=False).exists()


def households_of(batch: ImportBatch) -> QuerySet[Assertion, int]:
    """Keys of the households on which the batch still has live claims, in order."""
    claims = Assertion.objects.filter(batch=batch, withdrawn_at=None)
    return claims.order_by("household").values_list("household", flat=True).distinct()


def refuse_if_leaned_on(batch: ImportBatch) -> None:
    """Refuse when a household that would disappear with the batch carries something written by hand."""
    refuse_if_held(Q(batch=batch))


def refuse_if_held(mine: Q) -> None:
    """Refuse when somebody wrote by hand on a household or person that stands on these claims alone."""
    if count := holding(vanishing(Household, mine), vanishing(Person, mine)):
        raise ListFileError("BATCH_IN_USE", count=count)


def vanishing(model: type[Household] | type[Person], mine: Q) -> QuerySet[Any]:
    """Households, or people, with a live claim among these and with no other."""
    name = model._meta.model_name or ""
    live = Assertion.objects.filter(withdrawn_at=None)
    others = live.filter(~mine, **{name: OuterRef("pk")})
    named = live.filter(mine, **{f"{name}__isnull": False}).values(name)
    return model.objects.filter(~Exists(others), pk__in=named)


def withdraw(batch: ImportBatch, households: Collection[int]) -> None:
    """Withdraw the batch's claims on some households and derive them again."""
    mine = Q(Among("household", households), batch=batch)
    with names_handed_over(HouseholdReference.objects.filter(mine), mine):
        withdraw_claims(mine, households)


@contextlib.contextmanager
def names_handed_over(names: QuerySet[HouseholdReference], mine: Q) -> Iterator[None]:
    """Around withdrawing these claims: the names by which their list called the households.

    A name belongs to the household that was called so first. Another file of the source may have
    given it to another household meanwhile, so it goes on to the household of the oldest claim
    left that gives it, wherever that is, and ends with the last. It keeps its key, by which a
    merge taken back later finds it.
    """
    given = {(n.source_id, n.area_id, n.reference): n.pk for n in names}
    if not given:
        yield
        return
    claims = Assertion.objects.filter(mine, OF_HOUSEHOLD, withdrawn_at=None)
    groups = set(claims.values_list("record__group", flat=True))
    yield
    HouseholdReference.objects.filter(Among("pk", given.values())).delete()
    heirs: dict[tuple[int, str, str], Said] = {}
    for claim in sorted(claims_naming(groups, {source for source, _, _ in given})):
        heirs.setdefault((claim.source, claim.address[0], claim.reference), claim)
    insert_rows(
        new_row(
            HouseholdReference,
            id=given[name],
            source_id=name[0],
            area_id=name[1],
            reference=name[2],
            household_id=heirs[name].household,
            batch_id=heirs[name].batch,
        )
        for name in given.keys() & heirs.keys()
    )


def claims_naming(groups: Collection[str], sources: Collection[int]) -> Iterator[Said]:
    """What files of these sources say in force about the households of groups called so."""
    files = ImportBatch.objects.filter(version__source__in=sources, status__in=IN_FORCE)
    keys = product(files.values_list("pk", flat=True), groups)
    return (claim for claim in claims_of_groups(set(keys)) if claim.person is None)


def withdraw_claims(mine: Q, households: Collection[int]) -> None:
    """Withdraw these claims, all on the given households, and derive what they spoke of again."""
    claims = Assertion.objects.filter(mine, withdrawn_at=None)
    people = set(claims.exclude(person=None).values_list("person", flat=True))
    claims.update(withdrawn_at=timezone.now())
    keep_people = alive(people, "person")
    homes = set(
        Person.objects.filter(Among("pk", people))
        .exclude(household=None)
        .values_list("household", flat=True)
    )
    remove_people(people - keep_people)
    derive_people(keep_people)
    touched = set(households) | homes
    keep = alive(touched, "household") | set(
        Person.objects.filter(Among("household", touched)).values_list("household", flat=True)
    )
    remove_households(touched - keep)
    rows = Household.objects.filter(Among("pk", keep))
    houses = set(rows.values_list("house", flat=True))
    derive_households(keep)
    settle_houses(houses.difference(rows.values_list("house", flat=True)))
    households_changed.send(sender=ImportBatch, households=sorted(keep))


def alive(ids: Collection[int], field: str) -> set[int]:
    """Those with at least one live claim left."""
    rows = Assertion.objects.filter(Among(field, ids), withdrawn_at=None)
    return set(rows.values_list(field, flat=True).distinct())


def remove_people(ids: Collection[int]) -> None:
    Person.objects.filter(Among("pk", ids)).delete()


def remove_households(ids: Collection[int]) -> None:
    """Remove households that nobody claims any more, and houses left empty."""
    rows = Household.objects.filter(Among("pk", ids))
    houses = set(rows.values_list("house", flat=True))
    rows.delete()
    settle_houses(houses)


def settle_houses(houses: Collection[int]) -> None:
    """Houses somebody left: gone when empty, else as those who stay say, whichever list they came by."""
    House.objects.filter(Among("pk", houses), households=None).delete()
    derive_houses(Household.objects.filter(Among("house", houses)))


def finish(batch: ImportBatch, progress: Progress) -> dict[str, Any]:
    """Close the batch: tallies of its areas, one line of history, how many questions it leaves."""
    told: dict[str, Any] = {"households": 0, "questions": 0, "areas": []} | progress.job.result
    result = {name: told[name] for name in ("households", "questions")}
    areas = areas_spoken_of(batch).union(told["areas"])
    with transaction.atomic():
        areas_changed.send(sender=ImportBatch, areas=areas)
        list_reversed.send(sender=ImportBatch, batch=batch)
        remove_villages(villages_named_by_no_list(batch))
        ImportBatch.objects.filter(pk=batch.pk, status=BatchStatus.REVERSING).update(
            status=BatchStatus.REVERSED,
            reversed_at=timezone.now(),
            counts=batch.counts | {"reversal": result},
        )
        record_event(
            by=progress.job.created_by,
            verb="list.reverse",
            subject_type="batch",
            subject_id=batch.public_id,
            area=batch.area_id,
            label=batch.file_name,
            changes=result,
        )
        progress.advance()
    return result


def villages_named_by_no_list(batch: ImportBatch) -> set[str]:
    """Villages the batch's rows named and no row of a list in force does."""
    mine = batch.records.exclude(outcome__in=NOT_APPLIED).values_list("area_code", flat=True)
    villages = {code for code in mine.distinct() if len(code) == VILLAGE_DIGITS}
    others = SourceRecord.objects.filter(
        Among("area_code", villages),
        batch__status__in=IN_FORCE,
    ).exclude(outcome__in=NOT_APPLIED)
    return villages - set(others.values_list("area_code", flat=True).distinct())
