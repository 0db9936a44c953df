from django.apps import AppConfig


class FoldersConfig(AppConfig):
    name = "kaejon.apps.folders"
    label = "folders"

    def ready(self) -> None:
        from kaejon.apps.folders.erasure import end_papers
        from kaejon.apps.records import erased

        erased.connect(end_papers, dispatch_uid="folders")
