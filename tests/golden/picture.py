"""Draws the golden picture of behaviour: what a demonstration of a fixed day says, in texts.

`python -m tests.golden.picture FOLDER SEED [--pages]` builds the demonstration below FOLDER/data and
writes one text a view to FOLDER/texts: the registry's dump, again after a list was taken back, a merge, a
split, a move and an erasure; with --pages the visible text of pages as three roles, every answer of
the API, papers, and columns and types of exports. Public ids and clock times are replaced by marks.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

DAY = "2026-11-30"
HOUSEHOLDS = "500"
TAMBON, VILLAGE = "330101", "33010101"
ROLES = ("province", "tambon", "agency")
UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
MOMENT = re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d[\d:.]*(?:Z|[+-]\d\d:\d\d)?")
SIGNED = re.compile(r'(?<=: ")[\w-]+:[\w-]{6}:[\w-]{43}(?=")')  # a cursor of the API
DIGEST = re.compile(r"\b[0-9a-f]{16,64}\b")
# Two digits and a point are a score, unless the word for the hour follows.
CLOCK = re.compile(r"(?<![\d.:])\d{1,2}(?::\d{2}(?::\d{2}(?:\.\d+)?)?(?!\d)|\.\d{2}(?= ?น\.))")
METHOD_NOT_ALLOWED = 405
OF_THE_CLOCK = ("profile", "healthz")  # browsers signed in now; the state of this machine
WHY = "ทดลองภาพรวมพฤติกรรม"


def main(folder: Path, seed: str, *, pages: bool) -> None:
    build(folder / "data", seed)
    texts = folder / "texts"
    texts.mkdir(parents=True, exist_ok=True)
    for name, text in views(seed, pages=pages):
        (texts / f"{name}.txt").write_text(text + "\n", encoding="utf-8")


def build(data: Path, seed: str) -> None:
    from kaejon.cli.main import main as kaejon

    made = kaejon(
        ["demo", "--data-dir", str(data), "--households", HOUSEHOLDS, "--seed", seed,
         "--today", DAY, "--no-serve", "--json"]
    )  # fmt: skip
    if made != 0:
        raise SystemExit("the demonstration could not be built")


def views(seed: str, *, pages: bool) -> Iterator[tuple[str, str]]:
    yield f"dump-{seed}-as-built", dumped()
    if pages:
        yield from seen_pages()
        yield from answers()
        yield from papers()
        yield from exports()
    for name, change in CHANGES.items():
        change()
        yield f"dump-{seed}-{name}", dumped()


def dumped() -> str:
    from kaejon.apps.access.operator import ensure_operator
    from kaejon.apps.folders.dump import dump_registry

    document = dump_registry(area="33", by=ensure_operator())
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True)


# -- what happens to the registry ---------------------------------------------------


def operator() -> Any:
    from kaejon.apps.access.operator import ensure_operator

    return ensure_operator()


def homes() -> list[Any]:
    """Households of the first tambon in natural order."""
    from kaejon.apps.households.models import Household

    rows = Household.objects.filter(area__code__startswith=TAMBON, members__gt=1)
    return list(rows.order_by("area_id", "house_no", "head_name", "members"))


def take_back() -> None:
    """The newest list that nothing leans on."""
    from kaejon.apps.jobs.actions import run_job_here
    from kaejon.apps.sources import actions
    from kaejon.apps.sources.models import ImportBatch
    from kaejon.methods.errors import DataError

    for batch in ImportBatch.objects.filter(status="applied").order_by("-pk"):
        try:
            run_job_here(actions.reverse(batch=batch, by=operator()))
        except DataError:
            continue
        return
    raise SystemExit("no list of the demonstration can be taken back")


def merge() -> None:
    from kaejon.apps.homes.merging import merge_households

    kept, gone = homes()[0], homes()[1]
    merge_households(kept=kept, gone=gone, reason=WHY, by=operator())


def split() -> None:
    from kaejon.apps.homes.parting import split_household
    from kaejon.apps.households.models import Person

    home = next(h for h in homes()[2:] if h.members > 2)
    leaves = Person.objects.filter(household=home).order_by("first_name", "last_name")[0]
    split_household(
        household=home, members=[leaves], head=leaves, area=home.area_id, house_no="999/1",
        on=date.fromisoformat(DAY) - timedelta(days=30), reason=WHY, by=operator(),
    )  # fmt: skip


def move() -> None:
    from kaejon.apps.areas.models import Area
    from kaejon.apps.folders.actions import correct_household

    home = homes()[5]
    others = Area.objects.filter(parent=home.area.parent, valid_until=None)
    there = others.exclude(pk=home.area_id).order_by("code")[0]
    correct_household(
        household=home, version=home.version, values={"area": there.code}, reason=WHY, by=operator()
    )


def erase() -> None:
    from kaejon.apps.privacy.erasing import erase_household

    erase_household(household=homes()[7], ground="consent_withdrawn", reason=WHY, by=operator())


CHANGES: dict[str, Callable[[], None]] = {
    "list-taken-back": take_back,
    "two-merged": merge,
    "one-split": split,
    "one-moved": move,
    "one-erased": erase,
}


# -- what people and programs see -----------------------------------------------------


def things() -> dict[str, str]:
    """Address parts of one thing of each kind, chosen by natural order."""
    from kaejon.apps.homes.models import HouseholdPair
    from kaejon.apps.households.models import Person
    from kaejon.apps.linking.models import PersonPair
    from kaejon.apps.measurement.models import MeasurementRun
    from kaejon.apps.sources.models import ImportBatch
    from kaejon.apps.surveys.models import Forum

    home = homes()[3]
    person = Person.objects.filter(household=home).order_by("first_name", "last_name")[0]
    chosen: dict[str, Any] = {
        "household": home,
        "person": person,
        "batch": ImportBatch.objects.order_by("file_name").first(),
        "run": MeasurementRun.objects.order_by("kind", "definition_name", "pk").first(),
        "forum": Forum.objects.order_by("area_id", "held_on").first(),
        "pair": PersonPair.objects.order_by("pk").first(),
        "home_pair": HouseholdPair.objects.order_by("pk").first(),
    }
    keys = {name: str(row.public_id) for name, row in chosen.items() if row is not None}
    return keys | {"area": TAMBON, "village": VILLAGE}


def addresses() -> list[tuple[str, str]]:
    """Every page that needs nothing, or one of the things, by its name."""
    from django.urls import NoReverseMatch, reverse

    from tests.security.test_permission_walk import WALK

    keys = things()
    found = []
    for name, door in sorted(WALK.items()):
        if name in OF_THE_CLOCK or (door.thing and door.thing not in keys):
            continue
        try:
            found.append((name, reverse(name, args=[keys[door.thing]] if door.thing else [])))
        except NoReverseMatch:
            continue
    return found


def runs() -> list[tuple[str, str]]:
    """The page of every measurement: what is told of each differs by its kind and its list."""
    from django.urls import reverse

    from kaejon.apps.measurement.models import MeasurementRun

    rows = MeasurementRun.objects.order_by("pk")
    return [
        (f"run_page_{number}", reverse("run_page", args=[row.public_id]))
        for number, row in enumerate(rows, start=1)
    ]


def client_of(username: str) -> Any:
    from django.test import Client

    from kaejon.apps.access.models import User

    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(User.objects.get(username=username))
    return client


def seen_pages() -> Iterator[tuple[str, str]]:
    for role in ROLES:
        client = client_of(role)
        for name, address in [*addresses(), *runs()]:
            response = client.get(address)
            html = response.get("Content-Type", "").startswith("text/html")
            if not html or response.status_code == METHOD_NOT_ALLOWED:
                continue
            text = visible(response.content.decode())
            yield f"page-{role}-{name}", marked(f"{response.status_code}\n{text}")


def answers() -> Iterator[tuple[str, str]]:
    from django.test import Client
    from django.utils import timezone

    from kaejon.apps.access.models import User
    from kaejon.apps.access.tokens import create_token
    from tests.security.test_permission_walk import API_WALK

    keys = things()
    for role in ROLES:
        user = User.objects.get(username=role)
        _, key = create_token(user=user, name="picture", expires_on=timezone.localdate())
        for operation, door in sorted(API_WALK.items()):
            path = re.sub(r"{\w+}", keys.get(door.thing, ""), operation.split(" ")[1])
            response = Client(SERVER_NAME="127.0.0.1").get(
                path, headers={"Authorization": f"Bearer {key}"}
            )
            try:
                body = json.dumps(response.json(), ensure_ascii=False, indent=1, sort_keys=True)
            except ValueError:
                body = response.content.decode()
            name = re.sub(r"\W+", "-", operation.replace("/api/v1/", "").lower()).strip("-")
            yield f"api-{role}-{name}", marked(f"{response.status_code}\n{body}")


PAPERS = ("folder_pdf", "field_pdf", "forum_paper", "area_report", "ranking_sheet")


def papers() -> Iterator[tuple[str, str]]:
    import pypdf
    from django.urls import reverse

    keys = things()
    arguments = {
        "folder_pdf": [keys["household"]], "field_pdf": [VILLAGE],
        "forum_paper": [keys["forum"], "minutes"], "area_report": [TAMBON], "ranking_sheet": [TAMBON],
    }  # fmt: skip
    client = client_of("province")
    for name in PAPERS:
        response = client.get(reverse(name, args=arguments[name]))
        pdf = pypdf.PdfReader(io.BytesIO(b"".join(response)))
        text = "\n".join(page.extract_text() for page in pdf.pages)
        yield f"paper-{name}", marked(text)


def exports() -> Iterator[tuple[str, str]]:
    from django.urls import reverse

    from kaejon.web.measures.exporting import FORMATS
    from kaejon.web.picture.pages import TABLES

    keys = things()
    client = client_of("province")
    run = reverse("run_export", args=[keys["run"]])
    fetched = {
        "area-workbook": reverse("area_workbook", args=[TAMBON]),
        "worklist": reverse("field_xlsx", args=[VILLAGE]),
        "rejected-rows": reverse("batch_rejected", args=[keys["batch"]]),
        **{f"run-{form}": f"{run}?format={form}" for form in FORMATS},
        **{f"run-public-{form}": f"{run}?format={form}&for=public" for form in FORMATS},
        **{f"coverage-{name}": reverse("picture_export", args=[name]) for name in TABLES},
    }
    for name, address in fetched.items():
        yield f"export-{name}", shape(client.get(address))
    sent = {
        **{f"households-{form}": (reverse("household_export"), form) for form in ("csv", "xlsx")},
        "changes": (reverse("history_export", args=["changes"]), "csv"),
        "looks": (reverse("history_export", args=["looks"]), "csv"),
    }
    for name, (address, form) in sent.items():
        yield f"export-{name}", shape(client.post(address, {"format": form}))


def shape(response: Any) -> str:
    """Columns and the kinds of values below them, not the values."""
    return f"{response.status_code}\n{shape_of(response)}"


def shape_of(response: Any) -> str:
    body = b"".join(response) if response.streaming else response.content
    kind = response.get("Content-Type", "")
    if "spreadsheet" in kind:
        from openpyxl import load_workbook

        lines = []
        for sheet in load_workbook(io.BytesIO(body), read_only=True).worksheets:
            lines.append(f"# {sheet.title}")
            rows = [list(row) for row in sheet.iter_rows(values_only=True, max_row=200)]
            lines += columns(rows)
        return "\n".join(lines)
    if kind.startswith("text/csv"):
        return "\n".join(columns(list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))))
    return kind


def columns(rows: list[list[Any]]) -> list[str]:
    width = max((len(row) for row in rows), default=0)
    told = []
    for place in range(width):
        cells = [row[place] for row in rows if place < len(row) and row[place] not in (None, "")]
        heading = str(cells[0]) if cells else ""
        kinds = sorted({type(cell).__name__ for cell in cells[1:]})
        told.append(f"{marked(heading)}: {' '.join(kinds)}")
    return told


# -- texts ------------------------------------------------------------------------------


class _Text(HTMLParser):
    """What a reader sees of a page, one block a line."""

    SILENT = ("script", "style", "template", "svg", "title")

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in self.SILENT
        if tag not in ("a", "span", "strong", "b", "em", "small"):
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in self.SILENT

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.parts.append(data)


def visible(page: str) -> str:
    reader = _Text()
    reader.feed(page)
    lines = (" ".join(line.split()) for line in "".join(reader.parts).split("\n"))
    return "\n".join(line for line in lines if line)


MARKS = ((MOMENT, "<moment>"), (SIGNED, "<cursor>"), (DIGEST, "<digest>"), (CLOCK, "<time>"))


def marked(text: str) -> str:
    """Public ids by their order of appearance; moments, signatures and salted digests by a mark."""
    ids: dict[str, str] = {}
    text = UUID.sub(lambda m: ids.setdefault(m[0], f"<id {len(ids) + 1}>"), text)
    for pattern, mark in MARKS:
        text = pattern.sub(mark, text)
    return text


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kaejon.config.settings")
    main(Path(sys.argv[1]).resolve(), sys.argv[2], pages="--pages" in sys.argv)
