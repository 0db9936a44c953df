"""A definition as tables: what is asked, cutoffs and weights; two of them side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from kaejon.methods.alkire_foster import parse_spec
from kaejon.methods.definitions import bmn
from kaejon.web.measures.tables import Column, Table
from kaejon.web.measures.words import dimension_names, in_thai, named

Document = Mapping[str, Any]


def tables_of(document: Document) -> list[dict[str, Any]]:
    """The parts of one definition: {title, table}, as its kind is written."""
    found = {
        "mpi": mpi,
        "tpmap": tpmap,
        "five_capitals": five_capitals,
        "bmn": bmn_questions,
        "problem_sides": problem_sides,
    }.get(document["kind"])
    parts = found(document) if found else []
    return [{"title": title, "table": table.shown()} for title, table in parts]


def text_columns(*labels: str) -> list[Column]:
    return [Column(label, "text") for label in labels]


def mpi(document: Document) -> list[tuple[str, Table]]:
    dims = dimension_names()
    spec = parse_spec(document)
    rows = [
        [
            named(entry, indicator.name),
            dims.get(indicator.dimension or "", indicator.dimension or ""),
            cutoff_words(entry),
            f"{indicator.weight} ({100 * float(indicator.weight):.1f}%)",
            indicator.column,
        ]
        for entry, indicator in zip(document["indicators"], spec.indicators, strict=True)
    ]
    heads = text_columns(
        _("Indicator"), _("Dimension"), _("Lacking when"), _("Weight"), _("Column")
    )
    return [(_("Indicators"), Table(heads, rows))]


def cutoff_words(entry: Document) -> str:
    if "cutoff" in entry:
        return _("below %(cutoff)s") % {"cutoff": entry["cutoff"]}
    return " / ".join(map(str, entry["deprived_values"]))


def tpmap(document: Document) -> list[tuple[str, Table]]:
    questions = {q.no: q.th if in_thai() else q.en for q in bmn.load().indicators}
    rows = [
        [named(d), f"i{number}", questions.get(number, "")]
        for d in document["dimensions"]
        for number in d["indicators"]
    ]
    heads = text_columns(_("Dimension"), _("Number"), _("Indicator"))
    return [(_("A dimension is failed when one of its indicators is"), Table(heads, rows))]


def five_capitals(document: Document) -> list[tuple[str, Table]]:
    doubtful = {
        code for entry in document.get("provisional_weights", []) for code in entry["items"]
    }
    levels = [[named(level), f"≥ {level['from']}"] for level in document["levels"]]
    parts = [(_("Levels"), Table(text_columns(_("Level"), _("Score from")), levels))]
    of = {"person": _("each member, then the mean"), "household": _("the household")}
    for capital in document["capitals"]:
        rows = [
            [
                item["code"],
                named(item),
                of.get(item["of"], item["of"]),
                f"{item['weight']}{' *' if item['code'] in doubtful else ''}",
            ]
            for item in capital["items"]
        ]
        heads = text_columns(_("Question"), _("About"), _("Who answers"), _("Weight"))
        parts.append((named(capital), Table(heads, rows)))
    return parts


def bmn_questions(document: Document) -> list[tuple[str, Table]]:
    dims = dimension_names()
    rows = [
        [
            str(entry["no"]),
            named(entry),
            dims.get(entry.get("dimension", ""), "–"),
            str(entry.get("pass_when", "")) or "–",
        ]
        for entry in document["indicators"]
    ]
    heads = text_columns(_("Number"), _("Indicator"), _("Dimension of TPMAP"), _("Passes when"))
    return [(_("Indicators"), Table(heads, rows))]


def problem_sides(document: Document) -> list[tuple[str, Table]]:
    sides = {side["code"]: named(side) for side in document["sides"]}
    rows = [[entry["of"], named(entry), sides[entry["side"]]] for entry in document["problems"]]
    heads = text_columns(_("Question"), _("Problem in a family's words"), _("Side"))
    return [(_("Problems"), Table(heads, rows))]


def comparison(first: Document, second: Document) -> list[dict[str, Any]]:
    """Both definitions row by row: the same name beside each other, what only one has marked by a dash."""
    if first["kind"] != second["kind"]:
        return []
    found = []
    theirs = dict(zip_tables(second))
    for title, rows in zip_tables(first):
        other = theirs.get(title, {})
        names = [*rows, *(name for name in other if name not in rows)]
        lines = [
            [
                name,
                rows.get(name, "–"),
                other.get(name, "–"),
                _("same") if rows.get(name) == other.get(name) else _("differs"),
            ]
            for name in names
        ]
        heads = text_columns(title, _("First"), _("Second"), _("Compared"))
        found.append({"title": title, "table": Table(heads, lines).shown()})
    return found


def zip_tables(document: Document) -> list[tuple[str, dict[str, str]]]:
    """Title → row name → everything else the row says."""
    kinds = {"mpi": mpi, "tpmap": tpmap, "five_capitals": five_capitals}
    parts = kinds[document["kind"]](document) if document["kind"] in kinds else []
    header = {
        _("k"): str(document.get("k", "–")),
        _("Missing answers"): str(document.get("missing", "–")),
        _("Years of lists it fits (BE)"): ", ".join(map(str, document["survey_years_be"])),
    }
    found = [(_("The whole"), header)]
    for title, table in parts:
        width = 2 if document["kind"] == "tpmap" else 1
        found.append(
            (
                title,
                {
                    " · ".join(map(str, row[:width])): " · ".join(map(str, row[width:]))
                    for row in table.rows
                },
            )
        )
    return found
