from django.apps import AppConfig


class RankingConfig(AppConfig):
    name = "kaejon.apps.ranking"
    label = "ranking"
