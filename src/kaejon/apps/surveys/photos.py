"""Photos of a check: freed of what they tell beside the picture, then kept sealed."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from kaejon.apps.sources import files
from kaejon.apps.surveys.refusals import CheckRefused
from kaejon.methods.errors import DataError
from kaejon.methods.photos import media_type, without_metadata

LIMIT = 8 * 1024 * 1024
REFUSALS = {
    "photo_kind": (
        _("This file is not a JPG or PNG picture."),
        _("Take the photo with the camera of the phone and choose it again."),
    ),
    "photo_cut": (_("The photo did not arrive whole."), _("Send it again.")),
    "photo_pixels": (
        _("The photo has more than 50 million pixels."),
        _("Choose a smaller picture size in the camera."),
    ),
}


def keep(chunks: Iterable[bytes]) -> str:
    """Seal and store the picture alone, without place, time and camera; returns its stored name.

    Refuses what is not JPG or PNG, what is cut short, too many pixels, and more than LIMIT bytes.
    """
    content = bytearray()
    for chunk in chunks:
        content += chunk
        if len(content) > LIMIT:
            raise CheckRefused(
                "photo_large",
                _("The photo is larger than %(n)s MB.") % {"n": LIMIT // 1024**2},
                _("Choose a smaller picture size in the camera."),
            )
    try:
        clean = without_metadata(bytes(content))
    except DataError as error:
        raise CheckRefused(error.code, *REFUSALS[error.code]) from error
    return files.keep([clean], limit=LIMIT)[0]


def opened(name: str) -> tuple[bytes, str]:
    """The photo and its media type."""
    content = b"".join(files.pieces(name))
    return content, media_type(content) or "application/octet-stream"
