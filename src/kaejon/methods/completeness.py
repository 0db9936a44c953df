"""How full and how valid one row of a list is, field by field.

Filled: something readable stands there. Valid: it can be used as it is - a national ID
with a correct check digit, a full date of birth (an age in years only fills it), a village
known by its code.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

FIELDS = (
    "national_id",
    "birth_date",
    "surname",
    "sex",
    "house_no",
    "village",
    "coordinates",
)
Facts = Mapping[str, Any]


def judge(facts: Facts) -> dict[str, tuple[bool, bool]]:
    """(filled, valid) of each field of one row. Input: canonical facts of person and household."""
    person: Facts = facts.get("person") or {}
    household: Facts = facts.get("household") or {}
    status = person.get("national_id_status", "missing")
    day = bool(person.get("birth_date"))
    return {
        "national_id": (status != "missing", status == "valid"),
        "birth_date": (
            day or person.get("age") is not None,
            day and person.get("birth_precision") == "day",
        ),
        "surname": both(person.get("last_name")),
        "sex": both(person.get("sex")),
        "house_no": both(household.get("house_no")),
        "village": both(household.get("village_code")),
        "coordinates": both(household.get("latitude") is not None),
    }


def both(value: object) -> tuple[bool, bool]:
    return bool(value), bool(value)
