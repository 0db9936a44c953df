"""Ask a list's owner to correct what is wrong, tell them, and write down the answer."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kaejon.apps.access.models import User
from kaejon.apps.access.once import made_once
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import require
from kaejon.apps.audit.actions import record
from kaejon.apps.households.models import Household, Person
from kaejon.apps.sources.models import Kind, SourceVersion
from kaejon.apps.surveys.models import Correction, CorrectionState
from kaejon.apps.surveys.refusals import CheckRefused

OPEN, TOLD = CorrectionState.OPEN, CorrectionState.TOLD
CORRECTED, REFUSED = CorrectionState.CORRECTED, CorrectionState.REFUSED
MOVES: dict[str, tuple[str, ...]] = {
    OPEN: (TOLD,),
    TOLD: (CORRECTED, REFUSED),
    CORRECTED: (),
    REFUSED: (TOLD,),
}


@made_once
@transaction.atomic
def ask_correction(
    *,
    version: SourceVersion,
    household: Household,
    fact: str,
    listed: str,
    right: str,
    by: User,
    person: Person | None = None,
) -> Correction:
    """Note that a list has a fact wrong, so that its owner is told; asked once.

    Refuses: outside the actor's area, a field check (it is corrected in the folder), no right value.
    """
    refuse_outside(by, household)
    if version.source.kind == Kind.FIELD:
        raise CheckRefused("own_check", _("A field check is corrected in the folder itself."))
    if not right.strip():
        raise CheckRefused("right_missing", _("Say what is right."))
    known = Correction.objects.filter(
        version=version, household=household, person=person, fact=fact, state__in=(OPEN, TOLD)
    ).first()
    if known:
        return known
    row = Correction.objects.create(
        version=version,
        household=household,
        person=person,
        fact=fact,
        listed=listed[:200],
        right=right.strip()[:200],
        opened_by=by,
    )
    record_on(row, "correction.ask", by)
    return row


@transaction.atomic
def tell_owner(*, corrections: Collection[Correction], on: date, by: User) -> int:
    """Write down that the owner was told of these; returns how many."""
    rows = Correction.objects.select_for_update(of=("self",)).filter(
        pk__in=[c.pk for c in corrections]
    )
    told, asked = 0, list(rows.select_related("household", "version__source"))
    for row in asked:
        refuse_outside(by, row.household)
    for row in asked:
        if TOLD not in MOVES[row.state]:
            continue
        row.state, row.told_on = TOLD, on
        row.save(update_fields=["state", "told_on"])
        record_on(row, "correction.tell", by)
        told += 1
    return told


@transaction.atomic
def answer_correction(*, correction: Correction, state: str, answer: str, by: User) -> Correction:
    """What the owner did. Refuses: a move that is not allowed, a refusal without its reason."""
    row = Correction.objects.select_for_update(of=("self",)).get(pk=correction.pk)
    refuse_outside(by, row.household)
    if state not in (CORRECTED, REFUSED) or state not in MOVES[row.state]:
        raise CheckRefused(
            "not_told", _("First write down that the owner was told."), _("Then the answer.")
        )
    if state == REFUSED and not answer.strip():
        raise CheckRefused("answer_missing", _("Write the owner's reason."))
    row.state, row.answer, row.answered_on = state, answer.strip()[:300], timezone.localdate()
    row.save(update_fields=["state", "answer", "answered_on"])
    record_on(row, f"correction.{state}", by)
    return row


def refuse_outside(by: User, household: Household) -> None:
    """Refuse (NotPermitted) a household that the actor may not check."""
    require(by, Permission.VERIFY, at=household.area_id)


def record_on(row: Correction, verb: str, by: User) -> None:
    """One line of history of what a list owner is asked; never the values."""
    record(
        by=by,
        verb=verb,
        subject_type="household",
        subject_id=row.household.public_id,
        area=row.household.area_id,
        label=row.household.head_name,
        changes={"fact": row.fact, "source": row.version.source.code},
        reason=row.answer,
    )
