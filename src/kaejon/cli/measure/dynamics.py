"""`kaejon measure dynamics R1 R2 --spec SPEC.json`: what became of the same households."""

from __future__ import annotations

import argparse
from typing import Any

from kaejon.cli.measure.alkire_foster import add_engine_options
from kaejon.cli.measure.output import print_json, print_table
from kaejon.cli.measure.tables import read_columns, read_json
from kaejon.methods import dynamics
from kaejon.methods.engine import open_engine

DESCRIPTION = """
Two tables of one row per household, and a spec: the keys of an alkire-foster spec and
"id" (column that names the household in both rounds; required), "years" between the rounds,
"level" (column of the household's level 1-4), "capitals" (columns of the five capitals),
"graduation" {"rounds_out":2,"falling_allowed":0,"tolerance":0}.
Answer: {"k","households":{PP,PN,NP,NN},"weighted":{…},"H_1","H_2","M0_1","M0_2","exit_rate",
"entry_rate","persistence","ever_poor","always_poor","delta_M0","delta_from_ongoing",
"delta_from_entry","delta_from_exit","shapley","annualised","levels","graduated","lost","new",
"incomplete","rounds"}; a list of k gives {"results":[one per k]}.
"""
RATES = (
    "H_1", "H_2", "M0_1", "M0_2", "exit_rate", "entry_rate", "persistence", "ever_poor",
    "always_poor", "delta_M0", "delta_from_ongoing", "delta_from_entry", "delta_from_exit",
)  # fmt: skip
LOST_NEW = ("lost", "new")


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser(
        "dynamics",
        help="entry, exit and persistence between two rounds",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("first", metavar="R1", help="CSV, XLSX or Parquet of the first round")
    parser.add_argument("second", metavar="R2", help="the same of the second round")
    parser.add_argument("--spec", required=True, metavar="SPEC.json", help="measure and panel")
    add_engine_options(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Follow the households and print the result."""
    spec = dynamics.parse_panel_spec(read_json(args.spec))
    first, second = (read_columns(path, spec.columns) for path in (args.first, args.second))
    with open_engine(args.engine, memory=args.memory, threads=args.threads) as engine:
        document: dict[str, Any] = dynamics.follow(first, second, spec, engine=engine)
    if args.json:
        print_json(document)
        return 0
    for part in document.get("results", [document]):
        show(part)
    return 0


def show(document: dict[str, Any]) -> None:
    """Print one k as tables."""
    print(f"k = {document['k']}")
    rows = [[s, document["households"][s], document["weighted"][s]] for s in dynamics.STATES]
    rows += [[seen, document[seen]["households"], document[seen]["people"]] for seen in LOST_NEW]
    print_table(["", "households", "people"], rows)
    print()
    print_table(["", "value"], [[name, document[name]] for name in RATES])
    if document["levels"]:
        print("\npeople by level, first round down, second across")
        levels = document["levels"]
        rows = [[str(a), *row] for a, row in zip(levels["levels"], levels["weighted"], strict=True)]
        print_table(["", *map(str, levels["levels"])], rows)
    print(f"\ngraduated: {document['graduated']['households']} households\n")
