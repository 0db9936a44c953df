"""Words of households that may be one: why, refusals, what was done."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kaejon.apps.homes.models import ChangeKind, PairState

REASONS = {
    "same_house_code": _("the house code is the same"),
    "same_address": _("the house number and village are the same"),
    "people_shared": _("people of one look like people of the other"),
    "heads_alike": _("the heads have alike names"),
    "same_reference": _("a list calls both by the same household code"),
    "near": _("their points on the map lie within thirty metres"),
}

REFUSALS = {
    "NOT_WAITING": _("This pair was decided already. Go on with the next one."),
    "ONE_HOUSEHOLD": _("These are not two households any more. Look at the Family Folders again."),
    "SOME_ELSEWHERE": _(
        "One of the households lies outside your area. Ask the district, which sees both."
    ),
    "STALE": _(
        "Somebody changed the household while you were writing. Nothing was overwritten: the form shows it as it is now, with what you entered. Check it and send it again."
    ),
    "NOBODY_CHOSEN": _("Choose who founds the new household."),
    "EVERYBODY_CHOSEN": _(
        "Nobody would be left in the household. When everybody moved, correct the address instead."
    ),
    "NOT_A_MEMBER": _("The head of the new household must be one of those who leave."),
    "LISTS_MOVING": _("A list is being brought in or taken back. Try again in a moment."),
    "ALREADY_UNDONE": _("This was answered or taken back before."),
    "HOUSEHOLD_GONE": _(
        "One of the households is no longer in the registry, because its list was taken back."
    ),
    "CHANGED_SINCE": _("The members were changed since. Take back the later change first."),
    "WRITTEN_SINCE": _(
        "Somebody wrote about the new household since. Move the members by hand instead."
    ),
    "NOT_BEYOND": _("You work in that village yourself. Correct the address instead."),
    "ALREADY_OFFERED": _(
        "The household is offered to another area already. Recall that offer first."
    ),
    "reason_missing": _("Say how you know."),
    "outside_scope": _("That village lies outside the area you work in."),
    "no_such_village": _("That village is not in use. Choose another."),
}

DONE = {
    PairState.SAME: _("One household now: %(name)s."),
    PairState.SAME_HOUSE: _("%(name)s: two households in one house. It is not asked again."),
    PairState.DIFFERENT: _("%(name)s: two households. It is not asked again."),
    PairState.CANNOT_TELL: _("%(name)s: left at the end of the queue."),
}

CHANGES = {
    ChangeKind.MERGE: _("found to be the same as a household that stood twice"),
    ChangeKind.SPLIT: _("some members founded a household of their own"),
    ChangeKind.JOIN: _("another household joined"),
    ChangeKind.HOUSE: _("another household lives in the same house"),
}

# The same, seen from the other household
CHANGES_OF_OTHER = {
    ChangeKind.MERGE: _("stands twice in the registry"),
    ChangeKind.SPLIT: _("founded by members of another household"),
    ChangeKind.JOIN: _("joined another household"),
    ChangeKind.HOUSE: _("given the address of a household in the same house"),
}
