from django.apps import AppConfig


class LinkingConfig(AppConfig):
    name = "kaejon.apps.linking"
    label = "linking"
