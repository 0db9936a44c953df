"""How an area changed from survey to survey, and how its households moved between levels."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kaejon.apps.folders.labels import capital_name, level_name
from kaejon.apps.households.models import CAPITALS
from kaejon.apps.measurement.actions import CAPITAL_DEFINITION
from kaejon.apps.sources.models import SourceVersion
from kaejon.methods import capitals
from kaejon.methods.definitions import bmn
from kaejon.methods.disclosure import Shown, share, total
from kaejon.web.places.measured_rows import mean_of
from kaejon.web.places.sight import Sight
from kaejon.web.templatetags.kaejon_ui import be_date, percent

MEASURES = ("overall", *CAPITALS)
STEPS = (0, 1, 2, 3, 4)
Row = dict[str, Any]


def versions_of(keys: set[int]) -> list[SourceVersion]:
    """List versions by date."""
    rows = SourceVersion.objects.filter(pk__in=keys).select_related("source")
    return list(rows.order_by("as_of", "pk"))


def label_of(version: SourceVersion, years: tuple[int, ...]) -> str:
    """The date of a round; a star where the questionnaire was not made for that year."""
    star = "" if version.year_be in years else " *"
    return f"{be_date(version.as_of)}{star}"


def trend(sight: Sight) -> Row | None:
    """Mean scores of each survey; None with fewer than two."""
    rounds = {measure: sight.measures.rounds(measure) for measure in MEASURES}
    versions = versions_of(set(rounds["overall"]))
    if len(versions) < 2:
        return None
    years = capitals.definition(CAPITAL_DEFINITION).survey_years_be
    means = {
        measure: [mean_of(rounds[measure][v.pk]) for v in versions]
        for measure in MEASURES
        if len(rounds[measure]) == len(versions)
    }
    labels = [label_of(version, years) for version in versions]
    return {
        "chart": {
            "categories": labels,
            "unit": _("score 1-4"),
            "min": 1,
            "max": 4,
            "series": [
                {"name": capital_name(measure), "values": [cell["value"] for cell in cells]}
                for measure, cells in means.items()
            ],
        },
        "table": {
            "columns": [{"label": _("Capital")}, *({"label": x, "numeric": True} for x in labels)],
            "rows": [
                {
                    "cells": [
                        {"text": capital_name(measure)},
                        *({"text": f"{c['text']} {c['word']} (n {c['n']})"} for c in cells),
                    ]
                }
                for measure, cells in means.items()
            ],
        },
        "starred": any(label.endswith("*") for label in labels),
        "lists": [f"{v.source.name} ({be_date(v.as_of)})" for v in versions],
    }


def needs_trend(sight: Sight) -> Row | None:
    """Share of households below basic needs in each จปฐ. list; None with fewer than two."""
    screens = sight.measures.screens()
    versions = versions_of(set(screens))
    if len(versions) < 2:
        return None
    labels = [label_of(version, bmn.load().survey_years_be) for version in versions]
    shares = [share(screens[v.pk][1], screens[v.pk][0]) for v in versions]
    return {
        "chart": {
            "categories": labels,
            "unit": "%",
            "series": [
                {
                    "name": _("Below basic needs (จปฐ.)"),
                    "values": [None if s is None else round(100 * s, 1) for s in shares],
                }
            ],
        },
        "table": {
            "columns": [
                {"label": _("Round")},
                {"label": _("Households screened"), "numeric": True},
                {"label": _("Below basic needs (จปฐ.)"), "numeric": True},
            ],
            "rows": [
                {
                    "cells": [
                        {"text": label},
                        {"text": sight.text(screens[version.pk][0])},
                        {"text": percent(share, 1)},
                    ]
                }
                for label, version, share in zip(labels, versions, shares, strict=True)
            ],
        },
        "starred": any(label.endswith("*") for label in labels),
    }


def moves(sight: Sight) -> Row | None:
    """Households by level in the last two surveys of one list, with those new and those not found again."""
    found = sight.measures.moves()
    if not found:
        return None
    versions = {v.pk: v for v in versions_of({key for pair in found for key in pair})}
    earlier, later = max(found, key=lambda pair: (versions[pair[1]].as_of, versions[pair[0]].as_of))
    counts = found[earlier, later]
    before, after = be_date(versions[earlier].as_of), be_date(versions[later].as_of)
    return {
        "before": before,
        "after": after,
        "list": versions[later].source.name,
        "chart": sankey(counts, sight, before, after),
        "table": table_of(counts, sight, before),
        "same": sight.text(total(counts[n][n] for n in STEPS[1:])),
        "up": sight.text(total(counts[a][b] for a in STEPS[1:] for b in STEPS[1:] if b > a)),
        "down": sight.text(total(counts[a][b] for a in STEPS[1:] for b in STEPS[1:] if b < a)),
        "new": sight.text(total(counts[0])),
        "left": sight.text(total(row[0] for row in counts)),
    }


def side_word(level: int, *, before: bool) -> str:
    if level:
        return level_name(level)
    return _("Not in the earlier survey") if before else _("Not found again")


def sankey(counts: list[list[Shown]], sight: Sight, before: str, after: str) -> Row:
    def node(level: int, *, first: bool) -> str:
        return f"{side_word(level, before=first)} · {before if first else after}"

    links = [
        {"source": node(a, first=True), "target": node(b, first=False), "value": value}
        for a in STEPS
        for b in STEPS
        if (value := sight.value(counts[a][b]))
    ]
    used = {link["source"] for link in links} | {link["target"] for link in links}
    named = [(node(n, first=first), n) for first in (True, False) for n in STEPS]
    return {
        "nodes": [{"name": name, "level": n or None} for name, n in named if name in used],
        "links": links,
        "unit": pgettext("unit", "households"),
    }


def table_of(counts: list[list[Shown]], sight: Sight, before: str) -> Row:
    return {
        "columns": [
            {"label": before},
            *({"label": side_word(n, before=False), "numeric": True} for n in (*STEPS[1:], 0)),
        ],
        "rows": [
            {
                "cells": [
                    {"text": side_word(a, before=True)},
                    *({"text": sight.text(counts[a][b])} for b in (*STEPS[1:], 0)),
                ]
            }
            for a in (*STEPS[1:], 0)
        ],
    }
