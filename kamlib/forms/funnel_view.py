"""How the funnel page looks before a quarter is run: the rules, the hours, and who is worked on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from kamlib.forms.activity import PLAY_WORDS
from kamlib.forms.funnel_rules import RISK_NAMES, SIZE_NAMES, hour_fields, rule_fields
from kamlib.forms.panel import Cell
from kamlib.forms.panel import Table as Rows
from kamlib.platforms import Allocation
from kamlib.platforms_file import PLATFORMS, RISKS, SIZES, Customer, Portfolio
from kamlib.platforms_hours import Rules
from kamlib.words import N_, Message, Words, message

FUNNEL_WORDS = {
    **PLAY_WORDS,
    "plays": N_("Your tries"),
    "rules": N_("Whom you work on"),
    "hours": N_("What the month's hours go into"),
    "each": N_("Hours for one customer"),
    "each_help": N_("0 shares the hours evenly among those who pass your rules."),
    "left": N_("{n} of {month} hours left"),
    "over": N_("{n} hours more than the month has"),
    "no_number": N_("This is no number of hours."),
    "less": N_("fewer hours: {field}"),
    "more": N_("more hours: {field}"),
    "worked": N_("Who is worked on"),
    "list": N_("By name, with the hours of a month"),
    "run": N_("Run the quarter"),
    "luck": N_("Another year's luck"),
    "take_over": N_("Take the rules of this try"),
    "best": N_("What would the solver do?"),
    "best_title": N_("What the solver would do"),
    "tries_title": N_("Side by side"),
}  # fmt: skip
"""What the page says by itself."""

PLATFORM_NAMES = {
    "market": N_("Market platform: suspects"),
    "working": N_("Working platform: prospects"),
    "buying": N_("Buying platform: customers"),
}
_ASKED = {
    "market": N_("likelihood"),
    "working": N_("warmth"),
    "buying": N_("risk"),
}
_STEPS: dict[str, tuple[int | str, ...]] = {
    "market": (50, 70, 90),
    "working": (50, 70, 90),
    "buying": RISKS,
}


def funnel_page(
    portfolio: Portfolio, rules: Rules, allocation: Allocation | None, lang: str
) -> dict[str, Any]:
    """Return what is set, and who is worked on with it; `allocation` is None where hours are lacking."""
    words = Words(lang)
    count = {name: sum(one.platform == name for one in portfolio.customers) for name in PLATFORMS}
    return {
        "words": {name: words.translate(text) for name, text in FUNNEL_WORDS.items()},
        "title": words.say(
            message("{n} names, one account manager, {hours} hours a month",
                    n=len(portfolio), hours=portfolio.parameters.month.hours)
        ),
        "note": words.say(
            message("Invented: the customers, the hours, the money. Given: the steps of 50, 70 and 90. Nothing of it is marked.")
        ),
        "month": portfolio.parameters.month.hours,
        "rules": rule_fields(rules, portfolio, words),
        "hours": hour_fields(rules, "hours", words),
        "each": hour_fields(rules, "each", words),
        "grids": [
            {
                "title": words.say(message("{platform} ({n})", platform=message(PLATFORM_NAMES[name]), n=count[name])),
                **_grid(portfolio, allocation, name, words),
            }
            for name in PLATFORMS
        ],
        "reached": words.say(_reached(rules, allocation)) if allocation else "",
        "named": asdict(_named(portfolio, allocation, words)) if allocation else None,
    }  # fmt: skip


def step(customer: Customer) -> int | str | None:
    """Return where a customer stands on the steps of his platform: likelihood, warmth or risk."""
    found: int | str | None = {
        "market": customer.likelihood,
        "working": customer.warmth,
        "buying": customer.risk,
    }[customer.platform]
    return found


def step_name(platform: str, at: int | str | None) -> Message:
    """Return a step as it is said: 70 %, 70 °C, or a risk."""
    if platform == "market":
        return message("{n} %", n=at)
    if platform == "working":
        return message("{n} °C", n=at)
    return message(RISK_NAMES[str(at)])


def known_of(customer: Customer) -> Message:
    """Return in a few words what is known of a customer."""
    return message("{size}, {asked} {step}, {way} hours' travel",
                   size=message(SIZE_NAMES[customer.size]), asked=message(_ASKED[customer.platform]),
                   step=step_name(customer.platform, step(customer)), way=customer.travel_hours)  # fmt: skip


def _grid(
    portfolio: Portfolio, allocation: Allocation | None, platform: str, words: Words
) -> dict[str, Any]:
    """Return size by likelihood, warmth or risk, with a dot for each customer."""
    hours = _hours(portfolio, allocation)
    rows = []
    for size in reversed(SIZES):
        cells = []
        for at in _STEPS[platform]:
            mine = [
                one for one in portfolio.customers
                if (one.platform, one.size, step(one)) == (platform, size, at)
            ]  # fmt: skip
            given = [hours[one.id] for one in mine]
            told = message("{n} of {all} worked on, {hours} hours",
                           n=sum(one > 0 for one in given), all=len(mine), hours=round(sum(given), 1))  # fmt: skip
            cells.append(
                {
                    "label": words.say(told) if mine else "",
                    "hours": words.say(message("{n} h", n=round(sum(given)))) if sum(given) else "",
                    "dots": [
                        {"on": hours[one.id] > 0, "name": one.name.in_(words.lang)}
                        for one in sorted(mine, key=lambda one: -hours[one.id])
                    ],
                }
            )
        rows.append({"head": words.translate(SIZE_NAMES[size]), "cells": cells})
    return {
        "asked": words.translate(_ASKED[platform]),
        "head": [words.say(step_name(platform, at)) for at in _STEPS[platform]],
        "rows": rows,
    }


def _reached(rules: Rules, allocation: Allocation) -> Message:
    """Return how many get how many hours; hours that nobody gets are told."""
    told = {
        "n": sum(one > 0 for one in allocation.hours),
        "hours": round(allocation.total, 1),
        "idle": round(sum(rules.hours.values()) - allocation.total, 1),
    }
    if told["idle"] > 0:
        return message("Customers worked on: {n}, with {hours} hours a month. By your rules {idle} hours find nobody.", **told)  # fmt: skip
    return message("Customers worked on: {n}, with {hours} hours a month.", **told)


def _hours(portfolio: Portfolio, allocation: Allocation | None) -> dict[str, float]:
    given: Sequence[float] = allocation.hours if allocation else [0.0] * len(portfolio)
    return {one.id: hours for one, hours in zip(portfolio.customers, given, strict=True)}


def _named(portfolio: Portfolio, allocation: Allocation, words: Words) -> Rows:
    hours = _hours(portfolio, allocation)
    worked = sorted(
        (one for one in portfolio.customers if hours[one.id] > 0),
        key=lambda one: (PLATFORMS.index(one.platform), -hours[one.id]),
    )
    heads = (message("Customer"), message("Platform"), message("What is known"), message("Hours"))
    return Rows(
        [words.say(head) for head in heads],
        [
            [
                Cell(one.name.in_(words.lang)),
                Cell(words.translate(PLATFORM_NAMES[one.platform])),
                Cell(words.say(known_of(one))),
                Cell(words.say(message("{n}", n=round(hours[one.id], 1))), number=True),
            ]
            for one in worked
        ],
    )
