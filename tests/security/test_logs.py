"""A log line holds ids, counts and places in the program: never a name, a number or a search text."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
from django.test import Client

from kaejon.config.logs import JsonFormatter
from tests.cast import PASSWORD, Cast

NAME = "สมหญิงผู้ถูกค้นหา"
NUMBER = "1101700230705"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Everything that the log of a production server would hold, at its most talkative."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


def addresses() -> list[str]:
    return [
        f"/households/?q={NAME}",
        f"/households/?q={NUMBER}",
        f"/search/?q={NAME}",
        f"/{NAME}/",
        f"/areas/{NUMBER}/",
        f"/api/v1/households?q={NAME}",
        f"/api/v1/areas/{NUMBER}",
        f"/accounts/login/?next=/households/?q={NAME}",
    ]


def test_a_search_text_never_reaches_the_log(cast: Cast, written: io.StringIO) -> None:
    client = Client()
    client.force_login(cast.wanna)
    for address in addresses():
        client.get(address, headers={"accept-language": "th"})
        client.post(address, {"first_name": NAME, "national_id": NUMBER})
    log = written.getvalue()
    assert log.count("\n") >= len(addresses())
    assert NAME not in log
    assert NUMBER not in log


def test_a_failed_sign_in_does_not_log_who_tried(cast: Cast, written: io.StringIO) -> None:
    Client().post("/accounts/login/", {"login": NAME, "password": PASSWORD})
    assert NAME not in written.getvalue()
    assert PASSWORD not in written.getvalue()


def test_an_exception_is_logged_by_kind_and_place_only(written: io.StringIO) -> None:
    try:
        raise ValueError(f"{NAME} {NUMBER}")
    except ValueError:
        logging.getLogger("kaejon.web").exception("failed")
    line = json.loads(written.getvalue())
    assert (line["error"], line["event"]) == ("ValueError", "failed")
    assert any("test_logs.py" in place for place in line["at"])
    assert NAME not in written.getvalue()


def test_other_libraries_fill_no_text_into_the_log(written: io.StringIO) -> None:
    logging.getLogger("django.request").warning("Not Found: %s", f"/{NAME}/")
    logging.getLogger("waitress").error("Exception while serving %s", f"/?q={NUMBER}")
    assert NAME not in written.getvalue()
    assert NUMBER not in written.getvalue()
    events = [json.loads(line)["event"] for line in written.getvalue().splitlines()]
    assert events == ["Not Found: …", "Exception while serving …"]


def test_a_refused_request_says_its_answer(cast: Cast, written: io.StringIO) -> None:
    client = Client()
    client.force_login(cast.malee)
    client.get(f"/{NAME}/")
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    said = [line for line in lines if line["logger"] == "django.request"]
    assert [(line["event"], line["status"]) for line in said] == [("Not Found", 404)]
    assert not [line for line in lines if "%s" in line["event"]]


def test_every_line_is_json_with_a_route_and_no_address(cast: Cast, written: io.StringIO) -> None:
    client = Client()
    client.force_login(cast.malee)
    client.get("/healthz")
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    request = next(
        line for line in lines if line["logger"] == "kaejon.web" and line["event"] == "request"
    )
    assert request["route"] == "healthz"
    assert request["status"] == 200
    assert set(request) <= {
        "time",
        "level",
        "logger",
        "event",
        "request_id",
        "method",
        "route",
        "status",
        "milliseconds",
        "user",
    }
