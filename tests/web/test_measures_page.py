"""The page of measures: what stands there, and for whom."""

from __future__ import annotations

import io
from types import SimpleNamespace
from typing import Any, cast

import pytest
from django.test import Client
from openpyxl import load_workbook
from pypdf import PdfReader

from kaejon.apps.dashboards.actions import tally_areas
from kaejon.apps.dashboards.figuring import figure_areas
from kaejon.web.measures import capitals_page
from kaejon.web.measures.door import RunSight
from kaejon.web.measures.provenance import caption
from tests.cast import Cast
from tests.web.places import household

CAPITALS = ("human", "physical", "financial", "natural", "social", "overall")


def surveyed(area: str, number: int, points: int, level: int, **values: object) -> None:
    household(
        area,
        str(number),
        "สมมติ",
        members=2,
        level=level,
        **{f"{name}_points": points for name in CAPITALS},
        **values,
    )


@pytest.fixture
def measured(cast: Cast) -> Cast:
    """Fifty households of Malee's tambon at 1.5, fifty of the far tambon at 3.0."""
    for number in range(50):
        surveyed("33010101", number, 15_000, 1, setting="inside", problems=" i16 ", bmn_poor=True)
        surveyed("33020101", number, 30_000, 3, setting="outside", bmn_poor=False)
    figure_areas({"33010101", "33020101"})
    tally_areas({"33010101", "33020101"})
    return cast


def page(client: Client, user: object, code: str) -> str:
    client.force_login(user)  # type: ignore[arg-type]
    answer = client.get(f"/areas/{code}/measures/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_mean_stands_beside_that_of_the_province_with_its_level(
    client: Client, measured: Cast
) -> None:
    text = page(client, measured.malee, "330101")
    assert "1.50" in text
    # of the province: (50 x 1.5 + 50 x 3) / 100, to one decimal for who does not see all of it
    assert ("2.3" in text or "2.2" in text, "2.25" in text) == (True, False)
    assert "อยู่ลำบาก" in text


def test_a_wider_mean_is_left_out_when_too_few_beyond_stand_behind_it(
    client: Client, measured: Cast
) -> None:
    text = page(client, measured.malee, "330101")
    assert text.count("อำเภอเมืองศรีสะเกษ") < text.count("จังหวัดศรีสะเกษ")


def test_indicators_stand_before_the_dimension_and_open_their_households(
    client: Client, measured: Cast
) -> None:
    text = page(client, measured.wanna, "33")
    assert "problem=i16" in text
    assert text.index("problem=i16") < text.index("total-row")
    assert "ในเขตเทศบาล" in text


def test_who_sees_counts_only_gets_rounded_counts_and_one_decimal(
    client: Client, measured: Cast
) -> None:
    text = page(client, measured.preecha, "33")
    assert "2.3" in text or "2.2" in text
    assert "2.25" not in text
    assert "problem=i16" not in text


def test_the_report_prints_rounded_figures_on_numbered_pages(
    client: Client, measured: Cast
) -> None:
    client.force_login(measured.wanna)
    paper = client.get("/areas/33/report.pdf")
    pages = PdfReader(io.BytesIO(paper.content)).pages
    text = "".join(page.extract_text() for page in pages)
    assert 2 <= len(pages) <= 8
    assert "2.3" in text or "2.2" in text
    assert "2.25" not in text


def test_the_spreadsheet_holds_exact_numbers_for_who_sees_the_households(
    client: Client, measured: Cast
) -> None:
    client.force_login(measured.wanna)
    book = load_workbook(io.BytesIO(client.get("/areas/33/report.xlsx").content))
    first = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
    assert [row[1] for row in first if row[0] == "ภาพรวมครัวเรือน"] == [2.25]
    assert "เกี่ยวกับ" in book.worksheets[-1].title


@pytest.mark.parametrize(
    "told",
    [
        {"n": None, "households": {"PP": 5, "PN": 5, "NP": None, "NN": None}},
        {"n": None, "households": None},
        {"n": 25},
        {"households": 25},
    ],
)
def test_a_caption_says_how_many_where_that_is_told(told: dict[str, Any]) -> None:
    run = SimpleNamespace(lists=[])
    text = caption(cast(RunSight, SimpleNamespace(run=run, figures=told)))
    assert ("25" in text) == (25 in told.values())


def test_no_capital_is_the_weakest_where_no_mean_of_one_is_told() -> None:
    told = {"means": {"overall": "2.1", "human": None, "social": None}, "with_overall": 25}
    lines = capitals_page.headlines(cast(RunSight, SimpleNamespace(figures=told)))
    assert len(lines) == 1
