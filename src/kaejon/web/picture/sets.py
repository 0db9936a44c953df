"""Which lists name whom: the sets of an UpSet plot as rows of dots and bars, and as a table."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kaejon.apps.coverage.queries import STATES
from kaejon.apps.statistics.coverage import SetShown, StatesShown
from kaejon.methods.disclosure import total
from kaejon.web.picture.asking import Question, Table, everything_but, heads, words
from kaejon.web.picture.words import STATE_WORDS, column_name

# More sets than this are added up in one last row
SHOWN = 24

Row = dict[str, Any]


def plot(question: Question) -> dict[str, Any]:
    """Everything the plot is drawn from."""
    sets, others = sets_of(question)
    columns = question.columns
    longest = max((item.states.all.estimate for item in sets), default=0)
    sizes = {column.code: question.shown.on(column.code) for column in columns}
    widest = max((states.all.estimate for states in sizes.values()), default=0)
    nobody = question.shown.nobody
    return {
        "columns": [
            {
                "mark": str(place),
                "name": column_name(column),
                "number": question.number(sizes[column.code].all, on=column.code),
                "bar": bar(question, sizes[column.code], widest, on=column.code),
            }
            for place, column in enumerate(columns, 1)
        ],
        "rows": [set_row(question, item.codes, item.states, longest) for item in sets],
        "nobody": set_row(question, frozenset(), nobody, nobody.all.estimate),
        "rest": rest_row(question, others),
        "states": [{"code": code, "word": STATE_WORDS[code]} for code in STATES],
    }


def sets_of(question: Question) -> tuple[list[SetShown], list[SetShown]]:
    """The sets shown one by one, the largest first, and those added up below them."""
    sets = question.shown.shown_sets
    return sets[:SHOWN], sets[SHOWN:]


def rest_row(question: Question, others: list[SetShown]) -> Row | None:
    """Sets too many to be shown, added up; for who sees classes, without what is too small."""
    if not question.exact:
        text = _("Other sets, each of fewer than %(number)s") % {"number": question.sight.step}
        untold = {"text": _("not told"), "url": "", "value": None}
        return {"text": text, "number": untold, "states": [untold] * len(STATES)}
    if not others:
        return None
    text = ngettext("%(count)s other set", "%(count)s other sets", len(others)) % {
        "count": len(others)
    }
    return {
        "text": text,
        "number": question.number(total(item.states.all for item in others)),
        "states": [
            question.number(total(item.states[state] for item in others)) for state in STATES
        ],
    }


def set_row(question: Question, codes: frozenset[str], states: StatesShown, longest: int) -> Row:
    columns = question.columns
    asked = {
        "on": ",".join(c.code for c in columns if c.code in codes),
        "not_on": everything_but(columns, codes),
    }
    places = [place for place, column in enumerate(columns) if column.code in codes]
    first, last = (places[0], places[-1]) if places else (0, -1)
    return {
        "words": set_words(question, codes),
        "dots": [
            {
                "on": column.code in codes,
                "left": first < place <= last,
                "right": first <= place < last,
                "name": column_name(column),
            }
            for place, column in enumerate(columns)
        ],
        "number": question.number(states.all, **asked),
        "states": [question.number(states[state], **asked, verified=state) for state in STATES],
        "bar": bar(question, states, longest, **asked),
    }


def set_words(question: Question, codes: frozenset[str]) -> str:
    """A set in words: the lists that name whoever is in it."""
    if not codes:
        return _("No list")
    return " + ".join(column_name(c) for c in question.columns if c.code in codes)


def bar(question: Question, states: StatesShown, longest: int, **asked: str) -> list[Row]:
    """Pieces of a bar in per cent of the longest, one for each thing checks say."""
    pieces, start = [], 0.0
    for state in STATES:
        number = states[state]
        width = 100 * number.estimate / longest if longest else 0.0
        if not width:
            continue
        width = min(width, 100 - start)
        cell = question.number(number, **asked, verified=state)
        pieces.append(
            {
                "x": f"{start:.2f}%",
                "width": f"{width:.2f}%",
                "state": state,
                "url": cell["url"],
                "title": f"{STATE_WORDS[state]}: {cell['text']}",
            }
        )
        start += width
    return pieces


def table(question: Question) -> Table:
    """The same sets as a table: every number by what the checks say."""
    states = [str(STATE_WORDS[state]) for state in STATES]
    found = Table(_("Which lists name whom"), heads(_("Lists that name them"), _("All"), *states))
    shown, others = sets_of(question)
    rows = [(item.codes, item.states) for item in shown]
    for codes, counts in [*rows, (frozenset[str](), question.shown.nobody)]:
        row = set_row(question, codes, counts, 0)
        found.add(words(row["words"]), row["number"], *row["states"])
    if rest := rest_row(question, others):
        found.add(words(rest["text"]), rest["number"], *rest["states"])
    return found
