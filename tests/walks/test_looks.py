"""Whoever is shown a family leaves a look: a spider reads every page as each of the cast.

One family carries words that stand nowhere else. Every page, file and API answer in which one of
them is found must have written, under its own request, a look that names this family. The ten
minutes in which the same list is not written again are set to nothing, so that no page lives on
the record of another.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import pytest
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.http import HttpResponseBase
from django.test import Client
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone

from kaejon.api.v1 import api
from kaejon.apps.access.tokens import create_token
from kaejon.apps.audit import actions as audit
from kaejon.apps.audit.models import Look
from kaejon.apps.audit.packing import mark_of
from kaejon.apps.homes.changing import snapshot
from kaejon.apps.homes.models import HandOver, HouseholdChange, HouseholdPair
from kaejon.apps.households.models import Household
from kaejon.apps.linking.models import MatchDecision
from kaejon.apps.sources.models import HouseholdReference, ImportBatch
from tests.security.test_permission_walk import SIGNED_IN, WALK, client_of
from tests.security.walked_world import World, make_home, world_once
from tests.walks.canary import NO_WORDS, belonging, plant, text_fields, word_of, words_in

# Of one page, so many different questions in its address are asked.
QUESTIONS = 2
# Pages of counts hold no family; two who may open everything make sure of it.
COUNTS = ("/picture/", "/measures/", "/ranking/", "/areas/")
NOT_FOLLOWED = ("/accounts/", "/admin/", "/static/", "/set-language/", "/people/")


@dataclass
class Planted:
    world: World
    household: Any
    words: dict[str, str]


READERS_OF_COUNTS = ("malee", "wanna")


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: Any) -> Iterator[Planted]:
    """The world of the permission walk, its near family with words of its own."""
    with world_once(django_db_blocker) as world:
        household = world.household("near")
        furnish(world, household)
        words = plant(household) | remember(world, household)
        for person in SIGNED_IN.split():
            client_of(world, person)
        yield Planted(world, household, words)


def furnish(world: World, household: Household) -> None:
    """What the family of the permission walk has not: an offer, a change, decisions, a reference."""
    by, day = world.cast.wanna, timezone.localdate()
    other = make_home(household.area_id)
    HandOver.objects.create(
        household=household,
        from_area_id=household.area_id,
        to_area_id="33010201",
        moved_on=day,
        asked_by=by,
    )
    HouseholdChange.objects.create(
        kind="join",
        kept=household,
        other=other,
        happened_on=day,
        before=snapshot(()),
        after=snapshot(()),
        made_by=by,
    )
    one, two = sorted((household, other), key=lambda home: home.pk)
    done = HouseholdPair.objects.create(
        one=one, other=two, found_at=timezone.now(), state="different"
    )
    done.decisions.create(verdict="different", decided_by=by)
    MatchDecision.objects.update(person=household.people.get())
    batch = ImportBatch.objects.earliest("pk")
    HouseholdReference.objects.create(
        source=world.source, area=household.area, household=household, reference="1", batch=batch
    )


def remember(world: World, household: Household) -> dict[str, str]:
    """Words of the family in its history, one for each kind of thing that history names."""
    subjects = {
        "household": household,
        "person": household.people.get(),
        "note": household.notes.get(),
        "attention": household.attention.get(),
    }
    words = {}
    for number, (kind, subject) in enumerate(subjects.items()):
        word = word_of(900 + number)
        words[word] = f"history of a {kind}"
        audit.record(
            by=world.cast.malee,
            verb="note.add",
            subject_type=kind,
            subject_id=subject.public_id,
            area=household.area_id,
            label=word,
        )
    return words


@pytest.fixture
def planted(built: Planted, db: None, monkeypatch: pytest.MonkeyPatch) -> Planted:
    monkeypatch.setattr(audit, "SAME_LIST", timedelta(0))
    return built


class Page(HTMLParser):
    """Links and forms of a page; a form as (method, address, values it would send)."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[tuple[str, str, list[tuple[str, str]]]] = []
        self.select = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.links += [
            given[name] for name in ("href", "hx-get") if name in given and tag != "link"
        ]
        if tag == "form":
            method = given.get("method", "get").lower()
            self.forms.append((method, given.get("action", ""), []))
        if not self.forms:
            return
        values = self.forms[-1][2]
        if tag == "select":
            self.select = given.get("name", "")
        elif tag == "option" and self.select and "selected" in given:
            values.append((self.select, given.get("value", "")))
        elif tag == "input" and given.get("type") in ("hidden", "text", "search", "date", None):
            if given.get("name"):
                values.append((given["name"], given.get("value", "")))
        elif tag == "input" and "checked" in given:
            values.append((given.get("name", ""), given.get("value", "on")))


@dataclass
class Spider:
    """Reads pages as one person and notes every answer that shows the family without a look."""

    planted: Planted
    client: Client
    reads_counts: bool = True
    waiting: list[str] = field(default_factory=list)
    asked: dict[str, set[str]] = field(default_factory=dict)
    posted: set[tuple[str, tuple[str, ...]]] = field(default_factory=set)
    unseen: dict[str, set[str]] = field(default_factory=dict)
    met: set[str] = field(default_factory=set)

    def walk(self) -> None:
        while self.waiting:
            url = self.waiting.pop(0)
            response = self.client.get(url)
            self.judge("GET", url, response)
            if response.status_code in (301, 302):
                self.follow(url, response["Location"])
            elif response.get("Content-Type", "").startswith("text/html"):
                page = Page(response.content.decode())
                for link in page.links:
                    self.follow(url, link)
                for form in page.forms:
                    self.submit(url, *form)

    def follow(self, base: str, link: str) -> None:
        """Put an address of the site on the way, if its page was not asked often enough."""
        parts = urlsplit(urljoin(base, link))
        if parts.netloc or not parts.path.startswith("/") or parts.path.startswith(NOT_FOLLOWED):
            return
        questions = self.asked.setdefault(parts.path, set())
        query = urlencode(sorted(parse_qsl(parts.query)))
        most = int(self.reads_counts) if parts.path.startswith(COUNTS) else QUESTIONS
        if query not in questions and len(questions) < most:
            questions.add(query)
            self.waiting.append(f"{parts.path}?{query}" if query else parts.path)

    def submit(self, base: str, method: str, action: str, values: list[tuple[str, str]]) -> None:
        address = urljoin(base, action)
        if method == "get":
            self.follow(base, f"{address.partition('?')[0]}?{urlencode(values)}")
            return
        path = urlsplit(address).path
        kind = (name_of(path), tuple(sorted(name for name, _value in values)))
        if path.startswith(NOT_FOLLOWED) or kind in self.posted:
            return
        self.posted.add(kind)
        with transaction.atomic():
            response = self.client.post(address, dict(values))
            self.judge("POST", address, response)
            if response.status_code == 302 and response["Location"].startswith("/"):
                self.judge("GET", response["Location"], self.client.get(response["Location"]))
            transaction.set_rollback(True)

    def judge(self, method: str, url: str, response: HttpResponseBase) -> None:
        assert response.status_code != 500, f"{method} {url}"
        words = words_in(response)
        self.met |= words
        if words and not has_look(self.planted.household, response["X-Request-Id"]):
            place = f"{method} {name_of(urlsplit(url).path)} {response.status_code}"
            self.unseen.setdefault(place, set()).update(self.planted.words[w] for w in words)


def name_of(path: str) -> str:
    try:
        return resolve(path).view_name
    except Resolver404:
        return path


def has_look(household: Any, request_id: str) -> bool:
    """A look that names the family, written under this request."""
    names = Q(household_id=str(household.public_id)) | Q(
        families__holds=mark_of(household.public_id)
    )
    return Look.objects.filter(names, request_id=request_id).exists()


def addresses(world: World) -> list[str]:
    """Every address of the site, with the things near Malee."""
    named = {n: d for n, d in WALK.items() if (d.thing, "near") in world.found or not d.thing}
    return [reverse(name, args=world.arguments(door.thing, "near")) for name, door in named.items()]


@pytest.mark.parametrize("person", SIGNED_IN.split())
def test_no_answer_shows_the_family_without_a_look(planted: Planted, person: str) -> None:
    client = client_of(planted.world, person)
    spider = Spider(planted, client, reads_counts=person in READERS_OF_COUNTS)
    for url in ["/", *addresses(planted.world)]:
        spider.follow("/", url)
    spider.walk()
    assert not spider.unseen
    if person in ("malee", "wanna"):  # the family is met, and not only by its name
        places = {planted.words[word].rpartition(".")[0] for word in spider.met}
        assert len(places) >= 10, places
    if person in ("stranger", "anan"):
        assert spider.met == set()


def test_the_api_shows_no_family_without_a_look(planted: Planted) -> None:
    malee, household = planted.world.cast.malee, planted.household
    _token, raw = create_token(user=malee, name="walk", expires_on=timezone.localdate())
    client = Client(headers={"authorization": f"Bearer {raw}"})
    ids = {"household_id": household.public_id, "code": "330101", "area": "330101"}
    met = set()
    for path, methods in api.get_openapi_schema()["paths"].items():
        if "get" not in methods:
            continue
        response = client.get(path.format_map(ids | {"run_id": household.public_id}))
        words = words_in(response)
        met |= words
        assert not words or has_look(household, response["X-Request-Id"]), path
    assert met


def test_every_text_of_a_family_is_looked_for(planted: Planted) -> None:
    """A new table or text field of a family gets its word, or a reason why it is none."""
    known = set(planted.words.values())
    fields = {f"{m._meta.label}.{name}" for m in belonging() for name in text_fields(m)}
    assert fields - known == NOT_IN_THE_WORLD
    labels = {model._meta.label for model in belonging()}
    assert set(NO_WORDS) <= labels


# A check that was withdrawn would be shown nowhere else.
NOT_IN_THE_WORLD = {"surveys.Verification.withdrawn_reason"}


def test_who_is_not_signed_in_meets_nobody(planted: Planted) -> None:
    client = Client()
    for url in addresses(planted.world):
        assert not words_in(client.get(url)), url
    assert settings.LOGIN_URL
