"""Several server processes count together: none of their counts is lost."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Installation

COUNT = """
from kaejon.config.setup import start_django
start_django()
from django.core.cache import cache
print("ready", flush=True)
input()
for _ in range(40):
    cache.incr("tries")
"""
READ = "from django.core.cache import cache\nanswer = cache.get('tries')"


@pytest.mark.on_both
def test_processes_that_count_at_once_all_count(installation: Installation) -> None:
    installation.python("from django.core.cache import cache\ncache.set('tries', 0, timeout=600)")
    hands = [installation.start("-c", COUNT) for _ in range(3)]
    for hand in hands:
        assert hand.stdout is not None
        assert hand.stdout.readline() == "ready\n"
    for hand in hands:
        assert hand.stdin is not None
        hand.stdin.write("\n")
        hand.stdin.flush()
    for hand in hands:
        assert hand.wait(60) == 0
        hand.communicate()
    assert installation.python(READ) == 120
