"""How a customer's outlets look, alone and beside a reference territory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from kamlib.plots import (
    ACCENT,
    ACTORS,
    INK,
    LINE,
    PANEL,
    CannotDraw,
    Draw,
    Picture,
    canvas,
    percent,
    shorten,
    wrap,
)
from kamlib.sales_network import Comparison, Gap, Group, Network, compare
from kamlib.words import Message, Words, message, number

MOST = 20
"""So many groups are drawn; of more, the largest."""

_GROUPED = FuncFormatter(lambda value, _: number(value).replace("-", "−"))


def coverage_plot(network: Network, words: Words) -> Picture:
    """Draw how many of all outlets a customer reaches in each group, and how many of those buy.

    Raises `CannotDraw` where no group has a coverage that can be.
    """
    able = [each for each in network.groups if each.coverage is not None]
    if not able:
        raise CannotDraw(message(
            "It needs a group with all outlets, and with outlets covered that are not more than all."
        ))  # fmt: skip
    groups = _largest(able)
    every, reached = (
        sum(getattr(each, what) or 0 for each in able) for what in ("universe", "covered")
    )
    whole = percent(reached / every, words.lang)
    said = {"name": _clean(network.name), "covered": reached, "all": every, "share": whole}
    finding = message("{name} covers {covered} of {all} outlets: {share}", **said)
    figure = canvas(words.say(finding), height=1.75 + 0.42 * len(groups))
    axes = figure.subplots()
    for row, group in enumerate(groups):
        universe, covered = group.universe or 0, group.covered or 0
        axes.barh(row, universe, height=0.68, color=PANEL, edgecolor=ACTORS["uncovered"],
                  linewidth=1)  # fmt: skip
        axes.barh(row, covered, height=0.68, color="#9fcaca", edgecolor=ACCENT, linewidth=1)
        if group.activity is not None:
            axes.barh(row, group.active or 0, height=0.3, color=ACCENT, linewidth=0)
        _beside(axes, words.say(_of(group, words)), universe, row)
    handles = [
        Patch(facecolor=PANEL, edgecolor=ACTORS["uncovered"], label=words.say(message("all outlets"))),
        Patch(facecolor="#9fcaca", edgecolor=ACCENT, label=words.say(message("covered"))),
    ]  # fmt: skip
    if any(each.activity is not None for each in groups):
        handles.append(Patch(facecolor=ACCENT, label=words.say(message("active"))))
    _named(axes, groups)
    axes.set_xlim(0, max(each.universe or 0 for each in groups) * 1.42)
    _amounts(axes, words.say(message("outlets")))
    figure.legend(handles=handles, loc="outside lower right", ncols=3, frameon=False, fontsize=9)
    alt = message(
        "{finding}. {rows}.", finding=finding,
        rows=[message("{name}: {said}", name=_clean(each.name), said=_of(each, words))
              for each in groups],
    )  # fmt: skip
    left = len(network.groups) - len(able)
    caption = message("Coverage is covered outlets by all outlets there are, whoever serves them.")
    if left:
        caption = message("{caption} Groups left out, as their numbers cannot be: {n}.",
                          caption=caption, n=left)  # fmt: skip
    return Picture(figure, words.say(alt), _with_rest(caption, len(able), words))


def _of(group: Group, words: Words) -> Message:
    """Return a group's coverage in words."""
    said = {
        "covered": group.covered or 0,
        "all": group.universe or 0,
        "share": percent(group.coverage or 0, words.lang),
    }
    if group.activity is None:
        return message("{covered} of {all} ({share})", **said)
    return message(
        "{covered} of {all} ({share}), {active} active", active=group.active or 0, **said
    )


def gap_plot(network: Network, reference: Network, words: Words) -> Picture:
    """Draw what the reference's coverage would bring in each group, and what its rate would.

    Raises `CannotDraw` where nothing can be compared.
    """
    found = compare(network, reference)
    rows = _rows_of(found)
    if not rows:
        raise CannotDraw(*(each.reason for each in found.missing))
    top = rows[0]
    finding = top.reading
    figure = canvas(words.say(finding).rstrip(".。"), height=1.85 + 0.62 * len(rows))
    axes = figure.subplots()
    most = max(1e-9, *(abs(value) for each in rows for value in (each.by_coverage, each.by_rate)))
    for row, each in enumerate(rows):
        for at, value, hatch in (
            (row - 0.19, each.by_coverage, None),
            (row + 0.19, each.by_rate, "////"),
        ):
            axes.barh(at, value, height=0.34, color="none" if hatch else ACCENT,
                      edgecolor=ACTORS["distributor_b"] if hatch else ACCENT, hatch=hatch,
                      linewidth=1.1 if hatch else 0)  # fmt: skip
            _beside(axes, _signed(value), value, at)
    axes.axvline(0, color=INK, linewidth=1)
    if len(rows) > 1 and found.total is not None:
        axes.axhline(0.5, color=LINE, linewidth=1.2)
    _named(axes, [each.here for each in rows])
    least = min(0.0, *(value for each in rows for value in (each.by_coverage, each.by_rate)))
    axes.set_xlim(least - most * (0.2 if least else 0), most * 1.2)
    unit = _clean(network.unit)
    label = message("{unit} a month", unit=unit) if unit else message("sales a month")
    _amounts(axes, words.say(label))
    by_coverage = message("with the coverage of {name}", name=_clean(reference.name))
    by_rate = message("with the rate per outlet of {name}", name=_clean(reference.name))
    handles = [
        Patch(facecolor=ACCENT, label=words.say(by_coverage)),
        Patch(facecolor="none", edgecolor=ACTORS["distributor_b"], hatch="////", label=words.say(by_rate)),
    ]  # fmt: skip
    figure.legend(handles=handles, loc="outside lower right", ncols=2, frameon=False, fontsize=9)
    told = [
        message("{name}: {coverage} by coverage, {rate} by the rate, {both} by both",
                name=_clean(each.here.name), coverage=_signed(each.by_coverage),
                rate=_signed(each.by_rate), both=_signed(each.whole))
        for each in rows
    ]  # fmt: skip
    alt = message("{finding} {rows}.", finding=finding, rows=told)
    caption = message("Each alone, the other left as it is; with both it is {both}.",
                      both=_signed(top.whole))  # fmt: skip
    if found.total is None:
        caption = message("{caption} The whole cannot be compared.", caption=caption)
    elif not found.like_with_like:
        caption = message("{caption} The whole is compared as it is mixed, since the groups are not the same.",
                          caption=caption)  # fmt: skip
    return Picture(figure, words.say(alt), _with_rest(caption, len(found.groups), words))


def _rows_of(found: Comparison) -> list[Gap]:
    """Return the whole first, then the largest groups; one group alone is the whole."""
    largest = sorted(found.groups, key=lambda each: -(each.here.universe or 0))[:MOST]
    drawn = [each for each in found.groups if each in largest]
    if found.total is not None:
        drawn = [found.total, *(drawn if len(drawn) > 1 else [])]
    return [
        replace(each, here=replace(each.here, name=_clean(each.here.name)),
                reference=replace(each.reference, name=_clean(each.reference.name)))
        for each in drawn
    ]  # fmt: skip


def _signed(value: float) -> str:
    shown = number(round(abs(value)) if abs(value) >= 10 else round(abs(value), 1))
    return shown if shown == "0" else f"{'+' if value > 0 else '−'}{shown}"


def _largest(groups: Sequence[Group]) -> list[Group]:
    kept = sorted(groups, key=lambda each: -(each.universe or 0))[:MOST]
    return [each for each in groups if each in kept][:MOST]


def _with_rest(caption: Message, groups: int, words: Words) -> str:
    if groups > MOST:
        caption = message("{caption} Only the {n} largest of {all} groups are drawn.",
                          caption=caption, n=MOST, all=groups)  # fmt: skip
    return words.say(caption)


def _clean(text: str) -> str:
    """Return what somebody typed on one line, short, without signs that no picture can hold."""
    return shorten(" ".join("".join(c if c.isprintable() else " " for c in text).split()), 32)


def _named(axes: Axes, groups: Sequence[Group]) -> None:
    axes.set_yticks(range(len(groups)), [wrap(_clean(each.name), 18) for each in groups])
    axes.set_ylim(len(groups) - 0.5, -0.5)
    axes.grid(False)
    axes.grid(True, axis="x")


def _amounts(axes: Axes, label: str) -> None:
    axes.xaxis.set_major_locator(MaxNLocator(6))
    axes.xaxis.set_major_formatter(_GROUPED)
    axes.set_xlabel(label)


def _beside(axes: Axes, text: str, at: float, row: float) -> None:
    """Write beside the end of a bar, on its far side from 0."""
    left = at < 0
    axes.annotate(text, (at, row), xytext=(-5 if left else 5, 0), textcoords="offset points",
                  ha="right" if left else "left", va="center", fontsize=9,
                  color=INK)  # fmt: skip


# An invented distributor -----------------------------------------------------------------------------

SHOPS, STALLS, HALLS = message("phone shops"), message("market stalls"), message("business halls")

COUNTED: Mapping[str, tuple[Message, tuple[tuple[Message, int, int, int], ...]]] = {
    "here": (message("Distributor V"),
             ((SHOPS, 300, 180, 1800), (STALLS, 200, 40, 160), (HALLS, 100, 80, 1200))),
    "reference": (message("Territory North"),
                  ((SHOPS, 250, 200, 2400), (STALLS, 150, 90, 360), (HALLS, 80, 60, 900))),
}  # fmt: skip
"""Of each network its name and, by group, all outlets, those covered, and phones a month; invented."""


def distributor_v(words: Words) -> tuple[Network, Network]:
    """Return the outlets of the invented Distributor V and of the territory it is compared with."""
    here, reference = (
        Network(
            words.say(name),
            tuple(Group(words.say(group), universe, covered, sales=sales)
                  for group, universe, covered, sales in groups),
            words.say(message("phones")),
        )
        for name, groups in COUNTED.values()
    )  # fmt: skip
    return here, reference


def _gap_of_distributor(folder: Path, stage: str, words: Words) -> Picture:
    picture = gap_plot(*distributor_v(words), words)
    return replace(picture, sources=("invented", "derived"))


FIGURES: Mapping[str, Draw] = {"distributor_v": _gap_of_distributor}
"""The figures by the name that a page has for them."""
