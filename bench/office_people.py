"""Synthetic villages for `office_files.py`: households, their members and the people around them.

Nobody here is real. Given names and surnames come from pythainlp's word lists at run time,
districts and tambons are the official ones of geothai, everything else is invented. National IDs
carry a right check digit but begin with 0 or name the district 9999, which does not exist.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import re
from dataclasses import dataclass, field
from functools import cache

os.environ.setdefault("PYTHAINLP_OFFLINE", "1")

import geothai

from kaejon.methods.thai.national_id import generate

SURVEY_YEAR = 2568
SURVEY_DAY = dt.date(SURVEY_YEAR - 543, 6, 30)
# Provinces of the files and a point about their middle.
PROVINCES = {
    "33": (15.1, 104.3), "19": (14.5, 100.9), "72": (14.5, 100.1), "23": (12.3, 102.5),
    "91": (6.6, 100.0), "95": (6.5, 101.2), "57": (19.9, 99.8), "45": (16.05, 103.65),
}  # fmt: skip
VILLAGES = [
    "หนองแวง",
    "โนนสูง",
    "ดอนกลาง",
    "โคกสะอาด",
    "ท่าช้าง",
    "หนองบัว",
    "ห้วยทราย",
    "นาดี",
    "โพนทอง",
    "ป่าไผ่",
    "คลองเตย",
    "วังหิน",
    "หนองไผ่ล้อม",
    "โนนสมบูรณ์",
    "ทุ่งใหญ่",
    "บึงแก",
    "เหล่าสวนกล้วย",
    "หนองสองห้อง",
    "ดงยาง",
    "หัวนา",
]
JOBS = ["ทำนา", "รับจ้างทั่วไป", "ค้าขาย", "เลี้ยงสัตว์", "ทำสวนยาง", "ไม่ได้ทำงาน", "แม่บ้าน", "ช่างไม้"]
ILLNESSES = ("ความดันโลหิตสูง", "เบาหวาน", "เบาหวาน,ความดันโลหิตสูง", "โรคหัวใจ", "หอบหืด", "เก๊าต์")
DIMENSIONS = ("health", "living", "education", "income", "access")
RELATIONS = {
    "หัวหน้าครัวเรือน": None,
    "คู่สมรส": None,
    "บุตร": None,
    "บิดา": "male",
    "มารดา": "female",
    "หลาน": None,
    "พี่": None,
    "ผู้อาศัย": None,
}
RANKS = ("สิบเอก", "จ่าสิบเอก", "ร้อยตรี", "ดาบตำรวจ")
TWO_WORDS = ("ณ ถลาง", "ณ นคร", "รวมทรัพย์", "รวมสุข", "หมู่หมื่นศรี", "บ้านกลาง", "ศรีสุขใส", "ทั้งสิ้นสุข")
SHORT_NAMES = (("โซ", "male"), ("เม", "female"), ("มะ", "male"), ("แดง", "male"), ("นะ", "female"))
# A given name that begins like a title, or with the rest of one, is two readings by nature.
NOT_FIRST = re.compile(
    "^(นา[ยง]|สาว|พระ|คุณ|ดร|เด็ก|เณร|แม่|หม่อม|หมอ|ครู|ว่าที่|พล|ร้อย|สิบ|จ่า|นาวา|เรือ|พัน|ผู้|กำนัน|ดาบ|สาม|มาสเตอร์|รวม|มหา|ปลัด|สมุห์|อธิการ|ใบฎีกา|ภิกษุ|หญิง|แพทย์)"
)
PLAIN = re.compile("^[ก-ฮเ-ไ][ก-๎]{2,13}$")


@dataclass
class Person:
    """One synthetic person with everything a list might ask about."""

    title: str
    first_name: str
    surname: str
    national_id: str
    birth: dt.date
    sex: str
    relation: str
    phone: str
    nickname: str
    job: str
    illness: str
    living: str = "here"
    welfare_card: bool = False
    fails: frozenset[str] = frozenset()
    others: dict[str, Person] = field(default_factory=dict)

    @property
    def age(self) -> int:
        """Whole years on the day of the survey."""
        had = (SURVEY_DAY.month, SURVEY_DAY.day) >= (self.birth.month, self.birth.day)
        return SURVEY_DAY.year - self.birth.year - (not had)


@dataclass
class Place:
    """A village (`moo`) of a real tambon; its name is invented."""

    province: str
    district: str
    tambon: str
    tambon_code: str
    moo: int
    village_name: str

    @property
    def code(self) -> str:
        """Eight digits: tambon and moo."""
        return f"{self.tambon_code}{self.moo:02}"


@dataclass
class Household:
    """One synthetic household at one address."""

    place: Place
    key: int
    number: int
    house_number: str
    house_code: str
    road: str
    size: int
    income: int
    latitude: float
    longitude: float
    people: list[Person]
    surveyor: Person

    @property
    def head(self) -> Person:
        """The first member is the head."""
        return self.people[0]


@dataclass
class World:
    """The villages of one file."""

    places: list[Place]
    households: list[Household]
    tambons: list[Place]


@cache
def _names(kind: str) -> list[str]:
    from pythainlp import corpus

    words = getattr(corpus, f"thai_{kind}_names")()
    usable = {word.strip() for word in words}
    refused = re.compile("^รวม") if kind == "family" else NOT_FIRST
    return sorted(word for word in usable if PLAIN.match(word) and not refused.match(word))


@cache
def _tambons(province: str) -> list[Place]:
    """Every tambon of a province, with the names as geothai spells them."""
    name = geothai.province(province).name_th
    return [
        Place(name, district.name_th, tambon.name_th, tambon.code, 0, "")
        for district in geothai.districts(province)
        for tambon in geothai.subdistricts(district.code)
        if not district.name_th.startswith("เขต")
    ]


class Maker:
    """Draws people; every national ID and telephone number of one file is another."""

    def __init__(self, rng: random.Random, wishes: dict[str, object]):
        self.rng = rng
        self.wishes = wishes
        self.serial = rng.randrange(10**6)

    def share(self, wish: str, usual: float = 0.0) -> bool:
        """Whether a rare thing happens, as often as the layout wishes."""
        return self.rng.random() < float(self.wishes.get(wish, usual))  # type: ignore[arg-type]

    def national_id(self) -> str:
        """A valid number that belongs to nobody."""
        self.serial += self.rng.randrange(1, 9)
        if self.share("foreign"):
            return generate(f"009{self.serial:09}")
        stem = self.rng.choice([str(s) for s in self.wishes.get("id_stems", ["0"])])  # type: ignore[attr-defined]
        return generate(f"{stem}{'9999' if stem != '0' else '9330'}{self.serial:07}")

    def phone(self) -> str:
        """Ten digits; the range is nobody's proof, only a usual shape."""
        self.serial += 1
        return f"0{self.rng.choice('689')}0{self.serial % 10**7:07}"

    def person(self, relation: str, ages: tuple[int, int], surname: str, sex: str = "") -> Person:
        """One person of an age between two, both within."""
        rng = self.rng
        sex = RELATIONS.get(relation) or sex or rng.choice(("male", "female"))
        born = SURVEY_DAY - dt.timedelta(days=rng.randint(ages[0] * 365 + 40, ages[1] * 365 + 300))
        age = SURVEY_DAY.year - born.year
        first = rng.choice(_names("male" if sex == "male" else "female"))
        title = (
            ("เด็กชาย" if sex == "male" else "เด็กหญิง")
            if age <= 14
            else (
                "นาย" if sex == "male" else rng.choice(("นาง", "นางสาว")) if age > 17 else "นางสาว"
            )
        )
        if sex == "male" and age > 25 and self.share("ranks", 0.02):
            title = rng.choice(RANKS)
        if sex == "male" and age > 25 and self.share("monks"):
            title = "พระ"
        if self.share("one_name"):
            first, sex_of = rng.choice(SHORT_NAMES)
            surname, sex = "", sex_of
            if age > 17:
                title = "นาย" if sex == "male" else "นาง"
            else:
                title = "เด็กชาย" if sex == "male" else "เด็กหญิง"
        return Person(
            title=title,
            first_name=first,
            surname=surname,
            national_id=self.national_id(),
            birth=born,
            sex=sex,
            relation=relation,
            phone=self.phone(),
            nickname=rng.choice(("เล็ก", "แดง", "ต้อย", "หนู")),
            job=rng.choice(JOBS),
            illness=rng.choice(ILLNESSES) if rng.random() < 0.35 else "",
            living=rng.choice(("dead", "moved")) if self.share("gone") else "here",
            welfare_card=rng.random() < 0.4,
            fails=frozenset(d for d in DIMENSIONS if rng.random() < 0.25) or frozenset({"income"}),
        )

    def surname(self) -> str:
        """A surname; at times of two words or one that looks like something else."""
        if self.share("odd_surnames", 0.05):
            return self.rng.choice(TWO_WORDS)
        return self.rng.choice(_names("family"))

    def outsider(self, kind: str, person: Person) -> Person:
        """Somebody else named in the row; she never shares a value with the person."""
        sex = {"father": "male", "mother": "female"}.get(kind, "")
        kin = kind in ("father", "mother", "relative", "carer", "guardian")
        surname = person.surname if kin and person.surname else self.surname()
        other = self.person("", (35, 70), surname or self.surname(), sex)
        while other.first_name == person.first_name:
            other.first_name = self.rng.choice(_names("male"))
        other.relation = self.rng.choice(("บุตร", "หลาน", "คู่สมรส", "พี่"))
        return other


def draw_world(rng: random.Random, wishes: dict[str, object]) -> World:
    """The villages and households of one file.

    `wishes` of a layout: villages, tambons (each village in one of its own), households and
    members as [least, most], one_each (heads only), pupils (one child each), numbers_restart
    (household numbers begin anew in each village), ages of heads as [least, most], around (who
    else is named: father, carer), id_stems (first digits of national IDs), and shares of ranks,
    monks, one_name, gone, foreign and odd_surnames.
    """
    maker = Maker(rng, wishes)
    tambons = _tambons(rng.choice(sorted(PROVINCES)))
    tambon = rng.choice(tambons)
    near = [t for t in tambons if t.district == tambon.district]
    count = int(wishes.get("villages", 1))  # type: ignore[call-overload]
    names = rng.sample(VILLAGES, count)
    moos = sorted(rng.sample(range(1, 15), count))
    places = [
        Place(tambon.province, tambon.district, tambon.tambon, tambon.tambon_code, moo, name)
        for moo, name in zip(moos, names, strict=True)
    ]
    if wishes.get("tambons"):  # the villages lie in tambons of their own
        for place, home in zip(places, rng.sample(near, k=min(count, len(near))), strict=False):
            place.tambon, place.tambon_code = home.tambon, home.tambon_code
    households = [h for place in places for h in _draw_households(maker, place)]
    for key, household in enumerate(households, 1):
        before = households[key - 2].place if key > 1 else household.place
        again = bool(wishes.get("numbers_restart")) and before is not household.place
        household.key = key
        household.number = 1 if again or key == 1 else households[key - 2].number + 1
    return World(places, households, near)


def _draw_households(maker: Maker, place: Place) -> list[Household]:
    rng, wishes = maker.rng, maker.wishes
    north, east = PROVINCES[place.tambon_code[:2]]
    least, most = wishes.get("households", [4, 7])  # type: ignore[misc]
    surveyors = [maker.person("", (30, 60), maker.surname()) for _ in range(2)]
    numbers = _house_numbers(rng, rng.randint(least, most))
    households = []
    for house_number in numbers:
        surname = maker.surname()
        ages = tuple(wishes.get("ages", [30, 85]))  # type: ignore[arg-type]
        people = [maker.person("หัวหน้าครัวเรือน", ages, surname)]  # type: ignore[arg-type]
        if not wishes.get("one_each"):
            people += _draw_family(maker, people[0], surname)
        if wishes.get("pupils"):
            people = [maker.person("บุตร", (5, 12), surname)]
        for person in people:
            for kind in wishes.get("around", ()):  # type: ignore[attr-defined]
                person.others[kind] = maker.outsider(kind, person)
        households.append(
            Household(
                place=place,
                key=0,
                number=0,
                house_number=house_number,
                house_code=f"{place.tambon_code[:4]}{rng.randrange(10**7):07}",
                road=rng.choice(("", "", "ถนนเทศบาล 2", "ซอยสุขใจ")),
                size=rng.randint(1, 6)
                if wishes.get("one_each") or wishes.get("pupils")
                else len(people),
                income=rng.randrange(12_000, 180_000, 500),
                latitude=round(north + rng.uniform(-0.1, 0.1), 6),
                longitude=round(east + rng.uniform(-0.1, 0.1), 6),
                people=people,
                surveyor=rng.choice(surveyors),
            )
        )
    return households


def _draw_family(maker: Maker, head: Person, surname: str) -> list[Person]:
    rng = maker.rng
    least, most = maker.wishes.get("members", [1, 5])  # type: ignore[misc]
    family: list[Person] = []
    for place in range(rng.randint(least, most) - 1):
        if place == 0 and head.age > 25 and rng.random() < 0.7:
            other = "female" if head.sex == "male" else "male"
            ages = (max(20, head.age - 6), min(92, head.age + 4))
            family.append(maker.person("คู่สมรส", ages, surname, other))
        elif head.age < 60 and rng.random() < 0.25:
            family.append(
                maker.person(rng.choice(("บิดา", "มารดา")), (head.age + 20, 94), maker.surname())
            )
        else:
            child = rng.choice(("บุตร", "บุตร", "หลาน"))
            family.append(maker.person(child, (1, max(3, head.age - 20)), surname))
    return family


def _house_numbers(rng: random.Random, count: int) -> list[str]:
    """Numbers of one village, all different; about half with a stroke."""
    numbers: dict[str, None] = {}
    while len(numbers) < count:
        whole = rng.randint(1, 240)
        after = rng.randint(1, 9) if rng.random() < 0.45 else 0
        numbers[f"{whole}/{after}" if after else str(whole)] = None
    return sorted(numbers, key=lambda n: [int(part) for part in n.split("/")])
