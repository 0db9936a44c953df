"""Words and marks of field checks."""

from __future__ import annotations

from django import template

from kaejon.apps.folders.wording import language, short_list_name
from kaejon.apps.households.models import POOR_IN_TRUTH, Verified
from kaejon.apps.surveys.worklists import CAUSES
from kaejon.methods.checks import attendance_groups, reasons

register = template.Library()

register.filter("short_list", short_list_name)


@register.filter
def verified_mark(outcome: str) -> str:
    """The kind of mark of an outcome: in need is stated, not judged; open ends ask."""
    if outcome in POOR_IN_TRUTH:
        return "info"
    return "ask" if outcome == Verified.NOT_FOUND else "quiet"


@register.filter
def verified_label(outcome: str) -> str:
    """An outcome in words."""
    return str(dict(Verified.choices).get(outcome, outcome))


@register.filter
def cause_word(cause: str) -> str:
    """Why a household is to be checked."""
    return str(CAUSES[cause])


@register.filter
def reason_word(code: str) -> str:
    """A reason of the catalogue in the reader's language; empty for none."""
    return next((str(r[language()]) for r in reasons() if r["code"] == code), code)


@register.filter
def group_word(code: str) -> str:
    """A group counted at a forum."""
    return next((str(g[language()]) for g in attendance_groups() if g["code"] == code), code)
