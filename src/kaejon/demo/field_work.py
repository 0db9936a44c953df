"""Field work of the synthetic province: checks, missed households, two forums, what owners are asked.

Outcomes follow the truth of the population, so that coverage and error rates of the
lists can be seen; the same seed gives the same checks. Everything goes through the
ordinary actions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from django.db.models import Q
from django.utils import timezone

from kaejon.apps.access.models import User
from kaejon.apps.areas.models import Area, Level
from kaejon.apps.areas.queries import within
from kaejon.apps.folders.actions import mark_attention
from kaejon.apps.folders.models import AttentionKind
from kaejon.apps.households.models import Household, Verified
from kaejon.apps.surveys import forums
from kaejon.apps.surveys.checking import Finding, add_missed, record_checks
from kaejon.apps.surveys.correcting import ask_correction, tell_owner
from kaejon.apps.surveys.differing import STANDING, listed_not_in_need, standing_version
from kaejon.apps.surveys.models import AgendaItem, Forum
from kaejon.apps.surveys.worklists import assign_village, list_year, worklist
from kaejon.demo.population import Population
from kaejon.methods.checks import reasons
from kaejon.methods.thai.names import read_person

WHO = ("province", "district", "tambon", "enumerator")
SHARE_CHECKED = 0.7
SHARE_NOT_FOUND = 0.04
FEWEST_MISSED, MOST_MISSED = 6, 24
ON_AN_AGENDA = 10
VISITS_ASKED = 4
OBJECTIONS = (
    ("ญาติของครอบครัว", "เห็นว่ายังลำบาก เพราะต้องดูแลผู้ป่วย", "ที่ประชุมรับฟัง ให้ อสม. เยี่ยมซ้ำภายในเดือน"),
    ("เพื่อนบ้าน", "เห็นว่ามีรายได้จากลูกที่ส่งเงินกลับ", "ที่ประชุมพิจารณาแล้วยืนยันมติเดิม เพราะเงินไม่แน่นอน"),
)


@dataclass(frozen=True)
class Known:
    """Where the households of the population stand: (village, house number) → index, each once."""

    index: dict[tuple[str, str], int]
    population: Population

    def outcome(self, household: Household) -> Verified | None:
        """What somebody who goes there finds; None for a household that the truth does not know."""
        i = self.index.get((household.area_id, household.house_no))
        if i is None:
            return None
        truth = self.population.truth
        if truth.moved[i]:
            return Verified.MOVED
        if truth.died[self.population.members.household == i].all():
            return Verified.DIED
        return Verified.CONFIRMED_POOR if truth.poor[i] else Verified.NOT_POOR


def known_of(population: Population) -> Known:
    codes = [village.code for village in population.areas.villages]
    index: dict[tuple[str, str], int] = {}
    twice: set[tuple[str, str]] = set()
    for i, (village, house) in enumerate(
        zip(population.village.tolist(), population.house.tolist(), strict=True)
    ):
        key = (codes[village], str(population.houses.number[house]))
        if key in index:
            twice.add(key)
        index[key] = i
    return Known({key: i for key, i in index.items() if key not in twice}, population)


def show_field_work(population: Population, rng: np.random.Generator) -> None:
    """Checks of most listed poor, some missed households, a closed and an open forum, corrections."""
    people = {u.username: u for u in User.objects.filter(username__in=WHO)}
    known, year, today = known_of(population), list_year(), timezone.localdate()
    tambon = population.areas.tambons[0].code
    villages = list(Area.objects.filter(code__startswith=tambon, level=Level.VILLAGE)[:3])
    give_out(villages, year, people)
    waiting = [village.code for village in villages[1:]]
    ask_for_visits(waiting, people["tambon"])
    check_listed(known, year, today, people, rng, leave=waiting)
    add_the_missed(known, year, today, people, rng)
    if len(villages) >= 2:
        closed = sit(villages[0], year, today - timedelta(days=20), people["tambon"])
        decide_all(closed, known, people["tambon"])
        object_and_close(closed, people["tambon"])
        planned = sit(villages[1], year, today - timedelta(days=1), people["tambon"])
        decide_all(planned, known, people["tambon"], most=2)
    ask_owners(tambon, people["tambon"], today)


def give_out(villages: Iterable[Area], year: int, people: dict[str, User]) -> None:
    due = timezone.localdate() + timedelta(days=30)
    for village in villages:
        assign_village(
            area=village, year_be=year, to=people["enumerator"], due_on=due, by=people["tambon"]
        )


def ask_for_visits(villages: Iterable[str], by: User) -> None:
    """A few families of each village whom the headman asks to visit, so that worklists are never empty."""
    for village in villages:
        rows = Household.objects.filter(area=village, overall_level=None, verified="")
        for household in rows.order_by("house_no", "pk")[:VISITS_ASKED]:
            reason = "ผู้ใหญ่บ้านขอให้เยี่ยม (ข้อมูลสังเคราะห์)"
            mark_attention(household=household, kind=AttentionKind.VISIT, reason=reason, by=by)


def who_checks(area: str, people: dict[str, User]) -> User:
    """The nearest of the demonstration's people."""
    for name in ("enumerator", "district"):
        place = people[name].assignments.first()
        if place and area.startswith(place.area_id):
            return people[name]
    return people["province"]


def check_listed(
    known: Known,
    year: int,
    today: date,
    people: dict[str, User],
    rng: np.random.Generator,
    *,
    leave: Collection[str],
) -> None:
    """Most households that a list names poor, as they are in truth; the villages `leave` are left."""
    rows = Household.objects.filter(Q(target_poor_members__gt=0) | Q(bmn_poor=True))
    found: dict[str, list[Finding]] = {name: [] for name in WHO}
    nearest: dict[str, str] = {}
    for household in rows.order_by("area_id", "house_no", "pk"):
        goes, missing, why, days = rng.random(), rng.random(), rng.random(), rng.integers(5, 90)
        outcome = known.outcome(household)
        if outcome is None or goes > SHARE_CHECKED or household.area_id in leave:
            continue
        if missing < SHARE_NOT_FOUND:
            outcome = Verified.NOT_FOUND
        tambon = household.area_id[:6]
        if tambon not in nearest:
            nearest[tambon] = who_checks(household.area_id, people).username
        choices = reasons(outcome)
        found[nearest[tambon]].append(
            Finding(
                household=household,
                year_be=year,
                outcome=outcome,
                method="visit",
                checked_on=today - timedelta(days=int(days)),
                reason=choices[int(why * len(choices))]["code"] if choices else "",
                moved_to="ต่างจังหวัด" if outcome == Verified.MOVED else "",
            )
        )
    for name, findings in found.items():
        if findings:
            record_checks(findings=findings, by=people[name])


def add_the_missed(
    known: Known, year: int, today: date, people: dict[str, User], rng: np.random.Generator
) -> None:
    """Families in need that no list names."""
    names = known.population.people
    for village, house_no, first, last in missed_families(known, rng):
        name = read_person(names.title[first], names.first_name[first], names.last_name[last])
        add_missed(
            area=village,
            house_no=house_no,
            head={"title": name.title or "", "first_name": name.first, "last_name": name.last},
            year_be=year,
            checked_on=today - timedelta(days=10),
            note="พบระหว่างเยี่ยมหมู่บ้าน (ข้อมูลสังเคราะห์)",
            reason="no_income",
            another=True,
            by=who_checks(village, people),
        )


def missed_families(known: Known, rng: np.random.Generator) -> list[tuple[str, str, int, int]]:
    """(village, house number, person who gives the first name, the surname): poor households that
    no list reached, and newcomers in temporary houses. At least one in the first village."""
    present = set(Household.objects.values_list("area_id", "house_no"))
    truth, members = known.population.truth, known.population.members
    missing = [
        (*key, *(int(np.flatnonzero(members.household == i)[0]),) * 2)
        for key, i in sorted(known.index.items())
        if truth.poor[i] and not truth.moved[i] and key not in present
    ]
    villages = known.population.areas.villages
    wanted = max(FEWEST_MISSED, len(known.population.house) // 150)
    places = [0, 0, *rng.integers(0, len(villages), wanted).tolist()]
    people = rng.integers(0, known.population.persons, (len(places), 2)).tolist()
    newcomers = [
        (villages[place].code, f"900/{number}", first, last)
        for number, (place, (first, last)) in enumerate(zip(places, people, strict=True), start=1)
    ]
    return [*missing, *newcomers][:MOST_MISSED]


def sit(village: Area, year: int, on: date, by: User) -> Forum:
    """A forum with those to be checked, and a few checked ones, on its agenda."""
    forum = forums.open_forum(
        area=village,
        year_be=year,
        held_on=on,
        place="ศาลากลางหมู่บ้าน",
        chair="ผู้ใหญ่บ้าน (สมมติ)",
        attendance={
            "households": 34,
            "committee": 8,
            "elderly": 12,
            "women": 9,
            "youth": 3,
            "officials": 2,
            "observers": 1,
        },
        by=by,
    )
    rows = list(
        worklist(by, village.code, year).exclude(verified__in=("died", "duplicate", "moved"))
    )
    forums.add_to_agenda(forum=forum, households=rows[:ON_AN_AGENDA], by=by)
    return forum


def decide_all(forum: Forum, known: Known, by: User, most: int = ON_AN_AGENDA) -> None:
    """Decisions by consensus, one by vote."""
    for number, item in enumerate(forum.agenda.select_related("household", "forum")[:most]):
        outcome = known.outcome(item.household)
        if outcome not in (Verified.CONFIRMED_POOR, Verified.NOT_POOR):
            outcome = Verified.CONFIRMED_POOR
        forums.decide(
            item=item,
            finding=Finding(
                household=item.household,
                year_be=forum.year_be,
                outcome=outcome,
                method="forum",
                checked_on=forum.held_on,
                reason=reasons(outcome)[0]["code"],
            ),
            how="vote" if number == 1 else "consensus",
            votes=(21, 6, 7) if number == 1 else None,
            by=by,
        )


def object_and_close(forum: Forum, by: User) -> None:
    """Two objections with their answers, then the forum is signed off."""
    decided = AgendaItem.objects.filter(forum=forum, decision__isnull=False).select_related(
        "forum", "household"
    )
    for item, (who, text, answer) in zip(decided[:2], OBJECTIONS, strict=False):
        objection = forums.raise_objection(
            item=item, raised_by=who, text=text, raised_on=forum.held_on, by=by
        )
        forums.answer_objection(objection=objection, answer=answer, by=by)
    if decided:
        forums.close_forum(forum=forum, by=by)


def ask_owners(tambon: str, by: User, today: date) -> None:
    """What the owners of the lists are asked: standing that checks found otherwise."""
    here = within(tambon, "area_id")
    asked = []
    for household in listed_not_in_need(by, here)[:4]:
        version = standing_version(household)
        if version:
            asked.append(
                ask_correction(
                    version=version,
                    household=household,
                    fact=STANDING,
                    listed="มีชื่อในบัญชีคนจน",
                    right=str(household.get_verified_display()),
                    by=by,
                )
            )
    tell_owner(corrections=asked[:2], on=today, by=by)
