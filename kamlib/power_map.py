"""Who reaches a customer's deciders, over whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import networkx as nx

from kamlib.power_map_people import STRENGTHS, People, Person

US = ""
"""Ourselves, as the beginning of a way; nobody in a table has an empty id."""


@dataclass(frozen=True, slots=True)
class Way:
    """How influence goes from one person to another."""

    people: tuple[str, ...]
    """The ids, from who influences to who is influenced in the end."""
    strength: int
    """Of the weakest step, 1 to 3."""


@dataclass(frozen=True, slots=True)
class Introduction:
    """How we get to know somebody, openly."""

    people: tuple[str, ...]
    """The ids, from our contact to the person whom we want to meet; each introduces us to the next."""
    tell: tuple[str, ...]
    """Our contacts who are to hear of it from us before: we would otherwise go around them."""


@dataclass(frozen=True, slots=True)
class SingleWay:
    """One person is our only way to a decider."""

    decider: str
    person: str
    """Who is the only way; the decider where nobody else whom we know has a say there."""


def deciders(people: People) -> tuple[Person, ...]:
    """Return those who decide, from the top."""
    return tuple(each for each in people.ranked if each.function == "decides")


def opponents(people: People) -> tuple[Person, ...]:
    """Return those who are against us: deciders first, then those who reach one most strongly.

    >>> from kamlib.power_map_people import Person
    >>> chief = Person("P1", "Chief", "decision", "decides")
    >>> clerk = Person("P2", "Clerk", "buying", "buys", relation=-2)
    >>> tester = Person("P3", "Tester", "experts", "influences", relation=-1, influences=(("P1", 2),))
    >>> [each.role for each in opponents(People((chief, clerk, tester)))]
    ['Tester', 'Clerk']
    """
    reach = {each.id: 0 for each in people.persons}
    for decider in deciders(people):
        reach[decider.id] = STRENGTHS[-1] + 1
        for way in ways(people, decider.id):
            reach[way.people[0]] = max(reach[way.people[0]], way.strength)
    against = [each for each in people.ranked if each.relation < 0]
    return tuple(sorted(against, key=lambda each: -reach[each.id]))


def listens_to(people: People, id: str) -> tuple[tuple[str, int], ...]:
    """Return whom somebody listens to, and how strongly (1 to 3), the strongest first.

    Raises `KeyError` for somebody who is not in the table.
    """
    heard = people[id].id
    found = [
        (each.id, strength)
        for each in people.ranked
        for other, strength in each.influences
        if other == heard
    ]
    return tuple(sorted(found, key=lambda each: -each[1]))


def ways(people: People, decider: str) -> tuple[Way, ...]:
    """Return the best way to a decider of everybody who has one, the strongest and shortest first.

    A way is as strong as its weakest step. Among ways of equal strength the shortest is the best.
    Raises `KeyError` for somebody who is not in the table.

    >>> from kamlib.power_map_people import Person
    >>> chief = Person("P1", "Chief", "decision", "decides")
    >>> aide = Person("P2", "Aide", "support", "guards", influences=(("P1", 3),))
    >>> user = Person("P3", "User", "experts", "uses", influences=(("P1", 1), ("P2", 2)))
    >>> for way in ways(People((chief, aide, user)), "P1"):
    ...     print(way.people, way.strength)
    ('P2', 'P1') 3
    ('P3', 'P2', 'P1') 2
    """
    target = people[decider].id
    found: dict[str, Way] = {}
    for strength in reversed(STRENGTHS):
        graph = nx.DiGraph(
            (other, each.id)
            for each in people.ranked
            for other, how in each.influences
            if how >= strength
        )
        if target in graph:
            for begin, path in nx.single_source_shortest_path(graph, target).items():
                if begin != target:
                    found.setdefault(begin, Way(tuple(reversed(path)), strength))
    return tuple(
        sorted(
            found.values(),
            key=lambda way: (-way.strength, len(way.people), people.order[way.people[0]]),
        )
    )


def our_ways(people: People, decider: str) -> tuple[Way, ...]:
    """Return the ways to a decider that begin with somebody whom one of us has met.

    Raises `KeyError` for somebody who is not in the table.
    """
    return tuple(way for way in ways(people, decider) if people[way.people[0]].known)


def single_way(people: People, decider: str) -> SingleWay | None:
    """Return the person without whom we no longer reach a decider, or nothing.

    Where several people stand one after the other on every way, it is the one nearest to us. There is
    no single way where nobody whom we know reaches the decider, and none where there are two. Raises
    `KeyError` for somebody who is not in the table.

    >>> from kamlib.power_map_people import Person
    >>> chief = Person("P1", "Chief", "decision", "decides")
    >>> aide = Person("P2", "Aide", "support", "guards", influences=(("P1", 3),))
    >>> users = [Person(id, "User", "experts", "uses", access="met", by="me",
    ...                 influences=(("P2", 2),)) for id in ("P3", "P4")]
    >>> single_way(People((chief, aide, *users)), "P1")
    SingleWay(decider='P1', person='P2')
    >>> single_way(People((chief, aide)), "P1") is None
    True
    """
    target = people[decider]
    found = our_ways(people, decider)
    if target.known:
        return None if found else SingleWay(target.id, target.id)
    if not found:
        return None
    graph = nx.DiGraph((each.id, other) for each in people.persons for other, _ in each.influences)
    graph.add_edges_from((US, each.id) for each in people.contacts)
    for person in found[0].people[:-1]:
        without = graph.subgraph(set(graph) - {person})
        if not nx.has_path(without, US, target.id):
            return SingleWay(target.id, person)
    return None


def introduction(people: People, id: str) -> Introduction | None:
    """Return the shortest open way to somebody, or nothing where there is none.

    It begins with somebody whom one of us has met. Everybody on it knows of it: each is asked, is for
    us (relation 1 or 2) and works with the next, as boss or staff, or by influence in either direction.
    Among ways of one length the one over those who are most for us is taken, then over those whom we
    know best. Regular contacts who report to the person, or under whom somebody on the way works, are
    told before: nobody is gone around. Raises `KeyError` for somebody who is not in the table.

    >>> from kamlib.power_map_people import Person
    >>> chief = Person("P1", "Chief", "decision", "decides")
    >>> buyer = Person("P2", "Buyer", "buying", "buys", 0, "regular", "me", reports_to="P1")
    >>> user = Person("P3", "User", "experts", "uses", 1, "met", "technician", (("P1", 1),))
    >>> introduction(People((chief, buyer, user)), "P1")
    Introduction(people=('P3', 'P1'), tell=('P2',))
    >>> introduction(People((chief, buyer)), "P1") is None
    True
    """
    target = people[id]
    graph = nx.DiGraph()
    for each in people.ranked:
        if each.known and each.relation > 0 and each.id != target.id:
            graph.add_edge(US, each.id, length=0)
    for one, other in acquaintances(people):
        for giver, taker in ((one, other), (other, one)):
            if giver.relation > 0 and giver.id != target.id:
                # 1000 a step, so that no difference in relation or access makes a longer way shorter
                better = 4 * (2 - giver.relation) + 3 - giver.closeness
                graph.add_edge(giver.id, taker.id, length=1000 + better)
    if US not in graph or target.id not in graph or not nx.has_path(graph, US, target.id):
        return None
    path = nx.dijkstra_path(graph, US, target.id, weight="length")[1:]
    over = {each for id in path[:-1] for each in _bosses(people, people[id])}
    passed = {each.id for each in people.persons if each.reports_to == target.id} | over
    told = [
        each.id for each in people.contacts
        if each.closeness > 1 and each.id in passed and each.id not in path
    ]  # fmt: skip
    return Introduction(tuple(path), tuple(told))


def acquaintances(people: People) -> Iterator[tuple[Person, Person]]:
    """Yield who works with whom: boss and staff, and who influences whom; a pair may come twice."""
    for each in people.ranked:
        if each.reports_to:
            yield each, people[each.reports_to]
        for other, _ in each.influences:
            yield each, people[other]


def _bosses(people: People, person: Person) -> Iterator[str]:
    while person.reports_to:
        person = people[person.reports_to]
        yield person.id
