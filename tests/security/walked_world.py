"""One small world for the permission walk: everything twice, once near Malee and once far away.

Near is tambon 330101; far is tambon 330201 of another district. What belongs to
accounts is near in province 33 and far in province 34, because Anan manages all of 33.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.test import override_settings
from django.test.client import ClientHandler
from django.utils import timezone

from kaejon.apps.access.actions import assign_role
from kaejon.apps.access.confirmations import wait_for_province
from kaejon.apps.access.links import LIVES, fingerprint, new_link
from kaejon.apps.access.models import ConfirmationKind, Invitation, User
from kaejon.apps.access.places import register_organization
from kaejon.apps.access.tokens import create_token
from kaejon.apps.areas.models import Area, Level
from kaejon.apps.dashboards.figuring import figure_areas
from kaejon.apps.folders.models import Attention, CommunityStrength, Note
from kaejon.apps.homes.changing import snapshot
from kaejon.apps.homes.models import HandOver, HouseholdChange, HouseholdPair
from kaejon.apps.households.models import Grant, House, Household, Membership, Person
from kaejon.apps.jobs.models import Job
from kaejon.apps.linking.actions import decide
from kaejon.apps.linking.models import LinkRun, PersonPair
from kaejon.apps.linking.pairs import decide_pair
from kaejon.apps.measurement import target_poor
from kaejon.apps.measurement.models import MeasurementRun
from kaejon.apps.measurement.running import list_document
from kaejon.apps.partners.models import Organization
from kaejon.apps.privacy import papers
from kaejon.apps.privacy.models import Consent
from kaejon.apps.privacy.requests import receive_request
from kaejon.apps.ranking.actions import record_decision
from kaejon.apps.sources import files
from kaejon.apps.sources.actions import register_source, version_of
from kaejon.apps.sources.models import Assertion, ImportBatch, Outcome, Source, SourceRecord
from kaejon.apps.surveys import photos
from kaejon.apps.surveys.fillin import write_fillin
from kaejon.apps.surveys.models import (
    AgendaItem,
    Correction,
    Forum,
    Objection,
    ResultsFile,
    StatusOverride,
    Verification,
)
from kaejon.apps.surveys.status import write_status
from kaejon.apps.vault.sealing import seal_json
from kaejon.methods import definitions
from tests.cast import LONG_AGO, Cast, make_cast, make_user
from tests.methods.test_checks import jpeg

# A row that names somebody who was erased.
NAMED_AGAIN = {
    "person": {"first_name": "สมนึก", "last_name": "กลับมา", "name_key": "สมนึก|กลับมา"},
    "answers": {"indicators": {}, "capitals": {}, "other": {}},
}
PLACES = {"near": ("330101", "33010101"), "far": ("330201", "33020101")}


class World:
    """What each address names, near and far: `world.arguments("household", "near")`."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.found: dict[tuple[str, str], list[Any]] = {}
        self.sessions: dict[str, str] = {}
        self.handler = ClientHandler(enforce_csrf_checks=False)
        self.source = make_source(cast, "survey", cast.organizations["province"])
        self.add("source", "near", self.source.code)
        self.state_list = make_source(cast, "bmn", cast.organizations["province"], kind="bmn")
        self.add("owner", "near", cast.organizations["province"].code)
        self.add_far_province()
        for where in PLACES:
            self.add_place(where)
        Grant.objects.create(
            household=self.household("near"),
            organization=cast.organizations["health"],
            purpose="visit",
            valid_from=LONG_AGO,
            granted_by=cast.operator,
        )
        self.add_own_things()

    def add(self, thing: str, where: str, *arguments: Any) -> None:
        self.found[thing, where] = list(arguments)

    def arguments(self, thing: str, where: str) -> list[Any]:
        return self.found[thing, where] if thing else []

    def household(self, where: str) -> Household:
        return Household.objects.get(public_id=self.found["household", where][0])

    def add_place(self, where: str) -> None:
        tambon, village = PLACES[where]
        house = House.objects.create(area_id=village, house_no="1")
        household = Household.objects.create(
            house=house, area_id=village, house_no="1", head_name="นายสมมติ ใจดี", members=1
        )
        person = Person.objects.create(
            household=household,
            area_id=village,
            first_name="สมมติ",
            last_name="ใจดี",
            first_key="สมมติ",
            last_key="ใจดี",
            name_key="สมมติ|ใจดี",
            is_head=True,
        )
        left = Person.objects.create(
            area_id=village,
            first_name="เคย",
            last_name="ใจดี",
            first_key="เคย",
            last_key="ใจดี",
            name_key="เคย|ใจดี",
        )
        Membership.objects.create(person=person, household=household)
        gone = Membership.objects.create(
            person=left, household=household, ended_on=date(2024, 1, 1), end_reason="mistake"
        )
        self.add("area", where, tambon)
        self.add("household", where, household.public_id)
        self.add("person", where, person.public_id)
        self.add("membership", where, gone.pk)
        self.add("fact", where, household.public_id, "house_no")
        self.add_remarks(where, household, tambon)
        self.add_privacy(where, household, village)
        self.add_batch(where, tambon)
        self.add_waiting_rows(where, tambon, person)
        self.add_homes(where, household, village)
        self.add_ruling(where, household)
        self.add_field_work(where, household)
        self.add_pairs(where, person, left)
        self.add_run(where, tambon)

    def add_run(self, where: str, tambon: str) -> None:
        """A finished measurement of the tambon; nobody in it fails anything."""
        dimensions = {d["code"]: () for d in definitions.load("tpmap_2561")["dimensions"]}
        sums = dict.fromkeys(("households", "people", "bmn_poor_households", "bmn_poor_people"), 0)
        sums |= dict.fromkeys(("bmn_poor_and_registered", "target_poor"), 0)
        for code in dimensions:
            sums |= dict.fromkeys(
                (f"{code}_{what}" for what in ("households", "people", "target")), 0
            )
        results = target_poor.document(sums, dimensions, ())
        run = MeasurementRun.objects.create(
            kind="tpmap",
            area_id=tambon,
            version=version_of(self.source, year_be=2568),
            lists=[list_document(version_of(self.source, year_be=2568))],
            definition_name="tpmap_2561",
            definition=definitions.load("tpmap_2561"),
            definition_hash="0",
            options={},
            salt=b"",
            engine="duckdb",
            status="done",
            results=results | {"n": 0, "population": 0, "sample": False, "by": {}},
            created_by=self.cast.wanna,
        )
        self.add("run", where, run.public_id)
        self.add("definition", where, "tpmap_2561")

    def add_pairs(self, where: str, person: Person, left: Person) -> None:
        """A pair that waits, and another that was said to be two people."""
        run = LinkRun.objects.create(area_id="33", started_by=self.cast.wanna)
        third = Person.objects.create(area_id=person.area_id, first_name="สมมุติ")
        waiting, settled = (
            PersonPair.objects.create(one=person, other=other, probability=0.9, band="ask", run=run)
            for other in (left, third)
        )
        self.add("pair", where, waiting.public_id)
        decision = decide_pair(pair=settled, verdict="different", by=self.cast.wanna)
        self.add("pair_decision", where, decision.public_id)

    def add_field_work(self, where: str, household: Household) -> None:
        """A check with a photo, a status by hand, a forum with an objection, a correction to ask."""
        by, today = self.cast.wanna, timezone.localdate()
        self.add("village", where, household.area_id)
        version = version_of(self.state_list, year_be=2566)
        Assertion.objects.create(
            version=version, household=household, as_of=version.as_of, facts={}, stated_by=by
        )
        check = self.check_of(household, method="visit", photo_stored_as=kept_photo())
        self.add("check", where, check.public_id)
        forum = Forum.objects.create(
            area_id=household.area_id,
            year_be=2568,
            held_on=today,
            place="ศาลา",
            chair="ผู้ใหญ่บ้าน",
            attendance={"households": 20},
            opened_by=by,
        )
        item = AgendaItem.objects.create(
            forum=forum,
            household=household,
            decided_how="consensus",
            decision=self.check_of(household, method="forum", forum=forum),
        )
        objection = Objection.objects.create(
            item=item, raised_by="สมมติ", text="ขอทบทวน", raised_on=today, recorded_by=by
        )
        asked = Correction.objects.create(
            version=version, household=household, fact="standing", right="ไม่", opened_by=by
        )
        override = StatusOverride.objects.create(
            household=household,
            year_be=2568,
            outcome="not_poor",
            reason="มติ",
            set_by=by,
            set_on=today,
        )
        write_status([household.pk])
        self.add("forum", where, forum.public_id)
        self.add("minutes", where, forum.public_id, "minutes")
        self.add("item", where, item.public_id)
        self.add("objection", where, objection.public_id)
        self.add("correction", where, asked.public_id)
        self.add("override", where, override.public_id)

    def check_of(self, household: Household, **how: Any) -> Verification:
        return Verification.objects.create(
            household=household,
            year_be=2568,
            outcome="not_poor",
            checked_on=timezone.localdate(),
            checked_by=self.cast.wanna,
            **how,
        )

    def add_remarks(self, where: str, household: Household, tambon: str) -> None:
        by = self.cast.wanna
        note = Note.objects.create(household=household, text="ไปเยี่ยมแล้ว", written_by=by)
        mark = Attention.objects.create(household=household, kind="visit", reason="เยี่ยม", set_by=by)
        strength = CommunityStrength.objects.create(
            area_id=tambon,
            capital="social",
            text="กลุ่มทอผ้า",
            source="ประชาคม",
            stated_on=date(2026, 1, 1),
            added_by=by,
        )
        self.add("note", where, note.public_id)
        self.add("attention", where, mark.public_id)
        self.add("strength", where, strength.public_id)

    def add_privacy(self, where: str, household: Household, village: str) -> None:
        by = self.cast.wanna
        request = receive_request(
            kind="erasure",
            area=village,
            asked_by="นายสมมติ",
            text="ขอให้ลบ",
            received_on=timezone.localdate(),
            by=by,
            household=household,
        )
        consent = Consent.objects.create(
            household=household,
            source=self.source,
            status="given",
            given_by="นายสมมติ",
            stated_on=date(2026, 1, 1),
            recorded_by=by,
            paper_name="paper.pdf",
            paper_stored_as=papers.keep([b"%PDF-1.7 test"]),
        )
        self.add("request", where, request.public_id)
        self.add("paper", where, consent.public_id)

    def add_batch(self, where: str, tambon: str) -> None:
        batch = ImportBatch.objects.create(
            version=version_of(self.source, year_be=2568),
            area_id=tambon,
            file_name="list.csv",
            file_hash=uuid4().hex,
            file_size=10,
            stored_as="none.sealed",
            status="staged",
            info={"header": ["ชื่อ"], "sample": [[2, ["สมมติ"]]], "rows": 1},
            counts={
                "rows": 1,
                "outcomes": dict.fromkeys(Outcome.values, 0) | {"rejected": 1, "created": 1},
            },
            uploaded_by=self.cast.wanna,
        )
        SourceRecord.objects.create(
            batch=batch,
            row_number=2,
            raw_sealed=seal_json(["สมมติ"]),
            digest=uuid4().hex,
            area_code=tambon,
            outcome="rejected",
        )
        self.add("batch", where, batch.public_id)
        SourceRecord.objects.create(
            batch=batch,
            row_number=3,
            raw_sealed=seal_json(["สมมติ"]),
            digest=uuid4().hex,
            area_code=tambon,
            facts=NAMED_AGAIN | {"household": {"tambon_code": tambon}},
            outcome="created",
            erased_before=timezone.now(),
        )
        self.add("row", where, batch.public_id, 2)
        self.add("named_again_row", where, batch.public_id, 3)

    def add_waiting_rows(self, where: str, tambon: str, person: Person) -> None:
        """A list of the place with a row that could be somebody, and one somebody could not tell."""
        batch = ImportBatch.objects.create(
            version=version_of(self.source, year_be=2567),
            area_id=tambon,
            file_name="applied.csv",
            file_hash=uuid4().hex,
            file_size=10,
            stored_as="none.sealed",
            status="applied",
            uploaded_by=self.cast.wanna,
        )
        rows = [
            SourceRecord.objects.create(
                batch=batch,
                row_number=number,
                raw_sealed=seal_json(["สมมติ"]),
                digest=uuid4().hex,
                area_code=tambon,
                outcome="ambiguous",
                rule="name_house",
                candidates=[str(person.public_id)],
            )
            for number in (2, 3)
        ]
        decision = decide(record=rows[1], verdict="cannot_tell", by=self.cast.wanna)
        self.add("waiting", where, batch.public_id, 2)
        self.add("decision", where, decision.public_id)

    def add_homes(self, where: str, household: Household, village: str) -> None:
        """A second household of the place, a pair, a decision, a change, one that comes and one that goes."""
        twin, third, elsewhere = (make_home(area) for area in (village, village, "33010201"))
        by, now = self.cast.wanna, timezone.now()
        one, other = sorted((household, twin), key=lambda h: h.pk)
        pair = HouseholdPair.objects.create(one=one, other=other, found_at=now)
        done = HouseholdPair.objects.create(one=twin, other=third, found_at=now, state="different")
        decision = done.decisions.create(verdict="different", decided_by=by)
        change = HouseholdChange.objects.create(
            kind="join",
            kept=twin,
            other=third,
            happened_on=timezone.localdate(),
            before=snapshot(()),
            after=snapshot(()),
            made_by=by,
        )
        day = timezone.localdate()
        coming, going = (
            HandOver.objects.create(
                household=home,
                from_area_id=home.area_id,
                to_area_id=to,
                moved_on=day,
                reason="ย้าย",
                asked_by=by,
            )
            for home, to in ((elsewhere, village), (twin, "33010201"))
        )
        self.add("home_pair", where, pair.public_id)
        self.add("home_decision", where, decision.public_id)
        self.add("change", where, change.public_id)
        self.add("arrival", where, coming.public_id)
        self.add("departure", where, going.public_id)

    def add_ruling(self, where: str, household: Household) -> None:
        """A decision about the problems of the tambon."""
        Household.objects.filter(pk=household.pk).update(problems=" i8 ")
        figure_areas({household.area_id})
        ruling = record_decision(
            area=Area.objects.get(code=household.area_id[:6]),
            decided_on=timezone.localdate(),
            decided_by="ผู้ว่าราชการจังหวัด",
            meeting="ประชุม 1/2569",
            text="ซ่อมบ้านก่อน",
            chosen=["i8"],
            by=self.cast.wanna,
        )
        self.add("ruling", where, ruling.public_id)

    def add_far_province(self) -> None:
        """Somebody who works in province 33 and somebody who works in 34, with their offices."""
        Area.objects.create(code="34", level=Level.PROVINCE, name_th="อุบลราชธานี")
        far = register_organization(
            code="pomo-34", name_th="พมจ. ไกล", sector="state", area="34", by=self.cast.operator
        )
        make_source(self.cast, "far-survey", far)
        self.add("source", "far", "far-survey")
        near = self.cast.organizations["tao"]
        self.add_account("near", "330101", near)
        self.add_account("far", "34", far)

    def add_account(self, where: str, area: str, organization: Organization) -> None:
        user = make_user(f"nom-{where}", "น้อม", where)
        row = assign_role(
            user=user,
            role="enumerator",
            area=area,
            organization=organization,
            purpose="survey",
            valid_from=LONG_AGO,
            by=self.cast.operator,
        )
        self.add("account", where, user.public_id)
        self.add("assignment", where, row.public_id)
        self.add("organization", where, organization.public_id)

    def add_own_things(self) -> None:
        """What belongs to Malee alone, and an invitation open to whoever holds its link."""
        malee = self.cast.malee
        token, self.raw_token = create_token(
            user=malee, name="report", expires_on=timezone.localdate()
        )
        self.add("token", "near", token.public_id)
        self.add("session", "near", "0" * 32)
        kinds = ("export_households", "print_folders", "merge_sure")
        for kind, thing in zip(kinds, ("export", "printing", "linking"), strict=True):
            job = Job.objects.create(
                kind=kind,
                key=f"{kind}:{uuid4()}",
                created_by=malee,
                payload={"area": "330101", "places": ["330101"]},
            )
            self.add(thing, "near", job.public_id)
        self.add("results", "near", self.filled_in_worklist().public_id)
        invited = User.objects.create(username="invited")
        self.add("invitation", "near", new_link(invited, self.cast.anan))
        self.add_links()
        self.add("table", "near", "sets")
        for kind in ("changes", "looks"):
            self.add(kind, "near", kind)

    def add_links(self) -> None:
        """Links on paper that wait for Anan, and new accounts that wait for Wanna."""
        for where, area in (("near", "330101"), ("far", "34")):
            user = make_user(f"joins-{where}", "มา", "ใหม่")
            assign_role(
                user=user,
                role="enumerator",
                area=area,
                organization=self.cast.organizations["tao"],
                purpose="walk",
                valid_from=LONG_AGO,
                by=self.cast.operator,
            )
            waiting = Invitation.objects.create(
                user=user,
                token_hash=fingerprint(where),
                created_by=self.cast.operator,
                expires_at=timezone.now() + LIVES,
                needs_release=True,
            )
            self.add("link", where, waiting.pk)
            wait_for_province(user=user, kind=ConfirmationKind.ALONE, by=self.cast.operator)
            self.add("joining", where, user.public_id)

    def filled_in_worklist(self) -> ResultsFile:
        """A worklist that Malee sent back and has not applied."""
        return ResultsFile.objects.create(
            area_id="33010101",
            year_be=2568,
            stored_as=files.keep([worklist_file()], limit=10**6)[0],
            uploaded_by=self.cast.malee,
        )


@cache
def worklist_file(area: str = "33010101") -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "list.xlsx"
        write_fillin(path, title="x", area=area, year=2568, visits=())
        return path.read_bytes()


def kept_photo() -> str:
    return photos.keep([jpeg()])


def make_home(area: str) -> Household:
    house = House.objects.create(area_id=area, house_no="9")
    return Household.objects.create(house=house, area_id=area, house_no="9")


def make_source(cast: Cast, code: str, owner: Organization, kind: str = "community") -> Source:
    return register_source(
        code=code,
        kind=kind,
        name_th="สำรวจสมมติ",
        owner=owner,
        legal_basis="consent",
        purpose="help",
        retention_years=3,
        by=cast.operator,
        unit="household",
        shared=True,
    )


@contextmanager
def world_once(blocker: Any) -> Iterator[World]:
    """The world for a whole module of tests, each of which undoes what it did; afterwards it is gone."""
    hashers = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with blocker.unblock(), override_settings(PASSWORD_HASHERS=hashers), transaction.atomic():
        yield World(make_cast())
        transaction.set_rollback(True)
