"""Which page belongs to which kind of run."""

from __future__ import annotations

from types import ModuleType

from kaejon.apps.measurement.models import RunKind
from kaejon.web.measures import capitals_page, dynamics_page, poverty_page, tpmap_page
from kaejon.web.measures.door import RunSight
from kaejon.web.measures.tables import Headline, Section

PAGES: dict[str, ModuleType] = {
    RunKind.POVERTY: poverty_page,
    RunKind.TPMAP: tpmap_page,
    RunKind.CAPITALS: capitals_page,
    RunKind.DYNAMICS: dynamics_page,
}


def headlines_of(sight: RunSight) -> list[Headline]:
    found: list[Headline] = PAGES[sight.run.kind].headlines(sight)
    return found


def sections_of(sight: RunSight) -> list[Section]:
    found: list[Section] = PAGES[sight.run.kind].sections(sight)
    return found
