"""What an answer is worth and why: the outcome of marking one item."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kamlib.words import N_, Message


class Outcome(StrEnum):
    """How an answer stands; each has a sign and a word, so that colour is never alone."""

    CORRECT = "correct"
    PARTLY = "partly"
    INCORRECT = "incorrect"
    NOT_ATTEMPTED = "not_attempted"
    CANNOT_BE_CHECKED = "cannot_be_checked"
    REVIEWED = "reviewed"
    """Looked at, where nothing is right or wrong."""

    @property
    def sign(self) -> str:
        """The sign printed before the word."""
        return _SIGNS[self]

    @property
    def word(self) -> str:
        """The English word, to be translated where it is shown."""
        return _WORDS[self]


_SIGNS = {
    Outcome.CORRECT: "✓",
    Outcome.PARTLY: "◐",
    Outcome.INCORRECT: "✗",
    Outcome.NOT_ATTEMPTED: "○",
    Outcome.CANNOT_BE_CHECKED: "?",
    Outcome.REVIEWED: "✎",
}
_WORDS = {
    Outcome.CORRECT: N_("correct"),
    Outcome.PARTLY: N_("partly right"),
    Outcome.INCORRECT: N_("not yet"),
    Outcome.NOT_ATTEMPTED: N_("not attempted"),
    Outcome.CANNOT_BE_CHECKED: N_("cannot be checked by machine"),
    Outcome.REVIEWED: N_("looked at"),
}


@dataclass(frozen=True, slots=True)
class MetGate:
    """A gate that an answer met: until a person has looked, it holds the machine's marks down."""

    says: Message
    """What is not to be said or promised, in its author's words."""
    cap: float
    """Points that the machine's marks of the whole exercise may come to until then."""
    most: float
    """Points that they could come to without a gate."""


@dataclass(frozen=True, slots=True)
class Mark:
    """The mark of one item, with its reasons."""

    item: str
    """The item's id."""
    score: float | None
    """Points that count, in [0, max]; None only where a person decides alone."""
    max: float
    """The item's points."""
    outcome: Outcome
    feedback: tuple[Message, ...] = ()
    """Why, most useful first; never empty."""
    needs_human: bool = False
    """A person has to look: at prose, at a border case, at a gate, or at an unreadable answer."""
    traps: tuple[str, ...] = ()
    """The known wrong turns this answer took, by the name of the trap or of the option."""
    own: float | None = None
    """Points in [0, max] that the answer earned by itself, where a gate holds the score below
    them; None where the score is not held."""
    gate: MetGate | None = None
    """The gate that this answer met; None where it met none."""

    @property
    def earned(self) -> float | None:
        """The points of the answer itself, whatever holds the exercise down."""
        return self.score if self.own is None else self.own

    @property
    def reasons(self) -> tuple[Message, ...]:
        """Why, most useful first: what the gate says where one was met, then the feedback."""
        if self.gate is None:
            return self.feedback
        return (self.gate.says, *(said for said in self.feedback if said != self.gate.says))
