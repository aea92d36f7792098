"""What of an unfinished table of people can already be drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kamlib.plots import shorten
from kamlib.power_map_people import (
    ACCESSES,
    FUNCTIONS,
    LEVELS,
    MOST,
    RELATIONS,
    STRENGTHS,
    People,
    Person,
)

ROLE = 60
"""So many Latin columns of a role are drawn; a table shows all of it."""


@dataclass(frozen=True, slots=True)
class Partial:
    """The part of a table of people that holds together."""

    people: People
    """A table that can be drawn and advised on; empty where no row is complete enough."""
    left_out: tuple[str, ...] = ()
    """The signs of rows that it lacks, as written; empty for a row without one."""


def as_far_as(persons: Sequence[Person]) -> Partial:
    """Return what of a table holds together; never raises.

    A row needs a sign of its own, a level and a part in a decision. A line to somebody who is not
    there is left out, and so is one line of every circle of bosses. Blank rows are not counted as
    left out.

    >>> found = as_far_as([
    ...     Person("P1", "Chief", "decision", "decides", reports_to="P2"),
    ...     Person("P2", "Buyer", "buying", "buys", influences=(("P1", 2), ("P9", 3)), reports_to="P1"),
    ...     Person("P3", "Engineer", "", "uses"),
    ... ])
    >>> [(each.id, each.reports_to, each.influences) for each in found.people.persons]
    [('P1', '', ()), ('P2', 'P1', (('P1', 2),))]
    >>> found.left_out
    ('P3',)
    """
    kept: dict[str, Person] = {}
    left_out = []
    for each in persons:
        whole = each.id.strip() and each.level in LEVELS and each.function in FUNCTIONS
        if whole and each.id not in kept and len(kept) < MOST:
            kept[each.id] = each
        elif each.id.strip() or each.role.strip():
            left_out.append(each.id)
    bosses = _bosses(kept)
    return Partial(
        People(tuple(_drawn(each, kept, bosses[each.id]) for each in kept.values())),
        tuple(left_out),
    )


def _bosses(kept: dict[str, Person]) -> dict[str, str]:
    """Return whom each reports to, without the line that would close a circle."""
    found = dict.fromkeys(kept, "")
    # from the last row up, so that a circle is opened at its first row, mostly the highest
    for each in reversed(kept.values()):
        above = each.reports_to
        if above not in kept:
            continue
        up = above
        while up and up != each.id:
            up = found[up]
        if not up:
            found[each.id] = above
    return found


def _drawn(person: Person, kept: dict[str, Person], boss: str) -> Person:
    strengths: dict[str, int] = {}
    for other, strength in person.influences:
        if other in kept and other != person.id and strength in STRENGTHS:
            strengths.setdefault(other, strength)
    return replace(
        person,
        role=one_line(person.role, ROLE),
        by=one_line(person.by, ROLE),
        relation=person.relation if person.relation in RELATIONS else 0,
        access=person.access if person.access in ACCESSES else "none",
        influences=tuple(strengths.items()),
        reports_to=boss,
    )


def one_line(text: str, width: int) -> str:
    r"""Return what somebody typed on one line of at most so many Latin columns, printable.

    >>> one_line("Head of\npurchasing\x00", 60)
    'Head of purchasing'
    """
    return shorten(" ".join("".join(c if c.isprintable() else " " for c in text).split()), width)
