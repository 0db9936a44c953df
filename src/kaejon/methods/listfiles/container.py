"""What kind of file was uploaded, judged by its bytes and never by its name.

An XLSX is a zip of XML. It is examined here before any reader opens it, so that a
small file cannot unfold into a large one.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from kaejon.methods.listfiles.errors import ListFileError

FileKind = Literal["xlsx", "csv", "parquet"]

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
FOREIGN_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "PDF"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG", "PNG"),
    (b"GIF8", "GIF"),
    (b"\x1f\x8b", "GZIP"),
    (b"7z\xbc\xaf", "7Z"),
    (b"Rar!", "RAR"),
    (b"{\\rtf", "RTF"),
    (b"SQLite format 3", "SQLite"),
)
# All bytes but the control characters; a NUL among them is told with its line (`textfile`).
TEXT_BYTES = bytes([0, 9, 10, 12, 13, 26, *range(32, 256)])
UTF16_LETTERS = frozenset(
    "\t\r\n"
    + "".join(chr(n) for n in (*range(32, 127), *range(0xE00, 0xE80), *range(0x2000, 0x2070)))
)
ZIP_MEMBER_KINDS: tuple[tuple[str, str], ...] = (
    ("word/", "DOCX"),
    ("ppt/", "PPTX"),
    ("xl/workbook.bin", "XLSB"),
    ("content.xml", "ODS"),
)


@dataclass(frozen=True)
class Limits:
    """How much a list may hold and cost. Units: rows, columns, cells, bytes, ratio of sizes.

    `seconds` of processor and `memory_bytes` of address space bound the reading of it
    (`apart`); `seconds` also bounds the wait for its next rows.
    """

    data_rows: int = 500_000
    columns: int = 512
    cells: int = 20_000_000
    zip_entries: int = 2_000
    unpacked_bytes: int = 1_500_000_000
    pack_ratio: int = 300
    ratio_free_bytes: int = 10_000_000
    cell_characters: int = 32_767
    uncomputed_cells: int = 10_000
    seconds: int = 120
    memory_bytes: int = 3_000_000_000


def file_kind(path: Path, limits: Limits) -> FileKind:
    """The kind of list in `path`.

    Refuses: EMPTY_FILE, WRONG_FILE_TYPE, OLD_EXCEL_FILE, PASSWORD_PROTECTED, BROKEN_FILE,
    ZIP_BOMB.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    if not head:
        raise ListFileError("EMPTY_FILE")
    if head.startswith(OLE_MAGIC):
        raise ListFileError(_ole_problem(path))
    if head.startswith(b"PK"):
        _check_zip(path, limits)
        return "xlsx"
    if head.startswith(b"PAR1"):
        return "parquet"
    _refuse_foreign(head)
    return "csv"


def _ole_problem(path: Path) -> str:
    name = "EncryptedPackage".encode("utf-16-le")
    with path.open("rb") as file:
        tail = b""
        while block := file.read(1 << 20):
            if name in tail + block:
                return "PASSWORD_PROTECTED"
            tail = block[-len(name) :]
    return "OLD_EXCEL_FILE"


def _refuse_foreign(head: bytes) -> None:
    for magic, name in FOREIGN_MAGIC:
        if head.startswith(magic):
            raise ListFileError("WRONG_FILE_TYPE", found=name)
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:200].lower()
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<meta", b"<style")):
        raise ListFileError("WRONG_FILE_TYPE", found="HTML")
    if start.startswith((b"<?xml", b"<workbook")):
        raise ListFileError("WRONG_FILE_TYPE", found="XML")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or utf16_without_mark(head):
        return
    if b"\x00" in head and head.translate(None, TEXT_BYTES):
        raise ListFileError("WRONG_FILE_TYPE", found="binary")


def utf16_without_mark(head: bytes) -> str:
    """The byte order of UTF-16 that lacks its mark, or "": every letter is Thai or Latin."""
    if b"\x00" in head:
        for encoding in ("utf-16-le", "utf-16-be"):
            text = head[: len(head) // 2 * 2].decode(encoding, "replace")
            if UTF16_LETTERS.issuperset(text):
                return encoding
    return ""


def _check_zip(path: Path, limits: Limits) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise ListFileError("BROKEN_FILE") from error
    names = [entry.filename for entry in entries]
    if len(entries) > limits.zip_entries:
        raise ListFileError("ZIP_BOMB", reason=f"{len(entries):,} parts")
    if len(set(names)) != len(names):
        raise ListFileError("BROKEN_FILE")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > limits.unpacked_bytes:
        raise ListFileError("ZIP_BOMB", reason=f"{unpacked:,} bytes")
    for entry in entries:
        _check_entry(entry, limits)
    _require_workbook(names)


def _check_entry(entry: zipfile.ZipInfo, limits: Limits) -> None:
    if entry.flag_bits & 1:
        raise ListFileError("PASSWORD_PROTECTED")
    ratio = entry.file_size / max(entry.compress_size, 1)
    if entry.file_size > limits.ratio_free_bytes and ratio > limits.pack_ratio:
        raise ListFileError("ZIP_BOMB", reason=f"1:{ratio:.0f}")


def _require_workbook(names: list[str]) -> None:
    for prefix, kind in ZIP_MEMBER_KINDS:
        if any(name.startswith(prefix) for name in names):
            raise ListFileError("WRONG_FILE_TYPE", found=kind)
    if "xl/workbook.xml" not in names:
        raise ListFileError("WRONG_FILE_TYPE", found="ZIP")
