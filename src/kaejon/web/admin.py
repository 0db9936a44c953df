"""What the admin site shows: accounts, grants, organizations, areas, sources, jobs and history, read-only.

Household data is not registered. Rows follow the same scope as the pages; jobs, which
name nobody, are those of the whole installation. A table filters by what it lists in
`list_filter` and by nothing else.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from kaejon.apps.access.models import RoleAssignment, User
from kaejon.apps.access.queries import accounts_visible_to
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import scope_of
from kaejon.apps.areas.models import Area
from kaejon.apps.audit.models import Event, Look
from kaejon.apps.jobs.models import Job
from kaejon.apps.partners.models import Organization
from kaejon.apps.sources.models import Source
from kaejon.web.accounts.admin_site import ReadOnly
from kaejon.web.doors import actor_of


class Scoped(ReadOnly):
    """Rows of the reader's areas only."""

    permission = Permission.MANAGE_ACCOUNTS
    area_field = "area_id"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        scope = scope_of(actor_of(request), self.permission)
        return super().get_queryset(request).filter(scope.by_area(self.area_field))


@admin.register(User)
class UserAdmin(ReadOnly):
    list_display = ("username", "first_name", "last_name", "is_active", "expires_on", "last_login")
    search_fields = ("username", "first_name", "last_name")
    fields = (
        "username",
        "first_name",
        "last_name",
        "email",
        "position",
        "phone",
        "is_active",
        "is_staff",
        "expires_on",
        "language",
        "date_joined",
        "last_login",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return accounts_visible_to(actor_of(request))


@admin.register(RoleAssignment)
class RoleAssignmentAdmin(Scoped):
    list_display = ("user", "role", "area", "organization", "valid_from", "valid_until")
    list_select_related = ("user", "area", "organization")


@admin.register(Organization)
class OrganizationAdmin(Scoped):
    list_display = ("name_th", "code", "sector", "area")
    list_select_related = ("area",)
    search_fields = ("name_th", "code")


@admin.register(Area)
class AreaAdmin(ReadOnly):
    list_display = ("code", "level", "name_th", "name_en", "valid_until")
    search_fields = ("code", "name_th")


@admin.register(Source)
class SourceAdmin(Scoped):
    area_field = "owner__area_id"
    list_display = ("code", "kind", "owner", "legal_basis", "retention_years")
    list_select_related = ("owner",)


@admin.register(Job)
class JobAdmin(ReadOnly):
    list_display = ("kind", "status", "done", "total", "error_code", "created_at", "finished_at")
    fields = ("public_id", *list_display)


@admin.register(Event)
class EventAdmin(Scoped):
    permission = Permission.READ_AUDIT
    area_field = "area_code"
    ordering = ("-pk",)
    list_display = ("at", "actor_name", "verb", "subject_type", "area_code")
    fields = (*list_display, "subject_id", "request_id")


@admin.register(Look)
class LookAdmin(Scoped):
    permission = Permission.READ_AUDIT
    area_field = "area_code"
    ordering = ("-pk",)
    list_display = ("at", "actor_name", "actor_role", "kind", "area_code", "count")
    fields = (*list_display, "household_id", "request_id")
