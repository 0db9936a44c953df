from typing import Any

from django.apps import AppConfig


class HomesConfig(AppConfig):
    name = "kaejon.apps.homes"
    label = "homes"

    def ready(self) -> None:
        from kaejon.apps.sources.signals import found_beyond

        found_beyond.connect(keep, dispatch_uid="homes")


def keep(sender: Any, homes: Any, **kwargs: Any) -> None:
    """Households that a list names in two areas may be one."""
    from kaejon.apps.homes.across import keep_homes

    keep_homes(homes)
