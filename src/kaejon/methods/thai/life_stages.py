"""Life stages used in tables: they do not overlap, so nobody is counted twice.

The partners' own stages overlap (teenager and student 5-21, working age 15-59, elderly
60+); these four are kaejon's choice for counting.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LifeStage:
    """Ages `youngest` to `oldest` in completed years, both included; None: no upper end."""

    code: str
    youngest: int
    oldest: int | None
    th: str
    en: str

    def holds(self, age: int) -> bool:
        """Whether the age falls in this stage."""
        return self.youngest <= age and (self.oldest is None or age <= self.oldest)


LIFE_STAGES = (
    LifeStage("early_childhood", 0, 4, "ปฐมวัย (0-4 ปี)", "early childhood (0-4)"),
    LifeStage("school_age", 5, 14, "วัยเรียน (5-14 ปี)", "school age (5-14)"),
    LifeStage("working_age", 15, 59, "วัยแรงงาน (15-59 ปี)", "working age (15-59)"),
    LifeStage("elderly", 60, None, "ผู้สูงอายุ (60 ปีขึ้นไป)", "elderly (60+)"),
)


def life_stage(age: int) -> LifeStage:
    """The stage of an age in completed years. Refuses (ValueError) a negative age."""
    for stage in LIFE_STAGES:
        if stage.holds(age):
            return stage
    raise ValueError("an age cannot be negative")
