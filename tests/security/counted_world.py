"""A small province in two versions whose counts differ, yet look the same in classes of five.

Whatever a reader of classes can ask must be answered alike in both; else some answer is made
of the counts themselves. The numbers are chosen so that every class of every sum agrees too.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import uuid4

from django.test import Client
from openpyxl import load_workbook
from pypdf import PdfReader

from kaejon.apps.coverage.models import Combination, ListQuality, PictureTally, Unit
from kaejon.apps.dashboards import remembering
from kaejon.apps.dashboards.actions import tally_areas
from kaejon.apps.dashboards.figuring import figure_areas
from kaejon.apps.households.models import Household
from kaejon.apps.sources.actions import version_of
from kaejon.apps.sources.models import ImportBatch, SourceVersion
from tests.apps.lists import source
from tests.cast import Cast
from tests.web.places import household

V1, V2, V3, V4 = "33010101", "33010102", "33010201", "33020101"
AREAS = ("33", "3301", "3302", "330101", "330102", "330201", V1, V2, V3, V4)
# (village, level, problems) → households in the one version and in the other
HOMES: dict[tuple[str, int, str], tuple[int, int]] = {
    (V1, 1, ""): (1, 1),
    (V1, 1, " i8 "): (3, 1),
    (V1, 1, " i9 "): (0, 2),
    (V2, 1, " i8 "): (1, 1),
    (V2, 1, " i9 human_5 "): (3, 1),
    (V1, 3, ""): (20, 20),
    (V2, 2, ""): (9, 11),
    (V3, 1, " i10 "): (27, 27),
    (V3, 2, " i11 "): (3, 4),
    (V3, 2, ""): (4, 1),
    (V3, 3, ""): (0, 2),
    (V4, 1, ""): (10, 10),
    (V4, 4, ""): (30, 30),
}
# (tambon, field) → rows, filled, valid in the one version and in the other
ROWS: dict[tuple[str, str], tuple[tuple[int, int, int], tuple[int, int, int]]] = {
    ("330101", "row"): ((267, 264, 264), (266, 263, 263)),
    ("330101", "national_id"): ((264, 250, 226), (263, 249, 225)),
    ("330102", "row"): ((8, 8, 8), (9, 9, 9)),
    ("330102", "national_id"): ((8, 3, 3), (9, 4, 4)),
}
# (village, named by tpmap, by community, outcome) → households in the one version and in the other
NAMED: dict[tuple[str, bool, bool, str], tuple[int, int]] = {
    (V1, True, True, "confirmed_poor"): (27, 26),
    (V1, True, False, "confirmed_poor"): (18, 19),
    (V1, True, False, "not_poor"): (9, 8),
    (V2, False, True, "confirmed_poor"): (20, 21),
    (V3, False, True, ""): (3, 2),
    (V4, False, False, "missed"): (2, 1),
    (V4, False, False, ""): (21, 22),
}
VARYING = re.compile(
    r'nonce="[^"]*"|\b[A-Za-z0-9]{64}\b|'
    r"\d{2}[:.]\d{2}(?:[:.]\d{2}[.\d]*)?|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}"
)
RULES = [(100, 0), (0, 100), (50, 50), (1, 99)]


def build(cast: Cast, version: int) -> None:
    """The province in one of its versions (0 or 1); the one before is cleared away."""
    Household.objects.all().delete()
    house = 0
    for (village, level, problems), numbers in HOMES.items():
        for _ in range(numbers[version]):
            house += 1
            household(
                village,
                f"{house:03d}",
                "นางสมมติ",
                members=1,
                level=level,
                problems=problems,
                bmn_poor=bool(problems),
            )
    areas = {village for village, *_ in HOMES}
    tally_areas(areas)
    figure_areas(areas)
    lists = [taken_in(cast, kind) for kind in ("tpmap", "community")]
    name_households(lists, version)
    rate_rows(lists[0], version)
    remembering._kept.clear()


def taken_in(cast: Cast, kind: str) -> SourceVersion:
    """A list year that was applied; made once."""
    held = SourceVersion.objects.filter(source__kind=kind).first()
    if held:
        return held
    made = version_of(source(kind, cast.organizations["province"], cast.wanna), year_be=2566)
    ImportBatch.objects.create(
        version=made,
        area_id="33",
        file_name="list.csv",
        file_hash=uuid4().hex,
        file_size=1,
        stored_as="none.sealed",
        status="applied",
        uploaded_by=cast.wanna,
    )
    return made


def name_households(lists: list[SourceVersion], version: int) -> None:
    PictureTally.objects.all().delete()
    for (village, by_tpmap, by_community, outcome), numbers in NAMED.items():
        named = {
            str(made.pk): True
            for made, on in zip(lists, (by_tpmap, by_community), strict=True)
            if on
        }
        key = " ".join(f"{pk}n" for pk in sorted(map(int, named)))
        combination, _ = Combination.objects.get_or_create(key=key, defaults={"lists": named})
        for unit in Unit.values:
            PictureTally.objects.create(
                area_id=village,
                unit=unit,
                combination=combination,
                verified=outcome,
                gate="passed",
                count=numbers[version],
                people=numbers[version],
            )


def rate_rows(made: SourceVersion, version: int) -> None:
    ListQuality.objects.all().delete()
    for (tambon, field), numbers in ROWS.items():
        rows, filled, valid = numbers[version]
        ListQuality.objects.create(
            batch=made.batches.get(),
            area_code=tambon,
            field=field,
            rows=rows,
            filled=filled,
            valid=valid,
        )


def addresses() -> Iterator[str]:
    """Every page, fragment, paper and file in which a reader of counts finds some.

    Pages over every area; what a filter, a rule or a file adds over one area of each level.
    """
    yield "/"
    for code in AREAS:
        yield f"/areas/{code}/"
        yield f"/areas/{code}/measures/?map=overall"
        yield f"/ranking/{code}/"
        for page in PICTURE:
            yield f"/picture/{page}?area={code}"
    for code in ("33", "3301", "330101", V1):
        yield from more_addresses(code)


def more_addresses(code: str) -> Iterator[str]:
    """Filters, rules and files of one area."""
    yield f"/areas/{code}/?measure=human"
    for measure in ("low", "target", "needs", "M0"):
        yield f"/areas/{code}/measures/?map={measure}"
    yield f"/areas/{code}/sheet.pdf"
    yield f"/areas/{code}/report.pdf"
    yield f"/areas/{code}/report.xlsx"
    for households, severity in RULES:
        sides = "&".join(f"ready_{s}=0" for s in SIDES)
        yield f"/ranking/{code}/?households={households}&severity={severity}&action=0&all&{sides}"
    yield f"/ranking/{code}/sheet.pdf"
    for unit in ("person", "covered"):
        yield f"/picture/sets/?area={code}&unit={unit}"
    yield f"/picture/sets/?area={code}&held=1"
    yield f"/picture/sets/?area={code}&year=2565"
    for key in ("rejected", "national_id", "rows"):
        yield f"/picture/quality/?area={code}&sort={key}"
    for table in TABLES:
        yield f"/picture/tables/{table}.xlsx?area={code}"


PICTURE = ("", "sets/", "accuracy/", "quality/", "unseen/")
SIDES = ("land", "health", "education", "housing", "economy", "other")
TABLES = (
    "sets", "accuracy", "accuracy-areas", "reasons", "quality", "quality-areas", "unseen",
    "histories", "unseen-areas",
)  # fmt: skip


def answers(client: Client, paths: Iterable[str], **headers: str) -> dict[str, str]:
    """What each address answers, as text without what changes by itself (tokens, times, ids)."""
    found = {}
    for path in paths:
        response = client.get(path, headers=headers)
        if response.status_code == 200:
            found[path] = text_of(response)
    return found


def text_of(response: Any) -> str:
    kind = response["Content-Type"]
    if "pdf" in kind:
        pages = PdfReader(io.BytesIO(response.content)).pages
        text = "\n".join(page.extract_text() for page in pages)
    elif "spreadsheet" in kind:
        book = load_workbook(io.BytesIO(response.content))
        text = "\n".join(str(row) for sheet in book for row in sheet.iter_rows(values_only=True))
    else:
        text = response.content.decode()
    return VARYING.sub("", text)


def first_difference(one: str, other: str) -> str:
    """Where two answers begin to differ, with what stands around it."""
    place = next(
        (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )
    return f"{one[max(0, place - 120) : place + 60]!r} | {other[place : place + 60]!r}"
