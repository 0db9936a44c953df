"""Measure households from their live claims and write their present standing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from kaejon.apps.households.bulk import Among, insert_rows, new_row, read_rows, update_rows
from kaejon.apps.households.models import CAPITALS, Household, Membership, Person
from kaejon.apps.measurement.models import CapitalScore, PovertyScreen
from kaejon.apps.measurement.problems import code_of_words, codes_of
from kaejon.apps.sources.models import Assertion, Kind
from kaejon.apps.sources.stated import Stated, stated_about, stated_by
from kaejon.methods import capitals, tpmap

CAPITAL_DEFINITION = "five_capitals_ppp_2568"
SCREEN_DEFINITION = "tpmap_2561"
MEASURES = (*CAPITALS, "overall")
STANDING = (
    *(f"{name}_level" for name in MEASURES),
    *(f"{name}_points" for name in MEASURES),
    "problems",
    "surveyed_on",
    "bmn_poor",
    "target_poor_members",
)
POINTS = 10_000


# (household, version) → what that version states about the household and its members
Grouped = Mapping[tuple[int, int], list[Stated]]


def measure_households(households: Collection[int], stated: Iterable[Stated] | None = None) -> None:
    """Score, screen and store households again from everything that is claimed about them now.

    `stated`: those claims, where the caller has them at hand.
    """
    ids = set(households)
    grouped = group(stated_about(ids) if stated is None else stated)
    scores = score_capitals(grouped)
    screens = screen_poverty(grouped)
    CapitalScore.objects.filter(Among("household", ids)).delete()
    PovertyScreen.objects.filter(Among("household", ids)).delete()
    insert_rows(scores)
    insert_rows(screens)
    target = at_home(ids, target_poor_people(grouped, screens))
    write_target_poor(ids, target)
    write_standing(ids, scores, screens, target, codes_said(grouped))


def group(stated: Iterable[Stated]) -> Grouped:
    """Claims by household and list version."""
    grouped: dict[tuple[int, int], list[Stated]] = defaultdict(list)
    for claim in stated:
        grouped[claim.household, claim.version].append(claim)
    return grouped


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
            new_row(
                CapitalScore,
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


def items_of(assertions: Iterable[Stated]) -> dict[str, list[Decimal | None]]:
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
            new_row(
                PovertyScreen,
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


def indicators_of(assertion: Stated) -> dict[int, int | None]:
    return {int(name[1:]): value for name, value in assertion.facts["indicators"].items()}


def target_poor_people(grouped: Grouped, screens: Iterable[PovertyScreen]) -> dict[int, set[int]]:
    """Household → people who are target poor: named by a TPMAP list, or by its rule on a BMN list."""
    poor = {(s.household_id, s.version_id) for s in screens if s.bmn_poor}
    found: dict[int, set[int]] = defaultdict(set)
    for (household, version), assertions in grouped.items():
        for assertion in assertions:
            if assertion.person is None:
                continue
            listed = assertion.kind == Kind.TPMAP and assertion.facts.get("target_poor")
            by_rule = tpmap.is_target_poor(
                (household, version) in poor,
                bool(assertion.facts.get("registered")),
                bool(assertion.facts.get("validated")),
            )
            if listed or by_rule:
                found[household].add(assertion.person)
    return found


def at_home(ids: Collection[int], target: Mapping[int, set[int]]) -> Mapping[int, set[int]]:
    """Target-poor people by the household in which they live now.

    Claims speak of the household a person lived in then; whoever moved since is judged
    by all claims made about them and counted in the new home.
    """
    ended = Membership.objects.filter(ended_on__isnull=False).values_list(
        "person", "person__household"
    )
    # Two queries, each by its own index, instead of one OR across a join.
    homes = dict(ended.filter(Among("household", ids))) | dict(
        ended.filter(Among("person__household", ids))
    )
    if not homes:
        return target
    stated = group(stated_by(Assertion.objects.filter(Among("person", homes))))
    screens = PovertyScreen.objects.filter(household__in={h for h, _ in stated}, bmn_poor=True)
    flagged = {p for people in target_poor_people(stated, screens).values() for p in people}
    found = {household: people - homes.keys() for household, people in target.items()}
    for person in flagged & homes.keys():
        if homes[person] in ids:
            found.setdefault(homes[person], set()).add(person)
    return found


def write_target_poor(ids: Collection[int], target: Mapping[int, set[int]]) -> None:
    """Mark exactly the target-poor people among the members of these households."""
    people = {person for members in target.values() for person in members}
    marked = Person.objects.filter(Among("household", ids), target_poor=True)
    marked.exclude(pk__in=people).update(target_poor=False)
    Person.objects.filter(Among("pk", people), target_poor=False).update(target_poor=True)


def codes_said(grouped: Grouped) -> Mapping[int, set[str]]:
    """Household → codes of the problems told in words; of each community list the newest version counts."""
    newest_of: dict[tuple[int, int], date] = {}
    told = [
        a
        for assertions in grouped.values()
        for a in assertions
        if a.kind == Kind.COMMUNITY and (a.facts.get("problem_text") or a.facts.get("need_text"))
    ]
    for a in told:
        key = (a.household, a.source)
        newest_of[key] = max(newest_of.get(key, a.as_of), a.as_of)
    found: dict[int, set[str]] = defaultdict(set)
    for a in told:
        if a.as_of == newest_of[a.household, a.source]:
            found[a.household].add(code_of_words(a.facts))
    return found


def write_standing(
    ids: Collection[int],
    scores: Iterable[CapitalScore],
    screens: Iterable[PovertyScreen],
    target: Mapping[int, set[int]],
    said: Mapping[int, set[str]],
) -> None:
    """Copy the newest score and screen to the household, where lists and maps read them."""
    newest_score = newest(scores)
    newest_screen = newest(screens)
    changed = []
    for household in read_rows(Household.objects.filter(Among("pk", ids)), "id", *STANDING):
        score, screen = newest_score.get(household.pk), newest_screen.get(household.pk)
        levels = score.levels if score else {}
        standing = (
            *(levels.get(name) for name in MEASURES),
            *(points(score, name) for name in MEASURES),
            codes_of(score, screen, said.get(household.pk, ())),
            score.as_of if score else None,
            screen.bmn_poor if screen else None,
            len(target.get(household.pk, ())),
        )
        if standing != tuple(getattr(household, name) for name in STANDING):
            for name, value in zip(STANDING, standing, strict=True):
                setattr(household, name, value)
            changed.append(household)
    update_rows(changed, STANDING)


def points(score: CapitalScore | None, measure: str) -> int | None:
    """A score in ten-thousandths; None where it is not known."""
    text = score.scores.get(measure) if score else None
    return None if text is None else int(Decimal(text) * POINTS)


def newest(rows: Iterable[Any]) -> dict[int, Any]:
    """The row with the latest date of each household; of the same date the later version."""
    found: dict[int, Any] = {}
    for row in sorted(rows, key=lambda r: (r.as_of, r.version_id)):
        found[row.household_id] = row
    return found
