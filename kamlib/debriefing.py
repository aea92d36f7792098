"""What may be seen when the talk is over: the deal, A's mind, what others had made of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kamlib.distributor import EQUAL, NO_DEAL, Packages, Runs, Types, months, run
from kamlib.distributor_file import Option
from kamlib.haggling import BeliefPoint, Table
from kamlib.haggling_words import POLICY_NAMES
from kamlib.plan_quality import Yardstick
from kamlib.words import Message, message


@dataclass(frozen=True, slots=True)
class DealView:
    """How good the signed package is, measured at what is really sold."""

    package: dict[str, Option]
    day: float
    company: float
    """What a month of it is worth to us; thousands of RMB."""
    distributor: float
    """What a month of it is worth to A; thousands of RMB."""
    sold: float
    """Units a month."""
    stuck: float
    """Units of the target that cannot be sold."""
    feasible: bool
    """Whether target and stores can be met in the first month."""
    beyond_authority: tuple[str, ...]
    """Issues beyond our authority, which head office granted."""
    efficiency: float
    """How far towards the best within authority, 0 to 1; see `plan_quality.Yardstick`."""
    nash_ratio: float
    """The product of both gains, of the best within authority, 0 to 1."""
    our_share: float | None
    """Our part of both gains, in [0, 1]; None where a side is worse off or nobody gains."""


@dataclass(frozen=True, slots=True)
class Side:
    """How a month went with the same distributor."""

    policy: str
    name: Message
    package: dict[str, Option] | None
    """None where nothing was signed."""
    day: float
    sold: float
    """Units in what was left of the month."""
    company: float
    """What the month was worth to us; thousands of RMB."""
    distributor: float
    """What the month was worth to A; thousands of RMB."""


@dataclass(frozen=True, eq=False)
class Debrief:
    """What one may see when the talk is over."""

    deal: DealView | None
    no_deal: tuple[float, float]
    """What both have in a month without a deal, ours first; thousands of RMB."""
    path: tuple[BeliefPoint, ...]
    names: Mapping[str, Message]
    """What each cause in the path is called, in a few words."""
    unused: tuple[str, ...]
    """Evidence that was not shown, what would have moved A most first."""
    questions: tuple[Message, Message, Message]
    sides: tuple[Side, ...]
    """One's own month, then the same distributor with each of the others."""


OTHERS = ("shirker", "pigeon", "consultant")
"""The policies that are played beside one's own month."""


def debrief(table: Table, others: Sequence[str] = OTHERS) -> Debrief:
    """Return what may be seen after the talk: the deal, A's mind, and what others had made of it.

    `others` are the policies of `kamlib.distributor` that are played beside one's own month.

    >>> from kamlib.distributor import load
    >>> seen = debrief(Table(load(), seed=3).show("E7").leave())
    >>> seen.deal, seen.unused[0], [side.policy for side in seen.sides]
    (None, 'E4', ['you', 'shirker', 'pigeon', 'consultant'])
    """
    seat, packages, mind = table.seat, table.packages, table.mind
    known = table.parameters.evidence_by_id()
    left = [name for name in known if name not in seat.beliefs.heard]
    now = seat.beliefs.mean[0]
    unused = sorted(
        left,
        key=lambda name: float(seat.beliefs.hear(name, seat.trust).mean[0] - now),
        reverse=True,
    )
    deal = _deal_view(table) if seat.signed != NO_DEAL else None
    own = Runs(np.array([seat.signed]), np.array([seat.day]))
    sides = [_side("you", packages, own, mind)]
    sides += [_side(policy, packages, run(packages, policy, mind), mind) for policy in others]
    return Debrief(
        deal,
        (packages.no_deal, float(mind.reservation[0])),
        seat.path,
        _cause_names(table),
        tuple(unused),
        _questions(table, deal, unused),
        tuple(sides),
    )


def _cause_names(table: Table) -> dict[str, Message]:
    names = {each.id: Message(each.name.en) for each in table.parameters.evidence.list}
    names |= {each.id: Message(each.name.en) for each in table.parameters.refutable.list}
    shown = {name: message("{fact}, confidential", fact=name) for name in table.seat.leaked}
    return {**names, **shown, "voided": message("voided by head office")}


def _side(policy: str, packages: Packages, runs: Runs, mind: Types) -> Side:
    month = months(packages, runs, mind)
    signed = bool(runs.signed[0])
    return Side(
        policy,
        Message(POLICY_NAMES[policy]),
        packages.deal(int(runs.package[0])) if signed else None,
        float(runs.day[0]),
        float(month.sold[0]),
        float(month.company[0]),
        float(month.distributor[0]),
    )


def _deal_view(table: Table) -> DealView:
    packages, index = table.packages, table.seat.signed
    which = np.array([index])
    reservation = table.mind.reservation
    company = float(packages.company[index])
    distributor = float(packages.distributor(1.0, which)[0])
    gains = np.array([[company - packages.no_deal, distributor - float(reservation[0])]])
    yardstick = Yardstick.of(packages)
    both = float(gains.sum())
    sold = float(packages.sold(index))
    return DealView(
        packages.deal(index),
        table.day,
        company,
        distributor,
        sold,
        float(packages.target[index]) - sold,
        bool(packages.feasible[index]),
        packages.beyond_authority(index),
        float(yardstick.efficiency(gains, reservation)[0]),
        float(yardstick.nash(gains, reservation)[0]),
        float(gains[0, 0]) / both if gains.min() >= 0 and both > EQUAL else None,
    )


def _questions(
    table: Table, deal: DealView | None, unused: Sequence[str]
) -> tuple[Message, Message, Message]:
    """Return three questions, chosen by what happened, the most telling first."""
    seat = table.seat
    evidence = table.parameters.evidence_by_id()
    refutable = {each.id: each for each in table.parameters.refutable.list}
    found: list[Message] = []
    if seat.voided:
        found.append(
            message(
                "Head office voided what you had signed. What did that cost, and what would asking first have cost?"
            )
        )
    if seat.leaked:
        found.append(
            message(
                "You showed another distributor's figures. In which form could you have made the same point?"
            )
        )
    if seat.claimed:
        found.append(message("You said: “{claim}” A could refute it. Which fact carries the point, and how far?",
                             claim=Message(refutable[seat.claimed[0]].text.en)))  # fmt: skip
    if deal is None:
        found.append(
            message(
                "Nothing was signed. What would A have needed, and when could you have known it?"
            )
        )
    elif deal.stuck > 0:
        found.append(message("The target is {n} units above what can be sold. Who pays for them, and when?",
                             n=round(deal.stuck)))  # fmt: skip
    elif deal.our_share is not None and deal.our_share > 0.75:
        found.append(message("Most of the gain is yours. What will A remember of it next month?"))
    elif deal.our_share is not None and deal.our_share < 0.4:
        found.append(
            message("Most of the gain is A's. What did you give without getting something for it?")
        )
    if unused and (deal is None or len(unused) >= len(evidence) - 1):
        found.append(message("You did not say: “{evidence}” Where in the talk would it have saved you something?",
                             evidence=Message(evidence[unused[0]].text.en)))  # fmt: skip
    if not seat.asked:
        found.append(
            message(
                "You asked A nothing. What would you have wanted to know before your first offer?"
            )
        )
    if deal is not None and deal.nash_ratio < 0.9:
        found.append(
            message(
                "A package exists that is better for both. Which two issues would you exchange?"
            )
        )
    if seat.day > 7:
        found.append(
            message("You took {n} days. Which step would you leave out?", n=round(seat.day, 1))
        )
    found += [
        message("Which of your sentences moved A most, and how did you notice?"),
        message("Compare your month with the pigeon's: what did you do that the pigeon does not?"),
        message("What will you do differently with the next distributor?"),
    ]
    return found[0], found[1], found[2]
