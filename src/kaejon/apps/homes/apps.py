from typing import Any

from django.apps import AppConfig


class HomesConfig(AppConfig):
    name = "kaejon.apps.homes"
    label = "homes"

    def ready(self) -> None:
        from kaejon.apps.privacy.signals import household_erased

        household_erased.connect(forget, dispatch_uid="homes")


def forget(sender: Any, household: Any, **kwargs: Any) -> None:
    """Erasing a household takes away what its pairs, changes and pointers say of it."""
    from kaejon.apps.homes.forgetting import forget_household

    forget_household(household)
