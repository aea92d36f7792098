"""How the levels that a person gave on a rubric stand in the comment: as its line in brackets.

nbgrader keeps a score and a comment for an answer, and nothing else. A line such as
`[holds 2/3 · limits 3/3]` in the comment therefore carries the levels: the gradebook stays the
only place of a mark, and whoever reads the comment elsewhere still understands the line.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from kamlib.words import N_

TOP = 3
"""The highest level; the lowest is 0."""

LEVELS = (N_("not there yet"), N_("begun"), N_("good"), N_("excellent"))
"""What the levels are called."""

LINE = r"^\s*[\[［【]([^\]］】]*)[\]］】]([\s\S]*)$"
"""A line that begins with brackets: what stands in them and after them."""
PARTS = r"[·•・|,，、;；]"
"""What may stand between two criteria, and at the ends."""
ENTRY = rf"^\s*([a-z0-9][a-z0-9_.-]*?)[\s:=]+([0-{TOP}])\s*(?:/\s*{TOP})?\s*$"
"""A criterion and its level, in plain letters and digits."""
# All three are read by the desk's script too, so they hold only what both languages understand.


@dataclass(frozen=True, slots=True)
class Judged:
    """A comment, taken apart."""

    levels: Mapping[str, int]
    """The level, 0 to `TOP`, of each criterion that has one."""
    comment: str
    """All the rest of what was written."""


def read_levels(text: str, criteria: Iterable[str]) -> Judged:
    r"""Take the levels out of a comment; `criteria` are the names that count.

    The first line that gives a level counts. It may have been typed by hand: full-width signs,
    capitals, another order and a missing `/3` are understood. What is not understood stays.

    >>> read_levels("[holds 2/3 · limits 3/3]\nName a day.", ["holds", "limits"])
    Judged(levels={'holds': 2, 'limits': 3}, comment='Name a day.')
    """
    known = {name.lower(): name for name in criteria}
    lines = re.split(r"\r\n|\r|\n", text)
    for place, line in enumerate(lines):
        found = re.match(LINE, line)
        if not found:
            continue
        levels: dict[str, int] = {}
        left = []
        for part in re.split(PARTS, found[1]):
            entry = re.match(ENTRY, unicodedata.normalize("NFKC", part).lower())
            if entry and entry[1] in known:
                levels[known[entry[1]]] = int(entry[2])
            elif part.strip():
                left.append(part.strip())
        if levels:
            kept = " ".join(
                filter(None, [f"[{' · '.join(left)}]" if left else "", found[2].strip()])
            )
            rest = [*lines[:place], *([kept] if kept else []), *lines[place + 1 :]]
            return Judged(levels, "\n".join(rest).strip())
    return Judged({}, text.strip())


def write_levels(levels: Mapping[str, int], comment: str) -> str:
    r"""Put the levels into a comment, as `read_levels` finds them.

    >>> write_levels({"holds": 2, "limits": 3}, "Name a day.")
    '[holds 2/3 · limits 3/3]\nName a day.'
    """
    if not levels:
        return comment
    line = " · ".join(f"{name} {level}/{TOP}" for name, level in levels.items())
    return f"[{line}]\n{comment}".strip()


def replaced(old: str, new: str, criteria: Iterable[str]) -> str:
    r"""Return a new comment that keeps the levels of the old one, unless it gives levels itself.

    >>> replaced("[holds 2/3]\nName a day.", "Name two.", ["holds"])
    '[holds 2/3]\nName two.'
    """
    names = tuple(criteria)
    if read_levels(new, names).levels:
        return new
    return write_levels(read_levels(old, names).levels, new)


def score(levels: Iterable[int], criteria: int, points: float) -> float:
    """Return the points that levels of so many criteria are worth, to a tenth.

    Half points would be too coarse: where a level is worth a third of a point, one step up
    would bring nothing here and half a point there. By tenths every step counts, and alike.

    >>> [score([total], 3, 3.0) for total in range(10)]
    [0.0, 0.3, 0.7, 1.0, 1.3, 1.7, 2.0, 2.3, 2.7, 3.0]
    """
    share = Decimal(sum(levels)) * Decimal(str(points)) / (TOP * criteria)
    return min(points, float(share.quantize(Decimal("0.1"), ROUND_HALF_UP)))
