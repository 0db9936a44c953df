"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path, re_path

from kaejon.api.v1 import api, no_such_address
from kaejon.web.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("api/v1/", api.urls),
    re_path(r"^api/", no_such_address),
    path("accounts/", include("kaejon.web.accounts.urls")),
    path("admin/", admin.site.urls),
    path("", include("kaejon.web.urls")),
]
