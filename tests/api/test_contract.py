"""The description and the API agree: schemathesis tries what the description allows and forbids.

The description itself is kept in openapi.json; a change of it is a change of the
contract. Write it anew with `python -m tests.api.test_contract`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, settings

from kaejon.config.wsgi import application
from tests.api.conftest import Story

SNAPSHOT = Path(__file__).with_name("openapi.json")


def described() -> Any:
    from kaejon.api.v1 import api

    return json.loads(json.dumps(api.get_openapi_schema()))


schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


def test_the_description_is_the_one_on_record(story: Story) -> None:
    from django.test import Client

    served = Client().get("/api/v1/openapi.json")
    assert served.status_code == 200
    assert served.json() == json.loads(SNAPSHOT.read_text(encoding="utf-8"))


@pytest.fixture
def connection_kept() -> Iterator[None]:
    """The end of a request leaves the test's own transaction open, as Django's test client does."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@schema.parametrize()
@settings(
    max_examples=15,
    derandomize=True,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.filter_too_much,
        HealthCheck.too_slow,
    ],
)
def test_every_operation_keeps_its_description(
    case: schemathesis.Case, story: Story, connection_kept: None
) -> None:
    cache.clear()
    if case.path_parameters.get("code") and case.meta and case.meta.generation.mode.is_positive:
        case.path_parameters["code"] = "33"
    case.call_and_validate(headers={"Authorization": f"Bearer {story.keys['wanna']}"})


if __name__ == "__main__":
    from kaejon.config.setup import start_django

    start_django()
    SNAPSHOT.write_text(
        json.dumps(described(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
