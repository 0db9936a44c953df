"""The list of erasures: who was erased, so that no list and no backup brings them back unseen.

One file beside the key ring, outside database and backups. Its first line holds a secret of its
own, the others keyed digests (HMAC-SHA256) of a national ID and of name, year of birth and
tambon. The key ring's secrets would not do: a rotation could not compute the digests again, for
the names are gone. Whoever holds this file can try numbers, as with the key ring: guard it alike.
"""

from __future__ import annotations

import base64
import contextlib
import hmac
import json
import os
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from kaejon.methods.errors import DataError

FORMAT = "kaejon-erasures-1"
BEYOND = 2**30


@dataclass(frozen=True)
class Identity:
    """What tells who somebody is. `number`: 13 digits or "". `year` of birth: "1970" or "".

    `name`: as `methods.thai.names.name_key` writes it. `tambon`: 6 digits.
    """

    number: str = ""
    name: str = ""
    year: str = ""
    tambon: str = ""


@dataclass(frozen=True)
class ErasureList:
    """The list as read: digest → when it was entered (ISO, with time)."""

    secret: bytes
    entered: dict[str, str] = field(default_factory=dict)

    def hit(self, who: Identity, *, since: datetime | None = None) -> str | None:
        """When somebody like this was erased, None if nobody was (after `since`)."""
        if not self.entered:
            return None
        moments = [self.entered[d] for d in self.asked(who) if d in self.entered]
        moments = [m for m in moments if since is None or datetime.fromisoformat(m) > since]
        return max(moments, default=None)

    def entries(self, who: Identity) -> list[str]:
        """What is entered about somebody: number, name with year, and name for rows without a year."""
        of_name = [f"{who.name}|{who.year or '?'}|{who.tambon}", f"{who.name}|*|{who.tambon}"]
        return self.digests(who, of_name)

    def asked(self, who: Identity) -> list[str]:
        """What is asked about somebody: a row with a year meets entries of that year or of none."""
        with_year = [f"{who.name}|{who.year}|{who.tambon}", f"{who.name}|?|{who.tambon}"]
        return self.digests(who, with_year if who.year else [f"{who.name}|*|{who.tambon}"])

    def digests(self, who: Identity, of_name: list[str]) -> list[str]:
        texts = [f"number:{who.number}"] if who.number else []
        texts += [f"name:{text}" for text in of_name] if who.name.strip("|") and who.tambon else []
        return [hmac.digest(self.secret, t.encode(), "sha256").hex()[:32] for t in texts]


def place() -> Path:
    return Path(settings.ERASURES_FILE)


def in_force() -> ErasureList:
    """The list as it is now; a changed file is seen at once."""
    try:
        state = place().stat()
    except FileNotFoundError:
        return ErasureList(b"")
    return read(place(), state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=2)
def read(path: Path, changed: int, size: int) -> ErasureList:
    """Refuses (DataError) a file of another format. A last line cut by a power failure is left out."""
    lines = path.read_text(encoding="utf-8").split("\n")
    try:
        header = json.loads(lines[0])
        if header["format"] != FORMAT:
            raise ValueError(header["format"])
        found = ErasureList(base64.b64decode(header["secret"]))
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(
            "erasures_unreadable",
            f"{path} is no list of erasures of this version",
            remedy="Put back the file that belongs to this key ring.",
        ) from error
    for line in lines[1:-1]:
        entry = json.loads(line)
        if entry.get("lifted"):
            for digest in entry["digests"]:
                found.entered.pop(digest, None)
        else:
            found.entered.update(dict.fromkeys(entry["digests"], entry["at"]))
    return found


def enter(people: Iterable[Identity], *, at: datetime) -> None:
    """Enter people who are being erased. Call before the database commits: an entry without an
    erasure costs a question, an erasure without an entry lets the data back in."""
    begin()
    known = in_force()
    append({"at": at.isoformat(), "digests": sorted({d for p in people for d in known.entries(p)})})


def lift(who: Identity, *, at: datetime) -> None:
    """Somebody was let back in: later lists are not asked about them again."""
    begin()
    known = in_force()
    digests = sorted({*known.entries(who), *known.asked(who)})
    append({"at": at.isoformat(), "lifted": True, "digests": digests})


def begin() -> None:
    """Make the file with its secret, once, whoever comes first."""
    target = place()
    if target.exists():
        return
    header = {"format": FORMAT, "secret": base64.b64encode(secrets.token_bytes(32)).decode()}
    draft = target.with_suffix(f".{secrets.token_hex(8)}")
    with writable(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
            handle.write(json.dumps(header) + "\n")
            handle.flush()
            os.fsync(handle.fileno())
        with contextlib.suppress(FileExistsError):  # another process was first
            link(draft, target)
        draft.unlink(missing_ok=True)


def link(draft: Path, target: Path) -> None:
    """Put the draft in place unless something stands there."""
    if os.name == "nt":
        draft.rename(target)  # refuses an existing target on Windows
    else:
        os.link(draft, target)


def append(entry: dict[str, object]) -> None:
    """One whole line, on the disk before this returns; other processes wait meanwhile."""
    line = (json.dumps(entry) + "\n").encode()
    with writable(place()), place().open("r+b") as handle, locked(handle.fileno()):
        handle.seek(0, os.SEEK_END)
        mend_last_line(handle)
        handle.write(line)
        handle.flush()
        os.fsync(handle.fileno())


def mend_last_line(handle: BinaryIO) -> None:
    """Cut off half a line that a power failure left."""
    end = handle.seek(0, os.SEEK_END)
    handle.seek(0)
    whole = handle.read().rfind(b"\n") + 1
    if whole < end:
        handle.truncate(whole)
    handle.seek(0, os.SEEK_END)


@contextlib.contextmanager
def writable(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DataError(
            "erasures_not_writable",
            f"the list of erasures {path} cannot be written: {error.strerror}",
            remedy="Let the account that runs kaejon write there, or set KAEJON_ERASURES_FILE.",
        ) from error


@contextlib.contextmanager
def locked(descriptor: int) -> Iterator[None]:
    """Alone with the file, between processes."""
    if os.name == "nt":
        import msvcrt

        # A lock on Windows keeps readers out of what it covers, so it covers a byte beyond the file.
        os.lseek(descriptor, BEYOND, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined,unused-ignore]
        try:
            yield
        finally:
            os.lseek(descriptor, BEYOND, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)  # type: ignore[attr-defined,unused-ignore]
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(descriptor, fcntl.LOCK_UN)
