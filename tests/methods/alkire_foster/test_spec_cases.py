"""The examples of the manual hold, on every engine, and the manual is up to date."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kaejon.methods import alkire_foster
from kaejon.methods.engine import Engine, open_engine
from tests.methods.alkire_foster.spec_cases import CASES, HEADLINE, Case, manual

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "methods" / "alkire-foster.md"


@pytest.fixture(scope="module", params=["duckdb", pytest.param("spark", marks=pytest.mark.spark)])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    with open_engine(request.param, memory="1GB") as opened:
        yield opened


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_an_example_of_the_manual(engine: Engine, case: Case) -> None:
    found = alkire_foster.measure(case.columns, case.spec, engine=engine).as_document()
    for symbol in HEADLINE:
        wanted = case.expected[symbol]
        assert found[symbol]["value"] == (None if wanted is None else pytest.approx(wanted))
    censored = {i["name"]: i["censored"] for i in found["indicators"]}
    assert censored == pytest.approx(case.censored)


def test_the_manual_is_printed_from_these_examples() -> None:
    assert PAGE.read_text(encoding="utf-8") == manual(), (
        "run: python -m tests.methods.pages.test_pages"
    )
