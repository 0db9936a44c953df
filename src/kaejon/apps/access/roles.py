"""Who may do what: roles are plain classes, the matrix can be read aloud."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Permission(StrEnum):
    """The verbs that access is granted for."""

    SEE_COUNTS = "see_counts"
    SEE_HOUSEHOLDS = "see_households"
    SEE_SENSITIVE = "see_sensitive"
    REVEAL_ID = "reveal_id"
    EDIT_HOUSEHOLDS = "edit_households"
    IMPORT_LISTS = "import_lists"
    APPLY_LISTS = "apply_lists"
    MANAGE_SOURCES = "manage_sources"
    EXPORT = "export"
    PRINT = "print"
    HANDLE_REQUESTS = "handle_requests"
    READ_AUDIT = "read_audit"
    MANAGE_ACCOUNTS = "manage_accounts"
    CONFIRM_ACCOUNTS = "confirm_accounts"
    VERIFY = "verify"
    MEASURE = "measure"
    DECIDE = "decide"


@dataclass(frozen=True)
class Role:
    """A named set of permissions. `granted_only`: sees just the households granted to its organization."""

    code: str
    name: str | Promise
    description: str | Promise
    permissions: frozenset[Permission]
    granted_only: bool = False


P = Permission
_READ = frozenset({P.SEE_COUNTS, P.SEE_HOUSEHOLDS})
_OFFICER = _READ | {
    P.SEE_SENSITIVE,
    P.REVEAL_ID,
    P.EDIT_HOUSEHOLDS,
    P.IMPORT_LISTS,
    P.EXPORT,
    P.PRINT,
    P.VERIFY,
    P.HANDLE_REQUESTS,
}

ROLES: dict[str, Role] = {
    role.code: role
    for role in (
        Role(
            "province_officer",
            _("Province officer"),
            _("Keeps the registry of the province: lists, households, requests, history."),
            _OFFICER
            | {
                P.APPLY_LISTS,
                P.MANAGE_SOURCES,
                P.READ_AUDIT,
                P.MEASURE,
                P.DECIDE,
                P.CONFIRM_ACCOUNTS,
            },
        ),
        Role(
            "district_officer",
            _("District officer"),
            _("Works on the households of a district and applies its lists."),
            _OFFICER | {P.APPLY_LISTS, P.READ_AUDIT, P.MEASURE},
        ),
        Role(
            "tambon_officer",
            _("Tambon officer"),
            _("Works on the households of a tambon and applies its lists."),
            _OFFICER | {P.APPLY_LISTS},
        ),
        Role(
            "agency_user",
            _("Agency user"),
            _("Sees only the households granted to the agency."),
            _READ | {P.PRINT},
            granted_only=True,
        ),
        Role(
            "enumerator",
            _("Enumerator"),
            _("Visits households of an area and corrects what is found there."),
            _READ | {P.EDIT_HOUSEHOLDS, P.PRINT, P.VERIFY},
        ),
        Role("viewer", _("Viewer"), _("Reads the households of an area, changes nothing."), _READ),
        Role(
            "administrator",
            _("Administrator"),
            _("Manages accounts and reads the history; sees no household."),
            frozenset({P.MANAGE_ACCOUNTS, P.READ_AUDIT}),
        ),
        Role(
            "operator",
            _("System operator"),
            _("Commands run on the server itself; nobody can sign in with it."),
            frozenset(Permission),
        ),
    )
}

# Roles a person may be given; the operator belongs to the machine.
ASSIGNABLE = {code: role for code, role in ROLES.items() if code != "operator"}


def roles_with(permission: Permission) -> list[str]:
    """Codes of the roles that hold a permission."""
    return [code for code, role in ROLES.items() if permission in role.permissions]
