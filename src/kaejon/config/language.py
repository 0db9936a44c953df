"""The language in which a command answers: as told, else as the machine's, else Thai."""

from __future__ import annotations

import os

THAI, ENGLISH = "th", "en"
_chosen: list[str] = []


def choose_language(told: str | None) -> None:
    """Answer in this language from now on; None: as the environment says."""
    _chosen[:] = [told or of_environment()]


def chosen_language() -> str | None:
    """None where no command asked: the settings say."""
    return _chosen[0] if _chosen else None


def of_environment() -> str:
    """English where the machine speaks it, else Thai."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return ENGLISH if value.lower().startswith("en") else THAI
    return THAI
