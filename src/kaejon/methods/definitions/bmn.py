"""Basic Minimum Needs (จปฐ.) indicators of one questionnaire version."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from kaejon.methods import definitions

KIND = "bmn"
DEFAULT = "bmn_2560_2564"


@dataclass(frozen=True, slots=True)
class Category:
    """One of the questionnaire's own chapters."""

    code: str
    th: str
    en: str


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator: passed, failed, or not applicable to the household.

    `dimension` is its TPMAP dimension or None. `applies_to` is "household", "everyone",
    "age" (members aged `youngest` to `oldest`, completed years) or a group of members; an
    indicator about members passes only when every such member passes. `pass_when` is the
    rule in words, "" where no rule could be read.
    """

    no: int
    category: str
    dimension: str | None
    th: str
    en: str
    applies_to: str
    youngest: int | None
    oldest: int | None
    pass_when: str

    @property
    def column(self) -> str:
        """Column of the indicator in lists: i1..i31."""
        return f"i{self.no}"

    @property
    def about_members(self) -> bool:
        """Whether single members pass or fail it, rather than the household as a whole."""
        return self.applies_to != "household"

    def applies_at(self, age: int) -> bool:
        """Whether a member of this age can be asked; only an "age" indicator restricts it."""
        youngest = 0 if self.youngest is None else self.youngest
        return youngest <= age and (self.oldest is None or age <= self.oldest)


@dataclass(frozen=True, slots=True)
class IndicatorSet:
    """A questionnaire version. Income threshold: baht per person per year."""

    name: str
    th: str
    en: str
    unit: str
    survey_years_be: tuple[int, ...]
    source: str
    income_threshold: int
    categories: tuple[Category, ...]
    indicators: tuple[Indicator, ...]

    def indicator(self, no: int) -> Indicator:
        """The indicator of a number. Refuses (KeyError) an unknown number."""
        for indicator in self.indicators:
            if indicator.no == no:
                return indicator
        raise KeyError(no)


@lru_cache(maxsize=8)
def load(name: str = DEFAULT) -> IndicatorSet:
    """The indicator set of a name. Refuses (UsageError) an unknown name."""
    document = definitions.load(name, KIND)
    return IndicatorSet(
        name=document["name"],
        th=document["title_th"],
        en=document["title_en"],
        unit=document["unit"],
        survey_years_be=tuple(document["survey_years_be"]),
        source=document["source"].strip(),
        income_threshold=document["income_threshold_baht_per_person_year"],
        categories=tuple(Category(**entry) for entry in document["categories"]),
        indicators=tuple(
            Indicator(
                no=entry["no"],
                category=entry["category"],
                dimension=entry.get("dimension"),
                th=entry["th"],
                en=entry["en"],
                applies_to=entry["applies_to"],
                youngest=entry.get("youngest"),
                oldest=entry.get("oldest"),
                pass_when=entry.get("pass_when", ""),
            )
            for entry in document["indicators"]
        ),
    )
