"""The funnel played by mouse and keyboard in Notebook 7: rules are set, a quarter is run, it is there again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from kamlib.course.notebook import activity_code
from kamlib.platforms_file import CASE, PARAMETERS, PORTFOLIO, load

from .conftest import Server, activity_server, click_at, open_notebook, press

UNIT = "03_platforms"
LESSON = f"units/{UNIT}/lesson.en.ipynb"


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Server]:
    """Start a server on a workbook of one lesson with the funnel in it."""
    with activity_server(
        tmp_path, UNIT, activity_code("platforms", "funnel"), CASE, (PORTFOLIO, PARAMETERS)
    ) as server:
        yield server


def funnel(page: Page) -> Locator:
    return page.locator(".kam-funnel:visible")


def test_a_quarter_is_run_and_found_again(machine: Server, page: Page) -> None:
    """Hours are typed and counted, too many are refused, a quarter is run, and a reload loses nothing."""
    larger = sum(one.size != "small" for one in load().customers)
    open_notebook(page, machine, LESSON)
    expect(funnel(page)).to_contain_text("0 of 160 hours left")
    research = funnel(page).locator("[data-key='hours.research']")
    click_at(page, research)
    page.keyboard.press("ArrowUp")
    expect(funnel(page)).to_contain_text("4 hours more than the month has")
    expect(research).to_be_focused()
    press(funnel(page), "run")
    expect(funnel(page).locator("[role='alert']")).to_contain_text(
        "164 hours are more than the 160 of a month."
    )

    click_at(page, research)
    page.keyboard.press("Control+a")
    page.keyboard.type("20")
    expect(funnel(page)).to_contain_text("20 of 160 hours left")
    press(funnel(page), "hours.develop+")
    funnel(page).locator("[data-key='smallest']").select_option(index=1)
    expect(funnel(page).locator(".dots i.on")).to_have_count(larger)
    press(funnel(page), "run")
    expect(funnel(page).locator(".outcome h3").first).to_have_text("Try 1, with the luck of year 1")
    expect(funnel(page).locator("figure [role='img'], figure img")).to_have_count(2)
    expect(funnel(page).locator(".outcome tbody tr")).to_have_count(2)
    said = funnel(page).locator(".told").inner_text()

    page.reload()
    expect(funnel(page).locator(".told")).to_be_visible()
    assert funnel(page).locator(".told").inner_text() == said
    expect(funnel(page).locator("[data-key='hours.research']")).to_have_value("20")
    expect(funnel(page).locator("[data-key='hours.develop']")).to_have_value("44")
    press(funnel(page), "best")
    expect(funnel(page).locator(".best tbody tr")).to_have_count(5)
