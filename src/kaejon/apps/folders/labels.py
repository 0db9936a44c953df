"""Names of the five capitals in the language of the page, as the definition in use gives them."""

from __future__ import annotations

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from kaejon.apps.measurement.actions import CAPITAL_DEFINITION
from kaejon.methods import capitals

LEVEL_WORDS = {
    1: gettext_lazy("Struggling"),
    2: gettext_lazy("Hard going"),
    3: gettext_lazy("Getting by"),
    4: gettext_lazy("Living well"),
}


def capital_name(code: str) -> str:
    """The name of a capital, or of the household's overall level."""
    if code == "overall":
        return _("Whole household")
    found = next(c for c in capitals.definition(CAPITAL_DEFINITION).capitals if c.code == code)
    return found.en if get_language() == "en" else found.th


def level_name(level: int | None) -> str:
    """The word for a level 1-4; without one the household was not surveyed."""
    return str(LEVEL_WORDS[level]) if level else _("Not surveyed")


def definition_name() -> str:
    """The title of the definition in use."""
    definition = capitals.definition(CAPITAL_DEFINITION)
    return definition.en if get_language() == "en" else definition.th


def weights_are_provisional() -> bool:
    """Whether any weight of the definition in use is not certain."""
    return capitals.definition(CAPITAL_DEFINITION).provisional
