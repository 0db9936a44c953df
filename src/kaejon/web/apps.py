from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "kaejon.web"
    label = "web"
