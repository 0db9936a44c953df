"""Forms of lists: filter, upload, source, reasons."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import scope_of
from kaejon.apps.partners.models import Organization
from kaejon.apps.sources.models import BatchStatus, ImportBatch, Kind, LegalBasis, Source
from kaejon.apps.sources.queries import file_sources, sources_to_upload
from kaejon.methods.listfiles.mapping import KINDS
from kaejon.methods.thai.buddhist_era import to_be
from kaejon.methods.thai.digits import to_arabic_digits
from kaejon.web.forms import Form


class BatchFilter(Form):
    """Narrows the lists by source and state."""

    source = forms.ModelChoiceField(
        label=_("Source"), queryset=Source.objects.none(), to_field_name="code", required=False,
        empty_label=_("All sources"),
    )  # fmt: skip
    status = forms.ChoiceField(label=_("State of the list"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].queryset = file_sources()
        self.fields["status"].choices = [("", _("All states")), *BatchStatus.choices]

    def narrow(self, batches: QuerySet[ImportBatch]) -> QuerySet[ImportBatch]:
        if source := self.cleaned_data["source"]:
            batches = batches.filter(version__source=source)
        if status := self.cleaned_data["status"]:
            batches = batches.filter(status=status)
        return batches


class YearField(forms.CharField):
    """A Buddhist Era year, also in Thai digits."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})

    def clean(self, value: Any) -> int:
        text = to_arabic_digits(super().clean(value)).strip()
        newest = to_be(timezone.localdate().year) + 1
        if not text.isdecimal() or not 2500 <= int(text) <= newest:
            raise forms.ValidationError(
                _("Give the year in the Buddhist Era, from 2500 to %(newest)s."),
                params={"newest": newest},
            )
        return int(text)


class SourceChoice(forms.ModelChoiceField):
    def label_from_instance(self, source: Source) -> str:
        return f"{source.name} · {source.owner.name}"


class UploadForm(Form):
    """A file and whose list it is."""

    source = SourceChoice(
        label=_("Source"), queryset=Source.objects.none(), to_field_name="code",
        empty_label=_("Choose whose list this is"),
    )  # fmt: skip
    year_be = YearField(
        label=_("Year of the data (BE)"),
        help_text=_("The year the list speaks of, for example 2568."),
    )
    round_number = forms.IntegerField(
        label=_("Round"), min_value=1, max_value=99, initial=1,
        help_text=_("1 unless the source was collected more than once in that year."),
    )  # fmt: skip
    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt,.tsv,.parquet"}),
        error_messages={
            "empty": _("The file is empty. Open it, check that it holds data, and save it again.")
        },
    )
    sheet = forms.CharField(
        label=_("Sheet"), required=False, max_length=80,
        help_text=_("Only for a workbook with several sheets. Empty: the first sheet that holds data."),
    )  # fmt: skip

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].queryset = sources_to_upload(actor)
        self.fields["file"].help_text = _(
            "XLSX, CSV (UTF-8 or Thai Windows) or Parquet, up to %(limit)s MB and %(rows)s rows."
        ) % {"limit": settings.IMPORT_MAX_MEGABYTES, "rows": f"{settings.IMPORT_MAX_ROWS:,}"}


# kind of list → what one row of it is about
UNITS = {"tpmap": "person", "bmn": "household", "ppp": "household", "community": "household"}
RANKS = [
    (10, _("most trusted: checked at the house by officers")),
    (20, _("very trusted: surveyed house by house with a common questionnaire")),
    (30, _("trusted: collected by the community itself")),
    (40, _("ordinary: an official register or target list")),
    (50, _("ordinary: a large survey, not checked one by one")),
    (70, _("least trusted: only used where nothing else is known")),
]


class SourceForm(Form):
    """The promise behind a list: whose it is, why it may be used, and for how long."""

    name_th = forms.CharField(label=_("Name in Thai"), max_length=200)
    name_en = forms.CharField(label=_("Name in English"), max_length=200, required=False)
    kind = forms.ChoiceField(
        label=_("Shape of the list"), choices=[(k, Kind(k).label) for k in KINDS]
    )
    owner = forms.ModelChoiceField(
        label=_("Organization that owns the list"), queryset=Organization.objects.none(),
        to_field_name="code", empty_label=_("Choose the owner"),
        help_text=_("If it is not in the list, ask the administrator to add the organization first."),
    )  # fmt: skip
    legal_basis = forms.ChoiceField(
        label=_("Legal basis (Personal Data Protection Act)"), choices=LegalBasis.choices,
        help_text=_("With consent as the basis, each household's consent is kept in its folder."),
    )  # fmt: skip
    purpose = forms.CharField(
        label=_("Purpose"), max_length=400, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What the data may be used for, in words that a family can understand. It is printed on the family's paper."),
    )  # fmt: skip
    retention_years = forms.IntegerField(
        label=_("Keep for (years)"), min_value=1, max_value=30, initial=5,
        help_text=_("Counted from the year of the data."),
    )  # fmt: skip
    shared = forms.BooleanField(
        label=_("Officers of districts and tambons below may bring in their part"), required=False,
        help_text=_("Otherwise only officers for the owner's area, and the owner's own, bring it in."),
    )  # fmt: skip
    rank = forms.TypedChoiceField(
        label=_("How far to trust it"), choices=RANKS, coerce=int, initial=50,
        help_text=_("When two lists of the same date disagree, the more trusted one counts. A field check always counts first."),
    )  # fmt: skip

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scope = scope_of(actor, Permission.MANAGE_SOURCES)
        self.fields["owner"].queryset = Organization.objects.filter(scope.by_area("area_id"))
        held = self.initial.get("rank")
        if held and held not in dict(RANKS):
            self.fields["rank"].choices = sorted([*RANKS, (held, str(held))])


class ReasonForm(Form):
    """Why something that is normally hidden must be seen; kept in the history."""

    reason = forms.CharField(
        label=_("Reason"), min_length=10, max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("At least 10 letters. The reason and your name are kept in the history."),
    )  # fmt: skip
