"""What a check has to say of one field: why it is not right, what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from kamlib.words import Message, message

Severity = Literal["wrong", "doubtful"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check found in what somebody filled in."""

    field: str
    """Where it is, with dots, rows counted from 0: `groups.2.covered`; empty for the whole."""
    reason: Message
    """What is not right there."""
    advice: Message
    """What to do."""
    severity: Severity = "wrong"
    """Whether it cannot be so, or can and should be looked at again."""

    @property
    def said(self) -> Message:
        """Both sentences as one text."""
        return message("{reason} {advice}", reason=self.reason, advice=self.advice)


def only_wrong(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings that cannot be left as they are, in their order.

    >>> only_wrong([Finding("a", message("One."), message("Two."), "doubtful")])
    ()
    """
    return tuple(each for each in findings if each.severity == "wrong")


def late(field: str, first: tuple[Message, date | None], then: tuple[Message, date | None],
         severity: Severity = "wrong") -> tuple[Finding, ...]:  # fmt: skip
    """Return a finding where two named dates stand in the wrong order; none where one is missing.

    >>> early, after = date(2026, 5, 1), date(2026, 5, 2)
    >>> late("on", (message("The visit"), early), (message("the statement"), after))
    ()
    >>> len(late("on", (message("The visit"), after), (message("the statement"), early)))
    1
    """
    (one, begins), (other, ends) = first, then
    if begins is None or ends is None or begins <= ends:
        return ()
    reason = message("{one} ({begins}) is later than {other} ({ends}).", one=one,
                     begins=begins.isoformat(), other=other, ends=ends.isoformat())  # fmt: skip
    return (Finding(field, reason, message("Correct one of the two dates."), severity),)
