"""A Family Folder as the sheet that is printed: the same facts, in the words of a family's paper."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kaejon.apps.access.models import User
from kaejon.apps.areas.models import Level
from kaejon.apps.folders.contents import Entry, Folder, Member
from kaejon.apps.folders.labels import capital_name, definition_name, level_name
from kaejon.apps.folders.problems import Problem
from kaejon.apps.folders.wording import (
    FACT_NAMES,
    in_language,
    language,
    list_name,
    relation_word,
    sentences_on_household,
    short_list_name,
    shown_date,
    shown_fact,
)
from kaejon.apps.households.models import CAPITALS
from kaejon.apps.sources.models import Kind
from kaejon.methods import capitals
from kaejon.methods.definitions import problem_sides
from kaejon.methods.definitions.five_capitals import CapitalDefinition
from kaejon.sheets.folder import (
    CapitalLevel,
    FolderConflict,
    FolderMember,
    FolderProblem,
    FolderSheet,
    FolderSource,
    HouseholdHeading,
)
from kaejon.sheets.wording import Language

# On a family's paper a list of three hundred characters helps nobody; the system holds the rest.
FEW = 3
PLACE = ("area", "house_no", "latitude", "longitude")


@dataclass(frozen=True)
class Print:
    """Who prints, in which language and digits."""

    by: User
    language: Language = "th"
    thai_digits: bool = False


def sheet_of(folder: Folder, how: Print) -> FolderSheet:
    """One sheet. Call with the language of `how` active."""
    score = folder.score
    definition = capitals.definition(score.definition) if score else None
    return FolderSheet(
        household=heading(folder),
        folder_url=f"{settings.SITE_URL}/households/{folder.household.public_id}/",
        language=how.language,
        thai_digits=how.thai_digits,
        synthetic=settings.SYNTHETIC_DATA,
        members=tuple(member(m) for m in folder.members),
        problems=tuple(problem_lines(folder)),
        capitals=capital_levels(folder, definition) if definition else (),
        overall=overall_level(folder) if score else None,
        definition=f"{definition_name()} · {list_name(score.version)} · {shown_date(score.as_of)}"
        if score
        else "",
        sources=tuple(source(entry, folder) for entry in folder.entries),
        conflicts=tuple(conflicts(folder)),
        attention=tuple(f"{m.get_kind_display()}: {m.reason}" for m in folder.attention),
        notes=tuple(n.text for n in folder.notes if n.removed_at is None and not n.sensitive),
        printed_by=how.by.display_name,
        printed_at=f"{shown_date(timezone.localdate())} {timezone.localtime():%H:%M}",
    )


def heading(folder: Folder) -> HouseholdHeading:
    """Head, house and places; names of places without the word for their level, which the sheet adds."""
    household = folder.household
    places = {area.level: area for area in folder.place}
    names = {level: places[level].name for level in places}
    house = household.house
    point = house.latitude is not None and house.longitude is not None
    village = places.get(Level.VILLAGE)
    return HouseholdHeading(
        head_name=household.head_name or _("Family without a recorded name"),
        house_no=household.house_no,
        moo=str(village.moo) if village else "",
        village=""
        if village and village.name == _("Moo %(n)s") % {"n": village.moo}
        else names.get(Level.VILLAGE, ""),
        tambon=names.get(Level.TAMBON, ""),
        district=names.get(Level.DISTRICT, ""),
        province=names.get(Level.PROVINCE, ""),
        house_code=house.house_code,
        coordinates=f"{house.latitude:.5f}, {house.longitude:.5f}" if point else "",
    )


def member(row: Member) -> FolderMember:
    person = row.person
    lists = [_("TPMAP %(year)s") % {"year": v.year_be} for v in row.target_lists]
    return FolderMember(
        name=person.full_name,
        relation=relation_word(person.relation),
        sex=str(person.get_sex_display()) if person.sex else "",
        age="" if row.age is None else str(row.age),
        life_stage=in_language(row.stage).split(" (")[0] if row.stage else "",
        national_id=person.masked_id,
        marks=(*lists, *row.conditions),
    )


def problem_lines(folder: Folder) -> Iterable[FolderProblem]:
    """Members' problems first, then those of the household; closed ones are left off the paper.

    A problem that may concern several members stands once. Low items of the survey are
    joined side by side, so that a page can hold what the household lacks.
    """
    names = {m.person.pk: m.person.first_name for m in folder.members}
    for problem, people in merged(folder.problems):
        known = [names[pk] for pk in people if pk in names]
        if problem.people and known:
            yield line_of(problem, [problem.text], concerned(known, one_of=problem.one_of))
    groups: dict[tuple[str, int], list[Problem]] = {}
    for problem in folder.household_problems:
        if not problem.closed:
            alone = problem.version.source.kind != Kind.PPP
            key = (problem.text if alone else problem.side.code, problem.version.pk)
            groups.setdefault(key, []).append(problem)
    for group in sorted(groups.values(), key=len):
        yield line_of(group[0], [p.text for p in group], "")


def merged(problems: Iterable[Problem]) -> Iterable[tuple[Problem, list[int]]]:
    """Members' problems that are told, each once with everybody it may concern."""
    found: dict[tuple[str, int], tuple[Problem, list[int]]] = {}
    for problem in problems:
        if problem.people and not problem.closed:
            _first, people = found.setdefault((problem.text, problem.version.pk), (problem, []))
            people += [pk for pk in problem.people if pk not in people]
    return found.values()


def line_of(problem: Problem, texts: Sequence[str], whom: str) -> FolderProblem:
    text = " · ".join(texts)
    return FolderProblem(
        text=f"{text} ({problem.need})" if problem.need else text,
        member=whom,
        source=short_list_name(problem.version),
        responsible=in_language(problem.side),
    )


def concerned(names: Sequence[str], *, one_of: bool) -> str:
    """Whom a problem concerns, in a few words."""
    if not names:
        return ""
    if len(names) > FEW:
        return ngettext("%(n)s member", "%(n)s members", len(names)) % {"n": len(names)}
    return (_(" or ") if one_of else ", ").join(names)


def capital_levels(folder: Folder, definition: CapitalDefinition) -> tuple[CapitalLevel, ...]:
    """The five capitals in fixed order."""
    doubtful = {item.capital for item in definition.items if item.provisional}
    score = folder.score
    if score is None:
        return ()
    return tuple(
        CapitalLevel(
            name=capital_name(code),
            score=two_places(score.scores.get(code)),
            level=score.levels.get(code),
            level_word=level_name(score.levels.get(code)),
            provisional=code in doubtful,
        )
        for code in CAPITALS
    )


def overall_level(folder: Folder) -> CapitalLevel | None:
    score = folder.score
    if score is None:
        return None
    return CapitalLevel(
        name=capital_name("overall"),
        score=two_places(score.scores.get("overall")),
        level=score.levels.get("overall"),
        level_word=level_name(score.levels.get("overall")),
    )


def two_places(score: str | None) -> str | None:
    return None if score is None else f"{float(score):.2f}"


def source(entry: Entry, folder: Folder) -> FolderSource:
    """One list and what it says of the household; of people only how many."""
    sides = problem_sides.load()
    said: list[str] = []
    people = set()
    for claim in entry.claims:
        if claim.person_id is not None:
            people.add(claim.person_id)
            continue
        facts = {n: v for n, v in claim.facts.items() if n not in PLACE}
        said += sentences_on_household(
            facts if placed_here(claim.facts, folder) else claim.facts,
            areas=folder.areas,
            sides=sides,
            sensitive=folder.sensitive,
        )
    if people:
        count = ngettext("speaks of %(n)s member", "speaks of %(n)s members", len(people))
        said.insert(0, count % {"n": len(people)})
    return FolderSource(
        name=list_name(entry.version),
        as_of=shown_date(entry.as_of),
        says=" · ".join(dict.fromkeys(said)),
    )


def conflicts(folder: Folder) -> Iterable[FolderConflict]:
    """What lists disagree on, so that the family can say which is right."""
    for row in folder.disagreements:
        fact = row.conflict.fact
        name = f" ({row.person.first_name})" if row.person else ""
        values: dict[str, list[str]] = {}
        for _value, claim in row.conflict.values:
            shown = shown_fact(fact, claim.facts, folder.areas)
            values.setdefault(shown, []).append(short_list_name(claim.tag.version))
        yield FolderConflict(
            fact=f"{FACT_NAMES[fact]}{name}",
            values=tuple(
                (value, ", ".join(dict.fromkeys(lists))) for value, lists in values.items()
            ),
        )


def placed_here(facts: Mapping[str, Any], folder: Folder) -> bool:
    """Whether a claim places the household where the heading says, so that it need not be repeated."""
    here = (folder.household.area_id, folder.household.house_no)
    return (facts.get("area", here[0]), facts.get("house_no", here[1])) == here


def language_of_page() -> Language:
    """The sheet language that fits the page."""
    return "en" if language() == "en" else "th"
