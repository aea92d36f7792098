"""How people go wrong with case 1, and what to say to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from kamlib.words import Message, message

TRAPS: Mapping[str, Message] = {
    "T1": message(
        "Two measures are added here: what distributors passed on to dealers, and what a retailer "
        "sold to consumers. Keep them apart, or say that the sum is mixed."
    ),
    "T2": message(
        "Sell-through has reached the dealers' shelves. What consumers want only shows in sell-out."
    ),
    "T3": message(
        "Sell-in is what a distributor buys from us, and the case does not give it. Do not read it "
        "out of sell-through or sell-out; put it on the list of what you ask for."
    ),
    "T4": message(
        "Days and months are mixed up. Divide a month of the case by its day, and you see how many "
        "days the case's month has; stay with them, or say that you use others."
    ),
    "T5": message(
        "One direct retailer is one account, not one store. How many stores it runs is not known, "
        "so its figure is no rate per store."
    ),
    "T6": message(
        "A share of what? Of the whole province or of our price band: say which one you mean, and "
        "take the share of exactly that."
    ),
    "T7": message(
        "You state one reading of the rival's share and compute with the other. Either is fine, as "
        "long as the number fits the reading."
    ),
    "T8": message(
        "This is where we want to get to one day. This month's target has to be within reach of A "
        "this month."
    ),
    "T9": message(
        "The two markets are about equal, not exactly. Say “about”, and ask what the comparison is "
        "still worth if one is a little larger."
    ),
    "T10": message(
        "These are A's terms to its own dealers. They are not the terms that we give A."
    ),
    "T11": message(
        "B carries more of our models than A, but the volumes here are of this one model alone. "
        "There is nothing to divide by the number of models."
    ),
    "T12": message(
        "Some stores may buy from A and from B. The two customer bases added up are an upper bound "
        "of the coverage, not the coverage."
    ),
    "T13": message(
        "Visits are what our own people can do in a month. Coverage is where consumers find the "
        "product, visited or not."
    ),
    "T14": message(
        "A distributor's base includes stores that it serves through a second tier. That a store is "
        "served does not mean that anybody visits it."
    ),
    "T15": message(
        "The wholesaler may already buy from A or B. As long as its supplier is not known, adding "
        "it may count the same units twice."
    ),
    "T16": message(
        "This is the average of two averages. Divide all units by all stores instead, since A and "
        "B are not of the same size."
    ),
    "T17": message(
        "The parts of your split do not add up to the whole gap. The factors multiply, so take the "
        "logarithm of each and divide it by the logarithm of the whole."
    ),
    "T18": message(
        "This uses a fact that was not known at this stage. Back the answer with what was known "
        "then."
    ),
    "T19": message(
        "This number comes from another story, the conversation of the third type of account "
        "manager. It is no figure of this case."
    ),
    "T20": message(
        "This tells A about B. What we know of B stays inside, unless it is put in a form that does "
        "not show B."
    ),
    "T21": message(
        "Two distributors are a comparison and no proof of a cause. Say what you would test to know."
    ),
}
"""The known errors, each with what to say about it."""

_DAY_FOR_MONTH = {
    "AB": "D01", "tot": "tot_day", "gap": "D08", "seg": "D23", "L": "D29", "Al": "D32", "hA": "D49",
    "hB": "D51", "rA": "dA", "rB": "dB", "Wm": "W", "headA": "SA * D51", "storeA": "stA * dB",
    "D110": "D111",
}  # fmt: skip
"""Figures of a month, with the formula of their day."""

_BY_READING = {
    "L": "Al", "D29": "D32", "D30": "Al / seg * 100", "gap_L": "gap_Al", "mult_L": "mult_Al",
    "D42": "mult_Al", "D38": "D40", "D39": "D41", "D103": "D104", "D125": "D126",
}  # fmt: skip
"""Figures under the literal reading, with their like under the band reading."""


def _mixed_days() -> Iterable[tuple[str, str, str]]:
    for month, day in _DAY_FOR_MONTH.items():
        yield "T4", month, day
        yield "T4", month, f"({day}) * short_month"
        yield "T4", month, f"({day}) * long_month"
    for month, day in _DAY_FOR_MONTH.items():
        if day.isidentifier():
            yield "T4", day, month
            yield "T4", day, f"{month} / short_month"


def _mixed_readings() -> Iterable[tuple[str, str, str]]:
    for literal, band in _BY_READING.items():
        yield "T7", literal, band
        if band.isidentifier():
            yield "T7", band, literal


@cache
def wrong_ways() -> tuple[tuple[str, str, str], ...]:
    """Return each known error that has a number: trap, the name it is an error for, its formula.

    >>> wrong_ways()[0]
    ('T1', 'D01', 'tot_day')
    """
    return (
        ("T1", "D01", "tot_day"),
        ("T1", "AB", "tot"),
        ("T1", "D10", "A / tot * 100"),
        ("T1", "D11", "B / tot * 100"),
        ("T1", "D18", "tot / P * 100"),
        ("T1", "avg", "tot / U"),
        *_mixed_days(),
        ("T4", "tot", "D128"),
        ("T4", "tot", "D129"),
        ("T4", "D44", "B * credit"),
        ("T4", "D46", "A * credit"),
        ("T4", "D95", "MOQ / rA"),
        ("T4", "D96", "MOQ / rB"),
        ("T4", "D99", "W / A * 100"),
        ("T4", "D100", "W / rA"),
        ("T5", "rA", "T"),
        ("T5", "rB", "T"),
        ("T5", "avg", "T"),
        ("T5", "ce", "V * T"),
        ("T6", "L", "half * share / 100"),
        ("T6", "Al", "seg_half * share / 100"),
        *_mixed_readings(),
        ("T7", "D33", "L / P * 100"),
        ("T7", "D112", "gap_Al / T"),
        ("T7", "D113", "gap_Al / Wm"),
        ("T7", "n", "(Al - T) / V"),
        ("T7", "n2", "(Al - T) / U"),
        ("T7", "D114", "(Al - T) / staff"),
        ("T7", "D115", "(Al - T) / hB"),
        ("T8", "A", "L"),
        ("T8", "B", "L"),
        ("T8", "headA", "L"),
        ("T8", "storeA", "L"),
        ("T8", "level", "L"),
        ("T11", "B", "B / models_B"),
        ("T11", "ratio", "B / models_B / A"),
        ("T11", "hB", "B / models_B / SB"),
        ("T11", "rB", "B / models_B / stB"),
        ("T12", "D83", "U"),
        ("T12", "D84", "U / V * 100"),
        ("T12", "D86", "open"),
        ("T13", "U", "VIS"),
        ("T13", "D82", "VIS / V * 100"),
        ("T13", "D83", "VIS"),
        ("T13", "D84", "VIS / V * 100"),
        ("T13", "open", "V - VIS"),
        ("T13", "D86", "V - VIS"),
        ("T14", "D89", "U / V * 100"),
        ("T14", "D90", "open"),
        ("T15", "AB", "AB + Wm"),
        ("T15", "tot", "tot + Wm"),
        ("T15", "level", "level + Wm"),
        ("T15", "ce", "ce + Wm"),
        ("T16", "avg", "(rA + rB) / 2"),
        ("T16", "D108", "n2 / ((rA + rB) / 2)"),
        ("T17", "D70", "(stB / stA - 1) / (B / A - 1) * 100"),
        ("T17", "D71", "(rB / rA - 1) / (B / A - 1) * 100"),
        ("T17", "D72", "(SB / SA - 1) / (B / A - 1) * 100"),
        ("T17", "D73", "(hB / hA - 1) / (B / A - 1) * 100"),
        ("T17", "D76", "(SB / SA - 1) / (B / A - 1) * 100"),
        ("T17", "D77", "(D75 / D74 - 1) / (B / A - 1) * 100"),
        ("T17", "D78", "(rB / rA - 1) / (B / A - 1) * 100"),
        # The other story: over 2,000 stores, 4,300 and 30K.
        ("T19", "V", "2000"),
        ("T19", "U", "2000"),
        ("T19", "D83", "2000"),
        ("T19", "B", "4300"),
        ("T19", "AB", "4300"),
        ("T19", "level", "4300"),
        ("T19", "tot", "30000"),
        ("T19", "L", "30000"),
        ("T19", "Al", "30000"),
    )
