"""A year of looks at every household of a registry, for timing: folders, prints, lists.

One officer for each tambon opens every folder twice and prints every fourth; a page of fifty
families is seen for every second household. Rows lie in the order of time, as the product writes
them, with their personal part beside; names are invented.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

KINDS = ("view", "view", "print", "list")
EVERY = {"view": 1, "print": 4, "list": 2}
FAMILIES_OF_A_PAGE = 50
ROWS_AT_ONCE = 20_000
DAYS = 365
SPACE = uuid.UUID("6ba7b812-9dad-11d1-80b4-00c04fd430c8")


def write_looks() -> None:
    from django.db import transaction
    from django.utils import timezone

    from kaejon.apps.audit.models import Look
    from kaejon.apps.households.models import Household

    families = [
        (str(public_id), area)
        for public_id, area in Household.objects.order_by("area_id", "pk").values_list(
            "public_id", "area_id"
        )
    ]
    asked = [(kind, i) for kind in KINDS for i in range(0, len(families), EVERY[kind])]
    random.Random(33).shuffle(asked)
    last = Look.objects.order_by("-pk").first()
    until = timezone.now() - timedelta(seconds=30)
    since = max(
        until - timedelta(days=DAYS), last.at if last else datetime.min.replace(tzinfo=until.tzinfo)
    )
    step = (until - since) / max(1, len(asked))
    for start in range(0, len(asked), ROWS_AT_ONCE):
        part = list(enumerate(asked[start : start + ROWS_AT_ONCE], start))
        with transaction.atomic():
            insert(invented(part, families, since, step))
    count_opened()


def count_opened() -> None:
    """As the product counts while it writes looks; here for the days that its pages show."""
    from django.db.models import Count
    from django.db.models.functions import TruncDate
    from django.utils import timezone

    from kaejon.apps.audit.models import FoldersOpened, Look
    from kaejon.apps.audit.queries import BUSY_DAYS_SHOWN

    since = timezone.now() - timedelta(days=BUSY_DAYS_SHOWN)
    counted = (
        Look.objects.filter(at__gte=since, kind="view")
        .values("actor_id", "area_code", day=TruncDate("at"))
        .annotate(households=Count("household_id", distinct=True))
    )
    FoldersOpened.objects.all().delete()
    FoldersOpened.objects.bulk_create((FoldersOpened(**row) for row in counted), batch_size=1000)


def invented(
    part: list[tuple[int, tuple[str, int]]],
    families: list[tuple[str, str]],
    since: datetime,
    step: timedelta,
) -> Iterator[tuple[Any, Any]]:
    """Looks with their details, unsaved."""
    from kaejon.apps.audit.digests import new_salt, salted_digest
    from kaejon.apps.audit.models import Look, LookDetail
    from kaejon.apps.audit.packing import common_area, packed

    for n, (kind, i) in part:
        household, area = families[i]
        name, salt = f"เจ้าหน้าที่สมมติ {area[:6]}", new_salt()
        look = Look(
            at=since + n * step,
            actor_id=str(uuid.uuid5(SPACE, area[:6])),
            actor_role="tambon",
            kind=kind,
            area_code=area,
            request_id=uuid.uuid5(SPACE, str(n)).hex,
            digest=salted_digest(salt, name, ""),
        )
        if kind == "list":
            page = families[i : i + FAMILIES_OF_A_PAGE]
            look.families, look.count = packed(home for home, _ in page), len(page)
            look.area_code = common_area(place for _, place in page)
        else:
            look.household_id = household
        yield look, LookDetail(salt=salt, actor_name=name)


def insert(looks: Iterator[tuple[Any, Any]]) -> None:
    """As the rows are: saving them would put now for their time."""
    from django.db import connection

    from kaejon.apps.audit.models import Look, LookDetail
    from kaejon.apps.households.bulk import reserve_keys, values_of

    pairs = list(looks)
    keys = reserve_keys(pairs[0][0], len(pairs))
    for key, (look, detail) in zip(keys, pairs, strict=True):
        look.pk, detail.row_id = key, key
    for model, rows in ((Look, [p[0] for p in pairs]), (LookDetail, [p[1] for p in pairs])):
        columns = model._meta.concrete_fields
        names = ", ".join(f'"{column.column}"' for column in columns)
        places = ", ".join(["%s"] * len(columns))
        with connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {model._meta.db_table} ({names}) VALUES ({places})",
                values_of(rows, list(columns)),
            )
