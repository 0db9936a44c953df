"""`kaejon audit`: read history against its seals."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from kaejon.methods.errors import UsageError


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser("audit", help="read history against its seals")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    verify = actions.add_parser(
        "verify", help="tell whether history is as it was sealed; exit 1 when it is not"
    )
    verify.add_argument(
        "--seal",
        type=Path,
        metavar="FILE",
        help="a seal kept elsewhere: the .seal file beside each backup (default: last-seal.json beside the key file)",
    )
    verify.add_argument("--json", action="store_true", help="print one JSON document")
    verify.set_defaults(run=run_verify)


def run_verify(args: argparse.Namespace) -> int:
    from kaejon.config.setup import start_django

    start_django()
    from kaejon.apps.audit.last_seal import kept_seal
    from kaejon.apps.audit.verifying import verify_history

    verdict = verify_history(read_seal(args.seal) if args.seal else kept_seal())
    if args.json:
        print(json.dumps(verdict.as_dict()))
    else:
        print(in_words(verdict))
    return 1 if verdict.faults else 0


def in_words(verdict: Any) -> str:
    """The verdict as lines for a person."""
    last = verdict.last
    lines = [
        f"{verdict.rows:,} rows in {verdict.blocks:,} sealed blocks, {verdict.unsealed:,} rows not "
        f"sealed yet, {verdict.erased:,} rows whose personal part was erased.",
        f"Last seal: number {last['number']} of {last['at']}, {last['digest']}"
        if last
        else "Nothing is sealed yet: the worker seals history every minute.",
    ]
    lines += [
        f"{fault.code}: {fault.words} {f'({fault.where})' if fault.where else ''}".rstrip()
        for fault in verdict.faults
    ]
    return "\n".join(lines if verdict.faults else [*lines, "History is as it was sealed."])


def read_seal(path: Path) -> dict[str, Any]:
    """The seal in a file. Refuses a file that cannot be read or holds no seal."""
    try:
        seal = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(
            "no_seal_file",
            f"{path} cannot be read as a seal",
            remedy="Give the .seal file that was written beside a backup.",
        ) from error
    return seal if isinstance(seal, dict) else {}
