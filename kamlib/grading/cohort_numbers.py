"""What a cohort's results say in numbers, and when there are too few of them to say it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist, StatisticsError, correlation, fmean, median, variance

import numpy as np

from kamlib.grading.results import ItemResult, Result
from kamlib.items import keys, model
from kamlib.items.mark import Outcome
from kamlib.items.measures import fall
from kamlib.words import Message, message

WANTED = (0.3, 0.9)
"""The mean shares of an item's points between which it tells people apart."""
MISSED = 0.5
"""Below this share of an item's points, a person has missed it."""
TEACH_FROM = 0.25
"""An item that this share of the group missed is worth teaching again."""
WEAK_REST = 0.2
"""An item–rest correlation below this is flagged."""
ENOUGH_FOR_REST = 51
"""Below some 50 people a correlation of 0.2 cannot be told from 0 (standard error 0.14)."""
ENOUGH_FOR_ALPHA = 51
ENOUGH_FOR_KAPPA = 100
"""With a true kappa of 0.76, 30 answers give anything from 0.55 to 0.88."""
ENOUGH_FOR_LANGUAGE = 30
"""In each language; below it a difference of half a standard deviation goes unseen or is chance."""


@dataclass(frozen=True, slots=True)
class TooFew:
    """There are too few to judge."""

    have: int
    need: int


@dataclass(frozen=True, slots=True)
class Summary:
    """The four numbers on top."""

    handed_in: int
    people: int
    """On the roster."""
    late: int
    median: float | None
    """Of the shares of the points marked so far; None where nothing was handed in."""
    waiting: int
    """Answers that wait for a person."""
    waiting_people: int
    """From how many trainees."""


@dataclass(frozen=True, slots=True)
class Fall:
    """A known wrong turn and how many took it."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class ItemNumbers:
    """What the group did with one item."""

    no: int
    item: model.Item
    people: int
    """How many have a mark for it."""
    share: float | None
    """The mean share of its points; None while more than half of the answers have no mark."""
    missed: int
    """How many got less than half of its points."""
    blank: int
    """How many left it unanswered."""
    waiting: int
    rest: float | TooFew | None
    """Its correlation with the rest; None where one of both is the same for all."""
    falls: tuple[Fall, ...]
    """The wrong turns taken, most first."""
    chosen: tuple[tuple[str, int, bool], ...]
    """For each option its text, how many took it, and whether it is right; empty where none."""
    flags: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """How far apart two languages are, in standard deviations, with its 95 % interval."""

    first: str
    second: str
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """How two marks agree on answers that have both: machine and person, or two persons."""

    answers: int
    exact: float
    """Share marked the same, in quarters of the points."""
    adjacent: float
    """Share at most one quarter apart."""
    kappa: float
    """Quadratic weighted kappa."""
    low: float
    high: float
    """Its 95 % bootstrap interval."""
    smd: float
    """Standardised mean difference: machine minus person, or second marker minus first."""


def handed_in(results: Iterable[Result]) -> list[Result]:
    """Return the results of which an attempt counts."""
    return [result for result in results if result.counted]


def share(result: Result) -> float | None:
    """Return the share reached of the points marked so far, before any late penalty."""
    marked = [one for one in result.items if one.score is not None]
    total = sum(one.mark.max for one in marked)
    return sum(one.score or 0.0 for one in marked) / total if total else None


def shares(results: Iterable[Result]) -> list[float]:
    """Return the share of everybody who handed in and has a mark."""
    return [value for result in handed_in(results) if (value := share(result)) is not None]


def summary(results: Sequence[Result]) -> Summary:
    """Return the four numbers on top of a report."""
    there = handed_in(results)
    reached = shares(there)
    return Summary(
        handed_in=len(there),
        people=len(results),
        late=sum(result.late.total_seconds() > 0 for result in there),
        median=median(reached) if reached else None,
        waiting=sum(result.waiting for result in there),
        waiting_people=sum(result.waiting > 0 for result in there),
    )


def item_numbers(
    items: Sequence[model.Item], key: Mapping[str, keys.Key], results: Sequence[Result]
) -> list[ItemNumbers]:
    """Return the numbers of each item, in the order of the exercise."""
    there = handed_in(results)
    return [_item(no, item, key.get(item.id), there) for no, item in enumerate(items, 1)]


def _item(no: int, item: model.Item, key: keys.Key | None, there: Sequence[Result]) -> ItemNumbers:
    ones = [one for result in there for one in result.items if one.mark.item == item.id]
    # what the answers are worth by themselves: a gate that another answer met says nothing of this one
    got = [one.earned / one.mark.max for one in ones if one.earned is not None]
    falls = Counter(trap for one in ones for trap in set(one.mark.traps))
    rest = item_rest(item.id, there)
    # while most answers wait, those with a mark are the blank ones: they say nothing of the item
    mean = fmean(got) if got and 2 * len(got) >= len(ones) else None
    return ItemNumbers(
        no=no,
        item=item,
        people=len(got),
        share=mean,
        missed=sum(value < MISSED for value in got),
        blank=sum(one.outcome is Outcome.NOT_ATTEMPTED for one in ones),
        waiting=sum(one.waiting for one in ones),
        rest=rest,
        falls=tuple(
            Fall(name, count) for name, count in sorted(falls.items(), key=lambda f: (-f[1], f[0]))
        ),
        chosen=_chosen(item, key, ones),
        flags=_flags(mean, len(got), rest),
    )


def interval(share: float, people: int) -> tuple[float, float]:
    """Return the 95 % Wilson interval of a share; for partial credit it errs to the wide side.

    >>> [round(bound, 2) for bound in interval(0.0, 10)]
    [0.0, 0.28]
    """
    z = NormalDist().inv_cdf(0.975)
    middle = (share + z * z / (2 * people)) / (1 + z * z / people)
    half = z / (1 + z * z / people)
    half *= math.sqrt(share * (1 - share) / people + z * z / (4 * people * people))
    return max(0.0, middle - half), min(1.0, middle + half)


def _flags(mean: float | None, people: int, rest: float | TooFew | None) -> tuple[Message, ...]:
    """Flag only what the group is large enough to show: the interval lies wholly outside."""
    flags = []
    if mean is not None:
        low, high = interval(mean, people)
        if high < WANTED[0]:
            flags.append(message("too hard"))
        if low > WANTED[1]:
            flags.append(message("too easy"))
    if isinstance(rest, float):
        if rest < 0:
            flags.append(message("check the key: the better people miss it"))
        elif rest < WEAK_REST:
            flags.append(message("tells little apart"))
    return tuple(flags)


def item_rest(item: str, there: Sequence[Result]) -> float | TooFew | None:
    """Return how an item's marks go with the rest of the exercise, in [-1, 1].

    Too few below `ENOUGH_FOR_REST` people; None where one of both is the same for all.
    """
    pairs = []
    for result in there:
        marked = {one.mark.item: one for one in result.items if one.earned is not None}
        one = marked.pop(item, None)
        total = sum(other.mark.max for other in marked.values())
        if one is not None and total:
            others = sum(other.earned or 0.0 for other in marked.values())
            pairs.append(((one.earned or 0.0) / one.mark.max, others / total))
    if len(pairs) < ENOUGH_FOR_REST:
        return TooFew(len(pairs), ENOUGH_FOR_REST)
    try:
        return correlation(*zip(*pairs, strict=True))
    except StatisticsError:
        return None


def _chosen(
    item: model.Item, key: keys.Key | None, ones: Sequence[ItemResult]
) -> tuple[tuple[str, int, bool], ...]:
    """Count who took which option, for the interactions that have a few options."""
    match item, key:
        case model.Choice(), keys.ChoiceKey():
            options, right, taken = item.options, {key.answer}, _one(ones, "choice")
        case model.Choices(), keys.ChoicesKey():
            options, right, taken = item.options, set(key.answer), _several(ones, "choices")
        case model.SpotError(), keys.SpotErrorKey():
            options, right, taken = item.segments, {key.where}, _one(ones, "where")
        case _:
            return ()
    return tuple((text, taken[name], name in right) for name, text in options.items())


def _one(ones: Iterable[ItemResult], field: str) -> Counter[str]:
    taken = (one.response.get(field) for one in ones if isinstance(one.response, Mapping))
    return Counter(name for name in taken if isinstance(name, str))


def _several(ones: Iterable[ItemResult], field: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for one in ones:
        taken = one.response.get(field) if isinstance(one.response, Mapping) else None
        if isinstance(taken, list | tuple):
            found.update({name for name in taken if isinstance(name, str)})
    return found


def teach_again(numbers: Iterable[ItemNumbers], most: int = 5) -> list[ItemNumbers]:
    """Return the items to teach again, the one that most people missed first."""
    worth = [
        one
        for one in numbers
        if one.share is not None and one.missed and one.missed >= TEACH_FROM * one.people
    ]
    return sorted(worth, key=lambda one: (-one.missed, one.share or 0.0, one.no))[:most]


def fall_text(item: model.Item, key: keys.Key | None, name: str) -> tuple[Message | str, str]:
    """Return what a wrong turn is called and what its author says to it; either may be empty.

    `name` is as the marking gives it: a trap, an option, a check, `reason:x` and its like, or
    `left:right` for two things that were put together.
    """
    messages: Mapping[str, str] = getattr(key, "messages", {})
    match key:
        case keys.NumberKey():
            for trap in key.traps:
                if trap.name == name:
                    return "", trap.message
        case keys.StructuredKey() | keys.PlanKey() | keys.TableKey():
            check = keys.named_checks(key.checks).get(name)
            if check:
                return "", check.message
            measure = getattr(key, "measure", "")
            return (fall(measure, name) if measure else None) or name, ""
    kind, _, value = name.partition(":")
    if kind in _KINDS and value in (texts := getattr(item, _KINDS[kind], {})):
        said = getattr(key, "reason_messages", {}).get(value, "") if kind == "reason" else ""
        return Message(texts[value]), said
    labels = _labels(item)
    if not value:
        return Message(labels[name]) if name in labels else name, messages.get(name, "")
    if kind not in labels or value not in labels:
        return name, ""
    pair = {"left": Message(labels[kind]), "right": Message(labels[value])}
    said = messages.get(kind) or messages.get(value) or ""
    if isinstance(item, model.Order):
        return message("“{left}” before “{right}”", **pair), said
    return message("“{left}” with “{right}”", **pair), said


_KINDS = {"reason": "reasons", "kind": "kinds", "reading": "readings", "unit": "units"}
"""The field of an item that holds the texts of each kind of wrong turn."""


def _labels(item: model.Item) -> dict[str, str]:
    """Return the text of everything in an item that can be chosen or put to something."""
    labels: dict[str, str] = {}
    for field in ("options", "classes", "stems", "lines", "segments", "claims"):
        texts = getattr(item, field, None)
        # the lines of a recall item are a number
        labels |= texts if isinstance(texts, Mapping) else {}
    if isinstance(item, model.Evidence):
        labels |= {name: fact.text for name, fact in item.facts.items()}
    return labels


def weakest(result: Result) -> str | None:
    """Return the id of the item with the smallest share of its points; None where none was lost.

    Of items with the same share it is the one worth most; a gate makes no item weaker.
    """
    lost = [
        (one.earned / one.mark.max, -one.mark.max, one.mark.item)
        for one in result.items
        if one.earned is not None and one.earned < one.mark.max
    ]
    return min(lost, key=lambda one: one[:2])[2] if lost else None


def alpha(results: Sequence[Result]) -> float | TooFew | None:
    """Return Cronbach's alpha over the items that are marked for everybody who handed in.

    Too few at 50 people or less; None where there are fewer than two such items or no spread.
    """
    there = handed_in(results)
    if len(there) < ENOUGH_FOR_ALPHA:
        return TooFew(len(there), ENOUGH_FOR_ALPHA)
    columns: dict[str, list[float]] = {}
    for result in there:
        for one in result.items:
            if one.earned is not None:
                columns.setdefault(one.mark.item, []).append(one.earned)
    whole = [column for column in columns.values() if len(column) == len(there)]
    if len(whole) < 2:
        return None
    spread = float(variance([sum(row) for row in zip(*whole, strict=True)]))
    if not spread:
        return None
    unexplained = float(sum(variance(column) for column in whole))
    return len(whole) / (len(whole) - 1) * (1 - unexplained / spread)


def by_language(results: Sequence[Result]) -> Difference | TooFew | None:
    """Return how the two largest languages differ; None where all use one.

    The difference of the mean shares in pooled standard deviations, its interval by Welch.
    """
    groups: dict[str, list[float]] = {}
    for result in handed_in(results):
        value = share(result)
        if value is not None:
            groups.setdefault(result.trainee.lang, []).append(value)
    if len(groups) < 2:
        return None
    (first, a), (second, b), *_ = sorted(groups.items(), key=lambda g: (-len(g[1]), g[0]))
    if len(b) < ENOUGH_FOR_LANGUAGE:
        return TooFew(len(b), ENOUGH_FOR_LANGUAGE)
    pooled = math.sqrt((variance(a) + variance(b)) / 2)
    if not pooled:
        return None
    value = (fmean(a) - fmean(b)) / pooled
    half = NormalDist().inv_cdf(0.975) * math.sqrt(variance(a) / len(a) + variance(b) / len(b))
    return Difference(first, second, value, value - half / pooled, value + half / pooled)


def agreement(results: Sequence[Result]) -> Agreement | TooFew | None:
    """Return how machine and person agree where both marked, as `agreed` does."""
    return agreed(
        [
            (one.mark.earned / one.mark.max, one.human_score / one.mark.max)
            for result in handed_in(results)
            for one in result.items
            if one.mark.earned is not None and one.human_score is not None
        ]
    )


def two_markers(results: Sequence[Result]) -> Agreement | TooFew | None:
    """Return how the second marks agree with the first, as `agreed` does.

    The first marks are those given before the two markers spoke: what they settled on later would
    make them look more alike than they are.
    """
    return agreed(
        [
            (one.second.score / one.mark.max, one.second.first / one.mark.max)
            for result in handed_in(results)
            for one in result.items
            if one.second is not None and one.second.first is not None
        ]
    )


def agreed(pairs: Sequence[tuple[float, float]]) -> Agreement | TooFew | None:
    """Return how two marks of each answer agree, both as shares of its points, in quarters.

    Too few below `ENOUGH_FOR_KAPPA` answers; None where nobody's marks differ from answer to
    answer, so that kappa has no meaning.
    """
    if len(pairs) < ENOUGH_FOR_KAPPA:
        return TooFew(len(pairs), ENOUGH_FOR_KAPPA)
    marks = np.array([[quarters(first), quarters(second)] for first, second in pairs])
    value = kappa(marks)
    spread = math.sqrt(float(marks.var(axis=0, ddof=1).mean()))
    if value is None or not spread:
        return None
    chance = np.random.default_rng(2026)
    drawn = (kappa(marks[chance.integers(0, len(marks), len(marks))]) for _ in range(1000))
    low, high = np.quantile([one for one in drawn if one is not None], [0.025, 0.975])
    gap = abs(marks[:, 0] - marks[:, 1])
    return Agreement(
        answers=len(pairs),
        exact=float((gap == 0).mean()),
        adjacent=float((gap <= 1).mean()),
        kappa=value,
        low=float(low),
        high=float(high),
        smd=float((marks[:, 0] - marks[:, 1]).mean()) / spread,
    )


def quarters(share: float) -> int:
    """Return a share of the points in whole quarters, in which marks are compared.

    >>> [quarters(share) for share in (0, 0.2, 0.7, 1)]
    [0, 1, 3, 4]
    """
    return math.floor(4 * share + 0.5)


def kappa(marks: np.ndarray) -> float | None:
    """Return the quadratic weighted kappa of two columns of marks; None where none is possible."""
    a, b = marks[:, 0].astype(float), marks[:, 1].astype(float)
    # the quadratic weights make the expected disagreement a matter of means and variances
    expected = a.var() + b.var() + (a.mean() - b.mean()) ** 2
    return None if expected == 0 else float(1 - ((a - b) ** 2).mean() / expected)
