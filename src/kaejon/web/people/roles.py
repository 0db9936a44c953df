"""Pages that give, end and hand over roles."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from kaejon.apps.access import actions
from kaejon.apps.access.models import RoleAssignment
from kaejon.apps.access.queries import accounts_visible_to, open_assignments
from kaejon.apps.access.roles import ASSIGNABLE, Permission
from kaejon.apps.access.scope import may
from kaejon.web.doors import actor_of
from kaejon.web.people.accounts import account_for, account_question, managers
from kaejon.web.people.asking import shape
from kaejon.web.people.forms import EndForm, GrantForm, HandOverForm
from kaejon.web.people.open_items import open_items_of


@managers
def assignment_add(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Give a person a role inside the manager's own area."""
    user, manager = account_for(request, public_id), actor_of(request)

    def act(form: GrantForm) -> None:
        actions.assign_role(user=user, by=manager, **form.cleaned_data)
        messages.success(request, _("The role was given."))

    return account_question(
        request,
        user,
        shape(GrantForm, request, manager=manager),
        act,
        title=_("Give %(name)s a role") % {"name": user.display_name},
        lead=_(
            "A role is never changed afterwards: end it and give another, so that it stays known who could see what on any day."
        ),
        submit=_("Give the role"),
        template="people/assignment_add.html",
        extra={"roles": ASSIGNABLE.values()},
    )


@managers
def assignment_end(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """End one role after a day."""
    manager = actor_of(request)
    row = get_object_or_404(
        RoleAssignment.objects.select_related("user", "area"),
        public_id=public_id,
        user__in=accounts_visible_to(manager),
    )
    if not may(manager, Permission.MANAGE_ACCOUNTS, at=row.area_id):
        raise Http404

    def act(form: EndForm) -> None:
        actions.end_assignment(assignment=row, by=manager, **form.cleaned_data)
        messages.success(request, _("The role ends on that day."))

    form = shape(EndForm, request, initial={"last_day": timezone.localdate()})
    return account_question(
        request,
        row.user,
        form,
        act,
        title=_("End a role of %(name)s") % {"name": row.user.display_name},
        lead=f"{row.get_role_display()} · {row.area.full_name}",
        submit=_("End the role"),
        danger=True,
    )


@managers
def account_hand_over(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Another person takes over every role from a day on."""
    user, manager = account_for(request, public_id), actor_of(request)
    takers = (
        accounts_visible_to(manager)
        .filter(is_active=True)
        .exclude(pk__in=(user.pk, manager.pk))
        .order_by("first_name", "last_name")
    )

    def act(form: HandOverForm) -> None:
        opened = actions.hand_over(
            giver=user, taker=form.cleaned_data["taker"], on=form.cleaned_data["on"], by=manager
        )
        messages.success(request, _("%(count)s roles were handed over.") % {"count": len(opened)})

    return account_question(
        request,
        user,
        shape(HandOverForm, request, takers=takers),
        act,
        title=_("Hand over the work of %(name)s") % {"name": user.display_name},
        lead=_(
            "The roles of this person end the day before; the other holds the same from that day on."
        ),
        submit=_("Hand over"),
        template="people/hand_over.html",
        extra={"roles": open_assignments(user), "open_items": open_items_of(user)},
    )
