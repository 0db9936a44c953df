"""The paper that tells a family what was found about it, and how to object: half an A4 and a slip."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kaejon.methods.errors import DataError
from kaejon.sheets.qr import qr_svg
from kaejon.sheets.typesetting import printable, shortened, typeset
from kaejon.sheets.wording import Language, words

_LIMIT = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """What is told. `outcome`: code of the meaning; `result`: the same in the words of the sheet.

    `contact` names the office, `object_by` the day, `answer_days` how long an answer may take.
    """

    head_name: str
    house_no: str
    place: tuple[str, ...]
    outcome: str
    result: str
    year: str
    how: str
    on: str
    by: str
    contact: str
    object_by: str
    answer_days: int
    url: str
    reason: str = ""
    language: Language = "th"
    thai_digits: bool = False
    synthetic: bool = False
    printed_by: str = ""
    printed_at: str = ""


def render_check_result(result: CheckResult, *, font_dir: Path) -> bytes:
    """A PDF of one A4 page. Refuses: an outcome without a meaning, `SheetFontMissing`."""
    wording = words("check_result", result.language)
    meaning = wording["meanings"].get(result.outcome)
    if meaning is None:
        raise DataError("sheet_outcome", f"outcome {result.outcome!r} has no words on this sheet")
    facts = [
        (wording["how"], result.how),
        (wording["on"], result.on),
        (wording["by"], result.by),
        (wording["reason"], result.reason),
    ]
    document = {
        "language": result.language,
        "thai_digits": result.thai_digits,
        "synthetic": result.synthetic,
        "family": wording["family"].format(shortened(result.head_name, _LIMIT)),
        "from_family": wording["from_family"].format(shortened(result.head_name, _LIMIT)),
        "house": wording["house_no"].format(result.house_no) if result.house_no else "",
        "place": [shortened(piece, _LIMIT) for piece in result.place],
        "result": shortened(result.result, _LIMIT),
        "year": wording["year"].format(result.year),
        "facts": [(name, shortened(value, _LIMIT)) for name, value in facts if value],
        "meaning": meaning,
        "object_how": wording["object_how"].format(
            result.contact, result.object_by, result.answer_days
        ),
        "qr": qr_svg(result.url),
        "printed": wording["printed"].format(result.printed_by, result.printed_at),
        "words": {name: value for name, value in wording.items() if name != "meanings"},
    }
    shown = printable(document, thai_digits=result.thai_digits)
    return typeset("check_result", {"document": shown}, font_dir=font_dir)
