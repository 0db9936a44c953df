"""Page of retention: lists past the time they may be kept, and deleting their files."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from kaejon.apps.access.roles import Permission
from kaejon.apps.privacy.retention import expired_versions, last_run, purge_expired
from kaejon.web.doors import actor_of, permitted
from kaejon.web.people.asking import Question, ask, shape


@permitted(Permission.MANAGE_SOURCES)
def retention(request: HttpRequest) -> HttpResponse:
    """What would be deleted, and the button that deletes it."""
    user = actor_of(request)

    def act(form: forms.Form) -> HttpResponse:
        count = purge_expired(by=user)
        messages.success(request, _("%(count)s files were deleted.") % {"count": count})
        return redirect("retention")

    question = Question(
        title=_("Lists past their time"),
        lead=_(
            "Each list is kept as long as its owner promised. After that the file and its rows as received are deleted."
        ),
        submit=_("Delete these files for good"),
        back=reverse("request_list"),
        danger=True,
        template="requests/retention.html",
    )
    return ask(
        request,
        question,
        shape(forms.Form, request),
        act,
        expired=expired_versions(user),
        retention_run=last_run(),
    )
