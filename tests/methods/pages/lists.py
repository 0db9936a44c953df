"""Pages of the methods about lists: targeting, those on no list, matching."""

from __future__ import annotations

import datetime as dt
from typing import Any

from kaejon.methods import hidden, targeting
from kaejon.methods.linkage import link as linkage
from kaejon.methods.linkage.engines import DuckDBEngine
from kaejon.methods.linkage.explain import explain
from kaejon.methods.linkage.lists import load_columns
from kaejon.methods.linkage.prepare import COLUMNS

from .page import Example, Figures, Page, Row


def run_targeting(example: Example) -> Figures:
    document: Any = targeting.compare(example.columns())
    (only,) = document["lists"]
    found = {
        f"{view}: {measure}": only[view][measure]
        for view in ("person", "covered", "household")
        if only[view]
        for measure in ("coverage_of_poor", "exclusion_error", "inclusion_error_leakage")
    }
    return {name: found[name] for name in example.expected}


TARGETING = Page(
    "targeting",
    "Targeting by example",
    targeting,
    (targeting.compare, targeting.accuracy),
    "`kaejon measure targeting DATA [--lists A,B]`. `poor` is the truth checked in the field; every share names what it is a share of.",
    run_targeting,
    (
        Example(
            "Coverage and exclusion are shares of the poor, leakage of the list",
            "Three poor, two of them on the list; three listed, one of them not poor.",
            [{"poor": 1, "card": 1}, {"poor": 1, "card": 1}, {"poor": 1, "card": 0}, {"poor": 0, "card": 1}, {"poor": 0, "card": 0}],
            {"person: coverage_of_poor": 2 / 3, "person: exclusion_error": 1 / 3, "person: inclusion_error_leakage": 1 / 3},
        ),
        Example(
            "Who lives with a listed person is covered",
            "Children cannot hold a card. By person half of the poor are missed, by household nobody.",
            [{"household_id": "a", "poor": 1, "card": 1}, {"household_id": "a", "poor": 1, "card": 0}, {"household_id": "b", "poor": 0, "card": 0}],
            {"person: exclusion_error": 0.5, "covered: exclusion_error": 0.0, "household: exclusion_error": 0.0},
        ),
        Example(
            "Without poor there is no coverage",
            "A share of nothing is null, never 0.",
            [{"poor": 0, "card": 1}, {"poor": 0, "card": 0}],
            {"person: coverage_of_poor": None, "person: exclusion_error": None, "person: inclusion_error_leakage": 1.0},
        ),
    ),
)  # fmt: skip


def run_hidden(example: Example) -> Figures:
    document: Any = hidden.estimate(example.columns()).as_document()
    found: Figures = {"observed": document["observed"]}
    for model in document["models"]:
        found[f"{model['name']}: total"] = model["estimate"]
        found[f"{model['name']}: from"], found[f"{model['name']}: to"] = model["ci95"]
    found["models shown"] = len(document["models"])
    found["refused"] = ", ".join(f"{r['model']} {r['code']}" for r in document["refused"]) or "-"
    found["warnings"] = len(document["warnings"])
    return {name: found[name] for name in example.expected}


def history(*flags: int) -> Row:
    names = [chr(ord("A") + place) for place in range(len(flags) - 1)]
    return {**dict(zip(names, flags, strict=False)), "count": flags[-1]}


HIDDEN = Page(
    "hidden",
    "Those on no list, by example",
    hidden,
    (hidden.estimate, hidden.two_lists),
    "`kaejon measure hidden HISTORIES.csv`. One row per pattern of lists: 1 on it, 0 not; `count` are verified poor households.",
    run_hidden,
    (
        Example(
            "Two lists: Chapman's estimate with Chao's interval",
            "A finds 60, B finds 50, both find 10 of them: (61 × 51) / 11 - 1.",
            [history(1, 0, 50), history(0, 1, 40), history(1, 1, 10)],
            {"observed": 100, "chapman: total": 61 * 51 / 11 - 1, "chapman: from": 191.72013302205892,
             "chapman: to": 460.420881985844, "lincoln_petersen: total": 300.0, "warnings": 2},
        ),
        Example(
            "Three lists: every model that fits about as well, never one number",
            "All hierarchical models within 4 AIC of the best are shown. [12,3] lets lists A and B depend on each other.",
            [history(1, 0, 0, 50), history(0, 1, 0, 40), history(0, 0, 1, 30), history(1, 1, 0, 10),
             history(1, 0, 1, 9), history(0, 1, 1, 8), history(1, 1, 1, 2)],
            {"observed": 149, "models shown": 7, "[1,2,3]: total": 323.6808206808066, "[12,3]: total": 306.894736842038,
             "refused": "-"},
        ),
        Example(
            "Lists that share nobody say nothing",
            "The estimate would be infinite: refused, with the reason.",
            [history(1, 0, 50), history(0, 1, 40)],
            {"observed": 90, "models shown": 0, "refused": "chapman no_overlap, lincoln_petersen no_overlap"},
        ),
    ),
)  # fmt: skip

PLAIN = {
    "id": "1", "first_name": "สมศักดิ์", "last_name": "ทองดี", "birth_date": "12/3/2510", "sex": "ชาย",
    "house_no": "12/3", "moo": "4", "tambon_code": "330101",
}  # fmt: skip


def run_matching(example: Example) -> Figures:
    """Each row on one list of its own, matched with the plain person."""
    plain = {name: [PLAIN.get(name, "")] for name in COLUMNS}
    plain["national_id"] = [example.options.get("national_id", "")]
    found: Figures = {}
    for row in example.rows:
        written = {**PLAIN, **{k: v for k, v in row.items() if k != "record"}}
        with DuckDBEngine(memory_limit="500MB", threads=2) as engine:
            load_columns(engine, "left_list", plain)
            load_columns(engine, "right_list", {n: [written.get(n, "")] for n in COLUMNS})
            result = linkage.link(engine, "left_list", "right_list", today=dt.date(2026, 11, 21))
        pairs = result.pairs.to_pylist()
        band = pairs[0]["band"] if pairs else "no"
        words = explain(result.profile, lane=pairs[0]["lane"], levels=pairs[0]) if pairs else "-"
        found[f"{row['record']}: band"] = band
        found[f"{row['record']}: why"] = words
    return found


MATCHING = Page(
    "matching",
    "Matching by example",
    linkage,
    (linkage.link, linkage.learn),
    "`kaejon match LEFT [RIGHT] -o PAIRS.csv [--why]`. What is compared is data (`profiles/thai_person.json`), so are the trained probabilities beside it. They were made by `python bench/linkage.py --train --seed 11` and are replaced by the same command on other lists. Each record below is compared with สมศักดิ์ ทองดี, born 12/3/2510, 12/3 ม.4.",
    run_matching,
    (
        Example(
            "Exact rules first, each of which a person can read",
            "The same name and full date need no statistics, however title and digits are written.",
            [{"record": "a", "title": "", "first_name": "นายสมศักดิ์", "birth_date": "๑๒ มี.ค. ๒๕๑๐", "house_no": "บ้านเลขที่ 12/3 ม.4", "moo": ""}],
            {"a: band": "sure", "a: why": "ชื่อ นามสกุล และวันเดือนปีเกิดตรงกันทุกตัว"},
        ),
        Example(
            "What differs is weighed and told",
            "A homophone and a year without a day, in the same house: sure. Another first name with another year is nobody to ask about.",
            [{"record": "a", "first_name": "สมสัก", "birth_date": "2510"},
             {"record": "b", "first_name": "ประเสริฐ", "birth_date": "2531"}],
            {"a: band": "sure",
             "a: why": "ชื่อเขียนต่างแต่ออกเสียงเหมือนกัน, นามสกุลเหมือนกัน, ปีเกิดตรง (รู้เพียงปี), เพศตรง, บ้านเลขที่เดียวกัน",
             "b: band": "no", "b: why": "-"},
        ),
    ),
)  # fmt: skip

PAGES = (TARGETING, HIDDEN, MATCHING)
