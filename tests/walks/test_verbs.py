"""Every verb, called by everybody, near and far: permission is asked in the verb, not only at its doors.

Refused means: NotPermitted, no statement that writes, no file. Allowed means: done, with the
lines in the history that the table names and no other.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction

import kaejon.apps
from kaejon.apps.access.models import User
from kaejon.apps.access.once import asking
from kaejon.apps.access.refusals import NotPermitted
from kaejon.apps.audit.models import Event, Look
from kaejon.apps.folders.stating import field_source
from kaejon.apps.sources.models import Source
from kaejon.methods.errors import KaejonError
from tests.security.walked_world import World, world_once
from tests.walks.arguments import CALLS
from tests.walks.verbs import EVERYBODY, PARTS, VERBS

NOBODY = ("nobody", "not saved")
WRITING = ("INSERT", "UPDATE", "DELETE", "REPLACE")


def verbs_of_the_apps() -> dict[str, Callable[..., Any]]:
    """Public functions with a keyword-only `by`, as "app.module.name"."""
    verbs: dict[str, Callable[..., Any]] = {}
    for entry in pkgutil.walk_packages(kaejon.apps.__path__, "kaejon.apps."):
        if ".migrations" in entry.name:
            continue
        module = importlib.import_module(entry.name)
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if name.startswith("_") or function.__module__ != entry.name:
                continue
            by = inspect.signature(function).parameters.get("by")
            if by is not None and by.kind is inspect.Parameter.KEYWORD_ONLY:
                verbs[f"{entry.name.removeprefix('kaejon.apps.')}.{name}"] = function
    return verbs


FOUND = verbs_of_the_apps()


def test_every_verb_stands_in_the_table() -> None:
    assert set(FOUND) == set(VERBS) | set(PARTS), "give each new verb a line in verbs.py"
    assert set(CALLS) == set(VERBS), "say in arguments.py how each verb is called"


class Writes:
    """The writing statements that the database is sent."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().upper().startswith(WRITING):
            self.sent.append(sql)
        return execute(sql, params, many, context)


def changes_made() -> int:
    """Rows that SQLite changed so far, by whatever way; nothing on PostgreSQL."""
    connection.ensure_connection()
    return int(getattr(connection.connection, "total_changes", 0))


def files_kept() -> set[Path]:
    return set(Path(settings.MEDIA_ROOT).rglob("*"))


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """The world, built once; every call undoes what it did."""
    with world_once(django_db_blocker) as world:
        # The province shares its lists, so that those who work below may bring them in.
        Source.objects.update(shared=True)
        # The first check of an office registers its source, which is a line of its own.
        for worker in (world.cast.malee, world.cast.orathai, world.cast.wanna):
            field_source(worker, "330101")
        yield world


@pytest.fixture
def world(built: World, db: None) -> World:
    return built


def actor(world: World, who: str) -> Any:
    """The account, freshly read: nothing is remembered of what it may do."""
    if who == "nobody":
        return AnonymousUser()
    if who == "not saved":
        return User(username="ghost")
    return User.objects.get(pk=getattr(world.cast, who).pk)


def refused(verb: Callable[..., Any], arguments: dict[str, Any], by: Any) -> str:
    """What is wrong with a call that must be refused; empty when nothing is."""
    writes, before, kept = Writes(), changes_made(), files_kept()
    try:
        with connection.execute_wrapper(writes):
            verb(**arguments, by=by)
    except NotPermitted:
        if writes.sent:
            return f"wrote before it was refused: {writes.sent[0][:120]}"
        if changes_made() != before or files_kept() != kept:
            return "left something behind"
        return ""
    except Exception as error:  # whatever else it says is wrong, and is shown
        return f"was answered with {error!r}"
    return "was done"


def done(verb: Callable[..., Any], arguments: dict[str, Any], by: Any, name: str) -> str:
    """What is wrong with a call that must succeed; empty when nothing is."""
    last, looks = Event.objects.order_by("pk").last(), Look.objects.count()
    try:
        verb(**arguments, by=by)
    except Exception as error:  # whatever it says is wrong, and is shown
        return f"was answered with {error!r}"
    events = Event.objects.filter(pk__gt=last.pk if last else 0).order_by("pk")
    written = " ".join(events.values_list("verb", flat=True))
    if written != VERBS[name].events:
        return f"left {written!r} in the history"
    if (Look.objects.count() > looks) != VERBS[name].looks:
        return "looked without a record, or recorded a look without looking"
    return ""


@pytest.mark.parametrize("name", sorted(VERBS))
def test_only_those_named_may(world: World, name: str) -> None:
    wrong = []
    for where, allowed in (("near", VERBS[name].near), ("far", VERBS[name].far)):
        if allowed is None:
            continue
        for who in (*EVERYBODY.split(), *NOBODY):
            with transaction.atomic():
                arguments, by = CALLS[name](world, where), actor(world, who)
                if who in allowed.split():
                    fault = done(FOUND[name], arguments, by, name)
                else:
                    fault = refused(FOUND[name], arguments, by)
                transaction.set_rollback(True)
            if fault:
                wrong.append(f"{where}: {who} {fault}")
    assert not wrong, "\n".join(wrong)


# A second asking may write these: the history, and counts that are worked out anew.
WRITTEN_ANEW = ("audit_", "access_asked", "coverage_", "dashboards_")
MADE_TWICE = {
    "access.links.invite_again": "the new link takes the place of the one before",
    "access.links.second_step_link": "the new link takes the place of the one before",
    "privacy.erasing.erase_household": "the household is gone, so no page asks again",
    "privacy.erasing.erase_person": "the person is gone, so no page asks again",
    "surveys.forums.remove_from_agenda": "the item is gone, so no page asks again",
    "surveys.results.keep_results": "a file that waits writes nothing; applying it twice is refused",
}


def rows_inserted(statements: list[str]) -> set[str]:
    """Tables into which rows were put that were not there."""
    new = [s for s in statements if s.lstrip().upper().startswith("INSERT")]
    tables = {s.split('"')[1] for s in new if "ON CONFLICT" not in s}
    return {table for table in tables if not table.startswith(WRITTEN_ANEW)}


@pytest.mark.parametrize(
    "name", sorted(name for name, verb in VERBS.items() if verb.near and name not in MADE_TWICE)
)
def test_what_is_sent_twice_is_made_once(world: World, name: str) -> None:
    with transaction.atomic():
        arguments, by = CALLS[name](world, "near"), actor(world, VERBS[name].near.split()[0])
        writes = Writes()
        with asking(lambda: "the same form"):
            FOUND[name](**arguments, by=by)
        with (
            connection.execute_wrapper(writes),
            asking(lambda: "the same form"),
            contextlib.suppress(KaejonError),  # "this is done already" is a good answer, too
        ):
            FOUND[name](**arguments, by=by)
        transaction.set_rollback(True)
    assert not rows_inserted(writes.sent)
