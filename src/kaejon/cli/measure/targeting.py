"""`kaejon measure targeting DATA`: how well each list finds the verified poor."""

from __future__ import annotations

import argparse
from typing import Any

from kaejon.cli.measure.output import print_json, print_table
from kaejon.cli.measure.tables import as_written, with_table
from kaejon.methods import targeting
from kaejon.methods.tabular import Table
from kaejon.methods.wholetable import WholeTable

DESCRIPTION = """
One row per person. Column poor holds the verified truth (1 or 0); every other column is a
list (1 on it, 0 not), except household_id, person_id, weight, strata, psu and missed_reason.
Answer: {"n","population","households","denominators":{measure:text},
"lists":[{"name","person":{…},"covered":{…},"household":{…}}],"any_list","missed"}.
person counts listed people; covered counts everybody living with one; household counts homes.
Errors are given where the table names strata or psu: the truth is then a sample.
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser(
        "targeting",
        help="coverage, exclusion and leakage of lists",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("data", metavar="DATA", help="CSV, XLSX or Parquet, one row per person")
    parser.add_argument(
        "--lists", metavar="A,B", help="columns that are lists (default: all others)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Compare the lists and print the result."""
    asked = [name.strip().casefold() for name in args.lists.split(",")] if args.lists else None

    def compared(table: Table | WholeTable) -> dict[str, Any]:
        names = None if asked is None else [table.headings.get(name, name) for name in asked]
        columns = as_written(table, targeting.OWN_COLUMNS)
        return targeting.compare(columns, lists=names, row_numbers=table.row_numbers)

    document = with_table(args.data, compared, required=["poor"])
    if args.json:
        print_json(document)
        return 0
    for part in [*document["lists"], *both(document["any_list"])]:
        show(part, document["denominators"])
    return 0


def both(any_list: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The lists taken together, under a name of their own."""
    return [] if any_list is None else [{"name": "any of these lists", **any_list}]


def show(part: dict[str, Any], denominators: dict[str, str]) -> None:
    """Print one list: a row per measure, a column per view."""
    views = [v for v in ("person", "covered", "household") if part[v] is not None]
    print(part["name"])
    counts = ["TP", "FP", "FN", "TN", "N"]
    rows = [[name, *(part[v][name] for v in views), ""] for name in counts]
    rows += [
        [name, *(part[v][name] for v in views), f"of {base}"] for name, base in denominators.items()
    ]
    print_table(["", *views, ""], rows)
    print()
