"""The picture in plain words: who is missed, and how good is each list."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kaejon.apps.coverage.queries import NOT_POOR, POOR, Column
from kaejon.apps.statistics.coverage import coverage_shares, plus
from kaejon.methods.disclosure import Shown
from kaejon.web.picture import accuracy, unseen
from kaejon.web.picture.asking import Question, share_cell
from kaejon.web.picture.words import GATES, column_name, naming_rule
from kaejon.web.templatetags.kaejon_ui import be_date


def figures(question: Question) -> list[dict[str, Any]]:
    """The first numbers: counted, checked, in need, named by nobody."""
    shown = question.shown
    every = ",".join(column.code for column in shown.columns)
    missed = shown.nobody[POOR]
    return [
        figure(question, _("Named as poor by at least one list"), shown.on().all, "list-details"),
        figure(question, _("Checked in the field"), shown.all.checked, "clipboard-check"),
        figure(
            question, _("In need, found by checks"), shown.all[POOR], "home-heart", verified=POOR
        ),
        figure(
            question,
            _("In need, but named by no list"),
            missed,
            "home-question",
            verified=POOR,
            not_on=every,
        ),
    ]


def figure(
    question: Question, label: str, number: Shown, icon: str, **filters: str
) -> dict[str, Any]:
    cell = question.number(number, **filters)
    return {
        "label": label,
        "text": cell["text"],
        "url": cell["url"] if filters else "",
        "unit": pgettext("unit", "households"),
        "icon": icon,
        "note": question.sight.registry_note(),
    }


def missed(question: Question) -> dict[str, Any]:
    """What is known of those in need whom no list names."""
    shown = question.shown
    named, nowhere = shown.on()[POOR], shown.nobody[POOR]
    gate = accuracy.top_reason(shown)
    guess = shown.unseen
    return {
        "poor": question.figure(shown.all[POOR]),
        "nowhere": question.figure(nowhere),
        "share": question.share(nowhere, plus(named, nowhere))["text"],
        "any": not shown.all[POOR].is_none,
        "reason": GATES[gate] if gate else "",
        "range": unseen.spread(question, guess),
        "refusal": unseen.refusal(guess),
        "caution": unseen.caution(question, guess),
    }


def lists(question: Question) -> list[dict[str, Any]]:
    """Each list in a few sentences."""
    return [list_card(question, column) for column in question.columns]


def list_card(question: Question, column: Column) -> dict[str, Any]:
    on, off = question.shown.on(column.code), question.shown.off(column.code)
    shares = coverage_shares(on, off)
    return {
        "name": column_name(column),
        "as_of": _("as of %(date)s") % {"date": be_date(column.version.as_of)},
        "rule": naming_rule(column.kind),
        "named": question.number(on.all, on=column.code),
        "checked": question.share(on.checked, on.all)["text"],
        "finds": share_text(shares["coverage"]),
        "poor": question.figure(plus(on[POOR], off[POOR])),
        "wrong": share_text(shares["leakage"]),
        "judged": question.figure(plus(on[POOR], on[NOT_POOR])),
    }


def share_text(value: float | None) -> str:
    """A share in a sentence; empty where there is none to tell."""
    return "" if value is None else str(share_cell(value)["text"])
