"""What every page's frame shows: navigation, scope, version, and the label of synthetic data."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kaejon.apps.access.confirmations import accounts_to_confirm
from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import assignments_read, may

# label, url name (also the prefix that marks it as open), icon, permission that opens it
NAVIGATION = (
    (_("Overview"), "dashboard", "layout-dashboard", Permission.SEE_COUNTS),
    (_("Areas"), "area_home", "map-2", Permission.SEE_COUNTS),
    (_("Households"), "household_list", "home", Permission.SEE_HOUSEHOLDS),
    (_("Field work"), "field_home", "clipboard-check", Permission.VERIFY),
    (_("Lists"), "batch_list", "file-import", Permission.IMPORT_LISTS),
    (_("Who is missed"), "picture", "chart-dots", Permission.SEE_COUNTS),
    (_("Measurements"), "run_home", "chart-bar", Permission.SEE_COUNTS),
    (_("Ranking"), "ranking_home", "list-numbers", Permission.SEE_COUNTS),
    (_("Requests"), "request_list", "mail-question", Permission.HANDLE_REQUESTS),
    (_("Accounts"), "account_list", "users", Permission.MANAGE_ACCOUNTS),
    (_("History"), "history", "history", Permission.READ_AUDIT),
)

# Pages that are reached from another entry: first word of their url name → of the entry
LIES_UNDER = {
    "decision": "ranking",
    "definition": "run",
    "source": "batch",
    "review": "batch",
    **dict.fromkeys(
        ("results", "check", "status", "missed", "forum", "clash", "correction"), "field"
    ),
}


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context of the page frame; empty navigation for somebody who is not signed in."""
    user = getattr(request, "user", None)
    base = {"synthetic_data": settings.SYNTHETIC_DATA, "product_version": settings.PRODUCT_VERSION}
    if not isinstance(user, User):
        return base | {"nav_items": [], "scope_label": ""}
    current = (request.resolver_match and request.resolver_match.url_name) or ""
    section = current.split("_")[0]
    section = LIES_UNDER.get(section, section)
    items = [
        {
            "url": reverse(name),
            "label": label,
            "icon": icon,
            "active": section == name.split("_")[0],
        }
        for label, name, icon, permission in NAVIGATION
        if may(user, permission)
    ]
    own: list[dict[str, Any]] = [
        {"url": reverse("profile"), "label": _("Your account and keys"), "icon": "user-cog"}
    ]
    if may(user, Permission.CONFIRM_ACCOUNTS):
        label = _("Accounts to confirm")
        item = {"url": reverse("confirm_list"), "label": label, "icon": "user-check"}
        own.append(item | {"count": accounts_to_confirm(user).count()})
    return base | {"nav_items": items, "account_items": own, "scope_label": scope_label(user)}


def scope_label(user: User) -> str:
    """The person's roles and areas in words."""
    rows = assignments_read(user)[:3]
    return " · ".join(f"{row.get_role_display()} {row.area.full_name}" for row in rows)
