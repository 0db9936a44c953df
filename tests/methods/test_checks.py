"""The rule of the status as a table that can be read aloud, its moves, and photos without their secrets."""

from __future__ import annotations

import io
import struct
import zlib
from datetime import date
from itertools import permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from kaejon.methods.checks import (
    Check,
    Override,
    has_quorum,
    may_follow,
    reasons,
    standing,
    weights,
)
from kaejon.methods.errors import DataError
from kaejon.methods.photos import media_type, without_metadata

POOR, NOT, MOVED, DIED, LOST, DOUBLE, MISSED = (
    "confirmed_poor",
    "not_poor",
    "moved",
    "died",
    "not_found",
    "duplicate",
    "missed",
)
OUTCOMES = (POOR, NOT, MOVED, DIED, LOST, DOUBLE, MISSED)


def day(n: int) -> date:
    return date(2026, 1, n)


# (outcome, list year, method, day of January), in the order written → the status that follows
RULE = [
    ("nobody checked", [], None),
    ("one visit", [(POOR, 2568, "visit", 3)], POOR),
    ("later list year", [(POOR, 2567, "forum", 9), (NOT, 2568, "phone", 3)], NOT),
    ("forum over a later visit", [(POOR, 2568, "forum", 3), (NOT, 2568, "visit", 9)], POOR),
    ("visit over later papers", [(POOR, 2568, "visit", 3), (NOT, 2568, "papers", 9)], POOR),
    ("later visit over earlier", [(POOR, 2568, "visit", 3), (NOT, 2568, "visit", 9)], NOT),
    ("same day, written last", [(POOR, 2568, "visit", 3), (NOT, 2568, "visit", 3)], NOT),
    ("moved after the forum", [(POOR, 2568, "forum", 3), (MOVED, 2568, "visit", 9)], MOVED),
    ("moved before the forum", [(MOVED, 2568, "visit", 3), (POOR, 2568, "forum", 9)], POOR),
    (
        "came back: the forum's judgement counts again",
        [(NOT, 2568, "forum", 1), (MOVED, 2568, "visit", 3), (POOR, 2568, "visit", 9)],
        NOT,
    ),
    ("same day: the forum is later", [(POOR, 2568, "forum", 3), (LOST, 2568, "visit", 3)], POOR),
    ("missed stays missed", [(MISSED, 2568, "visit", 3), (POOR, 2568, "forum", 9)], MISSED),
    ("missed, then not eligible", [(MISSED, 2568, "visit", 3), (NOT, 2568, "forum", 9)], NOT),
    ("missed in an earlier year", [(MISSED, 2567, "visit", 3), (POOR, 2568, "visit", 9)], POOR),
]


def checks_of(rows: list[tuple[str, int, str, int]]) -> list[Check]:
    return [Check(o, y, m, day(d), order) for order, (o, y, m, d) in enumerate(rows)]


@pytest.mark.parametrize(("why", "rows", "outcome"), RULE, ids=[row[0] for row in RULE])
def test_the_status_follows_from_the_checks(
    why: str, rows: list[tuple[str, int, str, int]], outcome: str | None
) -> None:
    for order in permutations(checks_of(rows)):
        found = standing(order)
        assert (found.outcome if found else None) == outcome, why


@pytest.mark.parametrize(
    ("year", "outcome"), [(2567, POOR), (2568, NOT), (2569, NOT)], ids=["older", "same", "newer"]
)
def test_an_override_stands_over_its_own_and_earlier_years(year: int, outcome: str) -> None:
    found = standing(checks_of([(POOR, 2568, "forum", 3)]), Override(NOT, year, day(9)))
    assert found is not None
    assert found.outcome == outcome
    assert (found.check is None) == (outcome == NOT)


CHECKS = st.lists(
    st.builds(
        Check,
        outcome=st.sampled_from(OUTCOMES),
        year=st.integers(2566, 2568),
        method=st.sampled_from(sorted(weights())),
        on=st.dates(date(2025, 1, 1), date(2025, 1, 5)),
        order=st.integers(0, 3),
    ),
    unique_by=lambda c: c.order,
    max_size=4,
)


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(CHECKS)
def test_the_status_is_one_of_the_latest_year_and_says_no_more_than_a_check_said(
    checks: list[Check],
) -> None:
    found = standing(checks)
    assert (found is None) == (not checks)
    if found:
        assert found.year == max(c.year for c in checks)
        assert found.outcome in {c.outcome for c in checks if c.year == found.year}
        assert found == standing(reversed(checks))


def test_an_end_is_left_only_by_withdrawing_and_missed_is_a_beginning() -> None:
    assert [o for o in OUTCOMES if may_follow("", o)] == list(OUTCOMES)
    for end in (DIED, DOUBLE):
        assert not any(may_follow(end, o) for o in OUTCOMES)
    for known in (POOR, NOT, MOVED, LOST):
        assert [o for o in OUTCOMES if not may_follow(known, o)] == [MISSED]


def test_every_reason_belongs_to_an_outcome_and_a_forum_needs_households() -> None:
    assert {o for r in reasons() for o in r["outcomes"]} == {POOR, NOT, MISSED}
    assert all(r["th"] and r["en"] for r in reasons())
    assert has_quorum({"households": 10})
    assert not has_quorum({"households": 9, "officials": 40})


def exif(orientation: int) -> bytes:
    """A segment as a phone writes it: orientation, then a position."""
    entries = struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0)
    entries += struct.pack("<HHII", 0x8825, 4, 1, 38)
    body = b"Exif\0\0II*\0" + struct.pack("<IH", 8, 2) + entries + struct.pack("<I", 0)
    body += b"GPS 15.1185 104.3220"
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 20), **more: object) -> bytes:
    """A real picture, red above and blue below."""
    image, out = Image.new("RGB", size, "red"), io.BytesIO()
    image.paste("blue", (0, size[1] // 2, *size))
    image.save(out, kind, **more)
    return out.getvalue()


def jpeg(*segments: bytes) -> bytes:
    content = picture()
    return content[:2] + b"".join(segments) + content[2:]


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def test_a_photo_loses_its_place_and_keeps_its_picture_upright() -> None:
    comment = b"\xff\xfe\0\x0amy house"
    clean = without_metadata(jpeg(exif(6), comment))
    assert b"GPS" not in clean
    assert b"house" not in clean
    assert opened(clean).size == (20, 40)
    assert not opened(clean).getexif()
    note = PngInfo()
    note.add_text("Author", "me at home")
    clean = without_metadata(picture("PNG", pnginfo=note))
    assert b"at home" not in clean
    assert opened(clean).getpixel((0, 0)) == (255, 0, 0)
    assert opened(clean).getpixel((39, 19)) == (0, 0, 255)


def test_nothing_behind_the_first_picture_survives() -> None:
    """A burst or a film behind the picture bears the camera and the place once more."""
    behind = jpeg(exif(1)) + b"SECRETPHONE"
    clean = without_metadata(jpeg() + behind)
    assert b"SECRETPHONE" not in clean
    assert b"GPS" not in clean


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_half_a_photo_did_not_arrive_whole(kind: str) -> None:
    whole = io.BytesIO()
    Image.effect_noise((120, 120), 80).convert("RGB").save(whole, kind)
    content = whole.getvalue()
    for length in (30, 900, len(content) // 2, len(content) - 1):
        with pytest.raises(DataError) as refused:
            without_metadata(content[:length])
        assert refused.value.code == "photo_cut"


@pytest.mark.parametrize("side", [8_000, 20_000])
def test_a_picture_of_too_many_pixels_is_refused_before_it_is_read(side: int) -> None:
    small = picture("PNG")
    header = b"IHDR" + struct.pack(">II", side, side) + small[24:29]
    large = small[:12] + header + struct.pack(">I", zlib.crc32(header)) + small[33:]
    with pytest.raises(DataError) as refused:
        without_metadata(large)
    assert refused.value.code == "photo_pixels"


@pytest.mark.parametrize(
    "content", [b"", b"GIF89a", jpeg()[:20], b"\xff\xd8\xff", picture("PNG")[:20]]
)
def test_what_is_no_whole_picture_is_refused(content: bytes) -> None:
    with pytest.raises(DataError):
        without_metadata(content)
    assert media_type(content) in (None, "image/jpeg", "image/png")
