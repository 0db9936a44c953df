"""People who use the system and what each may do where, between which dates.

No access unless a RoleAssignment row grants it; superuser status opens the
admin site only and grants nothing here.
"""

from __future__ import annotations

import uuid
from datetime import date

from django.contrib.auth.models import AbstractUser
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kaejon.apps.access.roles import ROLES, Role

OPERATOR_USERNAME = "system-operator"


class User(AbstractUser):
    """An account of one named person. `expires_on`: last day it may be used."""

    public_id_value = models.UUIDField(
        _("public id"), default=uuid.uuid4, unique=True, editable=False
    )
    position = models.CharField(_("position"), max_length=150, blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    expires_on = models.DateField(_("expires on"), null=True, blank=True)
    language = models.CharField(
        _("language"), max_length=2, choices=[("th", "ไทย"), ("en", "English")], default="th"
    )

    @property
    def public_id(self) -> str:
        return str(self.public_id_value)

    @property
    def display_name(self) -> str:
        return self.get_full_name() or self.username

    def is_expired(self, on: date | None = None) -> bool:
        return self.expires_on is not None and (on or timezone.localdate()) > self.expires_on


class RoleAssignment(models.Model):
    """One grant: user × role × area subtree × organization × purpose, with dates.

    Never edited: a change ends the row and opens another, so that who could see
    what on any day stays answerable.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="assignments")
    role = models.CharField(
        max_length=30, choices=[(code, role.name) for code, role in ROLES.items()]
    )
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+")
    organization = models.ForeignKey(
        "partners.Organization", models.PROTECT, related_name="assignments"
    )
    purpose = models.CharField(max_length=300)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    granted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    granted_at = models.DateTimeField(auto_now_add=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-valid_from", "-id"]
        constraints = [
            models.CheckConstraint(
                name="assignment_dates_in_order",
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                violation_error_message=_("The last day lies before the first day."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.area_id}"

    @property
    def definition(self) -> Role:
        return ROLES[self.role]


class Invitation(models.Model):
    """A one-time link with which a person sets a password or removes a lost second step.

    `needs_release`: it works only with the code that a second administrator gives.
    `alone`: made on paper where there was no second administrator.
    """

    class Purpose(models.TextChoices):
        PASSWORD = "password", _("set a password")
        SECOND_STEP = "second_step", _("remove the two-step login")

    user = models.ForeignKey(User, models.CASCADE, related_name="invitations")
    purpose = models.CharField(max_length=12, choices=Purpose, default=Purpose.PASSWORD)
    token_hash = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    needs_release = models.BooleanField(default=False)
    alone = models.BooleanField(default=False)
    released_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    released_at = models.DateTimeField(null=True, blank=True)
    code_hash = models.CharField(max_length=64, blank=True)
    wrong_codes = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="released_by_another",
                condition=Q(released_by=None) | ~Q(released_by=F("created_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"invitation of {self.user_id}"


class ConfirmationKind(models.TextChoices):
    """Why an account waits for a province officer."""

    NEW_ACCOUNT = "new_account", _("new account made by an administrator")
    ALONE = "alone", _("link made without a second administrator")
    SAME_BROWSER = "same_browser", _("link opened in the browser of who made it")


class Confirmation(models.Model):
    """A doubt about an account, open until a province officer settles it."""

    user = models.ForeignKey(User, models.CASCADE, related_name="confirmations")
    kind = models.CharField(max_length=20, choices=ConfirmationKind)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind"],
                condition=Q(settled_at=None),
                name="one_open_confirmation_of_a_kind",
            ),
            models.CheckConstraint(
                name="nobody_confirms_the_own_account",
                condition=Q(settled_by=None) | ~Q(settled_by=F("user")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.user_id}"


class ApiToken(models.Model):
    """A read-only key for a program that reads on behalf of one user, within that user's scope."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=100)
    token_hash = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=8)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_on = models.DateField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} …{self.hint}"


class Asked(models.Model):
    """A request for something new, so that the same request sent again makes nothing again."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    key = models.CharField(max_length=64)
    kind = models.CharField(max_length=60, blank=True)  # label of the model of what was made
    made = models.PositiveBigIntegerField(null=True)
    at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="one_answer_to_the_same_asking")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.made}"


class Session(AbstractBaseSession):
    """A browser that signed in, or is on the way to it (`user` empty)."""

    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="sessions")

    class Meta(AbstractBaseSession.Meta):
        abstract = False

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        from kaejon.apps.access.sessions import SessionStore

        return SessionStore


class Counter(models.Model):
    """One thing counted across requests: see `counters.py`. `ends_at`: seconds since 1970."""

    key = models.CharField(max_length=64, primary_key=True)
    value = models.TextField()
    ends_at = models.FloatField(db_index=True)

    def __str__(self) -> str:
        return self.key
