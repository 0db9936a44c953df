"""Write history: called inside the transaction of the change it records."""

from __future__ import annotations

import contextlib
import contextvars
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any, Protocol

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from kaejon.apps.audit.digests import new_salt, salted_digest
from kaejon.apps.audit.models import Event, EventDetail, FoldersOpened, Look, LookDetail, LookKind
from kaejon.apps.audit.packing import common_area, packed
from kaejon.apps.audit.queries import midnight
from kaejon.apps.vault.sealing import keyed_address

# Within this time the same list seen again by the same person is one look.
SAME_LIST = timedelta(minutes=10)

# The id of the web request or job under way, and the address it came from, set by the ways in.
request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="")
client_address: contextvars.ContextVar[str] = contextvars.ContextVar("client_address", default="")


@contextlib.contextmanager
def during(identifier: str, *, address: str = "") -> Iterator[None]:
    """Everything recorded inside carries this request or job id; events also the keyed address."""
    token, place = request_id.set(identifier), client_address.set(address)
    try:
        yield
    finally:
        request_id.reset(token)
        client_address.reset(place)


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
    salt, name, label = new_salt(), by.display_name, label[:200]
    facts = dict(changes or {})
    address = client_address.get()
    with transaction.atomic(savepoint=False):
        event: Event = Event.objects.create(
            actor_id=by.public_id,
            verb=verb,
            subject_type=subject_type,
            subject_id=str(subject_id),
            area_code=area,
            request_id=request_id.get(),
            client=keyed_address(address) if address else "",
            digest=salted_digest(salt, name, label, facts, reason),
        )
        event.detail = EventDetail.objects.create(
            row=event,
            salt=salt,
            actor_name=name,
            subject_label=label,
            changes=facts,
            reason=reason,
        )
    return event


def record_many(
    *,
    by: Actor,
    subject_type: str,
    lines: Iterable[tuple[object, str, str]],
    changes: Mapping[str, Any],
) -> None:
    """Append one change per (subject id, area code, verb), all with the same facts, which name nobody."""
    name, facts, request = by.display_name, dict(changes), request_id.get()
    events, details = [], []
    for subject, area, verb in lines:
        salt = new_salt()
        event = Event(
            actor_id=by.public_id,
            verb=verb,
            subject_type=subject_type,
            subject_id=str(subject),
            area_code=area,
            request_id=request,
            digest=salted_digest(salt, name, "", facts, ""),
        )
        events.append(event)
        details.append(EventDetail(row=event, salt=salt, actor_name=name, changes=facts))
    with transaction.atomic(savepoint=False):
        Event.objects.bulk_create(events, batch_size=1000)
        for event, detail in zip(events, details, strict=True):
            detail.row = event
        EventDetail.objects.bulk_create(details, batch_size=1000)


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
    look = Look(
        actor_id=by.public_id,
        actor_role=role,
        kind=kind,
        household_id=str(household),
        person_id=str(person),
        area_code=area,
        count=count,
        request_id=request_id.get(),
    )
    return append_looks([look], by=by, reason=reason)[0]


def record_looks(
    *,
    by: Actor,
    kind: str,
    households: Iterable[tuple[object, str]],
    role: str = "",
    reason: str = "",
) -> None:
    """Append one look per (household id, area code), for prints and exports of many."""
    looks = [
        Look(
            actor_id=by.public_id,
            actor_role=role,
            kind=kind,
            household_id=str(household),
            area_code=area,
            request_id=request_id.get(),
        )
        for household, area in households
    ]
    append_looks(looks, by=by, reason=reason)


def record_list(
    *, by: Actor, families: Iterable[tuple[object, str]], role: str = "", reason: str = ""
) -> Look | None:
    """Append one row for a list that showed these (household id, area code).

    The same list seen again by the same person within ten minutes adds nothing (None).
    """
    seen = {str(household): area for household, area in families}
    marks, now = packed(seen), timezone.now()
    recent = Look.objects.filter(actor_id=by.public_id, at__gte=now - SAME_LIST, families=marks)
    if not seen or recent.exists():
        return None
    look = Look(
        actor_id=by.public_id,
        actor_role=role,
        kind=LookKind.LIST,
        area_code=common_area(seen.values()),
        count=len(seen),
        families=marks,
        request_id=request_id.get(),
    )
    return append_looks([look], by=by, reason=reason)[0]


@transaction.atomic(savepoint=False)
def append_looks(looks: list[Look], *, by: Actor, reason: str) -> list[Look]:
    """Write looks with their personal part, each under its own salt."""
    count_opened(looks, by)
    name = by.display_name
    details = []
    for look in looks:
        salt = new_salt()
        look.digest = salted_digest(salt, name, reason)
        details.append(LookDetail(row=look, salt=salt, actor_name=name, reason=reason))
    Look.objects.bulk_create(looks, batch_size=1000)
    for look, detail in zip(looks, details, strict=True):
        detail.row = look
    LookDetail.objects.bulk_create(details, batch_size=1000)
    return looks


def count_opened(looks: list[Look], by: Actor) -> None:
    """Count the households that these looks open for the first time on this day."""
    opened = {look.household_id: look.area_code for look in looks if look.kind == LookKind.VIEW}
    opened.pop("", None)
    if not opened:
        return
    today = timezone.localdate()
    before = Look.objects.filter(
        household_id__in=opened, actor_id=by.public_id, kind=LookKind.VIEW, at__gte=midnight(today)
    )
    for household in set(before.values_list("household_id", flat=True)):
        del opened[household]
    for area, households in Counter(opened.values()).items():
        place = {"day": today, "actor_id": by.public_id, "area_code": area}
        counted = FoldersOpened.objects.filter(**place)
        if not counted.update(households=F("households") + households):
            # Another request of the same person may make the row at this moment.
            FoldersOpened.objects.bulk_create([FoldersOpened(**place)], ignore_conflicts=True)
            counted.update(households=F("households") + households)


@transaction.atomic
def erase_details(
    *,
    by: Actor,
    households: Iterable[object] = (),
    people: Iterable[object] = (),
    others: Mapping[str, Iterable[object]] | None = None,
    names: Iterable[str] = (),
) -> dict[str, int]:
    """Empty what history says of these families and people: labels, changes, reasons.

    Input: public ids; `others` names further subjects of theirs (kind → ids), such as notes;
    `names`: full names, for events about something else that name them.
    Events that name one of the ids among their changes are emptied too. What was done, when and by
    whom stays, and who looked. Output: how many events and looks were emptied.
    """
    homes, persons = texts(households), texts(people)
    subjects = {"household": homes, "person": persons} | {
        kind: texts(ids) for kind, ids in (others or {}).items()
    }
    events = Q(pk__in=())
    for kind, ids in subjects.items():
        if ids:
            events |= Q(row__subject_type=kind, row__subject_id__in=ids)
    for identifier in [*homes, *persons]:
        events |= Q(changes__icontains=identifier)
    for name in names:
        events |= Q(subject_label__contains=name) | Q(reason__contains=name)
        # SQLite keeps Thai in JSON as escapes.
        for written in (name, json.dumps(name)[1:-1]):
            events |= Q(changes__icontains=written)
    looks = Q(row__household_id__in=homes) if homes else Q(pk__in=())
    if persons:
        looks |= Q(row__person_id__in=persons)
    emptied = {"salt": b"", "reason": "", "erased_at": timezone.now(), "erased_by": by.public_id}
    standing = Q(erased_at=None)
    return {
        "events": EventDetail.objects.filter(standing, events).update(
            **emptied, subject_label="", changes={}
        ),
        "looks": LookDetail.objects.filter(standing, looks).update(**emptied),
    }


def texts(ids: Iterable[object]) -> list[str]:
    return [str(identifier) for identifier in ids]


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The fields that changed, as {field: {"from": old, "to": new}}."""
    return {
        name: {"from": before.get(name), "to": after.get(name)}
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    }
