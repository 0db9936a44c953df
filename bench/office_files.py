"""Files as offices make them, with the truth: is anything misread in silence?

    python -m bench.office_files --write DIR --files 300 --seed 7

writes synthetic files of the layouts in `office_layouts/` and beside each `NAME.truth.json`.
Each layout follows a real form or public report and was written without looking at a reader.

**The reader protocol.** A reader is a function `reader(path, given, answers) -> Reading`.
`given` holds what the officer says of the whole file before it is opened (`{"tambon": "..."}`),
`answers` what she answers when asked: nothing at first, then `Truth.answers` (`ask` below does
both). A reading has

- `rows`: one dict for each person the file states, in the order of the file (members side by
  side from left to right), or for each household where a file names nobody. A cell that names
  two people is one row without a name. Keys are those of
  FIELDS, values in the form given there; what the file does not state is left out. `household`
  is any key that is equal for the rows of one household; `doubt` lists fields not taken over;
- `questions`: causes (CAUSES) to be answered before applying, each once;
- `notices`: causes that are only told;
- `refusal`: the cause for which nothing is read, or "".

**The verdict.** *right*: every stated field equal, nothing stated that the file does not say, what
had to be told or asked was, and nothing else was asked. *wrong in silence*: anything else that a
person could believe. *needless question*: all right, and asked without need. *refused*: nothing
read though it could be.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal

from openpyxl.utils import get_column_letter

from bench.office_cells import THAI_DIGITS, WAYS, Cell, Row, Written, place_facts
from bench.office_people import SURVEY_YEAR, Household, Person, Place, World, draw_world
from bench.office_writers import WORKBOOKS, Sheet, to_csv

LAYOUTS = Path(__file__).parent / "office_layouts"

# What a row may state, and its canonical form.
FIELDS = {
    "title": "in full: นาย, นางสาว, สิบเอก",
    "first_name": "without title, number, nickname, note",
    "surname": "may be two words; left out when there is none",
    "national_id": "13 digits; of a masked one the pattern with x",
    "birth_date": "ISO, or the year alone: 1967-05-13, 1967",
    "age": "whole years",
    "sex": "male or female",
    "relation": "to the head, the list's word; หัวหน้าครัวเรือน for the head",
    "phone": "digits, with the leading zero",
    "living": "here, dead or moved",
    "house_number": "12/3",
    "house_code": "11 digits of the house register",
    "household_ref": "the list's own key of the household, as text",
    "moo": "number",
    "village_name": "without บ้าน",
    "tambon": "name without label",
    "district": "name without label",
    "province": "name without label",
    "area_code": "official code, 2 to 8 digits",
    "latitude": "degrees",
    "longitude": "degrees",
    "income": "of the household, baht a year",
    "member_count": "as the list says",
    "year": "Buddhist year the list speaks of",
    "welfare_card": "true or false",
    "fails_health": "true or false",
    "fails_living": "true or false",
    "fails_education": "true or false",
    "fails_income": "true or false",
    "fails_access": "true or false",
    "illness": "sensitive: may always be left out",
    "job": "may always be left out",
}

CAUSES = {
    "area_missing": "province, district, tambon or village is not in the rows",
    "year_missing": "the year of the list is not in the rows",
    "header_missing": "no row of headings",
    "no_names": "numbers of persons, and no column of names",
    "two_meanings": "two columns for one field, or a column that may be two fields",
    "two_people": "two people in one cell",
    "other_sheets": "more sheets than one hold data",
    "hidden_sheet": "a sheet is hidden",
    "hidden_rows": "rows are hidden, by hand or by a filter",
    "hidden_columns": "columns are hidden",
    "household_unclear": "which rows are one household",
    "id_ruined": "digits of a national ID are lost",
    "check_failed": "the check digit of a national ID is wrong",
    "date_eaten": "a house number became a date",
    "date_unclear": "day, month or era of a date",
    "not_living": "people who died or moved stand in the list",
    "open_quote": "a quotation mark is never closed",
    "shifted_row": "a row has more or fewer cells than the header",
    "statistics": "the file counts people and names none",
    "encoding": "the letters cannot be read",
}

HOUSEHOLD_FACTS = frozenset(
    [
        "house_number",
        "house_code",
        "household_ref",
        "moo",
        "village_name",
        "tambon",
        "district",
        "province",
        "area_code",
        "code_part",
        "address",
        "latitude",
        "longitude",
        "point",
        "member_count",
        "income",
        "year",
    ]
)
HOUSEHOLD_PEOPLE = frozenset({"head", "surveyor"})
AREA = ("moo", "village_name", "tambon", "district", "province")

Verdict = Literal["right", "wrong in silence", "needless question", "refused"]


@dataclass
class Reading:
    """What a reader says about a file; see the protocol above."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    refusal: str = ""


@dataclass
class TrueRow:
    """A person or household of the file.

    `states` must be read, `implies` may be, fields of `unclear` may not without telling the cause.
    """

    states: dict[str, Any]
    implies: dict[str, Any]
    unclear: dict[str, str]
    household: int
    sheet: str
    row: int


@dataclass
class Truth:
    """Everything that is true of one file.

    `needs` must be asked or refused, `may_ask` may be asked, `tells` must at least be told,
    `refuse` is the cause for which the file must not be taken; `may_refuse` need not but may.
    """

    layout: str
    follows: str
    seed: int
    writer: str
    file: str
    encoding: str
    delimiter: str
    given: dict[str, Any]
    answers: dict[str, Any]
    needs: list[str]
    may_ask: list[str]
    tells: list[str]
    refuse: str
    may_refuse: list[str]
    rows: list[TrueRow]
    not_people: dict[str, int]

    def text(self) -> str:
        """As JSON, the same for the same layout, seed and writer."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


@dataclass
class OfficeFile:
    """A file and its truth."""

    data: bytes
    truth: Truth
    sheets: list[Sheet]


Reader = Callable[[Path, Mapping[str, Any], Mapping[str, Any]], Reading]


# -- layouts -------------------------------------------------------------------


@cache
def layouts() -> dict[str, dict[str, Any]]:
    """Every layout by name."""
    return {
        path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted(LAYOUTS.glob("*.toml"))
    }


def writers_of(layout: dict[str, Any]) -> list[str]:
    """Writers that a layout can be written by."""
    return list(layout.get("writers", [*WORKBOOKS, "csv"]))


def make(name: str, seed: int, writer: str) -> OfficeFile:
    """One file of a layout: the same seed tells of the same people, whoever writes it."""
    return _Maker(name, layouts()[name], seed, writer).make()


@lru_cache(maxsize=4)  # the same people for each writer
def _world(name: str, seed: int) -> World:
    layout = layouts()[name]
    around = {
        column["of"]
        for spec in [layout, *layout.get("sheets", [])]
        for column in spec.get("columns", [])
        if column.get("of", "head") not in HOUSEHOLD_PEOPLE
    }
    wishes = {**layout.get("people", {}), "around": sorted(around)}
    return draw_world(random.Random(f"{name}/{seed}/people"), wishes)


class _Maker:
    """Builds the sheets of one file and gathers what they state."""

    def __init__(self, name: str, layout: dict[str, Any], seed: int, writer: str):
        self.name, self.layout, self.seed, self.writer = name, layout, seed, writer
        self.csv = writer == "csv"
        self.rng = random.Random(f"{name}/{seed}")
        self.world = _world(name, seed)
        text = layout.get("csv", {})
        self.encoding = self.rng.choice(text.get("encodings", ["utf-8-sig", "cp874", "utf-16"]))
        self.delimiter = self.rng.choice(text.get("delimiters", [","]))
        self.rows: list[TrueRow] = []
        self.joined: dict[int, dict[str, Any]] = {}
        self.counts: Counter[str] = Counter()
        self.answers: dict[str, Any] = {
            "sheets": [],
            "header": {},
            "columns": {},
            "ways": {},
            "facts": {},
        }

    def make(self) -> OfficeFile:
        """Sheets, bytes and truth."""
        sheets = list(self._sheets())
        fault = self._fault()
        if fault:
            self._spoil(sheets[0], fault)
        if self.csv:
            text = self.layout.get("csv", {})
            data = to_csv(
                sheets[0],
                self.encoding,
                self.delimiter,
                plain_quotes=bool(fault),
                padded=text.get("padded", True),
            )
        else:
            data = WORKBOOKS[self.writer](sheets, random.Random(f"{self.name}/{self.seed}/w"))
        return OfficeFile(data, self._truth(sheets, fault), sheets)

    def _truth(self, sheets: list[Sheet], fault: str) -> Truth:
        layout = self.layout
        tells = list(layout.get("tells", []))
        may_ask = list(layout.get("may_ask", []))
        if any(row.states.get("living") for row in self.rows):
            may_ask.append("not_living")
        if not self.csv:
            tells += ["hidden_rows"] * any(sheet.hidden_rows for sheet in sheets)
            may_ask += ["hidden_columns"] * any(sheet.hidden_columns for sheet in sheets)
            may_ask += ["hidden_sheet"] * any(sheet.hidden for sheet in sheets)
            may_ask += ["other_sheets"] * (len(sheets) > 1)
        found = {cause for row in self.rows for cause in row.unclear.values()}
        needs = [
            cause
            for cause in layout.get("needs", [])
            if cause not in ("two_people",) or cause in found
        ]
        return Truth(
            layout=self.name,
            follows=layout["follows"],
            seed=self.seed,
            writer=self.writer,
            file=f"{self.name}-{self.seed}-{self.writer}.{'csv' if self.csv else 'xlsx'}",
            encoding=self.encoding if self.csv else "",
            delimiter=self.delimiter if self.csv else "",
            given=self._given(),
            answers=self.answers,
            needs=needs,
            may_ask=sorted({*may_ask, *found, *tells}),
            tells=sorted(set(tells)),
            refuse="shifted_row" if fault == "shifted_row" else layout.get("refuse", ""),
            may_refuse=[fault] if fault else [],
            rows=self.rows,
            not_people=dict(sorted(self.counts.items())),
        )

    def _given(self) -> dict[str, Any]:
        known = _facts_of(self.world.places[0])
        return {name: known[name] for name in self.layout.get("given", [])}

    # -- sheets ----------------------------------------------------------------

    def _sheets(self) -> Iterator[Sheet]:
        layout = self.layout
        specs = layout.get("sheets") or [layout]
        made: list[Sheet] = []
        for spec in specs:
            columns = self._columns(spec.get("columns", []))
            blocks = self._columns(spec.get("members", {}).get("columns", []))
            parts: list[tuple[Place, list[Household]]] = [
                (self.world.places[0], self.world.households)
            ]
            if spec.get("per_village"):
                parts = [
                    (place, [h for h in self.world.households if h.place is place])
                    for place in self.world.places
                ]
            for place, households in parts:
                made.append(self._sheet(spec, columns, blocks, place, households))
                if self.csv:  # a text file is one sheet
                    break
        extra = [] if self.csv else layout.get("extra_sheets", [])
        for spec in extra:
            cells = [[Cell(text or None) for text in line] for line in spec["rows"]]
            page = Sheet(spec["name"], cells, hidden=spec.get("hidden", False))
            made.insert(0 if spec.get("first") else len(made), page)
        yield from made

    def _columns(self, columns: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The columns of this file: optional ones drawn, one heading and one way chosen."""
        chosen = []
        alike: dict[str, str] = {}  # columns that are written the same way
        for column in columns:
            drawn = self.rng.random() < column.get("chance", 1)
            heading = self.rng.choice([column["head"], *column.get("or", [])])
            ways = column.get("as", ["plain"])
            ways = [ways] if isinstance(ways, str) else ways
            if self.csv:
                ways = [w for w in ways if w not in column.get("not_in_csv", [])] or ways
            one = self.rng.choice(ways)
            if "like" in column:
                one = alike.setdefault(column["like"], one)
            if drawn:
                known = {**column, "head": heading, "ways": ways if column.get("mixed") else [one]}
                chosen.append(known)
        return chosen

    def _sheet(
        self,
        spec: dict[str, Any],
        columns: list[dict[str, Any]],
        blocks: list[dict[str, Any]],
        place: Place,
        households: list[Household],
    ) -> Sheet:
        most = spec.get("members", {}).get("most", 0)
        laid = columns + [
            {**block, "head": block["head"].format(n=n + 1), "member": n}
            for n in range(most)
            for block in blocks
        ]
        words = self._words(place, households)
        sheet = Sheet(_filled(spec.get("sheet", "Sheet1"), words)[:31])
        for line in spec.get("titles", []):
            texts = [line] if isinstance(line, str) else line
            if spec.get("titles_merged") and texts[0] and len(laid) > 1:
                at = len(sheet.rows)
                sheet.merged.append((at, 0, at, len(laid) - 1))
            sheet.rows.append([Cell(_filled(text, words) or None) for text in texts])
            self.counts["title"] += any(texts)
        header = len(sheet.rows)
        if not spec.get("no_header"):
            self._header(spec, sheet, laid)
        self.answers["sheets"].append(sheet.name)
        self.answers["header"][sheet.name] = [header + 1, len(sheet.rows)]
        self.answers["columns"][sheet.name] = {
            get_column_letter(n + 1): self._about(column) for n, column in enumerate(laid)
        }
        self.answers["ways"][sheet.name] = {
            get_column_letter(n + 1): column["ways"] for n, column in enumerate(laid)
        }
        self.answers["facts"][sheet.name] = {**_facts_of(place), "year": SURVEY_YEAR}
        if spec.get("column_numbers"):
            sheet.rows.append([Cell(f"({n})") for n in range(1, len(laid) + 1)])
            self.counts["column_numbers"] += 1
        people_at = self._body(spec, sheet, columns, blocks, place, households)
        self._below(spec, sheet, words, len(people_at))
        self._hide(spec, sheet, laid, header, people_at)
        return sheet

    def _words(self, place: Place, households: list[Household]) -> dict[str, Any]:
        """What titles, totals and sheet names may say."""
        people = sum(len(h.people) for h in households)
        known = {
            **_facts_of(place),
            "year": SURVEY_YEAR,
            "count": people,
            "households": len(households),
            "amount": f"{people * 600:,}",
            "surveyor": households[0].surveyor.first_name if households else "",
            "surveyor_surname": households[0].surveyor.surname if households else "",
            "file_number": self.seed % 97 + 1,
        }
        thai = {f"{k}_thai": str(v).translate(THAI_DIGITS) for k, v in known.items()}
        return {**known, **thai}

    @staticmethod
    def _about(column: dict[str, Any]) -> str:
        """The answer to what a column is: its field, whose it is, or "-" for nothing to read."""
        if column.get("of") or column["is"] == "other" or column.get("states") is False:
            return "-"
        member = f"{column['member'] + 1}." if "member" in column else ""
        return f"{member}{column['is']}"

    def _header(self, spec: dict[str, Any], sheet: Sheet, laid: list[dict[str, Any]]) -> None:
        depth = max(column["head"].count("\n") + 1 for column in laid)
        top = len(sheet.rows)
        lines = [column["head"].split("\n") for column in laid]
        for level in range(depth):
            texts: list[str] = []
            for number, heads in enumerate(lines):
                text = heads[level] if level < len(heads) else ""
                same = (
                    level < len(heads) - 1
                    and number > 0
                    and lines[number - 1][: level + 1] == heads[: level + 1]
                )
                texts.append("" if same else text)
            sheet.rows.append([Cell(text.replace("↵", "\n") or None) for text in texts])
            self.counts["header"] += 1
        if spec.get("header_merged", True):
            self._merge_header(sheet, lines, top, depth)

    @staticmethod
    def _merge_header(sheet: Sheet, lines: list[list[str]], top: int, depth: int) -> None:
        start = 0
        for number in range(1, len(lines) + 1):
            if (
                number < len(lines)
                and len(lines[start]) > 1
                and lines[number][0] == lines[start][0]
            ):
                continue
            if number - start > 1:
                sheet.merged.append((top, start, top, number - 1))
            elif len(lines[start]) == 1 and depth > 1:
                sheet.merged.append((top, start, top + depth - 1, start))
            start = number

    # -- rows ------------------------------------------------------------------

    def _body(
        self,
        spec: dict[str, Any],
        sheet: Sheet,
        columns: list[dict[str, Any]],
        blocks: list[dict[str, Any]],
        place: Place,
        households: list[Household],
    ) -> list[int]:
        """The rows below the header; the places of those that are people or households."""
        unit = spec.get("unit", "person")
        first_line, last_line = self.answers["header"][sheet.name]
        head_rows = sheet.rows[first_line - 1 : last_line]
        at: list[int] = []
        if unit == "tambon":
            return self._statistics(sheet, columns)
        page = 0  # people above the last headings
        previous: Place | None = None
        for household in households:
            if spec.get("subtotal", {}).get("per") == "village" and previous not in (
                None,
                household.place,
            ):
                self._subtotal(spec, sheet, previous, households)
            previous = household.place
            kept: dict[int, Written] = {}
            if spec.get("repeat_header") and at and len(at) - page >= spec["repeat_header"]:
                sheet.rows += head_rows
                self.counts["repeated_header"] += len(head_rows)
                page = len(at)
            first = len(sheet.rows)
            people = household.people[:1] if unit == "household" else household.people
            for index, person in enumerate(people, 1):
                at.append(len(sheet.rows))
                self._write_row(
                    spec, sheet, columns, blocks, household, person, index, len(at), kept
                )
            self._merge_down(sheet, columns, first)
            if spec.get("subtotal", {}).get("per") == "household":
                words = {"count": len(household.people), "house_number": household.house_number}
                self._line(sheet, spec["subtotal"]["cells"], words, "subtotal")
        if spec.get("subtotal", {}).get("per") == "village":
            self._subtotal(spec, sheet, previous, households)
        return at

    def _subtotal(
        self, spec: dict[str, Any], sheet: Sheet, place: Place | None, households: list[Household]
    ) -> None:
        here = [h for h in households if h.place is place]
        words = self._words(place or self.world.places[0], here)
        self._line(sheet, spec["subtotal"]["cells"], words, "subtotal")

    def _statistics(self, sheet: Sheet, columns: list[dict[str, Any]]) -> list[int]:
        for number, place in enumerate(self.world.tambons, 1):
            model = self.world.households[0]
            counted = Household(
                place, number, number, "", "", "", 0, 0, 0, model.people, model.surveyor
            )
            cells = [
                self._cell(column, counted, model.head, 1, number)[0].cell for column in columns
            ]
            sheet.rows.append(cells)
            self.counts["statistics"] += 1
        return []

    def _write_row(
        self,
        spec: dict[str, Any],
        sheet: Sheet,
        columns: list[dict[str, Any]],
        blocks: list[dict[str, Any]],
        household: Household,
        person: Person,
        index: int,
        number: int,
        kept: dict[int, Written],
    ) -> None:
        """One line of the table: its person, then the members beside her."""
        cells: list[Cell] = []
        shared = self._new_row(sheet, household)
        own = self._new_row(sheet, household)
        for place, column in enumerate(columns):
            of_household = column["is"] in HOUSEHOLD_FACTS or column.get("of") in HOUSEHOLD_PEOPLE
            if of_household and place in kept:
                written = kept[place]
            else:
                written = self._cell(column, household, person, index, number)[0]
                if of_household:
                    kept[place] = written
            again = index > 1 and column.get("repeat", "each") != "each"
            cells.append(Cell() if again else written.cell)
            _add(shared if of_household else own, written, column)
        members: list[TrueRow] = []
        start = spec.get("members", {}).get("start", 0)
        most = spec.get("members", {}).get("most", 0)
        for offset in range(most):
            inside = household.people[start + offset : start + offset + 1]
            row = self._new_row(sheet, household)
            for block in blocks:
                written = Written(Cell())
                if inside:
                    written = self._cell(block, household, inside[0], start + offset + 1, number)[0]
                cells.append(written.cell)
                _add(row, written, block)
            if inside:
                members.append(self._finish(row, shared, household, inside[0], spec))
        sheet.rows.append(cells)
        if spec.get("join"):
            self.joined.setdefault(household.key, {}).update(shared.states)
            self.counts["joined"] += 1
            return
        if own.states or not members:
            self.rows.append(self._finish(own, shared, household, person, spec))
        self.rows += members

    def _new_row(self, sheet: Sheet, household: Household) -> TrueRow:
        return TrueRow({}, {}, {}, household.key, sheet.name, len(sheet.rows) + 1)

    def _finish(
        self,
        row: TrueRow,
        shared: TrueRow,
        household: Household,
        person: Person,
        spec: dict[str, Any],
    ) -> TrueRow:
        """Facts of the household carried to the person; what may be known besides."""
        known = place_facts(household)
        for name in spec.get("sheet_states", []) + spec.get("title_states", []):
            row.states[name] = SURVEY_YEAR if name == "year" else known[name]
        row.states = {**self.joined.get(household.key, {}), **shared.states, **row.states}
        row.unclear = {**shared.unclear, **row.unclear}
        for name in [name for name, value in row.states.items() if value in (None, "")]:
            del row.states[name]
        for name in row.unclear:
            row.states.pop(name, None)
        area = {
            name: known[name] for name in ("tambon", "district", "province", "moo", "area_code")
        }
        implied = {
            **area,
            "village_name": household.place.village_name,
            **shared.implies,
            **row.implies,
        }
        if "first_name" in row.states or "first_name" in row.implies or "title" in row.states:
            implied.setdefault("sex", person.sex)
        if person is household.head:
            implied.setdefault("relation", person.relation)
        implied["place_code"] = known["area_code"]
        implied.setdefault("surname", person.surname)
        implied.setdefault("year", SURVEY_YEAR)
        implied.setdefault("living", person.living)
        row.implies = {k: v for k, v in implied.items() if k not in row.states}
        return row

    def _cell(
        self, column: dict[str, Any], household: Household, person: Person, index: int, number: int
    ) -> tuple[Written, Person]:
        """A cell of one column about the person it names, with all chance drawn here."""
        whose = self._whose(column.get("of", ""), household, person)
        chosen = self.rng.choice(column["ways"])
        row = Row(whose, household, number, index, self.rng, self.csv, column)
        written = WAYS[column["is"]][chosen](row, whose, household)
        there = self.rng.random() < column.get("share", 1)
        if not there:
            return Written(Cell(column.get("missing") or None)), whose
        value = written.cell.value
        if isinstance(value, str) and column["is"] != "other":
            written.cell.value = self._untidy(value)
        if value is None and column.get("missing"):
            written.cell.value = column["missing"]
        return written, whose

    @staticmethod
    def _whose(of: str, household: Household, person: Person) -> Person:
        if of == "head":
            return household.head
        return household.surveyor if of == "surveyor" else person.others.get(of, person)

    def _untidy(self, text: str) -> str:
        """Blanks, marks of other programs: what nobody sees in the cell."""
        kind = self.rng.choice(["blank", "before", "nbsp", "zero", "sara", "glyph"])
        if self.rng.random() >= self.layout.get("untidy", 0):
            return text
        plain = self.encoding == "cp874" and self.csv
        if kind == "before":
            return " " + text
        if kind == "nbsp":
            return text.replace(" ", "\u00a0")
        if kind == "zero" and not plain:
            return text + "\u200b"
        if kind == "sara":
            return text.replace("ำ", "\u0e4dา")
        if kind == "glyph" and not plain:  # private code points of old Thai fonts
            return text.replace("่", "\uf70a").replace("้", "\uf70b")
        return text + " "

    @staticmethod
    def _merge_down(sheet: Sheet, columns: list[dict[str, Any]], first: int) -> None:
        last = len(sheet.rows) - 1
        for place, column in enumerate(columns):
            if column.get("repeat") == "merged" and last > first:
                sheet.merged.append((first, place, last, place))

    # -- lines that are not people ----------------------------------------------

    def _line(self, sheet: Sheet, cells: dict[str, Any], words: dict[str, Any], kind: str) -> None:
        width = max(map(int, cells), default=0) + 1
        line = [Cell() for _ in range(width)]
        for place, value in cells.items():
            text = _filled(value, words) if isinstance(value, str) else value
            line[int(place)] = Cell(
                int(text) if str(text).isascii() and str(text).isdigit() else text
            )
        sheet.rows.append(line)
        self.counts[kind] += 1

    def _below(
        self, spec: dict[str, Any], sheet: Sheet, words: dict[str, Any], people: int
    ) -> None:
        for number in range(spec.get("empty_numbered", 0)):
            text = people + number + 1
            dotted = spec.get("empty_numbered_dot")
            sheet.rows.append([Cell(f"{text}." if dotted else text)])
            self.counts["empty_numbered"] += 1
        for line in spec.get("below", []):
            if not line.get("cells"):
                sheet.rows.append([Cell()])
                continue
            self._line(sheet, line["cells"], words, line["kind"])

    def _hide(
        self,
        spec: dict[str, Any],
        sheet: Sheet,
        laid: list[dict[str, Any]],
        header: int,
        people_at: list[int],
    ) -> None:
        count = min(spec.get("hidden_rows", 0), len(people_at) - 1)
        if count > 0:
            sheet.hidden_rows = set(self.rng.sample(people_at, count))
        sheet.hidden_columns = {n for n, column in enumerate(laid) if column.get("hidden")}
        if spec.get("filtered") and people_at:
            sheet.filtered = (people_at[0] - 1, 0, people_at[-1], len(laid) - 1)

    def _fault(self) -> str:
        """The fault of this text file, if it has one: half of those whose layout names a fault."""
        fault = self.layout.get("csv", {}).get("fault", "")
        return fault if self.csv and fault and self.rng.random() < 0.5 else ""

    def _spoil(self, sheet: Sheet, fault: str) -> None:
        """A fault of text files, in a row somewhere in the middle."""
        at = self.rows[len(self.rows) // 2].row - 1
        cells = sheet.rows[at]
        place = self.layout["csv"]["fault_column"]
        if fault == "open_quote":
            cells[place] = Cell(f'"{cells[place].value or "ดูด้วย"}')
        else:
            cells[place] = Cell(f"{self.rng.randint(12, 99)},500")


def _add(row: TrueRow, written: Written, column: dict[str, Any]) -> None:
    """What a cell states goes to its row, unless it speaks of somebody else."""
    if column.get("of") or column.get("states") is False:
        return
    if column.get("states") == "may":
        row.implies.update(written.states)
        return
    row.states.update(written.states)
    row.implies.update(written.implies)
    row.unclear.update(written.unclear)


def _facts_of(place: Place) -> dict[str, Any]:
    return {name: getattr(place, name) for name in AREA} | {"year": SURVEY_YEAR}


def _filled(text: str, words: dict[str, Any]) -> str:
    return text.format(**words)


# -- judging -------------------------------------------------------------------


def ask(reader: Reader, path: Path, truth: Truth) -> Reading:
    """Read, answer what was asked, read again; the questions of both times count."""
    first = reader(path, truth.given, {})
    if not first.questions or first.refusal:
        return first
    second = reader(path, truth.given, truth.answers)
    asked = first.questions + [q for q in second.questions if q not in first.questions]
    told = list(dict.fromkeys(first.notices + second.notices))
    return Reading(second.rows, asked, told, second.refusal)


def judge(truth: Truth, read: Reading) -> Verdict:
    """The verdict on a reading; `differences` tells why."""
    return explain(truth, read)[0]


def explain(truth: Truth, read: Reading) -> tuple[Verdict, list[str]]:
    """The verdict and what it rests on."""
    if read.refusal:
        fair = {truth.refuse, *truth.may_refuse, *truth.needs}
        return ("right" if read.refusal in fair else "refused"), [f"refused: {read.refusal}"]
    if truth.refuse:
        asked = truth.refuse in read.questions
        return ("right" if asked else "wrong in silence"), [f"not refused: {truth.refuse}"]
    silent = [f"not asked: {cause}" for cause in truth.needs if cause not in read.questions]
    told = {*read.questions, *read.notices}
    silent += [f"not told: {cause}" for cause in truth.tells if cause not in told]
    silent += differences(truth, read)
    if silent:
        return "wrong in silence", silent
    fair = {*truth.needs, *truth.may_ask}
    needless = [f"asked: {cause}" for cause in read.questions if cause not in fair]
    needless += [f"asked twice: {c}" for c, n in Counter(read.questions).items() if n > 1]
    needless += _needless_doubts(truth, read)
    return ("needless question" if needless else "right"), needless


def differences(truth: Truth, read: Reading) -> list[str]:
    """Every value that a person would believe and that is not so."""
    if len(truth.rows) != len(read.rows):
        return [f"{len(read.rows)} rows read, {len(truth.rows)} in the file"]
    told = {*read.questions, *read.notices}
    found = []
    for true, row in zip(truth.rows, read.rows, strict=True):
        found += [
            f"{true.sheet}, row {true.row}: {text}" for text in _row_differences(true, row, told)
        ]
    return found + _household_differences(truth, read)


def _row_differences(true: TrueRow, row: dict[str, Any], told: set[str]) -> list[str]:
    doubt = set(row.get("doubt", ()))
    found = []
    for name, value in true.states.items():
        if name in doubt or (name in ("illness", "job") and name not in row):
            continue
        if not _agrees(name, row.get(name), value, true):
            found.append(f"{name} is {value!r}, read as {row.get(name)!r}")
    for name, value in row.items():
        if name not in FIELDS or name in true.states or name in doubt or value in (None, ""):
            continue
        if name not in true.implies:
            found.append(f"{name} is not stated, read as {value!r}")
        elif not _agrees(name, value, true.implies[name], true):
            found.append(f"{name} is {true.implies[name]!r}, read as {value!r}")
    found += [
        f"{name} is unclear and that was not told: {cause}"
        for name, cause in true.unclear.items()
        if name not in doubt and cause not in told
    ]
    return found


def _household_differences(truth: Truth, read: Reading) -> list[str]:
    """Rows of one household are of one household, and others are not."""
    theirs: dict[int, set[object]] = {}
    ours: dict[object, set[int]] = {}
    for true, row in zip(truth.rows, read.rows, strict=True):
        theirs.setdefault(true.household, set()).add(row.get("household"))
        ours.setdefault(row.get("household"), set()).add(true.household)
    parted = [f"household {n} was parted" for n, keys in theirs.items() if len(keys) > 1]
    joined = [
        f"households {sorted(numbers)} became one" for numbers in ours.values() if len(numbers) > 1
    ]
    return parted + joined


def _needless_doubts(truth: Truth, read: Reading) -> list[str]:
    return [
        f"{true.sheet}, row {true.row}: {name} was plain"
        for true, row in zip(truth.rows, read.rows, strict=True)
        for name in row.get("doubt", ())
        if name in true.states
    ]


def _agrees(name: str, read: object, value: object, true: TrueRow) -> bool:
    """Equal; of an area code that what is read goes as deep as is known, or less."""
    if name != "area_code":
        return _equal(read, value)
    deep = str(read or "")
    known = deep.startswith(str(value)) if name in true.states else len(deep) >= len("33")
    return known and str(true.implies["place_code"]).startswith(deep)


def _equal(read: object, true: object) -> bool:
    if isinstance(true, bool) or isinstance(read, bool):
        return read is true
    if isinstance(true, float) or isinstance(read, float):
        return read is not None and abs(float(read) - float(true)) < 1e-6  # type: ignore[arg-type]
    return str(read) == str(true)


def perfect(truth: Truth) -> Reading:
    """What a flawless reader says; a check of the judge and of a layout."""
    if truth.refuse:
        return Reading(refusal=truth.refuse)
    rows = [
        {**row.states, "household": row.household, "doubt": list(row.unclear)} for row in truth.rows
    ]
    return Reading(rows, questions=list(truth.needs), notices=list(truth.tells))


@dataclass
class Scored:
    """How a reader did on one file."""

    layout: str
    seed: int
    writer: str
    verdict: Verdict
    reasons: list[str]


def score(reader: Reader, files: int, seed: int, folder: Path) -> Iterator[Scored]:
    """Write each file into a folder, have it read and judge it; the file is kept if not right."""
    for name, number, writer in plan(files, seed):
        made = make(name, number, writer)
        path = folder / made.truth.file
        path.write_bytes(made.data)
        verdict, reasons = explain(made.truth, ask(reader, path, made.truth))
        if verdict == "right":
            path.unlink()
        yield Scored(name, number, writer, verdict, reasons)


# -- the command ---------------------------------------------------------------


def plan(files: int, seed: int) -> Iterator[tuple[str, int, str]]:
    """Layout, seed and writer of each file: layouts in turn, their writers in turn."""
    names = list(layouts())
    for number in range(files):
        turn, place = divmod(number, len(names))
        writers = writers_of(layouts()[names[place]])
        yield names[place], seed * 1000 + turn, writers[(turn + place) % len(writers)]


def main(arguments: list[str] | None = None) -> int:
    """Write files and their truth."""
    parser = argparse.ArgumentParser(prog="python -m bench.office_files", description=__doc__)
    parser.add_argument("--write", type=Path, required=True, metavar="DIR", help="where to")
    parser.add_argument("--files", type=int, default=300, help="how many, layouts in turn")
    parser.add_argument("--seed", type=int, default=1, help="other people and other choices")
    parser.add_argument("--layout", choices=sorted(layouts()), help="this layout alone")
    given = parser.parse_args(arguments)
    given.write.mkdir(parents=True, exist_ok=True)
    kinds: Counter[str] = Counter()
    for name, seed, writer in plan(given.files, given.seed):
        if given.layout not in (None, name):
            continue
        made = make(name, seed, writer)
        path = given.write / made.truth.file
        path.write_bytes(made.data)
        path.with_name(path.name + ".truth.json").write_text(made.truth.text(), "utf-8")
        kinds[writer] += 1
    told = ", ".join(f"{number} by {writer}" for writer, number in sorted(kinds.items()))
    print(f"{kinds.total()} files in {given.write}: {told}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
