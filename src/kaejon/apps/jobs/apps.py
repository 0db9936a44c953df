from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "kaejon.apps.jobs"
    label = "jobs"
