"""The admin site is for maintainers, shows no household, changes nothing and answers no question about a secret."""

from __future__ import annotations

import json

import pytest
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.db.models import BinaryField, Field
from django.test import Client
from django.urls import reverse

from kaejon.apps.access.models import User
from kaejon.apps.audit.models import Event
from kaejon.cli.main import main
from tests.cast import PASSWORD, Cast

# Parts of the names of columns that hold what nobody may read or guess
SECRET = ("password", "hash", "sealed", "token", "secret", "session", "index", "salt", "code_hash")
TABLES = sorted(admin.site._registry, key=lambda model: str(model._meta))


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))
    return client


@pytest.fixture
def maintainer(cast: Cast) -> Client:
    assert main(["accounts", "maintainer", "anan"]) == 0
    Authenticator.objects.create(user=cast.anan, type=Authenticator.Type.TOTP, data={})
    return signed_in(cast.anan)


def columns(model: type, seen: tuple[type, ...] = ()) -> list[tuple[str, Field]]:  # type: ignore[type-arg]
    """Every column a filter could reach from a table, with its path, over at most two relations."""
    reached = []
    for field in model._meta.get_fields():  # type: ignore[attr-defined]
        other = field.related_model
        if isinstance(field, Field):
            reached.append((field.name, field))
        if other and other not in seen and len(seen) < 2 and isinstance(other, type):
            inner = columns(other, (*seen, model))
            reached += [(f"{field.name}__{path}", column) for path, column in inner]
    return reached


def is_secret(path: str, column: Field) -> bool:  # type: ignore[type-arg]
    return isinstance(column, BinaryField) or any(word in path.split("__")[-1] for word in SECRET)


def test_the_walk_knows_the_secrets() -> None:
    paths = {path for path, column in columns(User) if is_secret(path, column)}
    assert {"password", "api_tokens__token_hash", "invitations__code_hash"} <= paths
    assert {"sessions__session_key", "sessions__session_data"} <= paths
    assert len(TABLES) >= 8


@pytest.mark.parametrize("model", TABLES, ids=str)
def test_no_table_filters_on_a_secret(maintainer: Client, model: type) -> None:
    """The hash of a password was read by 685 such questions, one letter each."""
    opened = []
    meta = model._meta  # type: ignore[attr-defined]
    address = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
    assert maintainer.get(address).status_code == 200
    secrets = [path for path, column in columns(model) if is_secret(path, column)]
    for path in secrets:
        for question in ("", "__exact", "__startswith", "__regex", "__gte", "__isnull"):
            answer = maintainer.get(address, {path + question: "1"})
            if answer.status_code == 200:
                opened.append(path + question)
    assert not opened


def test_no_table_filters_on_anything_it_does_not_offer(maintainer: Client) -> None:
    address = reverse("admin:access_user_changelist")
    for question in ("username__startswith", "is_active__exact", "assignments__role"):
        assert maintainer.get(address, {question: "1"}).status_code == 400
    assert maintainer.get(address, {"q": "mal", "o": "-1"}).status_code == 200


def test_it_holds_no_household_data_and_changes_nothing(maintainer: Client) -> None:
    text = maintainer.get(reverse("admin:index")).content.decode()
    assert "/admin/access/user/" in text
    for part in ("households", "sources/assertion", "sources/sourcerecord", "folders", "mfa"):
        assert f"/admin/{part}" not in text
    assert maintainer.get("/admin/households/household/").status_code == 404
    assert maintainer.get(reverse("admin:access_user_add")).status_code == 403
    row = Event.objects.filter(area_code__startswith="33").latest("pk")
    shown = maintainer.get(reverse("admin:audit_event_change", args=[row.pk]))
    assert shown.status_code == 200
    assert "_save" not in shown.content.decode()
    assert maintainer.post(reverse("admin:audit_event_delete", args=[row.pk])).status_code == 403


def test_an_administrator_is_no_maintainer(cast: Cast) -> None:
    assert signed_in(cast.anan).get(reverse("admin:index"))["Location"].startswith("/admin/login/")
    assert signed_in(cast.anan).get(reverse("admin:login")).status_code == 404


def test_a_maintainer_sets_up_the_second_step_first(cast: Cast) -> None:
    main(["accounts", "maintainer", "anan"])
    client = signed_in(cast.anan)
    assert client.get(reverse("admin:login"))["Location"] == reverse("mfa_activate_totp")
    assert client.get(reverse("admin:index")).status_code == 302


def test_a_maintainer_without_the_role_of_administrator_sees_nothing(cast: Cast) -> None:
    main(["accounts", "maintainer", "malee"])
    Authenticator.objects.create(user=cast.malee, type=Authenticator.Type.TOTP, data={})
    assert signed_in(cast.malee).get(reverse("admin:index")).status_code == 302


def test_a_superuser_without_a_role_sees_nothing_anywhere(cast: Cast) -> None:
    client = signed_in(User.objects.create_superuser(username="root", password=PASSWORD))
    assert client.get(reverse("admin:index")).status_code == 302
    assert client.get(reverse("household_list")).status_code == 404
    assert client.get(reverse("account_list")).status_code == 404


def test_only_the_server_makes_and_ends_maintainers(
    maintainer: Client, cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    assert Event.objects.filter(
        verb="account.maintainer", actor_id=cast.operator.public_id
    ).exists()
    capsys.readouterr()
    assert main(["accounts", "maintainer", "anan", "--end", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"username": "anan", "maintainer": False}
    assert maintainer.get(reverse("admin:index")).status_code == 302
    assert main(["accounts", "maintainer", "nobody"]) == 2
