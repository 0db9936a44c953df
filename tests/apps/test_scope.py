"""Who sees which household: nothing unless a dated row opens it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from kaejon.apps.access.actions import assign_role
from kaejon.apps.access.models import RoleAssignment, User
from kaejon.apps.access.roles import ASSIGNABLE, ROLES, Permission
from kaejon.apps.access.scope import Scope, may, outermost, scope_of, users_who_may
from kaejon.apps.areas.queries import contains
from kaejon.apps.households.models import Grant, House, Household
from kaejon.apps.households.queries import visible_to
from kaejon.methods.errors import UsageError
from tests.cast import LONG_AGO, Cast, make_user

pytestmark = pytest.mark.django_db

SEE = Permission.SEE_HOUSEHOLDS


@pytest.fixture
def homes(cast: Cast) -> dict[str, Household]:
    """One household in each village of the cast's areas."""
    made = {}
    for area in ("33010101", "33010102", "33010201", "33020101"):
        house = House.objects.create(area_id=area, house_no="1")
        made[area] = Household.objects.create(house=house, area_id=area, house_no="1")
    return made


def seen(user: User, permission: Permission = SEE) -> set[str]:
    fresh = User.objects.get(pk=user.pk)
    return set(visible_to(fresh, permission).values_list("area_id", flat=True))


def test_each_sees_exactly_the_own_area(cast: Cast, homes: Any) -> None:
    assert seen(cast.malee) == {"33010101", "33010102"}
    assert seen(cast.somsak) == {"33010201"}
    assert seen(cast.darunee) == {"33010101", "33010102", "33010201"}
    assert seen(cast.wanna) == set(homes)
    assert seen(cast.stranger) == seen(cast.anan) == seen(cast.preecha) == set()


def test_a_superuser_without_a_row_sees_nothing(cast: Cast, homes: Any) -> None:
    chief = User.objects.create_superuser("chief", password="long-enough-to-test")
    assert seen(chief) == set()


def test_an_agency_sees_the_granted_household_while_the_grant_lasts(cast: Cast, homes: Any) -> None:
    today = timezone.localdate()
    grant = Grant.objects.create(
        household=homes["33010101"],
        organization=cast.organizations["health"],
        purpose="ส่งต่อ",
        valid_from=today,
        granted_by=cast.wanna,
    )
    assert seen(cast.preecha) == {"33010101"}
    assert seen(cast.preecha, Permission.EDIT_HOUSEHOLDS) == set()

    grant.valid_from = today - timedelta(days=9)
    grant.valid_until = today - timedelta(days=1)
    grant.save()
    assert seen(cast.preecha) == set()


def test_a_grant_outside_the_agencys_own_area_opens_nothing(cast: Cast, homes: Any) -> None:
    Grant.objects.create(
        household=homes["33020101"],
        organization=cast.organizations["health"],
        purpose="ส่งต่อ",
        valid_from=LONG_AGO,
        granted_by=cast.wanna,
    )
    RoleAssignment.objects.filter(user=cast.preecha).update(area="3301")
    assert seen(cast.preecha) == set()


def test_an_assignment_counts_from_its_first_to_its_last_day(cast: Cast, homes: Any) -> None:
    user = make_user("new", "ใหม่", "มา")
    today = timezone.localdate()
    assign_role(
        user=user,
        role="viewer",
        area="3302",
        organization=cast.organizations["province"],
        purpose="ดูงาน",
        valid_from=today + timedelta(days=1),
        valid_until=today + timedelta(days=3),
        by=cast.operator,
    )
    assert [bool(scope_of(user, SEE, today + timedelta(days=n))) for n in range(5)] == [
        False,
        True,
        True,
        True,
        False,
    ]


def test_a_disabled_or_expired_account_sees_nothing(cast: Cast, homes: Any) -> None:
    cast.malee.is_active = False
    cast.malee.save()
    cast.somsak.expires_on = date(2020, 1, 1)
    cast.somsak.save()
    assert seen(cast.malee) == seen(cast.somsak) == set()


def test_nobody_can_be_given_the_operators_role(cast: Cast) -> None:
    with pytest.raises(UsageError):
        assign_role(
            user=cast.stranger,
            role="operator",
            area="33",
            organization=cast.organizations["tao"],
            purpose="x",
            valid_from=LONG_AGO,
            by=cast.operator,
        )


@pytest.mark.parametrize("code", sorted(ASSIGNABLE))
def test_a_role_holds_exactly_its_permissions(cast: Cast, code: str) -> None:
    user = make_user("one", "คน", "เดียว")
    assign_role(
        user=user,
        role=code,
        area="330101",
        organization=cast.organizations["tao"],
        purpose="x",
        valid_from=LONG_AGO,
        by=cast.operator,
    )
    assert {p for p in Permission if may(user, p)} == ROLES[code].permissions


def test_the_third_question_names_those_who_may(cast: Cast) -> None:
    assert set(users_who_may(Permission.EDIT_HOUSEHOLDS, "33010101")) == {
        cast.malee,
        cast.kamon,
        cast.orathai,
        cast.wanna,
    }
    assert set(users_who_may(Permission.READ_AUDIT, "33020101")) == {cast.wanna, cast.anan}


codes = st.lists(
    st.sampled_from(["00", "33", "3301", "3302", "330101", "330102", "33010101", "34"]), max_size=6
)


@given(codes, st.sampled_from(["33", "3301", "330101", "33010101", "33010102", "330201", "3401"]))
def test_reducing_areas_to_the_outermost_opens_the_same(given_codes: list[str], place: str) -> None:
    assert Scope(outermost(given_codes)).holds_at(place) == any(
        contains(c, place) for c in given_codes
    )
