"""Attacks on signing in, sessions and keys: what was possible once, and is no more."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kaejon.apps.access import accounts, credentials, tokens
from kaejon.apps.access.housekeeping import forget_what_is_over
from kaejon.apps.access.models import Session, User
from kaejon.apps.audit.models import Event
from kaejon.web.accounts import devices
from tests.cast import PASSWORD, Cast

NEW_PASSWORD = "ประโยคยาวพอสมควร-1"
OFFICE, ELSEWHERE = "10.0.0.7", "203.0.113.9"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36"


def browser(address: str = OFFICE) -> Client:
    return Client(REMOTE_ADDR=address, HTTP_USER_AGENT=CHROME)


def log_in(client: Client, username: str, password: str = PASSWORD) -> bool:
    """Try to sign in; True when the pages open."""
    client.post(reverse("account_login"), {"login": username, "password": password})
    return client.get(reverse("profile")).status_code == 200


def guess(client: Client, username: str, times: int) -> None:
    for _ in range(times):
        client.post(reverse("account_login"), {"login": username, "password": "wrong-password"})


def prove_again(client: Client) -> None:
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})


def verbs_of(user: User) -> list[str]:
    rows = Event.objects.filter(subject_type="user", subject_id=user.public_id)
    return [
        verb.removeprefix("account.") for verb in rows.order_by("pk").values_list("verb", flat=True)
    ]


# Locking out


def test_guessing_from_elsewhere_locks_nobody_out(cast: Cast) -> None:
    stranger = browser(ELSEWHERE)
    guess(stranger, "malee", 6)
    assert not log_in(stranger, "malee"), "whoever guesses waits"
    assert log_in(browser(OFFICE), "malee")


def test_a_colleague_at_the_same_address_locks_nobody_out_of_a_known_browser(cast: Cast) -> None:
    own = browser()
    assert log_in(own, "malee")
    own.post(reverse("account_logout"))
    guess(browser(), "malee", 12)
    assert not log_in(browser(), "malee"), "the address is refused in a new browser"
    assert log_in(own, "malee")


def test_many_attempts_of_one_address_shut_out_new_browsers_only(cast: Cast) -> None:
    own, stranger = browser(), browser()
    assert log_in(own, "malee")
    own.post(reverse("account_logout"))
    for n in range(31):
        typed = {"login": f"nobody-{n}", "password": "wrong-password"}
        answer = stranger.post(reverse("account_login"), typed)
        assert answer.status_code == 200, "refused in words, not by a bare code"
    assert not log_in(stranger, "somsak")
    assert log_in(own, "malee")


def test_a_known_browser_that_guesses_waits_as_well(cast: Cast) -> None:
    own = browser()
    log_in(own, "malee")
    own.post(reverse("account_logout"))
    guess(own, "malee", 5)
    assert not log_in(own, "malee")


def test_a_known_browser_is_known_for_its_own_people_only(cast: Cast) -> None:
    own = browser()
    log_in(own, "malee")
    own.post(reverse("account_logout"))
    guess(own, "somsak", 5)
    assert not log_in(own, "somsak")
    assert log_in(own, "malee")


def test_a_forged_device_is_no_known_browser(cast: Cast) -> None:
    client = browser()
    client.cookies[devices.COOKIE] = '{"device": "x", "people": [1]}'
    assert not devices.read(client.get("/healthz").wsgi_request)


def test_many_addresses_together_still_meet_a_limit(cast: Cast, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {
        "login_failed_account": "6/h/key"
    }
    for number in range(6):
        guess(browser(f"203.0.113.{number}"), "malee", 1)
    assert not log_in(browser("203.0.113.99"), "malee")


def test_user_name_and_mail_address_are_counted_as_one_account(cast: Cast) -> None:
    User.objects.filter(pk=cast.malee.pk).update(email="malee@office.example")
    client = browser()
    guess(client, "malee", 3)
    guess(client, "MALEE@office.example", 2)
    assert not log_in(client, "malee")


def test_the_counts_lie_in_the_database(cast: Cast) -> None:
    """What one server process counted holds in the next: nothing is kept in its memory."""
    guess(browser(), "malee", 5)
    from kaejon.apps.access.models import Counter

    Counter.objects.all().delete()
    assert log_in(browser(), "malee")


def test_a_lock_out_is_told_once_to_the_person(cast: Cast) -> None:
    guess(browser(ELSEWHERE), "malee", 9)
    assert verbs_of(cast.malee).count("lock_out") == 1


@pytest.mark.parametrize("field", ["login", "password"])
def test_a_megabyte_at_the_login_page_asks_the_database_nothing(cast: Cast, field: str) -> None:
    form = {"login": "malee", "password": "wrong"} | {field: "x" * 1_000_000}
    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer = browser().post(reverse("account_login"), form)
    assert answer.status_code == 200
    assert not [query for query in asked.captured_queries if "access_user" in query["sql"]]


# Sessions


def test_a_session_ends_after_its_hours_however_busy_it_is(cast: Cast, settings: Any) -> None:
    client = browser()
    log_in(client, "malee")
    began = client.session["began"]
    session = client.session
    session["last_seen"] = int(time.time()) - 120
    session.save()
    client.get(reverse("household_list"))
    row = Session.objects.get(session_key=client.session.session_key)
    assert row.expire_date.timestamp() == began + settings.SESSION_COOKIE_AGE
    session = client.session
    session["began"] = began - settings.SESSION_COOKIE_AGE
    session.save()
    assert client.get(reverse("household_list"))["Location"].startswith("/accounts/login")


def test_the_progress_of_a_job_keeps_no_session_awake(cast: Cast) -> None:
    client = browser()
    log_in(client, "malee")
    session = client.session
    session["last_seen"] = seen = int(time.time()) - 120
    session.save()
    client.get("/households/print/00000000-0000-0000-0000-000000000000/progress/")
    assert client.session["last_seen"] == seen
    client.get(reverse("household_list"))
    assert client.session["last_seen"] > seen


def test_an_old_session_does_not_wake_when_a_closed_account_opens_again(cast: Cast) -> None:
    client = browser()
    log_in(client, "malee")
    accounts.disable(user=cast.malee, reason="ย้าย", by=cast.anan)
    accounts.enable(user=cast.malee, reason="กลับมา", by=cast.anan)
    assert client.get(reverse("profile")).status_code == 302


def test_an_old_session_does_not_wake_when_an_expired_account_is_prolonged(cast: Cast) -> None:
    client = browser()
    log_in(client, "malee")
    yesterday = timezone.localdate() - timedelta(days=1)
    User.objects.filter(pk=cast.malee.pk).update(expires_on=yesterday)
    accounts.set_expiry(user=cast.malee, expires_on=None, by=cast.anan)
    assert client.get(reverse("profile")).status_code == 302


def test_the_worker_ends_sessions_of_accounts_past_their_last_day(cast: Cast) -> None:
    client = browser()
    log_in(client, "malee")
    yesterday = timezone.localdate() - timedelta(days=1)
    User.objects.filter(pk=cast.malee.pk).update(expires_on=yesterday)
    assert forget_what_is_over() >= 1
    assert not Session.objects.filter(user=cast.malee).exists()


def test_a_person_sees_where_she_is_signed_in_and_ends_it(cast: Cast) -> None:
    here, there, other = browser(), browser(), browser()
    for client in (here, there):
        log_in(client, "malee")
    log_in(other, "somsak")
    text = here.get(reverse("profile")).content.decode()
    assert text.count("Chrome · Windows") == 2
    assert there.session.session_key not in text
    marks = set(re.findall(r"/people/me/sessions/([0-9a-f]{32})/end/", text))
    assert len(marks) == 1
    here.post(reverse("session_end", args=[marks.pop()]))
    assert there.get(reverse("profile")).status_code == 302
    assert here.get(reverse("profile")).status_code == 200
    assert other.get(reverse("profile")).status_code == 200


def test_nobody_ends_the_session_of_another(cast: Cast) -> None:
    from kaejon.apps.access.sessions import mark_of

    mine, theirs = browser(), browser()
    log_in(mine, "malee")
    log_in(theirs, "somsak")
    mine.post(reverse("session_end", args=[mark_of(theirs.session.session_key)]))
    assert theirs.get(reverse("profile")).status_code == 200


# Keys for programs and the password


def key_works(raw: str) -> bool:
    answer = Client().get("/api/v1/households", headers={"Authorization": f"Bearer {raw}"})
    return answer.status_code == 200


def test_a_new_password_ends_keys_and_other_sessions(cast: Cast) -> None:
    _, raw = tokens.create_token(user=cast.malee, name="x", expires_on=timezone.localdate())
    here, there = browser(), browser()
    for client in (here, there):
        log_in(client, "malee")
    form = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    assert here.post(reverse("account_change_password"), form).status_code == 302
    assert not key_works(raw)
    assert not Session.objects.filter(session_key=there.session.session_key).exists()
    assert here.get(reverse("profile")).status_code == 200
    event = Event.objects.get(verb="account.password")
    assert event.changes["keys_ended"] == ["x"]
    assert event.actor_id == cast.malee.public_id


def second_step(user: User) -> str:
    """Switch the second step on; the code of this moment."""
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    TOTP.activate(user, secret)
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def test_a_key_is_made_only_after_password_and_second_step(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.malee)
    code = second_step(cast.malee)
    address = reverse("token_create")
    assert client.get(address)["Location"].startswith(reverse("account_reauthenticate"))
    prove_again(client)
    assert client.get(address)["Location"].startswith(reverse("mfa_reauthenticate"))
    client.post(reverse("mfa_reauthenticate"), {"code": code})
    assert client.get(address).status_code == 200


def test_an_old_proof_does_not_make_a_key(cast: Cast, settings: Any) -> None:
    client = Client()
    client.force_login(cast.malee)
    prove_again(client)
    form = {"name": "x", "expires_on": f"{timezone.localdate():%d/%m/%Y}"}
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = -1
    assert client.post(reverse("token_create"), form).status_code == 302
    assert not cast.malee.api_tokens.exists()


@pytest.mark.parametrize("word", ["enum2enum2enum2", "Enum2-enum2-1", "short-enough", "enum2-2569"])
def test_a_password_is_more_than_the_user_name_and_long(cast: Cast, word: str) -> None:
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    if word == "short-enough":
        validate_password(word, User(username="enum2"))
        word = word[:11]
    with pytest.raises(ValidationError):
        validate_password(word, User(username="enum2"))


def test_an_open_session_does_not_send_the_link_for_a_new_password_elsewhere(
    cast: Cast, mailoutbox: list[EmailMessage]
) -> None:
    own = browser()
    log_in(own, "malee")
    own.post("/accounts/email/", {"email": "elsewhere@example.org", "action_add": ""})
    browser(ELSEWHERE).post(reverse("account_reset_password"), {"email": "elsewhere@example.org"})
    assert not [mail for mail in mailoutbox if "/password/reset/key/" in mail.body]
    assert own.get("/accounts/email/").status_code == 404


# What the history and the person learn


def test_wrong_codes_recovery_codes_and_the_second_step_stand_in_the_history(cast: Cast) -> None:
    code = second_step(cast.malee)
    client = browser()
    client.post(reverse("account_login"), {"login": "malee", "password": PASSWORD})
    for _ in range(2):
        client.post(reverse("mfa_authenticate"), {"code": "000000"})
    client.post(reverse("mfa_authenticate"), {"code": code})
    assert client.get(reverse("profile")).status_code == 200
    assert verbs_of(cast.malee)[-3:] == ["second_step_failed", "second_step_failed", "sign_in"]
    prove_again(client)
    client.post(reverse("mfa_generate_recovery_codes"))
    recovery = Authenticator.objects.get(user=cast.malee, type="recovery_codes").wrap()
    client.post(reverse("account_logout"))
    client.post(reverse("account_login"), {"login": "malee", "password": PASSWORD})
    client.post(reverse("mfa_authenticate"), {"code": recovery.get_unused_codes()[0]})
    assert verbs_of(cast.malee)[-3:] == ["sign_out", "recovery_code", "sign_in"]
    prove_again(client)
    client.post(reverse("mfa_deactivate_totp"))
    assert "second_step_off" in verbs_of(cast.malee)


def test_events_of_sign_in_bear_the_mark_of_an_address_and_not_the_address(cast: Cast) -> None:
    guess(browser(ELSEWHERE), "malee", 2)
    guess(browser(OFFICE), "malee", 1)
    events = Event.objects.filter(verb="account.sign_in_failed").order_by("pk")
    marks = [event.client for event in events]
    assert marks[0] == marks[1] != marks[2]
    assert all(marks)
    assert ELSEWHERE not in str(list(Event.objects.values()))


def test_what_others_tried_is_told_at_the_next_sign_in_and_only_then(cast: Cast) -> None:
    own = browser()
    log_in(own, "malee")
    own.post(reverse("account_logout"))
    guess(browser(ELSEWHERE), "malee", 6)
    User.objects.filter(pk=cast.malee.pk).update(language="en")
    own.post(reverse("account_login"), {"login": "malee", "password": PASSWORD})
    assert own.get(reverse("profile")).content.decode().count("Too many attempts") == 2
    assert own.get(reverse("profile")).content.decode().count("Too many attempts") == 1
    assert [event.verb for event in credentials.news_for(cast.malee)] == ["account.lock_out"]
    own.post(reverse("account_logout"))
    log_in(own, "malee")
    assert credentials.news_for(cast.malee) == []


# What the browser keeps


def test_signing_out_empties_the_cache_and_never_the_storage(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.malee)
    assert "Clear-Site-Data" not in client.get(reverse("profile"))
    answer = client.post(reverse("account_logout"))
    assert answer["Clear-Site-Data"] == '"cache"'


def test_the_pages_may_ask_for_a_place_and_for_no_other_sense(cast: Cast) -> None:
    policy = Client().get(reverse("account_login"))["Permissions-Policy"]
    assert "camera=()" in policy
    assert "microphone=()" in policy
    assert "geolocation=(self)" in policy
