"""No page depends on the planner's luck: SQLite walks no large table, whether it has counted its tables or not.

`ANALYZE` writes what it counted into `sqlite_stat1`; the test writes there what it would
find in a province of 400,000 households.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kaejon.apps.areas.models import Area
from kaejon.apps.audit.actions import record, record_list, record_look
from kaejon.apps.folders.models import Note
from kaejon.apps.households.models import Household
from tests.cast import Cast
from tests.factories import make
from tests.web.places import make_registry

# Table → rows in a province. Tables that are not named here are empty, and then uncounted.
ROWS = {
    "households_household": 400_000,
    "households_house": 386_000,
    "households_person": 1_363_000,
    "households_membership": 1_363_000,
    "sources_assertion": 3_000_000,
    "sources_sourcerecord": 1_500_000,
    "measurement_capitalscore": 40_000,
    "measurement_povertyscreen": 400_000,
    "coverage_standing": 400_000,
    "audit_look": 5_000_000,
    "audit_event": 2_000_000,
    "surveys_verification": 60_000,
}
# Column → rows with the same value; the first of an index decides how many it leaves.
ALIKE = {
    "household_id": 4,
    "person_id": 4,
    "subject_id": 6,
    "area_id": 200,
    "area_code": 200,
    "name_key": 70,
}

PAGES = (
    "/",
    "/areas/33/",
    "/areas/3301/",
    "/areas/330101/",
    "/areas/33010101/",
    "/areas/33/measures/",
    "/households/{somsri}/",
    "/ranking/33/",
    "/picture/",
    "/picture/sets/",
    "/picture/unseen/",
    "/field/",
    "/field/villages/33010101/",
    "/field/differences/",
    "/field/forums/",
    "/review/",
    "/review/pairs/",
    "/homes/review/",
    "/lists/",
    "/measures/",
    "/history/",
    "/history/looks/",
    "/history/looks/?household={somsri}",
    "/history/household/{somsri}/",
    "/history/household/{somsri}/?looks",
)
LISTS = ("/households/", "/households/?area=330101&level=1", "/households/?area=33010101")


@pytest.fixture(params=["as it comes", "after ANALYZE"])
def counted(request: pytest.FixtureRequest) -> Iterator[None]:
    if connection.vendor != "sqlite":
        pytest.skip("the plans of SQLite")
    if request.param == "after ANALYZE":
        write_statistics()
        yield
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM sqlite_stat1")
            cursor.execute("ANALYZE sqlite_schema")
    else:
        yield


def write_statistics() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("DELETE FROM sqlite_stat1")
        for table, rows in ROWS.items():
            for index in connection.introspection.get_constraints(cursor, table).items():
                if index[1]["index"] or index[1]["unique"]:
                    counts = counts_of(rows, index[1]["columns"], unique=index[1]["unique"])
                    cursor.execute(
                        "INSERT INTO sqlite_stat1 VALUES (%s, %s, %s)", [table, index[0], counts]
                    )
        cursor.execute("ANALYZE sqlite_schema")


def counts_of(rows: int, columns: list[str], *, unique: bool) -> str:
    """As ANALYZE writes it: all rows, then the rows alike in the first column, in two, …"""
    counts = [rows]
    for number, column in enumerate(columns):
        fewer = counts[-1] // (2 if number == 0 else 10)
        counts.append(max(1, min(counts[-1], ALIKE.get(column, fewer))))
    if unique:
        counts[-1] = 1
    return " ".join(map(str, counts))


def plans(sql: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        return [row[3] for row in cursor.fetchall()]


def walks_of_large_tables(sql: str) -> list[str]:
    """Steps of the plan that read a large table from end to end, or all of an area of it."""
    names = dict(re.findall(r'(?:FROM|JOIN) "(\w+)" "?([TUVW]\d+)"?', sql))
    names = {alias: table for table, alias in names.items()}
    walks = []
    for step in plans(sql):
        read = re.match(r"(SCAN|SEARCH) (\w+)(.*)", step)
        if read is None or names.get(read[2], read[2]) not in ROWS:
            continue
        looked_up = "=?" in read[3] or "PRIMARY KEY" in read[3]
        # The first row of a range of days, found by the index that orders them
        at_its_end = re.search(r'ORDER BY "\w+"."at" ASC LIMIT 1$', sql) and "(at>?)" in read[3]
        if not looked_up and not at_its_end and "INDEX record_waits" not in read[3]:
            walks.append(f"{step}: {sql[:300]}")
    return walks


def asked(client: Client, method: str, address: str, form: dict[str, str]) -> list[str]:
    with CaptureQueriesContext(connection) as context:
        response = getattr(client, method)(address, form, follow=True)
        queries = [query["sql"] for query in context.captured_queries]
    assert response.status_code == 200, address
    return [sql for sql in queries if sql.startswith("SELECT")]


@pytest.fixture
def registry(cast: Cast) -> dict[str, Household]:
    Area.objects.get_or_create(code="33010201", defaults={"level": "village", "name_th": "บ้าน"})
    homes = make_registry()
    tell(homes["somsri"], cast)
    return homes


def tell(home: Household, cast: Cast) -> None:
    """History of a family: of each thing a line may name it by, and looks of both kinds."""
    note = make(Note, household=home, written_by=cast.malee)
    for kind, subject in {"household": home, "person": home.people.all()[0], "note": note}.items():
        record(
            by=cast.malee,
            verb=f"{kind}.add",
            subject_type=kind,
            subject_id=subject.public_id,
            area=home.area_id,
            label=home.head_name,
        )
    record_look(by=cast.malee, kind="view", area=home.area_id, household=home.public_id)
    record_list(by=cast.malee, families=[(home.public_id, home.area_id)])


def test_no_page_of_a_province_walks_a_large_table(
    registry: dict[str, Household], cast: Cast, counted: None
) -> None:
    client = Client()
    client.force_login(cast.wanna)
    ids = {name: home.public_id for name, home in registry.items()}
    walks = [
        f"{address} {walk}"
        for address in PAGES
        for sql in asked(client, "get", address.format(**ids), {})
        for walk in walks_of_large_tables(sql)
    ]
    assert not walks, "\n".join(walks)


def test_lists_begin_from_an_area_or_a_name(
    registry: dict[str, Household], cast: Cast, counted: None
) -> None:
    client = Client()
    client.force_login(cast.wanna)
    requests: list[tuple[str, str, dict[str, str]]] = [("get", page, {}) for page in LISTS]
    requests += [("post", "/households/", {"text": text}) for text in ("สมศรี", "ใจงาม", "10/2")]
    walks = [
        f"{form} {address} {walk}"
        for method, address, form in requests
        for sql in asked(client, method, address, form)
        for walk in walks_of_large_tables(sql)
        if walk.startswith("SCAN")
    ]
    assert not walks, "\n".join(walks)
