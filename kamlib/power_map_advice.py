"""What to do next with the people of a customer, the most useful first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import networkx as nx

from kamlib.power_map import (
    Introduction,
    acquaintances,
    deciders,
    introduction,
    listens_to,
    opponents,
    our_ways,
    single_way,
    ways,
)
from kamlib.power_map_people import People, Person
from kamlib.words import Message, message

Kind = Literal[
    "begin", "find_decider", "meet", "win_over", "second_way", "listen", "deepen", "equip",
    "share", "renew",
]  # fmt: skip
"""What a piece of advice is for, in the order of its use to us."""

OLD = 180
"""A judgement older than this many days is asked about again (invented)."""


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing to do next."""

    kind: Kind
    person: str
    """The id of whom to talk to first; empty only where the table is."""
    do: Message
    why: Message
    by: str = ""
    """Who of us does it, as the table says; empty where nobody of us knows the person yet."""
    about: str = ""
    """The id of whom it is for in the end, where that is somebody else."""
    path: tuple[str, ...] = ()
    """The ids of an introduction, from our contact to the person to meet."""
    tell: tuple[str, ...] = ()
    """The ids of our contacts who hear of it from us before."""


def advice(people: People, today: date | None = None) -> tuple[Advice, ...]:
    """Return what to do next, the most useful first; never nothing to a table without a decider.

    First come deciders whom we do not know, then where one person is our only way, who is against us,
    who decides and is hardly known, who is for us and could help, and at the end who of us holds all
    contacts and, where `today` is given, judgements that have grown old.

    >>> people = People((
    ...     Person("P1", "Chief", "decision", "decides"),
    ...     Person("P2", "Buyer", "buying", "buys", 1, "regular", "me", (("P1", 2),), "P1"),
    ... ))
    >>> from kamlib.words import Words
    >>> for each in advice(people):
    ...     print(each.kind, each.person, each.by, Words("en").say(each.do))
    meet P2 me Ask Buyer (P2) to introduce us to Chief (P1).
    second_way P2 me Ask Buyer (P2) with whom else at the customer we should work.
    equip P2 me Give Buyer (P2) the facts that Chief (P1) asks for, openly and in writing.
    """
    if not people.persons:
        return (
            Advice(
                "begin",
                "",
                message(
                    "Write down by role who decides at the customer, and who of us knows whom."
                ),
                message("The table is empty, so nothing can be advised yet."),
            ),
        )
    found = [
        *_find_decider(people),
        *_meet(people),
        *_second_ways(people),
        *_listen(people),
        *_deepen(people),
        *_equip(people),
        *_share(people),
        *(_renew(people, today) if today else ()),
    ]
    return tuple(found)


# Deciders ----------------------------------------------------------------------------------------


def _find_decider(people: People) -> list[Advice]:
    if deciders(people):
        return []
    why = message("The table names nobody who decides, so no way to a decision can be seen.")
    if not people.contacts:
        first = people.ranked[0]
        do = message("Ask {who} openly for a first talk, and ask who decides.", who=first.named)
        return [Advice("find_decider", first.id, do, why)]
    ask = max(people.contacts, key=lambda each: (each.relation, each.closeness))
    do = message("Ask {who} who decides about our business.", who=ask.named)
    return [Advice("find_decider", ask.id, do, why, ask.by)]


def _meet(people: People) -> list[Advice]:
    """Advise how to meet the deciders whom we do not know; those with an open way come first."""
    open_ways, others = [], []
    for decider in deciders(people):
        if decider.known:
            continue
        way = introduction(people, decider.id)
        if way:
            open_ways.append(_introduced("meet", people, decider, way, _unmet(people, decider)))
        else:
            others.append(_no_way(people, decider))
    return open_ways + others


def _unmet(people: People, decider: Person) -> Message:
    """Say how a decider whom nobody of us has met is reached now."""
    single, reached = single_way(people, decider.id), our_ways(people, decider.id)
    if single:
        return message(
            "{decider} decides, nobody of us has met this person, and our only way there is over {who}.",
            decider=decider.named, who=people[single.person].named,
        )  # fmt: skip
    if reached:
        return message(
            "{decider} decides and nobody of us has met this person; {n} of our contacts have a say there.",
            decider=decider.named, n=len(reached),
        )  # fmt: skip
    return message(
        "{decider} decides, nobody of us has met this person, and none of our contacts has a say there.",
        decider=decider.named,
    )  # fmt: skip


def _introduced(
    kind: Kind, people: People, target: Person, way: Introduction, why: Message
) -> Advice:
    first = people[way.people[0]]
    between = [people[each].named for each in way.people[1:-1]]
    if between:
        do = message("Ask {who} to bring us, over {between}, to {target}.", who=first.named,
                     between=between, target=target.named)  # fmt: skip
    else:
        do = message("Ask {who} to introduce us to {target}.", who=first.named, target=target.named)
    if way.tell:
        do = message("{do} Before that, tell {others} of it.", do=do,
                     others=[people[each].named for each in way.tell])  # fmt: skip
    return Advice(kind, first.id, do, why, first.by, target.id, way.people, way.tell)


def _no_way(people: People, target: Person) -> Advice:
    """Advise what comes before an introduction: a contact to win over, or an open request."""
    known = nx.Graph((one.id, other.id) for one, other in acquaintances(people))
    near = nx.single_source_shortest_path_length(known, target.id) if target.id in known else {}
    linked = [each for each in people.contacts if each.id in near]
    if not linked:
        do = message("Ask {who} openly for a first talk, with a reason that helps their business.",
                     who=target.named)  # fmt: skip
        why = message("{who} decides, and nobody whom we have met works with this person.",
                      who=target.named)  # fmt: skip
        return Advice("meet", target.id, do, why)
    ask = min(linked, key=lambda each: (near[each.id], -each.relation, -each.closeness))
    if ask.relation > 0:
        do = message("Ask {who} who could introduce us to {target}, and is not against us.",
                     who=ask.named, target=target.named)  # fmt: skip
        why = message("{target} decides, and between {who} and this person stands nobody who is for us yet.",
                      who=ask.named, target=target.named)  # fmt: skip
    else:
        do = message("First do something that {who} needs; then ask for an introduction to {target}.",
                     who=ask.named, target=target.named)  # fmt: skip
        why = message("{target} decides, and nobody who works with this person is for us yet. We do not go "
                      "around {who}.", who=ask.named, target=target.named)  # fmt: skip
    return Advice("win_over", ask.id, do, why, ask.by, target.id)


def _second_ways(people: People) -> list[Advice]:
    """Advise a second way to each decider to whom one person is the only one."""
    found = []
    for decider in deciders(people):
        single = single_way(people, decider.id)
        if single is None:
            continue
        gate = people[single.person]
        if gate == decider:
            why = message("We know {who}, who decides, and nobody else who has a say there: if this person "
                          "leaves, we begin again.", who=decider.named)  # fmt: skip
        else:
            why = message("{gate} is our only way to {who}: if this person leaves or turns away, we no "
                          "longer reach the decision.", gate=gate.named, who=decider.named)  # fmt: skip
        # somebody with a way of his own, which a loss of the one person would leave
        left = People(tuple(
            each if each.id != gate.id or gate == decider
            else Person(each.id, each.role, each.level, each.function)
            for each in people.persons
        ))  # fmt: skip
        for way in ways(left, decider.id):
            target = people[way.people[0]]
            to = None if target.known else introduction(people, target.id)
            if to and target.id != gate.id:
                found.append(_introduced("second_way", people, target, to, why))
                break
        else:
            ask = gate if gate.known else people[our_ways(people, decider.id)[0].people[0]]
            do = message("Ask {who} with whom else at the customer we should work.", who=ask.named)
            found.append(Advice("second_way", ask.id, do, why, ask.by, decider.id))
    return found


def _deepen(people: People) -> list[Advice]:
    found = []
    for decider in deciders(people):
        if decider.access == "met":
            do = message("Agree with {who} on a regular talk, with figures of their own business.",
                         who=decider.named)  # fmt: skip
            why = message("{who} decides, and we have only met.", who=decider.named)
            found.append(Advice("deepen", decider.id, do, why, decider.by))
    return found


# Those who are against us, and those who are for us -------------------------------------------------


def _listen(people: People) -> list[Advice]:
    """Advise how to hear what speaks against us, over whom an opponent listens to if there is one."""
    found = []
    reach = {way.people[0] for each in deciders(people) for way in ways(people, each.id)}
    for against in opponents(people):
        if against.function != "decides" and against.id not in reach:
            continue  # has no say in the decision
        voices = [people[each] for each, _ in listens_to(people, against.id)]
        friend = next((each for each in voices if each.known and each.relation > 0), None)
        way = None if against.known else introduction(people, against.id)
        if friend:
            do = message("Ask {friend} what speaks against us in the eyes of {who}, and for a talk of the "
                         "three of us.", friend=friend.named, who=against.named)  # fmt: skip
            why = message("{who} is against us and listens to {friend}, who is for us.",
                          friend=friend.named, who=against.named)  # fmt: skip
            found.append(Advice("listen", friend.id, do, why, friend.by, against.id))
        elif against.known:
            do = message(
                "Ask {who} what would have to change on our side, and listen.", who=against.named
            )
            why = message("{who} is against us and listens to nobody who is for us and whom we know.",
                          who=against.named)  # fmt: skip
            found.append(Advice("listen", against.id, do, why, against.by))
        elif way and against.function != "decides":  # for a decider it is advised already
            why = message(
                "{who} is against us, and nobody of us has met this person.", who=against.named
            )
            found.append(_introduced("listen", people, against, way, why))
    return found


def _equip(people: People) -> list[Advice]:
    """Advise whom to give facts: those for us to whom a decider who is not yet for us listens."""
    found = []
    for decider in deciders(people):
        if decider.relation > 0:
            continue
        for id, strength in listens_to(people, decider.id):
            voice = people[id]
            if voice.known and voice.relation > 0 and strength > 1:
                do = message("Give {who} the facts that {decider} asks for, openly and in writing.",
                             who=voice.named, decider=decider.named)  # fmt: skip
                why = message("{decider} decides, is not for us yet and listens to {who}, who is.",
                              who=voice.named, decider=decider.named)  # fmt: skip
                found.append(Advice("equip", id, do, why, voice.by, decider.id))
                break
    return found


# Our own house ---------------------------------------------------------------------------------------


def _share(people: People) -> list[Advice]:
    held = {each.by for each in people.contacts}
    if len(people.contacts) < 2 or len(held) > 1:
        return []
    ask = max(people.contacts, key=lambda each: (each.closeness, each.relation))
    do = message("Take a colleague of ours along to {who}.", who=ask.named)
    why = message("All {n} contacts are with one of us ({by}): if that person is away, so are we.",
                  n=len(people.contacts), by=ask.by)  # fmt: skip
    return [Advice("share", ask.id, do, why, ask.by)]


def _renew(people: People, today: date) -> list[Advice]:
    """Advise to ask again about the oldest judgement, where it is older than `OLD` days."""
    dated = [each for each in people.ranked if each.on and (today - each.on).days > OLD]
    if not dated:
        return []
    oldest = min(dated, key=lambda each: each.on or today)
    do = message("Look again at what the table says of {who}.", who=oldest.named)
    why = message("{n} judgements are older than {days} days; the oldest is of {day}.", n=len(dated),
                  days=OLD, day=oldest.on.isoformat() if oldest.on else "")  # fmt: skip
    return [Advice("renew", oldest.id, do, why, oldest.by)]
