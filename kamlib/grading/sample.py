"""How the sample cohort's hand-ins are made from readable lists: its people, and what they sent."""

from __future__ import annotations

import copy
import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kamlib.course.syllabus import Course, CourseError, Unit, read_questions, read_yaml
from kamlib.grading.intake import TIMES
from kamlib.items.answers import FORMAT, SUFFIX
from kamlib.items.commitments import Commitment, as_record, digest, receipt
from kamlib.items.solution import solution
from kamlib.words import Message, message

PEOPLE = "trainees.yaml"
"""The list of fictional trainees, in the sample's folder."""

SENT = "sample.yaml"
"""What they hand in of a unit, in the unit's folder; a unit need not have one."""

DATES = "dates.csv"
"""When each unit of the sample is due, as `kam cohort new --dates` reads it."""

CANARY = "KAM_CANARY"
"""A file of this name appears where code of a sample hand-in was run; it never should."""

_HOSTILE = f'open("{CANARY}", "w").write("this was run")'

RIGHT, BLANK = "right", "blank"
"""What an item may hold without being written out."""


Trick = Literal[
    "bad_json", "no_notebook", "bare", "extra_cell", "copied_cell", "skip_execution", "own_module",
    "two_windows", "unknown_code",
]  # fmt: skip


class HandIn(BaseModel):
    """One file that one trainee sent."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    at: datetime
    """When it arrived, in the cohort's zone."""
    like: str = BLANK
    """What an item holds that `answers` does not name: the right answer, none, or what a way of
    answering of this name holds."""
    answers: dict[str, Any] = Field(default_factory=dict)
    """By item, without the unit: a response, or `right` or `blank`."""
    committed: tuple[str, ...] | None = None
    """Which stages were committed, in order; unless said, all of which something was answered."""
    afterwards: dict[str, Any] = Field(default_factory=dict)
    """What was answered otherwise once its stage had been committed; as in `answers`."""
    tricks: tuple[Trick, ...] = ()


class Way(BaseModel):
    """A way of answering a unit that several hand-ins share."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    story: str
    """What is good and bad about it."""
    like: str = BLANK
    """What an item holds that is named nowhere below: as in a hand-in, another way included."""
    answers: dict[str, Any] = Field(default_factory=dict)
    in_language: dict[Literal["en", "zh"], dict[str, Any]] = Field(default_factory=dict)
    """The answers that are written in words, by language."""


class Person(BaseModel):
    """A fictional trainee."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str
    name: str
    lang: Literal["en", "zh"]
    story: str
    """Who this is and why the answers are as they are, for whoever reads the sample."""
    sent: tuple[HandIn, ...] = ()
    """What was sent of one unit."""


class Sent(BaseModel):
    """What the sample's trainees send of one unit."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    due: date
    """The last day, in the cohort's zone."""
    folder: str = Field(default="", pattern=r"^(\.|[A-Za-z0-9_-]*)$")
    """The folder in which these hand-ins lie, below that of all; the unit's name unless said."""
    ways: dict[str, Way] = Field(default_factory=dict)
    """Ways of answering, by the names that hand-ins are `like`."""
    sent: dict[str, tuple[HandIn, ...]]
    """By the trainee's code."""


_TIMES_HEAD = "file,received_at\n"

M = TypeVar("M", bound=BaseModel)


def _read(kind: type[M], entry: object, file: str) -> M:
    try:
        return kind.model_validate(entry)
    except ValidationError as error:
        first = error.errors()[0]
        raise CourseError(
            message("{file}: {field}: {why}", file=file,
                    field=".".join(map(str, first["loc"])), why=first["msg"])
        ) from None  # fmt: skip


def read_people(path: Path) -> list[Person]:
    """Read the list of trainees, or raise `CourseError` with the first mistake in it."""
    return [_read(Person, entry, path.name) for entry in read_yaml(path)]


def read_sent(unit: Unit, people: Iterable[Person]) -> Sent | None:
    """Read what is sent of a unit, nothing where its folder does not say.

    Raises `CourseError` with the first mistake, also for somebody who is none of `people`, and for a
    way of answering that is called as what needs no writing out.
    """
    path = unit.folder / SENT
    if not path.is_file():
        return None
    name = f"{unit.name}/{SENT}"
    sent = _read(Sent, read_yaml(path), name)
    strangers = sorted(set(sent.sent) - {person.code for person in people})
    if strangers:
        raise CourseError(
            message("{file}: {codes} is not among the sample's trainees in {people}.",
                    file=name, codes=strangers, people=PEOPLE)
        )  # fmt: skip
    if torn := sorted(
        {name for each in sent.sent.values() for one in each for name in _torn(one.answers)}
    ):
        raise CourseError(
            message("{file}: {names} stands there without a value. Put a text with a comma or a colon in quotes.",
                    file=name, names=torn)
        )  # fmt: skip
    if taken := sorted({RIGHT, BLANK} & set(sent.ways)):
        raise CourseError(
            message("{file}: a way of answering cannot be called {names}, which says what an answer holds "
                    "without being written out. Call it otherwise.", file=name, names=taken)
        )  # fmt: skip
    return sent


def _torn(value: object) -> Iterator[str]:
    """Yield the names that have no value: what YAML makes of the second half of a text with a comma."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield from [str(name)] if part is None else _torn(part)
    elif isinstance(value, list):
        for part in value:
            yield from _torn(part)


def cohort_files(people: list[Person], sent: Mapping[Unit, Sent], version: str) -> dict[str, bytes]:
    """Return the files of a cohort that hands in several units, by path below its folder.

    These are the roster, the due days, the hand-ins, and one list of when they arrived.
    """
    files = {"roster.csv": _roster(people)}
    clock: list[str] = []
    due = ["unit,due\n"]
    for unit, of_unit in sent.items():
        folder = "" if of_unit.folder == "." else (of_unit.folder or unit.name) + "/"
        due.append(f"{unit.name},{of_unit.due.isoformat()}\n")
        theirs = [
            person.model_copy(update={"sent": of_unit.sent.get(person.code, ())})
            for person in people
        ]
        made = sample_files(unit, theirs, version, of_unit.ways)
        _, *times = made.pop(f"hand_ins/{TIMES}").decode().splitlines(keepends=True)
        clock += [folder + line for line in times]
        files |= {
            name.replace("hand_ins/", f"hand_ins/{folder}", 1): data for name, data in made.items()
        }
    files[f"hand_ins/{TIMES}"] = "".join([_TIMES_HEAD, *clock]).encode()
    files[DATES] = "".join(due).encode()
    return files


@dataclass(frozen=True, slots=True)
class Answering:
    """What there is to answer in a unit, and the ways in which the sample does it."""

    unit: Unit
    right: Mapping[str, Any]
    """The right answer to each graded item, by id and in the order of its file."""
    stage: Mapping[str, str]
    """The stage of each of these items; empty where it has none."""
    ways: Mapping[str, Way]

    @classmethod
    def of(cls, unit: Unit, ways: Mapping[str, Way]) -> Answering:
        """Read what a unit asks."""
        questions = read_questions(unit)
        graded = [item for item in questions.items if item.use == "graded"]
        right = {item.id: solution(item, questions.graded[item.id]) for item in graded}
        return cls(unit, right, {item.id: item.stage for item in graded}, ways)

    def responses(self, person: Person, like: str, own: Mapping[str, Any]) -> dict[str, Any]:
        """Return the answers of a hand-in by item id: its own, then those of the way it is like.

        Raises `CourseError` for an item that the exercise does not ask, or a way that is not there.
        """
        self._known(own, person.code)
        found: dict[str, Any] = {}
        for item, best in self.right.items():
            response = own.get(item.split(".", 1)[1], like)
            if isinstance(response, str) and response not in (RIGHT, BLANK):
                response = self._by_way(response, item, person.lang)
            if response == RIGHT:
                response = best
            if response != BLANK:
                found[item] = response
        return found

    def _by_way(self, name: str, item: str, lang: str) -> Any:
        seen = {name}
        while name in self.ways:
            way = self.ways[name]
            written = {**way.answers, **way.in_language.get(_language(lang), {})}
            self._known(written, name)
            found = written.get(item.split(".", 1)[1], way.like)
            if not isinstance(found, str) or found in (RIGHT, BLANK):
                return found
            name = found
            if name in seen:
                break
            seen.add(name)
        raise CourseError(
            message("{unit}/{file}: there is no way of answering “{name}”.",
                    unit=self.unit.name, file=SENT, name=name)
        )  # fmt: skip

    def _known(self, answers: Mapping[str, Any], who: str) -> None:
        known = {item.split(".", 1)[1] for item in self.right}
        if strange := sorted(set(answers) - known):
            raise CourseError(
                message("{unit}/{file}: {code} answers {items}, which the exercise does not ask.",
                        unit=self.unit.name, file=SENT, code=who, items=strange)
            )  # fmt: skip


def _language(lang: str) -> Literal["en", "zh"]:
    return "zh" if lang == "zh" else "en"


def sample_files(
    unit: Unit, people: list[Person], version: str, ways: Mapping[str, Way] = MappingProxyType({})
) -> dict[str, bytes]:
    """Return one unit's hand-ins by path below the sample's folder, with the list of their times."""
    asked = Answering.of(unit, ways)
    files: dict[str, bytes] = {}
    times = io.StringIO()
    clock = csv.writer(times, lineterminator="\n")
    times.write(_TIMES_HEAD)
    for person in people:
        for number, sent in enumerate(person.sent, 1):
            place = person.code + (f"-{number}" if len(person.sent) > 1 else "")
            if "bare" in sent.tricks:
                place += SUFFIX
            clock.writerow([place, sent.at.isoformat()])
            for name, data in _hand_in(asked, person, sent, version).items():
                files[f"hand_ins/{place}" + (f"/{name}" if name else "")] = data
    files[f"hand_ins/{TIMES}"] = times.getvalue().encode()
    return files


def _roster(people: Iterable[Person]) -> bytes:
    roster = io.StringIO()
    names = csv.writer(roster, lineterminator="\n")
    names.writerow(["code", "name", "lang"])
    names.writerows([person.code, person.name, person.lang] for person in people)
    return roster.getvalue().encode()


def _hand_in(asked: Answering, person: Person, sent: HandIn, version: str) -> dict[str, bytes]:
    unit = asked.unit
    answers = _answers(asked, person, sent, version)
    if "bare" in sent.tricks:
        return {"": answers}
    files = {unit.name + SUFFIX: answers}
    if "no_notebook" not in sent.tricks:
        released = json.loads((unit.release(person.lang) / f"{unit.name}.ipynb").read_text("utf-8"))
        files[f"{unit.name}.ipynb"] = _json(_changed(released, sent))
    if "own_module" in sent.tricks:
        files["kamlib.py"] = (_HOSTILE + "\n").encode()
    return files


def _answers(asked: Answering, person: Person, sent: HandIn, version: str) -> bytes:
    unit, right = asked.unit, asked.right
    given = asked.responses(person, sent.like, sent.answers)
    code = person.code + "X" if "unknown_code" in sent.tricks else person.code
    stages = _committed(asked, code, given, sent)
    given |= asked.responses(person, BLANK, sent.afterwards)
    responses: dict[str, Any] = {}
    for revision, item in enumerate(right, 1):
        if item not in given:
            continue
        saved = sent.at - timedelta(minutes=2 * (len(right) - revision) + 5)
        responses[item] = {
            "response": given[item],
            "revision": revision,
            "saved_at": _utc(saved),
            "window": "w1",
        }
    if "two_windows" in sent.tricks and responses:
        # The trainee kept this window's answer; the other window's stays in the history.
        item, entry = next(iter(responses.items()))
        entry["history"] = [entry | {"response": right[item], "window": "w2"}]
        entry["revision"] = len(right) + 1
        entry["saved_at"] = _utc(sent.at - timedelta(minutes=1))
    data = _json({
        "format": FORMAT,
        "course": version,
        "unit": unit.name,
        "language": person.lang,
        "trainee": code,
        "revision": max((entry["revision"] for entry in responses.values()), default=0),
        "responses": responses,
        "stages": stages,
    })  # fmt: skip
    return data[: len(data) * 2 // 3] if "bad_json" in sent.tricks else data


def _committed(
    asked: Answering, code: str, given: Mapping[str, Any], sent: HandIn
) -> list[dict[str, Any]]:
    """Return the records of the stages that were committed, each a while after the one before."""
    order = list(dict.fromkeys(stage for stage in asked.stage.values() if stage))
    answered = [name for name in order if any(asked.stage[item] == name for item in given)]
    stages = answered if sent.committed is None else list(sent.committed)
    records = []
    for place, stage in enumerate(stages):
        of_stage = {item: given[item] for item in given if asked.stage[item] == stage}
        at = sent.at - timedelta(minutes=25 * (len(stages) - place))
        own = digest(stage, of_stage)
        one = Commitment(stage, at.astimezone(UTC), code, own, receipt(stage, code, own), of_stage)
        records.append(as_record(one))
    return records


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _changed(notebook: dict[str, Any], sent: HandIn) -> dict[str, Any]:
    """Return the notebook as this trainee left it."""
    cells = notebook["cells"]
    scored = (cell for cell in cells if cell["metadata"].get("nbgrader", {}).get("grade"))
    graded = next(scored, cells[-1])  # an exercise may be all prose
    if "extra_cell" in sent.tricks:
        cells.append({
            "cell_type": "code", "id": "my-own-cell", "metadata": {}, "execution_count": None,
            "outputs": [], "source": f"{_HOSTILE}\n40.0",
        })  # fmt: skip
    if "copied_cell" in sent.tricks:
        cells.insert(cells.index(graded) + 1, copy.deepcopy(graded) | {"id": "copied-cell"})
    if "skip_execution" in sent.tricks:
        graded["metadata"]["tags"] = [*graded["metadata"].get("tags", []), "skip-execution"]
    return notebook


def _json(data: Any) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()


def _built(course: Course) -> dict[Path, bytes]:
    folder = course.root / "data" / "sample_cohort"
    if not (folder / PEOPLE).is_file():
        return {}
    people = read_people(folder / PEOPLE)
    sent = {unit: found for unit in course.units if (found := read_sent(unit, people))}
    return {
        folder / name: data for name, data in cohort_files(people, sent, course.version).items()
    }


def write(course: Course) -> int:
    """Write the sample cohort from its readable lists; return how many files changed."""
    built = _built(course)
    changed = 0
    for path in _strays(course, built):
        path.unlink()
        changed += 1
    for path, data in built.items():
        if not path.exists() or path.read_bytes() != data:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            changed += 1
    return changed


def check(course: Course) -> list[Message]:
    """Return what of the sample cohort is not what its readable lists say."""
    built = _built(course)
    wrong = [path for path, data in built.items() if not path.exists() or path.read_bytes() != data]
    return [
        message(
            "{file} is not what its source says; run kam course build.",
            file=path.relative_to(course.root).as_posix(),
        )
        for path in [*wrong, *_strays(course, built)]
    ]


def _strays(course: Course, built: Mapping[Path, bytes]) -> list[Path]:
    hand_ins = course.root / "data" / "sample_cohort" / "hand_ins"
    return [path for path in sorted(hand_ins.rglob("*")) if path.is_file() and path not in built]
