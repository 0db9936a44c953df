"""Where a row lives: official codes, abolished codes, names, and contradictions between them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal, Protocol

import geothai
from geothai.abolished import abolished_areas, match_abolished

from kaejon.methods.thai.addresses import read_area_code

AreaStatus = Literal["current", "abolished", "unknown"]
NAME_PREFIXES = ("ตำบล", "แขวง", "ต.")


@dataclass(frozen=True)
class AreaHit:
    """One area code looked up. `successor` is the code that took over an abolished one."""

    code: str
    name: str
    status: AreaStatus
    successor: str | None = None


class AreaBook(Protocol):
    """The area codes a list is checked against."""

    def village(self, code: str) -> AreaHit:
        """The village of an 8-digit code."""
        ...

    def tambon(self, code: str) -> AreaHit:
        """The tambon of a 6-digit code."""
        ...

    def find_tambon(
        self, province_name: str, district_name: str, tambon_name: str
    ) -> AreaHit | None:
        """The tambon of three names, or None when no tambon, or more than one, bears them."""
        ...


class OfficialBook:
    """Area book of the official codes.

    A village is known when its tambon is: villages come with the lists.
    """

    def village(self, code: str) -> AreaHit:
        """The village of an 8-digit code, with the status of its tambon."""
        tambon = self.tambon(code[:6])
        successor = tambon.successor + code[6:] if tambon.successor else None
        return AreaHit(code, "", tambon.status, successor)

    def tambon(self, code: str) -> AreaHit:
        """The tambon of a 6-digit code."""
        area = geothai.subdistrict(code)
        if area is not None:
            return AreaHit(code, area.name_th, "current")
        if code in _abolished_names():
            name, successor = _abolished_names()[code]
            return AreaHit(code, name, "abolished", successor)
        return AreaHit(code, "", "unknown")

    def find_tambon(
        self, province_name: str, district_name: str, tambon_name: str
    ) -> AreaHit | None:
        """The tambon of three names, current first, else abolished."""
        names = {"district": district_name or None, "province": province_name or None}
        found = geothai.match(tambon_name, **names)
        if len(found) == 1:
            return self.tambon(found[0].subdistrict.code)
        gone = [] if found else match_abolished(tambon_name, **names)
        return self.tambon(gone[0].code) if len(gone) == 1 else None


@cache
def _abolished_names() -> dict[str, tuple[str, str | None]]:
    return {
        area.code: (area.name_th, area.successors[0] if len(area.successors) == 1 else None)
        for area in abolished_areas()
    }


@dataclass(frozen=True)
class AreaText:
    """The area cells of one row, as text."""

    village_code: str
    tambon_code: str
    tambon_name: str
    district_name: str
    province_name: str
    moo: int | None


@dataclass(frozen=True)
class AreaProblem:
    """One objection to an area: the field it concerns, the message code, its parameters."""

    field: str
    code: str
    severity: Literal["reject", "flag"]
    params: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class ResolvedArea:
    """The codes a row is placed at; empty where it cannot be placed."""

    village_code: str = ""
    tambon_code: str = ""
    tambon_name: str = ""
    problems: tuple[AreaProblem, ...] = ()


def resolve(text: AreaText, book: AreaBook) -> ResolvedArea:
    """Place a row.

    A village code decides, then a tambon code, then the names; the moo makes the village of a
    tambon when the book knows it. Codes that contradict each other are rejected, because the
    row would show in the wrong tambon.
    """
    village, tambon = read_area_code(text.village_code), read_area_code(text.tambon_code)
    for field, raw, code in (
        ("village_code", text.village_code, village),
        ("tambon_code", text.tambon_code, tambon),
    ):
        if raw and (code is None or len(code) < 6):
            return _refused(field, "AREA_CODE_MALFORMED")
    if village and len(village) == 6:
        village, tambon = None, tambon or village
    if tambon and len(tambon) == 8:
        village, tambon = village or tambon, tambon[:6]
    if village and tambon and village[:6] != tambon:
        return _refused("village_code", "AREA_CODES_DISAGREE", village=village, tambon=tambon)
    if village:
        return _at_village(village, text, book)
    if tambon:
        return _at_tambon(book.tambon(tambon), "tambon_code", text, book)
    return _by_names(text, book)


def _refused(field: str, code: str, /, **params: str) -> ResolvedArea:
    problem = AreaProblem(field, code, "reject", tuple(params.items()))
    return ResolvedArea(problems=(problem,))


def _not_current(field: str, hit: AreaHit) -> ResolvedArea:
    if hit.status == "unknown":
        return _refused(field, "AREA_UNKNOWN", area=hit.code)
    if hit.successor is None:
        return _refused(field, "AREA_ABOLISHED", area=hit.code, name=hit.name)
    return _refused(field, "AREA_REPLACED", area=hit.code, name=hit.name, successor=hit.successor)


def _at_village(code: str, text: AreaText, book: AreaBook) -> ResolvedArea:
    tambon = book.tambon(code[:6])
    hit = book.village(code)
    for found in (hit, tambon):
        if found.status != "current":
            return _not_current("village_code", found)
    return ResolvedArea(code, tambon.code, tambon.name, _name_problem(tambon, text))


def _at_tambon(hit: AreaHit, field: str, text: AreaText, book: AreaBook) -> ResolvedArea:
    if hit.status != "current":
        return _not_current(field, hit)
    problems = _name_problem(hit, text)
    village = ""
    if text.moo and text.moo <= 99:
        found = book.village(f"{hit.code}{text.moo:02}")
        village = found.code if found.status == "current" else ""
        if not village:
            params = (("area", found.code), ("name", hit.name))
            problems = (*problems, AreaProblem("moo", "VILLAGE_UNKNOWN", "flag", params))
    return ResolvedArea(village, hit.code, hit.name, problems)


def _name_problem(hit: AreaHit, text: AreaText) -> tuple[AreaProblem, ...]:
    written = _bare(text.tambon_name)
    if not written or not hit.name or written == _bare(hit.name):
        return ()
    params = (("area", hit.code), ("name", hit.name))
    return (AreaProblem("tambon_name", "AREA_NAME_DIFFERS", "flag", params),)


def _bare(name: str) -> str:
    for prefix in NAME_PREFIXES:
        name = name.removeprefix(prefix).strip()
    return name


def _by_names(text: AreaText, book: AreaBook) -> ResolvedArea:
    if not text.tambon_name:
        return _refused("tambon_code", "AREA_MISSING")
    hit = book.find_tambon(text.province_name, text.district_name, text.tambon_name)
    if hit is None:
        place = " ".join(filter(None, (text.tambon_name, text.district_name, text.province_name)))
        return _refused("tambon_name", "AREA_NAME_UNKNOWN", place=place)
    return _at_tambon(hit, "tambon_name", text, book)
