from django.apps import AppConfig


class HomesConfig(AppConfig):
    name = "kaejon.apps.homes"
    label = "homes"
