"""History in sentences: what a row of history says to a person who reads it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy, gettext_noop

from kaejon.apps.access.roles import ROLES
from kaejon.apps.audit.models import Event, Look, LookKind
from kaejon.apps.folders.wording import FACT_NAMES
from kaejon.apps.households.models import Presence, Verified
from kaejon.apps.privacy.models import ConsentStatus, ErasureGround, RequestKind
from kaejon.apps.sources.models import BatchStatus, LegalBasis
from kaejon.apps.surveys.differing import STANDING
from kaejon.apps.surveys.models import Method
from kaejon.web.templatetags.kaejon_ui import be_date

_ = gettext_noop
# verb → sentence with %(who)s and %(what)s
SENTENCES: dict[str, str] = {
    "access.assign": _("%(who)s gave %(what)s a role"),
    "access.end": _("%(who)s ended a role of %(what)s"),
    "access.hand_over": _("%(who)s handed over the work of %(what)s"),
    "account.accept": _("%(who)s set the first password"),
    "account.confirm": _("%(who)s confirmed the account of %(what)s"),
    "account.disable": _("%(who)s disabled the account of %(what)s"),
    "account.enable": _("%(who)s opened the account of %(what)s again"),
    "account.expire": _("%(who)s set the last day of the account of %(what)s"),
    "account.invite": _("%(who)s invited %(what)s"),
    "account.forget_second_step": _("%(who)s removed a lost second step by a link"),
    "account.link_failed": _("Somebody had a link for %(what)s and not its code or password"),
    "account.link_released": _("%(who)s gave %(what)s the code of a link"),
    "account.lock_out": _("Too many attempts to sign in: refused for a while (%(what)s)"),
    "account.maintainer": _("%(who)s changed whether %(what)s maintains the installation"),
    "account.new_link": _("%(who)s made a new link for %(what)s"),
    "account.new_link_alone": _(
        "%(who)s made a new link for %(what)s without a second administrator"
    ),
    "account.password": _("%(who)s set a new password; keys and other sessions were ended"),
    "account.profile": _("%(who)s changed the own name, position or language"),
    "account.recovery_code": _("%(who)s signed in with a recovery code"),
    "account.recovery_codes": _("%(who)s got new recovery codes"),
    "account.reset": _("%(who)s set a new password by a link"),
    "account.second_step_failed": _("Somebody knew the password and typed a wrong code (%(what)s)"),
    "account.second_step_link": _("%(who)s made a link for %(what)s to remove the two-step login"),
    "account.second_step_link_alone": _(
        "%(who)s made a link for %(what)s to remove the two-step login, without a second administrator"
    ),
    "account.second_step_off": _("%(who)s switched the two-step login off"),
    "account.second_step_on": _("%(who)s switched the two-step login on"),
    "account.sessions_ended": _("%(who)s ended sessions in other browsers"),
    "account.sign_in": _("%(who)s signed in"),
    "account.sign_in_failed": _("A sign-in failed %(what)s"),
    "account.sign_out": _("%(who)s signed out"),
    "areas.load": _("%(who)s loaded areas"),
    "areas.load_boundaries": _("%(who)s loaded boundaries of areas"),
    "attention.clear": _("%(who)s cleared an attention mark of %(what)s"),
    "attention.mark": _("%(who)s marked %(what)s as needing attention"),
    "check.record": _("%(who)s recorded a check of %(what)s"),
    "check.withdraw": _("%(who)s withdrew a check of %(what)s"),
    "conflict.settle": _("%(who)s settled a disagreement between lists about %(what)s"),
    "consent.record": _("%(who)s wrote down the consent of a household for %(what)s"),
    "correction.ask": _("%(who)s noted what a list has wrong about %(what)s"),
    "correction.corrected": _("%(who)s wrote down that a list was corrected about %(what)s"),
    "correction.export": _("%(who)s took out what is asked of %(what)s"),
    "correction.refused": _("%(who)s wrote down that a list owner refused about %(what)s"),
    "correction.tell": _("%(who)s told a list owner what is wrong about %(what)s"),
    "registry.dump": _("%(who)s took out what the registry holds of %(what)s"),
    "folders.print": _("%(who)s printed the Family Folders of %(what)s"),
    "forum.agenda": _("%(who)s put households on the agenda of the forum of %(what)s"),
    "forum.agenda_remove": _("%(who)s took a household off the agenda of the forum of %(what)s"),
    "forum.answer": _("%(who)s wrote the answer to an objection in the forum of %(what)s"),
    "forum.change": _("%(who)s changed the forum of %(what)s"),
    "forum.close": _("%(who)s closed the forum of %(what)s"),
    "forum.objection": _("%(who)s wrote down an objection in the forum of %(what)s"),
    "forum.open": _("%(who)s opened a forum of %(what)s"),
    "forum.reopen": _("%(who)s opened the forum of %(what)s again"),
    "history.export": _("%(who)s took out the history as a file"),
    "grant.end": _("%(who)s ended what an office may open of %(what)s"),
    "grant.give": _("%(who)s opened %(what)s to an office"),
    "homes.cannot_tell": _("%(who)s could not tell whether two households are one"),
    "homes.different": _("%(who)s said that two households are not the same"),
    "homes.same": _("%(who)s said that two households are one"),
    "homes.same_house": _("%(who)s said that two households live in one house"),
    "homes.search": _("%(who)s asked to search for households that stand twice in %(what)s"),
    "homes.undo": _("%(who)s took back what was said of two households"),
    "household.add": _("%(who)s added the household %(what)s"),
    "household.correct": _("%(who)s corrected the household %(what)s"),
    "household.decline": _("%(who)s did not take over the household %(what)s"),
    "household.join": _("%(who)s joined a household to the household %(what)s"),
    "household.one_house": _("%(who)s gave a household the address of the household %(what)s"),
    "household.merge": _("%(who)s made a duplicate one with the household %(what)s"),
    "household.offer": _("%(who)s offered the household %(what)s, which moved, to another area"),
    "household.recall": _("%(who)s recalled the offer of the household %(what)s"),
    "household.split": _("%(who)s let members of the household %(what)s found their own"),
    "household.take_over": _("%(who)s took over the household %(what)s, which moved here"),
    "household.undo_change": _("%(who)s took back a change of the household %(what)s"),
    "keys.retire": _("%(who)s retired an old key of the national IDs"),
    "keys.rotate": _("%(who)s changed the key of the national IDs"),
    "link.run": _("%(who)s had people who stand twice searched"),
    "link.start": _("%(who)s asked to search for people who stand twice"),
    "list.add": _("%(who)s added to %(what)s what a list says"),
    "list.apply": _("%(who)s brought the list %(what)s into the registry"),
    "list.apply.start": _("%(who)s asked to apply the list %(what)s"),
    "list.ask_export": _("%(who)s asked for a list of households as a file"),
    "list.bring": _("%(who)s brought %(what)s into the registry with a list"),
    "list.discard.start": _("%(who)s discarded the list %(what)s"),
    "list.export": _("%(who)s exported a list of households"),
    "list.map": _("%(who)s said what the columns of %(what)s mean"),
    "list.purge": _("%(who)s deleted the file of %(what)s, whose time was over"),
    "list.rejected": _("%(who)s took out the rejected rows of %(what)s"),
    "list.resume": _("%(who)s let the work on %(what)s go on"),
    "list.reverse": _("%(who)s took the list %(what)s back"),
    "list.reverse.start": _("%(who)s asked to take back the list %(what)s"),
    "list.stage.start": _("%(who)s asked to check the list %(what)s"),
    "list.upload": _("%(who)s uploaded the list %(what)s"),
    "match.cannot_tell": _("%(who)s could not tell whom a row of %(what)s speaks of"),
    "match.different": _("%(who)s said a row of %(what)s speaks of somebody new"),
    "match.same": _("%(who)s said whom a row of %(what)s speaks of"),
    "match.undo": _("%(who)s took back a decision on a row of %(what)s"),
    "member.add": _("%(who)s added the member %(what)s"),
    "member.move": _("%(who)s moved the member %(what)s to another household"),
    "member.remove": _("%(who)s removed the member %(what)s"),
    "member.restore": _("%(who)s brought the member %(what)s back"),
    "note.add": _("%(who)s wrote a note on %(what)s"),
    "note.remove": _("%(who)s removed a note on %(what)s"),
    "note.restore": _("%(who)s brought back a note on %(what)s"),
    "organization.register": _("%(who)s added the organization %(what)s"),
    "organization.update": _("%(who)s changed the organization %(what)s"),
    "pair.cannot_tell": _("%(who)s could not tell whether two people are one"),
    "pair.confirm": _("%(who)s confirmed that two people are one"),
    "pair.different": _("%(who)s said that two people are not the same"),
    "pair.merge_sure": _("%(who)s asked to make all sure pairs of an area one"),
    "pair.same": _("%(who)s said that two people are one"),
    "pair.undo_sure": _("%(who)s asked to take back all sure pairs made one"),
    "pair.undo": _("%(who)s took back what was said of two people"),
    "person.correct": _("%(who)s corrected the data of %(what)s"),
    "person.merge": _("%(who)s made a duplicate one with %(what)s"),
    "person.unmerge": _("%(who)s made a duplicate its own person again beside %(what)s"),
    "privacy.erase": _("%(who)s erased what identifies %(what)s"),
    "row.let_stay": _("%(who)s let a row of a list stay that names somebody who was erased"),
    "row.take_out": _("%(who)s took out a row of a list that names somebody who was erased"),
    "profile.save": _("%(who)s saved the column profile %(what)s"),
    "queue.assign": _("%(who)s said who decides what waits in %(what)s"),
    "ranking.decide": _("%(who)s recorded a decision on priorities: %(what)s"),
    "ranking.rule": _("%(who)s put a rule for ranking problems in force: %(what)s"),
    "request.declined": _("%(who)s declined a request about own data %(what)s"),
    "request.done": _("%(who)s did what a request about own data asked %(what)s"),
    "request.receive": _("%(who)s wrote down a request about own data %(what)s"),
    "counts.export": _("%(who)s took out counts of %(what)s as a file"),
    "counts.print": _("%(who)s printed counts of %(what)s"),
    "definition.save": _("%(who)s wrote the definition %(what)s"),
    "run.ask_repeat": _("%(who)s asked to repeat the measurement %(what)s"),
    "run.done": _("The measurement %(what)s of %(who)s was done"),
    "run.export": _("%(who)s exported the measurement %(what)s"),
    "run.repeat": _("%(who)s repeated the measurement %(what)s"),
    "run.start": _("%(who)s started the measurement %(what)s"),
    "run.withdraw": _("%(who)s withdrew the measurement %(what)s"),
    "source.change": _("%(who)s changed the list description %(what)s"),
    "source.register": _("%(who)s described the list %(what)s"),
    "status.override": _("%(who)s set the status of %(what)s by hand"),
    "status.restore": _("%(who)s let the rule decide the status of %(what)s again"),
    "strength.add": _("%(who)s added a strength of the community: %(what)s"),
    "strength.remove": _("%(who)s removed a strength of the community: %(what)s"),
    "strength.replace": _("%(who)s replaced a strength of the community: %(what)s"),
    "system.backup": _("%(who)s made a backup"),
    "system.restore": _("%(who)s restored a backup"),
    "worklist.assign": _("%(who)s gave the worklist of %(what)s to somebody"),
    "worklist.export": _("%(who)s took out the worklist of %(what)s"),
    "worklist.upload": _("%(who)s sent a filled-in worklist of %(what)s"),
    "worklist.results": _("%(who)s wrote the results of a filled-in worklist of %(what)s"),
    "token.create": _("%(who)s made a key for a program"),
    "token.revoke": _("%(who)s stopped a key of a program"),
}
UNNAMED = _("%(who)s did “%(verb)s” %(what)s")
LOOKS: dict[str, str] = {
    LookKind.VIEW: _("%(who)s looked at %(what)s"),
    LookKind.LIST: _("%(who)s saw %(what)s in a list"),
    LookKind.REVEAL: _("%(who)s saw a full national ID of %(what)s"),
    LookKind.PRINT: _("%(who)s printed %(what)s"),
    LookKind.EXPORT: _("%(who)s exported %(what)s"),
    LookKind.API: _("A program of %(who)s read %(what)s"),
    LookKind.SEARCH: _("%(who)s searched by national ID"),
}
# Families of verbs, for the filter
FAMILIES = {
    "account": _("accounts and sign-ins"),
    "access": _("roles"),
    "list": _("lists"),
    "match": _("rows to decide"),
    "pair": _("people who stand twice"),
    "folders": _("printed folders"),
    "check": _("field checks"),
    "status": _("statuses set by hand"),
    "worklist": _("worklists"),
    "counts": _("counts given out"),
    "grant": _("families opened to offices"),
    "forum": _("village forums"),
    "correction": _("asked of list owners"),
    "household": _("households"),
    "homes": _("households that stand twice"),
    "person": _("people"),
    "member": _("members"),
    "note": _("notes"),
    "ranking": _("ranking and decisions"),
    "attention": _("attention marks"),
    "request": _("requests"),
    "consent": _("consents"),
    "privacy": _("erasures"),
    "source": _("descriptions of lists"),
    "run": _("measurements"),
    "definition": _("definitions"),
    "organization": _("organizations"),
    "token": _("keys for programs"),
}
FIELD_WORDS = {
    "maintainer": _("maintainer"),
    "same_browser": _("in a browser of who made it"),
    "area": _("area"),
    "birth_date": _("birth date"),
    "columns": _("columns"),
    "due": _("answer due"),
    "expires_on": _("last day"),
    "first_name": _("first name"),
    "from": _("from day"),
    "house_no": _("house number"),
    "kept_until": _("kept until"),
    "kind": _("kind"),
    "language": _("language"),
    "last_name": _("last name"),
    "latitude": _("latitude"),
    "ground": _("legal ground"),
    "legal_basis": _("legal basis"),
    "longitude": _("longitude"),
    "name": _("name"),
    "on": _("on day"),
    "phone": _("phone"),
    "position": _("position"),
    "presence": _("presence"),
    "purpose": _("purpose"),
    "relation": _("relation"),
    "retention_years": _("years kept"),
    "role": _("role"),
    "sex": _("sex"),
    "source": _("list"),
    "status": _("state"),
    "title": _("title"),
    "to": _("to"),
    "until": _("until day"),
    "format": _("file kind"),
    "households": _("households"),
    "why": _("reason"),
    "row": _("row"),
    "rows": _("rows"),
    "reason": _("reason"),
    "text": _("text"),
    "definition": _("definition"),
    "identical": _("same in every figure"),
    "audience": _("for whom"),
    "beside": _("set beside"),
    "outcome": _("outcome"),
    "method": _("how"),
    "list_year": _("list year"),
    "fact": _("fact"),
    "year": _("list year"),
    "count": _("how many"),
    "people": _("people"),
    "sure": _("sure pairs"),
    "ask": _("pairs to ask about"),
    "created": _("new"),
    "updated": _("added to"),
    "unchanged": _("known already"),
    "ambiguous": _("to be decided"),
    "questions": _("rows of other lists to decide"),
    "rejected": _("not usable"),
    "shared": _("used by several offices"),
    "found_in_field": _("found in the field"),
    "found_on": _("found on"),
    "step": _("step"),
    "error": _("fault"),
    "organization": _("organization"),
    "what": _("what"),
    "searched": _("found by a search"),
    "land": _("readiness: land"),
    "health": _("readiness: health"),
    "education": _("readiness: education"),
    "housing": _("readiness: housing"),
    "economy": _("readiness: economy and income"),
    "other": _("readiness: other matters"),
    "weight_households": _("weight: number of households"),
    "weight_severity": _("weight: how heavy the problem is"),
    "weight_action": _("weight: readiness"),
}
HIDDEN_FIELDS = frozenset(
    {
        "keys_ended",
        "sessions_ended",
        "request",
        "to_id",
        "household",
        "batch",
        "check",
        "verdict",
        "chosen",
        "decision",
        "merge",
        "duplicate",
        "moved",
        "causes",
        "probability",
        "places",
        "results_hash",
        "digest",
        "bytes",
        "chosen_problems",
        "reasons",
    }
)
# Subjects that say nothing of a family; what is not named here is shown only to who may see households
NOT_OF_A_FAMILY = frozenset(
    {
        "area",
        "backup",
        "batch",
        "boundary",
        "definition",
        "forum",
        "history",
        "key",
        "link",
        "organization",
        "profile",
        "run",
        "ranking",
        "decision",
        "source",
        "strength",
        "user",
    }
)
# Verbs whose label and values hold nothing of a family, though they are about one
IMPERSONAL = ("consent.", "request.", "privacy.")
CODES: dict[str, Any] = {
    **dict(BatchStatus.choices),
    **{code: role.name for code, role in ROLES.items()},
    **dict(RequestKind.choices),
    **dict(ConsentStatus.choices),
    **dict(LegalBasis.choices),
    **dict(Presence.choices),
    **dict(Verified.choices),
    **dict(Method.choices),
}
FACTS: dict[str, Any] = {**FACT_NAMES, STANDING: gettext_lazy("standing on the list")}
# Names of exports of counts, as `give_counts` writes them down
EXPORTS: dict[str, Any] = {
    "report": gettext_lazy("report for a meeting"),
    "profile": gettext_lazy("area profile"),
    "ranking": gettext_lazy("problems in order"),
    "decision": gettext_lazy("decision"),
    "sets": gettext_lazy("which lists name whom"),
    "accuracy": gettext_lazy("how good each list is"),
    "accuracy-areas": gettext_lazy("how good a list is, by area"),
    "reasons": gettext_lazy("why households are missed"),
    "quality": gettext_lazy("how complete each list is"),
    "quality-areas": gettext_lazy("how complete lists are, by area"),
    "unseen": gettext_lazy("estimates of households on no list"),
    "histories": gettext_lazy("what the estimates stand on"),
    "unseen-areas": gettext_lazy("estimates of households on no list, by area"),
}
# An identifier tells a reader nothing: the line names what it stands for
IDENTIFIER = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
ROWS_OF_LIST = re.compile(rf"(rows|rejected rows|row (\d+)) of {IDENTIFIER.pattern}")
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_ = gettext


@dataclass(frozen=True)
class Line:
    """One line of history: when, the sentence, what changed, why, where, and the page behind it."""

    at: datetime
    sentence: str
    area: str
    url: str = ""
    details: tuple[tuple[str, str], ...] = ()
    reason: str = ""
    role: str = ""


@dataclass(frozen=True)
class Reader:
    """What the reader may know: names of households in sight, areas by name, where values are open,
    and where reasons of looks are (for who handles requests of families). Lists and definitions by
    name, which tell nothing of a family."""

    households: Mapping[str, str]
    areas: Mapping[str, str]
    lists: Mapping[str, str]
    definitions: Mapping[str, str]
    may_see_values: Callable[[str], bool]
    may_see_reasons: Callable[[str], bool]


def change_line(event: Event, reader: Reader) -> Line:
    """An event as a line. Values and names of a family only where the reader may see households."""
    seen = event.subject_type in NOT_OF_A_FAMILY or reader.may_see_values(event.area_code)
    is_open = seen or event.verb.startswith(IMPERSONAL)
    what = event.subject_label if is_open else ""
    if event.is_erased:
        what = _("somebody whose data was erased")
    url = ""
    if event.subject_type == "household" and event.subject_id in reader.households:
        if event.verb != "consent.record":
            what = what or reader.households[event.subject_id]
        url = reverse("history_household", args=[event.subject_id])
    template = _(SENTENCES.get(event.verb, UNNAMED))
    sentence = template % {
        "who": event.actor_name or _("Somebody"),
        "what": what or subject_word(event.subject_type),
        "verb": event.verb,
    }
    return Line(
        at=event.at,
        sentence=" ".join(sentence.split()),
        area=reader.areas.get(event.area_code, event.area_code),
        url=url,
        details=details_of(event.changes, reader, values=is_open),
        reason=event.reason if seen else "",
    )


def told(event: Event) -> str:
    """What an event of an account says to the person whose account it is."""
    template = _(SENTENCES.get(event.verb, UNNAMED))
    words = {"who": event.actor_name or _("Somebody"), "what": event.subject_label}
    return " ".join((template % (words | {"verb": event.verb})).split())


def subject_word(subject_type: str) -> str:
    of_household = dict.fromkeys(("household", "note", "attention"), _("a household"))
    words = of_household | {"person": _("a person")}
    return words.get(subject_type, "")


def look_line(look: Look, reader: Reader) -> Line:
    """A look as a line."""
    if look.household_id:
        what = reader.households.get(look.household_id) or _("a household")
    else:
        what = _("%(count)s households") % {"count": f"{look.count:,}"}
    known = look.household_id in reader.households
    return Line(
        at=look.at,
        sentence=_(LOOKS[look.kind]) % {"who": look.actor_name, "what": what},
        area=reader.areas.get(look.area_code, look.area_code),
        url=reverse("history_household", args=[look.household_id]) if known else "",
        reason=reason_words(look.reason) if reader.may_see_reasons(look.area_code) else "",
        role=role_words(look.actor_role),
    )


def reason_words(reason: str) -> str:
    """Why somebody looked, for reading; a list stands there by an identifier, which tells a reader nothing."""
    if rows := ROWS_OF_LIST.fullmatch(reason):
        words = {"rows": _("rows of a list"), "rejected rows": _("rejected rows of a list")}
        return words.get(rows[1]) or _("row %(number)s of a list") % {"number": rows[2]}
    return _(reason) if reason else ""


def role_words(held: str) -> str:
    """Roles as they were held ("tambon_officer 330101, …") by name."""
    codes = [part.split()[0] for part in held.split(",") if part.strip()]
    return " · ".join(str(CODES.get(code, code)) for code in codes)


def details_of(
    changes: Mapping[str, Any], reader: Reader, *, values: bool
) -> tuple[tuple[str, str], ...]:
    """What changed, field by field; only the fields where values are not for the reader."""
    words = {
        "source": reader.lists,
        "definition": reader.definitions,
        "fact": FACTS,
        "ground": dict(ErasureGround.choices),
        "what": EXPORTS,
    }
    found = []
    for name, value in changes.items():
        if name in HIDDEN_FIELDS or IDENTIFIER.fullmatch(str(value)):
            continue
        if values and value in ("", None):
            continue
        label = _(FIELD_WORDS[name]) if name in FIELD_WORDS else name.replace("_", " ")
        found.append((label, in_words(value, words.get(name, CODES)) if values else ""))
    return tuple(found)


def in_words(value: Any, codes: Mapping[str, Any] = CODES) -> str:
    """A stored value for reading: days in the Buddhist Era, codes by name, old → new."""
    if isinstance(value, dict) and {"from", "to"} >= set(value):
        old, new = in_words(value.get("from"), codes), in_words(value.get("to"), codes)
        return f"{old or '–'} → {new or '–'}"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list | dict):
        return _("%(count)s items") % {"count": len(value)} if len(str(value)) > 80 else str(value)
    text = "" if value is None else str(value)
    if ISO_DAY.fullmatch(text):
        return be_date(date.fromisoformat(text))
    return str(codes[text]) if text in codes else text[:200]
