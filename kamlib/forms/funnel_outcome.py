"""What a quarter brought: three sentences, the tries side by side, the pictures, and the best month."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from html import escape
from importlib import import_module
from typing import Any

from kamlib.forms.funnel_rules import ACTIVITY_NAMES
from kamlib.forms.funnel_view import known_of
from kamlib.forms.panel import Cell
from kamlib.forms.panel import Table as Rows
from kamlib.platforms import Allocation, Outcomes, Spread, simulate
from kamlib.platforms_file import ACTIVITIES, Portfolio
from kamlib.platforms_hours import Gain, gains
from kamlib.words import Message, Words, message

QUARTERS = 10_000
"""So many quarters are played with the same rules, to part luck from skill."""

DIFFERENT = 5
"""So many customers are named on whom the best month spends other hours."""


@dataclass(frozen=True, eq=False)
class Run:
    """One month's hours, played through a quarter again and again."""

    portfolio: Portfolio
    allocation: Allocation
    seed: int
    """The luck: the same for every month's hours that it is played with."""

    @cached_property
    def outcomes(self) -> Outcomes:
        """What comes of it."""
        return simulate(self.portfolio, self.allocation, QUARTERS, self.seed)

    @cached_property
    def year(self) -> Outcomes:
        """What comes of it in one quarter, which is the year that a trainee has."""
        return simulate(self.portfolio, self.allocation, 1, self.seed)

    @cached_property
    def gains(self) -> tuple[Gain, ...]:
        """What the hours of each customer bring beside none."""
        return gains(self.portfolio, self.allocation)


def money(thousands: float) -> Message:
    """Return an amount as it is said, in whole thousands of RMB."""
    return message("RMB {n}", n=round(thousands) * 1000)


def outcome_page(
    own: Run, before: Run | None, even: Run, best: Run | None, lang: str
) -> dict[str, Any]:
    """Return what came of a run, beside the try before, hours spread evenly and the best month."""
    words = Words(lang)
    compared = [
        (message("This try"), own),
        (message("Your try before"), before),
        (message("Hours spread evenly"), even),
        (message("Best month"), best),
    ]
    return {
        "year": words.say(_one_year(own, even)),
        "sentences": [words.say(one) for one in _sentences(own, even)],
        "tries": asdict(_side_by_side([(name, run) for name, run in compared if run], even, words)),
        "luck": words.say(
            message("Averages over {n} quarters, the same ones for each row: every customer has the same luck there. So what differs comes from the hours alone. Chance moves an average by {error} at most.",
                    n=QUARTERS, error=money(max(1, 2 * own.outcomes.value.error)))
        ),
        "worth": words.say(_what_counts(own.portfolio)),
        "best": None if best is None else asdict(_differences(own, best, words)),
        "best_note": words.say(
            message("The solver knows all chances, which nobody does in life. It tries every hour on every customer and takes the {hours} that bring most. Here are those where it differs most from you.",
                    hours=own.portfolio.parameters.month.hours)
        ),
    }  # fmt: skip


def _what_counts(portfolio: Portfolio) -> Message:
    later = portfolio.parameters.later
    return message("Worth is the margin of the quarter, and of {n} more quarters for everybody who buys at its end; for a prospect, {share} % of that by his chance to buy. All invented.",
                   n=later.quarters, share=round(100 * later.prospect))  # fmt: skip


def _one_year(own: Run, even: Run) -> Message:
    """Return what happened once, which is luck as well as rules."""
    won, lost = own.year.won.mean, own.year.lost["buying"].mean
    return message("With this year's luck: became customers {won}, customers lost {lost}, worth {value}. The same year with the hours spread evenly: {value_even}.",
                   won=round(won), lost=round(lost), value=money(own.year.value.mean),
                   value_even=money(even.year.value.mean))  # fmt: skip


def _sentences(own: Run, even: Run) -> Iterator[Message]:
    """Yield what happened, where the hours worked, and what was left lying."""
    outcomes = own.outcomes
    told = {
        "won": round(outcomes.won.mean, 1),
        "lost": round(outcomes.lost["buying"].mean, 1),
        "value": money(outcomes.value.mean),
        "more": money(abs(_more(own, even))),
    }
    if not _more(own, even):
        yield message("On average {won} prospects became customers and {lost} customers left. The quarter and the year after it are worth {value}, about as much as with the hours spread evenly.", **told)  # fmt: skip
    elif _more(own, even) > 0:
        yield message("On average {won} prospects became customers and {lost} customers left. The quarter and the year after it are worth {value}, {more} more than with the hours spread evenly.", **told)  # fmt: skip
    else:
        yield message("On average {won} prospects became customers and {lost} customers left. The quarter and the year after it are worth {value}, {more} less than with the hours spread evenly.", **told)  # fmt: skip
    yield _rates(own)
    yield _left_lying(own)


def _more(one: Run, other: Run) -> float:
    """Return how much more a run is worth than another with the same luck, 0 where that is not sure."""
    apart = Spread.of(one.outcomes.values - other.outcomes.values)
    return apart.mean if abs(apart.mean) > 2 * apart.error and round(apart.mean) else 0.0


def _rates(run: Run) -> Message:
    months = run.portfolio.parameters.month.months
    hours = dict.fromkeys(ACTIVITIES, 0.0)
    gained = dict.fromkeys(ACTIVITIES, 0.0)
    for one, gain in zip(run.portfolio.customers, run.gains, strict=True):
        hours[one.activity] += gain.hours * months
        gained[one.activity] += gain.gain
    rates = {name: gained[name] / hours[name] for name in ACTIVITIES if hours[name] > 0}
    if not rates:
        return message("No hours went to anybody, so nothing moved but by itself.")
    top, low = max(rates, key=rates.__getitem__), min(rates, key=rates.__getitem__)
    if len(rates) == 1:
        return message("All hours went into one thing ({activity}); one of them brought {n}.",
                       activity=message(ACTIVITY_NAMES[top]), n=_exact(rates[top]))  # fmt: skip
    return message("An hour brought most here: {top}, {high}. It brought least here: {low}, {least}.",
                   top=message(ACTIVITY_NAMES[top]), high=_exact(rates[top]),
                   low=message(ACTIVITY_NAMES[low]), least=_exact(rates[low]))  # fmt: skip


def _exact(thousands: float) -> Message:
    return message("RMB {n}", n=round(thousands * 1000))


def _left_lying(run: Run) -> Message:
    """Return the first that is so: customers at risk without hours, hours that do not pay, hours unused."""
    customers = list(zip(run.portfolio.customers, run.gains, strict=True))
    alone = [one for one, gain in customers if one.risk == "high" and not gain.hours]
    if alone:
        return message("Customers at high risk of loss without an hour: {n}. There the fence stands open.", n=len(alone))  # fmt: skip
    poor = [gain.hours for _, gain in customers if gain.hours and not gain.pays]
    total = run.allocation.total
    if sum(poor) > 0.05 * run.portfolio.parameters.month.hours:
        return message("{hours} hours a month went to customers who brought less than those hours cost: {n} of them.",
                       hours=round(sum(poor), 1), n=len(poor))  # fmt: skip
    unused = run.portfolio.parameters.month.hours - total
    if unused >= 1:
        return message("{n} hours of the month stayed unused.", n=round(unused, 1))
    leaked = {name: one.mean for name, one in run.outcomes.lost.items()}
    return message("Every hour was used, and most of them paid. Still lost: {market} suspects, {working} prospects, {buying} customers.",
                   **{name: round(leaked[name], 1) for name in ("market", "working", "buying")})  # fmt: skip


def _side_by_side(runs: Sequence[tuple[Message, Run]], even: Run, words: Words) -> Rows:
    heads = (
        message("Whose month"), message("Hours"), message("Became customers"), message("Customers lost"),
        message("Worth"), message("Beside hours spread evenly"), message("What the hours cost"),
    )  # fmt: skip
    rows = []
    for name, run in runs:
        found = run.outcomes
        rows.append(
            [
                Cell(words.say(name)),
                *(
                    Cell(words.say(message("{n}", n=round(n, 1))), number=True)
                    for n in (run.allocation.total, found.won.mean, found.lost["buying"].mean)
                ),
                Cell(words.say(money(found.value.mean)), number=True),
                Cell("–" if run is even else _signed(_more(run, even), words), number=True),
                Cell(words.say(money(found.cost)), number=True),
            ]
        )  # fmt: skip
    return Rows([words.say(head) for head in heads], rows)


def _signed(thousands: float, words: Words) -> str:
    if not thousands:
        return words.say(message("about the same"))
    return ("+" if thousands > 0 else "−") + words.say(money(abs(thousands)))


def _differences(own: Run, best: Run, words: Words) -> Rows:
    """Return the customers on whom the best month spends other hours, the furthest apart first."""
    both = zip(own.portfolio.customers, own.allocation.hours, best.allocation.hours, strict=True)
    apart = sorted(both, key=lambda one: -abs(one[2] - one[1]))[:DIFFERENT]
    heads = (message("Customer"), message("What is known"), message("Your hours"), message("Solver's hours"))  # fmt: skip
    return Rows(
        [words.say(head) for head in heads],
        [
            [
                Cell(one.name.in_(words.lang)),
                Cell(words.say(known_of(one))),
                *(Cell(words.say(message("{n}", n=round(hours, 1))), number=True) for hours in (mine, theirs)),
            ]
            for one, mine, theirs in apart
            if abs(theirs - mine) >= 0.5
        ],
    )  # fmt: skip


def ready_to_draw() -> None:
    """Load what draws, which takes a second, while the page is still being read."""
    import_module("kamlib.platforms_plots")


def outcome_pictures(run: Run, lang: str) -> list[dict[str, str]]:
    """Return the funnel with what leaked from it, and how the quarter may go, as HTML."""
    from kamlib import platforms_plots, plots  # see `ready_to_draw`

    words = Words(lang)
    with plots.style(lang):
        funnel = platforms_plots.funnel_plot(run.portfolio, run.outcomes, run.allocation, words)
        fan = platforms_plots.fan_plot(run.outcomes, words)
        return [
            {"title": "", "note": one.caption, "html": plots.svg(one.figure, one.alt, name)}
            for one, name in ((funnel, "kam-funnel"), (fan, "kam-fan"))
        ]


def outcome_text(title: str, shown: Mapping[str, Any]) -> str:
    """Return what came of a run as lines of text, from `outcome_page`."""
    rows = [" | ".join(cell["text"] for cell in row) for row in shown["tries"]["rows"]]
    head = " | ".join(shown["tries"]["head"])
    return "\n".join([title, shown["year"], *shown["sentences"], head, *rows])


def outcome_html(title: str, shown: Mapping[str, Any]) -> str:
    """Return the same as HTML that needs no script."""
    said = "".join(f"<p>{escape(one)}</p>" for one in (shown["year"], *shown["sentences"]))
    head = "".join(f"<th>{escape(one)}</th>" for one in shown["tries"]["head"])
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(cell['text'])}</td>" for cell in row) + "</tr>"
        for row in shown["tries"]["rows"]
    )
    return (
        f'<div class="kam-played"><p><strong>{escape(title)}</strong></p>{said}'
        f"<table><tr>{head}</tr>{rows}</table></div>"
    )
