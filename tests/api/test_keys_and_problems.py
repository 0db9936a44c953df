"""A key opens the door while it lives; every refusal is a problem document."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from kaejon.apps.access.models import ApiToken
from kaejon.apps.access.tokens import revoke_token
from tests.api.conftest import Story


def problem_code(answer) -> str:  # type: ignore[no-untyped-def]
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == answer.status_code
    assert body["type"] == f"urn:kaejon:problem:{body['code']}"
    assert body["title"]
    return str(body["code"])


@pytest.mark.parametrize("header", ["", "Bearer ", "Bearer wrong", "Basic bWFsZWU6eA==", "bearer"])
def test_without_a_valid_key_nothing_is_told(story: Story, header: str) -> None:
    answer = Client().get("/api/v1/areas", headers={"authorization": header} if header else {})
    assert answer.status_code == 401
    assert problem_code(answer) == "no_valid_key"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_signed_in_browser_is_no_key(story: Story) -> None:
    client = Client()
    client.force_login(story.cast.wanna)
    assert client.get("/api/v1/households").status_code == 401


def test_revoked_expired_and_disabled_keys_stop_at_once(story: Story) -> None:
    token = ApiToken.objects.get(user=story.cast.malee)
    revoke_token(token=token, by=story.cast.malee)
    assert story.read("malee", "areas").status_code == 401
    ApiToken.objects.filter(user=story.cast.somsak).update(
        expires_on=timezone.localdate() - timedelta(days=1)
    )
    assert story.read("somsak", "areas").status_code == 401
    story.cast.darunee.is_active = False
    story.cast.darunee.save()
    assert story.read("darunee", "areas").status_code == 401


def test_the_last_use_of_a_key_is_noted(story: Story) -> None:
    story.read("malee", "areas")
    assert ApiToken.objects.get(user=story.cast.malee).last_used_at is not None


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        ("households", {"limit": "0"}, "limit"),
        ("households", {"limit": "x"}, "limit"),
        ("households", {"area": "33'; --"}, "area"),
        ("households", {"level": "5"}, "level"),
        ("households", {"measure": "luck"}, "measure"),
        ("areas", {"level": "planet"}, "level"),
        ("areas/3x", {}, "path.code"),
        ("areas/33/tree", {"depth": "9"}, "depth"),
    ],
)
def test_what_is_not_understood_is_named(
    story: Story, path: str, query: dict[str, str], field: str
) -> None:
    answer = story.read("wanna", path, **query)
    assert answer.status_code == 422
    assert problem_code(answer) == "not_understood"
    assert any(field in error["field"] for error in answer.json()["errors"])


@pytest.mark.parametrize("path", ["households", "areas"])
def test_a_forged_cursor_is_refused(story: Story, path: str) -> None:
    answer = story.read("wanna", path, cursor="WyIzMyIsMV0:forged:signature")
    assert (answer.status_code, problem_code(answer)) == (404, "bad_cursor")


def test_an_unknown_address_answers_as_json(story: Story) -> None:
    assert problem_code(Client().get("/api/v1/nothing")) == "not_found"
    assert problem_code(Client().get("/api/v7/areas")) == "not_found"
    assert problem_code(story.read("wanna", "areas/99")) == "not_found"


def test_nothing_can_be_written(story: Story) -> None:
    for path in ("areas", "households", f"households/{story.households['33010101'].public_id}"):
        for verb in ("post", "put", "patch", "delete"):
            headers = {"authorization": f"Bearer {story.keys['wanna']}"}
            assert getattr(Client(), verb)(f"/api/v1/{path}", headers=headers).status_code == 405


def test_too_many_requests_are_held_back(story: Story, settings) -> None:  # type: ignore[no-untyped-def]
    settings.API_PER_MINUTE = 2
    cache.clear()
    # Two neighbouring minutes may share the requests, so five are enough to cross either limit.
    answers = [story.read("malee", "areas") for _ in range(5)]
    held = [answer for answer in answers if answer.status_code == 429]
    assert held
    assert problem_code(held[0]) == "too_many_requests"
    assert 1 <= int(held[0].headers["Retry-After"]) <= 60
    assert story.read("somsak", "areas").status_code == 200
    cache.clear()


def test_a_misspelt_filter_does_not_open_the_whole_list(story: Story) -> None:
    answer = story.read("wanna", "households", aera="330101")
    assert (answer.status_code, problem_code(answer)) == (422, "not_understood")


def test_a_fault_of_ours_tells_nothing_of_itself(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kaejon.api.areas.area_out", lambda area: 1 / 0)
    answer = story.read("wanna", "areas/33")
    assert (answer.status_code, problem_code(answer)) == (500, "internal")
    assert "division" not in answer.content.decode()
