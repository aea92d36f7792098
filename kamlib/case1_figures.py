"""Which figures case 1 has, and the formula of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kamlib.gap_split import gap, part
from kamlib.words import N_


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the case: what it counts and how it follows."""

    id: str
    """D01 and so on."""
    quantity: str
    """The English sentence, with the names of numbers in braces: none of a later stage is in it."""
    unit: str
    """A key of `UNITS`."""
    formula: str
    """Arithmetic over the names of `NAMES` and over other figures."""
    also: tuple[str, ...] = ()
    """Names that it does not need itself, but the figures that it stands beside do."""


CALENDAR: Mapping[str, float] = {"week": 7, "quarter": 3, "short_month": 26, "long_month": 31}
"""What no fact has to give: days in a week and in other months, months in a quarter."""

NAMES: Mapping[str, str] = {
    # What facts give.
    "cap": N_("upper end of our price class, RMB"),
    "F02": N_("A's sell-through per day"),
    "A": N_("A's sell-through per month"),
    "F03": N_("B's sell-through per day"),
    "B": N_("B's sell-through per month"),
    "F04": N_("the direct retailer's sell-out per day"),
    "T": N_("the direct retailer's sell-out per month"),
    "halves": N_("markets of about equal size"),
    "P": N_("what the province takes per month"),
    "share": N_("share of the best seller, %"),
    "band": N_("our price band's part of the province, %"),
    "deliveries": N_("A's deliveries per week"),
    "MOQ": N_("A's minimum order"),
    "models_A": N_("our models that A carries"),
    "credit": N_("days of credit that B gives"),
    "models_B": N_("our models that B carries"),
    "BA": N_("A's branches"),
    "SA": N_("A's salespeople"),
    "BB": N_("B's branches"),
    "SB": N_("B's salespeople"),
    "V": N_("stores in the province"),
    "VIS": N_("visits that our people can make per month"),
    "stA": N_("stores that A serves"),
    "stB": N_("stores that B serves"),
    "W": N_("what the wholesaler can sell per day"),
    # What the calendar gives.
    "week": N_("days in a week"),
    "quarter": N_("months in a quarter"),
    "short_month": N_("selling days in a month without Sundays"),
    "long_month": N_("days in a long month"),
    # What follows.
    "d": N_("days in the case's month"),
    "AB": N_("A and B together per month"),
    "tot_day": N_("all three channels per day"),
    "tot": N_("all three channels per month"),
    "ratio": N_("B as a multiple of A"),
    "gap": N_("gap between B and A per month"),
    "half": N_("one half of the province per month"),
    "level": N_("total with A at B's level, per month"),
    "seg": N_("our price band per month"),
    "seg_half": N_("one half of the price band per month"),
    "L": N_("the rival's volume, literal reading"),
    "Al": N_("the rival's volume, band reading"),
    "gap_L": N_("gap to parity, literal reading"),
    "gap_Al": N_("gap to parity, band reading"),
    "mult_L": N_("multiple to parity, literal reading"),
    "mult_Al": N_("multiple to parity, band reading"),
    "goal": N_("what the two distributors would have to sell for parity, literal reading"),
    "staff": N_("salespeople of A and B together"),
    "hA": N_("A's units per salesperson and month"),
    "hB": N_("B's units per salesperson and month"),
    "headA": N_("A's month at B's rate per salesperson"),
    "g": N_("logarithm of B as a multiple of A"),
    "dA": N_("A's units per store and day"),
    "dB": N_("B's units per store and day"),
    "rA": N_("A's units per store and month"),
    "rB": N_("B's units per store and month"),
    "storeA": N_("A's month at B's rate per store"),
    "U": N_("stores served if A and B share none"),
    "open": N_("stores not served if A and B share none"),
    "avg": N_("units per store and month of A and B together"),
    "Wm": N_("what the wholesaler can sell per month"),
    "ce": N_("every store at B's rate plus the direct retailer"),
    "n": N_("units per store needed with every store served"),
    "n2": N_("units per store needed with today's stores"),
}
"""What each name in a formula stands for."""

NODES: Mapping[str, str] = {
    "d": "A / F02",
    "AB": "A + B",
    "tot_day": "F02 + F03 + F04",
    "tot": "AB + T",
    "ratio": "B / A",
    "gap": "B - A",
    "half": "P / halves",
    "level": "B + B + T",
    "seg": "P * band / 100",
    "seg_half": "seg / halves",
    "L": "P * share / 100",
    "Al": "seg * share / 100",
    "gap_L": "L - tot",
    "gap_Al": "Al - tot",
    "mult_L": "L / tot",
    "mult_Al": "Al / tot",
    "goal": "L - T",
    "staff": "SA + SB",
    "hA": "A / SA",
    "hB": "B / SB",
    "headA": "SA * hB",
    "g": gap("B / A"),
    "dA": "F02 / stA",
    "dB": "F03 / stB",
    "rA": "A / stA",
    "rB": "B / stB",
    "storeA": "stA * rB",
    "U": "stA + stB",
    "open": "V - U",
    "avg": "AB / U",
    "Wm": "W * d",
    "ce": "V * rB + T",
    "n": "goal / V",
    "n2": "goal / U",
}
"""How each name that no fact gives follows from others."""

FIGURES: tuple[Figure, ...] = (
    Figure("D01", N_("A and B together, sell-through per day"), "units/day", "F02 + F03"),
    Figure("D02", N_("A and B together, sell-through per month"), "units/month", "AB"),
    Figure("D03", N_("all three channels per day, measures mixed"), "units/day", "tot_day"),
    Figure("D04", N_("all three channels per month, measures mixed"), "units/month", "tot"),
    Figure("D05", N_("B's month as a multiple of A's"), "ratio", "ratio"),
    Figure("D06", N_("A's month as a share of B's"), "percent", "A / B * 100"),
    Figure("D07", N_("how far A lies below B"), "percent", "100 - D06"),
    Figure("D08", N_("gap between B and A per day"), "units/day", "F03 - F02"),
    Figure("D09", N_("gap between B and A per month"), "units/month", "gap"),
    Figure("D10", N_("A's share of A and B together"), "percent", "A / AB * 100"),
    Figure("D11", N_("B's share of A and B together"), "percent", "B / AB * 100"),
    Figure("D12", N_("A's share of all three channels"), "percent", "A / tot * 100"),
    Figure("D13", N_("B's share of all three channels"), "percent", "B / tot * 100"),
    Figure(
        "D14", N_("the direct retailer's share of all three channels"), "percent", "T / tot * 100"
    ),
    Figure(
        "D15",
        N_("the direct retailer's sell-out as a share of A's sell-through"),
        "percent",
        "T / A * 100",
    ),
    Figure(
        "D16",
        N_("the direct retailer's sell-out as a share of B's sell-through"),
        "percent",
        "T / B * 100",
    ),
    Figure("D17", N_("our share of the province"), "percent", "tot / P * 100"),
    Figure("D18", N_("our share of the province, A and B only"), "percent", "AB / P * 100"),
    Figure("D19", N_("A's half of the market per month"), "units/month", "half"),
    Figure("D20", N_("A's share of its own half"), "percent", "A / half * 100"),
    Figure("D21", N_("B's share of its own half"), "percent", "B / half * 100"),
    Figure("D22", N_("our price band per month"), "units/month", "seg"),
    Figure("D23", N_("our price band per day"), "units/day", "seg / d"),
    Figure("D24", N_("our price band in each half per month"), "units/month", "seg_half"),
    Figure("D25", N_("our share of the price band"), "percent", "tot / seg * 100"),
    Figure("D26", N_("A's share of the band in its own half"), "percent", "A / seg_half * 100"),
    Figure("D27", N_("B's share of the band in its own half"), "percent", "B / seg_half * 100"),
    Figure(
        "D28",
        N_("rival volume, literal reading ({share} % of the province), per month"),
        "units/month",
        "L",
    ),
    Figure("D29", N_("rival volume, literal reading, per day"), "units/day", "L / d"),
    Figure(
        "D30",
        N_("rival volume, literal reading, as a share of the band"),
        "percent",
        "L / seg * 100",
    ),
    Figure(
        "D31",
        N_("rival volume, band reading ({share} % of the band), per month"),
        "units/month",
        "Al",
    ),
    Figure("D32", N_("rival volume, band reading, per day"), "units/day", "Al / d"),
    Figure(
        "D33",
        N_("rival volume, band reading, as a share of the province"),
        "percent",
        "Al / P * 100",
    ),
    Figure("D34", N_("gap to parity, literal reading, per month"), "units/month", "gap_L"),
    Figure("D35", N_("growth multiple to parity, literal reading"), "ratio", "mult_L"),
    Figure("D36", N_("gap to parity, band reading, per month"), "units/month", "gap_Al"),
    Figure("D37", N_("growth multiple to parity, band reading"), "ratio", "mult_Al"),
    Figure(
        "D38", N_("A's half of parity, literal reading, per month"), "units/month", "L / halves"
    ),
    Figure(
        "D39",
        N_("A's half of parity, literal reading, as a multiple of A today"),
        "ratio",
        "D38 / A",
    ),
    Figure("D40", N_("A's half of parity, band reading, per month"), "units/month", "Al / halves"),
    Figure(
        "D41", N_("A's half of parity, band reading, as a multiple of A today"), "ratio", "D40 / A"
    ),
    Figure(
        "D42", N_("the rival's volume as a multiple of ours, literal reading"), "ratio", "L / tot"
    ),
    Figure("D43", N_("days between A's deliveries"), "days", "week / deliveries"),
    Figure(
        "D44",
        N_("what B's dealers owe at any time with {credit} days of credit, in units"),
        "units",
        "F03 * credit",
    ),
    Figure("D45", N_("what B's dealers owe at any time, at most in RMB"), "rmb", "D44 * cap"),
    Figure(
        "D46",
        N_(
            "what A's dealers would owe with {credit} days of credit, at today's {F02} a day, in units"
        ),
        "units",
        "F02 * credit",
    ),
    Figure(
        "D47",
        N_("what A's dealers would owe with {credit} days of credit, at most in RMB"),
        "rmb",
        "D46 * cap",
    ),
    Figure("D48", N_("cash that one minimum order takes, at most in RMB"), "rmb", "MOQ * cap"),
    Figure("D49", N_("A per salesperson per day"), "units/person/day", "F02 / SA"),
    Figure("D50", N_("A per salesperson per month"), "units/person/month", "hA"),
    Figure("D51", N_("B per salesperson per day"), "units/person/day", "F03 / SB"),
    Figure("D52", N_("B per salesperson per month"), "units/person/month", "hB"),
    Figure("D53", N_("B per salesperson as a multiple of A"), "ratio", "hB / hA"),
    Figure("D54", N_("A at B's rate per salesperson, per month"), "units/month", "headA"),
    Figure(
        "D55", N_("A at B's rate per salesperson, uplift per month"), "units/month", "headA - A"
    ),
    Figure("D56", N_("B's headcount as a multiple of A's"), "ratio", "SB / SA"),
    Figure("D57", N_("A per branch per day"), "units/branch/day", "F02 / BA"),
    Figure("D58", N_("B per branch per day"), "units/branch/day", "F03 / BB"),
    Figure("D59", N_("salespeople per branch, A"), "people/branch", "SA / BA"),
    Figure("D60", N_("salespeople per branch, B"), "people/branch", "SB / BB"),
    Figure("D61", N_("A's share of the salespeople of both"), "percent", "SA / staff * 100"),
    Figure("D62", N_("A per covered store per day"), "units/store/day", "dA"),
    Figure("D63", N_("A per covered store per month"), "units/store/month", "rA"),
    Figure("D64", N_("B per covered store per day"), "units/store/day", "dB"),
    Figure("D65", N_("B per covered store per month"), "units/store/month", "rB"),
    Figure("D66", N_("B per store as a multiple of A"), "ratio", "rB / rA"),
    Figure("D67", N_("A at B's rate per store, per month"), "units/month", "storeA"),
    Figure("D68", N_("A at B's rate per store, uplift per month"), "units/month", "storeA - A"),
    Figure("D69", N_("B's stores as a multiple of A's"), "ratio", "stB / stA"),
    Figure(
        "D70",
        N_("gap between A and B, two factors: coverage"),
        "percent",
        part("stB / stA", "g"),
    ),
    Figure(
        "D71",
        N_("gap between A and B, two factors: rate per store"),
        "percent",
        part("rB / rA", "g"),
    ),
    Figure(
        "D72",
        N_("gap between A and B, two factors by people: headcount"),
        "percent",
        part("SB / SA", "g"),
    ),
    Figure(
        "D73",
        N_("gap between A and B, two factors by people: rate per head"),
        "percent",
        part("hB / hA", "g"),
    ),
    Figure("D74", N_("stores per salesperson, A"), "stores/person", "stA / SA"),
    Figure("D75", N_("stores per salesperson, B"), "stores/person", "stB / SB"),
    Figure(
        "D76",
        N_("gap between A and B, three factors: headcount"),
        "percent",
        part("SB / SA", "g"),
        also=("stA", "stB"),
    ),
    Figure(
        "D77",
        N_("gap between A and B, three factors: stores per head"),
        "percent",
        part("D75 / D74", "g"),
    ),
    Figure(
        "D78",
        N_("gap between A and B, three factors: rate per store"),
        "percent",
        part("rB / rA", "g"),
    ),
    Figure("D79", N_("stores per branch, A"), "stores/branch", "stA / BA"),
    Figure("D80", N_("stores per branch, B"), "stores/branch", "stB / BB"),
    Figure("D81", N_("stores served if A and B share none: the upper bound"), "stores", "U"),
    Figure("D82", N_("coverage, upper bound"), "percent", "U / V * 100"),
    Figure("D83", N_("stores served if all of A's are B's too: the lower bound"), "stores", "stB"),
    Figure("D84", N_("coverage, lower bound"), "percent", "stB / V * 100"),
    Figure("D85", N_("stores not served, at least"), "stores", "open"),
    Figure("D86", N_("stores not served, at most"), "stores", "V - stB"),
    Figure("D87", N_("A's coverage of all stores"), "percent", "stA / V * 100"),
    Figure("D88", N_("B's coverage of all stores"), "percent", "stB / V * 100"),
    Figure(
        "D89",
        N_("stores that our people can visit once a month, share of all"),
        "percent",
        "VIS / V * 100",
    ),
    Figure("D90", N_("stores that our people cannot visit in a month"), "stores", "V - VIS"),
    Figure("D91", N_("stores served, upper bound, beyond our visits"), "stores", "U - VIS"),
    Figure(
        "D92",
        N_("our visits as a share of the stores served, upper bound"),
        "percent",
        "VIS / U * 100",
    ),
    Figure(
        "D93",
        N_("A's coverage if half of all stores lie in A's half"),
        "percent",
        "stA / (V / halves) * 100",
    ),
    Figure(
        "D94",
        N_("B's coverage if half of all stores lie in B's half"),
        "percent",
        "stB / (V / halves) * 100",
    ),
    Figure(
        "D95", N_("A's minimum order in days of an average A store's sales"), "days", "MOQ / dA"
    ),
    Figure(
        "D96", N_("A's minimum order in days of an average B store's sales"), "days", "MOQ / dB"
    ),
    Figure(
        "D97",
        N_("units of {model} that an average A store sells between deliveries"),
        "units",
        "dA * D43",
    ),
    Figure("D98", N_("the wholesaler per month"), "units/month", "Wm"),
    Figure("D99", N_("the wholesaler as a share of A"), "percent", "Wm / A * 100"),
    Figure("D100", N_("the wholesaler as a multiple of an average A store"), "ratio", "Wm / rA"),
    Figure("D101", N_("the wholesaler as a share of our total"), "percent", "Wm / tot * 100"),
    Figure(
        "D102",
        N_("every store at B's rate plus the direct retailer, per month"),
        "units/month",
        "ce",
    ),
    Figure(
        "D103",
        N_("every store at B's rate plus the direct retailer, as a share of {L}"),
        "percent",
        "ce / L * 100",
    ),
    Figure(
        "D104",
        N_("every store at B's rate plus the direct retailer, as a share of {Al}"),
        "percent",
        "ce / Al * 100",
    ),
    Figure(
        "D105",
        N_(
            "units per store per month needed for {L} with every store served, direct retailer kept"
        ),
        "units/store/month",
        "n",
    ),
    Figure(
        "D106",
        N_("units per store needed with every store served, as a multiple of B's rate"),
        "ratio",
        "n / rB",
    ),
    Figure(
        "D107",
        N_("units per store per month needed for {L} on today's {U} stores, direct retailer kept"),
        "units/store/month",
        "n2",
    ),
    Figure(
        "D108",
        N_("units per store needed on today's stores, as a multiple of today's average"),
        "ratio",
        "n2 / avg",
    ),
    Figure(
        "D109",
        N_("average units per store per month today, {U} stores"),
        "units/store/month",
        "avg",
    ),
    Figure(
        "D110",
        N_("the rival's units per store per month if it is in all stores"),
        "units/store/month",
        "L / V",
    ),
    Figure(
        "D111",
        N_("the rival's units per store per day if it is in all stores"),
        "units/store/day",
        "D110 / d",
    ),
    Figure(
        "D112",
        N_("more direct retailers like ours that would close {gap_L}"),
        "retailers",
        "gap_L / T",
    ),
    Figure("D113", N_("wholesalers that would close {gap_L}"), "wholesalers", "gap_L / Wm"),
    Figure(
        "D114",
        N_("units per salesperson per month needed for {goal} with today's {staff}"),
        "units/person/month",
        "goal / staff",
    ),
    Figure("D115", N_("salespeople needed at B's rate for {goal}"), "people", "goal / hB"),
    Figure("D116", N_("salespeople needed to serve {V} stores at B's load"), "people", "V / D75"),
    Figure(
        "D117",
        N_("stores per salesperson for {V} stores with today's {staff}"),
        "stores/person",
        "V / staff",
    ),
    Figure(
        "D118",
        N_("new stores per month to serve all in {quarter} months, if A and B share none"),
        "stores/month",
        "open / quarter",
    ),
    Figure(
        "D119",
        N_("one visit to each new store, as a share of our visits"),
        "percent",
        "D118 / VIS * 100",
    ),
    Figure("D120", N_("total per month with A at B's level"), "units/month", "level"),
    Figure(
        "D121",
        N_("total with A at B's level, as a share of the province"),
        "percent",
        "level / P * 100",
    ),
    Figure(
        "D122",
        N_("total with A at B's level, as a share of the band"),
        "percent",
        "level / seg * 100",
    ),
    Figure("D123", N_("stores that A lacks to serve as many as B"), "stores", "stB - stA"),
    Figure(
        "D124",
        N_("A with {stB} stores at its own rate per store, per month"),
        "units/month",
        "stB * rA",
    ),
    Figure(
        "D125",
        N_("growth a month to {L} in {quarter} months"),
        "percent/month",
        "(mult_L ** (1 / quarter) - 1) * 100",
    ),
    Figure(
        "D126",
        N_("growth a month to {Al} in {quarter} months"),
        "percent/month",
        "(mult_Al ** (1 / quarter) - 1) * 100",
    ),
    Figure(
        "D127", N_("A's month at {short_month} selling days"), "units/month", "F02 * short_month"
    ),
    Figure(
        "D128",
        N_("all three channels at {short_month} selling days"),
        "units/month",
        "tot_day * short_month",
    ),
    Figure(
        "D129", N_("all three channels at {long_month} days"), "units/month", "tot_day * long_month"
    ),
)
"""The figures of the case, in order."""
