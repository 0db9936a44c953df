"""Insert and update many rows with one prepared statement each.

Django's bulk_update builds one CASE per field whose cost grows with the square of
the chunk, and bulk_create compiles every row anew; an import of a province does
little else. Both here send the same statement with other values.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, models


def update_rows(rows: Iterable[models.Model], fields: Sequence[str]) -> None:
    """Write the named fields of saved rows, all of one model, each by its primary key."""
    held = list(rows)
    if not held:
        return
    meta = held[0]._meta
    by_name = {field.name: field for field in meta.concrete_fields}
    columns = [by_name[name] for name in fields]
    assignments = ", ".join(f'"{column.column}" = %s' for column in columns)
    statement = f'UPDATE "{meta.db_table}" SET {assignments} WHERE "{meta.pk.column}" = %s'
    columns.append(meta.pk)
    with connection.cursor() as cursor:
        cursor.executemany(statement, values_of(held, columns))


def insert_rows(rows: Iterable[models.Model]) -> None:
    """Insert new rows of one model and give them their primary keys. Call inside a transaction."""
    held = list(rows)
    if not held:
        return
    meta = held[0]._meta
    for row, key in zip(held, reserve_keys(held[0], len(held)), strict=True):
        row.pk = key
        row._state.adding = False
    for field in meta.concrete_fields:
        if getattr(field, "auto_now_add", False) or getattr(field, "auto_now", False):
            moment = field.pre_save(held[0], add=True)
            for row in held:
                setattr(row, field.attname, moment)
    columns = list(meta.concrete_fields)
    names = ", ".join(f'"{column.column}"' for column in columns)
    places = ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        cursor.executemany(
            f'INSERT INTO "{meta.db_table}" ({names}) VALUES ({places})', values_of(held, columns)
        )


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
    models.AutoField,
    models.ForeignKey,
)


def values_of(
    rows: Sequence[models.Model], columns: Sequence[models.Field[Any, Any]]
) -> list[tuple[Any, ...]]:
    """Column values of rows as the database takes them."""
    return list(zip(*(column_of(rows, column) for column in columns), strict=True))


def column_of(rows: Sequence[models.Model], column: models.Field[Any, Any]) -> list[Any]:
    values = map(attrgetter(column.attname), rows)
    if isinstance(column, PLAIN):
        return list(values)
    # The connection itself: each attribute asked of the proxy costs a look into the thread's locals.
    database = connections[DEFAULT_DB_ALIAS]
    return [column.get_db_prep_save(value, database) for value in values]
