"""How figures look: one style, one font list, alt text, and the figures of course and report."""

from __future__ import annotations

import base64
import html
import math
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from io import BytesIO, StringIO
from itertools import pairwise
from pathlib import Path
from statistics import mean, median
from typing import Any

import matplotlib
import numpy as np
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import Bbox

from kamlib.haggling import BeliefPoint
from kamlib.negotiation import Assessment, Deal, Game, Outcome
from kamlib.words import LANGUAGES, Message, Words, message

INK = "#1f2933"
MUTED = "#52606d"
LINE = "#d9e2ec"
PAPER = "#ffffff"
PANEL = "#f5f7fa"
ACCENT = "#0b6e6e"
ALERT = "#9b2226"

ACTORS = {
    "us": "#0b6e6e",
    "distributor_a": "#0072b2",
    "distributor_b": "#c77700",
    "direct_retailer": "#009e73",
    "rival": "#9b2226",
    "wholesaler": "#7f6aa8",
    "uncovered": "#8795a1",
}
"""The colour of each actor, the same in every figure of the course, safe for the colour-blind."""

FONT_FILE = Path(__file__).parent / "fonts" / "KamSansSC-Regular.otf"
FONTS = ("Kam Sans SC", "DejaVu Sans")
"""The shipped font, and matplotlib's own for the signs that it lacks."""

SVG_LIMIT = 100_000
"""An SVG of more bytes than this becomes a PNG at twice the size."""

WIDTH = 7.0
HEIGHT = 4.0

LOW, HIGH = 0.3, 0.9
"""The shares of the points between which an item tells people apart."""

DOTS_UP_TO = 60
"""In a group of at most this size every person is one dot; above it, bars count them."""

_RC: dict[Any, Any] = {
    "font.family": list(FONTS),
    "font.size": 10.0,
    "text.color": INK,
    "figure.facecolor": PAPER,
    "figure.figsize": (WIDTH, HEIGHT),
    "axes.facecolor": PAPER,
    "axes.edgecolor": LINE,
    "axes.labelcolor": MUTED,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.unicode_minus": True,
    "grid.color": LINE,
    "grid.linewidth": 0.8,
    "xtick.color": LINE,
    "ytick.color": LINE,
    "xtick.labelcolor": MUTED,
    "ytick.labelcolor": INK,
    "ytick.major.size": 0.0,
    "figure.constrained_layout.use": True,
    "figure.constrained_layout.h_pad": 0.08,
    # a title may hold two prices: $ is a currency here, not mathematics
    "text.parse_math": False,
    "svg.fonttype": "path",
    "svg.hashsalt": "kamlib",
    "savefig.dpi": 100.0,
}


@cache
def _add_font() -> None:
    # matplotlib keeps one list of fonts a process; adding ours twice would only slow it down
    font_manager.fontManager.addfont(FONT_FILE)


@contextmanager
def style(lang: str) -> Iterator[None]:
    """Draw *and save* in the house style inside this block: fonts are looked up when saving.

    Raises `ValueError` for a language the workbook does not have.
    """
    if lang not in LANGUAGES:
        raise ValueError(f"no such language: {lang!r}; there are {', '.join(LANGUAGES)}")
    _add_font()
    with matplotlib.rc_context(_RC):
        yield


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawn figure with what it says in words."""

    figure: Figure
    alt: str
    """The finding and the numbers that matter, for who cannot see the figure."""


def percent(share: float, lang: str) -> str:
    r"""Write a share in [0, 1] as whole per cent, as each language spaces it.

    >>> percent(0.645, "en"), percent(0.2, "zh")
    ('64\xa0%', '20%')
    """
    return f"{share * 100:.0f}{'%' if lang == 'zh' else chr(0xA0) + '%'}"


def columns(text: str) -> int:
    """Return how many Latin columns a text takes; a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def shorten(text: str, width: int) -> str:
    """Cut a text to `width` Latin columns, with … where something was cut.

    >>> shorten("Coverage ratio", 20), shorten("Coverage ratio", 9), shorten("覆盖率是多少", 7)
    ('Coverage ratio', 'Coverage…', '覆盖率…')
    """
    if columns(text) <= width:
        return text
    while text and columns(text) > width - 1:
        text = text[:-1]
    return text.rstrip() + "…"


def wrap(text: str, width: int) -> str:
    """Break a text into lines of at most `width` Latin columns, at spaces or between 汉字."""
    lines, line = [], ""
    for part in re.findall(r"\s+|[^\W\u2e80-\uffff]+\S*?(?=\s|[\u2e80-\uffff]|$)|\S", text):
        closing = len(part) == 1 and unicodedata.category(part) in {"Pe", "Pf", "Po"}
        if columns(line + part) > width and line.strip() and not closing:
            lines.append(line.strip())
            line = ""
        line += part
    return "\n".join([*lines, line.strip()])


def canvas(finding: str, height: float = HEIGHT) -> Figure:
    """Return an empty figure, 7 inches wide, whose title states the finding."""
    figure = Figure(figsize=(WIDTH, height))
    figure.suptitle(wrap(finding, 74), x=0.012, ha="left", fontsize=12.5, color=INK)
    return figure


def svg(figure: Figure, alt: str, name: str = "figure") -> str:
    """Return a figure as HTML: inline SVG with its alt text, or a PNG where SVG gets too big.

    The same figure gives the same bytes. `name` keeps the ids of several figures on one page
    apart. Raises `RuntimeError` outside `style`.
    """
    if tuple(matplotlib.rcParams["font.family"]) != FONTS:
        raise RuntimeError("figures are drawn and saved inside kamlib.plots.style(lang)")
    said = html.escape(alt)
    text = StringIO()
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    figure.savefig(text, format="svg", metadata=nothing)
    picture = _inline(text.getvalue(), said, name)
    if len(picture.encode()) <= SVG_LIMIT:
        return picture
    pixels = BytesIO()
    figure.savefig(pixels, format="png", dpi=200, metadata={"Software": None})
    data = base64.b64encode(pixels.getvalue()).decode()
    return f'<img class="figure" alt="{said}" src="data:image/png;base64,{data}">'


def _inline(text: str, alt: str, name: str) -> str:
    """Turn matplotlib's file into an element of a page, with ids that belong to it alone."""
    text = text[text.index("<svg") :].strip()
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    text = re.sub(r'\bid="', f'id="{name}-', text)
    text = re.sub(r'href="#', f'href="#{name}-', text)
    text = text.replace("url(#", f"url(#{name}-")
    text = re.sub(r"\s*\n\s*", " ", text)
    text = re.sub(r'<svg([^>]*?) width="[^"]*" height="[^"]*"', r"<svg\1", text, count=1)
    label = f'class="figure" role="img" aria-label="{alt}"'
    return text.replace("<svg ", f"<svg {label} ", 1)


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


def frontier_plot(
    game: Game,
    words: Words,
    *,
    played: Deal | None = None,
    named: Sequence[str] = (),
    beyond: bool = False,
) -> Picture:
    """Draw what packages are worth to both sides, with the best of them and a deal among them.

    Everything is measured within our authority. `played` is the deal to judge, `named` are deals
    of the game's file to show beside it. `beyond` draws what head office could approve as well,
    which is for after the game. Raises `GameError` where a deal is none of the game's.
    """
    within = game.within_authority()
    found = None if played is None else within.assess(played)
    best = within.nash().utilities
    finding = _deal_finding(found, best, within.reservation)
    figure = canvas(words.say(finding), height=4.8)
    axes = figure.subplots()
    cloud, _ = (game if beyond else within).outcomes()
    axes.scatter(cloud[:, 0], cloud[:, 1], s=5, color=LINE, linewidths=0, rasterized=True)
    own = Words(words.lang, game.sheets.texts(words.lang))
    marks = [
        _Mark(game.assess(name).utilities, own.say(game.sheets.deal(name)), MUTED, "o", 30)
        for name in named
    ]
    if best is not None:
        marks.append(_Mark(best, words.say(message("largest product of gains (Nash)")), ACCENT,
                           "D", 34))  # fmt: skip
    if found is not None:
        marks.append(_Mark(found.utilities, words.say(message("this deal")), ALERT, "*", 190))
    for mark in marks:
        axes.scatter(*mark.at, s=mark.size, color=mark.colour, marker=mark.sign, linewidths=0,
                     zorder=4)  # fmt: skip
    labels = [*_reservations(axes, within, words), *_frontiers(axes, game, within, beyond, words)]
    axes.set_xlabel(words.say(message("points for us")), color=ACTORS["us"])
    axes.set_ylabel(words.say(message("points for the distributor")), color=ACTORS["distributor_a"])
    _place_labels(figure, axes, marks, labels)
    played_at: Message | str = ""
    if found:
        at = found.utilities
        played_at = message("This deal: {ours} points for us, {theirs} for the distributor. ",
                            ours=at.company, theirs=at.distributor)  # fmt: skip
    best_at = message("none")
    if best:
        best_at = message("{ours} for us, {theirs} for the distributor",
                          ours=best.company, theirs=best.distributor)  # fmt: skip
    alt = message(
        "{finding}. {deal}Reservations: {ours} for us, {theirs} for the distributor. Largest product of gains: {best}. Points on the frontier: {n}.",
        finding=finding,
        deal=played_at,
        ours=within.reservation.company,
        theirs=within.reservation.distributor,
        best=best_at,
        n=len(within.frontier()),
    )  # fmt: skip
    return Picture(figure, words.say(alt))


def _deal_finding(found: Assessment | None, best: Outcome | None, floor: Outcome) -> Message:
    """Return what the frontier shows of a deal, or of the game where there is none yet."""
    if found is not None and not found.company_rational and not found.distributor_rational:
        return message("Both sides had rather have no deal than this one")
    if found is not None and not found.company_rational:
        return message("We had rather have no deal: this one brings {n} of the {floor} points we need",
                       n=found.utilities.company, floor=floor.company)  # fmt: skip
    if found is not None and not found.distributor_rational:
        return message("The distributor had rather have no deal: this one brings {n} of the {floor} points it needs",
                       n=found.utilities.distributor, floor=floor.distributor)  # fmt: skip
    if found is not None and found.exceeds:
        return message("This deal promises more than we may without approval")
    if found is not None and found.dominating == 1:
        return message(
            "One package within our authority is better for one side and no worse for the other"
        )
    if found is not None and found.dominating:
        return message("{n} packages within our authority are better for one side and no worse for the other",
                       n=found.dominating)  # fmt: skip
    if found is not None:
        return message("No package that we may promise beats this deal")
    if best is None:
        return message("Nothing that we may promise is better for both than no deal")
    return message("What we may promise reaches {ours} points for us with {theirs} for the distributor",
                   ours=best.company, theirs=best.distributor)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Mark:
    """A point with a name."""

    at: tuple[float, float]
    text: str
    colour: str
    sign: str
    size: float


def _reservations(axes: Axes, game: Game, words: Words) -> list[Text]:
    """Draw below what each side walks away, and return the labels."""
    ours, theirs = game.reservation
    axes.axvline(ours, color=ACTORS["us"], linewidth=1.2, linestyle=(0, (4, 3)), zorder=2)
    axes.axhline(
        theirs, color=ACTORS["distributor_a"], linewidth=1.2, linestyle=(0, (4, 3)), zorder=2
    )
    return [
        axes.annotate(
            words.say(message("our reservation: {n}", n=ours)), (ours, 0), xytext=(4, 4),
            xycoords=axes.get_xaxis_transform(), textcoords="offset points", fontsize=8.5,
            color=ACTORS["us"],
        ),
        axes.annotate(
            words.say(message("the distributor’s reservation: {n}", n=theirs)), (0, theirs),
            xytext=(4, 4), xycoords=axes.get_yaxis_transform(), textcoords="offset points",
            fontsize=8.5, color=ACTORS["distributor_a"],
        ),
    ]  # fmt: skip


def _frontiers(axes: Axes, game: Game, within: Game, beyond: bool, words: Words) -> list[Text]:
    """Draw the frontier within authority and, if wanted, the whole one; return the labels."""
    labels: list[Text] = []
    lines = [(within, ACCENT, 1.8, message("frontier within our authority"))]
    if beyond and within.size < game.size:
        lines.insert(0, (game, MUTED, 1.2, message("with head office’s approval")))
    for drawn, colour, width, text in lines:
        points = drawn.frontier()
        across, up = zip(*points, strict=True)
        axes.plot(across, up, color=colour, linewidth=width, marker=".", markersize=4, zorder=3)
        at = points[0] if drawn is game and len(lines) > 1 else points[-1]
        right = at == points[-1]
        labels.append(
            axes.annotate(
                words.say(text), at, xytext=(-4, -4) if right else (6, 4), fontsize=8.5,
                textcoords="offset points", color=colour, ha="right" if right else "left",
                va="top" if right else "bottom",
            )
        )  # fmt: skip
    return labels


_ROUND = [
    (right, up)
    for away in (7, 14, 24, 38)
    for right, up in (
        (away, 0), (away, away * 0.7), (away, -away * 0.7), (-away, 0),
        (-away, away * 0.7), (-away, -away * 0.7), (0, away), (0, -away),
    )
]  # fmt: skip
"""Where a label may stand beside its point, in points of type, the nearest and best first."""


def _place_labels(
    figure: Figure, axes: Axes, marks: Sequence[_Mark], others: Sequence[Text]
) -> None:
    """Write each mark's name beside it where it covers no other name, no mark and no line."""
    ground = {"facecolor": PAPER, "alpha": 0.8, "linewidth": 0, "pad": 0.8}
    for text in others:
        text.set_bbox(ground)
    figure.draw_without_rendering()  # places are only known once the axes have theirs
    figure.set_layout_engine("none")
    inside = axes.get_window_extent()
    taken = [text.get_window_extent() for text in others]
    for line in axes.get_lines():
        path = line.get_transform().transform_path(line.get_path())
        dense = path.interpolated(max(1, 400 // len(np.asarray(line.get_xydata()))))
        taken += [
            Bbox.from_extents(x - 1, y - 1, x + 1, y + 1) for x, y in np.asarray(dense.vertices)
        ]
    for mark in marks:
        across, up = axes.transData.transform(mark.at)
        half = math.sqrt(mark.size) * figure.dpi / 72 / 2
        taken.append(Bbox.from_extents(across - half, up - half, across + half, up + half))
    for mark in marks:
        text = axes.annotate(
            mark.text, mark.at, xytext=(0, 0), textcoords="offset points", fontsize=8.5,
            color=mark.colour, va="center", bbox=ground, zorder=5,
        )  # fmt: skip
        for right, up in _ROUND:
            text.set_position((right, up))
            text.set_horizontalalignment("left" if right > 0 else "right" if right else "center")
            box = text.get_window_extent().padded(1)
            if not box.count_overlaps(taken) and (
                inside.x0 <= box.x0 and box.x1 <= inside.x1
                and inside.y0 <= box.y0 and box.y1 <= inside.y1
            ):  # fmt: skip
                break
        else:
            text.set_position((7, 0))
            text.set_horizontalalignment("left")
        taken.append(text.get_window_extent())


def belief_plot(path: Sequence[BeliefPoint], names: Mapping[str, Message], words: Words) -> Picture:
    """Draw what A believed and how far it trusted, day by day, with what moved it.

    `path` and `names` come from a debrief: what each cause is called, its own id where it is not
    named. Raises `ValueError` where there is no point.
    """
    if not path:
        raise ValueError("no belief to draw")
    first, last = path[0], path[-1]
    steps = [(after.belief - before.belief, after) for before, after in pairwise(path)]
    said = {
        "before": percent(first.belief, words.lang),
        "after": percent(last.belief, words.lang),
        "trust": percent(last.trust, words.lang),
    }
    most = max(steps, key=lambda step: step[0], default=(0.0, first))
    if most[0] > 0:
        cause = names.get(most[1].cause, message("{cause}", cause=most[1].cause))
        finding = message("From {before} to {after}: “{cause}” moved A most", cause=cause, **said)
    elif last.trust < first.trust:
        finding = message("Nothing moved A's belief, and trust fell to {trust}", **said)
    else:
        finding = message("Nothing moved A's belief: {before}", **said)
    figure = canvas(words.say(finding), height=4.6 if steps else HEIGHT)
    axes = figure.subplots()
    end = last.day + max(0.5, 0.12 * (last.day - first.day))
    days = [point.day for point in path]
    for values, colour, width, label in (
        ([point.trust for point in path], MUTED, 1.2, message("trust in what we say")),
        ([point.belief for point in path], ACTORS["distributor_a"], 2.4, message("belief")),
    ):
        axes.step([*days, end], [*values, values[-1]], where="post", color=colour, linewidth=width)
        apart = 6 if label.text == "belief" or last.belief - last.trust > 0.1 else -14
        axes.annotate(
            words.say(label), (end, values[-1]), xytext=(0, apart), textcoords="offset points",
            ha="right", color=colour, fontsize=9,
        )  # fmt: skip
    _mark_causes(axes, path, names, words, (first.day, end))
    axes.set_xlim(first.day - 0.02 * (end - first.day), end)
    axes.set_ylim(0, 1.06)
    ticks = [0, 0.25, 0.5, 0.75, 1]
    axes.set_yticks(ticks, [percent(tick, words.lang) for tick in ticks])
    axes.set_ylabel(words.say(message("of what A really could sell")))
    axes.set_xlabel(words.say(message("day of the month")))
    alt = message(
        "{finding}. A believed it could sell {before} of what it really could at first, {after} at "
        "the end; its trust ended at {trust}. {steps}.",
        finding=finding,
        steps=[
            message("Day {day}, {cause}: {belief}",
                    day=round(point.day, 2), belief=percent(point.belief, words.lang),
                    cause=names.get(point.cause, message("{cause}", cause=point.cause)))
            for _, point in steps
        ] or message("Nothing was shown"),
        **said,
    )  # fmt: skip
    return Picture(figure, words.say(alt))


def _mark_causes(
    axes: Axes,
    path: Sequence[BeliefPoint],
    names: Mapping[str, Message],
    words: Words,
    span: tuple[float, float],
) -> None:
    """Mark each step and name its cause above the figure, side by side so that none overlap."""
    steps = list(pairwise(path))
    low, high = span
    # as near above its own step as the neighbours leave room
    room = (high - low) / 11
    places = [after.day for _, after in steps]
    for at in range(1, len(places)):
        places[at] = max(places[at], places[at - 1] + room)
    if places:
        places[-1] = min(places[-1], high - 0.9 * room)
    for at in range(len(places) - 2, -1, -1):
        places[at] = min(places[at], places[at + 1] - room)
    if places and places[0] < low:
        places = [low + (high - low) * at / len(places) for at in range(len(places))]
    for place, (before, after) in zip(places, steps, strict=True):
        fell = after.trust < before.trust
        colour = ALERT if fell else ACTORS["distributor_a"]
        height = after.trust if fell else after.belief
        axes.scatter([after.day], [height], s=42, color=colour, linewidths=0, zorder=4,
                     marker="v" if fell else "o")  # fmt: skip
        axes.plot([after.day, place], [height, 1.06], color=LINE, linewidth=1.0, clip_on=False)
        cause = words.say(names.get(after.cause, message("{cause}", cause=after.cause)))
        axes.annotate(
            shorten(cause, 24), (place, 1.06), xytext=(1, 3), textcoords="offset points",
            rotation=38, ha="left", va="bottom", rotation_mode="anchor", fontsize=8.5,
            color=colour, annotation_clip=False,
        )  # fmt: skip
