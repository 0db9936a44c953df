"""Send a filled-in worklist back: see what it holds, then write it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from kaejon.apps.surveys.queries import results_visible_to
from kaejon.apps.surveys.results import apply_results, keep_results, read_results
from kaejon.methods.errors import DataError
from kaejon.web.doors import actor_of, permitted
from kaejon.web.surveys.doors import VERIFY, form_page, one_of, refused, village_for
from kaejon.web.surveys.forms import ResultsForm


@permitted(VERIFY)
def results_upload(request: HttpRequest, code: str) -> HttpResponse:
    """Choose the file."""
    area = village_for(request, code)
    back = reverse("field_village", args=[area.code])
    form = ResultsForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            file = keep_results(
                chunks=form.cleaned_data["file"].chunks(), area=area, by=actor_of(request)
            )
        except DataError as error:
            refused(form, error)
        else:
            return redirect("results_page", public_id=file.public_id)
    return form_page(
        request,
        form,
        title=_("Send the filled-in worklist"),
        pretitle=area.full_name,
        lead=_("You see what it holds before anything is written."),
        submit=_("Look at the file"),
        back=back,
    )


@permitted(VERIFY)
@never_cache
def results_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What the file holds, row by row; POST writes the rows without a problem."""
    user = actor_of(request)
    file = one_of(request, results_visible_to(user), public_id)
    back = f"{reverse('field_village', args=[file.area_id])}?year={file.year_be}"
    if request.method == "POST":
        count = apply_results(file=file, by=user)
        messages.success(
            request,
            ngettext("%(n)s check is written.", "%(n)s checks are written.", count) % {"n": count},
        )
        return redirect(back)
    context = {"file": file, "results": read_results(file, user), "back": back}
    return render(request, "surveys/results.html", context)
