"""What a signed-in person saw is gone when she signs out: every address, walked."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.urls import reverse

from tests.security.test_permission_walk import (  # noqa: F401  the fixtures of the walk
    SIGNED_IN,
    WALK,
    built,
    client_of,
    world,
)
from tests.security.walked_world import World

WALKERS = ("malee", "wanna", "anan")


@pytest.mark.parametrize("person", WALKERS)
def test_no_page_of_a_signed_in_person_is_kept(world: World, person: str) -> None:  # noqa: F811
    client, kept = client_of(world, person), []
    for name, door in WALK.items():
        if person not in door.near.split():
            continue
        with transaction.atomic():
            answer = client.get(reverse(name, args=world.arguments(door.thing, "near")))
            transaction.set_rollback(True)
        if answer["Cache-Control"] != "no-store":
            kept.append(f"{name}: {answer['Cache-Control']}")
    assert not kept, "\n".join(kept)
    for address in ("account_change_password", "mfa_index", "account_logout"):
        assert client.get(reverse(address))["Cache-Control"] == "no-store"
