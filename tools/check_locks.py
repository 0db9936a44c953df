"""Tell whether the lock files still answer pyproject.toml: every requirement is pinned, and fits."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^ ;\\]+)", re.MULTILINE)
PLACE = re.compile(r"(https?://|file://|--index|--find-links|-i )", re.IGNORECASE)


def main() -> int:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    core = project["project"]["dependencies"]
    extras = project["project"]["optional-dependencies"]
    wanted = {
        "core.lock": core + extras["postgres"],
        "dev.lock": core + extras["postgres"] + project["dependency-groups"]["dev"],
        "spark.lock": extras["spark"],
        "build.lock": project["build-system"]["requires"],
    }
    problems = [problem for name, lines in wanted.items() for problem in problems_of(name, lines)]
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        print("Run `make lock`.", file=sys.stderr)
    return 1 if problems else 0


def problems_of(name: str, lines: list[str]) -> list[str]:
    """What keeps one lock file from answering these requirements."""
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    pinned: dict[str, set[str]] = {}
    for pin in PIN.finditer(text):
        pinned.setdefault(canonicalize_name(pin["name"]), set()).add(pin["version"])
    problems = [
        f"{name} names a place to download from: {found.group()}" for found in PLACE.finditer(text)
    ]
    for line in lines:
        requirement = Requirement(line)
        versions = pinned.get(canonicalize_name(requirement.name), set())
        if not versions:
            problems.append(f"{name} does not pin {requirement.name}")
        problems.extend(
            f"{name} pins {requirement.name} {version}, but pyproject.toml asks for {requirement.specifier}"
            for version in versions
            if not requirement.specifier.contains(version, prereleases=True)
        )
    return problems


if __name__ == "__main__":
    sys.exit(main())
