"""The rule as a form that can be tried, and what is written down about a decision."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kaejon.apps.folders.problem_words import problem_name
from kaejon.apps.folders.wording import in_language
from kaejon.methods.definitions import problem_sides
from kaejon.methods.ranking import HEAVIEST, Ranked, Rule
from kaejon.web.forms import Form
from kaejon.web.people.asking import ReasonForm, ThaiDateField

READY = "ready_"
READINESS = [
    (0, _("nobody is named yet")),
    (1, _("an office is named")),
    (2, _("a task force is appointed")),
    (3, _("appointed, with budget or a programme this year")),
]
PRIORITIES = 5


def weight(label: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=0,
        max_value=HEAVIEST,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


class RuleForm(Form):
    """Three weights 0-100 and, for each of the six sides, how ready it is to act."""

    households = weight(_("Weight of how many households"))
    severity = weight(_("Weight of how hard it is"))
    action = weight(_("Weight of who can act"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for side in problem_sides.load().sides:
            self.fields[f"{READY}{side.code}"] = forms.TypedChoiceField(
                label=in_language(side), choices=READINESS, coerce=int
            )

    def clean(self) -> dict[str, Any]:
        held = super().clean() or {}
        weights = [held.get(name) for name in ("households", "severity", "action")]
        if None not in weights and not any(weights):
            raise forms.ValidationError(_("Give at least one of the three questions a weight."))
        return held

    def rule(self) -> Rule:
        """The rule the valid form says."""
        held = self.cleaned_data
        return Rule(
            held["households"],
            held["severity"],
            held["action"],
            {n.removeprefix(READY): v for n, v in held.items() if n.startswith(READY)},
        )

    @classmethod
    def values_of(cls, rule: Rule) -> dict[str, int]:
        """What the form holds for a rule."""
        document = rule.as_dict()
        ready = {f"{READY}{code}": value for code, value in document.pop("readiness").items()}
        return document | ready


class SaveRuleForm(ReasonForm, RuleForm):
    """A rule with the reason why it is put in force."""

    field_order = ("households", "severity", "action")


class DecisionForm(Form):
    """What was decided, where, by whom, and which problems come first."""

    decided_on = ThaiDateField(label=_("Decided on"))
    meeting = forms.CharField(
        label=_("Meeting"),
        max_length=200,
        help_text=_("For example: provincial committee, meeting 3/2569."),
    )
    decided_by = forms.CharField(
        label=_("Who decided"),
        max_length=200,
        help_text=_("The post, and the name if it stands in the minutes."),
    )
    text = forms.CharField(
        label=_("What was decided"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5})
    )

    def __init__(self, *args: Any, ranked: list[Ranked], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        options = [
            (row.problem.code, f"{row.place}. {problem_name(row.problem.code)}") for row in ranked
        ]
        for number in range(1, PRIORITIES + 1):
            self.fields[f"priority_{number}"] = forms.ChoiceField(
                label=_("Priority %(number)s") % {"number": number},
                choices=[("", "–"), *options],
                required=number == 1,
            )

    def clean_decided_on(self) -> Any:
        day = self.cleaned_data["decided_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("This day lies in the future."))
        return day

    def chosen(self) -> list[str]:
        """Codes of the problems chosen, the first first; the same twice counts once."""
        asked = (self.cleaned_data[f"priority_{n}"] for n in range(1, PRIORITIES + 1))
        return list(dict.fromkeys(code for code in asked if code))
