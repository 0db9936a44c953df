"""Presentation filters and tags every page shares: icons, Thai dates, numbers, levels, masking.

Nothing here reads the database or decides what a person may see.
"""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from django import template
from django.forms import BoundField
from django.template.loader import get_template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from kaejon.methods.thai.buddhist_era import format_date, to_be
from kaejon.methods.thai.digits import to_thai_digits

register = template.Library()

Number = int | float | Decimal | str | None

NOTHING = "–"
ICON_LIST = Path(__file__).resolve().parent.parent / "icons.txt"
LEVEL_WORDS = {
    1: gettext_lazy("Struggling"),
    2: gettext_lazy("Hard going"),
    3: gettext_lazy("Getting by"),
    4: gettext_lazy("Living well"),
}
NOTICE_ICONS = {
    "success": "circle-check",
    "warning": "alert-triangle",
    "error": "alert-circle",
    "danger": "alert-circle",
}


@cache
def icon_names() -> frozenset[str]:
    """Names in the built icon file, as listed in web/icons.txt."""
    return frozenset(ICON_LIST.read_text(encoding="utf-8").split())


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """One Tabler icon. With a label it is an image that is read aloud, without one decoration.

    Refuses a name that web/icons.txt does not list.
    """
    return drawn_icon(str(name), str(label), str(css))


@lru_cache(maxsize=1024)
def drawn_icon(name: str, label: str, css: str) -> SafeString:
    if name not in icon_names():
        raise template.TemplateSyntaxError(f"Icon {name!r} is not listed in web/icons.txt.")
    source = f"{static('build/icons.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="icon {}" role="img" aria-label="{}"><use href="{}"></use></svg>',
            css,
            label,
            source,
        )
    return format_html(
        '<svg class="icon {}" aria-hidden="true"><use href="{}"></use></svg>', css, source
    )


@register.simple_tag
def part(template_name: str, **values: Any) -> SafeString:
    """A small template that shows nothing but these values, as `include … only` would, kept for the next time.

    For parts that stand in every row of a table and have few looks: a mark, a level. Never
    for words about a person.
    """
    language = get_language() or ""
    said = {k: str(v) if isinstance(v, Promise) else v for k, v in values.items()}
    return drawn_part(template_name, language, **said)


@lru_cache(maxsize=1024, typed=True)
def drawn_part(template_name: str, language: str, **values: Any) -> SafeString:
    return SafeString(get_template(template_name).render(values))


@register.filter
def notice_icon(tags: str) -> str:
    """Icon name for the tags of a Django message."""
    return next((NOTICE_ICONS[tag] for tag in tags.split() if tag in NOTICE_ICONS), "info-circle")


def _shown_language() -> str:
    return "th" if (get_language() or "th").startswith("th") else "en"


@register.filter
def be_date(value: dt.date | None, style: str = "short") -> str:
    """Date in the Buddhist Era, in the reader's language; a moment is shown as its local day."""
    if not value:
        return NOTHING
    if isinstance(value, dt.datetime):
        value = (timezone.localtime(value) if timezone.is_aware(value) else value).date()
    return format_date(value, style=style, lang=_shown_language())


@register.filter
def be_datetime(value: dt.datetime | None) -> str:
    """Local day in the Buddhist Era and hour: "21 พ.ย. 2569 09:05"."""
    if not value:
        return NOTHING
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{be_date(local)} {local:%H:%M}"


@register.filter
def be_year(value: int | dt.date | None) -> str:
    """Calendar year in the Buddhist Era of a date or of a year of the Common Era."""
    if not value:
        return NOTHING
    return str(to_be(value if isinstance(value, int) else value.year))


@register.filter
def thai_digits(value: object) -> str:
    """The same text with Thai digits, for papers."""
    return to_thai_digits(str(value))


def _rounded(value: Number, places: int) -> Decimal | None:
    if value is None or value == "":
        return None
    try:
        return Decimal(str(value)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    except InvalidOperation:
        return None


@register.filter
def thai_number(value: Number, places: int = 0) -> str:
    """Number with thousands separators, rounded half up; a dash where there is none."""
    rounded = _rounded(value, int(places))
    return NOTHING if rounded is None else f"{rounded:,}"


@register.filter
def percent(value: Number, places: int = 1) -> str:
    """Share 0-1 as per cent."""
    if value is None or value == "":
        return NOTHING
    return f"{thai_number(Decimal(str(value)) * 100, places)}%"


@register.filter
def baht(value: Number) -> str:
    """Money in baht, satang only when there are any."""
    rounded = _rounded(value, 2)
    if rounded is None:
        return NOTHING
    amount = f"{rounded:,.0f}" if rounded == rounded.to_integral_value() else f"{rounded:,}"
    return _("%(amount)s baht") % {"amount": amount}


@register.filter
def level_word(level: int | str | None) -> str:
    """Word for a capital level 1-4; anything else was not surveyed."""
    try:
        return str(LEVEL_WORDS[int(level or 0)])
    except (KeyError, ValueError):
        return _("Not surveyed")


@register.filter
def level_bars(level: int | str | None) -> list[tuple[int, int, int, str]]:
    """The four bars of the level mark: x, y, height and whether each is filled."""
    reached = int(level or 0)
    return [(4 * n - 4, 12 - 3 * n, 3 * n, "on" if n <= reached else "off") for n in range(1, 5)]


@register.filter
def mask_id(last_digits: str | None) -> str:
    """National ID with only its last four digits readable; a dash where none is known."""
    digits = "".join(c for c in last_digits or "" if c.isdecimal())[-4:]
    if len(digits) < 4:
        return NOTHING
    return f"x-xxxx-xxxx{digits[0]}-{digits[1:3]}-{digits[3]}"


@register.filter
def lookup(mapping: dict[object, object], key: object) -> object:
    """Value of a dictionary at a key held in a variable."""
    return mapping.get(key)


@register.filter
def item_at(items: list[object], index: int) -> object:
    """Element of a list at a position held in a variable."""
    return items[index]


INPUT_CLASSES = {
    "select": "form-select",
    "selectmultiple": "form-select",
    "checkbox": "form-check-input",
    "radioselect": "",
    "checkboxselectmultiple": "",
    "hidden": "",
}


@register.filter
def field_kind(field: BoundField) -> str:
    """How a form field is laid out: checkbox, choices, file or text."""
    kind = field.widget_type
    if kind in ("radioselect", "checkboxselectmultiple"):
        return "choices"
    return "checkbox" if kind == "checkbox" else "text"


@register.simple_tag
def styled_input(field: BoundField) -> SafeString:
    """The field's input with the look of the page and its help and errors tied to it for screen readers."""
    css = INPUT_CLASSES.get(field.widget_type, "form-control")
    own = field.field.widget.attrs.get("class", "")
    attrs = {"class": " ".join(filter(None, [css, own, "is-invalid" if field.errors else ""]))}
    described = [f"{field.auto_id}_help"] if field.help_text else []
    if field.errors:
        described.append(f"{field.auto_id}_errors")
        attrs["aria-invalid"] = "true"
    if described:
        attrs["aria-describedby"] = " ".join(described)
    return field.as_widget(attrs=attrs)
