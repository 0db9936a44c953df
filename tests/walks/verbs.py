"""Who may do what: every verb of the apps, each cell written here by hand.

A verb is a public function of `kaejon.apps` with a keyword-only `by`. `near` names who may do
it to a thing in tambon 330101, `far` who may in tambon 330201 of another district (accounts:
province 34); `far=None`: the thing lies nowhere. Everybody else is refused with NotPermitted.
`events` are the lines an allowed call leaves in the history, one for the verb and one for each
verb it is made of; `looks` stands for a verb that shows instead of changing.
"""

from __future__ import annotations

from dataclasses import dataclass

# Malee keeps tambon 330101, Somsak the next one, Orathai district 3301, Wanna the province.
# Kamon visits households of 330101; Anan manages accounts. Darunee only reads the district,
# Preecha what was granted to the agency; the stranger has no role.
EVERYBODY = "malee somsak darunee preecha stranger wanna anan orathai kamon"
WORKERS = "malee kamon orathai wanna"
OFFICERS = "malee orathai wanna"
IMPORTERS = "malee somsak orathai wanna"


@dataclass(frozen=True)
class Verb:
    """Who may, near and far, and what is then written to the history."""

    near: str
    far: str | None
    events: str
    looks: bool = False


# Parts of verbs, which have a `by` of their own and ask nothing: whoever calls them has asked.
PARTS = {
    "access.credentials.password_changed": "follows a password that sign-in has taken already",
    "access.confirmations.wait_for_province": "puts what another verb did before the province",
    "access.credentials.locked_out": "writes down what sign-in refused",
    "access.once.refuse_again": "remembers that a verb was asked for, and refuses it the second time",
    "jobs.actions.enqueue": "puts work in the queue for the verb that asked for it",
    "audit.actions.record": "writes the line of a verb",
    "audit.actions.record_many": "writes the lines a list leaves with each household",
    "audit.actions.record_look": "writes the look of a door",
    "audit.actions.record_looks": "writes the looks of a door",
    "audit.actions.record_list": "writes the packed look of a list",
    "audit.actions.append_looks": "writes the looks of a door",
    "audit.actions.erase_details": "the part of an erasure that reaches the history",
}

VERBS: dict[str, Verb] = {
    # Accounts, roles, organizations
    "access.accounts.disable": Verb("anan", "", "account.disable"),
    "access.accounts.enable": Verb("anan", "", "account.enable"),
    "access.accounts.set_maintainer": Verb("", "", "account.maintainer"),
    "access.accounts.set_expiry": Verb("anan", "", "account.expire"),
    "access.actions.assign_role": Verb("anan", "", "access.assign"),
    "access.actions.end_assignment": Verb("anan", "", "access.end"),
    "access.actions.hand_over": Verb("anan", "", "access.assign access.end access.hand_over"),
    "access.invitations.invite": Verb("anan", "", "access.assign account.invite"),
    "access.links.invite_again": Verb("anan", "", "account.new_link_alone"),
    "access.links.second_step_link": Verb("anan", "", "account.second_step_link_alone"),
    "access.links.release_link": Verb("anan", "", "account.link_released"),
    "access.confirmations.confirm_account": Verb("wanna", "", "account.confirm"),
    "access.confirmations.close_unconfirmed": Verb("wanna", "", "account.disable"),
    "access.tokens.revoke_token": Verb("malee anan", "", "token.revoke"),
    "access.places.register_organization": Verb("anan", "", "organization.update"),
    "access.places.load_boundaries": Verb("wanna", "", "areas.load_boundaries"),
    # Lists
    "sources.actions.register_source": Verb("wanna", "", "source.change"),
    "sources.actions.upload_list": Verb(IMPORTERS, None, "list.upload"),
    "sources.actions.set_mapping": Verb(OFFICERS, "wanna", "list.map"),
    "sources.actions.save_profile": Verb(OFFICERS, "wanna", "profile.save"),
    "sources.actions.stage": Verb(OFFICERS, "wanna", "list.stage.start"),
    "sources.actions.apply": Verb(OFFICERS, "wanna", "list.apply.start"),
    "sources.actions.reverse": Verb(OFFICERS, "wanna", "list.reverse.start"),
    "sources.actions.discard": Verb(OFFICERS, "wanna", "list.discard.start"),
    "sources.actions.resume": Verb(OFFICERS, "wanna", "list.resume"),
    "sources.handing_back.write_rejected": Verb(OFFICERS, "wanna", "list.rejected", looks=True),
    "sources.handing_back.reveal_row": Verb(OFFICERS, "wanna", "", looks=True),
    # Rows and people that wait
    "linking.actions.decide": Verb(OFFICERS, "wanna", "match.cannot_tell"),
    "linking.actions.undo": Verb(OFFICERS, "wanna", "match.undo"),
    "linking.assigning.assign_queue": Verb(OFFICERS, "wanna", "queue.assign"),
    "linking.pairs.decide_pair": Verb(OFFICERS, "wanna", "pair.different"),
    "linking.pairs.second_opinion": Verb(OFFICERS, "wanna", "pair.cannot_tell"),
    "linking.pairs.undo_pair": Verb(OFFICERS, "wanna", "pair.undo"),
    "linking.scoring.start": Verb(OFFICERS, "wanna", "link.start"),
    "linking.sure.merge_sure": Verb(OFFICERS, "wanna", "pair.merge_sure"),
    "linking.sure.undo_sure": Verb(OFFICERS, "wanna", "pair.undo_sure"),
    "households.grants.grant_household": Verb("wanna", "wanna", "grant.give"),
    "households.grants.end_grant": Verb("wanna", "wanna", "grant.end"),
    # The household and its members
    "folders.actions.correct_household": Verb(WORKERS, "wanna", "household.correct"),
    "folders.actions.settle_conflict": Verb(WORKERS, "wanna", "conflict.settle"),
    "folders.actions.add_household": Verb(WORKERS, "wanna", "household.add"),
    "folders.actions.add_note": Verb(WORKERS, "wanna", "note.add"),
    "folders.actions.remove_note": Verb(WORKERS, "wanna", "note.remove"),
    "folders.actions.restore_note": Verb(WORKERS, "wanna", "note.restore"),
    "folders.actions.mark_attention": Verb(WORKERS, "wanna", "attention.mark"),
    "folders.actions.clear_attention": Verb(WORKERS, "wanna", "attention.clear"),
    "folders.members.correct_person": Verb(WORKERS, "wanna", "person.correct"),
    "folders.members.add_member": Verb(WORKERS, "wanna", "member.add"),
    "folders.members.move_member": Verb(WORKERS, "wanna", "member.move"),
    "folders.members.remove_member": Verb(WORKERS, "wanna", "member.remove"),
    "folders.members.restore_member": Verb(WORKERS, "wanna", "member.restore"),
    "folders.strengths.add_strength": Verb(WORKERS, "wanna", "strength.add"),
    "folders.strengths.replace_strength": Verb(WORKERS, "wanna", "strength.replace"),
    "folders.strengths.remove_strength": Verb(WORKERS, "wanna", "strength.remove"),
    "folders.exporting.export_now": Verb(OFFICERS, "wanna", "list.export", looks=True),
    "folders.exporting.request_export": Verb(OFFICERS, "wanna", "list.ask_export"),
    "folders.dump.dump_registry": Verb(OFFICERS, "wanna", "registry.dump", looks=True),
    "folders.printing.enqueue_area": Verb(f"{WORKERS} preecha", "wanna", "folders.print"),
    # Households that are one, part, join or move
    "homes.deciding.decide_pair": Verb(OFFICERS, "wanna", "homes.different"),
    "homes.deciding.undo_decision": Verb(OFFICERS, "wanna", "homes.undo"),
    "homes.handing_over.offer": Verb(WORKERS, "wanna", "household.offer"),
    "homes.handing_over.accept": Verb(WORKERS, "wanna", "household.take_over"),
    "homes.handing_over.decline": Verb(WORKERS, "wanna", "household.decline"),
    "homes.handing_over.recall": Verb(WORKERS, "wanna", "household.recall"),
    "homes.housing.house_together": Verb(WORKERS, "wanna", "household.one_house"),
    "homes.merging.merge_households": Verb(WORKERS, "wanna", "household.merge"),
    "homes.parting.split_household": Verb(WORKERS, "wanna", "household.split"),
    "homes.parting.join_households": Verb(WORKERS, "wanna", "household.join"),
    "homes.searching.start": Verb(OFFICERS, "wanna", "homes.search"),
    "homes.undoing.undo_change": Verb(WORKERS, "wanna", "household.undo_change"),
    # Field work
    "surveys.checking.record_check": Verb(WORKERS, "wanna", "check.record"),
    "surveys.checking.record_checks": Verb(WORKERS, "wanna", "check.record"),
    "surveys.checking.add_missed": Verb(WORKERS, "wanna", "household.add check.record"),
    "surveys.checking.withdraw_check": Verb(WORKERS, "wanna", "check.withdraw"),
    "surveys.correcting.ask_correction": Verb(WORKERS, "wanna", "correction.ask"),
    "surveys.correcting.tell_owner": Verb(WORKERS, "wanna", "correction.tell"),
    "surveys.correcting.answer_correction": Verb(WORKERS, "wanna", "correction.corrected"),
    "surveys.forums.open_forum": Verb(WORKERS, "wanna", "forum.open"),
    "surveys.forums.change_forum": Verb(WORKERS, "wanna", "forum.change"),
    "surveys.forums.add_to_agenda": Verb(WORKERS, "wanna", "forum.agenda"),
    "surveys.forums.remove_from_agenda": Verb(WORKERS, "wanna", "forum.agenda_remove"),
    "surveys.forums.decide": Verb(WORKERS, "wanna", "check.record"),
    "surveys.forums.raise_objection": Verb(WORKERS, "wanna", "forum.objection"),
    "surveys.forums.answer_objection": Verb(WORKERS, "wanna", "forum.answer"),
    "surveys.forums.close_forum": Verb(WORKERS, "wanna", "forum.close"),
    "surveys.forums.reopen_forum": Verb(WORKERS, "wanna", "forum.reopen"),
    "surveys.overriding.override_status": Verb(OFFICERS, "wanna", "status.override"),
    "surveys.overriding.remove_override": Verb(OFFICERS, "wanna", "status.restore"),
    "surveys.papers.worklist_pdf": Verb(WORKERS, "wanna", "", looks=True),
    "surveys.papers.forum_pdf": Verb(WORKERS, "wanna", "", looks=True),
    "surveys.papers.result_pdf": Verb(WORKERS, "wanna", "", looks=True),
    "surveys.results.keep_results": Verb(WORKERS, "wanna", "worklist.upload"),
    "surveys.results.apply_results": Verb("malee", "", "worklist.results"),  # who sent the file
    "surveys.worklists.assign_village": Verb(OFFICERS, "wanna", "worklist.assign"),
    # Measurements, ranking, counts given out
    "dashboards.exports.give_counts": Verb(OFFICERS, "wanna", "counts.export"),
    "measurement.defining.save_definition": Verb("orathai wanna", None, "definition.save"),
    "measurement.running.start_run": Verb("orathai wanna", "wanna", "run.start"),
    "measurement.running.repeat_run": Verb("orathai wanna", "wanna", "run.ask_repeat"),
    "measurement.running.withdraw_run": Verb("orathai wanna", "wanna", "run.withdraw"),
    "ranking.actions.save_rule": Verb("wanna", "wanna", "ranking.rule"),
    "ranking.actions.record_decision": Verb("wanna", "wanna", "ranking.decide"),
    # Rights of the people concerned
    "privacy.consent.record_consent": Verb(OFFICERS, "wanna", "consent.record"),
    "privacy.erasing.erase_household": Verb(OFFICERS, "wanna", "privacy.erase"),
    "privacy.erasing.erase_person": Verb(OFFICERS, "wanna", "privacy.erase"),
    "privacy.named_again.let_stay": Verb("wanna", "wanna", "row.let_stay"),
    "privacy.named_again.take_out": Verb("wanna", "wanna", "row.take_out"),
    "privacy.requests.receive_request": Verb(OFFICERS, "wanna", "request.receive"),
    "privacy.requests.answer_request": Verb(OFFICERS, "wanna", "request.done"),
    # Every file at rest of the province whose time is over, near and far
    "privacy.retention.purge_expired": Verb(
        "wanna", None, "list.purge list.purge list.purge list.purge"
    ),
}
