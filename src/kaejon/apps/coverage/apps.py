from django.apps import AppConfig


class CoverageConfig(AppConfig):
    name = "kaejon.apps.coverage"
    label = "coverage"
