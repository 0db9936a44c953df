"""Pages of the measures of households: capitals, TPMAP, dynamics, and what may be published."""

from __future__ import annotations

from typing import Any

from kaejon.methods import capitals, disclosure, dynamics, tpmap

from .page import Example, Figures, Page, Row

CODES = capitals.columns_needed(capitals.definition())


def household(name: str, score: object = 2, **items: object) -> Row:
    return {"household_id": name, "every other item": score, **items}


def run_capitals(example: Example) -> Figures:
    rows = [{**dict.fromkeys(CODES, row["every other item"]), **row} for row in example.rows]
    columns = {name: [row.get(name) for row in rows] for name in ("household_id", "tambon", *CODES)}
    scored = capitals.score_columns(columns, capitals.definition())
    document = scored.as_document()
    found: Figures = {"households": document["n"]}
    for row in document["rows"]:
        for code in example.options.get("show", ["overall"]):
            found[f"{row['household_id']}: {code}"] = row[code]
        found[f"{row['household_id']}: level"] = row["level"]
    if "area" in example.options:
        areas = [columns["tambon"][place] for place in scored.first_rows]
        inside = [a == example.options["area"] for a in areas]
        for area in capitals.area_table(scored, ["district"] * len(areas), inside):
            found[f"{area.where}: mean overall"] = area.means["overall"]
            found[f"{area.where}: level counts"] = " / ".join(
                map(str, area.counts["overall"].values())
            )
    return found


CAPITALS = Page(
    "capitals",
    "Five capitals by example",
    capitals,
    (capitals.score_columns, capitals.area_table, capitals.measure_areas),
    "`kaejon measure capitals DATA [--definition NAME|FILE] [--by AREA [--inside COLUMN]]`. Definition: `five_capitals_ppp_2568`, provisional.",
    run_capitals,
    (
        Example(
            "A level holds its own boundary",
            "Scores are exact fractions: 1.75 is อยู่ยาก (2), the smallest step below is อยู่ลำบาก (1).",
            [household("a", "1.75"), household("b", "1.749"), household("c", "3.25")],
            {"households": 3, "a: overall": 1.75, "a: level": 2, "b: overall": 1.749, "b: level": 1,
             "c: overall": 3.25, "c: level": 4},
        ),
        Example(
            "Members are averaged before weights",
            "human_1 weighs 0.2 of human capital. Three members score 1, 2 and 4: their mean is 7/3.",
            [household("a", 2, human_1=n) for n in (1, 2, 4)],
            {"households": 1, "a: human": 2 + (7 / 3 - 2) * 0.2, "a: overall": 2 + (7 / 3 - 2) * 0.2 / 5,
             "a: level": 2},
            {"show": ["human", "overall"]},
        ),
        Example(
            "A missing item empties its capital",
            "Nothing is guessed: the capital and the overall score are null, the other capitals stand.",
            [household("a", 3, natural_3="")],
            {"households": 1, "a: natural": None, "a: social": 3.0, "a: overall": None, "a: level": None},
            {"show": ["natural", "social", "overall"]},
        ),
        Example(
            "The level table of an area, inside and outside the municipality",
            "Level counts are households at อยู่ลำบาก / อยู่ยาก / อยู่พอได้ / อยู่ดี.",
            [household("a", 1, tambon="town"), household("b", 3, tambon="field"), household("c", 4, tambon="field")],
            {"households": 3, "a: level": 1, "b: level": 3, "c: level": 4,
             "all: mean overall": 8 / 3, "all: level counts": "1 / 0 / 1 / 1",
             "inside: mean overall": 1.0, "inside: level counts": "1 / 0 / 0 / 0",
             "outside: mean overall": 3.5, "outside: level counts": "0 / 0 / 1 / 1"},
            {"show": [], "area": "town"},
        ),
    ),
)  # fmt: skip


def member(home: str, name: str, registered: int, validated: object, **failed: int) -> Row:
    return {"household_id": home, "person_id": name, "registered": registered, "validated": validated, **failed}  # fmt: skip


def run_tpmap(example: Example) -> Figures:
    rows = [{**{f"i{n}": 1 for n in range(1, 32)}, **row} for row in example.rows]
    by = list(example.options.get("by", []))
    document = tpmap.count_table(rows, by=by)
    found = {name: value for name, value in document.items() if not isinstance(value, dict)}
    failed = document["target_poor_by_dim"]
    found["target poor by dimension"] = ", ".join(f"{k} {n}" for k, n in failed.items() if n) or "-"
    for name in by:
        for group in document["by"][name]:
            found[f"{group['group']}: target_poor"] = group["target_poor"]
    return {name: found[name] for name in example.expected}


TPMAP = Page(
    "tpmap",
    "TPMAP by example",
    tpmap,
    (tpmap.count_columns,),
    "`kaejon measure tpmap DATA [--by AREA]`. One row per person; i1 to i31 are 1 passed, 0 failed, empty not applicable; indicators not shown are passed.",
    run_tpmap,
    (
        Example(
            "One member's failure makes the whole household BMN-poor",
            "The child misses school (i16): all three members are BMN-poor, only the member whose card is registered and validated is target poor.",
            [member("a", "1", 1, 1), member("a", "2", 1, 0), member("a", "3", 0, "", i16=0)],
            {"households": 1, "persons": 3, "bmn_poor_households": 1, "bmn_poor_persons": 3,
             "bmn_poor_and_registered": 2, "target_poor": 1, "rate_pct": 100 / 3,
             "target poor by dimension": "education 1"},
        ),
        Example(
            "Indicators outside the five dimensions make nobody poor",
            "i23 (saving) belongs to no dimension of TPMAP.",
            [member("a", "1", 1, 1, i23=0)],
            {"persons": 1, "bmn_poor_persons": 0, "target_poor": 0, "target poor by dimension": "-"},
        ),
        Example(
            "The same counts for every area",
            "Groups are columns of the table; each has all counts, here only target poor is shown.",
            [{**member("a", "1", 1, 1, i9=0), "tambon": "330101"}, {**member("b", "1", 1, 1), "tambon": "330102"}],
            {"target_poor": 1, "330101: target_poor": 1, "330102: target_poor": 0},
            {"by": ["tambon"]},
        ),
    ),
)  # fmt: skip

PANEL_SPEC: dict[str, Any] = {
    "indicators": [
        {"name": "income", "column": "income", "cutoff": 38000, "weight": "1/2"},
        {"name": "toilet", "column": "toilet", "deprived_values": ["no"], "weight": "1/2"},
    ],
    "k": "1/2",
    "id": "household_id",
}


def run_dynamics(example: Example) -> Figures:
    rounds = []
    for number in (1, 2):
        rows = [
            {
                "household_id": row["household"],
                **dict(zip(("income", "toilet"), cell.split(), strict=True)),
            }
            for row in example.rows
            if (cell := row[f"round {number}"])
        ]
        rounds.append({name: [row[name] for row in rows] for name in rows[0]})
    document: Any = dynamics.follow(*rounds, PANEL_SPEC | dict(example.options))
    flat = {**document, **document["households"]}
    flat |= {f"{seen} households": document[seen]["households"] for seen in ("lost", "new")}
    flat["graduated households"] = document["graduated"]["households"]
    return {name: flat[name] for name in example.expected}


def both(name: str, first: str, second: str) -> Row:
    return {"household": name, "round 1": first, "round 2": second}


DYNAMICS = Page(
    "dynamics",
    "Dynamics by example",
    dynamics,
    (dynamics.follow,),
    "`kaejon measure dynamics R1 R2 --spec SPEC`. A cell shows income per head and whether there is a toilet; deprived below 38,000 baht and without one, poor at k = 1/2. PP stays poor, PN leaves poverty, NP falls into it.",
    run_dynamics,
    (
        Example(
            "Exit, entry and persistence, and what moved M0",
            "The change of M0 is what ongoing, entering and leaving households add up to.",
            [both("a", "20000 no", "20000 yes"), both("b", "20000 yes", "50000 yes"),
             both("c", "50000 yes", "20000 yes"), both("d", "50000 yes", "60000 yes")],
            {"PP": 1, "PN": 1, "NP": 1, "NN": 1, "exit_rate": 0.5, "entry_rate": 0.5, "persistence": 0.5,
             "M0_1": 0.375, "M0_2": 0.25, "delta_M0": -0.125, "delta_from_ongoing": -0.125,
             "delta_from_entry": 0.125, "delta_from_exit": -0.125},
        ),
        Example(
            "Lost and new households are rows of their own",
            "They enter no transition: nobody knows what became of them.",
            [both("a", "20000 no", "50000 yes"), both("b", "20000 no", ""), both("c", "", "20000 no")],
            {"PP": 0, "PN": 1, "NP": 0, "NN": 0, "lost households": 1, "new households": 1, "exit_rate": 1.0,
             "entry_rate": None},
        ),
        Example(
            "Graduation is a rule that is data",
            "By default a household must be out of poverty in both rounds. A province may ask for the last round alone.",
            [both("a", "50000 yes", "50000 yes"), both("b", "20000 no", "50000 yes")],
            {"PN": 1, "NN": 1, "graduated households": 2},
            {"graduation": {"rounds_out": 1}},
        ),
    ),
)  # fmt: skip


def run_disclosure(example: Example) -> Figures:
    step = disclosure.STEPS[example.options["audience"]]
    counts = {row["area"]: {"families": row["families"]} for row in example.rows}
    parts = {row["area"]: str(row["sum of"]).split() for row in example.rows if row["sum of"]}
    sums = [disclosure.Sum(total, tuple(names)) for total, names in parts.items()]
    told = disclosure.protect(counts, sums, (), step)
    return {area: in_words(told.shown(area, "families")) for area in counts}


def in_words(shown: disclosure.Shown) -> str:
    if shown.number is not None:
        return str(shown.number)
    ends = f"{shown.low} to {shown.high}"
    return f"fewer than {(shown.high or 0) + 1}" if shown.low == 0 else ends


DISCLOSURE = Page(
    "disclosure",
    "Disclosure control by example",
    disclosure,
    (disclosure.protect, disclosure.alone, disclosure.share),
    "Counts are told in classes: 0 to t - 1 together, all others rounded to t; t is 10 for the "
    "public, 5 inside the offices. Where a class would give small counts away, it is joined with the next.",
    run_disclosure,
    (
        Example(
            "Nobody and four look the same, everything else is rounded",
            "A count of its own, inside the offices.",
            [{"area": "north", "sum of": "", "families": 0},
             {"area": "south", "sum of": "", "families": 4},
             {"area": "west", "sum of": "", "families": 7},
             {"area": "east", "sum of": "", "families": 8}],
            {"north": "fewer than 5", "south": "fewer than 5", "west": "5", "east": "10"},
            {"audience": "internal"},
        ),
        Example(
            "Two villages of four do not show under their tambon",
            "Rounded, the tambon would be 10, which is 8 at least: both villages would be 4. So its class is joined with the one below, whatever the count in it is.",
            [{"area": "north", "sum of": "", "families": 4},
             {"area": "south", "sum of": "", "families": 4},
             {"area": "tambon", "sum of": "north south", "families": 8}],
            {"north": "fewer than 5", "south": "fewer than 5", "tambon": "5 to 12"},
            {"audience": "internal"},
        ),
        Example(
            "In public the classes are tens",
            "The same for a file to publish.",
            [{"area": "north", "sum of": "", "families": 9},
             {"area": "south", "sum of": "", "families": 23},
             {"area": "tambon", "sum of": "north south", "families": 32}],
            {"north": "fewer than 10", "south": "20", "tambon": "30"},
            {"audience": "public"},
        ),
    ),
)  # fmt: skip

PAGES = (CAPITALS, TPMAP, DYNAMICS, DISCLOSURE)
