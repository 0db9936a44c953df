"""`make bench`: the comparisons that need no large data folder, one after another."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

QUICK = (
    ("import_lists.py", "--rows", "20000"),
    ("folder_pdf.py", "--folders", "50", "--rival-folders", "5"),
    ("linkage.py", "--people", "20000"),
)


def main() -> int:
    folder = Path(__file__).parent
    for script, *arguments in QUICK:
        print(f"\n## {script} {' '.join(arguments)}\n", flush=True)
        subprocess.run(
            [sys.executable, str(folder / script), *arguments], check=True, cwd=folder.parent
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
