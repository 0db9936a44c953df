"""The four lists as tables of text, before they become files.

A table is produced in slices so that a whole province never stands in memory
as rows of Python objects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from kaejon.demo import margins
from kaejon.demo.families import IntArray
from kaejon.demo.membership import LIST_DAYS, draw_memberships
from kaejon.demo.noise import THAI_DIGITS, Claimed, Clerk, claim
from kaejon.demo.population import Population, years_between
from kaejon.demo.spoil import Spoiler
from kaejon.methods.listfiles.mapping import ListKind

Cell = str | int | float
Row = list[Cell]
_SLICE: Final = 20_000

RELATION_WORDS: Final = ("หัวหน้าครัวเรือน", "คู่สมรส", "บุตร", "หลาน", "บิดา/มารดา")
_PLACE_HEADER: Final = ("ชื่อหมู่บ้าน", "ตำบล", "อำเภอ", "จังหวัด")
_NAME_HEADER: Final = ("เลขประจำตัวประชาชน", "คำนำหน้า", "ชื่อ", "นามสกุล")

TPMAP_HEADER: Final = (
    "รหัสหมู่บ้าน", "บ้านเลขที่", "หมู่", "ตำบล", "อำเภอ", *_NAME_HEADER, "วันเกิด", "เพศ",
    "ตกเกณฑ์ด้านสุขภาพ", "ตกเกณฑ์ด้านความเป็นอยู่", "ตกเกณฑ์ด้านการศึกษา", "ตกเกณฑ์ด้านรายได้",
    "ตกเกณฑ์ด้านการเข้าถึงบริการรัฐ",
)  # fmt: skip
BMN_HEADER: Final = (
    "ปี", "รหัสหมู่บ้าน", *_PLACE_HEADER, "รหัสครัวเรือน", "บ้านเลขที่", "หมู่ที่", *_NAME_HEADER,
    "วันเดือนปีเกิด", "เพศ", "ความสัมพันธ์กับหัวหน้าครัวเรือน", "ลงทะเบียน", "ผ่านการตรวจสอบ", "เขตเทศบาล",
    *(f"i{n}" for n in range(1, 32)),
)  # fmt: skip
PPP_HEADER: Final = (
    "รหัสครัวเรือน", "รหัสหมู่บ้าน", *_PLACE_HEADER, "บ้านเลขที่", "หมู่ที่", "ละติจูด", "ลองจิจูด",
    *_NAME_HEADER, "วันเดือนปีเกิด", "เพศ", "ความสัมพันธ์กับหัวหน้าครัวเรือน", "จำนวนสมาชิก",
    "สำรวจแล้วพบว่าไม่จนจริง",
    *(f"{capital}_{n}" for capital, count in margins.CAPITAL_ITEMS.items()
      for n in range(1, count + 1)),
)  # fmt: skip
COMMUNITY_HEADER: Final = (
    "ที่", "ชื่อ-สกุล (ผู้เดือดร้อน)", "อายุ", "บ้านเลขที่/หมู่", "ตำบล", "อำเภอ", "เลขบัตร (ถ้ามี)",
    "เดือดร้อนเรื่องอะไร", "อยากให้ช่วยเรื่อง", "ผู้ให้ข้อมูล",
)  # fmt: skip
# What a person would choose on the mapping page; the running number is left out.
COMMUNITY_MAPPING: Final = {
    "columns": {
        "ชื่อ-สกุล (ผู้เดือดร้อน)": "full_name",
        "อายุ": "age",
        "บ้านเลขที่/หมู่": "house_no",
        "ตำบล": "tambon_name",
        "อำเภอ": "district_name",
        "เลขบัตร (ถ้ามี)": "national_id",
        "เดือดร้อนเรื่องอะไร": "problem_text",
        "อยากให้ช่วยเรื่อง": "need_text",
        "ผู้ให้ข้อมูล": "note",
    },
    "constants": {"province_name": "ศรีสะเกษ"},
}

CLERKS: Final = {
    "tpmap": Clerk(
        0.02, 0.005, 0.02, 0.008, 0.008, (0.8, 0.08, 0.04, 0.05, 0.03), 0.02, 0.04, 0.03
    ),
    "bmn": Clerk(0.025, 0.05, 0.0, 0.012, 0.018, (0.5, 0.15, 0.1, 0.2, 0.05), 0.03, 0.05, 0.04),
    "ppp": Clerk(0.035, 0.07, 0.05, 0.015, 0.02, (0.3, 0.3, 0.15, 0.15, 0.1), 0.06, 0.1, 0.08),
    "community": Clerk(0.1, 0.55, 0.1, 0.04, 0.02, (0.2, 0.2, 0.2, 0.2, 0.2), 0.0, 0.7, 0.15),
}

_TROUBLES: Final = (
    ("บ้านทรุดโทรม หลังคารั่ว", "ซ่อมบ้าน"), ("รายได้ไม่พอใช้", "อาชีพเสริม"),
    ("ป่วยติดเตียง ไม่มีคนดูแล", "ผู้ดูแลและผ้าอ้อม"), ("ไม่มีที่ทำกิน", "ที่ดินทำกิน"),
    ("หลานไม่มีเงินเรียน", "ทุนการศึกษา"), ("น้ำท่วมที่นาทุกปี", "เมล็ดพันธุ์"),
    ("ไม่มีน้ำสะอาดใช้", "ประปาหมู่บ้าน"), ("อยู่คนเดียว ไม่มีญาติ", "คนเยี่ยมบ้าน"),
    ("เป็นหนี้นอกระบบ", "ปรับโครงสร้างหนี้"), ("ไม่มีบัตรสวัสดิการ", "ช่วยลงทะเบียน"),
)  # fmt: skip
_INFORMANTS: Final = ("ผู้ใหญ่บ้าน", "อสม.", "เพื่อนบ้าน", "สภาองค์กรชุมชน", "กองทุนสวัสดิการชุมชน")


class _Slicer(Protocol):
    def __call__(self, start: int, stop: int) -> Iterator[Row]: ...


_Maker = Callable[
    [np.random.Generator, Population, IntArray, Claimed], tuple[tuple[str, ...], _Slicer]
]


@dataclass(frozen=True)
class ListTable:
    """One list: header, and rows in slices.

    `person` gives, row by row, the true person behind it.
    """

    kind: ListKind
    header: tuple[str, ...]
    person: IntArray
    slices: _Slicer
    spoiler: Spoiler | None = None

    def rows(self) -> Iterator[Row]:
        """The rows in file order; calling again gives the same rows."""
        for start in range(0, len(self.person), _SLICE):
            stop = min(start + _SLICE, len(self.person))
            for number, row in enumerate(self.slices(start, stop), start=start):
                yield self.spoiler.apply(number, row) if self.spoiler else row


def list_tables(
    population: Population, rng: np.random.Generator, *, with_errors: bool = False
) -> dict[ListKind, ListTable]:
    """The four lists: tpmap, bmn, ppp, community. `with_errors` spoils about 1% of the rows."""
    member_rng, *list_rngs = rng.spawn(5)
    memberships = draw_memberships(member_rng, population)
    makers: dict[ListKind, _Maker] = {
        "tpmap": _tpmap,
        "bmn": bmn_table,
        "ppp": ppp_table,
        "community": _community,
    }
    tables: dict[ListKind, ListTable] = {}
    for (kind, make), list_rng in zip(makers.items(), list_rngs, strict=True):
        person = memberships.of(kind)
        claimed = claim(list_rng, population, person, CLERKS[kind])
        header, slices = make(list_rng, population, person, claimed)
        spoiler = Spoiler.draw(list_rng, len(person), header) if with_errors else None
        tables[kind] = ListTable(kind, header, person, slices, spoiler)
    return tables


@dataclass(frozen=True)
class _Places:
    """Place columns by village, for a slice of persons."""

    population: Population
    person: IntArray

    def column(self, name: str) -> list[str]:
        at = self.population.village[self.population.members.household[self.person]]
        words = self._words(name)
        return [words[i] for i in at.tolist()]

    def _words(self, name: str) -> list[str]:
        areas = self.population.areas
        tambons = {t.code: t for t in areas.tambons}
        districts = {d.code: d for d in areas.districts}
        match name:
            case "code":
                return [v.code for v in areas.villages]
            case "village":
                return [v.name_th for v in areas.villages]
            case "moo":
                return [str(v.moo) for v in areas.villages]
            case "tambon":
                return [tambons[v.tambon_code].name_th for v in areas.villages]
            case _:
                return [districts[v.tambon_code[:4]].name_th for v in areas.villages]


def _sex(population: Population, person: IntArray) -> list[str]:
    return ["หญิง" if female else "ชาย" for female in population.members.female[person].tolist()]


def _names(claimed: Claimed, part: slice) -> list[list[str]]:
    columns = (claimed.national_id, claimed.title, claimed.first_name, claimed.last_name)
    return [column[part].tolist() for column in columns]


def _zip(*columns: Sequence[Cell]) -> Iterator[Row]:
    for row in zip(*columns, strict=True):
        yield list(row)


def _tpmap(
    rng: np.random.Generator, population: Population, person: IntArray, claimed: Claimed
) -> tuple[tuple[str, ...], _Slicer]:
    household = population.members.household
    failed = population.survey.failed[household[person]]
    wrong = ~failed.any(axis=1)
    failed[wrong, rng.integers(0, 4, int(wrong.sum()))] = True

    def slices(start: int, stop: int) -> Iterator[Row]:
        part, who = slice(start, stop), person[start:stop]
        place = _Places(population, who)
        return _zip(
            place.column("code"),
            claimed.house_no[part].tolist(),
            place.column("moo"),
            place.column("tambon"),
            place.column("district"),
            *_names(claimed, part),
            claimed.birth_date[part].tolist(),
            _sex(population, who),
            *failed[part].astype(int).T.tolist(),
        )

    return TPMAP_HEADER, slices


def bmn_table(
    rng: np.random.Generator, population: Population, person: IntArray, claimed: Claimed
) -> tuple[tuple[str, ...], _Slicer]:
    """จปฐ., one row a person with the answers of the household."""
    members = population.members
    answer = np.array(["0", "1", ""], dtype=object)
    ref = _household_refs(population)

    def slices(start: int, stop: int) -> Iterator[Row]:
        part, who = slice(start, stop), person[start:stop]
        place = _Places(population, who)
        return _zip(
            ["2565"] * len(who),
            place.column("code"),
            place.column("village"),
            place.column("tambon"),
            place.column("district"),
            ["ศรีสะเกษ"] * len(who),
            [ref[h] for h in members.household[who].tolist()],
            claimed.house_no[part].tolist(),
            place.column("moo"),
            *_names(claimed, part),
            claimed.birth_date[part].tolist(),
            _sex(population, who),
            [RELATION_WORDS[r] for r in members.relation[who].tolist()],
            population.survey.registered[who].astype(int).tolist(),
            population.survey.validated[who].astype(int).tolist(),
            [_setting(code) for code in place.column("code")],
            *answer[population.indicators[members.household[who]]].T.tolist(),
        )

    return BMN_HEADER, slices


def _setting(village: str) -> str:
    """Invented: the first six villages of the first tambon of a district are a municipality."""
    return "ในเขต" if village[4:6] == "01" and int(village[6:]) <= 6 else "นอกเขต"


def _household_refs(population: Population) -> list[str]:
    """Village code and a running number within the village, by household."""
    village = population.village
    number = np.arange(len(village)) - np.searchsorted(village, village) + 1
    codes = [v.code for v in population.areas.villages]
    pairs = zip(village.tolist(), number.tolist(), strict=True)
    return [f"{codes[v]}{n:05d}" for v, n in pairs]


def ppp_table(
    rng: np.random.Generator, population: Population, person: IntArray, claimed: Claimed
) -> tuple[tuple[str, ...], _Slicer]:
    """The five-capital survey, one row a person."""
    members, capitals = population.members, population.capitals
    size = np.bincount(members.household[person], minlength=population.households)
    latitude = population.houses.latitude[population.house]
    longitude = population.houses.longitude[population.house]
    no_longer_poor = (~population.truth.poor).astype(int)

    def slices(start: int, stop: int) -> Iterator[Row]:
        part, who = slice(start, stop), person[start:stop]
        home = members.household[who]
        place = _Places(population, who)
        shared = (capitals.physical, capitals.financial, capitals.natural, capitals.social)
        return _zip(
            [f"PPP33-{h + 1:06d}" for h in home.tolist()],
            place.column("code"),
            place.column("village"),
            place.column("tambon"),
            place.column("district"),
            ["ศรีสะเกษ"] * len(who),
            claimed.house_no[part].tolist(),
            place.column("moo"),
            latitude[home].tolist(),
            longitude[home].tolist(),
            *_names(claimed, part),
            claimed.birth_date[part].tolist(),
            _sex(population, who),
            [RELATION_WORDS[r] for r in members.relation[who].tolist()],
            size[home].tolist(),
            no_longer_poor[home].tolist(),
            *capitals.human[who].T.tolist(),
            *(column for table in shared for column in table[home].T.tolist()),
        )

    return PPP_HEADER, slices


def _community(
    rng: np.random.Generator, population: Population, person: IntArray, claimed: Claimed
) -> tuple[tuple[str, ...], _Slicer]:
    count = len(person)
    age = years_between(population.members.birth[person], LIST_DAYS["community"])
    age = age + np.where(rng.random(count) < 0.2, rng.choice([-1, 1], count), 0)
    thai = rng.random(count) < 0.2
    trouble = rng.integers(0, len(_TROUBLES), count)
    informant = rng.integers(0, len(_INFORMANTS), count)
    home_style = rng.integers(0, 3, count)
    ages = [f"{a} ปี" if t else str(a) for a, t in zip(age.tolist(), thai.tolist(), strict=True)]
    ages = [a.translate(THAI_DIGITS) if t else a for a, t in zip(ages, thai.tolist(), strict=True)]

    def slices(start: int, stop: int) -> Iterator[Row]:
        part, who = slice(start, stop), person[start:stop]
        place = _Places(population, who)
        homes = zip(
            claimed.house_no[part], place.column("moo"), home_style[part].tolist(), strict=True
        )
        return _zip(
            list(range(start + 1, stop + 1)),
            [_full_name(t, f, s) for t, f, s in _title_first_last(claimed, part)],
            ages[part],
            [_home(number, moo, style) for number, moo, style in homes],
            place.column("tambon"),
            place.column("district"),
            claimed.national_id[part].tolist(),
            [_TROUBLES[i][0] for i in trouble[part].tolist()],
            [_TROUBLES[i][1] for i in trouble[part].tolist()],
            [_INFORMANTS[i] for i in informant[part].tolist()],
        )

    return COMMUNITY_HEADER, slices


def _title_first_last(claimed: Claimed, part: slice) -> Iterator[tuple[str, str, str]]:
    return zip(claimed.title[part], claimed.first_name[part], claimed.last_name[part], strict=True)


def _full_name(title: str, first: str, last: str) -> str:
    return f"{title} {first} {last}".strip()


def _home(number: str, moo: str, style: int) -> str:
    match style:
        case 0:
            return f"{number.strip()} ม.{moo}"
        case 1:
            return f"{number.strip()} หมู่ {moo}"
        case _:
            return f"{number.strip()} หมู่ที่ {moo.translate(THAI_DIGITS)}"
