"""A talk at the table, played by mouse in Notebook 7 from the first fact to the debrief."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from kamlib.course.syllabus import Course
from kamlib.forms import activity_negotiation
from tests.course.conftest import Write, write  # noqa: F401
from tests.staged import UNIT, secret
from tests.talks import FOLDER, with_table

from .conftest import Server, click_at, open_notebook, press, serving, unpacked
from .test_stages import EDITIONS, commit, form, records

LESSON = f"units/{UNIT}/lesson.en.ipynb"
SEED = 5
"""Who sits there in this test; his answers are the same each time."""


@pytest.fixture
def machine(
    staged_course: Course,
    write: Write,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Iterator[Server]:
    """Pack the tiny case with its table, unpack it and start a server on it."""
    course = with_table(staged_course)
    write(course)
    root = unpacked(course, EDITIONS["cohort"], tmp_path, monkeypatch)
    # the play is begun here, so that the same distributor sits there each time
    path = root / "units" / UNIT / f"{UNIT}.practice.json"
    log = {"version": 1, "seed": SEED, "moves": []}
    kept = {f"case.negotiation.{FOLDER}-1": {"response": {"log": log}, "revision": 1}}
    path.write_text(json.dumps({"format": 1, "revision": 1, "responses": kept}), "utf-8")
    with serving(root, tmp_path / "jupyter") as server:
        yield server


def table(page: Page) -> Locator:
    return page.locator(".kam-table:visible")


def choose(page: Page, issue: str, option: str) -> None:
    """Choose an option of an issue; what it costs is there when this returns."""
    field = table(page).locator(f"[data-key='issue-{issue}']")
    expect(field).to_be_enabled()
    texts = field.locator("option").all_inner_texts()
    field.select_option(index=next(at for at, one in enumerate(texts) if one.startswith(option)))
    expect(field.locator("option:checked")).to_have_text(option)
    expect(field).to_be_enabled()


def lines(page: Page, who: str) -> Locator:
    return table(page).locator(f".line.{who}")


def open_stage(page: Page, stage: str, word: str) -> None:
    """Type the word of a stage in the exercise."""
    gate = page.locator(f".kam-stage[data-stage='{stage}']").first
    click_at(page, gate.locator("input"))
    page.keyboard.type(word)
    click_at(page, gate.locator("[data-key='open']"))
    expect(gate).to_contain_text(secret("task", stage))


def test_a_whole_talk(machine: Server, page: Page) -> None:
    """Two stages are committed, the table opens, and a deal is made by mouse and found again.

    Facts are shown, an offer needs approval, head office is asked, a counter-offer is taken over,
    something is signed; then come the questions, the pictures and the colleagues.
    """
    assert activity_negotiation.SCRIPT == "negotiation.js"
    lesson = page.context.new_page()
    open_notebook(lesson, machine, LESSON)
    expect(lesson.get_by_text("This opens with stage S2.")).to_be_visible()
    expect(table(lesson)).to_have_count(0)

    open_notebook(page, machine, f"units/{UNIT}/exercise.en.ipynb")
    expect(form(page, "case.pick_s0")).to_be_visible()
    receipts = [commit(page, "S0")]
    open_stage(page, "S1", "KAMRTX")
    expect(form(page, "case.pick_s1")).to_be_visible()
    receipts.append(commit(page, "S1"))
    assert [one["receipt"] for one in records(machine)] == receipts
    open_stage(page, "S2", "BDFGHJ")

    # The lesson in the other window shows the table by itself.
    lesson.bring_to_front()
    expect(table(lesson)).to_contain_text("Opposite you: Lei")
    expect(lines(lesson, "A")).to_have_count(1)
    for fact in ("F02", "F11", "F19"):
        press(table(lesson), f"fact-{fact}")
    press(table(lesson), "show")
    expect(lines(lesson, "you").first).to_contain_text("104 days of sales")
    expect(table(lesson).locator("[data-key='fact-F11']")).to_contain_text("used")

    choose(lesson, "promoters", "4 people")
    expect(table(lesson)).to_contain_text("promoters, 4 people: needs approval")
    expect(table(lesson).locator(".costs")).to_contain_text("RMB 16,000")
    press(table(lesson), "approval")
    press(table(lesson), "offer")
    expect(lines(lesson, "you")).to_have_count(2)
    press(table(lesson), "office")
    expect(lines(lesson, "head_office")).to_have_count(1)

    # On today's terms with fewer promoters A wants something else, and says what.
    choose(lesson, "promoters", "none")
    choose(lesson, "monthly_target", "2,830 units")
    choose(lesson, "minimum_order", "1 unit")
    for attempt in ("10 RMB", "20 RMB", "30 RMB"):
        choose(lesson, "rebate_per_unit", attempt)
        press(table(lesson), "offer")
        expect(table(lesson).locator("[data-key='offer']")).to_be_enabled()
        if table(lesson).locator("[data-key='take']").count():
            break
    press(table(lesson), "take")
    press(table(lesson), "offer")
    press(table(lesson), "sign")
    expect(table(lesson).locator(".ended")).to_contain_text("Signed on day")

    typed = "He could check the ten phones himself."
    field = table(lesson).locator("[data-key='say-0']")
    click_at(lesson, field)
    lesson.keyboard.type(typed)
    expect(table(lesson).locator(".mark").first).to_contain_text("saved")
    expect(table(lesson).locator("figure")).to_have_count(0)
    press(table(lesson), "reveal")
    expect(table(lesson).locator("figure [role='img']")).to_have_count(2)
    expect(table(lesson).locator("tbody tr")).to_have_count(5)
    expect(field).to_have_value(typed)
    said = table(lesson).locator(".talk").inner_text()

    lesson.reload()
    expect(table(lesson).locator("figure [role='img']")).to_have_count(2)
    assert table(lesson).locator(".talk").inner_text() == said
    expect(table(lesson).locator("[data-key='say-0']")).to_have_value(typed)

    press(table(lesson), "another")
    expect(table(lesson).locator("[data-key='plays'] option")).to_have_count(2)
    expect(table(lesson).locator("[data-key='plays'] option").first).to_contain_text(
        "signed on day"
    )
    expect(lines(lesson, "A")).to_have_count(1)
