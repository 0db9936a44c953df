"""Five capitals beside TPMAP: every name exists, and what has no counterpart is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from kaejon.methods.definitions import crosswalk, five_capitals, tpmap_dimensions
from kaejon.methods.errors import UsageError

SHIPPED = Path(crosswalk.__file__).with_name(f"{crosswalk.DEFAULT}.toml")


def test_the_two_sides_meet_where_they_ask_the_same() -> None:
    found = crosswalk.load()
    assert found.provisional
    assert found.capitals_of("living") == ("physical",)
    assert found.capitals_of("income") == ("human", "financial")
    assert found.dimensions_of("human") == ("health", "education", "income", "accessibility")
    assert found.dimensions_of("natural") == found.dimensions_of("social") == ()
    assert found.indicators_alone == ()


def test_every_item_and_indicator_is_either_linked_or_told_as_alone() -> None:
    found = crosswalk.load()
    linked = {code for link in found.links for code in link.items}
    assert linked | set(found.items_alone) == {i.code for i in five_capitals.load().items}
    assert not linked & set(found.items_alone)
    numbers = {n for link in found.links for n in link.indicators} | set(found.indicators_alone)
    assert numbers == set(tpmap_dimensions.load().indicators)
    for link in found.links:
        assert {five_capitals.load().item(code).capital for code in link.items} == {link.capital}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("human_1", "luck_1"),
        ("[19]", "[2]"),
        ('strength = "near"', 'strength = "twin"'),
        ("five_capitals_ppp_2568", "tpmap_2561"),
        ('th = "การศึกษาสูงสุด', 'thai = "การศึกษาสูงสุด'),
    ],
)
def test_a_faulty_crosswalk_is_refused(tmp_path: Path, old: str, new: str) -> None:
    path = tmp_path / "own.toml"
    path.write_text(SHIPPED.read_text("utf-8").replace(old, new, 1), "utf-8")
    with pytest.raises(UsageError) as refused:
        crosswalk.load(str(path))
    assert refused.value.remedy
