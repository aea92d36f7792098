"""What statements, scores and actions in an analysis of a customer still lack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from kamlib.findings import Finding, late
from kamlib.words import Message, message

Section = Literal["direction", "strategy", "execution", "actions"]

SECTIONS: tuple[Section, ...] = get_args(Section)

CALLED: Mapping[Section, Message] = {
    "direction": message("direction"),
    "strategy": message("strategy"),
    "execution": message("execution"),
    "actions": message("actions"),
}
"""The sections in words."""

AT_LEAST: Mapping[Section, int] = {"direction": 2, "strategy": 2, "execution": 3, "actions": 3}
"""How many entries make a section; *invented*."""

SCORES = range(1, 5)
"""The four levels of a score, from 1 (no sign of it) to 4 (seen again and again)."""


@dataclass(frozen=True, slots=True)
class Source:
    """What a judgement rests on."""

    text: str = ""
    """Such as a visit, a report or an interview; by role, never by name."""
    on: date | None = None
    """When it was said, seen or published."""

    @property
    def blank(self) -> bool:
        """Whether nothing is filled in."""
        return not self.text.strip() and self.on is None


@dataclass(frozen=True, slots=True)
class Statement:
    """Something said of a customer's direction or strategy."""

    text: str = ""
    on: date | None = None
    """The day from which it is meant; what it rests on is not later."""
    sources: tuple[Source, ...] = ()

    @property
    def blank(self) -> bool:
        """Whether nothing is filled in."""
        return not self.text.strip() and self.on is None and all(s.blank for s in self.sources)


@dataclass(frozen=True, slots=True)
class Score:
    """How well a customer does one thing, with what shows it."""

    criterion: str = ""
    level: int | None = None
    """One of `SCORES`."""
    on: date | None = None
    evidence: tuple[Source, ...] = ()

    @property
    def blank(self) -> bool:
        """Whether nothing is filled in."""
        written = self.criterion.strip() or self.level is not None or self.on is not None
        return not written and all(each.blank for each in self.evidence)


@dataclass(frozen=True, slots=True)
class Action:
    """Something that is going to be done."""

    text: str = ""
    owner: str = ""
    """Who does it, by role."""
    due: date | None = None
    resource: str = ""
    """Hours, people or money."""
    result: str = ""
    """What is expected of it, best as a number."""

    @property
    def blank(self) -> bool:
        """Whether nothing is filled in."""
        written = (self.text, self.owner, self.resource, self.result)
        return self.due is None and not any(each.strip() for each in written)


@dataclass(frozen=True, slots=True)
class Claims:
    """All that an analysis claims, section by section; blank rows do not count."""

    on: date | None = None
    """The day of the analysis."""
    direction: tuple[Statement, ...] = ()
    strategy: tuple[Statement, ...] = ()
    execution: tuple[Score, ...] = ()
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True)
class Complete:
    """How much of a section is there."""

    there: int
    """Fields that are filled in."""
    needed: int
    """Fields that there should be, with those of entries that are still missing."""

    @property
    def share(self) -> float:
        """In [0, 1]."""
        return self.there / self.needed if self.needed else 1.0


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check of claims found."""

    findings: tuple[Finding, ...]
    complete: Mapping[Section, Complete]


Entry = Statement | Score | Action


def check(
    claims: Claims, today: date | None = None, at_least: Mapping[Section, int] = AT_LEAST
) -> Checked:
    """Return what claims lack, and how complete each section is; never raises.

    `at_least` says how many entries a section needs. Complete means filled in: a field that is
    filled in wrongly is there, and has a finding.

    >>> visit = Source("visit, sales director", date(2026, 5, 4))
    >>> statement = Statement("opens ten shops this year", date(2026, 5, 6), (visit,))
    >>> found = check(Claims(date(2026, 6, 1), direction=(statement,)))
    >>> found.complete["direction"].share, [each.field for each in found.findings]
    (0.5, ['direction', 'strategy', 'execution', 'actions'])
    """
    findings: list[Finding] = []
    if claims.on is None:
        findings.append(_lacks("on", message("The analysis has no date."),
                               message("Fill in the day for which it holds.")))  # fmt: skip
    stated = (message("The day of the analysis"), claims.on)
    findings.extend(late("on", stated, (message("today"), today)))
    complete: dict[Section, Complete] = {}
    for section in SECTIONS:
        entries: Sequence[Entry] = getattr(claims, section)
        written = [(row, each) for row, each in enumerate(entries) if not each.blank]
        wanted = at_least.get(section, 0)
        if len(written) < wanted:
            findings.append(Finding(
                section,
                message("The section “{section}” has {n} of at least {wanted} entries.",
                        section=CALLED[section], n=len(written), wanted=wanted),
                message("Add what you know, with its source."),
            ))  # fmt: skip
        for n, (row, entry) in enumerate(written, 1):
            who = message("{section} {n}", section=CALLED[section], n=n)
            findings.extend(_findings(f"{section}.{row}", who, entry, claims.on))
        fields = [done for _, entry in written for done in _filled(entry)]
        empty = len(_filled(_EMPTY[section])) * max(0, wanted - len(written))
        complete[section] = Complete(sum(fields), len(fields) + empty)
    return Checked(tuple(findings), complete)


_EMPTY: Mapping[Section, Entry] = {
    "direction": Statement(), "strategy": Statement(), "execution": Score(), "actions": Action(),
}  # fmt: skip


def _filled(entry: Entry) -> tuple[bool, ...]:
    """Return for each field that an entry needs, whether it is there."""
    if isinstance(entry, Action):
        texts = (entry.text, entry.owner, entry.resource, entry.result)
        return (*(bool(each.strip()) for each in texts), entry.due is not None)
    if isinstance(entry, Statement):
        own, sources = [bool(entry.text.strip())], entry.sources
    else:
        own, sources = [bool(entry.criterion.strip()), entry.level is not None], entry.evidence
    named = any(each.text.strip() for each in sources)
    dated = any(each.on is not None for each in sources)
    return (*own, entry.on is not None, named, dated)


def _findings(field: str, who: Message, entry: Entry, stated: date | None) -> Iterator[Finding]:
    if isinstance(entry, Action):
        yield from _of_action(field, who, entry, stated)
        return
    if isinstance(entry, Statement):
        if not entry.text.strip():
            yield _lacks(f"{field}.text", message("“{who}” says nothing yet.", who=who),
                         message("Write one sentence about the customer."))  # fmt: skip
        sources, where = entry.sources, f"{field}.sources"
    else:
        yield from _of_score(field, who, entry)
        sources, where = entry.evidence, f"{field}.evidence"
    if entry.on is None:
        yield _lacks(f"{field}.on", message("“{who}” has no date.", who=who),
                     message("Fill in the day from which you say so."))  # fmt: skip
    yield from late(f"{field}.on", (message("The date of “{who}”", who=who), entry.on),
                    (message("the day of the analysis"), stated))  # fmt: skip
    yield from _of_sources(where, who, sources, entry.on)


def _of_score(field: str, who: Message, score: Score) -> Iterator[Finding]:
    if not score.criterion.strip():
        yield _lacks(f"{field}.criterion", message("“{who}” does not say what is judged.", who=who),
                     message("Name one thing that the customer does well or badly."))  # fmt: skip
    scale = message("Choose a level from {low} to {high}.", low=SCORES[0], high=SCORES[-1])
    if score.level is None:
        yield _lacks(f"{field}.level", message("“{who}” has no score.", who=who), scale)
    elif score.level not in SCORES:
        wrong = message("“{who}” has a score of {n}.", who=who, n=score.level)
        yield _lacks(f"{field}.level", wrong, scale)


def _of_sources(
    field: str, who: Message, sources: Sequence[Source], on: date | None
) -> Iterator[Finding]:
    written = [(row, each) for row, each in enumerate(sources) if not each.blank]
    if not written:
        yield _lacks(field, message("“{who}” has no source.", who=who),
                     message("Say where you know it from: a visit, a report, a colleague."))  # fmt: skip
    for row, source in written:
        if not source.text.strip():
            yield _lacks(f"{field}.{row}.text", message("A source of “{who}” has only a date.", who=who),
                         message("Say what it is."))  # fmt: skip
        if source.on is None:
            yield _lacks(f"{field}.{row}.on", message("A source of “{who}” has no date.", who=who),
                         message("Fill in when it was said, seen or published."))  # fmt: skip
        yield from late(f"{field}.{row}.on", (message("A source of “{who}”", who=who), source.on),
                        (message("what it is cited for"), on))  # fmt: skip


def _of_action(field: str, who: Message, action: Action, stated: date | None) -> Iterator[Finding]:
    needs = (
        ("text", action.text.strip(), message("“{who}” does not say what is done.", who=who),
         message("Begin with a verb: visit, agree, deliver.")),
        ("owner", action.owner.strip(), message("“{who}” has no owner.", who=who),
         message("Name one role, not a department.")),
        ("due", action.due, message("“{who}” has no day.", who=who),
         message("Say by when it is done.")),
        ("resource", action.resource.strip(), message("“{who}” does not say what it takes.", who=who),
         message("Name the hours, the people or the money.")),
        ("result", action.result.strip(), message("“{who}” has no expected result.", who=who),
         message("Say what is different then, best as a number.")),
    )  # fmt: skip
    for name, value, reason, advice in needs:
        if not value:
            yield _lacks(f"{field}.{name}", reason, advice)
    yield from late(f"{field}.due", (message("The day of the analysis"), stated),
                    (message("the day of “{who}”", who=who), action.due))  # fmt: skip
    if action.result.strip() and not any(sign.isnumeric() for sign in action.result):
        yield Finding(
            f"{field}.result",
            message("The result of “{who}” has no number.", who=who),
            message("Say how anybody can see whether it was reached."), "doubtful",
        )  # fmt: skip


def _lacks(field: str, reason: Message, advice: Message) -> Finding:
    return Finding(field, reason, advice)
