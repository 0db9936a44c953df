"""Small numbers attacked in measurement runs: pages, comparisons, API and files in two provinces told alike."""

from __future__ import annotations

from django.db import transaction
from django.test import Client

from tests.api.conftest import key_of
from tests.cast import Cast
from tests.security.counted_world import answers
from tests.security.counted_world import first_difference as differ
from tests.security.measured_world import api_addresses, build_runs, public_files, run_addresses


def everything(cast: Cast, version: int) -> dict[str, str]:
    """All answers about the runs of one version by name; the runs themselves are undone again."""
    with transaction.atomic():
        runs = build_runs(cast, version)
        agency, officer = Client(), Client()
        agency.force_login(cast.preecha)
        officer.force_login(cast.wanna)
        token = {"Authorization": f"Bearer {key_of(cast.preecha)}"}
        told: dict[str, str] = {}
        for client, asked, headers in (
            (agency, run_addresses(runs), {}),
            (Client(), api_addresses(runs), token),
            (officer, public_files(runs), {}),
        ):
            names = {address: name for name, address in asked}
            found = answers(client, names, **headers)
            assert found.keys() == names.keys(), "every address answers"
            told |= {names[address]: text for address, text in found.items()}
        transaction.set_rollback(True)
    return told


def test_no_answer_about_a_run_is_made_of_counts_the_reader_may_not_see(cast: Cast) -> None:
    one, other = everything(cast, 0), everything(cast, 1)
    assert one.keys() == other.keys()
    told = {name: differ(one[name], other[name]) for name in one if one[name] != other[name]}
    assert not told, f"{len(told)} of {len(one)}: " + "\n".join(
        f"{name}: {where}" for name, where in told.items()
    )
