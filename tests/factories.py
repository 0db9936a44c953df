"""One row of any model, with what it needs around it: `make(Note, text="...")`.

A rule is tested on the smallest world that shows it. Whatever a test does not name is invented
here: a value that the field and the table's constraints allow, and for a required key a row made
in the same way. `INVENTED` holds, model by model, what cannot be read off the fields.
"""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from django.apps import apps
from django.db import models
from django.utils import timezone

from kaejon.apps.access.models import User
from kaejon.apps.areas.models import Area, Level
from kaejon.apps.audit.models import Event, Look, LookKind
from kaejon.apps.homes.models import HouseholdPair
from kaejon.apps.households.models import House, Household, Person
from kaejon.apps.linking.models import LinkRun, PersonPair
from kaejon.methods.thai.names import name_key

Row = TypeVar("Row", bound=models.Model)
Values = dict[str, Any]

VILLAGE = "33010101"
LONG_AGO = date(2020, 1, 1)
_numbers = itertools.count(1)


def make(model: type[Row], **given: Any) -> Row:
    """A saved row; values that are not given are invented."""
    values = {**INVENTED.get(model, dict)(), **given}
    for field in model._meta.concrete_fields:
        if _is_required(field) and not {field.name, field.attname} & values.keys():
            values[field.name] = _invented(field)
    manager = getattr(model, "everyone", model._base_manager)
    return manager.create(**values)  # type: ignore[no-any-return]


def area(code: str = VILLAGE) -> Area:
    """The area of a code, with those around it."""
    if known := Area.objects.filter(code=code).first():
        return known
    level = {2: Level.PROVINCE, 4: Level.DISTRICT, 6: Level.TAMBON, 8: Level.VILLAGE}[len(code)]
    parent = area(code[:-2]) if len(code) > 2 else None
    return Area.objects.create(
        code=code, level=level, parent=parent, name_th=f"สมมติ {code}", name_en=f"Sommot {code}"
    )


def all_models() -> list[type[models.Model]]:
    """Every table of the product's own apps."""
    return [model for model in apps.get_models() if model.__module__.startswith("kaejon.")]


def _is_required(field: models.Field[Any, Any]) -> bool:
    automatic = field.primary_key and field.get_internal_type().endswith("AutoField")
    written = getattr(field, "auto_now_add", False) or getattr(field, "auto_now", False)
    optional = field.has_default() or field.null or (field.blank and not field.unique)
    return not (automatic or written or optional)


def _invented(field: models.Field[Any, Any]) -> Any:
    if field.remote_field is not None:
        related = field.related_model
        return area() if related is Area else make(related)
    if field.name == "year_be":
        return 2568
    if field.choices:
        return next(value for value, _ in field.flatchoices if value != "")
    number = next(_numbers)
    value = BY_KIND[field.get_internal_type()](number)
    return value[: field.max_length] if isinstance(value, str) and field.max_length else value


BY_KIND: dict[str, Callable[[int], Any]] = {
    "CharField": lambda n: f"สมมติ-{n}",
    "SlugField": lambda n: f"invented-{n}",
    "TextField": lambda n: f"ข้อความสมมติ {n}",
    "EmailField": lambda n: f"nobody{n}@example.invalid",
    "PositiveSmallIntegerField": lambda n: 1,
    "PositiveIntegerField": lambda n: n,
    "PositiveBigIntegerField": lambda n: n,
    "IntegerField": lambda n: n,
    "BigIntegerField": lambda n: n,
    "FloatField": lambda n: 0.5,
    "BooleanField": lambda n: False,
    "DateField": lambda n: LONG_AGO,
    "DateTimeField": lambda n: timezone.now(),
    "JSONField": lambda n: {},
    "BinaryField": lambda n: b"invented",
    "UUIDField": lambda n: uuid.uuid4(),
}


def _household() -> Values:
    house = make(House)
    return {"house": house, "area_id": house.area_id, "house_no": house.house_no}


def _person() -> Values:
    household = make(Household)
    names = {"first_name": f"สมมติ{next(_numbers)}", "last_name": "ไม่มีจริง"}
    return {
        **names,
        "household": household,
        "area_id": household.area_id,
        "first_key": name_key(names["first_name"], ""),
        "last_key": name_key("", names["last_name"]),
        "name_key": name_key(names["first_name"], names["last_name"]),
    }


def _two(model: type[models.Model]) -> Values:
    return {"one": make(model), "other": make(model)}


# What the fields alone do not say.
INVENTED: dict[type[models.Model], Callable[[], Values]] = {
    Area: lambda: {"code": "34", "level": Level.PROVINCE},
    Event: lambda: {"area_code": VILLAGE, "actor_id": "nobody"},
    Look: lambda: {"area_code": VILLAGE, "actor_id": "nobody", "kind": LookKind.VIEW},
    User: lambda: {"username": f"somebody-{next(_numbers)}"},
    House: lambda: {"area": area(), "house_no": str(next(_numbers))},
    Household: _household,
    Person: _person,
    HouseholdPair: lambda: _two(Household),
    PersonPair: lambda: _two(Person) | {"run": make(LinkRun)},
}
