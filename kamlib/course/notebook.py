"""How a parsed source becomes a notebook in one language, with the same cell ids in all."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from kamlib.case_facts import MEASURES, Facts
from kamlib.course.figures import Figures, Wanted
from kamlib.course.source import CALLOUT, CASE, Cell, Source
from kamlib.items.model import Item
from kamlib.words import N_, Words, message

KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}

PROVENANCE = {
    "given": N_("given"),
    "derived": N_("derived"),
    "invented": N_("invented"),
}
_TITLES = {
    "note": N_("Note"),
    "story": N_("Story"),
    "dialogue": N_("Conversation"),
    "rule": N_("Rule"),
    "caution": N_("Caution"),
    "summary": N_("In short"),
    "example": N_("Example"),
    "facts": N_("What is known now"),
    "stage": N_("Stage"),
    "trainer": N_("For the trainer"),
}
STAGE_KEY = "kam_stage"
"""In a cell's metadata: the stage it belongs to."""
_ACCENT = {
    "facts": "#0b6e6e",
    "stage": "#0b6e6e",
    "caution": "#c77700",
    "rule": "#0b6e6e",
    "summary": "#0b6e6e",
    "trainer": "#7f6aa8",
}


def form_code(item: str) -> str:
    """Return the code of an item's cell; it holds no prose, so it is the same in all languages."""
    return f'from kamlib.forms import form\nform("{item}")'


def stage_code(stage: str, part: int | str = "") -> str:
    """Return the code of a stage's cell: its gate, one of its chunks, or where it is committed.

    >>> print(stage_code("S1", 2))
    from kamlib.forms import stage
    stage("S1", 2)
    """
    rest = f", {part}" if isinstance(part, int) else f', "{part}"' if part else ""
    return f'from kamlib.forms import stage\nstage("{stage}"{rest})'


def activity_code(slug: str, name: str, case: str = CASE) -> str:
    """Return the code of the cell of an activity, with its case in a unit, or which part of it this is.

    >>> print(activity_code("case1", "negotiation"))
    from kamlib.forms import activity
    activity("case1.negotiation")
    """
    rest = "" if case == CASE else f', "{case}"'
    return f'from kamlib.forms import activity\nactivity("{slug}.{name}"{rest})'


@dataclass(frozen=True, slots=True)
class Staging:
    """What the stages of a unit are called, and the facts of its cases."""

    titles: Mapping[str, str] = field(default_factory=dict)
    """Each stage's task in the source language, in order; none where the unit has no stages."""
    facts: Mapping[str, Facts] = field(default_factory=dict)
    """By the case's folder."""
    slug: str = ""
    """The unit's name without its number."""
    figures: Figures = field(default_factory=lambda: Figures(Path()))
    """What its figures look like."""


_FORM = "-form"


def grade_id(item: str) -> str:
    """Return nbgrader's id of an item, in which it allows no full stop.

    >>> grade_id("am_types.coverage_ratio")
    'am_types-coverage_ratio'
    """
    return item.replace(".", "-", 1)


def item_of(grade_id_: str) -> str:
    """Return the item a cell belongs to by nbgrader's id, whether it scores it or only shows its form.

    >>> item_of("am_types-always_right-form")
    'am_types.always_right'
    """
    return grade_id_.removesuffix(_FORM).replace("-", ".", 1)


def lesson_notebook(
    source: Source, words: Words, trainer: bool = False, staging: Staging = Staging()
) -> NotebookNode:
    """Build the lesson, with the trainer's notes only in the trainer's edition."""
    teaching, exercises = int(source.front["teaching"]), int(source.front["exercises"])
    head = f"# {words.translate(source.title)}\n\n" + words.say(
        message("*{teaching} minutes of reading and talking, {exercises} minutes of practice.*",
                teaching=teaching, exercises=exercises)
    )  # fmt: skip
    if "summary" in source.front:
        head += "\n\n" + words.translate(str(source.front["summary"]))
    cells = [_with_id(new_markdown_cell(head), "title")]
    for cell in source.cells:
        if not cell.for_trainer:
            cells.append(_cell(cell, words, lambda item: new_code_cell(form_code(item)), staging))
        elif trainer:
            cells.append(_with_id(_trainer_cell(cell, words), _name(cell)))
    return _notebook(cells, source, words, "lesson")


def exercise_notebook(
    source: Source, items: Mapping[str, Item], words: Words, staging: Staging = Staging()
) -> NotebookNode:
    """Build nbgrader's source of the exercise: its items as scored cells, no key anywhere.

    An item marked by machine is a locked graded code cell. Prose is an ungraded form cell and a
    Markdown task cell that carries the points, which is what brings it to the marking desk. Each
    stage ends with a cell to commit it.
    """
    cells = [_with_id(new_markdown_cell(_exercise_head(source, words)), "title")]
    for cell, last in _with_ends(source):
        if last:
            cells.append(_commit_cell(last))
        if cell is None or cell.for_trainer:
            continue
        built = _cell(cell, words, lambda item: new_code_cell(form_code(item)), staging)
        if not cell.item:
            cells.append(built)
            continue
        item = items[cell.item]
        prose = item.interaction == "text"
        built.metadata["nbgrader"] = _nbgrader(
            grade_id(cell.item) + (_FORM if prose else ""), None if prose else item.points, "code"
        )
        cells.append(built)
        if prose:
            # A comment only: what a trainee reads stands in the form, and one text serves all languages.
            task = new_markdown_cell(f"<!-- {cell.item} -->")
            task.metadata["nbgrader"] = _nbgrader(
                grade_id(cell.item), item.points, "markdown", task=True
            )
            if cell.stage:
                task.metadata[STAGE_KEY] = cell.stage
            cells.append(_with_id(task, f"task-{_slug(cell.item)}"))
    return _notebook(cells, source, words, "exercise")


def _with_ends(source: Source) -> Iterator[tuple[Cell | None, str]]:
    """Yield each cell, and at last None, with the stage to commit before it: one that asks something."""
    asks = ""
    for cell in (*source.cells, None):
        ended = cell is None or cell.kind == "stage"
        yield cell, asks if ended else ""
        asks = "" if ended else asks or (cell.stage if cell and cell.item else "")


def _commit_cell(stage: str) -> NotebookNode:
    cell = ours(new_code_cell(stage_code(stage, COMMIT)))
    cell.metadata[STAGE_KEY] = stage
    return _with_id(cell, f"commit-{stage.lower()}")


COMMIT = "commit"
"""The part of a stage at its end, where its answers are committed."""


def solution_notebook(
    source: Source, words: Words, answer: Callable[[str], str], staging: Staging = Staging()
) -> NotebookNode:
    """Build the instructor's reading copy; `answer` gives an item with its solution as Markdown."""
    cells = [_with_id(new_markdown_cell(_exercise_head(source, words)), "title")]
    cells += [
        _with_id(_trainer_cell(cell, words), _name(cell))
        if cell.for_trainer
        else _cell(cell, words, lambda item: new_markdown_cell(answer(item)), staging)
        for cell in source.cells
    ]
    return _notebook(cells, source, words, "solution")


def _exercise_head(source: Source, words: Words) -> str:
    return f"# {words.translate(source.title)}\n\n" + words.say(
        message("*About {minutes} minutes. Your answers are saved as you go; you can stop and come back.*",
                minutes=int(source.front["minutes"]))
    )  # fmt: skip


def _notebook(cells: list[NotebookNode], source: Source, words: Words, kind: str) -> NotebookNode:
    seen: set[str] = set()
    for cell in cells:
        if cell.id in seen:
            cell.id = next(f"{cell.id}-{n}" for n in range(2, 1000) if f"{cell.id}-{n}" not in seen)
        seen.add(cell.id)
    built = new_notebook(
        cells=cells,
        metadata={
            "kernelspec": KERNEL,
            "language_info": {"name": "python"},
            "kam": {"kind": kind, "lang": words.lang},
        },
    )
    nbformat.validate(built)
    return built


def digest(data: bytes) -> str:
    """Return the short hash by which a built part names the source it came from."""
    return hashlib.sha256(data).hexdigest()[:16]


def ours(cell: NotebookNode) -> NotebookNode:
    """Mark a code cell as one of ours, whose code nobody needs to see."""
    cell.metadata["jupyter"] = {"source_hidden": True}
    cell.metadata["tags"] = ["kam-form", "hide-input"]
    return cell


def _cell(
    cell: Cell, words: Words, of_item: Callable[[str], NotebookNode], staging: Staging
) -> NotebookNode:
    if cell.kind == "item":
        built = of_item(cell.item)
        if built.cell_type == "code":
            ours(built)
    elif cell.kind == "stage":
        built = new_markdown_cell(stage_heading(cell.stage, staging.titles[cell.stage], words))
    elif cell.kind == "facts":
        stage, case = cell.facts
        built = new_markdown_cell(_facts(staging.facts[case].at(stage), words))
    elif cell.kind == "figure":
        drawn = staging.figures.html(Wanted(*cell.figure, cell.stage), words)
        built = new_markdown_cell(_provenance(drawn, words))
    elif cell.kind == "activity":
        built = ours(new_code_cell(activity_code(staging.slug, *cell.activity)))
    elif cell.kind == "code":
        built = new_code_cell(cell.code)
        built.metadata["jupyter"] = {"source_hidden": True}
        built.metadata["tags"] = [*cell.tags, "hide-input"]
    else:
        built = new_markdown_cell(_markdown(cell, words))
    if cell.stage:
        built.metadata[STAGE_KEY] = cell.stage
    return _with_id(built, _name(cell))


def _trainer_cell(cell: Cell, words: Words) -> NotebookNode:
    text = _callout("trainer", "", [words.translate(block.text) for block in cell.blocks], words)
    built = new_markdown_cell(_provenance(text, words))
    built.metadata["tags"] = ["trainer"]
    return built


def _name(cell: Cell) -> str:
    """Name a cell after its item or anchor, else after its text in the source language."""
    if cell.item:
        return "item-" + _slug(cell.item)
    if cell.anchors:
        return cell.anchors[0].name
    if cell.kind == "stage":
        return f"stage-{cell.stage.lower()}"
    if cell.kind == "facts":
        return "-".join(("facts", *cell.facts)).lower().replace("_", "-")
    if cell.kind == "figure":
        return "-".join(("figure", *cell.figure)).replace("_", "-").replace(".", "-")
    if cell.kind == "activity":
        return "-".join(("activity", *cell.activity)).replace("_", "-")
    text = cell.code or "\n".join(block.text for block in cell.blocks)
    return ("code-" if cell.code else "text-") + hashlib.sha256(text.encode()).hexdigest()[:10]


def _slug(item: str) -> str:
    return item.replace(".", "-").replace("_", "-")


def _with_id(cell: NotebookNode, name: str) -> NotebookNode:
    cell.id = name[:60]
    return cell


def _nbgrader(
    name: str, points: float | None, cell_type: str, task: bool = False
) -> dict[str, Any]:
    meta: dict[str, Any] = {
        "schema_version": 3,
        "grade_id": name,
        "grade": points is not None and not task,
        "solution": False,
        "locked": True,
        "task": task,
        "cell_type": cell_type,
    }
    if points is not None:
        meta["points"] = points
    return meta


def _markdown(cell: Cell, words: Words) -> str:
    """Render the blocks in a language: anchors, callouts as styled boxes, provenance as tags."""
    parts = [
        f'<a id="{name}"></a>' for anchor in cell.anchors for name in (anchor.name, *anchor.covers)
    ]
    anchors = "".join(parts)
    out: list[str] = []
    pending: list[str] = []
    kind = title = ""

    def close() -> None:
        nonlocal kind, title
        if kind:
            out.append(_callout(kind, title, pending, words))
        elif pending:
            out.append("\n>\n".join("> " + text.replace("\n", "\n> ") for text in pending))
        pending.clear()
        kind = title = ""

    for block in cell.blocks:
        if (pending or kind) and (not block.quoted or block.opens):
            close()
        text = words.translate(block.text)
        if not block.quoted:
            out.append(text)
            continue
        head, _, rest = text.partition("\n")
        mark = CALLOUT.match(head)
        if mark and block.opens:
            kind, title = mark[1], mark[2]
            if rest:
                pending.append(rest)
        else:
            pending.append(text)
    close()
    text = "\n\n".join(out)
    return _provenance((anchors + "\n\n" if anchors else "") + text, words)


def stage_heading(stage: str, title: str, words: Words) -> str:
    """Return where a stage begins, as Markdown: its name and its task."""
    return _callout(STAGE_KIND, words.translate(title), [], words, name=stage)


STAGE_KIND = "stage"


def _facts(facts: Facts, words: Words) -> str:
    """Render a card of facts: what is known, where from, and what it measures where that is a figure."""
    heads = [N_("Fact"), N_("What is known"), N_("What it measures")]
    if not any(MEASURES[fact.measure] for fact in facts):
        heads.pop()
    rows = [[words.translate(head) for head in heads], ["---"] * len(heads)]
    for fact in facts:
        said = " ".join(fact.text.in_(words.lang).split()).replace("|", "\\|")
        measure = words.translate(MEASURES[fact.measure])
        rows.append([fact.id, f"{said} {{{facts.provenance}}}", measure][: len(heads)])
    table = "\n".join("| " + " | ".join(row) + " |" for row in rows)
    return _provenance(_callout("facts", "", [table], words), words)


def _callout(kind: str, title: str, paragraphs: list[str], words: Words, name: str = "") -> str:
    """Render a callout as a box that a notebook, an HTML page and a print all show alike."""
    style = (
        f"border-left:4px solid {_ACCENT.get(kind, '#52606d')};background-color:#f5f7fa;"
        "padding:8px 16px;margin:12px 0"
    )
    label = words.translate(_TITLES[kind]) + (f" {name}" if name else "")
    heading = f"**{label}" + (f" · {title}**" if title else "**")
    body = "\n\n".join([heading, *paragraphs])
    return f'<div class="kam-callout kam-{kind}" style="{style}">\n\n{body}\n\n</div>'


def _provenance(text: str, words: Words) -> str:
    def tag(found: re.Match[str]) -> str:
        word = html.escape(words.translate(PROVENANCE[found[1]]))
        return f'<small class="kam-source" style="color:#52606d">[{word}]</small>'

    return re.sub(r"\{(given|derived|invented)\}", tag, text)


def anchor_headings(source: Source) -> dict[str, str]:
    """Return for each anchor the heading it stands under, in the source language."""
    heading = source.title
    found: dict[str, str] = {}
    for cell in source.cells:
        if cell.for_trainer:
            continue
        for block in cell.blocks:
            if re.match(r"^#{1,6} ", block.text):
                heading = block.text
                break
        for anchor in cell.anchors:
            found[anchor.name] = heading
    return found


def plain_heading(text: str) -> str:
    """Drop the marks of a heading.

    >>> plain_heading("## Who *pays*?")
    'Who pays?'
    """
    return re.sub(r"^#+ |[*`]", "", text)


def page_notebook(kind: str, code: str, lang: str) -> bytes:
    """Return a notebook whose one cell shows a page of ours, as `start()` does.

    `kind` is what the front end knows the page by.
    """
    cell = _with_id(ours(new_code_cell(code)), kind)
    built = new_notebook(
        cells=[cell],
        metadata={
            "kernelspec": KERNEL,
            "language_info": {"name": "python"},
            "kam": {"kind": kind, "lang": lang},
        },
    )
    text: str = nbformat.writes(built)
    return (text + "\n").encode()


def set_outputs_clean(notebook: NotebookNode) -> NotebookNode:
    """Drop what differs from run to run: timing and widget state."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.metadata.pop("execution", None)
    notebook.metadata.pop("widgets", None)
    notebook.metadata.pop("papermill", None)
    notebook.metadata["kernelspec"] = KERNEL
    notebook.metadata["language_info"] = {"name": "python"}
    return notebook
