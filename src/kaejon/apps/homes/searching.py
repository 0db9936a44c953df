"""Search an area for households that stand twice, as a job, tambon by tambon.

Every tambon is one transaction with its progress, so a killed run goes on where it was.
Writing a pair twice changes nothing; what was decided is never asked again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import require
from kaejon.apps.areas.models import Area
from kaejon.apps.areas.queries import TAMBON_DIGITS, within
from kaejon.apps.audit.actions import record
from kaejon.apps.homes.honouring import honour_decisions
from kaejon.apps.homes.models import HouseholdPair, PairState
from kaejon.apps.households.models import Household, Person, Presence
from kaejon.apps.jobs.actions import Progress, enqueue
from kaejon.apps.jobs.models import Job, Status
from kaejon.apps.linking.models import WAITING, PersonMerge, PersonPair
from kaejon.methods.linkage.homes import Home, HomePair, Member, find_pairs

KIND = "homes"


def start(*, area: Area, by: User) -> Job:
    """Ask for a search; one under way in the same area is returned instead. Refuses (NotPermitted) an area of others."""
    require(by, Permission.APPLY_LISTS, at=area.code)
    with transaction.atomic():
        running = Job.objects.filter(
            kind=KIND, payload__area=area.code, status__in=(Status.QUEUED, Status.RUNNING)
        ).first()
        if running is not None:
            return running
        number = Job.objects.filter(kind=KIND, payload__area=area.code).count() + 1
        record(
            by=by,
            verb="homes.search",
            subject_type="area",
            subject_id=area.code,
            area=area.code,
            label=area.name_th,
        )
        return enqueue(
            kind=KIND, key=f"{KIND}:{area.code}:{number}", payload={"area": area.code}, by=by
        )


def run(progress: Progress) -> dict[str, Any]:
    """Job handler: search the area of the payload."""
    require(progress.job.created_by, Permission.APPLY_LISTS, at=progress.job.payload["area"])
    tambons = tambons_of(progress.job.payload["area"])
    found = int(progress.job.result.get("found", 0))
    if not progress.job.done:
        honour_decisions(progress.job.payload["area"], progress)
    for number in range(progress.job.done, len(tambons)):
        with transaction.atomic():
            found += search(tambons[number])
            Job.objects.filter(pk=progress.job.pk).update(result={"found": found})
            progress.advance(stage="search", done=number + 1, total=len(tambons))
    with transaction.atomic():
        drop_lost(progress.job)
        progress.advance(stage="done")
    return {"found": found, "tambons": len(tambons)}


def tambons_of(area: str) -> list[str]:
    """Tambons of the area with households, in order."""
    codes = Household.objects.filter(within(area, "area_id")).order_by()
    return sorted(
        {code[:TAMBON_DIGITS] for code in codes.values_list("area_id", flat=True).distinct()}
    )


def search(tambon: str) -> int:
    """Find the pairs of one tambon and keep them; returns how many wait."""
    hints = hints_in(tambon)
    elsewhere = {key for pair in hints for key in pair}
    pairs = find_pairs(homes_in(tambon, elsewhere), hints)
    keep(pairs)
    return len(pairs)


def homes_in(tambon: str, elsewhere: Collection[int] = ()) -> list[Home]:
    """The households of a tambon, and some of others, that are still there, with their people."""
    people = people_in(tambon, elsewhere)
    place = within(tambon, "area_id") | Q(pk__in=elsewhere)
    rows = Household.objects.filter(place).exclude(presence=Presence.DISSOLVED)
    values = rows.values_list(
        "pk", "area_id", "house_no", "house__house_code", "house__latitude", "house__longitude"
    )
    return [
        Home(
            key=pk,
            tambon=area[:TAMBON_DIGITS],
            village=area if len(area) > TAMBON_DIGITS else "",
            house_no=house_no,
            house_code=code,
            latitude=latitude,
            longitude=longitude,
            members=tuple(people.get(pk, ())),
        )
        for pk, area, house_no, code, latitude, longitude in values
    ]


def people_in(tambon: str, elsewhere: Collection[int] = ()) -> dict[int, list[Member]]:
    found: dict[int, list[Member]] = defaultdict(list)
    place = within(tambon, "area_id") | Q(household__in=elsewhere)
    rows = Person.objects.filter(place, household__isnull=False, died_on=None).order_by("pk")
    values = rows.values_list(
        "household", "first_name", "last_name", "name_key", "birth_date", "birth_precision", "sex", "is_head"
    )  # fmt: skip
    for home, first, last, key, born, precision, sex, head in values:
        day = born.isoformat() if born else ""
        found[home].append(Member(first, last, key, day, precision, sex, head))
    return found


def hints_in(tambon: str) -> list[tuple[int, int]]:
    """Households, one at least of the tambon, of which people are almost surely one."""
    touching = within(tambon, "one__area_id") | within(tambon, "other__area_id")
    pairs = PersonPair.objects.filter(touching, state__in=WAITING, band="sure")
    rows = pairs.values_list("one__household", "other__household")
    hints = [(one, other) for one, other in rows if one and other and one != other]
    return hints + left_empty(tambon)


def left_empty(tambon: str) -> list[tuple[int, int]]:
    """Households in which nobody is left, because all were found to be people of another household."""
    merges = PersonMerge.objects.filter(
        within(tambon, "kept__area_id"), undone_at=None, kept__household__isnull=False
    ).values_list("before", "kept__household")
    went = [(before["household"], home) for before, home in merges if before["household"]]
    empty = set(
        Household.objects.filter(pk__in=[old for old, _ in went], people=None).values_list(
            "pk", flat=True
        )
    )
    return [(old, home) for old, home in went if old in empty and old != home]


def keep(pairs: Iterable[HomePair]) -> None:
    """Write new pairs; tell known ones that nobody decided their reasons anew."""
    now, held = timezone.now(), list(pairs)
    known = {
        (p.one_id, p.other_id): p
        for p in HouseholdPair.objects.filter(one__in={pair.one for pair in held})
    }
    fresh = []
    for pair in held:
        old = known.get((pair.one, pair.other))
        if old is None:
            fresh.append(
                HouseholdPair(
                    one_id=pair.one,
                    other_id=pair.other,
                    reasons=list(pair.reasons),
                    strong=pair.strong,
                    found_at=now,
                )
            )
            continue
        old.reasons, old.strong, old.found_at = list(pair.reasons), pair.strong, now
        old.save(update_fields=["reasons", "strong", "found_at"])
    HouseholdPair.objects.bulk_create(fresh)


def drop_lost(job: Job) -> None:
    """Pairs of the area that this search did not find, and of which nobody has spoken, go."""
    area = job.payload["area"]
    HouseholdPair.objects.filter(
        within(area, "one__area_id"),
        within(area, "other__area_id"),
        state=PairState.OPEN,
        across=False,
        decisions=None,
        found_at__lt=job.created_at,
    ).delete()
