"""`kaejon demo`: a synthetic province in a folder of its own, served at once."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

from kaejon.methods.errors import UsageError


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser("demo", help="build a synthetic province and serve it")
    parser.add_argument(
        "--data-dir", default="data/demo", help="folder for the demonstration (default data/demo)"
    )
    parser.add_argument(
        "--households", type=int, default=3000, help="how many households (500 to 400000)"
    )
    parser.add_argument("--seed", type=int, default=33, help="same seed, same province")
    parser.add_argument(
        "--today",
        type=date.fromisoformat,
        metavar="DATE",
        help="the day it takes for today, as 2026-11-30 (default: the machine's)",
    )
    parser.add_argument("--port", type=int, default=8000, help="port to serve on (default 8000)")
    parser.add_argument("--no-serve", action="store_true", help="build only")
    parser.add_argument(
        "--json", action="store_true", help="print one JSON document about what was built"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    if not 500 <= args.households <= 400_000:
        raise UsageError(
            "households_out_of_range", f"--households is {args.households}; allowed: 500 to 400000"
        )
    folder = Path(args.data_dir).resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            "no_folder",
            f"{folder} cannot be made: {error.strerror}",
            remedy="Name a folder you may write to with --data-dir.",
        ) from error
    (folder / "SYNTHETIC").touch()
    os.environ["KAEJON_DATA_DIR"] = str(folder)
    os.environ["KAEJON_SYNTHETIC"] = "True"
    if args.today:
        os.environ["KAEJON_TODAY"] = args.today.isoformat()
    os.environ.setdefault("KAEJON_LOG_LEVEL", "WARNING")
    os.environ.setdefault("KAEJON_SITE_URL", f"http://127.0.0.1:{args.port}")
    # A whole province is one file of 1.3 million rows here; a real office sends it by district.
    os.environ.setdefault("KAEJON_IMPORT_MAX_ROWS", "2000000")
    os.environ.setdefault("KAEJON_IMPORT_MAX_MEGABYTES", "1000")
    started = time.monotonic()
    logins = build(folder, args)
    describe(folder, args, logins, time.monotonic() - started)
    if args.no_serve:
        return 0
    from kaejon.cli.serve import serve

    return serve(host="127.0.0.1", port=args.port, processes=1)


def half_built(where: str, place: str) -> UsageError:
    return UsageError(
        "half_built_demo",
        f"{where} a demonstration that was not finished",
        remedy=f"Start again with an empty {place}.",
    )


def build(folder: Path, args: argparse.Namespace) -> list[dict[str, str]]:
    """Load the province unless the folder already holds one with the same size and seed."""
    mark = folder / "demo.json"
    wanted = {"households": args.households, "seed": args.seed, "today": str(args.today or "")}
    if mark.exists():
        held = json.loads(mark.read_text(encoding="utf-8"))
        if {name: held.get(name, "") for name in wanted} != wanted:
            raise UsageError(
                "other_demo",
                f"{folder} holds a demonstration of {held['households']} households with seed {held['seed']}",
                remedy="Choose another --data-dir, or remove that folder.",
            )
        from kaejon.cli.migrate import prepare

        prepare(provinces=["33"])
        logins: list[dict[str, str]] = held["logins"]
        return logins
    if (folder / "kaejon.sqlite3").exists():
        raise half_built(f"{folder} holds", "folder")
    from kaejon.cli.migrate import prepare

    prepare(provinces=["33"])
    from kaejon.apps.access.models import OPERATOR_USERNAME, User
    from kaejon.apps.households.models import Household
    from kaejon.demo.loading import load_demo

    accounts = User.objects.exclude(username=OPERATOR_USERNAME)
    if accounts.exists() or Household.everyone.exists():
        # Named by DATABASE_URL: perhaps somebody's work, in any case no place for invented people.
        raise half_built("The database holds other people's work, or", "database")

    made = load_demo(folder / "lists", households=args.households, seed=args.seed, report=tell)
    logins = [{"username": login.username, "who": login.who} for login in made]
    mark.write_text(json.dumps(wanted | {"logins": logins}, ensure_ascii=False), encoding="utf-8")
    return logins


def tell(step: str) -> None:
    print(f"  · {step}", file=sys.stderr, flush=True)


def describe(
    folder: Path, args: argparse.Namespace, logins: list[dict[str, str]], seconds: float
) -> None:
    """Print the address, the logins and where the sample lists lie."""
    from kaejon.demo.loading import PASSWORD

    address = f"http://127.0.0.1:{args.port}/"
    if args.json:
        document = {
            "address": address,
            "password": PASSWORD,
            "logins": logins,
            "lists": str(folder / "lists"),
            "seconds": round(seconds, 1),
            "synthetic": True,
        }
        print(json.dumps(document, ensure_ascii=False))
        return
    print(f"\nแก้จน – ข้อมูลจำลอง ไม่ใช่บุคคลจริง (synthetic data, no real person)  {seconds:.0f} s")
    print(f"  เปิด / open   {address}")
    print(f"  รหัสผ่าน / password (all accounts)   {PASSWORD}")
    for login in logins:
        print(f"    {login['username']:<12} {login['who']}")
    print(f"  ไฟล์ตัวอย่าง / sample lists to upload   {folder / 'lists'}\n", flush=True)
