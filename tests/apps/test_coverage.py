"""Lists become sets: every household in exactly one, by whatever order they came, equal to the lists behind."""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import Scope, scope_of
from kaejon.apps.coverage.accuracy import lost_by_gate
from kaejon.apps.coverage.models import ListQuality, PictureTally, Standing, Unit
from kaejon.apps.coverage.placing import key_of
from kaejon.apps.coverage.quality import KIND, quality_of
from kaejon.apps.coverage.queries import (
    POOR,
    STATES,
    Asked,
    Cell,
    Column,
    Lists,
    Picture,
    picture_of,
)
from kaejon.apps.coverage.tallying import place_the_rest
from kaejon.apps.coverage.unseen import Unseen, unseen_of
from kaejon.apps.dashboards import paging
from kaejon.apps.folders.listing import Filters, listed
from kaejon.apps.households.models import Household, Person
from kaejon.apps.jobs.actions import run_job_here
from kaejon.apps.jobs.models import Job
from kaejon.apps.measurement.actions import STANDING
from kaejon.apps.measurement.models import PovertyScreen
from kaejon.apps.sources.models import Source, SourceVersion
from kaejon.apps.sources.signals import households_changed
from kaejon.apps.sources.stated import stated_about
from kaejon.apps.surveys.checking import Finding, record_checks
from kaejon.methods.checks import reasons
from kaejon.methods.dropping_out import Gate
from tests.apps.lists import applied, as_csv, person, pin, source, taken_back, upload
from tests.cast import Cast

PROVINCE = Scope(areas=("33",))

Somchai = person("สมชาย", "ใจดี", house="1", number=pin(1), born="12/03/2510")
Somying = person("สมหญิง", "ใจดี", house="1", number=pin(2), born="05/01/2515")
Boonmee = person("บุญมี", "มีบุญ", house="2", number=pin(3), born="01/02/2495")
Thongdee = person("ทองดี", "แสนสุข", house="3", number=pin(4), born="10/10/2530")
Malai = person("มาลัย", "ใต้", village="33010201", house="4", number=pin(5), born="10/11/2530")

# kind → rows, list year
LISTS: dict[str, tuple[list[dict[str, str]], int]] = {
    "tpmap": ([Somchai, Malai], 2566),
    "bmn": (
        [
            row | {"i8": fails, "ลงทะเบียน": registered, "ผ่านการตรวจสอบ": "0"}
            for row, fails, registered in (
                (Somchai, "0", "0"),
                (Somying, "0", "0"),
                (Boonmee, "0", "1"),
                (Thongdee, "1", "1"),
            )
        ],
        2565,
    ),
    "community": ([Boonmee | {"ปัญหา": "บ้านรั่ว"}, Thongdee | {"ปัญหา": ""}], 2567),
}


def unseen_in(picture: Picture) -> Unseen:
    poor = {codes: states[POOR] for codes, states in picture.groups.items()}
    return unseen_of(picture.columns, poor)


def take(cast: Cast, kind: str) -> Any:
    rows, year = LISTS[kind]
    unit = "person" if kind == "tpmap" else "household"
    made = Source.objects.filter(code=f"test-{kind}").first() or source(
        kind, cast.organizations["province"], cast.wanna, unit=unit
    )
    return applied(upload(as_csv(rows), made, cast.wanna, year=year), cast.wanna)


@pytest.fixture
def registry(cast: Cast) -> Cast:
    for kind in LISTS:
        take(cast, kind)
    return cast


def groups(picture: Picture) -> dict[str, int]:
    """Sets in words → how many."""
    return {
        " ".join(sorted(code.removeprefix("test-") for code in codes)): sum(states.values())
        for codes, states in picture.groups.items()
    }


def seen(asked: Asked = Asked(), *, unit: str = Unit.HOUSEHOLD, area: str = "33") -> Picture:  # noqa: B008
    return picture_of(PROVINCE, area, asked, unit=unit)


def home(house_no: str) -> Household:
    return Household.objects.get(house_no=house_no)


def check(cast: Cast, **outcomes: str) -> None:
    """Record what was found at the houses: `h1="confirmed_poor"`."""
    reason = {o: (found[0]["code"] if (found := reasons(o)) else "") for o in outcomes.values()}
    record_checks(
        findings=[
            Finding(
                household=home(name.removeprefix("h")),
                year_be=2568,
                outcome=outcome,
                method="visit",
                checked_on=date(2025, 6, 1),
                reason=reason[outcome],
            )
            for name, outcome in outcomes.items()
        ],
        by=cast.wanna,
    )


def test_each_household_stands_in_the_set_of_lists_that_name_it(registry: Cast) -> None:
    assert groups(seen()) == {"bmn tpmap": 1, "bmn community": 1, "": 1, "tpmap": 1}
    assert groups(seen(Asked(held=True))) == {
        "bmn tpmap": 1,
        "bmn community": 2,
        "tpmap": 1,
    }
    assert groups(seen(Asked(year=2565))) == {"bmn": 2, "": 2}


def test_a_list_of_persons_names_one_of_the_family_a_household_list_all(registry: Cast) -> None:
    assert groups(seen(unit=Unit.PERSON)) == {
        "bmn tpmap": 1,
        "bmn": 1,
        "bmn community": 1,
        "": 1,
        "tpmap": 1,
    }
    assert seen(unit=Unit.PERSON).total == Person.objects.filter(died_on=None).count()
    assert sum(cell.people for cell in seen().cells) == seen(unit=Unit.PERSON).total


@pytest.mark.parametrize("order", list(permutations(LISTS))[1::2])
def test_the_order_of_the_lists_does_not_matter(cast: Cast, order: tuple[str, ...]) -> None:
    for kind in order:
        take(cast, kind)
    assert groups(seen()) == {"bmn tpmap": 1, "bmn community": 1, "": 1, "tpmap": 1}
    assert seen().total == Household.objects.count()


def test_a_list_taken_back_names_nobody(cast: Cast) -> None:
    take(cast, "bmn")
    tpmap = take(cast, "tpmap")
    taken_back(tpmap, cast.wanna)
    assert groups(seen()) == {"bmn": 2, "": 1}
    assert [column.code for column in seen().columns] == ["test-bmn"]


def test_what_an_import_says_of_its_own_rows_is_what_the_claims_say(cast: Cast) -> None:
    def measured() -> list[list[Any]]:
        screens = PovertyScreen.objects.order_by("household", "version")
        return [
            list(Standing.objects.order_by("household").values("combination", "gate", "people")),
            list(screens.values("household", "version", "bmn_poor", "failed_indicators", "as_of")),
            list(Household.objects.order_by("pk").values(*STANDING)),
            list(Person.objects.order_by("pk").values("pk", "target_poor")),
        ]

    take(cast, "tpmap")
    take(cast, "bmn")  # some of its households are known, some new
    at_import = measured()
    households = list(Household.objects.values_list("pk", flat=True))
    assert len(stated_about(households)) > len(households) == 4

    Household.objects.update(bmn_poor=None, problems="")
    PovertyScreen.objects.all().delete()
    Standing.objects.update(gate="", people={})
    households_changed.send(sender=Household, households=households)

    assert measured() == at_import


def test_what_an_upgrade_left_is_made_up_for(registry: Cast) -> None:
    def kept() -> list[Any]:
        return sorted(
            PictureTally.objects.values_list("area", "unit", "combination", "gate", "count")
        )

    before = kept()
    Standing.objects.all().delete()
    PictureTally.objects.all().delete()
    assert place_the_rest() == Household.objects.count()
    assert kept() == before
    assert place_the_rest() == 0


def test_every_number_equals_the_list_behind_it(
    registry: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    check(registry, h1="confirmed_poor", h2="not_poor", h3="died")
    monkeypatch.setattr(paging, "SORTABLE", 0)
    for asked in (Asked(), Asked(held=True), Asked(year=2566)):
        for area in ("33", "330101", "330102"):
            picture = seen(asked, area=area)
            every = {column.code for column in picture.columns}
            for codes, states in picture.groups.items():
                of_set = {
                    "area": area,
                    "on": ",".join(sorted(codes)),
                    "not_on": ",".join(sorted(every - codes)),
                    "list_year": str(asked.year or ""),
                    "held": asked.held,
                }
                for state in ("", *STATES):
                    filters = Filters(**of_set, verified=state)
                    number = states[state] if state else sum(states.values())
                    assert listed(registry.wanna, filters).count() == number, filters
                    page = paging.page_of(registry.wanna, filters)
                    assert (page.total, len(page.rows)) == (number, number), filters


def test_checks_are_the_benchmark_and_the_gone_count_for_neither(registry: Cast) -> None:
    check(registry, h1="confirmed_poor", h2="not_poor", h3="confirmed_poor", h4="not_found")
    picture = seen()
    assert picture.states == {"poor": 2, "not_poor": 1, "gone": 1}
    on = picture.on("test-tpmap")
    assert (on["poor"], on["not_poor"], on["none"]) == (1, 0, 0)
    assert [(row.gate, row.count, row.nowhere) for row in lost_by_gate(picture)] == [
        (Gate.PASSED, 1, 1)
    ]
    gates = dict(Standing.objects.values_list("household__house_no", "gate"))
    assert gates == {
        "1": Gate.NEVER_REGISTERED,
        "2": Gate.NOT_VALIDATED,
        "3": Gate.PASSED,
        "4": Gate.NOT_SURVEYED,
    }


def test_scope_ends_the_picture(registry: Cast) -> None:
    malee = scope_of(registry.malee, Permission.SEE_COUNTS)
    assert groups(picture_of(malee, "33", Asked())) == {"bmn tpmap": 1, "bmn community": 1, "": 1}
    assert picture_of(Scope(), "33", Asked()).total == 0


def test_files_are_judged_in_the_background_and_by_tambon(registry: Cast) -> None:
    for job in Job.objects.filter(kind=KIND):
        run_job_here(job)
        run_job_here(job)
    found = quality_of(PROVINCE, "33", 6)
    tpmap = SourceVersion.objects.get(source__code="test-tpmap")
    assert {code for version, code in found if version == tpmap.pk} == {"330101", "330102"}
    whole = quality_of(PROVINCE, "33")[tpmap.pk, ""]
    assert (whole.rows["row"], whole.rejected, whole.waiting) == (2, 0, 0)
    assert whole.valid["national_id"] == whole.rows["national_id"] == 2
    assert whole.filled["coordinates"] == 0
    assert ListQuality.objects.filter(batch__version=tpmap).count() == 2 * 8


def made_up(counts: dict[frozenset[str], Counter[str]], codes: str) -> Picture:
    """A picture without a database: sets of one-letter lists → outcomes."""
    sets = list(counts)
    on = dict(enumerate(sets))
    columns = tuple(
        Column(code, SourceVersion(source=Source(code=code), year_be=2566)) for code in codes
    )
    cells = tuple(
        Cell("", place, outcome, Gate.NONE, number, number)
        for place, codes_of_set in enumerate(sets)
        for outcome, number in counts[codes_of_set].items()
    )
    return Picture(cells, Lists(columns, (2566,), on, on))


def test_only_those_found_in_need_enter_the_estimate() -> None:
    both, first, second = frozenset("ab"), frozenset("a"), frozenset("b")
    picture = made_up(
        {
            both: Counter(confirmed_poor=20) + Counter({"": 900}),
            first: Counter(confirmed_poor=60, not_poor=500),
            second: Counter(confirmed_poor=80),
            frozenset(): Counter(missed=5),
        },
        "ab",
    )
    found = unseen_in(picture)
    assert found.answer is not None
    assert (found.observed, found.off_list) == (160, 5)
    chapman = next(m for m in found.answer.models if m.name == "chapman")
    assert chapman.estimate == pytest.approx((81 * 101) / 21 - 1)
    alone = unseen_in(made_up({first: Counter(confirmed_poor=4)}, "a"))
    assert alone.answer is None
    assert alone.refused is not None
    assert alone.refused.code == "number_of_lists"
    apart = unseen_in(made_up({first: Counter(missed=4), second: Counter(missed=4)}, "ab"))
    assert apart.answer is not None
    assert apart.answer.models == ()


def test_of_many_lists_the_four_that_name_most_are_used() -> None:
    sets = {
        frozenset(pair): Counter(confirmed_poor=10 + n)
        for n, pair in enumerate(["ab", "bc", "cd", "da", "e"])
    }
    found = unseen_in(made_up(sets, "abcde"))
    assert [column.code for column in found.used] == ["a", "b", "c", "d"]
    assert [column.code for column in found.left_out] == ["e"]


@given(
    st.dictionaries(
        st.frozensets(st.sampled_from("abc")),
        st.dictionaries(st.sampled_from(["", "missed", "not_poor", "died"]), st.integers(0, 9)),
        max_size=8,
    )
)
def test_sets_and_lists_add_up(counts: dict[frozenset[str], dict[str, int]]) -> None:
    picture = made_up({codes: Counter(states) for codes, states in counts.items()}, "abc")
    total = sum(sum(states.values()) for states in counts.values())
    assert sum(sum(states.values()) for states in picture.groups.values()) == total
    assert sum(picture.states.values()) == picture.total == total
    for code in "abc":
        on = picture.on(code)
        assert all(on[state] <= picture.states[state] for state in on)


def test_a_set_is_written_the_same_whatever_its_order() -> None:
    assert key_of({7: False, 3: True}) == key_of({3: True, 7: False}) == "3n 7s"
