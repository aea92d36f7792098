"""What a table of a customer's people says, by role."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal, get_args

import networkx as nx

from kamlib.words import Message, Words, message

Level = Literal["decision", "managers", "support", "experts", "buying"]
Function = Literal["decides", "influences", "uses", "buys", "guards"]
Access = Literal["none", "met", "regular", "trusted"]

LEVELS: tuple[Level, ...] = get_args(Level)
"""The levels of a customer from the top, in the order of K252."""

FUNCTIONS: tuple[Function, ...] = get_args(Function)
ACCESSES: tuple[Access, ...] = get_args(Access)
"""How well we know somebody, from not at all."""

RELATIONS = range(-2, 3)
"""From against us (−2) to for us (2)."""

STRENGTHS = range(1, 4)
"""How much somebody listens to another: a little, often, nearly always."""

MOST = 60
"""More people than this are no longer a map that anybody reads."""

CALLED: Mapping[str, Message] = {
    "decision": message("decision level"),
    "managers": message("middle and senior managers"),
    "support": message("support group"),
    "experts": message("field experts"),
    "buying": message("buying group"),
    "decides": message("decides"),
    "influences": message("influences"),
    "uses": message("uses"),
    "buys": message("buys"),
    "guards": message("guards the door"),
    "none": message("not met yet"),
    "met": message("met"),
    "regular": message("regular contact"),
    "trusted": message("trusted contact"),
}
"""Levels, functions and our access in words."""


class PeopleError(ValueError):
    """A table of people is not as it has to be; carries plain sentences for who wrote it."""

    def __init__(self, *problems: Message) -> None:
        """Take one message for each problem."""
        super().__init__(*map(Words("en").say, problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at the customer, by role; never by name."""

    id: str
    """A pseudonym, such as P1."""
    role: str
    level: Level
    function: Function
    relation: int = 0
    """To us, from −2 (against us) to 2 (for us)."""
    access: Access = "none"
    by: str = ""
    """Who of us has this access; empty where nobody has met the person."""
    influences: tuple[tuple[str, int], ...] = ()
    """Whom this person influences, by id, and how strongly: 1 to 3."""
    reports_to: str = ""
    """The id of the boss; empty at the top, or where it is not known."""
    source: str = ""
    """What the judgement rests on, such as a visit."""
    on: date | None = None
    """When the judgement was made."""

    @property
    def known(self) -> bool:
        """Whether one of us has met the person."""
        return self.access != "none"

    @property
    def closeness(self) -> int:
        """How well we know the person, from 0 (not at all) to 3 (trusted)."""
        return ACCESSES.index(self.access)

    @property
    def named(self) -> Message:
        """The person in a sentence."""
        if not self.role.strip():
            return message("{id}", id=self.id)
        return message("{role} ({id})", role=self.role, id=self.id)


@dataclass(frozen=True)
class People:
    """The people of one customer; a table that holds together."""

    persons: tuple[Person, ...] = ()

    @classmethod
    def of(cls, persons: Sequence[Person], today: date | None = None) -> People:
        """Return the table, if it holds together; it may be empty.

        Raises `PeopleError` with a sentence for each thing that `problems` finds.

        >>> boss = Person("P1", "Director", "decision", "decides", source="visit", on=date(2026, 4, 2))
        >>> People.of([boss])["P1"].role
        'Director'
        >>> People.of([boss, boss])
        Traceback (most recent call last):
        kamlib.power_map_people.PeopleError: Two people are called P1: give each of them a sign of their own.
        """
        if found := problems(persons, today):
            raise PeopleError(*found)
        return cls(tuple(persons))

    def __getitem__(self, id: str) -> Person:
        """Return a person; raises `KeyError` for an id that is not in the table."""
        return self._by_id[id]

    def __len__(self) -> int:
        """Return how many people there are."""
        return len(self.persons)

    @cached_property
    def _by_id(self) -> Mapping[str, Person]:
        return {each.id: each for each in self.persons}

    @cached_property
    def order(self) -> Mapping[str, int]:
        """The place of each person from the top: by level, then as in the table."""
        ranked = sorted(self.persons, key=lambda each: LEVELS.index(each.level))
        return {each.id: place for place, each in enumerate(ranked)}

    @property
    def ranked(self) -> tuple[Person, ...]:
        """The people from the top: by level, then as in the table."""
        return tuple(self[each] for each in self.order)

    @property
    def contacts(self) -> tuple[Person, ...]:
        """Those whom one of us has met, from the top."""
        return tuple(each for each in self.ranked if each.known)


def problems(persons: Sequence[Person], today: date | None = None) -> tuple[Message, ...]:
    """Return what does not hold together in a table, a plain sentence for each problem.

    Looked at are signs, levels and the like, whom a line refers to, circles of bosses, access without
    one of us, and judgements without a source or with a date after `today`.

    >>> chief = Person("P1", "Chief", "managers", "decides", reports_to="P1", on=date(2026, 4, 2))
    >>> for each in problems([chief]):
    ...     print(Words("en").say(each))
    Chief (P1) has no source: say what the judgement rests on, such as a visit and its day.
    Bosses go round in a circle: P1. Clear the boss of one of them.
    """
    found: list[Message] = []
    if len(persons) > MOST:
        found.append(message(
            "There are {n} people, and a map holds at most {most}: keep those who bear on our business.",
            n=len(persons), most=MOST,
        ))  # fmt: skip
    ids = [each.id for each in persons]
    for twice in sorted({each for each in ids if each.strip() and ids.count(each) > 1}):
        found.append(
            message("Two people are called {id}: give each of them a sign of their own.", id=twice)
        )
    for row, person in enumerate(persons, 1):
        if not person.id.strip():
            found.append(message("Row {row} has no sign: call the person P{row}.", row=row))
        found += _of_one(person, frozenset(ids), today)
    return (*found, *_circles(persons))


def _of_one(person: Person, ids: frozenset[str], today: date | None) -> list[Message]:
    who = person.named
    found = []
    if not person.role.strip():
        found.append(message("{id} has no role: say what the person does there, without a name.",
                             id=person.id))  # fmt: skip
    for value, allowed, wrong in (
        (person.level, LEVELS, message("{who} has no level: choose one of the five.", who=who)),
        (person.function, FUNCTIONS,
         message("{who} has no function: decides, influences, uses, buys or guards.", who=who)),
        (person.access, ACCESSES,
         message("{who}: choose how well we know the person, from not met yet to trusted.", who=who)),
        (person.relation, RELATIONS,
         message("{who}: the relation to us is a whole number from −2 to 2.", who=who)),
    ):  # fmt: skip
        if value not in allowed:
            found.append(wrong)
    if person.known and not person.by.strip():
        found.append(message("{who}: say who of us has met the person.", who=who))
    if not person.known and person.by.strip():
        found.append(message(
            "{who} is not met yet, but {by} of us is named: correct one of the two.", who=who, by=person.by,
        ))  # fmt: skip
    for other, strength in person.influences:
        if other not in ids:
            found.append(message("{who} influences {id}, who is not in the table: add a row, or correct the sign.",
                                 who=who, id=other))  # fmt: skip
        elif other == person.id:
            found.append(
                message("{who} influences nobody but themselves: name somebody else.", who=who)
            )
        if strength not in STRENGTHS:
            found.append(
                message("{who}: how strongly {id} listens is 1, 2 or 3.", who=who, id=other)
            )
    named = [other for other, _ in person.influences]
    for twice in sorted({each for each in named if named.count(each) > 1}):
        found.append(
            message("{who} influences {id} twice: keep one of the two.", who=who, id=twice)
        )
    if person.reports_to and person.reports_to not in ids:
        found.append(message("{who} reports to {id}, who is not in the table: add a row, or correct the sign.",
                             who=who, id=person.reports_to))  # fmt: skip
    if not person.source.strip():
        found.append(message("{who} has no source: say what the judgement rests on, such as a visit and its day.",
                             who=who))  # fmt: skip
    if person.on is None:
        found.append(message("{who} has no date: say when the judgement was made.", who=who))
    elif today is not None and person.on > today:
        found.append(message("{who}: the judgement is dated {day}, after today.",
                             who=who, day=person.on.isoformat()))  # fmt: skip
    return found


def _circles(persons: Sequence[Person]) -> list[Message]:
    """Find bosses who report to themselves in the end."""
    graph = nx.DiGraph([(each.id, each.reports_to) for each in persons if each.reports_to])
    return [
        message(
            "Bosses go round in a circle: {ids}. Clear the boss of one of them.", ids=sorted(ring)
        )
        for ring in sorted(map(sorted, nx.strongly_connected_components(graph)))
        if len(ring) > 1 or graph.has_edge(ring[0], ring[0])
    ]
