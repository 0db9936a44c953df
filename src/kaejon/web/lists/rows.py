"""Single rows of a list: one row as received, and the rejected ones to correct."""

from __future__ import annotations

import tempfile
from pathlib import Path
from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import may
from kaejon.apps.sources.handing_back import may_reveal, reveal_row, write_rejected
from kaejon.apps.sources.previews import may_read_row, previews
from kaejon.apps.sources.queries import rows_of
from kaejon.web.accounts.asking_again import password_asked
from kaejon.web.doors import actor_of, permitted
from kaejon.web.lists.batch import LONGEST_NUMBER, record_rows_seen
from kaejon.web.lists.door import batch_for, language
from kaejon.web.lists.forms import ReasonForm

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@never_cache
@permitted(Permission.IMPORT_LISTS)
def rejected_download(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """The rejected rows with the reasons beside them, ready to be corrected and uploaded."""
    batch = batch_for(request, public_id)
    whole_numbers = may(actor_of(request), Permission.REVEAL_ID, at=batch.area_id)
    if whole_numbers and (question := password_asked(request)):
        return question
    with tempfile.TemporaryDirectory(prefix="kaejon-rejected-") as private:
        path = Path(private) / "rejected.xlsx"
        write_rejected(batch=batch, path=path, language=language(), by=actor_of(request))
        handle = path.open("rb")
    name = _("to correct") + f" - {Path(batch.file_name).stem}.xlsx"
    return FileResponse(handle, as_attachment=True, filename=name, content_type=XLSX)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@permitted(Permission.IMPORT_LISTS)
def row_page(request: HttpRequest, public_id: UUID, number: int) -> HttpResponse:
    """One row. The cells as received are shown only for a reason, which is kept in the history."""
    batch = batch_for(request, public_id)
    user = actor_of(request)
    if len(str(number)) > LONGEST_NUMBER:
        raise Http404
    record = get_object_or_404(rows_of(batch), row_number=number)
    if not may_read_row(user, batch, record.area_code):
        raise Http404
    wants_cells = request.method == "POST" and may_reveal(user, batch, record)
    if wants_cells and (question := password_asked(request)):
        return question
    form = ReasonForm(request.POST or None)
    cells: list[tuple[str, str]] = []
    if wants_cells and form.is_valid():
        reason = form.cleaned_data["reason"]
        cells = reveal_row(batch=batch, number=number, reason=reason, by=user)
    (preview,) = previews(batch, [record], user, language())
    record_rows_seen(request, batch, [preview])
    context = {
        "batch": batch,
        "row": preview,
        "outcome": record.get_outcome_display(),
        "form": form if may_reveal(user, batch, record) else None,
        "cells": [{"label": name, "value": value or None} for name, value in cells],
    }
    return render(request, "lists/batch_row.html", context, status=422 if form.errors else 200)
