"""Who is to be checked in a village for a list year, why, and how far the work is.

To be checked: every household that a list, the survey or a mark shows to need a
look, and who was checked in an earlier list year only. Checked ones stay on the
list of their year as done.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import require, users_who_may
from kaejon.apps.areas.models import Area
from kaejon.apps.audit.actions import record
from kaejon.apps.folders.listing import BY_ADDRESS
from kaejon.apps.folders.models import Attention
from kaejon.apps.households.models import Household, Presence
from kaejon.apps.households.queries import visible_to
from kaejon.apps.sources.models import Assertion, BatchStatus, Kind, SourceVersion
from kaejon.apps.surveys.models import VillageTask
from kaejon.apps.surveys.refusals import CheckRefused
from kaejon.methods.thai.buddhist_era import to_be

LOW_LEVEL = 2
# Why a household is to be checked, in the order shown
CAUSES = {
    "listed": _("named poor by a list"),
    "differ": _("lists differ"),
    "low": _("low level"),
    "mark": _("marked for attention"),
    "again": _("checked in an earlier year only"),
}


@dataclass(frozen=True)
class Visit:
    """One household of a worklist: why it is there, the lists that name it, whether it was checked this year."""

    household: Household
    causes: tuple[str, ...]
    lists: tuple[SourceVersion, ...]
    done: bool


@dataclass(frozen=True)
class Progress:
    """How many households of a worklist are checked."""

    done: int
    total: int

    @property
    def share(self) -> float:
        """From 0 to 1; 0 for an empty list."""
        return self.done / self.total if self.total else 0.0


def list_year() -> int:
    """The latest list year (Buddhist Era) of an applied list; this year while there is none."""
    return list_years()[0]


def list_years() -> list[int]:
    """List years with an applied list, latest first."""
    years = (
        SourceVersion.objects.filter(batches__status=BatchStatus.APPLIED)
        .exclude(source__kind=Kind.FIELD)
        .order_by("-year_be")
        .values_list("year_be", flat=True)
        .distinct()
    )
    return list(years) or [to_be(timezone.localdate().year)]


def marked() -> QuerySet[Attention]:
    """Open marks for attention."""
    return Attention.objects.filter(cleared_at=None)


def due() -> Q:
    """Households that a list, the survey or a mark shows to need a look."""
    return ~Q(presence=Presence.DISSOLVED) & (
        Q(target_poor_members__gt=0)
        | Q(bmn_poor=True)
        | Q(conflicts__gt=0)
        | Q(overall_level__lte=LOW_LEVEL)
        | Q(pk__in=marked().values("household"))
    )


def to_check(year: int) -> Q:
    """Households still to be checked for a list year."""
    again = Q(verified_year__lt=year) & ~Q(presence=Presence.DISSOLVED)
    return (due() & Q(verified_year=None)) | again


def worklist(
    actor: User, area: str, year: int, permission: Permission = Permission.VERIFY
) -> QuerySet[Household]:
    """The households of a village to be checked or checked for a list year, in the order of the walk."""
    rows = visible_to(actor, permission).filter(Q(area=area) & (to_check(year) | checked(year)))
    return rows.select_related("house", "area").order_by(*BY_ADDRESS)


def checked(year: int) -> Q:
    """Households checked for a list year (or a later one)."""
    return Q(verified_year__gte=year)


def progress(actor: User, area: str, year: int) -> Progress:
    """How far the worklist of a village is."""
    rows = worklist(actor, area, year).order_by()
    return Progress(rows.filter(checked(year)).count(), rows.count())


def visits_of(households: Sequence[Household], year: int) -> list[Visit]:
    """The households with causes and lists. Three queries, however many they are."""
    keys = [h.pk for h in households]
    lists = lists_naming(keys)
    marks = set(marked().filter(household__in=keys).values_list("household", flat=True))
    return [
        Visit(h, causes_of(h, year, h.pk in marks), lists.get(h.pk, ()), is_done(h, year))
        for h in households
    ]


def is_done(household: Household, year: int) -> bool:
    return household.verified_year is not None and household.verified_year >= year


def causes_of(household: Household, year: int, is_marked: bool) -> tuple[str, ...]:
    """Codes of CAUSES."""
    held = {
        "listed": household.target_poor_members > 0 or bool(household.bmn_poor),
        "differ": household.conflicts > 0,
        "low": household.overall_level is not None and household.overall_level <= LOW_LEVEL,
        "mark": is_marked,
        "again": household.verified_year is not None and household.verified_year < year,
    }
    return tuple(cause for cause in CAUSES if held[cause])


def lists_naming(households: Sequence[int]) -> dict[int, tuple[SourceVersion, ...]]:
    """The lists (field checks left aside) with live claims about each household, newest first."""
    rows = (
        Assertion.objects.filter(household__in=households, withdrawn_at=None)
        .exclude(version__source__kind=Kind.FIELD)
        .order_by()
        .values_list("household", "version")
        .distinct()
    )
    found: dict[int, list[int]] = defaultdict(list)
    for household, version in rows:
        found[household].append(version)
    wanted = {version for versions in found.values() for version in versions}
    known = {v.pk: v for v in SourceVersion.objects.filter(pk__in=wanted).select_related("source")}
    return {
        household: tuple(sorted((known[v] for v in versions), key=lambda v: (-v.year_be, v.pk)))
        for household, versions in found.items()
    }


def task_of(area: str, year: int) -> VillageTask | None:
    """Who was given the worklist of a village, and until when."""
    rows = VillageTask.objects.filter(area=area, year_be=year).select_related("assigned_to")
    return rows.first()


def workers_for(area: str) -> QuerySet[User]:
    """People who may check households of a village."""
    return users_who_may(Permission.VERIFY, area).order_by("first_name", "last_name", "pk")


@transaction.atomic
def assign_village(*, area: Area, year_be: int, to: User, due_on: date, by: User) -> VillageTask:
    """Give the worklist of a village to somebody. Refuses: an area of others (NotPermitted), a day that
    has passed, somebody who may not check there."""
    require(by, Permission.APPLY_LISTS, at=area.code)
    if due_on < timezone.localdate():
        raise CheckRefused("due_before_today", _("The day it is due has passed already."))
    if not workers_for(area.code).filter(pk=to.pk).exists():
        raise CheckRefused(
            "may_not_check_there",
            _("%(name)s may not check households of this village.") % {"name": to.display_name},
            _("Give the person a role there first."),
        )
    task, _made = VillageTask.objects.update_or_create(
        area=area,
        year_be=year_be,
        defaults={"assigned_to": to, "due_on": due_on, "assigned_by": by},
    )
    record(
        by=by,
        verb="worklist.assign",
        subject_type="area",
        subject_id=area.code,
        area=area.code,
        label=area.full_name,
        changes={"to": to.display_name, "due": due_on.isoformat(), "list_year": year_be},
    )
    return task
