"""How a cohort is made: the course's exercises and keys, frozen into a folder with a gradebook."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import nbformat

from kamlib.course.build import UnitSources, bundle, read_unit
from kamlib.course.bundle import to_json
from kamlib.course.staging import sealed_stages
from kamlib.course.syllabus import Course
from kamlib.grading import gradebook
from kamlib.grading.cohort import (
    Cohort,
    CohortError,
    Settings,
    open_cohort,
    read_roster,
    write_settings,
)
from kamlib.grading.nbgrader_course import generate
from kamlib.grading.tables import read_table
from kamlib.items.sealing import new_word
from kamlib.words import LANGUAGES, message

CONFIG = '''"""nbgrader's configuration of this cohort; written by `kam cohort new`."""

from pathlib import Path

from kamlib.grading.nbgrader_plugin import configure

configure(get_config(), Path(__file__).parent)  # noqa: F821 - nbgrader provides get_config
'''


def read_dates(path: Path) -> dict[str, date]:
    """Read a list of due days: a CSV file with the columns unit and due, as in 2026-06-15.

    Returns the last day by unit. Raises `CohortError` with the line of the first mistake.
    """
    try:
        table = read_table(path)
    except OSError:
        raise CohortError(
            message("The due days in {file} cannot be read. Give a CSV file with the columns unit and due.",
                    file=str(path))
        ) from None  # fmt: skip
    if not table.has("unit", "due"):
        raise CohortError(
            message("The due days in {file} need the columns unit and due; its first line has: {columns}.",
                    file=path.name, columns=table.columns)
        )  # fmt: skip
    found: dict[str, date] = {}
    for row in table:
        unit, day = row["unit"], row["due"]
        if not unit and not day:
            continue
        try:
            found[unit] = date.fromisoformat(day)
        except ValueError:
            raise CohortError(
                message("The due days in {file}, line {line}: “{day}” is no day of “{unit}”; write it as 2026-06-15.",
                        file=path.name, line=row.number, day=day, unit=unit)
            ) from None  # fmt: skip
    return found


def new_cohort(course: Course, folder: Path, settings: Settings, roster: Path) -> Cohort:
    """Make the cohort's folder, all of it or nothing.

    A unit that still is a draft is left out, unless a due day is set for it.

    Raises `CohortError` where the folder exists, the roster has a mistake, or a due date names a
    unit that the course does not have.
    """
    if folder.exists():
        raise CohortError(
            message(
                "{folder} exists already. Choose another name, or remove it first.",
                folder=str(folder),
            )
        )
    known = [unit.name for unit in course.units]
    for unit in settings.due:
        if unit not in known:
            raise CohortError(
                message(
                    "There is no unit “{name}”. The units are: {names}.", name=unit, names=known
                )
            )
    read_roster(roster, settings.lang)
    part = folder.with_name(folder.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        _fill(course, part, settings, roster)
        part.rename(folder)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return open_cohort(folder)


def with_words(settings: Settings, units: Iterable[UnitSources]) -> Settings:
    """Return the settings with a word for each stage that opens later; those there are stay."""
    words = dict(settings.stage_words)
    for sources in units:
        own = words.get(sources.unit.name, {})
        missing = {stage: new_word() for stage in sealed_stages(sources) if stage not in own}
        if missing:
            words[sources.unit.name] = own | missing
    return settings.model_copy(update={"stage_words": words})


def _fill(course: Course, folder: Path, settings: Settings, roster: Path) -> None:
    write_settings(folder, with_words(settings, _taken(course, settings)))
    shutil.copyfile(roster, folder / "roster.csv")
    (folder / "nbgrader_config.py").write_text(CONFIG, "utf-8")
    notebooks = {}
    for sources in _taken(course, settings):
        unit = sources.unit
        kept = folder / "course" / unit.name
        kept.mkdir(parents=True)
        (kept / "bundle.json").write_text(to_json(bundle(sources, course.version)), "utf-8")
        for lang in LANGUAGES:
            released = unit.release(lang) / f"{unit.name}.ipynb"
            if not released.is_file():
                raise CohortError(
                    message("{file} is not built yet; run kam course build.", file=released.name)
                )
            shutil.copyfile(released, kept / f"exercise.{lang}.ipynb")
        notebooks[unit.name] = nbformat.read(kept / f"exercise.{settings.lang}.ipynb", as_version=4)
    generate(folder, notebooks, database=True, url=settings.database, course=settings.name)
    cohort = open_cohort(folder)
    due = {unit: cohort.due(unit) for unit in notebooks}
    gradebook.create(cohort.database, settings.name, due)
    gradebook.write_students(cohort.database, settings.name, cohort.roster.values())


def _taken(course: Course, settings: Settings) -> list[UnitSources]:
    """Return the units that a cohort works on."""
    found = [read_unit(unit) for unit in course.units]
    return [one for one in found if not one.draft or one.unit.name in settings.due]
