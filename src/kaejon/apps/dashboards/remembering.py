"""What was read of a large area's villages, kept in this process until one of them is counted again.

Reading the counts of 3,000 villages takes longer than everything else on a page of a
province. Every count stamps its row, so the newest stamp and the number of rows tell
whether anything changed; figures are written in the same transaction as the counts.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Count, Max

from kaejon.apps.access.scope import Scope
from kaejon.apps.areas.models import Area, Level
from kaejon.apps.areas.queries import within
from kaejon.apps.dashboards.models import VillageTally

T = TypeVar("T")
LARGE = (Level.COUNTRY, Level.PROVINCE, Level.DISTRICT)
# Areas kept at a time; a province's villages take some megabytes.
KEPT = 24
_kept: OrderedDict[tuple[Any, ...], tuple[Any, Any]] = OrderedDict()
_lock = Lock()


Stamp = dict[str, Any]


def remembered(
    what: str, scope: Scope, area: Area, read: Callable[[], T], *, stamp: Stamp | None = None
) -> T:
    """What `read` gives, read anew only after a change. The caller must not change it.

    `stamp`: what tells that something changed, where it is not a count of villages; nothing
    is kept where its `rows` are none.
    """
    if area.level not in LARGE:
        return read()
    key = (what, connection.settings_dict["NAME"], scope.areas, area.code)
    if stamp is None:
        rows = VillageTally.objects.filter(within(area.code, "area_id"), scope.by_area("area_id"))
        stamp = rows.aggregate(rows=Count("pk"), newest=Max("updated_at"))
    if not stamp["rows"]:
        return read()
    with _lock:
        held = _kept.get(key)
        if held is not None and held[0] == stamp:
            _kept.move_to_end(key)
            found: T = held[1]
            return found
    fresh = read()
    with _lock:
        _kept[key] = (stamp, fresh)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return fresh
