"""`kaejon keys`: show, rotate, verify and retire the keys that seal national IDs and received rows."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from kaejon.methods.errors import DataError, UsageError

SHOWN_FAULTS = 20


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "keys", help="show, rotate, verify or retire the keys of national IDs"
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    show = actions.add_parser(
        "show", help="key numbers, fingerprints and what each one seals; never a secret"
    )
    rotate = actions.add_parser(
        "rotate", help="add a key and seal everything again with it; continues after a break"
    )
    verify = actions.add_parser(
        "verify", help="open every sealed value; exit 1 when one does not open"
    )
    retire = actions.add_parser("retire", help="remove a key that seals nothing any more")
    retire.add_argument("number", type=int, help="number of the key, from `kaejon keys show`")
    retire.add_argument(
        "--copy-kept",
        action="store_true",
        help="confirm that a copy of the key file is kept with the older backups",
    )
    for action, work in (
        (show, show_keys),
        (rotate, rotate_keys),
        (verify, verify_keys),
        (retire, retire_key),
    ):
        action.add_argument("--json", action="store_true", help="print one JSON document")
        action.set_defaults(run=start(work))


def start(work: Any) -> Any:
    """Run one action with Django started; a bad key ring is the user's to mend."""

    def run(args: argparse.Namespace) -> int:
        from kaejon.config.setup import start_django

        start_django()
        from kaejon.apps.vault.keys import KeyRingError

        try:
            return int(work(args))
        except KeyRingError as error:
            raise DataError("key_ring", str(error), remedy="See docs/developer/keys.md.") from error

    return run


def show_keys(args: argparse.Namespace) -> int:
    from kaejon.apps.sources.rotation import keys_in_use
    from kaejon.apps.vault.keys import ring_in_use

    ring, used = ring_in_use(), keys_in_use()
    rows = [
        {
            "number": key.number,
            "created": key.created,
            "fingerprint": key.fingerprint,
            "active": key is ring.active,
            "seals": used.get(key.number, {}),
        }
        for key in ring.keys
    ]
    missing = sorted(set(used) - {key.number for key in ring.keys})
    if args.json:
        print(json.dumps({"keys": rows, "missing": missing}))
    else:
        for row in rows:
            mark = "active" if row["active"] else ""
            print(
                f"{row['number']:>3}  {row['fingerprint']}  {row['created']}  {mark:6}  seals {told(row['seals'])}"
            )
    if missing:
        raise DataError(
            "keys_missing",
            f"values are sealed with key {', '.join(map(str, missing))}, which the key ring does not hold",
            remedy="Restore the key file that belongs to this database.",
        )
    return 0


def told(counts: Any) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items())) or "nothing"


def rotate_keys(args: argparse.Namespace) -> int:
    """Ask for a rotation, or for the rest of an unfinished one, and work until it is over."""
    from kaejon.apps.jobs.actions import run_one
    from kaejon.apps.jobs.models import Status
    from kaejon.cli.worker import worker_name

    job = rotation_job()
    name = worker_name()
    while not job.is_over:
        # Work under way elsewhere ends first; a worker may also have taken this very job.
        if not run_one(name):
            report_and_wait(job)
        job.refresh_from_db()
    if job.status == Status.FAILED:
        refusal = job.result.get("error", {})
        raise DataError(
            refusal.get("code", "rotation_failed"),
            refusal.get(
                "message", "the rotation stopped by a fault of the program; the log tells where"
            ),
            remedy=refusal.get("remedy")
            or "Run `kaejon keys verify`, mend what it names, then rotate again.",
        )
    if args.json:
        print(json.dumps(job.result))
    else:
        print(
            f"Key {job.result['key']} seals everything now. Copy the key file to its safe place again."
        )
    return 0


def rotation_job() -> Any:
    """The job of the next rotation, or of one that was broken off."""
    from kaejon.apps.access.operator import ensure_operator
    from kaejon.apps.jobs.actions import ALONE, enqueue
    from kaejon.apps.jobs.models import Job, Status
    from kaejon.apps.sources.rotation import keys_in_use
    from kaejon.apps.vault.keys import ring_in_use

    active = ring_in_use().active.number
    unfinished = any(number != active for number in keys_in_use()) and len(ring_in_use().keys) > 1
    number = active if unfinished else active + 1
    earlier = Job.objects.filter(kind=ALONE, status=Status.DONE).count()
    return enqueue(
        kind=ALONE, key=f"{ALONE}:{number}:{earlier}", payload={"key": number}, by=ensure_operator()
    )


def report_and_wait(job: Any) -> None:
    print(f"\rA worker seals again: {job.percent} %", end="", file=sys.stderr, flush=True)
    time.sleep(1)


def verify_keys(args: argparse.Namespace) -> int:
    from kaejon.apps.sources.rotation import faults

    found = list(faults())
    if args.json:
        print(json.dumps({"faults": found}))
    for fault in found[:SHOWN_FAULTS]:
        print(fault, file=sys.stderr)
    if len(found) > SHOWN_FAULTS:
        print(f"… and {len(found) - SHOWN_FAULTS} more", file=sys.stderr)
    if not found and not args.json:
        print("Every sealed value opens, and every search token belongs to its value.")
    return 1 if found else 0


def retire_key(args: argparse.Namespace) -> int:
    from django.conf import settings

    from kaejon.apps.access.operator import ensure_operator
    from kaejon.apps.areas.models import WHOLE_SYSTEM
    from kaejon.apps.audit.actions import record
    from kaejon.apps.sources.rotation import keys_in_use
    from kaejon.apps.vault import keys

    ring = keys.ring_in_use()
    if args.number not in (known := [key.number for key in ring.keys]):
        raise UsageError(
            "no_such_key",
            f"the ring holds no key {args.number}",
            remedy=f"It holds: {', '.join(map(str, known))}.",
        )
    key = ring.key(args.number)
    if os.environ.get(keys.ENVIRONMENT_VARIABLE):
        raise UsageError(
            "ring_in_environment",
            f"the key ring comes from {keys.ENVIRONMENT_VARIABLE}; remove the key there",
        )
    if key is ring.active:
        raise UsageError(
            "key_is_active",
            f"key {args.number} is the active key",
            remedy="Run `kaejon keys rotate` first.",
        )
    if counts := keys_in_use().get(args.number):
        raise DataError(
            "key_in_use",
            f"key {args.number} still seals {told(counts)}",
            remedy="Run `kaejon keys rotate` first.",
        )
    if not args.copy_kept:
        raise UsageError(
            "copy_not_confirmed",
            f"backups made while key {args.number} was in use open only with it",
            remedy="Keep a copy of the key file with those backups' keys, then repeat with --copy-kept.",
        )
    keys.write(ring.without(args.number), Path(settings.KEY_FILE))
    record(
        by=ensure_operator(),
        verb="keys.retire",
        subject_type="key",
        subject_id=args.number,
        area=WHOLE_SYSTEM,
        label=key.fingerprint,
    )
    if args.json:
        print(json.dumps({"retired": args.number}))
    else:
        print(f"Key {args.number} is no longer in the key file.")
    return 0
