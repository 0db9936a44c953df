"""Addresses of the picture of many lists, below /picture/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
