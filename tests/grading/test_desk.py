"""The marking desk in a browser: levels and comments become marks and feedback, and nothing is lost."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from kamlib.course.syllabus import Course
from kamlib.grading import gradebook
from kamlib.grading.by_person import put_mark
from kamlib.grading.cohort import Cohort, open_cohort
from kamlib.grading.gradebook import Human
from kamlib.grading.pipeline import PREVIEW, grade
from kamlib.grading.rubric import read_levels, write_levels

from .conftest import UNIT, sender
from .serving import TOKEN, call, serving
from .test_desk_page import ATTACKS
from .test_rubric import CASES, CRITERIA

ITEM = "am_types.always_right"
CELL = "am_types-always_right"
BOX, SCORE = f"#{CELL}-comment", f"#{CELL}"
PATIENCE = 30_000

Open = Callable[[str], Page]


@pytest.fixture(scope="module")
def desk(
    pristine: Path, one_unit: Course, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Cohort, str]]:
    """A cohort of four at the marking desk, and the desk's address."""
    folder = tmp_path_factory.mktemp("desk")
    shutil.copytree(pristine, folder / "spring")
    cohort = open_cohort(folder / "spring")
    send = sender(one_unit, folder)
    send("A01", always_right={"text": "客户对他的市场是对的。"})
    send("A02", lang="en", always_right={"text": "He is right about his shops. I went there."})
    send("A03", always_right={"text": "\n".join(ATTACKS[:-1])})
    grade(cohort, [send("A04", lang="en", always_right={"text": "Never."})])
    with serving(cohort) as url:
        yield cohort, url


@pytest.fixture
def visit(desk: tuple[Cohort, str], browser: Browser) -> Iterator[Open]:
    """Open a trainee's page at the desk; nothing may be asked outside, and no script may break."""
    _, url = desk
    outside: list[str] = []
    broken: list[str] = []
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    context.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)

    def open_page(code: str) -> Page:
        found = call(url, f"/api/submitted_notebooks/{UNIT}/{UNIT}")
        submission = next(one for one in found if one["student"] == code)
        page = context.new_page()
        page.on(
            "request", lambda one: outside.append(one.url) if "127.0.0.1" not in one.url else None
        )
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.on("dialog", lambda dialog: (broken.append(dialog.message), dialog.dismiss()))
        page.goto(f"{url}/submissions/{submission['id']}/?token={TOKEN}")
        expect(page.locator(".kam-status")).to_contain_text(re.compile("Choose|Levels"))
        # nbgrader scrolls to its first field for half a second; a click meanwhile may miss
        page.wait_for_function("jQuery(':animated').length === 0")
        return page

    yield open_page
    context.close()
    assert outside == []
    assert broken == []


def human(desk: tuple[Cohort, str], code: str, item: str = ITEM) -> Human:
    """Return what the gradebook has of a person's mark."""
    return gradebook.read(desk[0].database, UNIT).get(code, {}).get(item, Human(None))


def level(page: Page, criterion: str, number: int) -> Any:
    """Return the button of a level."""
    return page.locator(f"[data-criterion={criterion}] [data-level='{number}']")


def chosen(page: Page) -> dict[str, int]:
    """Return the levels that the page shows as chosen."""
    found: dict[str, int] = page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll('[role=radio][aria-checked=true]')]
             .map((one) => [one.parentElement.dataset.criterion, Number(one.dataset.level)]))"""
    )
    return found


def saved(page: Page) -> None:
    """Wait until the page says that all is saved, and stands still.

    A field that gets the focus makes nbgrader's page scroll for half a second; what is pressed at
    one place and let go at another is no click.
    """
    expect(page.locator(".kam-when")).to_have_text(re.compile(r"^saved \d\d:\d\d$"))
    page.wait_for_function("jQuery.active === 0 && jQuery(':animated').length === 0")


def slowly(route: Route) -> None:
    """Let every save take a while."""
    if route.request.method == "PUT":
        time.sleep(0.15)
    route.continue_()


def test_a_machine_mark_is_shown_and_changed_by_hand(desk: tuple[Cohort, str], visit: Open) -> None:
    """Marks are shown, and a score typed at the desk is saved."""
    page = visit("A01")
    page.wait_for_function("document.querySelector('#am_types-conflict').placeholder === '3'")
    page.fill("#am_types-conflict", "1.5")
    with page.expect_response(lambda answer: "/api/grade/" in answer.url):
        page.press("#am_types-conflict", "Tab")
    assert human(desk, "A01", "am_types.conflict").score == 1.5


def test_levels_and_a_comment_become_a_mark_and_feedback(
    desk: tuple[Cohort, str], visit: Open
) -> None:
    """What is clicked is in the gradebook, is there again on reopening, and reaches the trainee."""
    cohort, _ = desk
    page = visit("A02")
    assert chosen(page) == {}
    level(page, "holds", 2).click()
    expect(page.locator(".kam-status")).to_contain_text("Levels chosen: 1 of 3.")
    assert human(desk, "A02").score is None
    level(page, "limits", 0).click()
    level(page, "acts", 3).click()
    page.locator("[data-said*='Nobody could check']").click()
    expect(page.locator("[data-said*='Nobody could check']")).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(page.locator(".kam-status")).to_contain_text("They give 1.7 of 3 points.")
    saved(page)
    there = human(desk, "A02")
    assert there.score == 1.7
    assert not there.waiting
    assert read_levels(there.comment, CRITERIA).levels == {"holds": 2, "limits": 0, "acts": 3}

    page.reload()
    expect(level(page, "acts", 3)).to_have_attribute("aria-checked", "true")
    assert chosen(page) == {"holds": 2, "limits": 0, "acts": 3}
    assert page.input_value(SCORE) == "1.7"
    expect(page.locator("[data-said*='Nobody could check']")).to_have_attribute(
        "aria-pressed", "true"
    )

    grade(cohort)
    feedback = (cohort.root / PREVIEW / "A02" / UNIT / f"{UNIT}.html").read_text("utf-8")
    article = feedback[feedback.index('class="rubric"') :]
    assert [found[0] for found in re.findall(r"(\d)/3 · (\w+)", article)] == ["2", "0", "3"]
    assert "Nobody could check what happened" in article
    assert "[holds" not in feedback


def test_a_comment_given_by_command_keeps_the_levels(desk: tuple[Cohort, str]) -> None:
    """Levels given at the desk are not lost to a later word."""
    put_mark(desk[0], "A01", ITEM, 1.0, "[acts 1/3]\nOne.")
    put_mark(desk[0], "A01", ITEM, None, "Two.")
    assert human(desk, "A01").comment == "[acts 1/3]\nTwo."
    assert human(desk, "A01").score == 1.0


def test_a_hand_may_change_all_of_it(desk: tuple[Cohort, str], visit: Open) -> None:
    """The line in the comment and the score may be typed; both win, and the page says so."""
    page = visit("A01")
    page.fill(BOX, "Mine first.\n［Holds：３，limits 1］\nMine last.")
    page.press(BOX, "Escape")
    saved(page)
    assert chosen(page) == {"holds": 3, "limits": 1}
    level(page, "acts", 1).click()
    expect(page.locator(SCORE)).to_have_value("1.7")
    saved(page)
    assert human(desk, "A01").comment == (
        "[holds 3/3 · limits 1/3 · acts 1/3]\nMine first.\nMine last."
    )
    page.fill(SCORE, "2.5")
    page.press(SCORE, "Escape")
    expect(page.locator(".kam-status")).to_contain_text("2.5 were set by hand")
    saved(page)
    page.locator("[data-clear=acts]").click()
    saved(page)
    assert human(desk, "A01").score == 2.5
    assert chosen(page) == {"holds": 3, "limits": 1}
    sentence = page.locator("[data-said]").first
    for pressed in ("true", "false"):
        sentence.click()
        expect(sentence).to_have_attribute("aria-pressed", pressed)
        page.wait_for_timeout(600)  # two clicks, not a double click
    saved(page)
    assert human(desk, "A01").comment == "[holds 3/3 · limits 1/3]\nMine first.\nMine last."


def test_the_keyboard_is_enough(desk: tuple[Cohort, str], visit: Open) -> None:
    """From nbgrader's field before it, through every criterion and comment, to nbgrader's score.

    The keys find their way while the desk is still saving.
    """
    page = visit("A04")
    page.route("**/api/**", slowly)
    page.focus(SCORE)
    page.keyboard.press("Shift+Tab")
    stops = page.evaluate("document.activeElement.closest('.kam-bank') !== null")
    assert stops
    page.locator("[data-criterion=holds] [tabindex='0']").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(level(page, "holds", 1)).to_have_attribute("aria-checked", "true")
    page.keyboard.press("0")
    expect(level(page, "holds", 0)).to_have_attribute("aria-checked", "true")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    saved(page)
    expect(level(page, "holds", 2)).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(page.locator("[data-clear=holds]")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.kam-bank') !== null")
    for criterion in ("limits", "acts"):
        for _ in range(4):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.parentElement.dataset.criterion"):
                break
        page.keyboard.press("2")
        expect(level(page, criterion, 2)).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("End")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    expect(page.locator(SCORE)).to_be_focused()
    expect(page.locator(SCORE)).to_have_value("1.3")
    saved(page)
    assert read_levels(human(desk, "A04").comment, CRITERIA).levels == {
        "holds": 0, "limits": 2, "acts": 2,
    }  # fmt: skip
    assert "in confidence" in human(desk, "A04").comment
    page.unroute_all(behavior="wait")
    page.locator("[data-criterion=holds] [tabindex='0']").focus()
    page.keyboard.press("Delete")
    expect(level(page, "holds", 0)).to_have_attribute("aria-checked", "false")


def test_an_answer_stays_text_in_a_real_browser(desk: tuple[Cohort, str], visit: Open) -> None:
    """Scripts, tags, links and placeholders in an answer are read as they were typed."""
    page = visit("A03")
    shown = page.locator(".kam-read > .kam-answer")
    assert shown.text_content() == "\n".join(ATTACKS[:-1])
    assert shown.locator("*").count() == 0
    assert page.locator("img, a[href^='javascript'], h1:has-text('Full credit')").count() == 0
    assert page.locator(".kam-desk").count() == 1


def test_a_comment_stays_text_too(desk: tuple[Cohort, str], visit: Open) -> None:
    """What stands in the comment box is never markup, at the desk or in feedback."""
    page = visit("A03")
    page.fill(BOX, "[holds 1/3 · <img src=x onerror=alert(1)>]\n<script>alert(2)</script>")
    page.press(BOX, "Escape")
    saved(page)
    level(page, "limits", 1).click()
    saved(page)
    page.reload()
    expect(level(page, "limits", 1)).to_have_attribute("aria-checked", "true")
    assert human(desk, "A03").comment.splitlines()[1:] == [
        "[<img src=x onerror=alert(1)>]", "<script>alert(2)</script>",
    ]  # fmt: skip


def test_quick_clicks_lose_nothing(desk: tuple[Cohort, str], visit: Open) -> None:
    """A slow save may not undo what was clicked meanwhile."""
    page = visit("A03")
    page.route("**/api/**", slowly)
    page.evaluate(
        """async () => {
          const levels = [['holds', 3], ['limits', 3], ['acts', 2], ['acts', 3]].map(([name, level]) =>
            document.querySelector(`[data-criterion=${name}] [data-level='${level}']`));
          for (const one of [...levels, ...[...document.querySelectorAll('[data-said]')].slice(0, 3)]) {
            one.click();
            await new Promise((done) => setTimeout(done, 90));
          }
        }"""
    )
    expect(page.locator("[data-said][aria-pressed=true]")).to_have_count(3)
    expect(page.locator(SCORE)).to_have_value("3")
    saved(page)
    there = human(desk, "A03")
    assert read_levels(there.comment, CRITERIA).levels == dict.fromkeys(CRITERIA, 3)
    assert there.score == 3
    page.unroute_all(behavior="wait")


def test_what_was_not_saved_is_said_and_can_be_saved(desk: tuple[Cohort, str], visit: Open) -> None:
    """A desk that does not answer is told of at once, and nothing has to be chosen again."""
    page = visit("A04")
    page.route("**/api/comment/*", lambda route: route.abort())
    level(page, "holds", 2).click()
    expect(page.locator(".kam-status")).to_contain_text("Not saved.")
    page.unroute_all(behavior="wait")
    page.get_by_role("button", name="Save again").click()
    saved(page)
    assert read_levels(human(desk, "A04").comment, CRITERIA).levels["holds"] == 2


def test_the_script_reads_and_writes_levels_as_grading_does(visit: Open) -> None:
    """One format, two readers."""
    page = visit("A04")
    rules = page.evaluate("JSON.parse(document.querySelector('.kam-desk').dataset.rules)")
    for text, levels, comment in CASES:
        found = page.evaluate(
            "([text, names, rules]) => kamDesk.readLevels(text, names, rules)",
            [text, list(CRITERIA), rules],
        )
        assert found == {"levels": levels, "comment": comment}, text
        ordered = {name: levels[name] for name in CRITERIA if name in levels}
        written = page.evaluate(
            "([levels, comment, names]) => kamDesk.writeLevels(levels, comment, names, 3)",
            [levels, comment, list(CRITERIA)],
        )
        assert written == write_levels(ordered, comment), text


def test_every_target_is_large_enough(visit: Open) -> None:
    """Each button of ours is at least 44 pixels high and wide."""
    page = visit("A02")
    level(page, "holds", 1).click()
    expect(page.locator("[data-clear=holds]")).to_be_visible()
    small = page.evaluate(
        """() => [...document.querySelectorAll('.kam-desk :is(button, summary), .kam-jump a')]
             .map((one) => one.getBoundingClientRect())
             .filter((box) => box.width && (box.width < 44 || box.height < 44)).length"""
    )
    assert small == 0
