"""`kaejon measure hidden HISTORIES.csv`: how many poor are on no list."""

from __future__ import annotations

import argparse
from typing import Any

from kaejon.cli.measure.output import note, print_json, print_table
from kaejon.cli.measure.tables import as_written
from kaejon.methods import hidden
from kaejon.methods.tabular import read_table


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser("hidden", help="estimate the poor on no list")
    parser.add_argument(
        "data", metavar="HISTORIES", help="CSV, XLSX or Parquet: a 1/0 column per list, and count"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Estimate and print the result."""
    table = read_table(args.data, required=["count"])
    document: dict[str, Any] = hidden.estimate(
        as_written(table, ["count"]), row_numbers=table.row_numbers
    ).as_document()
    if args.json:
        print_json(document)
        return 0
    print(f"{document['observed']} on {len(document['lists'])} lists")
    keys = ["name", "estimate", "se", "ci95", "aic", "df"]
    print_table(keys, [[model[key] for key in keys] for model in document["models"]])
    for refusal in document["refused"]:
        note(f"{refusal['model']} refused: {refusal['reason']}")
    for warning in document["warnings"]:
        note(warning)
    return 0
