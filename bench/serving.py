"""A running `kaejon serve`, signed-in officers and a small HTTP client, for the benches of the server.

Only the loopback address is spoken to.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import re
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

HOST = "127.0.0.1"
CSRF = "b" * 32
ANSWER_SECONDS = 60


@dataclass
class Officer:
    """One signed-in person with the addresses this person works with."""

    cookie: str
    area: str
    villages: list[str] = field(default_factory=list)
    households: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)


@contextlib.contextmanager
def served(data_dir: str, *options: str) -> Iterator[tuple[int, int]]:
    """A server on a free port of this machine; gives its port and process id."""
    environment = os.environ | {"KAEJON_DATA_DIR": data_dir, "KAEJON_LOG_LEVEL": "ERROR"}
    server = subprocess.Popen(
        [sys.executable, "-m", "kaejon.cli.main", "serve", "--port", "0", "--no-worker", *options],
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stderr
        for line in server.stderr:
            if at := re.search(r"serves at http://\S+:(\d+)/", line):
                port = int(at[1])
                break
            print(line, end="", file=sys.stderr)
        else:
            raise SystemExit("the server did not start")
        wait_until_it_answers(port)
        yield port, server.pid
    finally:
        server.terminate()
        server.wait(60)


def wait_until_it_answers(port: int) -> None:
    """Every process loads its pages first; the clients of a bench come when all have."""
    ended = time.monotonic() + 60
    quick = 0
    while quick < 20:
        began = time.monotonic()
        with socket.create_connection((HOST, port), timeout=60) as client:
            client.sendall(
                b"GET /accounts/login/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
            )
            while client.recv(65536):
                pass
        quick = quick + 1 if time.monotonic() - began < 0.5 else 0
        if time.monotonic() > ended:
            raise SystemExit("the server answers too slowly to begin")


def make_officers(data_dir: str, number: int, seed: int) -> list[Officer]:
    """Accounts with sessions in tambons that hold households: nine tambon officers to a district one."""
    os.environ |= {"KAEJON_DATA_DIR": data_dir, "KAEJON_LOG_LEVEL": "ERROR"}
    os.environ["KAEJON_ALLOWED_HOSTS"] = "testserver,localhost"
    from kaejon.config.setup import start_django

    start_django()
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.utils import timezone

    from kaejon.apps.access.models import RoleAssignment, User
    from kaejon.apps.households.models import Household, Person
    from kaejon.apps.partners.models import Organization

    rng = random.Random(seed)
    organization = Organization.objects.order_by("pk").first()
    giver = User.objects.get(username="province")
    villages = sorted(set(Household.objects.values_list("area_id", flat=True).distinct()))
    tambons = sorted({code[:6] for code in villages if len(code) == 8})
    officers = []
    for count in range(number):
        tambon = tambons[count * 7 % len(tambons)]
        area = tambon[:4] if count % 10 == 9 else tambon
        user, made = User.objects.get_or_create(username=f"bench{count:03}")
        if made:
            RoleAssignment.objects.create(
                user=user,
                role="district_officer" if area == tambon[:4] else "tambon_officer",
                area_id=area,
                organization=organization,
                purpose="bench",
                valid_from=timezone.localdate(),
                granted_by=giver,
            )
        area = user.assignments.get().area_id
        client = Client()
        client.force_login(user)
        own = [code for code in villages if code.startswith(area) and len(code) == 8]
        homes = list(
            Household.objects.filter(area_id__in=rng.sample(own, min(3, len(own)))).values_list(
                "pk", "public_id"
            )[:60]
        )
        names = Person.objects.filter(household__in=[pk for pk, _ in homes]).values_list(
            "first_name", "last_name"
        )
        officers.append(
            Officer(
                cookie=client.cookies[settings.SESSION_COOKIE_NAME].value,
                area=area,
                villages=own,
                households=[str(public_id) for _, public_id in homes],
                names=[name for pair in names for name in (*pair, " ".join(pair)) if name],
            )
        )
    connection.close()
    return officers


class Browser:
    """One kept connection of one person; follows one redirect after a form, as browsers do."""

    def __init__(self, port: int, cookie: str = "") -> None:
        self.port, self.cookie = port, cookie
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> int:
        """Status of the page that is shown in the end."""
        status, target = await self.once(method, path, form)
        if status == 302 and target:
            status, _ = await self.once("GET", target, None)
        return status

    async def once(self, method: str, path: str, form: dict[str, str] | None) -> tuple[int, str]:
        body = urlencode(form or {}).encode()
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n"
            f"Cookie: sessionid={self.cookie}; csrftoken={CSRF}\r\nX-CSRFToken: {CSRF}\r\n"
        )
        if method == "POST":
            head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        fresh = self.streams is None
        try:
            return await asyncio.wait_for(self.exchange(head, body), ANSWER_SECONDS)
        except (ConnectionError, asyncio.IncompleteReadError):
            self.close()
            if fresh or method == "POST":
                raise
            # A kept connection may have ended while nobody spoke; a browser asks once more.
            return await asyncio.wait_for(self.exchange(head, body), ANSWER_SECONDS)

    async def exchange(self, head: str, body: bytes) -> tuple[int, str]:
        if self.streams is None:
            self.streams = await asyncio.open_connection(HOST, self.port)
        reader, writer = self.streams
        writer.write(head.encode() + b"\r\n" + body)
        await writer.drain()
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in lines[1:])
        }
        if "chunked" in headers.get("transfer-encoding", ""):
            while size := int((await reader.readline()).split(b";")[0], 16):
                await reader.readexactly(size + 2)
            await reader.readline()
        else:
            await reader.readexactly(int(headers.get("content-length", 0)))
        if headers.get("connection", "").lower() == "close":
            self.close()
        return int(lines[0].split(" ")[1]), headers.get("location", "")

    def close(self) -> None:
        if self.streams is not None:
            self.streams[1].close()
            self.streams = None


def processor_seconds_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
