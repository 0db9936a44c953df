"""Outlines are loaded whole or not at all, and every refusal says what to do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kaejon.apps.areas.models import Area, Boundary
from kaejon.apps.audit.models import Event
from kaejon.cli.main import main
from tests.cast import Cast

SQUARE = {"type": "Polygon", "coordinates": [[[104, 15], [105, 15], [105, 16], [104, 15]]]}


def feature(code: object, geometry: Any = SQUARE) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"code": code}, "geometry": geometry}


def collection(*features: Any) -> str:
    return json.dumps({"type": "FeatureCollection", "features": list(features)})


@pytest.fixture
def loading(tmp_path: Path, cast: Cast, capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    """Loads a text as a file; gives exit code and the JSON document."""

    def load(text: str, *options: str) -> tuple[int, dict[str, Any]]:
        path = tmp_path / "outlines.geojson"
        path.write_text(text, encoding="utf-8")
        code = main(["areas", "load-boundaries", str(path), "--json", *options])
        return code, json.loads(capsys.readouterr().out)

    return load


def test_outlines_are_loaded_with_their_source(loading, cast: Cast) -> None:  # type: ignore[no-untyped-def]
    code, told = loading(
        collection(feature("3301"), feature("3302")), "--source", "กรมสมมติ 2569", "--as", "wanna"
    )
    assert (code, told) == (0, {"boundaries": 2, "source": "กรมสมมติ 2569"})
    assert set(Boundary.objects.values_list("area_id", "source")) == {
        ("3301", "กรมสมมติ 2569"),
        ("3302", "กรมสมมติ 2569"),
    }
    assert Event.objects.get(verb="areas.load_boundaries").actor_name == cast.wanna.display_name


def test_loading_again_replaces(loading) -> None:  # type: ignore[no-untyped-def]
    for source in ("first", "second"):
        assert loading(collection(feature("3301")), "--source", source)[0] == 0
    assert Boundary.objects.get().source == "second"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "not_json"),
        ("{", "not_json"),
        ("[" * 100_000, "not_json"),
        ("[]", "not_a_feature_collection"),
        ('{"type": "Topology"}', "not_a_feature_collection"),
        ('{"features": [1]}', "not_a_feature_collection"),
        (collection(), "no_features"),
        (collection(feature("3301"), feature("9999")), "unknown_area"),
        (collection(feature(None)), "unknown_area"),
        (collection({"type": "Feature", "properties": "x", "geometry": SQUARE}), "unknown_area"),
        (collection(feature("3301", {"type": "Point", "coordinates": [104, 15]})), "not_a_polygon"),
        (collection(feature("3301", None)), "not_a_polygon"),
        (collection(feature("3301", {"type": "Polygon"})), "not_a_polygon"),
        (
            collection(
                feature(
                    "3301",
                    {"type": "Polygon", "coordinates": [[[500, 15], [1, 2], [3, 4], [500, 15]]]},
                )
            ),
            "outside_the_world",
        ),
        (collection(feature("3301"), feature("3301")), "area_twice"),
    ],
)
def test_bad_files_are_named_and_change_nothing(loading, text: str, code: str) -> None:  # type: ignore[no-untyped-def]
    exit_code, told = loading(text)
    assert (exit_code, told["error"]["code"]) == (1, code)
    assert told["error"]["remedy"]
    assert not Boundary.objects.exists()


def test_only_those_who_keep_sources_may_load(loading) -> None:  # type: ignore[no-untyped-def]
    for user, code in (("malee", "not_permitted"), ("nobody", "unknown_user")):
        exit_code, told = loading(collection(feature("3301")), "--as", user)
        assert (exit_code, told["error"]["code"]) == (2, code)


def test_a_missing_file_is_wrong_usage(cast: Cast, tmp_path: Path) -> None:
    assert main(["areas", "load-boundaries", str(tmp_path / "none.geojson")]) == 2


def test_a_province_is_loaded_with_its_abolished_areas(
    db: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["areas", "load", "--province", "33", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["loaded"]["33"] == Area.objects.count()
    assert (
        Area.objects.filter(level="district", valid_until=None, code__startswith="33").count() == 22
    )


def test_an_unknown_province_is_refused_and_nothing_is_kept(
    db: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["areas", "load", "--province", "33", "--province", "00", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "unknown_province"
    assert not Area.objects.filter(code="33").exists()
