"""Addresses of measurement, ranking and definitions, below /measures/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
