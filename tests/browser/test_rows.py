"""A long table in a form: its rows are folded to a line each, and nothing in them is lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from kamlib.course.notebook import form_code
from kamlib.items.answers import AnswersFile

from .conftest import Server, click_at, lesson_with, open_notebook, serving

UNIT = "06_thinking"
ITEM = "thinking.people"
KINDS = ("text", "choice", "text", "number", "date", "text")
ROWS = [
    {"c0": f"P{n}", "c1": "up", "c2": f"Role {n}", "c3": str(n), "c4": "2026-06-01", "c5": "seen"}
    for n in range(1, 6)
]


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    """Where the answers of the workbook lie."""
    return tmp_path / "workbook" / "units" / UNIT / f"{UNIT}.answers.json"


@pytest.fixture
def machine(tmp_path: Path, answers: Path) -> Iterator[Server]:
    """Start a server on a page with a table of six columns, five rows of which are filled."""
    root = tmp_path / "workbook"
    columns: dict[str, Any] = {
        f"c{n}": {"label": f"Column {n}", "kind": kind, **({"options": {"up": "Above"}} if kind == "choice" else {})}
        for n, kind in enumerate(KINDS)
    }  # fmt: skip
    item = {"id": ITEM, "interaction": "table", "use": "graded", "title": "People", "prompt": "All.",
            "columns": columns, "min_rows": 2, "max_rows": 12}  # fmt: skip
    lesson_with(root, UNIT, form_code(ITEM), {})
    (answers.parent / f"{UNIT}.items.en.json").write_text(json.dumps({"items": [item]}), "utf-8")
    rows = [*ROWS[:4], {**ROWS[4], "c3": "many"}]
    AnswersFile(answers).save(ITEM, {"rows": rows}, seen=0, window="w")
    with serving(root, tmp_path / "jupyter") as server:
        yield server


def heads(page: Page) -> Locator:
    return page.locator(".kam-card:visible > legend")


def test_rows_are_folded_opened_changed_and_removed(
    machine: Server, page: Page, answers: Path
) -> None:
    """Each row shows who it is; a row with a mistake is open; what is removed is that row alone."""
    open_notebook(page, machine, f"units/{UNIT}/lesson.en.ipynb")
    expect(heads(page)).to_have_count(5)
    expect(heads(page).nth(1)).to_have_text("Row 2: P2 · Above · Role 2")
    shown = page.locator(".kam-cells:visible")
    expect(shown).to_have_count(1)
    expect(page.locator(".kam-error", has_text="“many” cannot be read")).to_be_visible()

    click_at(page, page.get_by_role("button", name="Open row 2"))
    expect(shown).to_have_count(2)
    expect(page.get_by_role("button", name="Fold row 2")).to_have_attribute("aria-expanded", "true")
    shown.first.get_by_label("Column 2").fill("Buyer")
    click_at(page, page.get_by_role("button", name="Fold row 2"))
    expect(shown).to_have_count(1)

    click_at(page, page.get_by_role("button", name="Remove row 1"))
    expect(heads(page)).to_have_count(4)
    expect(heads(page).first).to_have_text("Row 1: P2 · Above · Buyer")
    expect(shown).to_have_count(1)
    expect(shown.get_by_label("Column 0")).to_have_value("P5")

    click_at(page, page.get_by_role("button", name="Open all rows"))
    expect(shown).to_have_count(4)
    expect(page.get_by_role("button", name="Open all rows")).to_have_count(0)
    expect(page.locator(".kam-form:visible")).to_contain_text("saved")
    kept = AnswersFile(answers).load().responses[ITEM]["rows"]
    assert [row["c2"] for row in kept] == ["Buyer", "Role 3", "Role 4", "Role 5"]
