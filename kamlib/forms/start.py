"""What the start page shows: where a trainee is, what comes next, what is due and handed in."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from kamlib.forms import handin
from kamlib.forms.handin import unit_folder
from kamlib.forms.identity import FILE, Identity, clean_code, read_identity
from kamlib.forms.place import PRACTICE, SETTINGS, NotHere, Place
from kamlib.forms.stages import Stages
from kamlib.items.answers import Answers, answers_name, glance
from kamlib.items.commitments import Commitment, commitments
from kamlib.items.completeness import State, completeness
from kamlib.items.model import Item
from kamlib.items.personal_data import Found
from kamlib.words import LANGUAGES, Message, message

CODE = re.compile(r"[A-Z0-9][A-Z0-9_-]{0,31}")
"""What a trainee's code looks like: it becomes part of a file's name."""


class Todo(StrEnum):
    """What a trainee does next."""

    CODE = "code"
    """Say who he is."""
    LESSON = "lesson"
    EXERCISE = "exercise"
    COMMIT = "commit"
    """Commit the stage that is answered."""
    STAGE = "stage"
    """Open the next stage."""
    HAND_IN = "hand_in"
    WAIT = "wait"
    """All is handed in: feedback comes from the trainer."""
    NOTHING = "nothing"
    """There is no unit here that can be opened."""


@dataclass(frozen=True, slots=True)
class Question:
    """An item as the start page counts it."""

    id: str
    number: int
    """Its place among the practice or the graded questions of its unit, from 1."""
    title: str
    state: State
    lacks: tuple[Message, ...] = ()
    """What is still missing."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a unit that opens step by step."""

    name: str
    open: bool
    committed: bool
    asks: bool
    """Whether it has graded questions, so that it is committed."""


@dataclass(frozen=True, slots=True)
class Due:
    """Until when a unit's exercise is handed in."""

    day: date
    """It may be handed in until the end of this day."""
    days_left: int
    """From today in the cohort's zone: 0 today, negative once it is over."""


@dataclass(frozen=True, slots=True)
class Handed:
    """A hand-in that was made on this computer."""

    attempt: int
    receipt: str
    made: datetime | None
    """In the cohort's zone."""
    in_time: bool
    code: str = ""
    """Whose it is."""
    file: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit of the workbook with what the trainee has done in it."""

    name: str
    """As in `01_am_types`."""
    title: str
    """In the language of the page."""
    lesson_minutes: int
    """How long the lesson takes; 0 where nobody says."""
    exercise_minutes: int
    """How long the graded exercise takes; 0 where nobody says."""
    lesson: str
    """The notebook's path below the workbook's folder; empty where there is none."""
    exercise: str
    practice: tuple[Question, ...]
    graded: tuple[Question, ...]
    due: Due | None
    handed: tuple[Handed, ...]
    """The oldest first."""
    changed: bool
    """Whether an answer was changed, or a stage committed, after the last hand-in."""
    problems: tuple[Message, ...] = ()
    stages: tuple[Stage, ...] = ()
    """In their order; none for a unit that is open as a whole."""
    closed: int = 0
    """How many graded questions come with stages that are not open yet."""
    honour: bool = False
    """Whether its stages open without a trainer's word."""
    personal: tuple[Found, ...] = ()
    """What is, or may be, personal data in the graded answers."""

    @property
    def to_commit(self) -> Stage | None:
        """The first stage that is open and not committed."""
        return next(
            (one for one in self.stages if one.open and one.asks and not one.committed), None
        )

    @property
    def to_open(self) -> Stage | None:
        """The first stage that is not open."""
        return next((one for one in self.stages if not one.open), None)

    @property
    def tried(self) -> int:
        """How many practice questions were tried."""
        return sum(question.state is not State.BLANK for question in self.practice)

    @property
    def complete(self) -> int:
        """How many graded questions are complete."""
        return sum(question.state is State.COMPLETE for question in self.graded)

    @property
    def begun(self) -> bool:
        """Whether any graded question has an answer."""
        return any(question.state is not State.BLANK for question in self.graded)

    @property
    def still_open(self) -> tuple[Question, ...]:
        """The graded questions that are not complete."""
        return tuple(one for one in self.graded if one.state is not State.COMPLETE)

    @property
    def counting(self) -> Handed | None:
        """The hand-in that counts if it is sent: the last in time, else the last."""
        candidates = [one for one in self.handed if one.in_time] or self.handed
        return candidates[-1] if candidates else None


@dataclass(frozen=True, slots=True)
class Step:
    """The one thing to do next."""

    todo: Todo
    unit: Unit | None = None
    question: Question | None = None
    """Where to go on; None for the beginning."""
    stage: Stage | None = None
    """The stage to commit or to open."""


@dataclass(frozen=True, slots=True)
class Start:
    """All that the start page shows, not yet in words."""

    root: Path
    """The workbook's folder."""
    lang: str
    title: str
    cohort: str
    me: Identity
    zone: str
    """The cohort's time zone; empty where the computer's own is used."""
    today: date
    """In that zone."""
    units: tuple[Unit, ...]
    step: Step
    problems: tuple[Message, ...]


def read_start(root: Path, now: datetime, lang: str = "") -> Start:
    """Read a workbook's folder as it is at the moment `now`, which has a zone.

    `lang` is the language wished; else the trainee's choice counts, else the workbook's. Nothing is written, and
    nothing is raised: what is damaged becomes a sentence in `problems`, there or in its unit.
    """
    problems: list[Message] = []
    settings = _settings(root, problems)
    me = _identity(root, problems)
    lang = next(
        (one for one in (lang, me.lang, settings.get("lang")) if one in LANGUAGES), LANGUAGES[0]
    )
    if not _receipts_sound(root):
        problems.append(
            message(
                "The list of your hand-ins ({file}) is damaged. What is shown here was read off "
                "the files in the folder {folder}; they are sound.",
                file=handin.RECEIPTS,
                folder=handin.FOLDER,
            )
        )
    zone, name = _zone(settings, now, problems)
    local = now.astimezone(zone)
    found = tuple(
        _unit(root, unit, settings, lang, local, problems) for unit in _listed(root, settings)
    )
    if not found:
        problems.append(
            message(
                "There is no lesson in the folder {folder}. Unpack the workbook again; your "
                "answers stay.",
                folder=str(root),
            )
        )
    cohort = settings.get("cohort")
    return Start(
        root=root,
        lang=lang,
        title=_in_language(settings.get("title"), lang),
        cohort=cohort if isinstance(cohort, str) else "",
        me=me,
        zone=name,
        today=local.date(),
        units=found,
        step=next_step(me, found),
        problems=tuple(problems),
    )


def next_step(me: Identity, units: tuple[Unit, ...]) -> Step:
    """Tell the one thing to do next.

    First the code, then unit by unit: the lesson until each of its questions was tried or the
    exercise is begun, the exercise from its first question that is not complete, its stages one
    after the other, the hand-in, and the hand-in again where an answer was changed after it.
    """
    if not me.known:
        return Step(Todo.CODE)
    for unit in units:
        if unit.handed and not unit.changed:
            continue
        if not unit.begun and unit.lesson:
            if not unit.tried and (unit.practice or unit.graded):
                return Step(Todo.LESSON, unit)
            untried = [one for one in unit.practice if one.state is State.BLANK]
            if untried:
                return Step(Todo.LESSON, unit, untried[0])
        if unit.graded and unit.exercise:
            if unit.still_open:
                first = unit.still_open[0]
                return Step(Todo.EXERCISE, unit, first if unit.begun else None)
            if unit.to_commit:
                return Step(Todo.COMMIT, unit, stage=unit.to_commit)
            if unit.to_open:
                return Step(Todo.STAGE, unit, stage=unit.to_open)
            return Step(Todo.HAND_IN, unit)
    return Step(Todo.WAIT if any(unit.handed for unit in units) else Todo.NOTHING)


@dataclass(frozen=True, slots=True)
class Who:
    """A code and a name as they were typed, cleaned, with what is wrong about them."""

    code: str
    name: str
    problems: Mapping[str, Message]
    """By field, `code` or `name`; empty where all is well."""
    warning: Message | None = None
    """What to think of before the code is kept."""


def check_who(typed_code: object, typed_name: object, start: Start) -> Who:
    """Read a typed code and name, and say what would have to be changed."""
    code = clean_code(str(typed_code)) if isinstance(typed_code, str) else ""
    name = " ".join(typed_name.split())[:100] if isinstance(typed_name, str) else ""
    problems: dict[str, Message] = {}
    if not code:
        problems["code"] = message("Type your code. Your trainer gave it to you, such as A07.")
    elif not CODE.fullmatch(code):
        problems["code"] = message(
            "“{code}” is not a code: a code has only letters, digits, - and _. "
            "Look at it again, or ask your trainer.",
            code=code,
        )
    if not name:
        problems["name"] = message("Type your name.")
    warning = None
    before = sorted({one.code for unit in start.units for one in unit.handed if one.code} - {code})
    if before and not problems:
        warning = message(
            "You have handed in under the code {before}. What was sent stays under that code: if "
            "it was wrong, tell your trainer, and hand in again under {code}.",
            before=before,
            code=code,
        )
    return Who(code, name, problems, warning)


def cell_of(item: str) -> str:
    """Return the id of a question's cell.

    >>> cell_of("am_types.coverage_ratio")
    'item-am-types-coverage-ratio'
    """
    return "item-" + re.sub(r"[._]", "-", item)


# Reading the files, each as far as it can be read.


def workbook_root(folder: Path) -> Path:
    """Return the nearest folder, here or up to three above, that has a `kam.json`, else this one."""
    return next(
        (one for one in (folder, *folder.parents[:3]) if (one / SETTINGS).is_file()), folder
    )


def _settings(root: Path, problems: list[Message]) -> dict[str, Any]:
    try:
        return dict(json.loads((root / SETTINGS).read_text("utf-8-sig")))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, RecursionError):
        problems.append(
            message(
                "{file} is damaged, so due days and titles are missing here. Unpack the workbook "
                "again; your answers stay.",
                file=SETTINGS,
            )
        )
        return {}


def _identity(root: Path, problems: list[Message]) -> Identity:
    me = read_identity(root)
    if not me.known and (root / FILE).exists():
        try:
            sound = isinstance(json.loads((root / FILE).read_text("utf-8")), dict)
        except (OSError, ValueError, RecursionError):
            sound = False
        if not sound:
            problems.append(
                message("{file} is damaged. Type your code and your name once more; your answers "
                        "are not touched.", file=FILE)
            )  # fmt: skip
    return me


def _receipts_sound(root: Path) -> bool:
    path = root / handin.FOLDER / handin.RECEIPTS
    if not path.exists():
        return True
    try:
        return all("unit" in one for one in json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError, RecursionError):
        return False


def _zone(
    settings: Mapping[str, Any], now: datetime, problems: list[Message]
) -> tuple[tzinfo, str]:
    name = settings.get("tz")
    own = now.tzinfo or now.astimezone().tzinfo
    assert own is not None
    if not name:
        return own, ""
    try:
        return ZoneInfo(str(name)), str(name)
    except (OSError, ValueError, LookupError):
        problems.append(
            message(
                "This computer does not know the time zone {zone}; times are shown in its own.",
                zone=str(name)[:60],
            )
        )
        return own, ""


def _listed(root: Path, settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the units as `kam.json` lists them, else as their folders or files show them."""
    listed = settings.get("units")
    units = [
        one
        for one in (listed if isinstance(listed, list) else [])
        if isinstance(one, dict) and re.fullmatch(r"\w+", str(one.get("name", "")))
    ]
    if units:
        return units
    folders = [path.name for path in root.glob("units/[0-9][0-9]_*") if path.is_dir()]
    files = [path.name.split(".")[0] for path in root.glob("[0-9][0-9]_*.items*.json")]
    return [{"name": name} for name in sorted({*folders, *files})]


def _unit(
    root: Path,
    listed: Mapping[str, Any],
    settings: Mapping[str, Any],
    lang: str,
    now: datetime,
    general: list[Message],
) -> Unit:
    name = str(listed["name"])
    folder = unit_folder(root, name)
    problems: list[Message] = []
    items: list[Item] = []
    slug = name.partition("_")[2] or name
    place = Place(folder, root, lang, settings)
    listed_stages: Stages | None = None
    try:
        items = place.items(slug)
        listed_stages = place.stages(slug)
    except NotHere as missing:
        problems.append(missing.message)
    graded_file = _answers(folder / answers_name(name), problems)
    practised = _answers(folder / f"{name}{PRACTICE}", problems)
    due = _due(settings, name, now, general)
    handed = tuple(_handed(root, name, due, now))
    last = handed[-1].made if handed else None
    saved = [
        entry.saved_at
        for item in items
        if item.use == "graded" and (entry := graded_file.entry(item.id)) and entry.saved_at
    ]
    answered_since = bool(
        last and any(when.replace(microsecond=0) > last for when in saved)
    ) and graded_file.responses != handin.handed_answers(root, handed[-1].file, name)
    done = commitments(graded_file)
    committed_since = any(one.at > last for one in done.values() if one.at and last)
    graded = [item for item in items if item.use == "graded"]
    return Unit(
        name=name,
        title=_in_language(listed.get("title"), lang) or slug.replace("_", " "),
        lesson_minutes=_minutes(listed, "teaching", "exercises"),
        exercise_minutes=_minutes(listed, "minutes"),
        lesson=_notebook(root, folder, f"lesson.{lang}", "lesson", name),
        exercise=_notebook(root, folder, f"exercise.{lang}", "exercise"),
        practice=_questions(items, "practice", practised),
        graded=_questions(items, "graded", graded_file),
        due=due,
        handed=handed,
        changed=answered_since or committed_since,
        problems=tuple(problems),
        personal=handin.in_sight(graded, graded_file),
        **(_staged(listed_stages, items, done) if listed_stages else {}),
    )


def _staged(stages: Stages, items: list[Item], done: Mapping[str, Commitment]) -> dict[str, Any]:
    """Return what a unit that opens step by step has besides."""
    there = {item.id for item in items}
    closed = [one for one in stages.closed if one.id not in there and one.use == "graded"]
    asking = {one.stage for one in closed} | {item.stage for item in items if item.use == "graded"}
    closed_stages = {one for one in stages.order if not stages.is_open(one)}
    found = tuple(
        Stage(name, name not in closed_stages, name in done, name in asking)
        for name in stages.order
    )
    return {"stages": found, "closed": len(closed), "honour": bool(stages.honour)}


def _minutes(listed: Mapping[str, Any], *parts: str) -> int:
    given = [listed.get(part) for part in parts]
    return sum(one for one in given if type(one) is int and 0 < one < 10_000)


def _notebook(root: Path, folder: Path, *stems: str) -> str:
    paths = (folder / f"{stem}.ipynb" for stem in stems)
    found = next((path for path in paths if path.is_file()), None)
    return found.relative_to(root).as_posix() if found else ""


def _questions(items: list[Item], use: str, answers: Answers) -> tuple[Question, ...]:
    responses = answers.responses
    found = []
    for number, item in enumerate((one for one in items if one.use == use), 1):
        told = completeness(item, responses.get(item.id))
        lacks = told.messages if told.state is not State.COMPLETE else ()
        found.append(Question(item.id, number, item.title, told.state, lacks))
    return tuple(found)


def _answers(path: Path, problems: list[Message]) -> Answers:
    """Return what a file holds; why it cannot be read is added to the problems."""
    answers, problem = glance(path)
    problems += [problem] if problem else []
    return answers


def _due(
    settings: Mapping[str, Any], unit: str, now: datetime, problems: list[Message]
) -> Due | None:
    days = settings.get("due")
    text = days.get(unit) if isinstance(days, dict) else None
    if not text:
        return None
    try:
        day = date.fromisoformat(str(text))
    except ValueError:
        problems.append(
            message("The due day of {unit} in {file} cannot be read. Ask your trainer for it.",
                    unit=unit, file=SETTINGS)
        )  # fmt: skip
        return None
    return Due(day, (day - now.date()).days)


def _handed(root: Path, unit: str, due: Due | None, now: datetime) -> list[Handed]:
    found = []
    for one in handin.receipts(root, unit):
        made = one.made.astimezone(now.tzinfo) if one.made else None
        # the end of the due day is the first moment of the next, on the cohort's own clocks
        in_time = not (due and made) or made.date() < due.day + timedelta(days=1)
        found.append(Handed(one.attempt, one.receipt, made, in_time, one.trainee, one.file))
    return found


def _in_language(texts: object, lang: str) -> str:
    if isinstance(texts, dict):
        texts = texts.get(lang) or texts.get(LANGUAGES[0])
    return texts if isinstance(texts, str) else ""
