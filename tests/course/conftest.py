"""The built parts of a course, in memory and on the disk, without starting a kernel."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_output

from kamlib.course import build
from kamlib.course.build import Artefact
from kamlib.course.syllabus import Course
from kamlib.grading.nbgrader_course import release
from kamlib.words import Message, Words

Write = Callable[[Course], int]


@pytest.fixture(scope="session")
def built(course: Course) -> list[Artefact]:
    """Every file of the repository's course, built in memory."""
    return build.artefacts(course, release)


@pytest.fixture
def write(monkeypatch: pytest.MonkeyPatch) -> Write:
    """Build a course to the disk; its lessons count as run, which a kernel takes seconds for."""

    def run(notebook: NotebookNode, beside: Mapping[str, bytes]) -> NotebookNode:
        for count, cell in enumerate(notebook.cells, 1):
            if cell.cell_type == "code":
                cell.execution_count = count
                cell.outputs = [new_output("stream", name="stdout", text="run\n")]
        return notebook

    monkeypatch.setattr(build, "execute", run)
    return lambda course: build.write(course, release, lambda name: None)


def english(problems: list[Message] | tuple[Message, ...]) -> list[str]:
    """Put messages into plain words."""
    return [Words("en").say(problem) for problem in problems]
