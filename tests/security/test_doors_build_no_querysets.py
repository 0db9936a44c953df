"""A door reads families through the queries of the apps, which start from the reader's scope.

Whatever in `web` or `api` begins a queryset of a table about households or people by itself is
found by its syntax. ALLOWED may only shrink: a new one goes into the app's `queries.py`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import kaejon
from kaejon.apps.records import records

PACKAGE = Path(kaejon.__file__).parent
MANAGERS = ("objects", "everyone", "_base_manager", "_default_manager")
# Where, and of which table. Each is narrowed to the reader's scope by what stands around it.
ALLOWED = {
    ("api/measurements.py", "CapitalScore"),
    ("web/folder/corrections.py", "Event"),
    ("web/folder/presenting.py", "Consent"),
    ("web/history/pages.py", "Household"),
    ("web/history/pages.py", "Person"),
    ("web/homes/changes.py", "Person"),
    ("web/linking/batches.py", "PairDecision"),
    ("web/linking/batches.py", "PersonPair"),
    ("web/looks.py", "Household"),
    ("web/people/open_items.py", "Attention"),
    ("web/people/open_items.py", "ImportBatch"),
    ("web/people/open_items.py", "SubjectRequest"),
    ("web/places/strengths.py", "CommunityStrength"),
    ("web/requests/consents.py", "Consent"),
}


def querysets_begun(tree: ast.AST, tables: set[str]) -> Iterator[str]:
    """Names of tables on whose manager something is called."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute) or node.attr == "none":  # of nothing: a form's start
            continue
        manager = node.value
        if (
            isinstance(manager, ast.Attribute)
            and manager.attr in MANAGERS
            and isinstance(manager.value, ast.Name)
            and manager.value.id in tables
        ):
            yield manager.value.id


def begun_in_doors() -> set[tuple[str, str]]:
    tables = {model.__name__ for model, _record in records()}
    return {
        (path.relative_to(PACKAGE).as_posix(), table)
        for door in ("web", "api")
        for path in (PACKAGE / door).rglob("*.py")
        for table in querysets_begun(ast.parse(path.read_text(encoding="utf-8")), tables)
    }


def test_a_queryset_begun_in_a_door_is_found() -> None:
    tree = ast.parse(
        "rows = Household.objects.filter(pk=1)\nothers = Area.objects.all()\nPerson.objects.none()"
    )
    assert list(querysets_begun(tree, {"Household", "Person"})) == ["Household"]


def test_no_door_begins_a_queryset_of_families_by_itself() -> None:
    begun = begun_in_doors()
    assert begun - ALLOWED == set(), "read through the app's queries, which start from the scope"
    assert ALLOWED - begun == set(), "this one is gone: take it out of ALLOWED"
