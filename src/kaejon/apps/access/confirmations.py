"""What administrators did alone, until a province officer says that she knows of it.

An administrator could invite an invented person and sign in as her. So the first
role that opens households or accounts, a link made without a second administrator, and a link
opened in the browser of its maker each wait for the province officer, who confirms
the account or closes it at once. Accounts made on the server wait for nobody.

An officer whose own account waits still sees and closes the others: else a link for
the only province officer would silence the alarm. She vouches for nobody.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kaejon.apps.access.history import note
from kaejon.apps.access.models import (
    OPERATOR_USERNAME,
    Confirmation,
    ConfirmationKind,
    RoleAssignment,
    User,
)
from kaejon.apps.access.queries import open_assignments
from kaejon.apps.access.refusals import AccessRefused
from kaejon.apps.access.roles import Permission, roles_with
from kaejon.apps.access.scope import require, scope_of
from kaejon.apps.access.sessions import end_sessions
from kaejon.apps.access.tokens import end_keys


def wait_for_province(*, user: User, kind: str, by: User) -> None:
    """Put an account before the province officer, once for each kind of doubt."""
    Confirmation.objects.get_or_create(
        user=user, kind=kind, settled_at=None, defaults={"made_by": by}
    )


def wait_for_first_role(user: User, role: str, by: User) -> None:
    """A role that opens households or accounts, given to somebody who never held one, waits."""
    opening = {*roles_with(Permission.SEE_HOUSEHOLDS), *roles_with(Permission.MANAGE_ACCOUNTS)}
    if by.username == OPERATOR_USERNAME or role not in opening:
        return
    held = RoleAssignment.objects.filter(user=user, role__in=opening).count()
    if held == 1:  # the one just given
        wait_for_province(user=user, kind=ConfirmationKind.NEW_ACCOUNT, by=by)


def accounts_to_confirm(officer: User) -> QuerySet[User]:
    """Accounts in the officer's areas that wait for her; never her own."""
    scope = scope_of(officer, Permission.CONFIRM_ACCOUNTS)
    if not scope:
        return User.objects.none()
    inside = RoleAssignment.objects.filter(scope.by_area("area_id"), user=OuterRef("pk"))
    open_rows = Confirmation.objects.filter(user=OuterRef("pk"), settled_at=None)
    return (
        User.objects.filter(Exists(inside), Exists(open_rows), is_active=True)
        .exclude(pk=officer.pk)
        .order_by("pk")
    )


def waits(user: User) -> bool:
    """True while an account itself waits; such an account vouches for nobody."""
    return Confirmation.objects.filter(user=user, settled_at=None).exists()


@transaction.atomic
def confirm_account(*, user: User, by: User) -> int:
    """The province officer knows of the account and its link; returns how many doubts that settles.

    Refuses an officer whose own account waits: an administrator may hold it, or have invented it.
    """
    rows = lock_waiting(user, by)
    if waits(by):
        raise AccessRefused(
            "not_confirmed",
            _("Your own account still waits for the province officer."),
            _("Another province officer confirms this account. You can close it."),
        )
    settled = rows.update(settled_at=timezone.now(), settled_by=by)
    note(user, "account.confirm", by)
    return settled


@transaction.atomic
def close_unconfirmed(*, user: User, reason: str, by: User) -> None:
    """Close at once an account that the province officer does not know of.

    The doubt stays open: an account that an administrator opens again waits again.
    """
    lock_waiting(user, by)
    if not reason.strip():
        raise AccessRefused("reason_missing", _("Write why the account is closed."))
    User.objects.filter(pk=user.pk).update(is_active=False)
    end_keys(user)
    end_sessions(user)
    note(user, "account.disable", by, reason=reason)


def lock_waiting(user: User, by: User) -> QuerySet[Confirmation]:
    """The open doubts about an account. Refuses who confirms no accounts everywhere it works."""
    require(by, Permission.CONFIRM_ACCOUNTS)
    for place in {row.area_id for row in open_assignments(user)}:
        require(by, Permission.CONFIRM_ACCOUNTS, at=place)
    User.objects.select_for_update().get(pk=user.pk)
    if not accounts_to_confirm(by).filter(pk=user.pk).exists():
        raise AccessRefused(
            "nothing_to_confirm",
            _("This account does not wait for you."),
            _("Another province officer may have settled it already."),
        )
    return Confirmation.objects.filter(user=user, settled_at=None)
