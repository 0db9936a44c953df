"""Choice boxes without a template for every option: a list of a province has hundreds of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models.fields import BLANK_CHOICE_DASH
from django.forms.renderers import DjangoTemplates
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

NOTHING_CHOSEN = BLANK_CHOICE_DASH[0][1]
SELECT = "django/forms/widgets/select.html"


class Renderer(DjangoTemplates):
    """Django's own look of every field; a select is put together here, the same but for empty lines."""

    def render(
        self, template_name: str, context: dict[str, Any], request: Any = None
    ) -> SafeString:
        if template_name == SELECT:
            return select(context["widget"])
        return SafeString(super().render(template_name, context, request))


def select(widget: Mapping[str, Any]) -> SafeString:
    """A select with its groups and options."""
    parts = [f'<select name="{shown(widget["name"])}"{attributes(widget["attrs"])}>']
    for name, options, _number in widget["optgroups"]:
        if name:
            parts.append(f'\n  <optgroup label="{shown(name)}">')
        parts += [
            f'\n  <option value="{shown(option["value"])}"{attributes(option["attrs"])}>'
            f"{shown(label_of(option))}</option>"
            for option in options
        ]
        if name:
            parts.append("\n  </optgroup>")
    parts.append("\n</select>")
    return mark_safe("".join(parts))


def label_of(option: Mapping[str, Any]) -> Any:
    """What an option says; Django's row of dashes for none chosen tells nobody what to do."""
    return _("Choose…") if option["label"] == NOTHING_CHOSEN else option["label"]


def attributes(attrs: Mapping[str, Any]) -> str:
    """Attributes as Django writes them: True stands alone, False is left out."""
    return "".join(
        f" {shown(name)}" if value is True else f' {shown(name)}="{shown(value)}"'
        for name, value in attrs.items()
        if value is not False
    )


def shown(value: Any) -> str:
    return conditional_escape(value if isinstance(value, str) else str(value))
