"""The words printed on each sheet, Thai and English, one TOML file per sheet."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

Language = Literal["th", "en"]
LANGUAGES: tuple[Language, ...] = ("th", "en")


@lru_cache(maxsize=16)
def words(sheet: str, language: Language) -> dict[str, Any]:
    """The wording of a sheet. Input: its file name without suffix, the language."""
    text = (Path(__file__).parent / f"{sheet}.toml").read_text(encoding="utf-8")
    wording: dict[str, Any] = tomllib.loads(text)[language]
    return wording
