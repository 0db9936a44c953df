"""An administrator cannot become an officer: every way that once worked, tried again."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kaejon.apps.access import accounts, confirmations, invitations, links, tokens
from kaejon.apps.access.actions import assign_role, hand_over
from kaejon.apps.access.models import Confirmation, Invitation, User
from kaejon.apps.access.refusals import AccessRefused, NotPermitted
from kaejon.apps.audit.models import Event
from tests.cast import LONG_AGO, PASSWORD, Cast, make_user

NEW_PASSWORD = "ประโยคยาวพอสมควร-1"
LINK = re.compile(r"<code>http[^<]*?(/people/join/[^<]+)</code>")


@pytest.fixture
def nok(cast: Cast) -> User:
    """A second administrator, of Malee's district, made on the server."""
    nok = make_user("nok", "นก", "อำเภอ")
    give(cast, nok, "administrator", "3301", cast.operator)
    return nok


def give(cast: Cast, user: User, role: str, area: str, by: User) -> None:
    organization = cast.organizations["province"]
    assign_role(
        user=user,
        role=role,
        area=area,
        organization=organization,
        purpose="งาน",
        valid_from=LONG_AGO,
        by=by,
    )


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def asked_link(by: User, user: User) -> Any:
    return signed_in(by).post(reverse("account_link", args=[user.public_id]))


def link_in(response: Any) -> str:
    shown = LINK.search(response.content.decode())
    assert shown, "the page shows no link"
    return shown[1]


def set_password(link: str, client: Client | None = None, **also: str) -> int:
    form = {"password": NEW_PASSWORD, "again": NEW_PASSWORD, "language": "th", **also}
    return int((client or Client()).post(link, form).status_code)


def code_from(by: User) -> str:
    """The code that a second administrator is shown."""
    waiting = links.links_to_release(by).get()
    page = signed_in(by).post(reverse("link_release", args=[waiting.pk])).content.decode()
    shown = re.search(r"<code>(\d{8})</code>", page)
    assert shown, "the page shows no code"
    return shown[1]


def refusal(act: Any, **given: Any) -> str:
    with pytest.raises(AccessRefused) as refused:
        act(**given)
    return refused.value.code


# With two administrators nobody but the person holds link and code


def test_the_link_of_one_administrator_is_dead_without_the_other(cast: Cast, nok: User) -> None:
    link = link_in(asked_link(cast.anan, cast.malee))
    assert Client().get(link).status_code == 200
    assert set_password(link) == 422
    assert set_password(link, code="00000000") == 422
    code = code_from(nok)
    assert set_password(link, code=code) == 302
    cast.malee.refresh_from_db()
    assert cast.malee.check_password(NEW_PASSWORD)
    assert not Confirmation.objects.filter(user=cast.malee).exists()


def test_the_page_with_the_link_names_who_gives_the_code_and_shows_none(
    cast: Cast, nok: User
) -> None:
    text = asked_link(cast.anan, cast.malee).content.decode()
    assert nok.display_name in text
    assert not re.search(r"<code>\d{8}</code>", text)
    assert not Invitation.objects.get().code_hash


def test_whoever_made_the_link_does_not_release_it(cast: Cast, nok: User) -> None:
    asked_link(cast.anan, cast.malee)
    invitation = Invitation.objects.get()
    answer = signed_in(cast.anan).post(reverse("link_release", args=[invitation.pk]))
    assert answer.status_code == 404
    assert refusal(links.release_link, invitation=invitation, by=cast.anan) == "own_link"
    for by in (cast.malee, cast.somsak, cast.wanna):
        with pytest.raises(NotPermitted):
            links.release_link(invitation=invitation, by=by)


def test_an_administrator_invented_by_the_first_is_no_second(cast: Cast) -> None:
    invented = make_user("invented", "คน", "สมมติ")
    give(cast, invented, "administrator", "33", cast.anan)
    link = link_in(asked_link(cast.anan, cast.malee))
    invitation = Invitation.objects.get()
    assert invitation.alone
    Invitation.objects.update(needs_release=True)
    assert refusal(links.release_link, invitation=invitation, by=invented) == "not_confirmed"
    assert set_password(link) == 422


def test_five_wrong_codes_kill_the_link_and_the_person_learns_of_them(
    cast: Cast, nok: User
) -> None:
    link = link_in(asked_link(cast.anan, cast.malee))
    code = code_from(nok)
    wrong = f"{(int(code) + 1) % 10**8:08}"
    assert [set_password(link, code=wrong) for _ in range(5)] == [422] * 5
    assert set_password(link, code=code) == 404
    assert (
        Event.objects.filter(verb="account.link_failed", subject_id=cast.malee.public_id).count()
        == 5
    )


@pytest.mark.parametrize("who", ["anan", "nok"])
def test_its_makers_do_not_use_a_link_in_their_own_session(cast: Cast, nok: User, who: str) -> None:
    link = link_in(asked_link(cast.anan, cast.malee))
    code = code_from(nok)
    maker = {"anan": cast.anan, "nok": nok}[who]
    assert set_password(link, signed_in(maker), code=code) == 422
    assert set_password(link, code=code) == 302


def test_a_link_opened_in_the_browser_of_its_maker_waits_for_the_province(
    cast: Cast, nok: User
) -> None:
    browser = Client()
    browser.post(reverse("account_login"), {"login": "anan", "password": PASSWORD})
    link = link_in(browser.post(reverse("account_link", args=[cast.malee.public_id])))
    browser.post(reverse("account_logout"))
    assert set_password(link, browser, code=code_from(nok)) == 302
    assert Confirmation.objects.get(user=cast.malee).kind == "same_browser"
    assert Event.objects.get(verb="account.reset").changes["same_browser"] is True


# With one administrator it is allowed, told and confirmed


def test_a_link_made_alone_is_told_to_the_person_and_the_province(cast: Cast) -> None:
    link = link_in(asked_link(cast.anan, cast.malee))
    assert set_password(link, language="en") == 302
    client = Client()
    client.post(reverse("account_login"), {"login": "malee", "password": NEW_PASSWORD})
    page = client.get(reverse("profile")).content.decode()
    assert page.count("without a second administrator") == 2  # once on coming in, once in the list
    User.objects.filter(pk=cast.wanna.pk).update(language="en")
    officer = Client()
    officer.post(reverse("account_login"), {"login": "wanna", "password": PASSWORD})
    page = officer.get(reverse("confirm_list")).content.decode()
    assert "wait for your confirmation: 1" in page
    assert cast.malee.display_name in page
    officer.post(reverse("confirm_account", args=[cast.malee.public_id]))
    assert not confirmations.accounts_to_confirm(cast.wanna).exists()
    assert Event.objects.filter(verb="account.confirm", subject_id=cast.malee.public_id).exists()


def test_an_invented_officer_is_seen_by_the_province_and_closed(cast: Cast) -> None:
    user, raw = invite(cast, "invented")
    invitations.accept(raw=raw, password=NEW_PASSWORD, language="th")
    invented = signed_in(User.objects.get(pk=user.pk))
    assert invented.get(reverse("household_list")).status_code == 200
    kinds = set(Confirmation.objects.filter(user=user).values_list("kind", flat=True))
    assert kinds == {"new_account", "alone"}
    officer = signed_in(cast.wanna)
    officer.post(reverse("confirm_close", args=[user.public_id]), {"reason": "ไม่มีคนนี้"})
    assert invented.get(reverse("household_list")).status_code == 302
    assert not User.objects.get(pk=user.pk).is_active


def invite(
    cast: Cast, username: str, role: str = "tambon_officer", **person: Any
) -> tuple[User, str]:
    tao = cast.organizations["tao"]
    area = "33" if role == "province_officer" else "330101"
    first = invitations.FirstRole(role, area, tao, "งาน", LONG_AGO)
    new = invitations.NewPerson(username, "สม", "มติ", **person)
    return invitations.invite(person=new, first_role=first, by=cast.anan)


def test_an_invented_province_officer_vouches_for_nobody(cast: Cast) -> None:
    invented, _ = invite(cast, "invented", "province_officer")
    officer, _ = invite(cast, "second")
    assert set(confirmations.accounts_to_confirm(invented)) == {officer}
    assert refusal(confirmations.confirm_account, user=officer, by=invented) == "not_confirmed"
    assert (
        refusal(confirmations.confirm_account, user=invented, by=invented) == "nothing_to_confirm"
    )
    with pytest.raises(AccessRefused):
        confirmations.close_unconfirmed(user=invented, reason="x", by=invented)
    waiting = confirmations.accounts_to_confirm(cast.wanna)
    assert set(waiting) == {invented, officer}


def test_a_link_for_the_only_province_officer_silences_no_alarm(cast: Cast) -> None:
    """Her own account waits then; she still sees and closes what was taken, and vouches for nobody."""
    link = link_in(asked_link(cast.anan, cast.malee))
    asked_link(cast.anan, cast.wanna)
    assert set_password(link) == 302
    taken = Client()
    taken.post(reverse("account_login"), {"login": "malee", "password": NEW_PASSWORD})
    officer = signed_in(cast.wanna)
    vouch = reverse("confirm_account", args=[cast.malee.public_id])
    page = officer.get(reverse("confirm_list")).content.decode()
    assert cast.malee.display_name in page
    assert "บัญชีของท่านเองยังรอ" in page
    assert f'"{vouch}"' not in page
    assert re.search(r"บัญชีที่รอยืนยัน\s*<strong>1</strong>", page), "the menu counts them"
    answer = officer.post(vouch)
    assert answer.status_code == 422
    assert "บัญชีของท่านเองยังรอ" in answer.content.decode()
    own = reverse("confirm_account", args=[cast.wanna.public_id])
    assert officer.post(own).status_code == 404
    assert Confirmation.objects.filter(settled_at=None).count() == 2
    close = reverse("confirm_close", args=[cast.malee.public_id])
    assert officer.post(close, {"reason": "ไม่ได้ขอลิงก์"}).status_code == 302
    assert not User.objects.get(pk=cast.malee.pk).is_active
    assert taken.get(reverse("profile")).status_code == 302


@pytest.mark.parametrize("who", ["wanna", "invented"])
def test_an_account_that_was_closed_waits_again_when_it_is_opened(cast: Cast, who: str) -> None:
    """Else an administrator with an invented officer would settle the doubt by closing and opening."""
    user, _ = invite(cast, "somying")
    by = cast.wanna if who == "wanna" else invite(cast, who, "province_officer")[0]
    confirmations.close_unconfirmed(user=user, reason="x", by=by)
    assert user not in confirmations.accounts_to_confirm(cast.wanna)
    accounts.enable(user=user, reason="x", by=cast.anan)
    assert user in confirmations.accounts_to_confirm(cast.wanna)


def test_a_later_role_of_a_known_person_does_not_wait(cast: Cast) -> None:
    give(cast, cast.malee, "viewer", "3301", cast.anan)
    assert not Confirmation.objects.exists()
    give(cast, cast.stranger, "viewer", "3301", cast.anan)
    assert Confirmation.objects.get().user == cast.stranger


@pytest.mark.parametrize("who", ["malee", "somsak", "darunee", "preecha", "stranger", "anan"])
def test_only_the_province_officer_confirms(cast: Cast, who: str) -> None:
    user, _ = invite(cast, "invented")
    by = getattr(cast, who)
    before = Event.objects.count()
    with pytest.raises(NotPermitted):
        confirmations.confirm_account(user=user, by=by)
    with pytest.raises(NotPermitted):
        confirmations.close_unconfirmed(user=user, reason="x", by=by)
    assert Event.objects.count() == before
    assert signed_in(by).get(reverse("confirm_list")).status_code == 404


# With mail the link goes to the person and is shown to nobody


@pytest.fixture
def mail(settings: Any, mailoutbox: list[Any]) -> list[Any]:
    settings.EMAIL_HOST = "mail.example.org"
    return mailoutbox


def test_a_mailed_link_is_never_shown(cast: Cast, nok: User, mail: list[Any]) -> None:
    User.objects.filter(pk=cast.malee.pk).update(email="malee@office.example")
    text = asked_link(cast.anan, cast.malee).content.decode()
    assert "/people/join/" not in text
    assert [sent.to for sent in mail] == [["malee@office.example"]]
    link = re.search(r"(/people/join/\S+)", mail[0].body)
    assert link
    assert set_password(link[1]) == 302, "the mailbox is the second proof: no code"


def test_a_mail_that_cannot_be_sent_leaves_no_link(
    cast: Cast, mail: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    User.objects.filter(pk=cast.malee.pk).update(email="malee@office.example")
    monkeypatch.setattr(links, "send_mail", lambda *args, **kwargs: 0)
    text = asked_link(cast.anan, cast.malee).content.decode()
    assert "/people/join/" not in text
    assert "malee@office.example" in text
    assert Invitation.objects.get().expires_at <= timezone.now()


# The second step, roles, and the operator


def test_the_second_step_falls_only_with_link_code_and_password(cast: Cast, nok: User) -> None:
    Authenticator.objects.create(user=cast.malee, type=Authenticator.Type.TOTP, data={})
    address = reverse("account_reset_mfa", args=[cast.malee.public_id])
    link = link_in(signed_in(cast.anan).post(address, {"reason": "โทรศัพท์หาย"}))
    assert Authenticator.objects.filter(user=cast.malee).exists()
    code, guest = code_from(nok), Client()
    for form in ({"password": PASSWORD}, {"password": "wrong", "code": code}):
        assert guest.post(link, form).status_code == 422
    assert set_password(link, code=code) == 422, "it is no link for a password"
    assert Authenticator.objects.filter(user=cast.malee).exists()
    assert guest.post(link, {"password": PASSWORD, "code": code}).status_code == 302
    assert not Authenticator.objects.filter(user=cast.malee).exists()
    assert Event.objects.get(verb="account.second_step_link").reason == "โทรศัพท์หาย"


def test_an_administrator_takes_no_role_and_no_work_herself(cast: Cast) -> None:
    organization = cast.organizations["province"]
    mine = {"organization": organization, "purpose": "x", "valid_from": LONG_AGO, "by": cast.anan}
    assert refusal(assign_role, user=cast.anan, role="viewer", area="33", **mine) == "own_account"
    assert (
        refusal(hand_over, giver=cast.malee, taker=cast.anan, on=LONG_AGO, by=cast.anan)
        == "own_account"
    )
    assert refusal(links.invite_again, user=cast.anan, by=cast.anan) == "own_account"


def test_a_link_made_on_the_server_works_alone_and_waits_for_nobody(cast: Cast, nok: User) -> None:
    raw = links.invite_again(user=cast.malee, by=cast.operator)
    invitations.accept(raw=raw, password=NEW_PASSWORD, language="th")
    assert not Confirmation.objects.exists()


def test_a_new_password_by_link_ends_keys_and_sessions(cast: Cast) -> None:
    client = signed_in(cast.malee)
    _, raw_key = tokens.create_token(user=cast.malee, name="x", expires_on=timezone.localdate())
    raw = links.invite_again(user=cast.malee, by=cast.anan)
    invitations.accept(raw=raw, password=NEW_PASSWORD, language="th")
    assert tokens.resolve_token(raw_key) is None
    assert client.get(reverse("profile")).status_code == 302


def test_disabling_closes_the_links_too(cast: Cast) -> None:
    raw = links.invite_again(user=cast.malee, by=cast.anan)
    accounts.disable(user=cast.malee, reason="x", by=cast.anan)
    assert links.invitation_of(raw) is None
