"""The four sample lists: readable, imperfect in stated ways, and the same every time."""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from kaejon.demo.canonical_rows import canonical_rows
from kaejon.demo.list_tables import list_tables
from kaejon.demo.lists import ListFile, write_lists
from kaejon.demo.membership import LIST_DAYS
from kaejon.demo.organizations import demo_organizations
from kaejon.demo.population import Population
from kaejon.demo.truth import write_links, write_truth
from kaejon.methods.listfiles.areas import OfficialBook
from kaejon.methods.listfiles.canonical import CanonicalRow
from kaejon.methods.listfiles.mapping import KINDS, ListKind, Mapping, guess, problems
from kaejon.methods.listfiles.reading import inspect, iter_rows
from kaejon.methods.listfiles.rows import Normaliser, RowContext

TODAY = dt.date(2026, 11, 21)


def _read(file: ListFile) -> list[CanonicalRow]:
    info = inspect(file.path, file.path.name)
    document = None if file.mapping is None else dict(file.mapping)
    mapping = Mapping.from_json(document) if document else guess(info.header, file.kind).mapping
    assert problems(mapping, file.kind) == ()
    normaliser = Normaliser(mapping, RowContext(file.kind, file.year_be, TODAY, OfficialBook()))
    return [
        normaliser.row(number, dict(zip(info.header, cells, strict=True)))
        for number, cells in iter_rows(file.path, info)
    ]


def _written(province: Population, directory: Path, *, with_errors: bool) -> dict[str, ListFile]:
    rng = np.random.default_rng(7)
    return {f.kind: f for f in write_lists(province, directory, rng, with_errors=with_errors)}


@pytest.fixture(scope="module")
def files(
    small_province: Population, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, ListFile]:
    return _written(small_province, tmp_path_factory.mktemp("lists"), with_errors=False)


@pytest.fixture(scope="module")
def spoilt(
    small_province: Population, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, ListFile]:
    return _written(small_province, tmp_path_factory.mktemp("spoilt"), with_errors=True)


@pytest.mark.parametrize("kind", KINDS)
def test_every_row_of_a_clean_list_is_accepted_with_its_village(
    files: dict[str, ListFile], kind: str
) -> None:
    rows = _read(files[kind])
    assert len(rows) == files[kind].rows
    assert not any(row.rejected for row in rows)
    assert all(row.household.village_code for row in rows)
    assert all(row.household.house_no for row in rows)
    assert all(row.person is not None and row.person.first_name for row in rows)


@pytest.mark.parametrize("kind", KINDS)
def test_rows_made_directly_are_those_read_from_the_file(
    small_province: Population, files: dict[str, ListFile], kind: ListKind
) -> None:
    table = list_tables(small_province, np.random.default_rng(7))[kind]
    for direct, read in zip(canonical_rows(table, TODAY), _read(files[kind]), strict=True):
        assert {**direct.to_json(), "row": 0} == {**read.to_json(), "row": 0}


@pytest.mark.parametrize("kind", KINDS)
def test_about_one_spoilt_row_in_a_hundred_is_rejected(
    spoilt: dict[str, ListFile], kind: str
) -> None:
    rows = _read(spoilt[kind])
    rejected = sum(row.rejected for row in rows)
    assert 1 <= rejected <= max(8, len(rows) * 0.012)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_writes_the_same_bytes(
    small_province: Population, files: dict[str, ListFile], kind: str, tmp_path: Path
) -> None:
    again = _written(small_province, tmp_path, with_errors=False)
    assert again[kind].path.read_bytes() == files[kind].path.read_bytes()


def test_the_bmn_file_is_in_the_old_thai_encoding(files: dict[str, ListFile]) -> None:
    assert inspect(files["bmn"].path, "bmn.csv").encoding == "cp874"


def test_the_community_file_has_a_byte_order_mark(files: dict[str, ListFile]) -> None:
    assert files["community"].path.read_bytes().startswith(b"\xef\xbb\xbf")


def test_birth_dates_come_in_every_spelling(small_province: Population) -> None:
    table = list_tables(small_province, np.random.default_rng(7))["ppp"]
    column = table.header.index("วันเดือนปีเกิด")
    texts = [str(row[column]) for row in table.rows()]
    assert any(t[0] in "๐๑๒๓๔๕๖๗๘๙" for t in texts)
    assert any("พ.ศ." in t for t in texts)
    assert any(len(t) == 4 for t in texts)
    assert any(t[4:5] == "-" for t in texts)
    assert any(t[2:3] == "/" for t in texts)


def test_numbers_are_missing_masked_mistyped_or_borrowed(small_province: Population) -> None:
    table = list_tables(small_province, np.random.default_rng(7))["bmn"]
    column = table.header.index("เลขประจำตัวประชาชน")
    given = [str(row[column]).replace("-", "") for row in table.rows()]
    owner = {n: i for i, n in enumerate(small_province.people.national_id.tolist()) if n}
    true = small_province.people.national_id[table.person].tolist()
    kinds = Counter(
        "missing" if not g else "right" if g == t else "borrowed" if g in owner else "mistyped"
        for g, t in zip(given, true, strict=True)
    )
    assert kinds["right"] / len(given) == pytest.approx(0.92, abs=0.02)
    assert min(kinds["missing"], kinds["borrowed"], kinds["mistyped"]) > 10


def test_lists_overlap_imperfectly_and_some_poor_are_on_none(province: Population) -> None:
    tables = list_tables(province, np.random.default_rng(7))
    household = province.members.household
    on = {kind: set(household[t.person].tolist()) for kind, t in tables.items() if kind != "bmn"}
    poor = set(np.flatnonzero(province.truth.poor).tolist())
    assert poor - on["tpmap"] - on["ppp"] - on["community"]
    assert (on["community"] & poor) - on["tpmap"]
    assert on["tpmap"] - poor
    assert on["tpmap"] & on["ppp"] & on["community"]


def test_no_list_knows_children_born_after_it_closed(province: Population) -> None:
    for kind, table in list_tables(province, np.random.default_rng(7)).items():
        assert (province.members.birth[table.person] <= LIST_DAYS[kind]).all()


def test_the_dead_and_the_moved_stay_on_the_official_list(province: Population) -> None:
    tables = list_tables(province, np.random.default_rng(7))
    listed = tables["tpmap"].person
    assert province.truth.died[listed].any()
    assert province.truth.moved[province.members.household[listed]].any()
    assert not province.truth.died[tables["ppp"].person].any()


def test_every_list_names_an_owner_basis_purpose_and_retention(
    small_province: Population, files: dict[str, ListFile]
) -> None:
    names = {o.name_th for o in demo_organizations(small_province.areas)}
    for file in files.values():
        assert file.owner_org in names
        assert file.legal_basis
        assert file.purpose
        assert file.retention
    assert [files[k].year_be for k in KINDS] == [2566, 2565, 2568, 2567]


def test_the_answer_key_names_the_true_person_of_every_row(
    small_province: Population, tmp_path: Path
) -> None:
    tables = list_tables(small_province, np.random.default_rng(7))
    write_truth(small_province, tables, tmp_path / "truth.csv")
    write_links(tables, tmp_path / "links.csv")
    with (tmp_path / "truth.csv").open(encoding="utf-8") as file:
        truth = list(csv.DictReader(file))
    with (tmp_path / "links.csv").open(encoding="utf-8") as file:
        links = list(csv.DictReader(file))
    assert len(truth) == small_province.persons
    assert len(links) == sum(len(t.person) for t in tables.values())
    assert sum(int(row["on_ppp"]) for row in truth) == len(tables["ppp"].person)
    assert all(truth[int(link["person"])][f"on_{link['list']}"] == "1" for link in links)
