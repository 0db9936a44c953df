"""Measure households from their live claims and write their present standing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any

from kaejon.apps.households.bulk import update_rows
from kaejon.apps.households.models import CAPITALS, Household, Person
from kaejon.apps.measurement.models import CapitalScore, PovertyScreen
from kaejon.apps.sources.models import Assertion, Kind
from kaejon.methods import capitals, tpmap

CAPITAL_DEFINITION = "five_capitals_ppp_2568"
SCREEN_DEFINITION = "tpmap_2561"
LEVEL_FIELDS = [f"{name}_level" for name in (*CAPITALS, "overall")]

# (household, version) → the assertions of that household from that version
Grouped = Mapping[tuple[int, int], list[Assertion]]


def measure_households(ids: Collection[int]) -> None:
    """Score, screen and store households again from everything that is claimed about them now."""
    ids = list(ids)
    grouped: dict[tuple[int, int], list[Assertion]] = defaultdict(list)
    live = Assertion.objects.filter(household__in=ids, withdrawn_at=None).select_related(
        "version__source"
    )
    for assertion in live.order_by("pk"):
        grouped[assertion.household_id, assertion.version_id].append(assertion)
    scores = score_capitals(grouped)
    screens = screen_poverty(grouped)
    CapitalScore.objects.filter(household__in=ids).delete()
    PovertyScreen.objects.filter(household__in=ids).delete()
    CapitalScore.objects.bulk_create(scores)
    PovertyScreen.objects.bulk_create(screens)
    target = target_poor_people(grouped, screens)
    write_target_poor(ids, target)
    write_standing(ids, scores, screens, target)


def score_capitals(grouped: Grouped) -> list[CapitalScore]:
    """Five capitals for every household and version whose claims hold item scores."""
    definition = capitals.definition(CAPITAL_DEFINITION)
    found = []
    for (household, version), assertions in grouped.items():
        items = items_of(assertions)
        if not items:
            continue
        scored = capitals.score_household(items, definition)
        found.append(
            CapitalScore(
                household_id=household,
                version_id=version,
                definition=CAPITAL_DEFINITION,
                as_of=max(a.as_of for a in assertions),
                scores={name: decimal_text(score) for name, score in scored.capitals.items()}
                | {"overall": decimal_text(scored.overall)},
                levels=dict(scored.levels) | {"overall": scored.level},
                items={
                    code: [None if s is None else str(s) for s in values]
                    for code, values in items.items()
                },
            )
        )
    return found


def items_of(assertions: Iterable[Assertion]) -> dict[str, list[Decimal | None]]:
    """Item code → scores: one of the household, or one of each member."""
    items: dict[str, list[Decimal | None]] = defaultdict(list)
    for assertion in assertions:
        for code, text in assertion.facts.get("capitals", {}).items():
            items[code].append(None if text is None else Decimal(text))
    return dict(items)


def decimal_text(score: Any) -> str | None:
    """An exact score as decimal text with four places; rounding is for showing only."""
    return (
        None
        if score is None
        else str(round(Decimal(score.numerator) / Decimal(score.denominator), 4))
    )


def screen_poverty(grouped: Grouped) -> list[PovertyScreen]:
    """TPMAP's union rule for every household and version whose claims hold indicators."""
    found = []
    for (household, version), assertions in grouped.items():
        rows = [indicators_of(a) for a in assertions if a.facts.get("indicators")]
        if not rows:
            continue
        failed = tpmap.failed_indicators(rows)
        merged = dict.fromkeys(failed, 0)
        dimensions = tpmap.failed_dimensions(merged)
        found.append(
            PovertyScreen(
                household_id=household,
                version_id=version,
                definition=SCREEN_DEFINITION,
                as_of=max(a.as_of for a in assertions),
                bmn_poor=bool(dimensions),
                failed_indicators=sorted(failed),
                failed_dimensions=list(dimensions),
            )
        )
    return found


def indicators_of(assertion: Assertion) -> dict[int, int | None]:
    return {int(name[1:]): value for name, value in assertion.facts["indicators"].items()}


def target_poor_people(grouped: Grouped, screens: Iterable[PovertyScreen]) -> dict[int, set[int]]:
    """Household → people who are target poor: named by a TPMAP list, or by its rule on a BMN list."""
    poor = {(s.household_id, s.version_id) for s in screens if s.bmn_poor}
    found: dict[int, set[int]] = defaultdict(set)
    for (household, version), assertions in grouped.items():
        for assertion in assertions:
            if assertion.person_id is None:
                continue
            listed = assertion.version.source.kind == Kind.TPMAP and assertion.facts.get(
                "target_poor"
            )
            by_rule = tpmap.is_target_poor(
                (household, version) in poor,
                bool(assertion.facts.get("registered")),
                bool(assertion.facts.get("validated")),
            )
            if listed or by_rule:
                found[household].add(assertion.person_id)
    return found


def write_target_poor(ids: Collection[int], target: Mapping[int, set[int]]) -> None:
    """Mark exactly the target-poor people among the members of these households."""
    people = {person for members in target.values() for person in members}
    marked = Person.objects.filter(household__in=ids, target_poor=True)
    marked.exclude(pk__in=people).update(target_poor=False)
    Person.objects.filter(pk__in=people, target_poor=False).update(target_poor=True)


def write_standing(
    ids: Collection[int],
    scores: Iterable[CapitalScore],
    screens: Iterable[PovertyScreen],
    target: Mapping[int, set[int]],
) -> None:
    """Copy the newest score and screen to the household, where lists and maps read them."""
    newest_score = newest(scores)
    newest_screen = newest(screens)
    households = list(Household.objects.filter(pk__in=ids))
    for household in households:
        score = newest_score.get(household.pk)
        levels = score.levels if score else {}
        for name in (*CAPITALS, "overall"):
            setattr(household, f"{name}_level", levels.get(name))
        household.surveyed_on = score.as_of if score else None
        screen = newest_screen.get(household.pk)
        household.bmn_poor = screen.bmn_poor if screen else None
        household.target_poor_members = len(target.get(household.pk, ()))
    update_rows(households, (*LEVEL_FIELDS, "surveyed_on", "bmn_poor", "target_poor_members"))


def newest(rows: Iterable[Any]) -> dict[int, Any]:
    """The row with the latest date of each household; of the same date the later version."""
    found: dict[int, Any] = {}
    for row in sorted(rows, key=lambda r: (r.as_of, r.version_id)):
        found[row.household_id] = row
    return found
