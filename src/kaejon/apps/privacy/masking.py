"""National IDs in free text: refused when they are written, masked where they stand already.

Forms refuse them with a sentence beside the field (`web.forms`). `refuse_number` is the net
below every door: whatever a verb saves. The job masks what was stored before there was a net;
in the history, whose rows never change, it empties the personal part.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kaejon.apps.access.operator import ensure_operator
from kaejon.apps.audit.models import Detail
from kaejon.apps.jobs.actions import Progress, enqueue
from kaejon.apps.jobs.models import Job
from kaejon.apps.privacy.refusals import PrivacyRefused
from kaejon.apps.sources.masking import masked
from kaejon.methods.thai import national_id

KIND = "mask_numbers"
CHUNK = 2_000
# Keys of lists may have thirteen digits too.
OF_KEYS = frozenset({"sources.HouseholdReference.reference", "sources.SourceRecord.group"})


@cache
def texts_of(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """Columns in which somebody's words may stand: texts without a list of choices, and documents."""
    return [
        column
        for column in model._meta.concrete_fields
        if isinstance(column, models.CharField | models.TextField | models.JSONField)
        and not column.choices
        and f"{model._meta.label}.{column.name}" not in OF_KEYS
    ]


# Tables that the database lets nobody change; their texts speak of areas.
NEVER_CHANGED = ("ranking",)


def tables() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("kaejon.apps.")]


def refuse_number(sender: type[models.Model], instance: models.Model, **kwargs: Any) -> None:
    """Before anything is saved: no text of it holds a national ID."""
    if not sender.__module__.startswith("kaejon.apps."):
        return
    written = kwargs.get("update_fields")
    for column in texts_of(sender):
        if isinstance(column, models.JSONField) or (written and column.name not in written):
            continue
        value = getattr(instance, column.attname)
        if (
            isinstance(value, str)
            and len(value) >= national_id.LENGTH
            and national_id.stands_in(value)
        ):
            raise PrivacyRefused(
                "national_id_in_text",
                _("This text holds a national ID number."),
                _("Write the name instead, or only the last four digits."),
            )


def ask_once() -> int:
    """Housekeeping: one job in the life of an installation masks what was stored before."""
    if Job.objects.filter(key=KIND).exists():
        return 0
    enqueue(kind=KIND, key=KIND, payload={}, by=ensure_operator(), owed=True)
    return 1


def run(progress: Progress) -> dict[str, Any]:
    """Job handler: every text of every table, a chunk of rows a transaction."""
    masked = 0
    for done, model in enumerate(tables(), 1):
        if texts_of(model) and model._meta.app_label not in NEVER_CHANGED:
            for keys in chunks(model):
                with transaction.atomic():
                    masked += mask_rows(model, keys)
                    progress.advance(stage="mask", done=done, total=len(tables()))
    return {"rows": masked}


def chunks(model: type[models.Model]) -> Iterator[list[Any]]:
    """Primary keys of a table, in order, a chunk at a time."""
    rows = model._base_manager.order_by("pk")
    keys = list(rows.values_list("pk", flat=True)[:CHUNK])
    while keys:
        yield keys
        keys = list(rows.filter(pk__gt=keys[-1]).values_list("pk", flat=True)[:CHUNK])


def mask_rows(model: type[models.Model], keys: list[Any]) -> int:
    """Mask the numbers in these rows; returns how many rows changed."""
    columns = texts_of(model)
    names = [column.name for column in columns]
    changed = 0
    for row in model._base_manager.filter(pk__in=keys).values_list("pk", *names):
        values = dict(zip(names, row[1:], strict=True))
        new = {name: masked(value) for name, value in values.items()}
        new = {name: value for name, value in new.items() if value != values[name]}
        if new:
            write(model, row[0], shortened(model, new))
            changed += 1
    return changed


def write(model: type[models.Model], key: Any, values: dict[str, Any]) -> None:
    if issubclass(model, Detail):
        emptied: dict[str, Any] = {"subject_label": "", "changes": {}}
        values = {name: v for name, v in emptied.items() if name in columns_of(model)}
        values |= {"salt": b"", "reason": "", "erased_at": timezone.now()}
        values["erased_by"] = ensure_operator().public_id
    model._base_manager.filter(pk=key).update(**values)


def columns_of(model: type[models.Model]) -> set[str]:
    return {column.name for column in model._meta.concrete_fields}


def shortened(model: type[models.Model], values: dict[str, Any]) -> dict[str, Any]:
    """A masked number is a little longer than one without dashes: texts stay within their length."""
    return {
        name: value[: getattr(model._meta.get_field(name), "max_length", None)]
        if isinstance(value, str)
        else value
        for name, value in values.items()
    }
