"""Record what was found at a household, take it back, tell the family."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.areas.models import Area
from kaejon.apps.folders.guards import MayBeKnown
from kaejon.apps.households.models import Household, Verified
from kaejon.apps.households.queries import visible_to
from kaejon.apps.sources import files
from kaejon.apps.surveys import photos
from kaejon.apps.surveys.checking import Finding, add_missed, record_check, withdraw_check
from kaejon.apps.surveys.overriding import override_status, remove_override
from kaejon.apps.surveys.papers import result_pdf
from kaejon.apps.surveys.queries import checks_visible_to, overrides_visible_to
from kaejon.apps.surveys.refusals import CheckRefused
from kaejon.methods.errors import DataError
from kaejon.web.doors import VIEW, actor_of, household_for, permitted
from kaejon.web.folder.corrections import folder_address
from kaejon.web.looks import opened
from kaejon.web.surveys.doors import (
    VERIFY,
    form_page,
    one_of,
    refused,
    village_for,
    year_of,
)
from kaejon.web.surveys.forms import CheckForm, MissedForm, OverrideForm, ReasonForm
from kaejon.web.surveys.worklist import file_answer

OVERRIDE = Permission.APPLY_LISTS
# Outcomes a single tap may say; the others need more words.
AT_ONCE = (Verified.CONFIRMED_POOR, Verified.NOT_POOR, Verified.DIED, Verified.NOT_FOUND)


def way_back(request: HttpRequest, default: str) -> str:
    """The page of this site that the person came from."""
    asked = request.POST.get("back") or request.GET.get("back") or ""
    inside = url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if asked.startswith("/") and inside else default


def village_address(household: Household, year: int) -> str:
    return f"{reverse('field_village', args=[household.area_id])}?year={year}"


@permitted(VERIFY)
@require_POST
def check_quick(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One tap on a card: found today by a visit. It can be undone on the next page."""
    household, year = household_for(request, public_id, VERIFY, look=VIEW), year_of(request)
    outcome = request.POST.get("outcome", "")
    if outcome not in AT_ONCE:
        raise CheckRefused(
            "tap_needs_more",
            _("This outcome needs more than one tap."),
            _("Open the form of the household."),
        )
    finding = Finding(
        household=household,
        year_be=year,
        outcome=outcome,
        method="visit",
        checked_on=timezone.localdate(),
    )
    check = record_check(finding=finding, by=actor_of(request))
    request.session["check_recorded"] = str(check.public_id)
    return redirect(way_back(request, village_address(household, year)))


@permitted(VERIFY)
def check_record(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What was found, with reason, note, photo and place."""
    household, year = household_for(request, public_id, VERIFY, look=VIEW), year_of(request)
    others = visible_to(actor_of(request), VERIFY).filter(area=household.area_id)
    back = way_back(request, village_address(household, year))
    form = CheckForm(
        request.POST or None,
        request.FILES or None,
        household=household,
        others=others.exclude(pk=household.pk),
        initial={"outcome": request.GET.get("outcome", "")},
    )
    if request.method == "POST" and form.is_valid():
        values = form.finding() | {"household": household, "year_be": year}
        if recorded(request, form, values):
            messages.success(request, _("The check is recorded."))
            return redirect(back)
    return form_page(
        request,
        form,
        title=_("Record a check"),
        pretitle=f"{household.head_name or _('Household')} · {household.house_no}",
        lead=_("List year %(year)s") % {"year": year},
        back=back,
    )


def recorded(request: HttpRequest, form: CheckForm, values: dict[str, Any]) -> bool:
    """Keep the photo and write the check; on a refusal the photo goes and the form says why."""
    photo = ""
    try:
        photo = kept_photo(form)
        record_check(finding=Finding(**values, photo=photo), by=actor_of(request))
    except DataError as error:
        if photo:
            files.discard(photo)
        refused(form, error)
        return False
    return True


def kept_photo(form: Any) -> str:
    sent = form.cleaned_data["photo"]
    return photos.keep(sent.chunks()) if sent else ""


@permitted(VERIFY)
def missed_add(request: HttpRequest, code: str) -> HttpResponse:
    """Add a family in need that no list names, and the check that found it."""
    area, year, user = village_for(request, code), year_of(request), actor_of(request)
    form = MissedForm(request.POST or None, request.FILES or None, initial={"area": area.code})
    form.fields["area"].queryset = villages_of(area)  # type: ignore[attr-defined]
    alike: list[Household] = []
    if request.method == "POST" and form.is_valid():
        household, alike = added(form, year, user)
        if household:
            messages.success(
                request, _("The household is added and counted as missed. Now add its members.")
            )
            return redirect(folder_address(household))
    if not alike:
        del form.fields["another"]
    back = f"{reverse('field_village', args=[area.code])}?year={year}"
    context = {"form": form, "area": area, "year": year, "alike": alike, "back": back}
    status = 422 if form.is_bound and (form.errors or alike) else 200
    return render(request, "surveys/missed.html", context, status=status)


def villages_of(area: Area) -> Any:
    """The village itself; of a tambon its villages."""
    rows = Area.objects.filter(code__startswith=area.code, level="village", valid_until=None)
    return rows.select_related("parent").order_by("code")


def added(form: MissedForm, year: int, user: User) -> tuple[Household | None, list[Household]]:
    """The new household; or none and those it might be; or neither, and the form says why."""
    data, photo = form.cleaned_data, ""
    try:
        photo = kept_photo(form)
        check = add_missed(
            area=data["area"].pk,
            house_no=data["house_no"],
            head=form.head(),
            year_be=year,
            checked_on=timezone.localdate(),
            note=data["reason"],
            reason=data["reason_code"],
            latitude=data["latitude"],
            longitude=data["longitude"],
            photo=photo,
            another=data["another"],
            by=user,
        )
    except DataError as error:
        if photo:
            files.discard(photo)
        if isinstance(error, MayBeKnown):
            return None, error.households
        refused(form, error)
        return None, []
    return check.household, []


@permitted(VERIFY)
def check_withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take a wrong check back, with its reason."""
    user = actor_of(request)
    check = one_of(request, checks_visible_to(user, VERIFY), public_id)
    back = way_back(request, f"{folder_address(check.household)}#checks")
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            withdraw_check(check=check, reason=form.cleaned_data["reason"], by=user)
        except DataError as error:
            refused(form, error)
        else:
            messages.success(request, _("The check is withdrawn; the status is worked out again."))
            return redirect(back)
    return form_page(
        request,
        form,
        title=_("Withdraw a check"),
        pretitle=check.household.head_name,
        lead=_("It stays in the history with your name and this reason."),
        submit=_("Withdraw this check"),
        back=back,
    )


@permitted(Permission.SEE_HOUSEHOLDS)
@never_cache
def check_photo(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The photo of a check; seeing it is a look at the household."""
    user = actor_of(request)
    check = one_of(request, checks_visible_to(user).exclude(photo_stored_as=""), public_id)
    opened(request, check.household)
    content, kind = photos.opened(check.photo_stored_as)
    response = file_answer(content, kind, f"photo.{kind.split('/')[1]}", inline=True)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@permitted(VERIFY)
@never_cache
def check_result(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The paper for the family."""
    household = household_for(request, public_id, VERIFY)
    pdf = result_pdf(household=household, by=actor_of(request))
    name = f"result-{household.public_id}.pdf"
    return file_answer(pdf, "application/pdf", name, inline=True)


@permitted(OVERRIDE)
def status_override(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Set the status by hand, against the rule."""
    household = household_for(request, public_id, OVERRIDE, look=VIEW)
    back = f"{folder_address(household)}#checks"
    form = OverrideForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            override_status(
                household=household,
                year_be=year_of(request),
                by=actor_of(request),
                **form.cleaned_data,
            )
        except DataError as error:
            refused(form, error)
        else:
            messages.success(request, _("The status is set by hand until somebody removes it."))
            return redirect(back)
    return form_page(
        request,
        form,
        title=_("Set the status by hand"),
        pretitle=household.head_name,
        lead=_("Only when the rule comes to a wrong result. Better is a new check."),
        back=back,
    )


@permitted(OVERRIDE)
def status_restore(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let the rule decide again."""
    user = actor_of(request)
    row = one_of(request, overrides_visible_to(user, OVERRIDE), public_id)
    back = f"{folder_address(row.household)}#checks"
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        remove_override(override=row, reason=form.cleaned_data["reason"], by=user)
        messages.success(request, _("The rule decides again."))
        return redirect(back)
    return form_page(
        request,
        form,
        title=_("Let the rule decide again"),
        pretitle=row.household.head_name,
        submit=_("Remove the setting"),
        back=back,
    )
