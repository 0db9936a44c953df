"""Nothing a list is answered tells whether somebody is known beyond the reach of its bringer."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from openpyxl import load_workbook

from kaejon.apps.homes.models import HouseholdPair
from kaejon.apps.households.models import Household, Person
from kaejon.apps.linking.models import PersonPair
from kaejon.apps.sources.models import Source
from kaejon.cli.main import main
from tests.apps.lists import applied, as_csv, person, pin, source, upload
from tests.cast import Cast
from tests.web.lists import check_rows, newest, send, signed_in, step, text_of

pytestmark = pytest.mark.django_db
NUMBERS = 50
REFERENCE, CODE = "รหัสครัวเรือน", "รหัสบ้าน"
# Numbers, ids and tokens, which may differ: ids, times, keys of rows, form tokens, nonces.
DIFFERING = (
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    r"[0-9]-[0-9]{4}-[0-9]{5}-[0-9]{2}-[0-9]|x-xxxx-xxxx[0-9]-[0-9]{2}-[0-9]|x{9}[0-9]{4}|[0-9]{11,13}",
    r'name="(csrfmiddlewaretoken|seen|token)" value="[^"]+"',
    r'nonce="[^"]+"|csrf-token" content="[^"]+"|X-CSRFToken[^}]+',
    r"[0-9]{1,2}:[0-9]{2}",
)


def plain(text: str) -> str:
    for pattern in DIFFERING:
        text = re.sub(pattern, "…", text)
    return text


def row(n: int, number: int) -> dict[str, str]:
    """One person of Malee's village, whose number, reference and house code end in `number`."""
    someone = person(
        f"ชื่อ{'กขคงจฉชซฌญ'[n % 10]}{'กขคงจ'[n // 10]}", "ทดสอบ", house=str(n + 1), number=pin(number),
        born=f"{1 + n % 28}/1/{2500 + n % 40}" if n % 3 else "", sex="ชาย" if n % 2 else "หญิง",
    )  # fmt: skip
    reference = f"3302010{number:06d}" if n % 5 == 1 else ""
    return {REFERENCE: reference, CODE: f"3302{number:07d}" if n % 5 == 2 else ""} | someone


def elsewhere(n: int) -> dict[str, str]:
    """The same as known in another district: some under another name, birth date or sex."""
    known = row(n, n) | {"รหัสหมู่บ้าน": "33020101"}
    changes: Sequence[dict[str, str]] = (
        {},
        {"ชื่อ": f"คนอื่น{n}"},
        {"วันเดือนปีเกิด": "1/1/2480"},
        {"ชื่อ": f"คนอื่น{n}", "วันเดือนปีเกิด": "", "เพศ": ""},
    )
    return known | changes[n % 4]


def the_file(first: int) -> bytes:
    """Fifty people with numbers from `first`, one pair that shares a number, and two bad rows."""
    rows = [row(n, first + n) for n in range(NUMBERS)]
    twice = row(3, first + 4) | {"ชื่อ": "อีกคน", "บ้านเลขที่": "77"}
    bad = [row(n, first + n) | {"วันเดือนปีเกิด": "31/02/2510", "บ้านเลขที่": "88"} for n in (5, 6)]
    outside = [row(7, first + 7) | {"รหัสหมู่บ้าน": "33010201"}]
    return as_csv([*rows, twice, *bad, *outside])


@contextmanager
def forgotten() -> Iterator[None]:
    """What happens inside is undone."""
    with transaction.atomic():
        point = transaction.savepoint()
        yield
        transaction.savepoint_rollback(point)


def answers(client: Client, where: Source, content: bytes) -> dict[str, str]:
    """Everything Malee is answered on the way of one file into the registry, and afterwards."""
    told = {"sent": text_of(send(client, where, content))}
    batch = newest()
    told["columns"] = text_of(client.get(f"/lists/{batch.public_id}/columns/"))
    batch = check_rows(client, batch)
    told |= pages_of(client, "staged", batch)
    told["ask"] = text_of(client.get(f"/lists/{batch.public_id}/apply/"))
    batch = step(client, batch, "apply")
    assert batch.status == "applied"
    told |= pages_of(client, "applied", batch)
    for page in ("/", "/lists/", "/review/", "/review/pairs/", "/households/", "/field/",
                 "/homes/review/", "/areas/330101/", "/picture/"):  # fmt: skip
        told[page] = text_of(client.get(page))
    for home in Household.objects.filter(area="33010101").order_by("house_no")[:12]:
        told[f"folder {home.house_no}"] = text_of(client.get(f"/households/{home.public_id}/"))
        told[f"history {home.house_no}"] = text_of(
            client.get(f"/history/household/{home.public_id}/")
        )
    return {name: plain(text) for name, text in told.items()}


def pages_of(client: Client, when: str, batch: Any) -> dict[str, str]:
    base = f"/lists/{batch.public_id}/"
    told = {
        f"{when} counts": json.dumps(batch.counts),
        f"{when} problem": json.dumps(batch.problem),
    }
    for outcome in ("created", "updated", "unchanged", "ambiguous", "rejected"):
        for after in ("", "&after=40"):
            page = f"{base}?outcome={outcome}{after}"
            told[f"{when} {outcome}{after}"] = text_of(client.get(page))
    sheet = client.get(f"{base}rejected.xlsx")
    cells = load_workbook(io.BytesIO(b"".join(sheet.streaming_content))).active.iter_rows(
        values_only=True
    )
    told[f"{when} sheet"] = json.dumps(
        [list(line) for line in cells], ensure_ascii=False, default=str
    )
    return told


@pytest.fixture
def community(cast: Cast) -> Source:
    return source("community", cast.organizations["province"], cast.wanna)


@pytest.fixture
def known_elsewhere(cast: Cast, community: Source) -> None:
    """Fifty people of another district, brought by the province from the same source."""
    rows = [elsewhere(n) for n in range(NUMBERS)]
    applied(upload(as_csv(rows), community, cast.wanna, year=2565), cast.wanna)
    assert Person.objects.count() == NUMBERS


@pytest.mark.usefixtures("known_elsewhere")
def test_fifty_known_and_fifty_unknown_numbers_are_answered_alike(
    cast: Cast, community: Source
) -> None:
    client = signed_in(cast.malee)
    with forgotten():
        of_known = answers(client, community, the_file(0))
        assert PersonPair.objects.filter(across=True).count() > NUMBERS / 2
        assert HouseholdPair.objects.filter(across=True).count() >= NUMBERS / 5
    with forgotten():
        of_unknown = answers(client, community, the_file(1000))
        assert not PersonPair.objects.exists()
        assert not HouseholdPair.objects.exists()

    assert of_known.keys() == of_unknown.keys()
    assert {name for name in of_known if of_known[name] != of_unknown[name]} == set()
    assert "ชื่อกก" in of_known["staged created"]


@pytest.mark.usefixtures("known_elsewhere")
def test_the_command_answers_known_and_unknown_numbers_alike(
    cast: Cast, community: Source, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = []
    for first in (0, 1000):
        for more in (["--json"], [], ["--apply", "--json"]):
            file = tmp_path / "list.csv"
            file.write_bytes(the_file(first))
            asked = [
                "import",
                str(file),
                "--source",
                "community",
                "--year",
                "2566",
                "--as",
                "malee",
            ]
            with forgotten():
                code = main([*asked, *more])
            said = capsys.readouterr()
            told.append((first, more, code, plain(said.out), plain(said.err)))

    assert [line[1:] for line in told[:3]] == [line[1:] for line in told[3:]]
    assert json.loads(told[0][3])["counts"]["outcomes"]["created"] > NUMBERS / 2


@pytest.mark.usefixtures("known_elsewhere")
def test_who_holds_both_areas_sees_what_waits_and_how_many(cast: Cast, community: Source) -> None:
    answers(signed_in(cast.malee), community, the_file(0))
    people, homes = (
        PersonPair.objects.filter(across=True),
        HouseholdPair.objects.filter(across=True),
    )

    province = signed_in(cast.wanna)
    assert text_of(province.get("/review/pairs/")).count("/review/pairs/") > 10
    page = text_of(province.get(f"/review/pairs/{people.first().public_id}/"))
    assert "อีกพื้นที่หนึ่ง" in page
    page = text_of(province.get(f"/homes/review/{homes.first().public_id}/"))
    assert "รหัส" in page
    for officer in (cast.malee, cast.somsak):
        client = signed_in(officer)
        assert client.get(f"/review/pairs/{people.first().public_id}/").status_code == 404
        assert client.get(f"/homes/review/{homes.first().public_id}/").status_code == 404
