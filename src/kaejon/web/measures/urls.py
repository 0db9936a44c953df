"""Addresses of measurement, ranking and definitions, below /measures/."""

from django.urls import path

from kaejon.web.measures import comparing, definitions, exporting, runs

urlpatterns = [
    path("", runs.run_home, name="run_home"),
    path("start/", runs.run_start, name="run_start"),
    path("compare/", comparing.run_compare, name="run_compare"),
    path("runs/<uuid:public_id>/", runs.run_page, name="run_page"),
    path("runs/<uuid:public_id>/progress/", runs.run_progress, name="run_progress"),
    path("runs/<uuid:public_id>/repeat/", runs.run_repeat, name="run_repeat"),
    path("runs/<uuid:public_id>/withdraw/", runs.run_withdraw, name="run_withdraw"),
    path("runs/<uuid:public_id>/export/", exporting.run_export, name="run_export"),
    path("definitions/", definitions.definition_list, name="definition_list"),
    path("definitions/new/", definitions.definition_new, name="definition_new"),
    path("definitions/compare/", definitions.definition_compare, name="definition_compare"),
    path("definitions/crosswalk/", definitions.definition_crosswalk, name="definition_crosswalk"),
    path("definitions/of/<str:name>/", definitions.definition_page, name="definition_page"),
]
