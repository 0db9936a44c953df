"""The one door through which families leave: what an answer shows is written down as looks.

Every page is rendered by `SeeingEngine`. When a template was rendered, the families among the
things it was given are noted on the request: households, people, and whatever belongs to one.
`write_looks` writes them down when the answer leaves (middleware): a household the page was opened
for as a look of its own, all others together as one packed row. A page need not know of this;
what it shows without handing rows to a template, it notes by `opened` or `shown`.
An answer that shows nothing (a redirect, a refusal) is no look.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Page
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.template.backends.django import DjangoTemplates, Template

from kaejon.apps.access.scope import role_names
from kaejon.apps.audit.actions import record_list, record_looks
from kaejon.apps.audit.models import LookKind
from kaejon.apps.households.models import Household

SHOWS_NOTHING = frozenset({204, 403, 404, 405})
PLAIN = (str, bytes, int, float, bool, type(None))


@dataclass
class Seen:
    """What the answer under way shows, by public id → area: opened by itself, or listed.

    Of `keys` (households) and `people` only the key is at hand. A household recorded in another
    way (printed, revealed) is `done`.
    """

    opened: dict[UUID, str] = field(default_factory=dict)
    listed: dict[UUID, str] = field(default_factory=dict)
    keys: set[int] = field(default_factory=set)
    people: set[int] = field(default_factory=set)
    done: set[UUID] = field(default_factory=set)


def seen_in(request: HttpRequest) -> Seen:
    if not hasattr(request, "families_seen"):
        request.families_seen = Seen()
    seen: Seen = request.families_seen
    return seen


def opened(request: HttpRequest, *households: Household | None) -> None:
    """The answer is about these households."""
    areas = {h.public_id: h.area_id for h in households if h is not None}
    seen_in(request).opened.update(areas)


def opened_by(request: HttpRequest, row: Any) -> None:
    """The answer is about the household that this row belongs to."""
    note(request, row, seen_in(request).opened)


def recorded(request: HttpRequest, household: Household) -> None:
    """The look at this household is written already, with its own kind and reason."""
    seen_in(request).done.add(household.public_id)


def shown(request: HttpRequest, *things: Any) -> None:
    """The answer shows the families in these things."""
    note(request, things, seen_in(request).listed)


def shown_by_key(
    request: HttpRequest, *, households: Iterable[int] = (), people: Iterable[int] = ()
) -> None:
    """The answer shows these families, of which only keys are at hand."""
    seen = seen_in(request)
    seen.keys.update(households)
    seen.people.update(people)


def note(request: HttpRequest, things: Any, place: dict[UUID, str]) -> None:
    seen, found = seen_in(request), families_in(things)
    place.update({home.public_id: home.area_id for home in found.homes.values()})
    seen.keys |= found.keys - set(found.homes)
    seen.people |= found.people


def write_looks(request: HttpRequest, response: HttpResponseBase) -> None:
    """Write down what the answer shows; called once, when it leaves."""
    seen: Seen | None = getattr(request, "families_seen", None)
    status = response.status_code
    if seen is None or status in SHOWS_NOTHING or 300 <= status < 400:
        return
    by, role = request.user, ""
    alone = {key: area for key, area in seen.opened.items() if key not in seen.done}
    listed = seen.listed | by_keys(seen)
    listed = {key: area for key, area in listed.items() if key not in {*alone, *seen.done}}
    if alone or listed:
        role = role_names(by)
    if alone:
        record_looks(by=by, kind=LookKind.VIEW, households=alone.items(), role=role)
    if listed:
        record_list(by=by, families=listed.items(), role=role)


def by_keys(seen: Seen) -> dict[UUID, str]:
    """The families of which only a key, or only a member's key, was at hand."""
    if not seen.keys and not seen.people:
        return {}
    rows = Household.everyone.filter(Q(pk__in=seen.keys) | Q(people__in=seen.people))
    return dict(rows.values_list("public_id", "area_id"))


@dataclass
class Families:
    """Families found in things: rows by key, and keys where only those are at hand."""

    homes: dict[int, Household] = field(default_factory=dict)
    keys: set[int] = field(default_factory=set)
    people: set[int] = field(default_factory=set)

    def add(self, row: Model) -> None:
        """A household itself, or what a row says it belongs to."""
        values = row.__dict__
        if isinstance(row, Household):
            self.homes[row.pk] = row
        elif values.get("household_id"):
            self.keys.add(values["household_id"])
        elif values.get("person_id"):
            self.people.add(values["person_id"])


def families_in(things: Any) -> Families:
    """The families in what a template was given."""
    found = Families()
    visited: set[int] = set()
    waiting: list[Any] = [things]
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, PLAIN) or id(thing) in visited:
            continue
        visited.add(id(thing))
        if isinstance(thing, Model):
            found.add(thing)
        waiting.extend(parts_of(thing))
    return found


def parts_of(thing: Any) -> Iterable[Any]:
    """What a thing holds, as far as it is at hand: nothing is fetched that was not shown."""
    if isinstance(thing, Mapping):
        return thing.values()
    if isinstance(thing, list | tuple | set | frozenset):
        return thing
    if isinstance(thing, QuerySet):
        return thing._result_cache or ()
    if isinstance(thing, Page):
        return (thing.object_list,)
    if isinstance(thing, forms.BaseForm):
        return choices_of(thing)
    if isinstance(thing, Model):
        related = thing._state.fields_cache.values()
        return (*related, *(v for v in thing.__dict__.values() if not isinstance(v, PLAIN)))
    if type(thing).__module__.startswith("kaejon."):
        names = getattr(thing, "__slots__", ())
        return (
            (*vars(thing).values(),)
            if hasattr(thing, "__dict__")
            else (*(getattr(thing, name, None) for name in names),)
        )
    return ()


def choices_of(form: forms.BaseForm) -> list[Any]:
    """Families offered as choices of a form."""
    offered = [getattr(f, "queryset", None) for f in form.fields.values()]
    return [
        list(rows)
        for rows in offered
        if rows is not None and (rows.model is Household or hasattr(rows.model, "household_id"))
    ]


class SeeingTemplate(Template):
    """A template that notes on the request which families it was given."""

    def render(self, context: Any = None, request: HttpRequest | None = None) -> Any:
        text = super().render(context, request)
        if request is not None and context:
            shown(request, context)
        return text


class SeeingEngine(DjangoTemplates):
    """Django's templates, seeing what they show."""

    def get_template(self, template_name: str) -> SeeingTemplate:
        return SeeingTemplate(super().get_template(template_name).template, self)
