"""A folder in the shape its page reads: sentences, groups and numbers, nothing decided here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.folders.contents import Disagreement, Entry, Folder
from kaejon.apps.folders.labels import capital_name, level_name
from kaejon.apps.folders.models import Note
from kaejon.apps.folders.problems import Problem
from kaejon.apps.folders.queries import may_on
from kaejon.apps.folders.wording import (
    FACT_NAMES,
    in_language,
    language,
    list_name,
    sentences_on_household,
    sentences_on_person,
    shown_fact,
)
from kaejon.apps.households.models import CAPITALS
from kaejon.apps.households.queries import is_erased
from kaejon.apps.privacy.models import Consent
from kaejon.apps.sources.models import LegalBasis
from kaejon.methods import capitals
from kaejon.methods.definitions import problem_sides
from kaejon.web.templatetags.kaejon_ui import thai_number

SIDE_ICONS = {
    "land": "plant",
    "health": "stethoscope",
    "education": "school",
    "housing": "home",
    "economy": "coins",
    "other": "users",
}
Row = dict[str, Any]


@dataclass(frozen=True)
class Rights:
    """What this reader may do on this household."""

    edit: bool
    reveal: bool
    print: bool
    sensitive: bool


def rights_of(actor: User, folder: Folder) -> Rights:
    household = folder.household
    return Rights(
        edit=may_on(actor, Permission.EDIT_HOUSEHOLDS, household) and not is_erased(household),
        reveal=may_on(actor, Permission.REVEAL_ID, household),
        print=may_on(actor, Permission.PRINT, household),
        sensitive=folder.sensitive,
    )


def grouped_by_side(problems: Iterable[Problem]) -> list[Row]:
    """Problems by the side that looks after them, and below it by list."""
    rows = list(problems)
    found = []
    for side in problem_sides.load().sides:
        own = [p for p in rows if p.side.code == side.code]
        if not own:
            continue
        lists: dict[str, Row] = {}
        for problem in own:
            name = list_name(problem.version)
            group = lists.setdefault(
                name, {"name": name, "as_of": problem.as_of, "open": [], "closed": 0}
            )
            if problem.closed:
                group["closed"] += 1
            elif problem not in group["open"]:
                group["open"].append(problem)
        found.append(
            {
                "name": in_language(side),
                "icon": SIDE_ICONS[side.code],
                "lists": list(lists.values()),
                "offices": side.offices_en if language() == "en" else side.offices_th,
            }
        )
    return found


def capitals_of(folder: Folder) -> Row | None:
    """Radar, table and notes of the newest survey; None when there was none."""
    score = folder.score
    if score is None:
        return None
    definition = capitals.definition(score.definition)
    rows = [
        {
            "name": capital_name(code),
            "level": score.levels.get(code),
            "score": score.scores.get(code),
        }
        for code in CAPITALS
    ]
    reasons = {item.provisional for item in definition.items if item.provisional}
    return {
        "rows": rows,
        "overall": {"level": score.levels.get("overall"), "score": score.scores.get("overall")},
        "list": list_name(score.version),
        "as_of": score.as_of,
        "definition": in_language(definition),
        "reasons": [_(reason) for reason in sorted(reasons)],
        "doubtful": [in_language(item) for item in definition.items if item.provisional],
        "chart": radar(rows),
        "table": numbers(rows),
    }


def radar(rows: Iterable[Row]) -> Row:
    """The chart of the five capitals."""
    values = [(r["name"], None if r["score"] is None else float(r["score"])) for r in rows]
    return {
        "indicators": [{"name": name} for name, _score in values],
        "series": [{"name": _("this household"), "values": [score for _name, score in values]}],
    }


def numbers(rows: Iterable[Row]) -> Row:
    """The same as a table, for everybody who does not see the chart."""
    columns = [
        {"label": _("Capital")},
        {"label": _("Score 1-4"), "numeric": True},
        {"label": _("Level")},
    ]
    cells = [(r["name"], thai_number(r["score"], 2), level_name(r["level"])) for r in rows]
    return {"columns": columns, "rows": [{"cells": [{"text": t} for t in row]} for row in cells]}


def timeline(folder: Folder) -> list[Row]:
    """Each list version or field check, newest first, with what it says in words."""
    return [entry_row(entry, folder) for entry in folder.entries]


def entry_row(entry: Entry, folder: Folder) -> Row:
    sides = problem_sides.load()
    names = {m.person.pk: m.person.full_name for m in (*folder.members, *folder.died)}
    first = entry.claims[0]
    household: list[str] = []
    people = []
    for claim in entry.claims:
        if claim.person_id is None:
            household += sentences_on_household(
                claim.facts, areas=folder.areas, sides=sides, sensitive=folder.sensitive
            )
        elif claim.person_id in names:
            said = sentences_on_person(claim.facts, sensitive=folder.sensitive)
            people.append({"name": names[claim.person_id], "says": said})
    return {
        "name": list_name(entry.version),
        "owner": entry.version.source.owner.name,
        "as_of": entry.as_of,
        "field_check": entry.is_field_check,
        "by": first.stated_by.display_name if entry.is_field_check else "",
        "reason": first.reason if entry.is_field_check else "",
        "household": list(dict.fromkeys(household)),
        "people": people,
    }


def conflict_rows(folder: Folder) -> list[Row]:
    """Where lists differ: each value with the lists that say so; the one in use first."""
    return [conflict_row(d, folder) for d in folder.disagreements]


def conflict_row(disagreement: Disagreement, folder: Folder) -> Row:
    fact = disagreement.conflict.fact
    values: dict[str, Row] = {}
    for _value, claim in disagreement.conflict.values:
        text = shown_fact(fact, claim.facts, folder.areas) or _("not stated")
        row = values.setdefault(text, {"text": text, "lists": [], "claim": claim})
        row["lists"].append({"name": list_name(claim.tag.version), "as_of": claim.as_of})
    return {
        "fact": fact,
        "label": FACT_NAMES[fact],
        "person": disagreement.person,
        "values": list(values.values()),
    }


def notes_of(folder: Folder, actor: User) -> Row:
    """Notes the reader may read, those put away with a way back, and how many stay closed."""

    def readable(note: Note) -> bool:
        return folder.sensitive or not note.sensitive or note.written_by_id == actor.pk

    kept = [n for n in folder.notes if n.removed_at is None]
    return {
        "open": [n for n in kept if readable(n)],
        "closed": sum(not readable(n) for n in kept),
        "removed": [n for n in folder.notes if n.removed_at is not None and readable(n)],
    }


def consents_of(folder: Folder) -> list[Row]:
    """The household's answer to each list whose legal basis is consent."""
    versions = {e.version.source_id: e.version for e in folder.entries}
    asked = [v for v in versions.values() if v.source.legal_basis == LegalBasis.CONSENT]
    if not asked:
        return []
    latest: dict[int, Consent] = {}
    for consent in Consent.objects.filter(
        household=folder.household, source__in=[v.source_id for v in asked]
    ):
        latest.setdefault(consent.source_id, consent)
    return [{"source": v.source, "consent": latest.get(v.source_id)} for v in asked]


def geo_address(folder: Folder) -> str:
    """A link that opens the point in the phone's own map; empty without a point."""
    house = folder.household.house
    if house.latitude is None or house.longitude is None:
        return ""
    return f"geo:{house.latitude:.5f},{house.longitude:.5f}"
