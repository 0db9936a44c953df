"""One row of a list in canonical form: who, where, what was answered, what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from dataclasses import field as made
from typing import Any, ClassVar, Literal, Self

Severity = Literal["reject", "flag"]


class _Facts:
    """Facts that leave empty values out of their JSON."""

    _names: ClassVar[tuple[str, ...]]

    def to_json(self) -> dict[str, Any]:
        """The facts as a JSON-ready document without empty values."""
        found = {}
        for name in self._names:
            value = getattr(self, name)
            if value is not None and value != "":
                found[name] = value
        return found

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """The facts back from `to_json`."""
        return cls(**document)


@dataclass(slots=True)
class PersonFacts(_Facts):
    """What a row says about a person.

    `national_id` holds 13 digits only when the check digit passes; `national_id_raw` is the text
    as given, `national_id_status` valid, check_failed, malformed, masked or missing,
    `national_id_visible` its 13-character pattern. `name_key` compares names. `birth_date` is
    ISO, CE, its unknown parts 1, as `birth_precision` (day, month, year) says. `age` in years.
    `sex` M or F. Yes/no facts are 1, 0 or None.
    """

    title: str = ""
    first_name: str = ""
    last_name: str = ""
    name_key: str = ""
    national_id: str = ""
    national_id_raw: str = ""
    national_id_status: str = "missing"
    national_id_visible: str = ""
    birth_date: str = ""
    birth_precision: str = ""
    age: int | None = None
    sex: str = ""
    relation: str = ""
    is_head: bool | None = None
    phone: str = ""
    education: str = ""
    occupation: str = ""
    disability: str = ""
    chronic_illness: str = ""
    registered: int | None = None
    validated: int | None = None
    welfare_card: int | None = None


@dataclass(slots=True)
class HouseholdFacts(_Facts):
    """What a row says about the household and where it lives.

    Codes are official and current: `tambon_code` 6 digits, `village_code` 8, `house_code` 11.
    `latitude` and `longitude` are degrees (WGS 84).
    """

    household_ref: str = ""
    house_code: str = ""
    house_no: str = ""
    moo: int | None = None
    village_name: str = ""
    village_code: str = ""
    tambon_code: str = ""
    tambon_name: str = ""
    district_name: str = ""
    province_name: str = ""
    latitude: float | None = None
    longitude: float | None = None

    def key(self) -> str:
        """What tells this household from the others of the same list; empty when nothing does.

        The list's own reference in its village (with the house number, where it is a mere running
        number), else the house code, else the house number in its village.
        """
        place = self.village_code or f"{self.tambon_code}:{self.moo or ''}"
        if self.household_ref:
            house = f":{self.house_no}" if is_running_number(self.household_ref) else ""
            return f"ref:{place}:{self.household_ref}{house}"
        if self.house_code:
            return f"code:{place}:{self.house_code}"
        return f"house:{place}:{self.house_no}" if self.house_no else ""


# Digits a running number may have: a province has fewer households than a million.
RUNNING_DIGITS = 6


def is_running_number(reference: str) -> bool:
    """A bare count of rows or households: begins anew in each village and in each file.

    A code that holds an area (BMN's has 13 digits) or letters names its household by itself.
    """
    return reference.isdecimal() and len(reference) <= RUNNING_DIGITS


PersonFacts._names = tuple(item.name for item in fields(PersonFacts))
HouseholdFacts._names = tuple(item.name for item in fields(HouseholdFacts))


@dataclass(slots=True)
class Answers:
    """What was answered: BMN indicators 1, 0 or None; capital item scores as decimal text."""

    indicators: dict[str, int | None] = made(default_factory=dict)
    capitals: dict[str, str | None] = made(default_factory=dict)
    other: dict[str, Any] = made(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The answers as a JSON-ready document."""
        return {
            "indicators": self.indicators,
            "capitals": self.capitals,
            "other": self.other,
        }


@dataclass(frozen=True, slots=True)
class Issue:
    """One objection to one cell.

    `code` names a message, `field` the canonical field, `column` the header in the file,
    `value` the text found. A `reject` keeps the row out; a `flag` lets it in, marked.
    """

    code: str
    field: str
    column: str
    value: str
    severity: Severity
    params: dict[str, str] = made(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The issue as a JSON-ready document."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(slots=True)
class CanonicalRow:
    """One row of a list. `row` is its 1-based number in the file; `person` None without one."""

    row: int
    person: PersonFacts | None
    household: HouseholdFacts
    answers: Answers
    issues: tuple[Issue, ...] = ()

    @property
    def rejected(self) -> bool:
        """Whether an issue keeps the row out."""
        return any(issue.severity == "reject" for issue in self.issues)

    def to_json(self) -> dict[str, Any]:
        """The row as a JSON-ready document."""
        return {
            "row": self.row,
            "person": None if self.person is None else self.person.to_json(),
            "household": self.household.to_json(),
            "answers": self.answers.to_json(),
            "issues": [issue.to_json() for issue in self.issues],
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> CanonicalRow:
        """The row back from `to_json`."""
        person = document["person"]
        return cls(
            document["row"],
            None if person is None else PersonFacts.from_json(person),
            HouseholdFacts.from_json(document["household"]),
            Answers(**document["answers"]),
            tuple(Issue(**issue) for issue in document["issues"]),
        )
