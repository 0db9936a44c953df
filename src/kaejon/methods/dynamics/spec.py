"""What a panel follows: a measure, the identifier, the years between, levels and capitals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kaejon.methods import alkire_foster
from kaejon.methods.dynamics.graduation import GraduationRule
from kaejon.methods.errors import UsageError

OWN_KEYS = ("id", "years", "level", "capitals", "graduation")
GRADUATION_KEYS = ("rounds_out", "falling_allowed", "tolerance")


@dataclass(frozen=True)
class PanelSpec:
    """A measure and how to follow it: identifier, years between rounds, levels, capitals."""

    measure: alkire_foster.Spec
    id: str
    years: float | None = None
    level: str | None = None
    capitals: tuple[str, ...] = ()
    rule: GraduationRule = field(default_factory=GraduationRule)

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column read from each round."""
        own = [self.id, *([self.level] if self.level else []), *self.capitals]
        return tuple(dict.fromkeys([*own, *self.measure.columns]))


def parse_panel_spec(document: object) -> PanelSpec:
    """A panel spec: the keys of an Alkire-Foster spec, and `id`, `years`, `level`,
    `capitals`, `graduation`.

    Refuses: a missing id, years that are not above 0, names that are not text, unknown keys.
    """
    if not isinstance(document, Mapping):
        raise UsageError("spec_shape", "The spec is not an object.", remedy="Start it with { … }.")
    measure = alkire_foster.parse_spec({k: v for k, v in document.items() if k not in OWN_KEYS})
    if not isinstance(document.get("id"), str) or not document["id"]:
        raise UsageError(
            "no_id", "The spec names no id column.", remedy='Add "id": "household_id".'
        )
    years = document.get("years")
    if years is not None and (
        isinstance(years, bool) or not isinstance(years, int | float) or not years > 0
    ):
        raise UsageError("years", f"years is {years!r}.", remedy="Give a number above 0.")
    level, capitals = document.get("level"), document.get("capitals", [])
    if level is not None and not isinstance(level, str):
        raise UsageError("level", f"level is {level!r}.", remedy="Give the name of a column.")
    if not isinstance(capitals, list) or not all(isinstance(c, str) for c in capitals):
        raise UsageError("capitals", "capitals is not a list of column names.", remedy="Use [ … ].")
    return PanelSpec(measure, document["id"], years, level, tuple(capitals), _parse_rule(document))


def _parse_rule(document: Mapping[str, object]) -> GraduationRule:
    given = document.get("graduation", {})
    if not isinstance(given, Mapping) or set(given) - set(GRADUATION_KEYS):
        raise UsageError(
            "graduation",
            "graduation is not an object of known keys.",
            remedy=f"Use {', '.join(GRADUATION_KEYS)}.",
        )
    rule = GraduationRule(**given)
    numbers = (rule.rounds_out, rule.falling_allowed, rule.tolerance)
    if not all(isinstance(n, int | float) and n >= 0 for n in numbers):
        raise UsageError("graduation", "A graduation value is below 0.", remedy="Use 0 or more.")
    if rule.rounds_out not in (1, 2):
        raise UsageError(
            "graduation", "Two rounds allow rounds_out 1 or 2.", remedy="Set rounds_out to 1 or 2."
        )
    return rule
