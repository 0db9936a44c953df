"""Thai personal names for the synthetic people, and how clerks misspell them.

The name lists are read from pythainlp at run time (CC BY-SA 4.0, names from
Wikipedia and public lists); no list is kept here.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pythainlp.corpus.common import thai_family_names, thai_female_names, thai_male_names

_THAI: Final = frozenset(chr(c) for c in range(0x0E01, 0x0E4F))
_VOWELS_AND_TONES: Final = frozenset("ะาิีึืุูเแโใไำ็่้๊๋์ั")
# Longer spellings come first so that a shorter one never breaks them apart.
_SPELLINGS: Final = (
    ("พงษ์", "พงศ์"), ("พงศ์", "พงษ์"), ("ณัฏฐ์", "ณัฐ"), ("ณัฐ", "ณัฏฐ์"), ("วรรณ", "วัน"),
    ("วัณ", "วรรณ"), ("ศักดิ์", "ศักดิ"), ("สิทธิ์", "สิทธิ"), ("รัตน์", "รัตน"), ("วงศ์", "วงษ์"),
    ("วงษ์", "วงศ์"), ("จันทร์", "จันท์"), ("บุญ", "บุน"), ("ทรัพย์", "ทรัพ"), ("ศรี", "สี"),
    ("ศิริ", "สิริ"), ("สิริ", "ศิริ"), ("ณี", "นี"), ("ธิ์", "ธิ"), ("ตน์", "ตน"), ("ภัทร", "พัทร"),
    ("ญา", "ยา"), ("ใจ", "จัย"), ("ไพ", "ไพร"), ("ศ", "ส"), ("ษ", "ส"), ("ณ", "น"), ("ฐ", "ถ"),
)  # fmt: skip

ADULT_TITLES: Final = {"male": "นาย", "married": "นาง", "single": "น.ส."}
CHILD_TITLES: Final = {"male": "ด.ช.", "female": "ด.ญ."}
LONG_TITLES: Final = {"น.ส.": "นางสาว", "ด.ช.": "เด็กชาย", "ด.ญ.": "เด็กหญิง"}


@cache
def _pool(kind: str) -> NDArray[np.object_]:
    source = {"male": thai_male_names, "female": thai_female_names, "family": thai_family_names}
    longest = 16 if kind == "family" else 11
    kept = sorted(n for n in source[kind]() if 3 <= len(n) <= longest and set(n) <= _THAI)
    return np.array(kept, dtype=object)


def draw_names(
    rng: np.random.Generator, kind: str, count: int, *, plain: bool = False
) -> NDArray[np.object_]:
    """Names of that kind (male, female, family), common ones often, rare ones seldom.

    `plain` prefers the short names of the older generation.
    """
    pool = _pool(kind)
    if plain:
        pool = np.array([n for n in pool if len(n) <= 5], dtype=object)
    order = rng.permutation(len(pool))
    rank = np.arange(1, len(pool) + 1, dtype=float)
    share = 1 / (rank + 40)
    picked: NDArray[np.object_] = pool[
        order[rng.choice(len(pool), size=count, p=share / share.sum())]
    ]
    return picked


def misspell(rng: np.random.Generator, name: str) -> str:
    """The name as another clerk would write it: a homophone, else a slip."""
    fitting = [(a, b) for a, b in _SPELLINGS if a in name]
    if fitting and rng.random() < 0.75:
        old, new = fitting[int(rng.integers(min(3, len(fitting))))]
        return name.replace(old, new, 1)
    return _slip(rng, name)


def _slip(rng: np.random.Generator, name: str) -> str:
    marks = [i for i, c in enumerate(name) if c in "์่้็"]
    if marks and rng.random() < 0.5:
        at = marks[int(rng.integers(len(marks)))]
        return name[:at] + name[at + 1 :]
    letters = [i for i, c in enumerate(name) if c not in _VOWELS_AND_TONES]
    at = letters[int(rng.integers(len(letters)))]
    return name[: at + 1] + name[at:]
