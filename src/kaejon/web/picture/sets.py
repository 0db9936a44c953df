"""Which lists name whom: the sets of an UpSet plot as rows of dots and bars, and as a table."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kaejon.apps.coverage.queries import STATES
from kaejon.apps.dashboards.pictures import ShownSets, States, shown_sets
from kaejon.apps.dashboards.seeing import SMALL
from kaejon.web.picture.asking import Question, Table, everything_but, heads, words
from kaejon.web.picture.words import STATE_WORDS, column_name

# More sets than this are added up in one last row
SHOWN = 24

Row = dict[str, Any]


def plot(question: Question) -> dict[str, Any]:
    """Everything the plot is drawn from."""
    shown = shown_sets(question.picture, exact=question.exact, most=SHOWN)
    columns = question.picture.columns
    longest = max((question.count(sum(states.values())) for _c, states in shown.sets), default=0)
    sizes = {column.code: question.picture.on(column.code) for column in columns}
    widest = max((question.count(sum(states.values())) for states in sizes.values()), default=0)
    return {
        "columns": [
            {
                "mark": str(place),
                "name": column_name(column),
                "number": question.number(sum(sizes[column.code].values()), on=column.code),
                "bar": bar(question, sizes[column.code], widest, on=column.code),
            }
            for place, column in enumerate(columns, 1)
        ],
        "rows": [set_row(question, codes, states, longest) for codes, states in shown.sets],
        "nobody": set_row(
            question, frozenset(), shown.nobody, question.count(sum(shown.nobody.values()))
        ),
        "rest": rest_row(question, shown),
        "states": [{"code": code, "word": STATE_WORDS[code]} for code in STATES],
    }


def rest_row(question: Question, shown: ShownSets) -> Row | None:
    """Sets too many or too small to be shown, added up; None without any."""
    if not shown.others_number:
        return None
    text = ngettext("%(count)s other set", "%(count)s other sets", shown.others_number) % {
        "count": shown.others_number
    }
    if not question.exact:
        text = _("Other sets, each of fewer than %(number)s") % {"number": SMALL}
    return {
        "text": text,
        "number": question.number(sum(shown.others.values())),
        "states": [question.number(shown.others.get(state, 0)) for state in STATES],
    }


def set_row(question: Question, codes: frozenset[str], states: States, longest: int) -> Row:
    columns = question.picture.columns
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
        "number": question.number(sum(states.values()), **asked),
        "states": [
            question.number(states.get(state, 0), **asked, verified=state) for state in STATES
        ],
        "bar": bar(question, states, longest, **asked),
    }


def set_words(question: Question, codes: frozenset[str]) -> str:
    """A set in words: the lists that name whoever is in it."""
    if not codes:
        return _("No list")
    return " + ".join(column_name(c) for c in question.picture.columns if c.code in codes)


def bar(question: Question, states: States, longest: int, **asked: str) -> list[Row]:
    """Pieces of a bar in per cent of the longest, one for each thing checks say."""
    pieces, start = [], 0.0
    for state in STATES:
        number = states.get(state, 0)
        width = 100 * question.count(number) / longest if longest else 0.0
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
    shown = shown_sets(question.picture, exact=question.exact, most=SHOWN)
    for codes, counts in [*shown.sets, (frozenset[str](), shown.nobody)]:
        row = set_row(question, codes, counts, 0)
        found.add(words(row["words"]), row["number"], *row["states"])
    if rest := rest_row(question, shown):
        found.add(words(rest["text"]), rest["number"], *rest["states"])
    return found
