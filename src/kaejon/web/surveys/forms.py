"""Forms of field checks, forums and corrections."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kaejon.apps.access.models import User
from kaejon.apps.folders.wording import language
from kaejon.apps.households.models import Household, Verified
from kaejon.apps.surveys.fillin import METHODS, OUTCOMES
from kaejon.apps.surveys.models import DecidedHow
from kaejon.methods.checks import attendance_groups, reasons
from kaejon.web.folder.forms import (
    LATITUDES,
    LONGITUDES,
    AddHouseholdForm,
    BuddhistDateField,
    written_date,
)
from kaejon.web.forms import Form

PHOTO_HELP = gettext_lazy(
    "Optional. Place and time inside the picture are removed before it is kept."
)


def reason_choices(outcome: str | None = None) -> list[tuple[str, str]]:
    """The catalogue of reasons, blank first."""
    found = [(r["code"], str(r[language()])) for r in reasons(outcome)]
    return [("", _("not said")), *found]


class EvidenceForm(Form):
    """How, when, why and what was seen: goes with every check."""

    method = forms.ChoiceField(
        label=gettext_lazy("How"),
        choices=[(m.value, m.label) for m in METHODS],
        initial="visit",
    )
    on = BuddhistDateField(
        label=gettext_lazy("Checked on"),
        required=False,
        whole_day=True,
        help_text=gettext_lazy("Blank: today"),
    )
    reason = forms.ChoiceField(label=gettext_lazy("Reason"), required=False, choices=reason_choices)
    note = forms.CharField(
        label=gettext_lazy("Note on the check"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("What you saw or were told, in words you would say to the family."),
    )
    latitude = forms.FloatField(
        label=gettext_lazy("Latitude"),
        required=False,
        min_value=LATITUDES[0],
        max_value=LATITUDES[1],
    )
    longitude = forms.FloatField(
        label=gettext_lazy("Longitude"),
        required=False,
        min_value=LONGITUDES[0],
        max_value=LONGITUDES[1],
    )
    photo = forms.FileField(
        label=gettext_lazy("Photo"),
        required=False,
        help_text=PHOTO_HELP,
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if (cleaned.get("latitude") is None) != (cleaned.get("longitude") is None):
            raise ValidationError(_("Give both latitude and longitude, or neither."))
        return cleaned

    def evidence(self) -> dict[str, Any]:
        """The evidence as a finding takes it, the photo aside."""
        data = self.cleaned_data
        return {n: data[n] for n in ("method", "reason", "note", "latitude", "longitude")} | {
            "checked_on": data["on"].date if data["on"] else timezone.localdate()
        }


class CheckForm(EvidenceForm):
    """What was found at a household that is in the registry."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("What did you find?"),
        choices=[(o.value, o.label) for o in OUTCOMES],
        widget=forms.RadioSelect,
    )
    moved_to = forms.CharField(
        label=gettext_lazy("Moved to"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("If the family moved: as far as the neighbours know."),
    )
    same_as = forms.CharField(
        label=gettext_lazy("Same as house number"),
        required=False,
        max_length=40,
        help_text=gettext_lazy(
            "If it is the same as another household of this village: its house number."
        ),
    )
    field_order = ("outcome", "reason", "note", "photo", "method", "on", "moved_to", "same_as")

    def __init__(self, *args: Any, household: Household, others: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.household, self.others = household, others

    def clean_same_as(self) -> Household | None:
        number = self.cleaned_data["same_as"].strip()
        if not number:
            return None
        found = list(self.others.filter(house_no=number)[:2])
        if len(found) == 1:
            return found[0]  # type: ignore[no-any-return]
        raise ValidationError(
            _("No other household of this village has this number.")
            if not found
            else _("Several households have this number; correct their numbers first.")
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("outcome") == Verified.DUPLICATE and not cleaned.get("same_as"):
            self.add_error("same_as", _("Say of which other household it is the same."))
        return cleaned

    def finding(self) -> dict[str, Any]:
        data = self.cleaned_data
        duplicate = data["outcome"] == Verified.DUPLICATE
        moved = data["outcome"] == Verified.MOVED
        return self.evidence() | {
            "outcome": data["outcome"],
            "moved_to": data["moved_to"] if moved else "",
            "duplicate_of": data["same_as"] if duplicate else None,
        }


class MissedForm(AddHouseholdForm):
    """A family in need that is on no list: the household and the check that found it, at once."""

    reason_code = forms.ChoiceField(
        label=gettext_lazy("Why in need"),
        required=False,
        choices=lambda: reason_choices(Verified.MISSED),
    )
    photo = forms.FileField(
        label=gettext_lazy("Photo"),
        required=False,
        help_text=PHOTO_HELP,
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png"}),
    )
    field_order = (
        "area",
        "house_no",
        "title",
        "first_name",
        "last_name",
        "reason_code",
        "reason",
        "photo",
        "latitude",
        "longitude",
        "another",
    )


class ReasonForm(Form):
    """Why something is taken back or opened again."""

    reason = forms.CharField(label=gettext_lazy("Why?"), max_length=300)


class OverrideForm(Form):
    """A status against the rule."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("Status"), choices=Verified.choices, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=gettext_lazy("Why?"),
        max_length=300,
        help_text=gettext_lazy("Shown in the folder with your name and the day."),
    )


class PersonField(forms.ModelChoiceField):
    """A colleague by name."""

    def label_from_instance(self, user: User) -> str:
        return f"{user.display_name} · {user.position}" if user.position else user.display_name


class AssignForm(Form):
    """Who walks the worklist, until when."""

    to = PersonField(
        label=gettext_lazy("Who checks"),
        queryset=User.objects.none(),
        to_field_name="public_id_value",
    )
    due = BuddhistDateField(
        label=gettext_lazy("Due on"),
        whole_day=True,
        to_come=True,
        help_text=gettext_lazy("Buddhist Era, for example 31/1/2570"),
    )


class ResultsForm(Form):
    file = forms.FileField(
        label=gettext_lazy("Filled-in worklist (XLSX)"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
    )


class ForumForm(Form):
    """When, where, who chairs, who came."""

    held_on = BuddhistDateField(
        label=gettext_lazy("Day of the forum"), whole_day=True, to_come=True
    )
    place = forms.CharField(label=gettext_lazy("Held at"), max_length=200)
    chair = forms.CharField(
        label=gettext_lazy("Chair"),
        max_length=200,
        help_text=gettext_lazy("Name and office, for example the village headman."),
    )
    note = forms.CharField(
        label=gettext_lazy("Remarks"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for group in attendance_groups():
            self.fields[f"came_{group['code']}"] = forms.IntegerField(
                label=str(group[language()]), required=False, min_value=0, max_value=5000
            )

    def attendance(self) -> dict[str, int]:
        """People by group."""
        codes = [group["code"] for group in attendance_groups()]
        return {c: self.cleaned_data[f"came_{c}"] or 0 for c in codes}

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {n: data[n] for n in ("place", "chair", "note")} | {
            "held_on": data["held_on"].date,
            "attendance": self.attendance(),
        }

    @staticmethod
    def initial_of(forum: Any) -> dict[str, Any]:
        return {
            "held_on": written_date(forum.held_on),
            "place": forum.place,
            "chair": forum.chair,
            "note": forum.note,
        } | {f"came_{code}": n for code, n in forum.attendance.items()}


class DecideForm(Form):
    """What the forum decides about one household."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("What does the forum decide?"),
        choices=[(o.value, o.label) for o in OUTCOMES if o != Verified.DUPLICATE],
        widget=forms.RadioSelect,
    )
    how = forms.ChoiceField(
        label=gettext_lazy("How was it decided?"),
        choices=DecidedHow.choices,
        initial="consensus",
        widget=forms.RadioSelect,
    )
    votes_for = forms.IntegerField(
        label=gettext_lazy("Votes for"), required=False, min_value=0, max_value=5000
    )
    votes_against = forms.IntegerField(
        label=gettext_lazy("Votes against"), required=False, min_value=0, max_value=5000
    )
    votes_neither = forms.IntegerField(
        label=gettext_lazy("Neither"), required=False, min_value=0, max_value=5000
    )
    reason = forms.ChoiceField(label=gettext_lazy("Reason"), required=False, choices=reason_choices)
    note = forms.CharField(
        label=gettext_lazy("Note on the check"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def votes(self) -> tuple[int, int, int] | None:
        """For, against, neither; None when no votes were written."""
        data = self.cleaned_data
        if data["votes_for"] is None:
            return None
        return (data["votes_for"], data["votes_against"] or 0, data["votes_neither"] or 0)


class ObjectionForm(Form):
    """Who disagrees with a decision, and why."""

    raised_by = forms.CharField(label=gettext_lazy("Who objects?"), max_length=200)
    text = forms.CharField(
        label=gettext_lazy("To what, and why?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    on = BuddhistDateField(
        label=gettext_lazy("On which day"),
        required=False,
        whole_day=True,
        help_text=gettext_lazy("Blank: today"),
    )


class AnswerForm(Form):
    answer = forms.CharField(
        label=gettext_lazy("What was answered?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class CorrectionAnswerForm(Form):
    """What a list's owner did."""

    state = forms.ChoiceField(
        label=gettext_lazy("What did the owner do?"),
        choices=[
            ("corrected", gettext_lazy("corrected the list")),
            ("refused", gettext_lazy("refused, with reason")),
        ],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label=gettext_lazy("Answer of the owner"), required=False, max_length=300
    )


class AskForm(Form):
    """What is right, for the owner of the list."""

    right = forms.CharField(label=gettext_lazy("What is right"), max_length=200)
