"""Addresses of the site, one part an include; each part owns its folder and templates."""

from django.urls import include, path
from django.views.i18n import set_language

urlpatterns = [
    path("", include("kaejon.web.places.urls")),
    path("households/", include("kaejon.web.folder.urls")),
    path("lists/", include("kaejon.web.lists.urls")),
    path("review/", include("kaejon.web.linking.urls")),
    path("homes/", include("kaejon.web.homes.urls")),
    path("field/", include("kaejon.web.surveys.urls")),
    path("picture/", include("kaejon.web.picture.urls")),
    path("ranking/", include("kaejon.web.ranking.urls")),
    path("measures/", include("kaejon.web.measures.urls")),
    path("people/", include("kaejon.web.people.urls")),
    path("history/", include("kaejon.web.history.urls")),
    path("requests/", include("kaejon.web.requests.urls")),
    path("set-language/", set_language, name="set_language"),
]
