from django.apps import AppConfig


class SurveysConfig(AppConfig):
    name = "kaejon.apps.surveys"
    label = "surveys"
