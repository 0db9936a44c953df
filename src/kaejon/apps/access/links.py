"""One-time links that set a password or remove a second step, and the second administrator.

Nobody but the person may get hold of a working link. With mail it goes to the
person's address and is shown to nobody. Without mail it is printed as a slip that
works only together with a code, and the code is given by a *second* administrator:
neither of the two holds both. Where there is no second one the slip works alone;
the person is told, and the province officer sees it until she confirms it.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from datetime import timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kaejon.apps.access.accounts import locked
from kaejon.apps.access.confirmations import wait_for_province, waits
from kaejon.apps.access.history import note
from kaejon.apps.access.models import OPERATOR_USERNAME, ConfirmationKind, Invitation, User
from kaejon.apps.access.queries import (
    accounts_visible_to,
    administrators,
    manages_whole,
)
from kaejon.apps.access.refusals import AccessRefused

LIVES = timedelta(days=7)
CODE_DIGITS = 8
WRONG_CODES = 5
PASSWORD, SECOND_STEP = Invitation.Purpose.PASSWORD, Invitation.Purpose.SECOND_STEP


def fingerprint(raw: str) -> str:
    """What is stored of a link: its SHA-256. 32 random bytes need no slow hash."""
    return hashlib.sha256(raw.encode()).hexdigest()


def goes_by_mail(user: User) -> bool:
    """True when a link to this person is mailed, so that nobody else sees it."""
    return bool(settings.EMAIL_HOST and user.email)


def second_administrators(user: User, first: User) -> list[User]:
    """Who may release a link that `first` makes for `user`: they manage all of the account today.

    An administrator whose own account waits for the province is no second one: the first
    could have invented her.
    """
    holders = administrators(timezone.localdate()).exclude(user__in=(user.pk, first.pk))
    return [
        other
        for other in User.objects.filter(pk__in=holders.values("user")).order_by("pk")
        if not waits(other)
        and manages_whole(other, user)
        and accounts_visible_to(other).filter(pk=user.pk).exists()
    ]


def new_link(user: User, by: User, purpose: str = PASSWORD) -> str:
    """A fresh link; older ones for the same purpose stop working. Its raw text is kept nowhere."""
    now = timezone.now()
    older = Invitation.objects.filter(user=user, purpose=purpose, used_at=None, expires_at__gt=now)
    older.update(expires_at=now)
    raw = secrets.token_urlsafe(32)
    by_paper = not goes_by_mail(user) and by.username != OPERATOR_USERNAME
    needs_release = by_paper and bool(second_administrators(user, by))
    alone = by_paper and not needs_release
    Invitation.objects.create(
        user=user,
        purpose=purpose,
        token_hash=fingerprint(raw),
        created_by=by,
        expires_at=now + LIVES,
        needs_release=needs_release,
        alone=alone,
    )
    if alone:
        wait_for_province(user=user, kind=ConfirmationKind.ALONE, by=by)
    return raw


@transaction.atomic
def invite_again(*, user: User, by: User) -> str:
    """A new link for somebody who lost the first, or the password; older links stop working."""
    return link_for(user, by, PASSWORD, "account.new_link", "")


@transaction.atomic
def second_step_link(*, user: User, reason: str, by: User) -> str:
    """A link with which somebody who lost the phone, and knows the password, removes the second step."""
    if not reason.strip():
        raise AccessRefused("reason_missing", _("Write why the two-step login is removed."))
    return link_for(user, by, SECOND_STEP, "account.second_step_link", reason)


def link_for(user: User, by: User, purpose: str, verb: str, reason: str) -> str:
    account = locked(user, by)
    if not account.is_active:
        raise AccessRefused(
            "account_disabled", _("This account is disabled."), _("Enable it first.")
        )
    raw = new_link(account, by, purpose)
    alone = Invitation.objects.filter(token_hash=fingerprint(raw), alone=True).exists()
    note(account, f"{verb}_alone" if alone else verb, by, reason=reason)
    return raw


def invitation_of(raw: str) -> Invitation | None:
    """The invitation a link opens, while it is unused, not expired and its account is open."""
    rows = Invitation.objects.filter(
        token_hash=fingerprint(raw),
        used_at=None,
        expires_at__gt=timezone.now(),
        wrong_codes__lt=WRONG_CODES,
    )
    invitation = rows.select_related("user").first()
    if invitation is None or not invitation.user.is_active or invitation.user.is_expired():
        return None
    return invitation


def links_to_release(manager: User) -> QuerySet[Invitation]:
    """Links that wait for the code of this manager: made by another, for another."""
    return (
        Invitation.objects.filter(
            user__in=accounts_visible_to(manager),
            needs_release=True,
            used_at=None,
            expires_at__gt=timezone.now(),
            wrong_codes__lt=WRONG_CODES,
        )
        .exclude(created_by=manager)
        .exclude(user=manager)
        .select_related("user", "created_by", "released_by")
        .order_by("created_at")
    )


@transaction.atomic
def release_link(*, invitation: Invitation, by: User) -> str:
    """The code that makes a slip work, given to the person by a second administrator.

    Refuses whoever made the link, the person, and who does not manage all of the
    account. A lost code is replaced by releasing again.
    """
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    locked(invitation.user, by)
    if by.pk == invitation.created_by_id:
        raise AccessRefused(
            "own_link",
            _("You made this link yourself."),
            _("Another administrator gives the code."),
        )
    if waits(by):
        raise AccessRefused(
            "not_confirmed",
            _("Your own account still waits for the province officer."),
            _("Another administrator gives the code."),
        )
    if not links_to_release(by).filter(pk=invitation.pk).exists():
        raise AccessRefused("link_dead", _("This link has been used or has expired."))
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
    invitation.code_hash = fingerprint(f"{invitation.token_hash}:{code}")
    invitation.released_by, invitation.released_at = by, timezone.now()
    invitation.save(update_fields=["code_hash", "released_by", "released_at"])
    note(invitation.user, "account.link_released", by)
    return code


def refuse_its_makers(invitation: Invitation, signed_in: User | None) -> None:
    """Whoever made or released a link does not use it."""
    makers = (invitation.created_by_id, invitation.released_by_id)
    if signed_in is not None and signed_in.pk in makers:
        raise AccessRefused(
            "own_link",
            _("You made or released this link, so you cannot use it."),
            _("The person opens it in a browser of her own."),
        )


def require_code(invitation: Invitation, code: str) -> None:
    """Refuse a wrong or missing code; after five the link is dead. Call outside a transaction:
    the count must stay when the refusal undoes the rest."""
    if not invitation.needs_release:
        return
    if not invitation.released_at:
        raise AccessRefused(
            "not_released",
            _("This link does not work yet."),
            _("A second administrator of your office gives you the code for it."),
        )
    given = fingerprint(f"{invitation.token_hash}:{''.join(code.split())}")
    if not secrets.compare_digest(given, invitation.code_hash):
        count_failure(invitation)
        raise AccessRefused(
            "wrong_code",
            _("This is not the code of this link."),
            _("Ask the administrator who gave it. After five wrong codes the link is dead."),
        )


@transaction.atomic
def count_failure(invitation: Invitation) -> None:
    Invitation.objects.filter(pk=invitation.pk).update(wrong_codes=F("wrong_codes") + 1)
    note(invitation.user, "account.link_failed", Nobody())


class Nobody:
    """Somebody who holds a link and did not prove more."""

    public_id = ""
    display_name = ""


def use_up(invitation: Invitation, known_people: Collection[int]) -> bool:
    """Mark the link as used; True when the browser is one its makers sign in with.

    Refuses when another request used it first.
    """
    used = Invitation.objects.filter(pk=invitation.pk, used_at=None).update(used_at=timezone.now())
    if not used:
        raise AccessRefused("link_dead", _("This link has been used or has expired."))
    makers = {invitation.created_by_id, invitation.released_by_id} & set(known_people)
    if makers:
        wait_for_province(
            user=invitation.user, kind=ConfirmationKind.SAME_BROWSER, by=invitation.created_by
        )
    return bool(makers)


def send_link(*, user: User, url: str, purpose: str = PASSWORD) -> bool:
    """Mail the link to the person; says whether it went out."""
    if not goes_by_mail(user):
        return False
    with translation.override(user.language):
        subject = gettext("Your account in Kae Jon")
        if purpose == SECOND_STEP:
            text = gettext(
                "%(name)s, open this link within 7 days to remove the two-step login of your account; you need your password:\n\n%(url)s\n\nIf you did not ask for it, do not open it and tell your province officer."
            )
        else:
            text = gettext(
                "%(name)s, an account was made for you. Open this link within 7 days and set your password:\n\n%(url)s\n\nThe link works once. Do not pass it on."
            )
        text = text % {"name": user.display_name, "url": url}
    return bool(send_mail(subject, text, None, [user.email], fail_silently=True))


def withdraw_link(raw: str) -> None:
    """Stop a link that did not reach its person."""
    Invitation.objects.filter(token_hash=fingerprint(raw)).update(expires_at=timezone.now())
