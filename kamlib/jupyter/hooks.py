"""What a saved notebook of the workbook holds: readable questions, and nothing that dies with a kernel."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

WIDGET = "application/vnd.jupyter.widget-view+json"

FORM_CELL = re.compile(r'from kamlib\.forms import form\nform\("[a-z0-9_]+\.[a-z0-9_]+"\)\s*')
"""A cell that shows one question; the front end runs such cells by itself."""

STAGE_CELL = re.compile(
    r'from kamlib\.forms import stage\nstage\("[A-Z][A-Z0-9]{0,7}"(?:, (?:\d{1,3}|"commit"))?\)\s*'
)
"""A cell that shows a part of a stage: its gate, a chunk of its pages, or where it is committed."""

ACTIVITY_CELL = re.compile(
    r'from kamlib\.forms import activity\nactivity\("[a-z0-9_]+\.[a-z0-9_]+"(?:, "[a-z][a-z0-9_]*")?\)\s*'
)
"""A cell in which something is live, such as a talk at the table or a panel of the homework."""

FIGURE = "kam-figure"
"""The tag of a cell with an author's own code that runs by itself where its notebook is trusted."""

PAGE_CELL = re.compile(
    r"from kamlib\.(?:forms import start\nstart|grading\.office_page import office\noffice)\(\)\s*"
)
"""The cell of a page of ours: the trainee's start page, the instructor's desk."""


def is_ours(source: str) -> bool:
    """Tell whether a cell's source is exactly a form or a page of ours."""
    return any(kind.fullmatch(source) for kind in (FORM_CELL, STAGE_CELL, ACTIVITY_CELL, PAGE_CELL))


def may_sign(notebook: Mapping[str, Any]) -> bool:
    """Tell whether saving a notebook may make Jupyter trust it.

    Jupyter signs what it saves if no *output* is suspect, so opening and saving somebody's notebook
    would let a figure in it, which has none yet, run by itself the next time. A figure that was
    neither trusted when the notebook was opened nor run by a person since keeps it unsigned.

    Args:
        notebook: what is about to be saved, with the front end's `trusted` still in each cell.

    """
    return all(
        cell["metadata"].get("trusted") is True
        for cell in notebook["cells"]
        if cell["cell_type"] == "code" and FIGURE in cell["metadata"].get("tags", [])
    )


def strip_widgets(model: dict[str, Any], **_: Any) -> None:
    """Before a save, leave of each widget what can be read without it; called by the server.

    Only notebooks of the workbook (`metadata.kam`) are changed. In a cell of ours, what is not
    plain HTML or text goes, so that no traceback of a lost session is kept either; elsewhere only
    the references to widgets do.

    Args:
        model: what is to be saved, with the notebook in `content`; changed in place.
        _: what else the server tells, such as the path.

    """
    content = model.get("content")
    if model.get("type") != "notebook" or not isinstance(content, dict):
        return
    metadata = content.get("metadata", {})
    if "kam" not in metadata:
        return
    metadata.pop("widgets", None)
    for cell in content.get("cells", []):
        if cell.get("cell_type") == "code":
            ours = is_ours("".join(cell.get("source", "")))
            cell["outputs"] = list(_readable(cell.get("outputs", []), ours))
            if ours:
                cell["execution_count"] = None


def _readable(outputs: list[dict[str, Any]], ours: bool) -> Iterator[dict[str, Any]]:
    for output in outputs:
        data = output.get("data")
        if data is None:
            if not ours:
                yield output
            continue
        widget = data.pop(WIDGET, None)
        if widget is not None and "text/html" not in data:
            continue  # its text only names a Python object
        if ours and "execution_count" in output:
            output["execution_count"] = None
        yield output
