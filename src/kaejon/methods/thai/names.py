"""Names of persons as Thai lists write them: cleaning, titles, keys for matching.

The readable name is kept for display; `name_key`, `fold` and `one_byte` are for comparing
and are never shown or used as identifiers.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from kaejon.methods.thai.digits import to_arabic_digits
from kaejon.methods.thai.titles import canonical_title, sex_of_title, split_leading_title

__all__ = [
    "FOLD_VERSION",
    "PersonName",
    "canonical_title",
    "clean",
    "fold",
    "name_key",
    "one_byte",
    "read_person",
    "sex_of_title",
    "split_title",
]

FOLD_VERSION = "fold-2"

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_TONE = "[\u0e48-\u0e4b]"
_SPLIT_AM = re.compile(f"\u0e4d({_TONE}?)\u0e32")
_LATE_TONE = re.compile(f"\u0e33({_TONE})")
_EARLY_TONE = re.compile(f"({_TONE})([\u0e31\u0e34-\u0e3a\u0e47\u0e4d])")
_REPEATED_MARK = re.compile("([\u0e31\u0e34-\u0e3a\u0e47-\u0e4e])\\1+")
# A text without any of these is clean already, as most are: the long way is for the rest.
_SUSPECT = re.compile(
    f"\u0e4d|เเ|\u0e33{_TONE}|{_TONE}[\u0e31\u0e34-\u0e3a\u0e47]|[\u0e38\u0e39]\u0e3a"
    "|([\u0e31\u0e34-\u0e3a\u0e47-\u0e4e])\\1|[^ -~\u0e01-\u0e4e]"
)
_NOTHING = frozenset({"", "-", "--", "ไม่มี", "ไม่ระบุ", "ไม่ทราบ", "null", "none", "n/a"})


@dataclass(frozen=True, slots=True)
class PersonName:
    """Canonical title (or None), first name and surname ("" when absent)."""

    title: str | None
    first: str
    last: str


def clean(text: str) -> str:
    """One spelling for what looks the same on screen; applying it twice changes nothing.

    NFC, no zero-width characters, ํ+า → ำ, เ+เ → แ, tone after its vowel, no repeated
    marks, Arabic digits, single spaces.
    """
    if _SUSPECT.search(text):
        text = _clean_fully(text)
    return " ".join(text.split())


def _clean_fully(text: str) -> str:
    text = _INVISIBLE.sub("", to_arabic_digits(unicodedata.normalize("NFC", text)))
    before = None
    while text != before:
        before = text
        text = _clean_once(text)
    return text


def _clean_once(text: str) -> str:
    text = text.replace("เเ", "แ")
    text = _SPLIT_AM.sub("\\1\u0e33", text)
    text = _LATE_TONE.sub("\\1\u0e33", text)
    text = _EARLY_TONE.sub("\\2\\1", text)
    text = _REPEATED_MARK.sub("\\1", text)
    return unicodedata.normalize("NFC", text)


def split_title(text: str) -> tuple[str | None, str]:
    """Canonical title and the rest of a name, glued or spaced; (None, text) without a title.

    A title is taken only when at least two sounded consonants are left and the rest can
    begin a word, so that นายก, นางาม and นายิกา stay whole.
    """
    return split_leading_title(clean(text))


def read_person(
    title: str | None, first: str | None, last: str | None, full: str | None = None
) -> PersonName:
    """Put a person's name together from separate cells or from one full name.

    The title column wins; a title repeated in front of the first name is removed. A first
    name holding a space, with no surname given, is split at the space.
    """
    known = canonical_title(title) if title else None
    found, given = split_title(_given(first) or _given(full))
    if known and found and found != known and _may_be_a_name(first or full or "", found):
        found, given = None, clean(first or full or "")
    surname = _given(last)
    if not surname and " " in given:
        given, surname = given.split(" ", 1)
    return PersonName(known or found, given, surname)


def _given(text: str | None) -> str:
    cleaned = clean(text or "")
    return "" if cleaned.casefold() in _NOTHING else cleaned


def _may_be_a_name(text: str, found: str) -> bool:
    """นางแก้ว under the title นางสาว is a first name, not a second title."""
    return found in {"นาง", "พระ"} and not clean(text).startswith(found + " ")


def name_key(first: str, last: str) -> str:
    """Key for exact matching: cleaned, lower case, letters only, spelling kept."""
    return f"{_letters(first)}|{_letters(last)}"


_NOT_LETTERS = re.compile("[^\\w\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]|_")


def _letters(text: str) -> str:
    return clean(_NOT_LETTERS.sub("", clean(text).casefold()))


_SAME_SOUND = str.maketrans(
    {
        **dict.fromkeys("ศษ", "ส"),
        **dict.fromkeys("ฑฒธ", "ท"),
        **dict(zip("ณญฏฎฐภฬฆฌฃฅใ", "นยตดถพลคชขคไ", strict=True)),
        "ำ": "ัม",
    }
)
_SILENT = re.compile("(?:[ตทด]ร|ษณ|[ก-ฮ])[\u0e34\u0e38]?\u0e4c")
_DROPPED = re.compile("[\u0e3a\u0e47-\u0e4e]|[^\\w\u0e31\u0e34-\u0e39]|_")
_RO_HAN = re.compile("รร(?=[ก-ฮ])")
_REPEATED = re.compile(r"(.)\1+")


def fold(text: str) -> str:
    """Homophones written alike, for comparing names that sound the same.

    ศ ษ → ส, ณ → น, ญ → ย, ฏ → ต, ฎ → ด, ฐ → ถ, ฑ ฒ ธ → ท, ภ → พ, ฬ → ล, ฆ → ค, ฌ → ช,
    ใ → ไ, ำ → ัม, รร → ั (ัน at the end), letters silenced by ์ (of ฏฐ์ only ฏ: ณัฏฐ์ is ณัฐ), tone marks, spaces and
    punctuation dropped, doubled letters single. Rules are versioned by `FOLD_VERSION`:
    store the version beside every stored fold.
    """
    text = _SILENT.sub("", clean(text).casefold().replace("ฏฐ์", "ฐ"))
    text = _DROPPED.sub("", text).translate(_SAME_SOUND)
    text = _RO_HAN.sub("ั", text).replace("รร", "ัน")
    text = _REPEATED.sub(r"\1", text).replace("ตถ", "ถ")
    return _REPEATED.sub(r"\1", text)


_FIRST_THAI, _LAST_THAI, _FIRST_ASCII = 0x0E01, 0x0E4E, 0x30
_ONE_BYTE = {
    code: chr(code - _FIRST_THAI + _FIRST_ASCII) for code in range(_FIRST_THAI, _LAST_THAI + 1)
}
_FOREIGN = re.compile("[^\x00-\x7f]")


def one_byte(text: str) -> str:
    """One ASCII character per code point, for engines whose string distances count bytes.

    U+0E01..U+0E4E become 0x30..0x7D; ASCII stays; any other character becomes "~".
    """
    return _FOREIGN.sub("~", text.translate(_ONE_BYTE))
