from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "kaejon.apps.access"
    label = "access"
