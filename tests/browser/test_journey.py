"""A trainee's whole way through the workbook, as a person goes it, in both front ends.

Nothing typed may be lost on it, and nothing may say “saved” that is not in the file.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from kamlib.course.syllabus import open_course
from kamlib.grading.cohort import Settings
from kamlib.grading.enrol import new_cohort
from kamlib.grading.pipeline import PREVIEW, grade

from .conftest import (
    PATIENCE,
    UNIT,
    Server,
    click_at,
    kill_kernel,
    make_workbook,
    open_notebook,
    serve,
    start_server,
    stop,
    wait_for_idle,
)

EXERCISE = f"units/{UNIT}/exercise.en.ipynb"
PROSE = "am_types.always_right"
LONG = 100
"""From so many characters on a text is pasted, not typed."""


@dataclass
class Desk:
    """A trainee's machine: a workbook, the server on it, and how to end and begin it."""

    server: Server
    process: Any
    unit: str = UNIT
    """Whose exercise is answered on it."""

    @property
    def answers(self) -> Path:
        """Return where the graded answers lie."""
        return self.server.root / "units" / self.unit / f"{self.unit}.answers.json"

    def stored(self) -> dict[str, Any]:
        """Return what the answers file holds, by item."""
        if not self.answers.exists():
            return {}
        entries = json.loads(self.answers.read_text("utf-8"))["responses"]
        return {item: entry["response"] for item, entry in entries.items()}

    def kill(self) -> None:
        """End the server at once, as closing its window does."""
        self.process.kill()
        self.process.wait(20)

    def start(self) -> None:
        """Start it again at the same address."""
        server = self.server
        self.process = start_server(server.root, server.jupyter, server.port, server.token)
        self.server = replace(server, pid=self.process.pid)


@pytest.fixture(params=["notebook", "lab"])
def front_end(request: pytest.FixtureRequest) -> str:
    """Go the way in Notebook 7's document view, and in JupyterLab."""
    return str(request.param)


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Desk]:
    """Lay out a workbook in a folder with a space and Chinese characters, and start it."""
    root = tmp_path / "my workbook 练习册"
    root.mkdir()
    make_workbook(root)
    machine = Desk(*serve(root, tmp_path / "jupyter", "en"))
    yield machine
    stop(machine.process)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Open a browser of one person; its windows share what the browser remembers."""
    opened = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    opened.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    yield opened
    opened.close()


def until(holds: Callable[[], object], what: str, seconds: float = 30) -> None:
    """Wait until something holds, at most so long."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError(f"not within {seconds} s: {what}")


def form(page: Page, item: str) -> Locator:
    """Return the live form of an item."""
    return page.locator(f".kam-form[data-item='{item}']:visible")


def exercise(page: Page, machine: Desk, front_end: str, path: str = EXERCISE) -> list[str]:
    """Open the exercise and wait for all its forms; return their items in order."""
    open_notebook(page, machine.server, path, front_end)
    expect(page.locator(".kam-form:visible")).to_have_count(14)
    return [str(one.get_attribute("data-item")) for one in page.locator(".kam-form:visible").all()]


def all_saved(page: Page) -> None:
    """Wait until every form says that it is saved."""
    for status in page.locator(".kam-form:visible .kam-status").all():
        expect(status).to_have_attribute("data-state", "saved")


def type_into(page: Page, field: Locator, text: str) -> None:
    """Click into a field with the mouse and type at its end; a long text is pasted.

    A page that just moved is clicked again.
    """
    for _ in range(10):
        click_at(page, field)
        if field.evaluate("node => node === document.activeElement"):
            break
        page.wait_for_timeout(300)
    page.keyboard.press("ControlOrMeta+End")
    (page.keyboard.type if len(text) < LONG else page.keyboard.insert_text)(text)
    expect(field).to_have_value(re.compile(re.escape(text) + "$"))


def answer_by_mouse(page: Page, box: Locator) -> None:
    """Answer every control of a form with the mouse at coordinates; the keyboard only for text."""
    for group in box.locator("fieldset:has(input[type=radio])").all():
        click_at(page, group.locator("label").last, x=12)
    for group in box.locator("fieldset:has(input[type=checkbox])").all():
        click_at(page, group.locator("label").first, x=12)
    for chosen in box.locator("select").all():
        # A closed list opens outside the page, where no test can click.
        chosen.select_option(index=1)
    for field in box.locator("input[type=text], textarea").all():
        click_at(page, field)
        page.keyboard.type("12")
    for rows in box.locator("ol.kam-order").all():
        click_at(page, rows.locator("li").first.locator("button").last)


STOP = """() => {
  const at = document.activeElement;
  const inside = at?.closest('.kam-form');
  return inside ? {item: inside.dataset.item, tag: at.tagName, type: at.type ?? '',
                   order: !!at.closest('.kam-order'), last: at.nextElementSibling === null} : null;
}"""


def answer_by_keyboard(page: Page, box: Locator) -> int:
    """Answer a form with Tab, arrows, blank and letters alone; return how many stops there were."""
    item = box.get_attribute("data-item")
    box.locator("h3").first.click(position={"x": 2, "y": 2})
    moved = False
    for stops in range(120):
        page.keyboard.press("Tab")
        at = page.evaluate(STOP)
        if at is None or at["item"] != item:
            return stops
        if at["type"] == "radio":
            page.keyboard.press("ArrowUp")
        elif at["type"] == "checkbox":
            page.keyboard.press("Space")
        elif at["tag"] == "SELECT":
            page.keyboard.press("ArrowDown")
        elif at["tag"] in ("INPUT", "TEXTAREA"):
            page.keyboard.press("ControlOrMeta+a")
            page.keyboard.type("7")
        elif at["order"] and at["last"] and not moved:
            page.keyboard.press("Enter")
            moved = True
    raise AssertionError(f"{item} cannot be left with Tab")


def test_a_trainees_whole_way(
    machine: Desk, context: BrowserContext, front_end: str, tmp_path: Path
) -> None:
    """From the first start to the feedback: nothing lost, nothing falsely “saved”."""
    page = context.new_page()
    first_start(page, machine, front_end)
    practice(page, machine, front_end)
    items = exercise(page, machine, front_end)

    for item in items:
        answer_by_mouse(page, form(page, item))
    all_saved(page)
    by_mouse = machine.stored()
    assert list(by_mouse) == sorted(items) or set(by_mouse) == set(items)

    for item in items:
        assert answer_by_keyboard(page, form(page, item)) > 0
    all_saved(page)
    by_keyboard = machine.stored()
    assert [item for item in items if by_keyboard[item] == by_mouse[item]] == []

    closed_at_once(context, machine, front_end, page)
    page = context.new_page()
    kernel_restarted(page, machine, front_end)
    server_killed(page, machine, front_end)
    two_windows(page, context, machine, front_end)

    # In the other language the same answers are there.
    exercise(page, machine, front_end, EXERCISE.replace(".en.", ".zh."))
    expect(form(page, PROSE).locator("textarea")).to_have_value(machine.stored()[PROSE]["text"])
    expect(form(page, PROSE)).to_have_attribute("lang", "zh-CN")

    handed = hand_in(page, machine, front_end)
    graded_and_read(page, machine, handed, tmp_path)


def first_start(page: Page, machine: Desk, front_end: str) -> None:
    """Code and name are asked once and confirmed; the language can be switched."""
    open_notebook(page, machine.server, "start.ipynb", front_end)
    start = page.locator(".kam-start:visible")
    expect(start).to_be_visible()
    click_at(page, start.locator("[data-key=code]"))
    page.keyboard.type("ａ02")
    click_at(page, start.locator("[data-key=name]"))
    page.keyboard.type("Jordan Pell")
    click_at(page, start.locator("[data-key=go_on]"))
    expect(start.locator(".large").first).to_have_text("A02")
    click_at(page, start.locator("[data-key=yes]"))
    expect(start.locator("[data-key=next]")).to_be_visible()
    assert json.loads((machine.server.root / "me.json").read_text("utf-8"))["code"] == "A02"
    click_at(page, start.locator("[data-key=lang-zh]"))
    expect(start).to_have_attribute("lang", "zh-CN")
    expect(start).to_contain_text("三种客户经理")
    click_at(page, start.locator("[data-key=lang-en]"))
    expect(start).to_have_attribute("lang", "en")


def practice(page: Page, machine: Desk, front_end: str) -> None:
    """The big button leads to the lesson, where a question answers at once."""
    click_at(page, page.locator(".kam-start:visible [data-key=next]"))
    box = form(page, "am_types.pair_first")
    expect(box).to_be_visible()
    click_at(page, box.locator("label.kam-option").first, x=12)
    click_at(page, box.locator("button.kam-main"))
    expect(box.locator(".kam-result")).to_contain_text("not yet")
    expect(box.locator(".kam-status")).to_have_attribute("data-state", "saved")
    kept = machine.server.root / "units" / UNIT / f"{UNIT}.practice.json"
    assert "am_types.pair_first" in json.loads(kept.read_text("utf-8"))["responses"]


def closed_at_once(context: BrowserContext, machine: Desk, front_end: str, page: Page) -> None:
    """The last word before the tab is closed is there when it is opened again."""
    field = form(page, PROSE).locator("textarea")
    type_into(page, field, " the last word")
    typed = field.input_value()
    page.close(run_before_unload=True)
    again = context.new_page()
    exercise(again, machine, front_end)
    expect(form(again, PROSE).locator("textarea")).to_have_value(typed)
    until(lambda: machine.stored()[PROSE]["text"] == typed, "the last word is in the file")
    again.close()


def kernel_restarted(page: Page, machine: Desk, front_end: str) -> None:
    """After a kernel died and was started anew the forms come back by themselves, and go on saving."""
    exercise(page, machine, front_end)
    kernel = wait_for_idle(machine.server, EXERCISE)
    page.evaluate("document.querySelectorAll('.kam-form').forEach(one => one.dataset.old = '1')")
    kill_kernel(machine.server, kernel)
    expect(page.locator(".kam-form[data-old]")).to_have_count(0)
    expect(page.locator(".kam-form:visible")).to_have_count(14)
    field = form(page, PROSE).locator("textarea")
    type_into(page, field, " after the restart")
    until(lambda: "after the restart" in machine.stored()[PROSE]["text"], "it is in the file", 60)
    expect(form(page, PROSE).locator(".kam-status")).to_have_attribute("data-state", "saved")


def server_killed(page: Page, machine: Desk, front_end: str) -> None:
    """Without the server nothing says “saved”, and what was typed meanwhile is not lost."""
    machine.kill()
    field = form(page, PROSE).locator("textarea")
    type_into(page, field, " while nobody listened")
    status = form(page, PROSE).locator(".kam-status")
    expect(status).to_contain_text("not saved: start the workbook again")
    assert "while nobody listened" not in machine.stored()[PROSE]["text"]
    page.wait_for_timeout(1000)
    expect(status).not_to_have_attribute("data-state", "saved")
    machine.start()
    exercise(page, machine, front_end)
    expect(form(page, PROSE).locator("textarea")).to_have_value(
        machine.stored()[PROSE]["text"].removesuffix(" while nobody listened")
        + " while nobody listened"
    )
    until(lambda: "while nobody listened" in machine.stored()[PROSE]["text"], "it is in the file")


def two_windows(page: Page, context: BrowserContext, machine: Desk, front_end: str) -> None:
    """Where two windows disagree, both answers are shown and the trainee chooses; both are kept."""
    other = context.new_page()
    exercise(other, machine, front_end)
    here, there = (form(one, PROSE).locator("textarea") for one in (page, other))
    before = machine.stored()[PROSE]["text"]
    expect(there).to_have_value(before)
    there.fill(before + " from the second window")
    expect(form(other, PROSE).locator(".kam-status")).to_have_attribute("data-state", "saved")
    here.fill(before + " from the first window")
    conflict = form(page, PROSE).locator(".kam-conflict")
    expect(conflict).to_contain_text("from the second window")
    expect(form(page, PROSE).locator(".kam-status")).not_to_have_attribute("data-state", "saved")
    click_at(page, conflict.locator("button").first)
    until(lambda: "from the first window" in machine.stored()[PROSE]["text"], "mine is kept")
    assert "from the second window" in machine.answers.read_text("utf-8")
    other.close()


def hand_in(page: Page, machine: Desk, front_end: str) -> Path:
    """The start page lists what is open, makes the file and shows its receipt."""
    open_notebook(page, machine.server, "start.ipynb", front_end)
    start = page.locator(".kam-start:visible")
    click_at(page, start.locator(f"[data-key=hand-{UNIT}]"))
    dialog = page.locator("dialog:visible")
    expect(dialog).to_be_visible()
    click_at(page, dialog.locator("button.main"))
    receipt = dialog.locator(".large")
    expect(receipt).to_be_visible()
    said = str(receipt.text_content())
    (made,) = (machine.server.root / "handed_in").glob("*.zip")
    assert said in made.name
    with page.expect_download() as download:
        dialog.locator("a.button.main").click()
    assert Path(download.value.path()).read_bytes() == made.read_bytes()
    return made


def graded_and_read(page: Page, machine: Desk, handed: Path, tmp_path: Path) -> None:
    """The instructor grades the very file; the trainee's page shows what was typed."""
    roster = tmp_path / "roster.csv"
    roster.write_text("code,name,lang\nA02,Jordan Pell,en\n", "utf-8")
    course = open_course(Path(__file__).parent)
    cohort = new_cohort(course, tmp_path / "spring", Settings(name="spring"), roster)
    (result,) = grade(cohort, [handed]).results[UNIT]
    assert result.counted == 1
    assert {one.mark.item: one.response for one in result.items} == machine.stored()
    page.goto((cohort.root / PREVIEW / "A02" / UNIT / f"{UNIT}.html").as_uri())
    expect(page.locator("h1")).to_have_text("Hello, Jordan Pell")
    expect(page.locator("article")).to_have_count(14)
    expect(page.locator("body")).to_contain_text("from the first window")
