from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "kaejon.apps.access"
    label = "access"

    def ready(self) -> None:
        from kaejon.apps.access.sessions import forget_searches
        from kaejon.apps.records import erased

        erased.connect(forget_searches, dispatch_uid="access")
