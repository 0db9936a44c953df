from django.apps import AppConfig


class FoldersConfig(AppConfig):
    name = "kaejon.apps.folders"
    label = "folders"
