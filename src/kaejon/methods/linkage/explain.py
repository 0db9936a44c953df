"""Say in plain words why two records are, or may be, one person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import log2
from typing import Literal

from kaejon.methods.linkage.lanes import DECIDED
from kaejon.methods.linkage.profile import Model, Profile

Language = Literal["th", "en"]

_DECIDED = {"th": "เจ้าหน้าที่ตัดสินแล้วว่าเป็นคนเดียวกัน", "en": "a person decided that they are the same"}
_NOTHING = {"th": "ไม่มีข้อมูลให้เปรียบเทียบ", "en": "nothing could be compared"}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one comparison says: its words and its weight.

    `weight` is log2 of how much likelier this agreement is for one person than for two, by
    the shipped model: +1 doubles the odds, -1 halves them.
    """

    comparison: str
    level: str
    words: str
    weight: float


def explain(
    profile: Profile,
    *,
    lane: str | None,
    levels: Mapping[str, int | None],
    language: Language = "th",
) -> str:
    """One line such as "ชื่อเหมือนกันมาก, ปีเกิดตรง, บ้านเลขที่ต่าง".

    Input: the `lane` and level columns of `LinkResult.pairs`. Unknown facts are left out.
    """
    if lane == DECIDED:
        return _DECIDED[language]
    for rule in profile.lanes:
        if rule.name == lane:
            return rule.th if language == "th" else rule.en
    words = [
        level.th if language == "th" else level.en
        for comparison in profile.comparisons
        if (reached := levels.get(comparison.name)) is not None
        for level in [comparison.levels[reached]]
    ]
    return ", ".join(words) or _NOTHING[language]


def evidence(
    profile: Profile, model: Model, levels: Mapping[str, int | None], language: Language = "th"
) -> list[Evidence]:
    """The comparisons of a scored pair one by one, for showing what spoke for and against."""
    found = []
    for comparison in profile.comparisons:
        reached = levels.get(comparison.name)
        if reached is not None:
            level = comparison.levels[reached]
            m, u = model.probabilities[comparison.name, level.name]
            words = level.th if language == "th" else level.en
            found.append(Evidence(comparison.name, level.name, words, round(log2(m / u), 2)))
    return found
