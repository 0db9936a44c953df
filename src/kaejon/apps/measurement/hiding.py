"""Which counts of a run an audience must not see, and how the others are softened.

Counts of 1 to the audience's threshold less one are hidden, and so much beside them that no
sum over the areas above or over a margin gives them back (`methods.disclosure`). What remains
is rounded to the threshold, so that subtracting two tables, two runs or two values of k
points to nobody. Who may open the households behind the counts sees them exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, cast

from kaejon.apps.measurement.computed import Computed
from kaejon.apps.measurement.models import RunKind
from kaejon.methods.disclosure import suppression as disclosure

Audience = Literal["exact", "internal", "public"]
Document = dict[str, Any]
# The count that tells most about a family, and the whole it is part of, by kind of run.
TELLING = {
    RunKind.POVERTY: ("poor_households", "households"),
    RunKind.TPMAP: ("bmn_poor_households", "households"),
}
# Villages are shown only to those who see their households.
SHOWN_DOWN_TO = 6
# Shares that rest on fewer than this many thresholds of people could be turned back into counts.
STEADY = 10
LEVELS = ("1", "2", "3", "4")


def hidden_cells(
    kind: str, found: Computed, area: str, step: Callable[[], None] = lambda: None
) -> dict[str, Any]:
    """For each audience the hidden parts of areas and groups: {"areas": {code: [part]}, "groups": …}.

    `step` is called before each audience, so that a long search can say it is alive.
    """
    if kind == RunKind.DYNAMICS:
        return {}

    def areas_for(threshold: int) -> dict[str, list[str]]:
        step()
        return hidden_areas(kind, found.areas, area, threshold)

    return {
        audience: {
            "areas": areas_for(threshold),
            "groups": {
                column: hidden_in(kind, {str(g["group"]): g for g in groups}, {}, threshold)
                for column, groups in found.results["by"].items()
                if groups and "households" in groups[0]
            },
        }
        for audience, threshold in disclosure.THRESHOLDS.items()
    }


def hidden_areas(
    kind: str, areas: Mapping[str, Document], top: str, threshold: int
) -> dict[str, list[str]]:
    """Parts hidden in each area down to the tambons, protected against the areas above them."""
    shown = {code: figures for code, figures in areas.items() if len(code) <= SHOWN_DOWN_TO}
    deepest = max(map(len, shown), default=0)
    leaves = {code: figures for code, figures in shown.items() if len(code) == deepest}
    parents = {code: code[:-2] for code in shown if len(code) - 2 > len(top)}
    parents |= {code: top for code in shown if code not in parents}
    return hidden_in(kind, leaves, parents, threshold)


def hidden_in(
    kind: str, figures: Mapping[str, Document], parents: Mapping[str, str], threshold: int
) -> dict[str, list[str]]:
    counts = {label: parts_of(kind, document) for label, document in figures.items()}
    if not counts:
        return {}
    table = disclosure.area_table(counts, parents or dict.fromkeys(counts, disclosure.ALL))
    hidden: dict[str, list[str]] = {}
    for key in disclosure.protect(table, threshold).hidden:
        label, part = cast(tuple[str, str], key)
        hidden.setdefault(label, []).append(part)
    return {label: sorted(parts) for label, parts in sorted(hidden.items())}


def parts_of(kind: str, document: Mapping[str, Any]) -> dict[str, int]:
    """Households of one area or group by what a reader could learn about them."""
    if kind == RunKind.CAPITALS:
        at_levels = {level: int(document["counts"]["overall"][level]) for level in LEVELS}
        return at_levels | {"none": document["households"] - sum(at_levels.values())}
    part, whole = TELLING[RunKind(kind)]
    return {"poor": int(document[part]), "other": int(document[whole] - document[part])}


def softened(number: float | None, audience: Audience) -> int | float | None:
    """A count as the audience may see it; None stands for hidden."""
    if number is None or audience == "exact":
        return number
    threshold = disclosure.THRESHOLDS[audience]
    if disclosure.is_small(round(number), threshold):
        return None
    return threshold * round(number / threshold)


def softened_share(part: float | None, whole: float | None, audience: Audience) -> float | None:
    """A share as the audience may see it: of rounded counts, in whole per cent."""
    if part is None or not whole:
        return None
    if audience == "exact":
        return part / whole
    above, below = softened(part, audience), softened(whole, audience)
    return round(min(1.0, above / below), 2) if above is not None and below else None


def is_steady(count: float, audience: Audience) -> bool:
    """Whether so many people stand behind an average that it may be shown with two decimals."""
    return audience == "exact" or count >= STEADY * disclosure.THRESHOLDS[audience]


def is_hidden(hidden: Mapping[str, Any], audience: Audience, code: str) -> bool:
    """Whether an area's figures stay hidden from the audience as a whole."""
    if audience == "exact":
        return False
    return len(code) > SHOWN_DOWN_TO or code in hidden.get(audience, {}).get("areas", {})


def is_hidden_group(hidden: Mapping[str, Any], audience: Audience, column: str, label: str) -> bool:
    """Whether a group's figures stay hidden from the audience."""
    if audience == "exact":
        return False
    return label in hidden.get(audience, {}).get("groups", {}).get(column, {})
