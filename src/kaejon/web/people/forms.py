"""Forms of accounts, roles and organizations."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kaejon.apps.access.models import User
from kaejon.apps.access.queries import areas_to_assign, organizations_visible_to
from kaejon.apps.access.roles import ASSIGNABLE
from kaejon.apps.areas.models import Level
from kaejon.apps.partners.models import Organization, Sector
from kaejon.web.forms import Form
from kaejon.web.people.asking import ThaiDateField

ROLE_CHOICES = [(code, role.name) for code, role in ASSIGNABLE.items()]
NOT_CHOSEN = ("", "---------")
STATES = [
    ("", _("Every state")),
    ("open", pgettext_lazy("account", "open")),
    ("invited", _("invited, not yet signed in")),
    ("disabled", _("disabled")),
    ("expired", _("expired")),
]


def area_choices(manager: User) -> list[Any]:
    """Areas the manager may grant, grouped by district."""
    choices: list[Any] = []
    group: list[tuple[str, str]] = []
    for area in areas_to_assign(manager):
        if area.level == Level.DISTRICT:
            group = [(area.code, area.full_name)]
            choices.append((area.full_name, group))
        elif area.level == Level.TAMBON and choices:
            group.append((area.code, area.full_name))
        else:
            choices.append((area.code, area.full_name))
    return choices


class AccountFilter(Form):
    q = forms.CharField(
        label=_("Name"),
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "data-search-box": ""}),
    )
    role = forms.ChoiceField(
        label=_("Role"), required=False, choices=[("", _("Every role")), *ROLE_CHOICES]
    )
    state = forms.ChoiceField(label=_("State"), required=False, choices=STATES)


class GrantForm(Form):
    """A role: what, where, for whom, why, from when until when."""

    role = forms.ChoiceField(label=_("Role"), choices=[NOT_CHOSEN, *ROLE_CHOICES])
    area = forms.ChoiceField(
        label=_("Area"), help_text=_("The role holds in this area and everything inside it.")
    )
    organization = forms.ModelChoiceField(
        label=_("Office or organization"), queryset=Organization.objects.none()
    )
    purpose = forms.CharField(
        label=_("Purpose"),
        max_length=300,
        help_text=_("What the work is, for example: registry of households of the tambon."),
    )
    valid_from = ThaiDateField(label=_("First day"))
    valid_until = ThaiDateField(label=_("Last day"), required=False)

    def __init__(self, *args: Any, manager: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].choices = [NOT_CHOSEN, *area_choices(manager)]
        self.fields["organization"].queryset = organizations_visible_to(manager)
        self.fields["valid_from"].initial = timezone.localdate()


class InviteForm(GrantForm):
    """A person and the first role."""

    first_name = forms.CharField(label=_("First name"), max_length=150)
    last_name = forms.CharField(label=_("Last name"), max_length=150)
    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        validators=[UnicodeUsernameValidator()],
        help_text=_("For signing in. Letters, digits and . _ - only."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off"}),
    )
    email = forms.EmailField(label=_("E-mail"), required=False)
    position = forms.CharField(label=_("Position"), max_length=150, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=30, required=False)
    field_order = ("first_name", "last_name", "username", "email", "position", "phone")


class EndForm(Form):
    last_day = ThaiDateField(label=_("Last day of the role"))
    reason = forms.CharField(label=_("Reason"), max_length=500, required=False)


class ExpiryForm(Form):
    expires_on = ThaiDateField(
        label=_("Last day of the account"),
        required=False,
        help_text=_("Empty: no end. For example 30/9/2570."),
    )


class HandOverForm(Form):
    taker = forms.ModelChoiceField(label=_("Who takes over"), queryset=User.objects.none())
    on = ThaiDateField(label=_("First day of the person who takes over"))

    def __init__(self, *args: Any, takers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        taker = self.fields["taker"]
        taker.queryset = takers
        taker.label_from_instance = lambda user: user.display_name  # type: ignore[attr-defined]
        self.fields["on"].initial = timezone.localdate()


class ProfileForm(Form):
    first_name = forms.CharField(label=_("First name"), max_length=150)
    last_name = forms.CharField(label=_("Last name"), max_length=150)
    position = forms.CharField(label=_("Position"), max_length=150, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=30, required=False)
    language = forms.ChoiceField(label=_("Language of the pages"), choices=settings.LANGUAGES)


class TokenForm(Form):
    name = forms.CharField(
        label=_("What the key is for"),
        max_length=100,
        help_text=_("For example: monthly report of the province."),
    )
    expires_on = ThaiDateField(
        label=_("Last day of the key"), help_text=_("Within a year, for example 30/9/2570.")
    )


class CodeForm(Form):
    """The code of a second administrator, where the link needs one."""

    code = forms.CharField(
        label=_("Code from the second administrator"),
        max_length=20,
        help_text=_("Eight digits. Another administrator than the one who gave you the link."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, needs_code: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not needs_code:
            del self.fields["code"]


class JoinForm(CodeForm):
    """The first password of an invited person."""

    password = forms.CharField(
        label=_("Password"),
        help_text=_(
            "At least 12 characters. A short sentence is easier to remember than a hard word."
        ),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
    )
    again = forms.CharField(
        label=_("The same password again"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
    )
    language = forms.ChoiceField(
        label=_("Language of the pages"), choices=[("th", "ไทย"), ("en", "English")]
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("password") and given.get("again") and given["password"] != given["again"]:
            self.add_error("again", _("The two passwords differ."))
        return given


class ForgetSecondStepForm(CodeForm):
    """The password of the person whose second step is removed."""

    password = forms.CharField(
        label=_("Password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        strip=False,
    )


class OrganizationForm(Form):
    name_th = forms.CharField(label=_("Thai name"), max_length=200)
    name_en = forms.CharField(label=_("English name"), max_length=200, required=False)
    code = forms.SlugField(
        label=_("Short code"),
        max_length=60,
        help_text=_("Latin letters, digits and -, for example obt-330101."),
    )
    sector = forms.ChoiceField(label=_("Kind of organization"), choices=Sector.choices)
    area = forms.ChoiceField(label=_("Area"))
    legal_person = forms.BooleanField(
        label=_("It is a legal person (may hold money and sign contracts)"),
        required=False,
        initial=True,
    )

    def __init__(self, *args: Any, manager: User, fixed_code: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].choices = area_choices(manager)
        if fixed_code:
            del self.fields["code"]
