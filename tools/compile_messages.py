"""Compile every translation catalogue (.po) beside itself (.mo); needs only babel."""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).resolve().parent.parent / "src" / "kaejon" / "locale"


def main() -> int:
    for source in sorted(LOCALE.rglob("*.po")):
        with source.open("rb") as handle:
            catalog = read_po(
                handle, locale=source.parent.parent.name, domain=source.stem, abort_invalid=True
            )
        with source.with_suffix(".mo").open("wb") as handle:
            write_mo(handle, catalog)
    return 0


if __name__ == "__main__":
    sys.exit(main())
