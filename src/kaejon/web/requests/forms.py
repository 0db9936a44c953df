"""Forms of requests and consents."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kaejon.apps.privacy.models import ConsentStatus, ErasureGround, RequestKind, RequestStatus
from kaejon.apps.sources.models import Source
from kaejon.web.forms import Form
from kaejon.web.people.asking import ThaiDateField


class RequestFilter(Form):
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("open", _("open")),
            ("overdue", _("overdue")),
            ("closed", _("answered or declined")),
            ("all", _("every state")),
        ],
    )
    kind = forms.ChoiceField(
        label=_("What is asked"),
        required=False,
        choices=[("", _("everything")), *RequestKind.choices],
    )


class ReceiveForm(Form):
    """What somebody asks about the own data."""

    kind = forms.ChoiceField(label=_("What is asked"), choices=RequestKind.choices)
    asked_by = forms.CharField(
        label=_("Who asks"), max_length=200, help_text=_("Name, and for whom if not for oneself.")
    )
    text = forms.CharField(
        label=_("What the person says"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )
    received_on = ThaiDateField(label=_("Day it was received"))
    area = forms.ChoiceField(label=_("Area"), help_text=_("The office of this area answers."))

    def __init__(self, *args: Any, areas: list[Any] | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["received_on"].initial = timezone.localdate()
        if areas is None:
            del self.fields["area"]
        else:
            self.fields["area"].choices = areas


class AnswerForm(Form):
    status = forms.ChoiceField(
        label=_("Result"),
        widget=forms.RadioSelect,
        choices=[(RequestStatus.DONE, _("done as asked")), (RequestStatus.DECLINED, _("declined"))],
    )
    answer = forms.CharField(
        label=_("Answer to the person, or the reason for declining"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 8}),
    )


class EraseForm(Form):
    ground = forms.ChoiceField(
        label=_("Why the law lets it be erased"),
        widget=forms.RadioSelect,
        choices=ErasureGround.choices,
        help_text=_("Personal Data Protection Act B.E. 2562. It stands in the history."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=500)
    sure = forms.BooleanField(label=_("I have read this and know that it cannot be undone"))


class ConsentForm(Form):
    """What the household says about one list that rests on consent."""

    source = forms.ModelChoiceField(
        label=_("List"), queryset=Source.objects.none(), empty_label=None
    )
    status = forms.ChoiceField(
        label=_("Answer of the household"), widget=forms.RadioSelect, choices=ConsentStatus.choices
    )
    given_by = forms.CharField(label=_("Who said it"), max_length=200)
    stated_on = ThaiDateField(label=_("Day it was said"))
    paper = forms.FileField(
        label=_("Signed paper, scanned"),
        required=False,
        help_text=_("PDF, JPG or PNG, up to 15 MB. It is kept sealed."),
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
    )

    def __init__(self, *args: Any, sources: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].queryset = sources
        self.fields["stated_on"].initial = timezone.localdate()
