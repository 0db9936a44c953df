"""Every refusal, objection and notice in Thai and English, each with what to do next.

Sentences hold `{names}` that the issue's parameters fill; a name without a parameter reads as
an ellipsis, never as an error.
"""

from __future__ import annotations

from dataclasses import dataclass

from kaejon.methods.listfiles.file_messages import FILE_MESSAGES
from kaejon.methods.listfiles.registry_messages import REGISTRY_MESSAGES
from kaejon.methods.listfiles.row_messages import ROW_MESSAGES


@dataclass(frozen=True)
class Message:
    """One code's sentence and remedy in both languages."""

    th: str
    th_remedy: str
    en: str
    en_remedy: str


MESSAGES: dict[str, Message] = {
    code: Message(*texts)
    for code, texts in {**FILE_MESSAGES, **ROW_MESSAGES, **REGISTRY_MESSAGES}.items()
}


class _Ellipsis(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "…"


def sentence(code: str, language: str, /, **params: object) -> str:
    """What is wrong, in `th` or `en`."""
    message = MESSAGES[code]
    return (message.th if language == "th" else message.en).format_map(_Ellipsis(params))


def remedy(code: str, language: str, /, **params: object) -> str:
    """What to do next, in `th` or `en`."""
    message = MESSAGES[code]
    text = message.th_remedy if language == "th" else message.en_remedy
    return text.format_map(_Ellipsis(params))


def explain(
    code: str,
    language: str,
    /,
    *,
    row: int | None = None,
    column: str = "",
    value: str = "",
    **params: object,
) -> str:
    """Place, sentence and remedy in one line: "แถว 12 คอลัมน์ วันเกิด: … วิธีแก้: …"."""
    filled = {"column": column, "value": value, **params}
    said, fix = sentence(code, language, **filled), remedy(code, language, **filled)
    if language == "th":
        places = (f"แถว {row}" if row else "", f"คอลัมน์ “{column}”" if column else "")
        place = " ".join(filter(None, places))
        return f"{place}: {said} วิธีแก้: {fix}" if place else f"{said} วิธีแก้: {fix}"
    places = (f"Row {row}" if row else "", f"column “{column}”" if column else "")
    place = ", ".join(filter(None, places))
    return f"{place}: {said} {fix}" if place else f"{said} {fix}"
