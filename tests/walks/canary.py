"""A family whose every word is found nowhere else, and the words an answer shows of it."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.http import HttpResponseBase
from pypdf import PdfReader
from pypdf.errors import PdfReadError

from kaejon.apps.households.models import Household, Membership, Person

# Texts that are no words of the family: keys, codes, names of stored files.
NO_WORDS = {
    "coverage.Standing": {"gate"},
    "households.Grant": {"purpose"},
    "households.Household": {"problems"},
    "households.Membership": {"end_reason"},
    "households.Person": {
        "first_key",
        "last_key",
        "name_key",
        "national_id_index",
        "national_id_last4",
    },
    "linking.PersonPair": {"lane"},
    "measurement.CapitalScore": {"definition"},
    "measurement.PovertyScreen": {"definition"},
    "privacy.Consent": {"paper_stored_as"},
    "sources.SourceRecord": {"digest", "group", "area_code", "national_id_index", "rule"},
    "surveys.Correction": {"fact"},
    "surveys.Verification": {"reason", "photo_stored_as"},
}
WORD = re.compile(r"Qz[a-j]{3}q")


def belonging() -> list[type[models.Model]]:
    """Every table that hangs on a household, directly or through another."""
    found: list[type[models.Model]] = [Household]
    while True:
        more = [
            model
            for model in apps.get_models()
            if model not in found and any(f.related_model in found for f in keys_of(model))
        ]
        if not more:
            return found
        found += more


def keys_of(model: type[models.Model]) -> list[models.Field]:  # type: ignore[type-arg]
    return [f for f in model._meta.concrete_fields if f.is_relation]


def text_fields(model: type[models.Model]) -> list[str]:
    """The fields of a table in which words of the family can stand."""
    return [
        field.name
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField)
        and not field.choices
        and field.name not in NO_WORDS.get(model._meta.label, ())
    ]


def plant(household: Household) -> dict[str, str]:
    """Give the family a word of its own in every text field of every row; word → where it stands."""
    words: dict[str, str] = {}
    rows: dict[type[models.Model], set[int]] = {Household: {household.pk}}
    for model in belonging():
        own = rows.setdefault(model, set())
        condition = Q(pk__in=own)
        for key in keys_of(model):
            if key.related_model in rows and key.name not in ("merged_into", "duplicate_of"):
                condition |= Q(**{f"{key.name}__in": rows[key.related_model]})  # type: ignore[index]
        if model is Household:
            condition = Q(pk=household.pk)
        if model is Person:
            members = Membership.objects.filter(household=household).values("person")
            condition = Q(household=household) | Q(household=None, pk__in=members)
        manager = getattr(model, "everyone", model._default_manager)
        own |= set(manager.filter(condition).values_list("pk", flat=True))
        for name in text_fields(model):
            word = word_of(len(words))
            if written(manager.filter(pk__in=own), name, word):
                words[word] = f"{model._meta.label}.{name}"
    return words


def word_of(number: int) -> str:
    """Without digits, because papers write those in Thai."""
    return f"Qz{number:03d}q".translate(str.maketrans("0123456789", "abcdefghij"))


def written(rows: models.QuerySet[models.Model], name: str, word: str) -> bool:
    """Whether a row took the word; a reason of a withdrawal stands only on what was withdrawn."""
    try:
        with transaction.atomic():
            return bool(rows.update(**{name: word}))
    except IntegrityError:
        return False


def words_in(response: HttpResponseBase) -> set[str]:
    """The words of the family in an answer, whatever kind of file it is."""
    content = getattr(response, "content", None)
    if content is None:
        content = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    read: Callable[[bytes], str] = READERS.get(content[:4], plain)
    return set(WORD.findall(read(content)))


def plain(content: bytes) -> str:
    return content.decode("utf-8", "ignore")


def workbook(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return " ".join(plain(book.read(name)) for name in book.namelist())


def paper(content: bytes) -> str:
    try:
        return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    except PdfReadError:  # the scanned paper of a consent, which the world only pretends
        return plain(content)


READERS = {b"PK\x03\x04": workbook, b"%PDF": paper}
