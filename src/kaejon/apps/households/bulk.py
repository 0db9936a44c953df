"""Make, read, insert and update very many rows of a model without paying for a model each.

Django's constructor, its converters and its `bulk_update` cost more than the database
does; an import of a province does little else. The rows made here are ordinary model
instances. SQLite takes one prepared statement with many values, PostgreSQL a COPY and
one UPDATE from arrays.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from enum import Enum
from functools import lru_cache, partial
from operator import attrgetter, itemgetter
from typing import Any, TypeAlias, TypeVar, cast

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.models.base import ModelState
from django.db.models.functions import Cast

M = TypeVar("M", bound=models.Model)
Field: TypeAlias = "models.Field[Any, Any]"
JSON = models.JSONField
to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


@contextmanager
def collector_paused() -> Iterator[None]:
    """Hold Python's cycle collector, which would walk a chunk's many rows again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


# making and reading


def new_row(model: type[M], **values: Any) -> M:
    """An unsaved row with its defaults and these values, named as columns are (`person_id`)."""
    fixed, made = defaults_of(model)
    row = model.__new__(model)
    row.__dict__.update(fixed)
    for name, default in made:
        row.__dict__[name] = default()
    row.__dict__.update(values)
    row._state = ModelState()
    return row


@lru_cache(maxsize=64)
def defaults_of(model: type[models.Model]) -> tuple[dict[str, Any], list[tuple[str, Any]]]:
    """Defaults that are the same for every row, and those made anew for each."""
    fixed: dict[str, Any] = {}
    made: list[tuple[str, Callable[[], Any]]] = []
    for field in model._meta.concrete_fields:
        if field.has_default() and callable(field.default):
            made.append((field.attname, field.default))
        else:
            default = field.get_default()
            fixed[field.attname] = default.value if isinstance(default, Enum) else default
    return fixed, made


def read_rows(rows: models.QuerySet[M], *columns: str) -> list[M]:
    """The rows with these columns (`person_id`) loaded; others are asked for when they are needed."""
    model, found = rows.model, []
    for values in plain_values(rows, *columns):
        row = model.__new__(model)
        row.__dict__.update(zip(columns, values, strict=True))
        row._state = ModelState()
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
        found.append(row)
    return found


def plain_values(rows: models.QuerySet[Any], *columns: str) -> Iterator[tuple[Any, ...]]:
    """`values_list` that reads JSON itself: the model's converters cost several times the reading."""
    by_name = {field.attname: field for field in rows.model._meta.concrete_fields}
    documents = [n for n, name in enumerate(columns) if isinstance(by_name.get(name), JSON)]
    texts = {f"text_{n}": Cast(columns[n], models.TextField()) for n in documents}
    asked = [f"text_{n}" if n in documents else name for n, name in enumerate(columns)]
    for values in rows.annotate(**texts).values_list(*asked):
        held = list(values)
        for n in documents:
            held[n] = from_json(held[n])
        yield tuple(held)


def from_json(text: str | None) -> Any:
    if text is None:
        return None
    return [] if text == "[]" else json.loads(text)


def give_related(rows: Iterable[models.Model], name: str, related: models.Model) -> None:
    """Set a loaded related object on rows that already carry its key."""
    for row in rows:
        row._state.fields_cache[name] = related


class Among(models.Func):
    """Condition for `filter`: the field holds one of these keys. For keys by the thousand.

    Django's `in` makes a parameter of every key and looks at each several times; here they
    reach the database as one value.
    """

    def __init__(self, field: str, keys: Iterable[int | str]) -> None:
        super().__init__(models.F(field), output_field=models.BooleanField())
        self.keys = list(keys)

    def as_sqlite(
        self, compiler: Any, connection: Any, **extra: Any
    ) -> tuple[str, tuple[Any, ...]]:
        column, params = self.column(compiler)
        return f"{column} IN (SELECT value FROM json_each(%s))", (*params, to_json(self.keys))

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, params = self.column(compiler)
        field: Any = self.source_expressions[0]
        return f"{column} = ANY(%s::{type_of(field.target)}[])", (*params, self.keys)

    def column(self, compiler: Any) -> tuple[str, Any]:
        if not self.keys:
            raise EmptyResultSet
        return cast(tuple[str, Any], compiler.compile(self.source_expressions[0]))


# writing


def update_rows(rows: Iterable[models.Model], fields: Sequence[str]) -> None:
    """Write the named fields of saved rows, all of one model, each by its primary key."""
    held = list(rows)
    if not held:
        return
    meta = held[0]._meta
    by_name = {field.name: field for field in meta.concrete_fields}
    columns = [by_name[name] for name in fields]
    if connection.vendor == "postgresql":
        update_from_arrays(held, columns)
        return
    assignments = ", ".join(f'"{column.column}" = %s' for column in columns)
    statement = f'UPDATE "{meta.db_table}" SET {assignments} WHERE "{meta.pk.column}" = %s'
    with connection.cursor() as cursor:
        cursor.executemany(statement, values_of(held, [*columns, meta.pk]))


def update_from_arrays(rows: Sequence[models.Model], columns: Sequence[Field]) -> None:
    """One UPDATE from an array for each column (PostgreSQL)."""
    meta = rows[0]._meta
    both = [*columns, meta.pk]
    assignments = ", ".join(f'"{column.column}" = new.v{n}' for n, column in enumerate(columns))
    arrays = ", ".join(f"%s::{type_of(column)}[]" for column in both)
    names = ", ".join(f"v{n}" for n in range(len(both)))
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{meta.db_table}" AS old SET {assignments} FROM unnest({arrays}) AS new({names}) '
            f'WHERE old."{meta.pk.column}" = new.v{len(columns)}',
            [column_of(rows, column) for column in both],
        )


def type_of(column: Field) -> str:
    """The type of the values a column holds: a key without its sequence, text without its length,
    so that a cast never shortens it."""
    found = column.rel_db_type(connection) if column.primary_key else column.db_type(connection)
    return str(found).split("(")[0]


def insert_rows(rows: Iterable[models.Model], *, skip_known: bool = False) -> None:
    """Insert new rows of one model and give them primary keys if they have none. Call inside a transaction.

    `skip_known`: rows that a constraint says are there already are left out.
    """
    held = list(rows)
    if not held:
        return
    meta = held[0]._meta
    give_keys([row for row in held if row.__dict__[meta.pk.attname] is None])
    stamp(held)
    columns = list(meta.concrete_fields)
    names = ", ".join(f'"{column.column}"' for column in columns)
    values = values_of(held, columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and not skip_known:
            with cursor.copy(f'COPY "{meta.db_table}" ({names}) FROM STDIN') as copy:
                for row in values:
                    copy.write_row(row)
            return
        places = ", ".join(["%s"] * len(columns))
        otherwise = " ON CONFLICT DO NOTHING" if skip_known else ""
        cursor.executemany(
            f'INSERT INTO "{meta.db_table}" ({names}) VALUES ({places}){otherwise}', values
        )


def give_keys(rows: Sequence[models.Model]) -> None:
    """Give new rows the keys with which they will be inserted, in the same transaction."""
    if not rows:
        return
    name = rows[0]._meta.pk.attname
    for row, key in zip(rows, reserve_keys(rows[0], len(rows)), strict=True):
        row.__dict__[name] = key
        row._state.adding = False


def stamp(rows: Sequence[models.Model]) -> None:
    """Set the moment of making where a field asks for it."""
    for field in rows[0]._meta.concrete_fields:
        if getattr(field, "auto_now_add", False) or getattr(field, "auto_now", False):
            moment = field.pre_save(rows[0], add=True)
            for row in rows:
                row.__dict__[field.attname] = moment


def reserve_keys(row: models.Model, count: int) -> list[int]:
    """Primary keys nobody else will get: from the sequence, or above the last under SQLite's write lock."""
    table, column = row._meta.db_table, row._meta.pk.column
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [f'"{table}"', column, count],
            )
            return [key for (key,) in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
        last = int(found[0]) if found else 0
        return list(range(last + 1, last + 1 + count))


# Fields whose Python value both drivers take as it is; asking them to prepare it costs most of an import.
PLAIN = (
    models.CharField,
    models.TextField,
    models.IntegerField,
    models.FloatField,
    models.BooleanField,
    models.BinaryField,
    models.AutoField,
    models.ForeignKey,
)
# Fields whose values repeat from row to row.
REPEATING = (models.DateField, models.DateTimeField)


def values_of(rows: Sequence[models.Model], columns: Sequence[Field]) -> list[list[Any]]:
    """Values of rows, in the order of the columns, as the database takes them."""
    take = itemgetter(*(column.attname for column in columns))
    prepared = [(n, make) for n, column in enumerate(columns) if (make := preparing(column))]
    found = []
    for row in rows:
        values = list(take(row.__dict__))
        for n, make in prepared:
            values[n] = make(values[n])
        found.append(values)
    return found


def column_of(rows: Sequence[models.Model], column: Field) -> list[Any]:
    """The values of one column as the database takes them."""
    values = map(itemgetter(column.attname), map(vars, rows))
    make = preparing(column)
    return list(map(make, values) if make else values)


def preparing(column: Field) -> Callable[[Any], Any] | None:
    """What makes a column's value of a Python value; None where both drivers take it as it is."""
    if isinstance(column, PLAIN):
        return None
    if isinstance(column, JSON):
        return json_of
    # The connection itself: each attribute asked of the proxy costs a look into the thread's locals.
    database = connections[DEFAULT_DB_ALIAS]
    if isinstance(column, models.UUIDField):
        return None if database.features.has_native_uuid_field else attrgetter("hex")
    make = partial(column.get_db_prep_save, connection=database)
    return lru_cache(maxsize=None)(make) if isinstance(column, REPEATING) else make


def json_of(value: Any) -> str | None:
    """A JSON value as text; None is the database's own null."""
    return None if value is None else to_json(value)
