"""Sealed values of every kind for the tests of keys and backups: people, received rows, a stored file."""

from __future__ import annotations

PEOPLE = 5

FILL = """
from datetime import date
from django.utils import timezone
from kaejon.apps.access.operator import ensure_operator
from kaejon.apps.areas.actions import ensure_villages
from kaejon.apps.households.models import House, Household, Person
from kaejon.apps.access.places import register_organization
from kaejon.apps.sources import files
from kaejon.apps.sources.models import ImportBatch, Source, SourceRecord, SourceVersion
from kaejon.apps.vault.sealing import blind_index, seal_json, seal_national_id
from kaejon.methods.thai.national_id import generate

operator = ensure_operator()
ensure_villages({"33010101": "บ้านสมมติ"})
owner = register_organization(code="owner", name_th="เจ้าของสมมติ", sector="state", area="33", by=operator)
source = Source.objects.create(
    code="s", kind="community", name_th="รายชื่อสมมติ", owner=owner, legal_basis="public_task", purpose="ทดสอบ",
    retention_years=5, unit="person",
)
version = SourceVersion.objects.create(source=source, year_be=2569, as_of=date(2026, 1, 1))
stored, digest, size = files.keep([b"first piece", b"x" * 5_000_000], limit=10_000_000)
batch = ImportBatch.objects.create(
    version=version, area_id="33", file_name="a.csv", file_hash=digest, file_size=size, stored_as=stored,
    uploaded_by=operator,
)
from allauth.mfa.models import Authenticator
from kaejon.apps.access.second_step import seal_text
Authenticator.objects.create(user=operator, type="totp", data={"secret": seal_text("JBSWY3DPEHPK3PXP")})
Authenticator.objects.create(user=operator, type="recovery_codes", data={"seed": seal_text("5eed" * 20), "used_mask": 0})
house = House.objects.create(area_id="33010101", house_no="1")
household = Household.objects.create(house=house, area_id="33010101", house_no="1", head_name="นางสมมติ หนึ่ง", members=COUNT)
for number in range(COUNT):
    digits = generate(f"{300000000000 + number}")
    person = Person.objects.create(
        household=household, area_id="33010101", first_name=f"สมมติ{number}", first_key=f"k{number}", last_key="k",
        name_key="k", national_id_sealed=seal_national_id(digits), national_id_index=blind_index(digits),
        national_id_last4=digits[-4:], national_id_status="valid",
    )
    SourceRecord.objects.create(
        batch=batch, row_number=number + 1, raw_sealed=seal_json([digits, "สมมติ"]), digest="d",
        national_id_sealed=seal_national_id(digits), national_id_index=blind_index(digits), person=person,
    )
"""

READ = """
from allauth.mfa.models import Authenticator
from kaejon.apps.access.second_step import unseal_text
from kaejon.apps.access.operator import ensure_operator
from kaejon.apps.households.models import Person
from kaejon.apps.households.queries import people_visible_to, search_people
from kaejon.apps.sources import files
from kaejon.apps.sources.models import ImportBatch, SourceRecord
from kaejon.apps.vault.sealing import unseal_json, unseal_national_id
people = people_visible_to(ensure_operator())
answer = {
    "secrets": sorted(
        unseal_text(row.data.get("secret") or row.data["seed"]) for row in Authenticator.objects.all()
    ),
    "numbers": [unseal_national_id(p.national_id_sealed) for p in Person.objects.order_by("pk")],
    "found": [
        search_people(people, unseal_national_id(p.national_id_sealed)).get().pk == p.pk
        for p in Person.objects.order_by("pk")
    ],
    "rows": [unseal_json(r.raw_sealed) for r in SourceRecord.objects.order_by("pk")],
    "row_tokens": list(SourceRecord.objects.order_by("pk").values_list("national_id_index", flat=True)),
    "person_tokens": list(Person.objects.order_by("pk").values_list("national_id_index", flat=True)),
    "file": sum(len(piece) for piece in files.pieces(ImportBatch.objects.get().stored_as)),
}
"""


def fill(count: int) -> str:
    return f"COUNT = {count}\n{FILL}"
