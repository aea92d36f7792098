"""How sure people said they were, beside how often they were right."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import NormalDist, fmean

from kamlib.grading.cohort_numbers import TooFew, handed_in, interval
from kamlib.grading.results import Result
from kamlib.items import model
from kamlib.items.responses import NumberAnswer, read_response

EDGES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
"""Where one band of confidence ends and the next begins; the last one holds 100 % too."""
ENOUGH_FOR_CURVE = 50
"""Below 50 answers the gap between sure and right is known to ±0.14 at best (1.96 · 0.5 / √50):
a group that says 80 % and reaches 66 % could still be one that knows itself well. A workshop of
15 to 30 is told so instead of being shown a curve."""
ENOUGH_FOR_BAND = 10
"""Below 10 answers the interval of a band's share is wider than ±0.3, more than a band's width
to either side, so the band would only show chance."""


@dataclass(frozen=True, slots=True)
class Band:
    """The answers of those who were about equally sure."""

    low: float
    high: float
    """The bounds of the stated confidence, as shares."""
    answers: int
    sure: float
    """The mean stated confidence; the band's middle where nobody is in it."""
    right: float | TooFew
    """The share that was right."""

    @property
    def bounds(self) -> tuple[float, float] | None:
        """The 95 % interval of the share that was right; None where there are too few."""
        return None if isinstance(self.right, TooFew) else interval(self.right, self.answers)


@dataclass(frozen=True, slots=True)
class Calibration:
    """How well a group knows what it knows."""

    answers: int
    sure: float
    """The mean stated confidence, in [0, 1]."""
    right: float
    """The share of the answers that had all their points."""
    low: float
    high: float
    """The 95 % interval of `sure - right`, answers of one person taken together."""
    brier: float
    """The mean squared distance of confidence and truth: 0 is best; who always says 50 % has
    0.25."""
    bands: tuple[Band, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """One answer with the confidence it was given with."""

    who: str
    sure: float
    """In [0, 1]."""
    right: bool


def asking(items: Iterable[model.Item]) -> dict[str, model.Number]:
    """Return the items that ask how sure one is, by id."""
    return {item.id: item for item in items if isinstance(item, model.Number) and item.confidence}


def said(items: Iterable[model.Item], results: Iterable[Result]) -> list[Said]:
    """Return the marked answers to items that ask for confidence, where one was stated.

    Right is what earned all of its points; half marks are for being near, which is not what
    people were asked to be sure of.
    """
    asked = asking(items)
    found = []
    for result in handed_in(results):
        for one in result.items:
            if one.mark.item not in asked or one.earned is None:
                continue
            answer = read_response(asked[one.mark.item], one.response)
            if isinstance(answer, NumberAnswer) and answer.confidence is not None:
                right = one.earned >= one.mark.max
                found.append(Said(result.trainee.code, answer.confidence / 100, right))
    return found


def calibration(
    items: Sequence[model.Item], results: Sequence[Result]
) -> Calibration | TooFew | None:
    """Return how sure and how right the group was; too few below `ENOUGH_FOR_CURVE` answers.

    None where no item asks for confidence.
    """
    if not asking(items):
        return None
    answers = said(items, results)
    if len(answers) < ENOUGH_FOR_CURVE:
        return TooFew(len(answers), ENOUGH_FOR_CURVE)
    sure, right = fmean(one.sure for one in answers), fmean(one.right for one in answers)
    # what one person says about several questions goes together: sum it before squaring
    off: dict[str, float] = {}
    for one in answers:
        off[one.who] = off.get(one.who, 0.0) + (one.sure - one.right) - (sure - right)
    half = NormalDist().inv_cdf(0.975) * math.sqrt(math.fsum(part**2 for part in off.values()))
    half /= len(answers)
    return Calibration(
        answers=len(answers),
        sure=sure,
        right=right,
        low=sure - right - half,
        high=sure - right + half,
        brier=fmean((one.sure - one.right) ** 2 for one in answers),
        bands=tuple(_band(low, high, answers) for low, high in pairwise(EDGES)),
    )


def _band(low: float, high: float, answers: Iterable[Said]) -> Band:
    here = [one for one in answers if low <= one.sure < high or one.sure == high == EDGES[-1]]
    few = len(here) < ENOUGH_FOR_BAND
    return Band(
        low=low,
        high=high,
        answers=len(here),
        sure=fmean(one.sure for one in here) if here else (low + high) / 2,
        right=TooFew(len(here), ENOUGH_FOR_BAND) if few else fmean(one.right for one in here),
    )
