"""Reading notes, marks, memberships and villages within the reader's scope."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import scope_of
from kaejon.apps.areas.models import Area, Level
from kaejon.apps.areas.queries import within
from kaejon.apps.folders.models import Attention, AttentionKind, Note
from kaejon.apps.households.models import LEFT_BY_CONSENT, Household, Membership, Person, Presence
from kaejon.apps.households.queries import of_visible, people_visible_to, visible_to
from kaejon.methods.thai.names import name_key

SEVERAL = 12


def notes_visible_to(
    actor: User, permission: Permission = Permission.EDIT_HOUSEHOLDS
) -> QuerySet[Note]:
    """Notes on households where the actor holds the permission."""
    return Note.objects.filter(of_visible(actor, permission)).select_related("household")


def marks_visible_to(
    actor: User, permission: Permission = Permission.EDIT_HOUSEHOLDS
) -> QuerySet[Attention]:
    """Open attention marks on households where the actor holds the permission."""
    rows = Attention.objects.filter(of_visible(actor, permission), cleared_at=None)
    return rows.select_related("household")


def families_behind(named: Mapping[str, Collection[str]]) -> list[Household]:
    """Families of which public ids of a kind (household, person, note, attention) speak; for a history's lines.

    Not narrowed to a reader: ask only for ids of rows that the reader may see.
    """
    # Kind by kind: joined in one query, no index helps and every household is read.
    kinds: dict[str, tuple[QuerySet[Any], str]] = {
        "household": (Household.everyone.all(), "pk"),
        "person": (Person.everyone.all(), "household"),
        "note": (Note.objects.all(), "household"),
        "attention": (Attention.objects.all(), "household"),
    }
    keys: set[int] = set()
    for kind, (rows, household) in kinds.items():
        if ids := [i for i in named.get(kind, ()) if is_uuid(i)]:
            there = rows.filter(public_id__in=ids, **{f"{household}__isnull": False})
            keys.update(there.values_list(household, flat=True))
    return list(Household.everyone.filter(pk__in=keys))


def is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def ended_memberships() -> QuerySet[Membership]:
    """Memberships that ended and may be shown: not of people whom the family asked to forget."""
    return Membership.objects.filter(ended_on__isnull=False).exclude(end_reason=LEFT_BY_CONSENT)


def ended_memberships_visible_to(actor: User) -> QuerySet[Membership]:
    """Memberships that ended, of households the actor may change."""
    rows = ended_memberships().filter(of_visible(actor, Permission.EDIT_HOUSEHOLDS))
    return rows.select_related("household", "person")


def may_on(actor: User, permission: Permission, household: Household) -> bool:
    """May the actor do this to this household?"""
    scope = scope_of(actor, permission)
    if scope.holds_at(household.area_id):
        return True
    return bool(scope.grants) and visible_to(actor, permission).filter(pk=household.pk).exists()


def villages_open_to(actor: User, inside: str) -> QuerySet[Area]:
    """Villages in use, inside an area, in which the actor may change households."""
    scope = scope_of(actor, Permission.EDIT_HOUSEHOLDS)
    rows = Area.objects.filter(
        scope.by_area("code"), within(inside), level=Level.VILLAGE, valid_until=None
    )
    return rows.select_related("parent").order_by("code")


def tambons_open_to(actor: User) -> QuerySet[Area]:
    """Tambons that lie in, or around, the places in which the actor may change households."""
    places = scope_of(actor, Permission.EDIT_HOUSEHOLDS).places
    condition = Q(pk__in=())
    for code in places:
        condition |= within(code) if len(code) <= 6 else Q(code=code[:6])
    return (
        Area.objects.filter(condition, level=Level.TAMBON, valid_until=None)
        .select_related("parent")
        .order_by("code")
    )


def lock_area(code: str) -> None:
    """Hold the area until the transaction ends, so that nobody else adds there what one looks for."""
    Area.objects.select_for_update(of=("self",)).get(pk=code)


def households_alike(
    actor: User, *, area: str, house_no: str, first_name: str = "", last_name: str = ""
) -> list[Household]:
    """Households that a new one might be: the same house, or a member of the same name in the tambon."""
    condition = Q(area=area, house_no=house_no) if house_no else Q(pk__in=())
    if first_name:
        key = name_key(first_name, last_name)
        condition |= Q(pk__in=_households_with(actor, area[:6], key))
    rows = visible_to(actor).filter(condition).exclude(presence=Presence.DISSOLVED)
    return list(rows.select_related("area").order_by("pk")[:SEVERAL])


def _households_with(actor: User, tambon: str, key: str) -> list[int]:
    people = people_visible_to(actor).filter(within(tambon, "area_id"), name_key=key)
    return [pk for pk in people.values_list("household", flat=True)[:SEVERAL] if pk]


def in_need(households: QuerySet[Household]) -> QuerySet[Household]:
    """Households that any list, survey or mark shows to need help."""
    marked = Attention.objects.filter(
        cleared_at=None, kind__in=(AttentionKind.URGENT, AttentionKind.VISIT, AttentionKind.CARE)
    ).values("household")
    return households.filter(
        Q(bmn_poor=True) | Q(target_poor_members__gt=0) | Q(overall_level__lte=2) | Q(pk__in=marked)
    )
