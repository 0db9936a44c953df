"""QR codes as SVG, drawn by segno; Typst embeds them as vectors."""

from __future__ import annotations

import segno

from kaejon.methods.errors import UsageError

MAX_URL_LENGTH = 300


def qr_svg(url: str) -> str:
    """An SVG of the web address, error correction M or better, with its quiet zone.

    Refuses: anything but an http(s) address of at most 300 characters, so that
    a scanned sheet can open nothing but a page.
    """
    if not url.startswith(("https://", "http://")) or len(url) > MAX_URL_LENGTH:
        raise UsageError(
            "sheet_url",
            f"not a web address of at most {MAX_URL_LENGTH} characters: {url[:60]!r}",
            remedy="give the full address of the page, beginning with https://",
        )
    return str(segno.make(url, error="m", micro=False).svg_inline(border=4))
