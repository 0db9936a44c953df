"""Addresses of the Family Folder, below /households/."""

from django.urls import path

from kaejon.web.folder import corrections, moving, page, papers, remarks, settling

urlpatterns = [
    path("add/", settling.household_add, name="household_add"),
    path("print/", papers.print_area, name="folders_print"),
    path("print/<uuid:job>/", papers.print_job, name="folders_print_job"),
    path("print/<uuid:job>/progress/", papers.print_progress, name="folders_print_progress"),
    path("print/<uuid:job>/file/", papers.print_file, name="folders_print_file"),
    path("people/<uuid:public_id>/correct/", corrections.person_correct, name="person_correct"),
    path("people/<uuid:public_id>/move/", moving.member_move, name="member_move"),
    path("people/<uuid:public_id>/remove/", moving.member_remove, name="member_remove"),
    path("people/<uuid:public_id>/national-id/", remarks.person_reveal, name="person_reveal"),
    path("memberships/<int:membership>/restore/", moving.member_restore, name="member_restore"),
    path("notes/<uuid:public_id>/remove/", remarks.note_remove, name="note_remove"),
    path("notes/<uuid:public_id>/restore/", remarks.note_restore, name="note_restore"),
    path("attention/<uuid:public_id>/clear/", remarks.attention_clear, name="attention_clear"),
    path("<uuid:public_id>/", page.folder, name="folder"),
    path("<uuid:public_id>/folder.pdf", papers.folder_pdf, name="folder_pdf"),
    path("<uuid:public_id>/correct/", corrections.household_correct, name="household_correct"),
    path("<uuid:public_id>/members/add/", corrections.member_add, name="member_add"),
    path("<uuid:public_id>/notes/add/", remarks.note_add, name="note_add"),
    path("<uuid:public_id>/attention/", remarks.attention_mark, name="attention_mark"),
    path("<uuid:public_id>/settle/<slug:fact>/", settling.conflict_settle, name="conflict_settle"),
]
