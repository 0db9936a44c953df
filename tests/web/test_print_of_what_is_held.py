"""The print-out for a family holds every word that any table keeps about it."""

from __future__ import annotations

from typing import Any

import pytest

from kaejon.apps.households.models import Household, Person
from kaejon.apps.records import NotShown
from kaejon.apps.sources.models import Assertion
from kaejon.apps.vault.sealing import seal_national_id
from kaejon.web.requests.held import held_facts
from tests.apps.on_record import ON_SUBJECTS, TABLES, Listed, plant
from tests.cast import Cast

WORD = "คำเฉพาะ"
# Texts that repeat others, or that the family reads elsewhere on the paper.
NOT_PRINTED = {
    "households.Person.first_key": "the first name without spelling",
    "households.Person.last_key": "the last name without spelling",
    "households.Person.name_key": "both",
    "households.Household.house_no": "stands in the address at the top, and with the house",
    "sources.SourceRecord.group": "the key of the list, shown as such",
}


def shown_labels() -> list[tuple[str, str]]:
    return [
        (label, (*TABLES[label][1].household, *TABLES[label][1].person)[0])
        for label in ON_SUBJECTS
        if not isinstance(TABLES[label][1].shown, NotShown)
    ]


def printed(household: Household) -> str:
    household.refresh_from_db()
    return " ".join(f"{fact.name} {fact.value}" for fact in held_facts(household))


@pytest.mark.parametrize(("label", "path"), shown_labels())
def test_every_word_of_every_table_is_printed(cast: Cast, label: str, path: str) -> None:
    listed = Listed()
    row: Any = listed.row_in(label, path)
    columns = plant(row, WORD)
    for number, name in enumerate(columns):
        type(row)._base_manager.filter(pk=row.pk).update(**{name: f"{WORD}{number}."})
    text = printed(listed.household)
    missing = [
        name
        for number, name in enumerate(columns)
        if f"{WORD}{number}." not in text and f"{label}.{name}" not in NOT_PRINTED
    ]
    assert missing == []


def test_what_lists_claim_is_printed_and_what_they_claimed_before(cast: Cast) -> None:
    listed = Listed()
    facts = {"occupation": "ทำนา", "indicators": {"i8": 0}, "note": "หลังคารั่ว"}
    Assertion.objects.filter(pk=listed.claim.pk).update(
        facts=facts, reason="เยี่ยมบ้าน", withdrawn_at="2026-01-01T00:00:00Z"
    )
    text = printed(listed.household)
    for word in ("ทำนา", "หลังคารั่ว", "เยี่ยมบ้าน", "ที่ 8: 0", str(listed.claim.version)):
        assert word in text


def test_no_number_is_printed_in_full(cast: Cast) -> None:
    listed = Listed()
    Person.objects.filter(pk=listed.person.pk).update(
        national_id_sealed=seal_national_id("3330199887766"),
        national_id_index="x",
        national_id_last4="7766",
    )
    text = printed(listed.household)
    assert "3330199887766" not in text.replace("-", "")
    assert "x-xxxx-xxxx7-76-6" in text
