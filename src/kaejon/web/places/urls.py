"""Addresses of the dashboard, the areas and the lists of households."""

from django.urls import path

from kaejon.web.places.areas import area_home, area_page, area_sheet
from kaejon.web.places.dashboard import dashboard
from kaejon.web.places.exports import export_file, export_page, export_progress, household_export
from kaejon.web.places.households import household_list
from kaejon.web.places.measures import area_measures
from kaejon.web.places.report import area_report, area_workbook
from kaejon.web.places.strengths import strength_add, strength_change, strength_remove

urlpatterns = [
    path("", dashboard, name="dashboard"),
    path("areas/", area_home, name="area_home"),
    path("areas/<str:code>/", area_page, name="area_page"),
    path("areas/<str:code>/measures/", area_measures, name="area_measures"),
    path("areas/<str:code>/report.pdf", area_report, name="area_report"),
    path("areas/<str:code>/report.xlsx", area_workbook, name="area_workbook"),
    path("areas/<str:code>/sheet.pdf", area_sheet, name="area_sheet"),
    path("areas/<str:code>/strengths/add/", strength_add, name="strength_add"),
    path("strengths/<uuid:public_id>/change/", strength_change, name="strength_change"),
    path("strengths/<uuid:public_id>/remove/", strength_remove, name="strength_remove"),
    path("households/", household_list, name="household_list"),
    path("households/export/", household_export, name="household_export"),
    path("households/exports/<uuid:public_id>/", export_page, name="export_page"),
    path("households/exports/<uuid:public_id>/progress/", export_progress, name="export_progress"),
    path("households/exports/<uuid:public_id>/file/", export_file, name="export_file"),
]
