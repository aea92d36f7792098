"""Which facts of a message survive when it is put in other words."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pydantic import Field, model_validator

from kamlib import unique_yaml
from kamlib.case_facts import Bilingual, Provenance, Record
from kamlib.measured import Data, Fields, Measured
from kamlib.words import LANGUAGES, Message, message
from kamlib.written import UNITS, Figure, WrittenDate, written_dates, written_figures

SURE = 100
"""From here on a number is known without its unit; below, the unit has to stand with it."""


class StatedFact(Record):
    """A fact that has to arrive, in whatever words: each of its parts must be in the text."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name: Bilingual
    """How it is called when it is missing."""
    number: float | None = None
    unit: str = ""
    """A key of `kamlib.written.UNITS`; empty for a number that needs none."""
    date: str = Field(default="", pattern=r"^(\d\d-\d\d)?$")
    """Month and day, as in 02-20."""
    words: tuple[str, ...] = ()
    """Wordings, in either language, of which one has to be there; … stands for a few other words."""

    @property
    def parts(self) -> tuple[str, ...]:
        """What has to be there: of `number`, `date` and `words`."""
        there = {"number": self.number is not None, "date": self.date, "words": self.words}
        return tuple(name for name, given in there.items() if given)

    @model_validator(mode="after")
    def _can_be_looked_for(self) -> StatedFact:
        if not self.parts:
            raise ValueError(f"{self.id} has neither number, date nor words")
        if self.unit and self.unit not in UNITS:
            raise ValueError(f"no such unit: {self.unit}; there are {', '.join(UNITS)}")
        return self


class Rewritten(Record):
    """What a message has to keep in each of its versions."""

    provenance: Provenance
    original: Bilingual | None = None
    """The message itself; its other numbers are not taken for additions."""
    versions: dict[str, Bilingual] = Field(min_length=1)
    """The versions there are to be, with how each is called."""
    facts: tuple[StatedFact, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _is_in_the_original(self) -> Rewritten:
        for lang in LANGUAGES if self.original else ():
            text = self.original.in_(lang) if self.original else ""
            if lost := rewriting(self.facts, text).lost:
                raise ValueError(
                    f"not in the original ({lang}): {', '.join(o.fact.id for o in lost)}"
                )
        return self


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of one fact in a version."""

    fact: StatedFact
    missing: tuple[str, ...] = ()
    """Which of its parts are not there."""
    instead: str = ""
    """The number or day that stands in its place, as it is written; empty where nothing does."""

    @property
    def survives(self) -> bool:
        """Whether all of it is there."""
        return not self.missing


@dataclass(frozen=True, slots=True)
class Rewriting:
    """A version beside the facts that it has to keep. What it means, only a person can tell."""

    facts: tuple[Kept, ...]
    added: tuple[str, ...] = ()
    """Other numbers and days, as written, that neither the facts nor the original have."""

    @property
    def lost(self) -> tuple[Kept, ...]:
        """The facts that did not survive whole."""
        return tuple(one for one in self.facts if not one.survives)


def facts_of(text: str) -> tuple[StatedFact, ...]:
    """Return the numbers and days of a message as facts that have to arrive.

    >>> [(fact.number, fact.unit, fact.date) for fact in facts_of("From 1 March it costs 1,060 yuan.")]
    [(1060.0, 'yuan', ''), (None, '', '03-01')]
    """
    text = _plain(text)
    found: dict[tuple[float | None, str, str], StatedFact] = {}
    for figure in written_figures(text):
        if not figure.counts:
            continue
        what = Bilingual(en=figure.written, zh=figure.written)
        fact = StatedFact(id=f"n{len(found) + 1}", name=what, number=figure.number.value, unit=figure.unit)  # fmt: skip
        found.setdefault((figure.number.value, figure.unit, ""), fact)
    for day in written_dates(text):
        date = f"{day.month:02}-{day.day:02}"
        what = Bilingual(en=day.written, zh=day.written)
        found.setdefault(
            (None, "", date), StatedFact(id=f"d{len(found) + 1}", name=what, date=date)
        )
    return tuple(found.values())


def facts_kept(original: str | Sequence[StatedFact], version: str) -> tuple[Kept, ...]:
    """Return what became in a version of each fact: those stated, or the figures of an original.

    >>> kept = facts_kept("6 per cent more, from 1 March", "三月一日起，涨百分之六")
    >>> [one.survives for one in kept]
    [True, True]
    >>> [(one.missing, one.instead) for one in facts_kept("6 % more", "About 8 per cent more")]
    [(('number',), '8 per cent')]
    """
    facts = facts_of(original) if isinstance(original, str) else original
    return rewriting(facts, version, original if isinstance(original, str) else "").facts


def rewriting(facts: Sequence[StatedFact], version: str, original: str = "") -> Rewriting:
    """Return a version beside the facts; numbers of the `original` are not taken for additions.

    >>> price = StatedFact(id="price", name=Bilingual(en="1,060", zh="1,060"), number=1060, unit="yuan")
    >>> found = rewriting([price], "It is 60 yuan more: 1060 RMB.")
    >>> found.lost, found.added
    ((), ('60 yuan',))
    """
    text, first = _plain(version), _plain(original)
    figures, days = written_figures(text), written_dates(text)
    known_figures, known_days = written_figures(first), written_dates(first)
    new = [
        one
        for one in figures
        if one.counts
        and not any(_is(one, fact) for fact in facts)
        and not any(
            one.number.is_(known.number.value) or one.is_(known.number.value, known.unit)
            for known in known_figures
        )
    ]
    other = [
        day
        for day in days
        if not any(day.is_(fact.date) for fact in facts)
        and not any(day.is_(f"{known.month:02}-{known.day:02}") for known in known_days)
    ]
    kept = tuple(_kept(fact, text, figures, days, new, other) for fact in facts)
    told = {one.instead for one in kept}
    added = dict.fromkeys([*(one.written for one in new), *(day.written for day in other)])
    return Rewriting(kept, tuple(one for one in added if one not in told))


def _kept(
    fact: StatedFact,
    text: str,
    figures: Sequence[Figure],
    days: Sequence[WrittenDate],
    new: Sequence[Figure],
    other: Sequence[WrittenDate],
) -> Kept:
    missing, instead = [], ""
    if fact.number is not None and not any(_is(one, fact) for one in figures):
        missing.append("number")
        size = fact.number
        near = [
            (_apart(number, size), one.written)
            for one in new
            if (number := _like(one, fact)) is not None
        ]
        instead = min(near, key=lambda one: one[0])[1] if near else ""
    if fact.date and not any(day.is_(fact.date) for day in days):
        missing.append("date")
        instead = instead or (other[0].written if other else "")
    if fact.words and not any(_says(text, wording) for wording in fact.words):
        missing.append("words")
    return Kept(fact, tuple(missing), instead)


def _is(figure: Figure, fact: StatedFact) -> bool:
    """Tell whether a figure is a fact's number: in its unit, or large enough to be known alone."""
    if fact.number is None:
        return False
    if not fact.unit or (not figure.unit and fact.number >= SURE):
        return figure.number.is_(fact.number)
    return figure.is_(fact.number, fact.unit)


def _like(figure: Figure, fact: StatedFact) -> float | None:
    """Return a figure in a fact's unit where it may stand in its place."""
    if not figure.unit and (fact.number or 0) >= SURE:
        return figure.number.value
    return figure.in_(fact.unit)


def _apart(one: float, other: float) -> float:
    return abs(math.log(max(one, 1e-9) / max(other, 1e-9)))


def _plain(text: str) -> str:
    """Return a text as it is searched: one width, one kind of space, none beside 汉字."""
    text = unicodedata.normalize("NFKC", text)
    text = re.sub(r"\s+", " ", text)
    return re.sub(r"(?<=[\u2e80-\u9fff]) | (?=[\u2e80-\u9fff])", "", text)


def _says(text: str, wording: str) -> bool:
    """Tell whether a wording is in a text, whole words of Latin letters only."""
    parts = [re.escape(_plain(part).strip()) for part in wording.split("…")]
    pattern = r".{0,40}?".join(parts)
    edge = r"(?<![A-Za-z])" if pattern[:1].isascii() and pattern[:1].isalpha() else ""
    close = r"(?![A-Za-z])" if pattern[-1:].isascii() and pattern[-1:].isalpha() else ""
    return re.search(edge + pattern + close, text, re.I) is not None


# The measure -----------------------------------------------------------------------------------

FALLS: Mapping[str, Message] = {
    "missing": message("A fact of the message is missing in a version"),
    "changed": message("A number of the message is changed in a version"),
    "blank": message("A version is not written yet"),
}
"""The ways of going wrong that the measure knows, by name."""

BLIND = message(
    "The machine looks for numbers and days here. What is said about them, it does not see."
)
"""What a marker has to know beside what was found in prose."""


@lru_cache(maxsize=8)
def _rewritten(text: str) -> Rewritten:
    return Rewritten.model_validate(unique_yaml.load(text))


def kept(fields: Fields, data: Data) -> Measured:
    """Return in how many versions every fact survives.

    `data` has the `facts`, a file as `Rewritten` says. Fields that are no version of it are left
    aside. Where there is only a field `text`, its paragraphs are the versions, in their order, if
    there are as many, and else it is read as one; there is no mark then, and what is missing stands
    in the notes. Raises `KeyError` without the facts, `ValueError` where they are not as they have
    to be.
    """
    wanted = _rewritten(data["facts"])
    if not wanted.versions.keys() & fields.keys() and "text" in fields:
        return _of_prose(wanted, str(fields["text"]))
    versions = {name: str(fields.get(name, "")) for name in wanted.versions}
    return _of_versions(wanted, versions)


def _of_versions(wanted: Rewritten, versions: Mapping[str, str]) -> Measured:
    whole, wrong, falls = 0, [], []
    notes: list[Message] = []
    for name, called in wanted.versions.items():
        if not versions[name].strip():
            wrong.append(message("{version}: nothing is written yet.", version=called))
            falls.append("blank")
            continue
        found = _read(wanted, versions[name])
        whole += not found.lost
        if found.lost:
            wrong.append(_lost_of(called, found))
        falls += ("changed" if one.instead else "missing" for one in found.lost)
        if found.added:
            notes.append(
                message(
                    "{version}: not in the original, look where it comes from: {numbers}.",
                    version=called, numbers=found.added,
                )
            )  # fmt: skip
    every = message(
        "All {n} facts are in {whole} of {all} versions.",
        n=len(wanted.facts), whole=whole, all=len(wanted.versions),
    )  # fmt: skip
    return Measured(
        whole / len(wanted.versions), (every, *notes), tuple(wrong), tuple(dict.fromkeys(falls))
    )


def _of_prose(wanted: Rewritten, text: str) -> Measured:
    parts = _paragraphs(text, len(wanted.versions))
    if parts:
        found = _of_versions(wanted, dict(zip(wanted.versions, parts, strict=True)))
        return Measured(1.0, (*found.notes, *found.wrong, BLIND))
    read = _read(wanted, text)
    notes = [_lost_together(read)] if read.lost else []
    if read.added:
        notes.append(
            message("Not in the original, look where it comes from: {numbers}.", numbers=read.added)
        )
    if len(wanted.versions) > 1:
        notes.append(
            message(
                "The text does not fall into {n} paragraphs, so it was read as one; look whether the facts "
                "are in each version.",
                n=len(wanted.versions),
            )
        )  # fmt: skip
    return Measured(1.0, (*notes, BLIND))


def _paragraphs(text: str, count: int) -> list[str]:
    """Return the paragraphs of a text where there are so many, and more than one; else none."""
    for gap in (r"\n\s*\n", r"\n"):
        parts: list[str] = []
        heading = ""
        for part in re.split(gap, text.strip()):
            if re.search(r"[:：]\s*$", part) and "\n" not in part.strip():
                heading = part  # it belongs to what follows
            elif part.strip():
                parts.append(f"{heading}\n{part}".strip())
                heading = ""
        if 1 < len(parts) == count:
            return parts
    return []


def _read(wanted: Rewritten, text: str | float) -> Rewriting:
    first = wanted.original
    original = " ".join(first.in_(lang) for lang in LANGUAGES) if first else ""
    return rewriting(wanted.facts, str(text), original)


def _lost_of(called: Bilingual, found: Rewriting) -> Message:
    """Return in one line what a version lacks."""
    if _nothing(found):
        return message(
            "{version}: none of the {n} facts is in it.", version=called, n=len(found.facts)
        )
    return message("{version}: {what}", version=called, what=_lost_together(found))


def _lost_together(found: Rewriting) -> Message:
    """Return in one line what is wrong with the facts of a version that did not survive whole."""
    if _nothing(found):
        return message("None of the {n} facts is in it.", n=len(found.facts))
    gone = [one for one in found.lost if one.missing == one.fact.parts and not one.instead]
    said = [lost_message(one) for one in found.lost if one not in gone]
    if len(gone) == 1:
        said.insert(0, lost_message(gone[0]))
    elif gone:
        *facts, last = (message("“{fact}”", fact=one.fact.name) for one in gone)
        said.insert(0, message("{facts} and {last} are not in it.", facts=facts, last=last))
    # a list takes the full stops off its parts
    return said[0] if len(said) == 1 else message("{what}.", what=tuple(said))


def _nothing(found: Rewriting) -> bool:
    """Tell whether none of several facts is there, not even in part or changed."""
    return len(found.facts) > 1 and all(
        one.missing == one.fact.parts and not one.instead for one in found.facts
    )


def lost_message(one: Kept) -> Message:
    """Return in words what is wrong with a fact that did not survive."""
    if one.instead:
        return message(
            "“{fact}” is changed; it says “{number}”.", fact=one.fact.name, number=one.instead
        )
    if one.missing == one.fact.parts:
        return message("“{fact}” is not in it.", fact=one.fact.name)
    if one.missing == ("words",):
        return message("“{fact}” is not said clearly; its number stands there alone.", fact=one.fact.name)  # fmt: skip
    return message("“{fact}” is only there in part.", fact=one.fact.name)
