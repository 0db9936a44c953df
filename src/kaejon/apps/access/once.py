"""The same thing asked for twice is made once.

A weak line, a second tap or a second telephone sends a form again while the first sending is
still under way. Whoever lets a request in says what would make another one the same
(`asking`); a verb that makes something new is marked with `made_once` and answers a repeated
asking with what the first one made.
"""

from __future__ import annotations

import contextlib
import contextvars
import functools
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar, cast

from django.apps import apps
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from kaejon.apps.access.models import Asked, User
from kaejon.methods.errors import DataError

KEPT_FOR = timedelta(hours=24)

Verb = TypeVar("Verb", bound=Callable[..., models.Model | None])


@dataclass
class Asking:
    """One request: `key` (made when first needed) is equal for a request sent again; empty: never."""

    key: Callable[[], str]
    calls: Counter[str] = field(default_factory=Counter)

    def key_of(self, verb: str) -> str:
        """One request may call a verb several times, each for another thing."""
        self.calls[verb] += 1
        key = self.key()
        return key and hashlib.sha256(f"{key} {verb} {self.calls[verb]}".encode()).hexdigest()


under_way: contextvars.ContextVar[Asking | None] = contextvars.ContextVar("asking", default=None)


@contextlib.contextmanager
def asking(key: Callable[[], str]) -> Iterator[None]:
    """Everything made inside is made once for this key and person."""
    token = under_way.set(Asking(key))
    try:
        yield
    finally:
        under_way.reset(token)


def made_once(verb: Verb) -> Verb:
    """A verb that makes a row and returns it, or nothing; asked again with the same key, it returns the same.

    The key is taken in the transaction of the verb, so of two at the same moment the second
    waits for the first, and a verb that refused leaves no key behind.
    """
    name = f"{verb.__module__.removeprefix('kaejon.apps.')}.{verb.__qualname__}"

    @functools.wraps(verb)
    def asked(*args: Any, by: User, **given: Any) -> models.Model | None:
        request = under_way.get()
        key = request.key_of(name) if request else ""
        if not key:
            return verb(*args, by=by, **given)
        with transaction.atomic():
            row, first = Asked.objects.get_or_create(user=by, key=key)
            if not first:
                return made_before(row)
            result = verb(*args, by=by, **given)
            if result is not None:
                row.kind, row.made = result._meta.label, result.pk
                row.save(update_fields=["kind", "made"])
            return result

    return cast(Verb, asked)


def refuse_again(verb: str, *, by: User) -> None:
    """For a verb whose answer is given once, as a secret is. Refuses (DataError) the same asking sent again.

    Call it in the transaction of the verb, so that a verb that refused leaves no key behind.
    """
    request = under_way.get()
    key = request.key_of(verb) if request else ""
    if key and not Asked.objects.get_or_create(user=by, key=key)[1]:
        raise DataError(
            "told_once",
            gettext_noop("This was done already, and its answer is shown only once."),
            remedy=gettext_noop(
                "If you did not see the answer, stop what was made on your page and open the form anew."
            ),
        )


def made_before(row: Asked) -> models.Model | None:
    """What the first asking made. Refuses (DataError) what somebody took away since."""
    if row.made is None:
        return None
    made: models.Model | None = apps.get_model(row.kind)._base_manager.filter(pk=row.made).first()
    if made is None:
        raise DataError(
            "made_and_gone",
            gettext_noop("This was done already, and what it made was taken away since."),
            remedy=gettext_noop("Open the page anew if you want to do it again."),
        )
    return made


def forget_askings() -> int:
    """Keys older than a day; returns how many."""
    return Asked.objects.filter(at__lt=timezone.now() - KEPT_FOR).delete()[0]
