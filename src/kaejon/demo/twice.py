"""People who stand twice in the demonstration: searched, some decided, one waiting for a second opinion."""

from __future__ import annotations

from collections.abc import Callable

from kaejon.apps.access.models import User
from kaejon.apps.areas.models import Area
from kaejon.apps.jobs.models import Job
from kaejon.apps.linking import scoring
from kaejon.apps.linking.assigning import assign_queue
from kaejon.apps.linking.models import PersonPair, Verdict
from kaejon.apps.linking.pair_queries import suggested_to_keep
from kaejon.apps.linking.pairs import decide_pair
from kaejon.apps.linking.sensitive import causes_of

PROVINCE = "33"
MERGED = 2
LOOKED_AT = 100


def search_and_decide(
    *, tambon: str, officer: User, local: User, finish: Callable[[Job], None]
) -> None:
    """Search the province; merge the two surest plain pairs, propose one grave merge, assign one tambon."""
    finish(scoring.start(area=Area.objects.get(code=PROVINCE), by=officer))
    pairs = PersonPair.objects.order_by("-probability", "pk").select_related("one", "other")
    plain, grave = [], []
    for pair in pairs[:LOOKED_AT]:
        if pair.one is not None and pair.other is not None:
            (grave if causes_of(pair.one, pair.other) else plain).append(pair)
    for pair in [*plain[:MERGED], *grave[:1]]:
        say_the_same(pair, officer)
    assign_queue(area=Area.objects.get(code=tambon), user=local, by=officer)


def say_the_same(pair: PersonPair, officer: User) -> None:
    if pair.one is None or pair.other is None:
        return
    kept = suggested_to_keep(pair.one, pair.other)
    reason = "ผู้ใหญ่บ้านยืนยันว่าเป็นคนเดียวกัน"
    decide_pair(pair=pair, verdict=Verdict.SAME, kept=kept, by=officer, reason=reason)
