"""`kaejon measure capitals DATA`: five capitals and level of every household."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from kaejon.cli.measure.output import note, print_rows, print_table
from kaejon.cli.measure.tables import with_table
from kaejon.methods import arrays, capitals
from kaejon.methods.definitions import five_capitals
from kaejon.methods.errors import UsageError
from kaejon.methods.tabular import Table
from kaejon.methods.wholetable import WholeTable

Scored: TypeAlias = tuple[capitals.CapitalTable, Sequence[capitals.AreaRow], tuple[str, ...]]


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser("capitals", help="five capitals and level of each household")
    parser.add_argument("data", metavar="DATA", help="CSV, XLSX or Parquet, 1-4 per item")
    parser.add_argument(
        "--definition",
        default=five_capitals.DEFAULT,
        metavar="NAME|FILE",
        help="definition name, TOML or JSON file (default: %(default)s)",
    )
    parser.add_argument("--by", metavar="COLUMN", help="means and level counts of each area too")
    parser.add_argument(
        "--inside", metavar="COLUMN", help="1 or 0: split areas by inside a municipality or outside"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Score the table and print the result."""
    definition = five_capitals.load(args.definition)
    if args.inside and not args.by:
        raise UsageError("no_area", "--inside splits areas.", remedy="Name the area with --by.")
    area, inside = (name and name.strip().casefold() for name in (args.by, args.inside))

    def scored(table: Table | WholeTable) -> Scored:
        columns: Mapping[str, Any] = table.columns
        found = capitals.score_columns(columns, definition, table.row_numbers)
        if not area:
            return found, (), table.unused
        marks = arrays.flags(columns, inside, table.row_numbers) if inside else None
        areas = arrays.trimmed(columns[area]).take(found.first_rows)
        split = None if marks is None else marks[found.first_rows]
        return found, capitals.area_table(found, areas, split), table.unused

    found, areas, unused = with_table(
        args.data,
        scored,
        required=[
            "household_id", *capitals.columns_needed(definition), *filter(None, (area, inside))
        ],
        optional=["person_id"],
        others="ignore",
    )  # fmt: skip
    if unused:
        note(f"columns not used: {', '.join(unused)}")
    if args.json:
        tail = {"summary": found.summary()}
        tail |= {"areas": [row.as_document() for row in areas]} if area else {}
        print_rows(found.head(), found.rows(), tail)
    else:
        show(found)
        show_areas(areas, found.codes)
    if definition.provisional:
        note("weights of some items are provisional: see the definition")
    return 0


def show(found: capitals.CapitalTable) -> None:
    """Print households, means and counts as tables."""
    words = {level.level: level.th for level in found.definition.levels}
    print_table(
        ["household_id", *found.codes, "level", ""],
        [
            [*(row[name] for name in ("household_id", *found.codes, "level")), words.get(row["level"])]
            for row in found.rows().to_pylist()
        ],
    )  # fmt: skip
    summary = found.summary()
    print(f"\n{len(found)} households, {found.definition.name}")
    print_table(
        ["", "mean", *[f"level {level}" for level in words]],
        [
            [code, summary["means"][code], *summary["counts"][code].values()]
            for code in found.codes
        ],
    )  # fmt: skip


def show_areas(areas: Sequence[capitals.AreaRow], codes: Sequence[str]) -> None:
    """Print means and level counts of areas, one line per area, municipality and capital."""
    if areas:
        levels = [f"level {level}" for level in areas[0].counts[codes[0]]]
        rows = [
            [str(row.area), row.where, row.households, code, row.means[code], *row.counts[code].values()]
            for row in areas
            for code in codes
        ]  # fmt: skip
        print()
        print_table(["area", "", "households", "capital", "mean", *levels], rows)
