from typing import Any

from django.apps import AppConfig


class SurveysConfig(AppConfig):
    name = "kaejon.apps.surveys"
    label = "surveys"

    def ready(self) -> None:
        from kaejon.apps.privacy.signals import household_erased, person_erased

        household_erased.connect(erase_household, dispatch_uid="surveys")
        person_erased.connect(erase_person, dispatch_uid="surveys")


def erase_household(sender: Any, household: Any, erased: str, **kwargs: Any) -> None:
    """Field work forgets a family with the registry, in the same transaction."""
    from kaejon.apps.surveys import erasing

    erasing.erase_household(household, erased)


def erase_person(sender: Any, person: Any, name: str, erased: str, **kwargs: Any) -> None:
    """As above, of one person."""
    from kaejon.apps.surveys import erasing

    erasing.erase_person(person, name, erased)
