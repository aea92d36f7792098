"""The form in a browser: mouse, keyboard, two windows, a lost connection, and nothing lost."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kamlib.forms.widget import page_words
from kamlib.items.answers import AnswersFile
from kamlib.items.keys import Key
from kamlib.items.model import INTERACTIONS, Item, PracticeItem, parse_item
from kamlib.words import Words

from .forms_page import ORIGIN, FormsPage, lay_out

Sample = tuple[Item, Key]

LONG = parse_item(
    {
        "id": "sample.long", "interaction": "match", "title": "From a list", "prompt": "Which?",
        "stems": {"x": "First stem", "y": "Second stem"},
        "options": {name: f"Option {name}, said at some length, for a list" for name in "abcde"},
    }
)  # fmt: skip
"""More options than stand open."""

ANSWERS: dict[str, Any] = {
    "choice": {"choice": "a", "reason": "s"},
    "choices": {"choices": ["a", "c"]},
    "match": {"pairs": {"x": "b", "y": "c"}},
    "order": {"order": ["b", "a", "c"]},
    "classify": {"classes": {"x": "s", "y": "p"}},
    "spot_error": {"where": "two", "kind": "fact"},
    "number": {"value": "62", "unit": "percent", "reading": "sell_out", "confidence": "80"},
    "recall": {"lines": ["uses authority", "承担责任"]},
    "evidence": {"facts": {"x": ["f", "g"], "y": ["h"]}},
    "structured": {"fields": {"owner": "mei", "goal": "70", "start": "2026-11-09", "why": "Late"}},
    "plan": {
        "fields": {
            "doors_per_head": "4",
            "month_1": "9153",
            "month_2": "9605",
            "month_3": "10058",
            "visits_3": "1957.5",
            "lift_source": "none",
        }
    },
    "table": {"rows": [{"who": "Lin", "share": "60"}, {"who": "Mei", "share": "40"}]},
    "text": {"text": "Because it was late.\nTwice."},
    "scene": {"path": ["ask", "check"]},
    "reflect": {
        "entries": {
            "1": {"text": "It was logistics.", "ticks": ["blame"]},
            "2": {"text": "星期四我来数。", "ticks": ["fact", "step"]},
        }
    },
    "long": {"pairs": {"x": "c", "y": "b"}},
}
OPTIONS = {
    "choice": [0, 3], "choices": [0, 2], "match": [1, 5], "classify": [1, 2], "spot_error": [1, 2],
    "evidence": [0, 1, 5], "number": [0, 3], "structured": [1], "plan": [0],
    "reflect": [0, 4, 5],
}  # fmt: skip
"""Which of a form's options, counted from its top, make the answer."""
TYPED = {
    "number": ["62", "80"], "recall": ["uses authority", "承担责任"],
    "structured": ["70", "2026-11-09", "Late"], "table": ["Lin", "60", "Mei", "40"],
    "plan": ["4", "9153", "9605", "10058", "1957.5"],
    "text": ["Because it was late.\nTwice."], "reflect": ["It was logistics.", "星期四我来数。"],
}  # fmt: skip
FIELDS = "input[type=text], textarea"
SAID = {"deny": 0, "ask": 1, "promise": 0, "check": 1}
"""Which choice of its turn each is in the scene."""


@pytest.fixture
def items(samples: dict[str, Sample]) -> list[tuple[Item, Key | None]]:
    """Take a question of each interaction, with two hints each, and a long list."""
    made: list[tuple[Item, Key | None]] = [
        (item.model_copy(update={"hints": ("One.", "Two.")}), key) for item, key in samples.values()
    ]
    return [*made, (LONG, None)]


class Broken(list[str]):
    """What went wrong in the page's scripts."""


@pytest.fixture
def broken() -> Iterator[Broken]:
    """Collect errors of the page's scripts, of which there shall be none."""
    found = Broken()
    yield found
    assert found == []


def opened(
    browser: Any, folder: Path, lang: str, items: list[tuple[Item, Key | None]], broken: Broken,
    width: int = 800, context: Any = None,
) -> FormsPage:  # fmt: skip
    """Open the forms in a window of their own."""
    page = (context or browser.new_context()).new_page()
    page.set_viewport_size({"width": width, "height": 900})
    page.set_default_timeout(10_000)
    page.on("pageerror", lambda error: broken.append(str(error)))
    found = FormsPage(page, items, lay_out(folder, lang, items))
    found.open()
    return found


def stored(forms: FormsPage, name: str) -> Any:
    item = forms.items[f"sample.{name}"][0]
    return AnswersFile(forms.place.answers(item)).load().responses.get(item.id)


def go_on(forms: FormsPage) -> None:
    """Hear all that is said before there is something to choose, or the end."""
    go = forms.form("sample.scene").locator(".kam-go")
    while go.is_visible():
        forms.click(go)


def say(forms: FormsPage, *choices: str) -> None:
    """Play a scene on by mouse."""
    for choice in choices:
        go_on(forms)
        forms.click(forms.form("sample.scene").locator(".kam-says").nth(SAID[choice]))
    go_on(forms)


def by_mouse(forms: FormsPage, name: str) -> None:
    """Answer a question with the mouse at coordinates, and by typing into what was clicked."""
    form = forms.form(f"sample.{name}")
    if name == "table":
        forms.click(form.locator("button", has_text=page_words(Words(forms.place.lang))["add_row"]))
    if name == "scene":
        say(forms, "ask", "check")
    if name == "order":
        forms.click(form.locator(".kam-order button").nth(1))
    if name == "long":  # the list that opens is the system's, outside the page
        form.locator("select").nth(0).select_option("c")
        form.locator("select").nth(1).select_option("b")
    for n in OPTIONS.get(name, []):
        # At the left end, on the control itself.
        spot = form.locator("label.kam-option").nth(n)
        spot.scroll_into_view_if_needed()
        box = spot.bounding_box()
        forms.page.mouse.click(box["x"] + 18, box["y"] + 20)
    for n, text in enumerate(TYPED.get(name, [])):
        forms.click(form.locator(FIELDS).nth(n))
        forms.page.keyboard.insert_text(text)


def by_keyboard(forms: FormsPage, name: str) -> None:
    """Answer a question with Tab, Space, arrows and letters alone, from where the focus is."""
    page, at = forms.page, "document.activeElement"

    def tab_to(condition: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate(
                f"{at}?.closest('[data-item=\"sample.{name}\"]') !== null && ({condition})"
            ):
                return
        raise AssertionError(f"{name}: Tab never reaches {condition}")

    if name == "order":
        tab_to(f"{at}.matches('.kam-order button') && {at}.textContent === '↓'")
        page.keyboard.press("Enter")
    if name == "table":
        tab_to(f"{at}.textContent === {json.dumps(page_words(Words(forms.place.lang))['add_row'])}")
        page.keyboard.press("Space")
        page.keyboard.type("Mei")
        page.keyboard.press("Tab")
        page.keyboard.type("40")
        for _ in range(3):
            page.keyboard.press("Shift+Tab")
        page.keyboard.press("Shift+Tab") if page.evaluate(f"{at}.matches('button')") else None
        page.keyboard.type("60")
        page.keyboard.press("Shift+Tab")
        page.keyboard.type("Lin")
        return
    if name == "long":
        for letter in "cb":
            tab_to(f"{at}.matches('select')")
            page.keyboard.type(f"Option {letter}")
    if name == "scene":
        tab_to(f"{at}.matches('.kam-go')")
        for choice in ("ask", "check"):
            while page.evaluate(f"{at}.matches('.kam-go')"):
                page.keyboard.press("Enter")
            assert page.evaluate(f"{at}.matches('.kam-choices')")
            for _ in range(SAID[choice] + 1):
                page.keyboard.press("Tab")
            page.keyboard.press("Space")
        while page.evaluate(f"{at}.matches('.kam-go')"):
            page.keyboard.press("Space")
        assert page.evaluate(f"{at}.matches('.kam-end')")
        return
    if name == "reflect":
        for text, ticks in zip(TYPED[name], ([1], [2, 1]), strict=True):
            tab_to(f"{at}.matches('textarea')")
            page.keyboard.insert_text(text)
            for steps in ticks:
                for _ in range(steps):
                    page.keyboard.press("Tab")
                page.keyboard.press("Space")
        return
    if name in ("choices", "evidence"):
        last = -1
        for n in OPTIONS[name]:
            for _ in range(n - last):
                tab_to(f"{at}.matches('input')")
            page.keyboard.press("Space")
            last = n
        return
    typed = list(TYPED.get(name, []))
    wanted = list(OPTIONS.get(name, []))
    place = 0
    while typed or wanted:
        tab_to(f"{at}.matches('input, textarea')")
        if page.evaluate(f"{at}.type") != "radio":
            page.keyboard.insert_text(typed.pop(0))
            continue
        group = page.evaluate(f"document.getElementsByName({at}.name).length")
        page.keyboard.press("Space")
        for _ in range(wanted.pop(0) - place):
            page.keyboard.press("ArrowDown")
        place += group


@pytest.mark.parametrize(("lang", "how"), [("en", by_mouse), ("zh", by_keyboard)])
def test_every_interaction_is_answered_and_kept(
    browser: Any, tmp_path: Path, items: Any, broken: Broken, lang: str, how: Any
) -> None:
    """What was clicked or typed is sent as it is, acknowledged, on the disk, and back on opening."""
    forms = opened(browser, tmp_path, lang, items, broken)
    assert {item.interaction for item, _ in items} == set(INTERACTIONS)
    assert forms.sent("save", "keep", "check") == []
    for name in ANSWERS:
        how(forms, name)
        said = forms.until(f"sample.{name}", "saved")
        assert re.search(r"\d\d:\d\d$", said)
        assert said.startswith("✓ ")
    last = {said["item"].split(".")[1]: said["response"] for said in forms.sent("save")}
    assert last == ANSWERS
    assert {name: stored(forms, name) for name in ANSWERS} == ANSWERS
    forms.page.evaluate("localStorage.removeItem('log')")
    forms.open()
    assert forms.page.evaluate("Object.keys(localStorage)") == ["log"]  # nothing waits
    for name in ANSWERS:
        form = forms.form(f"sample.{name}")
        fields = [field.input_value() for field in form.locator(FIELDS).all()]
        assert fields == TYPED.get(name, [])
        ticked = form.locator("input:checked").count()
        assert ticked == len(OPTIONS.get(name, []))
    assert forms.sent("save", "keep", "check") == []
    forms.page.context.close()


def test_an_untouched_order_is_no_answer(
    browser: Any, tmp_path: Path, items: Any, broken: Broken
) -> None:
    """An order that happens to be right as it stands is an answer only once it is kept."""
    forms = opened(browser, tmp_path, "en", items, broken)
    form = forms.form("sample.order")
    assert "Not ordered yet" in form.inner_text()
    forms.click(form.locator("button", has_text="Keep this order"))
    forms.until("sample.order", "saved")
    assert stored(forms, "order") == {"order": ["a", "b", "c"]}
    assert "Not ordered yet" not in form.inner_text()
    forms.page.context.close()


def test_the_status_line_is_true_when_nothing_answers(
    browser: Any, tmp_path: Path, items: Any, broken: Broken
) -> None:
    """Without an acknowledgement nothing is called saved; a late one clears the alarm."""
    forms = opened(browser, tmp_path, "en", items, broken)
    page, name = forms.page, "sample.text"
    page.clock.install()
    forms.open()
    field = forms.form(name).locator("textarea")
    assert forms.status(name).text_content() == "What you write here is saved by itself."
    page.evaluate("window.how = 'held'")
    field.fill("One")
    assert forms.status(name).text_content() == "saving…"
    page.clock.fast_forward(300)
    assert forms.status(name).text_content() == "saving…"
    page.clock.fast_forward(5100)
    assert forms.until(name, "unsaved").startswith("✗ not saved: start the workbook again")
    page.evaluate("window.held.splice(0).forEach((hear) => hear())")
    assert forms.until(name, "saved").startswith("✓ saved ")
    # With nothing unsaved the loss of the connection is told, too, without a false alarm.
    page.evaluate("window.how = 'deaf'")
    page.clock.fast_forward(15_100)
    page.clock.fast_forward(5_100)
    assert "not connected" in forms.until(name, "offline")
    # And what is written then comes back by itself, once something answers again.
    field.fill("One, two")
    page.clock.fast_forward(300)
    assert "not saved" in forms.until(name, "unsaved")
    page.evaluate("window.how = 'live'")
    page.clock.fast_forward(15_100)
    forms.until(name, "saved")
    assert stored(forms, "text") == {"text": "One, two"}
    page.context.close()


def test_what_could_not_be_saved_comes_back(
    browser: Any, tmp_path: Path, items: Any, broken: Broken
) -> None:
    """Typed while the workbook was dead, it survives the page, and is saved when all runs again."""
    forms = opened(browser, tmp_path, "en", items, broken)
    page, name = forms.page, "sample.text"
    page.evaluate("window.how = 'dead'")
    forms.form(name).locator("textarea").fill("Nobody hears this")
    assert "not saved: start the workbook again" in forms.until(name, "unsaved")
    assert stored(forms, "text") is None
    forms.open()
    forms.until(name, "saved")
    assert forms.form(name).locator("textarea").input_value() == "Nobody hears this"
    assert "put back" in forms.form(name).locator(".kam-note").inner_text()
    assert stored(forms, "text") == {"text": "Nobody hears this"}
    assert page.evaluate("Object.keys(localStorage)") == ["log"]
    page.context.close()


def test_what_comes_back_never_replaces_a_newer_answer(
    browser: Any, tmp_path: Path, items: Any, broken: Broken
) -> None:
    """Where the answer was changed elsewhere meanwhile, both are shown and the trainee chooses."""
    forms = opened(browser, tmp_path, "en", items, broken)
    page, name = forms.page, "sample.text"
    page.evaluate("window.how = 'dead'")
    forms.form(name).locator("textarea").fill("Typed here")
    forms.until(name, "unsaved")
    item = forms.items[name][0]
    file = AnswersFile(forms.place.answers(item))
    file.save(name, {"text": "Saved elsewhere"}, seen=0, window="another")
    forms.open()
    shown = forms.form(name).locator(".kam-conflict")
    shown.wait_for()
    assert "Saved elsewhere" in shown.inner_text()
    assert "Typed here" in shown.inner_text()
    assert stored(forms, "text") == {"text": "Saved elsewhere"}
    forms.click(shown.locator("button", has_text="Keep mine"))
    forms.until(name, "saved")
    assert stored(forms, "text") == {"text": "Typed here"}
    page.context.close()


def test_two_windows(browser: Any, tmp_path: Path, items: Any, broken: Broken) -> None:
    """An idle window takes over what another saved; one with its own answer asks which to keep."""
    context = browser.new_context()
    one, two = (opened(browser, tmp_path, "en", items, broken, context=context) for _ in range(2))
    name = "sample.text"
    for forms, text in ((one, "First window"), (two, "Second window")):
        forms.page.bring_to_front()
        forms.form(name).locator("textarea").fill(text)
        if forms is one:
            forms.until(name, "saved")
    said = two.until(name, "unsaved")
    assert said.startswith("✗ Not saved")
    shown = two.form(name).locator(".kam-conflict")
    assert "First window" in shown.inner_text()
    assert "Second window" in shown.inner_text()
    two.form(name).locator("textarea").fill("Second window, again")
    assert two.until(name, "unsaved") == said  # still nothing is saved, and it says so
    two.click(shown.locator("button", has_text="Take the other"))
    two.until(name, "saved")
    field = two.form(name).locator("textarea")
    assert field.input_value() == "First window"
    two.click(two.form(name).locator("button", has_text="Bring my own answer back"))
    two.until(name, "saved")
    assert field.input_value() == "Second window, again"
    assert stored(two, "text") == {"text": "Second window, again"}
    one.page.bring_to_front()
    one.page.locator("h1").click()
    one.page.evaluate("document.activeElement.blur()")
    one.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    one.page.wait_for_function(
        "document.querySelector('[data-item=\"sample.text\"] textarea').value === 'Second window, again'"
    )
    context.close()


def test_leaving_the_page_sends_what_was_typed_last(
    browser: Any, tmp_path: Path, items: Any, broken: Broken
) -> None:
    """Neither a closed page nor a removed view waits for the pause after the last letter."""
    forms = opened(browser, tmp_path, "en", items, broken)
    forms.page.clock.install()
    forms.open()
    forms.page.clock.pause_at(4_000_000_000)  # so that the pause never ends
    forms.form("sample.text").locator("textarea").fill("The last word")
    assert forms.sent("save") == []
    forms.page.evaluate("window.undo.forEach((undo) => undo())")
    assert forms.sent("save")[-1]["response"] == {"text": "The last word"}
    forms.open()
    forms.form("sample.long").locator("select").first.select_option("b")
    forms.form("sample.recall").locator("input").first.fill("Gone at once")
    forms.page.goto(ORIGIN + "/?other")
    last = {said["item"]: said["response"] for said in forms.sent("save")}
    assert last["sample.recall"] == {"lines": ["Gone at once", ""]}
    assert last["sample.long"] == {"pairs": {"x": "b"}}
    forms.page.context.close()


def test_keys_pressed_in_a_form_are_no_commands_to_the_notebook(
    browser: Any, tmp_path: Path, items: Any, broken: Broken
) -> None:
    """Letters stay inside, and Ctrl+S saves the answer at once."""
    forms = opened(browser, tmp_path, "en", items, broken)
    page = forms.page
    page.evaluate("window.got = []; document.addEventListener('keydown', (e) => got.push(e.key))")
    page.clock.install()
    page.clock.pause_at(4_000_000_000)
    field = forms.form("sample.text").locator("textarea")
    field.press_sequentially("bd")
    field.press("Control+s")
    assert page.evaluate("got") == []
    assert field.input_value() == "bd"
    assert forms.sent("save")[-1]["response"] == {"text": "bd"}
    # A notebook matches its commands with the focused element itself, so each must carry this.
    bare = page.evaluate(
        "[...document.querySelectorAll('.kam-form, .kam-form :is(input, textarea, select, button, a, [tabindex])')]"
        ".filter((one) => !one.hasAttribute('data-lm-suppress-shortcuts')).length"
    )
    assert bare == 0
    page.context.close()


def test_practice_checks_hints_solves_and_takes_an_objection(
    browser: Any, tmp_path: Path, items: Any, broken: Broken
) -> None:
    """Result, hints one after another, the answer after a try, and 'I disagree' after a check."""
    forms = opened(browser, tmp_path, "en", items, broken)
    form = forms.form("sample.choice")

    def press(text: str) -> None:
        forms.click(form.locator("button", has_text=text))

    assert form.locator("button:visible").all_inner_texts() == ["Check", "Hint"]
    press("Hint")
    form.locator("text=One.").wait_for()
    assert form.locator("text=Two.").count() == 0
    forms.click(form.locator("label.kam-option").nth(1))
    press("Check")
    form.locator(".kam-result").wait_for()
    assert "✗ not yet" in form.inner_text()
    assert "Not the second." in form.inner_text()
    assert "checked again" not in form.inner_text()
    forms.click(form.locator("label.kam-option").nth(0))
    assert "check it again" in form.inner_text()
    press("Show the answer")
    form.locator("text=The right answer").wait_for()
    assert "So." in form.inner_text()
    press("I disagree")
    forms.page.keyboard.type("Both fit.")
    forms.until("sample.choice", "saved")
    assert stored(forms, "choice") == {"choice": "a", "disagree": "Both fit."}
    forms.open()
    assert form.locator("textarea").input_value() == "Both fit."
    forms.page.context.close()


def test_graded_questions_say_what_is_missing_and_only_that(
    browser: Any, tmp_path: Path, items: Any, broken: Broken
) -> None:
    """No check, no hint; a line says whether the answer is complete; errors stand at their field."""
    graded: list[tuple[Item, Key | None]] = [
        (item.model_copy(update={"use": "graded"}), None)
        for item, _ in items
        if not isinstance(item, PracticeItem)
    ]
    forms = opened(browser, tmp_path, "en", graded, broken)
    form = forms.form("sample.number")
    assert form.locator("button:visible").count() == 0
    assert "not answered" in form.locator(".kam-complete").inner_text()
    fields = form.locator(FIELDS)
    fields.first.fill("many")
    forms.until("sample.number", "saved")
    assert fields.first.get_attribute("aria-invalid") is None  # still being typed
    fields.nth(1).focus()
    error = form.locator(".kam-error:visible")
    error.wait_for()
    assert "“many” cannot be read as a number" in error.inner_text()
    assert error.get_attribute("id") in str(fields.first.get_attribute("aria-describedby"))
    by_mouse(forms, "choices")
    forms.until("sample.choices", "saved")
    assert forms.form("sample.choices").locator(".kam-complete").inner_text() == "✓ complete"
    forms.page.context.close()


def lines(forms: FormsPage) -> list[str]:
    """Return what stands in the conversation, line by line."""
    found = forms.form("sample.scene").locator(".kam-talk > p")
    return [" ".join(text.split()) for text in found.all_inner_texts()]


def measured(forms: FormsPage) -> list[str]:
    return list(forms.form("sample.scene").locator(".kam-meters .kam-value").all_inner_texts())


def buttons(forms: FormsPage) -> list[str]:
    return list(forms.form("sample.scene").locator("button:visible").all_inner_texts())


def test_a_scene_is_played_line_by_line(
    browser: Any, tmp_path: Path, items: Any, broken: Broken
) -> None:
    """One line, then the next, then the choices; each tells what it did; nothing is told before."""
    forms = opened(browser, tmp_path, "en", items, broken)
    form = forms.form("sample.scene")
    assert lines(forms) == ["Lin You are late."]
    assert buttons(forms) == ["Go on", "Hint"]
    assert measured(forms) == ["0", "0"]
    forms.click(form.locator(".kam-go"))
    assert lines(forms)[1:] == ["Lin By two days."]
    assert buttons(forms) == ["We are not.", "Which shops are open now", "Hint"]
    for later in ("He counted them.", "Nine shops.", "The truck comes.", "Jun of our team"):
        assert later not in form.inner_text()
    forms.click(form.locator(".kam-says").nth(0))
    assert lines(forms)[2:] == ["You We are not.", "▼ Trust −2 · He counted them."]
    assert measured(forms) == ["0", "−2"]
    assert buttons(forms) == ["Go on", "Step back", "Hint"]
    say(forms, "check")
    assert lines(forms)[4:] == [
        "Lin Nine shops.", "You I look and call at four.", "▲ This month +1 · He can plan.",
        "Lin At four.",
    ]  # fmt: skip
    assert "How it ended\n\nThe truck comes." in form.inner_text()
    ways = form.locator(".kam-ways tbody tr").all_inner_texts()
    assert [[cell.strip() for cell in way.split("\t")] for way in ways] == [
        ["You, this time", "+1 ★", "−2 ★", "The truck comes."],
        ["Jun of our team", "0", "−3", "The shelves stay empty."],
    ]
    assert buttons(forms) == ["Step back", "Play again", "Check", "Hint"]
    forms.click(form.locator("button", has_text="Check"))
    form.locator(".kam-result").wait_for()
    assert "He must feel heard." in form.inner_text()
    forms.click(form.locator("button", has_text="Show the answer"))
    form.locator("text=The right answer").wait_for()
    assert "Which shops are open now" in form.locator("[role=status]").inner_text()
    forms.page.context.close()


def test_no_way_through_a_scene_is_lost(
    browser: Any, tmp_path: Path, items: Any, broken: Broken
) -> None:
    """A step back takes one choice back; a new play puts the old one beside it for good."""
    forms = opened(browser, tmp_path, "en", items, broken)
    form, name = forms.form("sample.scene"), "sample.scene"

    def press(text: str) -> None:
        forms.click(form.locator("button:visible", has_text=text))

    say(forms, "deny", "promise")
    forms.page.evaluate("window.first = document.querySelector('.kam-talk').firstChild")
    press("Step back")
    assert buttons(forms)[:2] == ["Tomorrow for sure.", "I look and call at four."]
    assert measured(forms) == ["0", "−2"]
    assert lines(forms)[-1] == "Lin Nine shops."
    # What stays in the conversation is not read out again.
    assert forms.page.evaluate("document.querySelector('.kam-talk').firstChild === window.first")
    say(forms, "promise")
    press("Play again")
    assert lines(forms) == ["Lin You are late."]
    say(forms, "deny", "promise")
    press("Play again")
    say(forms, "ask", "check")
    forms.until(name, "saved")
    assert stored(forms, "scene") == {"path": ["ask", "check"], "plays": [["deny", "promise"]]}
    names = form.locator(".kam-ways tbody th")
    assert names.all_inner_texts() == ["You, play 1", "You, this time", "Jun of our team"]
    forms.open()
    assert names.all_inner_texts() == ["You, play 1", "You, this time", "Jun of our team"]
    for _ in range(2):
        press("Step back")
    assert lines(forms) == ["Lin You are late.", "Lin By two days."]
    assert "Step back" not in buttons(forms)
    forms.until(name, "saved")
    assert stored(forms, "scene") == {"path": [], "plays": [["deny", "promise"]]}
    forms.page.context.close()


def test_a_scene_left_open_goes_on_where_it_was(
    browser: Any, tmp_path: Path, items: Any, broken: Broken
) -> None:
    """After opening again all that was said is there; a path of another edition is kept aside."""
    forms = opened(browser, tmp_path, "zh", items, broken)
    say(forms, "ask")
    forms.until("sample.scene", "saved")
    before = lines(forms)
    forms.open()
    assert lines(forms) == before
    assert forms.form("sample.scene").locator(".kam-says").count() == 2
    item = forms.items["sample.scene"][0]
    odd = {"path": ["ask", "gone"], "plays": [["gone"], 3]}
    AnswersFile(forms.place.answers(item)).save(
        item.id, odd, seen=99, window="another", keep_mine=True
    )
    forms.open()
    say(forms, "promise")
    forms.until("sample.scene", "saved")
    assert stored(forms, "scene") == {
        "path": ["ask", "promise"], "plays": [["gone"], 3, ["ask", "gone"]],
    }  # fmt: skip
    assert forms.form("sample.scene").locator(".kam-ways tbody tr").count() == 2
    forms.page.context.close()


def test_ones_own_words_are_looked_at_and_nothing_is_right_or_wrong(
    browser: Any, tmp_path: Path, samples: dict[str, Sample], broken: Broken
) -> None:
    """A message for each text, a promise of privacy, and no answer, hint or objection."""
    forms = opened(browser, tmp_path, "en", [samples["reflect"]], broken)
    form = forms.form("sample.reflect")
    assert "Only for you: this stays on your machine" in form.inner_text()
    by_mouse(forms, "reflect")
    forms.click(form.locator("button", has_text="Check"))
    form.locator(".kam-result").wait_for()
    assert "✎ looked at" in form.inner_text()
    assert "“It was logistics.”: sounds like the shirker of work." in form.inner_text()
    assert form.locator("button:visible").all_inner_texts() == ["Check"]
    forms.page.context.close()


@pytest.mark.parametrize(("lang", "width"), [("en", 800), ("zh", 360)])
def test_axe_finds_nothing_and_all_fits(
    browser: Any, tmp_path: Path, items: Any, broken: Broken, lang: str, width: int
) -> None:
    """No violation in any state; nothing overflows a phone; every target can be hit."""
    from axe_playwright_python.sync_playwright import Axe

    forms = opened(browser, tmp_path, lang, items, broken, width=width)
    page = forms.page
    hint = page_words(Words(lang))["hint"]
    for name in ANSWERS:
        by_mouse(forms, name)
        form = forms.form(f"sample.{name}")
        form.locator(".kam-main").click()
        form.locator("button", has_text=hint).click() if name != "long" else None
    forms.form("sample.text").locator(".kam-result").wait_for()
    field = forms.form("sample.structured").locator(FIELDS).first
    field.fill("many")
    field.blur()
    forms.form("sample.structured").locator(".kam-error:visible").wait_for()
    AnswersFile(forms.place.answers(LONG)).save(
        "sample.recall", {"lines": ["x"]}, seen=99, window="another", keep_mine=True
    )
    forms.form("sample.recall").locator("input").first.fill("mine")
    forms.form("sample.recall").locator(".kam-conflict").wait_for()
    page.evaluate("window.how = 'dead'")
    forms.form("sample.text").locator("textarea").fill("unheard")
    forms.until("sample.text", "unsaved")
    found = Axe().run(page)
    assert [(one["id"], one["nodes"][0]["html"]) for one in found.response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    small = page.evaluate(
        "[...document.querySelectorAll('.kam-form :is(button, select, textarea, input[type=text], .kam-option)')]"
        ".filter((one) => one.offsetParent && (one.offsetHeight < 44 || one.offsetWidth < 44))"
        ".map((one) => one.outerHTML)"
    )
    assert small == []
    page.context.close()
