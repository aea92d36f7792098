"""How a message in several versions looks through the four lenses.

Bars and no radar: the area of a radar changes with the order of its axes, and bars can be compared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from kamlib.case_facts import Bilingual
from kamlib.message_fit import Reader, Reply, SharedMessage, read_case, reply
from kamlib.plots import (
    ACCENT,
    ACTORS,
    INK,
    MUTED,
    PANEL,
    PAPER,
    CannotDraw,
    Draw,
    Picture,
    canvas,
    percent,
    wrap,
)
from kamlib.preferences import LENS_IDS, NOT_A_PERSON, Lenses
from kamlib.rewriting import facts_kept
from kamlib.words import Message, Words, message

FACT = "#cfe3e3"
"""The ground of a sentence with a fact that everybody gets; the lenses have no colours."""

SMALL = 8.5
"""The size of what is written beside a mark, in points."""


def four_versions(shared: SharedMessage, lenses: Lenses, words: Words) -> Picture:
    """Draw the profile of each version, with what its reader asked for and the facts in it.

    Raises `CannotDraw` where a version has lost a fact, or is mostly about something else.
    """
    lang = words.lang
    read = [(one, _version(one, shared, lenses, words)) for one in shared.readers]
    for reader, told in read:
        if told.facts.lost or told.profile.leading != (reader.wants,):
            raise CannotDraw(
                message("The version for “{reader}” is not what was asked for, or lost a fact.",
                        reader=reader.name)
            )  # fmt: skip
    finding = message(
        "Each version says most about what was asked for, and all {n} facts are in each of them",
        n=len(shared.facts),
    )
    figure = canvas(words.say(finding), height=3.5)
    panels = figure.subplots(1, len(read), sharey=True)
    for axes, (reader, told) in zip(panels, read, strict=True):
        _profile(axes, reader, told, words)
    panels[0].set_yticks(range(len(LENS_IDS)), [lenses[name].name.in_(lang) for name in LENS_IDS])
    panels[0].set_ylim(len(LENS_IDS) - 0.4, -0.6)
    rows = [
        _row(reader, [
            message("{lens} {share}", lens=lenses[name].name, share=percent(told.profile.share(name), lang))
            for name in LENS_IDS
        ])
        for reader, told in read
    ]  # fmt: skip
    return _picture(figure, words, finding, rows)


def _version(reader: Reader, shared: SharedMessage, lenses: Lenses, words: Words) -> Reply:
    text = shared.made_of(shared.versions[reader.id], words.lang)
    return reply(text, reader, shared, lenses)


def _profile(axes: Axes, reader: Reader, told: Reply, words: Words) -> None:
    for row, name in enumerate(LENS_IDS):
        share = told.profile.share(name)
        asked = name == reader.wants
        axes.barh(row, share, height=0.6, color=ACCENT if asked else ACTORS["uncovered"], linewidth=0)  # fmt: skip
        axes.annotate(percent(share, words.lang), (share, row), xytext=(3, 0), va="center",
                      textcoords="offset points", fontsize=SMALL,
                      color=INK if asked else MUTED)  # fmt: skip
    axes.set_title(wrap(reader.name.in_(words.lang), 18), fontsize=9.5, loc="left", color=INK)
    facts = message("✓ {n} facts of {all}", n=len(told.facts.facts) - len(told.facts.lost),
                    all=len(told.facts.facts))  # fmt: skip
    axes.set_xlabel(words.say(facts), fontsize=SMALL, loc="left")
    axes.set_xlim(0, 1.25)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.spines["left"].set_visible(True)
    axes.grid(False)


def four_orders(shared: SharedMessage, lenses: Lenses, words: Words) -> Picture:
    """Draw the sentences of each version in their order, with the facts that everybody gets framed.

    Raises `CannotDraw` where the news does not come first in each of them.
    """
    lang = words.lang
    news = next(fact for fact in shared.facts if fact.id == shared.news)
    for order in shared.versions.values():
        first = shared.phrase(order[0]).text.in_(lang)
        if not all(one.survives for one in facts_kept([news], first)):
            raise CannotDraw(message("“{fact}” does not come first in each version.", fact=news.name))  # fmt: skip
    finding = message("The price comes first in all four, in other words; then comes what each reader asked for")  # fmt: skip
    figure = canvas(words.say(finding), height=4.2)
    axes = figure.subplots()
    most = max(len(order) for order in shared.versions.values())
    for row, reader in enumerate(shared.readers):
        for place, name in enumerate(shared.versions[reader.id]):
            _sentence(axes, (place, row), name, (shared, lenses), words)
    names = [wrap(one.name.in_(lang), 18) for one in shared.readers]
    axes.set_yticks(range(len(names)), names, fontsize=9.5)
    axes.set_ylim(len(names) - 0.45, -0.5)
    axes.set_xlim(0, most)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.grid(False)
    axes.set_xlabel(
        words.say(message("read from left to right; framed: a fact that everybody gets")),
        fontsize=SMALL, loc="left",
    )  # fmt: skip
    rows = [
        _row(one, [shared.phrase(name).short for name in shared.versions[one.id]])
        for one in shared.readers
    ]
    return _picture(figure, words, finding, rows)


def _sentence(
    axes: Axes,
    at: tuple[int, int],
    name: str,
    case: tuple[SharedMessage, Lenses],
    words: Words,
) -> None:
    (place, row), (shared, lenses) = at, case
    phrase = shared.phrase(name)
    framed = any(one.survives for one in facts_kept(shared.facts, phrase.text.in_(words.lang)))
    axes.add_patch(
        Rectangle((place + 0.03, row - 0.38), 0.94, 0.76, facecolor=FACT if framed else PANEL,
                  edgecolor=INK if framed else PAPER, linewidth=1.8 if framed else 0.8)
    )  # fmt: skip
    axes.text(place + 0.09, row - 0.11, wrap(phrase.short.in_(words.lang), 17), va="center",
              fontsize=9.5, color=INK)  # fmt: skip
    axes.text(place + 0.09, row + 0.21, lenses[phrase.lens].name.in_(words.lang), va="center",
              fontsize=SMALL - 0.5, color=MUTED)  # fmt: skip


def _row(reader: Reader, what: Sequence[Message | Bilingual]) -> Message:
    return message("For {reader}: {what}.", reader=reader.name, what=tuple(what))


def _picture(figure: Figure, words: Words, finding: Message, rows: Sequence[Message]) -> Picture:
    stop = message("{finding}.", finding=finding)
    alt = ("" if words.lang == "zh" else " ").join(words.say(one) for one in (stop, *rows))
    return Picture(figure, alt, words.say(NOT_A_PERSON), ("invented",))


def _of_a_case(draw: Callable[[SharedMessage, Lenses, Words], Picture]) -> Draw:
    def drawn(folder: Path, stage: str, words: Words) -> Picture:
        try:
            lenses, shared = read_case(folder)
        except (OSError, ValueError) as error:
            raise CannotDraw(
                message("The message cannot be read: {why}", why=str(error))
            ) from error
        return draw(shared, lenses, words)

    return drawn


FIGURES: Mapping[str, Draw] = {
    "four_versions": _of_a_case(four_versions),
    "four_orders": _of_a_case(four_orders),
}
"""The figures by the name that a page has for them."""
