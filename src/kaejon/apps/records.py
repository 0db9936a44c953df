"""What a table says once about its rows on a household or person: how each duty is done there.

A model names itself with `as_record = Record(...)` next to its Meta. Taking back a list,
erasure, re-sealing and the print-out for the family walk all of them; none keeps a list of
tables of its own. A model with a key to a household or person that leaves a duty unsaid
does not start (`faults`, a system check). A later duty is one more field of `Record`.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from enum import Enum
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.dispatch import Signal
from django.utils.functional import Promise

# Takes the place of words that were erased where something has to stand.
ERASED = "(ลบข้อมูลแล้ว)"
PACKAGE = "kaejon.apps."
# What a key to a household or person, or a public id of one, is called where there is no foreign key.
SUBJECT_MODELS = ("households.household", "households.person")
SUBJECT_COLUMNS = ("household_id", "person_id", "subject_id")


class Reverse(Enum):
    """What taking a list back does with a row on a household that would vanish with the list."""

    HOLDS = "written by somebody: the list cannot be taken back"
    GOES = "derived from the list: it vanishes too"
    STAYS = "stays, and speaks of nobody any more"


@dataclass(frozen=True)
class Own:
    """A function of the model's own app, as "module:function"."""

    name: str

    def __call__(self, *args: Any) -> Any:
        return self.function(*args)

    @property
    def function(self) -> Callable[..., Any]:
        module, function = self.name.split(":")
        own: Callable[..., Any] = getattr(importlib.import_module(module), function)
        return own


@dataclass(frozen=True)
class Strip:
    """The row stays for the counts; what tells who it is goes.

    `words`: become ERASED where they are not empty. `emptied`: become empty or null.
    `files`: columns with the name of a sealed file, which is deleted. When one member is
    erased, `words` and texts of `emptied` go where they name that member.
    """

    words: tuple[str, ...] = ()
    emptied: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


class Goes:
    """The row is deleted."""


@dataclass(frozen=True)
class Kept:
    """Nothing in the row tells who it is about."""

    why: str


@dataclass(frozen=True)
class Sealed:
    """A column of sealed values. `index`: the column of their search tokens."""

    column: str
    purpose: bytes
    index: str = ""


@dataclass(frozen=True)
class Shown:
    """A line of the print-out for each row: the values of `columns`, named by `title` and `day`.

    A column is a field, a property or a path with "__"; (column, words) puts words before the value.
    """

    title: str | Promise
    columns: tuple[str | tuple[str, str | Promise], ...]
    day: str = ""


@dataclass(frozen=True)
class NotShown:
    """The family sees it elsewhere in the print-out, or it says nothing about them."""

    why: str


class _Unsaid(Enum):
    UNSAID = "unsaid"


UNSAID = _Unsaid.UNSAID


@dataclass(frozen=True)
class Record:
    """How one table does each duty.

    `household` and `person`: paths from the row to whom it is about. `mentions`: keys that
    only point to another household or person.
    """

    household: tuple[str, ...] = ()
    person: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    reverse: Reverse | _Unsaid = field(default=UNSAID, metadata={"duty": True})
    erase: Strip | Goes | Kept | Own | _Unsaid = field(default=UNSAID, metadata={"duty": True})
    sealed: tuple[Sealed, ...] | _Unsaid = field(default=UNSAID, metadata={"duty": True})
    shown: Shown | NotShown | Own | _Unsaid = field(default=UNSAID, metadata={"duty": True})

    def about(self, households: Any, people: Any) -> Q:
        """Rows about these households or these people (keys, or querysets of them)."""
        where = Q(pk__in=())
        for path in self.household:
            where |= Q(**{f"{path}__in": households})
        for path in self.person:
            where |= Q(**{f"{path}__in": people})
        return where

    def subjects(self, row: models.Model) -> Subjects:
        """Whom a row is about, on all its sides."""
        return Subjects(_ends(row, self.household), _ends(row, self.person))


@dataclass(frozen=True)
class Subjects:
    """Keys of households and people."""

    households: frozenset[int] = frozenset()
    people: frozenset[int] = frozenset()

    def __or__(self, more: Subjects) -> Subjects:
        return Subjects(self.households | more.households, self.people | more.people)

    def __sub__(self, less: Subjects) -> Subjects:
        return Subjects(self.households - less.households, self.people - less.people)

    def __le__(self, other: Subjects) -> bool:
        return self.households <= other.households and self.people <= other.people


def _ends(row: models.Model, paths: Sequence[str]) -> frozenset[int]:
    """The keys to which paths lead from a row; a way that somebody erased leads nowhere."""
    keys: set[int] = set()
    for path in paths:
        *way, last = path.split("__")
        end: Any = row
        for step in way:
            end = getattr(end, step, None)
        key = getattr(end, "pk" if last == "pk" else f"{last}_id", None)
        if key is not None:
            keys.add(key)
    return frozenset(keys)


DUTIES = tuple(f.name for f in fields(Record) if f.metadata.get("duty"))


def records() -> Iterator[tuple[type[models.Model], Record]]:
    """Every table that says how it does its duties, in the order of the apps."""
    for model in apps.get_models():
        if (record := said_by(model)) is not None:
            yield model, record


def said_by(model: type[models.Model]) -> Record | None:
    record = getattr(model, "as_record", None)
    return record if isinstance(record, Record) else None


def keys_to_subjects(model: type[models.Model]) -> Iterator[str]:
    """Columns of a model that name a household or person."""
    for column in model._meta.concrete_fields:
        related = column.related_model
        if (isinstance(related, type) and related._meta.label_lower in SUBJECT_MODELS) or (
            related is None and column.name in SUBJECT_COLUMNS
        ):
            yield column.name


def faults(among: Sequence[type[models.Model]] | None = None) -> Iterator[str]:
    """What is left unsaid, or said wrongly, by the tables on households and people."""
    for model in apps.get_models() if among is None else among:
        record, keys = said_by(model), list(keys_to_subjects(model))
        if not model.__module__.startswith(PACKAGE) or (record is None and not keys):
            continue
        name = model._meta.label
        if record is None:
            yield f"{name} names a household or person ({', '.join(keys)}) and has no as_record"
            continue
        yield from (f"{name} leaves '{d}' unsaid" for d in DUTIES if getattr(record, d) is UNSAID)
        paths = {path.split("__")[0] for path in (*record.household, *record.person)}
        yield from (
            f"{name}.{key} is named neither in household, person nor mentions"
            for key in keys
            if key not in paths | set(record.mentions)
        )
        yield from _wrong_columns(model, record)


def _wrong_columns(model: type[models.Model], record: Record) -> Iterator[str]:
    known = {column.name: column for column in model._meta.concrete_fields}
    named: list[str] = []
    if isinstance(record.erase, Strip):
        named += [*record.erase.words, *record.erase.emptied, *record.erase.files]
    if isinstance(record.sealed, tuple):
        named += [column.column for column in record.sealed]
        left = {n for n in known if n.endswith("_sealed")} - {s.column for s in record.sealed}
        yield from (f"{model._meta.label}.{n} is sealed and not re-sealed" for n in sorted(left))
    yield from (f"{model._meta.label} has no column {n}" for n in named if n not in known)
    for duty in DUTIES:
        own = getattr(record, duty)
        if isinstance(own, Own) and not own.name.startswith(f"{PACKAGE}{model._meta.app_label}."):
            yield f"{model._meta.label}: {own.name} is no function of its own app"


def holding(households: models.QuerySet[Any], people: models.QuerySet[Any]) -> int:
    """How many of these rows of the registry something written by somebody stands on."""
    written_on: dict[str, set[int]] = {"household": set(), "person": set()}
    for model, record in records():
        if record.reverse is not Reverse.HOLDS:
            continue
        for kind, among in (("household", households), ("person", people)):
            for path in getattr(record, kind):
                rows = model._base_manager.filter(**{f"{path}__in": among})
                written_on[kind] |= set(rows.values_list(path, flat=True))
    return sum(len(keys) for keys in written_on.values())


def sealed_columns() -> list[tuple[type[models.Model], Sealed]]:
    """Every column of sealed values."""
    return [
        (model, column)
        for model, record in records()
        if isinstance(record.sealed, tuple)
        for column in record.sealed
    ]


@dataclass(frozen=True)
class Erasure:
    """Who is being erased: a household as a whole, or one member of it.

    `households`: keys of the household and of those merged into it; empty for one member.
    `people`: keys, with those merged into them. `names`: what they are called, to find texts
    that speak of them; longest first. `discard`: deletes a sealed file once all is committed.
    """

    home: int | None
    area: str
    households: tuple[int, ...]
    people: tuple[int, ...]
    names: tuple[str, ...]
    by: Any
    discard: Callable[[Any], None]

    @property
    def whole(self) -> bool:
        """Whether a household is erased with everybody in it."""
        return bool(self.households)

    def rows(self, model: type[models.Model]) -> models.QuerySet[Any]:
        """The rows of a table about the erased."""
        record = said_by(model)
        where = record.about(self.households, self.people) if record else Q(pk__in=())
        return model._base_manager.filter(where)

    def rows_at_home(self, model: type[models.Model]) -> models.QuerySet[Any]:
        """The rows of a table about the household they live in."""
        record = said_by(model)
        where = Q(pk__in=())
        for path in record.household if record and self.home else ():
            where |= Q(**{path: self.home})
        return model._base_manager.filter(where)

    def speaks(self, column: str) -> Q:
        """Rows whose text in this column names one of the erased."""
        where = Q(pk__in=())
        for name in self.names:
            where |= Q(**{f"{column}__contains": name})
        return where

    def without_names(self, text: str, instead: str = ERASED) -> str:
        """The text with something else wherever it names one of the erased."""
        for name in self.names:
            text = text.replace(name, instead)
        return text


# Sent with `erasure` after the tables: for words and files that lie outside tables of their own.
erased = Signal()


def erase_everywhere(erasure: Erasure) -> None:
    """Do what every table says of erasing; call inside the transaction of the erasure."""
    for model, record in records():
        duty = record.erase
        if isinstance(duty, Own):
            duty(erasure)
        elif isinstance(duty, Goes):
            erasure.rows(model).delete()
        elif isinstance(duty, Strip):
            _strip(model, duty, erasure)
    erased.send(sender=Erasure, erasure=erasure)


def _strip(model: type[models.Model], duty: Strip, erasure: Erasure) -> None:
    rows = erasure.rows(model)
    for column in duty.files:
        for name in rows.exclude(**{column: ""}).values_list(column, flat=True):
            erasure.discard(name)
    if duty.emptied or duty.files:
        rows.update(**{name: _empty(model, name) for name in (*duty.emptied, *duty.files)})
    for name in duty.words:
        rows.exclude(**{name: ""}).update(**{name: ERASED})
    if not erasure.whole:
        _strip_where_named(model, duty, erasure)


def _strip_where_named(model: type[models.Model], duty: Strip, erasure: Erasure) -> None:
    """Texts about the household that name the one erased member of it."""
    rows = erasure.rows_at_home(model)
    for name in duty.words:
        rows.filter(erasure.speaks(name)).update(**{name: ERASED})
    for name in duty.emptied:
        if _empty(model, name) == "":
            rows.filter(erasure.speaks(name)).update(**{name: ""})


def _empty(model: type[models.Model], name: str) -> str | None:
    column = model._meta.get_field(name)
    return None if column.null else ""
