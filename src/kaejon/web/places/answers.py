"""The five questions of the start page, each answered in a few lines that open what lies behind them."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import may
from kaejon.apps.folders.problem_words import problem_name
from kaejon.apps.homes.across import waiting_across as homes_across
from kaejon.apps.households.models import Verified
from kaejon.apps.linking.across import waiting_across as people_across
from kaejon.apps.ranking.queries import standing_decision
from kaejon.apps.statistics.standing import WAITING
from kaejon.methods.disclosure import Shown, at_most
from kaejon.web.places.round_rows import moves
from kaejon.web.places.sight import NEEDS, SURVEY, Sight
from kaejon.web.ranking.rows import ranking_of, rows_of
from kaejon.web.templatetags.kaejon_ui import thai_number

TOP = 3
Line = dict[str, Any]


def answers_of(sight: Sight, user: User) -> list[Line]:
    """One card a question: who is poor, is it true, what is wrong, who acts, did it help."""
    top = rows_of(ranking_of(sight)[:TOP], sight, user)
    decision = standing_decision(user, sight.area)
    ranking = reverse("ranking_page", args=[sight.area.code])
    measures = reverse("area_measures", args=[sight.area.code])
    return [
        card(_("Who is poor?"), "users", who_is_poor(sight), measures, _("All measures")),
        card(
            _("Is it true?"),
            "checks",
            is_it_true(sight) + twice_across(sight, user),
            *door_to_checks(user),
        ),
        card(
            _("What is wrong?"), "list-numbers", what_is_wrong(top), ranking, _("The whole ranking")
        ),
        card(
            _("Who acts?"),
            "users-group",
            who_acts(top, decision),
            ranking,
            _("Sides and readiness"),
        ),
        card(_("Did it help?"), "timeline", did_it_help(sight), measures, _("The change")),
    ]


def card(question: str, icon: str, lines: list[Line], url: str, more: str) -> Line:
    return {"question": question, "icon": icon, "lines": lines, "url": url, "more": more}


def line(number: str, words: str, url: str = "", note: str = "") -> Line:
    return {"number": number, "words": words, "url": url, "note": note}


def counted(sight: Sight, number: Shown, words: str, note: str = "", **filters: str | bool) -> Line:
    return line(sight.text(number), words, sight.link(number, **filters), note)


def who_is_poor(sight: Sight) -> list[Line]:
    total = sight.total
    return [
        counted(
            sight,
            total.figure("target_poor_households"),
            _("households with target poor (TPMAP)"),
            sight.target_note(),
            target=True,
        ),
        counted(
            sight,
            total.figure("bmn_poor_households"),
            _("households below basic needs (จปฐ.)"),
            sight.list_note(*NEEDS),
            bmn=True,
        ),
        counted(
            sight,
            at_most(total.levels("overall").low, total.figure("surveyed_households")),
            _("of %(n)s surveyed households struggling or finding it hard going")
            % {"n": sight.text(total.figure("surveyed_households"))},
            sight.list_note(*SURVEY),
            measure="overall",
            level="low",
        ),
    ]


def is_it_true(sight: Sight) -> list[Line]:
    """How far the checks are, what they found, and where lists still disagree."""
    outcome = sight.total.outcome
    poor, missed = outcome(Verified.CONFIRMED_POOR), outcome(Verified.MISSED)
    return [
        counted(
            sight, poor, _("households in need, confirmed in the field"), verified="confirmed_poor"
        ),
        counted(sight, missed, _("households missed by the lists, added"), verified="missed"),
        counted(
            sight,
            outcome(Verified.NOT_POOR),
            _("do not meet the criteria this round"),
            verified="not_poor",
        ),
        line(
            sight.text(outcome(WAITING)),
            _("households to be checked, nobody went yet"),
        ),
    ]


def twice_across(sight: Sight, user: User) -> list[Line]:
    """Who may stand in two areas and waits for a decision, told to those who hold both."""
    people = people_across(user, sight.area.code)
    homes = homes_across(user, sight.area.code)
    found = []
    if people:
        words = _("possible duplicates of people across areas wait; until decided both stand")
        found.append(line(thai_number(people), words, reverse("review_pairs")))
    if homes:
        words = _("possible duplicates of households across areas wait; until decided both stand")
        found.append(line(thai_number(homes), words, reverse("review_homes")))
    return found


def door_to_checks(user: User) -> tuple[str, str]:
    """The worklists for who checks, the picture of the lists for who reads."""
    if may(user, Permission.VERIFY):
        return reverse("field_home"), _("The field work")
    return reverse("picture"), _("The picture of the lists")


def what_is_wrong(top: list[Line]) -> list[Line]:
    return [
        line(row["households"]["text"], f"{row['place']}. {row['name']}", row["households"]["url"])
        for row in top
    ]


def who_acts(top: list[Line], decision: Any) -> list[Line]:
    """The sides of the first problems with their readiness, then the last decision."""
    sides = dict.fromkeys((row["side"], str(row["ready"])) for row in top)
    lines = [line("", f"{side}: {ready}") for side, ready in sides]
    if decision is None:
        return [*lines, line("", _("No decision is recorded for this area yet."))]
    chosen = ", ".join(problem_name(code) for code in decision.chosen[:TOP])
    said = _("Decision %(number)s: %(chosen)s") % {"number": decision.number, "chosen": chosen}
    return [*lines, line("", said, reverse("decision_page", args=[decision.public_id]))]


def did_it_help(sight: Sight) -> list[Line]:
    """Moves between the last two surveys of one list; help given is told only when it is recorded."""
    moved = moves(sight)
    if moved is None:
        return [
            line("", _("There is one survey so far: no change can be told yet.")),
            line("", _("No help has been recorded yet; the lists do not tell about it.")),
        ]
    between = f"{moved['before']} – {moved['after']}"
    return [
        line(moved["up"], _("surveyed households moved up a level"), note=between),
        line(moved["down"], _("moved down a level")),
        line(moved["left"], _("were not found again")),
    ]
