"""Words and marks for the states and steps of a list."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kaejon.apps.sources.models import BatchStatus, Outcome

# status → kind of mark (components/mark.html)
STATUS_MARKS = {
    BatchStatus.UPLOADED: "ask",
    BatchStatus.STAGING: "info",
    BatchStatus.STAGED: "ask",
    BatchStatus.REFUSED: "stop",
    BatchStatus.APPLYING: "info",
    BatchStatus.APPLIED: "ok",
    BatchStatus.REVERSING: "info",
    BatchStatus.REVERSED: "quiet",
    BatchStatus.DISCARDED: "quiet",
    BatchStatus.FAILED: "stop",
}

# The order of the tabs
OUTCOMES = (
    Outcome.CREATED,
    Outcome.UPDATED,
    Outcome.UNCHANGED,
    Outcome.AMBIGUOUS,
    Outcome.REJECTED,
)

OUTCOME_HELP = {
    Outcome.CREATED: _(
        "People and households that the registry does not know yet. Applying adds them."
    ),
    Outcome.UPDATED: _(
        "Rows about somebody the registry already knows. Both values are kept with their list; "
        "the more recent list counts, then the more trusted one, and a field check always wins."
    ),
    Outcome.UNCHANGED: _(
        "The registry already has exactly this from the same list. Nothing changes."
    ),
    Outcome.AMBIGUOUS: _(
        "More than one person fits, so nobody is chosen by guessing. These rows wait; "
        "the rest can be applied without them."
    ),
    Outcome.REJECTED: _(
        "These rows cannot be used. Download them, correct them and upload them again."
    ),
}

# What became of the rows, once the list is in the registry
OUTCOME_HELP_APPLIED = OUTCOME_HELP | {
    Outcome.CREATED: _("People and households that this list was the first to name."),
    Outcome.UNCHANGED: _("The registry had exactly this from the same list. Nothing changed."),
    Outcome.AMBIGUOUS: _(
        "More than one person fits, so nobody was chosen by guessing. "
        "These rows wait until somebody says who it is."
    ),
    Outcome.REJECTED: _(
        "These rows were left out. Download them, correct them and upload them again."
    ),
}

# stage of the job → what is happening
STAGES = {
    "": _("Waiting for its turn"),
    "read": _("Reading the rows and comparing them with the registry"),
    "apply": _("Bringing the rows into the registry"),
    "reverse": _("Taking the list back"),
    "settle": _("Settling the households as the other lists say"),
}

EVENTS = {
    "list.upload": _("File uploaded"),
    "list.map": _("Columns matched"),
    "list.stage.start": _("Check started"),
    "list.apply.start": _("Applying started"),
    "list.apply": _("Applied to the registry"),
    "list.reverse.start": _("Taking back started"),
    "list.reverse": _("Taken back"),
    "list.discard.start": _("Discarded"),
    "list.resume": _("Continued after a stop"),
    "list.rejected": _("Rejected rows downloaded"),
}

FACTS = {"name": _("Person's name"), "birth": _("Birth date"), "house": _("House")}
