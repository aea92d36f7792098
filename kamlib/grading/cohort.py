"""A cohort: a group of trainees with a language, due dates and a gradebook, as one folder."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from kamlib.course.bundle import Bundle, from_json
from kamlib.grading.results import Trainee
from kamlib.words import LANGUAGES, Message, message

CODE = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$")
"""What a trainee's code looks like; it names folders, so it holds nothing else."""


class CohortError(Exception):
    """A cohort cannot be made or used; carries a sentence that says why and what to do."""

    def __init__(self, what: Message) -> None:
        """Take the sentence."""
        super().__init__(what.text)
        self.message = what


class LatePolicy(BaseModel):
    """What lateness costs."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    policy: Literal["none", "percent_per_day", "zero"] = "none"
    percent: float = Field(default=10, ge=0, le=100)
    """Of the score, for each day begun."""
    at_most: float = Field(default=50, ge=0, le=100)
    """The most that is taken off, in per cent of the score."""

    def penalty(self, score: float, late: timedelta) -> float:
        """Return the points to take off a score that arrived `late` after the due time.

        >>> LatePolicy(policy="percent_per_day").penalty(40, timedelta(hours=30))
        8.0
        """
        if late <= timedelta(0) or self.policy == "none":
            return 0.0
        if self.policy == "zero":
            return score
        days = -(-late // timedelta(days=1))
        return round(score * min(days * self.percent, self.at_most) / 100, 4)


class Settings(BaseModel):
    """What `cohort.yaml` says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    lang: Literal["en", "zh"] = "en"
    """The trainees' language, where the roster gives no other."""
    instructor_lang: Literal["en", "zh"] = "en"
    tz: str = "UTC"
    """The zone in which a due day ends, as in `Asia/Shanghai`."""
    due: dict[str, date] = Field(default_factory=dict)
    """The last day for each unit; without one, nothing is late."""
    grace_minutes: int = Field(default=0, ge=0)
    late: LatePolicy = LatePolicy()
    extensions: dict[str, dict[str, date]] = Field(default_factory=dict)
    """A later last day for one trainee, by code and unit."""
    database: str = ""
    """Any SQLAlchemy URL; empty for the SQLite file in the cohort's folder."""
    max_megabytes: float = Field(default=20, gt=0)
    """The largest hand-in taken, unpacked."""

    @field_validator("tz")
    @classmethod
    def _zone_exists(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(
                f"there is no time zone {name!r}; write one such as Asia/Shanghai"
            ) from None
        return name


def fold(code: str) -> str:
    """Return a code as it is compared: full-width and lower-case letters count alike.

    >>> fold(" ａ07 ")
    'A07'
    """
    return unicodedata.normalize("NFKC", code).strip().upper()


@dataclass(frozen=True)
class Cohort:
    """A cohort's folder with what its files say."""

    root: Path
    settings: Settings
    roster: Mapping[str, Trainee]
    """By folded code, in the order of the roster."""

    @property
    def zone(self) -> ZoneInfo:
        """The cohort's time zone."""
        return ZoneInfo(self.settings.tz)

    @property
    def database(self) -> str:
        """The gradebook's SQLAlchemy URL."""
        return self.settings.database or f"sqlite:///{self.root / 'gradebook.db'}"

    @cached_property
    def bundles(self) -> dict[str, Bundle]:
        """The units this cohort works on, by name."""
        found = {}
        for path in sorted((self.root / "course").glob("*/bundle.json")):
            found[path.parent.name] = from_json(path.read_text("utf-8"))
        return found

    def exercise(self, unit: str, lang: str) -> Path:
        """Return the frozen released notebook of a unit in a language."""
        return self.root / "course" / unit / f"exercise.{lang}.ipynb"

    def due(self, unit: str, code: str = "") -> datetime | None:
        """Return when a unit is due: the end of the day in the cohort's zone, with grace.

        With a code, that trainee's extension counts.
        """
        day = self.settings.extensions.get(code, {}).get(unit) or self.settings.due.get(unit)
        if day is None:
            return None
        end = datetime.combine(day + timedelta(days=1), time(), tzinfo=self.zone)
        return end - timedelta(seconds=1) + timedelta(minutes=self.settings.grace_minutes)

    def late(self, unit: str, code: str, received: datetime | None) -> timedelta:
        """Return how long after the due time a hand-in came; 0 where in time."""
        due = self.due(unit, code)
        if due is None or received is None:
            return timedelta(0)
        # In UTC, since a difference within one zone would ignore a change of its clocks.
        return max(timedelta(0), received.astimezone(UTC) - due.astimezone(UTC))


def open_cohort(root: Path) -> Cohort:
    """Read a cohort's folder, or raise `CohortError` with what is wrong in it."""
    path = root / "cohort.yaml"
    if not path.is_file():
        raise CohortError(
            message("{folder} is no cohort: it has no cohort.yaml. Make one with kam cohort new.",
                    folder=str(root))
        )  # fmt: skip
    try:
        settings = Settings.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except (ValidationError, yaml.YAMLError) as error:
        raise CohortError(message("cohort.yaml: {why}", why=_first(error))) from None
    return Cohort(root.resolve(), settings, read_roster(root / "roster.csv", settings.lang))


def write_settings(root: Path, settings: Settings) -> None:
    """Write `cohort.yaml`."""
    data = settings.model_dump(mode="json", exclude_defaults=True)
    (root / "cohort.yaml").write_text(
        yaml.safe_dump(data, allow_unicode=True, sort_keys=False), "utf-8"
    )


def _first(error: ValidationError | yaml.YAMLError) -> str:
    if isinstance(error, ValidationError):
        one = error.errors()[0]
        return f"{'.'.join(map(str, one['loc']))}: {one['msg']}"
    return str(error)


def read_roster(path: Path, lang: str) -> dict[str, Trainee]:
    """Read a roster: a CSV file with the columns code, name and, if wished, lang.

    It may come from a spreadsheet in UTF-8 (with or without mark) or in GB 18030. Raises
    `CohortError` with the line of the first mistake.
    """
    try:
        data = path.read_bytes()
    except OSError:
        raise CohortError(
            message("The roster {file} cannot be read. Give a CSV file with the columns code and name.",
                    file=str(path))
        ) from None  # fmt: skip
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030", "replace")
    rows = csv.DictReader(text.splitlines())
    columns = [name.strip().lower() for name in rows.fieldnames or ()]
    if not {"code", "name"} <= set(columns):
        raise CohortError(
            message("The roster {file} needs the columns code and name; its first line has: {columns}.",
                    file=path.name, columns=columns)
        )  # fmt: skip
    rows.fieldnames = columns
    found: dict[str, Trainee] = {}
    for line, row in enumerate(rows, 2):
        code = fold(row["code"] or "")
        if not code and not (row["name"] or "").strip():
            continue
        language = (row.get("lang") or "").strip() or lang
        why = None
        if not CODE.match(code):
            why = message(
                "“{code}” is no code: use letters, digits, - and _, at most 32", code=code
            )
        elif code in found:
            why = message("the code {code} stands twice", code=code)
        elif language not in LANGUAGES:
            why = message("there is no language “{lang}”", lang=language)
        if why:
            raise CohortError(
                message(
                    "The roster {file}, line {line}: {why}.", file=path.name, line=line, why=why
                )
            )
        found[code] = Trainee(code, (row["name"] or "").strip() or code, language)
    if not found:
        raise CohortError(message("The roster {file} names nobody.", file=path.name))
    return found
