from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "kaejon.apps.privacy"
    label = "privacy"
