from typing import Any

from django.apps import AppConfig


class MeasurementConfig(AppConfig):
    name = "kaejon.apps.measurement"
    label = "measurement"

    def ready(self) -> None:
        from kaejon.apps.sources.signals import households_changed

        households_changed.connect(measure, dispatch_uid="measurement")


def measure(sender: Any, households: list[int], stated: Any = None, **kwargs: Any) -> None:
    """Measure again what the claims changed, in the same transaction."""
    from kaejon.apps.measurement.actions import measure_households

    measure_households(households, stated)
