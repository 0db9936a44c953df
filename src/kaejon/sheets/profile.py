"""The profile of a village or tambon on paper, for a meeting: counts, no names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kaejon.methods.errors import DataError
from kaejon.sheets.typesetting import printable, shortened, typeset
from kaejon.sheets.wording import Language, words

LEVEL_COUNT = 4
LONGEST_PROBLEMS = 20
LONGEST_STRENGTHS = 20

_TEXT_LIMIT = 160
_SUPPRESSED = "–"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A headline number as text with its unit, and the list and date it comes from."""

    name: str
    value: str
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CapitalCounts:
    """Households at levels 1-4 of one capital, in words where they are told so; None is a suppressed cell."""

    name: str
    counts: tuple[int | str | None, ...]

    def __post_init__(self) -> None:
        if len(self.counts) != LEVEL_COUNT:
            raise DataError(
                "sheet_levels", f"{self.name}: {len(self.counts)} level counts, 4 needed"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemCount:
    """How often a problem occurs (None: suppressed) and who looks after it."""

    problem: str
    count: int | None
    responsible: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strength:
    """Something the community has: kind (for example 'กลุ่มออมทรัพย์') and what it is."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaProfile:
    """What the sheet shows; counts are already suppressed where they are small."""

    name: str
    place: tuple[str, ...] = ()
    figures: Sequence[Figure] = ()
    level_words: tuple[str, ...] = ()
    capitals: Sequence[CapitalCounts] = ()
    problems: Sequence[ProblemCount] = ()
    strengths: Sequence[Strength] = ()
    source: str = ""
    language: Language = "th"
    thai_digits: bool = False
    synthetic: bool = False
    printed_by: str = ""
    printed_at: str = ""

    def __post_init__(self) -> None:
        if self.capitals and len(self.level_words) != LEVEL_COUNT:
            raise DataError("sheet_levels", f"{len(self.level_words)} level words, 4 needed")


def render_profile(profile: AreaProfile, *, font_dir: Path) -> bytes:
    """A PDF of one or two A4 pages with room to write what the meeting agrees on.

    Refuses: `SheetFontMissing`.
    """
    wording = words("profile", profile.language)
    counts = [count for capital in profile.capitals for count in capital.counts]
    counts += [problem.count for problem in profile.problems]
    document = {
        "language": profile.language,
        "thai_digits": profile.thai_digits,
        "synthetic": profile.synthetic,
        "name": shortened(profile.name, _TEXT_LIMIT),
        "place": [shortened(piece, _TEXT_LIMIT) for piece in profile.place],
        "figures": [
            {"name": f.name, "value": f.value, "source": f.source} for f in profile.figures
        ],
        "level_words": list(profile.level_words),
        "capitals": [[c.name, *(_count(n) for n in c.counts)] for c in profile.capitals],
        "problems": [_problem_cells(problem) for problem in profile.problems[:LONGEST_PROBLEMS]],
        "strengths": [
            [s.kind, shortened(s.text, _TEXT_LIMIT)] for s in profile.strengths[:LONGEST_STRENGTHS]
        ],
        "source": wording["source"].format(profile.source) if profile.source else "",
        "some_suppressed": None in counts,
        "printed": wording["printed"].format(profile.printed_by, profile.printed_at),
        "words": wording,
    }
    shown = printable(document, thai_digits=profile.thai_digits)
    return typeset("profile", {"document": shown}, font_dir=font_dir)


def _count(number: int | str | None) -> str:
    if isinstance(number, str):
        return number
    return _SUPPRESSED if number is None else f"{number:,}"


def _problem_cells(problem: ProblemCount) -> list[str]:
    return [shortened(problem.problem, _TEXT_LIMIT), _count(problem.count), problem.responsible]
