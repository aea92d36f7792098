"""A cohort: a group of trainees with a language, due dates and a gradebook, as one folder."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from kamlib.course.bundle import Bundle, from_json
from kamlib.grading.results import Trainee
from kamlib.grading.tables import Table, column_name, read_table, read_text
from kamlib.items.commitments import clean_receipt
from kamlib.words import LANGUAGES, Message, Words, message

CODE = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$")
"""What a trainee's code looks like; it names folders, so it holds nothing else."""

LOCK = ".kam.lock"
"""In the cohort's folder: held while a command changes something there."""


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
    reasons: dict[str, dict[str, str]] = Field(default_factory=dict)
    """Why a trainee has a later day, by code and unit; nothing made for a trainee shows it."""
    codes: dict[str, str] = Field(default_factory=dict)
    """Codes that trainees mistyped or once had, each with the roster's code that it counts as."""
    stage_words: dict[str, dict[str, str]] = Field(default_factory=dict)
    """The words that open the later stages of a case, by unit and stage; trainees get none from here."""
    closed: datetime | None = None
    """Since when nothing is taken in and nothing is graded any more."""
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

    @field_validator("extensions", "reasons", "codes")
    @classmethod
    def _codes_as_compared(cls, by_code: dict[str, Any]) -> dict[str, Any]:
        return {fold(code): fold(of) if isinstance(of, str) else of for code, of in by_code.items()}


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

    def words(self, unit: str, lang: str) -> Words:
        """Return the sentences of a unit and of kamlib in a language; without such a unit kamlib's."""
        return self.bundles[unit].words(lang) if unit in self.bundles else Words(lang)

    @cached_property
    def _receipts(self) -> tuple[NotedReceipt, ...]:
        return read_receipts(self.root / RECEIPTS)

    def receipts_of(self, code: str, unit: str) -> dict[str, str]:
        """Return the receipts that the trainer noted for a trainee, by stage, and empty if none.

        Raises `CohortError` where the list of receipts has a mistake.
        """
        return {
            one.stage: one.receipt
            for one in self._receipts
            if self.whose(one.code) == code and one.unit in ("", unit)
        }

    def whose(self, code: str) -> str:
        """Return the code that counts for one that stands in a hand-in, as `cohort.yaml` corrects it.

        What the roster has is never corrected; a code that nobody knows comes back as it is.
        """
        code = fold(code)
        return code if code in self.roster else self.settings.codes.get(code, code)

    def check_open(self) -> None:
        """Raise `CohortError` where the cohort is closed."""
        if self.settings.closed:
            raise CohortError(
                message(
                    "{name} is closed since {day}: nothing is taken in, marked or changed. "
                    "Open it again with: kam cohort reopen {folder}",
                    name=self.settings.name,
                    day=self.settings.closed.astimezone(self.zone).date().isoformat(),
                    folder=self.root.name,
                )
            )

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


@contextmanager
def alone(root: Path, wait: float = 10) -> Iterator[None]:
    """Hold a cohort's folder, so that no second command changes it at the same time.

    Waits up to `wait` seconds; raises `CohortError` where the other command is still at work.
    """
    # One lock object for a path, so that a verb may call another one that holds the folder too.
    lock = FileLock(root / LOCK, mode=0o644, is_singleton=True)
    try:
        lock.acquire(timeout=wait)
    except Timeout:
        raise CohortError(
            message(
                "Another command is at work on {name}. Wait until it is done, then do this again.",
                name=root.name,
            )
        ) from None
    try:
        yield
    finally:
        lock.release()


def write_settings(root: Path, settings: Settings) -> None:
    """Write `cohort.yaml`.

    Where the file is there already, only the settings that differ are written anew: comments and
    the order of everything else stay as a person wrote them.
    """
    path = root / "cohort.yaml"
    data = settings.model_dump(mode="json", exclude_defaults=True)
    text = yaml.safe_dump(data, allow_unicode=True, sort_keys=False)
    if path.is_file():
        kept = _patched(path.read_text("utf-8"), data)
        try:
            if Settings.model_validate(yaml.safe_load(kept)) == settings:
                text = kept
        except (ValidationError, yaml.YAMLError):
            pass  # laid out in a way that cannot be patched, so it is written whole
    part = path.with_suffix(".part")
    part.write_text(text, "utf-8")
    part.replace(path)


def _patched(text: str, data: Mapping[str, Any]) -> str:
    """Return the YAML text with the top-level settings that differ replaced, left out or added."""
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    if not isinstance(node, yaml.MappingNode) or node.flow_style:
        return ""
    there = yaml.safe_load(text)
    ends = [key.start_mark.index for key, _ in node.value[1:]] + [len(text)]
    out, at, seen = [], 0, set()
    for (key, _), end in zip(node.value, ends, strict=True):
        name, start = str(key.value), key.start_mark.index
        seen.add(name)
        out.append(text[at:start])
        block = text[start:end]
        # What follows a setting on lines of its own belongs to the next one.
        lines = block.splitlines(keepends=True)
        own = len(lines)
        while own > 1 and (not lines[own - 1].strip() or lines[own - 1].startswith("#")):
            own -= 1
        if name not in data:
            block = "".join(lines[own:])
        elif _plain(there[name]) != _plain(data[name]):
            block = _dumped(name, data[name]) + "".join(lines[own:])
        out.append(block)
        at = end
    whole = "".join(out)
    if whole and not whole.endswith("\n"):
        whole += "\n"
    return whole + "".join(_dumped(name, data[name]) for name in data if name not in seen)


def _dumped(name: str, value: object) -> str:
    return yaml.safe_dump({name: value}, allow_unicode=True, sort_keys=False)


def _plain(value: object) -> object:
    """Return a value as JSON has it, so that a day written without quotes is the same day."""
    if isinstance(value, dict):
        return {str(name): _plain(part) for name, part in value.items()}
    return value.isoformat() if isinstance(value, date) else value


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
        table = read_table(path)
    except OSError:
        raise CohortError(
            message("The roster {file} cannot be read. Give a CSV file with the columns code and name.",
                    file=str(path))
        ) from None  # fmt: skip
    if not table.has("code", "name"):
        raise CohortError(
            message("The roster {file} needs the columns code and name; its first line has: {columns}.",
                    file=path.name, columns=table.columns)
        )  # fmt: skip
    found: dict[str, Trainee] = {}
    for row in table:
        code, name = fold(row["code"]), row["name"]
        if not code and not name:
            continue
        language = row["lang"] or lang
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
                    "The roster {file}, line {line}: {why}.",
                    file=path.name, line=row.number, why=why,
                )
            )  # fmt: skip
        found[code] = Trainee(code, name or code, language)
    if not found:
        raise CohortError(message("The roster {file} names nobody.", file=path.name))
    return found


@dataclass(frozen=True, slots=True)
class NotedReceipt:
    """A receipt of a committed stage, as the trainer noted it."""

    code: str
    stage: str
    receipt: str
    unit: str = ""
    """Of which unit; empty where the list does not say."""


RECEIPTS = "receipts.csv"
"""In the cohort's folder: the receipts of committed stages that the trainer noted."""


def read_receipts(path: Path) -> tuple[NotedReceipt, ...]:
    """Read noted receipts: a CSV file with the columns code, stage, receipt and, if wished, unit.

    None where there is no file. Raises `CohortError` with the line of the first mistake.
    """
    if not path.is_file():
        return ()
    table = read_list(path)
    if not table.has("code", "stage", "receipt"):
        raise CohortError(
            message("{file} needs the columns code, stage and receipt; its first line has: {columns}.",
                    file=path.name, columns=table.columns)
        )  # fmt: skip
    found = []
    for row in table:
        code, stage, receipt = fold(row["code"]), fold(row["stage"]), clean_receipt(row["receipt"])
        if not receipt:
            continue  # a list laid out beforehand, in which this one was not noted
        if not (code and stage):
            raise CohortError(
                message("{file}, line {line}: a code and a stage belong to each receipt.",
                        file=path.name, line=row.number)
            )  # fmt: skip
        found.append(NotedReceipt(code, stage, receipt, row["unit"]))
    return tuple(found)


def read_list(path: Path) -> Table:
    """Read a list that lies beside others of a cohort, or raise `CohortError` where it cannot be."""
    try:
        return read_table(path)
    except OSError:
        raise _unreadable(path) from None


def _unreadable(path: Path) -> CohortError:
    return CohortError(
        message(
            "{file} cannot be read. Close it where it is open, then do this again.", file=path.name
        )
    )


def change_roster(path: Path, code: str, to: str | None) -> None:
    """Give one line of a roster another code, or take the line out where `to` is None.

    Every other line stays as it is to the letter, and so does the encoding. A roster that does not
    have the code is left alone. Raises `CohortError` where it cannot be read.
    """
    try:
        text, encoding = read_text(path)
    except OSError:
        raise _unreadable(path) from None
    lines = text.splitlines(keepends=True)
    reader = csv.reader(line.rstrip("\r\n") for line in lines)
    place, first, out = 0, 0, []
    for number, row in enumerate(reader):
        record, first = lines[first : reader.line_num], reader.line_num
        if number == 0:
            place = [column_name(name) for name in row].index("code")
        elif len(row) > place and fold(row[place]) == code:
            if to is None:
                continue
            row[place] = to
            ending = record[-1][len(record[-1].rstrip("\r\n")) :]
            line = io.StringIO()
            csv.writer(line, lineterminator=ending).writerow(row)
            record = [line.getvalue()]
        out += record
    if out != lines:
        part = path.with_suffix(".part")
        part.write_bytes("".join(out).encode(encoding, "replace"))
        part.replace(path)
