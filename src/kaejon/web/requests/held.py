"""The print-out for the family: what is held, from whom, by which right, until when, and who looked."""

from __future__ import annotations

from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.areas.queries import path_to
from kaejon.apps.audit.models import Look, LookKind
from kaejon.apps.audit.queries import looks_at_household
from kaejon.apps.households.models import Household
from kaejon.apps.households.queries import open_households, open_people, with_duplicates
from kaejon.apps.privacy.queries import consents_of, lists_about, offices_of, people_of
from kaejon.apps.records import Own, Record, Shown, Strip, Subjects, records
from kaejon.apps.sources.models import SourceVersion
from kaejon.sheets import held_data
from kaejon.sheets.typesetting import FONT_DIR
from kaejon.web.doors import actor_of, household_for
from kaejon.web.history.sentences import reason_words, role_words
from kaejon.web.looks import shown_by_key
from kaejon.web.requests.asked import handlers
from kaejon.web.templatetags.kaejon_ui import be_date, be_datetime, level_word

LOOKS = 1_000
# A value that says yes, no more.
YES = "✓"


@handlers
def held_data_print(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A PDF in plain words; printing it is a look of its own."""
    household = household_for(
        request,
        public_id,
        Permission.HANDLE_REQUESTS,
        look=LookKind.PRINT,
        reason=gettext_noop("print-out for the family"),
    )
    reader = actor_of(request)
    facts, others = held_facts(household, reader)
    shown_by_key(request, households=others.households, people=others.people)
    sheet = sheet_of(
        household, facts, reader.display_name, thai_digits="thai_digits" in request.GET
    )
    response = HttpResponse(
        held_data.render_held_data(sheet, font_dir=FONT_DIR), content_type="application/pdf"
    )
    response["Content-Disposition"] = f'inline; filename="held-{household.public_id}.pdf"'
    response["Cache-Control"] = "no-store"
    return response


def sheet_of(
    household: Household,
    facts: tuple[held_data.HeldFact, ...],
    printed_by: str,
    *,
    thai_digits: bool,
) -> held_data.HeldDataSheet:
    places = path_to(household.area)
    office = places[-2].full_name if len(places) > 1 else household.area.full_name
    return held_data.HeldDataSheet(
        head_name=household.head_name,
        place=(
            _("House no. %(number)s") % {"number": household.house_no},
            *(a.full_name for a in reversed(places)),
        ),
        contact=_("The office of %(area)s that keeps this registry") % {"area": office},
        how_to_ask=_(
            "Tell the officer, in words or in writing: show me what is held, correct it, erase it, or I object. The answer comes within 30 days and costs nothing."
        ),
        url=settings.SITE_URL + reverse("held_data_print", args=[household.public_id]),
        language="en" if get_language() == "en" else "th",
        thai_digits=thai_digits,
        synthetic=settings.SYNTHETIC_DATA,
        held=facts,
        sources=held_sources(household),
        looks=looks_shown(household),
        consent=consent_sentence(household),
        printed_by=printed_by,
        printed_at=be_datetime(timezone.now()),
    )


def held_facts(
    household: Household, reader: User
) -> tuple[tuple[held_data.HeldFact, ...], Subjects]:
    """A line for each row of each table that says how the family is shown it (`as_record`).

    A row that is about another family too (two who may be one, a change of both) is told only
    where the reader may open that one as well. Returns the lines and these others.
    """
    own = Subjects(*with_duplicates(household))
    homes, people = [household.pk], list(people_of(household).values_list("pk", flat=True))
    lines: list[tuple[str, str]] = []
    others = Subjects()
    for model, record in records():
        if isinstance(record.shown, Own):
            lines += record.shown(homes, people)
        elif isinstance(record.shown, Shown):
            rows = model._base_manager.filter(record.about(homes, people)).distinct()
            beside = [(row, record.subjects(row) - own) for row in rows.order_by("pk")]
            opened = opened_to(reader, reduce(or_, (also for _row, also in beside), Subjects()))
            told = [(row, also) for row, also in beside if also <= opened]
            lines += [line(row, record, record.shown) for row, _also in told]
            others = reduce(or_, (also for _row, also in told), others)
    facts = tuple(held_data.HeldFact(name=name, value=value) for name, value in lines if value)
    return facts, others


def opened_to(reader: User, asked: Subjects) -> Subjects:
    """Those of them about whom the reader handles requests."""
    handle = Permission.HANDLE_REQUESTS
    return Subjects(
        frozenset(open_households(reader, asked.households, handle)),
        frozenset(open_people(reader, asked.people, handle)),
    )


def line(row: Model, record: Record, shown: Shown) -> tuple[str, str]:
    """(what and of which day, its values in words)."""
    name = f"{shown.title} {in_words(row, shown.day, record)}".strip() if shown.day else shown.title
    columns = [column if isinstance(column, tuple) else (column, "") for column in shown.columns]
    values = [(words, in_words(row, column, record)) for column, words in columns]
    return str(name), " · ".join(said(words, value) for words, value in values if value)


def said(words: str | Promise, value: str) -> str:
    """The words before the value; a value that only says yes is the words alone."""
    if value == YES:
        return str(words)
    return f"{words}: {value}" if words else value


def in_words(row: Any, column: str, record: Record) -> str:
    """One value as a family reads it; empty when there is none. Of a stored file only that there is one."""
    *way, name = column.split("__")
    for step in way:
        row = getattr(row, step)
    value = getattr(row, name)
    if isinstance(record.erase, Strip) and column in record.erase.files:
        return YES if value else ""
    if isinstance(value, bool):
        return YES if value else ""
    if display := getattr(row, f"get_{name}_display", None):
        return str(display() or "")
    if name.endswith("_level"):
        return str(level_word(value)) if value else ""
    return of_kind(value)


def of_kind(value: Any) -> str:
    if value in (None, "", [], {}):
        return ""
    if isinstance(value, datetime):
        return be_datetime(value)
    if isinstance(value, date):
        return be_date(value)
    if isinstance(value, dict):
        return ", ".join(f"{key} {of_kind(inner) or '–'}" for key, inner in value.items())
    if isinstance(value, list):
        return ", ".join(of_kind(inner) for inner in value)
    return str(value).strip()


def held_sources(household: Household) -> tuple[held_data.HeldSource, ...]:
    return tuple(
        held_data.HeldSource(
            name=list_name(held.version),
            owner=held.version.source.owner.name,
            legal_basis=held.version.source.get_legal_basis_display(),
            purpose=held.version.source.purpose,
            kept_until=be_date(held.kept_until),
        )
        for held in lists_about(household)
    )


def list_name(version: SourceVersion) -> str:
    """The list with its year, once."""
    name, year = version.source.name, str(version.year_be)
    return name if year in name else f"{name} {year}"


def looks_shown(household: Household) -> tuple[held_data.Look, ...]:
    rows = list(looks_at_household(str(household.public_id), household.area_id)[:LOOKS])
    offices = offices_of({row.actor_id for row in rows})
    return tuple(
        held_data.Look(
            date=be_datetime(row.at),
            role=role_words(row.actor_role) or row.actor_name,
            office=offices.get(row.actor_id, ""),
            reason=reason_of(row),
        )
        for row in rows
    )


def reason_of(row: Look) -> str:
    reason = reason_words(row.reason)
    return f"{row.get_kind_display()}: {reason}" if reason else str(row.get_kind_display())


def consent_sentence(household: Household) -> str:
    """The answers that count, one for each list."""
    said: dict[int, str] = {}
    for consent in consents_of(household):
        said.setdefault(
            consent.source_id,
            _("%(list)s: %(answer)s by %(who)s on %(day)s")
            % {
                "list": consent.source.name,
                "answer": consent.get_status_display(),
                "who": consent.given_by,
                "day": be_date(consent.stated_on),
            },
        )
    return "; ".join(said.values())
