"""`kaejon measure tpmap DATA`: BMN-poor and target poor by TPMAP's rule."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any

from kaejon.cli.measure.output import note, print_json, print_table
from kaejon.cli.measure.tables import with_table
from kaejon.methods import tpmap
from kaejon.methods.tabular import Table
from kaejon.methods.wholetable import WholeTable


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser("tpmap", help="BMN-poor and target poor persons")
    parser.add_argument("data", metavar="DATA", help="CSV, XLSX or Parquet, one row per person")
    parser.add_argument("--by", metavar="A,B", help="count also for each area or group")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Count the table and print the result."""
    by = [name.strip().casefold() for name in args.by.split(",")] if args.by else []

    def counted(table: Table | WholeTable) -> tuple[dict[str, Any], tuple[str, ...]]:
        columns: Mapping[str, Any] = table.columns
        return tpmap.count_columns(columns, None, table.row_numbers, by=by), table.unused

    document, unused = with_table(
        args.data,
        counted,
        required=[*tpmap.columns_needed(), *by],
        optional=tpmap.columns_known(),
        others="ignore",
    )
    if unused:
        note(f"columns not used: {', '.join(unused)}")
    if args.json:
        print_json(document)
        return 0
    show(document)
    for column, groups in document.get("by", {}).items():
        print(f"\nby {column}")
        keys = [name for name, value in groups[0].items() if not isinstance(value, dict)]
        print_table(keys, [[group[key] for key in keys] for group in groups])
    return 0


def show(document: dict[str, Any]) -> None:
    """Print the counts of everybody as tables."""
    counts = [(name, value) for name, value in document.items() if not isinstance(value, dict)]
    print_table(["count", "value"], counts)
    print()
    print_table(
        ["dimension", "bmn_poor", "target_poor"],
        [
            [
                dim.th,
                document["bmn_poor_by_dim"][dim.code],
                document["target_poor_by_dim"][dim.code],
            ]
            for dim in tpmap.definition().dimensions
        ],
    )
