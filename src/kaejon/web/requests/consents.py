"""Pages of consent: the answers of a household, with the scanned paper."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import role_names
from kaejon.apps.audit.actions import record_look
from kaejon.apps.audit.models import LookKind
from kaejon.apps.households.queries import of_visible
from kaejon.apps.privacy import papers
from kaejon.apps.privacy.consent import record_consent
from kaejon.apps.privacy.models import Consent
from kaejon.apps.privacy.queries import consent_sources, consents_of
from kaejon.apps.sources import files
from kaejon.web.doors import actor_of, household_for
from kaejon.web.people.asking import Question, ask, shape
from kaejon.web.requests.asked import address, handlers
from kaejon.web.requests.forms import ConsentForm


@handlers
def consent_edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write down what the household says about lists that rest on consent."""
    household = household_for(
        request,
        public_id,
        Permission.HANDLE_REQUESTS,
        look=LookKind.VIEW if request.method == "GET" else None,
    )

    def act(form: ConsentForm) -> HttpResponse:
        held = dict(form.cleaned_data)
        paper = held.pop("paper")
        stored = papers.keep(paper.chunks()) if paper else ""
        try:
            record_consent(
                household=household,
                by=actor_of(request),
                paper_name=paper.name if paper else "",
                paper_stored_as=stored,
                **held,
            )
        except BaseException:
            if stored:
                files.discard(stored)
            raise
        messages.success(request, _("The answer of the household was saved and takes effect now."))
        return redirect("consent_edit", household.public_id)

    question = Question(
        title=_("Consent of the household"),
        lead=_("%(head)s, house %(house_no)s")
        % {"head": household.head_name, "house_no": household.house_no},
        submit=_("Save"),
        back=address("folder", household.public_id) or reverse("request_list"),
        template="requests/consent.html",
    )
    sources = consent_sources(household)
    form = shape(ConsentForm, request, sources=sources, initial={"given_by": household.head_name})
    return ask(
        request,
        question,
        form,
        act,
        household=household,
        consents=consents_of(household),
        no_sources=not sources.exists(),
    )


@handlers
def consent_paper(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The scanned paper; opening it is a look."""
    user = actor_of(request)
    consent = get_object_or_404(
        Consent.objects.select_related("household"),
        of_visible(user, Permission.HANDLE_REQUESTS),
        public_id=public_id,
    )
    if not consent.paper_stored_as:
        raise Http404
    content, kind = papers.opened(consent.paper_stored_as)
    record_look(
        by=user,
        kind=LookKind.VIEW,
        area=consent.household.area_id,
        household=consent.household.public_id,
        role=role_names(user),
        reason=gettext_noop("consent paper"),
    )
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = "attachment; filename=consent." + kind.rsplit("/", 1)[1]
    response["Cache-Control"] = "no-store"
    return response
