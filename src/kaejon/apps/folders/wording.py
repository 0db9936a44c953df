"""What lists say, in plain sentences of the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from kaejon.apps.households.models import Presence, Sex
from kaejon.apps.sources.models import Kind, SourceVersion
from kaejon.methods.definitions import bmn, tpmap_dimensions
from kaejon.methods.definitions.problem_sides import SENSITIVE_FACTS, ProblemSides
from kaejon.methods.thai.buddhist_era import format_date

TEXT_FACTS = ("problem_text", "need_text", "note")
FACT_NAMES: dict[str, str | Promise] = {
    "name": gettext_lazy("Name"),
    "birth_date": gettext_lazy("Birth date"),
    "sex": gettext_lazy("Sex"),
    "area": gettext_lazy("Village"),
    "house_no": gettext_lazy("House number"),
}
# Words of lists for the place in the household; unknown words are shown as the list wrote them.
RELATIONS: dict[str, str | Promise] = {
    "หัวหน้าครัวเรือน": gettext_lazy("head of household"),
    "คู่สมรส": gettext_lazy("spouse"),
    "บุตร": gettext_lazy("child"),
    "บุตรเขย/สะใภ้": gettext_lazy("son- or daughter-in-law"),
    "หลาน": gettext_lazy("grandchild, niece or nephew"),
    "บิดา/มารดา": gettext_lazy("parent"),
    "พี่/น้อง": gettext_lazy("brother or sister"),
    "ญาติ": gettext_lazy("relative"),
    "ผู้อาศัย": gettext_lazy("lodger"),
}
HEAD_RELATION = "หัวหน้าครัวเรือน"


def language() -> str:
    """The language of the page: th or en."""
    return "en" if (get_language() or "th").startswith("en") else "th"


def in_language(thing: Any) -> str:
    """The Thai or English text of a definition's entry."""
    return str(thing.en if language() == "en" else thing.th)


def relation_word(relation: str) -> str:
    """The place in the household in the reader's language."""
    return str(RELATIONS.get(relation, relation))


def shown_date(day: date | str | None, precision: str = "day") -> str:
    """A date in the Buddhist Era with the parts that are known; empty for none."""
    if not day:
        return ""
    known = date.fromisoformat(day) if isinstance(day, str) else day
    return format_date(known, lang=language(), precision=precision or "day")  # type: ignore[arg-type]


def shown_fact(fact: str, facts: Mapping[str, Any], areas: Mapping[str, Any]) -> str:
    """One compared fact of a claim as a person reads it."""
    if fact == "name":
        return f"{facts.get('title', '')}{facts.get('first_name', '')} {facts.get('last_name', '')}".strip()
    if fact == "birth_date":
        return shown_date(facts.get("birth_date"), facts.get("birth_precision", "day"))
    if fact == "sex":
        return str(dict(Sex.choices).get(facts.get("sex", ""), ""))
    if fact == "area":
        code = facts.get("area", "")
        return str(areas[code].full_name if code in areas else code)
    return str(facts.get(fact, ""))


def sentences_on_person(facts: Mapping[str, Any], *, sensitive: bool) -> list[str]:
    """What a claim says about a person, shortest facts first; sensitive ones only when allowed."""
    said = [shown_fact("name", facts, {})] if facts.get("first_name") else []
    born = shown_date(facts.get("birth_date"), facts.get("birth_precision", "day"))
    if born:
        said.append(_("born %(date)s") % {"date": born})
    elif facts.get("age") is not None:
        said.append(_("age %(age)s") % {"age": facts["age"]})
    said += [shown_fact("sex", facts, {})] if facts.get("sex") else []
    said += [relation_word(facts["relation"])] if facts.get("relation") else []
    said += _standing(facts)
    for fact, label in (("education", _("education")), ("occupation", _("occupation"))):
        if facts.get(fact):
            said.append(f"{label}: {facts[fact]}")
    if facts.get("died_on"):
        said.append(_("died %(date)s") % {"date": shown_date(facts["died_on"])})
    closed = [name for name in SENSITIVE_FACTS if facts.get(name)]
    if closed and sensitive:
        said += [str(facts[name]) for name in closed]
    elif closed:
        said.append(_("sensitive information, closed"))
    return said


def _standing(facts: Mapping[str, Any]) -> list[str]:
    """Registers and lists on which a claim places a person."""
    said = []
    if facts.get("target_poor"):
        said.append(_("named on the list of target poor (TPMAP)"))
    if facts.get("registered"):
        said.append(
            _("registered for the state welfare card, qualification confirmed")
            if facts.get("validated")
            else _("registered for the state welfare card")
        )
    if facts.get("welfare_card"):
        said.append(_("holds the state welfare card"))
    if facts.get("national_id_status") in ("check_failed", "malformed"):
        said.append(_("national ID needs checking"))
    return said


def sentences_on_household(
    facts: Mapping[str, Any], *, areas: Mapping[str, Any], sides: ProblemSides, sensitive: bool
) -> list[str]:
    """What a claim says about the household itself."""
    said = []
    if facts.get("house_no"):
        said.append(_("house %(number)s") % {"number": facts["house_no"]})
    if facts.get("area") in areas:
        said.append(areas[facts["area"]].full_name)
    if facts.get("presence"):
        label = dict(Presence.choices).get(facts["presence"], facts["presence"])
        said.append(f"{label} {shown_date(facts.get('presence_on'))}".strip())
    if facts.get("found_in_field"):
        said.append(_("found in the field, on no list yet"))
    if facts.get("indicators"):
        said += _indicators(facts["indicators"], sides=sides, sensitive=sensitive)
    dimensions = tpmap_dimensions.load().dimensions
    if failed := [in_language(d).lower() for d in dimensions if facts.get(f"fails_{d.code}")]:
        said.append(_("in need of help with: %(sides)s") % {"sides": ", ".join(failed)})
    if facts.get("capitals"):
        said.append(_("answered the questions on the five capitals"))
    if facts.get("household_size"):
        said.append(_("%(count)s members named") % {"count": facts["household_size"]})
    if facts.get("latitude") is not None and facts.get("longitude") is not None:
        said.append(_("gives a point on the map"))
    for name in TEXT_FACTS:
        if facts.get(name):
            closed = not sensitive and sides.is_sensitive_text(str(facts[name]))
            said.append(_("sensitive information, closed") if closed else f"“{facts[name]}”")
    return said


def _indicators(
    indicators: Mapping[str, Any], *, sides: ProblemSides, sensitive: bool
) -> list[str]:
    asked = [name for name, value in indicators.items() if value is not None]
    failed = [name for name in asked if not indicators[name]]
    known = {i.column: i for i in bmn.load().indicators}
    shown = [n for n in failed if n in known and (sensitive or not sides.problems[n].sensitive)]
    said = [
        ngettext(
            "%(passed)s of %(asked)s indicator passed",
            "%(passed)s of %(asked)s indicators passed",
            len(asked),
        )
        % {"passed": len(asked) - len(failed), "asked": len(asked)}
    ]
    said += [in_language(sides.problems[name]) for name in shown]
    if len(shown) < len(failed):
        said.append(_("sensitive information, closed"))
    return said


def list_name(version: SourceVersion) -> str:
    """A list with its year, the year once."""
    name, year = version.source.name, str(version.year_be)
    return name if year in name else f"{name} {year}"


SHORT_NAMES: dict[str, str | Promise] = {
    Kind.TPMAP: gettext_lazy("TPMAP"),
    Kind.BMN: gettext_lazy("BMN survey"),
    Kind.PPP: gettext_lazy("five capitals"),
    Kind.COMMUNITY: gettext_lazy("community survey"),
    Kind.FIELD: gettext_lazy("field check"),
}


def short_list_name(version: SourceVersion) -> str:
    """The kind of list and its year, for narrow places where the full name stands elsewhere."""
    return f"{SHORT_NAMES[version.source.kind]} {version.year_be}"
