"""What a graded hand-in is: one trainee's exercise with every mark, the machine's and the human's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from kamlib.course.bundle import KeyFix
from kamlib.items.mark import Mark, Outcome


@dataclass(frozen=True, slots=True)
class Trainee:
    """One line of the roster."""

    code: str
    name: str
    lang: str
    """The language of the trainee's feedback."""


@dataclass(frozen=True, slots=True)
class SecondMark:
    """What a second person, who did not know the first mark, gave to an answer."""

    score: float
    first: float | None
    """The first person's score before the two spoke about it; None where there was none."""


@dataclass(frozen=True, slots=True)
class ItemResult:
    """One item as it stands after machine and human."""

    mark: Mark
    response: Any
    """What the trainee answered, as it stands in the answers file; None where nothing."""
    human_score: float | None = None
    """A person's score, which replaces the machine's."""
    comment: str = ""
    """A person's comment."""
    review: bool = False
    """Whether a person's score was given to an earlier answer and has to be looked at again."""
    second: SecondMark | None = None
    """A second person's mark on this answer, where it was drawn for that."""

    @property
    def score(self) -> float | None:
        """The points that count, or None while a person has still to decide."""
        return self.mark.score if self.human_score is None else self.human_score

    @property
    def earned(self) -> float | None:
        """The points of the answer itself, whatever a gate holds down; None as for `score`."""
        return self.mark.earned if self.human_score is None else self.human_score

    @property
    def held(self) -> bool:
        """Whether a gate lets these points count for less."""
        return self.human_score is None and self.mark.own is not None

    @property
    def waiting(self) -> bool:
        """Whether a person has still to look."""
        return self.review or (self.mark.needs_human and self.human_score is None)

    @property
    def outcome(self) -> Outcome:
        """The machine's outcome, or the one that follows from a human score."""
        if self.human_score is None:
            return self.mark.outcome
        if self.human_score >= self.mark.max:
            return Outcome.CORRECT
        return Outcome.PARTLY if self.human_score > 0 else Outcome.INCORRECT


@dataclass(frozen=True, slots=True)
class Result:
    """One trainee's graded exercise."""

    trainee: Trainee
    unit: str
    items: tuple[ItemResult, ...]
    """In the order of the exercise."""
    received: datetime | None
    """When the counted attempt arrived, in the cohort's zone; None where nothing arrived."""
    late: timedelta = timedelta(0)
    """How long after the due date, extensions and grace included; 0 where in time."""
    penalty: float = 0.0
    """Points taken off for being late, in [0, score]."""
    attempts: int = 0
    """How many hand-ins there were."""
    counted: int = 0
    """Which of them counts, from 1; 0 where none does."""
    self_reported: bool = False
    """Whether the time comes from the hand-in itself."""
    receipt: str = ""
    """Of the counted attempt, as the trainee has it; empty where it has none."""
    notes: tuple[Any, ...] = ()
    """`Message`s about this hand-in, for trainee and instructor alike."""
    corrections: tuple[KeyFix, ...] = ()
    """The corrections of the key that bear on these answers, each with this trainee's marks only."""

    @property
    def max(self) -> float:
        """The points of the exercise."""
        return sum(item.mark.max for item in self.items)

    @property
    def score(self) -> float:
        """The points so far: what is waiting for a person counts as nothing yet."""
        return max(0.0, sum(item.score or 0.0 for item in self.items) - self.penalty)

    @property
    def gated(self) -> tuple[ItemResult, ...]:
        """The items that met a gate at which no person has looked yet."""
        return tuple(item for item in self.items if item.mark.gate is not None)

    @property
    def held(self) -> bool:
        """Whether a gate lets what the machine has marked count for less."""
        return any(item.held for item in self.items)

    @property
    def waiting(self) -> int:
        """How many items wait for a person."""
        return sum(item.waiting for item in self.items)
