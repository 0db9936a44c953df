"""What was decided about two households holds when their lists are taken back and applied again."""

from __future__ import annotations

from typing import Any

import pytest

from kaejon.apps.areas.models import Area
from kaejon.apps.homes import searching
from kaejon.apps.homes.deciding import decide_pair
from kaejon.apps.homes.models import HouseholdPair
from kaejon.apps.homes.queries import pair_queue
from kaejon.apps.households.models import Household
from kaejon.apps.jobs.actions import run_job_here
from tests.apps.lists import applied, as_csv, person, source, taken_back, upload
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def twice(cast: Cast) -> Any:
    """One woman at two addresses of a tambon, as two lists have it: two households that may be one."""
    who = {"born": "12/03/2510", "sex": "หญิง"}
    rows = (
        ("tpmap", person("สมศรี", "มีสุขมาก", house="1", **who)),
        ("community", person("สมศรี", "มีสุขมาก", house="9", village="33010102", **who)),
    )
    kinds = [(source(kind, cast.organizations["province"], cast.wanna), row) for kind, row in rows]
    return [applied(upload(as_csv([row]), where, cast.wanna), cast.wanna) for where, row in kinds]


def searched(cast: Cast) -> list[HouseholdPair]:
    run_job_here(searching.start(area=Area.objects.get(code="330101"), by=cast.malee))
    return list(pair_queue(cast.malee))


def come_anew(cast: Cast, batches: Any) -> None:
    for batch in batches:
        taken_back(batch, cast.wanna)
    assert not Household.objects.exists()
    for batch in reversed(batches):
        applied(batch, cast.wanna)


@pytest.mark.parametrize("verdict", ["different", "cannot_tell"])
def test_a_decided_pair_is_known_again(cast: Cast, twice: Any, verdict: str) -> None:
    (pair,) = searched(cast)
    decide_pair(pair=pair, verdict=verdict, by=cast.malee, reason="ไปเยี่ยมแล้ว")
    gone = {pair.one_id, pair.other_id}
    come_anew(cast, twice)
    assert not Household.objects.filter(pk__in=gone).exists()

    waiting = searched(cast)

    held = HouseholdPair.objects.get()
    assert (held.pk, held.state) == (pair.pk, verdict)
    assert {held.one_id, held.other_id}.isdisjoint(gone | {None})
    assert waiting == ([held] if verdict == "cannot_tell" else [])


def test_a_pair_nobody_spoke_of_goes_with_its_households(cast: Cast, twice: Any) -> None:
    (pair,) = searched(cast)
    come_anew(cast, twice)
    (again,) = searched(cast)
    assert again.pk != pair.pk
    assert HouseholdPair.objects.get() == again


def test_who_was_said_to_be_one_household_does_not_stand_twice(cast: Cast, twice: Any) -> None:
    (pair,) = searched(cast)
    decide_pair(pair=pair, verdict="same", kept=pair.one, by=cast.malee, reason="ไปเยี่ยมแล้ว")
    for batch in twice:
        taken_back(batch, cast.wanna)
    for batch in reversed(twice):
        applied(batch, cast.wanna)

    assert searched(cast) == []
    assert Household.objects.exclude(people=None).distinct().count() == 1
