"""Start Django from a command line, in one place."""

from __future__ import annotations

import os

from kaejon.config.environment import SettingError
from kaejon.methods.errors import UsageError


def start_django() -> None:
    """Load the settings and the apps; a bad setting is a usage error, told in one line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kaejon.config.settings")
    import django

    try:
        django.setup()
    except SettingError as error:
        raise UsageError(
            "bad_setting", str(error), remedy="Correct the variable and start again."
        ) from error
