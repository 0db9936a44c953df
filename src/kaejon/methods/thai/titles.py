"""Titles before Thai names: spellings, canonical form and what they say about sex."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

Sex = Literal["M", "F"]

# Canonical title: sex it shows, then its spellings. A dotted spelling also matches with
# spaces after the dots, without inner dots, or without its last dot before a space.
_CIVIL: dict[str, tuple[Sex | None, tuple[str, ...]]] = {
    "นาย": ("M", ("นาย",)),
    "นาง": ("F", ("นาง",)),
    "นางสาว": ("F", ("นางสาว", "น.ส.")),
    "เด็กชาย": ("M", ("เด็กชาย", "ด.ช.")),
    "เด็กหญิง": ("F", ("เด็กหญิง", "ด.ญ.")),
    "พระ": ("M", ("พระ", "พระภิกษุ")),
    "พระมหา": ("M", ("พระมหา",)),
    "พระครู": ("M", ("พระครู",)),
    **{
        title: ("M", (title,))
        for title in (
            "พระปลัด",
            "พระสมุห์",
            "พระใบฎีกา",
            "พระครูปลัด",
            "พระครูสมุห์",
            "พระครูใบฎีกา",
            "พระครูสังฆรักษ์",
            "พระครูวินัยธร",
            "พระครูธรรมธร",
        )
    },
    "พระอธิการ": ("M", ("พระอธิการ",)),
    "สามเณร": ("M", ("สามเณร", "เณร")),
    "แม่ชี": ("F", ("แม่ชี",)),
    "ดร.": (None, ("ดร.", "ดอกเตอร์")),
    "ผศ.": (None, ("ผศ.",)),
    "รศ.": (None, ("รศ.",)),
    "ศ.": (None, ("ศ.", "ศาสตราจารย์")),
    "นพ.": ("M", ("นพ.", "นายแพทย์")),
    "พญ.": ("F", ("พญ.", "แพทย์หญิง")),
    "หม่อมหลวง": (None, ("หม่อมหลวง", "ม.ล.")),
    "หม่อมราชวงศ์": (None, ("หม่อมราชวงศ์", "ม.ร.ว.")),
    "คุณ": (None, ("คุณ",)),
    "กำนัน": (None, ("กำนัน",)),
    "ผู้ใหญ่บ้าน": (None, ("ผู้ใหญ่บ้าน",)),
    "Mr.": ("M", ("mr.", "mister")),
    "Mrs.": ("F", ("mrs.",)),
    "Ms.": ("F", ("ms.",)),
    "Miss": ("F", ("miss",)),
    "Master": ("M", ("master",)),
    "Dr.": (None, ("dr.",)),
}
_RANKS: dict[str, tuple[str, ...]] = {
    "พลเอก": ("พล.อ.",),
    "พลโท": ("พล.ท.",),
    "พลตรี": ("พล.ต.",),
    "พันเอก": ("พ.อ.",),
    "พันโท": ("พ.ท.",),
    "พันตรี": ("พ.ต.",),
    "ร้อยเอก": ("ร.อ.",),
    "ร้อยโท": ("ร.ท.",),
    "ร้อยตรี": ("ร.ต.",),
    "จ่าสิบเอก": ("จ.ส.อ.",),
    "จ่าสิบโท": ("จ.ส.ท.",),
    "จ่าสิบตรี": ("จ.ส.ต.",),
    "สิบเอก": ("ส.อ.",),
    "สิบโท": ("ส.ท.",),
    "สิบตรี": ("ส.ต.",),
    "พลทหาร": ("พลฯ",),
    "นาวาเอก": ("น.อ.",),
    "นาวาโท": ("น.ท.",),
    "นาวาตรี": ("น.ต.",),
    "เรือเอก": (),
    "เรือโท": (),
    "เรือตรี": (),
    "พลเรือเอก": ("พล.ร.อ.",),
    "พลเรือโท": ("พล.ร.ท.",),
    "พลเรือตรี": ("พล.ร.ต.",),
    "พันจ่าเอก": ("พ.จ.อ.",),
    "พันจ่าโท": ("พ.จ.ท.",),
    "พันจ่าตรี": ("พ.จ.ต.",),
    "จ่าเอก": ("จ.อ.",),
    "จ่าโท": ("จ.ท.",),
    "จ่าตรี": ("จ.ต.",),
    "พลอากาศเอก": ("พล.อ.อ.",),
    "พลอากาศโท": ("พล.อ.ท.",),
    "พลอากาศตรี": ("พล.อ.ต.",),
    "นาวาอากาศเอก": (),
    "นาวาอากาศโท": (),
    "นาวาอากาศตรี": (),
    "เรืออากาศเอก": (),
    "เรืออากาศโท": (),
    "เรืออากาศตรี": (),
    "พันจ่าอากาศเอก": ("พ.อ.อ.",),
    "พันจ่าอากาศโท": ("พ.อ.ท.",),
    "พันจ่าอากาศตรี": ("พ.อ.ต.",),
    "จ่าอากาศเอก": (),
    "จ่าอากาศโท": (),
    "จ่าอากาศตรี": (),
    "พลตำรวจเอก": ("พล.ต.อ.",),
    "พลตำรวจโท": ("พล.ต.ท.",),
    "พลตำรวจตรี": ("พล.ต.ต.",),
    "พันตำรวจเอก": ("พ.ต.อ.",),
    "พันตำรวจโท": ("พ.ต.ท.",),
    "พันตำรวจตรี": ("พ.ต.ต.",),
    "ร้อยตำรวจเอก": ("ร.ต.อ.",),
    "ร้อยตำรวจโท": ("ร.ต.ท.",),
    "ร้อยตำรวจตรี": ("ร.ต.ต.",),
    "ดาบตำรวจ": ("ด.ต.", "นายดาบตำรวจ"),
    "สิบตำรวจเอก": ("ส.ต.อ.",),
    "สิบตำรวจโท": ("ส.ต.ท.",),
    "สิบตำรวจตรี": ("ส.ต.ต.",),
    "ว่าที่ร้อยเอก": ("ว่าที่ ร้อยเอก", "ว่าที่ ร.อ."),
    "ว่าที่ร้อยโท": ("ว่าที่ ร้อยโท", "ว่าที่ ร.ท."),
    "ว่าที่ร้อยตรี": ("ว่าที่ ร้อยตรี", "ว่าที่ ร.ต."),
    "ว่าที่พันตรี": ("ว่าที่ พันตรี", "ว่าที่ พ.ต."),
}
_FEMALE_RANK = "หญิง"
_DEGREES = frozenset({"ดร.", "ผศ.", "รศ.", "ศ."})
# Common first names or words start like these, so they count only before a space.
_SPACE_NEEDED = frozenset({"คุณ", "เณร", "ศาสตราจารย์", "mister", "miss", "master"})
# Undotted letters that no first name consists of.
_BARE_ABBREVIATIONS = frozenset({"น.ส.", "ด.ช.", "ด.ญ.", "ดร.", "mr.", "mrs.", "ms.", "dr."})
_CONSONANT = re.compile("[ก-ฮ](?![\u0e34\u0e38]?\u0e4c)")
_WORD_START = re.compile("[ก-ฮเ-ไa-zA-Z]")


def _pattern(spelling: str) -> str:
    """Regular expression for one spelling, at the start of a name."""
    spelling, space = spelling.replace("ว่าที่ ", "", 1), spelling.startswith("ว่าที่ ")
    prefix = r"ว่าที่\s*" if space else ""
    if "." not in spelling:
        return prefix + re.escape(spelling) + (r"(?=\s)" if spelling in _SPACE_NEEDED else "")
    letters = [re.escape(part) for part in spelling.strip(".").split(".")]
    dotted = r"\.\s?".join(letters) + r"(?:\.|(?=\s)|$)"
    forms = [dotted if len(letters) > 1 else letters[0] + r"\."]
    if len(letters) > 1:
        forms.append("".join(letters) + r"\.")
    if spelling in _BARE_ABBREVIATIONS:
        forms.append("".join(letters) + r"(?=\s|$)")
    return prefix + "(?:" + "|".join(forms) + ")"


def _all_spellings() -> list[tuple[str, str]]:
    civil = [(s, title) for title, (_, spellings) in _CIVIL.items() for s in spellings]
    ranks = [(s, title) for title, short in _RANKS.items() for s in (title, *short)]
    return civil + ranks


_BY_FIRST_LETTER: dict[str, list[tuple[re.Pattern[str], str]]] = {}
for _spelling, _title in _all_spellings():
    _BY_FIRST_LETTER.setdefault(_spelling[0], []).append(
        (re.compile(_pattern(_spelling), re.IGNORECASE), _title)
    )


def _matches(text: str) -> list[tuple[str, int]]:
    """Titles that the text may start with and where each ends, the longest first."""
    found = []
    for pattern, title in _BY_FIRST_LETTER.get(text[:1].lower(), ()):
        match = pattern.match(text)
        if match:
            found.append(_with_female_mark(text, title, match.end()))
    return sorted(found, key=lambda pair: -pair[1])


def _with_female_mark(text: str, title: str, end: int) -> tuple[str, int]:
    """A rank followed by หญิง is a woman's."""
    if title in _RANKS and text[end:].lstrip().startswith(_FEMALE_RANK):
        return title + _FEMALE_RANK, text.index(_FEMALE_RANK, end) + len(_FEMALE_RANK)
    return title, end


def split_leading_title(text: str) -> tuple[str | None, str]:
    """Title and rest of an already cleaned name; degrees after a title belong to it.

    The longest title that leaves a name wins: นางสาวิตรี is นาง สาวิตรี.
    """
    titles: list[str] = []
    while found := _first_usable(text, only_degrees=bool(titles)):
        title, text = found
        titles.append(title)
    return " ".join(titles) or None, text


def _first_usable(text: str, *, only_degrees: bool) -> tuple[str, str] | None:
    for title, end in _matches(text):
        rest = text[end:].strip(" .")
        if _can_stand_alone(rest) and (title in _DEGREES or not only_degrees):
            return title, rest
    return None


def _can_stand_alone(rest: str) -> bool:
    if not _WORD_START.match(rest):
        return False
    return rest[0].isascii() or len(_CONSONANT.findall(rest.split(" ")[0])) >= 2 or " " in rest


@lru_cache(maxsize=4096)
def canonical_title(title: str | None) -> str | None:
    """The full spelling of a title ("น.ส." → "นางสาว"); an unknown one is kept as written."""
    text = " ".join((title or "").split())
    if text in {"", "-"}:
        return None
    known, remaining = [], text
    while found := _matches(remaining + " "):
        title, end = found[0]
        known.append(title)
        remaining = remaining[end:].strip(" .")
    return " ".join(known) if known and not remaining else text


@lru_cache(maxsize=4096)
def sex_of_title(title: str | None) -> Sex | None:
    """Sex shown by a title, as weak evidence; None for ranks, degrees and unknown titles."""
    for part in (canonical_title(title) or "").split(" "):
        if part in _CIVIL and _CIVIL[part][0]:
            return _CIVIL[part][0]
        if part.endswith(_FEMALE_RANK) and part.removesuffix(_FEMALE_RANK) in _RANKS:
            return "F"
    return None
