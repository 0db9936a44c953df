"""How complete, valid and fresh each list is; by version of the same list, and by area."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import may
from kaejon.apps.areas.models import Level
from kaejon.apps.coverage.quality import ROWS, Quality, quality_of
from kaejon.apps.dashboards.queries import CODE_LENGTH_BELOW
from kaejon.web.picture.asking import Cell, Question, Table, plain, words
from kaejon.web.templatetags.kaejon_ui import percent, thai_number

# Shares shown: sort key, field, whether the usable share is meant
SHARES = (
    ("national_id", "national_id", True),
    ("birth_day", "birth_date", True),
    ("birth", "birth_date", False),
    ("surname", "surname", False),
    ("house_no", "house_no", False),
    ("village", "village", False),
    ("coordinates", "coordinates", False),
)


def labels() -> dict[str, str]:
    return {
        "rows": _("Rows"),
        "rejected": _("Rejected"),
        "waiting": _("Waiting for a decision"),
        "age": _("Age (years)"),
        "national_id": _("Valid national ID"),
        "birth_day": _("Full birth date"),
        "birth": _("Birth year or age at least"),
        "surname": _("Surname"),
        "house_no": _("House number"),
        "village": _("Village known"),
        "coordinates": _("Coordinates"),
    }


def sort_value(quality: Quality, key: str) -> float:
    """What a table is sorted by."""
    for name, field, valid in SHARES:
        if name == key:
            return share(quality, field, valid=valid) or 0.0
    values = {
        "rejected": quality.rejected,
        "waiting": quality.waiting,
        "age": quality.age(timezone.localdate()),
    }
    return float(values.get(key, quality.rows[ROWS]))


def share(quality: Quality, field: str, *, valid: bool) -> float | None:
    """Share of the rows taken in whose field is filled, or fit for use; None without rows."""
    part = quality.valid[field] if valid else quality.filled[field]
    return part / quality.rows[field] if quality.rows[field] else None


def columns(question: Question, first: str, anchor: str) -> list[dict[str, Any]]:
    return [
        {"label": first},
        *(
            {
                "label": label,
                "numeric": True,
                "sort_url": question.address(sort=key) + anchor,
                "sorted": "desc" if question.sort == key else "",
            }
            for key, label in labels().items()
        ),
    ]


def cells(
    question: Question, quality: Quality, before: Quality | None = None, waiting_at: str = ""
) -> list[Cell]:
    """Figures of one list; `before`: the version it is compared with; `waiting_at`: where rows are decided."""
    rows = quality.rows[ROWS]
    return [
        counted(question, rows),
        counted(question, quality.rejected),
        counted(question, quality.waiting) | {"url": waiting_at if quality.waiting else ""},
        plain(quality.age(timezone.localdate()), 1),
        *(share_cell(question, quality, before, field, valid) for _key, field, valid in SHARES),
    ]


def counted(question: Question, number: int) -> Cell:
    return {"text": question.sight.text(number), "value": question.sight.value(number), "url": ""}


def share_cell(
    question: Question, quality: Quality, before: Quality | None, field: str, valid: bool
) -> Cell:
    """A share, with how many points it rose or fell since the version before."""
    value = share(quality, field, valid=valid)
    text = percent(value, 1 if question.exact else 0)
    earlier = share(before, field, valid=valid) if before else None
    if value is not None and earlier is not None:
        points = round(100 * (value - earlier), 1)
        text += f" ({'+' if points >= 0 else ''}{thai_number(points, 1)})"
    return {"text": text, "url": "", "value": value}


def by_version(question: Question, user: User) -> Table:
    """One row a version of each list, the newest of each first, with the change since the one before."""
    found = list(quality_of(question.sight.scope, question.area.code).values())
    found.sort(
        key=lambda q: (
            q.version.source.rank,
            q.version.source.code,
            -q.version.year_be,
            -q.version.round,
        )
    )
    before = {
        id(q): later
        for q, later in itertools.pairwise(found)
        if later.version.source_id == q.version.source_id
    }
    ordered: Sequence[Quality] = found
    if question.sort:
        ordered = sorted(found, key=lambda q: -sort_value(q, question.sort))
    table = Table(
        _("How complete, valid and fresh each list is"),
        columns(question, _("List"), ""),
        note=_("In brackets: points more or less than the version before."),
    )
    waiting_at = reverse("review_list") if may(user, Permission.IMPORT_LISTS) else ""
    for quality in ordered:
        name = f"{quality.version.source.name} {quality.version.year_be}"
        table.add(
            words(name, batch_address(quality, user)),
            *cells(question, quality, before.get(id(quality)), waiting_at),
        )
    return table


def batch_address(quality: Quality, user: User) -> str:
    """Where the rows of the list are mended: its newest file, for those who work with lists there."""
    batch = max(quality.batches, key=lambda b: b.pk)
    if not may(user, Permission.IMPORT_LISTS, batch.area_id):
        return ""
    return reverse("batch_page", args=[batch.public_id])


def by_part(question: Question) -> Table | None:
    """One row for each area below, of the list chosen."""
    column = question.column
    length = CODE_LENGTH_BELOW[Level(question.area.level)]
    if column is None or length > 6:
        return None
    found = quality_of(question.sight.scope, question.area.code, length)
    rows = [(code, q) for (version, code), q in found.items() if version == column.version.pk]
    if len(rows) < 2:
        return None
    rows.sort(key=lambda row: row[0])
    if question.sort:
        rows.sort(key=lambda row: -sort_value(row[1], question.sort))
    table = Table(
        _("%(list)s, by area") % {"list": f"{column.name} {column.version.year_be}"},
        columns(question, question.part_word, "#parts"),
    )
    for code, quality in rows:
        url = question.address(area=code) if code in question.part_names else ""
        table.add(words(question.part_names.get(code, code), url), *cells(question, quality))
    return table
