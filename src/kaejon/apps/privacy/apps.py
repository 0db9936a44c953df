from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "kaejon.apps.privacy"
    label = "privacy"

    def ready(self) -> None:
        from django.db.models.signals import pre_save

        from kaejon.apps.privacy.consent import hold_refusals
        from kaejon.apps.privacy.masking import refuse_number
        from kaejon.apps.sources.signals import households_changed

        households_changed.connect(hold_refusals, dispatch_uid="privacy")
        pre_save.connect(refuse_number, dispatch_uid="privacy")
