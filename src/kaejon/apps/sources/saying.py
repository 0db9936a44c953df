"""What the rows of a list say about their household."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kaejon.apps.sources.models import SourceRecord

# Capital items with codes that begin so are asked of every member.
PERSON_ITEMS = "human"


def address_of(record: SourceRecord) -> tuple[str, str]:
    """(area code, house number) of a row."""
    return record.area_code, record.facts["household"].get("house_no", "")


def address_facts(record: SourceRecord) -> dict[str, Any]:
    """The address of a row as claimed of its person, who is known to live elsewhere."""
    area, house_no = address_of(record)
    return {"area": area, "house_no": house_no}


def household_facts(rows: Sequence[SourceRecord]) -> dict[str, Any]:
    """What the rows of one group claim about their household.

    An indicator failed on any row is failed (TPMAP's propagation); of other facts
    the first stated value counts.
    """
    facts: dict[str, Any] = {}
    indicators: dict[str, int | None] = {}
    capitals: dict[str, str | None] = {}
    for record in rows:
        place, answers = record.facts["household"], record.facts["answers"]
        stated = {k: place[k] for k in ("house_code", "latitude", "longitude") if k in place}
        for name, value in (stated | answers["other"]).items():
            facts.setdefault(name, value)
        for name, value in answers["indicators"].items():
            # A failed one (0) stands; a passed one stands against "does not apply".
            if (value is not None and indicators.get(name) != 0) or name not in indicators:
                indicators[name] = value
        for name, score in answers["capitals"].items():
            if not name.startswith(PERSON_ITEMS) and capitals.get(name) is None:
                capitals[name] = score
    facts["area"], facts["house_no"] = address_of(rows[0])
    if any(v is not None for v in indicators.values()):
        facts["indicators"] = indicators
    if any(v is not None for v in capitals.values()):
        facts["capitals"] = capitals
    return facts
