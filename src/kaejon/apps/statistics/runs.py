"""The results of a measurement run as one reader may see them: the only way by which figures leave it.

A run keeps unrounded figures of its area, of the areas inside it, and of groups of its
households. Who may open every household of an area gets its figures as they are. For everybody
else the counts of all areas down to the tambons and of all groups are protected together;
shares are made of what is told, averages come from ten steps on, villages stay inside.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from typing import Any, Literal

import numpy as np

from kaejon.apps.access.models import User
from kaejon.apps.access.scope import Scope
from kaejon.apps.areas.queries import TAMBON_DIGITS
from kaejon.apps.dashboards.measured import LEVELS, MEASURES
from kaejon.apps.measurement.models import AreaResult, MeasurementRun, RunKind
from kaejon.apps.statistics.measures import table_of_problems, table_of_rounds
from kaejon.apps.statistics.standing import level, table_for
from kaejon.apps.statistics.trees import OWN, opened, own, with_areas
from kaejon.apps.statistics.visibility import INTERNAL, PUBLIC, Reader, on_paper, reader_of
from kaejon.methods.disclosure import (
    Link,
    Protected,
    Shown,
    Sum,
    alone,
    carries_average,
    protect,
    protect_array,
    share,
    total,
)

Audience = Literal["exact", "internal", "public"]
Document = dict[str, Any]
Numbers = dict[str, int]
COUNTS = {
    RunKind.POVERTY: ("households", "people", "poor_households", "poor_people"),
    RunKind.TPMAP: (
        "households", "people", "bmn_poor_households", "bmn_poor_people",
        "bmn_poor_and_registered", "target_poor",
    ),
    RunKind.CAPITALS: ("households", "people", "with_overall"),
}  # fmt: skip
# Who is poor is one of those counted; the same of people.
PART_OF = (
    ("households", "poor_households"),
    ("people", "poor_people"),
    ("households", "bmn_poor_households"),
    ("people", "bmn_poor_people"),
    ("bmn_poor_people", "bmn_poor_and_registered"),
    ("bmn_poor_people", "target_poor"),
    ("households", "with_overall"),
)
NO_ERROR = {"value": None, "se": None, "ci95": None}
HIDDEN = {"hidden": True}
SIZE_COLUMN = "size_band"
STATES = ("PP", "PN", "NP", "NN")


def public() -> Reader:
    """Whoever reads a published file."""
    return Reader(Scope(), Scope(), Scope(), PUBLIC)


@dataclass(frozen=True)
class RunView:
    """One run as one reader sees it."""

    run: MeasurementRun
    reader: Reader

    def audience(self, code: str) -> Audience:
        """How exactly an area of the run is seen."""
        if self.reader.households.holds_at(code):
            return "exact"
        return "internal" if self.reader.step == INTERNAL else "public"

    @property
    def kind(self) -> RunKind:
        return RunKind(self.run.kind)

    @cached_property
    def table(self) -> Protected:
        """Every count of the run but those of villages, as the reader sees them."""
        held, run = self.reader, self.run
        return table_of(run.pk, run.results_hash, held.step, held.households.areas, self.links)

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """What the reader sees of the same households outside the run."""
        return links_of(self.run, self.reader)

    def alone(self, number: float | None) -> float | None:
        """A count that stands apart from the tables of the run; None where it is not told."""
        if number is None or self.audience(self.run.area_id) == "exact":
            return number
        return alone(round(number), self.reader.step).number

    @property
    def tells_hash(self) -> bool:
        """Whether the reader may have the hash of the unrounded results: nobody else, for whoever
        knows most counts could try the others until the hash agrees."""
        return self.audience(self.run.area_id) == "exact"

    def read_rows(self) -> tuple[float | None, float | None]:
        """Households and people that were read; for who sees classes, those that were counted."""
        if self.tells_hash:
            read = list(self.run.inputs.all())[-1:]
            return sum(i.rows for i in read), sum(i.people for i in read)
        if self.kind == RunKind.DYNAMICS:
            told = self.results()
            return told["n"], told["population"]
        table, area = self.table, self.run.area_id
        return table.shown(area, "households").number, table.shown(area, "people").number

    def results(self) -> Document:
        """The whole run: unrounded for who sees the households, as it may be told for all others."""
        run = self.run
        if self.audience(run.area_id) == "exact" or not run.results:
            return dict(run.results)
        if self.kind == RunKind.DYNAMICS:
            return transitions(run.results, self.reader.step, area=run.area_id, links=self.links)
        names = ("k", "k_text", "unit", "missing", "sample")
        whole = {name: run.results[name] for name in names if name in run.results}
        whole |= self.figures(run.results, run.area_id)
        whole |= {"n": whole["households"], "population": whole["people"]}
        whole["dropped"] = self.alone(run.results.get("dropped"))
        whole["by"] = {
            column: [
                self.group(group, column)
                for group in groups
                if self.tells(group_row(column, str(group["group"])))
            ]
            for column, groups in told_groups(run.results).items()
        }
        if "curve" in run.results:
            whole["curve"] = [self.point(p) for p in run.results["curve"]]
        return whole

    def area(self, code: str, document: Document) -> Document:
        """One area's figures; {"hidden": True} where the reader may see none of them."""
        if self.audience(code) == "exact":
            return document
        if len(code) > TAMBON_DIGITS or not self.tells(code):
            return dict(HIDDEN)
        return self.figures(document, code)

    def areas(self, rows: Iterable[AreaResult]) -> Iterator[tuple[AreaResult, Document]]:
        """Areas with their figures; one of which nothing is told has no row, for the row would
        say that somebody was counted there."""
        for row in rows:
            figures = self.area(row.area_id, row.figures)
            if figures != HIDDEN:
                yield row, figures

    def tells(self, row: str) -> bool:
        """Whether anything speaks for somebody being counted in an area or group."""
        counts = (self.table.shown(row, name) for name in ("households", "people"))
        return not all(count.is_none for count in counts)

    def group(self, group: Document, column: str) -> Document:
        return {
            "group": group["group"],
            **self.figures(group, group_row(column, str(group["group"]))),
        }

    def figures(self, document: Mapping[str, Any], row: str) -> Document:
        """Counts, shares and averages of one whole, area or group."""
        found: Document = {
            name: self.table.shown(row, name).number
            for name in COUNTS[self.kind]
            if name in document
        }
        if self.kind == RunKind.POVERTY:
            return found | self.poverty(document, row)
        if self.kind == RunKind.TPMAP:
            return found | self.target_poor(document, row)
        return found | self.capitals(document, row)

    def poverty(self, document: Mapping[str, Any], row: str) -> Document:
        people = self.table.shown(row, "people")
        poor = self.table.shown(row, "poor_people")
        steady = carries_average(poor)
        incidence = share(poor, people)
        depth = rounded(value_of(document["A"])) if steady else None
        adjusted = adjusted_by(incidence, depth)
        found: Document = {
            "H": like(document["H"], incidence),
            "A": like(document["A"], depth),
            "M0": like(document["M0"], adjusted),
        }
        if "indicators" in document:
            found["indicators"] = lines = [
                {kept: line[kept] for kept in ("name", "weight", "dimension")}
                | {
                    name: share(self.table.shown(row, f"{name}.{line['name']}"), people)
                    for name in ("uncensored", "censored")
                }
                for line in document["indicators"]
            ]
            for line in lines:
                line["contribution"] = contribution(line["weight"], line["censored"], adjusted)
            found["dimensions"] = [
                {
                    "name": dimension["name"],
                    "contribution": whole(
                        line["contribution"]
                        for line in lines
                        if line["dimension"] == dimension["name"]
                    ),
                }
                for dimension in document["dimensions"]
            ]
        for name in ("uncensored", "censored"):
            if name in document:
                found[name] = {
                    code: share(self.table.shown(row, f"{name}.{code}"), people)
                    for code in document[name]
                }
        if "contribution" in document:
            everybody = self.table.shown(self.run.area_id, "people")
            found["contribution"] = contribution(
                share(people, everybody), adjusted, self.adjusted_of_all
            )
        return found

    @cached_property
    def adjusted_of_all(self) -> float | None:
        """M0 of the whole run as it is told."""
        results, area = self.run.results, self.run.area_id
        people, poor = (self.table.shown(area, name) for name in ("people", "poor_people"))
        depth = rounded(value_of(results["A"])) if carries_average(poor) else None
        return adjusted_by(share(poor, people), depth)

    def target_poor(self, document: Mapping[str, Any], row: str) -> Document:
        if "by_dimension" not in document:
            return {}
        held = share(self.table.shown(row, "target_poor"), self.table.shown(row, "people"))
        return {
            "rate_pct": None if held is None else 100 * held,
            **{
                block: {
                    code: {
                        name: self.table.shown(row, f"{block}.{code}.{name}").number
                        for name in counts
                    }
                    for code, counts in document[block].items()
                }
                for block in ("by_dimension", "indicators")
            },
        }

    def capitals(self, document: Mapping[str, Any], row: str) -> Document:
        found: Document = {"means": {}, "counts": {}}
        for capital, counts in document["counts"].items():
            shown = {level: self.table.shown(row, f"{capital}.{level}") for level in counts}
            found["counts"][capital] = {level: n.number for level, n in shown.items()}
            mean = document["means"].get(capital)
            steady = carries_average(total(shown.values()))
            found["means"][capital] = round(mean, 1) if steady and mean is not None else None
        return found

    def point(self, line: Mapping[str, Any]) -> Document:
        """One k of the curve. The counts of two k lie apart from the tables: none of them is
        told where the count of the run's own k is not."""
        table, area = self.table, self.run.area_id
        own_k = table.shown(area, "poor_households")
        households = table.shown(area, "households")
        poor = alone(round(line["poor_households"]), self.reader.step)
        # Who is poor at another k is counted among the households: no more exactly than they are.
        told = own_k.number is not None and households.number is not None
        depth = rounded(line["A"]) if told and carries_average(poor) else None
        incidence = share(poor, households) if told else None
        return {
            "k": line["k"],
            "k_text": line["k_text"],
            "H": incidence,
            "A": depth,
            "M0": adjusted_by(incidence, depth),
            "poor_households": poor.number if told else None,
        }


def view_for(run: MeasurementRun, user: User) -> RunView:
    """A run as a person sees it."""
    return RunView(run, reader_of(user))


def paper_view(run: MeasurementRun, user: User) -> RunView:
    """A run as a paper tells it."""
    return RunView(run, on_paper(reader_of(user)))


def like(model: Any, value: float | None) -> Any:
    """A measure written as the run writes it: alone, or with the errors that are not told."""
    return NO_ERROR | {"value": value} if isinstance(model, dict) else value


def value_of(measure: Any) -> float | None:
    """A measure of a run without its errors."""
    value: float | None = measure["value"] if isinstance(measure, dict) else measure
    return value


def adjusted_by(incidence: float | None, depth: float | None) -> float | None:
    """M0 of H and A as told: one that is more exact would give the count behind H back."""
    return None if incidence is None or depth is None else rounded(incidence * depth)


def contribution(
    weight: float | None, headcount: float | None, adjusted: float | None
) -> float | None:
    """Part of M0, made of what is told: else one of fifty would show as one per cent."""
    if weight is None or headcount is None or not adjusted:
        return None
    return rounded(min(1.0, weight * headcount / adjusted))


def whole(parts: Iterable[float | None]) -> float | None:
    """The sum of parts that are all told."""
    found = list(parts)
    return None if None in found else rounded(sum(part or 0 for part in found))


def rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def group_row(column: str, label: str) -> str:
    """The row of a group in the table of a run."""
    return f"{column}={label}"


def numbers_of(kind: RunKind, document: Mapping[str, Any]) -> Numbers:
    """Every count of a document by its column, in whole numbers."""
    found = {name: round(document[name]) for name in COUNTS[kind] if name in document}
    if kind == RunKind.POVERTY:
        people = document["people"]
        for line in document.get("indicators", ()):
            for name in ("uncensored", "censored"):
                found[f"{name}.{line['name']}"] = round(line[name] * people)
        for name in ("uncensored", "censored"):
            found |= {f"{name}.{c}": round(v * people) for c, v in document.get(name, {}).items()}
    elif kind == RunKind.TPMAP:
        for block in ("by_dimension", "indicators"):
            for code, counts in document.get(block, {}).items():
                found |= {f"{block}.{code}.{name}": round(n) for name, n in counts.items()}
    else:
        for capital, counts in document["counts"].items():
            found |= {f"{capital}.{level}": round(n) for level, n in counts.items()}
    return found


def sums_of(columns: Iterable[str]) -> list[Sum]:
    """What every reader knows of the counts of a run."""
    known = set(columns)
    sums = [Sum(whole, (part,), at_least=True) for whole, part in PART_OF]
    capitals = {name.split(".")[0] for name in known if name.endswith(".1")}
    for capital in sorted(capitals):
        levels = tuple(f"{capital}.{level}" for level in (1, 2, 3, 4))
        if capital == "overall":
            sums.append(Sum("with_overall", levels))
        sums.append(Sum("households", levels, at_least=True))
    for name in sorted(known):
        if name.startswith("censored."):
            sums.append(Sum("poor_people", (name,), at_least=True))
            sums.append(Sum(f"un{name}", (name,), at_least=True))
    return sums


def links_of(run: MeasurementRun, reader: Reader) -> tuple[Link, ...]:
    """The counts of a run that pages of areas tell as well, or that are a part of what they tell.

    Who reads a published file sees no such page.
    """
    if not reader.counts.areas:
        return ()
    standing = table_for(reader)
    part, equal = partial(Link, table=standing, at_least=False), partial(Link, table=standing)
    links = [part(c, others=("households",)) for c in ("households", "n", "new.households")]
    links += [part(c, others=("persons",)) for c in ("people", "population", "new.people")]
    if run.kind == RunKind.CAPITALS:
        links.append(equal("with_overall", others=("surveyed_households",)))
        levels = [(m, n) for m in MEASURES for n in LEVELS]
        links += [equal(f"{m}.{n}", others=(level(m, n),)) for m, n in levels]
        return tuple(links)
    problems = table_of_problems(reader, sensitive=False)
    links.append(Link("households", problems, ("screened",), at_least=False))
    if run.kind == RunKind.DYNAMICS:
        moved = (run.results.get("levels") or {}).get("levels") or []
        rounds, pair = table_of_rounds(reader), f"move.{run.before_id}.{run.version_id}"
        for a, before in enumerate(moved):
            for b, after in enumerate(moved):
                links.append(Link(f"{a}.{b}", rounds, (f"{pair}#{5 * int(before) + int(after)}",)))
        return tuple(links)
    counted = {"households": 0, "people": 1}
    failing = [c for c in problems.columns if str(c).endswith("#0")]
    for column in failing:
        key = str(column).removesuffix("#0")
        subject, code = key.split(".", 1)
        if subject == "dimension":
            links += [
                Link(f"by_dimension.{code}.{name}", problems, (f"{key}#{n}",))
                for name, n in counted.items()
            ]
        else:
            links.append(Link(f"indicators.{code}.failed", problems, (f"{key}#0",)))
            links.append(Link(f"uncensored.{code}", problems, (f"{key}#1",)))
    if run.kind == RunKind.TPMAP:
        links.append(equal("bmn_poor_households", others=("bmn_poor_households",)))
        links.append(equal("target_poor", others=("target_poor_persons",)))
    return tuple(links)


@lru_cache(maxsize=32)
def table_of(
    pk: int,
    results_hash: str,
    step: int,
    open_areas: tuple[str, ...],
    links: tuple[Link, ...] = (),
) -> Protected:
    """The counts of a run protected together; finished runs never change (`results_hash`), and
    tables of areas are other ones when somebody was counted again."""
    run = MeasurementRun.objects.get(pk=pk)
    kind, top = RunKind(run.kind), run.area_id
    documents = {
        row.area_id: row.figures
        for row in AreaResult.objects.filter(run=run).order_by("area_id")
        if len(row.area_id) <= TAMBON_DIGITS
    }
    return protect_run(kind, top, run.results, documents, step, Scope(open_areas), links)


def protect_run(
    kind: RunKind,
    top: str,
    results: Document,
    documents: Mapping[str, Document],
    step: int,
    scope: Scope,
    links: Iterable[Link] = (),
) -> Protected:
    """The counts of a run's area, of the areas in it and of its groups, protected together."""
    whole = numbers_of(kind, results)
    areas = {code: numbers_of(kind, document) for code, document in documents.items()}
    deepest = max(map(len, areas), default=0)
    lowest = {code: line for code, line in areas.items() if len(code) == deepest}
    columns = list(dict.fromkeys(c for line in (whole, *areas.values()) for c in line))

    def row(line: Mapping[str, int]) -> list[int]:
        return [line.get(column, 0) for column in columns]

    def rest(lines: Iterable[Mapping[str, int]]) -> list[int]:
        """What the parts leave of the whole."""
        parts = np.array([row(line) for line in lines], dtype=np.int64).reshape(-1, len(columns))
        return [max(0, n) for n in (np.array(row(whole)) - parts.sum(axis=0)).tolist()]

    leaves = {code: row(line) for code, line in lowest.items()}
    leaves[top] = rest(lowest.values())
    named = {code: line for code, line in leaves.items() if code != top}
    rows, numbers, sums = with_areas(named, len(columns), deepest=deepest)
    keep = [place for place, code in enumerate(rows) if len(code) > len(top) and top != code]
    if top == "00":
        keep = [place for place, code in enumerate(rows) if code != top]
    rows, numbers = [rows[place] for place in keep], numbers[keep]
    sums = [relation for relation in sums if relation.total in rows]
    under = {part for relation in sums for part in relation.parts}
    heads = [code for code in rows if code not in under]
    extra: dict[str, list[int]] = {own(top): leaves[top]}
    relations = [*sums, Sum(top, (*heads, own(top)))]
    for column, groups in told_groups(results).items():
        lines = {group_row(column, str(g["group"])): numbers_of_group(kind, g) for g in groups}
        extra |= {name: row(line) for name, line in lines.items()}
        left = group_row(column, OWN)
        extra[left] = rest(lines.values())
        relations.append(Sum(top, (*lines, left)))
    everything = np.vstack([numbers, np.array(list(extra.values()), dtype=np.int64)])
    keys = [*rows, *extra, top]
    everything = np.vstack([everything, np.array([row(whole)], dtype=np.int64)])
    held = opened([*rows, own(top)], sums, scope)
    exact = np.zeros(everything.shape, dtype=bool)
    exact[: len(rows)] = held[: len(rows), None]
    return protect_array(
        keys, columns, everything, relations, sums_of(columns), step, exact=exact, links=links
    )


def told_groups(results: Mapping[str, Any]) -> dict[str, list[Document]]:
    """Groups that readers of classes are told of, by column.

    Not those by the size of the household: households of four or five with five to seven people
    are exactly one.
    """
    return {c: groups for c, groups in results.get("by", {}).items() if c != SIZE_COLUMN}


def numbers_of_group(kind: RunKind, group: Document) -> Numbers:
    """The counts of a group; one of people has no households."""
    return numbers_of(kind, {"people": 0, "counts": {}} | group)


def transitions(
    results: Mapping[str, Any], step: int, *, area: str = "", links: Iterable[Link] = ()
) -> Document:
    """Two rounds: counts told together with their sums, shares made of them, no averages."""
    line: Numbers = {"n": round(results["n"]), "population": round(results["population"])}
    line |= {f"households.{s}": round(n) for s, n in results["households"].items()}
    line |= {f"weighted.{s}": round(n) for s, n in results["weighted"].items()}
    moved = (results.get("levels") or {}).get("households") or []
    line |= {f"{a}.{b}": round(n) for a, row in enumerate(moved) for b, n in enumerate(row)}
    for name in ("lost", "new"):
        line |= {
            f"{name}.{part}": round(results[name][part])
            for part in ("households", "people", "poor_people")
        }
    graduated = results["graduated"]
    line |= {f"graduated.{part}": round(graduated[part]) for part in ("households", "people")}
    sums = [
        Sum("n", tuple(f"households.{s}" for s in STATES)),
        Sum("population", tuple(f"weighted.{s}" for s in STATES)),
        Sum("n", tuple(k for k in line if k[0].isdigit()), at_least=True),
        *(Sum(f"{n}.people", (f"{n}.poor_people",), at_least=True) for n in ("lost", "new")),
    ]
    table: dict[Hashable, dict[Hashable, int]] = {area: dict(line.items())}
    told = protect(table, (), sums, step, links=links)

    def shown(name: str) -> Shown:
        return told.shown(area, name)

    def number(name: str) -> int | None:
        return shown(name).number

    people = {state: shown(f"weighted.{state}") for state in STATES}
    was = total((people["PP"], people["PN"]))
    now = total((people["PP"], people["NP"]))
    stayed_out = total((people["NP"], people["NN"]))
    everybody = shown("population")
    return {
        "k": results["k"],
        "poor_means": results["poor_means"],
        "left_out": [alone(round(n), step).number for n in results["left_out"]],
        "n": number("n"),
        "population": number("population"),
        "sample": False,
        "households": {s: number(f"households.{s}") for s in STATES},
        "weighted": {s: people[s].number for s in STATES},
        "H_1": share(was, everybody),
        "H_2": share(now, everybody),
        "exit_rate": share(people["PN"], was),
        "entry_rate": share(people["NP"], stayed_out),
        "persistence": share(people["PP"], was),
        "ever_poor": share(total((was, people["NP"])), everybody),
        "always_poor": share(people["PP"], everybody),
        "levels": {
            "levels": results["levels"]["levels"],
            "households": [
                [number(f"{a}.{b}") for b in range(len(row))] for a, row in enumerate(moved)
            ],
        }
        if moved
        else None,
        "capitals": {},
        **{
            name: {
                part: number(f"{name}.{part}") for part in ("households", "people", "poor_people")
            }
            for name in ("lost", "new")
        },
        "graduated": {
            "rule": graduated["rule"],
            "households": number("graduated.households"),
            "people": number("graduated.people"),
        },
    }
