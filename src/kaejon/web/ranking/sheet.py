"""The ranking on paper: for the meeting before it decides, and with its decision afterwards."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kaejon.apps.access.models import User
from kaejon.apps.areas.queries import path_to
from kaejon.apps.ranking.models import Decision
from kaejon.methods.ranking import Rule
from kaejon.sheets.decision import MeetingDecision, MeetingSheet, RankedProblem, render_meeting
from kaejon.sheets.typesetting import FONT_DIR
from kaejon.web.places.sight import Sight
from kaejon.web.ranking.rows import Row
from kaejon.web.templatetags.kaejon_ui import be_date, be_datetime

ON_PAPER = 15


def meeting_sheet(
    sight: Sight,
    user: User,
    rows: Sequence[Row],
    rule: Rule,
    decision: Decision | None = None,
    chosen: Sequence[Row] = (),
) -> bytes:
    """One or two A4 pages in the language of the page, from rows as a paper may tell them."""
    lists = (
        decision.frozen["lists"]
        if decision
        else [f"{v.source.name} ({be_date(v.as_of)})" for v in sight.lists]
    )
    sheet = MeetingSheet(
        name=sight.area.full_name,
        place=tuple(step.full_name for step in path_to(sight.area)[:-1]),
        weights=(rule.households, rule.severity, rule.action),
        problems=[line_of(row) for row in rows[:ON_PAPER]],
        decision=decision_of(decision, chosen) if decision else None,
        source=f"{'; '.join(lists)} · {sight.registry_note()}"
        if not decision
        else "; ".join(lists),
        language="en" if get_language() == "en" else "th",
        synthetic=settings.SYNTHETIC_DATA,
        printed_by=user.display_name,
        printed_at=be_datetime(timezone.now()),
    )
    return render_meeting(sheet, font_dir=FONT_DIR)


def line_of(row: Row) -> RankedProblem:
    return RankedProblem(
        place=row["place"],
        name=row["name"],
        side=row["side"],
        households=row["households"]["text"],
        people=str(row["people"]),
        score=row["score"],
    )


def decision_of(decision: Decision, chosen: Sequence[Row]) -> MeetingDecision:
    return MeetingDecision(
        number=decision.number,
        decided_on=be_date(decision.decided_on, "long"),
        decided_by=decision.decided_by,
        meeting=decision.meeting,
        text=decision.text,
        chosen=[line_of(row) for row in chosen],
        recorded=_("%(who)s, %(when)s")
        % {"who": decision.recorded_by.display_name, "when": be_datetime(decision.recorded_at)},
        fingerprint=decision.frozen_hash[:16],
    )
