"""Addresses of field checks and village forums, below /field/."""

from django.urls import path

from kaejon.web.surveys import checks, corrections, differing, forums, results, worklist

urlpatterns = [
    path("", worklist.field_home, name="field_home"),
    path("villages/<str:code>/", worklist.field_village, name="field_village"),
    path("villages/<str:code>/assign/", worklist.field_assign, name="field_assign"),
    path("villages/<str:code>/worklist.pdf", worklist.field_pdf, name="field_pdf"),
    path("villages/<str:code>/worklist.xlsx", worklist.field_xlsx, name="field_xlsx"),
    path("villages/<str:code>/results/", results.results_upload, name="results_upload"),
    path("villages/<str:code>/missed/", checks.missed_add, name="missed_add"),
    path("villages/<str:code>/forum/", forums.forum_add, name="forum_add"),
    path("results/<uuid:public_id>/", results.results_page, name="results_page"),
    path("households/<uuid:public_id>/check/", checks.check_record, name="check_record"),
    path("households/<uuid:public_id>/tap/", checks.check_quick, name="check_quick"),
    path("households/<uuid:public_id>/result.pdf", checks.check_result, name="check_result"),
    path("households/<uuid:public_id>/status/", checks.status_override, name="status_override"),
    path("households/<uuid:public_id>/ask/", differing.correction_ask, name="correction_ask"),
    path("status/<uuid:public_id>/remove/", checks.status_restore, name="status_restore"),
    path("checks/<uuid:public_id>/withdraw/", checks.check_withdraw, name="check_withdraw"),
    path("checks/<uuid:public_id>/photo/", checks.check_photo, name="check_photo"),
    path("forums/", forums.forum_list, name="forum_list"),
    path("forums/<uuid:public_id>/", forums.forum_page, name="forum_page"),
    path("forums/<uuid:public_id>/change/", forums.forum_change, name="forum_change"),
    path("forums/<uuid:public_id>/agenda/", forums.forum_agenda, name="forum_agenda"),
    path("forums/<uuid:public_id>/close/", forums.forum_close, name="forum_close"),
    path("forums/<uuid:public_id>/reopen/", forums.forum_reopen, name="forum_reopen"),
    path("forums/<uuid:public_id>/<str:kind>.pdf", forums.forum_paper, name="forum_paper"),
    path("items/<uuid:public_id>/decide/", forums.forum_decide, name="forum_decide"),
    path("items/<uuid:public_id>/object/", forums.forum_object, name="forum_object"),
    path("items/<uuid:public_id>/remove/", forums.forum_item_remove, name="forum_item_remove"),
    path("objections/<uuid:public_id>/answer/", forums.forum_answer, name="forum_answer"),
    path("differences/", differing.clash_list, name="clash_list"),
    path("corrections/", corrections.correction_list, name="correction_list"),
    path("corrections/<uuid:public_id>/", corrections.correction_answer, name="correction_answer"),
    path("corrections/<slug:code>/told/", corrections.correction_tell, name="correction_tell"),
    path("corrections/<slug:code>/file/", corrections.correction_export, name="correction_export"),
]
