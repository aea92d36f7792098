"""The table: a month of talking to one distributor whose mind is hidden, move by move."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations
from typing import Any, Literal

import numpy as np

from kamlib.case_facts import Facts
from kamlib.distributor import (
    EQUAL,
    NO_DEAL,
    Beliefs,
    Deal,
    Integers,
    Packages,
    Types,
    draw,
)
from kamlib.distributor_file import ISSUES, Option, Parameters
from kamlib.game_file import Sheets
from kamlib.haggling_words import QUESTIONS, say
from kamlib.words import Message, Words, message

VERSION = 1
"""The version of the log of a play."""

MOST_MOVES = 500
"""More moves than this no month has."""

NO_NAMES = Sheets((), Fraction(0), Fraction(0))
"""Issues and options called by what they are in the file."""

STRONG, SOME = 0.03, 0.008
"""How far belief has to move for A to be struck by it, or to admit that there is something in it."""

DISTRUST = 0.3
"""Below this trust, A says that it does not trust our numbers."""

GLAD = 25.0
"""So much above what it needs, in thousands of RMB a month, A is visibly glad."""

FAR = 45.0
"""So much below what it needs, A makes no offer of its own."""

CASH = 8.0
"""So much, in thousands of RMB a month, A would forgo rather than wait for its cash."""

COUNTERS = 0.6
"""How often A answers with an offer of its own, where one is near."""

Status = Literal["open", "signed", "left", "over"]
Who = Literal["you", "A", "head_office"]
Move = Mapping[str, Any]


class MoveRefused(ValueError):
    """A move cannot be made; carries a sentence that says why."""

    def __init__(self, what: Message) -> None:
        """Take the sentence."""
        super().__init__(what.text)
        self.message = what


@dataclass(frozen=True, slots=True)
class Line:
    """One thing said at the table."""

    day: float
    who: Who
    text: Message


@dataclass(frozen=True, slots=True)
class BeliefPoint:
    """What A thought at one moment; hidden until the debrief."""

    day: float
    belief: float
    """What it thinks it can sell, as a part of what it really could."""
    trust: float
    """How far it trusts what we say, in [0, 1]."""
    cause: str
    """What moved it: the id of an evidence or of a claim, a fact's, "voided", "" at the start."""


@dataclass(frozen=True, eq=False)
class Seat:
    """Where the month stands."""

    day: float
    beliefs: Beliefs
    trust: float
    lines: tuple[Line, ...] = ()
    path: tuple[BeliefPoint, ...] = ()
    shown: tuple[str, ...] = ()
    """Evidence shown, and single facts, in order."""
    claimed: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    leaked: tuple[str, ...] = ()
    """Another distributor's confidential facts that were shown."""
    offers: tuple[int, ...] = ()
    """The packages that we offered."""
    counters: int = 0
    """How often A made an offer of its own."""
    softened: bool = False
    agreed: int = NO_DEAL
    """The package that A is ready to sign."""
    marked: frozenset[str] = frozenset()
    """The issues of that package which we marked “needs approval”."""
    granted: frozenset[tuple[str, Option]] = frozenset()
    """What head office granted beyond our authority."""
    refused: frozenset[tuple[str, Option]] = frozenset()
    voided: int = 0
    """How often head office voided what was signed."""
    signed: int = NO_DEAL
    status: Status = "open"


class Table:
    """A month with one hidden distributor.

    A table never changes: each move returns the next one. The same seed and the same moves always
    give the same month, to the word; another seed is another distributor with other words.

    >>> from kamlib.distributor import load
    >>> table = Table(load(), seed=3)
    >>> later = table.show("E7").offer({"monthly_target": 2830, "minimum_order": 1})
    >>> later.day, len(later.lines) > len(table.lines), later.status
    (1.75, True, 'open')
    """

    mind: Types
    """Who sits there, one hidden type: not for the trainee's eyes before the debrief."""
    seat: Seat
    """Where the month stands, with what A thinks: not for the trainee's eyes either."""

    def __init__(
        self,
        parameters: Parameters,
        seed: int,
        names: Sheets = NO_NAMES,
        facts: Facts | None = None,
        packages: Packages | None = None,
    ) -> None:
        """Sit down with the distributor of a seed (0 or more).

        `names` has the words for issues and options, as in `Game.sheets`; `facts` are those that
        may be shown, of which A must not hear the other distributor's; `packages` are those of the
        parameters, where they are at hand. Raises `ValueError` for a seed below 0.
        """
        self.parameters = parameters
        self.seed = seed
        self.names = names
        self.facts = facts
        self.packages = packages or Packages.of(parameters)
        self.moves: tuple[Move, ...] = ()
        self.mind = draw(parameters, 1, seed)
        first_day = parameters.table.first_day
        beliefs = Beliefs.first(parameters, self.mind.belief)
        trust = float(self.mind.trust[0])
        self.seat = Seat(
            first_day,
            beliefs,
            trust,
            (Line(first_day, "A", say("opening", np.random.default_rng([seed, 6]))),),
            (BeliefPoint(first_day, float(beliefs.mean[0]), trust, ""),),
        )

    # What a trainee may see -----------------------------------------------------------------

    @property
    def day(self) -> float:
        """The day of the month, with parts of days."""
        return self.seat.day

    @property
    def days_left(self) -> float:
        """Days until the month is over, not below 0."""
        return max(0.0, self.parameters.month_1.days - self.seat.day)

    @property
    def lines(self) -> tuple[Line, ...]:
        """Everything said so far."""
        return self.seat.lines

    @property
    def status(self) -> Status:
        """Whether the talk goes on, and how it ended."""
        return self.seat.status

    @property
    def shown(self) -> tuple[str, ...]:
        """Evidence and facts that were shown, in order."""
        return self.seat.shown

    @property
    def offers(self) -> tuple[dict[str, Option], ...]:
        """The packages that we offered, in order."""
        return tuple(self.packages.deal(index) for index in self.seat.offers)

    @property
    def on_the_table(self) -> dict[str, Option] | None:
        """The package that A is ready to sign; None where there is none."""
        return None if self.seat.agreed == NO_DEAL else self.packages.deal(self.seat.agreed)

    @property
    def signed(self) -> dict[str, Option] | None:
        """The package that was signed; None where there is none."""
        return None if self.seat.signed == NO_DEAL else self.packages.deal(self.seat.signed)

    @property
    def granted(self) -> tuple[tuple[str, Option], ...]:
        """What head office granted beyond our authority, in the order of the issues."""
        return tuple(sorted(self.seat.granted, key=lambda one: (ISSUES.index(one[0]), str(one))))

    def needs_approval(self, deal: Deal) -> tuple[str, ...]:
        """Return the issues on which a package needs head office's word, and has not got it.

        Raises `MoveRefused` where the package is not one of the case.
        """
        return self._beyond(self._index(deal))

    def worth_to_us(self, deal: Deal) -> float:
        """Return what a month with a package is worth to us; thousands of RMB.

        Raises `MoveRefused` where the package is not one of the case.
        """
        return float(self.packages.company[self._index(deal)])

    def words(self, lang: str) -> Words:
        """Return the words in which a language says what is said at this table.

        >>> from kamlib.distributor import load
        >>> table = Table(load(), seed=3).show("E4")
        >>> table.words("zh").say(table.lines[1].text)
        '有一家零售商每天卖给消费者 60 台。'
        """
        facts = (
            {} if self.facts is None else {one.text.en: one.text.in_(lang) for one in self.facts}
        )
        return Words(lang, {**facts, **self.names.texts(lang), **self.parameters.texts(lang)})

    # Moves ----------------------------------------------------------------------------------

    def show(self, evidence: str) -> Table:
        """Show one piece of evidence by its id, such as `E7`."""
        return self.play({"do": "show", "evidence": evidence})

    def show_facts(self, facts: Sequence[str]) -> Table:
        """Show facts by their ids; they are evidence only where they are all that it takes."""
        return self.play({"do": "show", "facts": list(facts)})

    def claim(self, claim: str) -> Table:
        """Say something that A can refute, by its id, such as `R1`."""
        return self.play({"do": "claim", "claim": claim})

    def ask(self, about: str) -> Table:
        """Ask A something, by a name of `QUESTIONS`."""
        return self.play({"do": "ask", "about": about})

    def offer(self, package: Deal, approval: Sequence[str] = ()) -> Table:
        """Offer a package; `approval` are the issues marked “needs approval”."""
        return self.play({"do": "offer", "package": package, "approval": list(approval)})

    def ask_head_office(self, wishes: Deal) -> Table:
        """Ask head office for options beyond our authority."""
        return self.play({"do": "head_office", "wishes": wishes})

    def sign(self) -> Table:
        """Sign what A is ready to sign."""
        return self.play({"do": "sign"})

    def leave(self) -> Table:
        """Walk away without a deal."""
        return self.play({"do": "leave"})

    def play(self, move: Move) -> Table:
        """Return the table after a move, as it stands in a log.

        Raises `MoveRefused` with a plain sentence where it cannot be made.
        """
        if self.seat.status != "open":
            raise MoveRefused(message("The talk is over; no further move is possible."))
        if len(self.moves) >= MOST_MOVES:
            raise MoveRefused(message("There are too many moves for one month; sign or stop."))
        if not isinstance(move, Mapping):
            raise MoveRefused(message("This is not a move."))
        ways = {
            "show": self._show,
            "claim": self._claim,
            "ask": self._ask,
            "offer": self._offer,
            "head_office": self._head_office,
            "sign": self._sign,
            "leave": self._leave,
        }
        do = move.get("do")
        if not isinstance(do, str) or do not in ways:
            raise MoveRefused(message("“{move}” is not a move; there are {moves}.",
                                      move=str(do)[:40], moves=list(ways)))  # fmt: skip
        # every move has a lot of its own, so that it depends on the moves before and on no more
        lot = np.random.default_rng([self.seed, 5, len(self.moves)])
        clean, seat = ways[do](move, lot)
        days = self.parameters.month_1.days
        if seat.status == "open" and seat.day >= days:
            seat = replace(seat, status="over", day=float(days))
            seat = _answered(seat, "A", lot, "month_over")
        return self._with(clean, seat)

    def _with(self, move: Move, seat: Seat) -> Table:
        table = object.__new__(Table)
        table.__dict__.update(self.__dict__)
        table.moves = (*self.moves, move)
        table.seat = seat
        return table

    def log(self) -> dict[str, Any]:
        """Return the play as data for JSON: version, seed and moves."""
        return {"version": VERSION, "seed": self.seed, "moves": [dict(one) for one in self.moves]}

    # What each move does --------------------------------------------------------------------

    def _show(self, move: Move, lot: np.random.Generator) -> tuple[Move, Seat]:
        known = self.parameters.evidence_by_id()
        facts = move.get("facts")
        if "evidence" in move:
            name = move["evidence"]
            if not isinstance(name, str) or name not in known:
                raise MoveRefused(message("There is no evidence “{name}”; there is {known}.",
                                          name=str(name)[:40], known=list(known)))  # fmt: skip
            return {"do": "show", "evidence": name}, self._evidence(name, lot)
        if (
            not isinstance(facts, (list, tuple))
            or not facts
            or not all(isinstance(fact, str) and 0 < len(fact) <= 8 for fact in facts)
        ):
            raise MoveRefused(message("Say which fact or evidence you show."))
        facts = list(dict.fromkeys(facts))
        if self.facts is not None and (unknown := [one for one in facts if one not in self.facts]):
            raise MoveRefused(message("The case has no fact {fact}.", fact=unknown[0]))
        clean = {"do": "show", "facts": facts}
        seat = self.seat
        complete = [each.id for each in known.values() if set(each.facts) == set(facts)]
        if complete:
            return clean, self._evidence(complete[0], lot)
        said = facts if self.facts is None else [Message(self.facts[one].text.en) for one in facts]
        seat = _spoken(seat, "you", message("You show: {facts}", facts=said))
        seat = self._later(seat, "show")
        seat = replace(seat, shown=(*seat.shown, *(one for one in facts if one not in seat.shown)))
        leaked = [
            fact
            for fact in facts
            if self.facts is not None and self.facts[fact].disclosure == "B_confidential"
        ]
        if leaked:
            trust = max(0.0, seat.trust + self.parameters.table.confidential_trust)
            seat = replace(seat, trust=trust, leaked=(*seat.leaked, *leaked))
            seat = _answered(_remembered(seat, leaked[0]), "A", lot, "confidential")
            return clean, seat
        return clean, _answered(seat, "A", lot, "shown_no_evidence")

    def _evidence(self, name: str, lot: np.random.Generator) -> Seat:
        known = self.parameters.evidence_by_id()
        seat = _spoken(self.seat, "you", Message(known[name].text.en))
        seat = self._later(seat, "show")
        before = seat.beliefs
        beliefs = before.hear(name, seat.trust)
        if beliefs is before:
            return _answered(seat, "A", lot, "shown_again")
        moved = abs(float(beliefs.mean[0] - before.mean[0]))
        family = any(known[each].family == known[name].family for each in before.heard)
        seat = replace(seat, beliefs=beliefs, shown=(*seat.shown, name))
        if seat.trust < DISTRUST:
            answer = "shown_distrust"
        elif moved >= STRONG:
            answer = "shown_strong"
        elif family:
            answer = "shown_family"
        else:
            answer = "shown_some" if moved >= SOME else "shown_little"
        return _answered(_remembered(seat, name), "A", lot, answer)

    def _claim(self, move: Move, lot: np.random.Generator) -> tuple[Move, Seat]:
        known = {each.id: each for each in self.parameters.refutable.list}
        name = move.get("claim")
        if not isinstance(name, str) or name not in known:
            raise MoveRefused(message("There is no claim “{name}”; there is {known}.",
                                      name=str(name)[:40], known=list(known)))  # fmt: skip
        seat = _spoken(self.seat, "you", Message(known[name].text.en))
        seat = self._later(seat, "claim")
        trust = min(1.0, max(0.0, seat.trust + self.parameters.refutable.trust))
        seat = replace(seat, trust=trust, claimed=(*seat.claimed, name))
        seat = _spoken(_remembered(seat, name), "A", Message(known[name].answer.en))
        return {"do": "claim", "claim": name}, seat

    def _ask(self, move: Move, lot: np.random.Generator) -> tuple[Move, Seat]:
        about = move.get("about")
        if not isinstance(about, str) or about not in QUESTIONS:
            raise MoveRefused(message("One cannot ask about “{about}”; one can about {known}.",
                                      about=str(about)[:40], known=list(QUESTIONS)))  # fmt: skip
        seat = _spoken(self.seat, "you", Message(QUESTIONS[about]))
        seat = self._later(seat, "ask")
        seat = replace(seat, asked=(*seat.asked, about))
        values: dict[str, object] = {}
        if about == "help":
            basis = seat.offers[-1] if seat.offers else self.packages.index({})
            # asked again, A names what comes next
            pinches = self._pinches(basis, seat)
            values["issue"] = self.names.issue(
                pinches[self.seat.asked.count("help") % len(pinches)]
            )
        return {"do": "ask", "about": about}, _answered(seat, "A", lot, f"answer_{about}", **values)

    def _offer(self, move: Move, lot: np.random.Generator) -> tuple[Move, Seat]:
        index = self._index(move.get("package"))
        approval = move.get("approval", [])
        if not isinstance(approval, (list, tuple)) or not all(one in ISSUES for one in approval):
            raise MoveRefused(
                message("Only issues of the package can be marked as needing approval.")
            )
        marked = frozenset(approval)
        package = self.packages.deal(index)
        clean = {
            "do": "offer",
            "package": package,
            "approval": [issue for issue in ISSUES if issue in marked],
        }
        seat = self.seat
        said = self._changes(self.packages.index({}), index) or [message("all as it is today")]
        text = message("You offer this package ({package}).", package=said)
        if marked:
            text = message("You offer this package ({package}). Still to be approved: {issues}.",
                           package=said, issues=[self.names.issue(one) for one in clean["approval"]])  # fmt: skip
        seat = self._later(_spoken(seat, "you", text), "offer")
        refused = index in seat.offers and self.seat.agreed != index
        seat = replace(seat, offers=(*seat.offers, index), agreed=NO_DEAL, marked=marked)
        return clean, self._answer(seat, index, refused, lot)

    def _answer(self, seat: Seat, index: int, refused: bool, lot: np.random.Generator) -> Seat:
        """Let A answer an offer, perhaps one refused before: by belief and reservation, in words."""
        value = self._value(seat, index)
        spare = value - self._needs
        if spare >= -EQUAL:
            seat = replace(seat, agreed=index)
            if refused:
                seat = _answered(seat, "A", lot, "same_offer_new_mind")
            if set(self._beyond(index, seat)) & seat.marked:
                return _answered(seat, "A", lot, "accept_pending")
            return _answered(seat, "A", lot, "accept_gladly" if spare > GLAD else "accept")
        if refused:
            return _answered(seat, "A", lot, "same_offer")
        softer = self._softer(seat, index)
        if softer is not None:
            deal = self.packages.deal(softer)
            option = self.packages.deal(index)["dealer_terms"]
            enough = self._value(seat, softer) >= self._needs - EQUAL
            seat = replace(seat, softened=True, agreed=softer if enough else NO_DEAL)
            return _answered(
                seat, "A", lot, "soften_agrees" if enough else "soften",
                option=self.names.option("dealer_terms", option),
                softer=self.names.option("dealer_terms", deal["dealer_terms"]),
            )  # fmt: skip
        issue = self._pinches(index, seat)[0]
        words = {
            "issue": self.names.issue(issue),
            "option": self.names.option(issue, self.packages.deal(index)[issue]),
        }
        if spare < -FAR:
            return _answered(seat, "A", lot, "far", **words)
        counter = self._counter(seat, index) if lot.random() < COUNTERS else None
        if counter is None:
            return _answered(seat, "A", lot, "reject", **words)
        seat = replace(seat, agreed=counter, counters=seat.counters + 1, marked=frozenset())
        return _answered(seat, "A", lot, "counter", changes=self._asked(index, counter))

    def _head_office(self, move: Move, lot: np.random.Generator) -> tuple[Move, Seat]:
        wishes = move.get("wishes")
        if not isinstance(wishes, Mapping) or not wishes:
            raise MoveRefused(message("Say what head office is to agree to."))
        package = self.packages.deal(self._index(wishes))
        offices = self.parameters.table.head_office
        asked = {issue: package[issue] for issue in ISSUES if issue in wishes}
        beyond = self.packages.beyond_authority(self._index(wishes))
        for issue, option in asked.items():
            named = {"issue": self.names.issue(issue), "option": self.names.option(issue, option)}
            if issue not in beyond:
                raise MoveRefused(
                    message(
                        "{issue}, {option}: you may promise that yourself; no need to ask.", **named
                    )
                )
            if (issue, option) in self.seat.granted | self.seat.refused:
                raise MoveRefused(
                    message("{issue}, {option}: head office has answered that already.", **named)
                )
        seat = _spoken(
            self.seat, "you",
            message("You ask head office ({wishes}).", wishes=self._named(asked)),
        )  # fmt: skip
        seat = replace(seat, day=seat.day + max(offices[issue].days for issue in asked))
        yes = {issue: one for issue, one in asked.items() if lot.random() < offices[issue].chance}
        no = {issue: one for issue, one in asked.items() if issue not in yes}
        seat = replace(
            seat,
            granted=seat.granted | frozenset(yes.items()),
            refused=seat.refused | frozenset(no.items()),
        )
        situation = "office_partly" if yes and no else "office_grants" if yes else "office_refuses"
        words = {"wishes": self._named(yes or no)}
        if yes and no:
            words["refused"] = self._named(no)
        clean = {"do": "head_office", "wishes": asked}
        return clean, _answered(seat, "head_office", lot, situation, **words)

    def _sign(self, move: Move, lot: np.random.Generator) -> tuple[Move, Seat]:
        seat = self.seat
        if seat.agreed == NO_DEAL:
            raise MoveRefused(
                message("There is nothing to sign yet: A has not agreed to a package.")
            )
        beyond = self._beyond(seat.agreed, seat)
        deal = self.packages.deal(seat.agreed)
        named = self._named({issue: deal[issue] for issue in beyond})
        if set(beyond) & seat.marked:
            raise MoveRefused(
                message("This still needs approval ({wishes}). Ask head office, or offer another package.",
                        wishes=named)
            )  # fmt: skip
        seat = _spoken(seat, "you", message("You sign."))
        if beyond:
            rule = self.parameters.table.voided
            seat = replace(
                seat, day=seat.day + rule.days, trust=seat.trust * rule.trust, agreed=NO_DEAL,
                voided=seat.voided + 1,
            )  # fmt: skip
            seat = _answered(seat, "head_office", lot, "office_voids", wishes=named)
            return {"do": "sign"}, _answered(_remembered(seat, "voided"), "A", lot, "after_void")
        seat = self._later(seat, "sign")
        seat = replace(seat, signed=seat.agreed, status="signed")
        return {"do": "sign"}, _answered(seat, "A", lot, "signed")

    def _leave(self, move: Move, lot: np.random.Generator) -> tuple[Move, Seat]:
        seat = _spoken(self.seat, "you", message("You walk away."))
        return {"do": "leave"}, _answered(replace(seat, status="left"), "A", lot, "left")

    # What A thinks --------------------------------------------------------------------------

    @property
    def _needs(self) -> float:
        margin = self.parameters.hidden_type.accepts_above_reservation_krmb
        return float(self.mind.reservation[0]) + margin

    def _value(self, seat: Seat, index: int) -> float:
        which = np.array([index])
        return float(self.packages.distributor(float(seat.beliefs.mean[0]), which)[0])

    def _softer(self, seat: Seat, index: int) -> int | None:
        """Return the package with the next shorter credit, where the longest was offered.

        A's “no” to it is about cash, and it says so once; not where the sums speak clearly for
        the longest.
        """
        options = self.parameters.issues.options("dealer_terms")
        deal = self.packages.deal(index)
        if seat.softened or len(options) < 3 or deal["dealer_terms"] != options[-1]:
            return None
        other = self.packages.index({**deal, "dealer_terms": options[-2]})
        return other if self._value(seat, other) > self._value(seat, index) - CASH else None

    def _near(self, index: int, changes: int) -> Integers:
        """Return the packages that differ from one on at most so many issues."""
        places = np.array(np.unravel_index(index, self.packages.shape))
        found = []
        for issues in combinations(range(len(ISSUES)), changes):
            grid = np.indices([self.packages.shape[at] for at in issues]).reshape(changes, -1)
            one = np.tile(places[:, None], grid.shape[1])
            one[list(issues)] = grid
            found.append(np.ravel_multi_index(tuple(one), self.packages.shape))
        return np.unique(np.concatenate(found))

    def _pinches(self, index: int, seat: Seat) -> list[str]:
        """Return the issues by how much another option would help A, the most first."""
        here = self.packages.deal(index)
        near = self._near(index, 1)
        value = self.packages.distributor(float(seat.beliefs.mean[0]), near)
        best = dict.fromkeys(ISSUES, -np.inf)
        for one, worth in zip(near, value, strict=True):
            there = self.packages.deal(int(one))
            for issue in ISSUES:
                if there[issue] != here[issue]:
                    best[issue] = max(best[issue], float(worth))
        return sorted(ISSUES, key=lambda issue: -best[issue])

    def _counter(self, seat: Seat, index: int) -> int | None:
        """Return what A asks for instead: much at first, later little more than it needs."""
        for changes in (1, 2):
            near = self._near(index, changes)
            # A knows how many doors its people can open in a month
            near = near[self.packages.capacity[near] <= self.packages.within_reach[near] + EQUAL]
            value = self.packages.distributor(float(seat.beliefs.mean[0]), near)
            enough = np.flatnonzero(value >= self._needs)
            if len(enough):
                order = enough[np.argsort(value[enough], kind="stable")]
                greed = max(0.0, 0.9 - 0.3 * seat.counters)
                return int(near[order[int(greed * (len(order) - 1))]])
        return None

    # What stands in the package ---------------------------------------------------------------

    def _index(self, package: object) -> int:
        if not isinstance(package, Mapping):
            raise MoveRefused(message("A package needs an option for each issue that changes."))
        for issue, option in package.items():
            if issue not in ISSUES:
                raise MoveRefused(message("There is no issue “{issue}”.", issue=str(issue)[:40]))
            options = self.parameters.issues.options(issue)
            if isinstance(option, bool) or option not in options:
                raise MoveRefused(
                    message("{issue}: “{option}” cannot be agreed; there is {options}.",
                            issue=self.names.issue(issue), option=str(option)[:40],
                            options=[self.names.option(issue, one) for one in options])
                )  # fmt: skip
        return self.packages.index(package)

    def _beyond(self, index: int, seat: Seat | None = None) -> tuple[str, ...]:
        granted = (seat or self.seat).granted
        deal = self.packages.deal(index)
        return tuple(
            issue
            for issue in self.packages.beyond_authority(index)
            if (issue, deal[issue]) not in granted
        )

    def _named(self, options: Mapping[str, Option]) -> list[Message]:
        return [
            message("{issue}: {option}",
                    issue=self.names.issue(issue), option=self.names.option(issue, option))
            for issue, option in options.items()
        ]  # fmt: skip

    def _asked(self, before: int, after: int) -> list[Message]:
        here, there = self.packages.deal(before), self.packages.deal(after)
        return [
            message("{issue} → {option}",
                    issue=self.names.issue(name), option=self.names.option(name, there[name]))
            for name in ISSUES
            if here[name] != there[name]
        ]  # fmt: skip

    def _changes(self, before: int, after: int) -> list[Message]:
        here, there = self.packages.deal(before), self.packages.deal(after)
        return self._named({name: there[name] for name in ISSUES if here[name] != there[name]})

    def _later(self, seat: Seat, what: str) -> Seat:
        return replace(seat, day=seat.day + getattr(self.parameters.table.days, what))


def _spoken(seat: Seat, who: Who, text: Message) -> Seat:
    return replace(seat, lines=(*seat.lines, Line(seat.day, who, text)))


def _answered(
    seat: Seat, who: Who, lot: np.random.Generator, situation: str, **values: object
) -> Seat:
    """Let A or head office say something that it has not said before, as long as there is some."""
    used = {line.text.text for line in seat.lines}
    return _spoken(seat, who, say(situation, lot, used, **values))


def _remembered(seat: Seat, cause: str) -> Seat:
    point = BeliefPoint(seat.day, float(seat.beliefs.mean[0]), seat.trust, cause)
    return replace(seat, path=(*seat.path, point))


# Replays --------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Replay:
    """A play from its log."""

    table: Table | None
    """As far as the log could be played; None where not even a seed can be read."""
    problem: Message | None
    """What is wrong with the log; None where all of it was played."""


def replay(
    parameters: Parameters,
    log: object,
    names: Sheets = NO_NAMES,
    facts: Facts | None = None,
) -> Replay:
    """Play a log again: as it was, to the word.

    `log` is what `Table.log` returned, or its JSON as text or bytes. Whatever is wrong with it is
    said in a sentence; nothing is raised.

    >>> from kamlib.distributor import load
    >>> table = Table(load(), seed=3).show("E7").ask("cash")
    >>> again = replay(load(), json.dumps(table.log()))
    >>> again.table.lines == table.lines, again.problem
    (True, None)
    """
    if isinstance(log, (str, bytes, bytearray)):
        try:
            log = json.loads(log)
        except (ValueError, RecursionError):
            return Replay(None, message("The log of this play cannot be read: it is damaged."))
    if not isinstance(log, Mapping):
        return Replay(None, message("The log of this play cannot be read: it is damaged."))
    if log.get("version") != VERSION or isinstance(log["version"], bool):
        return Replay(
            None,
            message("The log is of version {found}; version {known} can be played.",
                    found=str(log.get("version"))[:20], known=VERSION),
        )  # fmt: skip
    seed, moves = log.get("seed"), log.get("moves")
    if not isinstance(seed, int) or isinstance(seed, bool) or not 0 <= seed < 2**63:
        return Replay(
            None, message("The log has no seed, so nobody can tell who sat at the table.")
        )
    table = Table(parameters, seed, names, facts)
    if not isinstance(moves, (list, tuple)):
        return Replay(table, message("The log has no list of moves."))
    for number, move in enumerate(moves, start=1):
        try:
            table = table.play(move)
        except MoveRefused as refused:
            return Replay(
                table,
                message(
                    "Move {n} of the log cannot be played: {why}", n=number, why=refused.message
                ),
            )
    return Replay(table, None)
