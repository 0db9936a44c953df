"""Addresses of the history."""

from django.urls import path

from kaejon.web.history import pages

urlpatterns = [
    path("", pages.history, name="history"),
    path("looks/", pages.history_looks, name="history_looks"),
    path("export/<str:kind>/", pages.history_export, name="history_export"),
    path("household/<uuid:public_id>/", pages.household_history, name="history_household"),
]
