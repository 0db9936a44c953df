"""Problems in a family's words and the side (task force) that usually looks after them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from kaejon.methods import definitions
from kaejon.methods.errors import UsageError

KIND = "problem_sides"
DEFAULT = "problem_sides"
OTHER = "other"


# Facts of a person that the law calls sensitive, by name.
SENSITIVE_FACTS = ("disability", "chronic_illness")


@dataclass(frozen=True, slots=True)
class Side:
    """One of the six sides. `words` in a free text point to it; `offices` are examples."""

    code: str
    th: str
    en: str
    offices_th: str
    offices_en: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProblemWording:
    """The problem behind a failed indicator ("i8") or a low item ("human_3")."""

    of: str
    side: str
    th: str
    en: str
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class ProblemSides:
    """The whole mapping."""

    name: str
    source: str
    sides: tuple[Side, ...]
    problems: dict[str, ProblemWording]
    sensitive_words: tuple[str, ...]

    def side(self, code: str) -> Side:
        """The side of a code. Refuses (KeyError) an unknown code."""
        for side in self.sides:
            if side.code == code:
                return side
        raise KeyError(code)

    def side_of_text(self, text: str) -> Side:
        """The side whose words stand in a free text, the longest word first; else "other"."""
        found = [(len(word), side) for side in self.sides for word in side.words if word in text]
        return max(found, key=lambda pair: pair[0])[1] if found else self.side(OTHER)

    def is_sensitive_text(self, text: str) -> bool:
        """Whether a free text holds a word of a restricted category."""
        folded = text.casefold()
        return any(word.casefold() in folded for word in self.sensitive_words)


@lru_cache(maxsize=8)
def load(name: str = DEFAULT) -> ProblemSides:
    """The mapping of a name. Refuses (UsageError): a problem twice or of an unknown side."""
    document = definitions.load(name, KIND)
    sides = tuple(Side(**(entry | {"words": tuple(entry["words"])})) for entry in document["sides"])
    problems = {entry["of"]: ProblemWording(**entry) for entry in document["problems"]}
    known = {side.code for side in sides}
    strays = sorted(p.of for p in problems.values() if p.side not in known)
    if strays or len(problems) != len(document["problems"]) or OTHER not in known:
        raise UsageError(
            "definition_invalid",
            f"Definition {name}: a problem is repeated or has no side ({', '.join(strays)}).",
            remedy="Name each indicator or item once, with the code of a side.",
        )
    return ProblemSides(
        name=document["name"],
        source=document["source"].strip(),
        sides=sides,
        problems=problems,
        sensitive_words=tuple(document["sensitive_words"]),
    )
