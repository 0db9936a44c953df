"""The examples of the manual hold, and the manual is up to date.

Write it with: python -m tests.methods.pages.test_pages
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.methods.alkire_foster.spec_cases import manual

from . import lists, measures
from .page import Example, Page

FOLDER = Path(__file__).parents[3] / "docs" / "reference" / "methods"
PAGES = (*measures.PAGES, *lists.PAGES)
EXAMPLES = [
    pytest.param(page, example, id=f"{page.name}: {example.title}")
    for page in PAGES
    for example in page.examples
]


@pytest.mark.parametrize(("page", "example"), EXAMPLES)
def test_an_example_of_the_manual(page: Page, example: Example) -> None:
    found = page.run(example)
    assert list(found) == list(example.expected)
    for figure, wanted in example.expected.items():
        if isinstance(wanted, float):
            wanted = pytest.approx(wanted, rel=1e-9, abs=1e-12)
        assert found[figure] == wanted, figure


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_manual_is_printed_from_the_examples(page: Page) -> None:
    file = FOLDER / f"{page.name}.md"
    assert file.read_text("utf-8") == page.text(), "run: python -m tests.methods.pages.test_pages"


if __name__ == "__main__":
    for page in PAGES:
        (FOLDER / f"{page.name}.md").write_text(page.text(), "utf-8")
    (FOLDER / "alkire-foster.md").write_text(manual(), "utf-8")
