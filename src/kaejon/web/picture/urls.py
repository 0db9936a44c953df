"""Addresses of the picture of many lists, below /picture/."""

from django.urls import path

from kaejon.web.picture import pages

urlpatterns = [
    path("", pages.picture_page, name="picture"),
    path("sets/", pages.sets_page, name="picture_sets"),
    path("accuracy/", pages.accuracy_page, name="picture_accuracy"),
    path("quality/", pages.quality_page, name="picture_quality"),
    path("unseen/", pages.unseen_page, name="picture_unseen"),
    path("tables/<slug:table>.xlsx", pages.picture_export, name="picture_export"),
]
