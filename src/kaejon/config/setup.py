"""Start Django from a command line, in one place."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from kaejon.config.environment import SettingError
from kaejon.config.language import chosen_language
from kaejon.config.restore_note import refuse_unfinished
from kaejon.config.temporary import use_private_folder
from kaejon.methods.errors import UsageError


def start_django(*, half_restored: bool = False) -> None:
    """Load the settings and the apps; a bad setting is a usage error, told in one line.

    `half_restored`: also where a restore was broken off, which everything else refuses.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kaejon.config.settings")
    import django
    from django.conf import settings

    try:
        django.setup()
    except SettingError as error:
        raise UsageError(
            "bad_setting", str(error), remedy="Correct the variable and start again."
        ) from error
    if not half_restored:
        refuse_unfinished(Path(settings.DATA_DIR))
    keep_temporary_files_private()
    answer_in_chosen_language()


def answer_in_chosen_language() -> None:
    from django.utils import translation

    if (language := chosen_language()) is not None:
        translation.activate(language)


def keep_temporary_files_private() -> None:
    """Plain copies of lists lie in the data folder while they are read, and outlive no kill.

    A data folder that cannot be written is refused elsewhere, by whatever needs it.
    """
    from django.conf import settings

    with contextlib.suppress(OSError):
        use_private_folder(settings.DATA_DIR / "tmp")
