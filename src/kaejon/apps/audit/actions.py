"""Write history: called inside the transaction of the change it records."""

from __future__ import annotations

import contextlib
import contextvars
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

from kaejon.apps.audit.models import Event, Look

# The id of the web request or job under way, set by the ways in.
request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="")


@contextlib.contextmanager
def during(identifier: str) -> Iterator[None]:
    """Everything recorded inside carries this request or job id."""
    token = request_id.set(identifier)
    try:
        yield
    finally:
        request_id.reset(token)


class Actor(Protocol):
    """Who acts: a user of the system, or the system operator."""

    @property
    def public_id(self) -> str: ...

    @property
    def display_name(self) -> str: ...


def record(
    *,
    by: Actor,
    verb: str,
    subject_type: str,
    subject_id: object,
    area: str,
    label: str = "",
    changes: Mapping[str, Any] | None = None,
    reason: str = "",
) -> Event:
    """Append one change. `changes` is {field: {"from": old, "to": new}} or plain facts.

    `area` is the official code of the place concerned; "00" stands for the whole system.
    """
    return Event.objects.create(
        actor_id=by.public_id,
        actor_name=by.display_name,
        verb=verb,
        subject_type=subject_type,
        subject_id=str(subject_id),
        subject_label=label[:200],
        area_code=area,
        changes=dict(changes or {}),
        reason=reason,
        request_id=request_id.get(),
    )


def record_look(
    *,
    by: Actor,
    kind: str,
    area: str,
    household: object = "",
    person: object = "",
    count: int = 1,
    role: str = "",
    reason: str = "",
) -> Look:
    """Append one look at a household, or at `count` households of an area."""
    return Look.objects.create(
        actor_id=by.public_id,
        actor_name=by.display_name,
        actor_role=role,
        kind=kind,
        household_id=str(household),
        person_id=str(person),
        area_code=area,
        count=count,
        reason=reason,
        request_id=request_id.get(),
    )


def record_looks(
    *,
    by: Actor,
    kind: str,
    households: Iterable[tuple[object, str]],
    role: str = "",
    reason: str = "",
) -> None:
    """Append one look per (household id, area code), for prints and exports of many."""
    Look.objects.bulk_create(
        [
            Look(
                actor_id=by.public_id,
                actor_name=by.display_name,
                actor_role=role,
                kind=kind,
                household_id=str(household),
                area_code=area,
                reason=reason,
                request_id=request_id.get(),
            )
            for household, area in households
        ],
        batch_size=1000,
    )


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The fields that changed, as {field: {"from": old, "to": new}}."""
    return {
        name: {"from": before.get(name), "to": after.get(name)}
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    }
