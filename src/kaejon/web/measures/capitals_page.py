"""The page of a run of the five capitals: means, households at each level, areas and groups."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from kaejon.apps.folders.labels import capital_name, level_name
from kaejon.web.measures.door import RunSight
from kaejon.web.measures.parts import area_section, group_sections
from kaejon.web.measures.tables import Column, Headline, Section, Table
from kaejon.web.templatetags.kaejon_ui import thai_number

LEVELS = ("1", "2", "3", "4")


def headlines(sight: RunSight) -> list[Headline]:
    """The overall mean, the weakest capital, and how many live in hardship."""
    found = sight.figures
    means = {c: m for c, m in (found.get("means") or {}).items() if m is not None}
    lines = []
    if "overall" in means:
        lines.append(
            Headline(
                _("Overall (1-4)"),
                thai_number(means["overall"], 2),
                _("mean of the five capitals over %(count)s households")
                % {"count": thai_number(found["with_overall"])},
                "chart-radar",
            )
        )
    # A reader of classes may be told one mean and not another.
    if capitals := [c for c in means if c != "overall"]:
        weakest = min(capitals, key=means.__getitem__)
        lines.append(
            Headline(
                _("Weakest capital"),
                capital_name(weakest),
                _("mean %(mean)s of 4") % {"mean": thai_number(means[weakest], 2)},
                "trending-down",
            )
        )
    lines += hardship(found)
    return lines


def hardship(found: dict[str, Any]) -> list[Headline]:
    counts = (found.get("counts") or {}).get("overall", {})
    low, everybody = [counts.get("1"), counts.get("2")], found.get("with_overall")
    if None in low or not everybody:
        return []
    share = sum(low) / everybody
    return [
        Headline(
            _("At the two lowest levels"),
            thai_number(100 * share, 1) + "%",
            _("In 100 households, %(count)s are at the levels %(low)s and %(next)s.")
            % {
                "count": thai_number(100 * share, 1),
                "low": level_name(1),
                "next": level_name(2),
            },
            "home",
        )
    ]


def sections(sight: RunSight) -> list[Section]:
    if sight.figures.get("hidden"):
        return []
    parts = [pentagon(sight), levels(sight)]
    parts += [
        level_section(sight, key, title, counts, chart=False)
        for key, title, counts in municipal(sight)
    ]
    parts.append(area_section(sight, columns, row, overall))
    if sight.is_whole:
        parts += group_sections(sight, columns, row, overall)
    for part in parts:
        if part is not None and part.key.startswith(("areas", "by-")):
            part.data["unit"] = _("mean score 1-4")
    return [part for part in parts if part is not None and part.table.rows]


def names_of(sight: RunSight) -> list[str]:
    return [*(c["code"] for c in sight.run.definition["capitals"]), "overall"]


def columns() -> list[Column]:
    capitals = ("human", "physical", "financial", "natural", "social")
    return [
        Column(_("Households")),
        Column(level_name(1)),
        Column(level_name(2)),
        Column(_("Overall mean"), "score"),
        *[Column(capital_name(name), "score") for name in capitals],
    ]


def row(found: dict[str, Any]) -> list[Any]:
    capitals = ("human", "physical", "financial", "natural", "social")
    if found.get("hidden"):
        return [None] * 9
    counts, means = found["counts"].get("overall", {}), found["means"]
    return [
        found["with_overall"],
        counts.get("1"),
        counts.get("2"),
        means.get("overall"),
        *[means.get(name) for name in capitals],
    ]


def overall(found: dict[str, Any]) -> float | None:
    mean = found["means"].get("overall")
    return None if mean is None else round(mean, 2)


def pentagon(sight: RunSight) -> Section:
    capitals = [name for name in names_of(sight) if name != "overall"]
    means = sight.figures["means"]
    heads = [Column(_("Capital"), "text"), Column(_("Mean 1-4"), "score")]
    rows = [[capital_name(name), means.get(name)] for name in names_of(sight)]
    series = [{"name": sight.area.full_name, "values": [means.get(name) for name in capitals]}]
    if not sight.is_whole and sight.run.results:
        whole = sight.view.results()["means"]
        series.append(
            {
                "name": sight.run.area.full_name,
                "values": [None if whole[n] is None else round(whole[n], 2) for n in capitals],
            }
        )
    data = {"indicators": [{"name": capital_name(name)} for name in capitals], "series": series}
    return Section(
        "means",
        _("The five capitals"),
        Table(heads, rows, not sight.exact),
        chart="radar" if any(means.get(name) for name in capitals) else "",
        data=data,
    )


def levels(sight: RunSight) -> Section:
    return level_section(
        sight, "levels", _("Households at each level"), sight.figures["counts"], chart=True
    )


def municipal(sight: RunSight) -> list[tuple[str, str, dict[str, Any]]]:
    """Level tables inside and outside municipalities, where the areas say which is which."""
    if not sight.exact:
        return []
    if sight.is_whole:
        groups = sight.figures["by"].get("municipal", [])
        found = {str(g["group"]): g["counts"] for g in groups}
    else:
        found = sight.figures.get("municipal", {})
    words = {"inside": _("Inside municipalities"), "outside": _("Outside municipalities")}
    return [(name, title, found[name]) for name, title in words.items() if name in found]


def level_section(
    sight: RunSight, key: str, title: str, counts: dict[str, Any], *, chart: bool
) -> Section:
    heads = [Column(_("Capital"), "text"), *[Column(level_name(int(v))) for v in LEVELS]]
    rows = [
        [capital_name(name), *[counts[name].get(level) for level in LEVELS]]
        for name in names_of(sight)
        if name in counts
    ]
    data = {
        "categories": [str(line[0]) for line in rows],
        "series": [
            {
                "name": level_name(int(level)),
                "values": [line[int(level)] for line in rows],
                "level": int(level),
            }
            for level in LEVELS
        ],
        "unit": _("households"),
        "sideways": True,
    }
    return Section(
        key, title, Table(heads, rows, not sight.exact), chart="stacked" if chart else "", data=data
    )
