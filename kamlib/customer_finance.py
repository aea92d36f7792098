"""What a customer's statement says about the business with him."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from kamlib.findings import Finding
from kamlib.words import N_, Message, message

Unit = Literal["yuan", "thousand", "ten_thousand", "million"]

IN_YUAN: Mapping[Unit, int] = {
    "yuan": 1,
    "thousand": 1_000,
    "ten_thousand": 10_000,
    "million": 1_000_000,
}
"""How many yuan one of a statement's unit is."""

FIELDS: Mapping[str, str] = {
    "sales": N_("sales"),
    "cost_of_goods": N_("cost of goods"),
    "operating_cost": N_("operating cost"),
    "stock": N_("stock"),
    "receivables": N_("receivables"),
    "payables": N_("payables"),
    "bought_from_us": N_("purchases from us"),
    "sold_of_ours": N_("sales of our goods"),
    "margin_on_ours": N_("margin on our goods"),
    "stock_of_ours": N_("stock of our goods"),
}
"""What each figure of a year is called."""

DAYS = 365
"""Days of a year, for every year."""

MOST = 1e15
"""A figure beyond this, in any unit, is a slip of the keyboard."""


@dataclass(frozen=True, slots=True)
class Year:
    """A customer's year in figures, in the statement's unit; None where a figure is not known."""

    year: int
    sales: float | None = None
    cost_of_goods: float | None = None
    """What the goods that were sold had cost him."""
    operating_cost: float | None = None
    """People, shops, transport and the like; without the cost of goods."""
    stock: float | None = None
    """At the end of the year, as receivables and payables."""
    receivables: float | None = None
    payables: float | None = None
    bought_from_us: float | None = None
    sold_of_ours: float | None = None
    """His sales of what we deliver, at his own prices."""
    margin_on_ours: float | None = None
    """Of `sold_of_ours`, what stays after the goods are paid; below 0 where he loses."""
    stock_of_ours: float | None = None
    """At the end of the year, at cost."""


@dataclass(frozen=True, slots=True)
class Statement:
    """Two or three years of a customer, the earliest first, all in one unit."""

    unit: Unit
    years: tuple[Year, ...]


@dataclass(frozen=True, slots=True)
class Ratio:
    """One ratio of one year."""

    name: str
    """A key of `RATIOS`."""
    year: int
    formula: Message
    value: float | None
    """In `unit`; None where it cannot be computed, and then `reading` says why."""
    unit: Literal["percent", "days"]
    reading: Message
    """What it means, in one sentence."""

    @property
    def title(self) -> Message:
        """How it is called."""
        return Message(RATIOS[self.name])


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign of trouble to come, which a person has to ask about."""

    name: str
    year: int
    reason: Message
    """What in the figures gives it."""
    ask: Message
    """What to ask the customer."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """A statement as far as it can be read."""

    findings: tuple[Finding, ...]
    """What in the figures cannot be right or should be looked at; read these first."""
    ratios: tuple[Ratio, ...]
    """Every ratio of every year, year by year."""
    signs: tuple[Sign, ...]


def analysed(statement: Statement) -> Analysis:
    """Return all there is to say of a statement.

    >>> last = Year(2025, sales=1000, cost_of_goods=800)
    >>> found = analysed(Statement("thousand", (last, Year(2026, sales=900, cost_of_goods=750))))
    >>> [sign.name for sign in found.signs]
    ['sales_fall', 'margin_falls']
    """
    return Analysis(findings(statement), ratios(statement), signs(statement))


def _known(year: Year | None, name: str) -> float | None:
    """Return a figure that can be reckoned with; None for a blank or what is no amount."""
    value = getattr(year, name) if year else None
    if value is None or isinstance(value, (str, bool)) or not -MOST <= value <= MOST:
        return None
    if value < 0 and name != "margin_on_ours":
        return None
    return float(value)


def _before(statement: Statement, year: Year) -> Year | None:
    """Return the year before, if the statement has it once."""
    found = [each for each in statement.years if each.year == year.year - 1]
    return found[0] if len(found) == 1 else None


# Ratios ------------------------------------------------------------------------------------------

RATIOS: Mapping[str, str] = {
    "growth": N_("Growth of sales"),
    "gross_margin": N_("Gross margin"),
    "operating_margin": N_("Operating margin"),
    "stock_days": N_("Stock days"),
    "receivable_days": N_("Receivable days"),
    "payable_days": N_("Payable days"),
    "cash_cycle": N_("Cash cycle"),
    "our_share": N_("Our share of the purchases"),
    "return_on_ours": N_("Return on our business"),
}
"""What each ratio is called, in the order in which they are read."""

_FORMULAS = {
    "growth": message("(sales − sales of the year before) ÷ sales of the year before"),
    "gross_margin": message("(sales − cost of goods) ÷ sales"),
    "operating_margin": message("(sales − cost of goods − operating cost) ÷ sales"),
    "stock_days": message("stock at the end of the year ÷ cost of goods × 365"),
    "receivable_days": message("receivables at the end of the year ÷ sales × 365"),
    "payable_days": message("payables at the end of the year ÷ cost of goods × 365"),
    "cash_cycle": message("stock days + receivable days − payable days"),
    "our_share": message(
        "purchases from us ÷ (cost of goods + stock at the end − stock a year before)"
    ),
    "return_on_ours": message("margin on our goods ÷ stock of our goods at the end of the year"),
}
_SHARE_OF_COST = message(
    "purchases from us ÷ cost of goods, as the stock a year before is not known"
)

_NEEDS: Mapping[str, tuple[str, ...]] = {
    "gross_margin": ("sales", "cost_of_goods"),
    "operating_margin": ("sales", "cost_of_goods", "operating_cost"),
    "stock_days": ("cost_of_goods", "stock"),
    "receivable_days": ("sales", "receivables"),
    "payable_days": ("cost_of_goods", "payables"),
    "cash_cycle": ("sales", "cost_of_goods", "stock", "receivables", "payables"),
    "our_share": ("bought_from_us", "cost_of_goods"),
    "return_on_ours": ("margin_on_ours", "stock_of_ours"),
}
_DIVIDE_BY: Mapping[str, tuple[str, ...]] = {
    "gross_margin": ("sales",),
    "operating_margin": ("sales",),
    "stock_days": ("cost_of_goods",),
    "receivable_days": ("sales",),
    "payable_days": ("cost_of_goods",),
    "cash_cycle": ("sales", "cost_of_goods"),
    "return_on_ours": ("stock_of_ours",),
}


def ratios(statement: Statement) -> tuple[Ratio, ...]:
    """Return every ratio of every year, year by year.

    Days and shares are reckoned from what stands at the end of a year.

    >>> year = Year(2026, sales=1000, cost_of_goods=730, stock=146)
    >>> by_name = {each.name: each for each in ratios(Statement("thousand", (year,)))}
    >>> by_name["gross_margin"].value, by_name["stock_days"].value
    (27.0, 73.0)
    >>> by_name["growth"].value is None
    True
    """
    return tuple(
        _ratio(statement, year, name)
        for year in sorted(statement.years, key=lambda each: each.year)
        for name in RATIOS
    )


def _ratio(statement: Statement, year: Year, name: str) -> Ratio:
    last = _before(statement, year)
    formula = _FORMULAS[name]
    unit: Literal["percent", "days"] = "days" if name in _IN_DAYS else "percent"
    if name == "growth":
        value, why = _growth(year, last)
    elif missing := tuple(each for each in _NEEDS[name] if _known(year, each) is None):
        value, why = None, _missing(missing, year.year)
    elif zero := tuple(each for each in _DIVIDE_BY.get(name, ()) if not _known(year, each)):
        value, why = None, _is_zero(zero, year.year)
    else:
        v = {field: _known(year, field) or 0.0 for field in FIELDS}
        if name == "our_share":
            whole, known = _purchases(year, last)
            formula = formula if known else _SHARE_OF_COST
            value, why = _part(v["bought_from_us"], whole), _no_purchases(year.year)
        else:
            value, why = _COMPUTED[name](v), _no_number(year.year)
    if value is None or not math.isfinite(value):
        return Ratio(name, year.year, formula, None, unit, why)
    return Ratio(name, year.year, formula, value, unit, _reading(name, value))


_IN_DAYS = frozenset({"stock_days", "receivable_days", "payable_days", "cash_cycle"})

_COMPUTED: Mapping[str, Callable[[Mapping[str, float]], float]] = {
    "gross_margin": lambda v: 100 * (v["sales"] - v["cost_of_goods"]) / v["sales"],
    "operating_margin": lambda v: (
        100 * (v["sales"] - v["cost_of_goods"] - v["operating_cost"]) / v["sales"]
    ),
    "stock_days": lambda v: DAYS * v["stock"] / v["cost_of_goods"],
    "receivable_days": lambda v: DAYS * v["receivables"] / v["sales"],
    "payable_days": lambda v: DAYS * v["payables"] / v["cost_of_goods"],
    "cash_cycle": lambda v: (
        DAYS * ((v["stock"] - v["payables"]) / v["cost_of_goods"] + v["receivables"] / v["sales"])
    ),
    "return_on_ours": lambda v: 100 * v["margin_on_ours"] / v["stock_of_ours"],
}


def _growth(year: Year, last: Year | None) -> tuple[float | None, Message]:
    if last is None:
        why = message(
            "Cannot be computed: there is no {year} to compare with.", year=str(year.year - 1)
        )
        return None, why  # fmt: skip
    for each in (last, year):
        if _known(each, "sales") is None:
            return None, _missing(("sales",), each.year)
    before, now = _known(last, "sales") or 0.0, _known(year, "sales") or 0.0
    return _part(now - before, before), _is_zero(("sales",), last.year)


def _purchases(year: Year, last: Year | None) -> tuple[float, bool]:
    """Return what was bought in a year, and whether the change of stock is in it."""
    cost = _known(year, "cost_of_goods") or 0.0
    at_end, at_start = _known(year, "stock"), _known(last, "stock")
    if at_end is None or at_start is None:
        return cost, False
    return cost + at_end - at_start, True


def _part(part: float, whole: float) -> float | None:
    return 100 * part / whole if whole > 0 else None


def _names(fields: Iterable[str]) -> tuple[Message, ...]:
    return tuple(Message(FIELDS[each]) for each in fields)


def _missing(fields: Iterable[str], year: int) -> Message:
    return message(
        "Cannot be computed: fill in for {year}: {names}.", year=str(year), names=_names(fields)
    )


def _is_zero(fields: Iterable[str], year: int) -> Message:
    return message(
        "Cannot be computed: this has to be above 0 in {year}: {names}.",
        year=str(year), names=_names(fields),
    )  # fmt: skip


def _no_purchases(year: int) -> Message:
    return message(
        "Cannot be computed: by cost of goods and stock, nothing was bought in {year}.",
        year=str(year),
    )


def _no_number(year: int) -> Message:
    return message("Cannot be computed: look at the figures of {year} again.", year=str(year))


_READINGS: Mapping[str, tuple[str, str]] = {
    "growth": (
        N_("Sales are {value} % above those of the year before."),
        N_("Sales are {value} % below those of the year before."),
    ),
    "gross_margin": (
        N_("Of every 100 yuan of sales, {value} are left when the goods are paid."),
        N_("Every 100 yuan of sales lose {value} before any other cost."),
    ),
    "operating_margin": (
        N_("Of every 100 yuan of sales, {value} are left when goods and running costs are paid."),
        N_("Every 100 yuan of sales lose {value} when goods and running costs are paid."),
    ),
    "stock_days": (N_("What lies in stock lasts for {value} days of sales."), ""),
    "receivable_days": (
        N_("The customer waits {value} days on average until his own customers pay."),
        "",
    ),
    "payable_days": (N_("The customer pays his suppliers after {value} days on average."), ""),
    "cash_cycle": (
        N_("For {value} days, the customer’s own money is bound in goods and open bills."),
        N_("The customer is paid {value} days before he has to pay his suppliers."),
    ),
    "our_share": (N_("Of every 100 yuan that the customer buys for, {value} go to us."), ""),
    "return_on_ours": (
        N_("In a year, 100 yuan bound in our stock bring the customer {value} yuan of margin."),
        N_("In a year, 100 yuan bound in our stock cost the customer {value} yuan of margin."),
    ),
}
_UNCHANGED = message("Sales are the same as in the year before.")


def _reading(name: str, value: float) -> Message:
    shown = round(abs(value)) if name in _IN_DAYS else round(abs(value), 1)
    if name == "growth" and not shown:
        return _UNCHANGED
    rises, falls = _READINGS[name]
    return Message(falls if falls and value < 0 and shown else rises, (("value", shown),))


# Checks ------------------------------------------------------------------------------------------

_FACTORS = (1_000, 10_000)
_NEAR = 3.0
"""How far from a factor still counts as near it; no customer grows by as much in a year."""
_SMALLEST, _GREATEST = 1e4, 1e12
"""Between which sales of a year are believed, in yuan."""
_DIFFERS = 0.2
"""By which part our goods bought and our goods sold may miss each other."""

_PARTS = (
    ("sold_of_ours", "sales"),
    ("stock_of_ours", "stock"),
    ("margin_on_ours", "sold_of_ours"),
)


def findings(statement: Statement) -> tuple[Finding, ...]:
    """Return what in a statement cannot be right, or should be looked at again.

    A field is named by the place of its year in the statement: `years.0.sales`.

    >>> years = Year(2025, sales=36_000), Year(2026, sales=38)
    >>> [(each.field, each.severity) for each in findings(Statement("thousand", years))]
    [('years.1.sales', 'wrong')]
    """
    return tuple(_findings(statement))


def _findings(statement: Statement) -> Iterator[Finding]:
    years = statement.years
    if len(years) < 2:
        yield Finding(
            "years", message("There are fewer than two years."),
            message("Add the year before: one year alone shows no direction."), "doubtful",
        )  # fmt: skip
    for place, (one, other) in enumerate(pairwise(years), 1):
        if other.year != one.year + 1:
            yield Finding(
                f"years.{place}.year",
                message("{year} does not follow {before}.", year=str(other.year), before=str(one.year)),
                message("Put the years in order, each once, with none left out."),
            )  # fmt: skip
        yield from _other_unit(one, other, place)
    for place, year in enumerate(years):
        yield from _no_amounts(year, place)
        yield from _within(statement, year, place)


def _no_amounts(year: Year, place: int) -> Iterator[Finding]:
    for field in FIELDS:
        if getattr(year, field) is not None and _known(year, field) is None:
            yield Finding(
                f"years.{place}.{field}",
                message("“{name}” of {year} is no amount from 0 on.", name=Message(FIELDS[field]), year=str(year.year)),
                message("Write the amount in the unit of the statement, or leave it blank."),
            )  # fmt: skip


def _factor(one: float | None, other: float | None) -> int | None:
    """Return by which factor of units two amounts differ, if they do.

    >>> _factor(36_000, 40), _factor(3.6, 36_000), _factor(36, 40)
    (1000, 10000, None)
    """
    if not one or not other or one < 0 or other < 0:
        return None
    times = max(one, other) / min(one, other)
    near = min(_FACTORS, key=lambda factor: abs(math.log(times / factor)))
    return near if near / _NEAR <= times <= near * _NEAR else None


def _other_unit(one: Year, other: Year, place: int) -> Iterator[Finding]:
    for field in FIELDS:
        if factor := _factor(_known(one, field), _known(other, field)):
            yield Finding(
                f"years.{place}.{field}",
                message(
                    "In the line “{name}”, {before} and {year} differ by a factor near {factor}.",
                    name=Message(FIELDS[field]), before=str(one.year), year=str(other.year), factor=factor,
                ),
                message("Write both years in the unit of the statement."),
            )  # fmt: skip


def _within(statement: Statement, year: Year, place: int) -> Iterator[Finding]:
    sales, cost = _known(year, "sales"), _known(year, "cost_of_goods")
    at = f"years.{place}"
    if sales and not _SMALLEST <= sales * IN_YUAN[statement.unit] <= _GREATEST:
        yield Finding(
            f"{at}.sales",
            message("In this unit, sales of {year} are {yuan} yuan.", year=str(year.year),
                    yuan=round(sales * IN_YUAN[statement.unit])),
            message("Check the unit of the statement."), "doubtful",
        )  # fmt: skip
    if sales is not None and cost is not None and cost > sales:
        if factor := _factor(sales, cost):
            yield Finding(
                f"{at}.cost_of_goods",
                message("Cost of goods and sales of {year} differ by a factor near {factor}.",
                        year=str(year.year), factor=factor),
                message("Write both in the unit of the statement."),
            )  # fmt: skip
        else:
            yield Finding(
                f"{at}.cost_of_goods",
                message("Cost of goods of {year} is above sales.", year=str(year.year)),
                message("Check both figures; if they are right, ask why goods are sold at a loss."),
                "doubtful",
            )  # fmt: skip
    whole, with_stock = _purchases(year, _before(statement, year))
    ours = _known(year, "bought_from_us")
    if ours is not None and cost is not None and ours > whole:
        # without the stock of the year before, a part may have gone on stock
        yield Finding(
            f"{at}.bought_from_us",
            message("Purchases from us in {year} are larger than all purchases.", year=str(year.year)),
            message("Check the unit, and whether both are without tax."),
            "wrong" if with_stock else "doubtful",
        )  # fmt: skip
    for part, all_ in _PARTS:
        mine, theirs = _known(year, part), _known(year, all_)
        if mine is not None and theirs is not None and mine > theirs:
            yield Finding(
                f"{at}.{part}",
                message("{year}: {part} cannot be larger than {whole}.", year=str(year.year),
                        part=Message(FIELDS[part]), whole=Message(FIELDS[all_])),
                message("Check both figures and their unit."),
            )  # fmt: skip
    yield from _ours_do_not_meet(statement, year, at)


def _ours_do_not_meet(statement: Statement, year: Year, at: str) -> Iterator[Finding]:
    """Compare what was bought from us with what was sold and put on stock of it."""
    sold, margin = _known(year, "sold_of_ours"), _known(year, "margin_on_ours")
    bought, end = _known(year, "bought_from_us"), _known(year, "stock_of_ours")
    start = _known(_before(statement, year), "stock_of_ours")
    if sold is None or margin is None or bought is None or end is None or start is None:
        return
    needed = sold - margin + end - start
    if abs(bought - needed) > _DIFFERS * max(bought, abs(needed)):
        yield Finding(
            f"{at}.bought_from_us",
            message(
                "By sales, margin and stock of our goods, {needed} were bought from us in {year}; "
                "{bought} is written.",
                needed=round(needed, 1), year=str(year.year), bought=bought,
            ),
            message("Check the four figures of our goods against our own deliveries."), "doubtful",
        )  # fmt: skip


# Warning signs -----------------------------------------------------------------------------------

POINTS_OF_MARGIN = 2.0
"""A fall of the gross margin by so many points of per cent is a sign; a working rule, as all below."""
DAYS_MORE = 15.0
"""So many days more than a year before are a sign."""
DAYS_MANY = 90.0
"""From so many days on, stock or open bills are a sign by themselves."""
POINTS_OF_SHARE = 3.0
"""A fall of our share by so many points is a sign."""
SHARE_GREAT = 50.0
"""From this share on, either side depends on the other."""
STOCK_AHEAD = 10.0
"""So many points by which stock may grow faster than sales."""


def signs(statement: Statement) -> tuple[Sign, ...]:
    """Return the warning signs of every year, the earliest year first.

    >>> signs(Statement("million", (Year(2025, sales=10), Year(2026, sales=12))))
    ()
    """
    values = {(each.name, each.year): each.value for each in ratios(statement)}
    ordered = sorted(statement.years, key=lambda each: each.year)
    return tuple(sign for year in ordered for sign in _signs(statement, year, values))


def _signs(
    statement: Statement, year: Year, values: Mapping[tuple[str, int], float | None]
) -> Iterator[Sign]:
    n, last = year.year, _before(statement, year)

    def now(name: str) -> float | None:
        return values.get((name, n))

    def more(name: str) -> float:
        before, after = values.get((name, n - 1)), now(name)
        return 0.0 if before is None or after is None else after - before

    growth, operating = now("growth"), now("operating_margin")
    if growth is not None and growth < 0:
        yield Sign(
            "sales_fall", n,
            message("Sales fell by {value} % in {year}.", value=round(-growth, 1), year=str(n)),
            message("Which goods, regions or accounts fell, and what is done about it?"),
        )  # fmt: skip
    if more("gross_margin") <= -POINTS_OF_MARGIN:
        yield Sign(
            "margin_falls", n,
            message("The gross margin fell by {value} points in {year}.",
                    value=round(-more("gross_margin"), 1), year=str(n)),
            message("Did selling prices fall, purchase prices rise, or did the mix of goods change?"),
        )  # fmt: skip
    if operating is not None and operating < 0:
        yield Sign(
            "loss", n,
            message("The ordinary business made a loss in {year}.", year=str(n)),
            message("How is the loss paid for, and when does the business earn money again?"),
        )  # fmt: skip
    stock, before = _known(year, "stock"), _known(last, "stock")
    if stock is not None and before and growth is not None:
        ahead = 100 * (stock - before) / before - growth
        if ahead > STOCK_AHEAD:
            yield Sign(
                "stock_ahead", n,
                message("Stock grew faster than sales in {year}, by {value} points.",
                        year=str(n), value=round(ahead, 1)),
                message("Which goods lie longest, and how many of them are ours?"),
            )  # fmt: skip
    for name, reason, ask in _LONGER:
        days = now(name)
        if days is not None and (more(name) >= DAYS_MORE or (name in _MANY and days > DAYS_MANY)):
            yield Sign(
                f"{name}_long", n,
                Message(reason, (("days", round(days)), ("year", str(n)))), Message(ask),
            )  # fmt: skip
    yield from _signs_of_ours(year, now("our_share"), more("our_share"), now("gross_margin"))
    yield from _pile_of_ours(year)


_MANY = frozenset({"stock_days", "receivable_days"})
_LONGER = (
    (
        "stock_days",
        N_("Stock lasts for {days} days in {year}: long, or much longer than before."),
        N_("How old is the stock, and which part of it sells no more?"),
    ),
    (
        "receivable_days",
        N_("Open bills take {days} days in {year}: long, or much longer than before."),
        N_("Which of your customers pay late, and how much of it is overdue?"),
    ),
    (
        "payable_days",
        N_("Suppliers wait {days} days in {year}, much longer than before."),
        N_("Was this agreed with the suppliers, or is there too little cash?"),
    ),
    (
        "cash_cycle",
        N_("Money is bound for {days} days in {year}, much longer than before."),
        N_("Where does the money for it come from, and what does it cost?"),
    ),
)


def _signs_of_ours(
    year: Year, share: float | None, more: float, gross_margin: float | None
) -> Iterator[Sign]:
    n = str(year.year)
    if more <= -POINTS_OF_SHARE:
        yield Sign(
            "share_falls", year.year,
            message("Our share of the purchases fell by {value} points in {year}.",
                    value=round(-more, 1), year=n),
            message("Who delivers what we delivered before, and what is better there?"),
        )  # fmt: skip
    if share is not None and share > SHARE_GREAT:
        yield Sign(
            "share_great", year.year,
            message("{value} % of the purchases of {year} are ours: each side depends on the other.",
                    value=round(share, 1), year=n),
            message("What happens on both sides if an order or a delivery fails?"),
        )  # fmt: skip
    margin, sold = _known(year, "margin_on_ours"), _known(year, "sold_of_ours")
    if margin is not None and sold and gross_margin is not None:
        ours = 100 * margin / sold
        if ours <= gross_margin - POINTS_OF_MARGIN:
            yield Sign(
                "ours_earn_less", year.year,
                message("Our goods left {ours} % in {year}, all goods together {all} %.",
                        ours=round(ours, 1), year=n, all=round(gross_margin, 1)),
                message("Which terms or services would make our goods worth the shelf?"),
            )  # fmt: skip


def _pile_of_ours(year: Year) -> Iterator[Sign]:
    bought, sold = _known(year, "bought_from_us"), _known(year, "sold_of_ours")
    margin = _known(year, "margin_on_ours")
    if bought is None or sold is None or margin is None:
        return
    cost = sold - margin
    if cost > 0 and 100 * (bought - cost) / cost > STOCK_AHEAD:
        yield Sign(
            "ours_pile_up", year.year,
            message("{bought} of our goods were bought in {year}, and only {sold} sold, both at cost.",
                    bought=bought, year=str(year.year), sold=round(cost, 1)),
            message("How old is our stock there, and which orders should be smaller until it is sold?"),
        )  # fmt: skip
