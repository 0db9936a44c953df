"""Keep the sums per village true from which means, problems and rounds of any area are told.

Keys, all with whole numbers that may be added:
  lives.SETTING            [households, people]; SETTING is inside, outside or empty (not stated)
  level.SETTING.MEASURE    [households, points, at level 1, 2, 3, 4] of the newest survey
  screened                 [households, people] with a basic-minimum-needs screen
  dimension.CODE           [households, people] failing a TPMAP dimension
  problem.CODE             [households, people, households hit in several ways]
  round.VERSION.MEASURE    as level, for each survey where a village was surveyed more than once
  screen.VERSION           [households, below basic needs], likewise
  move.VERSION.VERSION     [25 counts: from level 0-4 to level 0-4], 0 = not in that survey
Points are ten-thousandths of a score, so that sums stay exact.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from kaejon.apps.areas.models import Area
from kaejon.apps.areas.queries import within
from kaejon.apps.dashboards.models import TambonFigures, VillageFigures
from kaejon.apps.dashboards.rounds import figures_of_rounds
from kaejon.apps.households.models import CAPITALS, Household, Presence, Setting
from kaejon.methods.definitions import tpmap_dimensions

MEASURES = (*CAPITALS, "overall")
CHUNK = 400
LEVELS = (1, 2, 3, 4)
# A household fails in several ways from this number of TPMAP dimensions on
SEVERAL = 2
LOWEST = 1

Figures = dict[str, list[int]]


def figure_areas(codes: Collection[str]) -> None:
    """Add up each area code again, then the tambons around them, inside the caller's transaction.

    The tambons are locked first: of two changes in one tambon the second then sees the first.
    """
    ordered = sorted(codes)
    tambons = sorted({code[:6] for code in ordered if len(code) >= 6})
    TambonFigures.objects.bulk_create(
        [TambonFigures(area_id=code) for code in tambons], ignore_conflicts=True
    )
    for start in range(0, len(tambons), CHUNK):
        locked = TambonFigures.objects.filter(area__in=tambons[start : start + CHUNK])
        list(locked.select_for_update().order_by("area_id").values_list("pk"))
    for start in range(0, len(ordered), CHUNK):
        figure_villages(ordered[start : start + CHUNK])
    for tambon in tambons:
        rows = VillageFigures.objects.filter(within(tambon, "area_id"))
        TambonFigures.objects.filter(area=tambon).update(
            figures=added(rows.values_list("figures", flat=True))
        )


def figure_villages(codes: list[str]) -> None:
    present = Household.objects.filter(area__in=codes).exclude(presence=Presence.DISSOLVED)
    found: dict[str, Figures] = defaultdict(dict)
    add_standing(present, municipal(codes), found)
    add_problems(present, found)
    for area, figures in figures_of_rounds(present, codes).items():
        found[area].update(figures)
    VillageFigures.objects.filter(area__in=set(codes) - found.keys()).delete()
    VillageFigures.objects.bulk_create(
        [VillageFigures(area_id=area, figures=figures) for area, figures in found.items()],
        update_conflicts=True,
        unique_fields=["area"],
        update_fields=["figures"],
    )


def municipal(codes: list[str]) -> dict[str, str]:
    """Village → setting, where the official list of areas tells it."""
    rows = Area.objects.filter(code__in=codes, municipal__isnull=False)
    return {
        code: Setting.INSIDE.value if inside else Setting.OUTSIDE.value
        for code, inside in rows.values_list("code", "municipal")
    }


def add_standing(
    present: QuerySet[Household], settings: Mapping[str, str], found: dict[str, Figures]
) -> None:
    """Households, people, points and levels by setting; what no list says the area's own setting may."""
    counted: dict[str, Any] = {}
    for measure in MEASURES:
        known = Q(**{f"{measure}_level__isnull": False})
        counted[f"{measure}_n"] = Count("pk", filter=known)
        counted[f"{measure}_sum"] = Sum(f"{measure}_points")
        for level in LEVELS:
            counted[f"{measure}_{level}"] = Count("pk", filter=Q(**{f"{measure}_level": level}))
    rows: Iterable[Any] = (
        present.values("area", "setting")
        .annotate(
            households=Count("pk"),
            persons=Sum("members"),
            screened=Count("pk", filter=Q(bmn_poor__isnull=False)),
            screened_persons=Sum("members", filter=Q(bmn_poor__isnull=False)),
            **counted,
        )
        .order_by("area", "setting")
    )
    for row in rows:
        figures = found[row["area"]]
        setting = row["setting"] or settings.get(row["area"], "")
        put(figures, f"lives.{setting}", [row["households"], row["persons"] or 0])
        put(figures, "screened", [row["screened"], row["screened_persons"] or 0])
        for measure in MEASURES:
            numbers = [row[f"{measure}_n"], row[f"{measure}_sum"] or 0]
            numbers += [row[f"{measure}_{level}"] for level in LEVELS]
            if numbers[0]:
                put(figures, f"level.{setting}.{measure}", numbers)


def add_problems(present: QuerySet[Household], found: dict[str, Figures]) -> None:
    """Problems and failed dimensions from the codes each household carries."""
    dimension_of = {
        f"i{number}": dimension.code
        for dimension in tpmap_dimensions.load().dimensions
        for number in dimension.indicators
    }
    rows = present.exclude(problems="").values_list("area", "members", "overall_level", "problems")
    for area, members, level, text in rows.iterator(chunk_size=5_000):
        codes = text.split()
        failed = {dimension_of[code] for code in codes if code in dimension_of}
        several = int(level == LOWEST or len(failed) >= SEVERAL)
        figures = found[area]
        for code in codes:
            put(figures, f"problem.{code}", [1, members, several])
        for dimension in failed:
            put(figures, f"dimension.{dimension}", [1, members])


def put(figures: Figures, key: str, numbers: list[int]) -> None:
    """Add numbers to those that stand under a key."""
    held = figures.get(key)
    figures[key] = [a + b for a, b in zip(held, numbers, strict=True)] if held else numbers


def added(rows: Iterable[Mapping[str, list[int]]]) -> Figures:
    """The sum of figures of areas that do not overlap."""
    found: dict[str, list[list[int]]] = defaultdict(list)
    for figures in rows:
        for key, numbers in figures.items():
            found[key].append(numbers)
    return {key: list(map(sum, zip(*held, strict=True))) for key, held in found.items()}
