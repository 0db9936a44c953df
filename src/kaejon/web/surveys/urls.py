"""Addresses of field checks and village forums, below /field/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
