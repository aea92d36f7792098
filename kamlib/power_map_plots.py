"""How the people of a customer look, by level, role, relation and access."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch, Rectangle

from kamlib.plots import (
    ACCENT,
    ALERT,
    INK,
    LINE,
    MUTED,
    PANEL,
    PAPER,
    WIDTH,
    Draw,
    Picture,
    canvas,
    shorten,
    wrap,
)
from kamlib.power_map import deciders, our_ways, single_way
from kamlib.power_map_people import ACCESSES, CALLED, FUNCTIONS, LEVELS, People, Person
from kamlib.words import Message, Words, message

SHAPES: Mapping[str, str] = {
    "decides": "s",
    "influences": "o",
    "uses": "^",
    "buys": "D",
    "guards": "h",
}
"""The shape of a person, by function."""

RINGS: Mapping[str, tuple[tuple[float, float], ...]] = {
    "none": (),
    "met": ((1.42, 0.8),),
    "regular": ((1.42, 2.2),),
    "trusted": ((1.38, 1.6), (1.72, 1.6)),
}
"""The rings around a person, by our access: times the size of the shape, and width in points."""

LOOKS: Mapping[int, tuple[str, object]] = {
    -1: (ALERT, (0, (1, 1.2))),
    0: (MUTED, (0, (4, 2))),
    1: (ACCENT, "solid"),
}
"""Colour and dashes of a line, by the sign of the relation to us."""

ROW = 6
"""So many people stand side by side; further ones in a row below."""

SIDE, STEP, GAP, TOP, FOOT = 0.98, 0.86, 0.14, 0.72, 0.98
"""In inches: the column of levels, a row, between levels, above and below the rows."""

STRAIGHT = (0.0, 0.14, -0.14, 0.3, -0.3, 0.5, -0.5)
"""How much a line may bend, as a part of its length; of equally clear ones the first is taken."""

CURVED = (0.14, -0.14, 0.3, -0.3, 0.5, -0.5)
"""The same for an arrow, which goes beside the one that comes back."""

MARK = 15.0
"""The size of a shape, in points."""

SMALL = 7.0
"""The size of a role, in points."""


def chart_plot(people: People, words: Words) -> Picture:
    """Draw who works for whom: lines go from bosses down to their staff."""
    all, known = len(people), len(people.contacts)
    held = deciders(people)
    finding = message(
        "We have met {known} of {all} people, and {met} of {n} who decide", known=known, all=all,
        met=sum(each.known for each in held), n=len(held),
    )  # fmt: skip
    places = _places(people, {each.id: [each.reports_to] for each in people.persons})
    figure, axes = _floor(people, words, finding, legend=False)
    for each in people.persons:
        if each.reports_to:
            ends = (each.reports_to, each.id)
            axes.add_patch(FancyArrowPatch(
                places[ends[0]], places[ends[1]], arrowstyle="-", shrinkA=0, shrinkB=0, color="#9aa5b1",
                connectionstyle=f"arc3,rad={_bend(places, ends, STRAIGHT)}", linewidth=0.9, zorder=1,
            ))  # fmt: skip
    _people(axes, people, places, words)
    caption = message(
        "Lines go from a boss to the staff. The number in a shape is the relation to us."
    )
    return _picture(figure, people, words, finding, caption)


def influence_plot(people: People, words: Words) -> Picture:
    """Draw who influences whom: arrows, the thicker the stronger, with a sign for the relation to us."""
    finding = _reach(people)
    places = _places(
        people, {each.id: [other for other, _ in each.influences] for each in people.persons}
    )
    figure, axes = _floor(people, words, finding, legend=True)
    for each in people.persons:
        colour, dashes = LOOKS[_sign(each.relation)]
        for other, strength in each.influences:
            axes.add_patch(FancyArrowPatch(
                places[each.id], places[other], arrowstyle="-|>", mutation_scale=6 + 2 * strength,
                connectionstyle=f"arc3,rad={_bend(places, (each.id, other), CURVED)}", shrinkA=MARK * 0.75, shrinkB=_room(places[each.id], places[other]), color=colour,
                linestyle=dashes, linewidth=0.3 + 0.6 * strength, zorder=1, alpha=0.8,
            ))  # fmt: skip
    _people(axes, people, places, words)
    caption = message(
        "Arrows go from who influences to who listens, the thicker the more. The number in a shape is the "
        "relation to us."
    )
    return _picture(figure, people, words, finding, caption)


def _reach(people: People) -> Message:
    """Say what the map of influence shows: where one person is our only way, or how many we have."""
    held = deciders(people)
    if not held:
        return message("Nobody on the map decides yet")
    for decider in held:
        single = single_way(people, decider.id)
        if single and single.person != decider.id:
            return message("Our only way to {who} is over {person}", who=decider.named,
                           person=people[single.person].named)  # fmt: skip
    ours = {way.people[0] for each in held for way in our_ways(people, each.id)}
    return message("{n} of our {all} contacts have a say with those who decide", n=len(ours),
                   all=len(people.contacts))  # fmt: skip


def _sign(relation: int) -> int:
    return (relation > 0) - (relation < 0)


# Where everybody stands ----------------------------------------------------------------------------


def _bend(
    places: Mapping[str, tuple[float, float]], ends: tuple[str, str], bends: Sequence[float]
) -> float:
    """Return the bend with which a line runs over the fewest people and roles.

    A straight line through somebody would look as if the person stood in between.
    """
    (x, y), (to_x, to_y) = places[ends[0]], places[ends[1]]
    across, down = to_x - x, to_y - y
    along = np.linspace(0.0, 1.0, 25)
    shapes = np.array([place for id, place in places.items() if id not in ends]).reshape(-1, 2)
    labels = np.array([place for id, place in places.items() if id != ends[0]]).reshape(-1, 2)

    def met(bend: float) -> int:
        # the curve that matplotlib draws as arc3, on a page whose y goes down
        over_x, over_y = (x + to_x) / 2 - bend * down, (y + to_y) / 2 + bend * across
        at_x = (1 - along) ** 2 * x + 2 * along * (1 - along) * over_x + along**2 * to_x
        at_y = (1 - along) ** 2 * y + 2 * along * (1 - along) * over_y + along**2 * to_y
        near = np.hypot(at_x[:, None] - shapes[:, 0], at_y[:, None] - shapes[:, 1]) < 0.24
        below = at_y[:, None] - labels[:, 1]
        read = (abs(at_x[:, None] - labels[:, 0]) < 0.5) & (below > 0.18) & (below < 0.4)
        outside = (at_x < 0.1) | (at_x > WIDTH - 0.1)
        return int(4 * near.sum() + read.sum() + 4 * outside.sum())

    return min(bends, key=met)


def _room(start: tuple[float, float], end: tuple[float, float]) -> float:
    """Return how far from a person an arrow ends, in points; from below, its head is not under the role."""
    across, up = abs(end[0] - start[0]), start[1] - end[1]
    return MARK * 2.0 if up > across else MARK * 0.75


def _rows(people: People) -> list[tuple[str, int]]:
    """Return each level that has people with the rows it takes, from the top."""
    counts = {level: sum(each.level == level for each in people.persons) for level in LEVELS}
    return [(level, -(-count // ROW)) for level, count in counts.items() if count]


def _places(
    people: People, drawn_to: Mapping[str, Sequence[str]]
) -> dict[str, tuple[float, float]]:
    """Return where each person stands, in inches from the top left; near those he or she is drawn to."""
    found: dict[str, tuple[float, float]] = {}
    top = 0.0
    for level, rows in _rows(people):
        group = [each for each in people.ranked if each.level == level]
        middle = SIDE + (WIDTH - SIDE) / 2

        def pull(person: Person, middle: float = middle) -> float:
            ends = [found[each][0] for each in drawn_to[person.id] if each in found]
            return sum(ends) / len(ends) if ends else middle

        group.sort(key=pull)
        # column by column, so that neighbours in a wrapped level stay neighbours
        each_row = [len(group[row::rows]) for row in range(rows)]
        for place, person in enumerate(group):
            row, column = place % rows, place // rows
            # every other row stands between those above, so that lines do not run through them
            width = (WIDTH - SIDE) / (max(each_row) + (0.5 if rows > 1 else 0.0))
            shift = width / 2 * (row % 2)
            found[person.id] = (SIDE + width * (column + 0.5) + shift, top + STEP * (row + 0.3))
        top += rows * STEP + GAP
    return found


def _floor(people: People, words: Words, finding: Message, legend: bool) -> tuple[Figure, Axes]:
    """Return an empty figure with its levels and what its signs mean, measured in inches from the top."""
    rows = _rows(people)
    deep = sum(count for _, count in rows) * STEP + len(rows) * GAP
    height = TOP + max(deep, STEP) + FOOT
    figure = canvas(words.say(finding), height=height)
    figure.set_layout_engine("none")
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_xlim(0, WIDTH)
    axes.set_ylim(height - TOP, -TOP)
    axes.set_axis_off()
    top = 0.0
    for level, count in rows:
        axes.add_patch(Rectangle((0.05, top - 0.06), WIDTH - 0.1, count * STEP + 0.04, facecolor=PANEL,
                                 linewidth=0, zorder=0))  # fmt: skip
        axes.text(0.13, top + 0.02, wrap(words.say(CALLED[level]), 13), va="top", fontsize=8,
                  color=MUTED, gid="level")  # fmt: skip
        top += count * STEP + GAP
    if not rows:
        axes.text(WIDTH / 2, STEP / 2, words.say(message("Nobody is in the table yet.")), ha="center",
                  va="center", fontsize=10, color=MUTED)  # fmt: skip
    _legend(axes, words, height - TOP - FOOT + 0.12, legend)
    return figure, axes


def _legend(axes: Axes, words: Words, top: float, lines: bool) -> None:
    """Draw what shapes, rings and, where there are any, lines mean."""
    axes.plot([0.1, WIDTH - 0.1], [top - 0.06] * 2, color=LINE, linewidth=0.8)

    def row(y: float, name: Message, count: int) -> list[float]:
        axes.text(0.13, y, words.say(name), va="center", fontsize=SMALL, color=MUTED, gid="legend")
        return [SIDE + 0.1 + n * (WIDTH - SIDE - 0.1) / count for n in range(count)]

    def said(x: float, y: float, text: Message) -> None:
        axes.text(x, y, words.say(text), va="center", fontsize=SMALL, gid="legend")

    for x, function in zip(row(top + 0.12, message("shape: role"), 5), FUNCTIONS, strict=True):
        axes.plot(x, top + 0.12, SHAPES[function], markersize=8, color=PAPER, markeredgecolor=INK)
        said(x + 0.14, top + 0.12, CALLED[function])
    for x, access in zip(row(top + 0.4, message("ring: our access"), 4), ACCESSES, strict=True):
        _rings(axes, x, top + 0.4, access, 8)
        axes.plot(x, top + 0.4, "o", markersize=8, color=PAPER, markeredgecolor=INK)
        said(x + 0.18, top + 0.4, CALLED[access])
    if not lines:
        return
    signs = (
        (1, message("+1, +2: for us")),
        (0, message("0: neither")),
        (-1, message("−1, −2: against us")),
    )
    for x, (sign, text) in zip(row(top + 0.68, message("line: relation"), 3), signs, strict=True):
        colour, dashes = LOOKS[sign]
        axes.add_line(Line2D([x - 0.08, x + 0.3], [top + 0.68] * 2, color=colour, linestyle=dashes,  # type: ignore[arg-type]
                             linewidth=1.5))  # fmt: skip
        said(x + 0.38, top + 0.68, text)


def _rings(axes: Axes, x: float, y: float, access: str, size: float) -> None:
    for times, width in RINGS[access]:
        axes.plot(x, y, "o", markersize=size * times, markerfacecolor="none", markeredgecolor=INK,
                  markeredgewidth=width, zorder=2)  # fmt: skip


def _people(
    axes: Axes, people: People, places: Mapping[str, tuple[float, float]], words: Words
) -> None:
    """Draw each person as a shape with the relation in it, the ring around, sign and role below."""
    side_by_side: dict[float, list[float]] = {}
    for x, y in places.values():
        side_by_side.setdefault(y, []).append(x)
    widths = {
        y: min([b - a for a, b in pairwise(sorted(xs))], default=1.6)
        for y, xs in side_by_side.items()
    }
    figure = axes.figure
    assert isinstance(figure, Figure)
    renderer = FigureCanvasAgg(figure).get_renderer()  # type: ignore[no-untyped-call]
    for person in people.persons:
        x, y = places[person.id]
        colour = LOOKS[_sign(person.relation)][0]
        # the inside of a triangle is small, and lies low
        low, more = (0.025, 1.3) if person.function == "uses" else (0.0, 1.0)
        _rings(axes, x, y, person.access, MARK * (1.12 if low else 1.0))
        axes.plot(x, y, SHAPES[person.function], markersize=MARK * more, color=PAPER, markeredgecolor=colour,
                  markeredgewidth=1.4, zorder=3)  # fmt: skip
        sign = {1: "+", -1: "−"}.get(_sign(person.relation), "")
        axes.text(x, y + 1.6 * low, f"{sign}{abs(person.relation)}", ha="center", va="center_baseline", zorder=4,
                  fontsize=7.0 if low else 7.5, color=colour, gid="relation")  # fmt: skip
        room = min(widths[y], 1.6) - 0.08
        label = axes.text(x, y + 0.2, "", ha="center", va="top", fontsize=SMALL, zorder=4, gid="label",
                          linespacing=1.1,
                          bbox={"facecolor": PANEL, "edgecolor": "none", "pad": 0.8, "alpha": 1.0})  # fmt: skip
        # letters differ in width, so what fits is measured
        for columns in range(int(room * 22), 2, -1):
            label.set_text(_label(person, columns))
            if label.get_window_extent(renderer).width <= room * figure.dpi:
                break


def _label(person: Person, columns: int) -> str:
    """Write sign and role in at most three lines of so many Latin columns."""
    lines = wrap(f"{person.id} {person.role}".replace("\n", " "), columns).split("\n")
    if len(lines) > 3:
        lines = [*lines[:2], shorten(lines[2] + "…", columns)]
    return "\n".join(shorten(line, columns) for line in lines)


def _picture(
    figure: Figure, people: People, words: Words, finding: Message, caption: Message
) -> Picture:
    levels = [
        message("{level}: {n}", level=CALLED[level],
                n=sum(each.level == level for each in people.persons))
        for level, _ in _rows(people)
    ]  # fmt: skip
    against = sum(each.relation < 0 for each in people.persons)
    favour = sum(each.relation > 0 for each in people.persons)
    alt = message("{finding}. {n} people are for us and {m} against us.", finding=finding, n=favour,
                  m=against)  # fmt: skip
    if levels:
        alt = message("{alt} People by level: {levels}.", alt=alt, levels=levels)
    return Picture(figure, words.say(alt), words.say(caption), ("given",))


# An invented operator --------------------------------------------------------------------------------

OPERATOR_O: tuple[tuple[Message, Person], ...] = (
    (message("general manager"), Person("P1", "", "decision", "decides")),
    (message("deputy general manager"),
     Person("P2", "", "decision", "influences", reports_to="P1")),
    (message("head of purchasing"),
     Person("P3", "", "buying", "buys", 2, "trusted", "account manager", (("P2", 3),), "P2")),
    (message("head of finance"),
     Person("P4", "", "support", "guards", -1, influences=(("P1", 2),), reports_to="P1")),
    (message("device tester"),
     Person("P5", "", "experts", "influences", 1, "regular", "technician", (("P6", 1), ("P7", 2)), "P6")),
    (message("head of business halls"),
     Person("P6", "", "managers", "uses", 1, "met", "account manager", (("P7", 2),), "P2")),
    (message("adviser to the general manager"),
     Person("P7", "", "managers", "influences", 0, influences=(("P1", 3),), reports_to="P1")),
)  # fmt: skip
"""The people of Operator O, with their roles in words; invented, in place of a real firm's chart (K098)."""


def operator_o(words: Words) -> People:
    """Return the people of the invented Operator O, with their roles in a language."""
    return People(tuple(replace(each, role=words.say(role)) for role, each in OPERATOR_O))


def _of_operator(draw: Callable[[People, Words], Picture]) -> Draw:
    """Return a figure of Operator O, which needs no case and is open from the beginning."""

    def drawn(folder: Path, stage: str, words: Words) -> Picture:
        return replace(draw(operator_o(words), words), sources=("invented",))

    return drawn


FIGURES: Mapping[str, Draw] = {
    "operator_chart": _of_operator(chart_plot),
    "operator_power": _of_operator(influence_plot),
}
"""The figures by the name that a page has for them."""
