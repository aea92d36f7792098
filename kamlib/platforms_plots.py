"""How a portfolio on three platforms, and what comes of it, look."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path as Outline
from matplotlib.ticker import FuncFormatter
from numpy.typing import NDArray

from kamlib.case_facts import CaseError
from kamlib.platforms import (
    FAN,
    PLACES,
    Allocation,
    Expected,
    Outcomes,
    contact_hours,
    effect,
    expected,
    simulate,
)
from kamlib.platforms_file import ACTIVITIES, PLATFORMS, SIZES, Portfolio, Size, load
from kamlib.platforms_grid import Cell, fence, grid, warmth_grid
from kamlib.platforms_hours import best, even, gains, nothing
from kamlib.plots import (
    ACCENT,
    ALERT,
    INK,
    MUTED,
    PAPER,
    CannotDraw,
    Draw,
    Picture,
    canvas,
    percent,
    wrap,
)
from kamlib.words import Message, Words, message, number

TINTS: Mapping[str, str] = {"market": "#cfe3e3", "working": "#6fb0b0", "buying": ACCENT}
"""The platforms, the nearer to buying the darker."""

LOST = "#e5b9bb"
"""Who leaves; drawn with an edge in the colour of alarm."""

CALLED: Mapping[str, Message] = {
    "market": message("market platform"),
    "working": message("working platform"),
    "buying": message("buying platform"),
    "lost": message("lost"),
    "small": message("small"),
    "medium": message("medium"),
    "large": message("large"),
    "research": message("research"),
    "develop": message("develop"),
    "keep": message("keep"),
    "grow": message("sell more"),
}
"""Platforms, sizes and activities in words."""

SMALL = 8.5
"""The size of what is written beside a mark, in points."""

HARDLY = 0.02
"""So few customers on average make no band that could be seen."""

HOURS = 8
"""The hours a month that the platforms are compared by."""

_GROUPED = FuncFormatter(lambda value, _: number(value))


# The two grids ---------------------------------------------------------------------------------


def grid_plot(portfolio: Portfolio, words: Words) -> Picture:
    """Draw the market platform by size and likelihood, each customer a dot."""
    cells = grid(portfolio)
    finding = message(
        "{n} {size} suspects at {chance} are worth most: {all} thousand yuan a quarter",
        **_most(cells, words),
    )
    return _grid(portfolio, cells, words, finding, [percent(one / 100, words.lang) for one in
                 portfolio.parameters.market.likelihood],
                 message("likelihood to become a prospect"))  # fmt: skip


def warmth_plot(portfolio: Portfolio, words: Words) -> Picture:
    """Draw the working platform by size and warmth, each customer a dot."""
    cells = warmth_grid(portfolio)
    working = portfolio.parameters.working
    finding = message(
        "{n} {size} prospects at {degrees} °C are worth most: {all} thousand yuan a quarter",
        **_most(cells, words),
    )
    columns = [
        words.say(message("{degrees} °C, {chance}", degrees=degrees,
                          chance=percent(chance, words.lang)))
        for degrees, chance in zip(working.warmth, working.chance, strict=True)
    ]  # fmt: skip
    return _grid(portfolio, cells, words, finding, columns,
                 message("warmth, with the chance to buy"))  # fmt: skip


def _most(cells: Mapping[tuple[Size, int], Cell], words: Words) -> dict[str, object]:
    top = max(cells.values(), key=lambda cell: cell.all)
    return {
        "n": top.count,
        "size": CALLED[top.size],
        "chance": percent(top.grade / 100, words.lang),
        "degrees": top.grade,
        "all": round(top.all),
    }


def _grid(
    portfolio: Portfolio,
    cells: Mapping[tuple[Size, int], Cell],
    words: Words,
    finding: Message,
    columns: Sequence[str],
    below: Message,
) -> Picture:
    figure = canvas(words.say(finding), height=4.1)
    axes = figure.subplots()
    grades = sorted({cell.grade for cell in cells.values()})
    most = max(cell.each for cell in cells.values())
    for cell in cells.values():
        column, row = grades.index(cell.grade), SIZES.index(cell.size)
        axes.add_patch(Rectangle((column - 0.48, row - 0.47), 0.96, 0.94, facecolor=ACCENT,
                                 alpha=0.06 + 0.34 * cell.each / most, linewidth=0))  # fmt: skip
        across = np.linspace(-0.4, 0.4, 9)
        dots = [(column + across[n % 9], row + 0.06 + 0.2 * (n // 9)) for n in range(cell.count)]
        if dots:
            axes.scatter(
                [x for x, _ in dots],
                [y for _, y in dots],
                s=26,
                color=ACCENT,
                zorder=3,
                linewidth=0,
            )
        each = message("{each} each", each=cell.each) if cell.count else message("nobody")
        text = message("{each}, together {all}", each=each, all=cell.all)
        axes.annotate(words.say(text if cell.count > 1 else each), (column - 0.44, row - 0.26),
                      va="center", fontsize=9.5)  # fmt: skip
    axes.set_xlim(-0.5, len(grades) - 0.5)
    axes.set_ylim(-0.52, len(SIZES) - 0.48)
    sizes = [
        words.say(
            message("{size}, {krmb}", size=CALLED[size], krmb=portfolio.parameters.krmb(size))
        )
        for size in SIZES
    ]
    axes.set_yticks(range(len(SIZES)), sizes)
    axes.set_xticks(range(len(grades)), columns)
    axes.tick_params(axis="x", labelcolor=INK, length=0)
    axes.set_xlabel(words.say(below))
    axes.grid(False)
    axes.spines["bottom"].set_visible(False)
    rows = [
        message("{size}, {grade}: {n} of {each}", size=CALLED[cell.size],
                grade=columns[grades.index(cell.grade)], n=cell.count, each=cell.each)
        for cell in cells.values()
        if cell.count
    ]  # fmt: skip
    alt = message("{finding}. {rows}.", finding=finding, rows=rows)
    caption = message(
        "Each dot is a customer. Worth: margin a quarter of that size times the chance, in thousand yuan."
    )
    return _picture(figure, words, alt, caption, ("given", "invented"))


# Who moved, who leaked ---------------------------------------------------------------------------


def funnel_plot(
    portfolio: Portfolio, found: Expected | Outcomes, allocation: Allocation, words: Words
) -> Picture:
    """Draw from where to where customers moved in the quarter, and who was lost on the way."""
    flows = found.flows
    ends = ("buying", "working", "market", "lost")
    end = {place: float(flows[:, n].sum()) for n, place in enumerate(PLACES[:3])}
    gone = {each: float(flows[:, 3 + n].sum()) for n, each in enumerate(PLATFORMS)}
    end["lost"] = sum(gone.values())
    started: dict[str, float] = {each: float(flows[n].sum()) for n, each in enumerate(PLATFORMS)}
    won = found.won if isinstance(found.won, float) else found.won.mean
    said = {"won": round(won, 1), "lost": round(end["lost"], 1)}
    finding = message("{won} new customers in the quarter, and {lost} of {all} customers leak away",
                      all=len(portfolio), **said)  # fmt: skip
    spent = allocation.by_activity(portfolio)
    hours = (spent["research"], spent["develop"], spent["keep"] + spent["grow"])
    figure = canvas(words.say(finding), height=4.4)
    axes = figure.subplots()
    gap = 0.07 * len(portfolio)
    left = _stacked(started, tuple(reversed(PLATFORMS)), gap * 1.5)
    right = _stacked(end, ends, gap)
    _bands(axes, flows, dict(left), dict(right))
    for platform, spent_there in zip(PLATFORMS, hours, strict=True):
        text = message("{name}: {n}\n{hours} hours a month", name=CALLED[platform],
                       n=round(started[platform]), hours=round(spent_there))  # fmt: skip
        _block(axes, 0, left[platform], started[platform], platform, words.say(text))
    for place in ends:
        text = message("{name}: {n}", name=CALLED[place], n=round(end[place], 1))
        if place == "lost":
            text = message(
                "{lost}\n{market} from the market,\n{working} working, {buying} buying", lost=text,
                **{each: round(value, 1) for each, value in gone.items()},
            )  # fmt: skip
        _block(axes, 1, right[place], end[place], place, words.say(text))
    for side, heading in ((0.0, message("today")), (1.0, message("after the quarter"))):
        axes.annotate(words.say(heading), (side, 1.0), xycoords=("data", "axes fraction"), va="bottom",
                      xytext=(0, 2), textcoords="offset points", ha="center", fontsize=SMALL,
                      color=MUTED)  # fmt: skip
    axes.set_xlim(-0.34, 1.42)
    axes.set_ylim(-1, max(left["market"] + started["market"], right["lost"] + end["lost"]) + 1)
    axes.invert_yaxis()
    axes.set_axis_off()
    alt = message(
        "{finding}. After the quarter: {rows}. The hours cost {cost} thousand yuan.", finding=finding,
        rows=[message("{name}: {n}", name=CALLED[place], n=round(end[place], 1)) for place in ends],
        cost=round(found.cost),
    )  # fmt: skip
    caption = message(
        "The width of a band is a number of customers, on average. The hours of the quarter cost {cost} "
        "thousand yuan.", cost=round(found.cost),
    )  # fmt: skip
    return _picture(figure, words, alt, caption, ("invented", "derived"))


def _stacked(sizes: Mapping[str, float], order: Sequence[str], gap: float) -> dict[str, float]:
    """Return where each part of a column begins, from the top down."""
    found, at = {}, 0.0
    for name in order:
        found[name] = at
        at += sizes[name] + gap
    return found


def _bands(
    axes: Axes, flows: NDArray[np.float64], left: dict[str, float], right: dict[str, float]
) -> None:
    """Draw each flow as wide as it is, on both sides below the one before."""
    for n, platform in reversed(list(enumerate(PLATFORMS))):
        for place in right:
            lost = place == "lost"
            size = float(flows[n, 3:].sum() if lost else flows[n, PLACES.index(place)])
            if size > HARDLY:
                _band(axes, left[platform], right[place], size, LOST if lost else TINTS[platform])
            left[platform] += size
            right[place] += size


def _block(axes: Axes, side: int, begin: float, size: float, place: str, text: str) -> None:
    """Draw how many customers are at a place, and say it beside."""
    lost = place == "lost"
    axes.add_patch(Rectangle((side - 0.025, begin), 0.05, size, linewidth=0.8, zorder=3,
                             facecolor=ALERT if lost else TINTS[place],
                             edgecolor=ALERT if lost else ACCENT))  # fmt: skip
    axes.annotate(text, (side, begin + size / 2), xytext=(10 if side else -10, 0),
                  textcoords="offset points", ha="left" if side else "right", va="center",
                  fontsize=9, color=INK)  # fmt: skip


def _band(axes: Axes, left: float, right: float, size: float, colour: str) -> None:
    curve, line = Outline.CURVE4, Outline.LINETO
    outline = Outline(
        [(0, left), (0.5, left), (0.5, right), (1, right), (1, right + size), (0.5, right + size),
         (0.5, left + size), (0, left + size), (0, left)],
        [Outline.MOVETO, curve, curve, curve, line, curve, curve, curve, Outline.CLOSEPOLY],
    )  # fmt: skip
    axes.add_patch(PathPatch(outline, facecolor=colour, alpha=0.75, linewidth=0))


# How a quarter may go ------------------------------------------------------------------------------


def fan_plot(outcomes: Outcomes, words: Words) -> Picture:
    """Draw how next year's margin, by who buys, may go week by week."""
    fan = outcomes.fan
    low, _, middle, _, high = fan[-1].tolist()
    said = {"low": round(low), "high": round(high), "middle": round(middle)}
    finding = message(
        "Next year’s margin: between {low} and {high} thousand in nine of ten quarters", **said
    )
    figure = canvas(words.say(finding), height=3.9)
    axes = figure.subplots()
    weeks = range(len(fan))
    for begin, end, alpha in ((0, 4, 0.18), (1, 3, 0.32)):
        axes.fill_between(weeks, fan[:, begin], fan[:, end], color=ACCENT, alpha=alpha, linewidth=0)
    mean = outcomes.run_rates.mean(axis=1)
    axes.plot(weeks, mean, color=ACCENT, linewidth=2)
    axes.axhline(fan[0, 2], color=INK, linewidth=1, linestyle=(0, (4, 3)))
    last = weeks[-1]
    labels = [
        (high, message("19 of 20 end below {n}", n=round(high)), INK),
        (float(mean[-1]), message("on average {n}", n=round(float(mean[-1]))), ACCENT),
        (low, message("1 of 20 ends below {n}", n=round(low)), INK),
    ]
    for value, text, colour in labels:
        axes.annotate(words.say(text), (last, value), xytext=(6, 0), textcoords="offset points",
                      va="center", fontsize=SMALL, color=colour)  # fmt: skip
    axes.annotate(words.say(message("today: {n}", n=round(float(fan[0, 2])))), (0.1, fan[0, 2]),
                  xytext=(0, -4), textcoords="offset points", va="top", fontsize=SMALL)  # fmt: skip
    axes.set_xlim(0, last * 1.3)
    axes.set_ylim(0, float(fan.max()) * 1.1)
    axes.set_xticks(
        range(0, last + 1, 4), [words.say(message("week {n}", n=n)) for n in range(0, last + 1, 4)]
    )
    axes.set_ylabel(words.say(message("margin of next year, thousand yuan")))
    axes.yaxis.set_major_formatter(_GROUPED)
    axes.tick_params(axis="y", labelcolor=MUTED)
    alt = message(
        "{finding}. Today {today}; on average {mean} at the end, and half of the quarters end above {middle}.",
        finding=finding, today=round(float(fan[0, 2])), mean=round(float(mean[-1])), middle=said["middle"],
    )  # fmt: skip
    caption = message(
        "If those who buy at the end of a week stayed for a year. Of {n} drawn quarters the dark band "
        "holds half, the light one {share}.",
        n=outcomes.quarters, share=percent(FAN[-1] - FAN[0], words.lang),
    )  # fmt: skip
    return _picture(figure, words, alt, caption, ("invented", "derived"))


def compare_plot(
    portfolio: Portfolio, plans: Sequence[tuple[Message | str, Allocation]], words: Words
) -> Picture:
    """Draw what each plan's hours bring beside none, by what they are spent on; the last is the best."""
    alone = expected(portfolio, nothing(portfolio)).value
    rows = []
    for name, allocation in plans:
        brings = dict.fromkeys(ACTIVITIES, 0.0)
        for each in gains(portfolio, allocation):
            brings[each.customer.activity] += each.gain
        rows.append((name, brings, allocation.by_activity(portfolio)))
    totals = [sum(brings.values()) for _, brings, _ in rows]
    finding = message(
        "The same hours bring {best} thousand yuan, or {worst}, by who gets them",
        best=round(max(totals)), worst=round(min(totals)),
    )  # fmt: skip
    figure = canvas(words.say(finding), height=1.5 + 0.85 * len(rows))
    axes = figure.subplots()
    colours = ("#cfe3e3", "#6fb0b0", ACCENT, "#074a4a")
    for row, (_, brings, hours) in enumerate(rows):
        begun = 0.0
        for activity, colour in zip(ACTIVITIES, colours, strict=True):
            width = brings[activity]
            axes.barh(
                row, width, left=begun, height=0.6, color=colour, edgecolor=ACCENT, linewidth=0.8
            )
            _inside_or_above(
                axes,
                words.say(message("{activity}\n{hours} h", activity=CALLED[activity],
                                  hours=round(hours[activity]))),
                (begun, width, row),
                width > 0.07 * max(totals),
                PAPER if colour in colours[2:] else INK,
            )  # fmt: skip
            begun += width
        axes.annotate(number(round(begun)), (begun, row), xytext=(5, 0), textcoords="offset points",
                      va="center", fontsize=10)  # fmt: skip
    axes.set_yticks(range(len(rows)), [wrap(words.say(name), 16) for name, _, _ in rows])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(0, max(totals) * 1.12)
    axes.grid(False)
    axes.grid(True, axis="x")
    axes.xaxis.set_major_formatter(_GROUPED)
    axes.set_xlabel(words.say(message("value that the hours add, thousand yuan")))
    told = []
    for (name, brings, _), total in zip(rows, totals, strict=True):
        parts = tuple(
            message("{activity} {n}", activity=CALLED[activity], n=round(brings[activity]))
            for activity in ACTIVITIES
        )
        told.append(
            message("{name}: {total}, from {parts}", name=name, total=round(total), parts=parts)
        )
    alt = message("{finding}. {rows}.", finding=finding, rows=told)
    caption = message(
        "Beside a quarter without the account manager, which is worth {alone} thousand yuan by itself. "
        "h: hours a month.", alone=round(alone),
    )  # fmt: skip
    return _picture(figure, words, alt, caption, ("invented", "derived"))


def _inside_or_above(
    axes: Axes, text: str, part: tuple[float, float, float], fits: bool, colour: str
) -> None:
    """Name a part of a bar in it, or on one line above it where it is too narrow."""
    begun, width, row = part
    if fits:
        axes.annotate(text, (begun + width / 2, row), ha="center", va="center", fontsize=8,
                      color=colour)  # fmt: skip
    elif width:
        axes.annotate(text.replace("\n", " "), (begun + width / 2, row - 0.3), xytext=(0, 2),
                      textcoords="offset points", ha="center", va="bottom", fontsize=8,
                      color=MUTED)  # fmt: skip


# What an hour does -----------------------------------------------------------------------------------


def effect_plot(portfolio: Portfolio, words: Words) -> Picture:
    """Draw what hours on a prospect bring, near by and far away."""
    parameters = portfolio.parameters
    prospects = portfolio.on("working")
    if not prospects:
        raise CannotDraw(message("It needs a customer on the working platform."))
    near = min(prospects, key=lambda each: each.travel_hours)
    far = max(prospects, key=lambda each: each.travel_hours)
    hours = np.arange(0, 25)

    def reached(customer: object, at: float) -> float:
        who = near if customer is near else far
        return effect(parameters, "develop", contact_hours(parameters, who, at))

    half = parameters.working.half_hours
    said = {"first": reached(near, half), "second": reached(near, 2 * half) - reached(near, half)}
    shown = {name: percent(value, words.lang) for name, value in said.items()}
    finding = message("The first {n} hours bring {first} of what is possible, the next {n} only {second}",
                      n=half, **shown)  # fmt: skip
    figure = canvas(words.say(finding), height=3.7)
    axes = figure.subplots()
    for who, colour, dashes, text in (
        (near, ACCENT, (0, ()), message("near: {way} hours there and back", way=near.travel_hours)),
        (far, ALERT, (0, (5, 2)), message("far: {way} hours there and back", way=far.travel_hours)),
    ):
        line = [100 * reached(who, float(each)) for each in hours]
        axes.plot(hours, line, color=colour, linewidth=2, linestyle=dashes)
        axes.annotate(words.say(text), (hours[-1], line[-1]), xytext=(-2, 6), ha="right",
                      textcoords="offset points", va="bottom", fontsize=9, color=colour)  # fmt: skip
    for at in (half, 2 * half):
        axes.plot([at], [100 * reached(near, at)], marker="o", color=ACCENT, markersize=6)
        axes.annotate(percent(reached(near, at), words.lang), (at, 100 * reached(near, at)), xytext=(0, 7),
                      textcoords="offset points", ha="center", fontsize=9)  # fmt: skip
    axes.set_ylim(0, 100)
    axes.set_xlim(0, hours[-1] + 0.3)
    axes.set_xticks(range(0, 25, 4))
    axes.set_yticks(
        range(0, 101, 25), [percent(each / 100, words.lang) for each in range(0, 101, 25)]
    )
    axes.set_xlabel(words.say(message("hours a month on one prospect, the way included")))
    axes.tick_params(axis="y", labelcolor=MUTED)
    alt = message(
        "{finding}. Far away {n} hours bring {far}, since {way} of {visit} hours of a visit are spent on the way.",
        finding=finding, n=half, far=percent(reached(far, half), words.lang), way=far.travel_hours,
        visit=far.travel_hours + parameters.month.visit_hours,
    )  # fmt: skip
    caption = message("Of what hours can bring at all, on the working platform.")
    return _picture(figure, words, alt, caption, ("invented",))


def fence_plot(portfolio: Portfolio, words: Words) -> Picture:
    """Draw what the same hours bring on each platform, for a customer of medium size."""
    found = fence(portfolio.parameters, "medium", HOURS)
    rows = (
        (message("keep a customer at high risk"), found.kept, ACCENT),
        (message("win a prospect of {degrees} °C", degrees=found.warmth), found.won, "#6fb0b0"),
        (message("sell a safe customer more"), found.more, ACCENT),
        (
            message(
                "research a suspect of {chance}", chance=percent(found.likelihood / 100, words.lang)
            ),
            found.researched,
            "#cfe3e3",
        ),
    )
    finding = message(
        "The same {n} hours: {kept} by keeping a customer, {won} by winning one", n=HOURS,
        kept=round(found.kept), won=round(found.won),
    )  # fmt: skip
    figure = canvas(words.say(finding), height=3.2)
    axes = figure.subplots()
    for row, (_, value, colour) in enumerate(rows):
        axes.barh(row, value, height=0.62, color=colour, edgecolor=ACCENT, linewidth=0.8)
        axes.annotate(number(round(value)), (value, row), xytext=(5, 0), textcoords="offset points",
                      va="center", fontsize=10)  # fmt: skip
    axes.set_yticks(range(len(rows)), [words.say(name) for name, _, _ in rows])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(0, max(value for _, value, _ in rows) * 1.12)
    axes.grid(False)
    axes.grid(True, axis="x")
    axes.set_xlabel(words.say(message("value added, thousand yuan")))
    told = [message("{name}: {n}", name=name, n=round(value)) for name, value, _ in rows]
    alt = message(
        "{finding}. {rows}. With these hours such a prospect buys in {chance} of the quarters, so it takes {n} "
        "of them to replace one lost customer.",
        finding=finding, rows=told, chance=percent(found.chance, words.lang), n=found.to_replace,
    )  # fmt: skip
    caption = message(
        "{n} hours a month on a near customer of medium size. It takes {more} such prospects to replace one "
        "lost customer within the quarter.", n=HOURS, more=found.to_replace,
    )  # fmt: skip
    return _picture(figure, words, alt, caption, ("invented", "derived"))


# What all of them share ------------------------------------------------------------------------------


def _picture(
    figure: Figure, words: Words, alt: Message, caption: Message, sources: Sequence[str]
) -> Picture:
    return Picture(figure, words.say(alt), words.say(caption), tuple(sources))


def _of_portfolio(draw: Callable[[Portfolio, Words], Picture]) -> Draw:
    """Return a figure of the portfolio in a folder."""

    def drawn(folder: Path, stage: str, words: Words) -> Picture:
        try:
            return draw(load(folder), words)
        except CaseError as error:
            raise CannotDraw(*error.problems) from error

    return drawn


def _funnel(plan: Callable[[Portfolio], Allocation]) -> Callable[[Portfolio, Words], Picture]:
    def draw(portfolio: Portfolio, words: Words) -> Picture:
        allocation = plan(portfolio)
        return funnel_plot(portfolio, expected(portfolio, allocation), allocation, words)

    return draw


def _fan(plan: Callable[[Portfolio], Allocation]) -> Callable[[Portfolio, Words], Picture]:
    return lambda portfolio, words: fan_plot(simulate(portfolio, plan(portfolio)), words)


def _compared(portfolio: Portfolio, words: Words) -> Picture:
    plans = ((message("spread evenly"), even(portfolio)), (message("best plan"), best(portfolio)))
    return compare_plot(portfolio, plans, words)


FIGURES: Mapping[str, Draw] = {
    "grid": _of_portfolio(grid_plot),
    "warmth": _of_portfolio(warmth_plot),
    "effect": _of_portfolio(effect_plot),
    "fence": _of_portfolio(fence_plot),
    "funnel_alone": _of_portfolio(_funnel(nothing)),
    "funnel_even": _of_portfolio(_funnel(even)),
    "funnel_best": _of_portfolio(_funnel(best)),
    "fan_even": _of_portfolio(_fan(even)),
    "fan_best": _of_portfolio(_fan(best)),
    "compare": _of_portfolio(_compared),
}
"""The figures by the name that a page has for them."""
