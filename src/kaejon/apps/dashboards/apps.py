from typing import Any

from django.apps import AppConfig


class DashboardsConfig(AppConfig):
    name = "kaejon.apps.dashboards"
    label = "dashboards"

    def ready(self) -> None:
        from kaejon.apps.sources.signals import areas_changed

        areas_changed.connect(tally, dispatch_uid="dashboards")


def tally(sender: Any, areas: set[str], **kwargs: Any) -> None:
    """Count again where the claims changed, in the same transaction."""
    from kaejon.apps.dashboards.actions import tally_areas
    from kaejon.apps.dashboards.figuring import figure_areas

    tally_areas(areas)
    figure_areas(areas)
