"""What somebody wrote down about a customer, section by section, as the course's other modules reckon with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, get_args

from kamlib.claims_check import Action, Claims, Score, Source
from kamlib.claims_check import Statement as Claim
from kamlib.customer_finance import FIELDS, IN_YUAN, Statement, Unit, Year
from kamlib.power_map_people import Access, Function, Level, Person
from kamlib.sales_network import Group, Network
from kamlib.words import Message, message

Section = Literal[
    "power", "organisation", "finance", "network", "direction", "execution", "additions"
]

SECTIONS: tuple[Section, ...] = get_args(Section)

CALLED: Mapping[Section, Message] = {
    "power": message("Power"),
    "organisation": message("Organisation"),
    "finance": message("Finance"),
    "network": message("Sales network"),
    "direction": message("Direction and strategy"),
    "execution": message("Execution"),
    "additions": message("Own additions"),
}
"""The seven sections in words."""

PARTS: Mapping[Section, tuple[str, ...]] = {
    "power": ("customer", "power", "culture"),
    "organisation": ("people",),
    "finance": ("statement", "finance"),
    "network": ("territory", "network"),
    "direction": ("claims", "strategy"),
    "execution": ("execution", "goals", "actions"),
    "additions": ("additions",),
}
"""The parts of each section; which customer it is stands before the first."""

Row = Mapping[str, object]
Written = Mapping[str, Row | Sequence[Row]]
"""What was written, by part: fields by name, or rows of these; a text, a number or a date each.

A part that is one text has it in the field `text`."""

RELATIONS: Mapping[str, int] = {
    "supporter": 2, "open": 1, "neutral": 0, "sceptic": -1, "opponent": -2,
}  # fmt: skip
"""How somebody stands to us, by the neutral tags of the course."""

USUAL = 2
"""How strongly somebody listens where that is not written."""

CRITERIA: Mapping[str, Message] = {
    "plans": message("Does what was agreed, by the day agreed"),
    "people": message("Has trained people in its places"),
    "stock": message("Orders in time and keeps stock at its level"),
    "outlets": message("Keeps display and price signs in the outlets"),
    "data": message("Shares true stock and sales, as agreed"),
    "cash": message("Pays on the day"),
}
"""What a customer's execution is scored on."""


@dataclass(frozen=True, slots=True)
class Customer:
    """Who is written about."""

    sign: str = ""
    """A cover name."""
    kind: str = ""
    """`distributor`, `retail` or `wholesaler`; empty where that is not said."""
    ownership: str = ""
    """`state`, `private` or `mixed`."""
    source: str = ""
    """`own` or `room`, the data room of the course."""
    on: date | None = None
    """The day of the analysis."""
    unit: Unit = "yuan"
    sales_unit: str = ""
    earns: str = ""


@dataclass(frozen=True, slots=True)
class Power:
    """How a decision comes about."""

    who: str = ""
    """`one`, `few`, `committee` or `group`."""
    speed: str = ""
    """`days`, `weeks` or `months`."""
    limit: str = ""
    circle: tuple[str, ...] = ()
    """The signs of those who are asked before a yes."""
    asked: str = ""
    """The same as it was typed."""
    operating: str = ""
    political: str = ""
    personal: str = ""
    source: Source = field(default_factory=Source)


@dataclass(frozen=True, slots=True)
class Goals:
    """One year ahead."""

    last_year: str = ""
    now: str = ""
    strengths: str = ""
    weaknesses: str = ""
    goal: str = ""
    review: str = ""
    """`month`, `quarter`, `both` or `year`."""


@dataclass(frozen=True, slots=True)
class FinanceReading:
    """What the writer makes of a statement."""

    sign: str = ""
    ask: str = ""
    step: str = ""
    source: Source = field(default_factory=Source)


@dataclass(frozen=True, slots=True)
class CustomerAnalysis:
    """A whole analysis, as far as it is written; nothing in it has been checked."""

    customer: Customer = field(default_factory=Customer)
    power: Power = field(default_factory=Power)
    culture: str = ""
    persons: tuple[Person, ...] = ()
    cares: Mapping[str, str] = field(default_factory=dict)
    """What each person's role cares about, by sign."""
    unread: tuple[tuple[int, str], ...] = ()
    """What in the column of influences makes no sense: the row from 1 and what is written."""
    statement: Statement = field(default_factory=lambda: Statement("yuan", ()))
    finance: FinanceReading = field(default_factory=FinanceReading)
    network: Network = field(default_factory=lambda: Network(""))
    reference: Network = field(default_factory=lambda: Network(""))
    network_reading: str = ""
    claims: Claims = field(default_factory=Claims)
    """Its scores have a key of `CRITERIA` each."""
    strategy: str = ""
    goals: Goals = field(default_factory=Goals)
    additions: str = ""


def read_analysis(written: Written) -> CustomerAnalysis:
    """Return what was written as one record; never raises, and leaves out what makes no sense.

    >>> found = read_analysis({"customer": {"sign": "Distributor K", "on": "2026-06-01"},
    ...     "people": [{"id": "P1", "role": "Buyer", "relation": "open", "influences": "P2 3"}]})
    >>> found.customer.on, found.persons[0].relation, found.persons[0].influences
    (datetime.date(2026, 6, 1), 1, (('P2', 3),))
    """
    customer = _customer(_fields(written, "customer"))
    people = _rows(written, "people")
    persons, unread = _persons(people)
    rows = _rows(written, "network")
    frame = _fields(written, "territory")
    scores = _rows(written, "execution")
    finance, power = _fields(written, "finance"), _fields(written, "power")
    goals = _fields(written, "goals")
    return CustomerAnalysis(
        customer=customer,
        power=Power(
            **{
                name: _text(power, name)
                for name in ("who", "speed", "limit", "operating", "political", "personal")
            },
            asked=_text(power, "circle"),
            circle=tuple(dict.fromkeys(_SIGN.findall(_text(power, "circle").upper()))),
            source=_source(power, "source"),
        ),
        culture=_text(_fields(written, "culture"), "text"),
        persons=persons,
        cares={
            each.id: _text(row, "cares") for each, row in zip(persons, people, strict=True)
        },
        unread=unread,
        statement=Statement(customer.unit, tuple(_years(_rows(written, "statement")))),
        finance=FinanceReading(
            _text(finance, "sign"), _text(finance, "ask"), _text(finance, "step"),
            _source(finance, "source"),
        ),
        network=_network(customer.sign, "here", rows, frame, customer),
        reference=_network(_text(frame, "reference"), "reference", rows, frame, customer),
        network_reading=_text(frame, "reading"),
        claims=_claims(customer, _rows(written, "claims"), scores, _rows(written, "actions")),
        strategy=_text(_fields(written, "strategy"), "text"),
        goals=Goals(
            **{
                name: _text(goals, name)
                for name in ("last_year", "now", "strengths", "weaknesses", "goal", "review")
            }
        ),
        additions=_text(_fields(written, "additions"), "text"),
    )  # fmt: skip


# Reading -----------------------------------------------------------------------------------------

_SIGN = re.compile(r"[A-Z]+\d+")
_INFLUENCE = re.compile(r"\s*([A-Za-z]+\d+)\s*(?:[:：(（*×]?\s*(\d+)\s*[)）]?)?\s*")


def _fields(written: Written, part: str) -> Row:
    found = written.get(part)
    return found if isinstance(found, Mapping) else {}


def _rows(written: Written, part: str) -> Sequence[Row]:
    found = written.get(part)
    if found is None or isinstance(found, (Mapping, str)):
        return ()
    return [row for row in found if isinstance(row, Mapping)]


def _text(row: Row, name: str) -> str:
    value = row.get(name)
    if isinstance(value, float):  # a cover name such as 12
        return f"{value:.15g}"
    return value.strip() if isinstance(value, str) else ""


def _number(row: Row, name: str) -> float | None:
    value = row.get(name)
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _day(row: Row, name: str) -> date | None:
    value = row.get(name)
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _source(row: Row, name: str) -> Source:
    return Source(_text(row, name), _day(row, f"{name}_on"))


def _customer(row: Row) -> Customer:
    unit = _text(row, "unit")
    known: Any = unit if unit in IN_YUAN else "yuan"
    return Customer(
        _text(row, "sign"), _text(row, "kind"), _text(row, "ownership"), _text(row, "source"),
        _day(row, "on"), known, _text(row, "sales_unit"), _text(row, "earns"),
    )  # fmt: skip


def _persons(rows: Sequence[Row]) -> tuple[tuple[Person, ...], tuple[tuple[int, str], ...]]:
    found, unread = [], []
    for n, row in enumerate(rows, 1):
        level: Level = _text(row, "level")  # type: ignore[assignment]  # a blank is found by a check
        function: Function = _text(row, "function")  # type: ignore[assignment]
        access: Access = _text(row, "access") or "none"  # type: ignore[assignment]
        influences, strange = _influences(_text(row, "influences"))
        unread += [(n, one) for one in strange]
        found.append(
            Person(
                _text(row, "id").upper(), _text(row, "role"), level, function,
                RELATIONS.get(_text(row, "relation"), 0), access, _text(row, "by"), influences,
                _text(row, "reports_to").upper(), _text(row, "source"), _day(row, "on"),
            )
        )  # fmt: skip
    return tuple(found), tuple(unread)


def _influences(text: str) -> tuple[tuple[tuple[str, int], ...], tuple[str, ...]]:
    """Read whom somebody influences, and return what could not be read beside it.

    >>> _influences("P1 3, p4；P5:1")
    ((('P1', 3), ('P4', 2), ('P5', 1)), ())
    >>> _influences("the boss, P2 9")
    ((('P2', 9),), ('the boss',))
    """
    found, strange = [], []
    for one in filter(None, (part.strip() for part in re.split("[,;，；、\n]", text))):
        if match := _INFLUENCE.fullmatch(one):
            found.append((match[1].upper(), int(match[2][:4]) if match[2] else USUAL))
        else:
            strange.append(one)
    return tuple(found), tuple(strange)


def _years(rows: Iterable[Row]) -> Iterable[Year]:
    for row in rows:
        year = _number(row, "year")
        if year is not None and 0 < year < 10_000 and year == int(year):
            yield Year(int(year), **{name: _number(row, name) for name in FIELDS})


def _network(name: str, where: str, rows: Sequence[Row], frame: Row, customer: Customer) -> Network:
    groups = tuple(
        Group(
            _text(row, "name"), _number(row, "universe"), _number(row, "covered"),
            _number(row, "active"), _number(row, "sales"), _number(row, "share"), _text(row, "source"),
        )
        for row in rows
        if (_text(row, "where") or "here") == where
    )  # fmt: skip
    return Network(
        name, groups, customer.sales_unit, _day(frame, "counted"), _day(frame, "begins"),
        _day(frame, "ends"), customer.on,
    )  # fmt: skip


def _claims(
    customer: Customer, claims: Sequence[Row], scores: Sequence[Row], actions: Sequence[Row]
) -> Claims:
    def said(section: str) -> tuple[Claim, ...]:
        return tuple(
            Claim(_text(row, "text"), _day(row, "on"), (_source(row, "source"),))
            for row in claims
            if (_text(row, "section") or "direction") == section
        )

    return Claims(
        customer.on,
        said("direction"),
        said("strategy"),
        tuple(
            Score(
                _text(row, "criterion"),
                int(level[1:]) if (level := _text(row, "level"))[1:].isdecimal() else None,
                _day(row, "on"),
                (_source(row, "evidence"),),
            )
            for row in scores
        ),
        tuple(
            Action(
                _text(row, "text"), _text(row, "owner"), _day(row, "due"),
                _text(row, "resource"), _text(row, "result"),
            )
            for row in actions
        ),
    )  # fmt: skip
