"""Addresses of the ranking of problems and of the decisions taken by it."""

from django.urls import path

from kaejon.web.ranking.decisions import decision_add, decision_page, decision_sheet
from kaejon.web.ranking.pages import ranking_home, ranking_page, ranking_rule, ranking_sheet

urlpatterns = [
    path("", ranking_home, name="ranking_home"),
    path("<str:code>/", ranking_page, name="ranking_page"),
    path("<str:code>/rule/", ranking_rule, name="ranking_rule"),
    path("<str:code>/sheet.pdf", ranking_sheet, name="ranking_sheet"),
    path("<str:code>/decide/", decision_add, name="decision_add"),
    path("decisions/<uuid:public_id>/", decision_page, name="decision_page"),
    path("decisions/<uuid:public_id>/sheet.pdf", decision_sheet, name="decision_sheet"),
]
