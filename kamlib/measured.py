"""What a plan is worth by its subject's own measure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kamlib.words import Message

Fields = Mapping[str, str | float]
"""What someone filled in, by field: the name of an option, a text or a number; blanks are left out."""

Data = Mapping[str, str]
"""The files that a measure reckons with, whole, by name."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What a plan is worth, with the reasons."""

    share: float
    """Of what could be reached, in [0, 1]."""
    notes: tuple[Message, ...] = ()
    """What came out, in numbers."""
    wrong: tuple[Message, ...] = ()
    """What to change and why, the most useful first."""
    falls: tuple[str, ...] = ()
    """The known ways of going wrong that were met, by name."""
