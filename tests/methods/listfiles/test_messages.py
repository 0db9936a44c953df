"""Every code that the reader can raise is explained in both languages, with a remedy."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kaejon.methods import listfiles
from kaejon.methods.listfiles.messages import MESSAGES, explain, remedy, sentence

HERE = Path(listfiles.__file__).parent
CODE = re.compile(r'"([A-Z][A-Z0-9]+(?:_[A-Z0-9]+)+)"')
THAI = re.compile("[\u0e01-\u0e5b]")


def codes_in(folder: Path) -> set[str]:
    """The upper-case codes in the programs below a folder, message tables left out."""
    sources = [path for path in folder.rglob("*.py") if not path.name.endswith("messages.py")]
    return {code for path in sources for code in CODE.findall(path.read_text("utf-8"))}


def test_every_code_the_reader_raises_has_a_message():
    assert codes_in(HERE) <= set(MESSAGES)


def test_every_message_belongs_to_a_code_that_is_raised():
    assert set(MESSAGES) <= codes_in(HERE.parent.parent)


@pytest.mark.parametrize("code", sorted(MESSAGES))
def test_each_message_is_said_in_thai_and_english_with_a_remedy(code):
    message = MESSAGES[code]
    assert THAI.search(message.th)
    assert THAI.search(message.th_remedy)
    assert message.en
    assert message.en_remedy
    assert not re.search("[\u0e01-\u0e5b]{4}", message.en)
    assert set(re.findall(r"{(\w+)}", message.th)) == set(re.findall(r"{(\w+)}", message.en))


def test_an_explanation_names_row_column_reason_and_remedy():
    said = explain("DATE_IMPOSSIBLE_DAY", "th", row=12, column="วันเกิด", value="31/02/2510")
    assert said.startswith("แถว 12 คอลัมน์ “วันเกิด”: วันที่ “31/02/2510” ไม่มีอยู่จริง")
    assert "วิธีแก้: " in said
    english = explain("DATE_IMPOSSIBLE_DAY", "en", row=12, column="วันเกิด", value="31/02/2510")
    assert english.startswith("Row 12, column “วันเกิด”: The month has no such day")


def test_a_message_without_its_parameters_is_still_a_sentence():
    assert (
        sentence("TOO_MANY_ROWS", "en")
        == "The file has values down to row …; at most … rows are accepted."
    )
    assert remedy("AREA_REPLACED", "th") == "เปลี่ยนรหัสเป็น … หลังตรวจว่าถูกต้อง"


def test_braces_in_a_cell_are_shown_as_they_are():
    assert "{x}" in explain("SEX_UNREADABLE", "en", row=1, column="{c}", value="{x}")
