"""A small registry for the pages of places: four villages, levels, lists, people with numbers."""

from __future__ import annotations

from datetime import date
from typing import Any

from kaejon.apps.dashboards.actions import tally_areas
from kaejon.apps.households.models import House, Household, Person
from kaejon.apps.households.queries import search_key
from kaejon.apps.vault.sealing import blind_index, seal_national_id
from kaejon.methods.thai import names, national_id

SURVEYED = date(2025, 9, 30)
MEASURES = ("human", "physical", "financial", "natural", "social", "overall")


def pin(number: int) -> str:
    """A valid number that no real card bears (office 3300 does not exist)."""
    return national_id.generate(f"03300{number:07d}")


def household(
    area: str,
    house_no: str,
    head: str,
    *,
    members: int = 1,
    level: int | None = None,
    **values: Any,
) -> Household:
    """One household; `level` is the level of all its capitals."""
    house = House.objects.create(
        area_id=area, house_no=house_no, latitude=15.1 + len(house_no) / 100, longitude=104.3
    )
    levels = {f"{measure}_level": level for measure in MEASURES}
    return Household.objects.create(
        house=house,
        area_id=area,
        house_no=house_no,
        head_name=head,
        members=members,
        surveyed_on=SURVEYED if level else None,
        **(levels | values),
    )


def member(
    home: Household, first: str, last: str, *, number: str = "", head: bool = False
) -> Person:
    """One person of a household, with a national ID when given."""
    sealed = {
        "national_id_sealed": seal_national_id(number),
        "national_id_index": blind_index(number),
        "national_id_last4": number[-4:],
        "national_id_status": "valid",
    }
    return Person.objects.create(
        household=home,
        area_id=home.area_id,
        is_head=head,
        title="นาง",
        first_name=first,
        last_name=last,
        first_key=search_key(first),
        last_key=search_key(last),
        name_key=names.name_key(first, last),
        **(sealed if number else {}),
    )


def make_registry() -> dict[str, Household]:
    """Seven households that stand and one that no longer exists."""
    homes = {
        "somsri": household(
            "33010101",
            "9",
            "นางสมศรี ใจงาม",
            members=3,
            level=1,
            target_poor_members=2,
            bmn_poor=True,
        ),
        "anong": household("33010101", "10", "นางอนงค์ มีสุข", members=2, level=2, social_level=1),
        "prasert": household("33010101", "10/2", "นายประเสริฐ มีสุข", members=4, bmn_poor=False),
        "thong": household(
            "33010102", "1", "นายทอง เกิดดี", members=5, level=4, conflicts=1, presence="moved"
        ),
        "lost": household("330101", "77", "นายเหลือ ไม่รู้หมู่", members=1, bmn_poor=True),
        "tai": household(
            "33010201", "5", "นางใต้ บ้านโน้น", members=2, level=2, target_poor_members=1
        ),
        "noi": household("33020101", "3", "นายน้อย ไกลบ้าน", members=6, level=3),
        "gone": household(
            "33010101",
            "99",
            "นายเก่า จากไป",
            members=2,
            level=1,
            presence="dissolved",
            target_poor_members=1,
        ),
    }
    member(homes["somsri"], "สมศรี", "ใจงาม", number=pin(1), head=True)
    member(homes["somsri"], "ดวงใจ", "ใจงาม", number=pin(2))
    member(homes["anong"], "อนงค์", "มีสุข", number=pin(3), head=True)
    member(homes["tai"], "ใต้", "บ้านโน้น", number=pin(4), head=True)
    tally_areas({home.area_id for home in homes.values()})
    return homes
