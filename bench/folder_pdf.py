"""How many Family Folders a second, beside HTML to PDF with the same content?

    python bench/folder_pdf.py --folders 200 --rival-folders 12

Ours: one call of `render_folders`, every folder with other text. Rival: WeasyPrint
on an HTML page with the same texts, tables, radar (as SVG) and QR code, one folder
a document, which is how pages are printed one by one. Medians of three runs.
"""

from __future__ import annotations

import argparse
import dataclasses
import statistics
import sys
import time
from collections.abc import Callable
from html import escape

import segno

from kaejon.sheets.folder import FolderSheet, render_folders
from kaejon.sheets.typesetting import FONT_DIR
from tests.sheets.example_household import FAMILY


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folders", type=int, default=200)
    parser.add_argument("--rival-folders", type=int, default=12)
    args = parser.parse_args()
    sheets = [varied(number) for number in range(args.folders)]
    render_folders(sheets[:2], font_dir=FONT_DIR)
    ours = rate(
        lambda run: render_folders(
            [varied(n + 1000 * run) for n in range(args.folders)], font_dir=FONT_DIR
        ),
        args.folders,
    )
    one = rate(
        lambda run: [
            render_folders([varied(n + 5000 * run)], font_dir=FONT_DIR) for n in range(20)
        ],
        20,
    )
    rival = rate(
        lambda run: [weasyprint_page(varied(n + 9000 * run)) for n in range(args.rival_folders)],
        args.rival_folders,
    )
    print("| Program | folders/s | ÷ WeasyPrint |\n| --- | --- | --- |")
    print(f"| kaejon, batch of {args.folders} in one PDF | {ours:.1f} | {ours / rival:.1f} |")
    print(f"| kaejon, one PDF a folder | {one:.1f} | {one / rival:.1f} |")
    print(f"| WeasyPrint, one PDF a folder | {rival:.2f} | 1 |")
    return 0


def rate(work: Callable[[int], object], count: int) -> float:
    """Folders per second, median of three runs, each with other texts."""
    rates = []
    for run in (1, 2, 3):
        started = time.perf_counter()
        work(run)
        rates.append(count / (time.perf_counter() - started))
    return statistics.median(rates)


def varied(number: int) -> FolderSheet:
    """The example family with another name, house and address of the folder."""
    heading = dataclasses.replace(
        FAMILY.household,
        head_name=f"{FAMILY.household.head_name} {number}",
        house_no=f"{number}/{number % 9}",
    )
    problems = tuple(dataclasses.replace(p, text=f"{p.text} ({number})") for p in FAMILY.problems)
    return dataclasses.replace(
        FAMILY, household=heading, problems=problems, folder_url=f"{FAMILY.folder_url}{number}/"
    )


def weasyprint_page(sheet: FolderSheet) -> bytes:
    import weasyprint

    html = weasyprint.HTML(string=as_html(sheet))
    result: bytes = html.write_pdf()
    return result


def as_html(sheet: FolderSheet) -> str:
    """The same content as an HTML page."""
    home = sheet.household
    place = f"บ้านเลขที่ {home.house_no} หมู่ {home.moo} {home.village} ต.{home.tambon} อ.{home.district} จ.{home.province}"
    return f"""<html lang="th"><style>
    @font-face {{ font-family: Sarabun; src: url(file://{FONT_DIR}/Sarabun-Regular.ttf) }}
    @page {{ size: A4; margin: 12mm }} body {{ font: 9pt Sarabun }} td, th {{ border: .4pt solid #999; padding: 1pt 3pt }}
    table {{ border-collapse: collapse; width: 100% }}</style>
    <h1>แฟ้มครอบครัว</h1><h2>{escape(home.head_name)}</h2><p>{escape(place)}</p>
    {
        table(
            ("ชื่อ", "ความสัมพันธ์", "เพศ", "อายุ", "ช่วงวัย", "เลข", "หมายเหตุ"),
            [
                (m.name, m.relation, m.sex, m.age, m.life_stage, m.national_id, ", ".join(m.marks))
                for m in sheet.members
            ],
        )
    }
    {
        table(
            ("ใคร", "ปัญหา", "ที่มา", "ณ วันที่", "ฝ่ายที่ดูแล"),
            [(p.member, p.text, p.source, p.as_of, p.responsible) for p in sheet.problems],
        )
    }
    {table(("ทุน", "คะแนน", "ระดับ"), [(c.name, c.score, c.level_word) for c in sheet.capitals])}
    <svg width="180" height="180" viewBox="-100 -100 200 200"><polygon points="0,-90 86,-28 53,73 -53,73 -86,-28"
      fill="none" stroke="#999"/><polygon points="0,-60 50,-20 30,50 -30,50 -50,-15" fill="#7bb" stroke="#144"/></svg>
    {
        table(
            ("บัญชี", "ปี", "ณ วันที่", "ข้อความ"),
            [(s.name, s.year, s.as_of, s.says) for s in sheet.sources],
        )
    }
    <p>{escape(" ".join(sheet.notes))}</p>{
        segno.make(sheet.folder_url, error="m").svg_inline(scale=2)
    }</html>"""


def table(header: tuple[str, ...], rows: list[tuple[object, ...]]) -> str:
    head = "".join(f"<th>{escape(h)}</th>" for h in header)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(str(cell or ''))}</td>" for cell in row) + "</tr>"
        for row in rows
    )
    return f"<table><tr>{head}</tr>{body}</table>"


if __name__ == "__main__":
    sys.exit(main())
