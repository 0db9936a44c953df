"""Invite a person: an account without a password and a link that works once."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from kaejon.apps.access.accounts import locked, note
from kaejon.apps.access.actions import assign_role
from kaejon.apps.access.models import Invitation, User
from kaejon.apps.access.refusals import AccessRefused
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import require
from kaejon.apps.partners.models import Organization

LIVES = timedelta(days=7)


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


def fingerprint(raw: str) -> str:
    """What is stored of a link: its SHA-256. 32 random bytes need no slow hash."""
    return hashlib.sha256(raw.encode()).hexdigest()


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
    raw = new_link(user, by)
    note(user, "account.invite", by)
    return user, raw


@transaction.atomic
def invite_again(*, user: User, by: User) -> str:
    """A new link for somebody who lost the first, or the password; older links stop working."""
    held = locked(user, by)
    if not held.is_active:
        raise AccessRefused(
            "account_disabled", _("This account is disabled."), _("Enable it first.")
        )
    raw = new_link(held, by)
    note(held, "account.new_link", by)
    return raw


def new_link(user: User, by: User) -> str:
    now = timezone.now()
    Invitation.objects.filter(user=user, used_at=None, expires_at__gt=now).update(expires_at=now)
    raw = secrets.token_urlsafe(32)
    Invitation.objects.create(
        user=user, token_hash=fingerprint(raw), created_by=by, expires_at=now + LIVES
    )
    return raw


def invitation_of(raw: str) -> Invitation | None:
    """The invitation a link opens, while it is unused, not expired and its account is open."""
    rows = Invitation.objects.filter(
        token_hash=fingerprint(raw), used_at=None, expires_at__gt=timezone.now()
    )
    held = rows.select_related("user").first()
    if held is None or not held.user.is_active or held.user.is_expired():
        return None
    return held


@transaction.atomic
def accept(*, raw: str, password: str, language: str) -> User:
    """Set the password and language of the invited person; the link is used up.

    Refuses a link that is unknown, used or expired. A weak password raises
    ValidationError.
    """
    held = invitation_of(raw)
    if held is None:
        raise AccessRefused(
            "link_dead",
            _("This link has been used or has expired."),
            _("Ask the administrator of your office for a new one."),
        )
    validate_password(password, held.user)
    if language not in dict(settings.LANGUAGES):
        raise ValidationError("language")
    used = Invitation.objects.filter(pk=held.pk, used_at=None).update(used_at=timezone.now())
    if not used:
        raise AccessRefused("link_dead", _("This link has been used or has expired."))
    held.user.set_password(password)
    held.user.language = language
    held.user.save(update_fields=["password", "language"])
    note(held.user, "account.accept", held.user)
    return held.user


def send_link(*, user: User, url: str) -> bool:
    """Mail the link when a mail server is set and the person has an address; says whether it went out."""
    if not (settings.EMAIL_HOST and user.email):
        return False
    with translation.override(user.language):
        subject = say("Your account in Kae Jon")
        text = say(
            "%(name)s, an account was made for you. Open this link within 7 days and set your password:\n\n%(url)s\n\nThe link works once. Do not pass it on."
        ) % {"name": user.display_name, "url": url}
    return bool(send_mail(subject, text, None, [user.email], fail_silently=True))
