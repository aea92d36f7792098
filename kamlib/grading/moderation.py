"""How two markers' scores of the same answers compare."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

from kamlib.grading import second_record
from kamlib.grading.cohort_numbers import Agreement, TooFew, agreed, quarters
from kamlib.grading.results import Result
from kamlib.grading.second_record import Drawing, Drawn
from kamlib.items import model
from kamlib.words import Message, message

FLAG = 0.25
"""From this share of an item's points on, two scores are far enough apart to talk about."""
CHANCE = 0.05
"""Who is stricter is only said where a fair coin would look as one-sided less often than this."""


@dataclass(frozen=True, slots=True)
class Level:
    """The two levels of one criterion."""

    criterion: str
    """Its label, in the source language."""
    first: int
    second: int


@dataclass(frozen=True, slots=True)
class Compared:
    """One answer in the moderation table."""

    number: str
    """The blind number."""
    code: str
    item: model.Item
    first: float | None
    """The first marker's score before the two spoke; None where there is none."""
    second: float | None
    """None while the sheet has not come back with it."""
    levels: tuple[Level, ...]
    """Of the criteria for which both gave a level."""
    comment: str
    """The second marker's."""
    agreed: float | None
    """What both settled on."""
    now: float | None
    """The score that stands in the gradebook."""

    @property
    def difference(self) -> float | None:
        """Second minus first; None while one is missing."""
        if self.first is None or self.second is None:
            return None
        return self.second - self.first

    @property
    def flagged(self) -> bool:
        """Whether the two are a quarter of the points or, in some criterion, a level apart."""
        apart = self.difference
        if apart is None:
            return False
        # 0.75 of 3 is a quarter, whatever the last binary digit says
        return abs(apart) >= FLAG * self.item.points - 1e-9 or any(
            level.first != level.second for level in self.levels
        )

    @property
    def state(self) -> Message:
        """How it stands, in words."""
        if self.agreed is not None:
            if self.now != self.agreed:
                return message("settled at {agreed}, changed since to {now}",
                               agreed=self.agreed, now="–" if self.now is None else self.now)  # fmt: skip
            return message("settled at {agreed}", agreed=self.agreed)
        if self.second is None:
            return message("not back yet")
        if self.first is None:
            return message("no first mark yet")
        return message("talk about it") if self.flagged else message("close enough")


@dataclass(frozen=True, slots=True)
class Moderation:
    """The moderation table of one unit."""

    unit: str
    rows: tuple[Compared, ...]
    """The furthest apart first; what is not back yet last."""
    outdated: int
    """Drawn answers that do not count any more, since their trainee handed in others."""
    pairs: int
    """Answers with both marks."""
    exact: int
    """Of these, with the same score, in quarters of the points."""
    adjacent: int
    """Of these, at most a quarter of the points apart."""
    agreement: Agreement | TooFew | None
    """In figures; too few below 100 answers, None where the marks do not differ."""
    stricter: Message
    """Who is stricter, in words."""

    @property
    def to_settle(self) -> int:
        """How many answers want a talk."""
        return sum(row.flagged and row.agreed is None for row in self.rows)


def moderated(
    drawing: Drawing, items: Iterable[model.Item], results: Sequence[Result]
) -> Moderation:
    """Return the moderation table of what was drawn of one unit."""
    items = tuple(items)
    rows = []
    for line, item, one in second_record.current(drawing, items, results):
        first = second_record.first_of(line, item, one)
        rows.append(
            Compared(
                number=line.number,
                code=line.code,
                item=item,
                first=first.score if first else None,
                second=line.second.score if line.second else None,
                levels=_levels(line, item, first),
                comment=line.second.comment if line.second else "",
                agreed=line.agreed,
                now=one.human_score,
            )
        )
    both = [
        (row.second / row.item.points, row.first / row.item.points)
        for row in rows
        if row.first is not None and row.second is not None
    ]
    gaps = [abs(quarters(second) - quarters(first)) for second, first in both]
    return Moderation(
        unit=drawing.unit,
        rows=tuple(sorted(rows, key=_far)),
        outdated=sum(1 for _ in drawing.lines) - len(rows),
        pairs=len(both),
        exact=gaps.count(0),
        adjacent=gaps.count(0) + gaps.count(1),
        agreement=agreed(both),
        stricter=stricter(both),
    )


def _levels(line: Drawn, item: model.Item, first: second_record.Given | None) -> tuple[Level, ...]:
    if not isinstance(item, model.Prose) or first is None or line.second is None:
        return ()
    return tuple(
        Level(label, first.levels[name], line.second.levels[name])
        for name, label in item.criteria.items()
        if name in first.levels and name in line.second.levels
    )


def _far(row: Compared) -> tuple[bool, bool, float, str]:
    apart = row.difference
    share = -abs(apart) / row.item.points if apart is not None else 0.0
    return row.second is None, apart is None, share, row.number


def stricter(pairs: Sequence[tuple[float, float]]) -> Message:
    """Say who of two markers is stricter; `pairs` are shares of the points, the second's first.

    Whoever gave less more often is stricter, where a sign test says that this is no chance; with
    a few answers it hardly ever does, and then the sentence says so.

    >>> from kamlib.words import Words
    >>> Words("en").say(stricter([(0.5, 0.75)] * 8))
    'The second marker is stricter: less in 8 of 8 answers, more in 0; on average 25 % of the points less.'
    """
    if not pairs:
        return message("No answer has both marks yet.")
    less = sum(second < first for second, first in pairs)
    more = sum(second > first for second, first in pairs)
    mean = fmean(second - first for second, first in pairs)
    said = {"less": less, "more": more, "n": len(pairs), "mean": round(100 * abs(mean))}
    if _one_sided(less, more) < CHANCE:
        if less > more and mean < 0:
            return message(
                "The second marker is stricter: less in {less} of {n} answers, more in {more}; on "
                "average {mean} % of the points less.",
                **said,
            )
        if more > less and mean > 0:
            return message(
                "The first marker is stricter: the second gave more in {more} of {n} answers, less "
                "in {less}; on average {mean} % of the points more.",
                **said,
            )
    return message(
        "Nobody is clearly stricter: of {n} answers the second marker gave less in {less} and more "
        "in {more}.",
        **said,
    )


def _one_sided(less: int, more: int) -> float:
    """Return how often a fair coin, thrown for each answer with two marks, is as one-sided."""
    thrown, few = less + more, min(less, more)
    tail = sum(math.comb(thrown, heads) for heads in range(few + 1))
    return min(1.0, float(2 * tail / 2**thrown))
