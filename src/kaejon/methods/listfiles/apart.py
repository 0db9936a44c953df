"""Read a list in a process of its own, so that no file can take the server with it.

The same answers as `reading`, from a child with limits of time and memory (`Limits.seconds`,
`Limits.memory_bytes`). What ends the child becomes a refusal. On Windows a process has no such
limits: there only the waiting is bounded, and the size of the file.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kaejon.methods.listfiles.container import Limits
from kaejon.methods.listfiles.errors import ListFileError
from kaejon.methods.listfiles.reading import DEFAULT_LIMITS, TableInfo

# Above what the child puts into one line (`child.CHARACTERS_AT_ONCE`, one row more, escapes).
LINE_BYTES = 256 * 1024**2
# A machine with much else to do gives a process a part of its time only.
PATIENCE = 4


def inspect(
    path: Path, filename: str, *, sheet: str | None = None, limits: Limits = DEFAULT_LIMITS
) -> TableInfo:
    """As `reading.inspect`. Refuses also: READING_TOO_LONG, READING_TOO_LARGE."""
    request = {"ask": "inspect", "path": str(path), "filename": filename, "sheet": sheet}
    [message] = _answers(request, limits)
    return TableInfo.from_json(message["info"])


def iter_rows(
    path: Path, info: TableInfo, *, limits: Limits = DEFAULT_LIMITS
) -> Iterator[tuple[int, list[str]]]:
    """As `reading.iter_rows`. Refuses also: READING_TOO_LONG, READING_TOO_LARGE."""
    request = {"ask": "rows", "path": str(path), "info": info.to_json()}
    for message in _answers(request, limits):
        yield from message["rows"]


def first_sheet(path: Path, limits: Limits) -> Iterator[tuple[int, list[str]]]:
    """As `spreadsheet.first_sheet`. Refuses also: READING_TOO_LONG, READING_TOO_LARGE."""
    for message in _answers({"ask": "sheet", "path": str(path)}, limits):
        yield from message["rows"]


def _answers(request: dict[str, Any], limits: Limits) -> Iterator[dict[str, Any]]:
    """The messages of a child until its end; leaving early ends it."""
    child = subprocess.Popen(
        [sys.executable, "-I", "-m", "kaejon.methods.listfiles.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        _ask(child, {**request, "limits": asdict(limits)})
        while message := _next_message(child, limits):
            if "refused" in message:
                raise _refusal(message["refused"])
            if "end" in message:
                return
            yield message
        raise _what_ended(child, limits)
    finally:
        child.kill()
        for pipe in (child.stdin, child.stdout):
            with contextlib.suppress(OSError):
                pipe and pipe.close()
        child.wait()


def _ask(child: subprocess.Popen[bytes], request: dict[str, Any]) -> None:
    assert child.stdin is not None
    # A child that could not start has closed its end; what ended it is told by the first answer.
    with contextlib.suppress(BrokenPipeError):
        child.stdin.write(json.dumps(request).encode())
        child.stdin.close()


def _next_message(child: subprocess.Popen[bytes], limits: Limits) -> dict[str, Any] | None:
    """The next line of the child; None when it ended without another."""
    assert child.stdout is not None
    clock = threading.Timer(PATIENCE * limits.seconds, child.kill)
    clock.daemon = True
    clock.start()
    try:
        line = child.stdout.readline(LINE_BYTES)
    finally:
        clock.cancel()
    if not line.endswith(b"\n"):
        return None
    message: dict[str, Any] = json.loads(line)
    return message


def _refusal(document: dict[str, Any]) -> ListFileError:
    return ListFileError(
        document["code"],
        row=document.get("row"),
        column=document.get("column"),
        **document.get("params", {}),
    )


def _what_ended(child: subprocess.Popen[bytes], limits: Limits) -> ListFileError:
    """Time (ended by the system or by the clock), else memory: both leave no word behind."""
    import signal

    code = child.wait()
    ended_by_clock = {
        -getattr(signal, name) for name in ("SIGXCPU", "SIGKILL") if hasattr(signal, name)
    }
    if code in ended_by_clock or (sys.platform == "win32" and code == 1):
        return ListFileError("READING_TOO_LONG", limit=limits.seconds)
    return ListFileError("READING_TOO_LARGE")
