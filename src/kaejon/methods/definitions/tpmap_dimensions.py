"""TPMAP's five dimensions and the indicators that fail each of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from kaejon.methods import definitions

KIND = "tpmap"
DEFAULT = "tpmap_2561"


@dataclass(frozen=True, slots=True)
class Dimension:
    """A dimension is failed when at least one of its indicators is failed."""

    code: str
    th: str
    en: str
    indicators: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TpmapDefinition:
    """The dimensions in TPMAP's order, over one indicator set."""

    name: str
    th: str
    en: str
    survey_years_be: tuple[int, ...]
    source: str
    indicator_set: str
    dimensions: tuple[Dimension, ...]

    @property
    def indicators(self) -> tuple[int, ...]:
        """Numbers of all indicators that count, ascending."""
        return tuple(sorted(no for dim in self.dimensions for no in dim.indicators))

    def dimension_of(self, no: int) -> Dimension | None:
        """The dimension an indicator belongs to, or None."""
        return next((dim for dim in self.dimensions if no in dim.indicators), None)


@lru_cache(maxsize=8)
def load(name: str = DEFAULT) -> TpmapDefinition:
    """The definition of a name. Refuses (UsageError) an unknown name."""
    document = definitions.load(name, KIND)
    return TpmapDefinition(
        name=document["name"],
        th=document["title_th"],
        en=document["title_en"],
        survey_years_be=tuple(document["survey_years_be"]),
        source=document["source"].strip(),
        indicator_set=document["indicator_set"],
        dimensions=tuple(
            Dimension(entry["code"], entry["th"], entry["en"], tuple(entry["indicators"]))
            for entry in document["dimensions"]
        ),
    )
