"""Photos without what they tell beside the picture: place, time, camera, owner.

A phone writes its position into every picture. The pixels stay as they are; only
the orientation is kept, so that the picture stands upright.
Source: ITU-T T.81 annex B (JPEG markers), JEITA CP-3451 (Exif), ISO/IEC 15948 (PNG chunks).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from kaejon.methods.errors import DataError

JPEG, PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
START_OF_SCAN, EXIF = 0xDA, 0xE1
# Frame markers a decoder needs: APP0 (JFIF), APP2 (colour profile), APP14 (Adobe colour transform).
APPLICATION_KEPT = frozenset({0xE0, 0xE2, 0xEE})
APPLICATION, COMMENT = range(0xE0, 0xF0), 0xFE
PNG_DROPPED = frozenset({b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"})
ORIENTATION_TAG = 0x0112


def media_type(content: bytes) -> str | None:
    """The media type by the first bytes: JPEG or PNG, None for anything else."""
    if content.startswith(JPEG):
        return "image/jpeg"
    return "image/png" if content.startswith(PNG) else None


def without_metadata(content: bytes) -> bytes:
    """The same picture without metadata. Refuses (DataError): neither JPEG nor PNG, or cut short."""
    kind = media_type(content)
    if kind is None:
        raise DataError(
            "photo_kind",
            "this file is not a JPG or PNG picture",
            remedy="Take the photo with the camera of the phone and choose it again.",
        )
    try:
        return b"".join(_jpeg(content) if kind == "image/jpeg" else _png(content))
    except (struct.error, IndexError) as cut:
        raise DataError(
            "photo_damaged", "the picture is cut short", remedy="Take the photo again."
        ) from cut


def _jpeg(content: bytes) -> Iterator[bytes]:
    yield content[:2]
    at = 2
    while True:
        marker = content[at + 1]
        if content[at] != 0xFF:
            raise IndexError(at)
        if marker == START_OF_SCAN:
            yield content[at:]
            return
        (length,) = struct.unpack(">H", content[at + 2 : at + 4])
        segment = content[at : at + 2 + length]
        at += 2 + length
        if marker == EXIF and (turned := _orientation(segment[4:])) > 1:
            yield _upright_only(turned)
        elif (marker in APPLICATION and marker not in APPLICATION_KEPT) or marker == COMMENT:
            continue
        else:
            yield segment


def _orientation(body: bytes) -> int:
    """Orientation 1-8 of an Exif segment; 1 (as it is) when it says nothing."""
    if not body.startswith(b"Exif\0\0"):
        return 1
    tiff = body[6:]
    order = "<" if tiff.startswith(b"II") else ">"
    try:
        (first,) = struct.unpack(order + "I", tiff[4:8])
        (count,) = struct.unpack(order + "H", tiff[first : first + 2])
        for entry in range(min(count, 64)):
            start = first + 2 + 12 * entry
            tag, _, _, value = struct.unpack(order + "HHIH", tiff[start : start + 10])
            if tag == ORIENTATION_TAG:
                return int(value) if 1 <= value <= 8 else 1
    except struct.error:
        return 1
    return 1


def _upright_only(orientation: int) -> bytes:
    """An Exif segment that holds the orientation and nothing else."""
    entry = struct.pack(">HHIHH", ORIENTATION_TAG, 3, 1, orientation, 0)
    body = b"Exif\0\0MM\0*" + struct.pack(">IH", 8, 1) + entry + struct.pack(">I", 0)
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def _png(content: bytes) -> Iterator[bytes]:
    yield content[:8]
    at = 8
    while True:
        (length,) = struct.unpack(">I", content[at : at + 4])
        kind, chunk = content[at + 4 : at + 8], content[at : at + 12 + length]
        if len(chunk) < 12 + length:
            raise IndexError(at)
        if kind not in PNG_DROPPED:
            yield chunk
        if kind == b"IEND":
            return
        at += 12 + length
