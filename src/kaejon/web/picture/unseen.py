"""How many in need may be on no list: every model worth showing, refusals and cautions in plain words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from kaejon.apps.coverage.unseen import Unseen
from kaejon.apps.statistics.coverage import CoverageShown
from kaejon.methods.errors import DataError
from kaejon.methods.hidden import HiddenEstimate
from kaejon.web.picture.asking import Cell, Question, Table, heads, plain, words
from kaejon.web.picture.words import column_name


def reason(code: str) -> str:
    """Why a model, or the whole estimate, says nothing."""
    return {
        "no_overlap": _("The lists share nobody, so they say nothing about those on none of them."),
        "not_converged": _(
            "The calculation did not settle; too few households stand on several lists."
        ),
        "not_finite": _("The answer has no end: one overlap is empty, so any number would fit."),
        "number_of_lists": _(
            "At least two lists must name households that checks found to be in need."
        ),
        "nobody_counted": _("No household on a list has been found to be in need by a check yet."),
        "empty_list": _("One of the lists names nobody who was found to be in need."),
    }.get(code, _("These numbers allow no estimate."))


def refusal(found: Unseen) -> str:
    """Why there is no estimate; empty when there is one."""
    if isinstance(found.refused, DataError):
        return reason(found.refused.code)
    if found.answer is not None and not found.answer.models and found.answer.refused:
        return reason(found.answer.refused[0].code)
    return ""


def whole(question: Question, value: float) -> int:
    return question.made(round(value)).estimate


def model_words(name: str) -> str:
    """What a model supposes about the lists, named by their place among those used."""
    if name == "chapman":
        return _("Chapman: the two lists were made without looking at each other")
    if name == "lincoln_petersen":
        return _("Lincoln-Petersen: the same, without the correction for small numbers")
    pairs = [part for part in name.strip("[]").split(",") if len(part) > 1]
    if not pairs:
        return _("No list depends on another")
    together = "; ".join("+".join(part) for part in pairs)
    return _("Lists that depend on each other: %(lists)s") % {"lists": together}


def models(question: Question, found: Unseen) -> Table:
    """One row a model: estimate, interval, how many of them are on no list, fit."""
    table = Table(
        _("Models that fit about equally well"),
        heads(
            _("What the model supposes"),
            _("In need altogether"),
            _("95% interval"),
            _("of them on none of these lists"),
            _("AIC (smaller fits better)"),
        ),
    )
    for model in found.answer.models if found.answer else ():
        table.add(
            words(model_words(model.name)),
            plain(whole(question, model.estimate)),
            words(interval(question, model)),
            plain(whole(question, model.estimate) - found.observed),
            plain(model.aic, 1) if question.exact else plain(None),
        )
    return table


def interval(question: Question, model: HiddenEstimate) -> str:
    low, high = (plain(whole(question, end))["text"] for end in model.ci95)
    return f"{low} – {high}"


def histories(question: Question, found: Unseen) -> Table:
    """What went in: households in need by the lists that name them."""
    table = Table(
        _("What the estimate is made from: households found to be in need"),
        heads(_("Named by"), _("Households")),
    )
    every = ",".join(column.code for column in found.used)
    for cell, count in sorted(found.histories, key=lambda item: -item[1]):
        on = [column for column, held in zip(found.used, cell, strict=True) if held]
        off = [column.code for column, held in zip(found.used, cell, strict=True) if not held]
        table.add(
            words(" + ".join(column_name(column) for column in on)),
            question.number(
                question.made(count),
                on=",".join(c.code for c in on),
                not_on=",".join(off),
                verified="poor",
            ),
        )
    table.add(
        words(_("None of these lists, found by a check (not used in the estimate)")),
        question.number(question.made(found.off_list), not_on=every, verified="poor"),
    )
    return table


def refused(found: Unseen) -> list[dict[str, str]]:
    """Models that say nothing, in groups of the same reason."""
    by_reason: dict[str, list[str]] = {}
    for row in found.answer.refused if found.answer else ():
        by_reason.setdefault(reason(row.code), []).append(row.model)
    return [
        {"reason": text, "models": ", ".join(names[:6]) + (" …" if len(names) > 6 else "")}
        for text, names in by_reason.items()
    ]


def caution(question: Question, found: Unseen) -> str:
    """What to be careful about: models that contradict the field, or that say most are unseen."""
    if not found.answer or not found.answer.models:
        return ""
    most = max(model.ci95[1] for model in found.answer.models) - found.observed
    if found.off_list > most:
        return _(
            "Checks have already found %(number)s households in need on none of these lists: more than the models "
            "allow. The lists leave out the same people, so the models say too little here: trust the field."
        ) % {"number": question.figure(question.made(found.off_list))}
    if found.answer.warnings:
        return _(
            "Some models say that more are unseen than seen. Then the lists are too thin, or checks were few: "
            "take it as a sign to search the area, not as a number."
        )
    return ""


def spread(question: Question, found: Unseen) -> dict[str, Any] | None:
    """The lowest and the highest that the models allow for those on none of the lists."""
    if not found.answer or not found.answer.models:
        return None
    seen = found.observed
    models = found.answer.models

    def unseen(value: float) -> str:
        return str(plain(max(0, whole(question, value) - seen))["text"])

    return {
        "least": unseen(min(m.estimate for m in models)),
        "most": unseen(max(m.estimate for m in models)),
        "low": unseen(min(m.ci95[0] for m in models)),
        "high": unseen(max(m.ci95[1] for m in models)),
        "models": len(models),
        "lists": [column_name(column) for column in found.used],
        "seen": plain(seen)["text"],
    }


def by_part(question: Question) -> Table | None:
    """One row for each area below: seen, and the range of unseen over all models shown."""
    parts = question.coverage.parts
    if len(parts) < 2:
        return None
    table = Table(
        _("By area"),
        heads(
            question.part_word,
            _("In need, on at least one list"),
            _("In need, found by a check on no list"),
            _("Models"),
            _("On no list: lowest to highest estimate"),
            _("with the uncertainty of the models"),
        ),
    )
    for code, part in parts.items():
        table.add(*part_cells(question, code, part))
    return table


def part_cells(question: Question, code: str, shown: CoverageShown) -> list[Cell]:
    found = shown.unseen
    name = question.part_names.get(code, code)
    url = question.address(area=code) if code != question.area.code else ""
    range_of = spread(question, found)
    texts = [refusal(found), "–"]
    if range_of:
        texts = [f"{range_of[a]} – {range_of[b]}" for a, b in (("least", "most"), ("low", "high"))]
    return [
        words(name, url),
        question.number(question.made(found.observed)),
        question.number(question.made(found.off_list)),
        plain(len(found.answer.models) if found.answer else 0),
        *map(words, texts),
    ]
