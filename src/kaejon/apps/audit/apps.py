from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "kaejon.apps.audit"
    label = "audit"
