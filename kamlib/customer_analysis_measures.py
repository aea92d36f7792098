"""What each part of a customer analysis is worth: whole, of one piece, and resting on something."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kamlib import customer_finance, sales_network
from kamlib.customer_analysis import PARTS, CustomerAnalysis, Section, Written, read_analysis
from kamlib.customer_analysis_check import ELSEWHERE, figures, look_through
from kamlib.filler import plausible
from kamlib.findings import Finding
from kamlib.measured import Data, Fields, Measured, Row
from kamlib.words import Message, message

COST = 0.2
"""What the first fault of a kind costs, as a share; *invented*."""

AGAIN = 0.05
"""What each further fault of the same kind costs."""

LIGHT: Mapping[str, float] = {
    "blank": 0.03,
    "source": 0.03,
    "thin": 0.05,
    "copies": 0.05,
    "few": 0.0,
}
"""What each fault of these kinds costs: most of it is lost by what is missing already."""

THIN = 0.6
"""A row of which less than this is filled in counts for nothing."""

DOUBTS = 3
"""So many things to look at again are named."""

FALLS: Mapping[str, Message] = {
    "blank": message("Something that is asked for is blank"),
    "few": message("Fewer entries than are asked for"),
    "thin": message("Rows in which hardly anything is filled in"),
    "copies": message("Rows that only repeat another"),
    "source": message("A judgement without a source or its day"),
    "dates": message("Two days stand in the wrong order"),
    "circle": message("Somebody is asked before a yes and has no row"),
    "signs": message("Two people have the same sign, or somebody has none"),
    "influence": message("An influence that leads to nobody or cannot be read"),
    "boss": message("A reporting line that leads to nobody or round in a circle"),
    "access": message("It does not fit how well somebody is known, and by whom"),
    "no_decider": message("Nobody in the table decides"),
    "years": message("Years that are missing, doubled or not over"),
    "unit": message("Amounts in another unit than the rest"),
    "figures": message("Figures that cannot stand beside each other"),
    "no_statement": message("A reading without a statement"),
    "itself": message("The customer is compared with itself"),
    "no_reference": message("Nothing to compare with"),
    "groups": message("Groups that only one of the two territories has"),
    "shares": message("Shares that do not add up, or differ from the sales"),
    "twice": message("One thing is scored twice"),
    "no_figure": message("A goal without a figure"),
    "no_day": message("A goal without a day"),
    "other": message("Something else does not fit together"),
}
"""The ways of going wrong that the measures know, by name."""

_KINDS: tuple[tuple[str, str], ...] = (
    ("is later than", "dates"),
    ("dated {day}, after today", "dates"),
    ("before {year} was over", "dates"),
    ("has no source", "source"),
    ("has only a date", "source"),
    ("rests on.", "source"),
    ("comes from.", "source"),
    ("{who} has no date", "source"),
    ("A source of “{who}” has no date", "source"),
    ("power has no date", "source"),
    ("when the statement was received", "source"),
    ("not in the table of people", "circle"),
    ("Two people are called", "signs"),
    ("has no sign", "signs"),
    ("influences {id}", "influence"),
    ("influences nobody", "influence"),
    ("how strongly", "influence"),
    ("nobody can read whom", "influence"),
    ("reports to", "boss"),
    ("Bosses go round", "boss"),
    ("say who of us has met", "access"),
    ("is not met yet", "access"),
    ("Nobody in the table decides", "no_decider"),
    ("does not follow", "years"),
    ("was not over on the day", "years"),
    ("by a factor near", "unit"),
    ("no amount from 0 on", "figures"),
    ("no number that can be right", "figures"),
    ("larger than", "figures"),
    ("has no outlets at all", "figures"),
    ("covered outlets, and", "figures"),
    ("active outlets, and", "figures"),
    ("and no outlet buys", "figures"),
    ("cannot be compared", "figures"),
    ("that this speaks of", "no_statement"),
    ("compared with itself", "itself"),
    ("nothing to compare with", "no_reference"),
    ("Only one of the two territories", "groups"),
    ("stands there twice", "groups"),
    ("no outlets of this customer yet", "groups"),
    ("shares add up", "shares"),
    ("has no share", "shares"),
    ("% of the sales", "shares"),
    ("is scored {n} times", "twice"),
    ("goal has no figure", "no_figure"),
    ("goal has no day", "no_day"),
    ("of at least {wanted} entries", "few"),
    ("a score of", "figures"),
    ("has no", "blank"),
    ("have no", "blank"),
    ("blank", "blank"),
    ("not said", "blank"),
    ("does not say", "blank"),
    ("says nothing yet", "blank"),
    ("nothing says what", "blank"),
    ("not filled in", "blank"),
    ("choose how well", "blank"),
    ("Nobody is named", "blank"),
    ("No sign is chosen", "blank"),
    ("Nothing is asked", "blank"),
    ("Nothing is read", "blank"),
    ("Nobody can see when", "blank"),
    ("There is no goal", "blank"),
)
"""By what its sentence says, of which kind a finding is; the first that fits."""


def kind(finding: Finding) -> str:
    """Return the kind of a finding, a name of `FALLS`."""
    said = finding.reason
    if said.text == ELSEWHERE:
        inner = dict(said.values)["reason"]
        assert isinstance(inner, Message)
        said = inner
    return next((name for part, name in _KINDS if part in said.text), "other")


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a part asks for."""

    section: Section
    part: str
    fields: tuple[str, ...]
    """What has to be filled in, in a form or in each row."""
    rows: Mapping[str, int] | None = None
    """How many rows there have to be, by what stands in the field `divided`; None for a form."""
    divided: str = ""
    alike: tuple[str, ...] = ()
    """Rows with the same in all of these fields only repeat each other."""


_ASKED: Mapping[str, _Asked] = {
    each.part: each
    for each in (
        _Asked("power", "customer", (
            "sign", "kind", "ownership", "source", "on", "unit", "sales_unit", "earns")),
        _Asked("power", "power", (
            "who", "speed", "limit", "circle", "operating", "political", "personal", "source",
            "source_on")),
        _Asked("organisation", "people", (
            "id", "role", "level", "function", "relation", "access", "cares", "source", "on"),
            {"": 4}, alike=("role", "cares", "function", "level")),
        _Asked("finance", "statement", ("year", *customer_finance.FIELDS), {"": 2},
               alike=tuple(customer_finance.FIELDS)),
        _Asked("finance", "finance", ("sign", "ask", "step", "source", "source_on")),
        _Asked("network", "territory", ("reference", "counted", "begins", "ends", "reading")),
        _Asked("network", "network", ("where", "name", "universe", "covered", "active", "sales",
                                      "source"),
               {"here": 2, "reference": 2}, "where", ("universe", "covered", "active", "sales")),
        _Asked("direction", "claims", ("section", "text", "on", "source", "source_on"),
               {"direction": 2, "strategy": 2}, "section", ("text",)),
        _Asked("execution", "execution", ("criterion", "level", "on", "evidence", "evidence_on"),
               {"": 3}, alike=("criterion",)),
        _Asked("execution", "goals", ("last_year", "now", "strengths", "weaknesses", "goal", "review")),
        _Asked("execution", "actions", ("text", "owner", "due", "resource", "result"), {"": 3},
               alike=("text",)),
    )
}  # fmt: skip

_OPTIONAL = frozenset({
    "operating_cost", "payables", "sold_of_ours", "margin_on_ours", "stock_of_ours",
})  # fmt: skip
"""The figures of a year that may be left blank."""


# Each part -----------------------------------------------------------------------------------------


def customer(fields: Fields, data: Data) -> Measured:
    """Return how whole the frame of an analysis is: whose, as of when, in which units."""
    return _measured("customer", fields, _of_customer)


def power(fields: Fields, data: Data) -> Measured:
    """Return how whole the power chart is, and whether it fits the table of `people`."""
    return _measured("power", fields, _of_power)


def people(fields: Fields, data: Data) -> Measured:
    """Return whether a table of people is whole, holds together and rests on something."""
    return _measured("people", fields, _of_people)


def statement(fields: Fields, data: Data) -> Measured:
    """Return whether a statement has what ratios need, and figures that can be right."""
    return _measured("statement", fields, _of_statement)


def finance(fields: Fields, data: Data) -> Measured:
    """Return whether something is made of a statement, and where the statement comes from."""
    return _measured("finance", fields, _of_finance)


def territory(fields: Fields, data: Data) -> Measured:
    """Return whether it is said what outlets are compared with, and from which days."""
    return _measured("territory", fields, _of_territory)


def network(fields: Fields, data: Data) -> Measured:
    """Return whether the outlets of both territories are whole and can be compared."""
    return _measured("network", fields, _of_network)


def claims(fields: Fields, data: Data) -> Measured:
    """Return whether each sentence on direction and strategy rests on something before it."""
    return _measured("claims", fields, _of_claims)


def execution(fields: Fields, data: Data) -> Measured:
    """Return whether each score is of another thing, with evidence from before it."""
    return _measured("execution", fields, _of_execution)


def goals(fields: Fields, data: Data) -> Measured:
    """Return whether the year is whole, and its goal has a figure and a day."""
    return _measured("goals", fields, _of_goals)


def actions(fields: Fields, data: Data) -> Measured:
    """Return whether each step has somebody, a day after the analysis, what it takes and what comes of it."""
    return _measured("actions", fields, _of_actions)


# What it is worth ----------------------------------------------------------------------------------


def _measured(
    part: str, fields: Fields, notes: Callable[[CustomerAnalysis], Iterable[Message]]
) -> Measured:
    """Return what one part is worth.

    It begins with how much of what is asked for is there, and each fault takes something away. What
    is more than asked for adds nothing, so that neither empty rows nor copies ever help.
    """
    written = {
        name: fields[name]
        for parts in PARTS.values()
        for name in parts
        if not isinstance(fields.get(name, ""), (str, float))
    }
    return _worked_out(part, written, notes)  # type: ignore[arg-type]  # no single values are left


def _worked_out(
    part: str, written: Written, notes: Callable[[CustomerAnalysis], Iterable[Message]]
) -> Measured:
    asked, analysis = _ASKED[part], read_analysis(written)
    found = [
        each
        for each in look_through(analysis, asked.section)
        if each.field.partition(".")[0] == part
    ]
    there: object = written.get(part, ())
    if asked.rows is None:
        row = there if isinstance(there, Mapping) else {}
        counted = _Counted(_filled(part, row, asked.fields))
    else:
        counted = _rows(asked, [] if isinstance(there, Mapping) else there)  # type: ignore[arg-type]
    faults = [(kind(each), each.said) for each in found if each.severity == "wrong"]
    faults += counted.faults
    faults.sort(key=lambda fault: (LIGHT.get(fault[0], COST) < COST, fault[0] == "few"))
    falls = tuple(dict.fromkeys([*(name for name, _ in faults), *counted.falls]))
    again = [each.said for each in found if each.severity == "doubtful"]
    return Measured(
        max(0.0, min(1.0, counted.complete) - _cost([name for name, _ in faults])),
        (*notes(analysis), *(message("Look at this again: {said}", said=each) for each in again[:DOUBTS])),
        tuple(said for _, said in faults),
        falls,
    )  # fmt: skip


def _cost(kinds: Sequence[str]) -> float:
    return sum(
        LIGHT[name] * kinds.count(name)
        if name in LIGHT
        else COST + AGAIN * (kinds.count(name) - 1)
        for name in set(kinds)
    )  # fmt: skip


@dataclass(frozen=True)
class _Counted:
    """How much of what is asked for is there."""

    complete: float
    """In [0, 1]."""
    faults: tuple[tuple[str, Message], ...] = ()
    falls: tuple[str, ...] = ()
    """What is short beside the faults, and costs nothing more."""


def _filled(part: str, row: Mapping[str, object], fields: Sequence[str]) -> float:
    return sum(_says(f"{part}.{name}", row.get(name)) for name in fields) / len(fields)


_NAMES = frozenset({"customer.sign", "territory.reference", "people.id", "network.name"})
"""What may be a single letter."""


def _says(field: str, value: object) -> bool:
    if isinstance(value, str) and field in _NAMES:
        return any(sign.isalnum() for sign in value)
    return plausible(value) if isinstance(value, str) else value is not None


def _rows(asked: _Asked, rows: Sequence[Row]) -> _Counted:
    """Count the rows that say something of their own, the fullest ones, up to what is asked for."""
    needed = tuple(name for name in asked.fields if name not in _OPTIONAL)
    faults: list[tuple[str, Message]] = []
    seen: dict[tuple[object, ...], int] = {}
    worth: dict[str, list[float]] = {name: [] for name in asked.rows or {}}
    copies: list[int] = []
    thin: list[int] = []
    by_share = [(_filled(asked.part, row, needed), n, row) for n, row in enumerate(rows, 1)]
    # the fullest first, so that it does not matter in which order rows stand
    for share, n, row in sorted(by_share, key=lambda each: -each[0]):
        where = str(row.get(asked.divided, ""))
        known = tuple(map(_same, map(row.get, asked.alike)))
        first = seen.setdefault(known, n) if any(each is not None for each in known) else n
        if first != n:
            copies.append(n)
        elif share < THIN:
            thin.append(n)
        elif asked.part == "statement" and not _is_year(row.get("year")):
            faults.append(("years", message("Row {row} has no year that can be read.", row=n)))
        elif where in worth:
            worth[where].append(share)
    faults += [
        ("copies", message("Row {row} only repeats another one, and is not counted.", row=n))
        for n in sorted(copies)
        if asked.part != "execution"  # what is scored twice is said already
    ]
    faults += [
        ("thin", message("Row {row} says too little to be counted.", row=n)) for n in sorted(thin)
    ]
    total = 0.0
    short = False
    for where, wanted in (asked.rows or {}).items():
        best = sorted(worth[where], reverse=True)[:wanted]
        total += sum(best)
        short |= len(best) < wanted
    all_rows = sum((asked.rows or {}).values())
    return _Counted(total / all_rows, tuple(faults), ("few",) if short else ())


def _same(value: object) -> object:
    """Return what two values have in common that say the same, whatever their signs and case."""
    if isinstance(value, str):
        return re.sub(r"[\W_]", "", value).casefold() or None
    return value


def _is_year(value: object) -> bool:
    return isinstance(value, float) and value == int(value)


# What came out -------------------------------------------------------------------------------------


def _of_customer(analysis: CustomerAnalysis) -> Iterable[Message]:
    if analysis.customer.on is not None:
        yield message(
            "All that follows holds as of {day}; no source may be later.",
            day=analysis.customer.on.isoformat(),
        )


def _of_goals(analysis: CustomerAnalysis) -> Iterable[Message]:
    found = figures(analysis.goals.goal)
    if found:
        yield message("What can be counted in the goal: {figures}.", figures=found[:6])


def _of_power(analysis: CustomerAnalysis) -> Iterable[Message]:
    circle = analysis.power.circle
    if circle:
        rows = {each.id for each in analysis.persons}
        yield message(
            "Asked before a yes: {n} people, and {m} of them stand in the table of people.",
            n=len(circle), m=sum(each in rows for each in circle),
        )  # fmt: skip


def _of_people(analysis: CustomerAnalysis) -> Iterable[Message]:
    persons = analysis.persons
    deciders = [each for each in persons if each.function == "decides"]
    yield message(
        "{n} people are in the table; we have met {met} of them, and {known} of {deciders} who decide.",
        n=len(persons), met=sum(each.known for each in persons),
        known=sum(each.known for each in deciders), deciders=len(deciders),
    )  # fmt: skip


def _of_statement(analysis: CustomerAnalysis) -> Iterable[Message]:
    values = {(each.year, each.name): each for each in customer_finance.ratios(analysis.statement)}
    if not values:
        return
    last = max(year for year, _ in values)
    for name in ("stock_days", "our_share"):
        ratio = values[last, name]
        if ratio.value is not None:
            yield message("{year}: {reading}", year=str(last)[:8], reading=ratio.reading)


def _of_finance(analysis: CustomerAnalysis) -> Iterable[Message]:
    signs = customer_finance.signs(analysis.statement)
    if signs:
        yield message(
            "The statement shows {n} warning signs; the last of them: {reason}",
            n=len(signs), reason=signs[-1].reason,
        )  # fmt: skip


def _of_territory(analysis: CustomerAnalysis) -> Iterable[Message]:
    here, on = analysis.network, analysis.customer.on
    if here.begins and here.ends and here.ends >= here.begins:
        yield message("The sales are those of {n} days.", n=(here.ends - here.begins).days + 1)
    if here.counted and on and on >= here.counted:
        yield message(
            "The outlets were counted {n} days before the analysis.", n=(on - here.counted).days
        )


def _of_network(analysis: CustomerAnalysis) -> Iterable[Message]:
    found = sales_network.compare(analysis.network, analysis.reference)
    if found.total is not None and found.like_with_like:  # else the number may be of something else
        yield found.total.reading


def _of_claims(analysis: CustomerAnalysis) -> Iterable[Message]:
    entries = [*analysis.claims.direction, *analysis.claims.strategy]
    sources = [source for each in entries for source in each.sources]
    yield message(
        "{n} sentences rest on {m} sources of {days} days.",
        n=len(entries), m=len({_same(each.text) for each in sources if each.text}),
        days=len({each.on for each in sources if each.on}),
    )  # fmt: skip


def _of_execution(analysis: CustomerAnalysis) -> Iterable[Message]:
    levels = [each.level for each in analysis.claims.execution if each.level is not None]
    if levels:
        yield message(
            "{n} things are scored, from {low} to {high}.",
            n=len(levels), low=min(levels), high=max(levels),
        )  # fmt: skip


def _of_actions(analysis: CustomerAnalysis) -> Iterable[Message]:
    days: list[date] = [each.due for each in analysis.claims.actions if each.due is not None]
    if days:
        yield message(
            "{n} steps, the first by {first}, the last by {last}.",
            n=len(analysis.claims.actions), first=min(days).isoformat(), last=max(days).isoformat(),
        )  # fmt: skip
