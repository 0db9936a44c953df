"""The lists that were brought in."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import may
from kaejon.apps.sources.queries import visible_to
from kaejon.web.doors import actor_of, permitted
from kaejon.web.lists.forms import BatchFilter
from kaejon.web.lists.labels import STATUS_MARKS

PAGE = 30


@require_safe
@permitted(Permission.IMPORT_LISTS)
def batch_list(request: HttpRequest) -> HttpResponse:
    """Lists of the reader's area, newest first, by source and state."""
    user = actor_of(request)
    batches = visible_to(user).defer("info", "mapping", "problem")
    form = BatchFilter(request.GET)
    if form.is_valid():
        batches = form.narrow(batches)
    page = Paginator(batches, PAGE).get_page(request.GET.get("page"))
    for batch in page:
        batch.mark = STATUS_MARKS[batch.status]
        batch.outcomes = batch.counts.get("outcomes", {})
    actions = [
        {
            "url": reverse("batch_upload"),
            "label": _("Bring in a list"),
            "icon": "upload",
            "primary": True,
        }
    ]
    if may(user, Permission.APPLY_LISTS):
        actions.append(
            {"url": reverse("review_list"), "label": _("Rows to decide"), "icon": "user-question"}
        )
    if may(user, Permission.MANAGE_SOURCES):
        actions.append({"url": reverse("source_list"), "label": _("Sources"), "icon": "database"})
    context = {
        "page": page,
        "form": form,
        "actions": actions,
        "filtered": any(request.GET.values()),
    }
    return render(request, "lists/batch_list.html", context)
