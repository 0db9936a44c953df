"""A page of the reference: examples that are tests and print themselves."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Row = Mapping[str, Any]
Figures = dict[str, Any]


@dataclass(frozen=True)
class Example:
    """A few rows, what is asked, and every figure that must come out."""

    title: str
    text: str
    rows: list[Row]
    expected: Figures
    options: Row = field(default_factory=dict)

    def column(self, name: str) -> list[Any]:
        """One column of the rows, None where absent."""
        return [row.get(name) for row in self.rows]

    def columns(self, *names: str) -> dict[str, list[Any]]:
        """Columns by name: those asked for, or all."""
        return {name: self.column(name) for name in names or self.names}

    @property
    def names(self) -> list[str]:
        """Column names in order of appearance."""
        return list(dict.fromkeys(name for row in self.rows for name in row))


@dataclass(frozen=True)
class Page:
    """A method: its contract in its own words, then examples. `run` gives found figures."""

    name: str
    title: str
    module: Any
    functions: tuple[Callable[..., Any], ...]
    head: str
    run: Callable[[Example], Figures]
    examples: tuple[Example, ...]

    def text(self) -> str:
        """The page as Markdown."""
        parts = [f"# {self.title}", self.head]
        parts += [f"From `{self.module.__name__}`:", quote(inspect.getdoc(self.module) or "")]
        parts += [f"`{f.__name__}`: {one_line(inspect.getdoc(f) or '')}" for f in self.functions]
        parts.append("Printed from the tests; every figure below is checked.")
        parts += [printed(example) for example in self.examples]
        return "\n\n".join(parts) + "\n"


def quote(text: str) -> str:
    """A docstring as a quotation."""
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def one_line(text: str) -> str:
    """A docstring without its line breaks."""
    return " ".join(text.split())


def printed(example: Example) -> str:
    """One example as Markdown."""
    lines = [f"## {example.title}", "", example.text]
    if example.rows:
        lines += [
            "",
            *table(example.names, [[row.get(n) for n in example.names] for row in example.rows]),
        ]
    if example.options:
        given = ", ".join(f"`{key}` = {shown(value)}" for key, value in example.options.items())
        lines += ["", f"Asked: {given}."]
    lines += ["", *table(["figure", "value"], [[k, v] for k, v in example.expected.items()])]
    return "\n".join(lines)


def table(header: list[str], rows: list[list[Any]]) -> list[str]:
    """Lines of a Markdown table."""
    return [
        f"| {' | '.join(header)} |",
        f"| {' | '.join('---' for _ in header)} |",
        *(f"| {' | '.join(shown(cell) for cell in row)} |" for row in rows),
    ]


def shown(value: Any) -> str:
    """A cell of the manual: a short decimal is enough to read, the test has the whole."""
    if value is None or value == "":
        return "null" if value is None else ""
    return f"{value:.6g}" if isinstance(value, float) else str(value)
