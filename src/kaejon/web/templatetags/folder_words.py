"""Words of the Family Folder page."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import may
from kaejon.apps.areas.models import Area
from kaejon.apps.areas.queries import TAMBON_DIGITS
from kaejon.apps.folders import wording
from kaejon.apps.sources.models import Kind, SourceVersion

register = template.Library()


END_REASONS = {
    "moved": gettext_lazy("moved to another household"),
    "moved_away": gettext_lazy("moved away, not known where"),
    "not_here": gettext_lazy("never lived here"),
    "duplicate": gettext_lazy("recorded twice"),
    "merged": gettext_lazy("found to be one with a name in another household"),
    "split": gettext_lazy("founded a household of their own"),
    "joined": gettext_lazy("went with the household into another one"),
}

register.filter("relation_word", wording.relation_word)
register.filter("list_name", wording.list_name)
register.filter("in_language", wording.in_language)


@register.filter
def unbroken(text: str) -> SafeString:
    """A name that breaks only between its words: browsers cut Thai names in two."""
    return format_html_join(
        " ", '<span class="text-nowrap">{}</span>', ((w,) for w in text.split())
    )


@register.filter
def end_reason_word(code: str) -> str:
    """Why somebody no longer belongs to a household."""
    return str(END_REASONS.get(code, code))


@register.filter
def target_list_label(version: SourceVersion) -> str:
    """By which list, of which year, a person is target poor; the term belongs to TPMAP alone."""
    if version.source.kind == Kind.TPMAP:
        return _("on the target-poor list TPMAP %(year)s") % {"year": version.year_be}
    return _("meets the TPMAP rule by the BMN survey of %(year)s") % {"year": version.year_be}


@register.inclusion_tag("folder/_doors.html", takes_context=True)
def folder_doors(context: template.Context, area: Area) -> dict[str, Any]:
    """Links to print the folders of an area and to add a household there, for those who may."""
    user = context["user"]
    small = len(area.code) >= TAMBON_DIGITS
    return {
        "print_area": area.code if small else "",
        "tambon": area.code[:TAMBON_DIGITS] if small else "",
        "may_print": may(user, Permission.PRINT),
        "may_add": may(user, Permission.EDIT_HOUSEHOLDS),
    }
