"""Every address that tells counts is asked in the comparison of two provinces; a new one must be classified here."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from uuid import uuid4

from django.urls import URLPattern, URLResolver, get_resolver, resolve

from tests.security.counted_world import addresses
from tests.security.measured_world import (
    KINDS,
    api_addresses,
    public_files,
    run_addresses,
)
from tests.security.test_small_numbers import api_addresses as counted_api_addresses

FIGURES = {
    "dashboard", "area_page", "area_measures", "area_report", "area_workbook", "area_sheet",
    "ranking_page", "ranking_sheet",
    "picture", "picture_sets", "picture_accuracy", "picture_quality", "picture_unseen",
    "picture_export",
    "run_home", "run_page", "run_compare", "run_export",
    "measure_area", "lists_of_area", "list_runs", "read_run",
}  # fmt: skip
NO_FIGURES = {
    # a choice that leads on, a form, names and boundaries of areas
    "area_home", "ranking_home", "ranking_rule", "run_start", "run_progress", "run_repeat",
    "run_withdraw", "strength_add", "strength_change", "strength_remove",
    "list_areas", "read_area", "read_area_tree", "read_boundaries",
    # what a definition says, before anybody is counted
    "definition_list", "definition_new", "definition_compare", "definition_crosswalk",
    "definition_page",
    # for whoever may open the households
    "household_list", "household_export", "export_page", "export_progress", "export_file",
    "list_households", "read_household", "measure_household",
    # a decision keeps no counts; readers of classes see what was chosen by its name
    "decision_add", "decision_page", "decision_sheet",
}  # fmt: skip
FOLDERS_OF_FIGURES = ("places", "picture", "ranking", "measures")
# Households, lists and their rows, or accounts: each page asks the right to those.
OTHER_FOLDERS = {
    "folder", "lists", "linking", "homes", "surveys", "people", "history", "requests",
    "accounts",
}  # fmt: skip


def patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from patterns(entry)
        else:
            yield entry


def ours() -> Iterator[tuple[str, str]]:
    """Folder and name of every address of the site and of the API."""
    for pattern in patterns(get_resolver()):
        name = pattern.name or ""
        module = pattern.callback.__module__
        if module.startswith("kaejon.web."):
            yield module.split(".")[2], name
        elif (
            module.startswith("ninja.") and "-" not in name
        ):  # its own pages are "api-root" and so on
            yield "api", name


def test_every_address_is_told_to_show_figures_or_none() -> None:
    found = set(ours())
    folders = {folder for folder, _name in found}
    assert folders - OTHER_FOLDERS - {*FOLDERS_OF_FIGURES, "api", "health"} == set()
    names = {name for folder, name in found if folder in (*FOLDERS_OF_FIGURES, "api")}
    assert names == FIGURES | NO_FIGURES
    assert not FIGURES & NO_FIGURES


def test_every_address_of_figures_is_compared() -> None:
    runs = {kind: SimpleNamespace(public_id=uuid4()) for kind in (*KINDS, "other k")}
    asked = [*addresses(), *counted_api_addresses()]
    for told in (run_addresses, api_addresses, public_files):
        asked += [address for _name, address in told(runs)]  # type: ignore[arg-type]
    assert {resolve(address.partition("?")[0]).url_name for address in asked} == FIGURES
