"""Which column of a file means what: one select a column, problems told at once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping as Given
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kaejon.apps.access.roles import Permission
from kaejon.apps.sources import actions
from kaejon.apps.sources.models import ImportBatch, MappingProfile
from kaejon.apps.sources.queries import in_labels, mapping_problems, profiles_for
from kaejon.methods.listfiles.errors import ListFileError
from kaejon.methods.listfiles.mapping import Mapping
from kaejon.web.doors import actor_of, permitted
from kaejon.web.lists.column_choices import CONSTANTS, columns_of, constant_fields, item_sets
from kaejon.web.lists.door import batch_for, language
from kaejon.web.lists.uploading import in_words

LONGEST_TEXT = 120


@require_http_methods(["GET", "HEAD", "POST"])
@permitted(Permission.IMPORT_LISTS)
def batch_mapping(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Match the columns; saving checks every row of the file."""
    batch = batch_for(request, public_id)
    if batch.status not in actions.MOVES["stage"][0]:
        messages.info(request, _("The columns of this list can no longer be changed."))
        return redirect("batch_page", batch.public_id)
    if request.method != "POST":
        return shown(request, batch, chosen(request, batch))
    try:
        mapping = posted(request.POST, batch)
    except ListFileError as error:
        return shown(request, batch, chosen(request, batch), refusal=in_words(error), status=422)
    if request.POST.get("seen") != digest(batch.mapping):
        return conflict(request, batch, mapping)
    return save(request, batch, mapping)


@require_POST
@permitted(Permission.IMPORT_LISTS)
def mapping_check(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What the mapping on the page still lacks; a fragment, nothing is saved."""
    batch = batch_for(request, public_id)
    mapping = posted(request.POST, batch)
    return render(request, "lists/mapping_problems.html", standing(batch, mapping))


def save(request: HttpRequest, batch: ImportBatch, mapping: Mapping) -> HttpResponse:
    user, name = actor_of(request), typed(request.POST, "profile_name")
    if name and (taken := name_taken(name, batch)):
        return shown(request, batch, mapping, refusal=taken, status=422)
    try:
        held = actions.set_mapping(batch=batch, mapping=mapping, by=user)
        if name:
            actions.save_profile(name=name, batch=held, by=user)
            messages.success(request, _("The matching was saved as “%(name)s”.") % {"name": name})
        if request.POST.get("step") == "keep":
            messages.success(request, _("The matching was kept. Nothing was checked yet."))
        else:
            actions.stage(batch=held, by=user)
    except ListFileError as error:
        return shown(request, batch, mapping, refusal=in_words(error), status=422)
    return redirect("batch_page", batch.public_id)


def shown(
    request: HttpRequest,
    batch: ImportBatch,
    mapping: Mapping,
    *,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    header = batch.info["header"]
    open_items = request.GET.get("items") == "edit"
    columns = columns_of(batch, mapping, language())
    sets = [] if open_items else item_sets(batch.version.source.kind, mapping, columns, language())
    within = {column.index for s in sets for column in s.columns}
    context = {
        "batch": batch,
        "columns": [c for c in columns if c.index not in within],
        "sets": sets,
        "constants": constant_fields(mapping, language()),
        "profiles": profiles_for(batch.version.source.kind, header),
        "profile": request.GET.get("profile", ""),
        "profile_name": request.POST.get("profile_name", ""),
        "seen": digest(batch.mapping),
        "refusal": refusal,
        "may_keep": batch.status == "uploaded",
        "sample_rows": len(batch.info["sample"]),
    }
    return render(
        request, "lists/batch_mapping.html", context | standing(batch, mapping), status=status
    )


def standing(batch: ImportBatch, mapping: Mapping) -> dict[str, Any]:
    """Problems of a mapping and how many columns it uses."""
    problems = mapping_problems(mapping, batch.version.source.kind, language())
    return {
        "problems": problems,
        "blocked": any(p["severity"] == "error" for p in problems),
        "used": len(mapping.columns),
        "total": sum(1 for name in batch.info["header"] if name),
    }


def chosen(request: HttpRequest, batch: ImportBatch) -> Mapping:
    """The batch's own mapping, or that of the saved profile a link names."""
    header = batch.info["header"]
    if wanted := request.GET.get("profile"):
        for profile in profiles_for(batch.version.source.kind, header):
            if str(profile.public_id) == wanted:
                return Mapping.from_json(profile.mapping).for_header(header)
    return Mapping.from_json(batch.mapping)


def posted(data: Given[str, str], batch: ImportBatch) -> Mapping:
    """The mapping of a posted page. Constants the page does not show stay as they were."""
    columns = {
        name: data[f"c{index}"]
        for index, name in enumerate(batch.info["header"])
        if name and data.get(f"c{index}")
    }
    kept = {k: v for k, v in batch.mapping.get("constants", {}).items() if k not in CONSTANTS}
    stated = {name: text for name in CONSTANTS if (text := typed(data, f"k_{name}"))}
    return Mapping(columns, kept | stated)


def typed(data: Given[str, str], name: str) -> str:
    """What somebody typed, as far as a database column takes it."""
    return data.get(name, "").replace("\x00", "").strip()[:LONGEST_TEXT]


def digest(document: Given[str, Any]) -> str:
    """What the page saw, so that two people at the same mapping notice each other."""
    text = json.dumps(document, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def name_taken(name: str, batch: ImportBatch) -> str:
    """Why this name cannot be used; a profile for the same columns may be written anew."""
    held = MappingProfile.objects.filter(name=name).first()
    if held is None or held.header_fingerprint == actions.fingerprint(batch.info["header"]):
        return ""
    return _("“%(name)s” is the name of a matching for other columns. Choose another name.") % {
        "name": name
    }


def conflict(request: HttpRequest, batch: ImportBatch, mine: Mapping) -> HttpResponse:
    """409: somebody else matched the columns meanwhile; both versions, nothing overwritten."""
    theirs = Mapping.from_json(batch.mapping)
    differing = [
        name
        for name in batch.info["header"]
        if name and mine.columns.get(name) != theirs.columns.get(name)
    ]
    context = {
        "yours": facts_of(mine, differing),
        "theirs": facts_of(theirs, differing),
        "back_url": request.path,
    }
    return render(request, "409.html", context, status=409)


def facts_of(mapping: Mapping, names: list[str]) -> list[dict[str, str]]:
    nothing = _("not brought in")
    return [
        {
            "label": n,
            "value": in_labels(mapping.columns[n], language()) if n in mapping.columns else nothing,
        }
        for n in names
    ]
