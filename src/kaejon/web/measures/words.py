"""Names of indicators, dimensions, groups and refusals as the pages say them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from kaejon.methods.definitions import bmn, tpmap_dimensions
from kaejon.methods.errors import KaejonError
from kaejon.methods.thai.life_stages import LIFE_STAGES
from kaejon.web.middleware import sentence

GROUPS: dict[str, str | Promise] = {
    "head_sex": gettext_lazy("Sex of the head of household"),
    "size_band": gettext_lazy("Size of the household"),
    "disability": gettext_lazy("A member with a disability"),
    "municipal": gettext_lazy("Inside or outside a municipality"),
    "life_stage": gettext_lazy("Life stage of people"),
    "sex": gettext_lazy("Sex of people"),
    "disabled_person": gettext_lazy("People with a disability"),
}
LABELS: dict[tuple[str, str], str | Promise] = {
    **{(c, "F"): gettext_lazy("female") for c in ("head_sex", "sex")},
    **{(c, "M"): gettext_lazy("male") for c in ("head_sex", "sex")},
    ("disability", "yes"): gettext_lazy("has one"),
    ("disability", "no"): gettext_lazy("none known"),
    ("municipal", "inside"): gettext_lazy("inside a municipality"),
    ("municipal", "outside"): gettext_lazy("outside a municipality"),
    ("disabled_person", "yes"): gettext_lazy("with a disability"),
}
DESIGN_NAMES: dict[str, str | Promise] = {
    "villages": gettext_lazy("a sample of villages drawn in every district"),
    "municipal": gettext_lazy("a sample of villages drawn inside and outside municipalities"),
}
REFUSALS: dict[str, str | Promise] = {
    "definition_misfit": gettext_lazy(
        "This definition cannot be used here: no list in the registry holds what it asks."
    ),
    "list_misfit": gettext_lazy("The definition cannot read this list. Choose a list of its kind."),
    "rounds": gettext_lazy("Choose two rounds, the first of them earlier than the second."),
    "run_not_done": gettext_lazy("Only a measurement that is done can be repeated."),
    "input_incomplete": gettext_lazy(
        "Rows were taken out of the kept input, so it cannot be repeated. Start a new measurement."
    ),
    "no_reason": gettext_lazy("Say in a sentence why."),
    "already_withdrawn": gettext_lazy("This measurement was withdrawn before."),
    "nothing_to_measure": gettext_lazy(
        "The list says nothing about households of this area. Choose another list or a larger area."
    ),
    "single_psu": gettext_lazy(
        "In one of the districts, or inside or outside municipalities, only one village is in the list, so no sampling error can be estimated. Measure a larger area, or say that the list names everybody if it does."
    ),
    "nobody_matched": gettext_lazy(
        "No household is in both rounds. Choose two rounds of the same kind of list."
    ),
    "definition_too_long": gettext_lazy("The text is too long for a definition."),
    "definition_unreadable": gettext_lazy(
        "The text cannot be read as TOML or JSON. Look at the line named."
    ),
    "definition_incomplete": gettext_lazy("Fields that every definition needs are missing."),
    "definition_kind": gettext_lazy(
        "Only definitions of kind mpi, tpmap or five_capitals can be written."
    ),
    "definition_invalid": gettext_lazy("A field is missing or wrong."),
    "definition_name": gettext_lazy(
        "Use 3 to 60 small Latin letters, digits and _ as the name, and no name that comes with the system."
    ),
    "definition_same": gettext_lazy("A version that says exactly this is there already."),
    "definition_unknown": gettext_lazy("There is no definition of this name."),
    "weights_sum": gettext_lazy("The weights do not sum to 1."),
    "weight_not_positive": gettext_lazy("A weight is not above 0."),
    "one_cutoff": gettext_lazy("Each indicator needs either a cutoff or the deprived values."),
    "k_outside": gettext_lazy("k must be above 0 and at most 1."),
    "unknown_key": gettext_lazy("There is a word that no definition knows."),
    "repeated_name": gettext_lazy("Two indicators have the same name."),
    "not_a_fraction": gettext_lazy("A weight or k is no number and no fraction."),
}


def in_thai() -> bool:
    return (get_language() or "th").startswith("th")


def named(entry: Mapping[str, Any], fallback: str = "") -> str:
    """The name of an entry of a definition in the language of the page."""
    first, second = ("th", "en") if in_thai() else ("en", "th")
    return str(entry.get(first) or entry.get(second) or fallback)


def title_of(document: Mapping[str, Any]) -> str:
    """The title of a definition in the language of the page."""
    first, second = ("title_th", "title_en") if in_thai() else ("title_en", "title_th")
    return str(document.get(first) or document.get(second) or document.get("name", ""))


def indicator_names(document: Mapping[str, Any]) -> dict[str, str]:
    """Indicator code → name: those of an MPI definition, else the จปฐ. indicators."""
    if document["kind"] == "mpi":
        return {i["name"]: named(i, i["name"]) for i in document["indicators"]}
    return {i.column: i.th if in_thai() else i.en for i in bmn.load().indicators}


def dimension_names() -> dict[str, str]:
    names = {d.code: d.th if in_thai() else d.en for d in tpmap_dimensions.load().dimensions}
    return names | {
        "access": names.get("accessibility", "access"),
        "healthy_living": _("healthy living"),
        "living_conditions": _("living conditions"),
        "financial_security": _("financial security"),
    }


def group_label(column: str, label: str) -> str:
    """A group as the page names it; "unknown" where the list does not say."""
    if label == "unknown":
        return _("not stated")
    if column == "life_stage":
        return next((s.th if in_thai() else s.en for s in LIFE_STAGES if s.code == label), label)
    if column == "size_band":
        return _("%(size)s people") % {"size": label}
    return str(LABELS.get((column, label), label))


def refusal(error: KaejonError) -> str:
    """What a person can do about a refusal, in the language of the page, with the line where known."""
    text = str(REFUSALS.get(error.code) or sentence(error))
    line = error.context.get("line")
    where = _("Line %(line)s.") % {"line": line}
    return f"{text} {where}" if line else text
