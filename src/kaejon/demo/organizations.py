"""Organizations of the synthetic province: typical offices, no real person or address.

The offices exist in every Thai province by law; what they do in the demonstration
is invented.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kaejon.demo.margins import PROVINCE_CODE
from kaejon.demo.places import Areas


@dataclass(frozen=True)
class DemoOrganization:
    """One organization. `area_code` has 2 digits for province, 4 district, 6 tambon."""

    code: str
    name_th: str
    name_en: str
    sector: str
    """state, local, civic, academic, private, religious."""
    level: str
    """province, district or tambon."""
    area_code: str

    @property
    def legal_person(self) -> bool:
        """Community councils, funds and movements have none: money comes through another body."""
        return self.sector != "civic"


_PROVINCIAL: Final = (
    ("msdhs", "สำนักงานพัฒนาสังคมและความมั่นคงของมนุษย์จังหวัดศรีสะเกษ",
     "Provincial Social Development and Human Security Office", "state"),
    ("cdd", "สำนักงานพัฒนาชุมชนจังหวัดศรีสะเกษ", "Provincial Community Development Office", "state"),
    ("health", "สำนักงานสาธารณสุขจังหวัดศรีสะเกษ", "Provincial Public Health Office", "state"),
    ("education", "สำนักงานศึกษาธิการจังหวัดศรีสะเกษ", "Provincial Education Office", "state"),
    ("agriculture", "สำนักงานเกษตรจังหวัดศรีสะเกษ", "Provincial Agricultural Extension Office", "state"),
    ("labour", "สำนักงานแรงงานจังหวัดศรีสะเกษ", "Provincial Labour Office", "state"),
    ("land", "สำนักงานที่ดินจังหวัดศรีสะเกษ", "Provincial Land Office", "state"),
    ("landreform", "สำนักงานการปฏิรูปที่ดินจังหวัดศรีสะเกษ", "Provincial Land Reform Office", "state"),
    ("governor", "สำนักงานจังหวัดศรีสะเกษ", "Si Sa Ket Provincial Office", "state"),
    ("pao", "องค์การบริหารส่วนจังหวัดศรีสะเกษ", "Si Sa Ket Provincial Administrative Organization",
     "local"),
    ("cbo", "ขบวนองค์กรชุมชนจังหวัดศรีสะเกษ", "Provincial Movement of Community Organizations",
     "civic"),
    ("university", "มหาวิทยาลัยราชภัฏศรีสะเกษ (ทีมวิจัยพื้นที่)",
     "Sisaket Rajabhat University (area research team)", "academic"),
    ("chamber", "หอการค้าจังหวัดศรีสะเกษ", "Si Sa Ket Chamber of Commerce", "private"),
    ("sangha", "คณะสงฆ์จังหวัดศรีสะเกษ", "Si Sa Ket Sangha", "religious"),
)  # fmt: skip


def demo_organizations(areas: Areas) -> list[DemoOrganization]:
    """Provincial offices, the committee office of each district, and each tambon's bodies."""
    organizations = [
        DemoOrganization(f"{PROVINCE_CODE}-{code}", th, en, sector, "province", PROVINCE_CODE)
        for code, th, en, sector in _PROVINCIAL
    ]
    for district in areas.districts:
        organizations.extend(_of_district(district.code, district.name_th, district.name_en))
    for tambon in areas.tambons:
        organizations.extend(_of_tambon(tambon.code, tambon.name_th, tambon.name_en))
    return organizations


def _of_district(code: str, name_th: str, name_en: str) -> list[DemoOrganization]:
    return [
        DemoOrganization(
            f"{code}-office", f"ที่ว่าการอำเภอ{name_th}", f"{name_en} District Office",
            "state", "district", code,
        ),
        DemoOrganization(
            f"{code}-cdd", f"สำนักงานพัฒนาชุมชนอำเภอ{name_th}",
            f"{name_en} District Community Development Office", "state", "district", code,
        ),
        DemoOrganization(
            f"{code}-hospital", f"โรงพยาบาล{name_th}", f"{name_en} Hospital",
            "state", "district", code,
        ),
    ]  # fmt: skip


def _of_tambon(code: str, name_th: str, name_en: str) -> list[DemoOrganization]:
    return [
        DemoOrganization(
            f"{code}-sao", f"องค์การบริหารส่วนตำบล{name_th}",
            f"{name_en} Subdistrict Administrative Organization", "local", "tambon", code,
        ),
        DemoOrganization(
            f"{code}-council", f"สภาองค์กรชุมชนตำบล{name_th}",
            f"{name_en} Community Organization Council", "civic", "tambon", code,
        ),
        DemoOrganization(
            f"{code}-fund", f"กองทุนสวัสดิการชุมชนตำบล{name_th}",
            f"{name_en} Community Welfare Fund", "civic", "tambon", code,
        ),
    ]  # fmt: skip
