"""What the registry finds about a row, written onto the row."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kaejon.apps.sources.matching import Match, codes_of
from kaejon.apps.sources.models import SourceRecord


def issue(code: str, severity: str, *, value: str = "", **params: str) -> dict[str, Any]:
    """An objection found by the registry rather than by the reader of the file."""
    return {
        "code": code,
        "field": "",
        "column": "",
        "value": value,
        "severity": severity,
        "params": params,
    }


FOUND = ("outcome", "rule", "candidates", "issues", "person_id", "household_id")


def note_outcomes(records: Iterable[SourceRecord], matches: dict[int, Match]) -> list[SourceRecord]:
    """Set what the comparison found on the records; returns those that held something else."""
    changed = []
    for record in records:
        match = matches[record.pk]
        flags = [issue(flag, "flag") for flag in match.flags if flag not in codes_of(record)]
        found = (
            match.outcome,
            match.rule,
            match.candidates,
            record.issues + flags,
            match.person,
            match.household,
        )
        if found != tuple(getattr(record, name) for name in FOUND):
            for name, value in zip(FOUND, found, strict=True):
                setattr(record, name, value)
            changed.append(record)
    return changed
