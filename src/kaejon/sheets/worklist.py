"""The list of households to check in a village, with a box to tick for each outcome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kaejon.sheets.qr import qr_svg
from kaejon.sheets.typesetting import printable, shortened, typeset
from kaejon.sheets.wording import Language, words

_CELL_LIMIT = 110
_LINES_TO_ADD = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One household to visit: house number, head, number of members, lists and what to look at.

    `outcome`: what was found already, printed in place of the boxes.
    """

    house_no: str
    head_name: str
    members: int | None = None
    look_at: tuple[str, ...] = ()
    outcome: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worklist:
    """The list as shown, in the order of the walk; `place` names village to province.

    `year`: list year as text; `given_to` and `due`: who walks it and until when; `url`:
    the page where results are recorded, printed as QR.
    """

    place: tuple[str, ...]
    visits: Sequence[Visit] = ()
    year: str = ""
    given_to: str = ""
    due: str = ""
    url: str = ""
    language: Language = "th"
    thai_digits: bool = False
    synthetic: bool = False
    printed_by: str = ""
    printed_at: str = ""


def render_worklist(worklist: Worklist, *, font_dir: Path) -> bytes:
    """A PDF of A4 landscape pages, one row per household and empty rows for missed ones.

    Refuses: an address that is not http(s), `SheetFontMissing`.
    """
    wording = words("worklist", worklist.language)
    document = {
        "language": worklist.language,
        "thai_digits": worklist.thai_digits,
        "synthetic": worklist.synthetic,
        "place": [shortened(piece, _CELL_LIMIT) for piece in worklist.place],
        "count": wording["count"].format(len(worklist.visits)),
        "year": wording["year"].format(worklist.year) if worklist.year else "",
        "given_to": wording["given_to"].format(worklist.given_to, worklist.due)
        if worklist.given_to
        else "",
        "qr": qr_svg(worklist.url) if worklist.url else None,
        "rows": [_cells(number, visit) for number, visit in enumerate(worklist.visits, start=1)],
        "lines_to_add": _LINES_TO_ADD,
        "printed": wording["printed"].format(worklist.printed_by, worklist.printed_at),
        "words": wording,
    }
    shown = printable(document, thai_digits=worklist.thai_digits)
    return typeset("worklist", {"document": shown}, font_dir=font_dir)


def _cells(number: int, visit: Visit) -> dict[str, str]:
    return {
        "number": str(number),
        "house_no": shortened(visit.house_no, _CELL_LIMIT),
        "head": shortened(visit.head_name, _CELL_LIMIT),
        "members": "" if visit.members is None else str(visit.members),
        "look_at": shortened(" · ".join(visit.look_at), _CELL_LIMIT),
        "outcome": shortened(visit.outcome, _CELL_LIMIT),
    }
