from django.apps import AppConfig


class HouseholdsConfig(AppConfig):
    name = "kaejon.apps.households"
    label = "households"
