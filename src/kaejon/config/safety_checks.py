"""Start-up checks of signing in, of the proxy and of file modes: what is left unsaid is said."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.checks import Warning as Caution

from kaejon.apps.access.roles import ASSIGNABLE
from kaejon.config.checks import only_local

# Said instead of roles by whoever knowingly lets everybody in with a password alone
NO_ROLE = "none"
# Roles whose password alone opens the most
SHOULD_HAVE = ("administrator", "province_officer")
OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
OTHERS_READ = stat.S_IRGRP | stat.S_IROTH


def with_real_data() -> bool:
    """True where others reach real people's data."""
    return not only_local() and not settings.SYNTHETIC_DATA


@register
def second_step_roles_exist(**_: Any) -> Iterable[CheckMessage]:
    named = [role for role in settings.MFA_REQUIRED_ROLES if role != NO_ROLE]
    if unknown := [role for role in named if role not in ASSIGNABLE]:
        yield Error(
            f"KAEJON_MFA_REQUIRED_ROLES names {', '.join(unknown)}, which is no role: nobody would need a second step.",
            hint=f"Allowed: {', '.join(ASSIGNABLE)}, or {NO_ROLE} alone.",
            id="kaejon.E012",
        )
    elif with_real_data() and not settings.MFA_REQUIRED_ROLES:
        yield Error(
            "No role signs in with a second step: one guessed password opens the province.",
            hint=f"Set KAEJON_MFA_REQUIRED_ROLES={','.join(SHOULD_HAVE)}, or {NO_ROLE} if you know what you do.",
            id="kaejon.E013",
        )
    elif with_real_data() and (lacking := [role for role in SHOULD_HAVE if role not in named]):
        yield Caution(
            f"These roles sign in with a password alone: {', '.join(lacking)}.",
            hint="Add them to KAEJON_MFA_REQUIRED_ROLES.",
            id="kaejon.W014",
        )


@register
def proxy_is_named(**_: Any) -> Iterable[CheckMessage]:
    if not with_real_data():
        return
    if settings.TRUSTED_PROXY == "*":
        yield Caution(
            "KAEJON_TRUSTED_PROXY=* believes every neighbour that says from where a request comes.",
            hint="Name the proxy's address, or make sure that nobody else reaches the server's port.",
            id="kaejon.W015",
        )
    elif settings.TLS and not settings.TRUSTED_PROXY:
        yield Caution(
            "KAEJON_TRUSTED_PROXY is empty: everybody seems to come from the proxy, so limits by address hit all at once.",
            hint="Set KAEJON_TRUSTED_PROXY to the proxy's address, for example 127.0.0.1.",
            id="kaejon.W016",
        )


@register
def data_is_private(**_: Any) -> Iterable[CheckMessage]:
    """The data folder and the SQLite file belong to the service account alone."""
    if os.name != "posix" or settings.SYNTHETIC_DATA:
        return
    paths = [Path(settings.DATA_DIR)]
    database = settings.DATABASES["default"]
    if "sqlite" in database["ENGINE"]:
        paths.append(Path(str(database["NAME"])))
    for path in paths:
        mode = path.stat().st_mode if path.exists() else 0
        if mode & OTHERS_WRITE or (mode & OTHERS_READ and with_real_data()):
            yield Error(
                f"Other accounts of this machine can {'change' if mode & OTHERS_WRITE else 'read'} {path}.",
                hint=f"Run `chmod go-rwx {path}`.",
                id="kaejon.E017",
            )
        elif mode & OTHERS_READ:
            yield Caution(
                f"Other accounts of this machine can read {path}.",
                hint=f"Run `chmod go-rwx {path}`.",
                id="kaejon.W018",
            )
