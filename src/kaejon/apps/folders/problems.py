"""Problems of a household and its members, read from its newest screen, survey and community lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kaejon.apps.folders.wording import in_language
from kaejon.apps.households.models import Person
from kaejon.apps.measurement.models import CapitalScore, PovertyScreen
from kaejon.apps.sources.models import Assertion, Kind, SourceVersion
from kaejon.methods import capitals
from kaejon.methods.definitions import bmn, problem_sides
from kaejon.methods.definitions.problem_sides import ProblemSides, Side
from kaejon.methods.thai.buddhist_era import age_on


@dataclass(frozen=True)
class Problem:
    """One problem with the list that says so and the side that usually looks after it.

    `people`: keys of the members it may concern, none for the household. `one_of`: it
    concerns at least one of several. `closed`: sensitive, and the reader may not see it.
    """

    text: str
    side: Side
    version: SourceVersion
    as_of: date
    people: tuple[int, ...] = ()
    need: str = ""
    sensitive: bool = False
    closed: bool = False

    @property
    def one_of(self) -> bool:
        return len(self.people) > 1


def problems_of(
    *,
    people: Sequence[Person],
    claims: Iterable[Assertion],
    screen: PovertyScreen | None,
    score: CapitalScore | None,
    sensitive: bool,
) -> list[Problem]:
    """Every problem, sensitive ones closed unless the reader may see them."""
    claims = list(claims)
    sides = problem_sides.load()
    found = [
        *from_screen(screen, people, claims, sides),
        *from_survey(score, claims, sides),
        *from_words(claims, sides),
    ]
    here = {p.pk for p in people if p.died_on is None}
    kept = [p for p in found if not p.people or here.intersection(p.people)]
    return [closed(p) if p.sensitive and not sensitive else p for p in kept]


def closed(problem: Problem) -> Problem:
    """The problem without its words: that something is there, from which list, is all that is told."""
    return Problem(
        "",
        problem.side,
        problem.version,
        problem.as_of,
        problem.people,
        sensitive=True,
        closed=True,
    )


def from_screen(
    screen: PovertyScreen | None,
    people: Sequence[Person],
    claims: Sequence[Assertion],
    sides: ProblemSides,
) -> list[Problem]:
    """Failed basic-minimum-needs indicators."""
    if screen is None:
        return []
    indicators = {i.no: i for i in bmn.load().indicators}
    found = []
    for number in screen.failed_indicators:
        indicator = indicators[number]
        wording = sides.problems[indicator.column]
        found.append(
            Problem(
                in_language(wording),
                sides.side(wording.side),
                screen.version,
                screen.as_of,
                people=whom_it_concerns(indicator, people, claims, screen.as_of),
                sensitive=wording.sensitive,
            )
        )
    return found


def whom_it_concerns(
    indicator: bmn.Indicator, people: Sequence[Person], claims: Sequence[Assertion], on: date
) -> tuple[int, ...]:
    """Members whom a failed indicator may concern: by age on the day of the list, or by a stated condition."""
    if indicator.applies_to == "age":
        return tuple(
            p.pk for p in people if (age := age_of(p, on)) is not None and indicator.applies_at(age)
        )
    stated = {"disabled": "disability", "chronically_ill": "chronic_illness"}.get(
        indicator.applies_to
    )
    if stated is None:
        return ()
    return tuple(sorted({c.person_id for c in claims if c.person_id and c.facts.get(stated)}))


def age_of(person: Person, on: date) -> int | None:
    """Completed years on a day; None when the birth date is unknown."""
    if person.birth_date is None:
        return None
    precision = (
        person.birth_precision if person.birth_precision in ("day", "month", "year") else "day"
    )
    return age_on(person.birth_date, on, precision)  # type: ignore[arg-type]


def from_survey(
    score: CapitalScore | None, claims: Sequence[Assertion], sides: ProblemSides
) -> list[Problem]:
    """Items of the newest five-capital survey with the lowest score."""
    if score is None:
        return []
    definition = capitals.definition(score.definition)
    people_by_item: dict[str, list[int]] = {}
    of_household: list[str] = []
    for claim in claims:
        if claim.version_id != score.version_id or not claim.facts.get("capitals"):
            continue
        for low in capitals.low_items(one_each(claim.facts["capitals"]), definition):
            if claim.person_id is None:
                of_household.append(low.item.code)
            else:
                people_by_item.setdefault(low.item.code, []).append(claim.person_id)
    rows: list[tuple[str, tuple[int, ...]]] = [
        (code, (person,)) for code, people in people_by_item.items() for person in people
    ]
    rows += [(code, ()) for code in of_household]
    return [
        Problem(
            in_language(sides.problems[code]),
            sides.side(sides.problems[code].side),
            score.version,
            score.as_of,
            people=people,
            sensitive=sides.problems[code].sensitive,
        )
        for code, people in rows
        if code in sides.problems
    ]


def one_each(items: Mapping[str, str | None]) -> dict[str, list[Decimal | None]]:
    """The item scores of one claim in the shape `low_items` asks for."""
    return {code: [None if text is None else Decimal(text)] for code, text in items.items()}


def from_words(claims: Sequence[Assertion], sides: ProblemSides) -> list[Problem]:
    """What community lists say in their own words; of each source the newest version counts."""
    stated = [
        c
        for c in claims
        if c.version.source.kind == Kind.COMMUNITY
        and (c.facts.get("problem_text") or c.facts.get("need_text"))
    ]
    newest: dict[int, date] = {}
    for claim in stated:
        source = claim.version.source_id
        newest[source] = max(newest.get(source, claim.as_of), claim.as_of)
    found = []
    for claim in stated:
        if claim.as_of != newest[claim.version.source_id]:
            continue
        text, need = str(claim.facts.get("problem_text", "")), str(claim.facts.get("need_text", ""))
        found.append(
            Problem(
                text or need,
                sides.side_of_text(f"{text} {need}"),
                claim.version,
                claim.as_of,
                people=(claim.person_id,) if claim.person_id else (),
                need=need if text else "",
                sensitive=sides.is_sensitive_text(f"{text} {need}"),
            )
        )
    return found
