from typing import Any

from django.apps import AppConfig


class CoverageConfig(AppConfig):
    name = "kaejon.apps.coverage"
    label = "coverage"

    def ready(self) -> None:
        from kaejon.apps.sources.signals import (
            areas_changed,
            households_changed,
            list_applied,
            list_reversed,
        )

        # Listens after measurement, whose results say whom a list names: see INSTALLED_APPS.
        households_changed.connect(place, dispatch_uid="coverage")
        areas_changed.connect(tally, dispatch_uid="coverage")
        list_applied.connect(count, dispatch_uid="coverage")
        list_reversed.connect(forget, dispatch_uid="coverage")


def place(sender: Any, households: list[int], stated: Any = None, **kwargs: Any) -> None:
    """Which lists hold the households whose claims changed, in the same transaction."""
    from kaejon.apps.coverage.placing import place_households

    place_households(households, stated)


def tally(sender: Any, areas: set[str], **kwargs: Any) -> None:
    """Count again where claims or checks changed, in the same transaction."""
    from kaejon.apps.coverage.tallying import tally_areas

    tally_areas(areas)


def count(sender: Any, batch: Any, by: Any, **kwargs: Any) -> None:
    """Ask for the quality of the file's rows to be counted in the background."""
    from kaejon.apps.coverage.quality import request_count

    request_count(batch, by)


def forget(sender: Any, batch: Any, **kwargs: Any) -> None:
    """A list that was taken back has no quality to show, nor to count."""
    from kaejon.apps.coverage.quality import forget_count

    forget_count(batch)
