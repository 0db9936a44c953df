"""Makes one synthetic office file of a layout in `office_layouts/`, and its truth."""

from __future__ import annotations

import random
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from openpyxl.utils import get_column_letter

from bench.office_cells import THAI_DIGITS, WAYS, Cell, Row, Written, place_facts
from bench.office_people import SURVEY_YEAR, Household, Person, Place, World, draw_world
from bench.office_truth import TrueRow, Truth
from bench.office_writers import WORKBOOKS, Sheet, to_csv

LAYOUTS = Path(__file__).parent / "office_layouts"

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


@dataclass
class OfficeFile:
    """A file and its truth."""

    data: bytes
    truth: Truth
    sheets: list[Sheet]


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
                place, number, number, "", "", "", 0, 0, 0, 0, model.people, model.surveyor
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
