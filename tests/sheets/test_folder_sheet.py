"""The Family Folder: one page per family, everything on it true to what was given."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from example_household import FAMILY, LARGE_FAMILY
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from kaejon.methods.errors import DataError, UsageError
from kaejon.sheets.folder import CapitalLevel, FolderMember, render_folders
from kaejon.sheets.typesetting import SheetFontMissing

A4_POINTS = (595, 842)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_a_batch_has_one_a4_page_per_household(font_dir):
    batch = [
        replace(FAMILY, household=replace(FAMILY.household, house_no=str(i))) for i in range(7)
    ]
    pages = PdfReader(io.BytesIO(render_folders(batch, font_dir=font_dir))).pages
    assert len(pages) == 7
    assert {tuple(round(side) for side in page.mediabox[2:]) for page in pages} == {A4_POINTS}


def test_the_page_names_the_family_its_place_and_what_is_wrong(font_dir, pages_of):
    (page,) = pages_of(render_folders([FAMILY], font_dir=font_dir))
    assert squeezed("แฟ้มครอบครัว – ครัวเรือนที่ต้องการความช่วยเหลือ") in page
    for member in FAMILY.members:
        assert squeezed(member.name) in page
    for text in ("บ้านเลขที่ 12/3", "หมู่ที่ 7", "ตำบลหนองแก้ว", "ข้อมูลสังเคราะห์", "ปลัด อบต. หนองแก้ว"):
        assert squeezed(text) in page
    for problem in FAMILY.problems:
        assert squeezed(problem.text) in page


def test_every_level_is_also_a_word(font_dir, pages_of):
    (page,) = pages_of(render_folders([FAMILY], font_dir=font_dir))
    for capital in FAMILY.capitals:
        star = "*" if capital.provisional else ""
        assert squeezed(f"{capital.name}{capital.level_word}{star}{capital.score}") in page


def test_only_sarabun_is_embedded(font_dir):
    (page,) = PdfReader(io.BytesIO(render_folders([FAMILY], font_dir=font_dir))).pages
    fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]
    assert fonts
    for font in fonts:
        descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        assert "Sarabun" in font["/BaseFont"]
        assert {"/FontFile2", "/FontFile3"} & set(descriptor)


def test_the_code_links_to_the_folder_in_latin_digits(font_dir):
    sheet = replace(FAMILY, thai_digits=True, folder_url="https://kaejon.example/f/129")
    (page,) = PdfReader(io.BytesIO(render_folders([sheet], font_dir=font_dir))).pages
    links = [a.get_object()["/A"]["/URI"] for a in page["/Annots"]]
    assert links == ["https://kaejon.example/f/129"]


@pytest.mark.parametrize(
    "text",
    [
        '#import "secret.typ": *',
        "#read(sys.inputs.document)",
        "[ ] *bold* _under_ $x^2$ `code`",
        "= Heading <label> @ref // comment",
        '"}]} \\ #{panic()}',
    ],
)
def test_markup_in_a_value_prints_as_it_was_written(text, font_dir, pages_of):
    sheet = replace(
        FAMILY,
        notes=(text,),
        household=replace(FAMILY.household, head_name=text),
        problems=(replace(FAMILY.problems[0], text=text),),
    )
    (page,) = pages_of(render_folders([sheet], font_dir=font_dir))
    assert page.count(squeezed(text)) == 3


def test_thai_digits_leave_no_latin_digit_on_the_page(font_dir, pages_of):
    sheet = replace(FAMILY, thai_digits=True)
    (page,) = pages_of(render_folders([sheet], font_dir=font_dir))
    assert not re.search(r"[0-9]", page)
    assert "๑๒/๓" in page
    assert "สมาชิกในครัวเรือน๔คน" in page


def test_a_large_family_stays_on_one_page_and_says_what_is_left_out(font_dir, pages_of):
    pages = pages_of(render_folders([LARGE_FAMILY], font_dir=font_dir))
    assert len(pages) == 1
    shown = sum(squeezed(f"เรื่องที่ {i + 1}") in pages[0] for i in range(30))
    assert "ปัญหาที่ต้องช่วยกันดู30เรื่อง" in pages[0]
    assert shown >= 4
    left_out = [int(n) for n in re.findall(r"…อีก(\d+)รายการดูในระบบ", pages[0])]
    members = sum(squeezed(m.name) in pages[0] for m in LARGE_FAMILY.members)
    assert 14 - members in left_out
    assert squeezed("ลงชื่อ") in pages[0]


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    members=st.integers(0, 30),
    problems=st.integers(0, 30),
    others=st.integers(0, 12),
    text=st.text(max_size=700),
)
def test_any_household_takes_exactly_one_page(members, problems, others, text, font_dir):
    sheet = replace(
        FAMILY,
        members=tuple(replace(FAMILY.members[i % 4], name=text[:200]) for i in range(members)),
        problems=tuple(replace(FAMILY.problems[i % 4], text=text) for i in range(problems)),
        assistance=FAMILY.assistance * others,
        sources=FAMILY.sources * others,
        conflicts=FAMILY.conflicts * others,
        attention=(text,) * min(others, 9),
        notes=(text,) * others,
    )
    pdf = render_folders([sheet, FAMILY], font_dir=font_dir)
    assert len(PdfReader(io.BytesIO(pdf)).pages) == 2


def test_an_empty_household_says_what_is_missing(font_dir, pages_of):
    sheet = replace(
        FAMILY,
        household=replace(FAMILY.household, coordinates=""),
        members=(),
        problems=(),
        capitals=(),
        overall=None,
        assistance=(),
        sources=(),
    )
    (page,) = pages_of(render_folders([sheet], font_dir=font_dir))
    for sentence in (
        "ยังไม่มีบันทึกความช่วยเหลือในระบบ",
        "ยังไม่มีพิกัด",
        "ยังไม่ได้สำรวจ",
        "ยังไม่พบปัญหาจากบัญชีที่มี",
        "ยังไม่มีรายชื่อสมาชิกในระบบ",
        "ความช่วยเหลือที่ได้รับ",
        "ข้อมูลมาจากไหน",
    ):
        assert sentence in page


def test_a_capital_that_was_not_surveyed_says_so(font_dir, pages_of):
    capitals = (CapitalLevel(name="ทุนมนุษย์"), *FAMILY.capitals[1:])
    (page,) = pages_of(render_folders([replace(FAMILY, capitals=capitals)], font_dir=font_dir))
    assert "ทุนมนุษย์ยังไม่ได้สำรวจ" in page


def test_english_sheets_speak_english(font_dir, pages_of):
    (page,) = pages_of(render_folders([replace(FAMILY, language="en")], font_dir=font_dir))
    assert squeezed("Family Folder – household in need of help") in page
    assert squeezed("House 12/3") in page
    assert "บ้านเลขที่" not in page


def test_equal_input_gives_equal_bytes(font_dir):
    assert render_folders([FAMILY], font_dir=font_dir) == render_folders(
        [FAMILY], font_dir=font_dir
    )


def test_progress_ends_when_all_pages_are_done(font_dir):
    heard = []
    render_folders([FAMILY] * 3, font_dir=font_dir, progress=lambda *step: heard.append(step))
    assert heard == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_an_unmasked_national_id_is_refused():
    with pytest.raises(DataError, match="not masked"):
        replace(FAMILY, members=(FolderMember(name="นายทดสอบ", national_id="1-2345-67890-12-1"),))


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "folders/1", "https://x.example/" + "a" * 400]
)
def test_a_code_that_opens_no_page_is_refused(url, font_dir):
    with pytest.raises(UsageError, match="web address"):
        render_folders([replace(FAMILY, folder_url=url)], font_dir=font_dir)


def test_nothing_to_print_is_refused(font_dir):
    with pytest.raises(DataError, match="no household"):
        render_folders([], font_dir=font_dir)


def test_more_folders_than_memory_allows_are_refused(font_dir):
    with pytest.raises(DataError, match="at most 400"):
        render_folders([FAMILY] * 401, font_dir=font_dir)


def test_missing_fonts_name_the_remedy(tmp_path):
    with pytest.raises(SheetFontMissing) as refused:
        render_folders([FAMILY], font_dir=tmp_path)
    assert "make build" in refused.value.remedy


@pytest.mark.parametrize("level", [0, 5])
def test_a_level_outside_the_scale_is_refused(level):
    with pytest.raises(DataError, match="not one of 1-4"):
        CapitalLevel(name="ทุนมนุษย์", level=level)


def test_four_capitals_are_refused():
    with pytest.raises(DataError, match="5 or none"):
        replace(FAMILY, capitals=FAMILY.capitals[:4])
