"""The homework over its two weeks, by mouse and keyboard in Notebook 7: filled in, left, cleaned, handed in.

What is typed is the worked example of the unit, so that it holds together as a good answer does.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from playwright.sync_api import BrowserContext, Locator, Page, expect

from kamlib.course.pack import Edition
from kamlib.course.syllabus import Course, read_questions
from kamlib.customer_analysis_file import read_written
from kamlib.items.model import Item, Structured, Table, TypedField

from .conftest import click_at, open_notebook, press, serve, stop, unpacked
from .test_journey import Desk, context, form, type_into, until  # noqa: F401

UNIT = "10_customer_analysis"
SLUG = "customer_analysis"
EXERCISE = f"units/{UNIT}/exercise.en.ipynb"
PHONE, MASKED = "13812345678", "13•••••••78"
REPORTS = "reports"
ANSWERED = ("customer", "power", "culture", "statement", "finance")
"""The parts that are filled in here: two sections and what stands before the first."""


@pytest.fixture
def machine(course: Course, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Desk]:
    """Pack the course with the homework due in a fortnight, unpack it and start a server on it."""
    due = datetime.now(UTC).date() + timedelta(days=14)
    edition = Edition("en", due={UNIT: due.isoformat()})
    root = unpacked(course, edition, tmp_path, monkeypatch)
    machine = Desk(*serve(root, tmp_path / "jupyter", "en"), unit=UNIT)
    yield machine
    stop(machine.process)


@pytest.fixture
def example(course: Course) -> Mapping[str, Any]:
    """Read the worked example: fields or rows by part."""
    path = course.unit(UNIT).folder / "case" / "example.yaml"
    return read_written(path.read_text("utf-8"), "en")


@pytest.fixture
def questions(course: Course) -> dict[str, Item]:
    """Return the graded questions by their part."""
    items = read_questions(course.unit(UNIT)).items
    return {item.id.partition(".")[2]: item for item in items if item.use == "graded"}


def test_two_weeks_of_homework(
    machine: Desk,
    context: BrowserContext,  # noqa: F811
    example: Mapping[str, Any],
    questions: dict[str, Item],
) -> None:
    """Two sections are filled in and read back, found again, cleaned of a phone number and handed in."""
    page = context.new_page()
    homework(page, machine, len(questions))
    expect(panel(page, "finance")).to_contain_text("No year is filled in yet.")

    for part in ANSWERED[:3]:
        answer(page, questions[part], example[part])
    expect(panel(page, "power")).to_contain_text("Who says yes in the end: One person alone")
    before = panel(page, "finance").inner_text()
    answer(page, questions["statement"], example["statement"])
    for year in example["statement"]:
        expect(
            panel(page, "finance").locator("th").get_by_text(f"{year['year']:g}")
        ).to_be_visible()
    one_chart(panel(page, "finance"))
    assert panel(page, "finance").inner_text() != before
    answer(page, questions["finance"], example["finance"])
    for section in ("power", "finance"):
        expect(state(page, section)).to_have_text("✓ complete")
    expect(state(page, "organisation")).to_have_text("○ not begun")
    assert machine.stored()[f"{SLUG}.statement"]["rows"][2]["sales"]

    typed, said = fields(page), settled(panel(page, "finance"))
    assert sum(bool(value) for _, value in typed) == count_of(example, ANSWERED)
    page.close(run_before_unload=True)
    machine.kill()
    machine.start()
    page = context.new_page()
    homework(page, machine, len(questions))
    assert fields(page) == typed
    one_chart(panel(page, "finance"))
    assert settled(panel(page, "finance")) == said

    number_stops_the_hand_in(page, machine, str(example["finance"]["ask"]))
    made = handed_in(page, machine)
    with zipfile.ZipFile(made) as archive:
        inside = [archive.read(name).decode() for name in archive.namelist()]
    assert PHONE not in "".join(inside)
    assert any(str(example["customer"]["sign"]) in text for text in inside)

    homework(page, machine, len(questions))
    reports_made(page, machine, str(example["customer"]["sign"]))


def homework(page: Page, machine: Desk, count: int) -> None:
    """Open the homework and wait for all its questions."""
    open_notebook(page, machine.server, EXERCISE)
    expect(page.locator(".kam-form:visible")).to_have_count(count)


def panel(page: Page, part: str) -> Locator:
    """Return the panel that says what a section adds up to."""
    return page.locator(f".kam-homework[data-panel='{part}']:visible")


def state(page: Page, section: str) -> Locator:
    """Return what the panel of progress says of a section."""
    return panel(page, "progress").locator(f"[data-section='{section}'] .state")


def one_chart(shown: Locator) -> None:
    """Wait for the chart of a panel, which is drawn once somebody looks there."""
    shown.scroll_into_view_if_needed()
    expect(shown.locator("figure img")).to_have_count(1)
    expect(shown.locator(".late")).to_have_count(0)


def settled(shown: Locator) -> str:
    """Return what a panel says once it says it for a while."""
    last = ""
    for _ in range(20):
        now = shown.inner_text()
        if now == last:
            return now
        last = now
        shown.page.wait_for_timeout(1500)
    raise AssertionError(f"it did not come to rest: {last}")


def at_rest(shown: Locator) -> None:
    """Wait until something stands still, since the panels above it may still grow."""
    last: object = None
    for _ in range(60):
        shown.scroll_into_view_if_needed()
        now = shown.bounding_box()
        if now == last:
            return
        last = now
        shown.page.wait_for_timeout(1000)
    raise AssertionError("it does not stand still")


def answer(page: Page, item: Item, values: Any) -> None:
    """Answer a question as a person does; rows beyond those that are there are added."""
    box = form(page, item.id)
    if isinstance(item, Structured):
        each_field(page, box.locator(".kam-field, fieldset"), item.fields, values)
    elif isinstance(item, Table):
        cards = box.locator(".kam-card")
        for n, row in enumerate(values):
            if n >= item.min_rows:
                click_at(page, box.get_by_role("button", name="Add a row"))
            expect(cards).to_have_count(max(n + 1, item.min_rows))
            each_field(page, cards.nth(n).locator(".kam-cells > *"), item.columns, row)
    else:
        type_into(page, box.locator("textarea"), values["text"])
    expect(box.locator(".kam-status")).to_have_attribute("data-state", "saved")


def each_field(
    page: Page, controls: Locator, asked: Mapping[str, TypedField], values: Mapping[str, object]
) -> None:
    """Fill in the fields for which there is a value, in the order in which they stand."""
    expect(controls).to_have_count(len(asked))
    for (name, field), control in zip(asked.items(), controls.all(), strict=True):
        if name not in values:
            continue
        text = as_typed(values[name])
        if field.kind != "choice":
            type_into(page, control.locator("input, textarea"), text)
        elif control.locator("select").count():
            control.locator("select").select_option(text)  # a closed list opens outside the page
        else:
            click_at(page, control.locator(f"label:has(input[value='{text}'])"), x=12)


def count_of(example: Mapping[str, Any], parts: Iterable[str]) -> int:
    """Return how many fields these parts of the example fill."""
    rows = [example[part] for part in parts]
    return sum(len(one) for each in rows for one in (each if isinstance(each, list) else [each]))


def as_typed(value: object) -> str:
    """Return a value as somebody types it."""
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:.15g}" if isinstance(value, (int, float)) else str(value)


def fields(page: Page) -> list[tuple[str, str]]:
    """Return what every field of the page holds, with the question it belongs to."""
    found: Iterable[list[str]] = page.evaluate("""() =>
      [...document.querySelectorAll('.kam-form')].flatMap(form =>
        [...form.querySelectorAll('input, select, textarea')].map(one => [form.dataset.item,
          ['radio', 'checkbox'].includes(one.type) ? (one.checked ? one.value : '') : one.value]))""")
    return [(item, value) for item, value in found]


def number_stops_the_hand_in(page: Page, machine: Desk, was: str) -> None:
    """A phone number is named by its place and masked, nothing is made with it, and it is taken out."""
    field = form(page, f"{SLUG}.finance").locator("textarea").nth(1)
    expect(field).to_have_value(was)
    type_into(page, field, f" Ask the head of finance, {PHONE}.")
    until(lambda: PHONE in machine.stored()[f"{SLUG}.finance"]["fields"]["ask"], "it is saved")
    report = panel(page, "report")
    expect(report).to_contain_text("No report and no hand-in is made")
    expect(report).to_contain_text(MASKED)
    click_at(page, report.locator("[data-key='make-docx']"))
    expect(report.locator("[data-key='made']")).to_have_count(0)

    dialog = hand_in_asked(page, machine)
    expect(dialog.locator("h2")).to_have_text("Before you hand in: take this out")
    expect(dialog).to_contain_text("Finance: what the figures ask")
    expect(dialog).to_contain_text("What you ask the customer")
    expect(dialog).to_contain_text(MASKED)
    expect(dialog).not_to_contain_text(PHONE)
    expect(dialog.locator("button.main")).to_have_count(0)
    assert not (machine.server.root / "handed_in").exists()
    assert not (machine.server.root / REPORTS).exists()

    click_at(page, dialog.get_by_role("link", name="Finance: what the figures ask"))
    field = form(page, f"{SLUG}.finance").locator("textarea").nth(1)
    expect(field).to_be_visible()
    expect(field).to_have_value(f"{was} Ask the head of finance, {PHONE}.")
    type_into(page, field, f" {was}")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(was)
    until(lambda: machine.stored()[f"{SLUG}.finance"]["fields"]["ask"] == was, "it is taken out")


def hand_in_asked(page: Page, machine: Desk) -> Locator:
    """Press the button of the homework on the start page, and return what is said before the hand-in."""
    open_notebook(page, machine.server, "start.ipynb")
    press(page.locator(".kam-start:visible"), f"hand-{UNIT}")
    dialog = page.locator("dialog:visible")
    expect(dialog).to_be_visible()
    return dialog


def handed_in(page: Page, machine: Desk) -> Path:
    """Hand in with questions still open; return the file, whose name has the receipt."""
    dialog = hand_in_asked(page, machine)
    expect(dialog.locator("h2")).to_have_text("Before you hand in: this is still open")
    expect(dialog).to_contain_text("Organisation: the people by role")
    click_at(page, dialog.locator("button.main"))
    receipt = dialog.locator(".large")
    expect(receipt).to_be_visible()
    (made,) = (machine.server.root / "handed_in").glob("*.zip")
    assert str(receipt.text_content()) in made.name
    return made


def reports_made(page: Page, machine: Desk, sign: str) -> None:
    """The document and the page for the browser lie in the workbook, and say what was written."""
    report, folder = panel(page, "report"), machine.server.root / REPORTS
    for ending in ("docx", "html"):
        at_rest(report.locator(f"[data-key='make-{ending}']"))
        press(report, f"make-{ending}")
        saved = report.locator("[data-key='made']")
        expect(saved).to_contain_text(f".{ending}")
        with page.expect_download() as download:
            click_at(page, saved)
        (made,) = folder.glob(f"*.{ending}")
        assert download.value.suggested_filename == made.name
        assert Path(download.value.path()).read_bytes() == made.read_bytes()
    (word,), (html,) = folder.glob("*.docx"), folder.glob("*.html")
    assert sign in "\n".join(paragraph.text for paragraph in Document(str(word)).paragraphs)
    assert sign in html.read_text("utf-8")
