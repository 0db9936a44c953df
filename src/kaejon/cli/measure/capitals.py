"""`kaejon measure capitals DATA`: five capitals and level of every household."""

from __future__ import annotations

import argparse
from typing import Any

from kaejon.cli.measure.output import note, print_json, print_table
from kaejon.methods import capitals
from kaejon.methods.definitions import five_capitals
from kaejon.methods.tabular import read_table


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
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Score the table and print the result."""
    definition = five_capitals.load(args.definition)
    table = read_table(
        args.data,
        required=["household_id", *capitals.columns_needed(definition)],
        optional=["person_id"],
        others="ignore",
    )
    if table.unused:
        note(f"columns not used: {', '.join(table.unused)}")
    document = capitals.score_columns(table.columns, definition, table.row_numbers)
    if args.json:
        print_json(document)
    else:
        show(document, definition)
    return 0


def show(document: dict[str, Any], definition: five_capitals.CapitalDefinition) -> None:
    """Print households, means and counts as tables."""
    codes = [capital.code for capital in definition.capitals]
    print_table(
        ["household_id", *codes, "overall", "level", ""],
        [
            [
                row["household_id"],
                *[row[code] for code in (*codes, "overall", "level")],
                definition.level(row["level"]).th if row["level"] else None,
            ]
            for row in document["rows"]
        ],
    )
    means, counts = document["summary"]["means"], document["summary"]["counts"]
    levels = [str(level.level) for level in definition.levels]
    print(f"\n{document['n']} households, {definition.name}")
    print_table(
        ["", "mean", *[f"level {level}" for level in levels]],
        [[code, means[code], *[counts[code][level] for level in levels]] for code in means],
    )
    if document["provisional"]:
        note("weights of some items are provisional: see the definition")
