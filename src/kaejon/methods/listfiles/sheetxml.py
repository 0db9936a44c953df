"""A quick walk over a worksheet's XML before the fast reader opens it.

The reader holds a sheet as one dense table, so a stray value in the last corner
of the grid would cost gigabytes. This walk streams the XML in constant memory
and learns how far the values reach, which cells are formulas or errors, and
whether the XML declares entities.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree

from kaejon.methods.listfiles.container import Limits
from kaejon.methods.listfiles.errors import ListFileError

CHUNK = 1 << 20
RELATION_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
ROW_NUMBER = re.compile(rb'<(?:\w+:)?row\b[^>]*?\br="(\d+)"')
VALUE_TAGS = (b"<v>", b"<is>", b":v>", b":is>")
FAR_CELL = re.compile(rb'\sr="([A-Z]{2,3})\d+"[^>]*[^/>]><(?:\w+:)?(?:v|is|f)\b')
SINGLE_LETTERS = 26
FORMULA = re.compile(
    rb"<(?:\w+:)?c\b(?P<attributes>[^>/]*?)><(?:\w+:)?f\b[^>]*?"
    rb"(?:/>|>[^<]*</(?:\w+:)?f>)(?P<value><(?:\w+:)?v\b(?P<filled>>[^<])?)?"
)
ERROR_CELL = re.compile(rb'<(?:\w+:)?c\b(?P<attributes>[^>/]*?\bt="e"[^>/]*?)>')
ADDRESS = re.compile(rb'\br="([A-Z]{1,3}\d+)"')
STRING_CELL = re.compile(rb'<(?:\w+:)?c\b[^>/]*?\bt="s"[^>/]*?><(?:\w+:)?v>(\d+)<')
FORBIDDEN = (b"<!DOCTYPE", b"<!ENTITY", b"<!doctype")
WORKSHEET_TAG = re.compile(rb"<(\w+:)?worksheet\b")
HEAD_ELEMENTS = 2_000
LONG_STRING = 1_000
UNPACKED_TEXT = 2_000_000_000


@dataclass
class SheetFacts:
    """What a worksheet holds. Units: 1-based rows, counts; addresses like `B12`.

    `columns` is an upper bound of the columns that hold values.
    """

    last_row: int = 0
    columns: int = SINGLE_LETTERS
    formulas: int = 0
    formula_examples: list[str] = field(default_factory=list)
    uncomputed: list[str] = field(default_factory=list)


def column_letters(index: int) -> str:
    """The spreadsheet's letters for a 0-based column."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """The 0-based column of a spreadsheet's letters."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


def visible_sheets(path: Path) -> list[tuple[str, str]]:
    """Name and part path of every visible worksheet, in workbook order. Refuses: BROKEN_FILE."""
    with zipfile.ZipFile(path) as archive:
        book = _small_xml(archive, "xl/workbook.xml")
        relations = _small_xml(archive, "xl/_rels/workbook.xml.rels")
        names = set(archive.namelist())
    targets = {
        element.get("Id", ""): element.get("Target", "")
        for element in relations
        if element.get("Type", "").endswith("/worksheet")
    }
    sheets = []
    for element in book.iter():
        if not element.tag.endswith("}sheet") or element.get("state", "visible") != "visible":
            continue
        part = _part_path(targets.get(element.get(RELATION_ID, ""), ""))
        if part in names:
            sheets.append((element.get("name", ""), part))
    if not sheets:
        raise ListFileError("BROKEN_FILE")
    return sheets


def _part_path(target: str) -> str:
    if target.startswith("/"):
        return target[1:]
    return str(PurePosixPath("xl") / target)


def _small_xml(archive: zipfile.ZipFile, name: str) -> ElementTree.Element:
    try:
        info = archive.getinfo(name)
        if info.file_size > 5_000_000:
            raise ListFileError("ZIP_BOMB", reason=f"{name} {info.file_size:,} bytes")
        text = archive.read(name)
        _refuse_entities(text)
        return ElementTree.fromstring(text)
    except (KeyError, ElementTree.ParseError, zipfile.BadZipFile, zlib.error) as error:
        raise ListFileError("BROKEN_FILE") from error


def _refuse_entities(text: bytes) -> None:
    if b"\x00" in text[:64] or (b"<!" in text and any(mark in text for mark in FORBIDDEN)):
        raise ListFileError("UNSAFE_XML")


def _chunks(path: Path, part: str) -> Iterator[bytes]:
    try:
        with zipfile.ZipFile(path) as archive, archive.open(part) as stream:
            while block := stream.read(CHUNK):
                yield block
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError) as error:
        raise ListFileError("BROKEN_FILE") from error


def _pieces(path: Path, part: str) -> Iterator[bytes]:
    """The XML cut before a row, so that no cell is split between two pieces."""
    rest = b""
    for block in _chunks(path, part):
        rest += block
        cut = max(rest.rfind(b"<row"), rest.rfind(b":row "))
        if cut > 0:
            cut = rest.rfind(b"<", 0, cut + 1)
            yield rest[:cut]
            rest = rest[cut:]
        if len(rest) > 32 * CHUNK:
            raise ListFileError("BROKEN_FILE")
    yield rest


def survey_sheet(path: Path, part: str, limits: Limits) -> SheetFacts:
    """How far the values of one worksheet reach and which of its cells are formulas.

    Refuses: UNSAFE_XML, TOO_MANY_ROWS, TOO_MANY_COLUMNS, TOO_MANY_CELLS, BROKEN_FILE.
    """
    facts = SheetFacts()
    for piece in _pieces(path, part):
        _refuse_entities(piece)
        _note_last_row(piece, facts)
        _note_columns(piece, facts)
        _note_formulas(piece, facts)
        _note_errors(piece, facts)
        if len(facts.uncomputed) > limits.uncomputed_cells:
            examples = ", ".join(facts.uncomputed[:5])
            raise ListFileError("FORMULAS_NOT_COMPUTED", cells=examples)
    if facts.last_row > limits.data_rows + 100:
        raise ListFileError(
            "TOO_MANY_ROWS", row=facts.last_row, found=facts.last_row, limit=limits.data_rows
        )
    if facts.columns > limits.columns:
        raise ListFileError("TOO_MANY_COLUMNS", limit=limits.columns)
    if facts.last_row * facts.columns > limits.cells:
        raise ListFileError("TOO_MANY_CELLS", limit=limits.cells)
    _check_strings(path, part, limits)
    return facts


def _note_last_row(piece: bytes, facts: SheetFacts) -> None:
    end = max(piece.rfind(tag) for tag in VALUE_TAGS)
    if end < 0:
        return
    start = max(piece.rfind(b"<row", 0, end), piece.rfind(b":row ", 0, end))
    found = ROW_NUMBER.match(piece, piece.rfind(b"<", 0, start + 1)) if start >= 0 else None
    if found:
        facts.last_row = max(facts.last_row, int(found.group(1)))
    else:
        facts.last_row += piece.count(b"<row")


def _note_formulas(piece: bytes, facts: SheetFacts) -> None:
    if b"<f" not in piece and b":f" not in piece:
        return
    for match in FORMULA.finditer(piece):
        facts.formulas += 1
        address = _address(match)
        if len(facts.formula_examples) < 20:
            facts.formula_examples.append(address)
        if not _has_result(match):
            facts.uncomputed.append(address)


def _has_result(formula: re.Match[bytes]) -> bool:
    """Whether a formula's value is stored; empty text is a value, a missing number is not."""
    is_text = b't="str"' in formula.group("attributes")
    return bool(formula.group("filled")) or (is_text and bool(formula.group("value")))


def _note_errors(piece: bytes, facts: SheetFacts) -> None:
    if b't="e"' in piece:
        facts.uncomputed.extend(_address(match) for match in ERROR_CELL.finditer(piece))


def _address(match: re.Match[bytes]) -> str:
    found = ADDRESS.search(match.group("attributes"))
    return found.group(1).decode() if found else ""


def _note_columns(piece: bytes, facts: SheetFacts) -> None:
    """Widen the sheet to its furthest value; cells without an address count by their place."""
    for letters in set(FAR_CELL.findall(piece)):
        facts.columns = max(facts.columns, column_index(letters.decode()) + 1)
    addressed = piece.count(b' r="')
    if addressed < piece.count(b"<row") + piece.count(b"<c ") + piece.count(b"<c>"):
        widest = max(row.count(b"<c") for row in piece.split(b"<row"))
        facts.columns = max(facts.columns, widest)


def _check_strings(path: Path, part: str, limits: Limits) -> None:
    """Refuse a workbook whose shared strings repeat into more text than memory holds."""
    lengths = _string_lengths(path, limits)
    if not lengths or max(lengths) <= LONG_STRING:
        return
    total = 0
    for piece in _pieces(path, part):
        for number in STRING_CELL.findall(piece):
            index = int(number)
            total += lengths[index] if index < len(lengths) else 0
        if total > UNPACKED_TEXT:
            raise ListFileError("ZIP_BOMB", reason=f"> {UNPACKED_TEXT:,} bytes of text")


def _string_lengths(path: Path, limits: Limits) -> list[int]:
    with zipfile.ZipFile(path) as archive:
        parts = [n for n in archive.namelist() if n.lower() == "xl/sharedstrings.xml"]
    if not parts:
        return []
    lengths: list[int] = []
    rest = b""
    for block in _chunks(path, parts[0]):
        _refuse_entities(rest[-16:] + block)
        *whole, rest = (rest + block).split(b"</si>")
        lengths.extend(map(len, whole))
        if len(rest) > 8 * limits.cell_characters:
            raise ListFileError("CELL_TOO_LONG", limit=limits.cell_characters)
    return lengths


def first_rows(path: Path, part: str) -> bytes | None:
    """The worksheet cut off after its first rows, or None when it is not longer than that."""
    head = b""
    for piece in _pieces(path, part):
        if len(head) >= CHUNK or head.count(b"<row") >= HEAD_ELEMENTS:
            prefix = WORKSHEET_TAG.search(head)
            name = (prefix and prefix.group(1)) or b""
            return head + b"</" + name + b"sheetData></" + name + b"worksheet>"
        head += piece
    return None
