"""How a cohort is made: the course's exercises and keys, frozen into a folder with a gradebook."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat

from kamlib.course.build import bundle, read_unit
from kamlib.course.bundle import to_json
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
from kamlib.words import LANGUAGES, message

CONFIG = '''"""nbgrader's configuration of this cohort; written by `kam cohort new`."""

from pathlib import Path

from kamlib.grading.nbgrader_plugin import configure

configure(get_config(), Path(__file__).parent)  # noqa: F821 - nbgrader provides get_config
'''


def new_cohort(course: Course, folder: Path, settings: Settings, roster: Path) -> Cohort:
    """Make the cohort's folder, all of it or nothing.

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


def _fill(course: Course, folder: Path, settings: Settings, roster: Path) -> None:
    write_settings(folder, settings)
    shutil.copyfile(roster, folder / "roster.csv")
    (folder / "nbgrader_config.py").write_text(CONFIG, "utf-8")
    notebooks = {}
    for unit in course.units:
        kept = folder / "course" / unit.name
        kept.mkdir(parents=True)
        (kept / "bundle.json").write_text(to_json(bundle(read_unit(unit), course.version)), "utf-8")
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
    due = {unit.name: cohort.due(unit.name) for unit in course.units}
    gradebook.create(cohort.database, settings.name, due)
    gradebook.write_students(cohort.database, settings.name, cohort.roster.values())
