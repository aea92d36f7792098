"""A case that opens step by step, as a trainee goes through it by mouse in Notebook 7."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from kamlib.course.pack import Edition
from kamlib.course.syllabus import Course
from tests.course.conftest import Write, write  # noqa: F401
from tests.staged import FACT_TEXT, UNIT, secret

from .conftest import Server, click_at, open_notebook, serving, unpacked

RECEIPT = re.compile(r"^[2-9A-HJ-NP-Z]{6}$")
EDITIONS = {
    "cohort": Edition("en", "spring", words={UNIT: {"S1": "KAMRTX", "S2": "BDFGHJ"}}),
    "honour": Edition("zh"),
}


@pytest.fixture
def machine(
    request: pytest.FixtureRequest,
    staged_course: Course,
    write: Write,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Iterator[Server]:
    """Pack the tiny case in the edition asked for, unpack it and start a server on it."""
    write(staged_course)
    edition = EDITIONS[request.param]
    root = unpacked(staged_course, edition, tmp_path, monkeypatch)
    with serving(root, tmp_path / "jupyter", edition.lang) as server:
        yield server


def form(page: Page, item: str) -> Locator:
    """Return the live form of an item."""
    return page.locator(f".kam-form[data-item='{item}']:visible")


def records(server: Server) -> list[dict[str, object]]:
    """Return what the answers file holds of committed stages."""
    path = server.root / "units" / UNIT / f"{UNIT}.answers.json"
    found: list[dict[str, object]] = json.loads(path.read_text("utf-8"))["stages"]
    return found


def commit(page: Page, stage: str) -> str:
    """Commit a stage by mouse and return its receipt."""
    panel = page.locator(f".kam-stage[data-stage='{stage}']").last
    click_at(page, panel.locator("[data-key='commit']"))
    click_at(page, panel.locator("[data-key='now']"))
    receipt = panel.locator(".receipt")
    expect(receipt).to_have_text(RECEIPT)
    return receipt.inner_text()


@pytest.mark.parametrize("machine", ["cohort"], indirect=True)
def test_a_case_opens_step_by_step(machine: Server, page: Page) -> None:
    """Two stages are answered and committed by mouse; each opens with its word, in both notebooks.

    A wrong word changes nothing, questions come by themselves once their stage is open, and an
    answer that was changed later is said to differ.
    """
    open_notebook(page, machine, f"units/{UNIT}/exercise.en.ipynb")
    expect(form(page, "case.pick_s0")).to_be_visible()
    gate = page.locator(".kam-stage[data-stage='S1']").first
    expect(gate).to_contain_text("This stage opens once stage S0 is committed")
    expect(page.get_by_text("This question opens with stage S1.").first).to_be_visible()
    expect(page.get_by_role("heading", name="Then", exact=True)).to_have_count(1)

    click_at(page, form(page, "case.pick_s0").get_by_text(secret("option", "S0")))
    panel = page.locator(".kam-stage[data-stage='S0']").last
    expect(panel).to_contain_text("This is still open:")
    prose = form(page, "case.why_s0").locator("textarea")
    click_at(page, prose)
    page.keyboard.type("Because she asked on Monday and nobody else did.")
    page.keyboard.press("Tab")
    expect(panel).to_contain_text("Every question of this stage is complete.")
    first = commit(page, "S0")
    assert [one["receipt"] for one in records(machine)] == [first]
    assert records(machine)[0]["responses"] == {
        "case.pick_s0": {"choice": "a"},
        "case.why_s0": {"text": "Because she asked on Monday and nobody else did."},
    }

    field = gate.locator("input")
    click_at(page, field)
    page.keyboard.type("wrong word")
    click_at(page, gate.locator("[data-key='open']"))
    expect(gate.locator(".error")).to_contain_text("This word does not open the stage.")
    assert not list(machine.root.rglob("*.opened.json"))
    expect(form(page, "case.pick_s1")).to_have_count(0)

    lesson = page.context.new_page()
    open_notebook(lesson, machine, f"units/{UNIT}/lesson.en.ipynb")
    expect(lesson.locator(".kam-stage[data-stage='S1'] input")).to_be_visible()

    click_at(page, field)
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("kam rtx")
    click_at(page, gate.locator("[data-key='open']"))
    expect(page.get_by_text(secret("page", "S1"))).to_be_visible()
    expect(gate).to_contain_text(f"Stage S1 · {secret('task', 'S1')}")
    expect(form(page, "case.pick_s1")).to_be_visible()
    expect(lesson.get_by_text(FACT_TEXT["S1"][0])).to_be_visible()
    expect(form(lesson, "case.try_s1")).to_be_visible()

    click_at(page, form(page, "case.pick_s1").get_by_text("Another"))
    second = commit(page, "S1")
    assert [one["receipt"] for one in records(machine)] == [first, second]
    expect(page.locator(".kam-stage[data-stage='S2'] input")).to_be_visible()

    click_at(page, form(page, "case.pick_s0").get_by_text("Another"))
    expect(panel).to_contain_text("Differs from what you committed")
    assert records(machine)[0]["responses"]["case.pick_s0"] == {"choice": "a"}  # type: ignore[index]


@pytest.mark.parametrize("machine", ["honour"], indirect=True)
def test_an_honour_edition_opens_by_itself(machine: Server, page: Page) -> None:
    """Without a trainer a stage opens with one click, once the one before is committed."""
    open_notebook(page, machine, f"units/{UNIT}/exercise.zh.ipynb")
    expect(form(page, "case.pick_s0")).to_be_visible()
    gate = page.locator(".kam-stage[data-stage='S1']").first
    expect(gate.locator("input, button")).to_have_count(0)
    commit(page, "S0")
    expect(gate.locator("input")).to_have_count(0)
    click_at(page, gate.locator("[data-key='open']"))
    expect(form(page, "case.pick_s1")).to_be_visible()
    page.reload()
    expect(form(page, "case.pick_s1")).to_be_visible()
    expect(page.get_by_text(secret("page", "S1"))).to_be_visible()
