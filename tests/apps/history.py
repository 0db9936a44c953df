"""What history holds, whole: rows and their personal parts."""

from __future__ import annotations

from kaejon.apps.audit.models import Event, EventDetail, Look, LookDetail


def everything_recorded() -> str:
    """All values of all tables of history, to look for what must not be there."""
    return str([list(model.objects.values()) for model in (Event, EventDetail, Look, LookDetail)])
