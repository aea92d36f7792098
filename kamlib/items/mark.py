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
class Mark:
    """The mark of one item, with its reasons."""

    item: str
    """The item's id."""
    score: float | None
    """Points in [0, max]; None only where a person decides alone."""
    max: float
    """The item's points."""
    outcome: Outcome
    feedback: tuple[Message, ...] = ()
    """Why, most useful first; never empty."""
    needs_human: bool = False
    """A person has to look: at prose, at a border case, at a gate, or at an unreadable answer."""
    traps: tuple[str, ...] = ()
    """The known wrong turns this answer took, by the name of the trap or of the option."""
