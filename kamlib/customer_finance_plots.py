"""How a customer's statement looks: what he sells, and how long his money is bound."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from kamlib.customer_finance import (
    MOST,
    RATIOS,
    Ratio,
    Statement,
    Unit,
    Year,
    ratios,
    signs,
)
from kamlib.plots import ACCENT, ACTORS, INK, CannotDraw, Picture, canvas, percent, shorten
from kamlib.words import Message, Words, message, number

UNITS: dict[Unit, Message] = {
    "yuan": message("yuan"),
    "thousand": message("thousand yuan"),
    "ten_thousand": message("ten thousand yuan"),
    "million": message("million yuan"),
}
"""The units of a statement in words."""

YEARS = 4
"""So many years are drawn; of more, the latest."""

LONGEST = 2000.0
"""Days beyond this are a slip of the keyboard, and would hide all others."""


def statement_plot(statement: Statement, words: Words) -> Picture:
    """Draw the sales of each year and, where it is known, how long money is bound in the business.

    Raises `CannotDraw` where no year has sales above 0.
    """
    years = [
        (year, found) for year, found in _by_year(statement) if _amount(year.sales) and abs(year.year) < 10_000
    ][-YEARS:]  # fmt: skip
    if not years:
        raise CannotDraw(message("It needs the sales of a year, above 0."))
    bound = [(year, found) for year, found in years if _days(found)]
    finding = _finding(statement, years[-1])
    figure = canvas(words.say(finding).rstrip(".。"), height=3.35 if bound else 2.9)
    if bound:
        left, right = figure.subplots(1, 2, width_ratios=(1.0, 1.35))
        _cash(right, bound, words)
    else:
        left = figure.subplots()
    _sales(left, years, statement.unit, words)
    alt = message("{finding}: {years}.", finding=words.say(finding).rstrip(".。"),
                  years=[_of(year, found, words) for year, found in years])  # fmt: skip
    caption = message(
        "Sales at the customer’s own prices. Days are reckoned from what stands at the end of a year."
    )
    return Picture(figure, words.say(alt), words.say(caption), ("given", "derived"))


def _by_year(statement: Statement) -> list[tuple[Year, dict[str, Ratio]]]:
    """Return each year with its ratios by name, the earliest first."""
    found = ratios(statement)
    ordered = sorted(statement.years, key=lambda each: each.year)
    return [
        (year, {each.name: each for each in found[n * len(RATIOS) : (n + 1) * len(RATIOS)]})
        for n, year in enumerate(ordered)
    ]


def _amount(value: float | None) -> float:
    return value if value is not None and 0 <= value <= MOST else 0.0


def _days(found: dict[str, Ratio]) -> tuple[float, float, float] | None:
    """Return stock days, receivable days and payable days, where all are there."""
    values = [found[name].value for name in ("stock_days", "receivable_days", "payable_days")]
    known = [each for each in values if each is not None and each <= LONGEST]
    return (known[0], known[1], known[2]) if len(known) == 3 else None


def _finding(statement: Statement, last: tuple[Year, dict[str, Ratio]]) -> Message:
    """Say the first warning sign of the last year, or else how sales went."""
    year, found = last
    said = [each.reason for each in signs(statement) if each.year == year.year]
    if said:
        return said[0]
    if found["growth"].value is not None:
        return found["growth"].reading
    return message("Sales of {year}: {value} {unit}", year=str(year.year), value=_amount(year.sales),
                   unit=UNITS[statement.unit])  # fmt: skip


def _of(year: Year, found: dict[str, Ratio], words: Words) -> Message:
    """Return a year in words."""
    parts = [message("sales {value}", value=_short(_amount(year.sales)))]
    margin, cycle = found["gross_margin"].value, found["cash_cycle"].value
    if margin is not None:
        parts.append(message("gross margin {share}", share=percent(margin / 100, words.lang)))
    if cycle is not None:
        parts.append(message("money bound for {days} days", days=round(cycle)))
    return message("{year}: {parts}", year=str(year.year), parts=parts)


def _short(value: float) -> str:
    """Write an amount so that it stays narrow."""
    return number(round(value, 1)) if value < 1e9 else f"{value:.2e}"


def _sales(
    axes: Axes, years: Sequence[tuple[Year, dict[str, Ratio]]], unit: Unit, words: Words
) -> None:
    for n, (year, found) in enumerate(years):
        amount = _amount(year.sales)
        axes.bar(n, amount, width=0.56, color=ACTORS["distributor_a"], linewidth=0)
        label = _short(amount)
        margin = found["gross_margin"].value
        if margin is not None and abs(margin) < 1000:
            shown = percent(margin / 100, words.lang).replace("-", "−")
            label += "\n" + words.say(message("margin {share}", share=shown))
        axes.annotate(label, (n, amount), xytext=(0, 3), textcoords="offset points", ha="center",
                      va="bottom", fontsize=8.5, color=INK)  # fmt: skip
    axes.set_xticks(range(len(years)), [str(year.year) for year, _ in years])
    axes.set_xlim(-0.6, max(len(years), 2) - 0.4)
    axes.set_ylim(0, max(_amount(year.sales) for year, _ in years) * 1.3)
    axes.yaxis.set_major_locator(MaxNLocator(4))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: _short(value)))
    axes.set_title(words.say(message("Sales, {unit}", unit=UNITS[unit])), fontsize=9.5, loc="left")


def _cash(axes: Axes, years: Sequence[tuple[Year, dict[str, Ratio]]], words: Words) -> None:
    longest = 1.0
    for row, (_, found) in enumerate(years):
        stock, waits, owes = _days(found) or (0.0, 0.0, 0.0)
        longest = max(longest, stock + waits, owes)
        axes.barh(row - 0.17, stock, height=0.34, color=ACCENT, linewidth=0)
        axes.barh(row - 0.17, waits, left=stock, height=0.34, color="#8fc7c4", linewidth=0)
        axes.barh(row + 0.19, owes, height=0.28, color="none", hatch="////", linewidth=1,
                  edgecolor=ACTORS["uncovered"])  # fmt: skip
        axes.annotate(
            words.say(message("bound for {days} days", days=round(stock + waits - owes))),
            (stock + waits, row - 0.17), xytext=(5, 0), textcoords="offset points", va="center",
            fontsize=8.5, color=INK,
        )  # fmt: skip
    axes.set_yticks(range(len(years)), [shorten(str(year.year), 10) for year, _ in years])
    axes.set_ylim(len(years) - 0.4, -0.6)
    axes.set_xlim(0, longest * 1.5)
    axes.grid(False)
    axes.grid(True, axis="x")
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))
    axes.set_title(words.say(message("How long money is bound, days")), fontsize=9.5, loc="left")
    names = (
        Patch(facecolor=ACCENT, label=words.say(message("in stock"))),
        Patch(facecolor="#8fc7c4", label=words.say(message("in open bills"))),
        Patch(facecolor="none", edgecolor=ACTORS["uncovered"], hatch="////",
              label=words.say(message("lent by suppliers"))),
    )  # fmt: skip
    axes.legend(handles=names, loc="upper center", bbox_to_anchor=(0.42, -0.1), ncols=3, frameon=False,
                fontsize=8, columnspacing=1.0, handlelength=1.2)  # fmt: skip
