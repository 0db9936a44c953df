"""Definition of a five-capital score: items, weights, levels. Exact fractions throughout."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any, Literal

from kaejon.methods import definitions
from kaejon.methods.documents import exact_number
from kaejon.methods.errors import UsageError

KIND = "five_capitals"
DEFAULT = "five_capitals_ppp_2568"


@dataclass(frozen=True, slots=True)
class Item:
    """One scored question. `weight` is its share (0-1) of the capital, exact.

    `of` says whether each person or the household answers it; `provisional` gives the
    reason why the weight is not certain, or "".
    """

    code: str
    capital: str
    th: str
    en: str
    of: Literal["person", "household"]
    weight: Fraction
    provisional: str = ""


@dataclass(frozen=True, slots=True)
class Capital:
    """One of the five capitals with its items in questionnaire order."""

    code: str
    th: str
    en: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Level:
    """A level holds scores from its own boundary (included) up to the next level's."""

    level: int
    start: Fraction
    th: str
    en: str


# Compared and hashed as the object it is: `load` gives the same one for the same name, and
# hashing every item for every household would cost more than scoring it.
@dataclass(frozen=True, slots=True, eq=False)
class CapitalDefinition:
    """A whole scoring definition; scores run from `score_min` to `score_max`."""

    name: str
    th: str
    en: str
    unit: str
    survey_years_be: tuple[int, ...]
    source: str
    score_min: Fraction
    score_max: Fraction
    capitals: tuple[Capital, ...]
    levels: tuple[Level, ...]

    @property
    def items(self) -> tuple[Item, ...]:
        """All items, capital by capital."""
        return tuple(item for capital in self.capitals for item in capital.items)

    @property
    def person_items(self) -> tuple[Item, ...]:
        """Items that each member answers; the household has their mean."""
        return tuple(item for item in self.items if item.of == "person")

    @property
    def provisional(self) -> bool:
        """Whether any weight is uncertain."""
        return any(item.provisional for item in self.items)

    def item(self, code: str) -> Item:
        """The item of a code such as "human_1". Refuses (KeyError) an unknown code."""
        return next((i for i in self.items if i.code == code), None) or _unknown(code)

    def level(self, number: int) -> Level:
        """The level of a number 1-4. Refuses (KeyError) an unknown number."""
        return next((v for v in self.levels if v.level == number), None) or _unknown(number)


def _unknown(key: object) -> Any:
    raise KeyError(key)


@lru_cache(maxsize=32)
def load(name: str = DEFAULT) -> CapitalDefinition:
    """The definition of a name or of the path of a TOML file.

    Refuses (UsageError): weights of a capital that do not sum to 1, levels that do not
    ascend from the lowest score, repeated codes, missing or malformed fields.
    """
    document = definitions.load(name, KIND)
    try:
        definition = _read(document)
    except (KeyError, TypeError, ValueError) as error:
        raise _refusal(document["name"], f"a field is missing or malformed: {error}") from error
    _check(definition)
    return definition


def _read(document: definitions.Document) -> CapitalDefinition:
    doubts = {
        code: entry["reason"]
        for entry in document.get("provisional_weights", [])
        for code in entry["items"]
    }
    return CapitalDefinition(
        name=document["name"],
        th=document["title_th"],
        en=document["title_en"],
        unit=document["unit"],
        survey_years_be=tuple(document["survey_years_be"]),
        source=document["source"].strip(),
        score_min=exact_number(document["score_min"]),
        score_max=exact_number(document["score_max"]),
        capitals=tuple(_read_capital(entry, doubts) for entry in document["capitals"]),
        levels=tuple(
            Level(entry["level"], exact_number(entry["from"]), entry["th"], entry["en"])
            for entry in document["levels"]
        ),
    )


def _read_capital(entry: dict[str, Any], doubts: dict[str, str]) -> Capital:
    items = tuple(
        Item(
            code=item["code"],
            capital=entry["code"],
            th=item["th"],
            en=item["en"],
            of=item["of"],
            weight=exact_number(item["weight"]),
            provisional=doubts.get(item["code"], ""),
        )
        for item in entry["items"]
    )
    return Capital(entry["code"], entry["th"], entry["en"], items)


def _check(definition: CapitalDefinition) -> None:
    codes = [item.code for item in definition.items]
    if not codes or len(set(codes)) != len(codes):
        raise _refusal(definition.name, "item codes are missing or repeated")
    for capital in definition.capitals:
        total = sum(item.weight for item in capital.items)
        if total != 1 or any(item.weight < 0 for item in capital.items):
            raise _refusal(definition.name, f"weights of {capital.code} sum to {total}, not 1")
    starts = [level.start for level in definition.levels]
    if not starts or starts[0] != definition.score_min or starts != sorted(set(starts)):
        raise _refusal(definition.name, "levels do not ascend from the lowest score")


def _refusal(name: str, problem: str) -> UsageError:
    return UsageError(
        "definition_invalid",
        f"Definition {name}: {problem}.",
        remedy='Weights and boundaries are exact strings such as "0.075"; correct the file.',
    )
