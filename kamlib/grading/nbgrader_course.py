"""How nbgrader is called: its generate step, for a release and for a cohort's gradebook."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.converters import GenerateAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config


def release(notebook: NotebookNode, unit: str) -> bytes:
    """Put one exercise through nbgrader's generate step, without a gradebook, and return the result.

    The source folder holds the notebook and nothing else, since nbgrader releases every file it
    finds there.
    """
    with tempfile.TemporaryDirectory(prefix="kam-release-") as scratch:
        generate(Path(scratch), {unit: notebook}, database=False)
        return (Path(scratch) / "release" / unit / f"{unit}.ipynb").read_bytes()


def generate(
    root: Path,
    notebooks: dict[str, NotebookNode],
    *,
    database: bool,
    url: str = "",
    course: str = "course",
) -> None:
    """Write `source/` in a course folder and let nbgrader make `release/` and the gradebook of it.

    Raises `RuntimeError` with nbgrader's words where it refuses.
    """
    with environment_on_path():
        for unit, notebook in notebooks.items():
            folder = root / "source" / unit
            folder.mkdir(parents=True, exist_ok=True)
            nbformat.write(notebook, folder / f"{unit}.ipynb")
            # The app layer would read configuration files of the machine; a converter alone does not.
            config = Config()
            config.CourseDirectory.root = str(root)
            config.CourseDirectory.assignment_id = unit
            config.CourseDirectory.course_id = course
            if url:
                config.CourseDirectory.db_url = url
            config.GenerateAssignment.no_database = not database
            config.GenerateAssignment.force = True
            config.SaveCells.enabled = database
            converter = GenerateAssignment(
                coursedir=CourseDirectory(config=config), config=config, parent=None
            )
            converter.log.setLevel(logging.ERROR)
            try:
                converter.start()
            except (NbGraderException, SystemExit) as stop:
                raise RuntimeError(f"nbgrader did not accept the exercise {unit}") from stop


@contextlib.contextmanager
def environment_on_path() -> Iterator[None]:
    """Put the environment's own programs first on PATH: nbgrader calls `alembic` by name."""
    before = os.environ.get("PATH", "")
    os.environ["PATH"] = str(Path(sys.executable).parent) + os.pathsep + before
    try:
        yield
    finally:
        os.environ["PATH"] = before
