"""Reading history, within the areas whose history the reader may see."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from django.db.models import Model, Q, QuerySet, Sum, Value
from django.db.models.functions import Concat
from django.utils import timezone

from kaejon.apps.audit.models import Event, FoldersOpened, Look
from kaejon.apps.audit.packing import mark_of, wider_areas

PAGE = 50
# A read of history without dates looks back this far, so that no page walks the whole table.
USUAL_DAYS = 30
BUSY_DAYS_SHOWN = 7
# So many lists of each area are opened at once in search of a household
LISTS_READ = 2000

Row = TypeVar("Row", Event, Look)
# Lines that a list leaves in the history of each household it touches
OF_LISTS = ("list.bring", "list.add")
# From the name of an area-code column to the filter of the reader's areas
ByArea = Callable[[str], Q]


@dataclass(frozen=True)
class Wanted:
    """What to read. `actors`: user ids, None for everybody. `what`: verb family or kind of look."""

    first_day: date
    last_day: date
    actors: Collection[str] | None = None
    what: str = ""
    household: str = ""
    household_area: str = ""


def usual_first_day(today: date) -> date:
    return today - timedelta(days=USUAL_DAYS)


def changes(where: ByArea, wanted: Wanted, *, wide: bool) -> QuerySet[Event]:
    """Changes in the areas of `where`, newest first. `wide`: the areas hold much of the table.

    Of a list its own lines tell; those of each household it touched are read with that household.
    """
    rows = narrowed(inside(Event.objects.all(), where, wide=wide), wanted)
    if wanted.what:
        rows = rows.filter(verb__startswith=f"{wanted.what}.")
    if wanted.household:
        return rows.filter(subject_type="household", subject_id=wanted.household)
    return rows.exclude(verb__in=OF_LISTS)


def looks(where: ByArea, wanted: Wanted, *, wide: bool) -> QuerySet[Look]:
    """Looks in the areas of `where`, newest first. `wide`: the areas hold much of the table."""
    rows = narrowed(inside(Look.objects.all(), where, wide=wide), wanted)
    if wanted.what:
        rows = rows.filter(kind=wanted.what)
    if wanted.household:
        rows = rows.filter(looked_at(wanted.household, wanted.household_area))
    return rows


def inside(rows: QuerySet[Row], where: ByArea, *, wide: bool) -> QuerySet[Row]:
    """Rows of the areas. For a wide area the code is compared as an expression, so that the
    database walks the newest rows and stops after a page, instead of sorting all of the area."""
    if not wide:
        return rows.filter(where("area_code"))
    return rows.alias(place=Concat("area_code", Value(""))).filter(where("place"))


def narrowed(rows: QuerySet[Row], wanted: Wanted) -> QuerySet[Row]:
    """Days and actors. Rows are written in the order of time, so days become a range of keys."""
    rows = rows.filter(key_range(rows.model, wanted.first_day, wanted.last_day))
    if wanted.actors is not None:
        rows = rows.filter(actor_id__in=wanted.actors)
    return rows.order_by("-pk")


def key_range(model: type[Model], first_day: date, last_day: date) -> Q:
    """The days as a range of primary keys; the index on `at` finds its ends."""
    manager = model._default_manager
    first = manager.filter(at__gte=midnight(first_day)).order_by("at").values_list("pk", flat=True)
    after = (
        manager.filter(at__gte=midnight(last_day + timedelta(days=1)))
        .order_by("at")
        .values_list("pk", flat=True)
    )
    start, end = first.first(), after.first()
    if start is None:
        return Q(pk__in=())
    return Q(pk__gte=start) & (Q() if end is None else Q(pk__lt=end))


def midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def changes_of(subjects: Mapping[str, Collection[str]]) -> QuerySet[Event]:
    """Everything done to these subjects (kind → ids), newest first."""
    where = Q(pk__in=())
    for kind, ids in subjects.items():
        where |= Q(subject_type=kind, subject_id__in=ids)
    return Event.objects.filter(where).order_by("-pk")


def looks_at_household(household: str, area: str = "") -> QuerySet[Look]:
    """Who looked at, printed, exported or read the household, or saw it in a list, newest first.

    `area` is where it stands now; where it stood before is known from what happened to it.
    """
    return Look.objects.filter(looked_at(household, area)).order_by("-pk")


def looked_at(household: str, area: str) -> Q:
    """Alone, or in a list: those are searched by the areas that could have held the household."""
    in_a_list = Q(
        area_code__in=places_of_lists(household, area),
        families__isnull=False,
        families__holds=mark_of(household),
    )
    return Q(household_id=household) | in_a_list


def places_of_lists(household: str, area: str) -> set[str]:
    """The areas of every list that could have held the household."""
    happened = Event.objects.filter(subject_type="household", subject_id=household)
    alone = Look.objects.filter(household_id=household)
    places = {area} - {""}
    for rows in (happened, alone):
        places.update(rows.order_by().values_list("area_code", flat=True).distinct())
    return wider_areas(places)


def page_of_looks(household: str, area: str, cursor: int | None) -> tuple[list[Look], int | None]:
    """One page of who looked at the household, newest first, and the cursor of the next page.

    Lists are opened portion by portion, so a page may be short though older looks follow.
    """
    places, mark = places_of_lists(household, area), mark_of(household)
    while True:
        older = Q() if cursor is None else Q(pk__lt=cursor)
        first = oldest_of_a_portion(places, older)
        read = older if first is None else older & Q(pk__gte=first)
        lists = Look.objects.filter(
            read, area_code__in=places, families__isnull=False, families__holds=mark
        )
        # In two steps: ordered at once, the database would walk looks at everybody.
        keys = sorted(lists.order_by().values_list("pk", flat=True), reverse=True)[: PAGE + 1]
        alone = Look.objects.filter(read, household_id=household).order_by("-pk")[: PAGE + 1]
        rows = sorted(
            [*alone, *Look.objects.filter(pk__in=keys)], key=lambda look: look.pk, reverse=True
        )
        if len(rows) > PAGE:
            return rows[:PAGE], rows[PAGE - 1].pk
        if rows or first is None:
            return rows, first
        cursor = first


def oldest_of_a_portion(places: Collection[str], older: Q) -> int | None:
    """The key down to which no area has more lists than are read at once; None: all may be read."""
    ends: list[int] = []
    for place in places:
        lists = Look.objects.filter(older, area_code=place, families__isnull=False)
        keys = lists.order_by("-pk").values_list("pk", flat=True)
        ends += keys[LISTS_READ - 1 : LISTS_READ]
    return max(ends, default=None)


@dataclass(frozen=True)
class BusyDay:
    """A day on which one person opened unusually many folders."""

    actor_id: str
    day: date
    households: int


def busy_days(where: ByArea, today: date, *, least: int) -> list[BusyDay]:
    """Who opened the folders of at least so many households in one of the last days, latest first."""
    counted = (
        FoldersOpened.objects.filter(
            where("area_code"), day__range=(today - timedelta(days=BUSY_DAYS_SHOWN), today)
        )
        .values("actor_id", "day")
        .annotate(opened=Sum("households"))
        .filter(opened__gte=least)
        .order_by("-day", "-opened")
    )
    return [BusyDay(row["actor_id"], row["day"], row["opened"]) for row in counted]


def page_before(
    rows: QuerySet[Row], cursor: int | None, size: int = PAGE
) -> tuple[list[Row], int | None]:
    """One page of rows older than the cursor, and the cursor of the next page (None: the end)."""
    if cursor is not None:
        rows = rows.filter(pk__lt=cursor)
    found = list(rows[: size + 1])
    more = len(found) > size
    return found[:size], found[size - 1].pk if more else None


def failed_sign_ins(user_id: str, days: int = USUAL_DAYS) -> int:
    """How often a sign-in to this account failed lately."""
    since = timezone.now() - timedelta(days=days)
    return Event.objects.filter(
        subject_type="user", subject_id=user_id, verb="account.sign_in_failed", at__gte=since
    ).count()
