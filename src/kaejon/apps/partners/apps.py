from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "kaejon.apps.partners"
    label = "partners"
