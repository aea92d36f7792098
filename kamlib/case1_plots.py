"""How the figures of case 1 look: one picture for each thing that its numbers say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from kamlib.case1 import values
from kamlib.case_facts import CaseError, Facts, load_facts
from kamlib.debriefing import debrief
from kamlib.distributor_file import Parameters
from kamlib.distributor_file import load as read_parameters
from kamlib.feasibility import MONTHS, Plan, run
from kamlib.game_file import GameError
from kamlib.haggling import replay
from kamlib.negotiation import Game
from kamlib.negotiation_plots import belief_plot, frontier_plot
from kamlib.plots import (
    ACCENT,
    ACTORS,
    ALERT,
    INK,
    LINE,
    MUTED,
    PANEL,
    PAPER,
    CannotDraw,
    Draw,
    Picture,
    canvas,
)
from kamlib.words import Message, Words, message, number

PLANS: Mapping[str, tuple[Message, Plan]] = {
    "careful": (message("careful"), Plan(5, 2, 2, 0, 1)),
    "base": (message("in between"), Plan(8, 4, 4, 1, 2)),
    "stretch": (message("bold"), Plan(12, 8, 5, 3, 4)),
}
"""Three plans to compare, the most careful first; all invented."""

SMALL = 8.5
"""The size of what is written beside a mark, in points."""


def share(percent: float, lang: str, digits: int = 1) -> str:
    r"""Write per cent as each language spaces them, with a real minus.

    >>> share(64.94, "en"), share(-8.88, "zh"), share(39.4, "en", 0)
    ('64.9\xa0%', '−8.9%', '39\xa0%')
    """
    text = f"{percent:.{digits}f}".replace("-", "−")
    return f"{text}%" if lang == "zh" else f"{text}\N{NO-BREAK SPACE}%"


def channels(facts: Facts, words: Words) -> Picture:
    """Draw what each channel moves in a month, by what was counted; needs the facts of S0."""
    known = _known(facts)
    said = {"a": known["A"], "b": known["B"], "t": known["T"]}
    finding = message("B passes on {b} a month, A {a}; the retailer’s {t} are sell-out", **said)
    figure = canvas(words.say(finding), height=3.3)
    axes = figure.subplots()
    rows = (
        (0.0, "distributor_b", message("Distributor B"), known["B"]),
        (1.0, "distributor_a", message("Distributor A"), known["A"]),
        (2.9, "direct_retailer", message("Direct retailer"), known["T"]),
    )
    for row, actor, _, value in rows:
        # what people buy is hatched, so that the measure does not hang on the colour
        out = actor == "direct_retailer"
        axes.barh(row, value, height=0.68, color="none" if out else ACTORS[actor],
                  edgecolor=ACTORS[actor], hatch="////" if out else None,
                  linewidth=1.2 if out else 0)  # fmt: skip
        _beside(axes, number(value), value, row)
    for row, heading in (
        (-0.75, message("sell-through: what goes on to dealers and shops")),
        (2.15, message("sell-out: what consumers buy")),
    ):
        axes.annotate(words.say(heading), (0, row), xytext=(3, 0), va="center", color=MUTED,
                      textcoords="offset points", fontsize=SMALL)  # fmt: skip
    _rows(axes, [(row, words.say(label)) for row, _, label, _ in rows], (3.4, -1.15))
    axes.axhline(1.68, color=LINE, linewidth=1.2)
    _amounts(axes, words.say(message("units a month")), known["B"] * 1.13)
    alt = message(
        "{finding}. Sell-through a month: A {a}, B {b}. Sell-out a month: the direct retailer {t}. "
        "They are not added.",
        finding=finding, **said,
    )  # fmt: skip
    caption = message("Two measures, so the bars are not added up.")
    return _picture(figure, words, alt, caption, (facts.provenance,))


def ladder(facts: Facts, words: Words) -> Picture:
    """Draw the steps from today to the best seller, under both readings; needs the facts up to S2."""
    known = _known(facts)
    lang, percent = words.lang, number(known["share"])
    said = {"today": known["tot"], "level": known["level"], "band": known["Al"],
            "province": known["L"]}  # fmt: skip
    steps = (
        (message("today"), known["tot"], ACTORS["us"]),
        (message("A at B’s level"), known["level"], ACTORS["us"]),
        (message("{percent} % of the band", percent=percent), known["Al"], ACTORS["rival"]),
        (message("{percent} % of the province", percent=percent), known["L"], ACTORS["rival"]),
    )
    finding = message("The best seller’s {percent} % are {band} a month or {province}, as they are read",
                      percent=percent, **said)  # fmt: skip
    figure = canvas(words.say(finding), height=4.3)
    axes, strip = figure.subplots(2, 1, height_ratios=(4.2, 1))
    for row, (_, value, colour) in enumerate(steps):
        axes.barh(row, value, height=0.66, color=colour, linewidth=0)
        of_band = share(value / known["seg"] * 100, lang)
        beside = message("{n}, {share} of the band", n=value, share=of_band)
        _beside(axes, words.say(beside), value, row)
    _rows(axes, [(row, words.say(label)) for row, (label, _, _) in enumerate(steps)],
          (len(steps) - 0.45, -0.55))  # fmt: skip
    _amounts(axes, words.say(message("units a month")), known["L"] * 1.45)
    _band_strip(strip, known, words)
    alt = message(
        "{finding}. A ladder in units a month: today {today}, {level} with A at B’s level, {band} if the "
        "share is of the band, {province} if it is of the province. The whole band is {whole}.",
        finding=finding, whole=known["seg"], **said,
    )  # fmt: skip
    caption = message("Today’s sum and the step above it add sell-through and sell-out.")
    return _picture(figure, words, alt, caption, ("derived",))


def _band_strip(axes: Axes, known: Mapping[str, float], words: Words) -> None:
    """Draw the whole price band with what we have of it, and what the two readings would be."""
    axes.barh(0, known["seg"], height=0.8, color=PANEL, edgecolor=LINE, linewidth=1)
    axes.barh(0, known["tot"], height=0.8, color=ACTORS["us"], linewidth=0)
    for reading in ("Al", "L"):
        axes.plot([known[reading]] * 2, [-0.4, 0.4], color=ACTORS["rival"], linewidth=2,
                  solid_capstyle="butt")  # fmt: skip
        axes.annotate(number(known[reading]), (known[reading], 0), xytext=(4, 0), va="center",
                      textcoords="offset points", fontsize=SMALL, color=ACTORS["rival"])  # fmt: skip
    axes.annotate(
        words.say(message("the whole band: {n} a month", n=known["seg"])), (known["seg"], 0),
        xytext=(-6, 0), textcoords="offset points", ha="right", va="center", fontsize=SMALL,
        color=MUTED,
    )  # fmt: skip
    axes.set_xlim(0, known["seg"] * 1.005)
    axes.set_ylim(-0.5, 0.5)
    axes.set_yticks([0], [words.say(message("to scale"))])
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.grid(False)


def gap_split(facts: Facts, words: Words) -> Picture:
    """Draw where the gap between A and B lies, in two factors and in three; needs the facts of S5."""
    known, lang = _known(facts), words.lang
    said = {"stores": share(known["D70"], lang), "rate": share(known["D71"], lang)}
    finding = message(
        "{stores} of the gap between A and B are stores, {rate} the rate per store", **said
    )
    figure = canvas(words.say(finding), height=4.1)
    axes = figure.subplots()
    rows: list[tuple[float, str]] = []
    row = 0.0
    for heading, factors in (
        (message("split by stores"), (
            (message("number of stores"), known["D70"]), (message("rate per store"), known["D71"]),
        )),
        (message("the stores split once more"), (
            (message("number of salespeople"), known["D76"]),
            (message("stores per head"), known["D77"]),
            (message("rate per store"), known["D78"]),
        )),
    ):  # fmt: skip
        axes.annotate(words.say(heading), (0, row), xytext=(3, 0), va="center", color=MUTED,
                      textcoords="offset points", fontsize=SMALL)  # fmt: skip
        begun = 0.0
        for label, part in factors:
            row += 1
            _step(axes, row, begun, part, share(part, lang))
            begun += part
            if label != factors[-1][0]:  # the next part begins where this one ends
                axes.plot([begun] * 2, [row - 0.33, row + 1.33], color=LINE, linewidth=1, zorder=0)
            rows.append((row, words.say(label)))
        row += 1.35
    _rows(axes, rows, (row - 0.75, -0.5))
    axes.set_xlim(0, 116)
    axes.set_xticks(range(0, 101, 25), [share(tick, lang, 0) for tick in range(0, 101, 25)])
    axes.set_xlabel(words.say(message("of the gap, by logarithms, so that the parts make 100")))
    alt = message(
        "{finding}. With the stores split once more: salespeople {people}, stores per salesperson {each}, "
        "rate per store {rate}.",
        finding=finding, people=share(known["D76"], lang), each=share(known["D77"], lang), **said,
    )  # fmt: skip
    caption = message("The split says where the gap lies, and not whose fault it is.")
    return _picture(figure, words, alt, caption, ("derived",))


def _step(axes: Axes, row: float, begun: float, part: float, label: str) -> None:
    """Draw one part of a sum where the part before it ended; one that takes away is hatched."""
    less = part < 0
    colour = ALERT if less else ACCENT
    axes.barh(row, part, left=begun, height=0.66, color="none" if less else colour,
              edgecolor=colour, hatch="////" if less else None, linewidth=1.2 if less else 0)  # fmt: skip
    _beside(axes, label, max(begun, begun + part), row)


def coverage(facts: Facts, words: Words) -> Picture:
    """Draw the stores that A and B reach, least and most, beside our visits; needs the facts of S5."""
    known, lang = _known(facts), words.lang
    said = {"least": known["stB"], "most": known["U"], "all": known["V"]}
    finding = message(
        "A and B reach {least} to {most} of {all} stores; visits are no coverage",
        **said,
    )
    figure = canvas(words.say(finding), height=3.1)
    axes, lower = figure.subplots(2, 1, height_ratios=(1.5, 1), sharex=True)
    least, most, every = known["stB"], known["U"], known["V"]
    parts = (
        (0, least, ACTORS["distributor_b"], None, message("surely")),
        (least, most, ACTORS["distributor_a"], "////", message("only if no store buys from both")),
        (most, every, ACTORS["uncovered"], None, message("without A and B")),
    )
    for begin, end, colour, hatch, label in parts:
        axes.barh(0, end - begin, left=begin, height=0.6, color="none" if hatch else colour,
                  edgecolor=colour, hatch=hatch, linewidth=1.2 if hatch else 0)  # fmt: skip
        axes.annotate(words.say(label), ((begin + end) / 2, -0.42), ha="center", va="bottom",
                      fontsize=SMALL, color=MUTED)  # fmt: skip
    for place, beside in (
        (least, message("{n} ({share})", n=least, share=share(known["D84"], lang))),
        (most, message("{n} ({share})", n=most, share=share(known["D82"], lang))),
        (every, message("{n} in all", n=every)),
    ):
        axes.annotate(words.say(beside), (place, 0.34), xytext=(0, -3), ha="center", va="top",
                      textcoords="offset points", fontsize=SMALL, color=INK)  # fmt: skip
    axes.set_ylim(0.72, -0.8)
    axes.set_yticks([0], [words.say(message("stores reached"))])
    lower.barh(0, known["VIS"], height=0.62, color=ACTORS["us"], linewidth=0)
    _beside(lower, words.say(message("{n} a month, at most", n=known["VIS"])), known["VIS"], 0)
    lower.set_ylim(0.6, -0.6)
    lower.set_yticks([0], [words.say(message("our visits"))])
    for part in (axes, lower):
        part.grid(False)
        part.spines["bottom"].set_visible(False)
        part.set_xticks([])
        part.set_xlim(0, every * 1.08)
    alt = message(
        "{finding}. Least {low}, most {high} of all stores; which of the two is nearer, nobody has "
        "compared. Our people can make {visits} visits a month; that says how fast they work, and not in how many stores we are.",
        finding=finding, low=share(known["D84"], lang), high=share(known["D82"], lang), visits=known["VIS"],
    )  # fmt: skip
    caption = message(
        "Stores above, visits a month below: drawn to one scale, and not the same thing."
    )
    return _picture(figure, words, alt, caption, (facts.provenance, "derived"))


def ceiling(facts: Facts, words: Words) -> Picture:
    """Draw what every store at B's rate would bring, beside both readings; needs the facts of S5."""
    known, lang = _known(facts), words.lang
    said = {
        "most": round(known["ce"]),
        "near": share(known["D104"], lang, 0),
        "far": share(known["D103"], lang, 0),
    }
    finding = message(
        "Every store at B’s rate makes {most}: {near} of one goal, {far} of the other", **said
    )
    figure = canvas(words.say(finding), height=3.4)
    axes = figure.subplots()
    rows = (
        (message("today"), known["tot"], ACTORS["us"]),
        (message("every store at B’s rate"), known["ce"], ACCENT),
        (message("goal, {percent} % of the band", percent=known["share"]), known["Al"],
         ACTORS["rival"]),
        (message("goal, {percent} % of the province", percent=known["share"]), known["L"],
         ACTORS["rival"]),
    )  # fmt: skip
    for row, (_, value, colour) in enumerate(rows):
        goal = colour == ACTORS["rival"]
        axes.barh(row, value, height=0.66, color="none" if goal else colour, edgecolor=colour,
                  linewidth=1.4 if goal else 0)  # fmt: skip
        _beside(axes, number(round(value)), value, row)
    axes.plot([known["ce"]] * 2, [0.6, 3.45], color=INK, linewidth=1.2, linestyle=(0, (4, 3)))
    axes.annotate(
        words.say(message("from here on only what each store sells")), (known["ce"], 1),
        xytext=(54, 0), textcoords="offset points", va="center", fontsize=SMALL, color=MUTED,
    )  # fmt: skip
    _rows(axes, [(row, words.say(label)) for row, (label, _, _) in enumerate(rows)], (3.5, -0.5))
    _amounts(axes, words.say(message("units a month")), known["L"] * 1.12)
    alt = message(
        "{finding}. Today {today}; every store at B’s rate with the direct retailer {most}; the goals are "
        "{band} and {province} a month.",
        finding=finding, today=known["tot"], most=said["most"], near=said["near"],
        far=said["far"], band=known["Al"], province=known["L"],
    )  # fmt: skip
    caption = message("With the direct retailer, whose sell-out is added to the sell-through.")
    return _picture(figure, words, alt, caption, ("derived",))


def visits(facts: Facts, words: Words) -> Picture:
    """Draw the visits that three plans need in each month, beside what we can make; needs S5."""
    known = _known(facts)
    limit = known["VIS"]
    needed = {
        name: [month.visits for month in run(plan, facts).months]
        for name, (_, plan) in PLANS.items()
    }
    finding = message("Even the boldest plan stays within our {limit} visits a month", limit=limit)
    for name, (_, plan) in PLANS.items():
        if beyond := [at for at, each in enumerate(needed[name], 1) if each > limit]:
            finding = message(
                "With {doors} new doors a head our {limit} visits run out in month {month}",
                doors=plan.doors_per_head, limit=limit, month=beyond[0],
            )  # fmt: skip
            break
    figure = canvas(words.say(finding), height=3.8)
    axes = figure.subplots()
    months = range(1, MONTHS + 1)
    for name, colour in zip(PLANS, (ACTORS["wholesaler"], ACTORS["us"], ALERT), strict=True):
        axes.plot(months, needed[name], color=colour, linewidth=2, marker="o", markersize=6)
        label = message("{n}: {plan}, {doors} doors a head", n=round(needed[name][-1]),
                        plan=PLANS[name][0], doors=PLANS[name][1].doors_per_head)  # fmt: skip
        axes.annotate(words.say(label), (MONTHS, needed[name][-1]), xytext=(9, 0), va="center",
                      textcoords="offset points", fontsize=9, color=colour,
                      bbox={"facecolor": PAPER, "linewidth": 0, "pad": 1})  # fmt: skip
    axes.axhline(limit, color=INK, linewidth=1.2, linestyle=(0, (4, 3)))
    axes.annotate(
        words.say(message("what our people can make: {n}", n=limit)), (0.8, limit), xytext=(2, 4),
        textcoords="offset points", fontsize=SMALL,
    )  # fmt: skip
    axes.set_xlim(0.8, MONTHS + 1.25)
    every = [limit, *(one for each in needed.values() for one in each)]
    axes.set_ylim(min(every) // 500 * 500, max(every) * 1.06)
    axes.set_xticks(months, [words.say(message("month {n}", n=month)) for month in months])
    axes.set_ylabel(words.say(message("visits needed a month")))
    axes.yaxis.set_major_formatter(_GROUPED)
    axes.tick_params(axis="y", labelcolor=MUTED)
    rows = [
        message("{plan} {one}, {two}, {three}", plan=PLANS[name][0], one=one, two=two, three=three)
        for name, (one, two, three) in needed.items()
    ]
    alt = message("{finding}. Visits needed in months 1 to 3: {rows}.", finding=finding, rows=rows)
    caption = message("Three visits for a new door, half a visit a month for every other.")
    return _picture(figure, words, alt, caption, (facts.provenance, "derived", "invented"))


def deals(game: Game, words: Words) -> Picture:
    """Draw the named deals of a case among all packages within our authority."""
    drawn = frontier_plot(game, words, named=list(game.sheets.deals))
    caption = message("Each grey point is a package that we may promise.")
    return _picture(drawn.figure, words, drawn.alt, caption, ("invented",))


def a_talk(parameters: Parameters, log: object, words: Words) -> Picture:
    """Draw how an example of a talk moved A; raises `CannotDraw` where its log cannot be played."""
    played = replay(parameters, log)
    if played.table is None or played.problem is not None:
        raise CannotDraw(played.problem or message("The example of a talk cannot be played."))
    seen = debrief(played.table)
    own = Words(words.lang, parameters.texts(words.lang))
    drawn = belief_plot(seen.path, seen.names, own)
    caption = message(
        "One talk, played by the rules of the table. Nobody sees this line while talking."
    )
    return _picture(drawn.figure, words, drawn.alt, caption, ("invented",))


# What all of them share ----------------------------------------------------------------------


class _Known(dict[str, float]):
    """The numbers of a case; what is not known yet is said, so that no figure tells it early."""

    def __missing__(self, name: str) -> float:
        raise CannotDraw(message("It needs a fact that is not known by then."))


def _known(facts: Facts) -> _Known:
    return _Known(values(facts))


def _picture(
    figure: Figure, words: Words, alt: Message | str, caption: Message, sources: Sequence[str]
) -> Picture:
    return Picture(
        figure,
        alt if isinstance(alt, str) else words.say(alt),
        words.say(caption),
        tuple(dict.fromkeys(sources)),
    )


_GROUPED = FuncFormatter(lambda value, _: number(value))


def _beside(axes: Axes, text: str, at: float, row: float) -> None:
    axes.annotate(text, (at, row), xytext=(5, 0), textcoords="offset points", va="center",
                  fontsize=9.5, color=INK)  # fmt: skip


def _rows(axes: Axes, rows: Sequence[tuple[float, str]], limits: tuple[float, float]) -> None:
    """Name the rows of horizontal bars, from the top down."""
    axes.set_yticks([row for row, _ in rows], [text for _, text in rows])
    axes.set_ylim(*limits)
    axes.grid(False)
    axes.grid(True, axis="x")


def _amounts(axes: Axes, label: str, most: float) -> None:
    """Make the horizontal axis one of amounts from zero."""
    axes.set_xlim(0, most)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.xaxis.set_major_formatter(_GROUPED)
    axes.set_xlabel(label)


# What pages may show -------------------------------------------------------------------------


def _of_facts(draw: Callable[[Facts, Words], Picture]) -> Draw:
    """Return a figure of the facts that are known at a stage."""

    def drawn(folder: Path, stage: str, words: Words) -> Picture:
        try:
            facts = load_facts(folder)
        except CaseError as error:
            raise CannotDraw(*error.problems) from error
        return draw(facts.up_to(stage) if stage else facts, words)

    return drawn


def _deals(folder: Path, stage: str, words: Words) -> Picture:
    try:
        return deals(Game.load(folder / "game.json"), words)
    except GameError as error:
        raise CannotDraw(error.message) from error


TALK = "example_talk.json"
"""The log of the talk that is drawn as an example, in the folder of a case."""


def _a_talk(folder: Path, stage: str, words: Words) -> Picture:
    try:
        return a_talk(read_parameters(folder), (folder / TALK).read_bytes(), words)
    except CaseError as error:
        raise CannotDraw(*error.problems) from error
    except OSError as error:
        raise CannotDraw(message("{file} is not there.", file=TALK)) from error


FIGURES: Mapping[str, Draw] = {
    "channels": _of_facts(channels),
    "ladder": _of_facts(ladder),
    "gap_split": _of_facts(gap_split),
    "coverage": _of_facts(coverage),
    "ceiling": _of_facts(ceiling),
    "visits": _of_facts(visits),
    "deals": _deals,
    "a_talk": _a_talk,
}
"""The figures by the name that a page has for them."""
