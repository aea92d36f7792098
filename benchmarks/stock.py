"""The same exercise as a plain nbgrader course, graded by nbgrader as it comes."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from benchmarks import measured
from benchmarks.hand_ins import Copy
from kamlib.course.bundle import Bundle, to_json
from kamlib.course.notebook import KERNEL, grade_id
from kamlib.grading.nbgrader_course import generate
from kamlib.items.answers import SUFFIX

KEY = "KAM_BENCHMARK_KEY"
"""The environment variable that tells the notebook where items and keys lie: not beside it, where
a trainee would find them."""

_SETUP = """
import json
import os
from pathlib import Path

from kamlib.items.keys import parse_key
from kamlib.items.marking import mark_exercise
from kamlib.items.model import parse_item

exercise = json.loads(Path(os.environ["{key}"]).read_text("utf-8"))
items = [parse_item(item) for item in exercise["items"]]
keys = {{item.id: parse_key(item.interaction, exercise["keys"][item.id]) for item in items}}
answers = json.loads(Path("{answers}").read_text("utf-8"))["responses"]
marks = mark_exercise(items, keys, {{name: entry["response"] for name, entry in answers.items()}})
"""


def notebook(bundle: Bundle) -> NotebookNode:
    """Write the exercise as a good author would for plain nbgrader.

    A locked cell loads the answers and marks them, then each item has its question and a locked
    graded cell that ends in one plain float, or for prose a task cell for a person.
    """
    setup = new_code_cell(_SETUP.format(key=KEY, answers=bundle.unit + SUFFIX).strip())
    setup.metadata["nbgrader"] = _meta("setup", locked=True)
    cells = [new_markdown_cell(f"# {bundle.title}"), setup]
    for item in bundle.items:
        question = f"**{item.title}**\n\n{item.prompt}"
        if item.interaction == "text":
            cell = new_markdown_cell(question)
            cell.metadata["nbgrader"] = _meta(item.id, locked=True, task=True, points=item.points)
        else:
            cells.append(new_markdown_cell(question))
            cell = new_code_cell(f'float(marks["{item.id}"].score)')
            cell.metadata["nbgrader"] = _meta(item.id, locked=True, grade=True, points=item.points)
        cells.append(cell)
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"
    return new_notebook(cells=cells, metadata={"kernelspec": KERNEL})


def _meta(name: str, **said: object) -> dict[str, object]:
    plain = {"grade": False, "locked": False, "solution": False, "task": False}
    return {"schema_version": 3, "grade_id": grade_id(name), **plain, **said}


def course(folder: Path, bundle: Bundle, made: Sequence[Copy]) -> None:
    """Make the course with its release, its gradebook and these hand-ins."""
    unit = bundle.unit
    folder.mkdir(parents=True)
    (folder / "nbgrader_config.py").write_text(
        'c = get_config()\nc.CourseDirectory.course_id = "stock"\n', "utf-8"
    )
    (folder / "key.json").write_text(to_json(bundle), "utf-8")
    generate(folder, {unit: notebook(bundle)}, database=True, course="stock")
    released = (folder / "release" / unit / f"{unit}.ipynb").read_bytes()
    for copy in made:
        place = folder / "submitted" / copy.code / unit
        place.mkdir(parents=True)
        (place / f"{unit}.ipynb").write_bytes(released)
        (place / (unit + SUFFIX)).write_bytes(copy.answers)


def grade(folder: Path, unit: str) -> list[measured.Cost]:
    """Grade all hand-ins and write all feedback, each in one batch; return what each cost."""
    environment = _environment(folder)
    costs = []
    for verb in ("autograde", "generate_feedback"):
        command = [sys.executable, "-m", "nbgrader", verb, unit]
        costs.append(measured.run(command, folder, environment, folder / f"{verb}.log"))
    return costs


def _environment(folder: Path) -> Mapping[str, str]:
    """Return an environment in which no configuration of this machine counts."""
    own = {
        name: str(folder / "jupyter" / name)
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    }
    # nbgrader calls alembic by its name, and the kernel has to find kamlib.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    return {
        **os.environ, **own, "PATH": path, KEY: str(folder / "key.json"),
        "PYTHONPATH": str(Path(__file__).parents[1]),
    }  # fmt: skip
