"""How long do officers wait when 200 of them work at once?

    python bench/officers.py --data-dir data/large --officers 200 --seconds 120
    DATABASE_URL=postgresql://… python bench/officers.py --data-dir data/large

Starts `kaejon serve` on a data folder or database made with `enlarge.py` (with `--households`
that many must be there), signs officers of many tambons in, and lets each ask for a page
every ten seconds: search 25 %, folder 28 %, list 16 %, worklist 12 %, area 8 %, ranking 6 %, a
check recorded 5 %. Times are from asking to the last byte of the page that is shown,
redirects included; the first ten seconds warm up. The client takes part of the same
machine; its share is told. Writes stay in the data folder.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.serving import (
    Browser,
    Officer,
    make_officers,
    processor_seconds_of_children,
    served,
)

WARM_UP_SECONDS = 10
Asked = tuple[str, str, dict[str, str] | None]


def search(officer: Officer, rng: random.Random) -> Asked:
    return "POST", "/households/", {"text": rng.choice(officer.names)}


def folder(officer: Officer, rng: random.Random) -> Asked:
    return "GET", f"/households/{rng.choice(officer.households)}/", None


def listed(officer: Officer, rng: random.Random) -> Asked:
    return "GET", f"/households/?area={rng.choice(officer.villages)}", None


def worklist(officer: Officer, rng: random.Random) -> Asked:
    return "GET", f"/field/villages/{rng.choice(officer.villages)}/", None


def area(officer: Officer, rng: random.Random) -> Asked:
    return "GET", f"/areas/{rng.choice([officer.area, *officer.villages])}/", None


def ranking(officer: Officer, rng: random.Random) -> Asked:
    return "GET", f"/ranking/{officer.area}/", None


def check(officer: Officer, rng: random.Random) -> Asked:
    outcome = rng.choice(["confirmed_poor", "not_poor", "not_found"])
    return "POST", f"/field/households/{rng.choice(officer.households)}/tap/", {"outcome": outcome}


# What is asked → of a hundred pages
PAGES: dict[Callable[[Officer, random.Random], Asked], int] = {
    search: 25,
    folder: 28,
    listed: 16,
    worklist: 12,
    area: 8,
    ranking: 6,
    check: 5,
}


class Times:
    """Milliseconds by page, and what went wrong."""

    def __init__(self) -> None:
        self.milliseconds: defaultdict[str, list[float]] = defaultdict(list)
        self.errors: Counter[str] = Counter()

    def report(self) -> None:
        print("| Page | n | p50 | p95 | max |\n| --- | --- | --- | --- | --- |")
        everything = [one for times in self.milliseconds.values() for one in times]
        for name, times in [*sorted(self.milliseconds.items()), ("all", everything)]:
            if len(times) > 1:
                p95 = statistics.quantiles(times, n=20)[-1]
                print(
                    f"| {name} | {len(times)} | {statistics.median(times):.0f} | {p95:.0f} | {max(times):.0f} |"
                )
        print(f"\nerrors: {sum(self.errors.values())} {dict(self.errors) or ''}")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data-dir", required=True)
    parser.add_argument("--officers", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=120)
    parser.add_argument("--every", type=float, default=10.0, help="seconds from page to page")
    parser.add_argument("--households", type=int, default=0, help="fewest the registry must hold")
    parser.add_argument("--processes", type=int, default=0)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    officers = make_officers(args.data_dir, args.officers, args.seed)
    from django.db import connection

    from kaejon.apps.households.models import Household

    households = Household.objects.count()
    print(
        f"{connection.vendor}: {households:,} households, {args.officers} officers, {args.seconds} s"
    )
    connection.close()
    if households < args.households:
        raise SystemExit(f"the registry holds fewer than {args.households} households")
    options = [
        text
        for name in ("processes", "threads")
        if (value := getattr(args, name))
        for text in (f"--{name}", str(value))
    ]
    times = Times()
    with served(args.data_dir, *options) as (port, _):
        before = time.process_time()
        asyncio.run(work(port, officers, times, args))
        client = time.process_time() - before
    spent = args.seconds + WARM_UP_SECONDS
    times.report()
    answered = sum(map(len, times.milliseconds.values()))
    print(
        f"{answered / args.seconds:.1f} pages/s; of a processor: client {client / spent:.2f}, "
        f"server {processor_seconds_of_children() / spent:.2f}"
    )
    return 1 if times.errors else 0


async def work(port: int, officers: list[Officer], times: Times, args: argparse.Namespace) -> None:
    begun = time.monotonic()
    await asyncio.gather(
        *(
            one_officer(port, officer, times, args, begun, random.Random(args.seed + number))
            for number, officer in enumerate(officers)
        )
    )


async def one_officer(
    port: int,
    officer: Officer,
    times: Times,
    args: argparse.Namespace,
    begun: float,
    rng: random.Random,
) -> None:
    """A page every so many seconds, the first at a random moment of the first round."""
    browser = Browser(port, officer.cookie)
    due = begun + rng.uniform(0, args.every)
    ends = begun + WARM_UP_SECONDS + args.seconds
    while due < ends:
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        page = rng.choices(list(PAGES), weights=list(PAGES.values()))[0]
        began = time.monotonic()
        try:
            status = await browser.ask(*page(officer, rng))
            problem = "" if status == 200 else f"{page.__name__} {status}"
        except (TimeoutError, OSError, asyncio.IncompleteReadError) as error:
            browser.close()
            problem = f"{page.__name__} {type(error).__name__}"
        if began - begun >= WARM_UP_SECONDS:
            if problem:
                times.errors[problem] += 1
            else:
                times.milliseconds[page.__name__].append((time.monotonic() - began) * 1000)
        due = max(due + args.every, time.monotonic())
    browser.close()


if __name__ == "__main__":
    sys.exit(main())
