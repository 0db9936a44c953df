"""Addresses of the queues of rows and of pairs that wait for a person, below /review/."""

from django.urls import path

from kaejon.web.linking import batches, deciding, pair_deciding, pair_queue, queue

urlpatterns = [
    path("", queue.review_list, name="review_list"),
    path("<uuid:public_id>/<int:number>/", deciding.review_page, name="review_page"),
    path("decisions/<uuid:public_id>/undo/", deciding.review_undo, name="review_undo"),
    path("pairs/", pair_queue.review_pairs, name="review_pairs"),
    path("pairs/search/", pair_queue.review_search, name="review_search"),
    path("pairs/sure/", batches.review_sure, name="review_sure"),
    path("pairs/<uuid:public_id>/", pair_deciding.review_pair, name="review_pair"),
    path(
        "pairs/decisions/<uuid:public_id>/undo/",
        pair_deciding.review_pair_undo,
        name="review_pair_undo",
    ),
    path("assign/", pair_queue.review_assign, name="review_assign"),
    path("jobs/<uuid:public_id>/", batches.review_job, name="review_job"),
    path(
        "jobs/<uuid:public_id>/progress/", batches.review_job_progress, name="review_job_progress"
    ),
    path("jobs/<uuid:public_id>/undo/", batches.review_job_undo, name="review_job_undo"),
]
