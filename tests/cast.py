"""The cast: one story told from every seat.

Malee keeps the registry of tambon 330101. Somsak is her neighbour in tambon
330102. Darunee reads the district 3301. Preecha works for an agency that was
granted one household in 330101. Nobody signed in as the stranger anything.
Four more stand beside them: Governor's officer Wanna (province), Anan, who
administers accounts and sees no household, Orathai, the officer of district 3301,
and Kamon, who visits households of tambon 330101.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from types import SimpleNamespace

from allauth.account.internal.flows.login import record_authentication
from django.test import Client

from kaejon.apps.access.actions import assign_role
from kaejon.apps.access.models import User
from kaejon.apps.access.operator import ensure_operator
from kaejon.apps.access.places import register_organization
from kaejon.apps.areas.models import Area, Level
from kaejon.apps.partners.models import Organization

LONG_AGO = date(2020, 1, 1)
PASSWORD = "long-enough-to-test"

AREAS = [
    ("33", Level.PROVINCE, None, "ศรีสะเกษ", "Si Sa Ket"),
    ("3301", Level.DISTRICT, "33", "เมืองศรีสะเกษ", "Mueang Si Sa Ket"),
    ("3302", Level.DISTRICT, "33", "ยางชุมน้อย", "Yang Chum Noi"),
    ("330101", Level.TAMBON, "3301", "เมืองเหนือ", "Mueang Nuea"),
    ("330102", Level.TAMBON, "3301", "เมืองใต้", "Mueang Tai"),
    ("330201", Level.TAMBON, "3302", "ยางชุมน้อย", "Yang Chum Noi"),
    ("33010101", Level.VILLAGE, "330101", "บ้านสมมติหนึ่ง", "Ban Sommot Nueng"),
    ("33010102", Level.VILLAGE, "330101", "บ้านสมมติสอง", "Ban Sommot Song"),
    ("33010201", Level.VILLAGE, "330102", "บ้านสมมติใต้", "Ban Sommot Tai"),
    ("33020101", Level.VILLAGE, "330201", "บ้านสมมติน้อย", "Ban Sommot Noi"),
]


@dataclass
class Cast:
    """Everybody by name, with the organizations they belong to."""

    operator: User
    malee: User
    somsak: User
    darunee: User
    preecha: User
    stranger: User
    wanna: User
    anan: User
    orathai: User
    kamon: User
    organizations: dict[str, Organization] = field(default_factory=dict)


def make_areas() -> None:
    for code, level, parent, name_th, name_en in AREAS:
        Area.objects.get_or_create(
            code=code,
            defaults={"level": level, "parent_id": parent, "name_th": name_th, "name_en": name_en},
        )


def make_user(username: str, first: str, last: str) -> User:
    return User.objects.create_user(
        username=username, password=PASSWORD, first_name=first, last_name=last
    )


def make_cast() -> Cast:
    """Areas, organizations, people and their grants."""
    operator = ensure_operator()
    make_areas()
    tao = register_organization(
        code="obt-330101", name_th="อบต. สมมติหนึ่ง", sector="local", area="330101", by=operator
    )
    tao2 = register_organization(
        code="obt-330102", name_th="อบต. สมมติสอง", sector="local", area="330102", by=operator
    )
    province = register_organization(
        code="pomo-33", name_th="พมจ. สมมติ", sector="state", area="33", by=operator
    )
    health = register_organization(
        code="health-33", name_th="สาธารณสุขสมมติ", sector="state", area="33", by=operator
    )
    cast = Cast(
        operator=operator,
        malee=make_user("malee", "มาลี", "ใจดี"),
        somsak=make_user("somsak", "สมศักดิ์", "ข้างบ้าน"),
        darunee=make_user("darunee", "ดารุณี", "อ่านดี"),
        preecha=make_user("preecha", "ปรีชา", "ช่วยงาน"),
        stranger=make_user("stranger", "คนแปลก", "หน้า"),
        wanna=make_user("wanna", "วรรณา", "จังหวัด"),
        anan=make_user("anan", "อนันต์", "ดูแล"),
        orathai=make_user("orathai", "อรทัย", "อำเภอ"),
        kamon=make_user("kamon", "กมล", "เยี่ยมบ้าน"),
        organizations={"tao": tao, "tao2": tao2, "province": province, "health": health},
    )
    for user, role, area, organization in (
        (cast.malee, "tambon_officer", "330101", tao),
        (cast.somsak, "tambon_officer", "330102", tao2),
        (cast.darunee, "viewer", "3301", province),
        (cast.preecha, "agency_user", "33", health),
        (cast.wanna, "province_officer", "33", province),
        (cast.anan, "administrator", "33", province),
        (cast.orathai, "district_officer", "3301", province),
        (cast.kamon, "enumerator", "330101", tao),
    ):
        assign_role(
            user=user,
            role=role,
            area=area,
            organization=organization,
            purpose="งานตามหน้าที่",
            valid_from=LONG_AGO,
            by=operator,
        )
    return cast


def sign_in(client: Client, user: User) -> Client:
    """The browser of somebody who has just given the password."""
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    request = SimpleNamespace(session=client.session)
    record_authentication(request, user, "password")  # type: ignore[arg-type]
    request.session.save()
    return client
