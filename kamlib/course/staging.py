"""What of a unit is sealed for trainees: later stages' pages, questions, keys and facts, by stage."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from kamlib.course.build import UnitSources
from kamlib.course.notebook import STAGE_KEY, ours, stage_code
from kamlib.course.syllabus import CourseError, read_text
from kamlib.forms.page import rendered_cell
from kamlib.forms.stages import FORMAT, sealed_name, stages_name
from kamlib.items.sealing import new_word, seal
from kamlib.jupyter.hooks import is_ours
from kamlib.words import LANGUAGES, message

NOTEBOOKS = ("lesson", "exercise")


def sealed_stages(sources: UnitSources) -> tuple[str, ...]:
    """Return the stages of a unit that are sealed: all but the first."""
    return tuple(sources.stages)[1:]


def sealed_unit(
    files: Mapping[str, bytes], sources: UnitSources, words: Mapping[str, str] | None
) -> dict[str, bytes]:
    """Return a unit's packed files with all that belongs to later stages sealed.

    `files` holds the unit's notebooks and items in every language by their names in a pack. `words`
    has the word of each stage; None for an honour edition, which carries its own words. Raises
    `CourseError` where a word is missing or something is not built.
    """
    later = sealed_stages(sources)
    if not later:
        return dict(files)
    unit = sources.unit.name
    if words is not None and not all(words.get(stage) for stage in later):
        raise CourseError(
            message("The stages of {unit} have no words yet. Make them with: kam cohort words COHORT",
                    unit=unit)
        )  # fmt: skip
    kept = dict(files)
    folder = f"units/{unit}/"
    content: dict[str, dict[str, Any]] = {
        stage: {
            "unit": unit,
            "stage": stage,
            "title": _in_all(sources, sources.stages[stage]),
            "chunks": {},
            "items": {},
            "keys": {},
            "facts": _facts(sources, stage),
            "files": _files(sources, stage),
        }
        for stage in later
    }
    closed: list[dict[str, str]] = []
    for lang in LANGUAGES:
        chunks: dict[str, list[str]] = {stage: [] for stage in later}
        for kind in NOTEBOOKS:
            name = f"{folder}{kind}.{lang}.ipynb"
            notebook = nbformat.reads(files[name].decode(), 4)
            kept[name] = _written(without_stages(notebook, later, chunks))
        name = f"{folder}{unit}.items.{lang}.json"
        questions = json.loads(files[name])
        closed = [_named(item) for item in questions["items"] if item.get("stage") in later]
        for stage in later:
            mine = [item for item in questions["items"] if item.get("stage") == stage]
            ids = {item["id"] for item in mine}
            content[stage]["chunks"][lang] = chunks[stage]
            content[stage]["items"][lang] = mine
            content[stage]["keys"][lang] = {
                one: key for one, key in questions["keys"].items() if one in ids
            }
        hidden = {one["id"] for one in closed}
        kept[name] = _json({
            "items": [item for item in questions["items"] if item["id"] not in hidden],
            "keys": {one: key for one, key in questions["keys"].items() if one not in hidden},
        })  # fmt: skip
    honour = {stage: new_word() for stage in later} if words is None else {}
    first = next(iter(sources.stages))
    kept[folder + stages_name(unit)] = _json({
        "format": FORMAT,
        "stages": list(sources.stages),
        "titles": {first: _in_all(sources, sources.stages[first])},
        "facts": _facts(sources, first),
        "data": _files(sources, first),
        "files": {name: stage for stage, one in content.items() for name in one["files"]},
        "closed": closed,
        "honour": honour,
    })  # fmt: skip
    for stage, one in content.items():
        word = honour[stage] if words is None else words[stage]
        kept[folder + sealed_name(unit, stage)] = seal(one, word)
    return kept


def without_stages(
    notebook: NotebookNode, later: Sequence[str], chunks: dict[str, list[str]]
) -> NotebookNode:
    """Return a built notebook in which the pages of later stages are cells that show them once open.

    What was taken out is added to `chunks` as HTML, by stage; questions stay where they are, with
    nothing of what they once showed. Raises `CourseError` where a figure was not run.
    """
    cells: list[NotebookNode] = []
    pending: list[str] = []
    last = ""

    def flush() -> None:
        if pending:
            chunks[last].append("\n".join(pending))
            number = len(chunks[last])
            cells.append(_cell(last, number, f"chunk-{last.lower()}-{number}"))
            pending.clear()

    for cell in notebook.cells:
        stage = cell.metadata.get(STAGE_KEY, "")
        if stage != last:
            flush()
            last = stage
            if stage in later:
                # Where it begins stands a heading with its task: the gate is in its place.
                cells.append(_cell(stage, "", f"stage-{stage.lower()}"))
                if cell.id == f"stage-{stage.lower()}":
                    continue
        if stage not in later:
            cells.append(cell)
        elif "nbgrader" in cell.metadata or (cell.cell_type == "code" and is_ours(cell.source)):
            flush()
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
            cells.append(cell)
        elif cell.cell_type == "code":
            pending.append(_shown(cell))
        else:
            pending.append(rendered_cell(cell.source))
    flush()
    notebook.cells = cells
    nbformat.validate(notebook)
    return notebook


def _cell(stage: str, part: int | str, name: str) -> NotebookNode:
    cell = ours(new_code_cell(stage_code(stage, part)))
    cell.metadata[STAGE_KEY] = stage
    cell.id = name
    return cell


def _shown(cell: NotebookNode) -> str:
    """Return what a figure's cell shows, as HTML that needs nothing else."""
    if cell.execution_count is None:
        raise CourseError(
            message("A figure of stage {stage} was never run; run kam course build.",
                    stage=cell.metadata[STAGE_KEY])
        )  # fmt: skip
    parts = []
    for output in cell.outputs:
        data = output.get("data", {})
        if "text/html" in data:
            parts.append(data["text/html"])
        elif "image/png" in data:
            alt = escape(data.get("text/plain", ""))
            parts.append(
                f'<img alt="{alt}" src="data:image/png;base64,{data["image/png"].strip()}">'
            )
        elif "image/svg+xml" in data:
            parts.append(data["image/svg+xml"])
        elif "text/markdown" in data:
            parts.append(rendered_cell(data["text/markdown"]))
        else:
            text = output.get("text") or data.get("text/plain", "")
            parts.append(f"<pre>{escape(text)}</pre>" if text.strip() else "")
    return "\n".join(filter(None, parts))


def _named(item: Mapping[str, Any]) -> dict[str, str]:
    """Return what may be known of a question before its stage opens: that there is one."""
    return {"id": item["id"], "use": item.get("use", "practice"), "stage": item["stage"]}


def _in_all(sources: UnitSources, text: str) -> dict[str, str]:
    return {lang: sources.translations(lang, ("lesson",)).get(text, text) for lang in LANGUAGES}


def _facts(sources: UnitSources, stage: str) -> dict[str, list[Any]]:
    """Return what becomes known at a stage, by the case's folder, for those who reckon with it."""
    return {
        case: facts.at(stage).model_dump(mode="json")["facts"]
        for case, facts in sources.facts.items()
    }


def _files(sources: UnitSources, stage: str) -> dict[str, str]:
    """Return the data files that come with a stage, by their names in the unit's folder."""
    return {name: read_text(sources.unit.folder / name) for name in sources.files.get(stage, ())}


def _json(data: Any) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()


def _written(notebook: NotebookNode) -> bytes:
    text: str = nbformat.writes(notebook)
    return (text + "\n").encode()
