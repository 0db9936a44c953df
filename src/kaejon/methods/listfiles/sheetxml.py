"""A streaming walk over a worksheet's XML before the fast reader opens it.

The reader holds a sheet as one dense table, so a stray value in the last corner
of the grid would cost gigabytes. This walk is done by a real XML parser (expat),
in constant memory and in time that grows with the file: it learns how far the
values reach and which cells are formulas or errors, and refuses entities and
addresses that no sheet has.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree
from xml.parsers import expat

from kaejon.methods.listfiles.container import Limits
from kaejon.methods.listfiles.errors import ListFileError

CHUNK = 1 << 20
RELATION_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384  # XFD1048576
SINGLE_LETTERS = 26
HEAD_ELEMENTS = 2_000
LONG_STRING = 1_000
UNPACKED_TEXT = 2_000_000_000
LETTER_BYTES = 3  # a Thai letter in the reader's memory
# What a damaged or hostile archive makes the standard library raise.
ARCHIVE_ERRORS = (
    zipfile.BadZipFile, zlib.error, EOFError, KeyError, OSError, NotImplementedError, RuntimeError,
    ValueError,
)  # fmt: skip


@dataclass
class SheetFacts:
    """What a worksheet holds. Units: 1-based rows, counts; addresses like `B12`.

    `columns` is an upper bound of the columns that hold values; `hidden_rows` are the first and
    last of rows that hold values and are hidden, by hand or by a filter; `hidden_columns` those
    of columns, whether or not they hold values.
    """

    last_row: int = 0
    columns: int = SINGLE_LETTERS
    formulas: int = 0
    formula_examples: list[str] = field(default_factory=list)
    uncomputed: list[str] = field(default_factory=list)
    hidden_rows: list[list[int]] = field(default_factory=list)
    hidden_columns: list[list[int]] = field(default_factory=list)


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
    except ARCHIVE_ERRORS as error:
        raise ListFileError("BROKEN_FILE") from error
    feed(new_parser(lambda _name, _attributes: None), [text])  # before entities are expanded
    try:
        return ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise ListFileError("BROKEN_FILE") from error


def _chunks(path: Path, part: str) -> Iterator[bytes]:
    try:
        with zipfile.ZipFile(path) as archive, archive.open(part) as stream:
            while block := stream.read(CHUNK):
                yield block
    except ARCHIVE_ERRORS as error:
        raise ListFileError("BROKEN_FILE") from error


def new_parser(
    start: Callable[[str, list[str]], None],
    *,
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> expat.XMLParserType:
    """A streaming parser that refuses entities. `start` gets the name of an element and its
    attributes, names and values in turn."""
    parser = expat.ParserCreate()
    parser.ordered_attributes = True
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = _refuse_entities
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    return parser


def feed(parser: expat.XMLParserType, blocks: Iterable[bytes]) -> None:
    """Parse a whole document. Refuses: UNSAFE_XML for entities, BROKEN_FILE for what is no XML."""
    try:
        for block in blocks:
            parser.Parse(block, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise ListFileError("BROKEN_FILE") from error


def _refuse_entities(*_: object) -> None:
    raise ListFileError("UNSAFE_XML")


def survey_sheet(path: Path, part: str, limits: Limits) -> SheetFacts:
    """How far the values of one worksheet reach and which of its cells are formulas.

    Refuses: UNSAFE_XML, NO_SUCH_ADDRESS, TOO_MANY_ROWS, TOO_MANY_COLUMNS, TOO_MANY_CELLS,
    FORMULAS_NOT_COMPUTED, BROKEN_FILE.
    """
    survey = _Survey(limits)
    feed(survey.parser, _chunks(path, part))
    survey.end_cell()
    facts = survey.facts
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


class _Survey:
    """What the walk remembers: the row and the cell it is in, and the facts so far."""

    __slots__ = (
        "address", "column", "columns_of", "facts", "filled", "formula", "hidden", "kinds",
        "limits", "parser", "row", "row_text", "type", "valued", "within",
    )  # fmt: skip

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.parser = new_parser(self.start)
        self.facts = SheetFacts()
        self.kinds: dict[str, str] = {}
        self.columns_of: dict[str, int] = {}
        self.row = self.column = 0
        self.address = self.type = self.row_text = ""
        self.within = self.formula = self.valued = self.filled = self.hidden = False

    def start(self, name: str, attributes: list[str]) -> None:
        kind = self.kinds.get(name)
        if kind is None:
            kind = self.kinds.setdefault(name, name.rpartition(":")[2])
        if kind == "c":
            self.start_cell(attributes)
        elif kind in ("v", "is", "f"):
            if self.within:
                self.note_value(kind)
        elif kind == "row":
            self.end_cell()
            self.start_row(attributes)
        elif kind not in ("t", "r", "rPr"):  # the parts of a text within its cell
            self.end_cell()
            if kind == "col":
                self.note_columns(attributes)

    def start_row(self, attributes: list[str]) -> None:
        self.row += 1
        self.column = 0
        number = attributes[attributes.index("r") + 1] if "r" in attributes[::2] else ""
        self.row_text = number
        if number:
            self.row = _number(number, LAST_ROW, number)
        self.hidden = _is_hidden(attributes)

    def note_columns(self, attributes: list[str]) -> None:
        pairs = dict(zip(attributes[::2], attributes[1::2], strict=True))
        if _is_hidden(attributes):
            first = _number(pairs.get("min", ""), LAST_COLUMN, "col")
            last = _number(pairs.get("max", ""), LAST_COLUMN, "col")
            if len(self.facts.hidden_columns) < LAST_COLUMN:
                self.facts.hidden_columns.append([first, last])

    def start_cell(self, attributes: list[str]) -> None:
        if self.formula:
            self.end_cell()
        self.within, self.valued = True, False
        self.address = self.type = ""
        self.column += 1
        for place in range(0, len(attributes), 2):
            if attributes[place] == "r":
                self.go_to(attributes[place + 1])
            elif attributes[place] == "t":
                self.type = attributes[place + 1]
        if self.type == "e":
            self.uncomputed()

    def go_to(self, address: str) -> None:
        letters = address.rstrip("0123456789")
        column = self.columns_of.get(letters)
        if column is None:
            column = self.columns_of.setdefault(letters, _column(letters, address))
        self.address, self.column = address, column
        digits = address[len(letters) :]
        if digits != self.row_text:
            self.row, self.row_text = _number(digits, LAST_ROW, address), digits

    def note_value(self, kind: str) -> None:
        facts = self.facts
        if self.hidden:
            _extend(facts.hidden_rows, self.row)
        if self.row > facts.last_row:
            facts.last_row = self.row
        if self.column > facts.columns:
            facts.columns = self.column
        if kind == "f":
            self.formula = True
            facts.formulas += 1
            if len(facts.formula_examples) < 20:
                facts.formula_examples.append(self.name())
        else:
            self.valued = True
            if self.formula:  # only its result is listened to: a call for every text takes long
                self.parser.CharacterDataHandler = self.note_result

    def note_result(self, data: str) -> None:
        self.filled = True

    def end_cell(self) -> None:
        """A formula needs its stored result; empty text is one, a missing number is not."""
        if self.formula:
            self.parser.CharacterDataHandler = None
            if not (self.filled or (self.valued and self.type == "str")):
                self.uncomputed()
        self.within = self.formula = self.valued = self.filled = False

    def uncomputed(self) -> None:
        uncomputed = self.facts.uncomputed
        if not uncomputed or uncomputed[-1] != self.name():
            uncomputed.append(self.name())
        if len(uncomputed) > self.limits.uncomputed_cells:
            raise ListFileError("FORMULAS_NOT_COMPUTED", cells=", ".join(uncomputed[:5]))

    def name(self) -> str:
        return self.address or f"{column_letters(self.column - 1)}{self.row}"


def _is_hidden(attributes: list[str]) -> bool:
    names = attributes[::2]
    return "hidden" in names and attributes[2 * names.index("hidden") + 1] in ("1", "true")


def _extend(ranges: list[list[int]], number: int) -> None:
    """Add a number that is not lower than the last one to ranges of first and last."""
    if ranges and ranges[-1][0] <= number <= ranges[-1][1] + 1:
        ranges[-1][1] = max(number, ranges[-1][1])
    else:
        ranges.append([number, number])


def _number(text: str, largest: int, address: str) -> int:
    """A row number of an address. Refuses one that no sheet has."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0
    if not 1 <= number <= largest:
        raise ListFileError("NO_SUCH_ADDRESS", cell=address[:40])
    return number


def _column(letters: str, address: str) -> int:
    """The 1-based column of an address. Refuses one beyond XFD."""
    if not (1 <= len(letters) <= 3 and letters.isascii() and letters.isalpha()):
        raise ListFileError("NO_SUCH_ADDRESS", cell=address[:40])
    column = column_index(letters.upper()) + 1
    if column > LAST_COLUMN:
        raise ListFileError("NO_SUCH_ADDRESS", cell=address[:40])
    return column


def _check_strings(path: Path, part: str, limits: Limits) -> None:
    """Refuse a workbook whose shared strings repeat into more text than memory holds."""
    lengths = _string_lengths(path, limits)
    if not lengths or max(lengths) <= LONG_STRING:
        return
    references = _References(lengths)
    parser = new_parser(references.start, end=references.end, text=references.text)
    feed(parser, _chunks(path, part))


class _References:
    """Adds up the text to which the cells of a sheet refer."""

    def __init__(self, lengths: list[int]) -> None:
        self.lengths = lengths
        self.total = 0
        self.shared = self.inside = False
        self.number = ""

    def start(self, name: str, attributes: list[str]) -> None:
        kind = name.rpartition(":")[2]
        if kind == "c":
            pairs = dict(zip(attributes[::2], attributes[1::2], strict=True))
            self.shared = pairs.get("t") == "s"
        self.inside = self.shared and kind == "v"
        self.number = ""

    def text(self, data: str) -> None:
        if self.inside:
            self.number += data

    def end(self, _name: str) -> None:
        if self.inside and self.number.isdigit() and len(self.number) < 10:
            index = int(self.number)
            self.total += LETTER_BYTES * self.lengths[index] if index < len(self.lengths) else 0
            if self.total > UNPACKED_TEXT:
                raise ListFileError("ZIP_BOMB", reason=f"> {UNPACKED_TEXT:,} bytes of text")
        self.inside = False


def _string_lengths(path: Path, limits: Limits) -> list[int]:
    """Characters of each shared string. Refuses: CELL_TOO_LONG."""
    with zipfile.ZipFile(path) as archive:
        parts = [n for n in archive.namelist() if n.lower() == "xl/sharedstrings.xml"]
    lengths: list[int] = []

    def start(name: str, _attributes: list[str]) -> None:
        if name.rpartition(":")[2] == "si":
            lengths.append(0)

    def text(data: str) -> None:
        if lengths:
            lengths[-1] += len(data)
            if lengths[-1] > limits.cell_characters:
                raise ListFileError("CELL_TOO_LONG", limit=limits.cell_characters)

    for part in parts[:1]:
        feed(new_parser(start, text=text), _chunks(path, part))
    return lengths


def first_rows(path: Path, part: str) -> bytes | None:
    """The worksheet cut off after its first rows, or None when it is not longer than that.

    Cut by plain search: whatever comes of it is read by the same reader, which refuses it
    when it is no worksheet.
    """
    head = b""
    for block in _chunks(path, part):
        head += block
        if len(head) < 2 * CHUNK:
            continue
        tags = head.count(b"<row ") or head.count(b":row ")
        if tags < HEAD_ELEMENTS and len(head) < 8 * CHUNK:
            continue
        at = max(head.rfind(b"<row "), head.rfind(b":row "))
        cut = head.rfind(b"<", 0, at + 1)
        if cut <= 0:
            return None
        prefix = head[cut + 1 : at + 1] if head[at : at + 1] == b":" else b""
        return head[:cut] + b"</" + prefix + b"sheetData></" + prefix + b"worksheet>"
    return None
