from django.apps import AppConfig


class SourcesConfig(AppConfig):
    name = "kaejon.apps.sources"
    label = "sources"
