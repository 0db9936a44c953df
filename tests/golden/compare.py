"""Digests of the golden picture, kept in the repository, against the picture of this code.

`make golden` draws it and tells which views differ; `make golden-write` keeps the new digests (say why in the
commit); `python -m tests.golden.compare --against REV` draws the picture of another revision as well
and shows the difference of the texts.
"""

from __future__ import annotations

import argparse
import difflib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DIGESTS = Path(__file__).with_name("digests.json")
SEEDS = ("33", "77")
LINES_SHOWN = 40


def draw(root: Path, folder: Path) -> dict[str, str]:
    """The texts of all views of the code in `root`, by name."""
    for seed in SEEDS:
        subprocess.run(
            [sys.executable, "-m", "tests.golden.picture", str(folder / seed), seed,
             *(["--pages"] if seed == SEEDS[0] else [])],
            cwd=root, check=True, env=environment(root), stdout=subprocess.DEVNULL,
        )  # fmt: skip
    return {
        path.stem: path.read_text("utf-8")
        for seed in SEEDS
        for path in sorted((folder / seed / "texts").iterdir())
    }


def environment(root: Path) -> dict[str, str]:
    """Nothing of this machine's own settings; the code of `root` before any installed one."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("KAEJON_", "DATABASE_URL"))}
    return kept | {"PYTHONPATH": f"{root / 'src'}{os.pathsep}{root}", "PYTHONHASHSEED": "0"}


def digests(texts: dict[str, str]) -> dict[str, str]:
    return {n: hashlib.sha256(t.encode()).hexdigest()[:20] for n, t in sorted(texts.items())}


def differing(texts: dict[str, str]) -> list[str]:
    """Names of views that are new, gone, or not as the repository says."""
    known: dict[str, str] = json.loads(DIGESTS.read_text("utf-8"))
    drawn = digests(texts)
    return sorted(n for n in known.keys() | drawn.keys() if known.get(n) != drawn.get(n))


def show(before: dict[str, str], after: dict[str, str]) -> None:
    for name in sorted(before.keys() | after.keys()):
        old, new = (side.get(name, "").splitlines() for side in (before, after))
        if old != new:
            lines = list(difflib.unified_diff(old, new, "before", "after", lineterm="", n=1))
            print(f"== {name} ({len(lines)} lines)", *lines[:LINES_SHOWN], sep="\n")


def texts_of(revision: str, folder: Path) -> dict[str, str]:
    """The picture of another revision, drawn by its own code."""
    tree = folder / "tree"
    archive = subprocess.run(
        ["git", "archive", revision], cwd=ROOT, check=True, capture_output=True
    ).stdout
    tree.mkdir()
    subprocess.run(["tar", "-x", "-C", str(tree)], input=archive, check=True)
    for built in ("src/kaejon/web/static/build", "src/kaejon/sheets/fonts"):
        shutil.copytree(ROOT / built, tree / built, dirs_exist_ok=True)
    for catalogue in (ROOT / "src/kaejon/locale").rglob("*.mo"):
        shutil.copy(catalogue, tree / catalogue.relative_to(ROOT))
    return draw(tree, folder / "pictures")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="keep the digests of this code")
    parser.add_argument("--against", metavar="REV", help="show what differs from this revision")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kaejon-golden-") as private:
        here = Path(private, "here")
        here.mkdir()
        texts = draw(ROOT, here)
        if args.against:
            there = Path(private, "there")
            there.mkdir()
            show(texts_of(args.against, there), texts)
            return 0
    if args.write:
        DIGESTS.write_text(json.dumps(digests(texts), indent=0) + "\n", encoding="utf-8")
        return 0
    names = differing(texts)
    print("\n".join(names) or "The picture is as the repository says.")
    return 1 if names else 0


if __name__ == "__main__":
    sys.exit(main())
