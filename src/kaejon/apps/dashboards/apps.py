from django.apps import AppConfig


class DashboardsConfig(AppConfig):
    name = "kaejon.apps.dashboards"
    label = "dashboards"
