"""Accounts in the browser: invited, signed in, handed over, closed; and the limits of a session."""

from __future__ import annotations

import re
import time
from datetime import date, timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kaejon.apps.access.models import Invitation, RoleAssignment, User
from kaejon.apps.audit.models import Event
from kaejon.web.people.asking import ThaiDateField
from tests.apps.history import everything_recorded
from tests.cast import PASSWORD, Cast

NEW_PASSWORD = "ประโยคยาวพอสมควร-1"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def log_in(client: Client, username: str, password: str) -> Any:
    return client.post(reverse("account_login"), {"login": username, "password": password})


def prove_again(client: Client, **also: str) -> Any:
    """Give the password once more, as before a key is made."""
    return client.post(reverse("account_reauthenticate"), {"password": PASSWORD, **also})


def page(name: str, user: User) -> str:
    return reverse(name, args=[user.public_id])


def invitation_form(cast: Cast) -> dict[str, Any]:
    return {
        "first_name": "สมหญิง",
        "last_name": "มาใหม่",
        "username": "somying",
        "role": "enumerator",
        "area": "330101",
        "organization": cast.organizations["tao"].pk,
        "purpose": "สำรวจครัวเรือน",
        "valid_from": "1/10/2568",
        "valid_until": "",
    }


def link_in(response: Any) -> str:
    found = re.search(r"<code>http[^<]*?(/people/join/[^<]+)</code>", response.content.decode())
    assert found, "the page shows no link"
    return found[1]


def test_a_person_is_invited_sets_a_password_and_signs_in(cast: Cast) -> None:
    shown = signed_in(cast.anan).post(reverse("account_invite"), invitation_form(cast))
    assert shown.status_code == 200
    link, guest = link_in(shown), Client()
    assert guest.get(link).status_code == 200
    done = guest.post(link, {"password": NEW_PASSWORD, "again": NEW_PASSWORD, "language": "th"})
    assert done.status_code == 302
    assert guest.get(link).status_code == 404
    assert log_in(guest, "somying", NEW_PASSWORD).status_code == 302
    assert guest.get(reverse("household_list")).status_code == 200
    row = RoleAssignment.objects.get(user__username="somying")
    assert (str(row.valid_from), row.granted_by) == ("2025-10-01", cast.anan)


def test_the_link_is_shown_once_and_kept_nowhere(cast: Cast) -> None:
    client = signed_in(cast.anan)
    raw = link_in(client.post(reverse("account_invite"), invitation_form(cast))).split("/")[-2]
    user = User.objects.get(username="somying")
    assert raw not in client.get(page("account_page", user)).content.decode()
    assert raw not in str(list(client.session.items()))
    assert raw not in str(list(Invitation.objects.values())) + everything_recorded()


def test_the_link_goes_by_mail_where_a_mail_server_is_set(
    cast: Cast, settings: Any, mailoutbox: list[Any]
) -> None:
    form = invitation_form(cast) | {"email": "somying@example.org"}
    settings.EMAIL_HOST = "mail.example.org"
    shown = signed_in(cast.anan).post(reverse("account_invite"), form)
    assert "/people/join/" not in shown.content.decode()
    assert [mail.to for mail in mailoutbox] == [["somying@example.org"]]
    assert "/people/join/" in mailoutbox[0].body


def test_a_page_with_a_secret_is_not_kept_by_the_browser(cast: Cast) -> None:
    shown = signed_in(cast.anan).post(reverse("account_invite"), invitation_form(cast))
    assert shown["Cache-Control"] == "no-store"


def test_a_weak_or_unequal_password_is_refused_beside_the_field(cast: Cast) -> None:
    link = link_in(signed_in(cast.anan).post(reverse("account_invite"), invitation_form(cast)))
    for first, second in (
        ("short", "short"),
        (NEW_PASSWORD, NEW_PASSWORD + "x"),
        ("password1234", "password1234"),
    ):
        answer = Client().post(link, {"password": first, "again": second, "language": "th"})
        assert answer.status_code == 422
    assert not User.objects.get(username="somying").has_usable_password()


@pytest.mark.parametrize("weak", ["short", "password1234", "somyingsomying", "somying-2569"])
def test_a_weak_password_is_refused_in_thai_only(cast: Cast, weak: str) -> None:
    link = link_in(signed_in(cast.anan).post(reverse("account_invite"), invitation_form(cast)))
    form = {"password": weak, "again": weak, "language": "th"}
    answer = Client().post(link, form, headers={"accept-language": "th"})
    errors = [str(word) for words in answer.context["form"].errors.values() for word in words]
    assert errors
    assert not re.search("[A-Za-z]", " ".join(errors)), errors


def test_a_first_password_and_a_later_one_are_told_apart(cast: Cast) -> None:
    link = link_in(signed_in(cast.anan).post(reverse("account_invite"), invitation_form(cast)))
    form = {"password": NEW_PASSWORD, "again": NEW_PASSWORD, "language": "th"}
    Client().post(link, form)
    user = User.objects.get(username="somying")
    Client().post(link_in(signed_in(cast.anan).post(page("account_link", user))), form)
    text = signed_in(User.objects.get(pk=user.pk)).get(reverse("profile")).content.decode()
    assert text.count("ตั้งรหัสผ่านครั้งแรก") == 1
    assert text.count("ตั้งรหัสผ่านใหม่ด้วยลิงก์") == 1


def test_the_invitation_form_keeps_to_the_managers_area(cast: Cast) -> None:
    wrong = invitation_form(cast) | {"area": "34"}
    answer = signed_in(cast.anan).post(reverse("account_invite"), wrong)
    assert answer.status_code == 422
    assert not User.objects.filter(username="somying").exists()


def test_an_impossible_day_is_refused_with_an_example(cast: Cast) -> None:
    wrong = invitation_form(cast) | {"valid_from": "31/2/2569"}
    answer = signed_in(cast.anan).post(reverse("account_invite"), wrong)
    assert answer.status_code == 422
    assert "21/11/2569" in answer.content.decode()


def test_a_disabled_person_is_out_at_once_and_cannot_come_back(cast: Cast) -> None:
    malee = signed_in(cast.malee)
    assert malee.get(reverse("household_list")).status_code == 200
    signed_in(cast.anan).post(page("account_disable", cast.malee), {"reason": "ย้าย"})
    assert malee.get(reverse("household_list"))["Location"].startswith("/accounts/login")
    log_in(malee, "malee", PASSWORD)
    assert malee.get(reverse("household_list")).status_code == 302


def test_an_account_past_its_last_day_meets_a_page_that_says_so(cast: Cast) -> None:
    User.objects.filter(pk=cast.malee.pk).update(
        expires_on=timezone.localdate() - timedelta(days=1)
    )
    answer = log_in(Client(), "malee", PASSWORD)
    assert answer.status_code == 403
    assert "account/expired.html" in [t.name for t in answer.templates]


def test_the_work_is_handed_over_from_a_day_on(cast: Cast) -> None:
    client = signed_in(cast.anan)
    asked = client.get(page("account_hand_over", cast.malee)).content.decode()
    assert "330101" not in asked
    done = client.post(
        page("account_hand_over", cast.malee),
        {"taker": cast.stranger.pk, "on": f"{timezone.localdate():%d/%m/%Y}"},
    )
    assert done.status_code == 302
    assert signed_in(cast.stranger).get(reverse("household_list")).status_code == 200


def test_the_last_administrator_is_told_why_nothing_happens(cast: Cast) -> None:
    client = signed_in(cast.anan)
    answer = client.post(page("account_disable", cast.anan), {"reason": "x"})
    assert answer.status_code == 422
    assert User.objects.get(pk=cast.anan.pk).is_active


def test_the_page_of_an_account_says_what_it_can_see(cast: Cast) -> None:
    client = signed_in(cast.anan)
    client.cookies["django_language"] = "en"
    text = client.get(page("account_page", cast.malee)).content.decode()
    assert "Sees every household of" in text
    text = client.get(page("account_page", cast.preecha)).content.decode()
    assert "that were opened to" in text
    text = client.get(page("account_page", cast.stranger)).content.decode()
    assert "Nothing: no role is in force" in text


def test_the_list_of_accounts_costs_the_same_for_many(
    cast: Cast, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        user = User.objects.create(username=f"u{number}")
        RoleAssignment.objects.create(
            user=user,
            role="viewer",
            area_id="330101",
            organization=cast.organizations["tao"],
            purpose="x",
            valid_from="2020-01-01",
            granted_by=cast.operator,
        )
    client = signed_in(cast.anan)
    with django_assert_max_num_queries(16):
        assert client.get(reverse("account_list")).status_code == 200


def test_an_organization_is_not_overwritten_by_another_with_its_code(cast: Cast) -> None:
    tao = cast.organizations["tao"]
    form = {"name_th": "อื่น", "code": tao.code, "sector": "local", "area": "330101"}
    assert signed_in(cast.anan).post(reverse("organization_add"), form).status_code == 422
    tao.refresh_from_db()
    assert tao.name_th != "อื่น"


def test_the_own_page_changes_the_language_of_the_pages(cast: Cast) -> None:
    client = signed_in(cast.malee)
    form = {"first_name": "มาลี", "last_name": "ใจดี", "position": "นักพัฒนาชุมชน", "language": "en"}
    assert client.post(reverse("profile"), form).status_code == 302
    assert "What you can see" in client.get(reverse("profile")).content.decode()
    assert User.objects.get(pk=cast.malee.pk).position == "นักพัฒนาชุมชน"


def test_a_key_is_shown_once_and_stopped(cast: Cast) -> None:
    client = signed_in(cast.malee)
    assert client.get(reverse("token_create"))["Location"].startswith("/accounts/reauthenticate/")
    prove_again(client)
    shown = client.post(
        reverse("token_create"),
        {"name": "รายงาน", "expires_on": f"{timezone.localdate():%d/%m/%Y}"},
    ).content.decode()
    raw = re.search(r"<code>(kaejon_[^<]+)</code>", shown)
    assert raw
    headers = {"Authorization": f"Bearer {raw[1]}"}
    assert Client().get("/api/v1/households", headers=headers).status_code == 200
    token = cast.malee.api_tokens.get()
    client.post(reverse("token_revoke", args=[token.public_id]), {})
    assert Client().get("/api/v1/households", headers=headers).status_code == 401
    assert raw[1] not in client.get(reverse("profile")).content.decode()


# The second step


def give_second_step(user: User) -> None:
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})


def test_a_role_that_needs_the_second_step_opens_nothing_before(cast: Cast, settings: Any) -> None:
    settings.MFA_REQUIRED_ROLES = ["tambon_officer"]
    malee = signed_in(cast.malee)
    for name in ("household_list", "dashboard", "profile", "token_create", "mfa_index"):
        assert malee.get(reverse(name))["Location"] == reverse("mfa_activate_totp")
    assert malee.get(reverse("account_logout")).status_code == 200
    assert signed_in(cast.darunee).get(reverse("household_list")).status_code == 200
    give_second_step(cast.malee)
    assert malee.get(reverse("household_list")).status_code == 200


def test_with_a_second_step_the_password_alone_does_not_sign_in(cast: Cast) -> None:
    give_second_step(cast.malee)
    client = Client()
    assert log_in(client, "malee", PASSWORD)["Location"].startswith(reverse("mfa_authenticate"))
    assert client.get(reverse("household_list"))["Location"].startswith("/accounts/login")


def test_a_link_for_a_lost_phone_asks_for_a_reason(cast: Cast) -> None:
    give_second_step(cast.malee)
    client = signed_in(cast.anan)
    assert client.post(page("account_reset_mfa", cast.malee), {"reason": ""}).status_code == 422
    link = link_in(client.post(page("account_reset_mfa", cast.malee), {"reason": "โทรศัพท์หาย"}))
    assert Authenticator.objects.filter(user=cast.malee).exists()
    assert Client().post(link, {"password": PASSWORD}).status_code == 302
    assert not Authenticator.objects.filter(user=cast.malee).exists()


# Limits of signing in and of a session


def test_after_five_wrong_passwords_even_the_right_one_waits(cast: Cast) -> None:
    client = Client()
    for _ in range(5):
        log_in(client, "malee", "wrong-password")
    assert log_in(client, "malee", PASSWORD).status_code != 302
    assert log_in(Client(REMOTE_ADDR="10.0.0.9"), "somsak", PASSWORD).status_code == 302


def test_a_session_that_stood_idle_is_over(cast: Cast, settings: Any) -> None:
    client = signed_in(cast.malee)
    client.get(reverse("household_list"))
    session = client.session
    session["last_seen"] = int(time.time()) - settings.SESSION_IDLE_SECONDS - 1
    session.save()
    assert client.get(reverse("household_list"))["Location"].startswith("/accounts/login")


def test_a_session_ends_with_the_last_day_of_its_account(cast: Cast) -> None:
    client = signed_in(cast.malee)
    assert client.get(reverse("household_list")).status_code == 200
    User.objects.filter(pk=cast.malee.pk).update(
        expires_on=timezone.localdate() - timedelta(days=1)
    )
    assert client.get(reverse("household_list"))["Location"].startswith("/accounts/login")


def test_nobody_signs_up_alone(cast: Cast) -> None:
    form = {"username": "me", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    Client().post(reverse("account_signup"), form)
    assert not User.objects.filter(username="me").exists()


def test_sign_ins_stand_in_the_history_without_what_was_typed(cast: Cast) -> None:
    client = Client()
    log_in(client, "malee", "secret-typed-wrong")
    log_in(client, "unknown-typed-name", "secret-typed-wrong")
    log_in(client, "malee", PASSWORD)
    client.post(reverse("account_logout"))
    rows = Event.objects.filter(verb__startswith="account.sign").order_by("pk")
    assert [row.verb.removeprefix("account.") for row in rows] == [
        "sign_in_failed",
        "sign_in_failed",
        "sign_in",
        "sign_out",
    ]
    assert [row.subject_id for row in rows] == [
        cast.malee.public_id,
        "",
        *[cast.malee.public_id] * 2,
    ]
    assert [row.area_code for row in rows] == ["330101", "00", "330101", "330101"]
    assert "typed" not in str(list(rows.values()))


@pytest.mark.parametrize("text", ["1/1/2567", "๑ ม.ค. ๒๕๖๗", "2024-01-01"])
def test_the_first_of_january_is_a_day_like_any_other(text: str) -> None:
    assert ThaiDateField().clean(text) == date(2024, 1, 1)


@pytest.mark.parametrize("text", ["2567", "พ.ศ. 2567", "1/2567", "0/0/2567", "31/2/2567"])
def test_a_year_alone_or_a_day_that_never_was_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        ThaiDateField().clean(text)
