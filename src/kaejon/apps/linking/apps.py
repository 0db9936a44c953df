from typing import Any

from django.apps import AppConfig


class LinkingConfig(AppConfig):
    name = "kaejon.apps.linking"
    label = "linking"

    def ready(self) -> None:
        from kaejon.apps.sources.signals import found_beyond

        found_beyond.connect(keep, dispatch_uid="linking")


def keep(sender: Any, people: Any, **kwargs: Any) -> None:
    """Whom a list would have found beyond its reach may be one with whom it brought."""
    from kaejon.apps.linking.across import keep_people

    keep_people(people)
