"""Words of the picture: what checks say, where households were lost, which lists are asked for."""

from __future__ import annotations

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from kaejon.apps.coverage.queries import GONE, NOT_POOR, POOR, UNCHECKED, Asked, Column, lists_of
from kaejon.apps.folders.listing import Filters, codes_of
from kaejon.methods.dropping_out import Gate
from kaejon.methods.naming import rules

STATE_WORDS = {
    POOR: gettext_lazy("In need"),
    NOT_POOR: gettext_lazy("Does not meet the criteria"),
    GONE: gettext_lazy("Moved, died, not found or entered twice"),
    UNCHECKED: gettext_lazy("Not checked yet"),
}

GATES = {
    Gate.NOT_SURVEYED.value: gettext_lazy("Not surveyed by the basic needs survey (จปฐ.)"),
    Gate.PASSED.value: gettext_lazy("Surveyed, and passed all five dimensions"),
    Gate.NO_VALID_ID.value: gettext_lazy("Below basic needs, but nobody has a valid national ID"),
    Gate.NOT_TOLD.value: gettext_lazy("Below basic needs; the list does not tell who registered"),
    Gate.NEVER_REGISTERED.value: gettext_lazy(
        "Below basic needs, but nobody registered for the welfare card"
    ),
    Gate.NOT_VALIDATED.value: gettext_lazy("Registered for the welfare card, but not validated"),
    Gate.NONE.value: gettext_lazy("Meets the rule of the target poor, yet is not on the list"),
}


def column_name(column: Column) -> str:
    """A list with its year."""
    return f"{column.name} {column.version.year_be}"


def naming_rule(kind: str) -> str:
    """What counts as being named as poor by a list of this kind, in the reader's language."""
    rule = rules().get(kind)
    if rule is None:
        return _("This list names nobody as poor.")
    return rule.en if get_language() == "en" else rule.th


def list_words(filters: Filters) -> str:
    """Which lists a list of households asks for, as a sentence; empty when it asks for none."""
    if not filters.asks_lists:
        return ""
    columns = lists_of(Asked(int(filters.list_year or 0), filters.held)).columns
    names = {column.code: column_name(column) for column in columns}
    on = ", ".join(names.get(code, code) for code in codes_of(filters.on))
    off = ", ".join(names[code] for code in codes_of(filters.not_on) if code in names)
    sentences = []
    if on:
        text = _("On the list: %(lists)s.") if filters.held else _("Named as poor by: %(lists)s.")
        sentences.append(text % {"lists": on})
    if off:
        text = _("Not on: %(lists)s.") if filters.held else _("Not named by: %(lists)s.")
        sentences.append(text % {"lists": off})
    if filters.gate:
        sentences.append(_("Reason: %(reason)s.") % {"reason": GATES[filters.gate]})
    return " ".join(sentences)
