"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path

from kaejon.web.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("", include("kaejon.web.urls")),
]
