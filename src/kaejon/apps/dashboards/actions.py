"""Keep the counts per village true."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Avg, Count, Q, Sum

from kaejon.apps.dashboards.models import VillageTally
from kaejon.apps.households.models import CAPITALS, Household, Presence
from kaejon.apps.surveys.worklists import due

MEASURES = (*CAPITALS, "overall")
CHUNK = 400


def tally_areas(codes: Collection[str]) -> None:
    """Count households, people, levels and target poor of each area code again (one row a code)."""
    ordered = sorted(codes)
    for start in range(0, len(ordered), CHUNK):
        tally_chunk(ordered[start : start + CHUNK])


def tally_chunk(codes: list[str]) -> None:
    present = Household.objects.filter(area__in=codes).exclude(presence=Presence.DISSOLVED)
    surveyed = Q(surveyed_on__isnull=False)
    counts = (
        present.values("area")
        .annotate(
            households=Count("pk"),
            persons=Sum("members"),
            surveyed_households=Count("pk", filter=surveyed),
            surveyed_persons=Sum("members", filter=surveyed),
            bmn_poor_households=Count("pk", filter=Q(bmn_poor=True)),
            target_poor_households=Count("pk", filter=Q(target_poor_members__gt=0)),
            target_poor_persons=Sum("target_poor_members"),
            in_conflict=Count("pk", filter=Q(conflicts__gt=0)),
            waiting=Count("pk", filter=due() & Q(verified_year=None)),
            latitude=Avg("house__latitude"),
            longitude=Avg("house__longitude"),
        )
        .order_by("area")
    )
    levels, checks = count_levels(codes), count_checks(codes)
    rows = [tally_of(row, levels[row["area"]], checks[row["area"]]) for row in counts]
    VillageTally.objects.filter(area__in=codes).exclude(area__in=[r.area_id for r in rows]).delete()
    VillageTally.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["area"],
        update_fields=[f.name for f in VillageTally._meta.concrete_fields if not f.primary_key],
    )


def tally_of(
    row: Mapping[str, Any], levels: dict[str, dict[str, int]], years: dict[str, dict[str, int]]
) -> VillageTally:
    values = {
        name: value or 0
        for name, value in row.items()
        if name not in ("area", "in_conflict", "waiting", "latitude", "longitude")
    }
    verified: Counter[str] = Counter()
    for outcomes in years.values():
        verified.update({name: n for name, n in outcomes.items() if name != "present"})
    return VillageTally(
        area_id=row["area"],
        conflicts=row["in_conflict"],
        latitude=row["latitude"],
        longitude=row["longitude"],
        levels=levels,
        verified=verified,
        checks={"waiting": row["waiting"], "years": years},
        **values,
    )


def count_levels(codes: list[str]) -> dict[str, dict[str, dict[str, int]]]:
    """Households by area, measure and level."""
    found: dict[str, dict[str, dict[str, int]]] = defaultdict(
        lambda: {measure: {str(level): 0 for level in (1, 2, 3, 4)} for measure in MEASURES}
    )
    for measure in MEASURES:
        field = f"{measure}_level"
        rows = (
            Household.objects.filter(area__in=codes, **{f"{field}__isnull": False})
            .exclude(presence=Presence.DISSOLVED)
            .values_list("area", field)
            .annotate(count=Count("pk"))
            .order_by("area", field)
        )
        for area, level, count in rows:
            found[area][measure][str(level)] = count
    return found


def count_checks(codes: list[str]) -> dict[str, dict[str, dict[str, int]]]:
    """Checked households by area, list year and outcome, with "present" for those still there."""
    found: dict[str, dict[str, dict[str, int]]] = defaultdict(dict)
    rows = (
        Household.objects.filter(area__in=codes, verified_year__isnull=False)
        .values_list("area", "verified_year", "verified")
        .annotate(count=Count("pk"), here=Count("pk", filter=~Q(presence=Presence.DISSOLVED)))
        .order_by("area", "verified_year", "verified")
    )
    for area, year, outcome, count, here in rows:
        of_year = found[area].setdefault(str(year), {"present": 0})
        of_year[outcome] = count
        of_year["present"] += here
    return found
