"""Rows of a CSV file in whatever encoding and with whatever separator an office saved it.

The one reader of CSV: `import`, `match` and `measure` take a row the same way. A file that
can be cut into rows in two ways is refused with the row, never read in one of them.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from kaejon.methods.listfiles.container import Limits, utf16_without_mark
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
THAI_BYTES = 3  # of a Thai letter in UTF-8
NOT_ASCII = bytes(range(128, 256))


@dataclass(frozen=True)
class TextForm:
    """How a CSV is written.

    `lines` counts its line ends, at least its rows; `quoted` says whether a quotation mark
    stands in it anywhere.
    """

    encoding: str
    delimiter: str
    lines: int
    quoted: bool = True


def read_form(path: Path) -> TextForm:
    """Encoding, delimiter and length of a CSV.

    UTF-8 and UTF-16 with or without byte order mark, else Windows-874 (which holds TIS-620).
    Refuses: UNKNOWN_ENCODING and NUL_CHARACTER with the line, EMPTY_FILE.
    """
    encoding = _encoding(path)
    lines, quoted = 0, False
    with path.open(encoding=encoding, newline="") as file:
        head = file.read(64_000)
        if not head.strip():
            raise ListFileError("EMPTY_FILE")
        block = head
        while block:
            lines += block.count("\n") or block.count("\r")
            quoted = quoted or '"' in block
            block = file.read(CHUNK)
    return TextForm(encoding, _delimiter(head), lines + 1, quoted)


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(4096)
    marked = next((name for mark, name in BYTE_ORDER_MARKS if head.startswith(mark)), None)
    marked = marked or utf16_without_mark(head)
    if marked:
        _refuse_undecodable(path, marked)
        return marked
    if _decodes(path, "utf-8"):
        return "utf-8"
    # One wrong byte in UTF-8 must not turn every name into letters of Windows-874.
    encoding = "utf-8" if _is_mostly_utf8(path) else "cp874"
    _refuse_undecodable(path, encoding)
    return encoding


def _decodes(path: Path, encoding: str) -> bool:
    try:
        for _ in _decoded(path, encoding):
            pass
    except UnicodeDecodeError:
        return False
    return True


def _decoded(path: Path, encoding: str) -> Iterator[str]:
    """The text in blocks. Refuses: NUL_CHARACTER."""
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = 1
    with path.open("rb") as file:
        while block := file.read(CHUNK):
            text = decoder.decode(block)
            if "\x00" in text:
                line = lines + _breaks(text[: text.index("\x00")])
                raise ListFileError("NUL_CHARACTER", row=line, line=line)
            lines += _breaks(text)
            yield text
    yield decoder.decode(b"", final=True)


def _breaks(text: str) -> int:
    return text.count("\n") or text.count("\r")


def _refuse_undecodable(path: Path, encoding: str) -> None:
    """Refuses: UNKNOWN_ENCODING, with the line of the first letter that cannot be read."""
    line = 1
    try:
        for text in _decoded(path, encoding):
            line += _breaks(text)
    except UnicodeDecodeError as error:
        read = error.object[: error.start].decode(error.encoding, "ignore")
        line += _breaks(read)
        raise ListFileError("UNKNOWN_ENCODING", row=line, line=line) from error


def _is_mostly_utf8(path: Path) -> bool:
    """Whether at least half of the bytes that are not ASCII are Thai letters in UTF-8."""
    thai = other = 0
    with path.open("rb") as file:
        while block := file.read(CHUNK):
            text = block.decode("utf-8", "ignore")
            thai += THAI_BYTES * sum("\u0e00" <= letter <= "\u0e7f" for letter in text)
            other += len(block) - len(block.translate(None, NOT_ASCII))
    return 2 * thai > other


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


def rows(
    path: Path, form: TextForm, limits: Limits, *, header_row: int | None = None, width: int = 0
) -> Iterator[tuple[int, list[str]]]:
    """Row number and cells of every row that is not blank.

    A quoted cell may hold line breaks: rows are counted as a spreadsheet counts them. Below
    `header_row` (0: the first row that is not blank) each row must have as many cells as the
    header, whose last names may be blank; `width` is the least. Refuses, with the row: BROKEN_QUOTES (where the quote opened),
    RAGGED_ROW, LINE_TOO_LONG.
    """
    number = 0
    with path.open(encoding=form.encoding, newline="") as file:
        reader = csv.reader(_lines(file), delimiter=form.delimiter, strict=True)
        last_line = 0
        try:
            for number, cells in enumerate(reader, start=1):
                spanned, last_line = reader.line_num - last_line > 1, reader.line_num
                stripped = [cell.strip() for cell in cells]
                if not any(stripped):
                    continue
                _refuse_long(stripped, number, limits)
                if header_row is not None:
                    below = number > header_row > 0
                    if not below and number == (header_row or number):
                        header_row, width = number, max(width, len(cells))
                    if spanned:
                        _refuse_swallowed(cells, number, width, form.delimiter)
                    if below and len(cells) != width:
                        raise _ragged(number, len(cells), width, form.delimiter)
                yield number, stripped
        except csv.Error as error:
            raise ListFileError("BROKEN_QUOTES", row=number + 1, line=number + 1) from error


def _refuse_swallowed(cells: list[str], number: int, width: int, delimiter: str) -> None:
    """Two stray quotation marks take whole rows into one cell; it holds their delimiters."""
    if any(_holds_rows(cell, width, delimiter) for cell in cells):
        raise ListFileError("BROKEN_QUOTES", row=number, line=number)


def _ragged(number: int, found: int, width: int, delimiter: str) -> ListFileError:
    """One cell too many is refused though it be blank: the whole row may stand one to the right."""
    mark = "TAB" if delimiter == "\t" else delimiter
    return ListFileError(
        "RAGGED_ROW", row=number, line=number, found=found, width=width, delimiter=mark
    )


def _holds_rows(cell: str, width: int, delimiter: str) -> bool:
    breaks = cell.count("\n") + cell.count("\r") - cell.count("\r\n")
    return breaks > 0 and cell.count(delimiter) >= breaks * (width - 1)


def check(path: Path, form: TextForm, limits: Limits) -> None:
    """Refuse what `rows` refuses of a table whose first row is its header."""
    for _ in rows(path, form, limits, header_row=0):
        pass


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
