"""`kaejon measure alkire-foster DATA --spec SPEC.json`: H, A, M0 and what they are made of."""

from __future__ import annotations

import argparse
from typing import Any

from kaejon.cli.measure.output import note, print_json, print_table
from kaejon.cli.measure.tables import read_columns, read_spec
from kaejon.methods import alkire_foster
from kaejon.methods.engine import DEFAULT_MEMORY, DEFAULT_THREADS, open_engine


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser("alkire-foster", help="multidimensional poverty: H, A, M0")
    parser.add_argument("data", metavar="DATA", help="CSV, XLSX or Parquet, one row per household")
    parser.add_argument(
        "--spec", required=True, metavar="SPEC.json", help="indicators, k, design; or a definition"
    )
    add_engine_options(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def add_engine_options(parser: argparse.ArgumentParser) -> None:
    """Options of every command that computes on an engine."""
    parser.add_argument(
        "--engine", default="duckdb", choices=["duckdb", "spark"], help="default: %(default)s"
    )
    parser.add_argument("--memory", default=DEFAULT_MEMORY, help="most to hold (%(default)s)")
    parser.add_argument("--threads", type=int, default=DEFAULT_THREADS, help="cores (%(default)s)")


def run(args: argparse.Namespace) -> int:
    """Measure the table and print the result."""
    spec = alkire_foster.parse_spec(read_spec(args.spec))
    data = read_columns(args.data, spec.columns)
    with open_engine(args.engine, memory=args.memory, threads=args.threads) as engine:
        result = alkire_foster.measure(data, spec, engine=engine)
    document: dict[str, Any] = result.as_document()
    if args.json:
        print_json(document)
        return 0
    for part in document.get("results", [document]):
        show(part)
    if result.design is None:
        note("no strata or PSU in the spec: no sampling error is given")
    if result.cells.incomplete:
        note(f"{result.cells.incomplete} rows with missing values were left out")
    return 0


def show(document: Any) -> None:
    """Print one k as tables."""
    print(f"k = {document['k']}, {document['n']} rows, {document['population']} people")
    symbols = [s for s in ("H", "A", "M0", "M1", "M2") if s in document]
    print_table(
        ["", "value", "se", "ci95"],
        [[s, *(document[s][part] for part in ("value", "se", "ci95"))] for s in symbols],
    )
    print()
    keys = ["name", "weight", "uncensored", "censored", "contribution"]
    print_table(keys, [[i[key] for key in keys] for i in document["indicators"]])
    for column, groups in document["by"].items():
        print(f"\nby {column}")
        print_table(
            ["group", "population_share", "H", "A", "M0", "contribution"],
            [
                [
                    g["group"],
                    g["population_share"],
                    *(g[s]["value"] for s in ("H", "A", "M0")),
                    g["contribution"],
                ]
                for g in groups
            ],
        )
    print()
