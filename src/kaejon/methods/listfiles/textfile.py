"""Rows of a CSV file in whatever encoding and with whatever separator an office saved it."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from kaejon.methods.listfiles.container import Limits
from kaejon.methods.listfiles.errors import ListFileError

CHUNK = 1 << 20
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
DELIMITERS = ",;\t|"
# One physical line; a quoted cell with line breaks spans several.
LINE_CHARACTERS = 1_000_000


@dataclass(frozen=True)
class TextForm:
    """How a CSV is written. `lines` counts its line ends, at least its rows."""

    encoding: str
    delimiter: str
    lines: int


def read_form(path: Path) -> TextForm:
    """Encoding, delimiter and length of a CSV.

    UTF-8 with or without byte order mark, UTF-16 with one, else Windows-874 (which holds
    TIS-620). Refuses: UNKNOWN_ENCODING, EMPTY_FILE.
    """
    encoding = _encoding(path)
    lines = 0
    with path.open(encoding=encoding, newline="") as file:
        head = file.read(64_000)
        if not head.strip():
            raise ListFileError("EMPTY_FILE")
        block = head
        while block:
            lines += block.count("\n") or block.count("\r")
            block = file.read(CHUNK)
    return TextForm(encoding, _delimiter(head), lines + 1)


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(4)
    marked = next((name for mark, name in BYTE_ORDER_MARKS if head.startswith(mark)), None)
    for encoding in (marked,) if marked else ("utf-8", "cp874"):
        if _decodes(path, encoding):
            return encoding
    raise ListFileError("UNKNOWN_ENCODING")


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        try:
            while block := file.read(CHUNK):
                if "\x00" in decoder.decode(block):
                    raise ListFileError("WRONG_FILE_TYPE", found="binary")
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _delimiter(head: str) -> str:
    """The separator that splits the first lines into the most columns, outside quotes."""
    outside = "".join(head.split('"')[::2])
    lines = [line for line in outside.splitlines() if line.strip()][:20]
    return max(
        DELIMITERS,
        key=lambda mark: (
            sorted(line.count(mark) for line in lines)[len(lines) // 2] if lines else 0
        ),
    )


def rows(path: Path, form: TextForm, limits: Limits) -> Iterator[tuple[int, list[str]]]:
    """Row number and cells of every row that is not blank.

    A quoted cell may hold line breaks: rows are counted as a spreadsheet counts them.
    Refuses: BROKEN_QUOTES, with the row where the quote opened; LINE_TOO_LONG.
    """
    number = 0
    with path.open(encoding=form.encoding, newline="") as file:
        reader = csv.reader(_lines(file), delimiter=form.delimiter)
        try:
            for number, cells in enumerate(reader, start=1):
                stripped = [cell.strip() for cell in cells]
                if any(stripped):
                    _refuse_long(stripped, number, limits)
                    yield number, stripped
        except csv.Error as error:
            raise ListFileError("BROKEN_QUOTES", row=number + 1, line=number + 1) from error


def _lines(file: TextIO) -> Iterator[str]:
    """The lines of a file, each small enough to be cut into cells."""
    number = 0
    while line := file.readline(LINE_CHARACTERS + 1):
        number += 1
        if len(line) > LINE_CHARACTERS:
            raise ListFileError("LINE_TOO_LONG", row=number, line=number, limit=LINE_CHARACTERS)
        yield line


def _refuse_long(cells: list[str], number: int, limits: Limits) -> None:
    if max(map(len, cells)) > limits.cell_characters:
        raise ListFileError("BROKEN_QUOTES", row=number, line=number)
