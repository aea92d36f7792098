"""How one answer compares with its key, before it is a mark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kamlib.items.mark import Outcome
from kamlib.words import Message


@dataclass(frozen=True, slots=True)
class Verdict:
    """How an answer compares with its key."""

    share: float | None
    """Of the item's points, in [0, 1]; None where a person decides alone."""
    wrong: Sequence[Message] = ()
    """What is wrong and why, most useful first."""
    notes: Sequence[Message] = ()
    """What else to say, before the wrong lines."""
    closing: Sequence[Message] = ()
    """What else to say, after the wrong lines."""
    traps: Sequence[str] = ()
    human: bool = False
    outcome: Outcome | None = None
    """Where it does not follow from the share."""
