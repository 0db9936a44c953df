"""Words of the queue: why a row waits, refusals, verdicts."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from kaejon.apps.linking.models import Verdict

# rule that ended as ambiguous → why the row waits
WHY = {
    "national_id": _("The national ID is the same, the name is another."),
    "same_id_twice": _("The same national ID stands on two rows of this list."),
    "household": _("Several households live at this address."),
    "name_birth_house": _("Several people fit by name, birth date and house."),
    "name_house": _("Several people fit by name and house."),
    "decided": _("The person chosen before is no longer in the registry."),
    "proof_withdrawn": _("Only a list that was taken back had linked this row to the person."),
}

REFUSALS: dict[str, Any] = {
    "NOT_WAITING": _("This row no longer waits. Go on with the next one."),
    "NOT_A_CANDIDATE": _("The one chosen is not among those this row may speak of. Choose again."),
    "NUMBER_TAKEN": _(
        "This national ID already belongs to somebody of the registry. Choose again."
    ),
    "SOME_ELSEWHERE": _(
        "Some of those whom the row may speak of live outside your area. "
        "Choose “Cannot tell” and ask the district."
    ),
    "REASON_NEEDED": _("The national IDs differ. Write how you know that it is the same person."),
    "ALREADY_UNDONE": _("This decision was taken back before."),
    "LIST_BUSY": _("This list is being worked on. Try again in a moment."),
}

REFUSALS |= {
    "LISTS_MOVING": _("A list is being brought in or taken back. Try again in a moment."),
    "OUTSIDE": _("This area is not yours to work in. Choose one of your own."),
    "NOT_TWO_PEOPLE": _(
        "These two were made one before, or one is gone. Go on with the next pair."
    ),
    "NOTHING_SAID": _(
        "No list speaks of one of the two any more. Look at the Family Folder first."
    ),
    "DECIDED_DIFFERENT": _(
        "Somebody said before that these are two people. Take that decision back first, if it is wrong."
    ),
    "ANOTHER_PERSON_NEEDED": _(
        "The second opinion must come from somebody else than the first. Ask a colleague or the district."
    ),
    "PEOPLE_GONE": _(
        "One of the two is no longer in the registry, because the lists that spoke of them were taken back."
    ),
    "HOUSEHOLD_GONE": _(
        "The household in which the duplicate lived is no longer in the registry. "
        "Apply the list that brought it again first."
    ),
    "SINCE_UNCLEAR": _("Say of whom speaks what was written since."),
    "NOT_FROM_HERE": _(
        "This person may not decide what waits in this tambon. Choose somebody else."
    ),
}

# Why "one person" needs a second person
CAUSES = {
    "two_ids": _("the national IDs are both valid and differ"),
    "category": _("a list says something sensitive of one of them, such as illness or disability"),
    "districts": _("they live in different districts"),
}

# Why a group of sure pairs is left to people
LEFT = {
    "several_ids": _("different national IDs"),
    "grave": _("needs a second opinion"),
    "spoken_on": _("somebody has spoken on it already"),
}

JOBS = {
    "homes": _("Searching for households that stand twice"),
    "link": _("Searching for people who stand twice"),
    "merge_sure": _("Merging pairs that are almost surely the same"),
    "undo_sure": _("Taking the merged pairs back"),
}

STAGES = {
    "": _("Waiting for its turn"),
    "honour": _("Keeping what was decided before"),
    "read": _("Reading the registry"),
    "prepare": _("Reading names, dates and places"),
    "rules": _("Exact rules"),
    "candidates": _("Finding whom to compare"),
    "score": _("Comparing"),
    "decide": _("Weighing"),
    "write": _("Writing down the pairs"),
    "merge": _("Merging"),
    "undo": _("Taking back"),
    "search": _("Comparing, tambon by tambon"),
    "done": _("Done"),
}

PAIR_DONE = {
    Verdict.SAME: _("One person now: %(name)s."),
    Verdict.DIFFERENT: _("%(name)s: two different people. It is not asked again."),
    Verdict.CANNOT_TELL: _("%(name)s: left at the end of the queue."),
}
PAIR_WAITS = _("%(name)s: somebody else must confirm before the two become one.")

DONE = {
    Verdict.SAME: _("Row %(number)s: the same as %(name)s."),
    Verdict.DIFFERENT: _("Row %(number)s: somebody else, added to the registry."),
    Verdict.CANNOT_TELL: _("Row %(number)s: left at the end of the queue for a second opinion."),
}
