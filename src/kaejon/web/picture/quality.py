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
from kaejon.apps.dashboards.queries import CODE_LENGTH_BELOW
from kaejon.apps.sources.models import SourceVersion
from kaejon.apps.statistics.quality import QualityShown, QualityView
from kaejon.methods.disclosure import Shown
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


def sort_value(shown: QualityShown, key: str) -> float:
    """What a table is sorted by: numbers as they are told."""
    for name, field, valid in SHARES:
        if name == key:
            return shown.share(field, valid=valid) or 0.0
    values = {
        "rejected": shown.rejected.estimate,
        "waiting": shown.waiting.estimate,
        "age": shown.quality.age(timezone.localdate()),
    }
    return float(values.get(key, shown.rows.estimate))


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
    question: Question,
    shown: QualityShown,
    before: QualityShown | None = None,
    waiting_at: str = "",
) -> list[Cell]:
    """Figures of one list; `before`: the version it is compared with; `waiting_at`: where rows are decided."""
    waits = "" if shown.waiting.is_none else waiting_at
    return [
        counted(question, shown.rows),
        counted(question, shown.rejected),
        counted(question, shown.waiting) | {"url": waits},
        plain(shown.quality.age(timezone.localdate()), 1),
        *(share_cell(question, shown, before, field, valid) for _key, field, valid in SHARES),
    ]


def counted(question: Question, number: Shown) -> Cell:
    return {"text": question.sight.text(number), "value": number.number, "url": ""}


def share_cell(
    question: Question, shown: QualityShown, before: QualityShown | None, field: str, valid: bool
) -> Cell:
    """A share, with how many points it rose or fell since the version before."""
    value = shown.share(field, valid=valid)
    text = percent(value, 1 if question.exact else 0)
    earlier = before.share(field, valid=valid) if before else None
    if value is not None and earlier is not None:
        points = round(100 * (value - earlier), 1)
        text += f" ({'+' if points >= 0 else ''}{thai_number(points, 1)})"
    return {"text": text, "url": "", "value": value}


def by_version(question: Question, user: User) -> Table:
    """One row a version of each list, the newest of each first, with the change since the one before."""
    found = list(QualityView(question.sight.reader, question.area.code).shown().values())
    found.sort(key=lambda shown: version_order(shown.quality.version))
    before = {
        id(q): later
        for q, later in itertools.pairwise(found)
        if later.quality.version.source_id == q.quality.version.source_id
    }
    ordered: Sequence[QualityShown] = found
    if question.sort:
        ordered = sorted(found, key=lambda q: -sort_value(q, question.sort))
    table = Table(
        _("How complete, valid and fresh each list is"),
        columns(question, _("List"), ""),
        note=_("In brackets: points more or less than the version before."),
    )
    waiting_at = reverse("review_list") if may(user, Permission.IMPORT_LISTS) else ""
    for shown in ordered:
        version = shown.quality.version
        table.add(
            words(f"{version.source.name} {version.year_be}", batch_address(shown, user)),
            *cells(question, shown, before.get(id(shown)), waiting_at),
        )
    return table


def version_order(version: SourceVersion) -> tuple[int, str, int, int]:
    """Lists by rank, the newest version of each first."""
    return version.source.rank, version.source.code, -version.year_be, -version.round


def batch_address(shown: QualityShown, user: User) -> str:
    """Where the rows of the list are mended: its newest file, for those who work with lists there."""
    batch = max(shown.quality.batches, key=lambda b: b.pk)
    if not may(user, Permission.IMPORT_LISTS, batch.area_id):
        return ""
    return reverse("batch_page", args=[batch.public_id])


def by_part(question: Question) -> Table | None:
    """One row for each area below, of the list chosen."""
    column = question.column
    length = CODE_LENGTH_BELOW[Level(question.area.level)]
    if column is None or length > 6:
        return None
    found = QualityView(question.sight.reader, question.area.code).shown(length)
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
