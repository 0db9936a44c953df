"""Pages of accounts: who may sign in, what each can see, and the changes of an account."""

from __future__ import annotations

import base64
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kaejon.apps.access import accounts, invitations, links
from kaejon.apps.access.models import Invitation, RoleAssignment, User
from kaejon.apps.access.queries import (
    accounts_visible_to,
    manages_whole,
    second_step_required,
    sights_of,
)
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import scope_of
from kaejon.apps.audit.queries import failed_sign_ins
from kaejon.apps.privacy.retention import last_run
from kaejon.sheets.qr import qr_svg
from kaejon.web.doors import actor_of, permitted
from kaejon.web.people.asking import Question, ReasonForm, ask, shape
from kaejon.web.people.forms import AccountFilter, ExpiryForm, InviteForm

managers = permitted(Permission.MANAGE_ACCOUNTS)
PAGE = 50


def account_for(request: HttpRequest, public_id: UUID) -> User:
    """The account, if the signed-in manager may see it."""
    return get_object_or_404(accounts_visible_to(actor_of(request)), public_id_value=public_id)


def with_state(rows: QuerySet[User]) -> QuerySet[User]:
    """Each account with its open roles, second step and waiting invitation."""
    today = timezone.localdate()
    current = RoleAssignment.objects.filter(valid_from__lte=today).filter(
        Q(valid_until=None) | Q(valid_until__gte=today)
    )
    waiting = Invitation.objects.filter(
        user=OuterRef("pk"), used_at=None, expires_at__gt=timezone.now()
    )
    return rows.annotate(
        second_step=Exists(Authenticator.objects.filter(user=OuterRef("pk"))),
        invited=Exists(waiting),
    ).prefetch_related(
        Prefetch("assignments", current.select_related("area", "organization"), to_attr="roles_now")
    )


def filtered(rows: QuerySet[User], form: AccountFilter) -> QuerySet[User]:
    asked = form.cleaned_data if form.is_valid() else {}
    today = timezone.localdate()
    for word in asked.get("q", "").split():
        rows = rows.filter(
            Q(first_name__icontains=word)
            | Q(last_name__icontains=word)
            | Q(username__icontains=word)
        )
    if role := asked.get("role"):
        held = RoleAssignment.objects.filter(
            Q(valid_until=None) | Q(valid_until__gte=today), user=OuterRef("pk"), role=role
        )
        rows = rows.filter(Exists(held))
    expired = Q(expires_on__lt=today)
    by_state = {
        "open": Q(is_active=True) & ~expired,
        "invited": Q(is_active=True, last_login=None),
        "disabled": Q(is_active=False),
        "expired": Q(is_active=True) & expired,
    }
    return rows.filter(by_state.get(asked.get("state", ""), Q()))


@managers
def account_list(request: HttpRequest) -> HttpResponse:
    """Accounts of the manager's area."""
    form = AccountFilter(request.GET or None)
    rows = filtered(with_state(accounts_visible_to(actor_of(request))), form)
    page = Paginator(rows.order_by("first_name", "last_name", "pk"), PAGE).get_page(
        request.GET.get("page")
    )
    actions = [
        {
            "url": reverse("account_invite"),
            "label": _("Invite a person"),
            "icon": "user-plus",
            "primary": True,
        },
        {"url": reverse("organization_list"), "label": _("Organizations"), "icon": "building"},
    ]
    return render(
        request,
        "people/account_list.html",
        {
            "form": form,
            "page": page,
            "actions": actions,
            "links": links.links_to_release(actor_of(request)),
            "retention_run": last_run(),
        },
    )


@managers
def account_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One account: state, what it can see, roles past and present, and what can be done."""
    manager = actor_of(request)
    user = get_object_or_404(with_state(accounts_visible_to(manager)), public_id_value=public_id)
    own = user.pk == manager.pk
    scope = scope_of(manager, Permission.MANAGE_ACCOUNTS)
    roles = [
        {
            "row": row,
            "over": row.valid_until and row.valid_until < timezone.localdate(),
            "can_end": not own and scope.holds_at(row.area_id),
        }
        for row in user.assignments.select_related("area", "organization", "granted_by", "ended_by")
    ]
    return render(
        request,
        "people/account_page.html",
        {
            "account": user,
            "own": own,
            "can_manage": not own and manages_whole(manager, user),
            "sights": sights_of(user),
            "roles": roles,
            "failed": failed_sign_ins(user.public_id),
            "second_step_required": second_step_required(user),
        },
    )


@managers
def account_invite(request: HttpRequest) -> HttpResponse:
    """Make an account with its first role, and its one-time link."""
    manager = actor_of(request)

    def act(form: InviteForm) -> HttpResponse:
        held = form.cleaned_data
        person = invitations.NewPerson(
            **{
                n: held[n]
                for n in ("username", "first_name", "last_name", "email", "position", "phone")
            }
        )
        role_names = ("role", "area", "organization", "purpose", "valid_from", "valid_until")
        first_role = invitations.FirstRole(**{n: held[n] for n in role_names})
        user, raw = invitations.invite(person=person, first_role=first_role, by=manager)
        return show_link(request, user, raw)

    question = Question(
        title=_("Invite a person"),
        lead=_("The person gets a link, opens it within 7 days and sets a password."),
        submit=_("Make the account"),
        back=reverse("account_list"),
    )
    return ask(request, question, shape(InviteForm, request, manager=manager), act)


def show_link(
    request: HttpRequest, user: User, raw: str, purpose: str = links.PASSWORD
) -> HttpResponse:
    """Mail the link, or print it, this once, on a slip; the system keeps only its hash."""
    url = f"{settings.SITE_URL}{reverse('invitation_accept', args=[raw])}"
    context: dict[str, Any] = {"account": user, "until": timezone.now() + links.LIVES}
    if links.goes_by_mail(user):
        sent = links.send_link(user=user, url=url, purpose=purpose)
        if not sent:
            links.withdraw_link(raw)
        return render(request, "people/link_mailed.html", context | {"sent": sent})
    invitation = links.invitation_of(raw)
    needs_code = invitation is not None and invitation.needs_release
    context |= {
        "link": url,
        "qr": data_url(qr_svg(url)),
        "second_step": purpose == links.SECOND_STEP,
        "others": links.second_administrators(user, actor_of(request)) if needs_code else [],
    }
    return render(request, "people/invitation_link.html", context)


def data_url(svg: str) -> str:
    """An SVG made to stand inside a page, as the address of a picture."""
    alone = svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return "data:image/svg+xml;base64," + base64.b64encode(alone.encode()).decode()


@managers
def link_release(request: HttpRequest, number: int) -> HttpResponse:
    """A second administrator makes sure who asks, and gives the code of a link."""
    manager = actor_of(request)
    invitation = get_object_or_404(links.links_to_release(manager), pk=number)

    def act(form: forms.Form) -> HttpResponse:
        code = links.release_link(invitation=invitation, by=manager)
        return render(request, "people/link_code.html", {"account": invitation.user, "code": code})

    name = invitation.user.display_name
    question = Question(
        title=_("Give %(name)s the code of a link?") % {"name": name},
        lead=_(
            "%(maker)s made a link for %(name)s to %(purpose)s. See or call %(name)s before you give the code, and give it to nobody else."
        )
        % {
            "maker": invitation.created_by.display_name,
            "name": name,
            "purpose": invitation.get_purpose_display(),
        },
        submit=_("Show the code"),
        back=reverse("account_list"),
    )
    return ask(request, question, shape(forms.Form, request), act)


def account_question(
    request: HttpRequest,
    user: User,
    form: Any,
    act: Any,
    *,
    extra: dict[str, Any] | None = None,
    **words: Any,
) -> HttpResponse:
    """A question about one account, with the way back to it."""
    back = reverse("account_page", args=[user.public_id])

    def then(sent: Any) -> HttpResponse:
        answer = act(sent)
        return answer if isinstance(answer, HttpResponse) else redirect(back)

    return ask(request, Question(back=back, **words), form, then, account=user, **(extra or {}))


@managers
def account_link(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A new one-time link for somebody who lost the first, or the password."""
    user = account_for(request, public_id)

    def act(form: forms.Form) -> HttpResponse:
        return show_link(request, user, links.invite_again(user=user, by=actor_of(request)))

    return account_question(
        request,
        user,
        shape(forms.Form, request),
        act,
        title=_("Make a new link for %(name)s?") % {"name": user.display_name},
        lead=_("Older links stop working. With the new link the person sets a new password."),
        submit=_("Make a new link"),
    )


@managers
def account_expire(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Set the last day of an account."""
    user = account_for(request, public_id)

    def act(form: ExpiryForm) -> None:
        accounts.set_expiry(
            user=user, expires_on=form.cleaned_data["expires_on"], by=actor_of(request)
        )
        messages.success(request, _("The last day of the account was saved."))

    form = shape(ExpiryForm, request, initial={"expires_on": user.expires_on})
    return account_question(
        request,
        user,
        form,
        act,
        title=_("Last day of the account of %(name)s") % {"name": user.display_name},
        lead=_("After this day the person cannot sign in. Nothing is deleted."),
        submit=_("Save"),
    )


@managers
def account_disable(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Close an account at once."""
    user = account_for(request, public_id)

    def act(form: ReasonForm) -> None:
        accounts.disable(user=user, reason=form.cleaned_data["reason"], by=actor_of(request))
        messages.success(request, _("The account is disabled."))

    return account_question(
        request,
        user,
        shape(ReasonForm, request),
        act,
        title=_("Disable the account of %(name)s?") % {"name": user.display_name},
        lead=_(
            "The person is signed out at once and API keys stop working. What the person did stays in the history."
        ),
        submit=_("Disable"),
        danger=True,
    )


@managers
def account_enable(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Open a closed account again."""
    user = account_for(request, public_id)

    def act(form: ReasonForm) -> None:
        accounts.enable(user=user, reason=form.cleaned_data["reason"], by=actor_of(request))
        messages.success(request, _("The account is open again."))

    return account_question(
        request,
        user,
        shape(ReasonForm, request),
        act,
        title=_("Open the account of %(name)s again?") % {"name": user.display_name},
        lead=_("The person can sign in again with the roles that are still in force."),
        submit=_("Open again"),
    )


@managers
def account_reset_mfa(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A link with which somebody who lost the phone removes the second step."""
    user = account_for(request, public_id)

    def act(form: ReasonForm) -> HttpResponse:
        reason = form.cleaned_data["reason"]
        raw = links.second_step_link(user=user, reason=reason, by=actor_of(request))
        return show_link(request, user, raw, links.SECOND_STEP)

    return account_question(
        request,
        user,
        shape(ReasonForm, request),
        act,
        title=_("Let %(name)s remove the two-step login?") % {"name": user.display_name},
        lead=_(
            "The person gets a link and needs the password. Do this only when you are sure who asks: see the person, or call the office."
        ),
        submit=_("Make the link"),
        danger=True,
    )
