from django.apps import AppConfig


class MeasurementConfig(AppConfig):
    name = "kaejon.apps.measurement"
    label = "measurement"
