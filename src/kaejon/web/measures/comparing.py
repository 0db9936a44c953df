"""Two measurements side by side: rounds, areas, or two definitions on the same data."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import may
from kaejon.apps.audit.actions import record
from kaejon.apps.measurement.models import MeasurementRun, RunKind, RunStatus
from kaejon.apps.measurement.queries import runs_visible_to
from kaejon.apps.measurement.running import label_of
from kaejon.apps.measurement.sampling import compare
from kaejon.web.doors import actor_of, permitted
from kaejon.web.measures import sample_change
from kaejon.web.measures.comparison_file import FORMATS, comparison_file
from kaejon.web.measures.door import RunSight
from kaejon.web.measures.exporting import as_file
from kaejon.web.measures.provenance import caption, list_words, notes
from kaejon.web.measures.side_by_side import lines_of, overview, side_by_side
from kaejon.web.measures.words import DESIGN_NAMES, title_of

CHOICES = 200


@require_safe
@permitted(Permission.SEE_COUNTS)
def run_compare(request: HttpRequest) -> HttpResponse:
    """Choose two measurements and see what differs, and why it may; with `?format=` as a file."""
    user = actor_of(request)
    runs = runs_visible_to(user).filter(status=RunStatus.DONE).exclude(kind=RunKind.DYNAMICS)
    chosen = [asked(request, runs, name) for name in ("a", "b")]
    context: dict[str, Any] = {
        "choices": [choice(run) for run in runs.defer("results")[:CHOICES]],
        "chosen": chosen,
    }
    first, second = chosen
    if first and second:
        pair = (RunSight(first, user, first.area), RunSight(second, user, second.area))
        form = request.GET.get("format", "")
        if form in FORMATS:
            return exported(pair, form)
        context |= set_beside(*pair)
        context["may_export"] = not context.get("cannot") and may(user, Permission.EXPORT)
    return render(request, "measures/run_compare.html", context)


def set_beside(first: RunSight, second: RunSight) -> dict[str, Any]:
    """What the page says of two measurements: what differs, the figures, and how sure that is."""
    context: dict[str, Any] = {
        "first": first,
        "second": second,
        "captions": [caption(first), caption(second)],
        "notes": notes_of(first, second),
        "differences": differences(first.run, second.run),
    }
    if not comparable(first.run, second.run):
        return context | {"cannot": True}
    found = compare(first.run, second.run, exact=first.exact and second.exact)
    return context | {
        "overview": overview(lines_of(first, second), hides=not (first.exact and second.exact)),
        "sections": side_by_side(first, second),
        "change": found,
        "why_not": sample_change.why_not(found),
        "sentences": sample_change.sentences(found),
        "change_sections": sample_change.sections(found, first, second),
        "change_caption": sample_change.caption_of(found),
    }


def notes_of(*sights: RunSight) -> list[dict[str, str]]:
    """What a reader must know of either, each thing once."""
    return list({note["text"]: note for sight in sights for note in notes(sight)}.values())


def exported(pair: tuple[RunSight, RunSight], form: str) -> HttpResponse:
    """The comparison as a workbook or CSV; written down as an export of both."""
    if not may(pair[0].user, Permission.EXPORT) or not comparable(pair[0].run, pair[1].run):
        raise Http404
    said = differences(pair[0].run, pair[1].run)
    body = comparison_file(form, *pair, said)
    for sight, other in (pair, pair[::-1]):
        record(
            by=sight.user,
            verb="run.export",
            subject_type="run",
            subject_id=sight.run.public_id,
            area=sight.area.code,
            label=label_of(sight.run),
            changes={
                "format": form,
                "audience": sight.audience,
                "beside": label_of(other.run),
            },
        )
    keys = "-".join(str(sight.run.public_id)[:8] for sight in pair)
    return as_file(body, form, f"kaejon-compare-{keys}.{form}")


def asked(request: HttpRequest, runs: Any, name: str) -> MeasurementRun | None:
    text = request.GET.get(name, "")
    if not text:
        return None
    try:
        key = UUID(text)
    except ValueError:
        return None
    found: MeasurementRun = get_object_or_404(runs, public_id=key)
    return found


def choice(run: MeasurementRun) -> dict[str, str]:
    years = ", ".join(str(entry["year_be"]) for entry in run.lists)
    parts = [run.get_kind_display(), run.area.full_name, years, title_of(run.definition)]
    if run.options.get("k"):
        parts.append(f"k = {run.options['k']}")
    if run.options.get("design"):
        parts.append(str(DESIGN_NAMES[run.options["design"]]))
    return {"value": str(run.public_id), "label": " · ".join(parts)}


def comparable(first: MeasurementRun, second: MeasurementRun) -> bool:
    """Same kind, or the two ways of counting poor people on BMN lists."""
    return first.kind == second.kind or {first.kind, second.kind} == {
        RunKind.POVERTY,
        RunKind.TPMAP,
    }


def differences(first: MeasurementRun, second: MeasurementRun) -> list[tuple[bool, str, str]]:
    """What the two have in common and what not: (same, what, sentence)."""
    inputs = [[i.content_hash for i in run.inputs.all()] for run in (first, second)]
    same_input = bool(inputs[0]) and inputs[0] == inputs[1]
    rows = [
        (first.area_id == second.area_id, _("Area"), first.area.full_name, second.area.full_name),
        (
            first.lists == second.lists,
            _("List"),
            list_words(first.lists[-1]),
            list_words(second.lists[-1]),
        ),
        (
            first.definition_hash == second.definition_hash,
            _("Definition"),
            title_of(first.definition),
            title_of(second.definition),
        ),
        (first.options == second.options, _("Choices"), option_words(first), option_words(second)),
        (
            first.code_hash == second.code_hash and first.engine == second.engine,
            _("Program"),
            f"{first.code_version} {first.engine}",
            f"{second.code_version} {second.engine}",
        ),
    ]
    found = [(same, what, a if same else f"{a} ↔ {b}") for same, what, a, b in rows]
    text = (
        _(
            "the same rows to the last answer: any difference comes from definition, choices or program"
        )
        if same_input
        else _("not the same rows")
    )
    return [*found, (same_input, _("Data"), text)]


def option_words(run: MeasurementRun) -> str:
    parts = []
    if run.options.get("k"):
        parts.append(f"k = {run.options['k']}")
    if run.options.get("unit"):
        parts.append(_("people") if run.options["unit"] == "person" else _("households"))
    if run.options.get("design"):
        parts.append(str(DESIGN_NAMES[run.options["design"]]))
    return ", ".join(parts) or "–"
