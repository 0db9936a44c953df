"""The shared look: filters say what is missing, templates stay within the content policy."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.utils import translation

from kaejon.web.templatetags import kaejon_ui

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "src/kaejon/web/templates").rglob("*.html"))


def shown(source: str, **context: object) -> str:
    return Template("{% load kaejon_ui %}" + source).render(Context(context))


@pytest.mark.parametrize(
    "name", ["be_date", "be_datetime", "be_year", "thai_number", "percent", "baht", "mask_id"]
)
def test_a_missing_value_is_a_dash_and_not_a_zero(name: str) -> None:
    assert getattr(kaejon_ui, name)(None) == kaejon_ui.NOTHING


def test_a_date_is_shown_in_the_buddhist_era_of_the_readers_language() -> None:
    day = dt.date(2026, 11, 21)
    with translation.override("th"):
        assert kaejon_ui.be_date(day) == "21 พ.ย. 2569"
    with translation.override("en"):
        assert kaejon_ui.be_date(day) == "21 Nov 2569 BE"


def test_a_moment_is_shown_as_its_local_day_and_hour() -> None:
    with translation.override("th"):
        late = dt.datetime(2026, 11, 21, 18, 30, tzinfo=dt.UTC)
        assert kaejon_ui.be_datetime(late) == "22 พ.ย. 2569 01:30"


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (1234567, 0, "1,234,567"),
        ("2.445", 2, "2.45"),
        (Decimal("0.5"), 0, "1"),
        (0, 0, "0"),
        ("many", 0, "–"),
    ],
)
def test_numbers_are_grouped_and_rounded_half_up(value: object, places: int, text: str) -> None:
    assert kaejon_ui.thai_number(value, places) == text


def test_a_share_is_shown_as_per_cent() -> None:
    assert kaejon_ui.percent(0.1234) == "12.3%"


def test_only_the_last_four_digits_of_a_national_id_are_shown() -> None:
    assert kaejon_ui.mask_id("1234567890121") == "x-xxxx-xxxx0-12-1"


def test_each_level_says_its_word_beside_its_bars() -> None:
    page = '{% include "components/level.html" with level=level only %}'
    with translation.override("th"):
        words = [shown(page, level=level) for level in (1, 2, 3, 4, None)]
    for text, word in zip(words, ["อยู่ลำบาก", "อยู่ยาก", "อยู่พอได้", "อยู่ดี", "ยังไม่ได้สำรวจ"], strict=True):
        assert word in text
    assert [text.count('class="on"') for text in words] == [1, 2, 3, 4, 0]


def test_an_unlisted_icon_is_refused() -> None:
    with pytest.raises(TemplateSyntaxError, match=r"icons\.txt"):
        shown('{% icon "no-such-icon" %}')


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_use_listed_icons_and_no_inline_style_or_script(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    named = set(re.findall(r'{% icon "([^"]+)"', text)) | set(
        re.findall(r'icon_name="([^"]+)"', text)
    )
    assert named <= kaejon_ui.icon_names()
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|<script(?![^>]*\ssrc=)", text)


def test_the_lock_of_the_front_end_names_no_registry() -> None:
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text(encoding="utf-8")
