"""Which known person a row speaks of: named exact rules, never "the first that fits".

Rules, in order:

- `same_row`: the same row was applied before from the same list version;
- `decided`: a person said of this row, or of one exactly like it in the same source,
  whether it speaks of somebody known;
- `national_id`: equal valid ID, and the first names are alike or birth year and sex
  agree (people are registered under the household head's number); where the names
  differ and nothing else is known the row waits for a person;
- `name_birth_house`: equal names, full birth date, house number and village;
- `name_house`: equal names, house and village, nothing known that contradicts.

More than one candidate is ambiguous and waits for a person. Who stands beyond the reach of
the list (`reach`) does not exist for any of these rules.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rapidfuzz import fuzz

from kaejon.apps.sources.decisions import DIFFERENT, Decided
from kaejon.apps.sources.lookups import Known, KnownToRows
from kaejon.apps.sources.models import Outcome, SourceRecord
from kaejon.apps.sources.reach import Reach
from kaejon.methods.thai.names import fold

# Similarity of folded first names, 0-100, from which they count as alike.
ALIKE = 75
# Marks of rows that share their ID with rows about other people of the same file.
ID_TWICE, ID_OF_HEAD = "ID_TWICE_IN_FILE", "ID_OF_HEAD_IN_FILE"


@dataclass
class Match:
    """What the comparison found for one record."""

    outcome: str
    rule: str = ""
    person: int | None = None
    household: int | None = None
    candidates: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)


def find_matches(records: Sequence[SourceRecord], reach: Reach) -> dict[int, Match]:
    """Compare records of one batch with the registry as far as it reaches; record pk → match."""
    known = KnownToRows(records, reach)
    return {r.pk: match_one(r, known) for r in records}


def match_one(record: SourceRecord, known: KnownToRows) -> Match:
    earlier = known.applied_before(record)
    if earlier is not None:
        flags = [code for code in ("ID_OF_ANOTHER",) if code in codes_of(earlier)]
        if not known.may_name(record, earlier.household_id):  # it moved beyond the reach since
            return Match(Outcome.UNCHANGED, "same_row", flags=flags)
        return Match(
            Outcome.UNCHANGED, "same_row", earlier.person_id, earlier.household_id, flags=flags
        )
    holders = known.holders(record)
    decision = known.decision(record)
    if decision is not None and (match := by_decision(record, decision, holders)):
        return match
    facts = record.facts.get("person")
    if facts is None:
        return match_household(known.households.get(record.pk, []))
    codes = codes_of(record)
    of_head = ID_OF_HEAD in codes
    if codes & {ID_TWICE, ID_OF_HEAD} and (match := of_shared_id(facts, holders, of_head=of_head)):
        return match
    judged = [] if of_head else [(credibility(facts, p), p) for p in holders]
    if sane := [p for verdict, p in judged if verdict == "credible"]:
        return decided(sane, "national_id", [])
    if doubtful := [str(p["public_id"]) for verdict, p in judged if verdict == "doubtful"]:
        return Match(
            Outcome.AMBIGUOUS, "national_id", candidates=doubtful, flags=["ID_NAME_DIFFERS"]
        )
    flags = ["ID_OF_ANOTHER"] if holders or of_head else []
    namesakes = [p for p in known.namesakes(record) if not ids_contradict(record, p, flags)]
    dated = [p for p in namesakes if same_full_birth_date(facts, p)]
    if dated:
        return decided(dated, "name_birth_house", flags)
    fitting = [p for p in namesakes if not contradicts(facts, p)]
    if fitting:
        return decided(fitting, "name_house", flags)
    return Match(Outcome.CREATED, "new", flags=flags)


def people_beyond(record: SourceRecord, known: KnownToRows) -> list[Known]:
    """People beyond the reach whom an exact rule or a decision would have found."""
    facts = record.facts.get("person")
    if facts is None:
        return []
    found = [p for p in known.holders_beyond(record) if credibility(facts, p) != "other"]
    found += [
        p
        for p in known.namesakes_beyond(record)
        if not ids_contradict(record, p, ()) and not contradicts(facts, p)
    ]
    return found + known.chosen_beyond(record)


def of_shared_id(
    facts: Mapping[str, Any], holders: Sequence[dict[str, Any]], *, of_head: bool
) -> Match | None:
    """A row whose ID stands on rows about other people of its file; None when it clearly is not hers.

    The number is hers when a known holder has her first name, and not hers when it is the
    head's or birth year or sex of every holder contradicts. Otherwise a person decides.
    """
    first = facts.get("first_name", "")
    if named := [p for p in holders if same_first_name(first, p["first_name"])]:
        return decided(named, "national_id", [])
    if of_head or (holders and all(contradicts(facts, p) for p in holders)):
        return None
    names = [str(p["public_id"]) for p in holders]
    return Match(Outcome.AMBIGUOUS, "same_id_twice", candidates=names, flags=[ID_TWICE])


def by_decision(
    record: SourceRecord, decision: Decided, holders: Sequence[Mapping[str, Any]]
) -> Match | None:
    """What a person decided; None when the person or household they chose is gone."""
    codes = codes_of(record)
    taken = bool(holders) and all(p["id"] != decision.person for p in holders)
    unsure = (
        decision.verdict == DIFFERENT
        and not decision.bears_number
        and codes & {ID_TWICE, "ID_NAME_DIFFERS"}
    )
    flags = ["ID_OF_ANOTHER"] if taken or unsure or "ID_OF_ANOTHER" in codes else []
    if decision.person or decision.household:
        return Match(Outcome.UPDATED, "decided", decision.person, decision.household, flags=flags)
    return Match(Outcome.CREATED, "decided", flags=flags) if decision.verdict == DIFFERENT else None


def codes_of(record: SourceRecord) -> set[str]:
    """Codes of the issues found so far."""
    return {issue["code"] for issue in record.issues}


def match_household(found: Sequence[tuple[int, str]]) -> Match:
    """A row about a household alone: known by its list reference or as the only one at its address."""
    if not found:
        return Match(Outcome.CREATED, "household")
    if len(found) == 1:
        return Match(Outcome.UPDATED, "household", household=found[0][0])
    return Match(Outcome.AMBIGUOUS, "household", candidates=[public_id for _, public_id in found])


def decided(found: list[dict[str, Any]], rule: str, flags: list[str]) -> Match:
    """One candidate is a match; several wait for a person."""
    if len(found) == 1:
        return Match(Outcome.UPDATED, rule, found[0]["id"], found[0]["household_id"], flags=flags)
    return Match(
        Outcome.AMBIGUOUS, rule, candidates=[str(p["public_id"]) for p in found[:20]], flags=flags
    )


def credibility(facts: Mapping[str, Any], person: Mapping[str, Any]) -> str:
    """Sanity check of an equal ID: "credible", "doubtful" or "other".

    Credible when the first names are alike, or the birth years agree and the sex does
    not differ (people change names). Other when birth year or sex contradicts.
    Doubtful when the first names differ and nothing else is known.
    """
    if same_first_name(facts.get("first_name", ""), person["first_name"]):
        return "credible"
    if contradicts(facts, person):
        return "other"
    return "credible" if facts.get("birth_date") and person["birth_date"] else "doubtful"


def same_first_name(one: str, other: str) -> bool:
    """Alike after folding homophones, one slip of the pen allowed."""
    return fuzz.ratio(fold(one), fold(other)) >= ALIKE


def contradicts(facts: Mapping[str, Any], person: Mapping[str, Any]) -> bool:
    """Birth year more than one apart, or another sex; unknown contradicts nothing."""
    sex = facts.get("sex")
    if sex and person["sex"] and sex != person["sex"]:
        return True
    born = facts.get("birth_date")
    if not born or person["birth_date"] is None:
        return False
    apart: int = abs(int(born[:4]) - person["birth_date"].year)
    if facts.get("birth_precision") == "day" == person["birth_precision"]:
        return bool(born != person["birth_date"].isoformat())
    return apart > 1


def same_full_birth_date(facts: Mapping[str, Any], person: Mapping[str, Any]) -> bool:
    return (
        facts.get("birth_precision") == "day" == person["birth_precision"]
        and person["birth_date"] is not None
        and facts.get("birth_date") == person["birth_date"].isoformat()
    )


def ids_contradict(record: SourceRecord, person: Mapping[str, Any], flags: Sequence[str]) -> bool:
    """Two different valid IDs are two people, unless the row's ID was found to be somebody else's."""
    if "ID_OF_ANOTHER" in flags:
        return False
    return bool(record.national_id_index and person["national_id_index"]) and (
        record.national_id_index != person["national_id_index"]
    )
