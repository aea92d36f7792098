"""What an answer is worth by its subject's own measure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kamlib.words import Message

Row = Mapping[str, str | float]
"""Some fields by name: the name of an option, a text, a number or a date as an ISO text."""

Fields = Mapping[str, str | float | Row | tuple[Row, ...]]
"""What someone filled in, by field: the name of an option, a text, a number or a date as an ISO text;
blanks are left out.

Beside the fields stands each part under its own name, which is what follows the dot in its question's
id: the fields of a form, the rows of a table, or a text as the field `text`. Where a field has the
name of a part, the field stands there."""


def flat(fields: Fields) -> dict[str, str | float]:
    """Return the fields alone, without the parts that stand beside them.

    >>> flat({"who": "one", "power": {"who": "one"}, "people": ()})
    {'who': 'one'}
    """
    return {name: value for name, value in fields.items() if isinstance(value, (str, float))}


Data = Mapping[str, str]
"""The files that a measure reckons with, whole, by name."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What an answer is worth, with the reasons."""

    share: float
    """Of what could be reached, in [0, 1]."""
    notes: tuple[Message, ...] = ()
    """What came out, in numbers."""
    wrong: tuple[Message, ...] = ()
    """What to change and why, the most useful first."""
    falls: tuple[str, ...] = ()
    """The known ways of going wrong that were met, by name."""
