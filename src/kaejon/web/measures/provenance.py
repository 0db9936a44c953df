"""Where a run's figures come from, and what they may not be used for, in sentences and facts."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kaejon.apps.measurement.models import FrozenInput, MeasurementRun, RunKind
from kaejon.apps.measurement.sampling import is_sample
from kaejon.apps.statistics.visibility import INTERNAL, PUBLIC
from kaejon.web.measures.door import RunSight
from kaejon.web.measures.words import DESIGN_NAMES, in_thai, title_of
from kaejon.web.templatetags.kaejon_ui import be_date, be_datetime, thai_number

SHORT_HASH = 12


def list_words(entry: dict[str, Any]) -> str:
    """One list version: name, year, round, the day it speaks of, owner."""
    name = entry["name_th"] if in_thai() or not entry["name_en"] else entry["name_en"]
    turn = _("round %(round)s") % {"round": entry["round"]} if entry["round"] > 1 else ""
    day = _("as of %(day)s") % {"day": be_date(date.fromisoformat(entry["as_of"]))}
    return " · ".join(filter(None, (f"{name} {entry['year_be']}", turn, day, entry["owner"])))


def caption(sight: RunSight) -> str:
    """What stands under every figure: unit count, lists, dates."""
    run = sight.run
    # Between two rounds "households" holds a count of each state, and the sum may be withheld.
    n = next((c for c in map(sight.figures.get, ("n", "households")) if isinstance(c, int)), None)
    counted = ngettext("%(count)s household", "%(count)s households", int(n or 0)) % {
        "count": thai_number(n) if n is not None else _("hidden")
    }
    return " · ".join([counted, *(list_words(entry) for entry in run.lists)])


def facts(sight: RunSight) -> list[dict[str, str]]:
    """The provenance block."""
    run = sight.run
    rows = [
        (_("Definition"), f"{title_of(run.definition)} ({run.definition_name})"),
        (_("Lists"), "; ".join(list_words(entry) for entry in run.lists)),
        (_("What is counted"), counted_words(sight)),
        (_("Missing answers"), missing_words(sight)),
        (_("Sampling error"), error_words(run)),
        (_("Started by"), f"{run.created_by.display_name} · {be_datetime(run.created_at)}"),
        (_("Computed with"), f"kaejon {run.code_version} · {run.engine}"),
        (_("Definition, SHA-256"), run.definition_hash),
        (_("Results, SHA-256"), run.results_hash if sight.view.tells_hash else ""),
        (_("Code, SHA-256"), run.code_hash),
    ]
    rows += [
        (_("Input %(round)s, SHA-256") % {"round": i.round}, i.content_hash)
        for i in run.inputs.all()
        if sight.view.tells_hash
    ]
    return [{"label": label, "value": value} for label, value in rows if value]


def as_seen(count: int, sight: RunSight) -> str:
    """A count of the whole run as exactly as the reader may see it."""
    shown = sight.view.alone(count)
    return _("hidden") if shown is None else thai_number(shown)


def number_words(number: float | None) -> str:
    return _("hidden") if number is None else thai_number(number)


def counted_words(sight: RunSight) -> str:
    run = sight.run
    rows, people = (number_words(n) for n in sight.view.read_rows())
    text = _("%(rows)s households with %(people)s people in the list") % {
        "rows": rows,
        "people": people,
    }
    if run.kind == RunKind.CAPITALS:
        return f"{text}; {_('each household counts once')}"
    if run.options.get("unit") == "household":
        return f"{text}; {_('each household counts once')}"
    return f"{text}; {_('a household counts by its members')}"


def missing_words(sight: RunSight) -> str:
    """The rule for missing answers, how many were used and how many left out, and why."""
    run = sight.run
    dropped = run.results.get("dropped", 0)
    rule = {
        "not_deprived": _(
            "an empty answer means the question does not apply, and counts as not lacking"
        ),
        "drop": _("a household with an empty answer is left out"),
        "error": _("an empty answer stops the measurement"),
    }.get(str(run.results.get("missing", "")), "")
    if run.kind == RunKind.CAPITALS:
        rule = _("a household with an empty answer has no score in that capital")
    left = (
        _("%(count)s left out") % {"count": as_seen(dropped, sight)}
        if dropped or not sight.view.tells_hash
        else _("none left out")
    )
    if run.kind == RunKind.DYNAMICS:
        left = ""
    if run.kind == RunKind.TPMAP:
        rule = _("an empty answer means the question does not apply, and counts as passed")
    return "; ".join(filter(None, (rule, left)))


def error_words(run: MeasurementRun) -> str:
    if is_sample(run):
        return _("The list is %(design)s: errors by Taylor linearisation, 95%% intervals") % {
            "design": DESIGN_NAMES[run.options["design"]]
        }
    return _("none: the list names everybody, so there is no sampling error (other errors remain)")


def notes(sight: RunSight) -> list[dict[str, str]]:
    """What a reader must know before using a figure."""
    run = sight.run
    found: list[dict[str, str]] = []
    if run.withdrawn_at:
        text = _("Withdrawn on %(day)s by %(who)s: %(reason)s") % {
            "day": be_date(run.withdrawn_at),
            "who": run.withdrawn_by.display_name if run.withdrawn_by else "",
            "reason": run.withdrawn_reason,
        }
        found.append({"kind": "error", "title": _("Do not use these figures."), "text": text})
    if run.provisional:
        text = _(
            "Parts of the definition are not confirmed by its owner; the definition says which."
        )
        found.append({"kind": "warning", "title": _("Provisional definition."), "text": text})
    found += [
        {"kind": "warning", "title": "", "text": t}
        for t in (input_words(i, sight) for i in run.inputs.all())
        if t
    ]
    if not sight.exact:
        found.append({"kind": "info", "title": "", "text": softened_words(sight.audience)})
    return found


def softened_words(audience: str) -> str:
    threshold = PUBLIC if audience == "public" else INTERNAL
    return _(
        "So that no family can be recognised, counts are rounded to %(threshold)s; those below %(threshold)s and those that would give them away are hidden."
    ) % {"threshold": threshold}


def input_words(held: FrozenInput, sight: RunSight) -> str:
    if held.discarded_at:
        return _(
            "The kept input was deleted on %(day)s because the time of its list was over; the figures stay."
        ) % {"day": be_date(held.discarded_at)}
    if held.erased and sight.view.alone(held.erased) is not None:
        return _(
            "The kept input is no longer complete: %(count)s households were erased at their request. The figures are as they were; they can no longer be repeated."
        ) % {"count": as_seen(held.erased, sight)}
    return ""


def repeated_words(run: MeasurementRun) -> list[tuple[bool, str]]:
    """Each repetition: whether it came out the same, and when by whom."""
    found = []
    for again in run.repeats.select_related("by")[:5]:
        text = (
            _("repeated on %(day)s: identical in every figure")
            if again.identical
            else _("repeated on %(day)s: NOT the same figures")
        )
        found.append(
            (again.identical, f"{text % {'day': be_datetime(again.at)}} · {again.by.display_name}")
        )
    return found
