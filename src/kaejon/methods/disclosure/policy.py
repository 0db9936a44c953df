"""What a count may look like to somebody who may not open the households behind it.

One policy for every surface. Counts are told in classes of the audience's step t: 0 to t-1
together are "fewer than t", so that nobody learns even that there is one; every other count is
rounded to t. Where a class would let a small count be worked out, it is joined with its
neighbour (`protection`) and told as a range. Shares, scores and orders are made of what is
shown, shares from a base of 20, averages from 10 t.

The steps (5 inside the partnership, 10 in public) are this system's policy, not a standard.
Source: Hundepool et al. (2012) Statistical Disclosure Control, ch. 4 and 5.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

STEPS = {"internal": 5, "public": 10}
# A share is told from so many households or people on, an average from so many steps on.
SHARE_BASE = 20
AVERAGE_STEPS = 10
# A sum of classes is told as one number where its width is at most this part of it.
NARROW = 4


@dataclass(frozen=True, slots=True)
class Shown:
    """A count as somebody may see it: it lies between `low` and `high` (None: no upper end).

    `number` is what is told, None where only the two ends are. `step` 0 means exact.
    """

    low: int
    high: int | None
    number: int | None = None
    step: int = 0

    @property
    def is_exact(self) -> bool:
        """Whether this is the count itself."""
        return not self.step

    @property
    def is_small(self) -> bool:
        """Whether all that is told is "fewer than t": perhaps nobody at all."""
        return bool(self.step) and self.low == 0

    @property
    def is_none(self) -> bool:
        """Whether nothing speaks for anybody being there: an exact zero, or fewer than t."""
        return self.high == 0 if self.is_exact else self.high is not None and self.high < self.step

    @property
    def estimate(self) -> int:
        """One number to draw, to order and to score by; fewer than t counts as nobody."""
        if self.number is not None:
            return self.number
        if self.high is None or self.is_none:
            return 0
        return nearest((self.low + self.high) // 2, self.step)


def exactly(number: int) -> Shown:
    """A count for somebody who may open every household behind it."""
    return Shown(number, number, number)


def nearest(number: int, step: int) -> int:
    """The nearest multiple of a step, halves upwards."""
    return step * ((2 * number + step) // (2 * step))


def class_of(number: int, step: int) -> int:
    """The class of a count: 0 for 0 to t-1, else how many steps it is rounded to."""
    return 0 if number < step else nearest(number, step) // step


def lowest(place: int, step: int) -> int:
    """The smallest count of a class."""
    return max(step, place * step - step // 2) if place else 0


def highest(place: int, step: int) -> int:
    """The largest count of a class."""
    return place * step + (step - 1) // 2 if place else step - 1


def in_classes(first: int, last: int, step: int) -> Shown:
    """What is told of a count in one class, or in neighbouring classes joined."""
    number = first * step if first == last and first else None
    return Shown(lowest(first, step), highest(last, step), number, step)


def alone(number: int, step: int) -> Shown:
    """A count that stands in no table with others. `step` 0 shows it as it is."""
    if not step:
        return exactly(number)
    place = class_of(number, step)
    return in_classes(place, place, step)


def untold(step: int) -> Shown:
    """A count of which nothing is told."""
    return Shown(0, None, None, step)


def total(parts: Iterable[Shown]) -> Shown:
    """The sum of counts as shown: it tells nothing that the parts do not tell."""
    cells = list(parts)
    step = max((cell.step for cell in cells), default=0)
    low = sum(cell.low for cell in cells)
    if not step:
        return exactly(low)
    if any(cell.high is None for cell in cells):
        return Shown(low, None, None, step)
    return between(low, sum(cell.high or 0 for cell in cells), step)


def at_most(part: Shown, whole: Shown) -> Shown:
    """A part of which both ends are told, no larger than its whole may be."""
    if part.number is not None or part.high is None or whole.high is None:
        return part
    high = min(part.high, whole.high)
    return Shown(min(part.low, high), high, None, part.step)


def difference(whole: Shown, part: Shown) -> Shown:
    """What is left of a whole without a part, made of both as shown."""
    step = max(whole.step, part.step)
    if not step:
        return exactly(whole.low - part.low)
    low = 0 if part.high is None else max(0, whole.low - part.high)
    if whole.high is None:
        return Shown(low, None, None, step)
    return between(low, max(0, whole.high - part.low), step)


def between(low: int, high: int, step: int) -> Shown:
    """A count of which only two ends are known, told as one number where they are close."""
    if high < step:
        return in_classes(0, 0, step)
    if low >= SHARE_BASE and NARROW * (high - low) <= low:
        return Shown(low, high, nearest((low + high) // 2, step), step)
    return Shown(low, high, None, step)


def share(part: Shown, whole: Shown) -> float | None:
    """A share 0-1 of counts as shown; None where too few stand behind it to tell one.

    Exact counts give it unrounded, others in whole per cent.
    """
    if part.is_exact and whole.is_exact:
        return part.low / whole.low if whole.low else None
    if part.number is None or not whole.number or whole.number < SHARE_BASE:
        return None
    return round(min(1.0, part.number / whole.number), 2)


def carries_average(count: Shown) -> bool:
    """Whether so many stand behind an average that it may be told."""
    return count.low > 0 if count.is_exact else count.low >= least_for_average(count.step)


def least_for_average(step: int) -> int:
    """The smallest count behind an average: the least that is rounded to 10 t."""
    return lowest(AVERAGE_STEPS, step) if step else 1
