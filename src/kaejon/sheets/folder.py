"""The Family Folder on paper: one A4 page per household, as many pages as households.

The caller gives what may be shown, already masked and checked for permission;
this module arranges and prints. Long lists are cut where the page ends and say
how many items are left to read in the system.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kaejon.methods.errors import DataError, UsageError
from kaejon.sheets.qr import qr_svg
from kaejon.sheets.typesetting import printable, shortened, typeset
from kaejon.sheets.wording import LANGUAGES, Language, words

LEVELS = (1, 2, 3, 4)
# One PDF is laid out in memory as a whole, about 4 MB per page.
LARGEST_BATCH = 400
CAPITALS = 5

_NOTE_LIMIT = 400
_TEXT_LIMIT = 160
_NAME_LIMIT = 80
_FULL_NATIONAL_ID = re.compile(r"(?<!\d)\d(?:[ -]?\d){12}(?!\d)")

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdHeading:
    """Who and where: the family first, codes small."""

    head_name: str
    house_no: str = ""
    moo: str = ""
    village: str = ""
    tambon: str = ""
    district: str = ""
    province: str = ""
    house_code: str = ""
    coordinates: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderMember:
    """One member; `national_id` masked, `marks` short remarks such as 'bedridden'."""

    name: str
    relation: str = ""
    sex: str = ""
    age: str = ""
    life_stage: str = ""
    national_id: str = ""
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderProblem:
    """A problem of a member, or of the household when `member` is empty."""

    text: str
    member: str = ""
    source: str = ""
    as_of: str = ""
    responsible: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CapitalLevel:
    """One capital, or the overall figure: score on the scale 1-4 as text, level 1-4.

    Both None: not surveyed. `provisional`: computed with weights not confirmed.
    """

    name: str
    score: str | None = None
    level: int | None = None
    level_word: str = ""
    provisional: bool = False

    def __post_init__(self) -> None:
        if self.level is not None and self.level not in LEVELS:
            raise DataError("sheet_level", f"level {self.level} of {self.name} is not one of 1-4")


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderAssistance:
    """One entry of the assistance ledger; `value` in baht or in kind, optional."""

    what: str
    giver: str = ""
    date: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderSource:
    """One list that speaks of the household and what it says."""

    name: str
    year: str = ""
    as_of: str = ""
    says: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderConflict:
    """A fact on which sources disagree: pairs of value and source."""

    fact: str
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderSheet:
    """Everything that one page shows. Dates and numbers come as text in the sheet's language.

    `capitals` holds the five in fixed order (or none of them, when not surveyed);
    `definition` names definition, date and source of the levels in one line.
    """

    household: HouseholdHeading
    folder_url: str
    language: Language = "th"
    thai_digits: bool = False
    synthetic: bool = False
    members: tuple[FolderMember, ...] = ()
    problems: tuple[FolderProblem, ...] = ()
    capitals: tuple[CapitalLevel, ...] = ()
    overall: CapitalLevel | None = None
    definition: str = ""
    assistance: tuple[FolderAssistance, ...] = ()
    sources: tuple[FolderSource, ...] = ()
    conflicts: tuple[FolderConflict, ...] = ()
    attention: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    consent: str = ""
    printed_by: str = ""
    printed_at: str = ""

    def __post_init__(self) -> None:
        if self.language not in LANGUAGES:
            raise UsageError("sheet_language", f"language {self.language!r} is not th or en")
        if len(self.capitals) not in (0, CAPITALS):
            raise DataError(
                "sheet_capitals", f"{len(self.capitals)} capitals given, 5 or none allowed"
            )
        for member in self.members:
            if _FULL_NATIONAL_ID.search(member.national_id):
                raise DataError(
                    "sheet_unmasked_national_id",
                    f"the national ID of {member.name} is not masked",
                    remedy="give the masked form, for example x-xxxx-xxxxx-12-3",
                )


def render_folders(
    sheets: Sequence[FolderSheet], *, font_dir: Path, progress: Progress | None = None
) -> bytes:
    """One PDF with exactly one A4 page per sheet, in the given order.

    `progress(done, total)` is called while pages are prepared and, with done
    equal to total, when the PDF is ready. Refuses: no sheets or more than
    `LARGEST_BATCH`, a folder address
    that is not http(s), `SheetFontMissing`.
    """
    if not sheets:
        raise DataError(
            "sheet_no_households", "no household to print", remedy="choose an area with households"
        )
    if len(sheets) > LARGEST_BATCH:
        raise DataError(
            "sheet_batch_too_large",
            f"{len(sheets)} folders in one PDF, at most {LARGEST_BATCH} allowed",
            remedy="print a smaller area, for example village by village",
        )
    pages = []
    for done, sheet in enumerate(sheets):
        if progress:
            progress(done, len(sheets))
        pages.append(_page(sheet))
    first = sheets[0]
    title = words("folder", first.language)["title"]
    document = {"pages": pages, "title": title, "words": _words_used(sheets)}
    pdf = typeset("folder", document, font_dir=font_dir)
    if progress:
        progress(len(sheets), len(sheets))
    return pdf


def _words_key(sheet: FolderSheet) -> str:
    return f"{sheet.language}-{'thai' if sheet.thai_digits else 'latin'}-digits"


def _words_used(sheets: Sequence[FolderSheet]) -> dict[str, object]:
    return {
        _words_key(sheet): printable(words("folder", sheet.language), thai_digits=sheet.thai_digits)
        for sheet in {(s.language, s.thai_digits): s for s in sheets}.values()
    }


def _page(sheet: FolderSheet) -> object:
    page = {
        "language": sheet.language,
        "words": _words_key(sheet),
        "thai_digits": sheet.thai_digits,
        "synthetic": sheet.synthetic,
        "qr": qr_svg(sheet.folder_url),
        "url": sheet.folder_url,
        "head": shortened(sheet.household.head_name, _NAME_LIMIT),
        "place": _place(sheet),
        "codes": _codes(sheet),
        "members": [_member(member) for member in sheet.members],
        "problems": [_problem(problem) for problem in sheet.problems],
        "capitals": [_capital(capital) for capital in sheet.capitals],
        "overall": sheet.overall and _capital(sheet.overall),
        "definition": shortened(sheet.definition, _TEXT_LIMIT),
        "assistance": [_assistance(entry) for entry in sheet.assistance],
        "sources": [_source(source, sheet.language) for source in sheet.sources],
        "conflicts": [_conflict(conflict) for conflict in sheet.conflicts],
        "attention": [shortened(mark, _NAME_LIMIT) for mark in sheet.attention],
        "notes": [shortened(note, _NOTE_LIMIT) for note in sheet.notes],
        "consent": shortened(sheet.consent, _TEXT_LIMIT),
        "printed": _fill(sheet, "printed", sheet.printed_by, sheet.printed_at),
    }
    return printable(page, thai_digits=sheet.thai_digits)


def _fill(sheet: FolderSheet, key: str, *values: object) -> str:
    return str(words("folder", sheet.language)[key]).format(*values)


def _place(sheet: FolderSheet) -> list[str]:
    """The address as pieces that must not be broken inside."""
    keys = ("house_no", "moo", "village", "tambon", "district", "province")
    values = [(key, getattr(sheet.household, key)) for key in keys]
    return [_fill(sheet, key, shortened(value, _NAME_LIMIT)) for key, value in values if value]


def _codes(sheet: FolderSheet) -> list[str]:
    household = sheet.household
    code = [_fill(sheet, "house_code", household.house_code)] if household.house_code else []
    if household.coordinates:
        return [*code, _fill(sheet, "coordinates", household.coordinates)]
    return [*code, _fill(sheet, "no_coordinates")]


def _member(member: FolderMember) -> dict[str, object]:
    return {
        "name": shortened(member.name, _NAME_LIMIT),
        "relation": shortened(member.relation, _NAME_LIMIT),
        "sex": member.sex,
        "age": member.age,
        "life_stage": member.life_stage,
        "national_id": member.national_id,
        "marks": [shortened(mark, _NAME_LIMIT) for mark in member.marks],
    }


def _problem(problem: FolderProblem) -> dict[str, object]:
    return {
        "member": shortened(problem.member, _NAME_LIMIT),
        "text": shortened(problem.text, _TEXT_LIMIT),
        "source": " ".join(filter(None, (problem.source, problem.as_of))),
        "responsible": shortened(problem.responsible, _NAME_LIMIT),
    }


def _capital(capital: CapitalLevel) -> dict[str, object]:
    return {
        "name": capital.name,
        "score": capital.score,
        "reach": _reach(capital),
        "level": capital.level,
        "word": capital.level_word,
        "provisional": capital.provisional,
    }


def _reach(capital: CapitalLevel) -> float | None:
    """How far from the centre the radar reaches, 0-1: the score, else the level, of 4."""
    try:
        score = float(capital.score) if capital.score is not None else capital.level
    except ValueError:
        score = capital.level
    return None if score is None else min(max(float(score), 0.0), 4.0) / 4.0


def _assistance(entry: FolderAssistance) -> dict[str, object]:
    return {
        "what": shortened(entry.what, _TEXT_LIMIT),
        "detail": [part for part in (entry.value, entry.giver, entry.date) if part],
    }


def _source(source: FolderSource, language: Language) -> dict[str, object]:
    as_of = str(words("folder", language)["as_of"]).format(source.as_of) if source.as_of else ""
    return {
        "name": shortened(" ".join(filter(None, (source.name, source.year))), _NAME_LIMIT),
        "as_of": as_of,
        "says": shortened(source.says, _TEXT_LIMIT),
    }


def _conflict(conflict: FolderConflict) -> dict[str, object]:
    values = [
        {"value": shortened(value, _NAME_LIMIT), "source": shortened(source, _NAME_LIMIT)}
        for value, source in conflict.values
    ]
    return {"fact": shortened(conflict.fact, _NAME_LIMIT), "values": values}
