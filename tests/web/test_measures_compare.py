"""Two measurements of samples compared: with the error of the difference, or with the reason why not."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from django.test import Client

from kaejon.apps.areas.models import WHOLE_SYSTEM
from kaejon.apps.jobs.actions import run_job_here
from kaejon.apps.measurement.models import MeasurementRun, SampleValues
from kaejon.apps.measurement.running import repeat_run
from kaejon.apps.measurement.sampling import refuse_design, years_between
from kaejon.methods import alkire_foster
from kaejon.methods.errors import DataError
from tests.apps.measured import versions
from tests.apps.sampled import DEFINITION, PANEL, frozen_rows, sample_run
from tests.cast import Cast

pytestmark = pytest.mark.django_db
TOLERANCE = 5e-9
PARTS = {
    ("abs", 0): "absolute", ("abs", 1): "absolute_per_year",
    ("rel", 0): "relative", ("rel", 1): "relative_per_year",
}  # fmt: skip


class Pair:
    """Makes runs of the two rounds of the panel, three years apart."""

    def __init__(self, cast: Cast, folder: Path) -> None:
        self.cast, self.folder = cast, folder
        found = versions(cast, "bmn", (2564, 2567))
        self.lists = [found[2564], found[2567]]

    def run(self, number: int, table: pa.Table | None = None, **options: Any) -> MeasurementRun:
        rows = frozen_rows(number) if table is None else table
        return sample_run(self.cast, self.lists[number - 1], rows, self.folder, **options)


@pytest.fixture
def pair(cast: Cast, tmp_path: Path) -> Pair:
    return Pair(cast, tmp_path)


def compared(user: object, first: MeasurementRun, second: MeasurementRun, more: str = "") -> Any:
    client = Client()
    client.force_login(user)  # type: ignore[arg-type]
    return client.get(f"/measures/compare/?a={first.public_id}&b={second.public_id}{more}")


def test_the_page_and_its_file_say_what_the_survey_package_says(cast: Cast, pair: Pair) -> None:
    first, second = pair.run(1), pair.run(2)
    page = compared(cast.wanna, first, second)
    changes = page.context["change"].changes
    wanted = [r for r in PANEL["expected_changes"] if (r["loa"], r["k"]) == ("nat", 33)]
    assert len(wanted) == 8
    for row in wanted:
        found = getattr(changes[row["measure"]], PARTS[row["ctype"], row["ann"]])
        assert [found.value, found.se, *found.ci95] == pytest.approx(
            [row["b"], row["se"], row["ll"], row["ul"]], abs=TOLERANCE
        )
    spec = DEFINITION | {"strata": "district", "psu": "village", "household_size": "size"}
    measured = [alkire_foster.measure(frozen_rows(n), spec) for n in (1, 2)]
    pairs = zip(*(m.indicators(m.spec.k_values[0]) for m in measured), strict=True)
    for before, after in pairs:
        expected = alkire_foster.change(
            before.censored, after.censored, designs=(measured[0].design, measured[1].design)
        )
        assert expected
        found = changes[f"censored.{before.name}"].absolute
        assert found.se == pytest.approx(expected.absolute.se, abs=1e-12)
    text = page.content.decode()
    assert "ลดลง 12.2 จุด (ช่วงความเชื่อมั่น 95%: -22.9 ถึง -1.5)" in text
    assert "มากกว่าความคลาดเคลื่อนจากการสุ่ม" in text
    file = compared(cast.wanna, first, second, "&format=csv").content.decode("utf-8-sig")
    cells = {row[3] for row in csv.reader(io.StringIO(file))}
    assert str(changes["H"].absolute.ci95[0]) in cells


def test_who_sees_counts_only_gets_neither_intervals_nor_hidden_differences(
    cast: Cast, pair: Pair
) -> None:
    # One family of three is poor in the first round, none in the second.
    nobody = frozen_rows(1)
    for name in PANEL["weights"]:
        nobody = nobody.set_column(
            nobody.column_names.index(name), name, pa.array([0] * len(nobody))
        )
    few = nobody
    for name in PANEL["weights"]:
        few = few.set_column(
            few.column_names.index(name), name, pa.array([1] + [0] * (len(few) - 1))
        )
    size = pa.array([3.0] + [9.0] * (len(few) - 1))
    few = few.set_column(few.column_names.index("size"), "size", size)
    first, second = pair.run(1, few), pair.run(2, nobody)
    exact = compared(cast.wanna, first, second)
    assert exact.context["change"].changes["H"].absolute.value < 0
    page = compared(cast.preecha, first, second)
    assert not page.context["change"].changes
    share = page.context["overview"].shown()["rows"][0]["cells"]
    assert [cell["text"] for cell in share[1:]] == ["ปกปิด"] * 4, "nobody looks like few"
    assert "เฉพาะผู้ที่เปิดดูครัวเรือนได้ทุกหลัง" in page.content.decode()
    assert compared(cast.preecha, first, second, "&format=csv").status_code == 404
    file = compared(cast.malee, first, second, "&format=csv").content.decode("utf-8-sig")
    shares = [row[2:] for row in csv.reader(io.StringIO(file)) if row[1] == "สัดส่วนคนจน"]
    assert ["ต่างกัน", "ปกปิด"] in shares
    assert str(pc.max(few["size"]).as_py() / 3) not in file


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        ({"design": None}, {"design": None}, "บัญชีทั้งสองไม่ได้สุ่ม"),
        ({}, {"design": None}, "บัญชีหนึ่งเป็นการสุ่ม"),
        ({}, {"k": "1/2"}, "ใช้หลักคนละอย่าง"),
        ({}, {"unit": "household"}, "ใช้หลักคนละอย่าง"),
        ({}, {"design": "municipal"}, "สุ่มคนละวิธี"),
    ],
)
def test_where_an_interval_would_mean_nothing_the_page_says_why(
    cast: Cast, pair: Pair, first: dict[str, Any], second: dict[str, Any], reason: str
) -> None:
    page = compared(cast.wanna, pair.run(1, **first), pair.run(2, **second))
    assert not page.context["change"].changes
    assert reason in page.content.decode()


def test_a_run_from_before_says_what_is_missing_until_it_is_repeated(
    cast: Cast, pair: Pair
) -> None:
    first, second = pair.run(1, design="municipal"), pair.run(2, design="municipal")
    assert "ชุดเดียวกัน" in compared(cast.wanna, first, first).context["why_not"]
    kept = SampleValues.objects.get(run=first).digest
    SampleValues.objects.get(run=first).delete()
    assert "วัดซ้ำ" in compared(cast.wanna, first, second).context["why_not"]
    run_job_here(repeat_run(run=first, by=cast.wanna))
    assert first.repeats.get().identical
    assert SampleValues.objects.get(run=first).digest == kept
    found = compared(cast.wanna, first, second).context["change"].changes["H"]
    strata = {"strata": "municipal", "psu": "village", "household_size": "size"}
    sides = [alkire_foster.measure(frozen_rows(n), DEFINITION | strata) for n in (1, 2)]
    lines = [side.headline(side.spec.k_values[0]).incidence for side in sides]
    expected = alkire_foster.change(*lines, designs=(sides[0].design, sides[1].design))
    assert expected
    assert found.absolute.se == pytest.approx(expected.absolute.se, abs=1e-12)

    SampleValues.objects.filter(run=first).update(digest="other")
    run_job_here(repeat_run(run=first, by=cast.wanna))
    assert not first.repeats.first().identical  # type: ignore[union-attr]


def test_municipal_strata_are_those_of_one_province() -> None:
    refuse_design("municipal", "33")
    refuse_design("district", WHOLE_SYSTEM)
    with pytest.raises(DataError, match="one province"):
        refuse_design("municipal", WHOLE_SYSTEM)


def test_no_years_pass_from_a_later_list_to_an_earlier_one() -> None:
    early, late = (
        MeasurementRun(area_id="33", lists=[{"as_of": f"{year}-09-30"}]) for year in (2022, 2024)
    )
    assert years_between(early, late) == 2
    assert years_between(late, early) is None
    assert years_between(early, early) is None
