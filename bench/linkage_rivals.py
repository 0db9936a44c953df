"""What an office would otherwise do with two lists, each as one small honest program.

python bench/linkage_rivals.py exact-id|id-fuzzy|splink-default DIR -o PAIRS.csv
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from kaejon.methods.linkage.engines import DuckDBEngine
from kaejon.methods.linkage.prepare import prepare

Pair = tuple[str, str]
FUZZY_RATIO = 85
TODAY = dt.date(2026, 11, 21)
SPLINK_THRESHOLD = 0.9


def read(folder: Path, name: str) -> list[dict[str, str]]:
    """Rows of one list."""
    return pq.read_table(folder / f"{name}.parquet").to_pylist()


def plain_id(text: str) -> str | None:
    """Thirteen digits with a correct check digit, dashes removed."""
    digits = re.sub(r"\D", "", text)
    if len(digits) != 13:
        return None
    total = sum(int(d) * (13 - i) for i, d in enumerate(digits[:12]))
    return digits if (11 - total % 11) % 10 == int(digits[12]) else None


def exact_id(folder: Path) -> Iterator[Pair]:
    """(a) Join on valid IDs; everything that joins is a match."""
    right = defaultdict(list)
    for row in read(folder, "right"):
        if number := plain_id(row["national_id"]):
            right[number].append(row["id"])
    for row in read(folder, "left"):
        for other in right.get(plain_id(row["national_id"]) or "", ()):
            yield row["id"], other


def full_name(row: dict[str, str]) -> str:
    """Name with the usual titles cut off."""
    name = re.sub(r"^(นางสาว|น\.ส\.|นาย|นาง|ด\.ช\.|ด\.ญ\.|เด็กชาย|เด็กหญิง)\s*", "", row["first_name"])
    return f"{name} {row['last_name']}"


def id_fuzzy(folder: Path) -> Iterator[Pair]:
    """(b) The same join one-to-one, then rapidfuzz names of at least 85 within tambon and birth year."""
    from rapidfuzz import fuzz, process

    done_left, done_right = set(), set()
    for a, b in exact_id(folder):
        if a not in done_left and b not in done_right:
            done_left.add(a)
            done_right.add(b)
            yield a, b
    blocks = defaultdict(list)
    for row in read(folder, "right"):
        if row["id"] not in done_right:
            blocks[block(row)].append((row["id"], full_name(row)))
    found = []
    for row in read(folder, "left"):
        if row["id"] in done_left:
            continue
        there = blocks.get(block(row), ())
        hits = process.extract(
            full_name(row),
            [n for _, n in there],
            scorer=fuzz.ratio,
            score_cutoff=FUZZY_RATIO,
            limit=3,
        )
        found += [(-score, row["id"], there[place][0]) for _, score, place in hits]
    yield from best_first(sorted(found))


def block(row: dict[str, str]) -> Pair:
    """Tambon and birth year (any four digits that look like a Buddhist year)."""
    year = re.search(r"2[45]\d\d", row["birth_date"])
    return row["tambon_code"], year[0] if year else ""


def best_first(found: Iterable[tuple[float, str, str]]) -> Iterator[Pair]:
    """One-to-one, best scores first."""
    left, right = set(), set()
    for _, a, b in found:
        if a not in left and b not in right:
            left.add(a)
            right.add(b)
            yield a, b


def splink_default(folder: Path) -> Iterator[Pair]:
    """(c) Splink with its ready-made comparisons on columns cleaned by us, p >= 0.9."""
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    engine = cleaned(folder)
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=[
            cl.NameComparison("first_name"),
            cl.NameComparison("last_name"),
            cl.DateOfBirthComparison("birth_date", input_is_string=True),
            cl.ExactMatch("national_id"),
            cl.ExactMatch("sex"),
            cl.ExactMatch("house"),
            cl.ExactMatch("tambon").configure(term_frequency_adjustments=True),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("national_id"),
            block_on("first_name", "last_name"),
            block_on("birth_date", "last_name"),
            block_on("birth_date", "first_name"),
            block_on("house"),
        ],
    )
    api = DuckDBAPI(connection=engine.connection)
    linker = Linker([api.register("left_list"), api.register("right_list")], settings)
    training = linker.training
    training.estimate_probability_two_random_records_match(
        [block_on("national_id"), block_on("first_name", "last_name", "birth_date")], recall=0.8
    )
    training.estimate_u_using_random_sampling(max_pairs=5e6, seed=1)
    training.estimate_parameters_using_expectation_maximisation(block_on("first_name", "last_name"))
    training.estimate_parameters_using_expectation_maximisation(block_on("birth_date"))
    found = linker.inference.predict(threshold_match_probability=SPLINK_THRESHOLD)
    rows: Any = engine.connection.execute(
        f"SELECT unique_id_l, unique_id_r FROM {found.physical_name}"
    )
    while batch := rows.fetchmany(100_000):
        yield from batch


def cleaned(folder: Path) -> DuckDBEngine:
    """Tables left_list and right_list with the columns that `kaejon match` prepares."""
    engine = DuckDBEngine(memory_limit="4GB")
    for side in ("left", "right"):
        engine.create(f"raw_{side}", f"FROM read_parquet('{folder}/{side}.parquet')")
    for side, people in zip(
        ("left", "right"), prepare(engine, ["raw_left", "raw_right"], today=TODAY), strict=True
    ):
        engine.create(
            f"{side}_list",
            f"""SELECT id AS unique_id, first AS first_name, last AS last_name, nid AS national_id, sex,
            strftime(make_date(birth_full // 10000, birth_full // 100 % 100, birth_full % 100), '%Y-%m-%d')
            AS birth_date, home AS house, tambon FROM {people}""",
        )
    return engine


RIVALS = {"exact-id": exact_id, "id-fuzzy": id_fuzzy, "splink-default": splink_default}


def main() -> None:
    """Run one rival and write its pairs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rival", choices=sorted(RIVALS))
    parser.add_argument("folder", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    args = parser.parse_args()
    with args.output.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["left_id", "right_id"])
        writer.writerows(RIVALS[args.rival](args.folder))


if __name__ == "__main__":
    main()
