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

More than one candidate is ambiguous and waits for a person. Probable matching
takes the rows that end as `created` or `ambiguous` from here; it joins as one more
function with the signature of `find_matches`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rapidfuzz import fuzz

from kaejon.apps.households.bulk import Among, read_rows
from kaejon.apps.households.models import Household, Person
from kaejon.apps.sources.decisions import DIFFERENT, Decided, decided_before
from kaejon.apps.sources.models import (
    BatchStatus,
    HouseholdReference,
    ImportBatch,
    Outcome,
    SourceRecord,
)
from kaejon.methods.thai.names import fold

# Similarity of folded first names, 0-100, from which they count as alike.
ALIKE = 75
# Marks of rows that share their ID with rows about other people of the same file.
ID_TWICE, ID_OF_HEAD = "ID_TWICE_IN_FILE", "ID_OF_HEAD_IN_FILE"
NEEDED = (
    "id",
    "public_id",
    "first_name",
    "name_key",
    "birth_date",
    "birth_precision",
    "sex",
    "national_id_index",
    "area_id",
    "household_id",
    "household__house_no",
)


@dataclass
class Match:
    """What the comparison found for one record."""

    outcome: str
    rule: str = ""
    person: int | None = None
    household: int | None = None
    candidates: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)


def find_matches(records: Sequence[SourceRecord]) -> dict[int, Match]:
    """Compare records of one batch with the registry; record pk → match. A few queries, whatever the number."""
    decisions = decided_before(records)
    seen = rows_applied_before(records)
    by_id = people_by_id(records)
    by_name = people_by_name(records)
    households = households_of_rows_without_person(records)
    return {r.pk: match_one(r, seen, decisions, by_id, by_name, households) for r in records}


def match_one(
    record: SourceRecord,
    seen: Mapping[tuple[str, str], SourceRecord],
    decisions: Mapping[tuple[str, str], Decided],
    by_id: Mapping[str, list[dict[str, Any]]],
    by_name: Mapping[str, list[dict[str, Any]]],
    households: Mapping[int, list[tuple[int, str]]],
) -> Match:
    earlier = seen.get((record.digest, record.national_id_index))
    if earlier is not None:
        return Match(Outcome.UNCHANGED, "same_row", earlier.person_id, earlier.household_id)
    holders = by_id.get(record.national_id_index, []) if record.national_id_index else []
    decision = decisions.get((record.digest, record.national_id_index))
    if decision is not None and (match := by_decision(record, decision, holders)):
        return match
    facts = record.facts.get("person")
    if facts is None:
        return match_household(households.get(record.pk, []))
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
    namesakes = [
        p
        for p in by_name.get(facts.get("name_key", ""), ())
        if same_place(record, p) and not ids_contradict(record, p, flags)
    ]
    dated = [p for p in namesakes if same_full_birth_date(facts, p)]
    if dated:
        return decided(dated, "name_birth_house", flags)
    fitting = [p for p in namesakes if not contradicts(facts, p)]
    if fitting:
        return decided(fitting, "name_house", flags)
    return Match(Outcome.CREATED, "new", flags=flags)


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


def same_place(record: SourceRecord, person: Mapping[str, Any]) -> bool:
    """The same house number in the same village, or in the same tambon where one side names no village."""
    house_no = record.facts.get("household", {}).get("house_no", "")
    here, there = record.area_code, person["area_id"]
    return (
        bool(house_no)
        and house_no == person["household__house_no"]
        and (here.startswith(there) or there.startswith(here))
    )


def ids_contradict(record: SourceRecord, person: Mapping[str, Any], flags: Sequence[str]) -> bool:
    """Two different valid IDs are two people, unless the row's ID was found to be somebody else's."""
    if "ID_OF_ANOTHER" in flags:
        return False
    return bool(record.national_id_index and person["national_id_index"]) and (
        record.national_id_index != person["national_id_index"]
    )


def rows_applied_before(records: Sequence[SourceRecord]) -> dict[tuple[str, str], SourceRecord]:
    """Live records of the same list version with the same content, by (digest, ID index)."""
    if not records:
        return {}
    mine = records[0].batch
    applied = ImportBatch.objects.filter(version=mine.version_id, status=BatchStatus.APPLIED)
    batches = set(applied.exclude(pk=mine.pk).values_list("pk", flat=True))
    if not batches:
        return {}
    # The batches are looked at here: named in the query, SQLite walks all their rows instead.
    earlier = read_rows(
        SourceRecord.objects.filter(
            Among("digest", {r.digest for r in records}), household__isnull=False
        ),
        *("digest", "national_id_index", "batch_id", "person_id", "household_id"),
    )
    return {(r.digest, r.national_id_index): r for r in earlier if r.batch_id in batches}


def people_by_id(records: Iterable[SourceRecord]) -> dict[str, list[dict[str, Any]]]:
    indexes = {r.national_id_index for r in records if r.national_id_index}
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for person in Person.objects.filter(Among("national_id_index", indexes)).values(*NEEDED):
        found[person["national_id_index"]].append(person)
    return found


def people_by_name(records: Iterable[SourceRecord]) -> dict[str, list[dict[str, Any]]]:
    """People by name key."""
    keys = {r.facts["person"].get("name_key", "") for r in records if r.facts.get("person")} - {""}
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for person in Person.objects.filter(Among("name_key", keys)).values(*NEEDED):
        found[person["name_key"]].append(person)
    return found


def households_of_rows_without_person(
    records: Sequence[SourceRecord],
) -> dict[int, list[tuple[int, str]]]:
    """Households such rows may speak of, as (key, public id): by list reference, else by address."""
    rows = {r.pk: r for r in records if r.facts.get("person") is None}
    if not rows:
        return {}
    source = next(iter(rows.values())).batch.version.source_id
    facts = {pk: r.facts["household"] for pk, r in rows.items()}
    references = {f.get("household_ref", "") for f in facts.values()} - {""}
    by_reference = {
        r.reference: [(r.household_id, str(r.household.public_id))]
        for r in HouseholdReference.objects.filter(
            Among("reference", references), source=source
        ).select_related("household")
    }
    by_address: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
    numbers = {f.get("house_no", "") for f in facts.values()} - {""}
    for h in Household.objects.filter(
        Among("area", {r.area_code for r in rows.values()}), Among("house_no", numbers)
    ):
        by_address[h.area_id, h.house_no].append((h.pk, str(h.public_id)))
    return {
        pk: by_reference.get(f.get("household_ref", ""))
        or by_address.get((rows[pk].area_code, f.get("house_no", "")), [])
        for pk, f in facts.items()
    }
