"""Take a batch back: withdraw its claims, derive again, remove what only it had brought.

Refused when something else already leans on a household or person that would
disappear: whatever table says of itself that it holds (`apps.records`).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from kaejon.apps.audit.actions import record as record_event
from kaejon.apps.households.models import House, Household, Person
from kaejon.apps.jobs.actions import Progress
from kaejon.apps.records import holding
from kaejon.apps.sources.deriving import derive_households, derive_people
from kaejon.apps.sources.models import Assertion, BatchStatus, HouseholdReference, ImportBatch
from kaejon.apps.sources.rights import refuse_lost_right
from kaejon.apps.sources.signals import areas_changed, households_changed
from kaejon.methods.listfiles.errors import ListFileError

CHUNK = 1000


def run(progress: Progress) -> dict[str, Any]:
    """Job handler: reverse the batch named in the payload."""
    batch = ImportBatch.objects.select_related("version__source").get(
        pk=progress.job.payload["batch"]
    )
    refuse_lost_right(progress.job, batch)
    if batch.status != BatchStatus.REVERSING:
        return {}
    areas = set(households_of(batch).values_list("area_id", flat=True).distinct())
    areas |= set(batch.records.exclude(area_code="").values_list("area_code", flat=True).distinct())
    total = households_of(batch).count() + progress.job.done
    done = progress.job.done
    while keys := list(households_of(batch).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        with transaction.atomic():
            withdraw(batch, keys)
            done += len(keys)
            progress.advance(stage="reverse", done=done, total=total)
    return finish(batch, areas, progress)


def households_of(batch: ImportBatch) -> QuerySet[Household]:
    """Households on which the batch still has live claims."""
    return households_with(Q(batch=batch))


def households_with(mine: Q) -> QuerySet[Household]:
    """Households on which some of these claims are live."""
    claims = Assertion.objects.filter(mine, withdrawn_at=None, household=OuterRef("pk"))
    return Household.objects.filter(Exists(claims))


def refuse_if_leaned_on(batch: ImportBatch) -> None:
    """Refuse when a household that would disappear with the batch carries something written by hand."""
    refuse_if_held(Q(batch=batch))


def refuse_if_held(mine: Q) -> None:
    """Refuse when somebody wrote by hand on a household or person that stands on these claims alone."""
    if count := holding(vanishing(Household, mine), vanishing(Person, mine)):
        raise ListFileError("BATCH_IN_USE", count=count)


def vanishing(model: type[Household] | type[Person], mine: Q) -> QuerySet[Any]:
    """Households, or people, with a live claim among these and with no other."""
    claims = Assertion.objects.filter(
        withdrawn_at=None, **{model._meta.model_name or "": OuterRef("pk")}
    )
    return model.objects.filter(Exists(claims.filter(mine)), ~Exists(claims.filter(~mine)))


def withdraw(batch: ImportBatch, households: Collection[int]) -> None:
    """Withdraw the batch's claims on some households and derive them again."""
    HouseholdReference.objects.filter(batch=batch, household__in=households).delete()
    withdraw_claims(Q(batch=batch, household__in=households), households)


def withdraw_claims(mine: Q, households: Collection[int]) -> None:
    """Withdraw these claims, all on the given households, and derive what they spoke of again."""
    claims = Assertion.objects.filter(mine, withdrawn_at=None)
    people = set(claims.exclude(person=None).values_list("person", flat=True))
    claims.update(withdrawn_at=timezone.now())
    keep_people = alive(people, "person")
    homes = set(
        Person.objects.filter(pk__in=people)
        .exclude(household=None)
        .values_list("household", flat=True)
    )
    remove_people(people - keep_people)
    derive_people(keep_people)
    touched = set(households) | homes
    keep = alive(touched, "household") | set(
        Person.objects.filter(household__in=touched).values_list("household", flat=True)
    )
    remove_households(touched - keep)
    derive_households(keep)
    households_changed.send(sender=ImportBatch, households=sorted(keep))


def alive(ids: Collection[int], field: str) -> set[int]:
    """Those with at least one live claim left."""
    rows = Assertion.objects.filter(withdrawn_at=None, **{f"{field}__in": list(ids)})
    return set(rows.values_list(field, flat=True).distinct())


def remove_people(ids: Collection[int]) -> None:
    Person.objects.filter(pk__in=list(ids)).delete()


def remove_households(ids: Collection[int]) -> None:
    """Remove households that nobody claims any more, and houses left empty."""
    rows = Household.objects.filter(pk__in=list(ids))
    houses = set(rows.values_list("house", flat=True))
    rows.delete()
    House.objects.filter(pk__in=houses, households=None).delete()


def finish(batch: ImportBatch, areas: set[str], progress: Progress) -> dict[str, Any]:
    with transaction.atomic():
        areas_changed.send(sender=ImportBatch, areas=areas)
        ImportBatch.objects.filter(pk=batch.pk, status=BatchStatus.REVERSING).update(
            status=BatchStatus.REVERSED, reversed_at=timezone.now()
        )
        record_event(
            by=progress.job.created_by,
            verb="list.reverse",
            subject_type="batch",
            subject_id=batch.public_id,
            area=batch.area_id,
            label=batch.file_name,
        )
        progress.advance()
    return {"households": progress.job.done}
