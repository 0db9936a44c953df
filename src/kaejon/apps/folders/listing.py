"""Lists of households: what may be asked of them, in which order they come.

A filter never widens what the actor may see: every list starts from the actor's scope.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from django.db.models import F, IntegerField, Q, QuerySet
from django.db.models.expressions import Func

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import scope_of
from kaejon.apps.areas.models import WHOLE_SYSTEM
from kaejon.apps.coverage.queries import COUNTED, STATE_OF, STATES, Asked, lists_of
from kaejon.apps.households.models import CAPITALS, Household, Presence, Verified
from kaejon.apps.households.queries import in_scope
from kaejon.apps.measurement.problems import is_problem, is_sensitive
from kaejon.methods.dropping_out import Gate
from kaejon.methods.errors import DataError

MEASURES = ("overall", *CAPITALS)
# level choice → condition on a level column
LEVEL_CHOICES = ("1", "2", "3", "4", "low", "known", "none")
# What checks found: an outcome; "poor" in need whether listed or missed, "gone" whatever says
# that there is no such household any more, "none" not checked
VERIFIED_CHOICES = (*Verified.values, *STATES)
LIST_CODES = re.compile(r"^[\w-]+(,[\w-]+)*\Z", re.ASCII)
LIST_YEAR = re.compile(r"^2[5-6]\d\d\Z", re.ASCII)
SORTS = ("address", "head", "level", "newest")
TITLE = re.compile(r"(?:นางสาว|นาง|นาย|น\.ส\.|ด\.ช\.|ด\.ญ\.|เด็กชาย|เด็กหญิง) *")
LEADING_VOWEL = re.compile("([เแโใไ])([ก-ฮ])")


@dataclass(frozen=True)
class Filters:
    """What is asked of a list of households; empty values ask nothing.

    `level` "low" is level 1 or 2, "known" any level, "none" not surveyed; `measure`
    names the capital or "overall" and means nothing without a level. `presence`
    empty: all but households that no longer exist, unless their outcome is asked for.
    `problem` is a code of `measurement.problems`.
    `on`, `not_on`: codes of lists, with commas, that name the household as poor (with
    `held`: that hold it at all), as the lists stood at the end of `list_year`, or now.
    `gate`: where it was lost on the way to the target poor.
    """

    area: str = ""
    measure: str = "overall"
    level: str = ""
    target: bool = False
    bmn: bool = False
    conflicts: bool = False
    presence: str = ""
    verified: str = ""
    problem: str = ""
    on: str = ""
    not_on: str = ""
    list_year: str = ""
    held: bool = False
    gate: str = ""

    def __post_init__(self) -> None:
        if self.measure not in MEASURES or self.level not in ("", *LEVEL_CHOICES):
            raise DataError("unknown_filter", f"no such level: {self.measure} {self.level}")
        if self.presence not in ("", *Presence.values):
            raise DataError("unknown_filter", f"no such presence: {self.presence}")
        if self.verified not in ("", *VERIFIED_CHOICES):
            raise DataError("unknown_filter", f"no such outcome of a check: {self.verified}")
        if self.problem and not is_problem(self.problem):
            raise DataError("unknown_filter", f"no such problem: {self.problem}")
        if not all(LIST_CODES.fullmatch(codes) for codes in (self.on, self.not_on) if codes):
            raise DataError("unknown_filter", f"no such lists: {self.on} {self.not_on}")
        if self.list_year and not LIST_YEAR.fullmatch(self.list_year):
            raise DataError("unknown_filter", f"no such list year: {self.list_year}")
        if self.gate not in ("", *Gate):
            raise DataError("unknown_filter", f"no such gate: {self.gate}")

    def as_dict(self) -> dict[str, Any]:
        """The filters as a JSON-ready document."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Filters:
        """The filters of a document written by `as_dict`."""
        return cls(**{f.name: values[f.name] for f in fields(cls) if f.name in values})

    def condition(self) -> Q:
        """The filters, all but the area, as a condition on households."""
        condition = ~Q(presence=Presence.DISSOLVED)
        if self.presence or self.verified not in ("", "none"):
            condition = Q(presence=self.presence) if self.presence else Q()
        elif self.asks_lists and not self.verified:
            condition = COUNTED
        if self.target:
            condition &= Q(target_poor_members__gt=0)
        if self.bmn:
            condition &= Q(bmn_poor=True)
        if self.conflicts:
            condition &= Q(conflicts__gt=0)
        if self.verified:
            condition &= Q(verified__in=self.outcomes())
        if self.problem:
            condition &= Q(problems__contains=f" {self.problem} ")
        if self.asks_lists:
            condition &= Q(list_standing__combination__in=self.combinations())
        if self.gate:
            condition &= Q(list_standing__gate=self.gate)
        return condition & self.level_condition()

    def outcomes(self) -> list[str]:
        """The outcomes asked for; the empty one stands for "not checked"."""
        of_state = [outcome for outcome, state in STATE_OF.items() if state == self.verified]
        return of_state or [self.verified] if self.verified else []

    @property
    def asks_lists(self) -> bool:
        return bool(self.on or self.not_on or self.gate)

    def combinations(self) -> list[int]:
        """The sets of lists asked for."""
        lists = lists_of(Asked(int(self.list_year or 0), self.held))
        return lists.combinations(codes_of(self.on), codes_of(self.not_on))

    def level_condition(self) -> Q:
        if not self.level:
            return Q()
        column = f"{self.measure}_level"
        if self.level in ("known", "none"):
            known = "surveyed_on" if self.measure == "overall" else column
            return Q(**{f"{known}__isnull": self.level == "none"})
        if self.level == "low":
            return Q(**{f"{column}__lte": 2})
        return Q(**{column: int(self.level)})


def codes_of(text: str) -> list[str]:
    return text.split(",") if text else []


def listed(
    actor: User, filters: Filters, permission: Permission = Permission.SEE_HOUSEHOLDS
) -> QuerySet[Household]:
    """The households the actor may see (or export) that answer to the filters.

    Which households have a sensitive problem is told only where the actor may see that.
    """
    inside = filters.area or WHOLE_SYSTEM
    scope = scope_of(actor, permission).inside(inside)
    rows = Household.objects.filter(in_scope(scope, "area_id", "pk"), filters.condition())
    if filters.problem and is_sensitive(filters.problem):
        rows = rows.filter(
            in_scope(scope_of(actor, Permission.SEE_SENSITIVE).inside(inside), "area_id", "pk")
        )
    return rows


class HouseNumber(Func):
    """The digits at the beginning of a house number as a number, so that 9 comes before 10."""

    output_field = IntegerField()
    template = "CAST(%(expressions)s AS INTEGER)"

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(
            compiler,
            connection,
            template="CAST(COALESCE(SUBSTRING(%(expressions)s FROM '^[0-9]{1,9}'), '0') AS INTEGER)",
            **context,
        )


BY_ADDRESS = ("area_id", HouseNumber("house_no"), "house_no", "pk")


def in_order(rows: QuerySet[Household], sort: str) -> QuerySet[Household]:
    """The list by address, by level (lowest first) or by newest survey, then by address."""
    if sort == "level":
        return rows.order_by(F("overall_level").asc(nulls_last=True), *BY_ADDRESS)
    if sort == "newest":
        return rows.order_by(F("surveyed_on").desc(nulls_last=True), *BY_ADDRESS)
    return rows.order_by(*BY_ADDRESS)


def keys_by_head(rows: QuerySet[Household]) -> list[int]:
    """Primary keys in the Thai alphabetical order of the head's name, titles left aside.

    Reads the whole list, so it is for short lists. A household
    without a known head comes last.
    """
    found = rows.order_by().values_list("head_name", "pk")
    return [pk for _, pk in sorted(found, key=lambda row: (not row[0], thai_order(row[0]), row[1]))]


def thai_order(name: str) -> str:
    """A key that sorts Thai names as a dictionary does: titles and leading vowels do not count first."""
    title = TITLE.match(name)
    bare = name[title.end() :] if title else name
    return LEADING_VOWEL.sub(r"\2\1", bare)


def in_this_order(keys: Sequence[int]) -> list[Household]:
    """The households of these primary keys in the order of the keys."""
    found = Household.objects.in_bulk(list(keys))
    return [found[key] for key in keys if key in found]
