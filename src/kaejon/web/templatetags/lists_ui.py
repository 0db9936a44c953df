"""How the pages of lists write places, births and facts in words."""

from __future__ import annotations

from uuid import UUID

from django import template
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kaejon.apps.sources.previews import Birth, Place
from kaejon.methods.thai.buddhist_era import format_date
from kaejon.web.lists.labels import FACTS
from kaejon.web.templatetags.kaejon_ui import NOTHING

register = template.Library()


@register.filter
def birth(value: Birth | None) -> str:
    """A birth date in the Buddhist Era, only as exact as it is known."""
    if value is None:
        return NOTHING
    lang = "en" if (get_language() or "th").startswith("en") else "th"
    return format_date(value.on, precision=value.precision, lang=lang)


@register.filter
def place(value: Place | None) -> str:
    """House number and area."""
    if value is None:
        return NOTHING
    number = _("no. %(number)s") % {"number": value.house_no} if value.house_no else ""
    return f"{number} {value.area}".strip() or NOTHING


@register.filter
def fact_label(name: str) -> str:
    return str(FACTS[name])


@register.filter
def fact_text(value: str | Birth | Place | None) -> str:
    """A name, a birth date or a place; a dash where nothing is known."""
    if isinstance(value, Birth):
        return birth(value)
    if isinstance(value, Place):
        return place(value)
    return value or NOTHING


@register.simple_tag
def household_url(public_id: UUID) -> str:
    """The folder of a household."""
    return f"{reverse('household_list')}{public_id}/"
