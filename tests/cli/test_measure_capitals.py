"""`kaejon measure capitals` as another program uses it."""

import csv
import json
from pathlib import Path

import pytest

from kaejon.cli.main import main
from kaejon.methods import capitals

CODES = capitals.columns_needed(capitals.definition())
VECTOR = json.loads(
    (Path(__file__).parents[1] / "vectors/five_capitals.json").read_text(encoding="utf-8")
)


def write(folder, rows, encoding="utf-8"):
    path = folder / "households.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        table = csv.DictWriter(file, rows[0].keys())
        table.writeheader()
        table.writerows(rows)
    return str(path)


def row(household, score="2", **cells):
    return {"household_id": household, **dict.fromkeys(CODES, score), **cells}


def refuse_constant(text):
    raise AssertionError(f"{text} is not JSON")


def answer(capsys):
    return json.loads(capsys.readouterr().out, parse_constant=refuse_constant)


def test_json_holds_rows_levels_and_summary(tmp_path, capsys):
    case = VECTOR["synthetic_case"]
    human = {f"human_{n}": score for n, score in enumerate(case["human"], 1)}
    financial = {f"financial_{n}": score for n, score in enumerate(case["financial"], 1)}
    path = write(
        tmp_path, [row("ก", **human, **financial), row("ข", "3.25"), row("ค", social_2="")]
    )
    assert main(["measure", "capitals", path, "--json"]) == 0
    document = answer(capsys)
    assert list(document) == ["definition", "provisional", "n", "rows", "summary"]
    assert (document["definition"], document["provisional"], document["n"]) == (
        "five_capitals_ppp_2568",
        True,
        3,
    )
    first, second, third = document["rows"]
    assert first == {
        "household_id": "ก", "human": 2.4, "physical": 2.0, "financial": 2.25, "natural": 2.0, "social": 2.0,
        "overall": 2.13, "level": 2,
        "levels": {"human": 2, "physical": 2, "financial": 2, "natural": 2, "social": 2},
    }  # fmt: skip
    assert (second["level"], second["overall"]) == (4, 3.25)
    assert (third["social"], third["overall"], third["level"], third["levels"]["social"]) == (
        None,
    ) * 4
    assert document["summary"]["counts"]["overall"] == {"1": 0, "2": 1, "3": 0, "4": 1}
    assert document["summary"]["means"]["overall"] == 2.69


def test_person_rows_are_averaged_over_the_household(tmp_path, capsys):
    rows = [row("h", person_id=n, human_1=score) for n, score in enumerate("124")]
    main(["measure", "capitals", write(tmp_path, rows, "cp874"), "--json"])
    (found,) = answer(capsys)["rows"]
    assert found["human"] == 31 / 15


def test_the_readable_table_shows_the_level_in_thai_and_says_what_is_provisional(tmp_path, capsys):
    path = write(tmp_path, [row("h", "1.75", note="x")])
    assert main(["measure", "capitals", path]) == 0
    shown = capsys.readouterr()
    assert "อยู่ยาก" in shown.out
    assert "1 households" in shown.out
    assert "columns not used: note" in shown.err
    assert "provisional" in shown.err


@pytest.mark.parametrize("score", ["0.9", "4.1", "ดี", "NaN"])
def test_a_score_outside_the_scale_exits_1_naming_row_and_column(tmp_path, capsys, score):
    path = write(tmp_path, [row("a"), row("b", natural_8=score)])
    assert main(["measure", "capitals", path, "--json"]) == 1
    shown = capsys.readouterr()
    error = json.loads(shown.out)["error"]
    assert (error["cells"][0]["row"], error["cells"][0]["column"]) == (3, "natural_8")
    assert "row 3, column natural_8" in shown.err


def test_a_missing_column_exits_1(tmp_path, capsys):
    path = write(tmp_path, [{"household_id": "a", "human_1": "2"}])
    assert main(["measure", "capitals", path]) == 1
    assert "human_2" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["nowhere.csv"],
        ["DATA", "--definition", "none"],
        ["DATA", "--definition", "none.toml"],
        ["DATA", "--definition", "bmn_2560_2564"],
    ],
)
def test_wrong_usage_exits_2(tmp_path, capsys, arguments):
    path = write(tmp_path, [row("a")])
    arguments = [path if argument == "DATA" else argument for argument in arguments]
    assert main(["measure", "capitals", *arguments]) == 2
    assert capsys.readouterr().err


def test_an_unknown_option_exits_2(tmp_path, capsys):
    assert main(["measure", "capitals"]) == 2
    assert "DATA" in capsys.readouterr().err


def test_areas_are_told_inside_and_outside_the_municipality(tmp_path, capsys):
    rows = [
        row("a", "1", tambon="330101", town="1"),
        row("b", "3", tambon="330101", town="0"),
        row("c", "4", tambon="330102", town="0"),
    ]
    path = write(tmp_path, rows)
    arguments = ["measure", "capitals", path, "--by", "tambon", "--inside", "town"]
    assert main([*arguments, "--json"]) == 0
    areas = answer(capsys)["areas"]
    assert [(a["area"], a["where"], a["households"], a["means"]["overall"]) for a in areas] == [
        ("330101", "all", 2, 2.0),
        ("330101", "inside", 1, 1.0),
        ("330101", "outside", 1, 3.0),
        ("330102", "all", 1, 4.0),
        ("330102", "inside", 0, None),
        ("330102", "outside", 1, 4.0),
    ]
    assert areas[0]["counts"]["social"] == {"1": 1, "2": 0, "3": 1, "4": 0}
    assert main(arguments) == 0
    assert "330102" in capsys.readouterr().out
    assert main(["measure", "capitals", path, "--inside", "town"]) == 2


def test_a_fault_in_a_large_plain_file_is_still_named_by_its_row(tmp_path, capsys):
    path = write(tmp_path, [row(str(n)) for n in range(300)] + [row("x", human_1="5")])
    text = Path(path).read_text("utf-8").replace("\n7,", "\n\n7,", 1)
    Path(path).write_text(text, "utf-8")
    assert main(["measure", "capitals", path]) == 1
    assert "row 303, column human_1: 5 is outside 1-4" in capsys.readouterr().err
