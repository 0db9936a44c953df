"""The ranking of problems on paper, before a meeting decides and with what it decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kaejon.sheets.typesetting import printable, shortened, typeset
from kaejon.sheets.wording import Language, words

_NAME_LIMIT = 160
_TEXT_LIMIT = 2_500


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedProblem:
    """One line: place, problem, side that acts, counts as they may be printed, score 0-100;
    a dash for place and score where they are not told."""

    place: int | str
    name: str
    side: str
    households: str
    people: str
    score: int | str


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingDecision:
    """What was decided. `fingerprint` is the beginning of the hash of the frozen ranking."""

    number: int
    decided_on: str
    decided_by: str
    meeting: str
    text: str
    chosen: Sequence[RankedProblem]
    recorded: str
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingSheet:
    """What the sheet shows. `weights`: of households, severity, action. Without a decision: lines to write on."""

    name: str
    place: tuple[str, ...] = ()
    weights: tuple[int, int, int]
    problems: Sequence[RankedProblem] = ()
    decision: MeetingDecision | None = None
    source: str = ""
    language: Language = "th"
    thai_digits: bool = False
    synthetic: bool = False
    printed_by: str = ""
    printed_at: str = ""


def render_meeting(sheet: MeetingSheet, *, font_dir: Path) -> bytes:
    """A PDF of one or two A4 pages. Refuses: `SheetFontMissing`."""
    wording = words("decision", sheet.language)
    decision = sheet.decision
    document = {
        "language": sheet.language,
        "thai_digits": sheet.thai_digits,
        "synthetic": sheet.synthetic,
        "name": shortened(sheet.name, _NAME_LIMIT),
        "place": [shortened(piece, _NAME_LIMIT) for piece in sheet.place],
        "rule": wording["rule"].format(*sheet.weights),
        "problems": [_cells(problem) for problem in sheet.problems],
        "scores": [problem.score for problem in sheet.problems],
        "decision": None
        if decision is None
        else {
            "title": wording["decision"].format(decision.number),
            "facts": [
                [wording["decided_on"], decision.decided_on],
                [wording["meeting"], decision.meeting],
                [wording["decided_by"], decision.decided_by],
            ],
            "text": shortened(decision.text, _TEXT_LIMIT),
            "chosen": [_cells(problem) for problem in decision.chosen],
            "recorded": wording["recorded"].format(decision.recorded, decision.fingerprint),
        },
        "source": wording["source"].format(sheet.source) if sheet.source else "",
        "printed": wording["printed"].format(sheet.printed_by, sheet.printed_at),
        "words": wording,
    }
    shown = printable(document, thai_digits=sheet.thai_digits)
    return typeset("decision", {"document": shown}, font_dir=font_dir)


def _cells(problem: RankedProblem) -> list[str]:
    return [
        str(problem.place),
        shortened(problem.name, _NAME_LIMIT),
        problem.side,
        problem.households,
        problem.people,
        str(problem.score),
    ]
