"""Words of the queue: why a row waits, refusals, verdicts."""

from __future__ import annotations

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
}

REFUSALS = {
    "NOT_WAITING": _("This row no longer waits. Go on with the next one."),
    "NOT_A_CANDIDATE": _("The one chosen is not among those this row may speak of. Choose again."),
    "SOME_ELSEWHERE": _(
        "Some of those whom the row may speak of live outside your area. "
        "Choose “Cannot tell” and ask the district."
    ),
    "REASON_NEEDED": _("The national IDs differ. Write how you know that it is the same person."),
    "ALREADY_UNDONE": _("This decision was taken back before."),
    "LIST_BUSY": _("This list is being worked on. Try again in a moment."),
}

DONE = {
    Verdict.SAME: _("Row %(number)s: the same as %(name)s."),
    Verdict.DIFFERENT: _("Row %(number)s: somebody else, added to the registry."),
    Verdict.CANNOT_TELL: _("Row %(number)s: left at the end of the queue for a second opinion."),
}
