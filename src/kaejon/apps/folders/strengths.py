"""What a village or tambon has to build on: written down, replaced, removed; never edited."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from kaejon.apps.access.models import User
from kaejon.apps.access.once import made_once
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import require
from kaejon.apps.areas.models import Area
from kaejon.apps.areas.queries import within
from kaejon.apps.audit.actions import difference, record
from kaejon.apps.audit.models import Event
from kaejon.apps.folders.models import CommunityStrength
from kaejon.methods.errors import DataError

FIELDS = ("capital", "text", "source", "stated_on")


class StrengthGone(DataError):
    """Somebody else replaced or removed it in the meantime."""

    def __init__(self) -> None:
        super().__init__(
            "strength_gone",
            "this entry was replaced or removed by somebody else",
            remedy="Open the area again and see what stands there now.",
        )


def strengths_of(area: Area) -> QuerySet[CommunityStrength]:
    """What is written down for the area and the areas below it, by capital, newest first."""
    return (
        CommunityStrength.objects.filter(within(area.code, "area_id"), removed_at=None)
        .select_related("area", "added_by")
        .order_by("capital", "area_id", "-added_at")
    )


@made_once
@transaction.atomic
def add_strength(
    *, area: Area, capital: str, text: str, source: str, stated_on: date, by: User
) -> CommunityStrength:
    """Write down one thing the community has, with who said so and when."""
    require(by, Permission.EDIT_HOUSEHOLDS, at=area.code)
    strength = CommunityStrength.objects.create(
        area=area, capital=capital, text=text, source=source, stated_on=stated_on, added_by=by
    )
    record(
        by=by,
        verb="strength.add",
        subject_type="strength",
        subject_id=strength.public_id,
        area=area.code,
        label=text,
        changes=values_of(strength, FIELDS),
    )
    return strength


@made_once
@transaction.atomic
def replace_strength(
    *, strength: CommunityStrength, capital: str, text: str, source: str, stated_on: date, by: User
) -> CommunityStrength:
    """Put a corrected entry in the place of this one. Refuses (StrengthGone) one that is gone."""
    require(by, Permission.EDIT_HOUSEHOLDS, at=strength.area_id)
    take_away(strength)
    new = CommunityStrength.objects.create(
        area=strength.area,
        capital=capital,
        text=text,
        source=source,
        stated_on=stated_on,
        added_by=by,
    )
    changes = difference(values_of(strength, FIELDS), values_of(new, FIELDS))
    record(
        by=by,
        verb="strength.replace",
        subject_type="strength",
        subject_id=new.public_id,
        area=new.area_id,
        label=text,
        changes=changes | {"replaces": str(strength.public_id)},
    )
    return new


@transaction.atomic
def remove_strength(*, strength: CommunityStrength, by: User) -> None:
    """Take an entry away; it stays in the history. Refuses (StrengthGone) one that is gone."""
    require(by, Permission.EDIT_HOUSEHOLDS, at=strength.area_id)
    take_away(strength)
    record(
        by=by,
        verb="strength.remove",
        subject_type="strength",
        subject_id=strength.public_id,
        area=strength.area_id,
        label=strength.text,
    )


def successor_of(strength: CommunityStrength) -> CommunityStrength | None:
    """The entry that stands in the place of a replaced one, if it still stands."""
    change = Event.objects.filter(
        verb="strength.replace",
        area_code=strength.area_id,
        detail__changes__replaces=str(strength.public_id),
    ).first()
    if change is None:
        return None
    rows = CommunityStrength.objects.filter(public_id=change.subject_id, removed_at=None)
    return rows.select_related("added_by").first()


def take_away(strength: CommunityStrength) -> None:
    taken = CommunityStrength.objects.filter(pk=strength.pk, removed_at=None).update(
        removed_at=timezone.now()
    )
    if not taken:
        raise StrengthGone


def values_of(strength: CommunityStrength, names: Collection[str]) -> dict[str, str]:
    return {name: str(getattr(strength, name)) for name in names}
