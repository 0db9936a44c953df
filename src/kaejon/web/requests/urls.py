"""Addresses of requests of the people concerned, consent and retention."""

from django.urls import path

from kaejon.web.requests import asked, consents, held, keeping, named_again

urlpatterns = [
    path("", asked.request_list, name="request_list"),
    path("new/", asked.request_add, name="request_add"),
    path("new/<uuid:public_id>/", asked.request_add_for, name="request_add_for"),
    path("retention/", keeping.retention, name="retention"),
    path("papers/<uuid:public_id>/", consents.consent_paper, name="consent_paper"),
    path("consent/<uuid:public_id>/", consents.consent_edit, name="consent_edit"),
    path("held/<uuid:public_id>.pdf", held.held_data_print, name="held_data_print"),
    path("erased/", named_again.named_again_list, name="named_again_list"),
    path(
        "erased/<uuid:public_id>/<int:number>/", named_again.named_again_row, name="named_again_row"
    ),
    path("erase/household/<uuid:public_id>/", asked.erase_household_page, name="erase_household"),
    path("erase/person/<uuid:public_id>/", asked.erase_person_page, name="erase_person"),
    path("<uuid:public_id>/", asked.request_page, name="request_page"),
]
