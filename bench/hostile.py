"""Does the site go on while somebody tries to stop it?

    python bench/hostile.py --data-dir data/demo

Starts `kaejon serve` and attacks it, one way after another: 300 idle connections, 100 clients
that begin a body and stop, 100 that send a byte a second, bodies of 207 MB, readers that do not
read, and small files made to hang, uploaded by an officer. Meanwhile `/healthz` and a page of
another officer are asked for every half second; a row tells how long they took and how many failed. Only
this machine is attacked, each way for `--seconds`.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import statistics
import sys
import time
import zipfile
from collections.abc import Awaitable, Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.serving import CSRF, HOST, Browser, Officer, make_officers, served

Attack = Callable[[int, Officer, float], Awaitable[None]]
BEGUN = b"POST /accounts/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n"
HUGE = b"POST /lists/upload/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 217055232\r\n\r\n"


async def hold(port: int, number: int, first: bytes, ends: float, each_second: bytes = b"") -> None:
    """So many connections that send something, and then a little every second or nothing at all."""
    opened = [await asyncio.open_connection(HOST, port) for _ in range(number)]
    for _, writer in opened:
        writer.write(first)
    while time.monotonic() < ends:
        for _, writer in opened:
            if each_second and not writer.is_closing():
                writer.write(each_second)
        await asyncio.sleep(1)
    for _, writer in opened:
        writer.close()


async def idle(port: int, officer: Officer, ends: float) -> None:
    await hold(port, 300, b"", ends)


async def stopped_bodies(port: int, officer: Officer, ends: float) -> None:
    await hold(port, 100, BEGUN + b"abcdef", ends)


async def byte_a_second(port: int, officer: Officer, ends: float) -> None:
    await hold(port, 100, BEGUN, ends, each_second=b"x")


async def slow_headers(port: int, officer: Officer, ends: float) -> None:
    await hold(port, 100, b"GET / HTTP/1.1\r\nX-Slow: ", ends, each_second=b"x")


async def huge_bodies(port: int, officer: Officer, ends: float) -> None:
    """Strangers, and strangers with an invented session, send 207 MB; a few at a time."""

    async def send(cookie: bytes) -> None:
        while time.monotonic() < ends:
            reader, writer = await asyncio.open_connection(HOST, port)
            try:
                writer.write(HUGE.replace(b"\r\n\r\n", b"\r\nCookie: " + cookie + b"\r\n\r\n"))
                for _ in range(207):
                    writer.write(b"x" * (1 << 20))
                    await writer.drain()
                await reader.read(100)
            except OSError:
                await asyncio.sleep(0.1)
            finally:
                writer.close()

    await asyncio.gather(*(send(b"sessionid=" + b"a" * 32) for _ in range(4)))


async def deaf_readers(port: int, officer: Officer, ends: float) -> None:
    """Ask for pages one after another and read none of them."""
    asked = f"GET /households/ HTTP/1.1\r\nHost: localhost\r\nCookie: sessionid={officer.cookie}\r\n\r\n"
    await hold(port, 20, asked.encode(), ends)


async def made_to_hang(port: int, officer: Officer, ends: float) -> None:
    """Files of some kilobytes that a reader could turn over for hours."""
    while time.monotonic() < ends:
        for name, content in HANGING.items():
            if time.monotonic() < ends:
                await upload(port, officer, name, content, ends)


async def upload(port: int, officer: Officer, name: str, content: bytes, ends: float) -> None:
    fields = {"csrfmiddlewaretoken": CSRF, "source": "demo-bmn", "year_be": "2569"}
    fields |= {"round_number": "1", "sheet": ""}
    parts = [
        f'--limit\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in fields.items()
    ]
    head = f'--limit\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    body = b"".join([*parts, head.encode(), content, b"\r\n--limit--\r\n"])
    request = (
        f"POST /lists/upload/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        f"Cookie: sessionid={officer.cookie}; csrftoken={CSRF}\r\n"
        f"Content-Type: multipart/form-data; boundary=limit\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    reader, writer = await asyncio.open_connection(HOST, port)
    writer.write(request.encode() + body)
    try:
        await asyncio.wait_for(reader.read(), max(1.0, ends - time.monotonic()))
    except (TimeoutError, OSError):
        pass
    finally:
        writer.close()


def sheet(cells: str) -> bytes:
    """A workbook with one sheet of these cells, as small as zip makes it."""
    book = io.BytesIO()
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    kept = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    links = "http://schemas.openxmlformats.org/package/2006/relationships"
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/></Types>',
        )
        file.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{links}"><Relationship Id="a" Target="xl/workbook.xml" Type="{kept}/officeDocument"/></Relationships>',
        )
        file.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{kept}"><sheets><sheet name="a" sheetId="1" r:id="a"/></sheets></workbook>',
        )
        file.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{links}"><Relationship Id="a" Target="worksheets/sheet1.xml" Type="{kept}/worksheet"/></Relationships>',
        )
        file.writestr(
            "xl/worksheets/sheet1.xml",
            f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>',
        )
    return book.getvalue()


HANGING = {
    "open_errors.xlsx": sheet('<row r="1">' + '<c t="e" ' * 100_000),
    "open_formulas.xlsx": sheet('<row r="1">' + "<c><f>" * 100_000),
    "far_cell.xlsx": sheet('<row r="1048576"><c r="XFD1048576" t="n"><v>1</v></c></row>'),
    "beyond.xlsx": sheet('<row r="1"><c r="ZZZZZZ99999999"><v>1</v></c></row>'),
    "deep.xlsx": sheet("<a>" * 100_000),
    "commas.csv": b"," * 10_000,
    "quote.csv": b'a,b\n"' + b'""' * 5_000,
}

ATTACKS: dict[str, Attack] = {
    "300 idle connections": idle,
    "100 bodies that stop": stopped_bodies,
    "100 bodies, a byte a second": byte_a_second,
    "100 headers, a byte a second": slow_headers,
    "bodies of 207 MB": huge_bodies,
    "readers that do not read": deaf_readers,
    "files made to hang": made_to_hang,
}


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data-dir", required=True)
    parser.add_argument("--seconds", type=int, default=40)
    parser.add_argument("--only", choices=list(ATTACKS))
    parser.add_argument("--limit", type=float, default=2.0, help="most seconds an answer may take")
    args = parser.parse_args()
    attacker, officer = make_officers(args.data_dir, 2, seed=7)
    print("| Meanwhile | asked for | failed | p50 ms | max ms |\n| --- | --- | --- | --- | --- |")
    failed = False
    with served(args.data_dir) as (port, _):
        for name, attack in ATTACKS.items():
            if args.only in (None, name):
                failed |= asyncio.run(attacked(name, attack, port, attacker, officer, args))
    return 1 if failed else 0


async def attacked(
    name: str,
    attack: Attack,
    port: int,
    attacker: Officer,
    officer: Officer,
    args: argparse.Namespace,
) -> bool:
    """One attack with two watchers; True when an answer failed or came too late."""
    ends = time.monotonic() + args.seconds
    results = await asyncio.gather(
        attack(port, attacker, ends),
        watch(port, "", "/healthz", ends),
        watch(port, officer.cookie, f"/households/?area={officer.area}", ends),
        return_exceptions=True,
    )
    bad = False
    for asked, outcome in zip(("health", "a page"), results[1:], strict=True):
        if isinstance(outcome, BaseException):
            raise outcome
        assert outcome is not None
        times, failures = outcome
        bad |= bool(failures) or max(times, default=0) > args.limit
        middle, most = statistics.median(times or [0]) * 1000, max(times, default=0) * 1000
        print(
            f"| {name} | {asked}, {len(times)} | {failures} | {middle:.0f} | {most:.0f} |",
            flush=True,
        )
    return bad


async def watch(port: int, cookie: str, path: str, ends: float) -> tuple[list[float], int]:
    """Ask every half second on a new connection; seconds of the answers, and how many failed."""
    times, failures = [], 0
    while time.monotonic() < ends:
        browser, began = Browser(port, cookie), time.monotonic()
        try:
            if await browser.ask("GET", path) == 200:
                times.append(time.monotonic() - began)
            else:
                failures += 1
        except (TimeoutError, OSError, asyncio.IncompleteReadError):
            failures += 1
        browser.close()
        await asyncio.sleep(0.5)
    return times, failures


if __name__ == "__main__":
    sys.exit(main())
