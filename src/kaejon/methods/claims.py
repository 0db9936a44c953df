"""From dated claims to a present value, and the disagreements that remain visible.

The rule, in order: a field check wins; then the later date; then the source with
the lower rank; then the claim made last. A blank never wins over a value. The
losing values are kept and shown as conflicts when they truly differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kaejon.methods.thai.names import fold

# Facts whose disagreement an officer should see; others (phone, age …) may change freely.
COMPARED = ("name", "birth_date", "sex", "area", "house_no")
PLACE = ("area", "house_no")


@dataclass(frozen=True)
class Claim:
    """What one list version (or field check) says. `order` breaks ties: the later claim wins."""

    facts: Mapping[str, Any]
    as_of: date
    rank: int
    order: int
    field_check: bool = False
    source: str = ""
    tag: Any = None


@dataclass(frozen=True)
class Conflict:
    """One fact on which live claims disagree; `values` are (value, claim), the winner first."""

    fact: str
    values: tuple[tuple[Any, Claim], ...] = field(default=())


def by_precedence(claims: Iterable[Claim]) -> list[Claim]:
    """Claims from the one that wins to the one that loses."""
    held = list(claims)
    if len(held) > 1:
        held.sort(key=lambda c: (not c.field_check, -c.as_of.toordinal(), c.rank, -c.order))
    return held


def present(claims: Iterable[Claim]) -> dict[str, Any]:
    """The present value of every fact: the first non-blank value in order of precedence.

    A year-only birth date gives way to a full date of a losing claim in the same
    year, because it says the same and more; a field check gives way to nothing,
    because lists write 1 January for a day nobody knows. Name parts come from one
    claim, never mixed from two.
    """
    ordered = by_precedence(claims)
    values: dict[str, Any] = {}
    for claim in ordered:
        for fact, value in claim.facts.items():
            if value not in (None, "") and fact not in values:
                values[fact] = value
    values.update(_names_together(ordered))
    values.update(_best_birth_date(ordered))
    return values


def _names_together(ordered: Sequence[Claim]) -> dict[str, Any]:
    for claim in ordered:
        if claim.facts.get("first_name"):
            return {
                name: claim.facts.get(name, "")
                for name in ("title", "first_name", "last_name", "name_key")
            }
    return {}


def _best_birth_date(ordered: Sequence[Claim]) -> dict[str, Any]:
    claims = [c for c in ordered if c.facts.get("birth_date")]
    if not claims:
        return {}
    dated = [c.facts for c in claims]
    winner = dated[0]
    if winner.get("birth_precision") != "day" and not claims[0].field_check:
        year = winner["birth_date"][:4]
        for facts in dated[1:]:
            if facts.get("birth_precision") == "day" and facts["birth_date"][:4] == year:
                winner = facts
                break
    return {
        "birth_date": winner["birth_date"],
        "birth_precision": winner.get("birth_precision", "day"),
    }


def conflicts(claims: Iterable[Claim]) -> list[Conflict]:
    """Facts on which the latest claims of different sources truly differ.

    Only the latest claim of each source counts: a list that corrected itself does
    not disagree with itself. A field check settles the facts it states.
    """
    ordered = by_precedence(latest_of_each_source(claims))
    found = []
    for fact in COMPARED:
        stated = [(comparable(fact, c.facts), c) for c in ordered]
        stated = [(value, claim) for value, claim in stated if value not in (None, "")]
        if not stated or stated[0][1].field_check:
            continue
        if any(differs(fact, stated[0][0], value) for value, _ in stated[1:]):
            found.append(Conflict(fact, tuple((shown(fact, c.facts), c) for _, c in stated)))
    return found


def place_conflicts(claims: Iterable[Claim], home: Claim | None) -> list[Conflict]:
    """Where the latest lists say that a member lives elsewhere than the household does.

    Input: the member's claims, and the claim that says where the household lives. A list names a
    place of the member's own only when it differs from the household's. A field check settles it.
    """
    if home is None:
        return []
    ordered = by_precedence(latest_of_each_source(claims))
    found = []
    for fact in PLACE:
        stated = [c for c in ordered if c.facts.get(fact) not in (None, "")]
        here = home.facts.get(fact)
        if not stated or stated[0].field_check or here in (None, ""):
            continue
        others = tuple((c.facts[fact], c) for c in stated if differs(fact, here, c.facts[fact]))
        if others:
            found.append(Conflict(fact, ((here, home), *others)))
    return found


def latest_of_each_source(claims: Iterable[Claim]) -> list[Claim]:
    """The newest claim of every source; field checks all count."""
    newest: dict[str, Claim] = {}
    checks = []
    for claim in claims:
        if claim.field_check:
            checks.append(claim)
            continue
        held = newest.get(claim.source)
        if held is None or (claim.as_of, claim.order) > (held.as_of, held.order):
            newest[claim.source] = claim
    return [*checks, *newest.values()]


def comparable(fact: str, facts: Mapping[str, Any]) -> Any:
    """The form of a fact in which two claims are compared."""
    if fact == "name":
        return facts.get("name_key") or ""
    if fact == "birth_date":
        born = facts.get("birth_date") or ""
        return (born, facts.get("birth_precision", "day")) if born else None
    return facts.get(fact)


def differs(fact: str, one: Any, other: Any) -> bool:
    """True when two stated values cannot both be right."""
    if fact == "name":
        return bool(fold(one) != fold(other))
    if fact == "birth_date":
        (a, precision_a), (b, precision_b) = one, other
        if precision_a == precision_b == "day":
            return bool(a != b)
        if "year" in (precision_a, precision_b):
            # A year worked out from an age may be one off.
            return abs(int(a[:4]) - int(b[:4])) > 1
        return bool(a[:7] != b[:7])
    if fact == "area":
        return not (str(one).startswith(str(other)) or str(other).startswith(str(one)))
    return bool(one != other)


def shown(fact: str, facts: Mapping[str, Any]) -> Any:
    """The value as a person reads it."""
    if fact == "name":
        return f"{facts.get('title', '')}{facts.get('first_name', '')} {facts.get('last_name', '')}".strip()
    return facts.get(fact)
