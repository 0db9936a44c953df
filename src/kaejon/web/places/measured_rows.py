"""Five capitals, levels by setting, indicators and answers of an area, as rows a person may see."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import may
from kaejon.apps.areas.queries import path_to
from kaejon.apps.dashboards.measured import SETTINGS
from kaejon.apps.folders.labels import capital_name, level_name
from kaejon.apps.folders.problem_words import problem_name
from kaejon.apps.folders.wording import in_language
from kaejon.apps.households.models import CAPITALS, Setting
from kaejon.apps.measurement.actions import CAPITAL_DEFINITION
from kaejon.apps.measurement.problems import is_sensitive
from kaejon.apps.statistics.measures import AffectedShown, MeasuredLevels, around
from kaejon.methods import capitals
from kaejon.methods.definitions import bmn, tpmap_dimensions
from kaejon.methods.disclosure import SHARE_BASE, Shown, share
from kaejon.web.places.sight import Sight, count_text
from kaejon.web.templatetags.kaejon_ui import thai_number

MEASURES = (*CAPITALS, "overall")
SETTING_WORDS = {
    Setting.INSIDE.value: gettext_lazy("Inside a municipality"),
    Setting.OUTSIDE.value: gettext_lazy("Outside municipalities"),
    "": gettext_lazy("Not stated by any list"),
}
Row = dict[str, Any]


def mean_of(levels: MeasuredLevels) -> Row:
    """A mean score with its level in words and its households, as far as the reader may see it."""
    n = count_text(levels.measured)
    if levels.mean is None:
        return {"value": None, "text": "–", "level": None, "word": "", "n": n}
    level = capitals.level_of(levels.mean, capitals.definition(CAPITAL_DEFINITION))
    places = 2 if levels.exact else 1
    return {
        "value": round(float(levels.mean), places),
        "text": thai_number(float(levels.mean), places),
        "level": level,
        "word": level_name(level),
        "n": n,
    }


def pentagon(sight: Sight) -> Row:
    """Means of the five capitals against the district and the province around the area."""
    own = {measure: sight.measures.levels(measure) for measure in MEASURES}
    places = [(sight.area.full_name, own), *wider_areas(sight)]
    rows = [
        {
            "code": measure,
            "name": capital_name(measure),
            "cells": [mean_of(found[measure]) for _name, found in places],
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
    return {
        "places": [name for name, _ in places],
        "rows": rows,
        "chart": chart,
        "known": known,
        "too_few": not known and not own["overall"].measured.is_exact,
    }


def wider_areas(sight: Sight) -> list[tuple[str, dict[str, MeasuredLevels]]]:
    """District and province around the area, with their means where these may be told."""
    wider = [area for area in path_to(sight.area)[:-1] if len(area.code) <= 4]
    found = [(area.full_name, around(sight.measures, area)) for area in reversed(wider)]
    return [(name, levels) for name, levels in found if levels is not None]


def level_table(sight: Sight) -> list[Row]:
    """Count and per cent by capital and level, for everybody and by setting."""
    return [
        {
            "name": capital_name(measure),
            "lines": [
                level_line(sight, word, sight.measures.levels(measure, setting), measure)
                for word, setting in settings_shown(sight)
            ],
        }
        for measure in MEASURES
    ]


def settings_shown(sight: Sight) -> list[tuple[str, str | None]]:
    """All together, then the settings in which somebody is shown to be measured."""
    found = {s: sight.measures.levels("overall", s).measured for s in SETTINGS}
    apart = [
        (str(SETTING_WORDS[setting]), setting)
        for setting, measured in found.items()
        if measured.low >= (1 if sight.exact else SHARE_BASE)
    ]
    return [(_("All"), None), *apart]


def level_line(sight: Sight, word: str, levels: MeasuredLevels, measure: str) -> Row:
    everybody = word == _("All")
    cells = [
        {
            "level": number,
            "text": sight.text(count),
            "url": sight.link(count, measure=measure, level=str(number)) if everybody else "",
            "share": share(count, levels.measured),
        }
        for number, count in enumerate(levels.levels.counts, start=1)
    ]
    return {
        "setting": word,
        "all": everybody,
        "cells": cells,
        "measured": sight.text(levels.measured),
        "mean": mean_of(levels),
    }


def indicators(sight: Sight, user: User) -> list[Row]:
    """Failed indicators by TPMAP dimension: the indicators first, then the dimension they make."""
    sensitive = may(user, Permission.SEE_SENSITIVE, sight.area.code)
    measures = sight.measures
    groups = []
    counted: set[int] = set()
    for dimension in tpmap_dimensions.load().dimensions:
        counted |= set(dimension.indicators)
        groups.append(
            {
                "name": in_language(dimension),
                "rows": rows_of([f"i{n}" for n in dimension.indicators], sight, sensitive),
                "total": affected(measures.dimension(dimension.code), measures.screened, sight),
                "size": measures.dimension(dimension.code).households.estimate,
            }
        )
    groups.sort(key=lambda group: -int(group["size"]))  # type: ignore[call-overload]
    others = [i.column for i in bmn.load().indicators if i.no not in counted]
    rest = rows_of(others, sight, sensitive)
    if rest:
        groups.append(
            {"name": _("Asked by จปฐ., in no TPMAP dimension"), "rows": rest, "total": None}
        )
    return groups


def answers(sight: Sight, user: User) -> list[Row]:
    """Lowest answers of the five-capital survey by capital, the most frequent first."""
    sensitive = may(user, Permission.SEE_SENSITIVE, sight.area.code)
    items = capitals.definition(CAPITAL_DEFINITION).items
    found = []
    for capital in CAPITALS:
        codes = [item.code for item in items if item.code.startswith(f"{capital}_")]
        rows = rows_of(codes, sight, sensitive, sight.measures.levels(capital).measured)
        if rows:
            found.append({"name": capital_name(capital), "rows": rows})
    return found


def rows_of(
    codes: list[str], sight: Sight, sensitive: bool, asked: Shown | None = None
) -> list[Row]:
    """The problems of these codes that are told of, the most frequent first."""
    told = sight.measures.problems
    known = [(code, told[code]) for code in codes if code in told]
    known.sort(key=lambda pair: (-pair[1].households.estimate, pair[0]))
    whole = sight.measures.screened if asked is None else asked
    return [
        {
            "code": code,
            "number": code.rpartition("_")[2].lstrip("i"),
            "name": problem_name(code),
            **affected(found, whole, sight, "" if is_sensitive(code) and not sensitive else code),
        }
        for code, found in known
    ]


def affected(found: AffectedShown, asked: Shown, sight: Sight, code: str = "") -> Row:
    return {
        "households": {
            "text": sight.text(found.households),
            "url": sight.link(found.households, problem=code) if code else "",
        },
        "people": sight.text(found.people),
        "share": share(found.households, asked),
    }
