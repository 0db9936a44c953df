"""What the registry holds of an area, by natural keys: to compare two registries, or one before and after.

No database key, public id or time of the clock is in it, so the same lists taken in the same way
give the same document. National IDs appear as their state, never as numbers.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import require, role_names
from kaejon.apps.areas.models import Area
from kaejon.apps.areas.queries import within
from kaejon.apps.audit.actions import record, record_looks
from kaejon.apps.audit.models import LookKind
from kaejon.apps.households.models import Household, Person
from kaejon.apps.households.queries import visible_to
from kaejon.apps.sources.deriving import claims_of_households, live
from kaejon.apps.sources.models import Assertion, ImportBatch, SourceRecord
from kaejon.methods.claims import present
from kaejon.methods.errors import DataError

AT_ONCE = 1_000
# A batch that never touched the registry says nothing of it.
GONE = ("discarded",)
Row = dict[str, Any]


def dump_registry(*, area: str, by: User) -> dict[str, Any]:
    """Households, lists and rows of an area, sorted by natural keys; every household is a look.

    Refuses (NotPermitted) whoever may not take out every household of the area; a code that is
    no area (DataError).
    """
    place = Area.objects.filter(code=area).first()
    if place is None:
        raise DataError(
            "unknown_area", f"there is no area {area}", remedy="Give an official area code."
        )
    require(by, Permission.EXPORT, at=area)
    with transaction.atomic():
        document = {
            "area": area,
            "households": sorted(households(area, by), key=natural),
            "lists": sorted(lists(area), key=natural),
            "rows": sorted(rows(area), key=natural),
        }
        given = visible_to(by, Permission.EXPORT).filter(within(area, "area_id"))
        record_looks(
            by=by,
            kind=LookKind.EXPORT,
            households=list(given.values_list("public_id", "area_id")),
            role=role_names(by),
            reason=gettext_noop("registry dump"),
        )
        record(
            by=by,
            verb="registry.dump",
            subject_type="area",
            subject_id=area,
            area=area,
            label=place.name_th,
            changes={"households": len(document["households"])},
        )
    return document


def natural(row: Row) -> str:
    return json.dumps(row, ensure_ascii=False, sort_keys=True)


def households(area: str, by: User) -> Iterator[Row]:
    keys = iter(
        visible_to(by, Permission.EXPORT)
        .filter(within(area, "area_id"))
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    while part := list(islice(keys, AT_ONCE)):
        people: dict[int, list[Person]] = {}
        for person in Person.objects.filter(household__in=part):
            people.setdefault(person.household_id or 0, []).append(person)
        claims = claims_of_households(part)
        stated: dict[int, list[Row]] = {}
        for assertion in live(household__in=part).select_related("version__source", "person"):
            stated.setdefault(assertion.household_id, []).append(claim(assertion))
        for home in Household.objects.filter(pk__in=part).select_related("house"):
            yield {
                **household(home),
                "members": sorted(map(member, people.get(home.pk, [])), key=natural),
                "facts": dict(sorted(present(claims.get(home.pk, [])).items())),
                "claims": sorted(stated.get(home.pk, []), key=natural),
            }


def household(home: Household) -> Row:
    point = [home.house.latitude, home.house.longitude]
    return {
        "area": home.area_id,
        "house_no": home.house_no,
        "house_code": home.house.house_code,
        "head": home.head_name,
        "presence": home.presence,
        "status": home.verified,
        "conflicts": home.conflicts,
        "point": None if None in point else point,
        "levels": {name: getattr(home, f"{name}_level") for name in LEVELS},
        "bmn_poor": home.bmn_poor,
        "target_poor_members": home.target_poor_members,
        "problems": home.problems,
    }


LEVELS = ("human", "physical", "financial", "natural", "social", "overall")


def member(person: Person) -> Row:
    return {
        "title": person.title,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "birth_date": person.birth_date.isoformat() if person.birth_date else None,
        "sex": person.sex,
        "relation": person.relation,
        "national_id": person.national_id_status,
        "died_on": person.died_on.isoformat() if person.died_on else None,
    }


def claim(assertion: Assertion) -> Row:
    version, person = assertion.version, assertion.person
    return {
        "source": version.source.code,
        "year": version.year_be,
        "round": version.round,
        "of": f"{person.first_name} {person.last_name}".strip() if person else "",
        "as_of": assertion.as_of.isoformat(),
        "facts": dict(sorted(assertion.facts.items())),
    }


def batches(area: str) -> Any:
    """Files of the area, or of one around it, that reached the registry or wait for it."""
    around = [area[:digits] for digits in (2, 4, 6, 8) if digits < len(area)]
    files = ImportBatch.objects.filter(within(area, "area_id")) | ImportBatch.objects.filter(
        area__in=around
    )
    return files.exclude(status__in=GONE).select_related("version__source")


def lists(area: str) -> Iterator[Row]:
    for batch in batches(area):
        yield {
            "file": batch.file_name,
            "source": batch.version.source.code,
            "year": batch.version.year_be,
            "status": batch.status,
            "notices": sorted(notice["code"] for notice in (batch.info or {}).get("warnings", [])),
        }


def rows(area: str) -> Iterator[Row]:
    known = SourceRecord.objects.filter(batch__in=batches(area)).select_related("batch")
    if len(area) > 2:
        known = known.filter(within(area, "area_code"))
    for record_row in known.iterator(chunk_size=AT_ONCE):
        flags = ({"code": i["code"], "severity": i["severity"]} for i in record_row.issues)
        yield {
            "file": record_row.batch.file_name,
            "row": record_row.row_number,
            "outcome": record_row.outcome,
            "flags": sorted(flags, key=natural),
        }
