"""Names of problems and sides in the language of the page, by their codes."""

from __future__ import annotations

from django.utils.translation import gettext as _

from kaejon.apps.folders.wording import in_language
from kaejon.apps.measurement.problems import SAID, side_of
from kaejon.methods.definitions import problem_sides
from kaejon.methods.definitions.problem_sides import Side


def side_named(code: str) -> Side:
    """The side of a code."""
    return problem_sides.load().side(code)


def problem_name(code: str) -> str:
    """What a problem is called."""
    if code.startswith(SAID):
        side = in_language(side_named(side_of(code)))
        return _("Told in community lists: %(side)s") % {"side": side}
    return in_language(problem_sides.load().problems[code])


def every_problem() -> list[str]:
    """Codes of all problems in the order of the catalogue."""
    sides = problem_sides.load()
    return [*sides.problems, *(f"{SAID}{side.code}" for side in sides.sides)]
