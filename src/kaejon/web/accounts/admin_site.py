"""The admin site: tables of the installation for maintainers, never a side door to households or secrets."""

from __future__ import annotations

from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import may


class MaintainersSite(admin.AdminSite):
    """Opens for maintainers with a second step.

    A maintainer is an administrator whom `kaejon accounts maintainer`, run on the server,
    let in: the pages of accounts cannot make one.
    """

    site_header = site_title = "แก้จน · kaejon"
    index_title = _("Tables of the installation, to read")
    enable_nav_sidebar = False

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Only classes that say they are read-only; what libraries register (second-step secrets) stays out."""
        if admin_class is not None and issubclass(admin_class, ReadOnly):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        return is_maintainer(request.user) and is_mfa_enabled(request.user)

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The ordinary login page, which throttles; then the second step is set up."""
        if is_maintainer(request.user):
            return redirect("mfa_activate_totp")
        if request.user.is_authenticated:
            raise Http404
        return redirect_to_login(request.GET.get("next", request.path))


def is_maintainer(user: Any) -> bool:
    """True for an administrator of today whom the server's operator let in."""
    return (
        isinstance(user, User)
        and user.is_active
        and user.is_staff
        and may(user, Permission.MANAGE_ACCOUNTS)
    )


class ReadOnly(admin.ModelAdmin):
    """A table to read. Whoever is let into the site may read it; nobody writes here."""

    show_full_result_count = False
    list_per_page = 50

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only filters that the table offers: with others a hash could be asked for, letter by letter."""
        offered = {name if isinstance(name, str) else name[0] for name in self.list_filter}
        return lookup.removesuffix("__exact") in offered

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
