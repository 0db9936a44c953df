"""`kaejon measure`: the pure methods on a table file, without database; `run` measures the registry."""

from __future__ import annotations

import argparse
from importlib import import_module, util

LEAVES = ("capitals", "tpmap", "alkire_foster", "targeting", "hidden", "dynamics", "run")


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `measure` and its own subcommands, one module each."""
    parser = subparsers.add_parser("measure", help="measure poverty in a table file")
    measures = parser.add_subparsers(dest="measure", required=True, metavar="MEASURE")
    for leaf in LEAVES:
        if util.find_spec(f"{__name__}.{leaf}") is not None:
            import_module(f"{__name__}.{leaf}").add_parser(measures)
