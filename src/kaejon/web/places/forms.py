"""Forms of lists and areas."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kaejon.apps.folders.labels import LEVEL_WORDS, capital_name
from kaejon.apps.folders.listing import LIST_CODES, LIST_YEAR, MEASURES, Filters
from kaejon.apps.folders.problem_words import every_problem, problem_name
from kaejon.apps.households.models import CAPITALS, Presence, Verified
from kaejon.web.forms import Form
from kaejon.web.people.asking import ThaiDateField
from kaejon.web.picture.words import GATES

LEVEL_OPTIONS = [
    ("", _("any level")),
    *[(str(level), word) for level, word in LEVEL_WORDS.items()],
    ("low", _("Struggling or hard going")),
    ("known", _("surveyed")),
    ("none", _("not surveyed yet")),
]


def measure_options() -> list[tuple[str, str]]:
    return [(measure, capital_name(measure)) for measure in MEASURES]


class FilterForm(Form):
    """What a list of households is asked; `areas` gives the (code, name) pairs one may go to.

    They are read when the box is shown or an area is named: a search only passes through.
    """

    area = forms.ChoiceField(label=_("Area"), required=False)
    measure = forms.ChoiceField(label=_("Capital"), required=False, choices=measure_options)
    level = forms.ChoiceField(label=_("Level"), required=False, choices=LEVEL_OPTIONS)
    presence = forms.ChoiceField(
        label=_("Presence"), required=False, choices=[("", _("all that exist")), *Presence.choices]
    )
    verified = forms.ChoiceField(
        label=_("Outcome of the check"),
        required=False,
        choices=[
            ("", _("any")),
            ("poor", _("in need, listed or missed")),
            *Verified.choices,
            ("gone", _("moved, died, not found or entered twice")),
            ("none", _("not checked yet")),
        ],
    )
    problem = forms.ChoiceField(
        label=_("Problem"),
        required=False,
        choices=lambda: [("", _("any")), *((c, problem_name(c)) for c in every_problem())],
    )
    target = forms.BooleanField(label=_("With target poor (TPMAP)"), required=False)
    bmn = forms.BooleanField(label=_("Below basic needs (จปฐ.)"), required=False)
    conflicts = forms.BooleanField(label=_("Lists disagree"), required=False)
    on = forms.RegexField(LIST_CODES, required=False, max_length=400, widget=forms.HiddenInput)
    not_on = forms.RegexField(LIST_CODES, required=False, max_length=400, widget=forms.HiddenInput)
    list_year = forms.RegexField(LIST_YEAR, required=False, max_length=4, widget=forms.HiddenInput)
    held = forms.BooleanField(required=False, widget=forms.HiddenInput)
    gate = forms.ChoiceField(
        required=False, choices=[("", ""), *GATES.items()], widget=forms.HiddenInput
    )

    def __init__(
        self, *args: Any, areas: Callable[[], list[tuple[str, str]]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].choices = areas  # type: ignore[attr-defined]

    def filters(self) -> Filters:
        """The filters asked for; what is not understood asks nothing."""
        self.is_valid()
        given = {name: value for name, value in self.cleaned_data.items() if value}
        return Filters.from_dict(given)


class SearchForm(Form):
    """One box for a name, a national ID or a house number. It is sent by POST only."""

    takes_numbers = frozenset({"text"})
    text = forms.CharField(
        label=_("Search by name, national ID or house number"),
        max_length=100,
        widget=forms.TextInput(
            attrs={"type": "search", "data-search-box": "", "autocomplete": "off"}
        ),
    )


class StrengthForm(Form):
    """One thing the community has to build on, with who said so and when."""

    capital = forms.ChoiceField(
        label=_("Capital"), choices=lambda: [(code, capital_name(code)) for code in CAPITALS]
    )
    text = forms.CharField(
        label=_("What the community has"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A group, fund, place, skill or person's role. Name no private person."),
    )
    source = forms.CharField(
        label=_("Who says so"),
        max_length=200,
        help_text=_("For example: village forum, tambon plan, headman."),
    )
    stated_on = ThaiDateField(label=_("Stated on"))

    def clean_stated_on(self) -> Any:
        day = self.cleaned_data["stated_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("This day lies in the future."))
        return day
