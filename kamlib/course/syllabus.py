"""Where the sources and the built parts of the course lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from kamlib import unique_yaml
from kamlib.items.fit import misfits
from kamlib.items.keys import Key, parse_key
from kamlib.items.model import Item, parse_item
from kamlib.words import LANGUAGES, Message, message


class CourseError(Exception):
    """Something in the sources that its author has to mend; carries plain sentences."""

    def __init__(self, *problems: Message) -> None:
        """Take one message for each problem found."""
        super().__init__(*(problem.text for problem in problems))
        self.problems: Sequence[Message] = problems


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit: a folder of sources, and the places its built parts go to."""

    root: Path
    """The course's folder."""
    name: str
    """As in `01_am_types`."""

    @property
    def slug(self) -> str:
        """The name without its number, which item ids begin with: `am_types`."""
        return self.name.split("_", 1)[1]

    @property
    def folder(self) -> Path:
        """Where the sources are."""
        return self.root / "units" / self.name

    def source(self, part: str) -> Path:
        """Return the path of a source text, `lesson` or `exercise`."""
        return self.folder / f"{part}.md"

    def po(self, part: str, lang: str) -> Path:
        """Return the path of a part's translation; parts are those of `PARTS`."""
        return self.folder / lang / f"{part}.po"

    def lesson(self, lang: str) -> Path:
        """Return where the built lesson goes."""
        return self.root / "notebooks" / lang / f"{self.name}.ipynb"

    def release(self, lang: str) -> Path:
        """Return the folder of the released exercise."""
        return self.root / "exercises" / lang / self.name

    def solution(self, lang: str, edition: str = "") -> Path:
        """Return where an instructor's notebook goes: the exercise's, or the trainer's lesson."""
        parts = [self.name, *([edition] if edition else []), *([lang] if lang != "en" else [])]
        return self.root / "solutions" / self.name / (".".join(parts) + ".ipynb")


PARTS = ("lesson", "exercise", "items", "key")
"""The parts of a unit, each with a translation of its own."""


@dataclass(frozen=True, slots=True)
class Course:
    """The course: its titles and its units."""

    root: Path
    title: dict[str, str]
    """By language."""
    version: str
    units: tuple[Unit, ...]

    def unit(self, name: str) -> Unit:
        """Return the unit of this name, or raise `CourseError` with the names there are."""
        for unit in self.units:
            if unit.name == name:
                return unit
        raise CourseError(
            message(
                "There is no unit “{name}”. The units are: {names}.",
                name=name,
                names=[unit.name for unit in self.units],
            )
        )


def open_course(start: Path | None = None) -> Course:
    """Find the course that `start` (default: here) lies in, by its `course.yaml`."""
    here = (start or Path.cwd()).resolve()
    for root in (here, *here.parents):
        if (root / "course.yaml").is_file():
            settings = read_yaml(root / "course.yaml")
            names = sorted(
                path.parent.name for path in (root / "units").glob("[0-9][0-9]_*/items.yaml")
            )
            return Course(
                root=root,
                title={lang: settings["title"][lang] for lang in LANGUAGES},
                version=str(settings["version"]),
                units=tuple(Unit(root, name) for name in names),
            )
    raise CourseError(
        message(
            "There is no course here: no course.yaml in {folder} or above. "
            "Go to the workbook's folder and call kam again.",
            folder=str(here),
        )
    )


def read_text(path: Path) -> str:
    """Read a source, or raise `CourseError` that names it."""
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeError) as error:
        raise CourseError(
            message("{file} cannot be read: {why}", file=path.name, why=str(error))
        ) from None


def parse_yaml(text: str, file: str) -> Any:
    """Parse YAML, or raise `CourseError` that names the place of the mistake."""
    try:
        return unique_yaml.load(text)
    except yaml.YAMLError as error:
        raise CourseError(
            message("{file} is not valid YAML: {why}", file=file, why=str(error))
        ) from None


def read_yaml(path: Path) -> Any:
    """Read a YAML file, or raise `CourseError` that names the place of the mistake."""
    return parse_yaml(read_text(path), path.name)


@dataclass(frozen=True, slots=True)
class Questions:
    """The items of a unit with their keys."""

    items: tuple[Item, ...]
    """In the order of the file."""
    practice: dict[str, Key]
    """Keys that ship with the lesson."""
    graded: dict[str, Key]
    """Keys that stay with the instructor."""


def mistake(item: str, error: ValidationError) -> Message:
    """Return the first mistake in an item or its key as one sentence."""
    first = error.errors()[0]
    return message(
        "{item}: {field}: {why}",
        item=item, field=".".join(map(str, first["loc"])), why=first["msg"],
    )  # fmt: skip


def _with_data(key: dict[str, Any], unit: Unit) -> dict[str, Any]:
    """Put the files that a key reckons with in the place of their paths in the unit's folder."""
    paths = key.get("data")
    if not isinstance(paths, dict):
        return key
    return {
        **key,
        "data": {name: read_text(unit.folder / str(path)) for name, path in paths.items()},
    }


def read_questions(unit: Unit) -> Questions:
    """Read a unit's items and keys, or raise `CourseError` with every problem found."""
    problems: list[Message] = []
    items: list[Item] = []
    keys: dict[str, dict[str, Key]] = {"practice": {}, "graded": {}}
    secrets = read_yaml(unit.folder / "key.yaml") or {}
    entries = read_yaml(unit.folder / "items.yaml") or []
    if not isinstance(secrets, dict) or not isinstance(entries, list):
        raise CourseError(
            message("items.yaml is a list of items, and key.yaml has one key under each item's id.")
        )
    for entry in entries:
        if not isinstance(entry, dict):
            problems.append(message("“{entry}” in items.yaml is no item.", entry=str(entry)))
            continue
        name = str(entry.get("id"))
        if any(item.id == name for item in items):
            problems.append(message("{item} stands twice in items.yaml.", item=name))
            continue
        shipped, held = entry.pop("key", None), secrets.pop(name, None)
        try:
            item = parse_item(entry)
            if item.use == "graded" and shipped is not None:
                problems.append(
                    message("{item} is graded, so its key belongs into key.yaml.", item=name)
                )
                continue
            if item.use == "practice" and held is not None:
                secrets[name] = held
            key = shipped if item.use == "practice" else held
            if not isinstance(key, dict):
                problems.append(message("{item} has no key.", item=name))
                continue
            keys[item.use][name] = parse_key(item.interaction, _with_data(key, unit))
            problems += misfits(item, keys[item.use][name])
        except ValidationError as error:
            problems.append(mistake(name, error))
            continue
        if item.id.split(".")[0] != unit.slug:
            problems.append(
                message("{item} stands in the unit {unit}; its id must begin with “{slug}.”.",
                        item=name, unit=unit.name, slug=unit.slug)
            )  # fmt: skip
        items.append(item)
    problems += [
        message(
            "key.yaml has a key for {item}, which items.yaml does not have as a graded item.",
            item=name,
        )
        for name in secrets
    ]
    if problems:
        raise CourseError(*problems)
    return Questions(tuple(items), keys["practice"], keys["graded"])
