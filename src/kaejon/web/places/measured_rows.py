"""Five capitals, levels by setting, indicators and answers of an area, as rows a person may see."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import Scope, may
from kaejon.apps.areas.queries import path_to
from kaejon.apps.dashboards.measured import (
    SETTINGS,
    Affected,
    Levels,
    Measured,
    measured_in,
)
from kaejon.apps.folders.labels import capital_name, level_name
from kaejon.apps.folders.problem_words import problem_name
from kaejon.apps.folders.wording import in_language
from kaejon.apps.households.models import CAPITALS, Setting
from kaejon.apps.measurement.actions import CAPITAL_DEFINITION
from kaejon.apps.measurement.problems import is_sensitive
from kaejon.methods import capitals
from kaejon.methods.definitions import bmn, tpmap_dimensions
from kaejon.web.places.sight import Sight
from kaejon.web.templatetags.kaejon_ui import thai_number

MEASURES = (*CAPITALS, "overall")
# Readers of rounded counts get averages and shares only where at least so many households stand behind
STEADY = 20
# So many measured households beyond the reader's own area must stand behind the mean of a wider one
BEYOND = 10
SETTING_WORDS = {
    Setting.INSIDE.value: gettext_lazy("Inside a municipality"),
    Setting.OUTSIDE.value: gettext_lazy("Outside municipalities"),
    "": gettext_lazy("Not stated by any list"),
}
Row = dict[str, Any]


def is_steady(households: int, sight: Sight) -> bool:
    """Whether a mean or a share over so many households may be told to the reader."""
    return sight.exact or households >= STEADY


def mean_of(levels: Levels, sight: Sight) -> Row:
    """A mean score with its level in words and its households, as far as the reader may see it."""
    mean = levels.mean
    if mean is None or not is_steady(levels.measured, sight):
        return {
            "value": None,
            "text": "–",
            "level": None,
            "word": "",
            "n": sight.text(levels.measured),
        }
    level = capitals.level_of(mean, capitals.definition(CAPITAL_DEFINITION))
    places = 2 if sight.exact else 1
    return {
        "value": round(float(mean), places),
        "text": thai_number(float(mean), places),
        "level": level,
        "word": level_name(level),
        "n": sight.text(levels.measured),
    }


def pentagon(sight: Sight, measured: Measured) -> Row:
    """Means of the five capitals against the district and the province around the area."""
    places = [(sight.area.full_name, measured), *around(sight, measured)]
    rows = [
        {
            "code": measure,
            "name": capital_name(measure),
            "cells": [mean_of(found.levels(measure), sight) for _name, found in places],
        }
        for measure in MEASURES
    ]
    capital_rows = rows[: len(CAPITALS)]
    chart = {
        "indicators": [{"name": row["name"]} for row in capital_rows],
        "series": [
            {"name": name, "values": [row["cells"][n]["value"] for row in capital_rows]}
            for n, (name, _found) in enumerate(places)
        ],
    }
    known = any(row["cells"][0]["value"] is not None for row in rows)
    return {"places": [name for name, _ in places], "rows": rows, "chart": chart, "known": known}


def around(sight: Sight, measured: Measured) -> list[tuple[str, Measured]]:
    """District and province around the area. Whoever does not see them whole gets their means all
    the same, when enough households beyond the own area stand behind them (decision 34)."""
    found = []
    own = measured.levels("overall").measured
    for area in reversed(path_to(sight.area)[:-1]):
        if len(area.code) > 4:
            continue
        wider = measured_in(Scope((area.code,)), area)
        beyond = wider.levels("overall").measured - own
        if sight.scope.holds_at(area.code) or beyond >= BEYOND:
            found.append((area.full_name, wider))
    return found


def level_table(sight: Sight, measured: Measured) -> list[Row]:
    """Count and per cent by capital and level, for everybody and by setting."""
    return [
        {
            "name": capital_name(measure),
            "lines": [
                level_line(sight, word, measured.levels(measure, *settings), measure)
                for word, settings in settings_shown(measured)
            ],
        }
        for measure in MEASURES
    ]


def settings_shown(measured: Measured) -> list[tuple[str, tuple[str, ...]]]:
    """All together, then the settings in which anybody lives."""
    lived_in = [setting for setting in SETTINGS if measured.lives(setting)[0]]
    apart = [(str(SETTING_WORDS[setting]), (setting,)) for setting in lived_in]
    return [(_("All"), ()), *apart]


def level_line(sight: Sight, word: str, levels: Levels, measure: str) -> Row:
    everybody = word == _("All")
    cells = [
        {
            "level": number,
            "text": sight.text(count),
            "url": sight.link(count, measure=measure, level=str(number)) if everybody else "",
            "share": share_of(count, levels.measured, sight),
        }
        for number, count in enumerate(levels.counts, start=1)
    ]
    return {
        "setting": word,
        "all": everybody,
        "cells": cells,
        "measured": sight.text(levels.measured),
        "mean": mean_of(levels, sight),
    }


def share_of(part: int, whole: int, sight: Sight) -> float | None:
    """A share 0-1; none where nobody was asked, or too few for the reader."""
    if not whole or not is_steady(whole, sight):
        return None
    if sight.exact:
        return float(Fraction(part, whole))
    shown, asked = sight.value(part), sight.value(whole)
    return None if shown is None or not asked else round(min(shown / asked, 1.0), 2)


def indicators(sight: Sight, user: User, measured: Measured) -> list[Row]:
    """Failed indicators by TPMAP dimension: the indicators first, then the dimension they make."""
    sensitive = may(user, Permission.SEE_SENSITIVE, sight.area.code)
    groups = []
    counted: set[int] = set()
    for dimension in tpmap_dimensions.load().dimensions:
        counted |= set(dimension.indicators)
        groups.append(
            {
                "name": in_language(dimension),
                "rows": rows_of(
                    [f"i{n}" for n in dimension.indicators], sight, measured, sensitive
                ),
                "total": affected(measured.dimension(dimension.code), measured.screened, sight),
                "size": measured.dimension(dimension.code).households,
            }
        )
    groups.sort(key=lambda group: -int(group["size"]))  # type: ignore[call-overload]
    others = [i.column for i in bmn.load().indicators if i.no not in counted]
    rest = rows_of(others, sight, measured, sensitive)
    if rest:
        groups.append(
            {"name": _("Asked by จปฐ., in no TPMAP dimension"), "rows": rest, "total": None}
        )
    return groups


def answers(sight: Sight, user: User, measured: Measured) -> list[Row]:
    """Lowest answers of the five-capital survey by capital, the most frequent first."""
    sensitive = may(user, Permission.SEE_SENSITIVE, sight.area.code)
    items = capitals.definition(CAPITAL_DEFINITION).items
    found = []
    for capital in CAPITALS:
        codes = [item.code for item in items if item.code.startswith(f"{capital}_")]
        rows = rows_of(codes, sight, measured, sensitive, measured.levels(capital).measured)
        if rows:
            found.append({"name": capital_name(capital), "rows": rows})
    return found


def rows_of(
    codes: list[str], sight: Sight, measured: Measured, sensitive: bool, asked: int | None = None
) -> list[Row]:
    """The problems of these codes that anybody has, the most frequent first."""
    known = [(code, found) for code in codes if (found := measured.problem(code)).households]
    known.sort(key=lambda pair: (-pair[1].households, pair[0]))
    whole = measured.screened if asked is None else asked
    return [
        {
            "code": code,
            "number": code.rpartition("_")[2].lstrip("i"),
            "name": problem_name(code),
            **affected(found, whole, sight, "" if is_sensitive(code) and not sensitive else code),
        }
        for code, found in known
    ]


def affected(found: Affected, asked: int, sight: Sight, code: str = "") -> Row:
    return {
        "households": {
            "text": sight.text(found.households),
            "url": sight.link(found.households, problem=code) if code else "",
        },
        "people": sight.text(found.people),
        "share": share_of(found.households, asked, sight),
    }
