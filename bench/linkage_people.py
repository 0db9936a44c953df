"""Synthetic Thai people on two lists, with the truth known.

Nobody here is real. A population of households is drawn from a seed, then each
list copies its share of people with the error rates of a profile. List B is the
worse of the two, as community lists are next to registers. Names come from
pythainlp's word lists at run time and are never stored in this repository.

    python bench/linkage_people.py --people 100000 --seed 7 --profile stated -o DIR
"""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

os.environ.setdefault("PYTHAINLP_OFFLINE", "1")

CONSONANTS = "กขคงจชซญณดตถทธนบปผพฟมยรลวศษสหอ"
MARKS = "\u0e48\u0e49\u0e4a\u0e4b\u0e47\u0e4c"
HOMOPHONES = (
    ("พงษ์", "พงศ์"), ("พงศ์", "พงษ์"), ("ณัฏฐ์", "ณัฐ"), ("ณัฐ", "ณัฏฐ"), ("วรรณ", "วัน"),
    ("กาญจน์", "กาญจน"), ("ทรัพย์", "ทรัพ"), ("ศรี", "สรี"), ("สิทธิ์", "สิทธ์"), ("รัตน์", "รัตน"),
    ("ศักดิ์", "ศักดิ"), ("จันทร์", "จันทน์"), ("สุข", "ศุข"), ("ชัย", "ไชย"), ("ใจ", "ไจ"),
    ("ธรรม", "ทำ"), ("บุญ", "บุณ"), ("ภรณ์", "พร"), ("ลักษณ์", "ลักษ์"), ("เกียรติ", "เกียติ"),
    ("นันท์", "นันต์"), ("พันธ์", "พันธุ์"), ("ญา", "ยา"), ("ณี", "นี"), ("ภา", "พา"),
)  # fmt: skip
THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
CURRENT_YEAR = 2569


@dataclass(frozen=True)
class Errors:
    """Share of rows of one list that suffer each fault."""

    id_missing: float
    id_mistyped: float
    id_masked: float
    id_of_head: float
    first_variant: float
    last_variant: float
    first_changed: float
    last_changed_women: float
    date_missing: float
    date_wrong: float
    date_gregorian: float
    year_only_young: float
    year_only_old: float
    moved: float
    sex_missing: float
    sex_wrong: float
    house_missing: float

    def scaled(self, factor: float) -> Errors:
        """The same faults, each `factor` times as frequent (at most half of the rows)."""
        return Errors(**{f.name: min(0.5, getattr(self, f.name) * factor) for f in fields(self)})


REGISTER = Errors(
    id_missing=0.05, id_mistyped=0.02, id_masked=0.03, id_of_head=0.01, first_variant=0.06,
    last_variant=0.06, first_changed=0.02, last_changed_women=0.02, date_missing=0.03,
    date_wrong=0.02, date_gregorian=0.0, year_only_young=0.08, year_only_old=0.20, moved=0.03,
    sex_missing=0.01, sex_wrong=0.003, house_missing=0.02,
)  # fmt: skip
COMMUNITY = Errors(
    id_missing=0.12, id_mistyped=0.03, id_masked=0.12, id_of_head=0.015, first_variant=0.09,
    last_variant=0.10, first_changed=0.02, last_changed_women=0.06, date_missing=0.05,
    date_wrong=0.03, date_gregorian=0.03, year_only_young=0.10, year_only_old=0.26, moved=0.06,
    sex_missing=0.03, sex_wrong=0.005, house_missing=0.04,
)  # fmt: skip
PROFILES = {
    "stated": (REGISTER, COMMUNITY),
    "worse": (REGISTER.scaled(1.5), COMMUNITY.scaled(1.5)),
    "no-id": (replace(REGISTER, id_missing=1.0), replace(COMMUNITY, id_missing=1.0)),
}


@dataclass
class Population:
    """Columns of the true people; index = person."""

    household: np.ndarray
    head: np.ndarray
    female: np.ndarray
    year: np.ndarray
    month: np.ndarray
    day: np.ndarray
    first: np.ndarray
    last: np.ndarray
    national_id: np.ndarray
    tambon: np.ndarray
    moo: np.ndarray
    house: np.ndarray


def check_digits(twelve: np.ndarray) -> np.ndarray:
    """Check digit of 12-digit stems, rows × 12."""
    return (11 - (twelve * np.arange(13, 1, -1)).sum(axis=1) % 11) % 10


def draw_ids(rng: np.random.Generator, count: int) -> np.ndarray:
    """`count` distinct valid 13-digit numbers as text."""
    province = rng.integers(10, 97, count)
    serial = rng.permutation(np.arange(count) + 10_000_000_0) % 10**9
    first = rng.choice([1, 2, 3, 5, 8, 0], count, p=[0.4, 0.05, 0.45, 0.05, 0.03, 0.02])
    stem = first * 10**11 + province * 10**9 + serial
    digits = (stem[:, None] // 10 ** np.arange(11, -1, -1)) % 10
    whole = np.concatenate([digits, check_digits(digits)[:, None]], axis=1)
    return (whole.astype("u4") + 48).view("U13").ravel()


def zipf_choice(rng: np.random.Generator, names: list[str], count: int, tilt: float) -> np.ndarray:
    """Names drawn with a long tail: a few common, most rare."""
    weights = 1 / (np.arange(len(names)) + 12.0) ** tilt
    return rng.choice(
        rng.permutation(np.array(names, dtype=object)), count, p=weights / weights.sum()
    )


def clean_list(words: object) -> list[str]:
    """Usable names of a word list, in an order that does not depend on hashing."""
    return sorted({w.strip() for w in words if 2 < len(w.strip()) < 18 and " " not in w.strip()})


def draw_population(rng: np.random.Generator, people: int) -> Population:
    """Households of 1 to 7 with shared address, mostly one surname, plausible ages."""
    from pythainlp.corpus import thai_family_names, thai_female_names, thai_male_names

    sizes = rng.choice(np.arange(1, 8), people, p=[0.14, 0.20, 0.22, 0.20, 0.13, 0.07, 0.04])
    household = np.repeat(np.arange(people), sizes)[:people]
    starts = np.flatnonzero(np.r_[True, household[1:] != household[:-1]])
    head = starts[household]
    place = np.arange(people) - head
    female = np.where(place == 1, True, rng.random(people) < 0.5)
    female = np.where(place == 0, rng.random(people) < 0.25, female)
    head_age = rng.integers(28, 88, people)[head]
    offset = np.where(place == 1, rng.integers(-8, 8, people), -rng.integers(18, 42, people))
    elder = (place > 1) & (rng.random(people) < 0.15)
    offset = np.where(elder, rng.integers(18, 35, people), offset)
    age = np.clip(np.where(place == 0, head_age, head_age + offset), 0, 99)
    surnames = clean_list(thai_family_names())
    family = zipf_choice(rng, surnames, people, 0.5)[household]
    other = zipf_choice(rng, surnames, people, 0.5)
    keeps = rng.random(people) < np.where(place == 1, 0.75, np.where(place > 1, 0.85, 1.0))
    men = zipf_choice(rng, clean_list(thai_male_names()), people, 0.75)
    women = zipf_choice(rng, clean_list(thai_female_names()), people, 0.75)
    tambons = max(3, people // 6000)
    tambon_of = 330100 + (rng.integers(0, tambons, people) // 12) * 100
    tambon_of = tambon_of + 1 + rng.integers(0, 12, people) % max(1, min(12, tambons))
    number, part = rng.integers(1, 320, people), rng.integers(0, 12, people)
    houses = np.array(
        [f"{n}/{p}" if p < 5 else f"{n}" for n, p in zip(number, part, strict=True)], dtype=object
    )
    return Population(
        household=household, head=head, female=female, year=CURRENT_YEAR - age,
        month=rng.integers(1, 13, people), day=rng.integers(1, 29, people),
        first=np.where(female, women, men), last=np.where(keeps, family, other),
        national_id=draw_ids(rng, people), tambon=tambon_of[household],
        moo=rng.integers(1, 14, people)[household], house=houses[household],
    )  # fmt: skip


def vary_name(rng: np.random.Generator, name: str) -> str:
    """A homophone, a dropped mark or a typing slip: 45, 20 and 35 % where possible."""
    kind = rng.random()
    if kind < 0.45:
        options = [name.replace(a, b) for a, b in HOMOPHONES if a in name]
        if options:
            return options[int(rng.integers(len(options)))]
    if kind < 0.65:
        spots = [i for i, c in enumerate(name) if c in MARKS]
        if spots:
            spot = spots[int(rng.integers(len(spots)))]
            return name[:spot] + name[spot + 1 :]
    return mistype(rng, name, CONSONANTS)


def mistype(rng: np.random.Generator, text: str, alphabet: str) -> str:
    """One wrong, lost, doubled or swapped character."""
    spot = int(rng.integers(len(text) - 1))
    letter = alphabet[int(rng.integers(len(alphabet)))]
    match int(rng.integers(4)):
        case 0:
            return text[:spot] + letter + text[spot + 1 :]
        case 1 if len(text) > 3:
            return text[:spot] + text[spot + 1 :]
        case 2:
            return text[:spot] + text[spot + 1] + text[spot] + text[spot + 2 :]
        case _:
            return text[:spot] + text[spot] + text[spot:]


def mistype_id(rng: np.random.Generator, number: str) -> str:
    """One digit wrong or two neighbours swapped."""
    spot = int(rng.integers(12))
    if rng.random() < 0.5:
        digit = str((int(number[spot]) + int(rng.integers(1, 10))) % 10)
        return number[:spot] + digit + number[spot + 1 :]
    return number[:spot] + number[spot + 1] + number[spot] + number[spot + 2 :]


def apply(
    rng: np.random.Generator, column: np.ndarray, share: object, change: object
) -> np.ndarray:
    """`column` with `change(value)` on a random share of rows."""
    out = column.astype(object)
    for row in np.flatnonzero(rng.random(len(out)) < share):
        out[row] = change(out[row])
    return out


def written_ids(rng: np.random.Generator, p: Population, who: np.ndarray, e: Errors) -> np.ndarray:
    """National IDs as a list holds them."""
    own = np.where(
        rng.random(len(who)) < e.id_of_head, p.national_id[p.head[who]], p.national_id[who]
    )
    out = apply(rng, own, e.id_mistyped, lambda n: mistype_id(rng, n))
    out = apply(rng, out, e.id_masked, lambda n: "XXXXXXXXX" + n[9:])
    out = apply(rng, out, 0.1, lambda n: f"{n[0]}-{n[1:5]}-{n[5:10]}-{n[10:12]}-{n[12]}")
    return apply(rng, out, e.id_missing, lambda n: "")


def written_dates(
    rng: np.random.Generator, p: Population, who: np.ndarray, e: Errors
) -> np.ndarray:
    """Birth dates as a list holds them: Buddhist Era, two orders, year only for many elders."""
    year, month, day = p.year[who].copy(), p.month[who].copy(), p.day[who].copy()
    wrong = rng.random(len(who)) < e.date_wrong
    part = rng.integers(0, 4, len(who))
    year = np.where(wrong & (part == 0), year + rng.choice([-10, -2, -1, 1, 2, 10], len(who)), year)
    day = np.where(wrong & (part == 1), rng.integers(1, 29, len(who)), day)
    month = np.where(wrong & (part == 2), rng.integers(1, 13, len(who)), month)
    swap = wrong & (part == 3) & (day <= 12)
    day, month = np.where(swap, month, day), np.where(swap, day, month)
    age = CURRENT_YEAR - p.year[who]
    share = e.year_only_young + (e.year_only_old - e.year_only_young) * np.clip(age / 80, 0, 1)
    only = rng.random(len(who)) < share
    bare = only & (rng.random(len(who)) < 0.5)
    year = np.where(rng.random(len(who)) < e.date_gregorian, year - 543, year)
    month, day = np.where(only, 1, month), np.where(only, 1, day)
    iso = rng.random(len(who)) < 0.5
    text = [
        str(y) if b else f"{y}-{m:02d}-{d:02d}" if i else f"{d}/{m}/{y}"
        for y, m, d, b, i in zip(year, month, day, bare, iso, strict=True)
    ]
    return apply(rng, np.array(text, dtype=object), e.date_missing, lambda t: "")


def written_names(
    rng: np.random.Generator, p: Population, who: np.ndarray, e: Errors
) -> dict[str, np.ndarray]:
    """Title, first and last name as a list holds them; some titles stick to the name."""
    n, female = len(who), p.female[who]
    first, last = p.first[who].copy(), p.last[who].copy()
    new = rng.random(n) < e.first_changed
    first[new] = rng.permutation(first[new])
    married = female & (rng.random(n) < e.last_changed_women)
    last[married] = rng.permutation(last[married])
    first = apply(rng, first, e.first_variant, lambda x: vary_name(rng, x))
    last = apply(rng, last, e.last_variant, lambda x: vary_name(rng, x))
    adult = CURRENT_YEAR - p.year[who] >= 15
    grown = np.where(female, rng.choice(["นาง", "นางสาว", "น.ส."], n), "นาย")
    young = np.where(female, rng.choice(["ด.ญ.", "เด็กหญิง"], n), rng.choice(["ด.ช.", "เด็กชาย"], n))
    title = np.where(adult, grown, young).astype(object)
    place = rng.choice(3, n, p=[0.5, 0.3, 0.2])
    glued = np.array([t + f for t, f in zip(title, first, strict=True)], dtype=object)
    return {
        "title": np.where(place == 0, title, ""),
        "first_name": np.where(place == 1, glued, first),
        "last_name": last,
    }


def written_places(
    rng: np.random.Generator, p: Population, who: np.ndarray, e: Errors
) -> dict[str, np.ndarray]:
    """House number, moo and tambon; half of the moves take the whole household."""
    n, house_count = len(who), int(p.household.max()) + 1
    together = (rng.random(house_count) < e.moved / 2)[p.household[who]]
    new_home = rng.permutation(len(p.household))
    target = np.where(together, new_home[p.household[who]], rng.integers(0, len(p.household), n))
    moved = together | (rng.random(n) < e.moved / 2)
    home = np.where(moved, target, who)
    house = apply(rng, p.house[home], 0.05, lambda h: f"บ้านเลขที่ {h}")
    house = apply(rng, house, 0.05, lambda h: h.translate(THAI_DIGITS))
    house = apply(rng, house, e.house_missing, lambda h: "")
    return {
        "house_no": house,
        "moo": p.moo[home].astype(str).astype(object),
        "tambon_code": p.tambon[home].astype(str).astype(object),
    }


def write_sex(rng: np.random.Generator, p: Population, who: np.ndarray, e: Errors) -> np.ndarray:
    """Sex as the list holds it."""
    female = p.female[who] ^ (rng.random(len(who)) < e.sex_wrong)
    return apply(rng, np.where(female, "หญิง", "ชาย"), e.sex_missing, lambda s: "")


def write_list(
    rng: np.random.Generator, p: Population, who: np.ndarray, e: Errors, mark: str
) -> pa.Table:
    """One list: a row per person of `who`, in random order, with the faults of `e`."""
    who = rng.permutation(who)
    ids = [f"{mark}{k:07d}" for k in range(len(who))]
    columns = {
        "id": np.array(ids, dtype=object),
        **written_names(rng, p, who, e),
        "national_id": written_ids(rng, p, who, e),
        "birth_date": written_dates(rng, p, who, e),
        "sex": write_sex(rng, p, who, e),
        **written_places(rng, p, who, e),
    }
    table = pa.table(
        {name: pa.array(list(map(str, values)), pa.string()) for name, values in columns.items()}
    )
    return table.append_column("person", pa.array(who))


def draw_lists(
    *, people: int, seed: int, profile: str = "stated", overlap: float = 0.7
) -> tuple[pa.Table, pa.Table, pa.Table]:
    """Two lists of `people` rows and the true pairs (left_id, right_id).

    `overlap` of each list is on the other. Same arguments, same lists.
    """
    rng = np.random.default_rng(seed)
    shared = int(people * overlap)
    population = draw_population(rng, 2 * people - shared)
    order = rng.permutation(2 * people - shared)
    left_errors, right_errors = PROFILES[profile]
    left = write_list(rng, population, order[:people], left_errors, "L")
    right = write_list(rng, population, order[people - shared :], right_errors, "R")
    truth = left.select(["person", "id"]).join(
        right.select(["person", "id"]), "person", join_type="inner", right_suffix="_right"
    )
    pairs = (
        truth.select(["id", "id_right"]).rename_columns(["left_id", "right_id"]).sort_by("left_id")
    )
    return left.drop(["person"]), right.drop(["person"]), pairs


def main() -> None:
    """Write left.parquet, right.parquet and truth.parquet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--profile", choices=sorted(PROFILES), default="stated")
    parser.add_argument("-o", "--output", type=Path, required=True)
    args = parser.parse_args()
    args.output.mkdir(parents=True, exist_ok=True)
    tables = draw_lists(people=args.people, seed=args.seed, profile=args.profile)
    for name, table in zip(("left", "right", "truth"), tables, strict=True):
        pq.write_table(table, args.output / f"{name}.parquet")


if __name__ == "__main__":
    main()
