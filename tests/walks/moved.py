"""A world in which families and people left Malee's tambon and were written on where they went.

Whatever was written after the move bears one of CANARIES: it may appear on no page of anybody
who may not open tambon 330201.
"""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from kaejon.apps.access.models import User
from kaejon.apps.folders.actions import correct_household
from kaejon.apps.folders.members import add_member, correct_person, move_member, person_values
from kaejon.apps.homes.parting import split_household
from kaejon.apps.households.models import House, Household, Membership, Person
from kaejon.apps.linking.models import MatchDecision
from kaejon.apps.privacy.requests import receive_request
from kaejon.apps.sources.actions import version_of
from kaejon.apps.sources.models import SourceRecord
from kaejon.apps.surveys import correcting, forums
from kaejon.apps.surveys.checking import Finding, record_check
from kaejon.apps.surveys.models import Forum
from tests.security.walked_world import World

CANARIES = ("คีรีบูนไกล", "นกขมิ้นไกล", "987/65")
WHY = "ย้ายบ้าน"
HERE, THERE = "33010101", "33020101"


def family(head: str, house_no: str, *others: str) -> Household:
    """A household of Malee's tambon with its members."""
    house = House.objects.create(area_id=HERE, house_no=house_no)
    home = Household.objects.create(
        house=house, area_id=HERE, house_no=house_no, head_name=head, members=1 + len(others)
    )
    for name in (head, *others):
        person = Person.objects.create(
            household=home, area_id=HERE, first_name=name, name_key=name, is_head=name == head
        )
        Membership.objects.create(person=person, household=home, is_head=name == head)
    return home


def moves_away(home: Household, by: User) -> None:
    """The family goes where Malee may not look; there its head, house and members are written anew."""
    home.refresh_from_db()
    correct_household(
        household=home,
        version=home.version,
        values={"area": THERE, "house_no": CANARIES[2]},
        reason=WHY,
        by=by,
    )
    is_renamed(Person.objects.get(household=home, is_head=True), by)
    baby = {"first_name": CANARIES[1], "last_name": ""}
    add_member(household=home, values=baby, reason=WHY, by=by)


def is_renamed(person: Person, by: User) -> None:
    values = person_values(person) | {"first_name": CANARIES[0]}
    correct_person(person=person, version=person.version, values=values, reason=WHY, by=by)


class MovedWorld(World):
    """The walked world, with a relation of every kind to a family or person that left."""

    def build(self) -> None:
        wanna = self.cast.wanna
        gone = family("ผู้ร่วมประชุม", "41")
        asked = family("ผู้ยื่นคำขอ", "42")
        same = family("บ้านเดียวกัน", "43")
        self.on_the_agenda(gone, wanna)
        self.asked_of(asked)
        self.said_same(same, wanna)
        parted = self.parted(wanna)
        goer = self.one_who_left(wanna)
        self.corrected(goer, wanna)
        chosen = self.chosen(goer)
        for home in (gone, asked, same, parted):
            moves_away(home, wanna)
        there = Household.objects.filter(area_id=THERE, people__isnull=False).first()
        assert there is not None
        goer.refresh_from_db()
        move_member(
            person=goer,
            version=goer.version,
            to=there,
            on=timezone.localdate(),
            relation="บุตร",
            reason=WHY,
            by=wanna,
        )
        goer.refresh_from_db()
        is_renamed(goer, wanna)
        assert MatchDecision.objects.filter(pk=chosen.pk, person=goer).exists()

    def on_the_agenda(self, home: Household, by: User) -> None:
        """Decided by a forum that is still open, and objected to."""
        forum = Forum.objects.get(public_id=self.arguments("forum", "near")[0])
        forums.add_to_agenda(forum=forum, households=[home], by=by)
        item = forum.agenda.get(household=home)
        finding = Finding(
            household=home,
            year_be=2568,
            outcome="not_poor",
            method="forum",
            checked_on=timezone.localdate(),
        )
        forums.decide(item=item, finding=finding, how="consensus", by=by)
        item.refresh_from_db()
        forums.raise_objection(
            item=item, raised_by="เพื่อนบ้าน", text="ขอทบทวน", raised_on=date(2026, 1, 1), by=by
        )

    def asked_of(self, home: Household) -> None:
        """An erasure and a look at the own data were asked for, and are not answered."""
        for kind in ("erasure", "access"):
            self.request_of(home, kind)

    def request_of(self, home: Household, kind: str) -> None:
        receive_request(
            kind=kind,
            area=HERE,
            asked_by="ผู้ขอ",
            text="ขอ",
            received_on=timezone.localdate(),
            household=home,
            by=self.cast.malee,
        )

    def said_same(self, home: Household, by: User) -> None:
        finding = Finding(
            household=family("อีกบ้าน", "44"),
            year_be=2568,
            outcome="duplicate",
            method="visit",
            checked_on=timezone.localdate(),
            duplicate_of=home,
        )
        record_check(finding=finding, by=by)

    def parted(self, by: User) -> Household:
        """A household that was part of the one granted to the agency."""
        home = self.household("near")
        child = Person.objects.create(household=home, area_id=HERE, first_name="ลูก", name_key="ลูก")
        Membership.objects.create(person=child, household=home)
        change = split_household(
            household=home,
            members=[child],
            head=child,
            area=HERE,
            house_no="45",
            on=timezone.localdate(),
            reason=WHY,
            by=by,
        )
        assert change.other is not None
        return change.other

    def one_who_left(self, by: User) -> Person:
        """A member of the granted household who goes to live with others, alone."""
        home = self.household("near")
        goer = Person.objects.create(
            household=home, area_id=HERE, first_name="ผู้ย้าย", name_key="ผู้ย้าย"
        )
        Membership.objects.create(person=goer, household=home)
        return goer

    def corrected(self, goer: Person, by: User) -> None:
        correcting.ask_correction(
            version=version_of(self.state_list, year_be=2566),
            household=self.household("near"),
            fact="birth_date",
            listed="1",
            right="2",
            person=goer,
            by=by,
        )

    def chosen(self, goer: Person) -> MatchDecision:
        """A row that was said to speak of the one who left."""
        batch_id, number = self.arguments("waiting", "near")
        row = SourceRecord.objects.get(batch__public_id=batch_id, row_number=number)
        return row.decisions.create(verdict="same", person=goer, decided_by=self.cast.malee)
