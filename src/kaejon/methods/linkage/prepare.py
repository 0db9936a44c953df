"""Turn a raw list of people into comparable columns, once.

Each distinct spelling is read once by the pure readers of `kaejon.methods.thai` and joined
back, so a million rows cost about as much as their distinct names. Raw text is never
changed; the prepared table refers to it by `id`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from kaejon.methods.errors import DataError
from kaejon.methods.linkage.engines import DuckDBEngine
from kaejon.methods.thai import addresses, buddhist_era, names, national_id

COLUMNS = (
    "id", "title", "first_name", "last_name", "national_id", "birth_date", "sex",
    "house_no", "moo", "tambon_code",
)  # fmt: skip
COMPARED = COLUMNS[2:]

# Stored beside prepared keys: keys of different versions must not be compared.
KEY_VERSION = f"{names.FOLD_VERSION}+lk82-pythainlp5"

_FEMALE = {"หญิง", "ญ", "ญ.", "f", "female", "2", "เพศหญิง", "ผู้หญิง"}
_MALE = {"ชาย", "ช", "ช.", "m", "male", "1", "เพศชาย", "ผู้ชาย"}

# A first name is read together with whether a surname stands in its own column.
FIRST_NAME_CELL = "first_name || chr(31) || (last_name IS NULL)"

Reader = Callable[[str], tuple[Any, ...]]


def prepare(engine: DuckDBEngine, raw: Sequence[str], *, today: dt.date) -> list[str]:
    """Prepare raw tables of one job together and return the names of the prepared tables.

    Input: names of DuckDB tables that hold text columns out of `COLUMNS`; missing ones count
    as empty. Output table per list: `row` (0-based rank of the id), the id, and the cleaned,
    folded, one-byte and sound forms of names, date parts, ID parts and place keys; an unknown
    value is NULL. `today` bounds readable birth dates. Refuses: no id column, empty or
    repeated ids, no column to compare.
    """
    for table in raw:
        _check_ids(engine, table)
    present = [_present_columns(engine, table) for table in raw]
    _check_comparable(present)
    for position, table in enumerate(raw):
        engine.view(f"text_{position}", _text_sql(table, present[position]))
    texts = [f"text_{position}" for position in range(len(raw))]
    readings = _readings(today)
    for reading in readings:
        _store_reading(engine, texts, reading)
    prepared = [f"people_{position}" for position in range(len(raw))]
    one_area = not any("tambon_code" in columns for columns in present)
    for text, people in zip(texts, prepared, strict=True):
        engine.create(people, _people_sql(text, one_area=one_area))
    engine.drop(*texts, *(f"read_{reading.name}" for reading in readings))
    return prepared


def _check_ids(engine: DuckDBEngine, table: str) -> None:
    columns = {row[0] for row in engine.rows(f"SELECT column_name FROM (DESCRIBE {table})")}
    if "id" not in columns:
        raise DataError(
            "no_id_column", "The list has no column named id.",
            remedy=f"Name the columns {', '.join(COLUMNS)}; only id is required.", columns=sorted(columns),
        )  # fmt: skip
    empty = engine.rows(f"SELECT count(*) FROM {table} WHERE id IS NULL OR trim(id) = ''")[0][0]
    if empty:
        raise DataError(
            "empty_id", f"{empty} rows have no id.", remedy="Give every row its own id.", rows=empty
        )
    twice = engine.rows(
        f"SELECT id FROM {table} GROUP BY id HAVING count(*) > 1 ORDER BY id LIMIT 5"
    )
    if twice:
        examples = [row[0] for row in twice]
        raise DataError(
            "repeated_id", f"Some ids stand on more than one row, such as {examples[0]}.",
            remedy="Give every row its own id.", examples=examples,
        )  # fmt: skip


def _present_columns(engine: DuckDBEngine, table: str) -> set[str]:
    """Columns of the contract that hold at least one value."""
    known = {row[0] for row in engine.rows(f"SELECT column_name FROM (DESCRIBE {table})")} & set(
        COLUMNS
    )
    named = sorted(known)
    counts = engine.rows(
        f"SELECT {', '.join(f'count(nullif(trim({c}), $$$$))' for c in named)} FROM {table}"
    )[0]
    return {name for name, count in zip(named, counts, strict=True) if count}


def _check_comparable(present: Sequence[set[str]]) -> None:
    shared = set.intersection(*present) & set(COMPARED)
    if not shared & {"first_name", "last_name", "national_id"}:
        raise DataError(
            "nothing_to_compare",
            "The lists share no filled column that tells people apart.",
            remedy="Both lists need first_name and last_name, or national_id, with values in them.",
            filled=[sorted(columns) for columns in present],
        )


def _text_sql(table: str, present: set[str]) -> str:
    cells = [
        f"nullif(trim({c}), '') AS {c}" if c in present else f"CAST(NULL AS VARCHAR) AS {c}"
        for c in COLUMNS[1:]
    ]
    return f"SELECT id, {', '.join(cells)} FROM {table}"


@dataclass(frozen=True)
class _Reading:
    """How one column is read: the raw text in SQL, its reader and the names of the answers."""

    name: str
    raw: str
    read: Reader
    answers: tuple[str, ...]
    where: str = "TRUE"


FORMS = ("code", "fold", "sound")
NUMBERS = frozenset({"moo", "year", "month", "day"})


def _readings(today: dt.date) -> list[_Reading]:
    keys = _NameKeys()
    first, last, spilled = (
        (name, *(f"{name}_{form}" for form in FORMS)) for name in ("first", "last", "spilled")
    )
    digits = ("nid", "nid_digits", "nid_head", "nid_tail", "nid_pattern")
    odd = "NOT regexp_full_match(national_id, '[0-9]{13}')"
    return [
        _Reading("first", FIRST_NAME_CELL, keys.first, (*first, *spilled, "title_sex")),
        _Reading("last", "last_name", keys.last, last),
        _Reading("title", "title", lambda text: (names.sex_of_title(text),), ("sex",)),
        _Reading("nid", "national_id", _read_nid, digits, where=odd),
        _Reading("birth", "birth_date", lambda t: _read_birth(t, today), ("year", "month", "day")),
        _Reading("house", "house_no", _read_house, ("house", "moo")),
        _Reading("moo", "moo", _read_moo, ("moo",)),
        _Reading("tambon", "tambon_code", _read_tambon, ("tambon", "moo")),
        _Reading("sex", "sex", _read_sex, ("sex",)),
    ]


def _store_reading(engine: DuckDBEngine, texts: Sequence[str], reading: _Reading) -> None:
    """Read every distinct text of a column and store the answers as `read_<name>`."""
    union = " UNION ".join(
        f"SELECT DISTINCT {reading.raw} AS raw FROM {t} WHERE {reading.where}" for t in texts
    )
    distinct = [row[0] for row in engine.rows(f"SELECT raw FROM ({union}) WHERE raw IS NOT NULL")]
    answers = zip(*map(reading.read, distinct), strict=True) if distinct else [()] * 9
    columns = {"raw": pa.array(distinct, pa.string())}
    for name, values in zip(reading.answers, answers, strict=bool(distinct)):
        columns[name] = pa.array(values, pa.int16() if name in NUMBERS else pa.string())
    engine.connection.register("answers", pa.table(columns))
    engine.create(f"read_{reading.name}", "SELECT * FROM answers")
    engine.connection.unregister("answers")


class _NameKeys:
    """Comparison forms of names; each cleaned name is worked out once."""

    def __init__(self) -> None:
        from pythainlp.soundex import lk82

        self._sound: Callable[[str], str] = lk82
        self._known: dict[str, tuple[str | None, ...]] = {"": (None, None, None, None)}

    def forms(self, name: str) -> tuple[str | None, ...]:
        """Readable name, one-byte code, one-byte fold, lk82 sound."""
        if name not in self._known:
            fold = names.fold(name)
            sound = self._sound(name) if fold else ""
            self._known[name] = (
                name,
                names.one_byte(name.casefold()),
                names.one_byte(fold) or None,
                sound or fold or None,
            )
        return self._known[name]

    def first(self, text: str) -> tuple[str | None, ...]:
        """Forms of the first name, of a surname written behind it, and the title's sex."""
        written, no_last = text.split("\x1f")
        person = names.read_person(None, written, None if no_last == "true" else "-")
        spilled = person.last if no_last == "true" else ""
        return (*self.forms(person.first), *self.forms(spilled), names.sex_of_title(person.title))

    def last(self, text: str) -> tuple[str | None, ...]:
        """Forms of a surname."""
        return self.forms(names.read_person(None, None, text).last)


def _read_nid(text: str) -> tuple[str | None, ...]:
    """Valid number; 13 digits even when the check fails; visible first five and last four.

    Last the whole pattern with "_" for every hidden digit, as LIKE reads it.
    """
    number = national_id.read(text)
    visible = number.visible or ""
    head, tail = visible[:5], visible[-4:]
    return (
        number.digits if number.status == "valid" else None,
        number.digits,
        head if head.isdigit() else None,
        tail if tail.isdigit() else None,
        visible.replace("x", "_") or None,
    )


def _read_birth(text: str, today: dt.date) -> tuple[int | None, ...]:
    read = buddhist_era.read_date(text, today=today)
    if read.date is None:
        return None, None, None
    month = read.date.month if read.precision in {"day", "month"} else None
    return read.date.year, month, read.date.day if read.precision == "day" else None


def _read_house(text: str) -> tuple[str | None, int | None]:
    house = addresses.read_house_no(text)
    return house.house_no, house.moo


def _read_moo(text: str) -> tuple[int | None]:
    house = addresses.read_house_no(text)
    plain = house.house_no or ""
    return (house.moo or (int(plain) if plain.isdigit() and len(plain) < 4 else None),)


def _read_tambon(text: str) -> tuple[str | None, int | None]:
    """Tambon code of six digits, and the moo when the code is a village's."""
    code = addresses.read_area_code(text)
    if code is None or len(code) < 6:
        return None, None
    return code[:6], int(code[6:]) or None if len(code) == 8 else None


def _read_sex(text: str) -> tuple[str | None]:
    word = text.strip().casefold().removesuffix(".0")
    return ("F" if word in _FEMALE else "M" if word in _MALE else None,)


def _check_digit_sql(column: str) -> str:
    """SQL twin of `national_id.check_digit` for 13 plain digits; kept equal by a test."""
    total = " + ".join(f"CAST({column}[{i + 1}] AS INTEGER) * {13 - i}" for i in range(12))
    return f"CAST({column}[13] AS INTEGER) = (11 - ({total}) % 11) % 10"


def _people_sql(text: str, *, one_area: bool) -> str:
    plain = "regexp_full_match(t.national_id, '[0-9]{13}') AND t.national_id <> '0000000000000'"
    valid = f"CASE WHEN {plain} THEN CASE WHEN {_check_digit_sql('t.national_id')} THEN t.national_id END ELSE n.nid END"
    tambon = "'one area'" if one_area else "a.tambon"
    moo = "coalesce(m.moo, h.moo, a.moo)"
    key = f"{tambon} || '|' || coalesce(CAST({moo} AS VARCHAR), '') || '|' || h.house"
    last_fold = "coalesce(l.last_fold, f.spilled_fold)"
    return f"""
        SELECT CAST(row_number() OVER (ORDER BY t.id) - 1 AS INTEGER) AS "row", t.id,
            f.first, f.first_code, f.first_fold, f.first_sound,
            coalesce(l.last, f.spilled) AS last,
            coalesce(l.last_code, f.spilled_code) AS last_code,
            {last_fold} AS last_fold,
            least(f.first_fold, {last_fold}) || '|' || greatest(f.first_fold, {last_fold}) AS both_folds,
            coalesce(l.last_sound, f.spilled_sound) AS last_sound,
            {valid} AS nid,
            CASE WHEN {plain} THEN t.national_id ELSE n.nid_digits END AS nid_digits,
            CASE WHEN {plain} THEN t.national_id[1:5] ELSE n.nid_head END AS nid_head,
            CASE WHEN {plain} THEN t.national_id[10:13] ELSE n.nid_tail END AS nid_tail,
            CASE WHEN {plain} THEN t.national_id ELSE n.nid_pattern END AS nid_pattern,
            b.year AS birth_year, b.month AS birth_month, b.day AS birth_day,
            CAST(b.year AS INTEGER) * 10000 + CAST(b.month AS INTEGER) * 100 + CAST(b.day AS INTEGER) AS birth_full,
            coalesce(s.sex, f.title_sex, w.sex) AS sex,
            {tambon} AS tambon, {moo} AS moo, h.house,
            {tambon} || '|' || CAST({moo} AS VARCHAR) AS village, {key} AS home
        FROM {text} t
        LEFT JOIN read_first f ON f.raw = {FIRST_NAME_CELL}
        LEFT JOIN read_last l ON l.raw = t.last_name
        LEFT JOIN read_title w ON w.raw = t.title
        LEFT JOIN read_nid n ON n.raw = t.national_id
        LEFT JOIN read_birth b ON b.raw = t.birth_date
        LEFT JOIN read_house h ON h.raw = t.house_no
        LEFT JOIN read_moo m ON m.raw = t.moo
        LEFT JOIN read_tambon a ON a.raw = t.tambon_code
        LEFT JOIN read_sex s ON s.raw = t.sex"""
