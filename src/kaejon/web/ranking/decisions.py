"""Write down what was decided, read it again, print it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import may
from kaejon.apps.areas.models import Area
from kaejon.apps.dashboards.exports import give_counts
from kaejon.apps.ranking.actions import record_decision
from kaejon.apps.ranking.models import Decision
from kaejon.apps.ranking.queries import (
    decisions_visible_to,
    ranking,
    repeats,
    rule_of,
    standing_decision,
)
from kaejon.methods.ranking import Rule
from kaejon.web.doors import actor_of, permitted
from kaejon.web.people.asking import Question, ask, shape
from kaejon.web.places.sight import paper_of, sight_of
from kaejon.web.ranking.forms import DecisionForm
from kaejon.web.ranking.pages import SHOWN, crumbs, deciding_area
from kaejon.web.ranking.rows import Row, frozen_rows, unranked
from kaejon.web.ranking.sheet import meeting_sheet


@permitted(Permission.DECIDE)
def decision_add(request: HttpRequest, code: str) -> HttpResponse:
    """Record what was decided about an area; with a decision standing, the new one replaces it."""
    area = deciding_area(request, code)
    user = actor_of(request)
    standing = standing_decision(user, area)
    ranked = ranking(sight_of(user, area).scope, area, rule_of(area))
    form = shape(DecisionForm, request, ranked=ranked, initial={"decided_on": timezone.localdate()})

    def act(form: DecisionForm) -> HttpResponse:
        held = form.cleaned_data
        decision = record_decision(
            area=area,
            decided_on=held["decided_on"],
            decided_by=held["decided_by"],
            meeting=held["meeting"],
            text=held["text"],
            chosen=form.chosen(),
            replaces=standing,
            by=user,
        )
        messages.success(request, _("Written down, with the ranking as it lies before you."))
        return redirect("decision_page", public_id=decision.public_id)

    question = Question(
        title=_("Record a decision"),
        submit=_("Record"),
        back=reverse("ranking_page", args=[area.code]),
        lead=_(
            "The ranking and its rule are kept as they are now. A recorded decision is never "
            "changed; a later one replaces it."
        ),
        template="ranking/decide.html",
    )
    return ask(
        request,
        question,
        form,
        act,
        area=area,
        standing=standing,
        breadcrumb=crumbs(request, area, _("Record a decision")),
    )


def decision_for(request: HttpRequest, public_id: UUID) -> Decision:
    """The decision, if the person may see counts in its whole area."""
    rows = decisions_visible_to(actor_of(request)).select_related("replaces", "replaced_by")
    return get_object_or_404(rows, public_id=public_id)


@permitted(Permission.SEE_COUNTS)
def decision_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What was decided, and the ranking as it lay on the table."""
    decision = decision_for(request, public_id)
    user = actor_of(request)
    area: Area = decision.area
    sight = sight_of(user, area)
    rows = frozen_rows(decision, sight)
    context = {
        "decision": decision,
        "area": area,
        "sight": sight,
        "breadcrumb": crumbs(request, area, _("Decision")),
        "chosen": chosen_of(decision, rows),
        "rows": rows[:SHOWN],
        "rule": Rule.from_dict(decision.frozen["rule"]),
        "repeats": repeats(decision),
        "tells_hash": sight.reader.sees_sensitive(area.code),
        "may_decide": may(user, Permission.DECIDE, area.code),
        "may_print": may(user, Permission.PRINT),
    }
    return render(request, "ranking/decision.html", context)


def chosen_of(decision: Decision, rows: list[Row]) -> list[Row]:
    """The rows of what was chosen, in the order of the choice."""
    by_code = {row["code"]: row for row in rows}
    return [by_code.get(code) or unranked(code) for code in decision.chosen]


@permitted(Permission.PRINT)
def decision_sheet(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The decision on paper, with the frozen ranking."""
    decision = decision_for(request, public_id)
    user = actor_of(request)
    give_counts(what="decision", area=decision.area, form="pdf", by=user)
    sight = paper_of(user, decision.area)
    rows = frozen_rows(decision, sight)
    rule = Rule.from_dict(decision.frozen["rule"])
    pdf = meeting_sheet(sight, user, rows, rule, decision, chosen_of(decision, rows))
    response = HttpResponse(pdf, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="decision-{decision.number}.pdf"'
    return response
