"""JSON and TOML that people write or send: read without trusting their size, depth or numbers."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import partial
from typing import Any

LARGEST = 5_000_000  # characters
DEEPEST = 50  # lists and objects inside one another
# A key such as a.b.c makes an object of each part, and the reader looks through them for every key.
LONGEST_KEY = 50
LONGEST_NUMBER = 60  # characters
LARGEST_EXPONENT = 60


class DocumentError(ValueError):
    """The text is no document that can be read safely; the message says where and why."""


def read_json(text: str, *, largest: int = LARGEST) -> Any:
    """A JSON document. Refuses (DocumentError): not JSON, too long, too deep, NaN or infinity."""
    _refuse_long(text, largest)
    return _read(partial(json.loads, parse_float=_finite, parse_constant=_no_number), text)


def read_toml(text: str, *, largest: int = LARGEST) -> dict[str, Any]:
    """A TOML document. Refuses (DocumentError): not TOML, too long, too deep, NaN or infinity."""
    _refuse_long(text, largest)
    for number, line in enumerate(text.splitlines(), start=1):
        if any(key.count(".") > LONGEST_KEY for key in line.split("=")):
            raise DocumentError(f"line {number}: a key has more than {LONGEST_KEY} parts")
    document: dict[str, Any] = _read(partial(tomllib.loads, parse_float=_finite), text)
    return document


def _read(parse: Callable[[str], Any], text: str) -> Any:
    try:
        document = parse(text)
    except RecursionError as error:
        raise DocumentError(_too_deep()) from error
    except DocumentError:
        raise
    except ValueError as error:
        raise DocumentError(str(error)) from error
    _refuse_deep(document)
    return document


def exact_number(value: object) -> Fraction:
    """A number or "p/q" as an exact fraction. Refuses (ValueError): anything else, and numbers
    of a size that no measure has but whose digits would fill the memory."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Fraction):
        raise ValueError(f"{value!r} is not a number")
    if isinstance(value, str):
        text = value.strip()
        exponent = text.lower().partition("e")[2].lstrip("+-")
        too_large = exponent.isdecimal() and int(exponent[:9]) > LARGEST_EXPONENT
        if len(text) > LONGEST_NUMBER or too_large:
            raise ValueError(f"{text[:20]}… has too many digits")
        return Fraction(text)
    return Fraction(value)


def _finite(text: str) -> float:
    number = float(text)
    if number - number != 0:
        raise DocumentError(f"{text[:20]} is not a number that can be counted with")
    return number


def _no_number(text: str) -> float:
    raise DocumentError(f"{text} is not a number that can be counted with")


def _refuse_long(text: str, largest: int) -> None:
    if len(text) > largest:
        raise DocumentError(f"the text is longer than {largest:,} characters")


def _too_deep() -> str:
    return f"lists and objects stand more than {DEEPEST} deep inside one another"


def _refuse_deep(document: object) -> None:
    """Level by level and not by recursion, which is what depth would break."""
    level: list[object] = [document]
    for _ in range(DEEPEST + 1):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return
    raise DocumentError(_too_deep())


def _inside(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
