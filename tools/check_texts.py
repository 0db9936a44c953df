"""Tell which texts of the program have no Thai: every marked text is translated once, with its placeholders."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "kaejon"
KEYWORDS = {
    name: places
    for names, places in (
        (("_", "gettext", "gettext_lazy", "gettext_noop"), None),
        (("ngettext", "ngettext_lazy"), (1, 2)),
        (("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
        (("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
    )
    for name in names
}
STRING = r"""u?('(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
IN_TEMPLATE = re.compile(rf"\b(n?p?gettext|_)\({STRING}(?:, *{STRING})?", re.DOTALL)
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%[sd]|\{(\w*)\}")

Text = tuple[str, str]  # context, text


def main() -> int:
    settings.configure()
    asked = {text: place for place, text in marked_texts()}
    thai, problems = translations()
    problems += [f"{place}: no Thai for {text!r}" for (_, text), place in missing(asked, thai)]
    problems += [
        f"{asked[key]}: the Thai of {key[1]!r} has other placeholders: {thai[key]!r}"
        for key in sorted(asked.keys() & thai.keys())
        if thai[key] and placeholders(key[1]) != placeholders(thai[key])
    ]
    for problem in sorted(problems):
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def marked_texts() -> Iterator[tuple[str, Text]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        with path.open("rb") as handle:
            for line, found, _, context in extract("python", handle, keywords=KEYWORDS):
                text = found if isinstance(found, str) else found[0]
                yield f"{path.relative_to(PACKAGE)}:{line}", (context or "", text)
    for folder in (PACKAGE / "web" / "templates",):
        for path in sorted(folder.rglob("*")):
            if path.suffix in (".html", ".txt"):
                yield from texts_of_template(path)


def texts_of_template(path: Path) -> Iterator[tuple[str, Text]]:
    code = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    for found in IN_TEMPLATE.finditer(code):
        function, first, second = found[1], ast.literal_eval(found[2]), found[3]
        line = code.count("\n", 0, found.start()) + 1
        place = f"{path.relative_to(PACKAGE)}:{line}"
        if function in ("pgettext", "npgettext"):
            yield place, (first, ast.literal_eval(second))
        else:
            yield place, ("", first)


def translations() -> tuple[dict[Text, str], list[str]]:
    """Every Thai text by context and original; and what is doubtful in the catalogues."""
    thai: dict[Text, str] = {}
    problems = []
    for path in sorted((PACKAGE / "locale").rglob("th/LC_MESSAGES/*.po")):
        with path.open("rb") as handle:
            catalogue = read_po(handle, locale="th")
        for message in catalogue:
            if not message.id:
                continue
            original = message.id if isinstance(message.id, str) else message.id[0]
            translated = message.string if isinstance(message.string, str) else message.string[0]
            key = (message.context or "", original)
            if message.fuzzy:
                problems.append(f"{path.relative_to(PACKAGE)}: {original!r} is marked fuzzy")
            if thai.get(key, translated) != translated:
                problems.append(
                    f"{original!r} is translated in two ways: {thai[key]!r} and {translated!r}"
                )
            thai[key] = translated
    return thai, problems


def missing(asked: dict[Text, str], thai: dict[Text, str]) -> list[tuple[Text, str]]:
    return [
        (text, place) for text, place in asked.items() if text[1].strip() and not thai.get(text)
    ]


def placeholders(text: str) -> set[str]:
    return {found.group() for found in PLACEHOLDER.finditer(text)}


if __name__ == "__main__":
    sys.exit(main())
