"""Counts that leave the system in a file or on paper are written down, as lists of households are."""

from __future__ import annotations

from kaejon.apps.access.models import User
from kaejon.apps.access.refusals import NotPermitted
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import scope_of
from kaejon.apps.areas.models import Area
from kaejon.apps.audit.actions import record

# form → (the right it asks, the line it leaves)
FORMS = {
    "xlsx": (Permission.EXPORT, "counts.export"),
    "pdf": (Permission.PRINT, "counts.print"),
}


def give_counts(*, what: str, area: Area, form: str, by: User) -> None:
    """Write down that counts of an area are given out. `what`: the name of the page or table.

    Refuses (NotPermitted) a file to who may export nothing there, paper to who may print nothing.
    """
    permission, verb = FORMS[form]
    if not scope_of(by, permission).touches(area.code):
        raise NotPermitted(permission, area.code)
    record(
        by=by,
        verb=verb,
        subject_type="area",
        subject_id=area.code,
        area=area.code,
        label=area.full_name,
        changes={"what": what, "format": form},
    )
