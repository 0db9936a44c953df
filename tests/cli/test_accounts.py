"""The first people come in from the command line; their link opens the door once."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest
from django.test import Client

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import may
from kaejon.apps.audit.models import Event
from kaejon.cli.main import main
from tests.cast import Cast

WHO = [
    "accounts",
    "invite",
    "boss",
    "--first-name",
    "อนันต์",
    "--last-name",
    "คนแรก",
    "--purpose",
    "ดูแลระบบ",
    "--json",
]
NEW = ["--organization", "moi-33", "--organization-name", "สำนักงานสมมติ"]


def test_the_first_administrator_is_invited_and_sees_no_household(
    cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*WHO, *NEW]) == 0
    link = json.loads(capsys.readouterr().out)["link"]
    assert Client().get(urlsplit(link).path).status_code == 200
    boss = User.objects.get(username="boss")
    assert not boss.has_usable_password()
    assert may(boss, Permission.MANAGE_ACCOUNTS, "33")
    assert not may(boss, Permission.SEE_HOUSEHOLDS)
    assert Event.objects.filter(
        verb="access.assign", actor_id=cast.operator.public_id, subject_id=boss.public_id
    ).exists()


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--organization", "nobody"], "unknown_organization"),
        ([*NEW, "--area", "99"], "unknown_area"),
        ([*NEW, "--role", "king"], "unknown_role"),
        ([*NEW, "--role", "operator"], "unknown_role"),
        ([*NEW, "--email", "no address"], "bad_account"),
    ],
)
def test_what_does_not_fit_is_named_and_nothing_is_made(
    cast: Cast, capsys: pytest.CaptureFixture[str], options: list[str], code: str
) -> None:
    assert main([*WHO, *options]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == code
    assert not User.objects.filter(username="boss").exists()


def test_a_name_is_given_once(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    main([*WHO, *NEW])
    capsys.readouterr()
    assert main([*WHO, *NEW]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "username_taken"
