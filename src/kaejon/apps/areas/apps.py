from django.apps import AppConfig


class AreasConfig(AppConfig):
    name = "kaejon.apps.areas"
    label = "areas"
