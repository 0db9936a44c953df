"""What field work prints: the worklist of a village, agenda and minutes of a forum, the family's paper.

Each household printed is a look of the person who prints.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from kaejon.apps.access.models import User
from kaejon.apps.access.refusals import NotPermitted
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import require, role_names
from kaejon.apps.areas.models import Area, Level
from kaejon.apps.areas.queries import path_to
from kaejon.apps.audit.actions import record_looks
from kaejon.apps.audit.models import LookKind
from kaejon.apps.folders.paper import language_of_page
from kaejon.apps.folders.stating import organization_acting
from kaejon.apps.folders.wording import language, short_list_name, shown_date
from kaejon.apps.households.models import Household
from kaejon.apps.households.queries import open_households, visible_to
from kaejon.apps.privacy.models import RequestKind
from kaejon.apps.privacy.requests import DAYS_TO_ANSWER
from kaejon.apps.surveys.models import AgendaItem, Forum, Objection, StatusOverride, Verification
from kaejon.apps.surveys.queries import in_order
from kaejon.apps.surveys.refusals import CheckRefused
from kaejon.apps.surveys.worklists import CAUSES, Visit, task_of, visits_of
from kaejon.methods.checks import attendance_groups, objection_days, quorum, reasons
from kaejon.sheets.check_result import CheckResult, render_check_result
from kaejon.sheets.forum import ForumItem, ForumObjection, ForumSheet, render_forum
from kaejon.sheets.typesetting import FONT_DIR
from kaejon.sheets.worklist import Visit as PrintedVisit
from kaejon.sheets.worklist import Worklist, render_worklist


def place_words(area: Area) -> tuple[str, ...]:
    """The place from the village up."""
    return tuple(step.full_name for step in reversed(path_to(area)) if step.level != Level.COUNTRY)


def printed(by: User) -> dict[str, object]:
    """What stands at the foot of every paper."""
    return {
        "language": language_of_page(),
        "synthetic": settings.SYNTHETIC_DATA,
        "printed_by": by.display_name,
        "printed_at": shown_date(timezone.localdate()),
    }


def looked_at(households: Iterable[Household], by: User) -> None:
    rows = [(h.public_id, h.area_id) for h in households]
    record_looks(by=by, kind=LookKind.PRINT, households=rows, role=role_names(by))


def refuse_unseen(households: Sequence[Household], by: User) -> None:
    """Refuse (NotPermitted) to print a household that the actor may not print."""
    keys = {household.pk for household in households}
    if visible_to(by, Permission.PRINT).filter(pk__in=keys).count() < len(keys):
        raise NotPermitted(Permission.PRINT)


def why_words(visit: Visit) -> tuple[str, ...]:
    """The lists that name a household, then why it is to be checked."""
    lists = tuple(short_list_name(version) for version in visit.lists)
    return (*lists, *(str(CAUSES[cause]) for cause in visit.causes))


def worklist_pdf(*, area: Area, year: int, visits: Sequence[Visit], by: User) -> bytes:
    """The worklist of a village with a box for each outcome."""
    require(by, Permission.PRINT, at=area.code)
    refuse_unseen([visit.household for visit in visits], by)
    task = task_of(area.code, year)
    sheet = Worklist(
        place=place_words(area),
        year=str(year),
        given_to=task.assigned_to.display_name if task else "",
        due=shown_date(task.due_on) if task else "",
        url=f"{settings.SITE_URL}/field/villages/{area.code}/?year={year}",
        visits=[printed_visit(visit) for visit in visits],
        **printed(by),  # type: ignore[arg-type]
    )
    looked_at((visit.household for visit in visits), by)
    return render_worklist(sheet, font_dir=FONT_DIR)


def printed_visit(visit: Visit) -> PrintedVisit:
    household = visit.household
    return PrintedVisit(
        house_no=household.house_no,
        head_name=household.head_name,
        members=household.members,
        look_at=why_words(visit),
        outcome=household.get_verified_display() if visit.done else "",
    )


def forum_pdf(*, forum: Forum, kind: str, by: User) -> bytes:
    """The agenda of a forum, or its minutes."""
    require(by, Permission.PRINT, at=forum.area_id)
    items = list(in_order(forum.agenda.select_related("household", "decision")))
    group, least = quorum()
    names = {g["code"]: g[language()] for g in attendance_groups()}
    sheet = ForumSheet(
        kind="agenda" if kind == "agenda" else "minutes",
        place=place_words(forum.area),
        year=str(forum.year_be),
        held_on=shown_date(forum.held_on),
        where=forum.place,
        chair=forum.chair,
        quorum=(names[group], least),
        attendance=tuple((names[code], n) for code, n in forum.attendance.items() if n),
        items=items_of(items, forum.year_be, by),
        objections=objections_of(forum),
        note=forum.note,
        closed=forum.is_closed,
        **printed(by),  # type: ignore[arg-type]
    )
    looked_at((item.household for item in items), by)
    return render_forum(sheet, font_dir=FONT_DIR)


def items_of(items: Sequence[AgendaItem], year: int, by: User) -> list[ForumItem]:
    """What was said then; what lists say now only of households the printing person may open."""
    here = open_households(by, [i.household_id for i in items], Permission.PRINT)
    seen = [i.household for i in items if i.household_id in here]
    visits = {v.household.pk: v for v in visits_of(seen, year)}
    return [
        ForumItem(
            house_no=item.house_no,
            head_name=item.head_name,
            look_at=why_words(visits[item.household_id]) if item.household_id in visits else (),
            decision=item.decision.get_outcome_display() if item.decision else "",
            how=decided_words(item),
            reason=reason_words(item.decision) if item.decision else "",
        )
        for item in items
    ]


def decided_words(item: AgendaItem) -> str:
    """How a decision was made, with the votes."""
    if item.votes_for is None:
        return item.get_decided_how_display() if item.decided_how else ""
    return f"{item.get_decided_how_display()} {item.votes_for} : {item.votes_against}"


def reason_words(check: Verification) -> str:
    """The reason of the catalogue and what was noted."""
    known = next((str(r[language()]) for r in reasons() if r["code"] == check.reason), "")
    return " · ".join(part for part in (known, check.note) if part)


def objections_of(forum: Forum) -> list[ForumObjection]:
    rows = Objection.objects.filter(item__forum=forum).select_related("item")
    return [
        ForumObjection(
            house_no=row.item.house_no,
            raised_by=row.raised_by,
            text=row.text,
            answer=row.answer,
        )
        for row in rows
    ]


def result_pdf(*, household: Household, by: User) -> bytes:
    """The family's paper. Refuses a household the actor may not print, and one nobody checked."""
    require(by, Permission.VERIFY, at=household.area_id)
    refuse_unseen([household], by)
    if not household.verified:
        raise CheckRefused(
            "not_checked", _("This household is not checked yet."), _("Record a check first.")
        )
    check = deciding_check(household)
    override = StatusOverride.objects.filter(household=household, removed_at=None).first()
    on = household.verified_on or timezone.localdate()
    sheet = CheckResult(
        head_name=household.head_name,
        house_no=household.house_no,
        place=place_words(household.area),
        outcome=household.verified,
        result=family_word(household),
        year=str(household.verified_year),
        how=check.get_method_display() if check else _("decision of the office"),
        on=shown_date(on),
        by=organization_acting(by, household.area_id).name,
        reason=override.reason if override else family_reason(check),
        contact=organization_acting(by, household.area_id).name,
        object_by=shown_date(timezone.localdate() + timedelta(days=objection_days())),
        answer_days=DAYS_TO_ANSWER[RequestKind.OBJECTION],
        url=f"{settings.SITE_URL}/households/{household.public_id}/",
        **printed(by),  # type: ignore[arg-type]
    )
    looked_at([household], by)
    return render_check_result(sheet, font_dir=FONT_DIR)


def deciding_check(household: Household) -> Verification | None:
    """The latest live check that says what the status says; None under an override alone."""
    rows = Verification.objects.filter(
        household=household, withdrawn_at=None, year_be=household.verified_year or 0
    )
    return rows.filter(outcome=household.verified).order_by("-checked_on", "-pk").first()


def family_word(household: Household) -> str:
    """The outcome as a family reads it."""
    if household.verified == "missed":
        return _("not yet on any list, in need")
    return household.get_verified_display()


def family_reason(check: Verification | None) -> str:
    """The reason of the catalogue only: notes are the officers' own."""
    if check is None:
        return ""
    return next((str(r[language()]) for r in reasons() if r["code"] == check.reason), "")
