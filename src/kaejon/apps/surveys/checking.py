"""Write down what was found at a household, and take a wrong check back.

A check that says something about the place of a household (moved, no longer
there, a point on the map) also makes a claim, like any field check, and the
present values are derived from it; nothing here writes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kaejon.apps.access.models import User
from kaejon.apps.access.once import made_once
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import require
from kaejon.apps.areas.models import Area
from kaejon.apps.audit.actions import record
from kaejon.apps.folders.actions import add_household
from kaejon.apps.folders.guards import refuse_no_reason
from kaejon.apps.folders.stating import derive, field_version, state
from kaejon.apps.households.models import Household, Presence, Verified
from kaejon.apps.sources.models import Assertion, Kind, SourceVersion
from kaejon.apps.sources.signals import areas_changed
from kaejon.apps.surveys.models import Forum, Method, Verification
from kaejon.apps.surveys.refusals import CheckRefused
from kaejon.apps.surveys.status import write_status
from kaejon.methods.checks import may_follow, reasons

PRESENCE_AFTER = {
    Verified.MOVED: Presence.MOVED,
    Verified.DIED: Presence.DISSOLVED,
    Verified.DUPLICATE: Presence.DISSOLVED,
    Verified.CONFIRMED_POOR: Presence.PRESENT,
    Verified.NOT_POOR: Presence.PRESENT,
    Verified.MISSED: Presence.PRESENT,
}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What was found. `photo`: name under which `photos.keep` stored it; `checked_by`: the writer unless told."""

    household: Household
    year_be: int
    outcome: str
    method: str
    checked_on: date
    reason: str = ""
    note: str = ""
    latitude: float | None = None
    longitude: float | None = None
    moved_to: str = ""
    moved_to_area: Area | None = None
    duplicate_of: Household | None = None
    photo: str = ""
    forum: Forum | None = None
    checked_by: User | None = None


def record_check(*, finding: Finding, by: User) -> Verification:
    """Write one check; see `record_checks`."""
    return record_checks(findings=[finding], by=by)[0]


@transaction.atomic
def record_checks(*, findings: Sequence[Finding], by: User) -> list[Verification]:
    """Write checks, one household at most once, and derive status and counts.

    Refuses: a household the actor may not check (NotPermitted), an outcome that
    may not follow the present one, a day still to come, a duplicate that names no other
    household, "missed" for a household that stands on a list.
    """
    keys = [finding.household.pk for finding in findings]
    rows = Household.objects.select_for_update(of=("self",)).filter(pk__in=keys)
    held = {row.pk: row for row in rows.select_related("house")}
    for row in held.values():
        require(by, Permission.VERIFY, at=row.area_id)
    listed = on_a_list([f.household.pk for f in findings if f.outcome == Verified.MISSED])
    latest = latest_checks(keys)
    voice = Voice(by)
    written, claimed = [], []
    for finding in findings:
        household = held[finding.household.pk]
        refuse(finding, household, listed)
        before = latest.get(household.pk)
        if before is not None and said_again(finding, before, by):
            written.append(before)
            continue
        claim = voice.claim(finding, household)
        written.append(write(finding, household, claim, before, by))
        claimed += [household.pk] if claim else []
    finish(held.values(), claimed)
    return written


def said_again(finding: Finding, before: Verification, by: User) -> bool:
    """The same person said the same on the same day: a second tap, or a form sent twice."""
    told = ("year_be", "outcome", "method", "reason", "checked_on")
    return (
        all(getattr(finding, name) == getattr(before, name) for name in told)
        and finding.note.strip() == before.note
        and (finding.checked_by or by).pk == before.checked_by_id
        and finding.forum == before.forum
        and not (finding.photo or finding.moved_to or finding.moved_to_area or finding.duplicate_of)
        and finding.latitude == before.latitude
        and finding.longitude == before.longitude
    )


def finish(households: Iterable[Household], claimed: Sequence[int]) -> None:
    """Status first, then what claims changed, then the counts of the villages."""
    rows = list(households)
    write_status([row.pk for row in rows])
    areas = {row.area_id for row in rows}
    if claimed:
        derive(households=claimed, areas=areas)
    else:
        areas_changed.send(sender=Verification, areas=areas)


def write(
    finding: Finding,
    household: Household,
    claim: Assertion | None,
    before: Verification | None,
    by: User,
) -> Verification:
    """The row and its line in the history."""
    row = Verification.objects.create(
        household=household,
        year_be=finding.year_be,
        outcome=finding.outcome,
        method=finding.method,
        reason=finding.reason,
        note=finding.note.strip(),
        checked_on=finding.checked_on,
        checked_by=finding.checked_by or by,
        latitude=finding.latitude,
        longitude=finding.longitude,
        photo_stored_as=finding.photo,
        moved_to=finding.moved_to.strip(),
        moved_to_area=finding.moved_to_area,
        duplicate_of=finding.duplicate_of,
        forum=finding.forum,
        supersedes=before if before and before.year_be == finding.year_be else None,
        claim=claim,
    )
    record(
        by=by,
        verb="check.record",
        subject_type="household",
        subject_id=household.public_id,
        area=household.area_id,
        label=household.head_name,
        changes={
            "check": str(row.public_id),
            "outcome": {"from": household.verified, "to": row.outcome},
            "method": row.method,
            "list_year": row.year_be,
            "on": row.checked_on.isoformat(),
        },
    )
    return row


def refuse(finding: Finding, household: Household, listed: set[int]) -> None:
    """What may not be written about a household."""
    if not may_follow(household.verified, finding.outcome):
        raise CheckRefused(
            "outcome_not_possible",
            _("After “%(before)s” this outcome is not possible.")
            % {"before": household.get_verified_display()},
            _("Withdraw the wrong check first."),
        )
    if finding.checked_on > timezone.localdate():
        raise CheckRefused("checked_later", _("The day of the check lies in the future."))
    if finding.outcome == Verified.DUPLICATE and finding.duplicate_of in (None, household):
        raise CheckRefused("duplicate_of_none", _("Say of which other household it is the same."))
    if finding.outcome == Verified.MISSED and household.pk in listed:
        raise CheckRefused(
            "not_missed",
            _("This household stands on a list, so it was not missed."),
            _("Record it as in need, confirmed."),
        )
    if finding.reason and finding.reason not in {r["code"] for r in reasons(finding.outcome)}:
        raise CheckRefused("reason_of_other_outcome", _("This reason does not fit the outcome."))


def on_a_list(households: Sequence[int]) -> set[int]:
    """Those of the households about which a list, not only a field check, says something."""
    if not households:
        return set()
    rows = Assertion.objects.filter(household__in=households, withdrawn_at=None).exclude(
        version__source__kind=Kind.FIELD
    )
    return set(rows.values_list("household", flat=True).distinct())


def latest_checks(households: Sequence[int]) -> dict[int, Verification]:
    """The check written last about each household, of the latest list year."""
    rows = Verification.objects.filter(household__in=households, withdrawn_at=None)
    return {row.household_id: row for row in rows.order_by("year_be", "pk")}


class Voice:
    """Claims of one person, with the version of each place and year read once."""

    def __init__(self, by: User) -> None:
        self.by = by
        self.versions: dict[tuple[str, int], SourceVersion] = {}

    def claim(self, finding: Finding, household: Household) -> Assertion | None:
        """The field check a finding makes about the place of the household; None when it says nothing new."""
        facts = facts_of(finding, household)
        if not facts:
            return None
        key = (household.area_id, finding.checked_on.year)
        if key not in self.versions:
            self.versions[key] = field_version(self.by, household.area_id, finding.checked_on)
        return state(
            household=household,
            facts=facts,
            reason=finding.note,
            actor=self.by,
            on=finding.checked_on,
            version=self.versions[key],
        )


def facts_of(finding: Finding, household: Household) -> dict[str, Any]:
    """What the finding says about the household's presence and point."""
    facts: dict[str, Any] = {}
    presence = PRESENCE_AFTER.get(Verified(finding.outcome))
    if presence and presence != household.presence:
        facts |= {"presence": presence.value, "presence_on": finding.checked_on.isoformat()}
    if finding.latitude is not None and finding.longitude is not None:
        facts |= {
            "area": household.area_id,
            "house_no": household.house_no,
            "latitude": finding.latitude,
            "longitude": finding.longitude,
        }
    return facts


@made_once
@transaction.atomic
def add_missed(
    *,
    area: str,
    house_no: str,
    head: dict[str, Any] | None,
    year_be: int,
    checked_on: date,
    note: str,
    by: User,
    reason: str = "",
    method: str = Method.VISIT,
    latitude: float | None = None,
    longitude: float | None = None,
    photo: str = "",
    forum: Forum | None = None,
    another: bool = False,
) -> Verification:
    """Add a household in need that no list names, and the check that found it, together.

    Refuses: MayBeKnown, unless somebody looked and says that it is `another` one.
    """
    require(by, Permission.VERIFY, at=area)
    household = add_household(
        area=area,
        house_no=house_no,
        head=head,
        reason=note,
        latitude=latitude,
        longitude=longitude,
        another=another,
        by=by,
    )
    finding = Finding(
        household=household,
        year_be=year_be,
        outcome=Verified.MISSED,
        method=method,
        checked_on=checked_on,
        reason=reason,
        note=note,
        photo=photo,
        forum=forum,
    )
    return record_check(finding=finding, by=by)


@transaction.atomic
def withdraw_check(*, check: Verification, reason: str, by: User) -> Verification:
    """Take a wrong check back with what it claimed; the row stays and says why.

    Refuses: no reason, a check already withdrawn, a decision of a closed forum.
    """
    held = Verification.objects.select_for_update(of=("self",)).get(pk=check.pk)
    require(by, Permission.VERIFY, at=held.household.area_id)
    refuse_no_reason(reason)
    if held.withdrawn_at is not None:
        raise CheckRefused("already_withdrawn", _("Somebody withdrew this check already."))
    if held.forum and held.forum.is_closed:
        raise CheckRefused(
            "forum_closed",
            _("This is a decision of a closed forum."),
            _("Open the forum again with a reason, or set the status by hand."),
        )
    held.withdrawn_at, held.withdrawn_by = timezone.now(), by
    held.withdrawn_reason = reason.strip()[:300]
    held.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    if held.claim_id:
        Assertion.objects.filter(pk=held.claim_id).update(withdrawn_at=timezone.now())
    household = held.household
    record(
        by=by,
        verb="check.withdraw",
        subject_type="household",
        subject_id=household.public_id,
        area=household.area_id,
        label=household.head_name,
        changes={"check": str(held.public_id), "outcome": held.outcome},
        reason=held.withdrawn_reason,
    )
    finish([household], [household.pk] if held.claim_id else [])
    return held
