"""Definitions a run may use: those that come with kaejon and those that people wrote."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Max

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import require
from kaejon.apps.areas.models import WHOLE_SYSTEM
from kaejon.apps.audit.actions import record
from kaejon.apps.measurement.documents import digest
from kaejon.apps.measurement.models import RunKind, StoredDefinition
from kaejon.methods import alkire_foster, definitions
from kaejon.methods.definitions import bmn, five_capitals, tpmap_dimensions
from kaejon.methods.documents import read_json, read_toml
from kaejon.methods.errors import DataError, KaejonError, UsageError

# Kinds of definition a person may write, and the kinds of run each serves.
WRITABLE = ("mpi", "five_capitals", "tpmap")
FITS = {
    RunKind.POVERTY: ("mpi",),
    RunKind.TPMAP: ("tpmap",),
    RunKind.CAPITALS: ("five_capitals",),
    RunKind.DYNAMICS: ("mpi", "five_capitals"),
}
LARGEST = 200_000


@dataclass(frozen=True)
class Definition:
    """A definition by the name that finds it again: "tpmap_2561", or "our_mpi@3" for version 3 of a written one."""

    name: str
    document: dict[str, Any]
    stored: StoredDefinition | None = None

    @property
    def kind(self) -> str:
        return str(self.document["kind"])

    @property
    def digest(self) -> str:
        return digest(self.document)

    @property
    def provisional(self) -> bool:
        """Whether the file says so, or some of its weights are not certain."""
        return bool(self.document.get("provisional") or self.document.get("provisional_weights"))


def definition(name: str) -> Definition:
    """The definition of a name. Refuses (UsageError) a name nobody gave to one."""
    base, _, number = name.partition("@")
    if not number:
        return Definition(name, definitions.load(name) if name.isidentifier() else unknown(name))
    found = StoredDefinition.objects.filter(
        name=base, number=int(number) if number.isdigit() else 0
    ).first()
    return Definition(name, found.document, found) if found else Definition(name, unknown(name))


def unknown(name: str) -> Any:
    raise UsageError(
        "definition_unknown",
        f"there is no definition named {name}",
        remedy=f"Choose one of: {', '.join(d.name for d in all_definitions())}.",
    )


def all_definitions(kinds: tuple[str, ...] = ()) -> list[Definition]:
    """Every definition, those that come with kaejon first, written ones newest version first."""
    shipped = [Definition(name, definitions.load(name)) for name in definitions.names()]
    written = [
        Definition(f"{row.name}@{row.number}", row.document, row)
        for row in StoredDefinition.objects.select_related("created_by")
    ]
    return [d for d in (*shipped, *written) if not kinds or d.kind in kinds]


def usable_for(kind: str) -> list[Definition]:
    """Definitions by which the registry's lists can be measured in this kind of run."""
    return [d for d in all_definitions(FITS[RunKind(kind)]) if not missing_columns(d)]


def missing_columns(found: Definition) -> list[str]:
    """Columns an MPI definition reads that no list of the registry holds."""
    if found.kind != "mpi":
        return []
    known = {indicator.column for indicator in bmn.load().indicators}
    wanted = [i.get("column", i.get("name")) for i in found.document["indicators"]]
    return [column for column in wanted if column not in known]


def read_text(text: str, *, form: str) -> dict[str, Any]:
    """A definition file as a checked document. Refuses whatever its own method would refuse."""
    if len(text) > LARGEST:
        raise DataError("definition_too_long", f"the file is longer than {LARGEST} characters")
    try:
        document = read_json(text) if form == "json" else read_toml(text)
    except ValueError as error:
        raise DataError(
            "definition_unreadable",
            f"the file is not {form.upper()}: {error}",
            remedy="Mend the line named, or start from a definition that comes with kaejon.",
            line=line_in(str(error)),
        ) from error
    if not isinstance(document, dict):
        raise DataError("definition_unreadable", "the file does not hold one object of fields")
    check(document, text)
    return document


def check(document: Mapping[str, Any], text: str = "") -> None:
    """Refuses (DataError with `line` where it is known) a document its method cannot use."""
    missing = [name for name in definitions.REQUIRED if name not in document]
    if missing:
        raise DataError(
            "definition_incomplete", f"the definition lacks {', '.join(missing)}", fields=missing
        )
    if document["kind"] not in WRITABLE:
        raise DataError(
            "definition_kind",
            f"a definition of kind {document['kind']!r} cannot be written here",
            remedy=f"Use {', '.join(WRITABLE)}.",
            line=line_of("kind", text),
        )
    try:
        with tempfile.TemporaryDirectory(prefix="kaejon-definition-") as folder:
            path = Path(folder) / "definition.json"
            path.write_text(json.dumps(document, ensure_ascii=False, default=str), encoding="utf-8")
            parse(document, str(path))
    except KaejonError as error:
        raise DataError(
            error.code, error.message, remedy=error.remedy, line=line_named(error.message, text)
        ) from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DataError(
            "definition_invalid", f"a field is missing or malformed: {error}"
        ) from error


def parse(document: Mapping[str, Any], path: str) -> None:
    if document["kind"] == "mpi":
        alkire_foster.parse_spec(document)
    elif document["kind"] == "five_capitals":
        five_capitals.load(path)
    else:
        tpmap = tpmap_dimensions.load(path)
        known = {indicator.no for indicator in bmn.load(tpmap.indicator_set).indicators}
        strays = [no for no in tpmap.indicators if no not in known]
        if strays:
            raise DataError("definition_invalid", f"there is no indicator 'i{strays[0]}'")


def line_in(message: str) -> int | None:
    found = re.search(r"line (\d+)", message)
    return int(found[1]) if found else None


def line_named(message: str, text: str) -> int | None:
    """The line that holds what the message names between quotes."""
    named = re.search(r"'([^']+)'", message)
    return line_of(named[1], text) if named else None


def line_of(word: str, text: str) -> int | None:
    lines = enumerate(text.splitlines(), 1)
    return next((number for number, line in lines if word in line), None)


@transaction.atomic
def save_definition(*, name: str, text: str, form: str, by: User) -> StoredDefinition:
    """Keep a checked definition as the next version of its name; what exists never changes.

    Refuses: a person who may not measure anywhere (NotPermitted), a name of one that comes with
    kaejon, a text that says nothing new, and what `read_text` refuses.
    """
    require(by, Permission.MEASURE)
    if not re.fullmatch(r"[a-z][a-z0-9_]{2,59}", name) or name in definitions.names():
        raise DataError(
            "definition_name",
            f"{name!r} cannot be the name of a new definition",
            remedy="Use 3 to 60 small Latin letters, digits and _, and no name that comes with kaejon.",
        )
    document = read_text(text, form=form) | {"name": name}
    earlier = StoredDefinition.objects.select_for_update().filter(name=name)
    if earlier.filter(digest=digest(document)).exists():
        raise DataError("definition_same", f"{name} already has a version that says exactly this")
    number = (earlier.aggregate(last=Max("number"))["last"] or 0) + 1
    stored = StoredDefinition.objects.create(
        name=name,
        number=number,
        kind=document["kind"],
        title_th=str(document["title_th"])[:200],
        title_en=str(document["title_en"])[:200],
        text=text,
        document=document,
        digest=digest(document),
        created_by=by,
    )
    record(
        by=by,
        verb="definition.save",
        subject_type="definition",
        subject_id=stored.public_id,
        area=WHOLE_SYSTEM,
        label=f"{name}@{number}",
        changes={"digest": stored.digest},
    )
    return stored
