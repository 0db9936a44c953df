"""Scanned consent papers: recognised by their first bytes, kept sealed."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from kaejon.apps.privacy.refusals import PrivacyRefused
from kaejon.apps.sources import files

LIMIT = 15 * 1024 * 1024
# First bytes → media type: ISO 32000 (PDF), ITU-T T.81 (JPEG), ISO/IEC 15948 (PNG)
SIGNATURES = {
    b"%PDF-": "application/pdf",
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
}


def media_type(head: bytes) -> str | None:
    """The media type of a paper by its content; None for anything else, whatever its name says."""
    return next((kind for mark, kind in SIGNATURES.items() if head.startswith(mark)), None)


def keep(chunks: Iterable[bytes]) -> str:
    """Seal and store a scanned paper; returns its stored name. Refuses what is not PDF, JPG or PNG."""
    pieces = iter(chunks)
    first = next(pieces, b"")
    if media_type(first) is None:
        raise PrivacyRefused(
            "paper_kind",
            _("This file is not a PDF, JPG or PNG picture."),
            _("Scan the paper again and choose the scanned file."),
        )

    def all_pieces() -> Iterable[bytes]:
        yield first
        yield from pieces

    return files.keep(all_pieces(), limit=LIMIT)[0]


def opened(name: str) -> tuple[bytes, str]:
    """The paper and its media type."""
    content = b"".join(files.pieces(name))
    return content, media_type(content) or "application/octet-stream"
