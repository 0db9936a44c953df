"""What erasing takes from lists: rows as received, what they claim, and the uploaded original."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q

from kaejon.apps.households.bulk import update_rows
from kaejon.apps.households.models import Person
from kaejon.apps.records import ERASED, Erasure
from kaejon.apps.sources.models import Assertion, BatchStatus, ImportBatch, Outcome, SourceRecord
from kaejon.apps.vault import erasures
from kaejon.apps.vault.erasures import Identity
from kaejon.apps.vault.sealing import seal_json, unseal_json, unseal_national_id
from kaejon.methods.thai.names import name_key

KEPT_FACTS = frozenset(
    {
        "sex",
        "is_head",
        "indicators",
        "capitals",
        "target_poor",
        "registered",
        "validated",
        "presence",
    }
)
KEPT_PLACE = frozenset({"village_code", "tambon_code", "moo"})


# The rule of rows that were stripped while their list waited.
ERASED_SINCE = "erased"


def anonymous(facts: dict[str, Any], *, person: bool, area: str = "") -> dict[str, Any]:
    """The facts without anything that tells who it is; a birth date becomes its year."""
    kept = {name: value for name, value in facts.items() if name in KEPT_FACTS}
    if born := facts.get("birth_date"):
        kept |= {"birth_date": f"{born[:4]}-01-01", "birth_precision": "year"}
    if facts.get("died_on"):
        kept["died_on"] = f"{facts['died_on'][:4]}-01-01"
    if person:
        kept |= {"first_name": ERASED, "last_name": "", "title": "", "name_key": ERASED}
        kept["national_id_status"] = "missing"
    elif area:
        kept |= {"area": area, "house_no": ""}
    return kept


def erase_claims(erasure: Erasure) -> None:
    """Claims on the erased keep what is counted; claims on their household lose texts that name them."""
    for claim in Assertion.objects.filter(person__in=erasure.people):
        strip_claim(claim, anonymous(claim.facts, person=True))
    of_household = Assertion.objects.filter(person=None)
    for claim in of_household.filter(household__in=erasure.households):
        strip_claim(claim, anonymous(claim.facts, person=False, area=erasure.area))
    if erasure.whole or erasure.home is None:
        return
    for claim in of_household.filter(household=erasure.home):
        if named(erasure, claim.facts) or named(erasure, claim.reason):
            strip_claim(claim, without(erasure, claim.facts))


def strip_claim(claim: Assertion, facts: dict[str, Any]) -> None:
    claim.facts, claim.reason = facts, ""
    claim.save(update_fields=["facts", "reason"])


def erase_rows(erasure: Erasure) -> None:
    """Rows as received. The digest goes too: a hash of name and birth date can be guessed."""
    claimed = Assertion.objects.filter(person__in=erasure.people).exclude(record=None)
    about = Q(pk__in=claimed.values("record")) | Q(person__in=erasure.people)
    strip_rows(SourceRecord.objects.filter(about), whole_household=False)
    if erasure.whole:
        of_household = SourceRecord.objects.filter(household__in=erasure.households)
        elsewhere = of_household.exclude(person=None).exclude(person__in=erasure.people)
        strip_rows(of_household.exclude(pk__in=elsewhere.values("pk")), whole_household=True)
        return
    for row in SourceRecord.objects.filter(household=erasure.home, person=None):
        if named(erasure, unseal_json(row.raw_sealed)):
            facts = without(erasure, row.facts)
            SourceRecord.objects.filter(pk=row.pk).update(
                raw_sealed=seal_json([]), digest="", issues=[], facts=facts
            )


def strip_rows(rows: Any, *, whole_household: bool) -> None:
    keys = list(rows.values_list("pk", flat=True))
    for row in SourceRecord.objects.filter(pk__in=keys).only("facts", "group"):
        row.facts = anonymous_row(row.facts, whole_household=whole_household)
        row.group = "" if whole_household else row.group
        row.save(update_fields=["facts", "group"])
    SourceRecord.objects.filter(pk__in=keys).update(
        raw_sealed=seal_json([]),
        digest="",
        national_id_sealed=None,
        national_id_index="",
        issues=[],
        candidates=[],
        erased_before=None,
    )
    # Of a list not yet applied they would come in as people without a name.
    waiting = ImportBatch.objects.filter(status__in=(BatchStatus.STAGED, BatchStatus.REFUSED))
    SourceRecord.objects.filter(pk__in=keys, batch__in=waiting).update(
        outcome=Outcome.REJECTED, rule=ERASED_SINCE
    )


def anonymous_row(facts: dict[str, Any], *, whole_household: bool) -> dict[str, Any]:
    """A row's facts in their shape: the person nameless, the place down to the village."""
    household = dict(facts.get("household", {}))
    if whole_household:
        household = {n: v for n, v in household.items() if n in KEPT_PLACE}
    answers = {n: v for n, v in facts.get("answers", {}).items() if n in KEPT_FACTS}
    return {
        "person": anonymous(facts.get("person") or {}, person=True),
        "household": household,
        "answers": {"indicators": {}, "capitals": {}, "other": {}} | answers,
    }


def erase_originals(erasure: Erasure) -> None:
    """The uploaded file is deleted, and the rows shown from it for matching columns.

    What the registry needs of the other rows stands in the rows themselves, each sealed.
    """
    spoken = Assertion.objects.filter(
        Q(person__in=erasure.people) | Q(household__in=erasure.households)
    )
    rows = SourceRecord.objects.filter(
        Q(person__in=erasure.people) | Q(household__in=erasure.households)
    )
    where = Q(pk__in=spoken.values("batch")) | Q(pk__in=rows.values("batch"))
    for batch in ImportBatch.objects.filter(where):
        if batch.stored_as:
            erasure.discard(batch.stored_as)
        batch.stored_as, batch.info = "", batch.info | {"sample": []}
        batch.save(update_fields=["stored_as", "info"])


def named(erasure: Erasure, value: Any) -> bool:
    """Whether a text, at any depth, names one of the erased."""
    if isinstance(value, dict):
        return any(named(erasure, inner) for inner in value.values())
    if isinstance(value, list):
        return any(named(erasure, inner) for inner in value)
    return isinstance(value, str) and any(name in value for name in erasure.names)


def without(erasure: Erasure, value: Any) -> Any:
    """The value without texts that name one of the erased, at any depth."""
    if isinstance(value, dict):
        kept = {key: without(erasure, inner) for key, inner in value.items()}
        return {key: inner for key, inner in kept.items() if inner is not None}
    return None if named(erasure, value) else value


def identity_in(facts: dict[str, Any], *, number: str, area: str) -> Identity:
    """Who a row or claim speaks of, as the list of erasures asks it."""
    name = facts.get("name_key") or name_key(
        facts.get("first_name") or "", facts.get("last_name") or ""
    )
    return Identity(number, name, (facts.get("birth_date") or "")[:4], area[:6])


def mark_erased(records: Iterable[SourceRecord]) -> None:
    """Mark rows just applied whose people were erased once: the province is asked about them."""
    erased = erasures.in_force()
    if not erased.entered:
        return
    known = [
        (row, moment)
        for row in records
        if row.facts.get("person") and (moment := erased.hit(identity_of_row(row)))
    ]
    for row, moment in known:
        row.erased_before = datetime.fromisoformat(moment)
    update_rows((row for row, _moment in known), ("erased_before",))


def identity_of_row(row: SourceRecord) -> Identity:
    sealed = row.national_id_sealed
    number = unseal_national_id(sealed) if sealed is not None else ""
    return identity_in(row.facts.get("person") or {}, number=number, area=row.area_code)


def identities(erasure: Erasure) -> set[Identity]:
    """Under which numbers, names and years of birth the lists know the people who are erased."""
    known: set[Identity] = set()
    for person in Person.everyone.filter(pk__in=erasure.people):
        sealed = person.national_id_sealed
        number = unseal_national_id(sealed) if sealed is not None else ""
        year = str(person.birth_date.year) if person.birth_date else ""
        known.add(Identity(number, person.name_key, year, person.area_id[:6]))
    claims = Assertion.objects.filter(person__in=erasure.people).select_related("record")
    for claim in claims:
        row = claim.record
        sealed = row.national_id_sealed if row else None
        number = unseal_national_id(sealed) if sealed is not None else ""
        area = (row.area_code if row else "") or erasure.area
        known.add(identity_in(claim.facts, number=number, area=area))
    return {who for who in known if who.number or who.name.strip("|")}
