"""How a new unit is laid out: sources that build, are translated, are graded and are proved."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from string import Template

from kamlib.course import translation
from kamlib.course.build import UnitSources, read_unit
from kamlib.course.coverage import curriculum
from kamlib.course.syllabus import PARTS, Course, CourseError, Unit, read_text
from kamlib.words import LANGUAGES, Message, message

FILES = Path(__file__).parent / "unit_files"
"""What a new unit begins with, and its Chinese."""

SOURCES = ("lesson.md", "exercise.md", "items.yaml", "key.yaml")

TO_BE_REPLACED = "To be replaced"
"""Stands in every part of a new lesson and exercise that is an example."""

_NAME = re.compile(r"\d\d_[a-z][a-z0-9]*(_[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class NewUnit:
    """A unit that has been laid out."""

    unit: Unit
    rows: tuple[str, ...]
    """The rows of the curriculum that its author is to teach, in their order."""


def new_unit(course: Course, name: str, title: str = "", title_zh: str = "") -> NewUnit:
    """Lay out the sources of a unit called `name`, such as `05_customer_viewpoints`.

    Without a title the name serves; without a Chinese one it is the English, marked as not yet
    translated. Raises `CourseError` where the name is no name for a unit, or is taken.
    """
    _refuse(course, name)
    title = " ".join(title.split()) or _titled(name)
    title_zh = " ".join(title_zh.split()) or f"待译：{title}"
    rows = [row for row in curriculum(course) if row["unit"] == name]
    values = {
        "slug": name.split("_", 1)[1],
        "title": title,
        "title_zh": title_zh,
        "title_yaml": json.dumps(title, ensure_ascii=False),
        "exercise": f"Graded exercise: {title}",
        "exercise_zh": f"评分练习：{title_zh}",
        "exercise_yaml": json.dumps(f"Graded exercise: {title}", ensure_ascii=False),
        "rows": _listed(rows),
    }
    units = course.root / "units"
    units.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".new-unit-", dir=units) as scratch:
        unit = Unit(Path(scratch), name)
        unit.folder.mkdir(parents=True)
        for file in SOURCES:
            text = Template(read_text(FILES / file)).substitute(values)
            (unit.folder / file).write_text(text, "utf-8")
        _translate(read_unit(unit), values)
        shutil.move(unit.folder, units / name)
    return NewUnit(Unit(course.root, name), tuple(row["id"] for row in rows))


def left_over(sources: UnitSources) -> list[Message]:
    """Return the examples that still stand in a unit which is no draft any more."""
    if sources.draft:
        return []
    return [
        message("{file}, line {line}: this is still the example that a new unit begins with.",
                file=f"{sources.unit.name}/{file}", line=line)
        for part in ("lesson", "exercise")
        for text, file, line in sources.texts(part)
        if TO_BE_REPLACED in text
    ]  # fmt: skip


def _refuse(course: Course, name: str) -> None:
    """Raise `CourseError` where a unit cannot have this name."""
    if not _NAME.fullmatch(name):
        raise CourseError(
            message("“{name}” is no name for a unit: write two digits and small English words, joined by "
                    "underscores, as in 05_customer_viewpoints.", name=name)
        )  # fmt: skip
    number, slug = name.split("_", 1)
    for folder in sorted((course.root / "units").glob("*")):
        if folder.name == name:
            raise CourseError(message("There is a folder units/{name} already.", name=name))
        if folder.name.startswith(f"{number}_"):
            raise CourseError(
                message("The number {number} is taken by units/{other}.",
                        number=number, other=folder.name)
            )  # fmt: skip
        if folder.name.partition("_")[2] == slug:
            raise CourseError(
                message("units/{other} is called “{slug}” already; the questions of two units would be mixed up.",
                        other=folder.name, slug=slug)
            )  # fmt: skip
    known = dict.fromkeys(row["unit"] for row in curriculum(course))
    other = next((unit for unit in known if unit.startswith(f"{number}_")), name)
    if other != name:
        raise CourseError(
            message("The curriculum calls unit {number} “{other}”; take that name, or its rows would not be found.",
                    number=number, other=other)
        )  # fmt: skip


def _titled(name: str) -> str:
    """Make a title of a unit's name.

    >>> _titled("05_customer_viewpoints")
    'Customer viewpoints'
    """
    return name.split("_", 1)[1].replace("_", " ").capitalize()


def _listed(rows: list[dict[str, str]]) -> str:
    """Return the rows as comments of the front matter."""
    if not rows:
        return "# The curriculum has no rows for this unit."
    head = [
        "# Still to be taught. Name each row at the place that teaches it, as in {anchor} model K022,",
        "# and take its line out here. A row that you leave out or turn round is said under `states`:",
        "#   states:",
        f"#     {rows[0]['id']}: {{state: omitted, why: Say here why it is left out.}}",
        "#",
    ]
    return "\n".join(
        head + [f"#   {row['id']}  {row['term_en']} · {row['term_zh']}" for row in rows]
    )


def _translate(sources: UnitSources, values: dict[str, str]) -> None:
    """Write the translation of each part, in the form in which `kam course extract` keeps it."""
    for lang in LANGUAGES[1:]:
        known = {
            Template(text).substitute(values): Template(there).substitute(values)
            for text, there in translation.texts_of_catalog(
                translation.read_catalog(FILES / f"{lang}.po", lang)
            ).items()
        }
        for part in PARTS:
            path = sources.unit.po(part, lang)
            catalog = translation.updated(path, lang, sources.texts(part))
            for entry in catalog:
                if entry.id:
                    entry.string = known[str(entry.id)]
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(translation.po_bytes(catalog))
