"""What was played in an activity: a record a play, kept beside the answers to practice questions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from kamlib.forms.place import PRACTICE, Place
from kamlib.items.answers import AnswersFile, ChangedElsewhere
from kamlib.words import Message


@dataclass(frozen=True, slots=True)
class Play:
    """One play as it stands in its file."""

    number: int
    """From 1, in the order in which they were begun."""
    record: Mapping[str, Any] = field(default_factory=dict)
    """What the activity keeps of it, with whatever a newer edition has added."""
    revision: int = 0
    """The number of the change that wrote it; 0 for a play that is not kept yet."""
    changed: datetime | None = None
    """When it was last kept, in UTC."""


def _now() -> datetime:
    return datetime.now(UTC)


class Plays:
    """The plays of one activity; they are never marked and never handed in.

    A play stands in the file under a name that no question can have, so that nothing else reads it.
    """

    def __init__(self, path: Path, name: str, clock: Callable[[], datetime] = _now) -> None:
        """Take the file of the unit's practice, and the activity, as in `case1.negotiation`."""
        self._file = AnswersFile(path, clock)
        self._name = name
        self._window = uuid4().hex
        self.notice: Message | None = None
        """What is to be told once about the file, such as that a damaged one was set aside."""

    def all(self) -> dict[int, Play]:
        """Return the plays by number, in order.

        Raises `NotSaved` where their file cannot be read.
        """
        answers = self._file.load()
        self.notice = answers.notice or self.notice
        found = {}
        for key in answers.responses:
            number = re.fullmatch(re.escape(self._name) + r"-([1-9]\d{0,4})", key)
            entry = answers.entry(key) if number else None
            if number and entry and isinstance(entry.response, Mapping):
                play = Play(int(number[1]), entry.response, entry.revision, entry.saved_at)
                found[play.number] = play
        return dict(sorted(found.items()))

    def add(self, record: Mapping[str, Any]) -> Play:
        """Keep a new play under the next number; when this returns it is on the disk.

        Raises `NotSaved`. A play that another window began meanwhile stays, and has its own number.
        """
        while True:
            try:
                return self.keep(Play(max(self.all(), default=0) + 1), record)
            except ChangedElsewhere:
                continue

    def keep(self, play: Play, record: Mapping[str, Any]) -> Play:
        """Keep a play's new record; when this returns it is on the disk.

        What the old record has beside it stays. Raises `NotSaved`, and `ChangedElsewhere` where
        another window went on with this play since it was read; nothing has changed then.
        """
        whole = {**play.record, **record}
        saved = self._file.save(
            f"{self._name}-{play.number}", whole, seen=play.revision, window=self._window
        )
        self.notice = saved.notice or self.notice
        return Play(play.number, whole, saved.revision, saved.saved_at)


class Settings:
    """What is set in an activity beside its plays: one record, in which what was set last counts."""

    def __init__(self, kept: Plays) -> None:
        """Take where it is kept: as the first and only play."""
        self._kept = kept

    @property
    def record(self) -> Mapping[str, Any]:
        """What is set now; raises `NotSaved` where the file cannot be read."""
        return self._now.record

    @property
    def _now(self) -> Play:
        return self._kept.all().get(1, Play(1))

    def set(self, **changed: Any) -> Mapping[str, Any]:
        """Keep what was changed and return the whole record; what another window set stays beside it.

        Raises `NotSaved`.
        """
        while True:
            try:
                return self._kept.keep(self._now, changed).record
            except ChangedElsewhere:
                continue


def plays_of(place: Place, slug: str, name: str) -> Plays:
    """Return the plays of a unit's activity, in the file of the unit's practice.

    `slug` is the unit's, `name` the activity's, as in `funnel.case`.
    """
    return Plays(place.folder / f"{place.unit(slug)}{PRACTICE}", f"{slug}.{name}")
