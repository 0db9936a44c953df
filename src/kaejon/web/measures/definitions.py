"""Definitions as pages: read one, compare two, write a new version, capitals beside TPMAP."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import may
from kaejon.apps.folders.labels import capital_name
from kaejon.apps.measurement.defining import (
    WRITABLE,
    Definition,
    all_definitions,
    definition,
    missing_columns,
    save_definition,
)
from kaejon.apps.measurement.models import MeasurementRun
from kaejon.apps.measurement.queries import runs_visible_to
from kaejon.methods.definitions import crosswalk, file_text
from kaejon.methods.errors import KaejonError
from kaejon.web.doors import actor_of, permitted
from kaejon.web.measures.definition_tables import comparison, tables_of
from kaejon.web.measures.forms import DefinitionForm
from kaejon.web.measures.tables import Column, Table
from kaejon.web.measures.words import dimension_names, in_thai, indicator_names, refusal, title_of


@require_safe
@permitted(Permission.SEE_COUNTS)
def definition_list(request: HttpRequest) -> HttpResponse:
    """Every definition by kind, with its years and whether it is provisional."""
    kinds = {
        "mpi": _("Poverty in many dimensions"),
        "tpmap": _("TPMAP"),
        "five_capitals": _("Five capitals"),
        "bmn": _("Questions of the จปฐ. survey"),
        "crosswalk": _("What belongs together"),
        "problem_sides": _("Problems and who looks after them"),
        "naming_poor": _("Who a list names as poor"),
        "field_checks": _("Field checks and village forums"),
        "ranking_rule": _("Ranking of problems"),
    }
    groups: dict[str, list[dict[str, Any]]] = {}
    for found in all_definitions():
        entry = {"found": found, "title": title_of(found.document), "years": years_of(found)}
        groups.setdefault(kinds.get(found.kind, found.kind), []).append(entry)
    context = {"groups": groups, "may_write": may(actor_of(request), Permission.MEASURE)}
    return render(request, "measures/definition_list.html", context)


def years_of(found: Definition) -> str:
    years = [int(year) for year in found.document.get("survey_years_be", [])]
    if len(years) > 2 and years == list(range(years[0], years[-1] + 1)):
        return f"{years[0]}-{years[-1]}"
    return ", ".join(map(str, years))


def definition_for(name: str) -> Definition:
    """The definition of a name; definitions are public facts, not scoped. 404 when there is none."""
    try:
        return definition(name)
    except KaejonError as error:
        raise Http404 from error


@require_safe
@permitted(Permission.SEE_COUNTS)
def definition_page(request: HttpRequest, name: str) -> HttpResponse:
    """One definition in words: what it asks, cutoffs, weights, source, years, what is not certain."""
    found = definition_for(name)
    if found.kind == "crosswalk":
        return redirect("definition_crosswalk")
    document = found.document
    context = {
        "found": found,
        "title": title_of(document),
        "facts": facts_of(found),
        "tables": tables_of(document),
        "doubts": document.get("provisional_weights", []),
        "missing": missing_columns(found),
        "versions": [
            d
            for d in all_definitions()
            if found.stored and d.name.split("@")[0] == name.split("@")[0]
        ],
        "others": [
            {"name": d.name, "title": title_of(d.document)}
            for d in all_definitions((found.kind,))
            if d.name != found.name
        ],
        "text": found.stored.text if found.stored else file_text(found.name),
        "may_write": may(actor_of(request), Permission.MEASURE) and found.kind in WRITABLE,
        "used": MeasurementRun.objects.filter(definition_hash=found.digest).count(),
    }
    return render(request, "measures/definition_page.html", context)


def facts_of(found: Definition) -> list[dict[str, str]]:
    document = found.document
    rows = [
        (_("Name"), found.name),
        (_("Unit"), str(document.get("unit", ""))),
        (_("Years of lists it fits (BE)"), years_of(found)),
        (_("Issued"), str(document.get("issued", ""))),
        (_("k"), str(document.get("k", ""))),
        (_("Source"), str(document.get("source", "")).strip()),
        (_("SHA-256"), found.digest),
    ]
    if found.stored:
        by = found.stored.created_by.display_name
        rows.append((_("Written by"), f"{by} · {found.stored.created_at:%Y-%m-%d %H:%M}"))
    return [{"label": label, "value": value} for label, value in rows if value]


@require_safe
@permitted(Permission.SEE_COUNTS)
def definition_compare(request: HttpRequest) -> HttpResponse:
    """Two definitions of one kind side by side, and runs of both on the same data."""
    names = [request.GET.get(side, "") for side in ("a", "b")]
    if not all(names):
        return redirect("definition_list")
    first, second = map(definition_for, names)
    runs = [
        MeasurementRun.objects.filter(definition_hash=d.digest, status="done")
        for d in (first, second)
    ]
    context = {
        "first": first,
        "second": second,
        "titles": [title_of(d.document) for d in (first, second)],
        "same_kind": first.kind == second.kind,
        "tables": comparison(first.document, second.document),
        "pair": same_data(request, *runs),
    }
    return render(request, "measures/definition_compare.html", context)


def same_data(request: HttpRequest, first: Any, second: Any) -> str:
    """Address that compares two visible runs of both definitions on the same rows; empty when there are none."""
    seen = runs_visible_to(actor_of(request)).values("pk")
    hashes = dict(first.filter(pk__in=seen).values_list("inputs__content_hash", "public_id"))
    for content, key in second.filter(pk__in=seen).values_list("inputs__content_hash", "public_id"):
        if content and content in hashes:
            return f"{reverse('run_compare')}?a={hashes[content]}&b={key}"
    return ""


@require_http_methods(["GET", "HEAD", "POST"])
@permitted(Permission.MEASURE)
def definition_new(request: HttpRequest) -> HttpResponse:
    """Write a definition, or the next version of one, from an existing text or a file."""
    base = request.GET.get("from", "")
    form = DefinitionForm(request.POST or None, request.FILES or None, initial=start_of(base))
    problem = ""
    if request.method == "POST" and form.is_valid():
        held = form.cleaned_data
        try:
            stored = save_definition(
                name=held["name"], text=held["text"], form=held["form"], by=actor_of(request)
            )
        except KaejonError as error:
            problem = error.message
            form.add_error("text", refusal(error))
        else:
            messages.success(request, _("Saved as version %(number)s.") % {"number": stored.number})
            return redirect("definition_page", f"{stored.name}@{stored.number}")
    context = {"form": form, "problem": problem}
    return render(
        request, "measures/definition_new.html", context, status=422 if form.errors else 200
    )


def start_of(base: str) -> dict[str, str]:
    """The form filled from the definition named: the way to write a changed one."""
    if not base:
        return {}
    found = definition_for(base)
    if found.kind not in WRITABLE:
        raise Http404
    if found.stored is None:
        return {"text": file_text(base), "form": "toml", "name": f"{base}_local"[:60]}
    is_json = found.stored.text.lstrip().startswith("{")
    return {
        "text": found.stored.text,
        "form": "json" if is_json else "toml",
        "name": found.stored.name,
    }


@require_safe
@permitted(Permission.SEE_COUNTS)
def definition_crosswalk(request: HttpRequest) -> HttpResponse:
    """Which questions of the five capitals and of TPMAP ask about the same thing."""
    found = crosswalk.load()
    dims, indicators = dimension_names(), indicator_names({"kind": "tpmap"})
    items = {item.code: item.th if in_thai() else item.en for item in found.capitals.items}
    strength = {"same": _("the same fact"), "near": _("usually go together")}
    rows = [
        [
            capital_name(link.capital),
            ", ".join(items[code] for code in link.items),
            dims.get(link.dimension, link.dimension),
            ", ".join(indicators[f"i{number}"] for number in link.indicators),
            strength[link.strength],
            link.th if in_thai() else link.en,
        ]
        for link in found.links
    ]
    heads = [
        Column(label, "text")
        for label in (
            _("Capital"), _("Questions of the capital"), _("Dimension of TPMAP"),
            _("จปฐ. indicators"), _("How close"), _("Why"),
        )
    ]  # fmt: skip
    context = {
        "found": found,
        "title": found.th if in_thai() else found.en,
        "source": found.source_th if in_thai() else found.source,
        "table": Table(heads, rows).shown(),
        "items_alone": [items[code] for code in found.items_alone],
        "indicators_alone": [indicators[f"i{number}"] for number in found.indicators_alone],
    }
    return render(request, "measures/definition_crosswalk.html", context)
