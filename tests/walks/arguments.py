"""How each verb of the walk is called: its arguments for a thing near or far, made as it needs them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.utils import timezone

from kaejon.apps.access.invitations import FirstRole, NewPerson
from kaejon.apps.access.models import ApiToken, Invitation, RoleAssignment, User
from kaejon.apps.areas.models import Area
from kaejon.apps.folders.exporting import Export
from kaejon.apps.folders.listing import Filters
from kaejon.apps.folders.models import Attention, CommunityStrength, Note
from kaejon.apps.homes.models import HandOver, HouseholdChange, HouseholdDecision, HouseholdPair
from kaejon.apps.households.models import Grant, Membership, Person
from kaejon.apps.jobs.models import Job
from kaejon.apps.linking.models import MatchDecision, PairDecision, PersonPair
from kaejon.apps.measurement.models import MeasurementRun
from kaejon.apps.partners.models import Organization
from kaejon.apps.privacy.models import SubjectRequest
from kaejon.apps.ranking.queries import default_rule
from kaejon.apps.sources.actions import version_of
from kaejon.apps.sources.models import ImportBatch, Source, SourceRecord
from kaejon.apps.surveys.checking import Finding
from kaejon.apps.surveys.models import (
    AgendaItem,
    Correction,
    Forum,
    Objection,
    ResultsFile,
    StatusOverride,
    Verification,
)
from kaejon.apps.surveys.worklists import visits_of
from kaejon.methods import definitions
from kaejon.methods.listfiles import mapping as mappings
from tests.security.walked_world import PLACES, World, make_home, worklist_file

WHY = "ไปเยี่ยมแล้ว"
ATTENDED = {"households": 20}
Arguments = Callable[[World, str], dict[str, Any]]


def today() -> date:
    return timezone.localdate()


def it(world: World, thing: str, where: str, model: Any, key: str = "public_id") -> Any:
    """The row that the world keeps under a name."""
    return model.objects.get(**{key: world.arguments(thing, where)[0]})


def tambon(where: str) -> Area:
    return Area.objects.get(code=PLACES[where][0])


def village(where: str) -> Area:
    return Area.objects.get(code=PLACES[where][1])


def account(world: World, where: str) -> User:
    return it(world, "account", where, User, "public_id_value")  # type: ignore[no-any-return]


def joining(world: World, where: str) -> User:
    return it(world, "joining", where, User, "public_id_value")  # type: ignore[no-any-return]


def person(world: World, where: str) -> Person:
    return it(world, "person", where, Person)  # type: ignore[no-any-return]


def organization(world: World, where: str) -> Organization:
    return it(world, "organization", where, Organization)  # type: ignore[no-any-return]


def place_of_accounts(where: str) -> str:
    return "330101" if where == "near" else "34"


def granting(world: World, where: str) -> dict[str, Any]:
    return {
        "role": "viewer",
        "area": place_of_accounts(where),
        "organization": organization(world, where),
        "purpose": "งาน",
        "valid_from": today(),
    }


def invited(world: World, where: str) -> dict[str, Any]:
    name = NewPerson(username="new", first_name="ใหม่", last_name="มา")
    return {"person": name, "first_role": FirstRole(**granting(world, where))}


def handed_over(world: World, where: str) -> dict[str, Any]:
    taker = User.objects.create(username="taker")
    return {"giver": account(world, where), "taker": taker, "on": today()}


def token(world: World, where: str) -> dict[str, Any]:
    owner = world.cast.malee if where == "near" else account(world, where)
    made = ApiToken.objects.create(user=owner, name="x", token_hash=uuid4().hex, expires_on=today())
    return {"token": made}


def described(world: World, where: str) -> dict[str, Any]:
    row = organization(world, where)
    area = place_of_accounts(where)
    return {"code": row.code, "name_th": "ชื่อใหม่", "sector": "local", "area": area}


def outlines(world: World, where: str) -> dict[str, Any]:
    ring = [[104, 15], [105, 15], [105, 16], [104, 15]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    code = place_of_accounts(where)
    return {"features": [{"properties": {"code": code}, "geometry": shape}], "source": "สมมติ"}


def promise(world: World, where: str) -> dict[str, Any]:
    row = it(world, "source", where, Source, "code")
    return {
        "code": row.code,
        "kind": row.kind,
        "name_th": "ชื่อใหม่",
        "owner": row.owner,
        "legal_basis": "consent",
        "purpose": "help",
        "retention_years": 3,
        "unit": row.unit,
    }


def file_to_upload(world: World, where: str) -> dict[str, Any]:
    content = "รหัสหมู่บ้าน,บ้านเลขที่,ชื่อ\n33010101,1,สมมติ\n".encode()
    named = {"file_name": "list.csv", "source": world.source, "year_be": 2568}
    return {"chunks": [content], **named}


def batch(world: World, where: str, status: str = "staged") -> dict[str, Any]:
    row: ImportBatch = it(world, "batch", where, ImportBatch)
    row.status = status
    row.save(update_fields=["status"])
    return {"batch": row}


def stopped_batch(world: World, where: str) -> dict[str, Any]:
    found = batch(world, where, "applying")
    Job.objects.create(
        kind="apply",
        key=f"apply:{found['batch'].public_id}:1",
        payload={"batch": found["batch"].pk},
        status="failed",
        created_by=world.cast.operator,
    )
    return found


def mapping(world: World, where: str) -> dict[str, Any]:
    header = ("รหัสหมู่บ้าน", "บ้านเลขที่", "ชื่อ", "นามสกุล")
    return batch(world, where) | {"mapping": mappings.guess(header, "community").mapping}


def waiting_row(world: World, where: str) -> dict[str, Any]:
    batch_id, number = world.arguments("waiting", where)
    row = SourceRecord.objects.get(batch__public_id=batch_id, row_number=number)
    return {"record": row, "verdict": "cannot_tell"}


def seconded_pair(world: World, where: str) -> dict[str, Any]:
    """A pair somebody else called one person, which waits for a second opinion."""
    pair: PersonPair = it(world, "pair", where, PersonPair)
    PersonPair.objects.filter(pk=pair.pk).update(state="seconding")
    pair.decisions.create(verdict="same", kept=pair.one, decided_by=world.cast.operator)
    return {"pair": pair, "agrees": False}


def sure_pair(world: World, where: str) -> dict[str, Any]:
    one, other = (
        Person.objects.create(area=village(where), first_name="แฝด", name_key="แฝด|") for _ in "ab"
    )
    run = it(world, "pair", where, PersonPair).run
    PersonPair.objects.create(one=one, other=other, probability=1, band="sure", run=run)
    return {"area": tambon(where).code}


def merged_batch(world: World, where: str) -> dict[str, Any]:
    payload = {"area": tambon(where).code, "pairs": []}
    job = Job.objects.create(
        kind="merge_sure", key=uuid4().hex, payload=payload, created_by=world.cast.operator
    )
    return {"job": job}


def corrected(world: World, where: str) -> dict[str, Any]:
    row = world.household(where)
    return {
        "household": row,
        "version": row.version,
        "values": {"house_no": "77"},
        "reason": WHY,
    }


def settled(world: World, where: str) -> dict[str, Any]:
    told = {"fact": "house_no", "facts": {"house_no": "7"}, "reason": WHY}
    return {"household": world.household(where), "person": None, **told}


def named(world: World, where: str) -> dict[str, Any]:
    row = person(world, where)
    values = {"first_name": "ชื่อใหม่", "last_name": "ใจดี"}
    return {"person": row, "version": row.version, "values": values, "reason": WHY}


def moving(world: World, where: str) -> dict[str, Any]:
    row = person(world, where)
    away = {"to": make_home(village(where).code), "on": today(), "relation": "บุตร"}
    return {"person": row, "version": row.version, "reason": WHY, **away}


def leaving(world: World, where: str) -> dict[str, Any]:
    row = person(world, where)
    return {"person": row, "version": row.version, "on": today(), "why": "moved", "reason": WHY}


def said_of_place(where: str) -> dict[str, Any]:
    told = {"source": "ประชาคม", "stated_on": today()}
    return {"capital": "social", "text": "กลุ่มออมทรัพย์", **told}


def two_homes(where: str, first: str = "kept", second: str = "gone") -> dict[str, Any]:
    one, other = make_home(village(where).code), make_home(village(where).code)
    return {first: one, second: other, "reason": WHY}


def parted(world: World, where: str) -> dict[str, Any]:
    home = make_home(village(where).code)
    stays, goes = (
        Person.objects.create(household=home, area_id=home.area_id, first_name=name)
        for name in ("อยู่", "ไป")
    )
    Membership.objects.create(person=stays, household=home)
    Membership.objects.create(person=goes, household=home)
    place = {"area": home.area_id, "house_no": "88", "on": today()}
    return {"household": home, "members": [goes], "head": goes, "reason": WHY, **place}


def offered(world: World, where: str) -> dict[str, Any]:
    beyond = Area.objects.get(code="34")
    moved = {"to_area": beyond, "moved_on": today(), "reason": WHY}
    return {"household": make_home(village(where).code), **moved}


def found_at(where: str) -> Finding:
    return Finding(
        household=make_home(village(where).code),
        year_be=2568,
        outcome="not_poor",
        method="visit",
        checked_on=today(),
    )


def missed(world: World, where: str) -> dict[str, Any]:
    told = {"year_be": 2568, "checked_on": today(), "note": WHY}
    return {"area": village(where).code, "house_no": "99", "head": None, **told}


def asked(world: World, where: str) -> dict[str, Any]:
    version = version_of(world.state_list, year_be=2566)
    told = {"fact": "house_no", "listed": "1", "right": "2"}
    return {"version": version, "household": world.household(where), **told}


def told(world: World, where: str) -> dict[str, Any]:
    row: Correction = it(world, "correction", where, Correction)
    Correction.objects.filter(pk=row.pk).update(state="told")
    return {"correction": row, "state": "corrected", "answer": ""}


def forum(world: World, where: str) -> Forum:
    return it(world, "forum", where, Forum)  # type: ignore[no-any-return]


def planned(world: World, where: str) -> dict[str, Any]:
    return {"held_on": today(), "place": "ศาลา", "chair": "ผู้ใหญ่บ้าน"}


def new_item(world: World, where: str) -> AgendaItem:
    home = make_home(village(where).code)
    return AgendaItem.objects.create(forum=forum(world, where), household=home)


def decided(world: World, where: str) -> dict[str, Any]:
    return {"item": new_item(world, where), "finding": found_at(where), "how": "consensus"}


def ready_to_close(world: World, where: str) -> dict[str, Any]:
    held = forum(world, where)
    Objection.objects.filter(item__forum=held).update(answer="ตอบแล้ว")
    return {"forum": held}


def closed(world: World, where: str) -> dict[str, Any]:
    held = forum(world, where)
    Forum.objects.filter(pk=held.pk).update(closed_at=timezone.now(), closed_by=world.cast.wanna)
    return {"forum": held, "reason": WHY}


def sent_by_malee(world: World, where: str) -> dict[str, Any]:
    if where == "near":
        return {"file": it(world, "results", where, ResultsFile)}
    other = it(world, "results", "near", ResultsFile)
    row = ResultsFile.objects.create(
        area=village(where), year_be=2568, stored_as=other.stored_as, uploaded_by=world.cast.malee
    )
    return {"file": row}


def definition(world: World, where: str) -> dict[str, Any]:
    text = json.dumps(definitions.load("tpmap_2561"), default=str)
    return {"name": "our_definition", "text": text, "form": "json"}


def measured(world: World, where: str) -> dict[str, Any]:
    version = version_of(world.state_list, year_be=2566)
    how = {"kind": "tpmap", "definition_name": "tpmap_2561"}
    return {"area": tambon(where), "version": version, **how}


def ruling(world: World, where: str) -> dict[str, Any]:
    spoken = {"decided_by": "ผู้ว่าฯ", "meeting": "1/2569", "text": "ซ่อมบ้าน"}
    return {"area": tambon(where), "decided_on": today(), "chosen": ["i8"], **spoken}


def consent(world: World, where: str) -> dict[str, Any]:
    answered = {"status": "refused", "given_by": "สมมติ", "stated_on": today()}
    return {"household": world.household(where), "source": world.source, **answered}


def request(world: World, where: str) -> dict[str, Any]:
    spoken = {"asked_by": "สมมติ", "text": "ขอแก้", "received_on": today()}
    return {"kind": "correction", "area": village(where).code, **spoken}


def named_again_row(world: World, where: str) -> dict[str, Any]:
    batch_id, number = world.arguments("named_again_row", where)
    row = SourceRecord.objects.get(batch__public_id=batch_id, row_number=number)
    return {"row": row, "reason": WHY}


def rejected(world: World, where: str) -> dict[str, Any]:
    # In the folder of this run of tests, which is removed at its end.
    path = Path(settings.MEDIA_ROOT).parent / f"rejected-{uuid4().hex}.xlsx"
    return batch(world, where) | {"path": path, "language": "th"}


CALLS: dict[str, Arguments] = {
    "access.accounts.disable": lambda w, at: {"user": account(w, at), "reason": WHY},
    "access.accounts.enable": lambda w, at: {"user": account(w, at), "reason": WHY},
    "access.accounts.set_maintainer": lambda w, at: {"user": account(w, at), "on": True},
    "access.accounts.set_expiry": lambda w, at: {"user": account(w, at), "expires_on": None},
    "access.actions.assign_role": lambda w, at: {"user": account(w, at), **granting(w, at)},
    "access.actions.end_assignment": lambda w, at: {
        "assignment": it(w, "assignment", at, RoleAssignment),
        "last_day": today(),
    },
    "access.actions.hand_over": handed_over,
    "access.invitations.invite": invited,
    "access.links.invite_again": lambda w, at: {"user": account(w, at)},
    "access.links.second_step_link": lambda w, at: {"user": account(w, at), "reason": WHY},
    "access.links.release_link": lambda w, at: {"invitation": it(w, "link", at, Invitation, "pk")},
    "access.confirmations.confirm_account": lambda w, at: {"user": joining(w, at)},
    "access.confirmations.close_unconfirmed": lambda w, at: {
        "user": joining(w, at),
        "reason": WHY,
    },
    "access.tokens.revoke_token": token,
    "access.places.register_organization": described,
    "access.places.load_boundaries": outlines,
    "sources.actions.register_source": promise,
    "sources.actions.upload_list": file_to_upload,
    "sources.actions.set_mapping": mapping,
    "sources.actions.save_profile": lambda w, at: batch(w, at) | {"name": "แบบ"},
    "sources.actions.stage": batch,
    "sources.actions.apply": batch,
    "sources.actions.reverse": lambda w, at: batch(w, at, "applied"),
    "sources.actions.discard": batch,
    "sources.actions.resume": stopped_batch,
    "sources.handing_back.write_rejected": rejected,
    "sources.handing_back.reveal_row": lambda w, at: batch(w, at) | {"number": 2, "reason": WHY},
    "linking.actions.decide": waiting_row,
    "linking.actions.undo": lambda w, at: {"decision": it(w, "decision", at, MatchDecision)},
    "linking.assigning.assign_queue": lambda w, at: {"area": tambon(at), "user": None},
    "linking.pairs.decide_pair": lambda w, at: {
        "pair": it(w, "pair", at, PersonPair),
        "verdict": "different",
    },
    "linking.pairs.second_opinion": seconded_pair,
    "linking.pairs.undo_pair": lambda w, at: {"decision": it(w, "pair_decision", at, PairDecision)},
    "linking.scoring.start": lambda w, at: {"area": tambon(at)},
    "linking.sure.merge_sure": sure_pair,
    "linking.sure.undo_sure": merged_batch,
    "households.grants.grant_household": lambda w, at: {
        "household": w.household(at),
        "organization": w.cast.organizations["health"],
        "purpose": "เยี่ยมบ้าน",
        "valid_from": today(),
    },
    "households.grants.end_grant": lambda w, at: {
        "grant": Grant.objects.create(
            household=w.household(at),
            organization=w.cast.organizations["health"],
            purpose="เยี่ยมบ้าน",
            valid_from=date(2020, 1, 1),
            granted_by=w.cast.operator,
        ),
        "last_day": today(),
    },
    "folders.actions.correct_household": corrected,
    "folders.actions.settle_conflict": settled,
    "folders.actions.add_household": lambda w, at: {
        "area": village(at).code,
        "house_no": "55",
        "reason": WHY,
    },
    "folders.actions.add_note": lambda w, at: {
        "household": w.household(at),
        "text": WHY,
        "sensitive": False,
    },
    "folders.actions.remove_note": lambda w, at: {"note": it(w, "note", at, Note)},
    "folders.actions.restore_note": lambda w, at: {"note": it(w, "note", at, Note)},
    "folders.actions.mark_attention": lambda w, at: {
        "household": w.household(at),
        "kind": "health",
        "reason": WHY,
    },
    "folders.actions.clear_attention": lambda w, at: {
        "mark": it(w, "attention", at, Attention),
        "reason": WHY,
    },
    "folders.members.correct_person": named,
    "folders.members.add_member": lambda w, at: {
        "household": w.household(at),
        "values": {"first_name": "มาใหม่", "last_name": "ใจดี"},
        "reason": WHY,
    },
    "folders.members.move_member": moving,
    "folders.members.remove_member": leaving,
    "folders.members.restore_member": lambda w, at: {
        "membership": it(w, "membership", at, Membership, "pk")
    },
    "folders.strengths.add_strength": lambda w, at: {"area": tambon(at), **said_of_place(at)},
    "folders.strengths.replace_strength": lambda w, at: {
        "strength": it(w, "strength", at, CommunityStrength),
        **said_of_place(at),
    },
    "folders.strengths.remove_strength": lambda w, at: {
        "strength": it(w, "strength", at, CommunityStrength)
    },
    "folders.exporting.export_now": lambda w, at: {
        "export": Export(Filters(area=tambon(at).code), format="csv")
    },
    "folders.exporting.request_export": lambda w, at: {
        "export": Export(Filters(area=tambon(at).code)),
        "token": "t",
    },
    "folders.dump.dump_registry": lambda w, at: {"area": tambon(at).code},
    "folders.printing.enqueue_area": lambda w, at: {
        "area": tambon(at),
        "everyone": True,
        "thai_digits": False,
        "language": "th",
    },
    "homes.deciding.decide_pair": lambda w, at: {
        "pair": it(w, "home_pair", at, HouseholdPair),
        "verdict": "different",
    },
    "homes.deciding.undo_decision": lambda w, at: {
        "decision": it(w, "home_decision", at, HouseholdDecision)
    },
    "homes.handing_over.offer": offered,
    "homes.handing_over.accept": lambda w, at: {
        "hand_over": it(w, "arrival", at, HandOver),
        "house_no": "3",
        "reason": WHY,
    },
    "homes.handing_over.decline": lambda w, at: {
        "hand_over": it(w, "arrival", at, HandOver),
        "reason": WHY,
    },
    "homes.handing_over.recall": lambda w, at: {"hand_over": it(w, "departure", at, HandOver)},
    "homes.housing.house_together": lambda w, at: two_homes(at, "kept", "second"),
    "homes.merging.merge_households": lambda w, at: two_homes(at),
    "homes.parting.split_household": parted,
    "homes.parting.join_households": lambda w, at: two_homes(at, "kept", "ended") | {"on": today()},
    "homes.searching.start": lambda w, at: {"area": tambon(at)},
    "homes.undoing.undo_change": lambda w, at: {"change": it(w, "change", at, HouseholdChange)},
    "surveys.checking.record_check": lambda w, at: {"finding": found_at(at)},
    "surveys.checking.record_checks": lambda w, at: {"findings": [found_at(at)]},
    "surveys.checking.add_missed": missed,
    "surveys.checking.withdraw_check": lambda w, at: {
        "check": it(w, "check", at, Verification),
        "reason": WHY,
    },
    "surveys.correcting.ask_correction": asked,
    "surveys.correcting.tell_owner": lambda w, at: {
        "corrections": [it(w, "correction", at, Correction)],
        "on": today(),
    },
    "surveys.correcting.answer_correction": told,
    "surveys.forums.open_forum": lambda w, at: {
        "area": village(at),
        "year_be": 2568,
        **planned(w, at),
    },
    "surveys.forums.change_forum": lambda w, at: {
        "forum": forum(w, at),
        "attendance": ATTENDED,
        "note": "",
        **planned(w, at),
    },
    "surveys.forums.add_to_agenda": lambda w, at: {
        "forum": forum(w, at),
        "households": [make_home(village(at).code)],
    },
    "surveys.forums.remove_from_agenda": lambda w, at: {"item": new_item(w, at)},
    "surveys.forums.decide": decided,
    "surveys.forums.raise_objection": lambda w, at: {
        "item": it(w, "item", at, AgendaItem),
        "raised_by": "สมมติ",
        "text": "ไม่เห็นด้วย",
        "raised_on": today(),
    },
    "surveys.forums.answer_objection": lambda w, at: {
        "objection": it(w, "objection", at, Objection),
        "answer": "ตอบ",
    },
    "surveys.forums.close_forum": ready_to_close,
    "surveys.forums.reopen_forum": closed,
    "surveys.overriding.override_status": lambda w, at: {
        "household": make_home(village(at).code),
        "outcome": "not_poor",
        "year_be": 2568,
        "reason": WHY,
    },
    "surveys.overriding.remove_override": lambda w, at: {
        "override": it(w, "override", at, StatusOverride),
        "reason": WHY,
    },
    "surveys.papers.worklist_pdf": lambda w, at: {
        "area": village(at),
        "year": 2568,
        "visits": visits_of([w.household(at)], 2568),
    },
    "surveys.papers.forum_pdf": lambda w, at: {"forum": forum(w, at), "kind": "minutes"},
    "surveys.papers.result_pdf": lambda w, at: {"household": w.household(at)},
    "surveys.results.keep_results": lambda w, at: {
        "chunks": [worklist_file(village(at).code)],
        "area": village(at),
    },
    "surveys.results.apply_results": sent_by_malee,
    "surveys.worklists.assign_village": lambda w, at: {
        "area": village(at),
        "year_be": 2568,
        "to": w.cast.wanna,
        "due_on": today(),
    },
    "dashboards.exports.give_counts": lambda w, at: {
        "what": "report",
        "area": tambon(at),
        "form": "xlsx",
    },
    "measurement.defining.save_definition": definition,
    "measurement.running.start_run": measured,
    "measurement.running.repeat_run": lambda w, at: {"run": it(w, "run", at, MeasurementRun)},
    "measurement.running.withdraw_run": lambda w, at: {
        "run": it(w, "run", at, MeasurementRun),
        "reason": WHY,
    },
    "ranking.actions.save_rule": lambda w, at: {
        "area": tambon(at),
        "rule": default_rule(),
        "reason": WHY,
    },
    "ranking.actions.record_decision": ruling,
    "privacy.consent.record_consent": consent,
    "privacy.erasing.erase_household": lambda w, at: {
        "household": w.household(at),
        "ground": "unlawful",
        "reason": WHY,
    },
    "privacy.erasing.erase_person": lambda w, at: {
        "person": person(w, at),
        "ground": "unlawful",
        "reason": WHY,
    },
    "privacy.named_again.let_stay": named_again_row,
    "privacy.named_again.take_out": named_again_row,
    "privacy.requests.receive_request": request,
    "privacy.requests.answer_request": lambda w, at: {
        "request": it(w, "request", at, SubjectRequest),
        "status": "done",
        "answer": "ทำแล้ว",
    },
    "privacy.retention.purge_expired": lambda w, at: {"on": date(2100, 1, 1)},
}
