"""Members found a household of their own, or two households begin to eat and plan together.

Both happened on a day: memberships end and begin, claims say so, and nothing of the time
before is changed.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db import transaction

from kaejon.apps.access.models import User
from kaejon.apps.access.once import made_once
from kaejon.apps.folders.guards import (
    household_to_change,
    refuse_no_reason,
    refuse_no_village,
    refuse_outside,
    without_blanks,
)
from kaejon.apps.folders.members import end_membership
from kaejon.apps.folders.stating import state
from kaejon.apps.folders.wording import HEAD_RELATION
from kaejon.apps.homes.changing import (
    house_people,
    last_claim,
    lock_to_change,
    refuse_stale,
    refuse_while_lists_move,
    remember,
    settle,
    snapshot,
)
from kaejon.apps.homes.models import ChangeKind, HouseholdChange
from kaejon.apps.homes.refusals import HomesError
from kaejon.apps.households.models import House, Household, Membership, Person

SPLIT, JOINED = "split", "joined"


@transaction.atomic
def split_household(
    *,
    household: Household,
    members: Collection[Person],
    head: Person,
    area: str,
    house_no: str,
    on: date,
    reason: str,
    by: User,
    seen: str = "",
) -> HouseholdChange:
    """Some members live and plan by themselves since a day, in the same or another house.

    Refuses nobody or everybody chosen, a head who is not among them, somebody who is no
    longer a member, a village outside the actor's area, and a household that is no longer as
    `seen` (`changing.as_seen`).
    """
    old = household_to_change(household, by)
    refuse_outside(by, area)
    refuse_no_reason(reason)
    refuse_while_lists_move()
    refuse_no_village(area)
    refuse_stale(seen, old)
    leaving = refuse_unsound(old, members, head)
    before = snapshot(leaving) | {"last_claim": last_claim()}
    house = House.objects.filter(area=area, house_no=house_no).exclude(house_no="").first()
    house = house or House.objects.create(area_id=area, house_no=house_no)
    new = Household.objects.create(house=house, area_id=area, house_no=house_no)
    place = without_blanks({"area": area, "house_no": house_no, "split_on": on.isoformat()})
    claims = [state(household=new, facts=place, reason=reason, actor=by, on=on).pk]
    claims += move_people(leaving, new, on=on, why=SPLIT, head=head, reason=reason, actor=by)
    change = HouseholdChange.objects.create(
        kind=ChangeKind.SPLIT,
        kept=old,
        other=new,
        happened_on=on,
        before=before,
        after=snapshot(leaving),
        claims=claims,
        reason=reason,
        made_by=by,
    )
    settle([old, new], leaving)
    new.refresh_from_db()
    remember(change, "household.split", by, reason)
    return change


def refuse_unsound(old: Household, members: Collection[Person], head: Person) -> set[int]:
    """The keys of those who leave; refuses a choice that does not part the household in two."""
    chosen = {person.pk for person in members}
    living = set(Person.objects.filter(household=old, died_on=None).values_list("pk", flat=True))
    if not chosen:
        raise HomesError("NOBODY_CHOSEN")
    if not chosen <= living or head.pk not in chosen:
        raise HomesError("NOT_A_MEMBER")
    if chosen == living:
        raise HomesError("EVERYBODY_CHOSEN")
    return chosen


@made_once
@transaction.atomic
def join_households(
    *, kept: Household, ended: Household, on: date, reason: str, by: User, seen: str = ""
) -> HouseholdChange:
    """All members of `ended` live and plan with `kept` since a day; `ended` exists no longer.

    Refuses one household given twice, households outside the actor's area, and households
    that are no longer as `seen` (`changing.as_seen`).
    """
    held, over = lock_to_change(kept, ended, by)
    refuse_no_reason(reason)
    refuse_while_lists_move()
    refuse_stale(seen, held, over)
    coming = set(Person.objects.filter(household=over, died_on=None).values_list("pk", flat=True))
    before = snapshot(coming) | {"last_claim": last_claim()}
    claims = move_people(coming, held, on=on, why=JOINED, head=None, reason=reason, actor=by)
    gone = {"presence": "dissolved", "presence_on": on.isoformat()}
    claims.append(state(household=over, facts=gone, reason=reason, actor=by, on=on).pk)
    change = HouseholdChange.objects.create(
        kind=ChangeKind.JOIN,
        kept=held,
        other=over,
        happened_on=on,
        before=before,
        after=snapshot(coming),
        claims=claims,
        reason=reason,
        made_by=by,
    )
    remember(change, "household.join", by, reason)
    settle([held, over], coming)
    return change


def move_people(
    people: Collection[int],
    to: Household,
    *,
    on: date,
    why: str,
    head: Person | None,
    reason: str,
    actor: User,
) -> list[int]:
    """Memberships end and begin on a day, and a claim of each person says where; returns the claims."""
    claims = []
    for person in Person.objects.filter(pk__in=people).order_by("pk"):
        leads = head is not None and person.pk == head.pk
        relation = HEAD_RELATION if leads else "" if person.is_head else person.relation
        end_membership(person, on=on, why=why)
        Membership.objects.create(
            person=person, household=to, relation=relation, is_head=leads, started_on=on
        )
        facts = {"area": to.area_id, "house_no": to.house_no, "relation": relation}
        stated = without_blanks(facts) | {"is_head": leads}
        claims.append(
            state(household=to, person=person, facts=stated, reason=reason, actor=actor, on=on).pk
        )
    house_people(people, to)
    return claims
