"""What list owners are asked to correct: by owner, as a spreadsheet, and the answer."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from kaejon.apps.access.roles import Permission
from kaejon.apps.audit.actions import record
from kaejon.apps.folders.wording import FACT_NAMES, list_name
from kaejon.apps.households.models import Person
from kaejon.apps.households.queries import open_people
from kaejon.apps.partners.models import Organization
from kaejon.apps.surveys.correcting import answer_correction, tell_owner
from kaejon.apps.surveys.differing import (
    STANDING,
)
from kaejon.apps.surveys.models import Correction, CorrectionState
from kaejon.apps.surveys.papers import looked_at
from kaejon.apps.surveys.queries import corrections_visible_to
from kaejon.apps.surveys.refusals import CheckRefused
from kaejon.methods.errors import DataError
from kaejon.methods.listfiles.exporting import write_xlsx
from kaejon.methods.thai.buddhist_era import format_date
from kaejon.web.doors import actor_of, permitted
from kaejon.web.surveys.doors import VERIFY, form_page, one_of, refused
from kaejon.web.surveys.forms import CorrectionAnswerForm
from kaejon.web.surveys.worklist import XLSX, file_answer

PAGE = 20


@permitted(VERIFY)
def correction_list(request: HttpRequest) -> HttpResponse:
    """What owners are asked, by owner and state."""
    rows = corrections_visible_to(actor_of(request))
    owners = owners_of(rows)
    state = request.GET.get("state", "")
    if state in CorrectionState.values:
        rows = rows.filter(state=state)
    owner = request.GET.get("owner", "")
    chosen = Organization.objects.filter(code=owner).first() if owner else None
    if chosen:
        rows = rows.filter(version__source__owner=chosen)
    page: Any = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    named = open_people(actor_of(request), [row.person_id for row in page if row.person_id])
    for row in page:
        row.person_name = row.person.full_name if row.person_id in named else ""
    context = {
        "page": page,
        "owners": owners,
        "chosen": chosen,
        "state": state,
        "states": CorrectionState.choices,
        "waiting": rows.filter(state=CorrectionState.OPEN).count() if chosen else 0,
        "fact_names": {**FACT_NAMES, STANDING: _("standing on the list")},
    }
    return render(request, "surveys/corrections.html", context)


def owners_of(rows: Any) -> list[dict[str, Any]]:
    """Owners with how many items wait for them, the most first."""
    found = (
        rows.order_by()
        .values("version__source__owner__code", "version__source__owner__name_th")
        .annotate(
            total=Count("pk"),
            open=Count("pk", filter=Q(state=CorrectionState.OPEN)),
            told=Count("pk", filter=Q(state=CorrectionState.TOLD)),
        )
    )
    return sorted(
        (
            {
                "code": row["version__source__owner__code"],
                "name": row["version__source__owner__name_th"],
                **{name: row[name] for name in ("total", "open", "told")},
            }
            for row in found
        ),
        key=lambda row: (-row["open"], row["name"]),
    )


@permitted(VERIFY)
def correction_answer(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What the owner did."""
    row = one_of(request, corrections_visible_to(actor_of(request)), public_id)
    form = CorrectionAnswerForm(request.POST or None)
    back = f"{reverse('correction_list')}?owner={row.version.source.owner.code}"
    if request.method == "POST" and form.is_valid():
        try:
            answer_correction(correction=row, by=actor_of(request), **form.cleaned_data)
        except DataError as error:
            refused(form, error)
        else:
            return redirect(back)
    return form_page(
        request,
        form,
        title=_("Answer of the owner"),
        pretitle=f"{row.household.head_name} · {list_name(row.version)}",
        lead=f"{row.listed} → {row.right}",
        back=back,
    )


@permitted(VERIFY)
@require_POST
def correction_tell(request: HttpRequest, code: str) -> HttpResponse:
    """Write down that an owner was told of everything still open."""
    owner = get_object_or_404(Organization, code=code)
    rows = corrections_visible_to(actor_of(request)).filter(
        version__source__owner=owner, state=CorrectionState.OPEN
    )
    count = tell_owner(corrections=list(rows), on=timezone.localdate(), by=actor_of(request))
    messages.success(
        request,
        ngettext("%(n)s item marked as told.", "%(n)s items marked as told.", count) % {"n": count},
    )
    return redirect(f"{reverse('correction_list')}?owner={owner.code}")


@permitted(Permission.EXPORT)
@never_cache
def correction_export(request: HttpRequest, code: str) -> HttpResponse:
    """What an owner is asked, as a spreadsheet for the owner."""
    user, owner = actor_of(request), get_object_or_404(Organization, code=code)
    rows = list(
        corrections_visible_to(user, Permission.EXPORT).filter(
            version__source__owner=owner,
            state__in=(CorrectionState.OPEN, CorrectionState.TOLD),
        )
    )
    if not rows:
        raise CheckRefused(
            "nothing_asked", _("Nothing is asked of this owner."), _("Note what is wrong first.")
        )
    with tempfile.TemporaryDirectory(prefix="kaejon-corrections-") as folder:
        path = Path(folder) / "corrections.xlsx"
        named = open_people(user, [r.person_id for r in rows if r.person_id], Permission.EXPORT)
        lines = (export_line(row, row.person_id in named) for row in rows)
        write_xlsx(path, export_header(), lines, sheet=_("Corrections"))
        content = path.read_bytes()
    looked_at({row.household_id: row.household for row in rows}.values(), user)
    record(
        by=user,
        verb="correction.export",
        subject_type="organization",
        subject_id=owner.public_id,
        area=owner.area_id,
        label=owner.name,
        changes={"rows": len(rows)},
    )
    return file_answer(content, XLSX, f"corrections-{owner.code}.xlsx")


def export_header() -> list[str]:
    return [
        _("List"),
        _("Area code"),
        _("House no."),
        _("Head of household"),
        _("Person"),
        _("National ID (masked)"),
        _("Fact"),
        _("What the list says"),
        _("What is right"),
        _("State"),
        _("Asked on"),
    ]


def export_line(row: Correction, named: bool) -> list[object]:
    """One line; `named`: whether the reader may take out the person, who may live elsewhere now."""
    person: Person | None = row.person if named else None
    fact = FACT_NAMES.get(row.fact, _("standing on the list"))
    return [
        list_name(row.version),
        row.household.area_id,
        row.household.house_no,
        row.household.head_name,
        person.full_name if person else "",
        person.masked_id if person else "",
        str(fact),
        row.listed,
        row.right,
        row.get_state_display(),
        format_date(timezone.localtime(row.opened_at).date(), style="numeric", lang="th"),
    ]
