"""Consistent copies of the database, and the way back; one way for each engine.

SQLite: its backup API, one file. PostgreSQL: every table by COPY inside one
repeatable-read transaction, so that neither pg_dump nor its version matters; the
way back makes the tables by the very migrations the copy was made with.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader

from kaejon.methods.errors import DataError

SQLITE_NAME = "kaejon.sqlite3"
# Open sign-ins and counts of the moment: of no use later, and to others of much.
LEFT_OUT = frozenset({"access_session", "access_counter", "django_session"})
BLOCK = 1024 * 1024


def engine() -> str:
    return connection.vendor


def applied_migrations() -> list[list[str]]:
    loader = MigrationLoader(connection)
    return sorted([app, name] for app, name in loader.applied_migrations)


def unknown_migrations(applied: Iterable[Iterable[str]]) -> list[str]:
    """Migrations a backup was made with that this version does not have: it comes from a newer one."""
    known = set(MigrationLoader(None).disk_migrations)
    return [".".join(m) for m in applied if tuple(m) not in known]


def tables() -> list[str]:
    """Every table of the apps, the migrations' own table left out."""
    return sorted(
        {m._meta.db_table for m in apps.get_models(include_auto_created=True) if m._meta.managed}
    )


def copy_out(folder: Path) -> dict[str, dict[str, Any]]:
    """Write a consistent copy into `folder`; returns rows (and columns) of every table."""
    folder.mkdir(parents=True, exist_ok=True)
    return copy_out_sqlite(folder) if engine() == "sqlite" else copy_out_postgresql(folder)


def copy_out_sqlite(folder: Path) -> dict[str, dict[str, Any]]:
    connection.ensure_connection()
    copy = sqlite3.connect(folder / SQLITE_NAME)
    try:
        connection.connection.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        copy.execute("PRAGMA secure_delete=ON")
        for table in LEFT_OUT & set(tables()):
            copy.execute(f'DELETE FROM "{table}"')
        copy.commit()
        return {
            t: {"rows": copy.execute(f'SELECT COUNT(*) FROM "{t}"').fetchone()[0]} for t in tables()
        }
    finally:
        copy.close()


def copy_out_postgresql(folder: Path) -> dict[str, dict[str, Any]]:
    described = {}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for table in tables():
            columns = [
                c.name for c in connection.introspection.get_table_description(cursor, table)
            ]
            with (folder / f"{table}.copy").open("wb") as out:
                rows = "" if table not in LEFT_OUT else " WHERE false"
                source = f'(SELECT {quoted(columns)} FROM "{table}"{rows})'
                with cursor.cursor.copy(f"COPY {source} TO STDOUT") as copy:
                    for piece in copy:
                        out.write(piece)
                described[table] = {"columns": columns, "rows": cursor.cursor.rowcount}
    return described


def quoted(columns: Iterable[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def named(table: str, columns: Iterable[str]) -> str:
    return f'"{table}" ({quoted(columns)})'


def holds_something() -> bool:
    """True when the database already has tables."""
    if engine() == "sqlite":
        path = Path(connection.settings_dict["NAME"])
        return path.exists() and path.stat().st_size > 0
    return bool(connection.introspection.table_names())


def move_aside(now: datetime) -> str:
    """Put the present database out of the way without losing it; returns where it is now."""
    suffix = f"before_restore_{now:%Y%m%d_%H%M%S}"
    if engine() == "sqlite":
        connection.close()
        path = Path(connection.settings_dict["NAME"])
        for ending in ("", "-wal", "-shm"):
            part = path.with_name(path.name + ending)
            if part.exists():
                part.rename(path.with_name(f"{path.name}.{suffix}{ending}"))
        return f"{path.name}.{suffix}"
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER SCHEMA public RENAME TO kaejon_{suffix}")
        cursor.execute("CREATE SCHEMA public")
    connection.close()
    return f"schema kaejon_{suffix}"


def remove_all() -> None:
    """Remove the database's content: half of a backup, which the backup brings again."""
    connection.close()
    if engine() == "sqlite":
        path = Path(connection.settings_dict["NAME"])
        for ending in ("", "-wal", "-shm"):
            path.with_name(path.name + ending).unlink(missing_ok=True)
        return
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
    connection.close()


def copy_in(folder: Path, manifest: dict[str, Any]) -> None:
    """Fill the empty database from a copy, then bring it to the present version."""
    if engine() == "sqlite":
        copy_in_sqlite(folder)
    else:
        copy_in_postgresql(folder, manifest)
    require_all_rows(manifest)
    call_command("migrate", interactive=False, verbosity=0)


def copy_in_sqlite(folder: Path) -> None:
    path = Path(connection.settings_dict["NAME"])
    path.parent.mkdir(parents=True, exist_ok=True)
    connection.close()
    (folder / SQLITE_NAME).replace(path)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA quick_check")
        if (answer := cursor.fetchone()[0]) != "ok":
            raise DataError("damaged_database", f"the database in the backup is damaged: {answer}")


def copy_in_postgresql(folder: Path, manifest: dict[str, Any]) -> None:
    make_tables_as_of(manifest["migrations"])
    with transaction.atomic(), connection.cursor() as cursor:
        for table in manifest["tables"]:
            # History refuses every DELETE, also of nothing; a fresh history is empty anyway.
            cursor.execute(f'SELECT 1 FROM "{table}" LIMIT 1')
            if cursor.fetchone():
                cursor.execute(f'DELETE FROM "{table}"')
        for table, facts in manifest["tables"].items():
            with (
                (folder / f"{table}.copy").open("rb") as content,
                cursor.cursor.copy(f"COPY {named(table, facts['columns'])} FROM STDIN") as copy,
            ):
                while piece := content.read(BLOCK):
                    copy.write(piece)
        # Tables that later versions brought are not there yet.
        models = [
            m
            for m in apps.get_models(include_auto_created=True)
            if m._meta.db_table in manifest["tables"]
        ]
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


def make_tables_as_of(migrations: list[list[str]]) -> None:
    """Run exactly the migrations that the copy was made with."""
    wanted = {(app, name) for app, name in migrations}
    graph = MigrationLoader(connection).graph
    for app in sorted({app for app, _ in wanted}):
        last = [
            name
            for a, name in wanted
            if a == app
            and not any(
                child in wanted and child[0] == app
                for child in graph.node_map[(app, name)].children
            )
        ]
        for name in last:
            call_command("migrate", app, name, interactive=False, verbosity=0)


def require_all_rows(manifest: dict[str, Any]) -> None:
    """Refuse a database whose row counts differ from the manifest's."""
    with connection.cursor() as cursor:
        for table, facts in manifest["tables"].items():
            cursor.execute(f'SELECT COUNT(*) FROM "{table}"')
            if (rows := cursor.fetchone()[0]) != facts["rows"]:
                raise DataError(
                    "rows_missing",
                    f"{table} has {rows} rows, the backup was made with {facts['rows']}",
                )
