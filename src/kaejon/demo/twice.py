"""People who stand twice in the demonstration: searched, some decided, one waiting for a second opinion."""

from __future__ import annotations

from collections.abc import Callable

from kaejon.apps.access.models import User
from kaejon.apps.areas.models import Area
from kaejon.apps.jobs.models import Job
from kaejon.apps.linking import scoring
from kaejon.apps.linking.assigning import assign_queue
from kaejon.apps.linking.models import Band, PersonPair, Verdict
from kaejon.apps.linking.pair_queries import suggested_to_keep
from kaejon.apps.linking.pairs import decide_pair
from kaejon.apps.linking.sensitive import TWO_IDS, causes_of

PROVINCE = "33"
MERGED = 2


def search_and_decide(
    *, tambon: str, officer: User, local: User, finish: Callable[[Job], None]
) -> None:
    """Search the province; merge the two surest pairs, propose one grave merge, assign one tambon."""
    finish(scoring.start(area=Area.objects.get(code=PROVINCE), by=officer))
    sure = PersonPair.objects.filter(band=Band.SURE).order_by("-probability", "pk")
    for pair in sure.select_related("one", "other")[:MERGED]:
        say_the_same(pair, officer)
    asked = PersonPair.objects.filter(band=Band.ASK).order_by("-probability", "pk")
    for pair in asked.select_related("one", "other")[:50]:
        if pair.one and pair.other and TWO_IDS in causes_of(pair.one, pair.other):
            say_the_same(pair, officer, reason="ผู้ใหญ่บ้านยืนยันว่าเป็นคนเดียวกัน เลขหนึ่งคัดลอกผิด")
            break
    assign_queue(area=Area.objects.get(code=tambon), user=local, by=officer)


def say_the_same(pair: PersonPair, officer: User, reason: str = "") -> None:
    if pair.one is None or pair.other is None:
        return
    kept = suggested_to_keep(pair.one, pair.other)
    decide_pair(pair=pair, verdict=Verdict.SAME, kept=kept, by=officer, reason=reason)
