"""What pairs of scores additive sheets can reach, without going through every combination."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Pair = tuple[int, int]
"""What a choice adds to both sides' scores. Whole numbers: sums of them are exact."""

Scores = NDArray[Any]
"""Whole numbers: 64 bits where all sums fit, else Python's own, of any length."""

SAFE = 2**61
"""Up to here sums and differences of two scores fit into 64 bits."""

BLOCK = 1 << 21
"""How many comparisons are made at once, so that memory stays small."""


@dataclass(frozen=True, slots=True)
class Reach:
    """The distinct pairs that some sheets reach together, and in how many ways each."""

    first: Scores
    """The first side's scores, shape (n,)."""
    second: Scores
    """The second side's scores, shape (n,)."""
    ways: NDArray[np.int64]
    """How many combinations reach each pair, shape (n,)."""

    def __len__(self) -> int:
        return len(self.ways)


def _scores(values: Sequence[int], bound: int) -> Scores:
    return np.array(values, dtype=np.int64 if bound < SAFE else object)


def bound(sheets: Sequence[Sequence[Pair]]) -> int:
    """Return a number that no sum of the sheets exceeds, on either side of zero.

    >>> bound([[(1, -5), (3, 0)], [(2, 2)]])
    7
    """
    return sum(max(abs(score) for pair in sheet for score in pair) for sheet in sheets)


def _distinct(first: Scores, second: Scores, ways: NDArray[np.int64]) -> Reach:
    """Merge equal pairs and add up their ways; the pairs come out in order."""
    firsts, one = np.unique(first, return_inverse=True)
    seconds, two = np.unique(second, return_inverse=True)
    codes, place = np.unique(one * len(seconds) + two, return_inverse=True)
    total = np.zeros(len(codes), dtype=np.int64)
    np.add.at(total, place, ways)
    return Reach(firsts[codes // len(seconds)], seconds[codes % len(seconds)], total)


def reach(sheets: Sequence[Sequence[Pair]], largest: int | None = None) -> Reach:
    """Return every distinct sum of one pair from each sheet, with the number of ways to it.

    `largest` is a bound on the sums where it is known; without sheets the sum is (0, 0).

    >>> both = reach([[(0, 2), (1, 1), (2, 0)], [(0, 1), (1, 0)]])
    >>> [(int(a), int(b), int(n)) for a, b, n in zip(both.first, both.second, both.ways)]
    [(0, 3, 1), (1, 2, 2), (2, 1, 2), (3, 0, 1)]
    """
    largest = bound(sheets) if largest is None else largest
    found = Reach(_scores([0], largest), _scores([0], largest), np.ones(1, dtype=np.int64))
    for sheet in sheets:
        ones = _scores([pair[0] for pair in sheet], largest)
        twos = _scores([pair[1] for pair in sheet], largest)
        found = _distinct(
            np.add.outer(found.first, ones).ravel(),
            np.add.outer(found.second, twos).ravel(),
            np.repeat(found.ways, len(sheet)),
        )
    return found


class Halves:
    """The sheets in two groups of about equal size: enough to count among all combinations.

    Whether a sum passes a threshold is seen from a pair of the one group and a pair of the other,
    so the combinations themselves, or even their distinct sums, are never listed.
    """

    def __init__(self, sheets: Sequence[Sequence[Pair]]) -> None:
        """Take the sheets, each with at least one pair."""
        groups: tuple[list[Sequence[Pair]], list[Sequence[Pair]]] = ([], [])
        sizes = [1, 1]
        for sheet in sorted(sheets, key=len, reverse=True):
            smaller = 0 if sizes[0] <= sizes[1] else 1
            groups[smaller].append(sheet)
            sizes[smaller] *= len(sheet)
        self._bound = bound(sheets)
        self._one, self._other = (reach(group, self._bound) for group in groups)

    def at_least(self, pair: Pair) -> int:
        """Return how many combinations give both sides at least this.

        >>> Halves([[(0, 2), (1, 1), (2, 0)], [(0, 1), (1, 0)]]).at_least((1, 1))
        4
        """
        return self._count(pair, equal=False)

    def exactly(self, pair: Pair) -> int:
        """Return how many combinations give exactly this pair.

        >>> Halves([[(0, 2), (1, 1), (2, 0)], [(0, 1), (1, 0)]]).exactly((1, 2))
        2
        """
        return self._count(pair, equal=True)

    def _count(self, pair: Pair, equal: bool) -> int:
        one, other = self._one, self._other
        # a threshold outside the sums' reach would not fit where they do
        first, second = (max(-self._bound - 1, min(self._bound + 1, score)) for score in pair)
        total = 0
        step = max(1, BLOCK // len(other))
        for start in range(0, len(one), step):
            part = slice(start, start + step)
            need_first = first - one.first[part, None]
            need_second = second - one.second[part, None]
            if equal:
                passed = (other.first == need_first) & (other.second == need_second)
            else:
                passed = (other.first >= need_first) & (other.second >= need_second)
            total += int(one.ways[part] @ (passed.astype(np.int64) @ other.ways))
        return total


class Frontier:
    """The pairs that no combination beats: none is at least as good for both and better for one.

    A sum is on the frontier only if each of its partial sums is on that of its own sheets, so
    beaten pairs are dropped after every sheet and the lists stay short.
    """

    def __init__(self, sheets: Sequence[Sequence[Pair]]) -> None:
        """Take the sheets, each with at least one pair."""
        self._sheets = tuple(tuple(sheet) for sheet in sheets)
        largest = bound(sheets)
        first, second = _scores([0], largest), _scores([0], largest)
        self._steps: list[frozenset[Pair]] = [frozenset({(0, 0)})]
        for sheet in self._sheets:
            ones = _scores([pair[0] for pair in sheet], largest)
            twos = _scores([pair[1] for pair in sheet], largest)
            first, second = _unbeaten(
                np.add.outer(first, ones).ravel(), np.add.outer(second, twos).ravel()
            )
            self._steps.append(frozenset(zip(first.tolist(), second.tolist(), strict=True)))
        self.pairs: tuple[Pair, ...] = tuple(sorted(self._steps[-1]))
        """The frontier, the first side's worst pair first."""

    def ways_to(self, pair: Pair) -> Iterator[tuple[int, ...]]:
        """Yield each combination that reaches a pair of the frontier, as places in the sheets.

        A pair that is not on the frontier has none here.

        >>> list(Frontier([[(0, 2), (1, 1)], [(0, 1), (1, 0)]]).ways_to((1, 2)))
        [(1, 0), (0, 1)]
        """
        if pair in self._steps[-1]:
            yield from self._back(pair, len(self._sheets))

    def _back(self, pair: Pair, sheets: int) -> Iterator[tuple[int, ...]]:
        if not sheets:
            yield ()
            return
        for place, (first, second) in enumerate(self._sheets[sheets - 1]):
            before = (pair[0] - first, pair[1] - second)
            if before in self._steps[sheets - 1]:
                for way in self._back(before, sheets - 1):
                    yield (*way, place)


def _unbeaten(first: Scores, second: Scores) -> tuple[Scores, Scores]:
    """Return the distinct pairs that no other beats."""
    # From the first side's best down, among equals the second side's best first: a pair is
    # unbeaten where it gives the second side more than all before it.
    ranks = [np.unique(scores, return_inverse=True)[1] for scores in (second, first)]
    order = np.lexsort(ranks)[::-1]
    first, second = first[order], second[order]
    best_before = np.maximum.accumulate(second)[:-1]
    kept = np.concatenate([[True], second[1:] > best_before]).astype(bool)
    return first[kept], second[kept]


def upper_hull(pairs: Sequence[Pair]) -> tuple[Pair, ...]:
    """Return the corners of the upper hull of a frontier, the first side's worst first.

    >>> upper_hull([(0, 4), (1, 2), (2, 2), (4, 0)])
    ((0, 4), (4, 0))
    """
    hull: list[Pair] = []
    for pair in sorted(pairs):
        while len(hull) > 1 and _turn(hull[-2], hull[-1], pair) >= 0:
            hull.pop()
        hull.append(pair)
    return tuple(hull)


def _turn(one: Pair, two: Pair, three: Pair) -> int:
    """Return more than 0 for a turn to the left, 0 for none, less for one to the right."""
    across = (two[0] - one[0]) * (three[1] - one[1])
    return across - (two[1] - one[1]) * (three[0] - one[0])
