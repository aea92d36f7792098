"""Which rows of the curriculum a course teaches, practises and grades, and where."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from kamlib.course.build import UnitSources, read_unit
from kamlib.course.syllabus import Course, CourseError, read_text
from kamlib.words import Message, message

MISSING = "missing"
STATES = ("graded", "practised", "taught only", "reframed", "omitted", MISSING)
"""How a row can stand. The author states *reframed* and *omitted*, with a reason, in the lesson's
front matter; the others are worked out."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the curriculum as the course treats it."""

    id: str
    unit: str
    term: dict[str, str]
    """By language."""
    state: str
    anchor: str = ""
    """The place in the lesson, the same in every language."""
    why: str = ""
    """The author's reason, for a row that is reframed or omitted."""
    owed: bool = False
    """Whether it is missing from a unit that is there and is no draft any more."""


def curriculum(course: Course) -> list[dict[str, str]]:
    """Return every row of `data/curriculum.csv` by column, in the order of the file."""
    text = read_text(course.root / "data" / "curriculum.csv")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def coverage(course: Course) -> list[Row]:
    """Return every row of `data/curriculum.csv` with its state, in the order of the file.

    Raises `CourseError` where a source names a row that there is not, or that is another unit's.
    """
    rows = curriculum(course)
    units = {unit.name: read_unit(unit) for unit in course.units}
    problems = [
        problem for name, sources in units.items() for problem in _unknown(name, sources, rows)
    ]
    if problems:
        raise CourseError(*problems)
    return [_row(row, units.get(row["unit"])) for row in rows]


def _unknown(unit: str, sources: UnitSources, rows: list[dict[str, str]]) -> list[Message]:
    units = {row["id"]: row["unit"] for row in rows}
    taught = [row for anchor in sources.lesson.anchors for row in anchor.covers]
    named = taught + [row for item in sources.questions.items for row in item.covers]
    named += list(sources.lesson.front.get("states", {}))
    found = [
        message("{unit} names {row}, which is not in the curriculum.", unit=unit, row=row)
        for row in sorted(set(named) - set(units))
    ]
    found += [
        message(
            "{unit} teaches {row}, which belongs to {other}.", unit=unit, row=row, other=units[row]
        )
        for row in sorted(set(taught))
        if units.get(row, unit) != unit
    ]
    return found + [
        message("{unit} teaches {row} at two places; choose one.", unit=unit, row=row)
        for row in sorted({row for row in taught if taught.count(row) > 1})
    ]


def _row(row: dict[str, str], sources: UnitSources | None) -> Row:
    name, term = row["id"], {"en": row["term_en"], "zh": row["term_zh"]}
    if sources is None:
        return Row(name, row["unit"], term, MISSING)
    anchors = [anchor.name for anchor in sources.lesson.anchors if name in anchor.covers]
    stated = sources.lesson.front.get("states", {}).get(name)
    anchor = anchors[0] if anchors else ""
    if stated:
        return Row(name, row["unit"], term, str(stated["state"]), anchor, str(stated["why"]))
    if not anchors:
        return Row(name, row["unit"], term, MISSING, owed=not sources.draft)
    uses = {item.use for item in sources.questions.items if name in item.covers}
    state = "graded" if "graded" in uses else "practised" if uses else "taught only"
    return Row(name, row["unit"], term, state, anchor)
