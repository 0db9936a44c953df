"""Which questions of the five capitals and of TPMAP's dimensions ask about the same thing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from kaejon.methods import definitions
from kaejon.methods.definitions import five_capitals, tpmap_dimensions
from kaejon.methods.errors import UsageError

KIND = "crosswalk"
DEFAULT = "capitals_tpmap_crosswalk"
STRENGTHS = ("same", "near")


@dataclass(frozen=True, slots=True)
class Link:
    """Items of one capital beside indicators of one dimension.

    "same": both ask about one fact; "near": the facts usually go together.
    """

    capital: str
    dimension: str
    items: tuple[str, ...]
    indicators: tuple[int, ...]
    strength: Literal["same", "near"]
    th: str
    en: str


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """The links, and what each side asks that the other does not."""

    name: str
    th: str
    en: str
    source: str
    source_th: str
    provisional: bool
    capitals: five_capitals.CapitalDefinition
    tpmap: tpmap_dimensions.TpmapDefinition
    links: tuple[Link, ...]

    def dimensions_of(self, capital: str) -> tuple[str, ...]:
        """Dimensions linked to a capital, in TPMAP's order."""
        found = {link.dimension for link in self.links if link.capital == capital}
        return tuple(dim.code for dim in self.tpmap.dimensions if dim.code in found)

    def capitals_of(self, dimension: str) -> tuple[str, ...]:
        """Capitals linked to a dimension, in the order of the questionnaire."""
        found = {link.capital for link in self.links if link.dimension == dimension}
        return tuple(c.code for c in self.capitals.capitals if c.code in found)

    @property
    def items_alone(self) -> tuple[str, ...]:
        """Items that no indicator of TPMAP asks about."""
        linked = {code for link in self.links for code in link.items}
        return tuple(item.code for item in self.capitals.items if item.code not in linked)

    @property
    def indicators_alone(self) -> tuple[int, ...]:
        """Indicators of TPMAP that no item asks about."""
        linked = {number for link in self.links for number in link.indicators}
        return tuple(number for number in self.tpmap.indicators if number not in linked)


@lru_cache(maxsize=8)
def load(name: str = DEFAULT) -> Crosswalk:
    """The crosswalk of a name or file.

    Refuses (UsageError): an unknown item or indicator, a strength other than same and near,
    missing fields. A line whose items or indicators belong to several capitals or dimensions
    is read as one link for each pair.
    """
    document = definitions.load(name, KIND)
    try:
        capitals = five_capitals.load(document["capitals"])
        tpmap = tpmap_dimensions.load(document["tpmap"])
        links = tuple(
            link for entry in document["links"] for link in _links(entry, capitals, tpmap)
        )
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(
            "definition_invalid",
            f"Definition {document['name']}: {error} is unknown or missing.",
            remedy="Name items and indicators as the two definitions do; strength is same or near.",
        ) from error
    return Crosswalk(
        name=document["name"],
        th=document["title_th"],
        en=document["title_en"],
        source=document["source"].strip(),
        source_th=document["source_th"].strip(),
        provisional=document.get("provisional", False),
        capitals=capitals,
        tpmap=tpmap,
        links=links,
    )


def _links(
    entry: definitions.Document,
    capitals: five_capitals.CapitalDefinition,
    tpmap: tpmap_dimensions.TpmapDefinition,
) -> list[Link]:
    if entry["strength"] not in STRENGTHS:
        raise ValueError(f"strength {entry['strength']!r}")
    by_capital: dict[str, list[str]] = {}
    for code in entry["items"]:
        by_capital.setdefault(capitals.item(code).capital, []).append(code)
    by_dimension: dict[str, list[int]] = {}
    for number in entry["indicators"]:
        dimension = tpmap.dimension_of(number)
        if dimension is None:
            raise KeyError(f"i{number}")
        by_dimension.setdefault(dimension.code, []).append(number)
    return [
        Link(
            capital,
            dimension,
            tuple(items),
            tuple(numbers),
            entry["strength"],
            entry["th"],
            entry["en"],
        )
        for capital, items in by_capital.items()
        for dimension, numbers in by_dimension.items()
    ]
