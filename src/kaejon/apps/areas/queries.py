"""Reading the area tree. Areas themselves are public facts and are not scoped."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from kaejon.apps.areas.models import WHOLE_SYSTEM, Area, Level

TAMBON_DIGITS = 6


def within(code: str, field: str = "code") -> Q:
    """Rows whose area code lies at or below `code`.

    A range on the code, so that an ordinary index answers it; digits sort the
    same way in every collation.
    """
    if code == WHOLE_SYSTEM:
        return Q()
    return Q(**{f"{field}__gte": code, f"{field}__lt": code_after(code)})


def code_after(code: str) -> str:
    """The first code that is no longer below `code` ("3399" -> "34")."""
    return code[:-1] + chr(ord(code[-1]) + 1)


def contains(outer: str, inner: str) -> bool:
    """True when the area `inner` is `outer` or lies below it."""
    return outer == WHOLE_SYSTEM or inner.startswith(outer)


def areas_above(code: str) -> list[str]:
    """The codes of the areas in which the area lies, the whole system first, itself last."""
    return [
        WHOLE_SYSTEM,
        *(code[:n] for n in (2, 4, 6, 8) if n <= len(code) and code != WHOLE_SYSTEM),
    ]


def shared_area(areas: Iterable[str]) -> str:
    """The smallest area in which all lie; the whole system where none does."""
    codes = list(areas)
    for digits in (8, 6, 4, 2):
        heads = {code[:digits] for code in codes}
        if len(heads) == 1 and all(len(code) >= digits for code in codes):
            return heads.pop()
    return WHOLE_SYSTEM


def in_one_tambon(*areas: str) -> bool:
    """Whether all lie in the same tambon."""
    return len(shared_area(areas)) >= TAMBON_DIGITS


def path_to(area: Area) -> list[Area]:
    """The area's ancestors from the province down, the area itself last."""
    return list(Area.objects.filter(code__in=area.ancestor_codes()).order_by("code"))


def children_of(area: Area) -> QuerySet[Area]:
    """The areas one rung below, by code."""
    return Area.objects.filter(parent=area, valid_until=None).order_by("code")


def roots() -> QuerySet[Area]:
    """The provinces this system holds."""
    return Area.objects.filter(level=Level.PROVINCE).order_by("code")
