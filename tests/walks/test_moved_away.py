"""A related household is authorised when it is read: what was written after it left appears nowhere.

A spider follows every link from the start page and from every address of the permission walk,
as the officer the families left and as the agency that was granted one household.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse
from pypdf import PdfReader

from kaejon.apps.households.queries import visible_to
from kaejon.apps.surveys.models import AgendaItem, Forum
from tests.cast import make_cast
from tests.security.test_permission_walk import WALK
from tests.walks.moved import CANARIES, THERE, MovedWorld

LINK = re.compile(r'(?:href|hx-get|data-url|src)="(/[^"#]*)')
ELSEWHERE = ("/static/", "/accounts/logout", "/admin/", "/healthz", "/media/")
MOST_PAGES = 900


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[MovedWorld]:
    hashers = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with (
        django_db_blocker.unblock(),
        override_settings(PASSWORD_HASHERS=hashers),
        transaction.atomic(),
    ):
        world = MovedWorld(make_cast())
        world.build()
        yield world
        transaction.set_rollback(True)


def every_page(client: Client, world: MovedWorld) -> Iterator[tuple[str, str]]:
    """(address, text) of every page a person reaches by links, and of what the walk names."""
    waiting = ["/", *addresses(world)]
    seen = set(waiting)
    while waiting and len(seen) < MOST_PAGES:
        address = waiting.pop(0)
        with transaction.atomic():
            response = client.get(address)
            body = b"".join(response.streaming_content) if response.streaming else response.content
            transaction.set_rollback(True)
        if response.status_code in (301, 302):
            text = f'href="{response["Location"]}"'
        elif response["Content-Type"].startswith("text/html"):
            text = unescape(body.decode())
        elif body.rstrip().endswith(b"%%EOF"):
            text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages)
        else:
            text = body.decode(errors="ignore")
        yield address, text
        for link in LINK.findall(text):
            if link not in seen and not link.startswith(ELSEWHERE):
                seen.add(link)
                waiting.append(link)


def addresses(world: MovedWorld) -> Iterator[str]:
    for name, door in WALK.items():
        for where in ("near", "far"):
            if (door.thing, where) in world.found or not door.thing:
                yield reverse(name, args=world.arguments(door.thing, where))


@pytest.mark.parametrize("who", ["malee", "preecha", "orathai"])
def test_nothing_written_after_the_move_is_read_where_they_left(
    world: MovedWorld, who: str, db: None
) -> None:
    user = getattr(world.cast, who)
    assert not visible_to(user).filter(area_id=THERE).exists()
    client = Client()
    client.force_login(user)
    leaks = [
        f"{canary} on {address}"
        for address, text in every_page(client, world)
        for canary in CANARIES
        if canary in text
    ]
    assert not leaks, "\n".join(leaks)


def test_who_keeps_the_new_place_reads_what_was_written_there(world: MovedWorld, db: None) -> None:
    client = Client()
    client.force_login(world.cast.wanna)
    text = client.get("/households/", {"area": THERE}).content.decode()
    assert CANARIES[0] in text


def test_minutes_say_who_it_was_in_the_sitting(world: MovedWorld, db: None) -> None:
    forum = Forum.objects.get(public_id=world.arguments("forum", "near")[0])
    item = AgendaItem.objects.get(forum=forum, house_no="41")
    assert item.head_name == "ผู้ร่วมประชุม"
    client = Client()
    client.force_login(world.cast.malee)
    page = client.get(reverse("forum_page", args=[forum.public_id])).content.decode()
    assert "ผู้ร่วมประชุม" in page
    assert str(item.household.public_id) not in page
