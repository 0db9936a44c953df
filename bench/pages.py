"""How fast are the main pages, and how many queries do they ask?

    python bench/pages.py --data-dir data/demo            (SQLite, made by `kaejon demo`)
    DATABASE_URL=postgresql://… python bench/pages.py --data-dir data/demo

Requests go through the whole application in this process, warmed up as `kaejon serve`
does it (middleware, scope, templates), each to another household or area; the first ones warm up and are not
counted. Times are milliseconds of one request at a time.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data-dir", required=True)
    parser.add_argument("--repeat", type=int, default=60)
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    os.environ |= {"KAEJON_DATA_DIR": args.data_dir, "KAEJON_LOG_LEVEL": "ERROR"}
    os.environ["KAEJON_ALLOWED_HOSTS"] = "testserver"
    from kaejon.config.setup import start_django
    from kaejon.config.warming import warm_up

    start_django()
    warm_up()
    from django.db import connection

    from kaejon.apps.households.models import Household, Person

    print(
        f"{connection.vendor}: {Household.objects.count():,} households, {Person.objects.count():,} people; "
        f"{args.repeat} requests a page, in milliseconds\n"
    )
    print("| Page | p50 | p95 | queries |\n| --- | --- | --- | --- |")
    for name, requests in pages(random.Random(args.seed)).items():
        report(name, requests, args.repeat)
    return 0


Request = tuple[Any, str, str, dict[str, str]]


def pages(rng: random.Random) -> dict[str, Callable[[], Request]]:
    """Page name → a maker of one request: (client, method, address, form)."""
    from django.test import Client

    from kaejon.apps.access.models import User
    from kaejon.apps.areas.models import Area
    from kaejon.apps.households.models import Household, Person
    from kaejon.apps.measurement.models import MeasurementRun

    def signed_in(username: str) -> Client:
        client = Client()
        client.force_login(User.objects.get(username=username))
        return client

    province, tambon = signed_in("province"), signed_in("tambon")
    ids = list(Household.objects.order_by("pk").values_list("pk", flat=True))
    sample = rng.sample(ids, min(400, len(ids)))
    households = list(Household.objects.filter(pk__in=sample).values_list("public_id", "area_id"))
    names = list(Person.objects.filter(household__in=sample).values_list("first_name", "last_name"))
    districts = list(
        Area.objects.filter(level="district", valid_until=None).values_list("code", flat=True)
    )
    tambons = sorted({area[:6] for _, area in households})
    villages = sorted({area for _, area in households})
    place = villages[0][:2]
    runs = list(
        MeasurementRun.objects.filter(withdrawn_at=None).values_list("public_id", flat=True)
    )

    def get(client: Client, address: Callable[[], str]) -> Callable[[], Request]:
        return lambda: (client, "get", address(), {})

    def search() -> Request:
        first, last = rng.choice(names)
        return (
            province,
            "post",
            "/households/",
            {"text": rng.choice([first, f"{first} {last}", last or first])},
        )

    return {
        "dashboard, province": get(province, lambda: "/"),
        "dashboard, tambon": get(tambon, lambda: "/"),
        "area, district": get(province, lambda: f"/areas/{rng.choice(districts)}/"),
        "area, tambon": get(province, lambda: f"/areas/{rng.choice(tambons)}/"),
        "area, village": get(province, lambda: f"/areas/{rng.choice(villages)}/"),
        "households, province": get(province, lambda: "/households/"),
        "households, a tambon, level 1": get(
            province, lambda: f"/households/?area={rng.choice(tambons)}&overall=1"
        ),
        "households on one list only, province": get(
            province, lambda: "/households/?on=demo-tpmap&not_on=demo-bmn,demo-ppp,demo-community"
        ),
        "who is missed, province": get(province, lambda: "/picture/"),
        "which lists name whom, province": get(province, lambda: "/picture/sets/"),
        "how good the lists are, district": get(
            province, lambda: f"/picture/accuracy/?area={rng.choice(districts)}"
        ),
        "on no list, province": get(province, lambda: "/picture/unseen/"),
        "measures, province": get(province, lambda: f"/areas/{place}/measures/"),
        "measures, tambon": get(province, lambda: f"/areas/{rng.choice(tambons)}/measures/"),
        "ranking, province": get(province, lambda: f"/ranking/{place}/"),
        "measurement runs": get(province, lambda: "/measures/"),
        "one measurement run": get(province, lambda: f"/measures/runs/{rng.choice(runs)}/"),
        "field work, province": get(province, lambda: "/field/"),
        "worklist of a village": get(province, lambda: f"/field/villages/{rng.choice(villages)}/"),
        "community against state lists": get(province, lambda: "/field/differences/"),
        "rows that could be several people": get(province, lambda: "/review/"),
        "people who may stand twice": get(province, lambda: "/review/pairs/"),
        "households that may be one": get(province, lambda: "/homes/review/"),
        "search by name, province": search,
        "Family Folder": get(province, lambda: f"/households/{rng.choice(households)[0]}/"),
    }


def report(name: str, make: Callable[[], Request], repeat: int) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    times, queries = [], []
    for number, (client, method, address, form) in zip(
        range(repeat + 5), forever(make), strict=False
    ):
        connection.queries_log.clear()  # it holds 9,000 at most
        with CaptureQueriesContext(connection) as asked:
            started = time.perf_counter()
            response = getattr(client, method)(address, form, follow=True)
            spent = (time.perf_counter() - started) * 1000
        if response.status_code != 200:
            raise SystemExit(f"{address} answered {response.status_code}")
        if number >= 5:
            times.append(spent)
            queries.append(len(asked))
    p95 = statistics.quantiles(times, n=20)[-1]
    print(f"| {name} | {statistics.median(times):.0f} | {p95:.0f} | {max(queries)} |", flush=True)


def forever(make: Callable[[], Request]) -> Iterator[Request]:
    while True:
        yield make()


if __name__ == "__main__":
    sys.exit(main())
