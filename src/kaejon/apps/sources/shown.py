"""What each list claims about a family, in words for its print-out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kaejon.apps.sources.models import Assertion
from kaejon.methods.listfiles.fields import FIELDS

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
    """Each fact as "what: value"; answers of a survey by their codes."""
    found = []
    for name, value in facts.items():
        if isinstance(value, dict):
            found += in_words(value)
        elif value not in (None, "", []) and name not in LEFT_OUT:
            found.append(f"{label(name)}: {value}")
    return found


def label(name: str) -> str:
    field = FIELDS.get(name)
    return field.label("en" if get_language() == "en" else "th") if field else name
