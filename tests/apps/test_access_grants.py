"""Grants: given inside one's own area, never to oneself, ended and never edited."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone

from kaejon.apps.access import accounts, invitations, links, tokens
from kaejon.apps.access.actions import assign_role, end_assignment, hand_over
from kaejon.apps.access.models import Invitation, RoleAssignment, User
from kaejon.apps.access.queries import accounts_visible_to, manages_whole, sights_of
from kaejon.apps.access.refusals import AccessRefused, NotPermitted
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import may, scope_of
from kaejon.apps.audit.models import Event
from tests.cast import LONG_AGO, Cast, make_user

TODAY = timezone.localdate


def give(cast: Cast, user: User, role: str, area: str, by: User, **more: object) -> RoleAssignment:
    return assign_role(
        user=user,
        role=role,
        area=area,
        organization=cast.organizations["province"],
        purpose="งานทดสอบ",
        valid_from=LONG_AGO,
        by=by,
        **more,
    )


def fresh(user: User) -> User:
    """The account read again, with nothing remembered of its scope."""
    return User.objects.get(pk=user.pk)


@pytest.fixture
def nok(cast: Cast) -> User:
    """Administers the district 3301 only."""
    user = make_user("nok", "นก", "อำเภอ")
    give(cast, user, "administrator", "3301", cast.anan)
    return user


def test_a_manager_gives_roles_only_inside_her_own_area(cast: Cast, nok: User) -> None:
    give(cast, cast.stranger, "viewer", "330102", nok)
    assert may(fresh(cast.stranger), Permission.SEE_HOUSEHOLDS, at="330102")
    for outside in ("33", "3302", "330201"):
        with pytest.raises(NotPermitted):
            give(cast, cast.stranger, "viewer", outside, nok)


def test_nobody_gives_herself_a_role(cast: Cast) -> None:
    with pytest.raises(AccessRefused) as refused:
        give(cast, cast.anan, "province_officer", "33", cast.anan)
    assert refused.value.code == "own_account"
    assert not may(fresh(cast.anan), Permission.SEE_HOUSEHOLDS)


def test_somebody_without_the_role_of_administrator_gives_nothing(cast: Cast) -> None:
    with pytest.raises(NotPermitted):
        give(cast, cast.stranger, "viewer", "330101", cast.wanna)


def test_an_ended_role_opens_nothing_the_day_after_and_keeps_its_row(cast: Cast) -> None:
    row = RoleAssignment.objects.get(user=cast.malee)
    ended = end_assignment(assignment=row, last_day=TODAY(), by=cast.anan, reason="ย้าย")
    malee = fresh(cast.malee)
    assert may(malee, Permission.SEE_HOUSEHOLDS)
    tomorrow = TODAY() + timedelta(days=1)
    assert not scope_of(malee, Permission.SEE_HOUSEHOLDS, on=tomorrow)
    assert (ended.valid_from, ended.ended_by) == (LONG_AGO, cast.anan)
    event = Event.objects.get(verb="access.end")
    assert event.changes["until"] == {"from": "", "to": str(TODAY())}


def test_an_end_cannot_be_moved_later(cast: Cast) -> None:
    row = RoleAssignment.objects.get(user=cast.malee)
    end_assignment(assignment=row, last_day=TODAY(), by=cast.anan)
    with pytest.raises(AccessRefused) as refused:
        end_assignment(assignment=row, last_day=TODAY() + timedelta(days=30), by=cast.anan)
    assert refused.value.code == "ended_already"


def test_a_role_does_not_end_before_it_begins(cast: Cast) -> None:
    row = RoleAssignment.objects.get(user=cast.malee)
    with pytest.raises(AccessRefused) as refused:
        end_assignment(assignment=row, last_day=LONG_AGO - timedelta(days=1), by=cast.anan)
    assert refused.value.code == "ends_before_start"


def test_the_taker_holds_what_the_giver_held_from_that_day_on(cast: Cast) -> None:
    on = TODAY() + timedelta(days=5)
    hand_over(giver=cast.malee, taker=cast.stranger, on=on, by=cast.anan)
    malee, taker = fresh(cast.malee), fresh(cast.stranger)
    day_before = on - timedelta(days=1)
    assert scope_of(malee, Permission.EDIT_HOUSEHOLDS, on=day_before).areas == ("330101",)
    assert not scope_of(malee, Permission.EDIT_HOUSEHOLDS, on=on)
    assert not scope_of(taker, Permission.EDIT_HOUSEHOLDS, on=day_before)
    assert scope_of(taker, Permission.EDIT_HOUSEHOLDS, on=on).areas == ("330101",)


def test_a_hand_over_beyond_the_managers_area_changes_nothing(cast: Cast, nok: User) -> None:
    with pytest.raises(NotPermitted):
        hand_over(giver=cast.wanna, taker=cast.stranger, on=TODAY(), by=nok)
    assert not RoleAssignment.objects.filter(user=cast.stranger).exists()


def test_work_cannot_be_handed_over_to_oneself(cast: Cast) -> None:
    with pytest.raises(AccessRefused):
        hand_over(giver=cast.wanna, taker=cast.anan, on=TODAY(), by=cast.anan)


def end_by(way: str, cast: Cast) -> None:
    if way == "disable":
        accounts.disable(user=cast.anan, reason="ลาออก", by=cast.operator)
    elif way == "expire":
        accounts.set_expiry(user=cast.anan, expires_on=TODAY(), by=cast.operator)
    else:
        row = RoleAssignment.objects.get(user=cast.anan)
        end_assignment(assignment=row, last_day=TODAY(), by=cast.operator)


@pytest.mark.parametrize("way", ["disable", "expire", "end"])
def test_the_last_administrator_stays(cast: Cast, nok: User, way: str) -> None:
    """Nok's district lies inside Anan's province, not the other way round."""
    with pytest.raises(AccessRefused) as refused:
        end_by(way, cast)
    assert refused.value.code == "last_administrator"
    assert may(fresh(cast.anan), Permission.MANAGE_ACCOUNTS)


def test_an_administrator_goes_when_another_covers_the_area(cast: Cast, nok: User) -> None:
    accounts.disable(user=nok, reason="ย้าย", by=cast.anan)
    assert not fresh(nok).is_active
    give(cast, cast.stranger, "administrator", "33", cast.anan)
    accounts.disable(user=cast.anan, reason="ลาออก", by=fresh(cast.stranger))
    assert not may(fresh(cast.anan), Permission.MANAGE_ACCOUNTS)


def test_a_disabled_account_opens_nothing_and_its_keys_are_dead(cast: Cast) -> None:
    _, raw = tokens.create_token(user=cast.malee, name="x", expires_on=TODAY())
    assert tokens.resolve_token(raw) == cast.malee
    accounts.disable(user=cast.malee, reason="ย้าย", by=cast.anan)
    assert not may(fresh(cast.malee), Permission.SEE_HOUSEHOLDS)
    assert tokens.resolve_token(raw) is None
    accounts.enable(user=cast.malee, reason="กลับมา", by=cast.anan)
    assert tokens.resolve_token(raw) is None


def test_an_expired_account_opens_nothing_after_its_last_day(cast: Cast) -> None:
    accounts.set_expiry(user=cast.malee, expires_on=TODAY(), by=cast.anan)
    malee = fresh(cast.malee)
    assert scope_of(malee, Permission.SEE_HOUSEHOLDS, on=TODAY())
    assert not scope_of(malee, Permission.SEE_HOUSEHOLDS, on=TODAY() + timedelta(days=1))


def test_a_manager_changes_only_accounts_wholly_inside_her_area(cast: Cast, nok: User) -> None:
    assert manages_whole(nok, cast.malee)
    give(cast, cast.malee, "viewer", "3302", cast.anan)
    assert not manages_whole(nok, fresh(cast.malee))
    with pytest.raises(AccessRefused) as refused:
        accounts.disable(user=cast.malee, reason="x", by=nok)
    assert refused.value.code == "outside_area"


def test_a_manager_sees_the_accounts_of_her_area(cast: Cast, nok: User) -> None:
    seen = set(accounts_visible_to(nok).values_list("username", flat=True))
    assert seen == {"malee", "somsak", "darunee", "orathai", "kamon", "nok"}
    assert not accounts_visible_to(cast.malee).exists()
    assert cast.operator not in accounts_visible_to(cast.anan)


def test_the_second_step_falls_only_with_a_reason(cast: Cast) -> None:
    with pytest.raises(AccessRefused) as refused:
        links.second_step_link(user=cast.malee, reason=" ", by=cast.anan)
    assert refused.value.code == "reason_missing"
    links.second_step_link(user=cast.malee, reason="โทรศัพท์หาย", by=cast.anan)
    assert Event.objects.get(verb="account.second_step_link_alone").reason == "โทรศัพท์หาย"


def test_a_sight_says_whether_households_are_seen(cast: Cast) -> None:
    held = {name: sights_of(getattr(cast, name))[0] for name in ("malee", "preecha", "anan")}
    assert {name: sight.households for name, sight in held.items()} == {
        "malee": "area",
        "preecha": "granted",
        "anan": "none",
    }
    assert sights_of(cast.stranger) == []


def invited(cast: Cast, username: str = "somying", email: str = "") -> tuple[User, str]:
    return invitations.invite(
        person=invitations.NewPerson(username, "สมหญิง", "มาใหม่", email=email),
        first_role=invitations.FirstRole(
            "enumerator", "330101", cast.organizations["tao"], "สำรวจ", LONG_AGO
        ),
        by=cast.anan,
    )


def test_an_invited_person_sets_a_password_once(cast: Cast) -> None:
    user, raw = invited(cast)
    assert not user.has_usable_password()
    accepted = invitations.accept(raw=raw, password="ประโยคยาวพอสมควร-1", language="en")
    assert accepted.check_password("ประโยคยาวพอสมควร-1")
    assert accepted.language == "en"
    with pytest.raises(AccessRefused) as refused:
        invitations.accept(raw=raw, password="อีกครั้งหนึ่งนะครับ-2", language="th")
    assert refused.value.code == "link_dead"


def test_only_the_hash_of_a_link_is_stored(cast: Cast) -> None:
    _, raw = invited(cast)
    stored = Invitation.objects.get().token_hash
    assert raw not in stored
    assert stored == links.fingerprint(raw)


def test_a_link_dies_after_seven_days_and_with_its_account(cast: Cast) -> None:
    user, raw = invited(cast)
    held = Invitation.objects.get()
    assert timedelta(days=6, hours=23) < held.expires_at - timezone.now() <= timedelta(days=7)
    accounts.disable(user=user, reason="ผิดคน", by=cast.anan)
    assert links.invitation_of(raw) is None
    accounts.enable(user=user, reason="ถูกคน", by=cast.anan)
    assert links.invitation_of(raw) is not None
    Invitation.objects.update(expires_at=timezone.now())
    assert links.invitation_of(raw) is None


def test_a_new_link_kills_the_older(cast: Cast) -> None:
    user, first = invited(cast)
    second = links.invite_again(user=user, by=cast.anan)
    assert links.invitation_of(first) is None
    assert links.invitation_of(second) is not None


def test_two_people_do_not_share_a_name_or_an_address(cast: Cast) -> None:
    invited(cast, email="a@example.org")
    with pytest.raises(AccessRefused) as refused:
        invited(cast, username="SOMYING")
    assert refused.value.code == "username_taken"
    with pytest.raises(AccessRefused) as refused:
        invited(cast, username="other", email="A@example.org")
    assert refused.value.code == "email_taken"


def test_an_invitation_outside_the_area_leaves_no_account_behind(cast: Cast, nok: User) -> None:
    with pytest.raises(NotPermitted):
        invitations.invite(
            person=invitations.NewPerson("faraway", "ไกล", "มาก"),
            first_role=invitations.FirstRole(
                "viewer", "33", cast.organizations["province"], "x", LONG_AGO
            ),
            by=nok,
        )
    assert not User.objects.filter(username="faraway").exists()


@pytest.mark.parametrize("days", [-1, 367])
def test_a_key_lives_from_today_up_to_a_year(cast: Cast, days: int) -> None:
    with pytest.raises(AccessRefused):
        tokens.create_token(user=cast.malee, name="x", expires_on=TODAY() + timedelta(days=days))


def test_a_revoked_unknown_or_expired_key_speaks_for_nobody(cast: Cast) -> None:
    token, raw = tokens.create_token(user=cast.malee, name="x", expires_on=TODAY())
    tokens.revoke_token(token=token, by=cast.malee)
    assert tokens.resolve_token(raw) is None
    assert tokens.resolve_token("kaejon_unknown") is None
    token, raw = tokens.create_token(user=cast.malee, name="y", expires_on=TODAY())
    type(token).objects.filter(pk=token.pk).update(expires_on=date(2020, 1, 1))
    assert tokens.resolve_token(raw) is None


def test_a_key_waits_for_the_second_step_its_role_needs(cast: Cast, settings: Any) -> None:
    _, raw = tokens.create_token(user=cast.malee, name="x", expires_on=TODAY())
    settings.MFA_REQUIRED_ROLES = ["tambon_officer"]
    assert tokens.resolve_token(raw) is None
    Authenticator.objects.create(user=cast.malee, type=Authenticator.Type.TOTP, data={})
    assert tokens.resolve_token(raw) == cast.malee
