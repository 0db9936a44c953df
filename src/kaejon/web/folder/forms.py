"""Forms of the Family Folder. A reason goes with every correction, because it becomes a dated claim."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kaejon.apps.areas.models import Area
from kaejon.apps.folders.models import AttentionKind
from kaejon.apps.folders.wording import HEAD_RELATION, RELATIONS
from kaejon.apps.households.models import Household, Person, Presence, Sex
from kaejon.methods.thai.addresses import read_house_no
from kaejon.methods.thai.buddhist_era import format_date, read_date
from kaejon.methods.thai.names import read_person
from kaejon.web.forms import Form
from kaejon.web.templatetags.folder_words import END_REASONS

# The country with a margin; a point outside was mistyped.
LATITUDES = (5.0, 21.0)
LONGITUDES = (97.0, 106.0)
# How far in the future something may be due
YEARS_AHEAD = timedelta(days=5 * 365)
DATE_PROBLEMS = {
    "unreadable": gettext_lazy(
        "This is not a date we can read. Write it like 12/3/2510 or 12 มี.ค. 2510."
    ),
    "impossible_day": gettext_lazy("That month has no such day."),
    "impossible_month": gettext_lazy("The month must be between 1 and 12."),
    "era_mixed": gettext_lazy("The year does not fit: give it in the Buddhist Era, such as 2510."),
    "era_unclear": gettext_lazy("Write the year with four digits, such as 2510."),
    "in_future": gettext_lazy("This day has not come yet."),
    "over_130": gettext_lazy("This day is more than 130 years ago."),
}


class BuddhistDateField(forms.CharField):
    """A day in any of the spellings people use; cleaned to a `PartialDate` or None.

    `to_come`: a day of the next years is welcome, as for something that is due.
    """

    def __init__(self, *, whole_day: bool = False, to_come: bool = False, **kwargs: Any) -> None:
        self.whole_day = whole_day
        self.ahead = YEARS_AHEAD if to_come else timedelta(0)
        super().__init__(max_length=60, **kwargs)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        found = read_date(text, today=timezone.localdate() + self.ahead)
        if found.date is None:
            raise ValidationError(
                str(DATE_PROBLEMS.get(found.issue or "", DATE_PROBLEMS["unreadable"]))
            )
        if self.whole_day and (found.precision == "month" or text.strip().isdecimal()):
            raise ValidationError(_("Give day, month and year."))
        return found


def written_date(day: date | None, precision: str = "day") -> str:
    """A stored date as it stands in a form: 12/03/2510, 03/2510 or 2510."""
    return format_date(day, "numeric", precision=precision or "day") if day else ""  # type: ignore[arg-type]


def reason_field() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("How do you know?"),
        help_text=gettext_lazy(
            "For example: visited the house, saw the house registration, the headman said so."
        ),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class VillageField(forms.ModelChoiceField):
    """A village by its name, with the tambon it lies in."""

    def label_from_instance(self, area: Area) -> str:
        return f"{area.full_name} · {area.parent.full_name if area.parent else ''}".strip(" ·")


class AddressMixin(Form):
    """House number and point, cleaned the same way everywhere."""

    house_no = forms.CharField(label=gettext_lazy("House number"), max_length=40, required=False)
    latitude = forms.FloatField(
        label=gettext_lazy("Latitude"),
        required=False,
        min_value=LATITUDES[0],
        max_value=LATITUDES[1],
        help_text=gettext_lazy("Degrees, for example 15.11850"),
    )
    longitude = forms.FloatField(
        label=gettext_lazy("Longitude"),
        required=False,
        min_value=LONGITUDES[0],
        max_value=LONGITUDES[1],
        help_text=gettext_lazy("Degrees, for example 104.32200"),
    )

    def clean_house_no(self) -> str:
        text = str(self.cleaned_data["house_no"]).strip()
        found = read_house_no(text)
        if found.moo is not None or found.rest:
            raise ValidationError(
                _("Give only the house number, such as 12/3; the village is chosen beside it.")
            )
        return found.house_no or text

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if (cleaned.get("latitude") is None) != (cleaned.get("longitude") is None):
            raise ValidationError(_("Give both latitude and longitude, or neither."))
        return cleaned


class HouseholdForm(AddressMixin):
    """Correct where a household lives and whether it is still there."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    area = VillageField(label=gettext_lazy("Village"), queryset=Area.objects.none())
    presence = forms.ChoiceField(
        label=gettext_lazy("Is the household still there?"), choices=Presence.choices
    )
    presence_on = BuddhistDateField(
        label=gettext_lazy("Since when"),
        required=False,
        whole_day=True,
        help_text=gettext_lazy("Only if it moved away or no longer exists, for example 5/11/2569"),
    )
    reason = reason_field()
    field_order = (
        "version",
        "house_no",
        "area",
        "presence",
        "presence_on",
        "latitude",
        "longitude",
        "reason",
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("presence") not in (None, Presence.PRESENT) and not cleaned.get(
            "presence_on"
        ):
            self.add_error("presence_on", _("Say since when."))
        village = cleaned.get("area")
        stays = village is not None and village.pk == self.initial["area"]
        if stays and self.initial["latitude"] is not None and cleaned.get("latitude") is None:
            self.add_error("latitude", _("A point can be corrected, not emptied."))
        return cleaned

    def values(self) -> dict[str, Any]:
        """The values as `correct_household` takes them."""
        data = self.cleaned_data
        on = data["presence_on"]
        return {n: data[n] for n in ("house_no", "presence", "latitude", "longitude")} | {
            "area": data["area"].pk,
            "presence_on": on.date if on else None,
        }

    @staticmethod
    def initial_of(household: Household) -> dict[str, Any]:
        return {
            "version": household.version,
            "house_no": household.house_no,
            "area": household.area_id,
            "presence": household.presence,
            "latitude": household.house.latitude,
            "longitude": household.house.longitude,
        }


class PersonForm(Form):
    """Title, names, birth, place in the household. `optional` leaves the name out when nothing is filled in."""

    title = forms.CharField(label=gettext_lazy("Title (Mr, Mrs …)"), max_length=40, required=False)
    first_name = forms.CharField(label=gettext_lazy("First name"), max_length=100)
    last_name = forms.CharField(label=gettext_lazy("Surname"), max_length=100, required=False)
    sex = forms.ChoiceField(
        label=gettext_lazy("Sex"),
        required=False,
        choices=[("", gettext_lazy("not known")), *Sex.choices],
    )
    birth_date = BuddhistDateField(
        label=gettext_lazy("Birth date"),
        required=False,
        help_text=gettext_lazy(
            "Buddhist Era, as far as known: 12/3/2510, 12 มี.ค. 2510, มี.ค. 2510, 2510 or อายุ 56 ปี"
        ),
    )
    relation = forms.CharField(
        label=gettext_lazy("Place in the household"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"list": "relations"}),
        help_text=gettext_lazy("Seen from the head: spouse, child, grandchild …"),
    )
    is_head = forms.BooleanField(label=gettext_lazy("Is the head of the household"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("first_name"):
            found = read_person(
                cleaned.get("title") or None,
                cleaned["first_name"],
                cleaned.get("last_name") or None,
            )
            if not any(letter.isalpha() for letter in found.first):
                self.add_error("first_name", _("Write the first name in letters."))
            cleaned |= {
                "title": found.title or "",
                "first_name": found.first,
                "last_name": found.last,
            }
        return cleaned

    def values(self) -> dict[str, Any]:
        """The values as the member actions take them."""
        data = self.cleaned_data
        born = data["birth_date"]
        head = data["is_head"]
        relation = data["relation"].strip()
        if head:
            relation = HEAD_RELATION
        return {n: data[n] for n in ("title", "first_name", "last_name", "sex")} | {
            "birth_date": born.date if born else None,
            "birth_precision": born.precision if born else "",
            "relation": relation,
            "is_head": head,
        }


class CorrectPersonForm(PersonForm):
    """Correct a member, or say that the person died."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    died_on = BuddhistDateField(
        label=gettext_lazy("Died on"),
        required=False,
        whole_day=True,
        help_text=gettext_lazy("Only if the person has died, for example 5/11/2569"),
    )
    reason = reason_field()

    def values(self) -> dict[str, Any]:
        died = self.cleaned_data["died_on"]
        return super().values() | {"died_on": died.date if died else None}

    @staticmethod
    def initial_of(person: Person) -> dict[str, Any]:
        return {
            n: getattr(person, n)
            for n in ("version", "title", "first_name", "last_name", "sex", "relation", "is_head")
        } | {
            "birth_date": written_date(person.birth_date, person.birth_precision),
            "died_on": written_date(person.died_on),
        }


class AddMemberForm(PersonForm):
    """A member who is not recorded yet."""

    reason = reason_field()


class RemoveMemberForm(Form):
    """The person does not live here; where is not known."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    why = forms.ChoiceField(
        label=gettext_lazy("What happened"),
        widget=forms.RadioSelect,
        choices=[(code, END_REASONS[code]) for code in ("moved_away", "not_here", "duplicate")],
    )
    on = BuddhistDateField(label=gettext_lazy("Since when"), required=False, whole_day=True)
    reason = reason_field()


class FindHomeForm(Form):
    """The household to which a member moved, by address."""

    area = VillageField(label=gettext_lazy("Village"), queryset=Area.objects.none())
    house_no = forms.CharField(label=gettext_lazy("House number"), max_length=40)


class MoveMemberForm(Form):
    """Choose among the households found at the address."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    to = forms.ModelChoiceField(
        label=gettext_lazy("New household"),
        queryset=Household.objects.none(),
        to_field_name="public_id",
        widget=forms.RadioSelect,
        empty_label=None,
    )
    relation = forms.CharField(
        label=gettext_lazy("Place in the new household"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"list": "relations"}),
    )
    on = BuddhistDateField(label=gettext_lazy("Moved on"), required=False, whole_day=True)
    reason = reason_field()


class NoteForm(Form):
    text = forms.CharField(
        label=gettext_lazy("What did you see or hear?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    sensitive = forms.BooleanField(
        label=gettext_lazy("Sensitive: health, disability, debt, belief, offences"),
        required=False,
        help_text=gettext_lazy(
            "Then only people with the right to sensitive information can read it."
        ),
    )


class AttentionForm(Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("Why"), choices=AttentionKind.choices, widget=forms.RadioSelect
    )
    reason = forms.CharField(label=gettext_lazy("What should be looked at?"), max_length=300)


class ClearAttentionForm(Form):
    reason = forms.CharField(label=gettext_lazy("What was done?"), max_length=300)


class RevealForm(Form):
    reason = forms.CharField(
        label=gettext_lazy("Why do you need the full number?"),
        max_length=300,
        help_text=gettext_lazy(
            "Your name, the time and this reason are kept in the history, and the family may read them."
        ),
    )


class SettleForm(Form):
    """Which of the stated values is right. Values are chosen by their place in the list shown."""

    choice = forms.ChoiceField(label=gettext_lazy("Which one is right?"), widget=forms.RadioSelect)
    reason = reason_field()


class AddHouseholdForm(AddressMixin):
    """A household in need that is on no list yet."""

    area = VillageField(label=gettext_lazy("Village"), queryset=Area.objects.none())
    title = forms.CharField(label=gettext_lazy("Title of the head"), max_length=40, required=False)
    first_name = forms.CharField(
        label=gettext_lazy("First name of the head"), max_length=100, required=False
    )
    last_name = forms.CharField(
        label=gettext_lazy("Surname of the head"), max_length=100, required=False
    )
    reason = reason_field()
    another = forms.BooleanField(
        label=gettext_lazy("I looked at the households below: this one is another"), required=False
    )
    field_order = (
        "area",
        "house_no",
        "title",
        "first_name",
        "last_name",
        "latitude",
        "longitude",
        "reason",
        "another",
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not cleaned.get("house_no") and not cleaned.get("first_name"):
            raise ValidationError(
                _(
                    "Give a house number or the name of the head, so that others can find the household."
                )
            )
        return cleaned

    def head(self) -> dict[str, Any] | None:
        """The head as `add_household` takes it; None when no name was given."""
        data = self.cleaned_data
        if not data["first_name"]:
            return None
        found = read_person(data["title"] or None, data["first_name"], data["last_name"] or None)
        return {"title": found.title or "", "first_name": found.first, "last_name": found.last}


def relation_words() -> list[str]:
    """Words offered for the place in the household, as lists write them."""
    return list(RELATIONS)
