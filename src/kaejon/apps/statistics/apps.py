from django.apps import AppConfig


class StatisticsConfig(AppConfig):
    name = "kaejon.apps.statistics"
    label = "statistics"
