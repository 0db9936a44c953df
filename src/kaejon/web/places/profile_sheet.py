"""The profile of an area on paper: the counts of the page, rounded for everybody."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language

from kaejon.apps.access.models import User
from kaejon.apps.areas.queries import path_to
from kaejon.apps.folders.labels import capital_name, level_name
from kaejon.apps.folders.strengths import strengths_of
from kaejon.apps.households.models import CAPITALS
from kaejon.sheets.profile import AreaProfile, CapitalCounts, Figure, Strength, render_profile
from kaejon.sheets.typesetting import FONT_DIR
from kaejon.web.places import figures
from kaejon.web.places.sight import Sight
from kaejon.web.templatetags.kaejon_ui import be_date, be_datetime


def profile_pdf(sight: Sight, user: User) -> bytes:
    """A PDF of one or two A4 pages in the language of the page."""
    area, total = sight.area, sight.total
    strengths = strengths_of(area).filter(sight.scope.by_area("area_id"))
    lists = "; ".join(
        f"{version.source.name} ({be_date(version.as_of)})" for version in sight.lists
    )
    profile = AreaProfile(
        name=area.full_name,
        place=tuple(step.full_name for step in path_to(area)[:-1]),
        figures=headline(sight),
        level_words=tuple(level_name(level) for level in figures.LEVELS),
        capitals=[
            CapitalCounts(
                name=capital_name(measure),
                counts=tuple(map(sight.text, total.levels(measure).counts)),
            )
            for measure in (*CAPITALS, "overall")
        ]
        if not total.figure("surveyed_households").is_none
        else [],
        strengths=[Strength(kind=capital_name(s.capital), text=s.text) for s in strengths[:20]],
        source=f"{sight.registry_note()}; {lists}" if lists else sight.registry_note(),
        language="en" if get_language() == "en" else "th",
        synthetic=settings.SYNTHETIC_DATA,
        printed_by=user.display_name,
        printed_at=be_datetime(timezone.now()),
    )
    return render_profile(profile, font_dir=FONT_DIR)


def headline(sight: Sight) -> list[Figure]:
    """The headline numbers with their units."""
    return [
        Figure(name=str(f["label"]), value=f"{f['text']} {f['unit']}", source=str(f["note"]))
        for f in figures.headline(sight)
    ]
