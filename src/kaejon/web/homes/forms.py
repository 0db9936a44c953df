"""Forms of parting, joining and moving far; days in the Buddhist Era, a reason with each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from kaejon.apps.areas.models import Area, Level
from kaejon.apps.homes.changing import as_seen
from kaejon.apps.homes.models import PairState
from kaejon.apps.households.models import Household, Person
from kaejon.web.folder.forms import BuddhistDateField, VillageField, reason_field
from kaejon.web.forms import Form
from kaejon.web.linking.forms import DecisionForm, read_answer


class SeenForm(Form):
    """A form that knows how the households stood when it was opened."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def show_anew(self, households: Iterable[Household]) -> None:
        """Stand for the households as they are now, and keep what was entered."""
        data: Any = self.data.copy()
        data["seen"] = as_seen(households)
        self.data = data


class SplitForm(SeenForm):
    """Who leaves, who leads the new household, where they live and since when."""

    members = forms.ModelMultipleChoiceField(
        label=_("Who founds the new household?"),
        queryset=Person.objects.none(),
        to_field_name="public_id",
        widget=forms.CheckboxSelectMultiple,
    )
    head = forms.ModelChoiceField(
        label=_("Who is its head?"), queryset=Person.objects.none(), to_field_name="public_id"
    )
    area = VillageField(label=_("Village"), queryset=Area.objects.none())
    house_no = forms.CharField(
        label=_("House number"),
        max_length=40,
        help_text=_("The same number when both live in one house and cook and plan apart."),
    )
    on = BuddhistDateField(label=_("Since which day?"), whole_day=True, required=False)
    reason = reason_field()


class JoinForm(SeenForm):
    """Which of the households at the address, and whether they always were one or became one."""

    to = forms.ModelChoiceField(
        label=_("Which household goes on?"),
        queryset=Household.objects.none(),
        to_field_name="public_id",
        widget=forms.RadioSelect,
        empty_label=None,
    )
    what = forms.ChoiceField(
        label=_("What is true?"),
        choices=[
            ("merge", _("It is the same household, which stands twice in the registry")),
            ("join", _("Two households that now eat and plan together")),
        ],
        widget=forms.RadioSelect,
    )
    on = BuddhistDateField(
        label=_("Together since which day?"),
        whole_day=True,
        required=False,
        help_text=_("Only when two households became one. Empty means today."),
    )
    reason = reason_field()


class TambonForm(Form):
    """First the tambon to which the household moved."""

    tambon = VillageField(label=_("Tambon"), queryset=Area.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["tambon"]
        choice.queryset = (
            Area.objects.filter(level=Level.TAMBON, valid_until=None)
            .select_related("parent")
            .order_by("code")
        )


class OfferForm(SeenForm):
    """Then the village, the day, and how it is known."""

    village = VillageField(label=_("Village"), queryset=Area.objects.none())
    house_no = forms.CharField(label=_("House number"), max_length=40, required=False)
    on = BuddhistDateField(label=_("Moved on"), whole_day=True, required=False)
    reason = reason_field()


class ArrivalForm(Form):
    """The answer of the area to which a household moved."""

    answer = forms.ChoiceField(
        label=_("Does the family live here?"),
        choices=[("accept", _("Yes, we take it over")), ("decline", _("No, not here"))],
        widget=forms.RadioSelect,
    )
    house_no = forms.CharField(
        label=_("House number"),
        max_length=40,
        required=False,
        help_text=_("When you take it over."),
    )
    reason = reason_field()


class HomeAnswerForm(DecisionForm):
    """An answer to whether two households are one: "same:<public id>" of the one that goes on,
    "same_house:<public id>" of the one whose address is right, "different" or "cannot_tell"."""

    reason = forms.CharField(
        label=_("How do you know?"),
        max_length=500,
        required=False,
        help_text=_("Needed when it is one household or one house. It is kept in the history."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_answer(self) -> tuple[str, UUID | None]:
        said: str = self.cleaned_data["answer"]
        one_house, _sign, name = said.partition(":")
        if one_house != PairState.SAME_HOUSE:
            return read_answer(said)
        return one_house, read_answer(f"{PairState.SAME}:{name}")[1]
