"""How the figures of case 1 follow from its facts, rightly or by a known error."""

from __future__ import annotations

import graphlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from string import Formatter
from typing import TYPE_CHECKING

from kamlib.arithmetic import evaluate, names_in
from kamlib.case1_errors import TRAPS, wrong_ways
from kamlib.case1_figures import CALENDAR, FIGURES, NAMES, NODES, Figure
from kamlib.case_facts import CASE, UNITS, CaseError, Facts, load_facts
from kamlib.words import Message, Words, message

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "CASE", "FIGURES", "NAMES", "TRAPS", "CaseError", "Facts", "Figure", "KnownError", "figure",
    "figures", "known_errors", "load_facts", "quantity", "recompute", "rests_on", "stage", "values",
]  # fmt: skip


# What follows from what ---------------------------------------------------------------------


@cache
def _formulas() -> dict[str, str]:
    """Return every formula by its name, each after all that it needs."""
    formulas = {**NODES, **{each.id: each.formula for each in FIGURES}}
    order = graphlib.TopologicalSorter({name: names_in(f) for name, f in formulas.items()})
    return {name: formulas[name] for name in order.static_order() if name in formulas}


@cache
def _by_id() -> dict[str, Figure]:
    return {each.id: each for each in FIGURES}


def _basis(name: str) -> frozenset[str]:
    """Return the names that have to be known before this one is told."""
    beside = _by_id()[name].also if name in _by_id() else ()
    return names_in(_formulas()[name]).union(beside)


def figure(name: str) -> Figure:
    """Return one figure by its id; raises KeyError where there is none.

    >>> figure("D67").formula
    'storeA'
    """
    return _by_id()[name]


def _solve(known: Mapping[str, float]) -> dict[str, float]:
    """Work out every name that can be worked out and is not known already."""
    found = {**CALENDAR, **known}
    for name, formula in _formulas().items():
        if name not in found and _basis(name) <= found.keys():
            value = evaluate(formula, found)
            if value is not None:
                found[name] = value
    return found


def values(facts: Facts | None = None) -> dict[str, float]:
    """Return every number of the facts and all that follows from them, by name.

    With the facts of an early stage, what cannot be computed yet is not there. Without any, the
    facts are those of the repository's own case.

    >>> known = values()
    >>> known["tot"], round(known["D67"]), known["L"], known["Al"]
    (8700.0, 2992, 36000.0, 14400.0)
    """
    return dict(_values(facts or load_facts(CASE)))


@lru_cache(maxsize=16)  # two cases with six stages each
def _values(facts: Facts) -> dict[str, float]:
    return _solve(facts.numbers)


def recompute(given: Mapping[str, float], facts: Facts | None = None) -> dict[str, float]:
    """Return `values`, with numbers of a trainee's own instead, and what follows from those.

    `given` names facts' values, nodes or figures. A figure that is just a node (`D04` is `tot`)
    stands for it, so that all which builds on it follows. A number that leads nowhere, such as a
    division by 0, leaves out what would follow. Raises KeyError for a name that is none.

    >>> mine = recompute({"D04": 6900})
    >>> mine["D34"], round(mine["D17"], 3), mine["D22"]
    (29100.0, 1.15, 240000.0)
    """
    base = (facts or load_facts(CASE)).numbers
    known = dict(base)
    for name, value in given.items():
        if name not in base and name not in CALENDAR and name not in _formulas():
            raise KeyError(name)
        known[name] = known[_node(name)] = float(value)
    return _solve(known)


def _node(name: str) -> str:
    """Return the node that a figure just repeats, else the name itself."""
    formula = _formulas().get(name, "")
    return formula if formula in NODES else name


def rests_on(name: str) -> frozenset[str]:
    """Return the names that a figure or node follows from in the end: facts' values, the calendar.

    >>> sorted(rests_on("D54"))
    ['B', 'SA', 'SB']
    """
    if name not in _formulas():
        return frozenset([name])
    return frozenset[str]().union(*(rests_on(other) for other in _basis(name)))


def stage(name: str, facts: Facts) -> str:
    """Return the stage at which a figure can first be computed; KeyError where its facts are unknown.

    >>> stage("D34", load_facts(CASE))
    'S2'
    """
    source = facts.source
    return max(source[basis].stage for basis in rests_on(name) if basis not in CALENDAR)


def quantity(of: Figure, facts: Facts, known: Mapping[str, float] | None = None) -> Message:
    """Return what a figure counts as a sentence, its braces filled from the case.

    >>> case = load_facts(CASE)
    >>> Words("en").say(quantity(figure("D28"), case))
    'rival volume, literal reading (6 % of the province), per month'
    """
    known = values(facts) if known is None else known
    filling = {**known, **facts.words}
    return message(of.quantity, **{name: filling[name] for name in _braces(of.quantity)})


def _braces(text: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(text) if name]


def figures(facts: Facts | None = None, lang: str = "en") -> pd.DataFrame:
    """Return the figures that follow from the facts, all 129 from all facts.

    The frame is indexed by id (D01 …) with the columns `stage` (at which it can first be
    computed), `quantity` (a sentence in `lang`), `value` (a float), `unit` (in words) and
    `formula` (in names; `NAMES` says what they stand for). All figures are *derived*.

    >>> frame = figures()
    >>> len(frame), round(float(frame.value["D95"]), 1), frame.formula["D95"], frame.unit["D95"]
    (129, 104.4, 'MOQ / dA', 'days')
    >>> len(figures(load_facts(CASE).up_to("S0")))
    26
    """
    import pandas as pd

    facts = facts or load_facts(CASE)
    words, known = Words(lang), values(facts)
    rows = [
        (
            each.id,
            stage(each.id, facts),
            words.say(quantity(each, facts, known)),
            known[each.id],
            words.say(UNITS[each.unit]),
            each.formula,
        )
        for each in FIGURES
        if each.id in known
    ]
    columns = ["id", "stage", "quantity", "value", "unit", "formula"]
    return pd.DataFrame(rows, columns=columns).set_index("id")


@dataclass(frozen=True, slots=True)
class KnownError:
    """One known wrong way to a number."""

    trap: str
    """T1 to T21."""
    name: str
    """The figure, node or fact's value that it is an error for."""
    value: float
    """What comes out, in the unit of the right one; *derived* from the case's facts."""
    message: Message


NEAR = 0.005
"""Share of the right value within which a wrong way does no harm in this case."""


def known_errors(name: str, facts: Facts | None = None) -> tuple[KnownError, ...]:
    """Return the known wrong values for a figure, node or fact's value, computed from the facts.

    Left out are those that cannot be computed yet, repeat another, or come out right in this case.
    Raises KeyError for a name that is none.

    >>> [(error.trap, round(error.value)) for error in known_errors("D04")][:3]
    [('T4', 290), ('T4', 7540), ('T4', 8990)]
    >>> [error.trap for error in known_errors("D109")]
    ['T1', 'T5', 'T16']
    """
    facts = facts or load_facts(CASE)
    if name not in NAMES and name not in _formulas():
        raise KeyError(name)
    known = values(facts)
    right = known.get(name)
    if right is None:
        return ()
    found: list[KnownError] = []
    for trap, target, formula in wrong_ways():
        if target not in (name, _node(name)):
            continue
        value = evaluate(formula, known)  # None too where a fact is not known yet
        if value is None or abs(value - right) <= NEAR * abs(right):
            continue
        if any(math.isclose(value, other.value, rel_tol=1e-6) for other in found):
            continue
        found.append(KnownError(trap, name, value, TRAPS[trap]))
    return tuple(found)
