"""The picture in plain words: who is missed, and how good is each list."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kaejon.apps.coverage.accuracy import found_by, found_by_any
from kaejon.apps.coverage.queries import POOR, Column
from kaejon.apps.coverage.unseen import unseen_of
from kaejon.web.picture import accuracy, unseen
from kaejon.web.picture.asking import Question
from kaejon.web.picture.words import GATES, column_name, naming_rule
from kaejon.web.templatetags.kaejon_ui import be_date


def figures(question: Question) -> list[dict[str, Any]]:
    """The first numbers: counted, checked, in need, named by nobody."""
    picture = question.picture
    any_list = found_by_any(picture)
    checked = picture.total - picture.states["none"]
    every = ",".join(column.code for column in picture.columns)
    named = picture.total - sum(picture.groups.get(frozenset(), {}).values())
    return [
        figure(question, _("Named as poor by at least one list"), named, "list-details"),
        figure(question, _("Checked in the field"), checked, "clipboard-check"),
        figure(
            question,
            _("In need, found by checks"),
            picture.states[POOR],
            "home-heart",
            verified=POOR,
        ),
        figure(
            question,
            _("In need, but named by no list"),
            int(any_list.table.missed_poor),
            "home-question",
            verified=POOR,
            not_on=every,
        ),
    ]


def figure(
    question: Question, label: str, number: int, icon: str, **filters: str
) -> dict[str, Any]:
    cell = question.number(number, **filters)
    return {
        "label": label,
        "number": number,
        "text": cell["text"],
        "url": cell["url"] if filters else "",
        "unit": pgettext("unit", "households"),
        "icon": icon,
        "note": question.sight.registry_note(),
    }


def missed(question: Question) -> dict[str, Any]:
    """What is known of those in need whom no list names."""
    found = found_by_any(question.picture).table
    gate = accuracy.top_reason(question.picture)
    guess = unseen_of(question.picture)
    return {
        "poor": question.figure(int(found.listed_poor + found.missed_poor)),
        "nowhere": question.figure(int(found.missed_poor)),
        "share": question.share(
            int(found.missed_poor),
            question.count(int(found.listed_poor)) + question.count(int(found.missed_poor)),
        )["text"],
        "any": bool(found.listed_poor + found.missed_poor),
        "reason": GATES[gate] if gate else "",
        "range": unseen.spread(question, guess),
        "refusal": unseen.refusal(guess),
        "caution": unseen.caution(question, guess),
    }


def lists(question: Question) -> list[dict[str, Any]]:
    """Each list in a few sentences."""
    return [list_card(question, column) for column in question.picture.columns]


def list_card(question: Question, column: Column) -> dict[str, Any]:
    found = found_by(question.picture, column.code)
    table = found.table
    tp, fp, fn = (int(n) for n in (table.listed_poor, table.listed_not_poor, table.missed_poor))
    poor = question.count(tp) + question.count(fn)
    judged = question.count(tp) + question.count(fp)
    return {
        "name": column_name(column),
        "as_of": _("as of %(date)s") % {"date": be_date(column.version.as_of)},
        "rule": naming_rule(column.kind),
        "named": question.number(found.on_list, on=column.code),
        "checked": question.share(found.checked_on_list, found.on_list)["text"],
        "finds": question.share(tp, poor)["text"] if poor else "",
        "poor": question.figure(tp + fn),
        "wrong": question.share(fp, judged)["text"] if judged else "",
        "judged": question.figure(tp + fp),
    }
