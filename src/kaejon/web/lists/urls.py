"""Addresses of the lists brought in and of their sources."""

from django.urls import path

from kaejon.web.lists import batch, columns, listing, rows, sources, steps, uploading

urlpatterns = [
    path("", listing.batch_list, name="batch_list"),
    path("upload/", uploading.batch_upload, name="batch_upload"),
    path("sources/", sources.source_list, name="source_list"),
    path("sources/new/", sources.source_add, name="source_add"),
    path("sources/<slug:code>/", sources.source_edit, name="source_edit"),
    path("<uuid:public_id>/", batch.batch_page, name="batch_page"),
    path("<uuid:public_id>/progress/", batch.batch_progress, name="batch_progress"),
    path("<uuid:public_id>/columns/", columns.batch_mapping, name="batch_mapping"),
    path("<uuid:public_id>/columns/check/", columns.mapping_check, name="batch_mapping_check"),
    path("<uuid:public_id>/check/", steps.batch_check, name="batch_check"),
    path("<uuid:public_id>/apply/", steps.batch_apply, name="batch_apply"),
    path("<uuid:public_id>/reverse/", steps.batch_reverse, name="batch_reverse"),
    path("<uuid:public_id>/discard/", steps.batch_discard, name="batch_discard"),
    path("<uuid:public_id>/resume/", steps.batch_resume, name="batch_resume"),
    path("<uuid:public_id>/rejected.xlsx", rows.rejected_download, name="batch_rejected"),
    path("<uuid:public_id>/rows/<int:number>/", rows.row_page, name="batch_row"),
]
