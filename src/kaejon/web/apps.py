from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "kaejon.web"
    label = "web"

    def ready(self) -> None:
        from kaejon.config import checks, safety_checks  # noqa: F401  registers the start-up checks
        from kaejon.web.accounts import sign_in_events

        sign_in_events.connect()
