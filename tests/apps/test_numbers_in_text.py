"""National IDs in free text: refused at every door, masked in lists, masked where they stood."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import models, transaction

from kaejon.apps.audit.actions import record
from kaejon.apps.audit.models import Event
from kaejon.apps.jobs.actions import Progress
from kaejon.apps.jobs.models import Job
from kaejon.apps.privacy import masking
from kaejon.apps.privacy.refusals import PrivacyRefused
from kaejon.apps.sources.models import SourceRecord
from kaejon.methods.thai import national_id
from tests.apps.lists import as_csv, person, pin, source, staged, upload
from tests.apps.on_record import WITH, dump
from tests.cast import Cast
from tests.factories import all_models, make

NUMBER = national_id.generate("110170023070")
PLACES = [
    (model, column.name)
    for model in all_models()
    for column in masking.texts_of(model)
    if not column.unique and not isinstance(column, models.JSONField)
    if (column.max_length or 99) >= national_id.LENGTH
    and model.__module__.startswith("kaejon.apps")
]


@pytest.mark.parametrize(
    "text",
    [
        NUMBER,
        f"เลข{NUMBER}ครับ",
        f"โทร 0812345678 เลข {national_id.format(NUMBER)}",
        " ".join(NUMBER),
        "".join(chr(ord("๐") + int(d)) for d in NUMBER),
        NUMBER.replace("0", "O", 2),
        f"เลขl{NUMBER[1:]}",
        f"{NUMBER[:3].replace('0', 'o')}{NUMBER[3:]}, I{NUMBER[1:]}",
        f"O 12 {NUMBER[:10]} {NUMBER[10:]}",  # what comes before does not hide it
    ],
)
def test_a_number_is_recognised_however_it_is_typed(text: str) -> None:
    assert national_id.stands_in(text)
    hidden = national_id.masked_in(text)
    assert not national_id.stands_in(hidden)
    assert hidden.count(NUMBER[-4:][0]) >= 1
    assert NUMBER[:6] not in hidden.replace("-", "").replace(" ", "")


@pytest.mark.parametrize(
    "text",
    [
        "1101700230701" if not NUMBER.endswith("1") else "1101700230702",
        f"{NUMBER}5",
        f"a{NUMBER}f0",
        "0812345678 0898765432",
        NUMBER.replace("0", "O", 3),  # three letters: a word rather than a number
        f"No{NUMBER[1:]}".replace("No1", "Nl"),
        f"Il{NUMBER[2:]}a",
        "บ้านเลขที่ 33010100011",
        "x-xxxx-xxxx0-70-5",
        "",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert not national_id.stands_in(text)
    assert national_id.masked_in(text) == text


def test_the_places_are_all_there() -> None:
    names = {f"{model._meta.label}.{column}" for model, column in PLACES}
    assert len(names) > 60
    assert {"access.User.phone", "folders.Note.text", "privacy.SubjectRequest.asked_by"} <= names


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "column"), PLACES)
def test_no_table_takes_a_number_in_a_text(model: type[models.Model], column: str) -> None:
    with pytest.raises(PrivacyRefused) as refused:
        make(model, **{column: NUMBER}, **WITH.get(model._meta.label, dict)())
    assert refused.value.code == "national_id_in_text"


def test_what_a_verb_is_told_is_looked_at_too(cast: Cast) -> None:
    with pytest.raises(PrivacyRefused), transaction.atomic():
        spoken(cast, "x", reason=f"ของ {NUMBER}")
    assert not Event.objects.filter(verb="x").exists()


def spoken(cast: Cast, verb: str, **words: Any) -> Event:
    return record(by=cast.malee, verb=verb, subject_type="area", subject_id="1", area="33", **words)


def job(cast: Cast) -> Progress:
    running = make(
        Job, status="running", leased_by="w", kind=masking.KIND, created_by=cast.operator
    )
    return Progress(running, "w")


def texts_planted(model: type[models.Model]) -> dict[str, str]:
    rooms = {
        name: model._meta.get_field(name).max_length or 99
        for m, name in PLACES
        if m is model and not name.endswith("_index")
    }
    return {name: NUMBER if room < 20 else f"เลข {NUMBER}" for name, room in rooms.items()}


def test_numbers_stored_before_are_masked_and_history_is_emptied(
    cast: Cast, monkeypatch: Any
) -> None:
    """Every text of every table at once, and in documents; what a list calls a household stays."""
    monkeypatch.setattr(masking.national_id, "stands_in", lambda text: False)
    planted = 0
    for model in dict.fromkeys(model for model, _ in PLACES):
        # The database refuses to change these.
        columns = {} if model._meta.app_label in ("audit", "ranking") else texts_planted(model)
        row, more = make(model), WITH.get(model._meta.label, dict)()
        model._base_manager.filter(pk=row.pk).update(**columns, **more)
        planted += len(columns)
    said = spoken(cast, "y", label=NUMBER, reason=NUMBER, changes={"note": {"to": NUMBER}})
    facts = {"household": {"household_ref": NUMBER}, "person": {"occupation": f"ทำนา {NUMBER}"}}
    row = make(SourceRecord, facts=facts)
    monkeypatch.undo()
    assert sum(NUMBER in text for _, text in dump()) >= planted
    masking.run(job(cast))
    row.refresh_from_db()
    assert row.facts["household"]["household_ref"] == NUMBER
    assert NUMBER[-4:-1] in row.facts["person"]["occupation"].replace("-", "")
    left = {column for column, text in dump() if NUMBER in text}
    assert left <= {"sources_sourcerecord.facts"}
    emptied = Event.objects.get(pk=said.pk)
    assert (emptied.reason, emptied.subject_label, emptied.changes) == ("", "", {})
    assert emptied.verb == "y"


def test_a_list_with_numbers_in_its_texts_is_masked_and_flagged(cast: Cast) -> None:
    listed = source("community", cast.organizations["province"], cast.wanna, code="c")
    row = person("สมมติ", "ใจดี", number=pin(1), born="12/03/2510", sex="ชาย", house="7")
    row["อาชีพ"] = f"ทำนา {pin(2)}"
    batch = staged(upload(as_csv([row]), listed, cast.wanna, year=2566), cast.wanna)
    kept = SourceRecord.objects.get(batch=batch)
    assert pin(2) not in str(kept.facts)
    assert "NUMBER_IN_TEXT" in {issue["code"] for issue in kept.issues}
