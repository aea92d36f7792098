"""How well a set of facts backs a claim."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backing:
    """How a set of facts stands against what it should hold."""

    hits: int
    needed: int
    bad: frozenset[str]
    """Facts given that do not belong there, or were not known yet."""

    @property
    def f1(self) -> float:
        """Twice the hits over what was given (what neither helps nor hurts apart) and needed."""
        if not self.needed and not self.bad:
            return 1.0
        return 2 * self.hits / (self.hits + self.needed + len(self.bad))


def backing(
    given: Collection[str],
    all_of: Collection[str],
    any_of: Sequence[Collection[str]] = (),
    optional: Collection[str] = (),
    late: Collection[str] = (),
) -> Backing:
    """Return how the facts given back a claim: needed are all of `all_of` and one of each group.

    >>> backing({"F04", "F07", "F02"}, {"F04"}, [{"F03", "F07"}])
    Backing(hits=2, needed=2, bad=frozenset({'F02'}))
    >>> backing({"F04", "F07", "F02"}, {"F04"}, [{"F03", "F07"}]).f1
    0.8
    """
    groups = [frozenset(group) for group in any_of if group]
    known = frozenset(given) - frozenset(late)
    hits = len(known & frozenset(all_of)) + sum(bool(known & group) for group in groups)
    bad = known - frozenset(all_of).union(frozenset(optional), *groups)
    return Backing(hits, len(all_of) + len(groups), bad | (frozenset(given) & frozenset(late)))
