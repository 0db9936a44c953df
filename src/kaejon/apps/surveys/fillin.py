"""The worklist as a spreadsheet to fill in, and the filled-in one read back.

Hidden in the file stand the village, the list year and the keys of the columns, so
that it is recognised whatever language it is in and in whatever order it was sorted.
Reading never writes: a row becomes a finding, stays blank, is already known, or has
a problem with row, column and what to do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from uuid import UUID

import xlsxwriter
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.folders.wording import language, short_list_name
from kaejon.apps.households.models import Household, Verified
from kaejon.apps.households.queries import visible_to
from kaejon.apps.surveys.checking import Finding
from kaejon.apps.surveys.models import Method, Verification
from kaejon.apps.surveys.refusals import CheckRefused
from kaejon.apps.surveys.worklists import CAUSES, Visit
from kaejon.methods.checks import may_follow, reasons
from kaejon.methods.listfiles import apart
from kaejon.methods.listfiles.container import Limits
from kaejon.methods.listfiles.errors import ListFileError
from kaejon.methods.listfiles.exporting import safe_cell
from kaejon.methods.thai.buddhist_era import read_date

MARK = "kaejon-worklist"
LANGUAGES = ("th", "en")
# What a visit can find; "missed" is added in the system, a forum has its own page.
OUTCOMES = tuple(o for o in Verified if o != Verified.MISSED)
METHODS = tuple(m for m in Method if m != Method.FORUM)
WIDTHS = {"house_no": 10, "head": 26, "members": 8, "lists": 30, "why": 26, "outcome": 28}
KEYS = (
    "household",
    "house_no",
    "head",
    "members",
    "lists",
    "why",
    "outcome",
    "on",
    "method",
    "reason",
    "moved_to",
    "same_as",
    "note",
)
MOST_BYTES = 5 * 1024**2
LIMITS = Limits(data_rows=5_000, cells=200_000, unpacked_bytes=50 * 1024**2, seconds=20)


def headings() -> dict[str, str]:
    """Column names in the language of the file."""
    return {
        "household": _("Code, leave as it is"),
        "house_no": _("House no."),
        "head": _("Head of household"),
        "members": _("Members"),
        "lists": _("On the lists"),
        "why": _("Why to be checked"),
        "outcome": _("Outcome of the check"),
        "on": _("Checked on"),
        "method": _("How"),
        "reason": _("Reason"),
        "moved_to": _("Moved to"),
        "same_as": _("Same as (code)"),
        "note": _("Note on the check"),
    }


def write_fillin(path: Path, *, title: str, area: str, year: int, visits: Iterable[Visit]) -> None:
    """Write the worklist of a village as an XLSX to fill in."""
    names = headings()
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False}) as book:
        page = book.add_worksheet(_("Worklist"))
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        asked = book.add_format(
            {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#fff3c4"}
        )
        page.write_string(0, 1, title, book.add_format({"bold": True, "font_size": 14}))
        page.write_row(1, 0, [MARK, area, str(year)])
        page.write_row(2, 0, KEYS)
        for hidden in (1, 2):
            page.set_row(hidden, None, None, {"hidden": True})
        for column, key in enumerate(KEYS):
            page.set_column(column, column, WIDTHS.get(key, 16))
            page.write_string(
                3, column, names[key], asked if column >= KEYS.index("outcome") else bold
            )
        page.set_column(0, 0, 8)
        page.freeze_panes(4, 3)
        last = 3
        for last, visit in enumerate(visits, start=4):
            page.write_row(last, 0, [safe_cell(cell) for cell in cells_of(visit)])
        offer(page, last, "outcome", [str(o.label) for o in OUTCOMES])
        offer(page, last, "method", [str(m.label) for m in METHODS])
        offer(page, last, "reason", [str(r[language()]) for r in reasons()])


def offer(page: xlsxwriter.worksheet.Worksheet, last: int, key: str, words: list[str]) -> None:
    """A list to choose from in a column; Excel allows 255 characters, beyond them the words are typed."""
    if last >= 4 and len(",".join(words)) <= 255:
        column = KEYS.index(key)
        page.data_validation(4, column, last, column, {"validate": "list", "source": words})


def cells_of(visit: Visit) -> list[object]:
    household = visit.household
    return [
        str(household.public_id),
        household.house_no,
        household.head_name,
        household.members,
        " · ".join(short_list_name(version) for version in visit.lists),
        " · ".join(str(CAUSES[cause]) for cause in visit.causes),
    ]


@dataclass(frozen=True)
class Problem:
    """A cell that cannot be taken: row as the spreadsheet numbers it, column, what is wrong, what to do."""

    row: int
    column: str
    what: str
    remedy: str


@dataclass
class Results:
    """What a filled-in worklist holds. `known`: rows that were recorded before; `blank`: not filled in."""

    area: str
    year: int
    findings: list[tuple[int, Finding]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    known: int = 0
    blank: int = 0

    def counts(self) -> dict[str, int]:
        return {
            "new": len(self.findings),
            "known": self.known,
            "blank": self.blank,
            "problems": len({p.row for p in self.problems}),
        }


def read_fillin(path: Path, by: User) -> Results:
    """Read a filled-in worklist. Refuses (CheckRefused, ListFileError): a file that is none."""
    rows = apart.first_sheet(path, LIMITS)
    try:
        area, year, keys = opening(rows)
    except ListFileError as error:
        if error.code == "WRONG_FILE_TYPE":
            raise not_a_worklist() from error
        raise
    reader = Reader(Results(area, year), by)
    filled = [(number, dict(zip(keys, cells, strict=False))) for number, cells in rows]
    reader.read([(number, row) for number, row in filled if is_household(row)])
    return reader.results


def opening(rows: Iterator[tuple[int, list[str]]]) -> tuple[str, int, list[str]]:
    """Village, list year and column keys from the hidden rows."""
    for number, cells in rows:
        if cells and cells[0] == MARK:
            area, year = cells[1], cells[2]
            keys = next(rows, (0, []))[1]
            if set(KEYS) - set(keys) or not year.isdecimal():
                break
            next(rows, None)
            return area, int(year), keys
        if number > 5:
            break
    raise not_a_worklist()


def not_a_worklist() -> CheckRefused:
    return CheckRefused(
        "not_a_worklist",
        _("This file is not a worklist of this system."),
        _("Take the worklist out as Excel, fill it in and send that file."),
    )


def is_household(row: Mapping[str, str]) -> bool:
    return bool(row.get("household", "").strip())


class Reader:
    """Turns filled-in rows into findings; everything of the registry is read once."""

    def __init__(self, results: Results, by: User) -> None:
        self.results, self.by = results, by
        self.outcomes = words_of({o.value: o for o in OUTCOMES})
        self.methods = words_of({m.value: m for m in METHODS})
        self.reasons = {r[lang]: r["code"] for r in reasons() for lang in LANGUAGES}

    def read(self, rows: Sequence[tuple[int, Mapping[str, str]]]) -> None:
        codes = {
            c for _n, row in rows for c in (row["household"], row.get("same_as", "")) if is_code(c)
        }
        open_to = visible_to(self.by, Permission.VERIFY).filter(public_id__in=codes)
        self.households = {str(h.public_id): h for h in open_to}
        self.known = self.recorded(list(self.households.values()))
        seen: set[str] = set()
        for number, row in rows:
            if not row.get("outcome", "").strip():
                self.results.blank += 1
                continue
            self.read_row(number, row, seen)

    def recorded(self, households: list[Household]) -> set[tuple[object, ...]]:
        """What is on record already, in the shape of `signature`."""
        rows = Verification.objects.filter(
            Q(household__in=households), year_be=self.results.year, withdrawn_at=None
        )
        return {(r.household_id, r.outcome, r.method, r.checked_on, r.note) for r in rows}

    def read_row(self, number: int, row: Mapping[str, str], seen: set[str]) -> None:
        problems = len(self.results.problems)
        household = self.households.get(row["household"].strip())
        if household is None:
            self.problem(
                number,
                "household",
                _("There is no such household in your area."),
                _("Take the worklist out again; do not change the first column."),
            )
            return
        if row["household"] in seen:
            self.problem(
                number,
                "household",
                _("This household stands twice in the file."),
                _("Leave one row."),
            )
            return
        seen.add(row["household"])
        finding = self.finding(number, row, household)
        if finding is None or len(self.results.problems) > problems:
            return
        if signature(finding) in self.known:
            self.results.known += 1
        else:
            self.results.findings.append((number, finding))

    def finding(self, number: int, row: Mapping[str, str], household: Household) -> Finding | None:
        outcome = self.outcomes.get(word(row["outcome"]))
        if outcome is None:
            self.problem(
                number,
                "outcome",
                _("“%(word)s” is no outcome.") % {"word": row["outcome"]},
                _("Choose one from the list in the cell."),
            )
            return None
        method = self.methods.get(word(row.get("method", "")), Method.VISIT)
        if row.get("method", "").strip() and word(row["method"]) not in self.methods:
            self.problem(
                number,
                "method",
                _("“%(word)s” is no way of checking.") % {"word": row["method"]},
                _("Choose one from the list in the cell."),
            )
        on = self.day(number, row.get("on", ""))
        finding = Finding(
            household=household,
            year_be=self.results.year,
            outcome=outcome,
            method=method,
            checked_on=on,
            reason=self.reason(number, row.get("reason", ""), outcome),
            note=row.get("note", "").strip()[:1000],
            moved_to=row.get("moved_to", "").strip()[:200],
            duplicate_of=self.same_as(number, row.get("same_as", ""), outcome, household),
        )
        known = signature(finding) in self.known
        if not known and not may_follow(household.verified, outcome):
            self.problem(
                number,
                "outcome",
                _("After “%(before)s” this outcome is not possible.")
                % {"before": household.get_verified_display()},
                _("Withdraw the wrong check first."),
            )
        return finding

    def day(self, number: int, text: str) -> date:
        """The day of the check; today when the cell is blank."""
        today = timezone.localdate()
        if not text.strip():
            return today
        found = read_date(text, today=today)
        if found.date is None or found.precision != "day":
            self.problem(
                number,
                "on",
                _("“%(word)s” is no day.") % {"word": text},
                _("Write it like 5/11/2569."),
            )
            return today
        return found.date

    def reason(self, number: int, text: str, outcome: str) -> str:
        code = self.reasons.get(text.strip(), "")
        fits = code in {r["code"] for r in reasons(outcome)}
        if text.strip() and not fits:
            self.problem(
                number,
                "reason",
                _("This reason does not fit the outcome."),
                _("Leave it blank and write it as a note."),
            )
        return code if fits else ""

    def same_as(
        self, number: int, text: str, outcome: str, household: Household
    ) -> Household | None:
        if outcome != Verified.DUPLICATE:
            return None
        other = self.households.get(text.strip())
        if other is None or other == household:
            self.problem(
                number,
                "same_as",
                _("Say of which other household it is the same."),
                _("Copy the code of the other household from the first column."),
            )
        return other

    def problem(self, row: int, column: str, what: str, remedy: str) -> None:
        self.results.problems.append(Problem(row, headings()[column], what, remedy))


def signature(finding: Finding) -> tuple[object, ...]:
    """What makes two checks the same, so that sending a file twice writes once."""
    return (finding.household.pk, finding.outcome, finding.method, finding.checked_on, finding.note)


def words_of(choices: Mapping[str, Verified] | Mapping[str, Method]) -> dict[str, str]:
    """Every way to write a choice: its code and its words in both languages."""
    found = {code: code for code in choices}
    for lang in LANGUAGES:
        with override(lang):
            found |= {word(str(choice.label)): code for code, choice in choices.items()}
    return found


def word(text: str) -> str:
    return " ".join(text.split()).lower()


def is_code(text: str) -> bool:
    try:
        UUID(text.strip())
    except ValueError:
        return False
    return True
