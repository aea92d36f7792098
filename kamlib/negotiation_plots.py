"""How a negotiation looks: what packages are worth to both sides, and what moved the other one."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from kamlib.haggling import BeliefPoint
from kamlib.negotiation import Assessment, Deal, Game, Outcome
from kamlib.plots import (
    ACCENT,
    ACTORS,
    ALERT,
    HEIGHT,
    LINE,
    MUTED,
    PAPER,
    Picture,
    canvas,
    percent,
    shorten,
)
from kamlib.words import Message, Words, message


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
