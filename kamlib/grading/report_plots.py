"""How a group's marks look: their spread, each item, what to teach again, how sure people were."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean, median

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from kamlib.plots import (
    ACCENT,
    ACTORS,
    ALERT,
    HEIGHT,
    INK,
    LINE,
    MUTED,
    PANEL,
    Picture,
    canvas,
    percent,
    shorten,
)
from kamlib.words import Message, Words, message

LOW, HIGH = 0.3, 0.9
"""The shares of the points between which an item tells people apart."""

DOTS_UP_TO = 60
"""In a group of at most this size every person is one dot; above it, bars count them."""


def _share_axis(axes: Axes, words: Words, label: Message) -> None:
    """Make the horizontal axis one of shares from 0 to 100 %."""
    axes.set_xlim(-0.02, 1.02)
    ticks = [0, 0.25, 0.5, 0.75, 1]
    axes.set_xticks(ticks, [percent(tick, words.lang) for tick in ticks])
    axes.set_xlabel(words.say(label))


def score_distribution(shares: Sequence[float], words: Words) -> Picture:
    """Draw how the scores spread, each a share of the points in [0, 1].

    Up to `DOTS_UP_TO` people, everybody is a dot in a step of 5 %; above, bars count them in
    steps of 10 %. Raises `ValueError` where there is no score.
    """
    if not shares:
        raise ValueError("no score to draw")
    low, middle, high = min(shares), median(shares), max(shares)
    said = {
        "n": len(shares),
        "low": percent(low, words.lang),
        "middle": percent(middle, words.lang),
        "high": percent(high, words.lang),
    }
    if len(shares) == 1:
        finding = message("One hand-in, with {middle} of the points", **said)
    elif len(shares) < 5:
        finding = message("{n} hand-ins, from {low} to {high} of the points", **said)
    else:
        finding = message("Half of the group has {middle} of the points or more", **said)
    figure = canvas(words.say(finding), height=2.6 if len(shares) < 5 else HEIGHT)
    axes = figure.subplots()
    top = _dots(axes, shares) if len(shares) <= DOTS_UP_TO else _bars(axes, shares, words)
    axes.set_ylim(0, top * 1.18)
    axes.axvline(middle, color=INK, linewidth=1.2)
    on_left = middle > 0.7
    axes.annotate(
        words.say(message("median {middle}", **said)),
        (middle, top * 1.12),
        xytext=(-5 if on_left else 5, 0),
        textcoords="offset points",
        ha="right" if on_left else "left",
        va="center",
    )
    _share_axis(axes, words, message("points reached, of all points"))
    alt = message(
        "{finding}. Hand-ins: {n}; lowest {low}, median {middle}, highest {high}.",
        finding=finding,
        **said,
    )
    return Picture(figure, words.say(alt))


def _dots(axes: Axes, shares: Sequence[float]) -> float:
    """Draw one dot a person, stacked in steps of 5 %, and return the height in dots."""
    stacks: dict[int, list[float]] = {}
    for share in sorted(shares):
        stacks.setdefault(min(19, math.floor(share * 20)), []).append(share)
    places = [
        (mean(stack), level + 0.5) for stack in stacks.values() for level in range(len(stack))
    ]
    top = float(max(4, max(map(len, stacks.values()))))
    across, up = zip(*places, strict=True)
    axes.scatter(across, up, s=min(170.0, 1500 / top), color=ACCENT, linewidths=0)
    axes.set_yticks([])
    axes.grid(False)
    return top


def _bars(axes: Axes, shares: Sequence[float], words: Words) -> float:
    """Draw one bar for each 10 %, with its count above it, and return the highest count."""
    counts = [0] * 10
    for share in shares:
        counts[min(9, math.floor(share * 10))] += 1
    bars = axes.bar(
        [(step + 0.5) / 10 for step in range(10)], counts, width=0.09, color=ACCENT, linewidth=0
    )
    axes.bar_label(bars, [str(count or "") for count in counts], padding=2, color=INK)
    axes.set_ylabel(words.say(message("people")))
    axes.tick_params(axis="y", labelcolor=MUTED)
    return float(max(counts))


@dataclass(frozen=True, slots=True)
class ItemPoint:
    """One item in the item strip."""

    label: str
    """Its number and title."""
    share: float
    """The mean share of its points that the group reached, in [0, 1]."""
    rest: float | None = None
    """How its marks go with the rest of the exercise, in [-1, 1]; None where too few to judge."""


def item_strip(items: Sequence[ItemPoint], words: Words) -> Picture:
    """Draw for each item how hard it was and, where known, how it goes with the rest.

    Raises `ValueError` where there is no item.
    """
    if not items:
        raise ValueError("no item to draw")
    hardest = min(items, key=lambda item: item.share)
    easiest = max(items, key=lambda item: item.share)
    finding = message(
        "Hardest: “{title}”, {share} of its points reached",
        title=shorten(hardest.label, 36),
        share=percent(hardest.share, words.lang),
    )
    with_rest = any(item.rest is not None for item in items)
    figure = canvas(words.say(finding), height=max(HEIGHT, 1.3 + 0.27 * len(items)))
    rows = range(len(items))
    if with_rest:
        axes, right = figure.subplots(1, 2, sharey=True, width_ratios=(3, 2))
        _rest_panel(right, items, words)
    else:
        axes = figure.subplots()
    axes.axvspan(LOW, HIGH, color=PANEL, linewidth=0)
    axes.hlines(rows, 0, [item.share for item in items], color=LINE, linewidth=2)
    inside = [LOW <= item.share <= HIGH for item in items]
    colours = [ACCENT if good else ACTORS["distributor_b"] for good in inside]
    axes.scatter([item.share for item in items], rows, s=52, color=colours, zorder=3)
    for row, item in enumerate(items):
        axes.annotate(
            percent(item.share, words.lang),
            (item.share, row),
            xytext=(7, 0) if item.share < 0.88 else (-7, 0),
            textcoords="offset points",
            ha="left" if item.share < 0.88 else "right",
            va="center",
            fontsize=8.5,
            color=MUTED,
        )
    axes.set_yticks(rows, [shorten(item.label, 28 if with_rest else 38) for item in items])
    axes.set_ylim(len(items) - 0.4, -0.6)
    axes.grid(False)
    _share_axis(axes, words, message("points reached (shaded: as wanted)"))
    alt = message(
        "{finding}. Easiest: “{title}”, {share}. {n} of {total} items lie in the wanted range.",
        finding=finding,
        title=easiest.label,
        share=percent(easiest.share, words.lang),
        n=sum(inside),
        total=len(items),
    )
    return Picture(figure, words.say(alt))


def _rest_panel(axes: Axes, items: Sequence[ItemPoint], words: Words) -> None:
    """Draw how each item's marks go with the rest of the exercise."""
    known = [(row, item.rest) for row, item in enumerate(items) if item.rest is not None]
    colours = [ACCENT if rest >= 0.2 else ALERT for _, rest in known]
    rests = [rest for _, rest in known]
    axes.axvline(0, color=MUTED, linewidth=0.8)
    axes.axvline(0.2, color=LINE, linewidth=1.2)
    axes.scatter(rests, [row for row, _ in known], s=52, marker="D", color=colours, zorder=3)
    axes.set_xlim(min(-0.25, *rests) - 0.08, 1)
    axes.set_xticks([0, 0.2, 0.5, 1], ["0", "0.2", "0.5", "1"])
    axes.set_xlabel(words.say(message("item–rest correlation")))
    axes.grid(False)


@dataclass(frozen=True, slots=True)
class Missed:
    """One item that people missed."""

    label: str
    count: int
    """How many missed it."""
    people: int
    """Of how many."""


def teach_again(items: Sequence[Missed], words: Words) -> Picture:
    """Draw which items most people missed, worst first.

    Raises `ValueError` where there is no item.
    """
    if not items:
        raise ValueError("no item to draw")
    first = items[0]
    finding = message(
        "{count} of {people} missed “{title}”",
        count=first.count,
        people=first.people,
        title=shorten(first.label, 48),
    )
    figure = canvas(words.say(finding), height=1.25 + 0.42 * len(items))
    axes = figure.subplots()
    rows = range(len(items))
    people = max(item.people for item in items)
    axes.barh(rows, [item.people for item in items], height=0.62, color=PANEL, linewidth=0)
    axes.barh(rows, [item.count for item in items], height=0.62, color=ALERT, linewidth=0)
    for row, item in enumerate(items):
        axes.annotate(
            words.say(message("{count} of {people}", count=item.count, people=item.people)),
            (item.count, row),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
        )
    axes.set_yticks(rows, [shorten(item.label, 38) for item in items])
    axes.set_ylim(len(items) - 0.45, -0.55)
    axes.set_xlim(0, people * 1.16)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel(words.say(message("people who got less than half of the points")))
    axes.grid(False)
    alt = message(
        "{finding}. {rows}.",
        finding=finding,
        rows=[
            message("{title}: {count} of {people}",
                    title=item.label, count=item.count, people=item.people)
            for item in items[:3]
        ],
    )  # fmt: skip
    return Picture(figure, words.say(alt))


@dataclass(frozen=True, slots=True)
class ConfidenceBand:
    """The answers of those who were about equally sure."""

    sure: float
    """Their mean stated confidence, in [0, 1]."""
    answers: int
    right: float | None
    """The share that was right; None where there are too few answers."""
    bounds: tuple[float, float] | None = None
    """The 95 % interval of that share."""


def confidence_curve(
    bands: Sequence[ConfidenceBand],
    sure: float,
    right: float,
    clear: bool,
    words: Words,
) -> Picture:
    """Draw how often people were right beside how sure they said they were.

    `sure` and `right` are the means over all answers, in [0, 1]; `clear` says whether they are
    further apart than chance would make them. Raises `ValueError` where there is no answer.
    """
    total = sum(band.answers for band in bands)
    if not total:
        raise ValueError("no answer to draw")
    said = {"sure": percent(sure, words.lang), "right": percent(right, words.lang)}
    if not clear:
        finding = message("About as sure as right: {sure} sure, {right} right", **said)
    elif sure > right:
        finding = message("Surer than right: {sure} sure, {right} right", **said)
    else:
        finding = message("Better than they thought: {sure} sure, {right} right", **said)
    figure = canvas(words.say(finding))
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color=MUTED, linewidth=1.2)
    axes.annotate(
        words.say(message("as sure as right")),
        (0.09, 0.01),
        fontsize=8.5,
        color=MUTED,
    )
    for band in bands:
        if band.right is None:
            continue
        if band.bounds:
            axes.vlines(band.sure, *band.bounds, color=ACCENT, linewidth=1.4, alpha=0.75)
        axes.scatter([band.sure], [band.right], s=70, color=ACCENT, linewidths=0, zorder=3)
        axes.annotate(
            words.say(message("{n} answers", n=band.answers)),
            (band.sure, band.right),
            xytext=(9, 0),
            textcoords="offset points",
            va="center",
            fontsize=8.5,
        )
    axes.set_ylim(-0.02, 1.06)
    ticks = [0, 0.25, 0.5, 0.75, 1]
    axes.set_yticks(ticks, [percent(tick, words.lang) for tick in ticks])
    axes.set_ylabel(words.say(message("answers that were right")))
    _share_axis(axes, words, message("how sure people said they were"))
    axes.set_xlim(-0.02, 1.16)  # room for what stands beside the surest
    alt = message(
        "{finding}. Answers: {n}. {rows}.",
        finding=finding,
        n=total,
        rows=[
            message("{sure} sure: {right} of {n} answers right",
                    sure=percent(band.sure, words.lang), right=percent(band.right, words.lang),
                    n=band.answers)
            for band in bands if band.right is not None
        ],
    )  # fmt: skip
    return Picture(figure, words.say(alt))
