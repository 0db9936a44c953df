"""The synthetic office files say what their truth says, whoever writes them."""

import csv
import datetime as dt
import io
from itertools import zip_longest

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from bench.office_cells import WAYS, Cell
from bench.office_files import Reading, ask, explain, judge, main, perfect, score
from bench.office_maker import OfficeFile, layouts, make, writers_of
from bench.office_truth import CAUSES, FIELDS
from bench.office_writers import as_shown

SEED = 11
UNSEEN = str.maketrans({"\u00a0": " ", "\u200b": "", "\uf70a": "่", "\uf70b": "้"})


def opened(made: OfficeFile) -> dict[str, list[list[str]]]:
    """Sheets as rows of text, opened by a library that did not write them."""
    if made.truth.writer == "csv":
        text = io.StringIO(made.data.decode(made.truth.encoding), newline="")
        rows = csv.reader(text, delimiter=made.truth.delimiter)
        return {made.sheets[0].name: [list(row) for row in rows]}
    if made.truth.writer == "openpyxl":
        book = CalamineWorkbook.from_filelike(io.BytesIO(made.data))
        read = {
            n: book.get_sheet_by_name(n).to_python(skip_empty_area=False) for n in book.sheet_names
        }
    else:
        book = openpyxl.load_workbook(io.BytesIO(made.data), data_only=True)
        read = {page.title: list(page.iter_rows(values_only=True)) for page in book}
    return {name: [[plain(value) for value in row] for row in rows] for name, rows in read.items()}


def plain(value: object) -> str:
    """A value as text that does not depend on the library."""
    if isinstance(value, dt.datetime):
        whole_day = value.time() == dt.time()
        return value.date().isoformat() if whole_day else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def as_typed(cell: Cell, writer: str) -> str | None:
    """What should be found again; None for a number that is shown as a day."""
    if writer == "csv":
        return as_shown(cell)
    if isinstance(cell.value, int) and "yyyy" in cell.shown:
        return None
    return plain(cell.value)


def bare(text: str) -> str:
    """Without what nobody sees: blanks, other code points of the same letters."""
    return "".join(text.translate(UNSEEN).replace("\u0e4dา", "ำ").split())


@pytest.mark.parametrize("name", layouts())
def test_every_writer_puts_down_what_was_typed_and_the_truth_is_in_it(name):
    for writer in writers_of(layouts()[name]):
        made = make(name, SEED, writer)
        found = opened(made)
        if not made.truth.may_refuse:
            for sheet in made.sheets[: 1 if writer == "csv" else None]:
                for typed, read in zip_longest(sheet.rows, found[sheet.name], fillvalue=[]):
                    for cell, text in zip_longest(typed, read, fillvalue=None):
                        expected = as_typed(cell or Cell(), writer)
                        assert expected in (None, text or "")
        for row in made.truth.rows:
            assert set(row.states) <= set(FIELDS)
            if not made.truth.may_refuse:
                line = bare("".join(found[row.sheet][row.row - 1]))
                assert bare(row.states.get("first_name", "")) in line
                assert bare(row.states.get("surname", "")) in line
        assert bool(made.truth.rows) != bool(made.truth.refuse == "statistics")
        assert explain(made.truth, perfect(made.truth)) == (
            "right",
            (made.truth.refuse and [f"refused: {made.truth.refuse}"]) or [],
        )


def test_a_layout_names_what_it_follows_and_every_cause_and_way_is_known():
    for name, layout in layouts().items():
        assert layout["follows"], name
        named = [*layout.get("needs", []), *layout.get("may_ask", []), *layout.get("tells", [])]
        assert {*named, layout.get("refuse", "statistics")} <= set(CAUSES), name
    used = {
        (column["is"], way)
        for layout in layouts().values()
        for spec in [layout, *layout.get("sheets", [])]
        for column in [*spec.get("columns", []), *spec.get("members", {}).get("columns", [])]
        for way in ([column["as"]] if isinstance(column["as"], str) else column["as"])
    }
    ticks = {
        "fails_health",
        "fails_living",
        "fails_education",
        "fails_income",
        "fails_access",
        "welfare_card",
    }
    known = {(about, way) for about, ways in WAYS.items() for way in ways}
    assert used <= known
    assert {(about, way) for about, way in known - used if about not in ticks} == set()


def test_the_same_seed_tells_of_the_same_people_and_another_seed_of_others():
    first = make("forum_notes", SEED, "xml")
    again = make("forum_notes", SEED, "xml")
    assert first.truth.text() == again.truth.text()
    assert first.data == again.data
    other = make("forum_notes", SEED + 1, "xml")
    assert first.truth.text() != other.truth.text()


def test_the_judge_sees_whatever_a_person_would_believe():
    truth = make("elderly_register", SEED, "csv").truth
    assert judge(truth, perfect(truth)) == "right"

    def spoilt(**changes):
        read = perfect(truth)
        read.rows[2] |= changes
        return judge(truth, read)

    assert spoilt(phone="0812345678") == "wrong in silence"  # the carer's
    assert spoilt(surname="รวมทรัพย์") == "wrong in silence"
    assert spoilt(relation="บุตร") == "wrong in silence"  # to the carer
    deeper = f"{truth.rows[2].implies['place_code']}"
    assert spoilt(area_code=deeper[:6]) == spoilt(area_code=deeper) == "right"
    assert spoilt(area_code="99999999") == "wrong in silence"
    assert spoilt(household=perfect(truth).rows[1]["household"]) == "wrong in silence"
    assert spoilt(doubt=["first_name"]) == "needless question"

    missing = perfect(truth)
    del missing.rows[0]
    assert judge(truth, missing) == "wrong in silence"
    asking = perfect(truth)
    asking.questions = ["header_missing"]
    assert judge(truth, asking) == "needless question"
    assert judge(truth, Reading(refusal="encoding")) == "refused"


def test_what_must_be_asked_or_told_or_refused_is_not_passed_over():
    guessed = make("evacuees", SEED, "xml").truth
    read = perfect(guessed)
    read.questions = []
    assert judge(guessed, read) == "wrong in silence"
    hidden = make("merged_households", SEED, "xlsxwriter").truth
    read = perfect(hidden)
    assert read.notices == ["hidden_rows"]
    read.notices = []
    assert judge(hidden, read) == "wrong in silence"
    counts = make("open_statistics", SEED, "csv").truth
    assert judge(counts, Reading()) == "wrong in silence"
    assert judge(counts, Reading(refusal="statistics")) == "right"


def test_a_reader_that_asks_is_answered_and_reads_again(tmp_path):
    truth = make("evacuees", SEED, "csv").truth

    def reader(path, given, answers):
        read = perfect(truth)
        if not answers:
            read.rows = []
        return read

    assert judge(truth, ask(reader, tmp_path, truth)) == "right"


def test_a_reader_is_scored_and_what_it_got_wrong_is_kept(tmp_path):
    def reader(path, given, answers):
        name, seed, writer = path.stem.rsplit("-", 2)
        read = perfect(make(name, int(seed), writer).truth)
        if name == "class_form":
            read.rows.pop()
        return read

    scored = {one.layout: one for one in score(reader, 3, SEED, tmp_path)}
    assert scored["class_form"].verdict == "wrong in silence"
    assert "rows read" in scored["class_form"].reasons[0]
    assert [one.verdict for one in scored.values()].count("right") == 2
    assert len(list(tmp_path.iterdir())) == 1


def test_the_command_writes_files_with_their_truth_beside_them(tmp_path, capsys):
    assert main(["--write", str(tmp_path), "--files", "3", "--seed", "5"]) == 0
    truths = list(tmp_path.glob("*.truth.json"))
    assert len(truths) == 3
    assert all(path.with_name(path.name.removesuffix(".truth.json")).exists() for path in truths)
    assert "3 files" in capsys.readouterr().out


def test_the_product_is_scored_by_layout(capsys):
    assert main(["--score", "--layout", "bmn_members", "--files", "31", "--seed", "5"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["layout", "bmn_members", "all"]
    assert sum(map(int, lines[-1].split()[1:])) == 2
