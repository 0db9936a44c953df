"""Poverty in many dimensions of an area and its parts, from the newest run that speaks of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from kaejon.apps.access.models import User
from kaejon.apps.areas.models import Area
from kaejon.apps.folders.wording import in_language, language
from kaejon.apps.measurement.models import MeasurementRun, RunKind
from kaejon.apps.measurement.queries import area_results, newest_runs
from kaejon.apps.statistics.runs import RunView
from kaejon.methods.definitions import problem_sides
from kaejon.web.places.links import area_address
from kaejon.web.places.sight import Sight
from kaejon.web.templatetags.kaejon_ui import be_date, percent, thai_number

MEASURES = ("M0", "H", "A")
Row = dict[str, Any]


def poverty_of(sight: Sight, user: User) -> Row | None:
    """Headline, parts and contributions; None while no run speaks of the area."""
    run = newest_runs(user, kind=RunKind.POVERTY, area=sight.area.code).first()
    if run is None:
        return None
    view = RunView(run, sight.reader)
    parts = [part for part, _counts in sight.parts if part.code != sight.area.code]
    found = {
        row.area_id: view.area(row.area_id, row.figures)
        for row in area_results(user, run, [sight.area.code, *(p.code for p in parts)])
    }
    whole = whole_of(view, sight.area, found)
    if whole is None:
        return None
    return {
        "run": run,
        "url": reverse("run_page", args=[run.public_id]),
        "title": run.definition.get(
            "title_en" if language() == "en" else "title_th", run.definition_name
        ),
        "note": _("%(list)s, as of %(date)s")
        % {
            "list": run.version.source.name,
            "date": be_date(run.version.as_of),
        },
        "sample": bool(run.results.get("sample")),
        "k": percent(run.results.get("k"), 0),
        "n": number_words(whole.get("households")),
        "headline": [headline(name, whole) for name in MEASURES],
        "contributions": contributions(run, whole),
        "parts": parts_chart(parts, found),
    }


def number_words(number: float | None) -> str:
    return _("hidden") if number is None else thai_number(number)


def whole_of(view: RunView, area: Area, found: Mapping[str, Row]) -> Row | None:
    """The figures of the area itself: the run's own, or those of one area in it."""
    if view.run.area_id == area.code:
        return view.results()
    held = found.get(area.code)
    return None if held is None or held.get("hidden") else held


def value_of(document: Row, name: str) -> tuple[float | None, list[float] | None]:
    """A measure with its interval, where the list is a sample."""
    held = document.get(name)
    if isinstance(held, dict):
        return held["value"], held.get("ci95")
    errors = document.get("errors", {}).get(name) or {}
    return held, errors.get("ci95")


def headline(name: str, document: Row) -> Row:
    value, interval = value_of(document, name)
    words = {
        "H": _("Poor (H)"),
        "A": _("Intensity among the poor (A)"),
        "M0": _("Adjusted share (M0 = H × A)"),
    }
    between = ""
    if interval:
        between = _("95%% interval %(low)s to %(high)s") % {
            "low": shown(name, interval[0]),
            "high": shown(name, interval[1]),
        }
    return {"name": words[name], "text": shown(name, value), "between": between}


def shown(name: str, value: float | None) -> str:
    return thai_number(value, 3) if name == "M0" else percent(value, 1)


def contributions(run: MeasurementRun, document: Row) -> Row | None:
    """What each indicator contributes to M0 in per cent, the largest first; None when nobody is poor."""
    rows = contribution_rows(run, document)
    if not rows:
        return None
    return {
        "rows": [{"name": name, "text": percent(part, 1)} for name, part in rows],
        "chart": {
            "categories": [name for name, _part in rows],
            "unit": "%",
            "sideways": True,
            "series": [
                {"name": _("contribution to M0"), "values": [round(100 * p, 1) for _n, p in rows]}
            ],
        },
    }


def contribution_rows(run: MeasurementRun, document: Row) -> list[tuple[str, float]]:
    if "indicators" in document:
        parts = [(line["name"], line["contribution"]) for line in document["indicators"]]
    else:
        adjusted, _interval = value_of(document, "M0")
        censored = document.get("censored", {})
        weights = {line["name"]: line["weight"] for line in run.results.get("indicators", ())}
        parts = [
            (name, weights[name] * share / adjusted)
            for name, share in censored.items()
            if adjusted and share is not None and name in weights
        ]
    known = [(indicator_name(name), part) for name, part in parts if part]
    return sorted(known, key=lambda pair: -pair[1])


def indicator_name(name: str) -> str:
    """A failed indicator in a family's words; a name the catalogue does not know stays as it is."""
    wording = problem_sides.load().problems.get(name)
    return in_language(wording) if wording else name


def parts_chart(parts: list[Area], found: Mapping[str, Row]) -> Row | None:
    """M0 of each area below, with its interval where there is one."""
    rows = [
        (part, *value_of(found[part.code], "M0"))
        for part in parts
        if part.code in found and not found[part.code].get("hidden")
    ]
    rows = [row for row in rows if row[1] is not None]
    if not rows:
        return None
    rows.sort(key=lambda row: -(row[1] or 0))
    intervals = any(row[2] for row in rows)
    chart: Row = {
        "categories": [part.name for part, _value, _ci in rows],
        "unit": "M0",
        "urls": [area_address(part.code) for part, _value, _ci in rows],
    }
    values = [round(value or 0, 4) for _part, value, _ci in rows]
    if intervals:
        chart |= {
            "values": values,
            "low": [ci[0] if ci else None for _part, _value, ci in rows],
            "high": [ci[1] if ci else None for _part, _value, ci in rows],
        }
    else:
        chart |= {"sideways": True, "series": [{"name": "M0", "values": values}]}
    return {"kind": "range" if intervals else "bar", "chart": chart, "table": parts_table(rows)}


def parts_table(rows: list[Any]) -> Row:
    return {
        "columns": [
            {"label": _("Area")},
            {"label": "M0", "numeric": True},
            {"label": _("95% interval"), "numeric": True},
        ],
        "rows": [
            {
                "cells": [
                    {"text": part.full_name, "url": area_address(part.code)},
                    {"text": shown("M0", value)},
                    {"text": f"{shown('M0', ci[0])} – {shown('M0', ci[1])}" if ci else "–"},
                ]
            }
            for part, value, ci in rows
        ],
    }


def adjusted_by_part(sight: Sight, user: User, name: str) -> dict[str, float]:
    """M0 or H of each area below, for the map."""
    run = newest_runs(user, kind=RunKind.POVERTY, area=sight.area.code).first()
    if run is None:
        return {}
    view = RunView(run, sight.reader)
    rows = area_results(user, run, [part.code for part, _counts in sight.parts])
    found = {row.area_id: view.area(row.area_id, row.figures) for row in rows}
    values = {code: value_of(document, name)[0] for code, document in found.items()}
    return {code: value for code, value in values.items() if value is not None}
