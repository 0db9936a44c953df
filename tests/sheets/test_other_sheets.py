"""The paper for the family, for the walk through the village, and for the meeting."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from kaejon.methods.errors import DataError
from kaejon.sheets.check_result import CheckResult, render_check_result
from kaejon.sheets.forum import ForumItem, ForumObjection, ForumSheet, render_forum
from kaejon.sheets.held_data import HeldDataSheet, HeldFact, HeldSource, Look, render_held_data
from kaejon.sheets.profile import (
    AreaProfile,
    CapitalCounts,
    Figure,
    ProblemCount,
    Strength,
    render_profile,
)
from kaejon.sheets.typesetting import printable, shortened
from kaejon.sheets.wording import words
from kaejon.sheets.worklist import Visit, Worklist, render_worklist

HELD = HeldDataSheet(
    head_name="นางบุญมี ศรีสมบูรณ์",
    place=("บ้านเลขที่ 12/3", "หมู่ที่ 7", "บ้านโนนสมบูรณ์"),
    contact="เจ้าหน้าที่คุ้มครองข้อมูล อบต. หนองแก้ว",
    how_to_ask="แจ้งด้วยวาจาหรือเขียนคำขอที่ อบต. หนองแก้ว จะได้รับคำตอบภายใน 30 วัน",
    url="https://kaejon.example/held/1",
    synthetic=True,
    held=(HeldFact(name="สุขภาพ", value="มีโรคเรื้อรัง 1 คน"),),
    sources=(
        HeldSource(
            name="จปฐ. 2565",
            owner="กรมการพัฒนาชุมชน",
            legal_basis="ภารกิจเพื่อประโยชน์สาธารณะ",
            purpose="วางแผนช่วยเหลือ",
            kept_until="31 ธ.ค. 2575",
        ),
    ),
    looks=(
        Look(date="2 พ.ย. 2569", role="เจ้าหน้าที่ตำบล", office="อบต. หนองแก้ว", reason="เตรียมเยี่ยม"),
    ),
    consent="ให้ความยินยอมเมื่อ 12 ม.ค. 2567",
    printed_by="ปลัด อบต.",
    printed_at="21 พ.ย. 2569",
)

WORKLIST = Worklist(
    place=("บ้านโนนสมบูรณ์ หมู่ที่ 7", "ตำบลหนองแก้ว"),
    visits=(
        Visit(house_no="12/3", head_name="นางบุญมี ศรีสมบูรณ์", members=4, look_at=("บ้านทรุดโทรม",)),
    ),
)

PROFILE = AreaProfile(
    name="บ้านโนนสมบูรณ์",
    figures=(Figure(name="ครัวเรือน", value="184", source="จปฐ. 2565"),),
    level_words=("อยู่ลำบาก", "อยู่ยาก", "อยู่พอได้", "อยู่ดี"),
    capitals=(CapitalCounts(name="ทุนมนุษย์", counts=(12, 1300, None, 8)),),
    problems=(ProblemCount(problem="บ้านทรุดโทรม", count=12, responsible="คณะทำงานด้านที่อยู่อาศัย"),),
    strengths=(Strength(kind="กองทุนสวัสดิการชุมชน", text="สมาชิก 120 คน"),),
)


def without_space(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_a_family_reads_what_is_held_from_whom_and_who_looked(font_dir, pages_of):
    text = "".join(pages_of(render_held_data(HELD, font_dir=font_dir)))
    source, look = HELD.sources[0], HELD.looks[0]
    expected = [HELD.head_name, HELD.held[0].value, HELD.contact, HELD.how_to_ask, HELD.consent]
    expected += [source.name, source.owner, source.legal_basis, source.kept_until]
    expected += [look.date, look.role, look.office, look.reason]
    expected += words("held_data", "th")["rights_list"]
    for sentence in expected:
        assert without_space(sentence) in text


def test_the_family_print_out_leaves_nothing_out(font_dir, pages_of):
    """The family has a right to all of it, however long it grows."""
    sheet = replace(
        HELD,
        held=tuple(HeldFact(name=f"ข้อ{n}", value=f"ค่า{n} " * 30) for n in range(60)),
        sources=(HeldSource(**dict.fromkeys(_fields(HELD.sources[0]), "ก" * 300)),) * 40,
        looks=tuple(replace(HELD.looks[0], reason=f"เหตุ{n}") for n in range(100)),
    )
    text = "".join(pages_of(render_held_data(sheet, font_dir=font_dir)))
    assert "ค่า59" in text
    assert "เหตุ99" in text
    assert "…อีก" not in text


def _fields(value: object) -> list[str]:
    return list(value.__dataclass_fields__)


def test_a_family_nobody_looked_at_is_told_so(font_dir, pages_of):
    sheet = replace(HELD, looks=(), sources=(), url="")
    text = "".join(pages_of(render_held_data(sheet, font_dir=font_dir)))
    assert "ยังไม่มีผู้เปิดดูข้อมูล" in text
    assert "ยังไม่มีข้อมูลจากบัญชีใด" in text


def test_the_family_print_out_speaks_english_too(font_dir, pages_of):
    text = "".join(pages_of(render_held_data(replace(HELD, language="en"), font_dir=font_dir)))
    assert "Whatisheldaboutyourfamily" in text


def test_the_worklist_has_every_household_and_numbered_pages(font_dir, pages_of):
    visits = [replace(WORKLIST.visits[0], house_no=f"{i}/9") for i in range(1, 61)]
    pages = pages_of(render_worklist(replace(WORKLIST, visits=visits), font_dir=font_dir))
    text = "".join(pages)
    assert all(f"{i}/9" in text for i in range(1, 61))
    assert f"หน้า1จาก{len(pages)}" in pages[0]
    assert without_space("ครัวเรือนที่ยังไม่มีชื่อในบัญชี") in pages[-1]


def test_an_empty_worklist_says_so(font_dir, pages_of):
    (page,) = pages_of(render_worklist(replace(WORKLIST, visits=()), font_dir=font_dir))
    assert "ไม่มีครัวเรือนที่ต้องตรวจสอบในรายการนี้" in page


def test_the_profile_shows_what_is_lacking_and_what_the_community_has(font_dir, pages_of):
    (page,) = pages_of(render_profile(PROFILE, font_dir=font_dir))
    for text in ("ทุนมนุษย์", "1,300", "บ้านทรุดโทรม", "กองทุนสวัสดิการชุมชน", "อยู่พอได้"):
        assert text in page


def test_a_suppressed_cell_is_explained(font_dir, pages_of):
    explained = without_space(words("profile", "th")["suppressed"])
    (page,) = pages_of(render_profile(PROFILE, font_dir=font_dir))
    assert explained in page
    open_counts = replace(PROFILE, capitals=(CapitalCounts(name="ทุนมนุษย์", counts=(1, 2, 3, 4)),))
    (page,) = pages_of(render_profile(open_counts, font_dir=font_dir))
    assert explained not in page


def test_a_profile_without_surveys_has_its_empty_states(font_dir, pages_of):
    empty = AreaProfile(name="ตำบลหนองแก้ว", thai_digits=True)
    (page,) = pages_of(render_profile(empty, font_dir=font_dir))
    assert "ยังไม่มีครัวเรือนที่สำรวจ" in page
    assert not re.search(r"[0-9]", page)


def test_three_level_counts_are_refused():
    with pytest.raises(DataError, match="4 needed"):
        CapitalCounts(name="ทุนมนุษย์", counts=(1, 2, 3))


@pytest.mark.parametrize("sheet", ["folder", "held_data", "worklist", "profile"])
def test_both_languages_have_the_same_words(sheet):
    thai, english = words(sheet, "th"), words(sheet, "en")
    assert thai.keys() == english.keys()
    for key, text in thai.items():
        assert isinstance(text, list) == isinstance(english[key], list)
        assert len(text) == len(english[key]) or isinstance(text, str)
        assert str(text).count("{}") == str(english[key]).count("{}")


@pytest.mark.parametrize("sheet", ["folder", "held_data", "worklist", "profile"])
def test_no_sheet_uses_a_word_that_shames(sheet):
    text = str(words(sheet, "th"))
    for word in ("คนจนไม่จริง", "คนจนปลอม", "ผู้ต้องขัง", "ตกหล่น"):
        assert word not in text


def test_a_shortened_text_keeps_its_last_syllable_whole():
    assert shortened("มาก้าน", 4) == "มา…"
    assert shortened("ก้าน", 2) == "…"
    assert shortened("กา", 2) == "กา"


def test_control_and_direction_characters_are_not_printed():
    assert printable("a\x00b\u202ec", thai_digits=False) == "a b c"


RESULT = CheckResult(
    head_name="นางบุญมี ศรีสมบูรณ์",
    house_no="12/3",
    place=("บ้านโนนสมบูรณ์ หมู่ที่ 7", "ตำบลหนองแก้ว"),
    outcome="not_poor",
    result="ไม่เข้าเกณฑ์ในรอบนี้",
    year="2568",
    how="เยี่ยมบ้าน",
    on="5 พ.ย. 2569",
    by="อบต. หนองแก้ว",
    contact="อบต. หนองแก้ว",
    object_by="5 ธ.ค. 2569",
    answer_days=30,
    url="https://example.org/households/1/",
)


OUTCOMES = ("confirmed_poor", "not_poor", "moved", "died", "not_found", "duplicate", "missed")


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_the_family_reads_what_was_found_and_how_to_object(outcome, font_dir, pages_of):
    for language, told in (("th", "หากไม่เห็นด้วย"), ("en", "Ifyoudonotagree")):
        sheet = replace(RESULT, outcome=outcome, language=language)
        (page,) = pages_of(render_check_result(sheet, font_dir=font_dir))
        assert told in page
        assert "5ธ.ค.2569" in page
        assert "คนจน" not in page


def test_an_outcome_without_words_is_refused(font_dir):
    with pytest.raises(DataError):
        render_check_result(replace(RESULT, outcome="?"), font_dir=font_dir)


def test_the_minutes_of_a_forum_name_who_came_what_was_decided_and_who_objects(font_dir, pages_of):
    items = [
        ForumItem(
            house_no=f"{n}/9", head_name="นางบุญมี ศรีสมบูรณ์", decision="เดือดร้อนจริง", how="ลงมติ 18 : 8"
        )
        for n in range(1, 41)
    ]
    sheet = ForumSheet(
        kind="minutes",
        place=("บ้านโนนสมบูรณ์ หมู่ที่ 7",),
        year="2568",
        held_on="5 พ.ย. 2569",
        where="ศาลากลางหมู่บ้าน",
        chair="ผู้ใหญ่บ้าน",
        quorum=("ผู้แทนครัวเรือน", 10),
        attendance=(("ผู้แทนครัวเรือน", 25),),
        items=items,
        objections=(
            ForumObjection(house_no="1/9", raised_by="ลูกสาว", text="ยังลำบาก", answer="เยี่ยมซ้ำ"),
        ),
    )
    text = "".join(pages_of(render_forum(sheet, font_dir=font_dir)))
    for told in ("บันทึกการประชุมประชาคม", "25คน", "40/9", "18:8", "ลูกสาว", "เยี่ยมซ้ำ", "ยังไม่ปิดประชาคม"):
        assert without_space(told) in text
    agenda = "".join(pages_of(render_forum(replace(sheet, kind="agenda"), font_dir=font_dir)))
    assert "ระเบียบวาระประชาคม" in agenda
    assert "ลูกสาว" not in agenda
