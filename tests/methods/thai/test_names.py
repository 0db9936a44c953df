"""Names and titles as officers write them."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from kaejon.methods.thai import names

THAI = st.text(st.characters(min_codepoint=0x0E01, max_codepoint=0x0E5B), max_size=24)
MESSY = st.text(
    st.one_of(
        st.characters(min_codepoint=0x0E01, max_codepoint=0x0E5B),
        st.sampled_from(" .-\u200b\u00a0aZ12"),
    ),
    max_size=30,
)


@pytest.mark.parametrize(
    ("written", "title", "rest"),
    [
        ("น.ส.สมหญิง ใจดี", "นางสาว", "สมหญิง ใจดี"),
        ("นส. สมหญิง", "นางสาว", "สมหญิง"),
        ("นส สมหญิง", "นางสาว", "สมหญิง"),
        ("น. ส. สมหญิง", "นางสาว", "สมหญิง"),
        ("นางสาวสมหญิง", "นางสาว", "สมหญิง"),
        ("นาง สมหญิง", "นาง", "สมหญิง"),
        ("นางแก้ว", "นาง", "แก้ว"),
        ("นางสาวิตรี", "นาง", "สาวิตรี"),
        ("นางสาวสาวิตรี", "นางสาว", "สาวิตรี"),
        ("นายสมชาย", "นาย", "สมชาย"),
        ("ด.ช.ก้อง", "เด็กชาย", "ก้อง"),
        ("ด.ญ. มาลี", "เด็กหญิง", "มาลี"),
        ("เด็กหญิงมาลี", "เด็กหญิง", "มาลี"),
        ("ว่าที่ ร.ต.สมชาย", "ว่าที่ร้อยตรี", "สมชาย"),
        ("ว่าที่ร้อยตรี สมชาย", "ว่าที่ร้อยตรี", "สมชาย"),
        ("ว่าที่ร.ต.หญิง สมศรี", "ว่าที่ร้อยตรีหญิง", "สมศรี"),
        ("พ.ต.อ.สมศักดิ์", "พันตำรวจเอก", "สมศักดิ์"),
        ("พ.ต.อนงค์", "พันตรี", "อนงค์"),
        ("พระสมชาย", "พระ", "สมชาย"),
        ("พระใบฎีกา สมชาย", "พระใบฎีกา", "สมชาย"),
        ("พระครูสังฆรักษ์สมชาย", "พระครูสังฆรักษ์", "สมชาย"),
        ("ม.ร.ว.สมชาย", "หม่อมราชวงศ์", "สมชาย"),
        ("พ.อ.อ.สมชาย", "พันจ่าอากาศเอก", "สมชาย"),
        ("พลฯ สมชาย", "พลทหาร", "สมชาย"),
        ("เรืออากาศตรีหญิงสมศรี", "เรืออากาศตรีหญิง", "สมศรี"),
        ("กำนันสมชาย", "กำนัน", "สมชาย"),
        ("สามเณรก้อง", "สามเณร", "ก้อง"),
        ("ดร.สมชาย", "ดร.", "สมชาย"),
        ("ผศ.ดร. สมชาย", "ผศ. ดร.", "สมชาย"),
        ("Mr. John Smith", "Mr.", "John Smith"),
        ("mrs Smith", "Mrs.", "Smith"),
        ("Miss Jane", "Miss", "Jane"),
    ],
)
def test_a_title_is_taken_off_glued_or_spaced(written, title, rest):
    assert names.split_title(written) == (title, rest)


@pytest.mark.parametrize(
    "name",
    [
        "นายก",
        "นายิกา",
        "นางาม",
        "คุณากร",
        "ศรีนวล",
        "ดวงใจ",
        "พอใจ",
        "Missy Lee",
        "Mister",
        "นาย",
        "น.ส.",
        "",
    ],
)
def test_a_name_that_only_starts_like_a_title_stays_whole(name):
    assert names.split_title(name) == (None, name)


@pytest.mark.parametrize(
    ("title", "sex"),
    [
        ("นาย", "M"), ("น.ส.", "F"), ("นส", "F"), ("ด.ช.", "M"), ("ด.ญ", "F"), ("Mr", "M"), ("MISS", "F"),
        ("พระ", "M"), ("พ.ต.ท.หญิง", "F"), ("พ.ต.ท.", None), ("ดร.", None), ("ผู้ใหญ่บ้าน", None), (None, None), ("-", None),
    ],
)  # fmt: skip
def test_a_title_shows_a_sex_only_when_it_must(title, sex):
    assert names.sex_of_title(title) == sex


def test_every_spelling_of_a_title_has_one_canonical_form():
    assert {names.canonical_title(t) for t in ["น.ส.", "นส.", "นส", "น. ส.", "นางสาว"]} == {
        "นางสาว"
    }
    assert names.canonical_title("ผู้ใหญ่บ้าน") == "ผู้ใหญ่บ้าน"


@pytest.mark.parametrize(
    ("cells", "person"),
    [
        (("นาย", "นายสมชาย", "ใจดี"), ("นาย", "สมชาย", "ใจดี")),
        (("นางสาว", "นางแก้ว", "ใจดี"), ("นางสาว", "นางแก้ว", "ใจดี")),
        (("", "ด.ช.ก้อง", "-"), ("เด็กชาย", "ก้อง", "")),
        (("ด.ช.", "นายก้องภพ", "ใจดี"), ("เด็กชาย", "ก้องภพ", "ใจดี")),
        ((None, "สมชาย ใจดี", None), (None, "สมชาย", "ใจดี")),
        ((None, None, None, "นายสมชาย  ใจดี ณ อยุธยา"), ("นาย", "สมชาย", "ใจดี ณ อยุธยา")),
        ((None, None, None), (None, "", "")),
    ],
)
def test_a_person_is_read_from_any_split_of_the_cells(cells, person):
    found = names.read_person(*cells)
    assert (found.title, found.first, found.last) == person


@pytest.mark.parametrize(
    ("messy", "tidy"),
    [
        ("นํ้าฝน", "น้ำฝน"), ("น้ํา", "น้ำ"), ("คําแก้ว", "คำแก้ว"), ("เเดง", "แดง"), ("สม\u200bชาย", "สมชาย"), ("  สม \u00a0 ใจ ", "สม ใจ"),
        ("ก่ิง", "กิ่ง"), ("พี่่", "พี่"), ("บ้าน ๑๒", "บ้าน 12"),
    ],
)  # fmt: skip
def test_what_looks_the_same_is_spelled_the_same(messy, tidy):
    assert names.clean(messy) == tidy


@given(MESSY)
def test_cleaning_and_folding_twice_changes_nothing_more(text):
    cleaned = names.clean(text)
    assert names.clean(cleaned) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    assert names.fold(names.fold(text)) == names.fold(text)


@given(st.one_of(MESSY, THAI))
def test_the_short_way_of_cleaning_misses_nothing(text):
    assert names.clean(text) == names.clean(text + "\u200b")


@given(MESSY, MESSY)
def test_the_exact_key_ignores_spaces_and_punctuation_but_not_spelling(first, last):
    key = names.name_key(first, last)
    assert names.name_key(f" {first}.", last.replace(" ", "")) == names.name_key(
        first, last.replace(" ", "")
    )
    assert names.name_key(*key.split("|")) == key


def test_the_exact_key_keeps_silent_letters_apart():
    assert names.name_key("พงษ์", "ใจดี") != names.name_key("พงศ์", "ใจดี")
    assert names.name_key("John", "SMITH") == names.name_key("john ", "smith")


@pytest.mark.parametrize(
    "alike",
    [
        ("พงษ์", "พงศ์"), ("ณัฐพงษ์", "ณัฏฐพงศ์"), ("วรรณ", "วัน", "วัณ"), ("จันทร์", "จัน"), ("วรรณา", "วันนา"), ("ลักษณ์", "ลัก"),
        ("ธรรม", "ทัม"), ("สุภาพร", "ศุภาพร".replace("ศุ", "ษุ")), ("เฉลิม", "เฉลิ่ม"),
    ],
)  # fmt: skip
def test_names_that_sound_alike_fold_alike(alike):
    assert len({names.fold(name) for name in alike}) == 1


@given(THAI, THAI)
def test_one_byte_text_has_the_same_distances_as_code_points(a, b):
    left, right = names.one_byte(names.clean(a)), names.one_byte(names.clean(b))
    assert left.isascii()
    assert len(left) == len(names.clean(a))
    if all(0x0E01 <= ord(c) <= 0x0E4E for c in names.clean(a) + names.clean(b)):
        assert Levenshtein.distance(left, right) == Levenshtein.distance(
            names.clean(a), names.clean(b)
        )


def test_every_thai_letter_has_a_byte_of_its_own_without_quotes():
    letters = "".join(chr(code) for code in range(0x0E01, 0x0E4F))
    encoded = names.one_byte(letters)
    assert len(set(encoded)) == len(letters)
    assert not set(encoded) & set("'\"")
