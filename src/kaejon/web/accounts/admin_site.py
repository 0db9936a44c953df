"""The admin site: tables of the installation for administrators, never a side door to households."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from kaejon.apps.access.models import User
from kaejon.apps.access.queries import second_step_missing
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import may


class AdministratorsSite(admin.AdminSite):
    """Opens for staff who hold the role of administrator today, with the second step where required."""

    site_header = site_title = "แก้จน · kaejon"
    index_title = _("Tables of the installation, to read")
    enable_nav_sidebar = False

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Only classes that say they are read-only; what libraries register (second-step secrets) stays out."""
        if admin_class is not None and issubclass(admin_class, ReadOnly):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        return (
            isinstance(user, User)
            and user.is_active
            and user.is_staff
            and may(user, Permission.MANAGE_ACCOUNTS)
            and not second_step_missing(user)
        )

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The ordinary login page, which throttles and asks for the second step."""
        if request.user.is_authenticated:
            raise Http404
        return redirect_to_login(request.GET.get("next", request.path))


class ReadOnly(admin.ModelAdmin):
    """A table to read. Whoever is let into the site may read it; nobody writes here."""

    show_full_result_count = False
    list_per_page = 50

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.admin_site.has_permission(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.admin_site.has_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
