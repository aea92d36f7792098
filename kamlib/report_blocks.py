"""What a report for people is made of, whatever file it becomes."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Literal

from kamlib.plots import Picture, style

COLOURS = 96
"""So many colours has a picture of a report, which is sent by mail."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a cell."""

    text: str
    look: Literal["plain", "strong", "quiet"] = "plain"


Cell = tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    title: str
    width: float
    """Its part of the table's width, in any measure."""
    numbers: bool = False
    """Whether it holds numbers, which stand to the right."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table."""

    cells: tuple[Cell, ...]
    """One for each column; a band has one only, over all of them."""
    look: Literal["plain", "band", "total"] = "plain"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a part."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, which may have several lines."""

    text: str
    look: Literal["plain", "quiet", "lead"] = "plain"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is said under short names, such as a goal or a day."""

    rows: tuple[tuple[str, Cell], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose first row is repeated on every page."""

    title: str
    """What it is called, for who cannot see it."""
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    note: str = ""
    """What stands below it: the unit, where the numbers come from."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture with its caption."""

    picture: Picture


@dataclass(frozen=True, slots=True)
class Points:
    """A list of points, each with what follows it in a quieter voice."""

    points: tuple[tuple[str, str], ...]
    look: Literal["plain", "open"] = "plain"
    """`open` is what is still to settle."""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Tiles:
    """A few numbers that matter, each with what it is."""

    tiles: tuple[tuple[str, str], ...]


Block = Heading | Paragraph | Facts | Table | Chart | Points | Tiles


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a report under a heading of its own."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report in one language."""

    lang: str
    title: str
    kicker: str
    """What it is, above the title."""
    cover: tuple[tuple[str, str], ...]
    """What stands on the cover under short names."""
    note: str
    """How it was made, in the foot of each page."""
    on: date
    """The day for which it holds."""
    summary: Part
    parts: tuple[Part, ...] = ()
    pages: str = "{page} / {pages}"
    """How a page is numbered: `{page}` is its number, `{pages}` how many there are."""

    @property
    def all_parts(self) -> Iterator[Part]:
        """The summary, then all other parts."""
        yield self.summary
        yield from self.parts


@contextmanager
def drawing(lang: str) -> Iterator[None]:
    """Draw and save the pictures of a report inside this block.

    What somebody typed may hold signs that no font of ours has, such as an emoji; a picture then
    shows a box, and nobody is to be warned of it.
    """
    with warnings.catch_warnings(), style(lang):
        warnings.simplefilter("ignore", UserWarning)
        yield


# Signs that no XML may hold, halves of a character, and switches of the direction of writing, which
# would turn around what follows them.
_NO_SIGN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
_END_OF_LINE = re.compile("\r\n|[\r\x85\u2028\u2029]")


def clean(text: str) -> str:
    r"""Return a text without signs that a file cannot hold; every end of line is ``\n``.

    >>> clean("a\x00b\r\nc\td\u202e")
    'ab\nc d'
    """
    text = _NO_SIGN.sub("", _END_OF_LINE.sub("\n", text)).replace("\t", " ")
    return "".join(c for c in text if ord(c) & 0xFFFE != 0xFFFE)
