"""The print-out for a family holds every word that any table keeps about it."""

from __future__ import annotations

from typing import Any

import pytest

from kaejon.apps.access.models import User
from kaejon.apps.homes.models import HouseholdChange, HouseholdDecision, HouseholdPair
from kaejon.apps.households.models import Household, Person
from kaejon.apps.linking.models import PairDecision, PersonPair
from kaejon.apps.records import NotShown
from kaejon.apps.sources.models import Assertion
from kaejon.apps.vault.sealing import seal_national_id
from kaejon.web.requests.held import held_facts
from tests.apps.on_record import ON_SUBJECTS, TABLES, Listed, plant
from tests.cast import Cast
from tests.factories import area, make

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


def printed(household: Household, reader: User) -> str:
    household.refresh_from_db()
    facts, _others = held_facts(household, reader)
    return " ".join(f"{fact.name} {fact.value}" for fact in facts)


@pytest.mark.parametrize(("label", "path"), shown_labels())
def test_every_word_of_every_table_is_printed(cast: Cast, label: str, path: str) -> None:
    listed = Listed()
    row: Any = listed.row_in(label, path)
    columns = plant(row, WORD)
    for number, name in enumerate(columns):
        type(row)._base_manager.filter(pk=row.pk).update(**{name: f"{WORD}{number}."})
    text = printed(listed.household, cast.operator)
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
    text = printed(listed.household, cast.operator)
    for word in ("ทำนา", "หลังคารั่ว", "เยี่ยมบ้าน", "ที่ 8: 0", str(listed.claim.version)):
        assert word in text


def test_no_number_is_printed_in_full(cast: Cast) -> None:
    listed = Listed()
    Person.objects.filter(pk=listed.person.pk).update(
        national_id_sealed=seal_national_id("3330199887766"),
        national_id_index="x",
        national_id_last4="7766",
    )
    text = printed(listed.household, cast.operator)
    assert "3330199887766" not in text.replace("-", "")
    assert "x-xxxx-xxxx7-76-6" in text


def family(village: str) -> Household:
    home = make(Household, area_id=area(village).code)
    make(Person, household=home, area_id=home.area_id)
    return home


def decided_about_both(here: Household, there: Household, by: User) -> None:
    """Every kind of row that speaks of two families at once, each with the word as its reason."""
    one, other = sorted((here, there), key=lambda home: home.pk)
    said: dict[str, Any] = {"reason": WORD, "decided_by": by}
    make(HouseholdDecision, pair=make(HouseholdPair, one=one, other=other), **said)
    make(HouseholdChange, kind="join", kept=here, other=there, reason=WORD, made_by=by)
    people = sorted((here.people.get(), there.people.get()), key=lambda person: person.pk)
    pair = make(PersonPair, one=people[0], other=people[1])
    make(PairDecision, pair=pair, kept=people[0], **said)


def test_what_two_families_share_is_printed_for_who_holds_both(cast: Cast) -> None:
    here, near, far = (family(village) for village in ("33010101", "33010102", "33020101"))
    decided_about_both(here, far, cast.wanna)
    assert WORD not in printed(here, cast.malee)  # she holds the one, not the other
    assert printed(here, cast.wanna).count(WORD) == 3
    decided_about_both(here, near, cast.wanna)
    facts, others = held_facts(here, cast.malee)
    assert sum(WORD in fact.value for fact in facts) == 3
    assert (others.households, others.people) == ({near.pk}, {near.people.get().pk})
