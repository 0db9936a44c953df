"""Erasing does in every table what the table says, and leaves no word anywhere."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kaejon.apps.access.sessions import SEARCHES, SessionStore
from kaejon.apps.audit.actions import record, record_look
from kaejon.apps.audit.models import Event, LookKind
from kaejon.apps.folders import exporting, printing
from kaejon.apps.folders.models import CommunityStrength, Note
from kaejon.apps.households.models import Household, Membership, Person
from kaejon.apps.jobs.models import Job
from kaejon.apps.privacy.erasing import erase_household, erase_person
from kaejon.apps.privacy.models import Consent
from kaejon.apps.records import Kept, said_by
from kaejon.apps.sources import files, rotation
from kaejon.apps.sources.models import Assertion, ImportBatch, Outcome, SourceRecord
from kaejon.apps.surveys.models import AgendaItem, Forum, ResultsFile, Verification
from kaejon.apps.vault.sealing import blind_index, seal_json, seal_national_id
from tests.apps.on_record import ON_SUBJECTS, TABLES, Listed, dump, kept_files, plant, text_columns
from tests.cast import Cast
from tests.factories import make

NAME, HOUSE, NUMBER = "กระจาบฟ้า", "ไร่หลังวัด", "3330199887766"


def listed_under(name: str) -> Listed:
    """A family of one, whose name and number stand wherever a list puts them."""
    listed = Listed()
    number = {
        "national_id_sealed": seal_national_id(NUMBER),
        "national_id_index": blind_index(NUMBER),
    }
    facts = {
        "first_name": name,
        "last_name": name,
        "birth_date": "1970-05-06",
        "note": f"ป่วย {name}",
    }
    Person.objects.filter(pk=listed.person.pk).update(
        first_name=name, name_key=name, national_id_last4=NUMBER[-4:], **number
    )
    Household.objects.filter(pk=listed.household.pk).update(head_name=name, house_no=HOUSE)
    listed.row.facts = {
        "person": facts,
        "household": {"house_no": HOUSE},
        "answers": {"other": {"x": name}},
    }
    SourceRecord.objects.filter(pk=listed.row.pk).update(
        facts=listed.row.facts,
        raw_sealed=seal_json([name, NUMBER]),
        issues=[{"code": "X", "value": name}],
        candidates=[{"name": name}],
        **number,
    )
    Assertion.objects.filter(pk=listed.claim.pk).update(facts=facts, reason=name)
    listed.batch.info = {"sample": [[1, [name]]]}
    listed.batch.save()
    return listed


def where(word: str) -> list[str]:
    """Columns of the whole database in which a word stands."""
    return sorted({column for column, text in dump() if word in text})


def paths() -> list[tuple[str, str]]:
    return [
        (label, path)
        for label in ON_SUBJECTS
        for path in (*TABLES[label][1].household, *TABLES[label][1].person)
    ]


@pytest.mark.parametrize(("label", "path"), paths())
def test_erasing_a_family_leaves_no_word_in_any_table(cast: Cast, label: str, path: str) -> None:
    listed = listed_under(NAME)
    row = listed.row_in(label, path)
    if not isinstance(TABLES[label][1].erase, Kept):
        plant(row, NAME)
    erase_household(
        household=listed.household,
        ground="consent_withdrawn",
        reason=f"คำขอของ {NAME}",
        by=cast.malee,
    )
    for word in (NAME, HOUSE, NUMBER):
        assert where(word) == []


# Their texts are the house's own: number, and the household's key in a list.
OF_THE_HOUSE = ("households.Household", "sources.SourceRecord", "sources.HouseholdReference")


def home_paths() -> list[tuple[str, str]]:
    """Tables with words about a household, which may name one member."""
    return [
        (label, record.household[0])
        for label, (_, record) in TABLES.items()
        if record.household and not isinstance(record.erase, Kept) and label not in OF_THE_HOUSE
    ]


@pytest.mark.parametrize(("label", "path"), home_paths())
def test_erasing_one_member_takes_the_words_that_name_her(
    cast: Cast, label: str, path: str
) -> None:
    listed = listed_under(NAME)
    plant(listed.row_in(label, path), f"ป้า{NAME}")
    erase_person(person=listed.person, ground="consent_withdrawn", reason="คำขอ", by=cast.malee)
    assert where(NAME) == []


@pytest.mark.parametrize("label", ["folders.Note", "surveys.Objection", "privacy.Consent"])
def test_erasing_one_member_leaves_words_about_the_others(cast: Cast, label: str) -> None:
    listed = listed_under(NAME)
    record = said_by(TABLES[label][0])
    assert record
    columns = plant(listed.row_in(label, record.household[0]), "หลังคารั่ว")
    erase_person(person=listed.person, ground="consent_withdrawn", reason="คำขอ", by=cast.malee)
    assert len(
        [c for c in where("หลังคารั่ว") if c.startswith(TABLES[label][0]._meta.db_table)]
    ) == len(columns)


@pytest.fixture
def kept(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "files"
    return tmp_path


def stored(word: str) -> str:
    return files.keep([word.encode()], limit=1000)[0]


def test_no_file_keeps_the_erased(
    cast: Cast, kept: Path, django_capture_on_commit_callbacks: Any
) -> None:
    """The uploaded original, prints, exported lists, photo, paper, a worklist sent back."""
    listed = listed_under(NAME)
    home, area = listed.household, listed.household.area
    ImportBatch.objects.filter(pk=listed.batch.pk).update(stored_as=stored(NAME))
    make(Verification, household=home, photo_stored_as=stored(NAME))
    make(Consent, household=home, paper_stored_as=stored(NAME))
    make(ResultsFile, area=area, stored_as=stored(NAME))
    make(Job, kind=exporting.KIND, result={"file": stored(NAME), "rows": 3}, status="done")
    printed = make(Job, kind=printing.KIND, payload={"households": [home.pk]}, status="done")
    printing.write_part(printed, 0, NAME.encode())
    other = make(Job, kind=printing.KIND, payload={"households": [home.pk + 99]}, status="done")
    printing.write_part(other, 0, b"another family")
    assert [name for name, content in kept_files() if NAME.encode() in content].__len__() == 6
    # Every sealed file is made of pieces, prints too: a rotation reads the key of each.
    assert {n for p in rotation.stored_files() for n in rotation.file_keys(p)} == {1}
    with django_capture_on_commit_callbacks(execute=True):
        erase_household(household=home, ground="consent_withdrawn", reason="คำขอ", by=cast.malee)
    assert [content for _, content in kept_files()] == [b"another family"]
    assert where(NAME) == []


def test_minutes_say_the_number_of_the_item_instead_of_the_name(cast: Cast) -> None:
    listed = listed_under(NAME)
    forum = make(Forum, note=f"{NAME} มาเอง ส่วนสมพรไม่มา")
    make(AgendaItem, forum=forum, household=make(Household))
    make(AgendaItem, forum=forum, household=listed.household)
    strength = make(CommunityStrength, area=listed.household.area, text=f"{NAME} สานกระบุงเป็น")
    erase_household(
        household=listed.household, ground="consent_withdrawn", reason="คำขอ", by=cast.malee
    )
    forum.refresh_from_db()
    strength.refresh_from_db()
    assert NAME not in forum.note + strength.text
    assert re.fullmatch(r"\([12]\) มาเอง ส่วนสมพรไม่มา", forum.note)


def test_who_lives_elsewhere_now_is_not_erased_with_the_old_family(cast: Cast) -> None:
    listed = listed_under(NAME)
    moved = make(Person, first_name="ย้ายไปแล้ว")
    make(Membership, person=moved, household=listed.household, ended_on=date(2024, 1, 1))
    erase_household(
        household=listed.household, ground="consent_withdrawn", reason="คำขอ", by=cast.malee
    )
    moved.refresh_from_db()
    assert moved.first_name == "ย้ายไปแล้ว"


def test_a_row_still_waiting_in_a_list_is_not_brought_in_nameless(cast: Cast) -> None:
    listed = listed_under(NAME)
    ImportBatch.objects.filter(pk=listed.batch.pk).update(status="staged")
    SourceRecord.objects.filter(pk=listed.row.pk).update(outcome="updated")
    erase_household(
        household=listed.household, ground="consent_withdrawn", reason="คำขอ", by=cast.malee
    )
    listed.row.refresh_from_db()
    assert listed.row.outcome == Outcome.REJECTED


def test_history_keeps_that_it_happened_and_not_to_whom(cast: Cast) -> None:
    listed = listed_under(NAME)
    home, person = listed.household, listed.person
    Person.objects.filter(pk=person.pk).update(last_name="ไม่มีจริง")
    note = make(Note, household=home)
    spoken = {"by": cast.malee, "area": home.area_id, "label": NAME, "reason": f"{NAME} ป่วย"}
    changed = {"first_name": {"from": NAME, "to": "ใหม่"}}
    record(verb="a", subject_type="household", subject_id=home.public_id, changes=changed, **spoken)
    record(verb="b", subject_type="person", subject_id=person.public_id, **spoken)
    record(verb="c", subject_type="note", subject_id=note.public_id, **spoken)
    full = {"note": f"{NAME} ไม่มีจริง มาเอง"}
    elsewhere = {"by": cast.malee, "area": home.area_id}
    record(verb="d", subject_type="forum", subject_id="f", changes=full, **elsewhere)
    record_look(
        by=cast.malee,
        kind=LookKind.REVEAL,
        area=home.area_id,
        household=home.public_id,
        reason=f"โทรหา {NAME}",
    )
    kept_event = record(verb="e", subject_type="forum", subject_id="g", reason="อื่น", **elsewhere)
    erase_household(
        household=home, ground="consent_withdrawn", reason=f"คำขอของ {NAME}", by=cast.malee
    )
    assert where(NAME) == []
    assert set("abcde") <= set(Event.objects.values_list("verb", flat=True))
    assert Event.objects.get(pk=kept_event.pk).reason == "อื่น"
    assert NAME not in Event.objects.get(verb="privacy.erase").reason


def test_no_session_keeps_the_words_of_a_search(cast: Cast) -> None:
    session = SessionStore()
    session[SEARCHES] = {"token": {"text": NAME}}
    session["other"] = "stays"
    session.save()
    erase_household(
        household=listed_under(NAME).household,
        ground="consent_withdrawn",
        reason="คำขอ",
        by=cast.malee,
    )
    kept = SessionStore(session.session_key).load()
    assert kept == {"other": "stays"}


# The house stays for the other households in it; the erased one leaves it.
SHARED = ("households.House",)


def test_what_is_kept_has_no_column_for_words() -> None:
    kept = [
        label
        for label in ON_SUBJECTS
        if isinstance(TABLES[label][1].erase, Kept) and label not in SHARED
    ]
    assert [label for label in kept if text_columns(TABLES[label][0])] == []
