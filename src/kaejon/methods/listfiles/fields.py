"""The canonical fields of a list, and how offices head their columns.

Each field says its kind (how a cell is read), its level (about the person or the
household), its label in both languages, and the headers real lists use for it.
The names of the 31 indicators and the 37 capital items follow `bmn_indicators` and
`five_capitals`; their numbers are their places in those lists.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

FieldKind = Literal[
    "text",
    "national_id",
    "date",
    "year",
    "age",
    "house_no",
    "moo",
    "code",
    "sex",
    "yes_no",
    "setting",
    "indicator",
    "score",
    "decimal",
    "integer",
    "coordinate",
    "note",
]
Level = Literal["person", "household", "file"]


@dataclass(frozen=True)
class Field:
    """One canonical field. `sensitive` marks health and disability (PDPA section 26)."""

    name: str
    kind: FieldKind
    level: Level
    th: str
    en: str
    aliases: tuple[str, ...] = ()
    sensitive: bool = False
    longest: int = 200

    def label(self, language: str) -> str:
        """The field's label in `th` or `en`."""
        return self.th if language == "th" else self.en


CAPITAL_ITEMS = {"human": 6, "physical": 8, "financial": 5, "natural": 8, "social": 10}
CAPITALS_TH = {
    "human": "ทุนมนุษย์",
    "physical": "ทุนกายภาพ",
    "financial": "ทุนการเงิน",
    "natural": "ทุนธรรมชาติ",
    "social": "ทุนทางสังคม",
}
CAPITAL_ALIASES = {
    "human": ("human", "hc", "ทุนมนุษย์"),
    "physical": ("physical", "pc", "ทุนกายภาพ"),
    "financial": ("financial", "economic", "fc", "ทุนการเงิน", "ทุนเศรษฐกิจ"),
    "natural": ("natural", "nc", "ทุนธรรมชาติ", "ทุนทรัพยากรธรรมชาติ"),
    "social": ("social", "sc", "ทุนสังคม", "ทุนทางสังคม"),
}
# TPMAP's five dimensions, by the codes of its definition: Thai, English, other headers.
DIMENSIONS = {
    "health": ("สุขภาพ", "health", ""),
    "living": ("ความเป็นอยู่", "living conditions", "living"),
    "education": ("การศึกษา", "education", "edu"),
    "income": ("รายได้", "income", ""),
    "accessibility": ("การเข้าถึงบริการรัฐ", "access to public services", "accessibility"),
}
DIMENSION_NAMES = tuple(f"fails_{code}" for code in DIMENSIONS)
INDICATOR_NAMES = tuple(f"i{number}" for number in range(1, 32))
SCORE_NAMES = tuple(
    f"{capital}_{number}" for capital, n in CAPITAL_ITEMS.items() for number in range(1, n + 1)
)


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split("|"))


def _dimension_fields() -> tuple[Field, ...]:
    return tuple(
        Field(
            f"fails_{code}",
            "yes_no",
            "household",
            f"ตกเกณฑ์ด้าน{th}",
            f"Fails on {en}",
            (
                f"ตกมิติ{th}",
                f"มิติด้าน{th}",
                f"มิติ{th}",
                f"ขัดสนด้าน{th}",
                f"poor_{code}",
                f"poor {other or code}",
                f"fails_{code}",
            ),
        )
        for code, (th, en, other) in DIMENSIONS.items()
    )


def _household_fields() -> tuple[Field, ...]:
    return (
        Field(
            "household_ref",
            "text",
            "household",
            "รหัสครัวเรือนในบัญชี",
            "Household reference",
            _words(
                "รหัสครัวเรือน|เลขที่ครัวเรือน|ลำดับครัวเรือน|household_id|hh_id|hhid|household id"
                "|household|รหัสบัญชีครัวเรือน|เลขที่แบบสอบถาม|รหัสแบบสอบถาม"
            ),
            longest=64,
        ),
        Field(
            "house_code",
            "code",
            "household",
            "รหัสประจำบ้าน (11 หลัก)",
            "House code (11 digits)",
            _words(
                "รหัสบ้าน|รหัสประจำบ้าน|เลขรหัสประจำบ้าน|รหัสบ้าน 11 หลัก|เลขรหัสบ้าน|hid"
                "|house_id|house id|เลขประจำบ้าน"
            ),
        ),
        Field(
            "house_no",
            "house_no",
            "household",
            "บ้านเลขที่",
            "House number",
            _words(
                "เลขที่บ้าน|เลขบ้าน|เลขที่|ที่อยู่|บ้านเลขที่ปัจจุบัน|house|house no|house number|address|houseno"
            ),
        ),
        Field(
            "moo",
            "moo",
            "household",
            "หมู่ที่",
            "Village number (moo)",
            _words("หมู่|ม.|หมู่ที|ม|mu|moo|village no|หมู่ที่ (เลข)|เลขหมู่"),
        ),
        Field(
            "village_name",
            "text",
            "household",
            "ชื่อหมู่บ้าน",
            "Village name",
            _words("หมู่บ้าน|บ้าน|ชุมชน|ชื่อบ้าน|ชื่อชุมชน|หมู่บ้าน/ชุมชน|village|village name|ชื่อหมู่บ้าน/ชุมชน"),
        ),
        Field(
            "village_code",
            "code",
            "household",
            "รหัสหมู่บ้าน (8 หลัก)",
            "Village code (8 digits)",
            _words(
                "รหัสหมู่บ้าน|รหัสหมู่|รหัสหมู่บ้าน 8 หลัก|village code|villcode|vill_code"
                "|village_id|รหัสหมู่บ้าน/ชุมชน"
            ),
        ),
        Field(
            "tambon_code",
            "code",
            "household",
            "รหัสตำบล (6 หลัก)",
            "Tambon code (6 digits)",
            _words(
                "รหัสตำบล|รหัสตำบล 6 หลัก|tambon code|tam_code|tamcode|subdistrict code"
                "|subdistrict_code|รหัสตำบล/แขวง|tambon_id|รหัสพื้นที่"
            ),
        ),
        Field(
            "tambon_name",
            "text",
            "household",
            "ตำบล",
            "Tambon",
            _words("ชื่อตำบล|ต.|ตำบล/แขวง|แขวง|แขวง/ตำบล|tambon|subdistrict|tambol|tumbon|ต"),
        ),
        Field(
            "district_name",
            "text",
            "household",
            "อำเภอ",
            "District",
            _words("ชื่ออำเภอ|อ.|อำเภอ/เขต|เขต|เขต/อำเภอ|amphoe|amphur|district|ampur|อ"),
        ),
        Field(
            "province_name",
            "text",
            "household",
            "จังหวัด",
            "Province",
            _words("ชื่อจังหวัด|จ.|changwat|province|จ"),
        ),
        Field(
            "latitude",
            "coordinate",
            "household",
            "ละติจูด",
            "Latitude",
            _words("lat|latitude|พิกัด lat|พิกัด y|ละติจูด (lat)|เส้นรุ้ง|gps lat"),
        ),
        Field(
            "longitude",
            "coordinate",
            "household",
            "ลองจิจูด",
            "Longitude",
            _words("lon|long|lng|longitude|พิกัด long|พิกัด x|ลองติจูด|ลองจิจูด (long)|เส้นแวง|gps long"),
        ),
        Field(
            "household_income_year",
            "decimal",
            "household",
            "รายได้ครัวเรือน (บาทต่อปี)",
            "Household income (baht per year)",
            _words(
                "รายได้ครัวเรือน|รายได้ครัวเรือนต่อปี|รายได้รวมของครัวเรือน|รายได้ต่อปี|income"
                "|รายได้รวม|household income|รายได้ครัวเรือน (บาท/ปี)|รายได้เฉลี่ยครัวเรือนต่อปี"
            ),
        ),
        Field(
            "household_size",
            "integer",
            "household",
            "จำนวนสมาชิก (คน)",
            "Household size (persons)",
            _words(
                "จำนวนสมาชิก|จำนวนคน|จำนวนสมาชิกในครัวเรือน|สมาชิกในครัวเรือน|members"
                "|household size|hh_size|จำนวนสมาชิกในครัวเรือน (คน)"
            ),
        ),
        Field(
            "poor_verdict",
            "yes_no",
            "household",
            "ผลสำรวจว่าไม่เข้าเกณฑ์ในรอบนี้",
            "Found outside the criteria in this round",
            _words("สำรวจแล้วพบว่าไม่จนจริง|ไม่จนจริง|found not poor|not poor"),
        ),
        Field(
            "setting",
            "setting",
            "household",
            "ในหรือนอกเขตเทศบาล",
            "Inside or outside a municipality",
            _words(
                "เขตเทศบาล|ในเขต/นอกเขต|ในเขต-นอกเขต|ในเขต/นอกเขตเทศบาล|ใน/นอกเขตเทศบาล|เขตการปกครอง"
                "|ประเภทเขต|municipality|municipal|inside municipality|inside or outside"
            ),
        ),
        Field(
            "problem_text",
            "note",
            "household",
            "ปัญหา",
            "Problem",
            _words(
                "สภาพปัญหา|ปัญหาที่พบ|ความเดือดร้อน|ปัญหา/ความเดือดร้อน|problem|problems|ปัญหาความเดือดร้อน"
            ),
            longest=2000,
        ),
        Field(
            "need_text",
            "note",
            "household",
            "ความต้องการ",
            "Need",
            _words("ความช่วยเหลือที่ต้องการ|ความต้องการช่วยเหลือ|สิ่งที่ต้องการ|need|needs|ต้องการความช่วยเหลือ"),
            longest=2000,
        ),
        Field(
            "note",
            "note",
            "household",
            "หมายเหตุ",
            "Note",
            _words("บันทึก|ข้อสังเกต|remark|remarks|comment|notes"),
            longest=2000,
        ),
        Field(
            "surveyed_on",
            "date",
            "household",
            "วันที่สำรวจ",
            "Surveyed on",
            _words("วันสำรวจ|วันที่เก็บข้อมูล|วันที่บันทึก|survey date|surveyed|วันเดือนปีที่สำรวจ"),
        ),
    )


def _person_fields() -> tuple[Field, ...]:
    return (
        Field(
            "national_id",
            "national_id",
            "person",
            "เลขประจำตัวประชาชน",
            "National ID",
            _words(
                "เลขบัตรประชาชน|เลขที่บัตรประชาชน|เลขบัตรประจำตัวประชาชน|13 หลัก|เลข 13 หลัก|pid"
                "|บัตรประชาชน|เลขประชาชน|เลขประจำตัวประชาชน 13 หลัก|เลขบัตร|national id|cid"
                "|id card|citizen id|citizen_id|เลขประจำตัว|หมายเลขบัตรประชาชน"
                "|เลขบัตร ปชช.|เลข ปชช.|เลขประจำตัว ปชช."
            ),
            longest=64,
        ),
        Field(
            "title",
            "text",
            "person",
            "คำนำหน้าชื่อ",
            "Title",
            _words("คำนำหน้า|คำนำหน้านาม|คำนำ|prefix|title|prename|คำนำหน้าชื่อ (นาย/นาง/นางสาว)"),
        ),
        Field(
            "first_name",
            "text",
            "person",
            "ชื่อ",
            "First name",
            _words("ชื่อตัว|ชื่อจริง|name|first name|firstname|fname"),
        ),
        Field(
            "last_name",
            "text",
            "person",
            "นามสกุล",
            "Family name",
            _words("สกุล|surname|last name|lastname|lname|family name"),
        ),
        Field(
            "full_name",
            "text",
            "person",
            "ชื่อ-นามสกุล",
            "Full name",
            _words(
                "ชื่อ-สกุล|ชื่อ - สกุล|ชื่อ สกุล|ชื่อ – สกุล|ชื่อ นามสกุล|ชื่อ - นามสกุล"
                "|ชื่อและนามสกุล|ชื่อ-ชื่อสกุล|ชื่อหัวหน้าครัวเรือน|หัวหน้าครัวเรือน|full name|fullname"
                "|ชื่อ-นามสกุล หัวหน้าครัวเรือน|ชื่อเจ้าบ้าน|ชื่อผู้เดือดร้อน|รายชื่อ|ชื่อ/สกุล|ชื่อสมาชิก"
                "|ชื่อ-สกุล ผู้เดือดร้อน|ชื่อ-สกุลหัวหน้าครัวเรือน"
            ),
        ),
        Field(
            "birth_date",
            "date",
            "person",
            "วันเดือนปีเกิด",
            "Birth date",
            _words(
                "วันเกิด|วัน เดือน ปีเกิด|วัน/เดือน/ปีเกิด|ว/ด/ป เกิด|ว.ด.ป.เกิด|วดป.เกิด|dob|วันที่เกิด"
                "|birthday|birthdate|date of birth|วัน เดือน ปี เกิด|ว/ด/ปเกิด|ว.ด.ป. เกิด"
            ),
        ),
        Field(
            "birth_year",
            "year",
            "person",
            "ปีเกิด",
            "Birth year",
            _words("ปี พ.ศ. เกิด|ปีเกิด (พ.ศ.)|พ.ศ. เกิด|year of birth|yob|พ.ศ.เกิด"),
        ),
        Field("age", "age", "person", "อายุ", "Age", _words("อายุ (ปี)|อายุ(ปี)|age|อายุปี")),
        Field("sex", "sex", "person", "เพศ", "Sex", _words("sex|gender|เพศ (ชาย/หญิง)")),
        Field(
            "relation",
            "text",
            "person",
            "ความสัมพันธ์กับหัวหน้าครัวเรือน",
            "Relation to head",
            _words(
                "ความสัมพันธ์|สถานะในครัวเรือน|เกี่ยวข้องเป็น|relation|relationship|สถานะ"
                "|ความสัมพันธ์กับหัวหน้า|เกี่ยวข้องกับหัวหน้าครัวเรือน|ความเกี่ยวข้อง"
            ),
        ),
        Field(
            "phone",
            "text",
            "person",
            "โทรศัพท์",
            "Telephone",
            _words("เบอร์โทร|เบอร์โทรศัพท์|หมายเลขโทรศัพท์|มือถือ|โทร|โทร.|tel|phone|mobile"),
            longest=64,
        ),
        Field(
            "education",
            "text",
            "person",
            "การศึกษา",
            "Education",
            _words("ระดับการศึกษา|วุฒิการศึกษา|การศึกษาสูงสุด|education"),
        ),
        Field(
            "occupation",
            "text",
            "person",
            "อาชีพ",
            "Occupation",
            _words("อาชีพหลัก|occupation|การประกอบอาชีพ|job"),
        ),
        Field(
            "disability",
            "text",
            "person",
            "ความพิการ",
            "Disability",
            _words("พิการ|ผู้พิการ|ประเภทความพิการ|disability|คนพิการ"),
            sensitive=True,
        ),
        Field(
            "chronic_illness",
            "text",
            "person",
            "โรคประจำตัว",
            "Chronic illness",
            _words("โรคเรื้อรัง|ผู้ป่วยเรื้อรัง|สุขภาพ|chronic illness|chronic|ผู้ป่วยติดเตียง"),
            sensitive=True,
        ),
        Field(
            "registered",
            "yes_no",
            "person",
            "ลงทะเบียนสวัสดิการแห่งรัฐ",
            "Registered for the state welfare card",
            _words("ลงทะเบียน|ลงทะเบียนบัตรสวัสดิการ|ผู้ลงทะเบียน|registered"),
        ),
        Field(
            "validated",
            "yes_no",
            "person",
            "ผ่านการตรวจสอบคุณสมบัติ",
            "Passed the welfare card check",
            _words("ผ่านการตรวจสอบ|ผ่านคุณสมบัติ|ผ่านเกณฑ์บัตรสวัสดิการ|validated"),
        ),
        Field(
            "welfare_card",
            "yes_no",
            "person",
            "บัตรสวัสดิการแห่งรัฐ",
            "State welfare card",
            _words("มีบัตรสวัสดิการแห่งรัฐ|บัตรสวัสดิการ|บัตรคนจน|welfare card|welfare_card"),
        ),
        Field(
            "survey_year",
            "year",
            "file",
            "ปี พ.ศ. ของข้อมูล",
            "Year of the data (BE)",
            _words(
                "ปี|ปี พ.ศ.|พ.ศ.|ปีที่สำรวจ|ปีสำรวจ|ปีข้อมูล|year|ปี จปฐ.|ปี จปฐ|ปีที่จัดเก็บ|survey year"
                "|ปีที่จัดเก็บข้อมูล"
            ),
        ),
    )


INDICATOR_FORMS = (
    "ตัวชี้วัดที่ {n}|ตัวชี้วัด {n}|ข้อ {n}|ข้อที่ {n}|จปฐ.{n}|จปฐ. ข้อ {n}|indicator {n}|ind{n}"
    "|bmn{n}|i{n:02}|ตชว.{n}|ตัวชี้วัด จปฐ. ข้อ {n}|kpi{n}"
)


def _indicator_fields() -> tuple[Field, ...]:
    return tuple(
        Field(
            f"i{n}",
            "indicator",
            "household",
            f"ตัวชี้วัด จปฐ. ที่ {n}",
            f"BMN indicator {n}",
            _words(INDICATOR_FORMS.format(n=n)),
        )
        for n in range(1, 32)
    )


def _score_fields() -> tuple[Field, ...]:
    return tuple(
        Field(f"{capital}_{n}", "score", "household", f"{CAPITALS_TH[capital]} ข้อ {n}",
              f"{capital.capitalize()} capital, item {n}",
              tuple(form for alias in CAPITAL_ALIASES[capital]
                    for form in (f"{alias} {n}", f"{alias}{n}", f"{alias} ข้อ {n}",
                                 f"{alias} ข้อที่ {n}", f"{alias}.{n}")))
        for capital, count in CAPITAL_ITEMS.items()
        for n in range(1, count + 1)
    )  # fmt: skip


FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        *_household_fields(),
        *_dimension_fields(),
        *_person_fields(),
        *_indicator_fields(),
        *_score_fields(),
    )
}

THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
LOOSE = re.compile(r"[\s_\-\u2013\u2014:*()\[\]{}\"'.\u200b\ufeff]+")


def header_key(header: str) -> str:
    """The form of a header in which spelling variants are equal.

    Input: a header as the office typed it. Output: lower case, Arabic digits, SARA AM in one
    piece, without spaces, brackets, dots and dashes.
    """
    text = header.translate(THAI_DIGITS).replace("\u0e4d\u0e32", "\u0e33").lower()
    return LOOSE.sub("", text)


def _alias_index() -> dict[str, str]:
    index: dict[str, str] = {}
    for item in FIELDS.values():
        for alias in (item.name, item.th, item.en, *item.aliases):
            index.setdefault(header_key(alias), item.name)
    return index


ALIASES: dict[str, str] = _alias_index()
