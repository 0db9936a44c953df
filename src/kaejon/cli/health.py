"""`kaejon health`: which part of the installation does not work."""

from __future__ import annotations

import argparse
import json
from typing import Any


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser("health", help="say which part of the installation works")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Exit 0 when every part works, 1 otherwise."""
    from kaejon.config.setup import start_django

    start_django(half_restored=True)
    from kaejon.web.health import health_report

    report = health_report()
    if args.json:
        print(json.dumps(report))
    else:
        for name, state in report["parts"].items():
            print(f"{name:<10} {state}")
    return 0 if report["status"] == "ok" else 1
