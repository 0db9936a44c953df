"""The print-out for the family: what is held, from whom, by which right, until when, and who looked."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from kaejon.apps.access.roles import Permission
from kaejon.apps.areas.queries import path_to
from kaejon.apps.audit.models import Look, LookKind
from kaejon.apps.audit.queries import looks_at_household
from kaejon.apps.households.models import Household
from kaejon.apps.privacy.queries import consents_of, lists_about, offices_of, people_of
from kaejon.apps.sources.models import SourceVersion
from kaejon.apps.surveys.models import Objection
from kaejon.sheets import held_data
from kaejon.sheets.typesetting import FONT_DIR
from kaejon.web.doors import actor_of, household_for
from kaejon.web.history.sentences import role_words
from kaejon.web.requests.asked import handlers
from kaejon.web.templatetags.kaejon_ui import be_date, be_datetime, level_word, mask_id

LOOKS = 200


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
    sheet = sheet_of(
        household, actor_of(request).display_name, thai_digits="thai_digits" in request.GET
    )
    response = HttpResponse(
        held_data.render_held_data(sheet, font_dir=FONT_DIR), content_type="application/pdf"
    )
    response["Content-Disposition"] = f'inline; filename="held-{household.public_id}.pdf"'
    response["Cache-Control"] = "no-store"
    return response


def sheet_of(
    household: Household, printed_by: str, *, thai_digits: bool
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
        held=held_facts(household),
        sources=held_sources(household),
        looks=looks_shown(household),
        consent=consent_sentence(household),
        printed_by=printed_by,
        printed_at=be_datetime(timezone.now()),
    )


def held_facts(household: Household) -> tuple[held_data.HeldFact, ...]:
    """What is held, one line a kind and one a member, numbers masked."""
    facts = [
        held_data.HeldFact(name=_("Members"), value=str(household.members)),
        held_data.HeldFact(
            name=_("Point on the map"),
            value=_("held") if household.house.latitude is not None else _("not held"),
        ),
        held_data.HeldFact(
            name=_("Level of living from the survey"), value=level_word(household.overall_level)
        ),
    ]
    for person in people_of(household):
        parts = [
            person.relation,
            person.get_sex_display(),
            born(person),
            mask_id(person.national_id_last4),
        ]
        facts.append(
            held_data.HeldFact(
                name=person.full_name, value=" · ".join(p for p in parts if p and p != "–")
            )
        )
    return (*facts, *checks_held(household))


def checks_held(household: Household) -> list[held_data.HeldFact]:
    """What checks say, their notes in full and whether there is a photo; objections with the answer."""
    found = []
    for check in household.checks.filter(withdrawn_at=None):
        parts = [
            check.get_outcome_display(),
            check.get_method_display(),
            check.moved_to,
            check.note,
            _("a photo is held") if check.photo_stored_as else "",
        ]
        name = _("Check of %(day)s") % {"day": be_date(check.checked_on)}
        found.append(held_data.HeldFact(name=name, value=" · ".join(p for p in parts if p)))
    for objection in Objection.objects.filter(item__household=household):
        name = _("Objection of %(day)s") % {"day": be_date(objection.raised_on)}
        value = " · ".join(p for p in (objection.raised_by, objection.text, objection.answer) if p)
        found.append(held_data.HeldFact(name=name, value=value))
    return found


def born(person: object) -> str:
    day = person.birth_date  # type: ignore[attr-defined]
    return _("born %(day)s") % {"day": be_date(day)} if day else ""


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
    return (
        f"{row.get_kind_display()}: {_(row.reason)}" if row.reason else str(row.get_kind_display())
    )


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
