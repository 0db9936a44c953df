"""Pages of history: changes and looks, of an area or of one household, and both as files."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import may, role_names, scope_of
from kaejon.apps.areas.models import Area, Level
from kaejon.apps.audit import queries
from kaejon.apps.audit.actions import during, record, record_list, request_id
from kaejon.apps.audit.models import Event, Look, LookKind
from kaejon.apps.folders.queries import families_behind, is_uuid
from kaejon.apps.households.models import Household, Person
from kaejon.apps.households.queries import open_people, visible_to
from kaejon.apps.measurement.defining import definition
from kaejon.apps.sources.models import Source
from kaejon.methods.errors import KaejonError
from kaejon.methods.listfiles.exporting import safe_cell
from kaejon.web.doors import actor_of, household_for, permitted
from kaejon.web.forms import Form
from kaejon.web.history.sentences import FAMILIES, Line, Reader, change_line, look_line
from kaejon.web.looks import shown
from kaejon.web.measures.words import title_of
from kaejon.web.people.asking import ThaiDateField

readers = permitted(Permission.READ_AUDIT)
DISTRICT_CODE_LENGTH = 4


class HistoryFilter(Form):
    """Which part of the history."""

    who = forms.CharField(label=_("Who"), required=False, max_length=80)
    what = forms.ChoiceField(label=_("What"), required=False)
    first_day = ThaiDateField(label=_("From day"), required=False, help_text="")
    last_day = ThaiDateField(label=_("To day"), required=False, help_text="")
    household = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, looks: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = (
            LookKind.choices if looks else [(code, say(name)) for code, name in FAMILIES.items()]
        )
        self.fields["what"].choices = [("", _("everything")), *kinds]


def actors_named(text: str) -> list[str]:
    """Ids of the people whose name holds every word."""
    rows = User.objects.all()
    for word in text.split():
        rows = rows.filter(
            Q(first_name__icontains=word)
            | Q(last_name__icontains=word)
            | Q(username__icontains=word)
        )
    return [str(found) for found in rows.values_list("public_id_value", flat=True)[:500]]


def wanted_of(form: HistoryFilter) -> queries.Wanted:
    """The filter as asked; without days the usual last 30."""
    held = form.cleaned_data if form.is_valid() else {}
    today = timezone.localdate()
    last = held.get("last_day") or today
    first = held.get("first_day") or queries.usual_first_day(last)
    return queries.Wanted(
        first_day=first,
        last_day=max(first, last),
        actors=actors_named(held["who"]) if held.get("who") else None,
        what=held.get("what", ""),
        household=str(held.get("household") or ""),
        household_area=area_of(held.get("household")),
    )


def area_of(household: UUID | None) -> str:
    """Where a household stands now; empty for none. Tells nothing: only recorded looks are read there."""
    rows = Household.everyone.filter(public_id=household).values_list("area_id", flat=True)
    return (rows.first() or "") if household else ""


def rows_of(user: User, wanted: queries.Wanted, *, looks: bool) -> QuerySet[Any]:
    scope = scope_of(user, Permission.READ_AUDIT)
    wide = any(len(code) <= DISTRICT_CODE_LENGTH for code in scope.areas)
    read = queries.looks if looks else queries.changes
    return read(scope.by_area, wanted, wide=wide)


def reader_of(user: User, rows: Iterable[Event | Look]) -> Reader:
    """What this reader may know about these rows, in three queries."""
    ids = {household_in(row) for row in rows} - {""}
    households = visible_to(user).filter(public_id__in=[i for i in ids if is_uuid(i)])
    codes = {row.area_code for row in rows}
    scope = scope_of(user, Permission.SEE_HOUSEHOLDS)
    changes = [row.changes for row in rows if isinstance(row, Event)]
    return Reader(
        households={
            str(public_id): family_words(head, house_no)
            for public_id, head, house_no in households.values_list(
                "public_id", "head_name", "house_no"
            )
        },
        areas={
            area.code: place_name(area)
            for area in Area.objects.filter(code__in=codes).select_related("parent")
        },
        lists=list_names(changes),
        definitions=definition_titles(changes),
        may_see_values=scope.holds_at,
        may_see_reasons=scope_of(user, Permission.HANDLE_REQUESTS).holds_at,
    )


def list_names(all_changes: Iterable[dict[str, Any]]) -> dict[str, str]:
    """Lists that these changes name by their code, by name."""
    codes = {str(changes["source"]) for changes in all_changes if changes.get("source")}
    if not codes:
        return {}
    return {source.code: source.name for source in Source.objects.filter(code__in=codes)}


def definition_titles(all_changes: Iterable[dict[str, Any]]) -> dict[str, str]:
    """Definitions that these changes name, by title; a name nobody gave stays as it is."""
    titles = {}
    for name in {str(changes["definition"]) for changes in all_changes if "definition" in changes}:
        with suppress(KaejonError):
            titles[name] = title_of(definition(name).document)
    return titles


def family_words(head: str, house_no: str) -> str:
    """A family as its neighbours call it: the head and the house."""
    head = head or say("a household")
    if not house_no:
        return head
    return say("%(head)s, house %(house_no)s") % {"head": head, "house_no": house_no}


def place_name(area: Area) -> str:
    """A village with its tambon, because many villages share a number; other areas by themselves."""
    if area.level == Level.VILLAGE and area.parent:
        return f"{area.full_name} {area.parent.full_name}"
    return area.full_name


def household_in(row: Event | Look) -> str:
    if isinstance(row, Look):
        return row.household_id
    return row.subject_id if row.subject_type == "household" else ""


def lines_of(user: User, rows: list[Any]) -> tuple[list[Line], list[Household]]:
    """The rows as lines, and the families that these lines name."""
    reader = reader_of(user, rows)
    lines = [look_line(r, reader) if isinstance(r, Look) else change_line(r, reader) for r in rows]
    return lines, families_named(rows, reader)


def families_named(rows: list[Any], reader: Reader) -> list[Household]:
    """Families by whose name a line speaks: of looks those in sight, of changes all open ones."""
    ids: dict[str, set[str]] = {"household": set(reader.households)}
    for row in rows:
        if isinstance(row, Event) and row.subject_label and reader.may_see_values(row.area_code):
            ids.setdefault(row.subject_type, set()).add(row.subject_id)
    return families_behind(ids)


def cursor_of(request: HttpRequest) -> int | None:
    text = request.GET.get("before", "")
    return int(text) if text.isdecimal() and len(text) < 19 else None


def next_url(request: HttpRequest, cursor: int | None) -> str:
    if cursor is None:
        return ""
    asked = request.GET.copy()
    asked["before"] = str(cursor)
    return f"?{asked.urlencode()}"


def history_page(request: HttpRequest, *, looks: bool) -> HttpResponse:
    user = actor_of(request)
    form = HistoryFilter(request.GET or None, looks=looks)
    wanted = wanted_of(form)
    rows, cursor = queries.page_before(rows_of(user, wanted, looks=looks), cursor_of(request))
    lines, families = lines_of(user, rows)
    shown(request, families)
    filled_in = (
        HistoryFilter(
            initial={
                **{n: request.GET.get(n, "") for n in ("who", "what", "household")},
                "first_day": wanted.first_day,
                "last_day": wanted.last_day,
            },
            looks=looks,
        )
        if not form.errors
        else form
    )
    context = {
        "form": filled_in,
        "looks": looks,
        "lines": lines,
        "wanted": wanted,
        "next_url": next_url(request, cursor),
        "unusual": [] if "before" in request.GET else unusual_looking(user),
        "tabs": [
            {
                "url": reverse("history"),
                "label": say("Changes"),
                "icon": "edit",
                "active": not looks,
            },
            {
                "url": reverse("history_looks"),
                "label": say("Who looked"),
                "icon": "eye",
                "active": looks,
            },
        ],
        "export_url": reverse("history_export", args=["looks" if looks else "changes"]),
    }
    return render(request, "history/history.html", context)


def unusual_looking(user: User) -> list[dict[str, Any]]:
    """Who opened very many folders in a day lately, with the way to what that person looked at."""
    scope = scope_of(user, Permission.READ_AUDIT)
    days = queries.busy_days(scope.by_area, timezone.localdate(), least=settings.UNUSUAL_LOOKS)
    people = {
        person.public_id: person
        for person in User.objects.filter(public_id_value__in={day.actor_id for day in days})
    }
    return [
        {
            "busy": busy,
            "person": people[busy.actor_id],
            "url": looks_of(people[busy.actor_id], busy.day),
        }
        for busy in days
        if busy.actor_id in people
    ]


def looks_of(person: User, day: date) -> str:
    """The page of everything one person looked at on a day."""
    asked = {"who": person.username, "what": LookKind.VIEW, "first_day": day, "last_day": day}
    return f"{reverse('history_looks')}?{urlencode(asked)}"


@require_safe
@readers
def history(request: HttpRequest) -> HttpResponse:
    """What was changed in the reader's areas."""
    return history_page(request, looks=False)


@require_safe
@readers
def history_looks(request: HttpRequest) -> HttpResponse:
    """Who looked at households of the reader's areas."""
    return history_page(request, looks=True)


@require_safe
@readers
def household_history(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What was done to one household, and who looked at it."""
    user = actor_of(request)
    household = household_for(request, public_id)
    if not may(user, Permission.READ_AUDIT, at=household.area_id):
        raise Http404
    looks = "looks" in request.GET
    cursor = cursor_of(request)
    rows: list[Any]
    if looks:
        rows, cursor = queries.page_of_looks(str(household.public_id), household.area_id, cursor)
    else:
        rows, cursor = queries.page_before(changes_shown(household, user), cursor)
    lines, families = lines_of(user, rows)
    shown(request, families)
    context = {
        "household": household,
        "looks": looks,
        "lines": lines,
        "next_url": next_url(request, cursor),
        "folder_url": folder_address(public_id),
        "tabs": [
            {"url": "?", "label": say("Changes"), "icon": "edit", "active": not looks},
            {"url": "?looks", "label": say("Who looked"), "icon": "eye", "active": looks},
        ],
    }
    return render(request, "history/household.html", context)


def changes_shown(household: Household, user: User) -> QuerySet[Event]:
    """What was done to the household; of who left it since, only what was done where the reader reads."""
    once = household.memberships.values("person")
    belonged = Person.objects.filter(Q(household=household) | Q(pk__in=once))
    here = open_people(user, belonged.values_list("pk", flat=True))
    of_others = queries.changes_of({"person": names_of(belonged.exclude(pk__in=here))})
    scope = scope_of(user, Permission.READ_AUDIT)
    return queries.changes_of(subjects_of(household, belonged.filter(pk__in=here))) | (
        of_others.filter(scope.by_area("area_code"))
    )


def names_of(rows: QuerySet[Any]) -> list[str]:
    return [str(public_id) for public_id in rows.values_list("public_id", flat=True)]


def subjects_of(household: Household, people: QuerySet[Person]) -> dict[str, list[str]]:
    """The household with these people, its notes and marks."""
    rows = {
        "person": people,
        "note": household.notes.all(),
        "attention": household.attention.all(),
    }
    return {
        "household": [str(household.public_id)],
        **{kind: names_of(held) for kind, held in rows.items()},
    }


def folder_address(public_id: UUID) -> str:
    try:
        return reverse("folder", args=[public_id])
    except NoReverseMatch:
        return ""


@require_POST
@readers
def history_export(request: HttpRequest, kind: str) -> StreamingHttpResponse:
    """The filtered history as CSV or JSON lines, written while it is read."""
    if kind not in ("changes", "looks"):
        raise Http404
    user, looks = actor_of(request), kind == "looks"
    wanted = wanted_of(HistoryFilter(request.POST, looks=looks))
    as_json = request.POST.get("format") == "jsonl"
    record(
        by=user,
        verb="history.export",
        subject_type="history",
        subject_id=kind,
        area=scope_of(user, Permission.READ_AUDIT).places[0],
        changes={
            "from": str(wanted.first_day),
            "until": str(wanted.last_day),
            "format": "jsonl" if as_json else "csv",
        },
    )
    lines = plain_rows(
        user, rows_of(user, wanted, looks=looks), get_language() or "th", request_id.get()
    )
    suffix, media = (
        ("jsonl", "application/jsonl") if as_json else ("csv", "text/csv; charset=utf-8")
    )
    response = StreamingHttpResponse(
        json_lines(lines) if as_json else csv_lines(lines), content_type=media
    )
    response["Content-Disposition"] = (
        f'attachment; filename="{kind}-{wanted.first_day}-{wanted.last_day}.{suffix}"'
    )
    return response


COLUMNS = ("at", "who", "sentence", "area", "details", "reason", "role")


def plain_rows(
    user: User, rows: QuerySet[Any], language: str, identifier: str
) -> Iterator[tuple[str, ...]]:
    """Every line as text, portion by portion, each a look at the families it names.

    Written after the request is over, so language and request are named.
    """
    cursor: int | None = None
    while True:
        portion, cursor = queries.page_before(rows, cursor, 1000)
        with override(language), during(identifier):
            lines, families = lines_of(user, portion)
            named = [(family.public_id, family.area_id) for family in families]
            record_list(by=user, families=named, role=role_names(user))
        for row, line in zip(portion, lines, strict=True):
            details = "; ".join(
                f"{name}: {value}" if value else str(name) for name, value in line.details
            )
            at = timezone.localtime(line.at).isoformat(timespec="seconds")
            yield (at, row.actor_name, line.sentence, line.area, details, line.reason, line.role)
        if cursor is None:
            return


def csv_lines(rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """CSV with the mark that Thai spreadsheets expect; no cell is taken for a formula."""
    held = io.StringIO()
    writer = csv.writer(held)
    held.write("\ufeff")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([safe_cell(cell) for cell in row])
        if held.tell() > 32_000:
            yield held.getvalue()
            held.seek(0)
            held.truncate()
    yield held.getvalue()


def json_lines(rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    for row in rows:
        yield json.dumps(dict(zip(COLUMNS, row, strict=True)), ensure_ascii=False) + "\n"
