"""What each list claims about a family, in words for its print-out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from kaejon.apps.households.models import Presence, Setting, Sex
from kaejon.apps.sources.models import Assertion
from kaejon.methods.listfiles.fields import FIELDS
from kaejon.methods.thai.buddhist_era import format_date

LABELS = {
    "national_id_last4": gettext_lazy("last four digits of the national ID"),
    "is_head": gettext_lazy("head of household"),
    "target_poor": gettext_lazy("in the list of the poor"),
}
CODES: dict[str, Any] = dict((*Sex.choices, *Presence.choices, *Setting.choices))
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
# Said better by other facts, or by the day and the list beside them.
LEFT_OUT = frozenset({"name_key", "birth_precision", "national_id_status", "area", "version"})


def claims(households: Any, people: Any) -> Iterator[tuple[str, str]]:
    """(list with its year, what it says), withdrawn claims too and named so."""
    rows = Assertion.objects.filter(household__in=households) | Assertion.objects.filter(
        person__in=people
    )
    for claim in rows.select_related("version__source").distinct().order_by("pk"):
        words = in_words(claim.facts)
        parts = [", ".join(words), claim.reason, _("withdrawn") if claim.withdrawn_at else ""]
        yield str(claim.version), " · ".join(part for part in parts if part)


def in_words(facts: dict[str, Any]) -> list[str]:
    """Each fact as "what: value"."""
    found = []
    for name, value in facts.items():
        if isinstance(value, dict):
            found += in_words(value)
        elif value not in (None, "", []) and name not in LEFT_OUT:
            found.append(f"{label(name)}: {value_in_words(value)}")
    return found


def label(name: str) -> str:
    if name in LABELS:
        return str(LABELS[name])
    field = FIELDS.get(name)
    return field.label("en" if get_language() == "en" else "th") if field else name


def value_in_words(value: Any) -> str:
    """Yes and no, days of the Buddhist Era, and codes of the registry, as words."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    text = str(value)
    if ISO_DAY.fullmatch(text):
        return format_date(date.fromisoformat(text), lang="en" if get_language() == "en" else "th")
    return str(CODES.get(text, text))
