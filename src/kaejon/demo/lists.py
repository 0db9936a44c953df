"""Write the four sample lists as the files that offices would hand over."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import xlsxwriter

from kaejon.demo.list_tables import COMMUNITY_MAPPING, ListTable, list_tables
from kaejon.demo.population import Population
from kaejon.methods.listfiles.mapping import ListKind

SYNTHETIC: Final = "ข้อมูลสมมติ ไม่ใช่บุคคลจริง"
# Fixed, so that the same seed gives the same bytes.
_CREATED: Final = dt.datetime(2025, 1, 1)


@dataclass(frozen=True)
class ListFile:
    """A list on disk, with what the law wants to know of it."""

    path: Path
    kind: ListKind
    year_be: int
    owner_org: str
    legal_basis: str
    purpose: str
    retention: str
    rows: int
    title: str
    mapping: Mapping[str, dict[str, str]] | None = None
    """For a list with free headers: `columns` (header to field) and `constants`."""


@dataclass(frozen=True)
class _Plan:
    file_name: str
    year_be: int
    owner_org: str
    legal_basis: str
    purpose: str
    retention: str
    title: str


_PUBLIC_TASK: Final = "ภารกิจเพื่อประโยชน์สาธารณะ (พ.ร.บ.คุ้มครองข้อมูลส่วนบุคคล มาตรา 24 (4))"
_CONSENT: Final = "ความยินยอมของเจ้าของข้อมูล (พ.ร.บ.คุ้มครองข้อมูลส่วนบุคคล มาตรา 19)"
PLANS: Final[dict[ListKind, _Plan]] = {
    "tpmap": _Plan(
        "ตัวอย่าง-TPMAP-2566.xlsx", 2566, "สำนักงานพัฒนาสังคมและความมั่นคงของมนุษย์จังหวัดศรีสะเกษ",
        _PUBLIC_TASK, "ค้นหาและช่วยเหลือครัวเรือนที่ต้องการความช่วยเหลือ", "5 ปี",
        "บัญชีคนจนเป้าหมาย TPMAP ปี 2566 จังหวัดศรีสะเกษ",
    ),
    "bmn": _Plan(
        "ตัวอย่าง-จปฐ-2565.csv", 2565, "สำนักงานพัฒนาชุมชนจังหวัดศรีสะเกษ", _PUBLIC_TASK,
        "สำรวจความจำเป็นพื้นฐานของครัวเรือน", "5 ปี", "ข้อมูล จปฐ. รายบุคคล ปี 2565",
    ),
    "ppp": _Plan(
        "ตัวอย่าง-ทุน5ด้าน-2568.xlsx", 2568, "มหาวิทยาลัยราชภัฏศรีสะเกษ (ทีมวิจัยพื้นที่)", _CONSENT,
        "วัดทุน 5 ด้านของครัวเรือนเพื่อวางแผนช่วยเหลือ", "3 ปีหลังสิ้นสุดโครงการ",
        "สำรวจทุน 5 ด้านของครัวเรือน ปี 2568 จังหวัดศรีสะเกษ",
    ),
    "community": _Plan(
        "ตัวอย่าง-สำรวจชุมชน-2567.csv", 2567, "ขบวนองค์กรชุมชนจังหวัดศรีสะเกษ", _CONSENT,
        "ค้นหาผู้เดือดร้อนที่ยังไม่มีชื่อในบัญชี", "3 ปี", "สำรวจผู้เดือดร้อนโดยชุมชน ปี 2567",
    ),
}  # fmt: skip


def write_lists(
    population: Population,
    directory: Path,
    rng: np.random.Generator,
    *,
    with_errors: bool = False,
) -> list[ListFile]:
    """Write the four lists into `directory` and say what each is.

    The same population and generator state give the same bytes. `with_errors` spoils about
    1% of the rows (impossible dates, unknown villages) for practice.
    """
    tables = list_tables(population, rng, with_errors=with_errors)
    return write_tables(tables, directory)


def write_tables(tables: Mapping[ListKind, ListTable], directory: Path) -> list[ListFile]:
    """Write tables made by `list_tables`."""
    directory.mkdir(parents=True, exist_ok=True)
    files: list[ListFile] = []
    for kind, table in tables.items():
        plan = PLANS[kind]
        path = directory / plan.file_name
        if path.suffix == ".xlsx":
            _write_xlsx(path, table, plan.title)
        else:
            _write_csv(path, table, "cp874" if kind == "bmn" else "utf-8-sig")
        files.append(
            ListFile(
                path,
                kind,
                plan.year_be,
                plan.owner_org,
                plan.legal_basis,
                plan.purpose,
                plan.retention,
                len(table.person),
                plan.title,
                COMMUNITY_MAPPING if kind == "community" else None,
            )
        )
    return files


def write_later(
    tables: Mapping[ListKind, ListTable], directory: Path, years: Mapping[ListKind, int]
) -> list[ListFile]:
    """Write tables of a later round: the same lists, the year of each in its name and title."""
    directory.mkdir(parents=True, exist_ok=True)
    files: list[ListFile] = []
    for kind, table in tables.items():
        first = PLANS[kind]
        old, year = str(first.year_be), years[kind]
        title = first.title.replace(old, str(year))
        path = directory / first.file_name.replace(old, str(year))
        if path.suffix == ".xlsx":
            _write_xlsx(path, table, title)
        else:
            _write_csv(path, table, "cp874")
        files.append(
            ListFile(
                path, kind, year, first.owner_org, first.legal_basis, first.purpose,
                first.retention, len(table.person), title,
            )
        )  # fmt: skip
    return files


def _write_csv(path: Path, table: ListTable, encoding: str) -> None:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file)
        writer.writerow(table.header)
        writer.writerows(table.rows())


TITLE_ROWS: Final = 3


def _write_xlsx(path: Path, table: ListTable, title: str) -> None:
    """Merged titles above the header and blank rows below the data, as offices do."""
    options = {"constant_memory": True, "strings_to_numbers": False, "strings_to_formulas": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"title": title, "comments": SYNTHETIC, "created": _CREATED})
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet("ข้อมูล")
        wide = len(table.header) - 1
        for line, text in enumerate((title, SYNTHETIC)):
            sheet.merge_range(line, 0, line, wide, text, bold)
        for column, name in enumerate(table.header):
            sheet.write_string(TITLE_ROWS, column, name, bold)
        line = TITLE_ROWS
        for line, row in enumerate(table.rows(), start=TITLE_ROWS + 1):
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    if cell:
                        sheet.write_string(line, column, cell)
                else:
                    sheet.write_number(line, column, cell)
        blank = book.add_format({"border": 1})
        for below in range(line + 1, line + 6):
            for column in range(wide + 1):
                sheet.write_blank(below, column, None, blank)
