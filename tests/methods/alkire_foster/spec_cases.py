"""The measure by small examples. They are tests, and they print the manual:

python -m tests.methods.pages.test_pages
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

HEADLINE = ("H", "A", "M0")


@dataclass(frozen=True)
class Case:
    """A few households, a spec, and the figures that must come out."""

    title: str
    text: str
    rows: list[dict[str, Any]]
    spec: dict[str, Any]
    expected: dict[str, float | None]
    censored: dict[str, float]

    @property
    def columns(self) -> dict[str, list[Any]]:
        """The households as columns."""
        return {name: [row[name] for row in self.rows] for name in self.rows[0]}


INCOME = {"name": "income", "column": "income", "cutoff": 38000, "weight": "1/2"}
TOILET = {"name": "toilet", "column": "toilet", "deprived_values": ["no"], "weight": "1/2"}


def household(name: str, income: int | None, toilet: str, members: int = 1) -> dict[str, Any]:
    return {"household": name, "income": income, "toilet": toilet, "members": members}


CASES = [
    Case(
        title="Deprived means strictly below the cutoff",
        text="A household with exactly 38,000 baht a head is not deprived in income.",
        rows=[household("a", 37999, "yes"), household("b", 38000, "yes")],
        spec={"indicators": [INCOME, TOILET], "k": "1/2"},
        expected={"H": 0.5, "A": 0.5, "M0": 0.25},
        censored={"income": 0.5, "toilet": 0.0},
    ),
    Case(
        title="Poor means that the weighted deprivations reach k",
        text="At k = 1 only the household deprived in everything is poor. The other keeps its "
        "deprivation, but it is censored: it no longer counts.",
        rows=[household("a", 20000, "no"), household("b", 20000, "yes")],
        spec={"indicators": [INCOME, TOILET], "k": 1},
        expected={"H": 0.5, "A": 1.0, "M0": 0.5},
        censored={"income": 0.5, "toilet": 0.5},
    ),
    Case(
        title="A household's status goes to every member",
        text="With `household_size` the shares are shares of people: four of five live in a poor "
        "household.",
        rows=[household("a", 20000, "no", 4), household("b", 90000, "yes", 1)],
        spec={"indicators": [INCOME, TOILET], "k": "1/2", "household_size": "members"},
        expected={"H": 0.8, "A": 1.0, "M0": 0.8},
        censored={"income": 0.8, "toilet": 0.8},
    ),
    Case(
        title="Where nobody is poor, A is undefined",
        text="H and M0 are 0. A is the mean over the poor, and there are none: null, never 0.",
        rows=[household("a", 90000, "yes"), household("b", 50000, "yes")],
        spec={"indicators": [INCOME, TOILET], "k": "1/2"},
        expected={"H": 0.0, "A": None, "M0": 0.0},
        censored={"income": 0.0, "toilet": 0.0},
    ),
    Case(
        title="Rows with a missing value can be left out",
        text="By default a missing value is refused. With `missing` = drop the row is left out and "
        "counted; with not_deprived an empty indicator counts as not deprived (for indicators "
        "that do not apply to everybody).",
        rows=[household("a", 20000, "no"), household("b", None, "no"), household("c", 90000, "no")],
        spec={"indicators": [INCOME, TOILET], "k": 1, "missing": "drop"},
        expected={"H": 0.5, "A": 1.0, "M0": 0.5},
        censored={"income": 0.5, "toilet": 0.5},
    ),
]


def shown(value: object) -> str:
    """A cell of the manual."""
    return "null" if value is None else str(value)


def printed(case: Case) -> str:
    """One example as Markdown."""
    used = [name for name in case.rows[0] if name == "household" or _is_used(case, name)]
    lines = [f"## {case.title}", "", case.text, "", f"| {' | '.join(used)} |"]
    lines.append(f"| {' | '.join('---' for _ in used)} |")
    lines += [f"| {' | '.join(shown(row[name]) for name in used)} |" for row in case.rows]
    options = {k: v for k, v in case.spec.items() if k != "indicators"}
    lines += ["", f"Spec: {', '.join(f'`{key}` = {value}' for key, value in options.items())}.", ""]
    lines += ["| figure | value |", "| --- | --- |"]
    lines += [f"| {symbol} | {shown(case.expected[symbol])} |" for symbol in HEADLINE]
    lines += [f"| censored {name} | {value} |" for name, value in case.censored.items()]
    return "\n".join(lines)


def _is_used(case: Case, name: str) -> bool:
    return name in ("income", "toilet") or case.spec.get("household_size") == name


def manual() -> str:
    """The whole page."""
    head = (
        "# Alkire-Foster by example\n\n"
        "Printed from the tests; every figure below is checked on each engine. Two indicators "
        "weigh one half each: income per head below 38,000 baht a year, and no toilet."
    )
    return "\n\n".join([head, *(printed(case) for case in CASES)]) + "\n"
