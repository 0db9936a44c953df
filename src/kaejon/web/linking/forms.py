"""Forms of the queues: their filters, one decision, searching and assigning."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import scope_of
from kaejon.apps.areas.models import Area, Level
from kaejon.apps.linking.assigning import workers_of
from kaejon.apps.linking.models import Band, Verdict
from kaejon.apps.linking.queries import batches_waiting
from kaejon.apps.sources.models import ImportBatch
from kaejon.web.forms import Form

# Somebody else, who bears the national ID that stands on several rows
WITH_NUMBER = "different:number"


class QueueFilter(Form):
    """Narrows the queue to one list; the area comes by link."""

    batch = forms.ModelChoiceField(
        label=_("List"), queryset=ImportBatch.objects.none(), to_field_name="public_id",
        required=False, empty_label=_("All lists"),
    )  # fmt: skip
    mine = forms.BooleanField(label=_("Only what is assigned to me"), required=False)
    area = forms.RegexField(r"^\d{2,8}$", required=False, widget=forms.HiddenInput)

    def __init__(self, actor: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["batch"]
        choice.queryset = batches_waiting(actor)
        choice.label_from_instance = lambda batch: f"{batch.version} · {batch.file_name}"

    def wanted(self) -> dict[str, Any]:
        """The filter as `queue` takes it."""
        held = self.cleaned_data if self.is_valid() else {}
        batch = held.get("batch")
        return {
            "area": held.get("area") or "",
            "batch": batch.public_id if batch else None,
            "mine": bool(held.get("mine")),
        }


class AnswerForm(Form):
    """An answer and how one knows."""

    answer = forms.CharField(max_length=60, error_messages={"required": _("Choose an answer.")})
    reason = forms.CharField(
        label=_("How do you know?"),
        max_length=500,
        required=False,
        help_text=_("Needed only when two national IDs differ. It is kept in the history."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class DecisionForm(AnswerForm):
    """An answer: "same:<public id>", "different", "different:number" or "cannot_tell", and how one knows."""

    def clean_answer(self) -> tuple[str, UUID | None]:
        said = self.cleaned_data["answer"]
        return (said, None) if said == WITH_NUMBER else read_answer(said)


def read_answer(text: str) -> tuple[str, UUID | None]:
    """Verdict and the one chosen. Refuses anything else."""
    verdict, _sign, name = text.partition(":")
    if verdict not in Verdict.values:
        raise forms.ValidationError(_("Choose an answer."))
    if verdict != Verdict.SAME:
        return verdict, None
    try:
        return verdict, UUID(name)
    except ValueError:
        raise forms.ValidationError(_("Choose an answer.")) from None


class PairFilter(Form):
    """Narrows the queue of pairs; the area comes by link."""

    band = forms.ChoiceField(
        label=_("How sure"), choices=[("", _("All pairs")), *Band.choices], required=False
    )
    mine = forms.BooleanField(label=_("Only what is assigned to me"), required=False)
    area = forms.RegexField(r"^\d{2,8}$", required=False, widget=forms.HiddenInput)

    def wanted(self) -> dict[str, Any]:
        """The filter as `pair_queue` takes it, and whether only one's own tambons are asked for."""
        held = self.cleaned_data if self.is_valid() else {}
        return {
            "area": held.get("area") or "",
            "band": held.get("band") or "",
            "mine": bool(held.get("mine")),
        }


class PairAnswerForm(AnswerForm):
    """An answer: "same:<public id of who stands>", "different", "cannot_tell", "agree" or "disagree"."""

    def clean_answer(self) -> tuple[str, UUID | None]:
        said = self.cleaned_data["answer"]
        return (said, None) if said in ("agree", "disagree") else read_answer(said)


class SearchForm(Form):
    """The area to search: the ones in which the actor may decide, and the districts and tambons in them."""

    area = forms.ModelChoiceField(
        label=_("Area to search"),
        queryset=Area.objects.none(),
        to_field_name="code",
        empty_label=None,
    )

    def __init__(self, actor: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scope = scope_of(actor, Permission.APPLY_LISTS)
        choice: Any = self.fields["area"]
        levels = (Level.PROVINCE, Level.DISTRICT, Level.TAMBON)
        choice.queryset = Area.objects.filter(
            scope.by_area("code"), level__in=levels, valid_until=None
        ).order_by("code")
        choice.label_from_instance = lambda area: area.full_name


class AssignForm(Form):
    """Who decides what waits in one tambon."""

    user = forms.ChoiceField(label=_("Who decides here"), required=False)

    def __init__(self, area: Area, worker: User | None) -> None:
        super().__init__(initial={"user": worker.username if worker else ""})
        choice: Any = self.fields["user"]
        people = [(u.username, u.display_name) for u in workers_of(area)[:200]]
        choice.choices = [("", _("Nobody in particular")), *people]
