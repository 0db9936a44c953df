"""Files as offices make them, with the truth: is anything misread in silence?

    python -m bench.office_files --write DIR --files 300 --seed 7
    python -m bench.office_files --score --files 60 --seed 7

The first writes synthetic files of the layouts in `office_layouts/` and beside each
`NAME.truth.json`; the second has the product read them (`office_import`) and prints verdicts by
layout; with `--write DIR` it keeps the files that were not right, with `--why` it says why.
Each layout follows a real form or public report and was written without looking at a reader.

**The reader protocol.** A reader is a function `reader(path, given, answers) -> Reading`.
`given` holds what the officer says of the whole file before it is opened (`{"tambon": "..."}`),
`answers` what she answers when asked: nothing at first, then `Truth.answers` (`ask` below does
both). A reading has

- `rows`: one dict for each person the file states, in the order of the file (members side by
  side from left to right), or for each household where a file names nobody. A cell that names
  two people is one row without a name. Keys are those of FIELDS (`office_truth`), values in the
  form given there; what the file does not state is left out. `household` is any key that is equal
  for the rows of one household and of no other; `doubt` lists fields that were not taken over;
- `questions`: causes (CAUSES) to be answered before applying, each once;
- `notices`: causes that are only told;
- `refusal`: the cause for which nothing is read, or "".

**The verdict.** *right*: every stated field equal, nothing stated that the file does not say, what
had to be told or asked was, and nothing else was asked. *wrong in silence*: anything else that a
person could believe. *needless question*: all right, and asked without need. *refused*: nothing
read though it could be.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from bench.office_maker import layouts, make, writers_of
from bench.office_truth import FIELDS, Reader, Reading, TrueRow, Truth

Verdict = Literal["right", "wrong in silence", "needless question", "refused"]
VERDICTS = get_args(Verdict)


# -- judging -------------------------------------------------------------------


def ask(reader: Reader, path: Path, truth: Truth) -> Reading:
    """Read, answer what was asked, read again; the questions of both times count."""
    first = reader(path, truth.given, {})
    if not first.questions or first.refusal:
        return first
    second = reader(path, truth.given, truth.answers)
    asked = first.questions + [q for q in second.questions if q not in first.questions]
    told = list(dict.fromkeys(first.notices + second.notices))
    return Reading(second.rows, asked, told, second.refusal)


def judge(truth: Truth, read: Reading) -> Verdict:
    """The verdict on a reading; `differences` tells why."""
    return explain(truth, read)[0]


def explain(truth: Truth, read: Reading) -> tuple[Verdict, list[str]]:
    """The verdict and what it rests on."""
    if read.refusal:
        fair = {truth.refuse, *truth.may_refuse, *truth.needs}
        return ("right" if read.refusal in fair else "refused"), [f"refused: {read.refusal}"]
    if truth.refuse:
        asked = truth.refuse in read.questions
        return ("right" if asked else "wrong in silence"), [f"not refused: {truth.refuse}"]
    silent = [f"not asked: {cause}" for cause in truth.needs if cause not in read.questions]
    told = {*read.questions, *read.notices}
    silent += [f"not told: {cause}" for cause in truth.tells if cause not in told]
    silent += differences(truth, read)
    if silent:
        return "wrong in silence", silent
    fair = {*truth.needs, *truth.may_ask}
    needless = [f"asked: {cause}" for cause in read.questions if cause not in fair]
    needless += [f"asked twice: {c}" for c, n in Counter(read.questions).items() if n > 1]
    needless += _needless_doubts(truth, read)
    return ("needless question" if needless else "right"), needless


def differences(truth: Truth, read: Reading) -> list[str]:
    """Every value that a person would believe and that is not so."""
    if len(truth.rows) != len(read.rows):
        return [f"{len(read.rows)} rows read, {len(truth.rows)} in the file"]
    told = {*read.questions, *read.notices}
    found = []
    for true, row in zip(truth.rows, read.rows, strict=True):
        found += [
            f"{true.sheet}, row {true.row}: {text}" for text in _row_differences(true, row, told)
        ]
    return found + _household_differences(truth, read)


def _row_differences(true: TrueRow, row: dict[str, Any], told: set[str]) -> list[str]:
    doubt = set(row.get("doubt", ()))
    found = []
    for name, value in true.states.items():
        if name in doubt or (name in ("illness", "job") and name not in row):
            continue
        if not _agrees(name, row.get(name), value, true):
            found.append(f"{name} is {value!r}, read as {row.get(name)!r}")
    for name, value in row.items():
        if name not in FIELDS or name in true.states or name in doubt or value in (None, ""):
            continue
        if name not in true.implies:
            found.append(f"{name} is not stated, read as {value!r}")
        elif not _agrees(name, value, true.implies[name], true):
            found.append(f"{name} is {true.implies[name]!r}, read as {value!r}")
    found += [
        f"{name} is unclear and that was not told: {cause}"
        for name, cause in true.unclear.items()
        if name not in doubt and cause not in told
    ]
    return found


def _household_differences(truth: Truth, read: Reading) -> list[str]:
    """Rows of one household are of one household, and others are not."""
    theirs: dict[int, set[object]] = {}
    ours: dict[object, set[int]] = {}
    for true, row in zip(truth.rows, read.rows, strict=True):
        theirs.setdefault(true.household, set()).add(row.get("household"))
        ours.setdefault(row.get("household"), set()).add(true.household)
    parted = [f"household {n} was parted" for n, keys in theirs.items() if len(keys) > 1]
    joined = [
        f"households {sorted(numbers)} became one" for numbers in ours.values() if len(numbers) > 1
    ]
    return parted + joined


def _needless_doubts(truth: Truth, read: Reading) -> list[str]:
    return [
        f"{true.sheet}, row {true.row}: {name} was plain"
        for true, row in zip(truth.rows, read.rows, strict=True)
        for name in row.get("doubt", ())
        if name in true.states
    ]


def _agrees(name: str, read: object, value: object, true: TrueRow) -> bool:
    """Equal; of an area code that what is read goes as deep as is known, or less."""
    if name != "area_code":
        return _equal(read, value)
    deep = str(read or "")
    known = deep.startswith(str(value)) if name in true.states else len(deep) >= len("33")
    return known and str(true.implies["place_code"]).startswith(deep)


def _equal(read: object, true: object) -> bool:
    if isinstance(true, bool) or isinstance(read, bool):
        return read is true
    if isinstance(true, float) or isinstance(read, float):
        return read is not None and abs(float(read) - float(true)) < 1e-6  # type: ignore[arg-type]
    return str(read) == str(true)


def perfect(truth: Truth) -> Reading:
    """What a flawless reader says; a check of the judge and of a layout."""
    if truth.refuse:
        return Reading(refusal=truth.refuse)
    rows = [
        {**row.states, "household": row.household, "doubt": list(row.unclear)} for row in truth.rows
    ]
    return Reading(rows, questions=list(truth.needs), notices=list(truth.tells))


@dataclass
class Scored:
    """How a reader did on one file."""

    layout: str
    seed: int
    writer: str
    verdict: Verdict
    reasons: list[str]


def score(
    reader: Reader, files: int, seed: int, folder: Path, layout: str | None = None
) -> Iterator[Scored]:
    """Write each file into a folder, have it read and judge it; the file is kept if not right."""
    for name, number, writer in plan(files, seed):
        if layout not in (None, name):
            continue
        made = make(name, number, writer)
        path = folder / made.truth.file
        path.write_bytes(made.data)
        verdict, reasons = explain(made.truth, ask(reader, path, made.truth))
        if verdict == "right":
            path.unlink()
        yield Scored(name, number, writer, verdict, reasons)


# -- the command ---------------------------------------------------------------


def plan(files: int, seed: int) -> Iterator[tuple[str, int, str]]:
    """Layout, seed and writer of each file: layouts in turn, their writers in turn."""
    names = list(layouts())
    for number in range(files):
        turn, place = divmod(number, len(names))
        writers = writers_of(layouts()[names[place]])
        yield names[place], seed * 1000 + turn, writers[(turn + place) % len(writers)]


def main(arguments: list[str] | None = None) -> int:
    """Write files and their truth, or score the product on them."""
    parser = argparse.ArgumentParser(prog="python -m bench.office_files", description=__doc__)
    parser.add_argument("--write", type=Path, metavar="DIR", help="where to")
    parser.add_argument("--score", action="store_true", help="have the product read them")
    parser.add_argument("--why", action="store_true", help="with --score: what was not right")
    parser.add_argument("--files", type=int, default=300, help="how many, layouts in turn")
    parser.add_argument("--seed", type=int, default=1, help="other people and other choices")
    parser.add_argument("--layout", choices=sorted(layouts()), help="this layout alone")
    given = parser.parse_args(arguments)
    if not (given.write or given.score):
        parser.error("give --write DIR, --score or both")
    if given.write:
        given.write.mkdir(parents=True, exist_ok=True)
    if given.score:
        return _score_product(given)
    kinds: Counter[str] = Counter()
    for name, seed, writer in plan(given.files, given.seed):
        if given.layout not in (None, name):
            continue
        made = make(name, seed, writer)
        path = given.write / made.truth.file
        path.write_bytes(made.data)
        path.with_name(path.name + ".truth.json").write_text(made.truth.text(), "utf-8")
        kinds[writer] += 1
    told = ", ".join(f"{number} by {writer}" for writer, number in sorted(kinds.items()))
    print(f"{kinds.total()} files in {given.write}: {told}")
    return 0


def _score_product(given: argparse.Namespace) -> int:
    """Print the product's verdicts by layout and over all."""
    from bench.office_import import read

    counts: dict[str, Counter[str]] = {}
    with tempfile.TemporaryDirectory(prefix="kaejon-office-") as spare:
        for one in score(read, given.files, given.seed, given.write or Path(spare), given.layout):
            counts.setdefault(one.layout, Counter())[one.verdict] += 1
            if given.why and one.verdict != "right":
                print(f"{one.layout}-{one.seed}-{one.writer}: {one.verdict}")
                for reason in one.reasons[:5]:
                    print(f"    {reason}")
    total = sum(counts.values(), Counter())
    print(f"{'layout':24}" + "".join(f"{verdict:>20}" for verdict in VERDICTS))
    for layout, found in [*sorted(counts.items()), ("all", total)]:
        print(f"{layout:24}" + "".join(f"{found[verdict]:20}" for verdict in VERDICTS))
    return 0


if __name__ == "__main__":
    sys.exit(main())
