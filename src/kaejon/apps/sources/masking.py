"""Hide national IDs in text that was received, whatever their spelling."""

from __future__ import annotations

import re
from typing import Any

from kaejon.methods.thai import national_id

# Thirteen digits, Arabic or Thai, with the separators people write between them. A number is
# recognised inside a longer cell; runs of another length (telephone, house code) are kept.
NATIONAL_ID = re.compile(r"(?<![0-9๐-๙])[0-9๐-๙](?:[\s.\-–—]?[0-9๐-๙]){12}(?![0-9๐-๙])")
SHOWN = 4
ID_FIELD = "national_id"


# Keys of lists and houses, which may have thirteen digits too.
KEYS = frozenset({"household_ref", "house_code", "village_code", "tambon_code", "group"})


def masked(value: Any) -> Any:
    """A text, or the texts of a document, with their valid national IDs masked; keys of lists stay."""
    if isinstance(value, str):
        return national_id.masked_in(value) if len(value) >= national_id.LENGTH else value
    if isinstance(value, dict):
        return {key: inner if key in KEYS else masked(inner) for key, inner in value.items()}
    return [masked(inner) for inner in value] if isinstance(value, list) else value


def hide_ids(text: str) -> str:
    """The text with every 13-digit number reduced to its last four digits."""
    return NATIONAL_ID.sub(lambda found: hidden(found[0]), text)


def hidden(text: str) -> str:
    """Only the last four digits stay; the rest become x, separators as they were."""
    digits = sum(c.isdecimal() for c in text)
    kept, out = digits - SHOWN, []
    for c in text:
        if c.isdecimal():
            out.append("x" if kept > 0 else c)
            kept -= 1
        else:
            out.append(c)
    return "".join(out)


def issue_value(issue: dict[str, Any]) -> str:
    """The value an issue speaks of, fit for a page: a number meant as a national ID is hidden also when malformed."""
    value = str(issue.get("value", ""))
    return hidden(value) if issue.get("field") == ID_FIELD else hide_ids(value)
