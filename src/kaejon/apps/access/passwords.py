"""What a password must be besides long and uncommon."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# Characters that must remain when every user name is taken out of the password
OWN_CHARACTERS = 8


class MoreThanTheUserName:
    """Refuses a password that is little more than the user name, once or repeated."""

    def validate(self, password: str, user: Any = None) -> None:
        name = getattr(user, "username", "").lower()
        if name and name in password.lower():
            rest = password.lower().replace(name, "")
            if len(rest) < OWN_CHARACTERS:
                raise ValidationError(
                    _("The password is made of the user name. Choose words of your own."),
                    code="password_is_user_name",
                )

    def get_help_text(self) -> str:
        return _("The password must be more than the user name.")
