"""Photos without what they tell beside the picture: place, time, camera, owner.

A phone writes its position into every picture, and often a second picture or a film behind the
first one. Nothing of the file is kept: the picture is decoded, turned upright and written anew.
Source: ITU-T T.81 (JPEG), JEITA CP-3451 (Exif orientation), ISO/IEC 15948 (PNG).
"""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from kaejon.methods.errors import DataError

JPEG, PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
# A picture of so many pixels takes 150 MB of memory while it is read.
MOST_PIXELS = 50_000_000
# The longer side of what is kept, in pixels; enough to read a house number across a yard.
LONGEST_SIDE = 4_000
QUALITY = 88
# The last bytes of a picture, by which one that was cut is known.
ENDS = {"image/jpeg": b"\xff\xd9", "image/png": b"IEND\xaeB`\x82"}


def media_type(content: bytes) -> str | None:
    """The media type by the first bytes: JPEG or PNG, None for anything else."""
    if content.startswith(JPEG):
        return "image/jpeg"
    return "image/png" if content.startswith(PNG) else None


def without_metadata(content: bytes) -> bytes:
    """The picture alone, upright, in the format it came in, at most LONGEST_SIDE pixels long.

    Refuses (DataError): neither JPEG nor PNG, cut short, more than MOST_PIXELS.
    """
    kind = media_type(content)
    if kind is None:
        raise DataError(
            "photo_kind",
            "this file is not a JPG or PNG picture",
            remedy="Take the photo with the camera of the phone and choose it again.",
        )
    if ENDS[kind] not in content:
        raise cut_short()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what is odd about the file goes with it
            return written_anew(content, kind)
    except Image.DecompressionBombError as error:
        raise too_large() from error
    except (OSError, SyntaxError, ValueError, UnidentifiedImageError) as error:
        raise cut_short() from error


def cut_short() -> DataError:
    return DataError(
        "photo_cut", "the photo did not arrive whole", remedy="Send it again from the phone."
    )


def too_large() -> DataError:
    return DataError(
        "photo_pixels",
        f"the photo has more than {MOST_PIXELS // 1_000_000} million pixels",
        remedy="Choose a smaller picture size in the camera.",
    )


def written_anew(content: bytes, kind: str) -> bytes:
    """Decode the first picture of a file and write it into a fresh one."""
    with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise too_large()
        picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        picture.load()
        upright = ImageOps.exif_transpose(picture)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    is_png = kind == "image/png"
    mode = "RGBA" if is_png and upright.has_transparency_data else "RGB"
    fresh = Image.new(mode, upright.size)
    fresh.paste(upright.convert(mode))
    out = io.BytesIO()
    if is_png:
        fresh.save(out, "PNG")
    else:
        fresh.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()
