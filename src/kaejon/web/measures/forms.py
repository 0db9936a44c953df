"""Forms of measurements: start a run, withdraw it, choose two to compare, write a definition."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import scope_of
from kaejon.apps.areas.models import Area, Level
from kaejon.apps.measurement.defining import definition, usable_for
from kaejon.apps.measurement.models import RunKind
from kaejon.apps.measurement.queries import measurable_versions
from kaejon.apps.measurement.running import READS
from kaejon.apps.sources.models import SourceVersion
from kaejon.methods.alkire_foster import parse_spec
from kaejon.methods.definitions import names
from kaejon.web.forms import Form
from kaejon.web.measures.words import DESIGN_NAMES, title_of
from kaejon.web.templatetags.kaejon_ui import thai_number

ANY_ONE = "any"
K_CHOICES = (
    ("", _("as the definition says")),
    (ANY_ONE, _("lacking any one indicator is enough")),
    ("1/5", "1/5 (20%)"),
    ("1/4", "1/4 (25%)"),
    ("1/3", "1/3 (33%)"),
    ("1/2", "1/2 (50%)"),
)


class RunForm(Form):
    """What to measure, where, by which definition, from which list; sensible choices stand first."""

    area = forms.ModelChoiceField(
        label=_("Area"),
        queryset=Area.objects.none(),
        widget=forms.Select(attrs={"data-find-option": True}),
    )
    definition = forms.ChoiceField(label=_("Definition"))
    before = forms.ModelChoiceField(label=_("First round"), queryset=SourceVersion.objects.none())
    version = forms.ModelChoiceField(label=_("List"), queryset=SourceVersion.objects.none())
    k = forms.ChoiceField(
        label=_("Who counts as poor"),
        choices=K_CHOICES,
        required=False,
        help_text=_("k: the share of everything asked that a household must lack."),
    )
    unit = forms.ChoiceField(
        label=_("Count"),
        choices=[
            ("person", _("people (a household counts by its members)")),
            ("household", _("households")),
        ],
    )
    design = forms.ChoiceField(
        label=_("How the list was made"),
        choices=[
            ("", _("it names everybody, such as จปฐ.: no sampling error")),
            *DESIGN_NAMES.items(),
        ],
        required=False,
        help_text=_(
            "A sample gives intervals. A village not known to be inside or outside a municipality forms a group of its own."
        ),
    )
    rounds_out = forms.ChoiceField(
        label=_("Out of poverty for good means"),
        choices=[("2", _("not poor in both rounds")), ("1", _("not poor in the second round"))],
    )
    falling_allowed = forms.IntegerField(
        label=_("Capitals that may fall to a lower level"), min_value=0, max_value=5, initial=0
    )

    def __init__(self, *args: Any, actor: User, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        scope = scope_of(actor, Permission.MEASURE)
        areas = Area.objects.filter(scope.by_area("code"), valid_until=None).exclude(
            level__in=(Level.VILLAGE, Level.COUNTRY)
        )
        self.fields["area"].queryset = areas.order_by("code")
        self.fields["area"].label_from_instance = lambda area: f"{area.full_name} ({area.code})"
        self.fields["area"].initial = next(iter(scope.areas), None)
        usable = usable_for(kind)
        self.fields["definition"].choices = [(d.name, title_of(d.document)) for d in usable]
        versions = measurable_versions(actor, {READS[d.kind] for d in usable})
        for name in ("version", "before"):
            self.fields[name].queryset = versions.prefetch_related("batches")
            self.fields[name].label_from_instance = list_label
        self.fields["version"].initial = versions.first()
        self.drop(kind, {d.kind for d in usable})

    def drop(self, kind: str, kinds: set[str]) -> None:
        """Only the questions that this kind of run asks."""
        if kind != RunKind.DYNAMICS:
            for name in ("before", "rounds_out", "falling_allowed"):
                del self.fields[name]
        else:
            self.fields["version"].label = _("Second round")
            del self.fields["design"]
        if "mpi" not in kinds:
            for name in ("k", "unit", "design"):
                self.fields.pop(name, None)

    def options(self) -> dict[str, Any]:
        """The choices as `start_run` takes them."""
        held = self.cleaned_data
        options: dict[str, Any] = {
            "unit": held.get("unit"),
            "design": held.get("design") or None,
        }
        document = definition(held["definition"]).document
        if document["kind"] == "mpi" and held.get("k"):
            options["k"] = smallest_weight(document) if held["k"] == ANY_ONE else held["k"]
        if self.kind == RunKind.DYNAMICS:
            options["graduation"] = {
                "rounds_out": int(held["rounds_out"]),
                "falling_allowed": held["falling_allowed"],
            }
        return options


def list_label(version: SourceVersion) -> str:
    """A list by name and year, and how long it is: a list of one district is not one of the province."""
    rows = sum(batch.counts.get("rows", 0) for batch in version.batches.all())
    return _("%(list)s (%(rows)s rows)") % {"list": version, "rows": thai_number(rows)}


def smallest_weight(document: dict[str, Any]) -> str:
    """The k that any one indicator reaches."""
    least: Fraction = min(indicator.weight for indicator in parse_spec(document).indicators)
    return str(least)


class WithdrawForm(Form):
    reason = forms.CharField(
        label=_("Why should nobody use it any more?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class DefinitionForm(Form):
    """A definition as text, or as a file that fills the text."""

    name = forms.CharField(
        label=_("Name (small Latin letters, digits and _)"),
        max_length=60,
        help_text=_("The same name again makes the next version; what exists never changes."),
    )
    form = forms.ChoiceField(label=_("Written as"), choices=[("toml", "TOML"), ("json", "JSON")])
    file = forms.FileField(label=_("File"), required=False)
    text = forms.CharField(
        label=_("Definition"),
        required=False,
        strip=False,
        widget=forms.Textarea(
            attrs={"rows": 24, "spellcheck": "false", "class": "definition-text"}
        ),
    )

    def clean(self) -> dict[str, Any]:
        held = dict(super().clean() or {})
        given = held.get("file")
        if given is not None:
            try:
                held["text"] = given.read().decode("utf-8-sig")
            except UnicodeDecodeError:
                self.add_error("file", _("The file is not text in UTF-8."))
            if str(given.name).lower().endswith(".json"):
                held["form"] = "json"
        if not held.get("text"):
            self.add_error("text", _("Write the definition, or choose a file."))
        if held.get("name") in names():
            self.add_error("name", _("Choose another name: this one comes with the system."))
        return held
