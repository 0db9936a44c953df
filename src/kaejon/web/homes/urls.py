"""Addresses of households that may be one, parting, joining, the household on a day, and arrivals, below /homes/."""

from django.urls import path

from kaejon.web.homes import arrivals, changes, past, review

urlpatterns = [
    path("review/", review.review_homes, name="review_homes"),
    path("review/search/", review.review_homes_search, name="review_homes_search"),
    path("review/<uuid:public_id>/", review.review_home, name="review_home"),
    path(
        "review/decisions/<uuid:public_id>/undo/", review.review_home_undo, name="review_home_undo"
    ),
    path("arrivals/", arrivals.household_arrivals, name="household_arrivals"),
    path("arrivals/<uuid:public_id>/", arrivals.household_arrival, name="household_arrival"),
    path("arrivals/<uuid:public_id>/recall/", arrivals.household_recall, name="household_recall"),
    path(
        "changes/<uuid:public_id>/undo/",
        changes.household_change_undo,
        name="household_change_undo",
    ),
    path("<uuid:public_id>/on/", past.household_on, name="household_on"),
    path("<uuid:public_id>/split/", changes.household_split, name="household_split"),
    path("<uuid:public_id>/join/", changes.household_join, name="household_join"),
    path("<uuid:public_id>/away/", changes.household_offer, name="household_offer"),
]
