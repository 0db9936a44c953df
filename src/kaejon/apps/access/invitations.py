"""Invite a person: an account without a password; and what the person does with a one-time link."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kaejon.apps.access import links
from kaejon.apps.access.actions import assign_role
from kaejon.apps.access.history import note
from kaejon.apps.access.models import Invitation, User
from kaejon.apps.access.refusals import AccessRefused
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import require
from kaejon.apps.access.sessions import end_sessions
from kaejon.apps.access.tokens import end_keys
from kaejon.apps.partners.models import Organization


@dataclass(frozen=True)
class NewPerson:
    """Who is invited. `email` may be empty: the link is then handed over on paper."""

    username: str
    first_name: str
    last_name: str
    email: str = ""
    position: str = ""
    phone: str = ""


@dataclass(frozen=True)
class FirstRole:
    """The grant an invited person begins with."""

    role: str
    area: str
    organization: Organization
    purpose: str
    valid_from: date
    valid_until: date | None = None


@transaction.atomic
def invite(*, person: NewPerson, first_role: FirstRole, by: User) -> tuple[User, str]:
    """Make the account and its first grant; returns it with the raw link token, which is kept nowhere."""
    require(by, Permission.MANAGE_ACCOUNTS, at=first_role.area)
    if User.objects.filter(username__iexact=person.username).exists():
        raise AccessRefused(
            "username_taken", _("This user name is taken."), _("Choose another user name.")
        )
    if person.email and User.objects.filter(email__iexact=person.email).exists():
        raise AccessRefused(
            "email_taken",
            _("Another account has this e-mail address."),
            _("Look for that account in the list, or leave the address empty."),
        )
    user = User(
        username=person.username,
        first_name=person.first_name,
        last_name=person.last_name,
        email=person.email,
        position=person.position,
        phone=person.phone,
    )
    user.set_unusable_password()
    user.full_clean(exclude=["password"])
    user.save()
    assign_role(
        user=user,
        role=first_role.role,
        area=first_role.area,
        organization=first_role.organization,
        purpose=first_role.purpose,
        valid_from=first_role.valid_from,
        valid_until=first_role.valid_until,
        by=by,
    )
    raw = links.new_link(user, by)
    note(user, "account.invite", by)
    return user, raw


def accept(
    *,
    raw: str,
    password: str,
    language: str,
    code: str = "",
    signed_in: User | None = None,
    known_people: Collection[int] = (),
) -> User:
    """Set the password and language of the invited person; the link is used up.

    `code`: given by a second administrator where the link needs it. `signed_in`: who is
    signed in in the browser; `known_people`: who has signed in in it. Refuses a link that
    is unknown, used or expired, its own makers, and a wrong code. A weak password raises
    ValidationError. After it every key and session of the account is ended.
    """
    invitation = opened(raw, links.PASSWORD, code, signed_in)
    validate_password(password, invitation.user)
    if language not in dict(settings.LANGUAGES):
        raise ValidationError("language")
    return set_password(invitation, password, language, known_people)


@transaction.atomic
def set_password(
    invitation: Invitation, password: str, language: str, known_people: Collection[int]
) -> User:
    user = invitation.user
    same_browser = links.use_up(invitation, known_people)
    verb = "account.reset" if user.has_usable_password() else "account.accept"
    user.set_password(password)
    user.language = language
    user.save(update_fields=["password", "language"])
    end_keys(user)
    end_sessions(user)
    note(user, verb, user, {"same_browser": True} if same_browser else None)
    return user


def forget_second_step(
    *,
    raw: str,
    password: str,
    code: str = "",
    signed_in: User | None = None,
    known_people: Collection[int] = (),
) -> User:
    """Remove the second step of somebody who lost the phone and knows the password.

    Refuses as `accept` does, and a wrong password, which counts like a wrong code.
    """
    invitation = opened(raw, links.SECOND_STEP, code, signed_in)
    if not invitation.user.check_password(password):
        links.count_failure(invitation)
        raise AccessRefused(
            "wrong_password",
            _("This is not the password of the account."),
            _("If you forgot it, ask for a link that sets a new one first."),
        )
    with transaction.atomic():
        user = invitation.user
        same_browser = links.use_up(invitation, known_people)
        Authenticator.objects.filter(user=user).delete()
        end_keys(user)
        end_sessions(user)
        facts = {"same_browser": True} if same_browser else None
        note(user, "account.forget_second_step", user, facts)
    return user


def opened(raw: str, purpose: str, code: str, signed_in: User | None) -> Invitation:
    """The invitation of a link that this browser may use with this code."""
    invitation = links.invitation_of(raw)
    if invitation is None or invitation.purpose != purpose:
        raise AccessRefused(
            "link_dead",
            _("This link has been used or has expired."),
            _("Ask the administrator of your office for a new one."),
        )
    links.refuse_its_makers(invitation, signed_in)
    links.require_code(invitation, code)
    return invitation
