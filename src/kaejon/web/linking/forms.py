"""Forms of the queue: its filter and one decision."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from kaejon.apps.access.models import User
from kaejon.apps.linking.models import Verdict
from kaejon.apps.linking.queries import batches_waiting
from kaejon.apps.sources.models import ImportBatch


class QueueFilter(forms.Form):
    """Narrows the queue to one list; the area comes by link."""

    batch = forms.ModelChoiceField(
        label=_("List"), queryset=ImportBatch.objects.none(), to_field_name="public_id",
        required=False, empty_label=_("All lists"),
    )  # fmt: skip
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
        return {"area": held.get("area") or "", "batch": batch.public_id if batch else None}


class DecisionForm(forms.Form):
    """An answer: "same:<public id>", "different" or "cannot_tell", and how one knows."""

    answer = forms.CharField(max_length=60, error_messages={"required": _("Choose an answer.")})
    reason = forms.CharField(
        label=_("How do you know?"),
        max_length=500,
        required=False,
        help_text=_("Needed only when two national IDs differ. It is kept in the history."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_answer(self) -> tuple[str, UUID | None]:
        verdict, _sign, name = self.cleaned_data["answer"].partition(":")
        if verdict not in Verdict.values:
            raise forms.ValidationError(_("Choose an answer."))
        if verdict != Verdict.SAME:
            return verdict, None
        try:
            return verdict, UUID(name)
        except ValueError:
            raise forms.ValidationError(_("Choose an answer.")) from None
