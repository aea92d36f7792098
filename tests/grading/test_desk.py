"""The marking desk in a browser, in a room without the internet."""

from __future__ import annotations

import shutil

import pytest

from kamlib.grading import gradebook
from kamlib.grading.cohort import Cohort
from kamlib.grading.pipeline import grade

from .conftest import UNIT, Send
from .serving import TOKEN, call, serving

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
def test_the_desk_works_without_the_internet(cohort: Cohort, send: Send) -> None:
    """Marks are shown, a score and a comment typed there are saved, and nothing is asked outside."""
    from playwright.sync_api import sync_playwright

    grade(cohort, [send("A02", lang="en")])
    outside: list[str] = []
    broken: list[str] = []
    with serving(cohort) as url, sync_playwright() as driver:
        (submission,) = call(url, f"/api/submitted_notebooks/{UNIT}/{UNIT}")
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page()
        page.on(
            "request", lambda one: outside.append(one.url) if "127.0.0.1" not in one.url else None
        )
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.goto(f"{url}/submissions/{submission['id']}/?token={TOKEN}")
        page.wait_for_function("document.querySelector('#am_types-conflict').placeholder === '3'")
        page.fill("#am_types-conflict", "1.5")
        page.fill("#am_types-always_right", "2")
        page.fill("textarea.comment", "Name the limit.")
        with page.expect_response(lambda answer: "/api/comment/" in answer.url):
            page.press("textarea.comment", "Tab")
        browser.close()
    assert outside == []
    assert broken == []
    human = gradebook.read(cohort.database, UNIT)["A02"]
    assert (human["am_types.conflict"].score, human["am_types.always_right"].score) == (1.5, 2.0)
    assert human["am_types.always_right"].comment == "Name the limit."
