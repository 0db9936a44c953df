"""The page of a run over two rounds: who stayed poor, who left, who fell in, and levels before and after."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from kaejon.apps.folders.labels import capital_name, level_name
from kaejon.web.measures.door import RunSight
from kaejon.web.measures.tables import Column, Headline, Section, Table, hundredfold
from kaejon.web.templatetags.kaejon_ui import percent, thai_number

LEVELS = (1, 2, 3, 4)


def state_words(results: dict[str, Any]) -> dict[str, str]:
    if results["poor_means"] == "level":
        return {
            "PP": _("in hardship in both rounds"),
            "PN": _("left hardship"),
            "NP": _("fell into hardship"),
            "NN": _("in hardship in neither round"),
        }
    return {
        "PP": _("poor in both rounds"),
        "PN": _("left poverty"),
        "NP": _("fell into poverty"),
        "NN": _("poor in neither round"),
    }


def headlines(sight: RunSight) -> list[Headline]:
    found = sight.figures
    first, second = (entry["year_be"] for entry in sight.run.lists)

    def text(value: float | None) -> str:
        return percent(value) if value is not None else ("–" if sight.exact else _("hidden"))

    return [
        Headline(
            _("Share poor, %(first)s → %(second)s") % {"first": first, "second": second},
            f"{text(found['H_1'])} → {text(found['H_2'])}",
            _("of people in households seen in both rounds"),
            "users",
        ),
        Headline(
            _("Left poverty"),
            text(found["exit_rate"]),
            _("In 100 who were poor, %(count)s no longer are.")
            % {"count": thai_number(hundredfold(found["exit_rate"]), 0)}
            if found["exit_rate"] is not None
            else "",
            "trending-up",
        ),
        Headline(
            _("Fell into poverty"),
            text(found["entry_rate"]),
            _("In 100 who were not poor, %(count)s now are.")
            % {"count": thai_number(hundredfold(found["entry_rate"]), 0)}
            if found["entry_rate"] is not None
            else "",
            "trending-down",
        ),
        Headline(
            _("Out of poverty for good"),
            thai_number(found["graduated"]["households"])
            if found["graduated"]["households"] is not None
            else _("hidden"),
            rule_words(found["graduated"]["rule"], found["poor_means"]),
            "flag",
        ),
    ]


def rule_words(rule: dict[str, Any], poor_means: str) -> str:
    text = (
        _("not poor in either round")
        if rule["rounds_out"] == 2
        else _("not poor in the second round")
    )
    if poor_means != "level":
        return text
    fall = (
        _("and no capital at a lower level")
        if not rule["falling_allowed"]
        else _("and at most %(count)s capitals at a lower level")
        % {"count": rule["falling_allowed"]}
    )
    return f"{text} {fall}"


def sections(sight: RunSight) -> list[Section]:
    found = sight.figures
    parts = [states(sight), seen_once(sight)]
    if found.get("levels"):
        parts.insert(1, moves(sight, "overall", found["levels"]["households"]))
        parts += [moves(sight, name, table) for name, table in found.get("capitals", {}).items()]
    if found.get("delta_M0") is not None and found["poor_means"] == "k":
        parts.append(split(sight))
    if found.get("rounds"):
        parts.append(rounds(sight))
    return parts


def states(sight: RunSight) -> Section:
    found = sight.figures
    words = state_words(sight.run.results)
    rows = [[words[s], found["households"][s], found["weighted"][s]] for s in words]
    heads = [
        Column(_("Between the two rounds"), "text"),
        Column(_("Households")),
        Column(_("People")),
    ]
    data = {
        "categories": [str(line[0]) for line in rows],
        "series": [{"name": _("Households"), "values": [line[1] for line in rows]}],
        "unit": _("households"),
        "sideways": True,
    }
    return Section(
        "states",
        _("What became of the same households"),
        Table(heads, rows, not sight.exact),
        chart="bar",
        data=data,
    )


def moves(sight: RunSight, name: str, table: list[list[int | None]]) -> Section:
    first, second = (entry["year_be"] for entry in sight.run.lists)
    heads = [
        Column(_("%(year)s ↓ to %(next)s →") % {"year": first, "next": second}, "text"),
        *[Column(level_name(level)) for level in LEVELS],
    ]
    rows = [[level_name(level), *line] for level, line in zip(LEVELS, table, strict=True)]
    links = [
        {
            "source": f"{level_name(a)} {first}",
            "target": f"{level_name(b)} {second}",
            "value": table[a - 1][b - 1],
        }
        for a in LEVELS
        for b in LEVELS
        if table[a - 1][b - 1]
    ]
    named = [(f"{level_name(n)} {year}", n) for year in (first, second) for n in LEVELS]
    used = {end for link in links for end in (link["source"], link["target"])}
    data = {
        "nodes": [{"name": name, "level": n} for name, n in named if name in used],
        "links": links,
        "unit": _("households"),
    }
    title = _("Levels before and after: %(capital)s") % {"capital": capital_name(name)}
    return Section(
        f"moves-{name}",
        title,
        Table(heads, rows, not sight.exact),
        chart="sankey" if name == "overall" and links else "",
        data=data,
    )


def seen_once(sight: RunSight) -> Section:
    found = sight.figures
    rows = [
        [label, found[name]["households"], found[name]["people"], found[name]["poor_people"]]
        for name, label in (
            ("lost", _("only in the first round (lost)")),
            ("new", _("only in the second round (new)")),
        )
    ]
    first, second = found["left_out"]
    if first or second:
        rows.append(
            [
                _("left out: an answer is missing in a round"),
                (first or 0) + (second or 0),
                None,
                None,
            ]
        )
    heads = [
        Column(_("Not in both rounds"), "text"),
        Column(_("Households")),
        Column(_("People")),
        Column(_("Of them poor")),
    ]
    return Section(
        "seen-once",
        _("Households not in both rounds"),
        Table(heads, rows, not sight.exact),
        _("They are in none of the figures above."),
    )


def split(sight: RunSight) -> Section:
    found = sight.figures
    rows = [
        [_("those poor in both rounds lack more or less"), found["delta_from_ongoing"]],
        [_("those who fell into poverty"), found["delta_from_entry"]],
        [_("those who left poverty"), found["delta_from_exit"]],
        [_("together: change of M0"), found["delta_M0"]],
    ]
    heads = [
        Column(_("Where the change of M0 comes from"), "text"),
        Column("M0 × 100", "points", signed=True),
    ]
    return Section(
        "split",
        _("Why the index changed"),
        Table(heads, rows),
        _("Below zero is less poverty."),
    )


def rounds(sight: RunSight) -> Section:
    found = sight.figures["rounds"]
    rows = []
    for name in ("H", "A", "M0"):
        change = found[name]["change"] or {}
        rows.append(
            [
                name,
                found[name]["first"]["value"],
                found[name]["second"]["value"],
                value(change, "absolute"),
                share(value(change, "relative_pct")),
                value(change, "annualised_absolute"),
            ]
        )
    heads = [
        Column(_("Whole rounds"), "text"),
        *[Column(str(entry["year_be"]), "share") for entry in sight.run.lists],
        Column(_("Change (points)"), "points", signed=True),
        Column(_("Change (relative)"), "share"),
        Column(_("Change a year (points)"), "points", signed=True),
    ]
    return Section(
        "rounds",
        _("The whole of both rounds, lost and new households included"),
        Table(heads, rows),
    )


def value(change: dict[str, Any], name: str) -> float | None:
    return (change.get(name) or {}).get("value")


def share(per_cent: float | None) -> float | None:
    return None if per_cent is None else per_cent / 100
