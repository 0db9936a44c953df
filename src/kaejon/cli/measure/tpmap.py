"""`kaejon measure tpmap DATA`: BMN-poor and target poor by TPMAP's rule."""

from __future__ import annotations

import argparse

from kaejon.cli.measure.output import note, print_json, print_table
from kaejon.methods import tpmap
from kaejon.methods.tabular import read_table


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser("tpmap", help="BMN-poor and target poor persons")
    parser.add_argument("data", metavar="DATA", help="CSV, XLSX or Parquet, one row per person")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Count the table and print the result."""
    table = read_table(
        args.data,
        required=tpmap.columns_needed(),
        optional=tpmap.columns_known(),
        others="ignore",
    )
    if table.unused:
        note(f"columns not used: {', '.join(table.unused)}")
    document = tpmap.count_columns(table.columns, row_numbers=table.row_numbers)
    if args.json:
        print_json(document)
        return 0
    counts = {name: value for name, value in document.items() if not isinstance(value, dict)}
    print_table(["count", "value"], list(counts.items()))
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
    return 0
