"""Addresses of the queue of rows that wait for a person, below /review/."""

from django.urls import path

from kaejon.web.linking import deciding, queue

urlpatterns = [
    path("", queue.review_list, name="review_list"),
    path("<uuid:public_id>/<int:number>/", deciding.review_page, name="review_page"),
    path("decisions/<uuid:public_id>/undo/", deciding.review_undo, name="review_undo"),
]
