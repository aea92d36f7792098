"""The instructor's page in a real Notebook: hand-ins in, more time, a key, by mouse, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from kamlib.course.syllabus import open_course
from kamlib.grading import desk
from kamlib.grading.cohort import Cohort, open_cohort
from kamlib.grading.pipeline import look
from tests.browser.conftest import PATIENCE, click_at

from .conftest import LATE, UNIT, Send
from .serving import TOKEN, serving
from .test_office import zipped


@pytest.fixture
def office(cohort: Cohort, browser: Browser) -> Iterator[Page]:
    """The page of a fresh cohort, open in a browser."""
    with serving(cohort, desk.write_page(cohort)) as url:
        page = browser.new_page(viewport={"width": 1200, "height": 900})
        page.set_default_timeout(PATIENCE)
        page.goto(f"{url}?token={TOKEN}")
        expect(page.locator(".kam-panel h1")).to_have_text("spring", timeout=PATIENCE)
        yield page
        page.close()


def press(page: Page, key: str) -> None:
    """Click what bears this key, with the mouse at its place on the screen."""
    click_at(page, page.locator(f'[data-key="{key}"]'))


def test_an_instructors_day_by_mouse(
    office: Page, cohort: Cohort, send: Send, tmp_path: Path
) -> None:
    """Hand-ins are taken in, one person gets more time, a key is corrected, feedback goes out."""
    drop = send("A01", at=LATE)
    sent = tmp_path / "A01.zip"
    sent.write_bytes(zipped(drop / "A01"))

    office.locator('[data-key="take_in/files"]').set_input_files(sent)
    press(office, "do-take_in")
    said = office.locator("dialog[open]")
    expect(said).to_contain_text("Marked: 1 hand-ins")
    click_at(office, said.locator("button").first)
    expect(office.locator(".facts")).to_contain_text("1 / 4")

    press(office, "fold-extend")
    office.select_option('[data-key="extend/code"]', "A01")
    office.locator('[data-key="extend/day"]').fill("2030-01-01")
    press(office, "do-extend")
    expect(said).to_contain_text("2030-01-01")
    assert not open_cohort(cohort.root).settings.extensions
    press(office, "yes")
    expect(said.locator("h2")).to_have_text("Give one person more time")
    expect(office.locator('[data-key="yes"]')).to_have_count(0)
    click_at(office, said.locator("button").first)
    assert "A01" in open_cohort(cohort.root).settings.extensions

    key = (open_course(Path(__file__).parent).unit(UNIT).folder / "key.yaml").read_text("utf-8")
    wrong = re.sub(r"(am_types\.coverage_ratio:.*?\n  value: )2\.15", r"\g<1>2.5", key, flags=re.S)
    (tmp_path / "key.yaml").write_text(wrong, "utf-8")
    before = look(open_cohort(cohort.root)).results[UNIT][0].score
    press(office, "fold-rekey")
    office.locator('[data-key="rekey/file"]').set_input_files(tmp_path / "key.yaml")
    office.locator('[data-key="rekey/why"]').fill("The East was counted anew.")
    click_at(office, office.locator('[data-key="rekey/keep"]'))
    press(office, "do-rekey")
    expect(said.locator("table").last).to_contain_text("A01")
    press(office, "yes")
    expect(said).to_contain_text("The key is in force")
    click_at(office, said.locator("button").first)
    assert look(open_cohort(cohort.root)).results[UNIT][0].score < before

    press(office, "do-release")
    press(office, "yes")
    expect(said).to_contain_text("Pages released: 1")
    click_at(office, said.locator("button").first)
    assert (cohort.root / "feedback" / "A01" / UNIT / f"{UNIT}.html").is_file()

    press(office, "lang-zh")
    expect(office.locator('[data-section="people"] h2')).to_have_text("学员")


def test_a_lost_kernel_is_said(office: Page) -> None:
    """When the kernel is gone the page says so and no button pretends to work."""
    office.evaluate(
        """async () => {
            const root = location.origin + '/';
            const options = {headers: {Authorization: 'token t'}};
            const kernels = await (await fetch(root + 'api/sessions', options)).json();
            for (const one of kernels)
                await fetch(root + 'api/sessions/' + one.id, {method: 'DELETE', ...options});
        }"""
    )
    banner = office.locator(".banner")
    expect(banner).to_contain_text("lost its connection", timeout=PATIENCE)
    expect(office.locator('[data-key="do-grade"]')).to_be_disabled()
