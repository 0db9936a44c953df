"""The process that reads an uploaded list: `python -m kaejon.methods.listfiles.child`.

A file somebody sent can be made to take a reader's memory or time. It is therefore read here,
where the system ends the process at its limits, and never in the server or the worker. One JSON
request comes in on standard input; JSON lines go out: {"info"}, {"rows"} …, {"end"} or {"refused"}.
"""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROWS_AT_ONCE = 500
CHARACTERS_AT_ONCE = 1_000_000


def main() -> int:
    request = json.load(sys.stdin)
    limit_this_process(request["limits"]["seconds"], request["limits"]["memory_bytes"])
    from kaejon.methods.listfiles.errors import ListFileError

    try:
        for message in ANSWERS[request["ask"]](request):
            tell(message)
        tell({"end": True})
    except ListFileError as error:
        tell({"refused": refusal(error)})
    except MemoryError:
        tell({"refused": {"code": "READING_TOO_LARGE"}})
    return 0


def limit_this_process(seconds: int, memory_bytes: int) -> None:
    """Let the system end this process: processor seconds, address space, no files, no core dump.

    Windows has no such limits; there the asker's clock is the only one.
    """
    with contextlib.suppress(ImportError):
        import resource

        for kind, value in (
            (resource.RLIMIT_CPU, seconds),
            (resource.RLIMIT_AS, memory_bytes),
            (resource.RLIMIT_FSIZE, 0),
            (resource.RLIMIT_CORE, 0),
        ):
            hard = resource.getrlimit(kind)[1]
            allowed = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(kind, (allowed, allowed))


def answer_inspect(request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    from kaejon.methods.listfiles.container import Limits
    from kaejon.methods.listfiles.reading import inspect

    info = inspect(
        Path(request["path"]),
        request["filename"],
        sheet=request["sheet"],
        limits=Limits(**request["limits"]),
    )
    yield {"info": info.to_json()}


def answer_rows(request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    from kaejon.methods.listfiles.container import Limits
    from kaejon.methods.listfiles.reading import TableInfo, iter_rows

    info = TableInfo.from_json(request["info"])
    rows = iter_rows(Path(request["path"]), info, limits=Limits(**request["limits"]))
    yield from in_messages(rows)


def answer_sheet(request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    from kaejon.methods.listfiles.container import Limits
    from kaejon.methods.listfiles.spreadsheet import first_sheet

    rows = first_sheet(Path(request["path"]), Limits(**request["limits"]))
    yield from in_messages(rows)


def in_messages(rows: Iterator[tuple[int, list[str]]]) -> Iterator[dict[str, Any]]:
    """Rows in messages of bounded size."""
    batch: list[tuple[int, list[str]]] = []
    characters = 0
    for number, cells in rows:
        batch.append((number, cells))
        characters += sum(map(len, cells))
        if len(batch) >= ROWS_AT_ONCE or characters >= CHARACTERS_AT_ONCE:
            yield {"rows": batch}
            batch, characters = [], 0
    if batch:
        yield {"rows": batch}


ANSWERS = {"inspect": answer_inspect, "rows": answer_rows, "sheet": answer_sheet}


def refusal(error: Any) -> dict[str, Any]:
    """A ListFileError as a document from which the asker makes it again."""
    where = {"row": error.row, "column": error.column}
    return {"code": error.code, "params": error.params, **where}


def tell(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message, ensure_ascii=True, separators=(",", ":")) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
