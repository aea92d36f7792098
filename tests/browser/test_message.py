"""A message put together by mouse and keyboard in Notebook 7: seen, changed, and there again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from kamlib.course.notebook import activity_code
from kamlib.message_fit import MESSAGE
from kamlib.preferences import CASE, LENSES

from .conftest import Server, activity_server, click_at, open_notebook, press

UNIT = "06_thinking"
LESSON = f"units/{UNIT}/lesson.en.ipynb"


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Server]:
    """Start a server on a workbook of one lesson with the message page in it."""
    with activity_server(
        tmp_path, UNIT, activity_code("thinking", "message"), CASE, (MESSAGE, LENSES)
    ) as server:
        yield server


def board(page: Page) -> Locator:
    return page.locator(".kam-message:visible")


def do(page: Page, key: str) -> None:
    """Press a button of the page; what it does is done when this returns."""
    press(board(page), key)
    expect(board(page).locator("[data-key='see']")).to_be_enabled()


def test_a_message_for_two_readers(machine: Server, page: Page) -> None:
    """Sentences are chosen, ordered and seen; one's own words are saved as typed, and a reload loses nothing."""
    open_notebook(page, machine, LESSON)
    expect(board(page).locator("blockquote")).to_contain_text("Send me the figures")
    do(page, "see")
    expect(board(page).get_by_role("alert")).to_contain_text("There is no sentence yet")

    for card in ("n_month", "n_cost", "n_returns", "n_window"):
        do(page, f"card-{card}")
    lines = board(page).locator(".lines li")
    expect(lines).to_have_count(4)
    do(page, "up-n_cost")
    expect(lines.first).to_contain_text("from 1,000 to 1,060 yuan")
    do(page, "see")
    expect(board(page).locator(".outcome")).to_contain_text("Nothing. It says what was asked for")
    expect(board(page).locator(".shares .asked")).to_contain_text("87")

    do(page, "reader-stock")
    expect(lines).to_have_count(0)
    do(page, "mode-own")
    click_at(page, board(page).locator("textarea"))
    page.keyboard.type("Order by 20 February at the old price")
    expect(board(page).locator(".mark")).to_contain_text("saved")
    expect(board(page).locator("textarea")).to_be_focused()
    page.keyboard.type(", up to 600 phones. From 1 March 1,160 yuan.")
    do(page, "see")
    told = board(page).locator(".told")
    expect(told).to_contain_text("is changed; it says “1,160 yuan”")
    expect(told).to_contain_text("missing: when it comes, by 27 February")
    said = told.inner_text()

    page.reload()
    expect(board(page).locator(".told")).to_be_visible()
    assert board(page).locator(".told").inner_text() == said
    expect(board(page).locator("textarea")).to_have_value(
        "Order by 20 February at the old price, up to 600 phones. From 1 March 1,160 yuan."
    )
    expect(board(page).locator("[data-key='plays'] option")).to_have_count(2)
