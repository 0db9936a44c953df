"""Match two rounds household by household and add up what became of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from kaejon.methods import alkire_foster
from kaejon.methods.alkire_foster import scoring
from kaejon.methods.alkire_foster.measure import bind
from kaejon.methods.dynamics.spec import PanelSpec, parse_panel_spec
from kaejon.methods.dynamics.transitions import STATES, Transitions, share
from kaejon.methods.engine import Engine, Source, Tabular, floats, open_engine, quoted
from kaejon.methods.errors import DataError, UsageError

LEVELS = (1, 2, 3, 4)

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]


def follow(
    first: Tabular,
    second: Tabular,
    spec: PanelSpec | Mapping[str, object],
    *,
    engine: Engine | str = "duckdb",
) -> dict[str, object]:
    """Follow households from the first round to the second.

    Input: two tables with the columns of the spec, one row per household. Output: for each k
    the 2×2 transitions with entry, exit and persistence, the split of the change of M0, the
    4×4 level transitions when the spec names a level column, graduated households, those
    lost and new, and the change of H, A and M0 of the whole rounds (with errors where a
    sample design exists). Refuses: identifiers blank or repeated, nobody in both rounds,
    levels other than 1 to 4, and whatever `alkire_foster.measure` refuses.
    """
    parsed = spec if isinstance(spec, PanelSpec) else parse_panel_spec(spec)
    opened = open_engine(engine) if isinstance(engine, str) else nullcontext(engine)
    with opened as running:
        rounds = [
            _read_round(running, data, parsed, n) for n, data in enumerate((first, second), 1)
        ]
        measured = [
            alkire_foster.measure(data, parsed.measure, engine=running) for data in (first, second)
        ]
        documents = [_at_k(running, rounds, measured, parsed, k) for k in parsed.measure.k_values]
    return documents[0] if parsed.measure.single_k else {"results": documents}


def _read_round(engine: Engine, data: Tabular, spec: PanelSpec, number: int) -> Source:
    source = engine.read(data)
    try:
        source.require(spec.columns)
    except UsageError as error:
        raise UsageError(
            error.code, f"Round {number}: {error.message}", remedy=error.remedy, **error.context
        ) from error
    label = _id_sql(spec)
    levels = f"SUM({_bad_level_sql(spec, source)})" if spec.level else "0"
    found = engine.query(
        f"SELECT COUNT(*) AS households, COUNT({label}) AS named, "
        f"COUNT(DISTINCT {label}) AS distinct_ids, {levels} AS bad_levels FROM {source.name}"
    ).to_pylist()[0]
    problem = None
    if found["named"] < found["households"]:
        blank = found["households"] - found["named"]
        problem = ("blank_id", f"{blank} rows have no {spec.id}")
    elif found["distinct_ids"] < found["named"]:
        problem = ("repeated_id", f"{spec.id} is repeated; each household needs one row")
    elif found["bad_levels"]:
        problem = ("bad_level", f"{spec.level} is not 1, 2, 3 or 4 in {found['bad_levels']} rows")
    if problem:
        raise DataError(
            problem[0], f"Round {number}: {problem[1]}.", remedy="Correct the table of this round."
        )
    return source


def _id_sql(spec: PanelSpec) -> str:
    return f"NULLIF(TRIM(CAST({quoted(spec.id)} AS VARCHAR)), '')"


def _bad_level_sql(spec: PanelSpec, source: Source) -> str:
    assert spec.level is not None
    level = scoring.number_sql(spec.level, source.columns[spec.level])
    return f"CASE WHEN {level} IN (1, 2, 3, 4) THEN 0 ELSE 1 END"


def _round_sql(spec: PanelSpec, source: Source) -> str:
    """Rows of one round: identifier, people, score, level and capitals."""
    beside = [f"{_id_sql(spec)} AS id"]
    if spec.level:
        level = scoring.number_sql(spec.level, source.columns[spec.level])
        beside.append(f"CAST({level} AS INTEGER) AS level")
    for number, column in enumerate(spec.capitals):
        capital = scoring.number_sql(column, source.columns[column])
        beside.append(f"CAST({capital} AS DOUBLE) AS capital_{number}")
    measure = bind(spec.measure, source)
    plan = scoring.packs(len(measure.indicators), largest_group=1, whole=True)
    return scoring.scored_sql(measure, source, plan, beside)


def _panel_sql(spec: PanelSpec, rounds: Sequence[Source], threshold: str) -> str:
    """Matched households added up by state, level before and after, and graduation."""
    incomplete = " OR ".join(f"{r}.score IS NULL" for r in ("f", "s"))
    poor = [f"CASE WHEN {r}.score >= {threshold} THEN 1 ELSE 0 END" for r in ("f", "s")]
    levels = [f"{r}.level" if spec.level else "CAST(0 AS INTEGER)" for r in ("f", "s")]
    fallen = [
        f"CASE WHEN s.capital_{n} >= f.capital_{n} - {spec.rule.tolerance!r} THEN 0 ELSE 1 END"
        for n in range(len(spec.capitals))
    ]
    falling = " + ".join(fallen) or "0"
    seen = (
        "CASE WHEN s.id IS NULL THEN 'lost' WHEN f.id IS NULL THEN 'new' "
        f"WHEN {incomplete} THEN 'incomplete' ELSE 'both' END"
    )
    keys = "seen, poor_1, poor_2, level_1, level_2, graduated"
    out_before = "1 = 1" if spec.rule.rounds_out == 1 else f"f.score < {threshold}"
    return (
        f"WITH first_round AS ({_round_sql(spec, rounds[0])}), "
        f"second_round AS ({_round_sql(spec, rounds[1])}), "
        f"panel AS (SELECT {seen} AS seen, {poor[0]} AS poor_1, {poor[1]} AS poor_2, "
        f"{levels[0]} AS level_1, {levels[1]} AS level_2, "
        f"CASE WHEN {out_before} AND s.score < {threshold} "
        f"AND {falling} <= {spec.rule.falling_allowed} THEN 1 ELSE 0 END AS graduated, "
        "COALESCE(f.people, s.people) AS people, "
        "CAST(f.score AS DOUBLE) AS score_1, CAST(s.score AS DOUBLE) AS score_2 "
        "FROM first_round AS f FULL OUTER JOIN second_round AS s ON f.id = s.id) "
        f"SELECT {keys}, COUNT(*) AS households, SUM(people) AS people, "
        "SUM(people * score_1) AS score_1, SUM(people * score_2) AS score_2 "
        f"FROM panel GROUP BY {keys}"
    )


@dataclass(frozen=True)
class _Panel:
    """The added-up panel as arrays, one entry per combination of keys."""

    columns: Mapping[str, Floats]
    seen: NDArray[np.object_]

    def where(self, seen: str, **keys: int) -> Flags:
        chosen = self.seen == seen
        for name, value in keys.items():
            chosen = chosen & (self.columns[name] == value)
        return np.asarray(chosen)

    def total(self, name: str, chosen: Flags) -> float:
        return float(np.nansum(self.columns[name][chosen]))


def _at_k(
    engine: Engine,
    rounds: Sequence[Source],
    measured: Sequence[alkire_foster.Measurement],
    spec: PanelSpec,
    k: Fraction,
) -> dict[str, object]:
    measure = spec.measure
    threshold = math.ceil(measure.denominator * k)
    table = engine.query(_panel_sql(spec, rounds, scoring.whole_literal(threshold)))
    names = [name for name in table.column_names if name != "seen"]
    columns = {name: floats(table[name]) for name in names}
    panel = _Panel(columns, np.array(table["seen"].to_pylist(), dtype=object))
    if not panel.where("both").any():
        raise DataError(
            "nobody_matched",
            f"No household is in both rounds by {spec.id}.",
            remedy="Check that both rounds use the same identifiers.",
        )
    transitions = _transitions(panel, k, measure.denominator)
    return {
        **transitions.as_document(spec.years),
        "levels": _levels(panel) if spec.level else None,
        "graduated": {
            "rule": dict(vars(spec.rule)),
            "households": int(panel.total("households", panel.where("both", graduated=1))),
            "people": panel.total("people", panel.where("both", graduated=1)),
        },
        "lost": _seen_once(panel, "lost", 1, measure.denominator),
        "new": _seen_once(panel, "new", 2, measure.denominator),
        "incomplete": int(panel.total("households", panel.where("incomplete"))),
        "rounds": _whole_rounds(measured, spec, k),
    }


def _transitions(panel: _Panel, k: Fraction, denominator: int) -> Transitions:
    cells = {
        state: panel.where("both", poor_1=int(state[0] == "P"), poor_2=int(state[1] == "P"))
        for state in STATES
    }
    return Transitions(
        k=k,
        households={s: int(panel.total("households", c)) for s, c in cells.items()},
        people={s: panel.total("people", c) for s, c in cells.items()},
        score_before={s: panel.total("score_1", c) / denominator for s, c in cells.items()},
        score_after={s: panel.total("score_2", c) / denominator for s, c in cells.items()},
    )


def _levels(panel: _Panel) -> dict[str, object]:
    """4×4 transitions, rows the first round's level, and who rose, stayed and fell."""
    cells = [[panel.where("both", level_1=a, level_2=b) for b in LEVELS] for a in LEVELS]
    people = np.array([[panel.total("people", cell) for cell in row] for row in cells])
    return {
        "levels": list(LEVELS),
        "households": [[int(panel.total("households", cell)) for cell in row] for row in cells],
        "weighted": people.tolist(),
        "rates": [[share(v, sum(row)) for v in row] for row in people.tolist()],
        "rose": share(float(np.triu(people, 1).sum()), float(people.sum())),
        "stayed": share(float(np.trace(people)), float(people.sum())),
        "fell": share(float(np.tril(people, -1).sum()), float(people.sum())),
    }


def _seen_once(panel: _Panel, seen: str, number: int, denominator: int) -> dict[str, object]:
    everybody = panel.where(seen)
    poor = panel.where(seen, **{f"poor_{number}": 1})
    people = panel.total("people", everybody)
    return {
        "households": int(panel.total("households", everybody)),
        "people": people,
        "poor_people": panel.total("people", poor),
        "H": share(panel.total("people", poor), people),
        "M0": share(panel.total(f"score_{number}", poor) / denominator, people),
    }


def _whole_rounds(
    measured: Sequence[alkire_foster.Measurement], spec: PanelSpec, k: Fraction
) -> dict[str, object]:
    """H, A and M0 of each whole round and their change, lost and new households included."""
    before, after = (result.headline(k) for result in measured)
    designs = (measured[0].design, measured[1].design)
    found: dict[str, object] = {"n": [result.n for result in measured]}
    for symbol, name in (("H", "incidence"), ("A", "intensity"), ("M0", "adjusted")):
        pair = (getattr(before, name), getattr(after, name))
        moved = alkire_foster.change(*pair, designs=designs, years=spec.years)
        found[symbol] = {
            "first": pair[0].as_document(),
            "second": pair[1].as_document(),
            "change": moved.as_document() if moved else None,
        }
    return found
