"""Any definition is a file a person can read and change, TOML or JSON; errors say what is wrong."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from kaejon.methods import alkire_foster, definitions
from kaejon.methods.definitions import five_capitals
from kaejon.methods.errors import UsageError

VECTORS = Path(__file__).parents[2] / "vectors"


@pytest.mark.parametrize("name", definitions.names())
def test_every_definition_tells_unit_years_date_and_source(name: str) -> None:
    document = definitions.load(name)
    assert all(document[field] for field in definitions.REQUIRED)
    assert document["name"] == name


@pytest.mark.parametrize("name", definitions.names("mpi"))
def test_every_measure_is_a_spec_and_its_json_twin_is_the_same(name: str, tmp_path: Path) -> None:
    twin = tmp_path / f"{name}.json"
    twin.write_text(json.dumps(definitions.load(name), ensure_ascii=False), "utf-8-sig")
    assert definitions.load(str(twin)) == definitions.load(name)
    spec = alkire_foster.parse_spec(definitions.load(str(twin)))
    assert sum(indicator.weight for indicator in spec.indicators) == 1
    assert all(indicator.dimension for indicator in spec.indicators)


def test_capitals_may_come_from_json(tmp_path: Path) -> None:
    twin = tmp_path / "own.json"
    twin.write_text(json.dumps(definitions.load(five_capitals.DEFAULT)), "utf-8")
    assert asdict(five_capitals.load(str(twin))) == asdict(five_capitals.load())


@pytest.mark.parametrize(
    ("file", "text", "code"),
    [
        ("a.json", "{", "definition_unreadable"),
        ("a.json", "[]", "definition_unreadable"),
        ("a.toml", "name = ", "definition_unreadable"),
        ("a.toml", "name = 'x'", "definition_incomplete"),
        ("a.toml", None, "definition_unreadable"),
        ("a", None, "definition_unknown"),
        ("../a", None, "definition_unknown"),
    ],
)
def test_a_file_that_is_no_definition_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, text: str | None, code: str
) -> None:
    monkeypatch.chdir(tmp_path)
    if text is not None:
        Path(file).write_text(text, "utf-8")
    with pytest.raises(UsageError) as refused:
        definitions.load(file)
    assert refused.value.code == code
    assert refused.value.remedy


def test_the_thai_national_measure_has_the_published_cutoff_and_size() -> None:
    published = json.loads((VECTORS / "thai_official_figures.json").read_text("utf-8"))
    spec = alkire_foster.parse_spec(definitions.load("mpi_thai_national_2562"))
    assert [float(k) for k in spec.k_values] == [published["national_mpi"]["cutoff_k"]]
    assert len(spec.indicators) == published["national_mpi"]["n_indicators"]
    dimensions = [i.dimension for i in spec.indicators]
    named = [name.replace(" ", "_") for name in published["national_mpi"]["dimensions_reported"]]
    assert list(dict.fromkeys(dimensions)) == named
    assert all(dimensions.count(name) == 3 for name in named)
    assert spec.thresholds == (4,)  # 26% of twelve equal weights: four deprivations
