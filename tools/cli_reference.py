"""Write docs/reference/cli.md from the command's own parser: `python tools/cli_reference.py`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from kaejon.cli.main import build_parser

TARGET = Path(__file__).resolve().parent.parent / "docs" / "reference" / "cli.md"
HEAD = """\
# The `kaejon` command

Exit code 0: success. 1: the data has errors, which are listed. 2: wrong usage or settings.
130: interrupted by Ctrl-C or a stop. 141: nobody reads the answer any more. What goes wrong is told in a line, never as a traceback;
a fault of the program names its place, and `KAEJON_TRACEBACK=1` shows the whole way there.
With `--json` standard output holds exactly one JSON document, `{"error": …}` when refused; progress goes to standard error.
`measure` (but not `measure run`) and `match` need no database.

Every command takes `--lang th|en` (what lists and refusals of rows are told in; else the machine's language, else Thai) and
`--progress` (how far it is, on standard error; on a terminal always, after two seconds). `kaejon --version` tells the version.
Written by `make reference`.
"""


def render() -> str:
    return "\n".join([HEAD, *sections(build_parser(None))])


def sections(parser: argparse.ArgumentParser, help_text: str = "") -> Iterator[str]:
    """One section a command that can be run, its arguments as a table."""
    inner = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    for action in inner:
        helps = {choice.dest: choice.help or "" for choice in action._choices_actions}
        for name, command in action.choices.items():
            yield from sections(command, helps.get(name, ""))
    if not inner:
        yield section(parser, help_text)


def section(parser: argparse.ArgumentParser, help_text: str) -> str:
    actions = [
        action
        for action in parser._actions
        if not isinstance(action, argparse._HelpAction) and action.help != argparse.SUPPRESS
    ]
    lines = [f"## {parser.prog}", "", sentence(help_text or parser.description or "")]
    if actions:
        lines += ["", "| Argument | Meaning |", "| --- | --- |"]
        lines += [f"| {shown(action)} | {meaning(action)} |" for action in actions]
    return "\n".join(lines) + "\n"


def sentence(text: str) -> str:
    text = " ".join(text.split())
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")


def shown(action: argparse.Action) -> str:
    value = action.metavar or (
        "{" + ", ".join(map(str, action.choices)) + "}" if action.choices else action.dest.upper()
    )
    value = " ".join(value) if isinstance(value, tuple) else value
    value = value.replace("|", "\\|")
    if not action.option_strings:
        return f"`{value}`" + (" (optional)" if action.nargs in ("?", "*") else "")
    name = ", ".join(action.option_strings)
    return f"`{name}`" if action.nargs == 0 else f"`{name} {value}`"


def meaning(action: argparse.Action) -> str:
    text = " ".join(((action.help or "") % vars(action)).split()).replace("|", "\\|")
    if action.option_strings and action.required:
        text += " Required." if text.endswith(".") else "; required"
    return text


if __name__ == "__main__":
    TARGET.write_text(render(), encoding="utf-8")
    sys.exit(0)
