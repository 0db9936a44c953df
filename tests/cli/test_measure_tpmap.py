"""`kaejon measure tpmap` as another program uses it."""

import csv
import json

import pytest

from kaejon.cli.main import main

INDICATORS = [f"i{no}" for no in range(1, 32)]


def write(folder, rows):
    path = folder / "persons.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.DictWriter(
            file, ["household_id", "person_id", "registered", "validated", *INDICATORS]
        )
        table.writeheader()
        table.writerows(rows)
    return str(path)


def person(household, number, registered, validated, **cells):
    identity = {
        "household_id": household,
        "person_id": number,
        "registered": registered,
        "validated": validated,
    }
    return {**identity, **dict.fromkeys(INDICATORS, 1), **cells}


def village():
    return [
        person("h1", 1, 1, 1, i22=0),
        person("h1", 2, 1, 0),
        person("h1", 3, 0, 0, i9=0, i16=""),
        person("h2", 1, 1, 1, i23=0),
    ]


def test_json_holds_exactly_the_counts(tmp_path, capsys):
    assert main(["measure", "tpmap", write(tmp_path, village()), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "households": 2,
        "persons": 4,
        "bmn_poor_households": 1,
        "bmn_poor_persons": 3,
        "bmn_poor_by_dim": {
            "health": 0,
            "living": 3,
            "education": 0,
            "income": 3,
            "accessibility": 0,
        },
        "bmn_poor_and_registered": 2,
        "target_poor": 1,
        "target_poor_by_dim": {
            "health": 0,
            "living": 1,
            "education": 0,
            "income": 1,
            "accessibility": 0,
        },
        "rate_pct": 25.0,
    }


def test_the_readable_table_names_the_dimensions_in_thai(tmp_path, capsys):
    assert main(["measure", "tpmap", write(tmp_path, village())]) == 0
    shown = capsys.readouterr().out
    assert "รายได้" in shown
    assert "target_poor" in shown


def test_a_cell_that_is_neither_1_nor_0_exits_1_naming_row_and_column(tmp_path, capsys):
    path = write(tmp_path, [*village(), person("h3", 1, 1, 1, i7="5")])
    assert main(["measure", "tpmap", path]) == 1
    assert "row 6, column i7" in capsys.readouterr().err


def test_a_repeated_person_exits_1(tmp_path, capsys):
    assert main(["measure", "tpmap", write(tmp_path, village() * 2), "--json"]) == 1
    shown = capsys.readouterr()
    assert json.loads(shown.out)["error"]["count"] == 4


def test_a_file_that_is_not_there_exits_2(capsys):
    assert main(["measure", "tpmap", "nowhere.xlsx"]) == 2
    assert "no file" in capsys.readouterr().err


def test_every_group_has_the_same_counts(tmp_path, capsys):
    path = write(tmp_path, village())
    text = (tmp_path / "persons.csv").read_text("utf-8-sig").splitlines()
    tambons = ["Tambon", "330101", "330101", "330101", "330102"]
    lines = [f"{line},{tambon}" for line, tambon in zip(text, tambons, strict=True)]
    (tmp_path / "persons.csv").write_text("\n".join(lines), "utf-8")
    assert main(["measure", "tpmap", path, "--by", "tambon", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    first, second = document["by"]["tambon"]
    assert (first["group"], second["group"]) == ("330101", "330102")
    for name in ("households", "persons", "bmn_poor_persons", "target_poor"):
        assert first[name] + second[name] == document[name]
    assert first["rate_pct"] == pytest.approx(100 / 3)
    assert main(["measure", "tpmap", path, "--by", "tambon"]) == 0
    assert "by tambon" in capsys.readouterr().out
    assert main(["measure", "tpmap", path, "--by", "village"]) == 1
    assert "village" in capsys.readouterr().err
