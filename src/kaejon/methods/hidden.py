"""How many poor households are on no list at all, estimated from how the lists overlap.

Two lists: Chapman's estimate with Seber's variance and Chao's log-normal interval; the
plain Lincoln-Petersen estimate beside it. Three lists and more: Poisson log-linear models
of the overlap pattern. Every hierarchical model below the saturated one is fitted, and all
within four AIC of the best are shown, because the data cannot tell them apart; there is
never one number.

Only lists of *verified* poor may enter. A list that holds people who are not poor makes
the overlap look small and the hidden number absurdly large.

Source: Chapman (1951); Seber (1970); Chao (1987); Fienberg (1972); Baillargeon & Rivest
(2007), Rcapture 1.4-4.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from kaejon.methods import arrays
from kaejon.methods.errors import DataError

AIC_SHOWN = 4.0
NORMAL_95 = 1.959963984540054
MAX_LISTS = 5
MAX_STEPS = 25
STEP_TOLERANCE = 1e-8
# Counts of 1 and more keep the variance of log(unseen) below the number of histories;
# far above that, an empty overlap has sent the estimate to zero or infinity.
LARGEST_VARIANCE_OF_LOG_UNSEEN = 100.0

NO_OVERLAP = "The lists share nobody, so nothing can be said about those on none of them."

Effect = frozenset[int]
Model = tuple[Effect, ...]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class HiddenEstimate:
    """One model's answer: total number of poor, seen and unseen. Fit figures None for two lists."""

    name: str
    estimate: float
    se: float
    ci95: list[float]
    aic: float | None = None
    bic: float | None = None
    df: int | None = None
    deviance: float | None = None

    def as_document(self) -> dict[str, object]:
        """The estimate as the command line prints it."""
        return dict(vars(self))


@dataclass(frozen=True)
class Refusal:
    """A model that gives no usable answer, and why."""

    model: str
    code: str
    reason: str


@dataclass(frozen=True)
class HiddenPopulation:
    """All estimates worth showing, the models refused, and what to be careful about."""

    observed: int
    lists: tuple[str, ...]
    models: tuple[HiddenEstimate, ...]
    refused: tuple[Refusal, ...]
    warnings: tuple[str, ...]

    def as_document(self) -> dict[str, object]:
        """The answer as the command line prints it."""
        return {
            "observed": self.observed,
            "lists": list(self.lists),
            "models": [model.as_document() for model in self.models],
            "refused": [dict(vars(refusal)) for refusal in self.refused],
            "warnings": list(self.warnings),
        }


def two_lists(first: int, second: int, both: int) -> tuple[HiddenEstimate, ...]:
    """Chapman and Lincoln-Petersen estimates from the sizes of two lists and their overlap.

    Refuses: lists that share nobody, or an overlap larger than a list.
    """
    if not 0 <= both <= min(first, second):
        raise DataError(
            "impossible_overlap",
            f"The lists hold {first} and {second}, so they cannot share {both}.",
            remedy="Count again who is on both lists.",
        )
    if both == 0:
        raise DataError(
            "no_overlap",
            NO_OVERLAP,
            remedy="Match the lists again, or use lists that cover the same area.",
        )
    union = first + second - both
    chapman = (first + 1) * (second + 1) / (both + 1) - 1
    only_first, only_second = first - both, second - both
    seber = (first + 1) * (second + 1) * only_first * only_second / ((both + 1) ** 2 * (both + 2))
    petersen = first * second / both
    petersen_variance = first * second * only_first * only_second / both**3
    return (
        _two_list_estimate("chapman", chapman, seber, union),
        _two_list_estimate("lincoln_petersen", petersen, petersen_variance, union),
    )


def _two_list_estimate(name: str, total: float, variance: float, union: int) -> HiddenEstimate:
    return HiddenEstimate(name, total, math.sqrt(variance), chao_interval(total, variance, union))


def chao_interval(total: float, variance: float, observed: float) -> list[float]:
    """95% interval of a total, log-normal in the unseen part: never below what was seen."""
    unseen = total - observed
    if unseen <= 0:
        return [float(observed), float(observed)]
    spread = math.exp(NORMAL_95 * math.sqrt(math.log1p(variance / unseen**2)))
    return [observed + unseen / spread, observed + unseen * spread]


def estimate(
    columns: arrays.Columns, *, row_numbers: Sequence[int] | None = None
) -> HiddenPopulation:
    """Estimate everybody, seen and unseen, from capture histories.

    Input: one 1/0 column per list and `count`, one row per history (repeated rows add up, an
    absent history counts 0). Output: the models within four AIC of the best; lists that share
    nobody give none, and say so under `refused`. Refuses: fewer than two lists or more than
    five, a row on no list, fractional counts, nobody counted, a list that holds nobody.
    """
    names = tuple(name for name in columns if name != "count")
    if not 2 <= len(names) <= MAX_LISTS:
        raise DataError(
            "number_of_lists",
            f"The table has {len(names)} lists; 2 to {MAX_LISTS} can be used.",
            remedy="Give one column of 1 and 0 per list, and a column count.",
        )
    table = _histories(columns, names, row_numbers)
    observed = int(sum(table.values()))
    _refuse_empty_lists(table, names)
    if not any(count for cell, count in table.items() if sum(cell) > 1):
        refused = [Refusal(model, "no_overlap", NO_OVERLAP) for model in _all_names(len(names))]
        return HiddenPopulation(observed, names, (), tuple(refused), ())
    if len(names) == 2:
        only_first, only_second, both = table[1, 0], table[0, 1], table[1, 1]
        models = two_lists(only_first + both, only_second + both, both)
        return HiddenPopulation(observed, names, models, (), _cautions(models, observed))
    shown, unusable = _log_linear(table, len(names))
    return HiddenPopulation(observed, names, shown, unusable, _cautions(shown, observed))


def _all_names(lists: int) -> tuple[str, ...]:
    return ("chapman", "lincoln_petersen") if lists == 2 else ("every model",)


def _histories(
    columns: arrays.Columns, names: tuple[str, ...], row_numbers: Sequence[int] | None
) -> dict[tuple[int, ...], int]:
    flags = np.column_stack([arrays.flags(columns, name, row_numbers) for name in names])
    counts = arrays.numbers(columns, "count", row_numbers)
    nowhere = np.flatnonzero(~flags.any(axis=1))
    if nowhere.size:
        place = int(nowhere[0])
        row = row_numbers[place] if row_numbers is not None else place + arrays.FIRST_DATA_ROW
        raise DataError(
            "unseen_row",
            f"Row {row} is on no list; how many those are is what is to be estimated.",
            remedy="Take the row of zeros out.",
            row=row,
        )
    if np.any(counts != np.floor(counts)):
        raise DataError("fractional_count", "A count is not whole.", remedy="Count households.")
    if not counts.sum():
        raise DataError("nobody_counted", "All counts are 0.", remedy="Fill the column count.")
    code = flags @ (1 << np.arange(len(names))[::-1])
    sums = np.bincount(code, weights=counts, minlength=2 ** len(names))
    cells = product((0, 1), repeat=len(names))
    return {cell: int(total) for cell, total in zip(cells, sums.tolist(), strict=True) if any(cell)}


def _refuse_empty_lists(table: dict[tuple[int, ...], int], names: tuple[str, ...]) -> None:
    for place, name in enumerate(names):
        if not any(count for cell, count in table.items() if cell[place]):
            raise DataError(
                "empty_list",
                f"List {name!r} holds nobody.",
                remedy="Leave the list out.",
                list=name,
            )


def _cautions(models: Sequence[HiddenEstimate], observed: int) -> tuple[str, ...]:
    found = []
    for model in models:
        ratio = (model.estimate - observed) / observed
        if ratio > 1:
            found.append(
                f"{model.name}: unseen are {ratio:.2f} times the observed; "
                "the lists are too thin or hold people who are not poor"
            )
    return tuple(found)


def _log_linear(
    table: dict[tuple[int, ...], int], lists: int
) -> tuple[tuple[HiddenEstimate, ...], tuple[Refusal, ...]]:
    fitted: list[HiddenEstimate] = []
    refused: list[Refusal] = []
    cells = np.array(list(table), dtype=np.float64)
    counts = np.array(list(table.values()), dtype=np.float64)
    for model in hierarchical_models(lists):
        answer = _fit(model, cells, counts)
        if isinstance(answer, Refusal):
            refused.append(answer)
        else:
            fitted.append(answer)
    if not fitted:
        return (), tuple(refused)
    best = min(model.aic or 0.0 for model in fitted)
    shown = [model for model in fitted if (model.aic or 0.0) <= best + AIC_SHOWN]
    return tuple(sorted(shown, key=lambda model: model.aic or 0.0)), tuple(refused)


def _fit(model: Model, cells: Floats, counts: Floats) -> HiddenEstimate | Refusal:
    """One Poisson log-linear model of the histories, or why it says nothing."""
    effects = sorted(_closure(model), key=lambda effect: (len(effect), sorted(effect)))
    terms = [np.ones(len(cells))]
    terms += [np.prod(cells[:, sorted(effect)], axis=1) for effect in effects]
    design = np.column_stack(terms)
    name = model_name(model)
    with np.errstate(all="ignore"):
        fit = _reweighted_least_squares(design, counts)
    if fit is None:
        return Refusal(name, "not_converged", "the fit did not settle")
    intercept, variance = float(fit.parameters[0]), float(fit.covariance[0, 0])
    if not (math.isfinite(intercept) and 0 <= variance <= LARGEST_VARIANCE_OF_LOG_UNSEEN):
        return Refusal(name, "not_finite", "the estimate of the unseen or its error is not finite")
    unseen, observed, size = math.exp(intercept), float(counts.sum()), design.shape[1]
    error = math.sqrt(unseen + unseen**2 * variance)
    log_likelihood = _log_likelihood(counts, fit.fitted)
    return HiddenEstimate(
        name=name,
        estimate=observed + unseen,
        se=error,
        ci95=chao_interval(observed + unseen, error**2, observed),
        aic=-2 * log_likelihood + 2 * size,
        bic=-2 * log_likelihood + math.log(observed) * size,
        df=len(counts) - size,
        deviance=fit.deviance,
    )


@dataclass(frozen=True)
class _Fit:
    """A settled Poisson regression."""

    parameters: Floats
    covariance: Floats
    fitted: Floats
    deviance: float


def _reweighted_least_squares(design: Floats, counts: Floats) -> _Fit | None:
    """Poisson regression with log link; None when it does not settle.

    Start, stopping rule and covariance (from the weights of the last step) are those of
    R's glm, so that standard errors agree with Rcapture's to the printed digit.
    """
    fitted = counts + 0.1
    linear = np.log(fitted)
    before = _deviance(counts, fitted)
    for _ in range(MAX_STEPS):
        response = linear + (counts - fitted) / fitted
        weighted = design * fitted[:, None]
        information = design.T @ weighted
        try:
            parameters = np.linalg.solve(information, weighted.T @ response).astype(np.float64)
            covariance = np.linalg.inv(information).astype(np.float64)
        except np.linalg.LinAlgError:
            return None
        linear = design @ parameters
        fitted = np.exp(linear)
        deviance = _deviance(counts, fitted)
        if not math.isfinite(deviance):
            return None
        if abs(deviance - before) / (abs(deviance) + 0.1) < STEP_TOLERANCE:
            return _Fit(parameters, covariance, fitted, deviance)
        before = deviance
    return None


def _deviance(counts: Floats, fitted: Floats) -> float:
    ratio = np.divide(counts, fitted, out=np.ones_like(counts), where=counts > 0)
    return 2 * float(np.sum(counts * np.log(ratio) - (counts - fitted)))


def _log_likelihood(counts: Floats, fitted: Floats) -> float:
    seen = counts > 0
    logs = float(np.sum(counts[seen] * np.log(fitted[seen])))
    return logs - float(np.sum(fitted)) - sum(math.lgamma(c + 1) for c in counts.tolist())


@cache
def hierarchical_models(lists: int) -> tuple[Model, ...]:
    """Every hierarchical model of the lists' overlap below the saturated one.

    A model is named by its largest effects; with an effect all its parts are included, and
    every list has its own effect. Three lists have 8 models, four 113, five 6,893.
    """
    main = [frozenset([place]) for place in range(lists)]
    larger = [
        frozenset(members)
        for size in range(2, lists)
        for members in combinations(range(lists), size)
    ]
    models = [_generators(frozenset({*main, *family})) for family in _families(larger)]
    return tuple(sorted(models, key=lambda model: (len(_closure(model)), model_name(model))))


def _families(effects: Sequence[Effect]) -> Iterator[tuple[Effect, ...]]:
    """Every set of effects that holds, with an effect, all its parts of two lists and more."""
    pending: list[tuple[int, frozenset[Effect]]] = [(0, frozenset())]
    while pending:
        position, chosen = pending.pop()
        if position == len(effects):
            yield tuple(chosen)
            continue
        pending.append((position + 1, chosen))
        effect = effects[position]
        parts = {frozenset(p) for p in combinations(effect, len(effect) - 1) if len(p) > 1}
        if parts <= chosen:
            pending.append((position + 1, chosen | {effect}))


def _generators(effects: frozenset[Effect]) -> Model:
    largest = [e for e in effects if not any(e < other for other in effects)]
    return tuple(sorted(largest, key=lambda effect: (min(effect), -len(effect), sorted(effect))))


def _closure(model: Model) -> frozenset[Effect]:
    return frozenset(
        frozenset(part)
        for effect in model
        for size in range(1, len(effect) + 1)
        for part in combinations(sorted(effect), size)
    )


def model_name(model: Model) -> str:
    """A model's name by column order, "[12,3,4]": lists 1 and 2 depend on each other."""
    return f"[{','.join(''.join(str(place + 1) for place in sorted(e)) for e in model)}]"
