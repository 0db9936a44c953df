"""Every address of the site, walked by everybody: who gets through is written down here by hand.

A new address fails the walk until it has a line in WALK. `near` names who gets
through when the thing lies in Malee's tambon 330101, `far` when it lies in tambon
330201 of another district (accounts: province 34). Everybody else must get 404, and
who is not signed in is led to the login page.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from kaejon.apps.access.tokens import create_token
from tests.cast import sign_in
from tests.security.walked_world import World, world_once

SIGNED_IN = "malee somsak darunee preecha stranger wanna anan"
EVERYBODY = f"anonymous {SIGNED_IN}"

# Malee and Somsak keep tambons, Wanna the province; Darunee only reads the district; Preecha sees
# what was granted to the agency; Anan manages accounts; the stranger has no role.
COUNTERS = "malee somsak darunee preecha wanna"
WORKERS = "malee somsak wanna"
PRINTERS = "malee somsak preecha wanna"
AUDITORS = "wanna anan"


@dataclass(frozen=True)
class Door:
    """Who gets through, and what the address names; `far=None`: there is no far one."""

    near: str
    far: str | None = None
    thing: str = ""


WALK: dict[str, Door] = {
    # Open to whoever comes
    "healthz": Door(EVERYBODY),
    "set_language": Door(EVERYBODY),
    "invitation_accept": Door(EVERYBODY, thing="invitation"),
    # Own things of the signed-in person
    "profile": Door(SIGNED_IN),
    "token_create": Door(SIGNED_IN),
    "token_revoke": Door("malee", thing="token"),
    "sessions_end": Door(SIGNED_IN),
    "session_end": Door(SIGNED_IN, thing="session"),
    # Overview and areas
    "dashboard": Door(f"{COUNTERS} stranger anan"),  # without counts: where to go instead
    "area_home": Door(COUNTERS),
    "area_page": Door("malee darunee preecha wanna", "preecha wanna", "area"),
    "area_sheet": Door("malee preecha wanna", "preecha wanna", "area"),
    "strength_add": Door("malee wanna", "wanna", "area"),
    "strength_change": Door("malee wanna", "wanna", "strength"),
    "strength_remove": Door("malee wanna", "wanna", "strength"),
    # Lists of households
    "household_list": Door(COUNTERS),
    "household_export": Door(WORKERS),
    "export_page": Door("malee", thing="export"),
    "export_progress": Door("malee", thing="export"),
    "export_file": Door("", thing="export"),  # nothing to fetch until the job is done
    # Family Folder
    "folder": Door("malee darunee preecha wanna", "wanna", "household"),
    "folder_pdf": Door("malee preecha wanna", "wanna", "household"),
    "folders_print": Door(PRINTERS),
    "folders_print_job": Door("malee", thing="printing"),
    "folders_print_progress": Door("malee", thing="printing"),
    "folders_print_file": Door("malee", thing="printing"),
    "household_add": Door(WORKERS),
    "household_correct": Door("malee wanna", "wanna", "household"),
    "member_add": Door("malee wanna", "wanna", "household"),
    "note_add": Door("malee wanna", "wanna", "household"),
    "attention_mark": Door("malee wanna", "wanna", "household"),
    "conflict_settle": Door("", "", "fact"),  # nothing disagrees
    "household_on": Door("malee darunee preecha wanna", "wanna", "household"),
    "household_split": Door("malee wanna", "wanna", "household"),
    "household_join": Door("malee wanna", "wanna", "household"),
    "household_offer": Door("malee wanna", "wanna", "household"),
    "household_change_undo": Door("malee wanna", "wanna", "change"),
    "household_arrivals": Door(WORKERS),
    "household_arrival": Door("malee wanna", "wanna", "arrival"),
    "household_recall": Door("malee wanna", "wanna", "departure"),
    "person_correct": Door("malee wanna", "wanna", "person"),
    "person_reveal": Door("malee wanna", "wanna", "person"),
    "member_move": Door("malee wanna", "wanna", "person"),
    "member_remove": Door("malee wanna", "wanna", "person"),
    "member_restore": Door("malee wanna", "wanna", "membership"),
    "note_remove": Door("malee wanna", "wanna", "note"),
    "note_restore": Door("malee wanna", "wanna", "note"),
    "attention_clear": Door("malee wanna", "wanna", "attention"),
    # Lists brought in
    "batch_list": Door(WORKERS),
    "batch_upload": Door(WORKERS),
    "batch_page": Door("malee wanna", "wanna", "batch"),
    "batch_progress": Door("malee wanna", "wanna", "batch"),
    "batch_mapping": Door("malee wanna", "wanna", "batch"),
    "batch_mapping_check": Door("malee wanna", "wanna", "batch"),
    "batch_check": Door("malee wanna", "wanna", "batch"),
    "batch_apply": Door("malee wanna", "wanna", "batch"),
    "batch_reverse": Door("malee wanna", "wanna", "batch"),
    "batch_discard": Door("malee wanna", "wanna", "batch"),
    "batch_resume": Door("malee wanna", "wanna", "batch"),
    "batch_rejected": Door("malee wanna", "wanna", "batch"),
    "batch_row": Door("malee wanna", "wanna", "row"),
    # Rows that wait for a person
    "review_list": Door(WORKERS),
    "review_page": Door("malee wanna", "wanna", "waiting"),
    "review_undo": Door("malee wanna", "wanna", "decision"),
    "review_pairs": Door(WORKERS),
    "review_pair": Door("malee wanna", "wanna", "pair"),
    "review_pair_undo": Door("malee wanna", "wanna", "pair_decision"),
    "review_search": Door(WORKERS),
    "review_sure": Door(WORKERS),
    "review_assign": Door(WORKERS),
    "review_job": Door("malee", thing="linking"),
    "review_job_progress": Door("malee", thing="linking"),
    "review_job_undo": Door("malee", thing="linking"),
    "review_homes": Door(WORKERS),
    "review_homes_search": Door(WORKERS),
    "review_home": Door("malee wanna", "wanna", "home_pair"),
    "review_home_undo": Door("malee wanna", "wanna", "home_decision"),
    "source_list": Door("wanna"),
    "source_add": Door("wanna"),
    "source_edit": Door("wanna", "", "source"),
    # Field checks and village forums
    "field_home": Door(WORKERS),
    "field_village": Door("malee wanna", "wanna", "village"),
    "field_assign": Door("malee wanna", "wanna", "village"),
    "field_pdf": Door("malee wanna", "wanna", "village"),
    "field_xlsx": Door("malee wanna", "wanna", "village"),
    "results_upload": Door("malee wanna", "wanna", "village"),
    "missed_add": Door("malee wanna", "wanna", "village"),
    "forum_add": Door("malee wanna", "wanna", "village"),
    "results_page": Door("malee", thing="results"),
    "check_record": Door("malee wanna", "wanna", "household"),
    "check_quick": Door("malee wanna", "wanna", "household"),
    "check_result": Door("malee wanna", "wanna", "household"),
    "status_override": Door("malee wanna", "wanna", "household"),
    "correction_ask": Door("malee wanna", "wanna", "household"),
    "status_restore": Door("malee wanna", "wanna", "override"),
    "check_withdraw": Door("malee wanna", "wanna", "check"),
    "check_photo": Door("malee darunee wanna", "wanna", "check"),
    "forum_list": Door(WORKERS),
    "forum_page": Door("malee wanna", "wanna", "forum"),
    "forum_change": Door("malee wanna", "wanna", "forum"),
    "forum_agenda": Door("malee wanna", "wanna", "forum"),
    "forum_close": Door("malee wanna", "wanna", "forum"),
    "forum_reopen": Door("malee wanna", "wanna", "forum"),
    "forum_paper": Door("malee wanna", "wanna", "minutes"),
    "forum_decide": Door("malee wanna", "wanna", "item"),
    "forum_object": Door("malee wanna", "wanna", "item"),
    "forum_item_remove": Door("malee wanna", "wanna", "item"),
    "forum_answer": Door("malee wanna", "wanna", "objection"),
    "clash_list": Door(WORKERS),
    "correction_list": Door(WORKERS),
    "correction_answer": Door("malee wanna", "wanna", "correction"),
    "correction_tell": Door(WORKERS, thing="owner"),
    "correction_export": Door(WORKERS, thing="owner"),
    # Accounts
    "account_list": Door("anan"),
    "link_release": Door("anan", "", "link"),
    "confirm_list": Door("wanna"),
    "confirm_account": Door("wanna", "", "joining"),
    "confirm_close": Door("wanna", "", "joining"),
    "account_invite": Door("anan"),
    "account_page": Door("anan", "", "account"),
    "account_link": Door("anan", "", "account"),
    "account_expire": Door("anan", "", "account"),
    "account_disable": Door("anan", "", "account"),
    "account_enable": Door("anan", "", "account"),
    "account_reset_mfa": Door("anan", "", "account"),
    "account_hand_over": Door("anan", "", "account"),
    "assignment_add": Door("anan", "", "account"),
    "assignment_end": Door("anan", "", "assignment"),
    "organization_list": Door("anan"),
    "organization_add": Door("anan"),
    "organization_edit": Door("anan", "", "organization"),
    # The picture of many lists
    "picture": Door(COUNTERS),
    "picture_sets": Door(COUNTERS),
    "picture_accuracy": Door(COUNTERS),
    "picture_quality": Door(COUNTERS),
    "picture_unseen": Door(COUNTERS),
    "picture_export": Door(WORKERS, thing="table"),
    # History
    "history": Door(AUDITORS),
    "history_looks": Door(AUDITORS),
    "history_export": Door(AUDITORS, thing="changes"),
    "history_household": Door("wanna", "wanna", "household"),
    # Measures, definitions, runs
    "run_home": Door(COUNTERS),
    "run_start": Door("wanna"),
    "run_compare": Door(COUNTERS),
    "run_page": Door("malee darunee preecha wanna", "preecha wanna", "run"),
    "run_progress": Door("malee darunee preecha wanna", "preecha wanna", "run"),
    "run_repeat": Door("wanna", "wanna", "run"),
    "run_withdraw": Door("wanna", "wanna", "run"),
    "run_export": Door("malee wanna", "wanna", "run"),
    "definition_list": Door(COUNTERS),
    "definition_new": Door("wanna"),
    "definition_compare": Door(COUNTERS),
    "definition_crosswalk": Door(COUNTERS),
    "definition_page": Door(COUNTERS, thing="definition"),
    # Requests of the people concerned
    "request_list": Door(WORKERS),
    "request_add": Door(WORKERS),
    "request_add_for": Door("malee wanna", "wanna", "household"),
    "request_page": Door("malee wanna", "wanna", "request"),
    "erase_household": Door("malee wanna", "wanna", "household"),
    "erase_person": Door("malee wanna", "wanna", "person"),
    "consent_edit": Door("malee wanna", "wanna", "household"),
    "consent_paper": Door("malee wanna", "wanna", "paper"),
    "held_data_print": Door("malee wanna", "wanna", "household"),
    "retention": Door("wanna"),
    "named_again_list": Door("wanna"),
    "named_again_row": Door("wanna", "wanna", "named_again_row"),
    # Areas measured, ranking and decisions
    "area_measures": Door("malee darunee preecha wanna", "preecha wanna", "area"),
    "area_report": Door("malee preecha wanna", "preecha wanna", "area"),
    "area_workbook": Door("malee wanna", "wanna", "area"),
    "ranking_home": Door(COUNTERS),
    "ranking_page": Door("malee darunee preecha wanna", "preecha wanna", "area"),
    "ranking_sheet": Door("malee preecha wanna", "preecha wanna", "area"),
    "ranking_rule": Door("wanna", "wanna", "area"),
    "decision_add": Door("wanna", "wanna", "area"),
    "decision_page": Door("malee darunee preecha wanna", "preecha wanna", "ruling"),
    "decision_sheet": Door("malee preecha wanna", "preecha wanna", "ruling"),
}

# Addresses of libraries, by prefix: tested where their rules are ours (accounts, admin site, API)
OTHERS = ("account_", "mfa_", "admin:", "api-v1:")


def names_of(resolver: URLResolver, namespace: str = "") -> set[str]:
    """Every route name of the site, with its namespace."""
    found: set[str] = set()
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            found |= names_of(entry, inner)
        elif isinstance(entry, URLPattern):
            found.add(f"{namespace}{entry.name}")
    return found


def is_of_a_library(name: str) -> bool:
    return name not in WALK and (name.startswith(OTHERS) or name.endswith("None"))


def test_every_address_of_the_site_is_walked() -> None:
    ours = {name for name in names_of(get_resolver()) if not is_of_a_library(name)}
    assert ours == set(WALK), "give each new address a line in WALK"


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """The world, built once: every test and every request undoes what it did."""
    with world_once(django_db_blocker) as world:
        for person in SIGNED_IN.split():
            client_of(world, person)
        yield world


@pytest.fixture
def world(built: World, db: None) -> World:
    return built


def client_of(world: World, person: str) -> Client:
    """A browser of one person; who is signed in signs in once and keeps the session."""
    client = Client(raise_request_exception=True)
    # Every new client would load the middleware anew, which costs more than most pages.
    client.handler = world.handler
    if person == "anonymous":
        return client
    if person not in world.sessions:
        entered = sign_in(Client(), getattr(world.cast, person))
        world.sessions[person] = entered.cookies[settings.SESSION_COOKIE_NAME].value
    client.cookies[settings.SESSION_COOKIE_NAME] = world.sessions[person]
    return client


def answers(client: Client, url: str) -> dict[str, Any]:
    """The status of each method, with what the request did undone again."""
    found = {}
    for method in ("get", "post"):
        with transaction.atomic():
            response = getattr(client, method)(url)
            if response.streaming:
                b"".join(response.streaming_content)
            transaction.set_rollback(True)
        to_login = response.status_code == 302 and response["Location"].startswith(
            "/accounts/login"
        )
        found[method.upper()] = "login" if to_login else response.status_code
    return found


def judge(statuses: dict[str, Any], person: str, may: bool) -> str:
    """What is wrong with the answers; empty when they are as declared."""
    if may:
        bad = [s for s in statuses.values() if s in ("login", 403, 404) or s == 500]
        through = any(s not in (405, "login", 403, 404) for s in statuses.values())
        return "" if through and not bad else f"{person} should get through, got {statuses}"
    refused = "login" if person == "anonymous" else 404
    bad = [s for s in statuses.values() if s not in (refused, 405)]
    if bad or refused not in statuses.values():
        return f"{person} should get {refused}, got {statuses}"
    return ""


@pytest.mark.parametrize("name", sorted(WALK))
def test_only_those_named_get_through(world: World, name: str) -> None:
    door = WALK[name]
    wrong = []
    for where, who in (("near", door.near), ("far", door.far)):
        if who is None:
            continue
        url = reverse(name, args=world.arguments(door.thing, where))
        for person in EVERYBODY.split():
            statuses = answers(client_of(world, person), url)
            if fault := judge(statuses, person, person in who.split()):
                wrong.append(f"{where}: {fault}")
    assert not wrong, "\n".join(wrong)


# The API: operation → who reads it, near and far. The stranger's key opens nothing.
API_WALK: dict[str, Door] = {
    # Codes, names and outlines of areas are public facts, open to every key
    "GET /api/v1/areas": Door(SIGNED_IN),
    "GET /api/v1/areas/{code}": Door(SIGNED_IN, SIGNED_IN, "area"),
    "GET /api/v1/areas/{code}/tree": Door(SIGNED_IN, SIGNED_IN, "area"),
    "GET /api/v1/areas/{code}/boundaries": Door(SIGNED_IN, SIGNED_IN, "area"),
    "GET /api/v1/households": Door(SIGNED_IN),  # a list of what is open, perhaps empty
    "GET /api/v1/households/{household_id}": Door(
        "malee darunee preecha wanna", "wanna", "household"
    ),
    "GET /api/v1/measurements/runs": Door(SIGNED_IN),  # a list of what is open, perhaps empty
    "GET /api/v1/measurements/runs/{run_id}": Door(
        "malee darunee preecha wanna", "preecha wanna", "run"
    ),
    "GET /api/v1/lists/areas/{code}": Door("malee darunee preecha wanna", "preecha wanna", "area"),
    "GET /api/v1/measurements/areas/{code}": Door(
        "malee darunee preecha wanna", "preecha wanna", "area"
    ),
    "GET /api/v1/measurements/households/{household_id}": Door(
        "malee darunee preecha wanna", "wanna", "household"
    ),
}


def test_every_operation_of_the_api_is_walked(client: Client, db: None) -> None:
    described = client.get("/api/v1/openapi.json").json()["paths"]
    operations = {
        f"{method.upper()} {path}" for path, methods in described.items() for method in methods
    }
    assert operations == set(API_WALK), "give each new operation a line in API_WALK"


@pytest.mark.parametrize("operation", sorted(API_WALK))
def test_only_those_named_read_by_program(world: World, operation: str) -> None:
    door = API_WALK[operation]
    path = operation.split(" ")[1]
    wrong = []
    for where, who in (("near", door.near), ("far", door.far)):
        if who is None:
            continue
        arguments = world.arguments(door.thing, where)
        url = (
            path[: path.index("{")] + str(arguments[0]) + path[path.index("}") + 1 :]
            if arguments
            else path
        )
        assert Client().get(url).status_code == 401
        for person in SIGNED_IN.split():
            user = getattr(world.cast, person)
            _, key = create_token(user=user, name="walk", expires_on=timezone.localdate())
            status = Client().get(url, headers={"Authorization": f"Bearer {key}"}).status_code
            if status != (200 if person in who.split() else 404):
                wrong.append(f"{where}: {person} got {status}")
    assert not wrong, "\n".join(wrong)


def test_a_list_read_by_program_holds_only_what_is_open(world: World) -> None:
    held = {}
    for person in SIGNED_IN.split():
        user = getattr(world.cast, person)
        _, key = create_token(user=user, name="walk", expires_on=timezone.localdate())
        answer = Client().get("/api/v1/households", headers={"Authorization": f"Bearer {key}"})
        held[person] = len(answer.json()["items"])
    assert held == {
        "malee": 3,
        "somsak": 2,
        "darunee": 5,
        "preecha": 1,
        "stranger": 0,
        "wanna": 8,
        "anan": 0,
    }


@pytest.mark.parametrize("person", EVERYBODY.split())
def test_nobody_of_the_cast_enters_the_admin_site(world: World, person: str) -> None:
    client = client_of(world, person)
    for name in ("admin:index", "admin:access_user_changelist", "admin:audit_look_changelist"):
        response = client.get(reverse(name))
        assert response.status_code == 302 or response.status_code == 404
