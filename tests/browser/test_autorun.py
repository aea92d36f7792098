"""A lesson opened in Notebook 7 or JupyterLab is a page: questions there, code and machine not."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, expect

from kamlib.jupyter.hooks import FIGURE, WIDGET, is_ours
from kamlib.jupyter.settings import trust

from .conftest import (
    FORMS,
    UNIT,
    Server,
    add_code,
    click_at,
    kernel_of,
    kill_kernel,
    open_notebook,
    wait_for_idle,
    write_notebook,
)

FRONT_ENDS = ("notebook", "lab")
FORM = 'from kamlib.forms import form\nform("am_types.pair_first")'


def copy_lesson(server: Server, name: str, lang: str = "en") -> str:
    """Copy the lesson for one test alone and return its path in the workbook.

    What its questions looked like when it was built is left out, so that what is seen was run.
    """
    path = f"units/{UNIT}/{name}.{lang}.ipynb"
    notebook = json.loads(
        (server.root / "units" / UNIT / f"lesson.{lang}.ipynb").read_text("utf-8")
    )
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = []
    (server.root / path).write_text(json.dumps(notebook), "utf-8")
    return path


def form_cells(server: Server, path: str) -> int:
    """Count the questions of a notebook."""
    cells = json.loads((server.root / path).read_text("utf-8"))["cells"]
    return sum(is_ours("".join(cell["source"])) for cell in cells)


@pytest.mark.parametrize("front_end", FRONT_ENDS)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_lesson_shows_its_questions_by_itself(
    server: Server, page: Page, front_end: str, lang: str
) -> None:
    """Nothing is pressed: every question is there, no code or prompt is, the page asks nothing."""
    path = copy_lesson(server, f"seen_{front_end}", lang)
    open_notebook(page, server, path, front_end)
    count = form_cells(server, path)
    assert count > 3
    expect(page.locator(".jp-CodeCell").filter(has=page.locator(FORMS))).to_have_count(count)
    for part in (".jp-InputArea-editor", ".jp-InputPrompt", ".jp-OutputPrompt", ".jp-Collapser"):
        assert page.locator(f".kam-page {part}:visible").count() == 0, part
    expect(page.locator(".jp-NotebookPanel .jp-Notebook")).to_have_attribute(
        "lang", "en" if lang == "en" else "zh-CN"
    )
    expect(page.locator(".jp-Dialog")).to_have_count(0)


def test_the_document_view_is_one_page(server: Server, page: Page) -> None:
    """Notebook 7 shows no menu and no toolbar, but the title and the ways home and to Chinese."""
    open_notebook(page, server, f"units/{UNIT}/lesson.en.ipynb")
    bar = page.locator(".kam-bar")
    expect(bar.get_by_role("link", name="Start page")).to_be_visible()
    expect(bar.get_by_text("Three types of account manager")).to_be_visible()
    for part in ("#jp-MainMenu", ".jp-NotebookPanel-toolbar", ".jp-Notebook-footer"):
        expect(page.locator(part)).to_be_hidden()
    expect(page).to_have_title("Three types of account manager")
    expect(page.locator(FORMS).first).to_be_visible()
    click_at(page, bar.get_by_role("link", name="中文"))
    expect(page.locator(".kam-bar").get_by_text("三种客户经理")).to_be_visible()
    assert page.url.endswith("lesson.zh.ipynb")


@pytest.mark.parametrize("front_end", FRONT_ENDS)
def test_only_our_own_cells_run_by_themselves(server: Server, page: Page, front_end: str) -> None:
    """A cell with one character more than a form waits, and so does a figure nobody trusts."""
    path = f"units/{UNIT}/foreign_{front_end}.en.ipynb"
    write = f'open("ran.txt", "a").write("{front_end}")'
    near = [write, f"{FORM}\n{write}", f"{write}\n{FORM}", f"{FORM};{write}",
            f"from kamlib.forms import start\nstart({write})",
            f'from kamlib.forms import form\nform("am_types.pair_first" if {write} else "")']  # fmt: skip
    write_notebook(server.root / path, [*near, FORM], kam={"kind": "lesson", "lang": "en"})
    notebook = json.loads((server.root / path).read_text("utf-8"))
    notebook["cells"][1]["metadata"]["tags"] = ["kam-figure", "kam-form"]
    (server.root / path).write_text(json.dumps(notebook), "utf-8")
    open_notebook(page, server, path, front_end)
    expect(page.locator(FORMS)).to_have_count(1)
    wait_for_idle(server, path)
    assert not (server.root / "units" / UNIT / "ran.txt").exists()


def figure_notebook(server: Server, name: str) -> str:
    """Write a lesson with a question and a figure, which leaves a file where it ran."""
    path = f"units/{UNIT}/{name}.en.ipynb"
    figure = f"""import ipywidgets
from IPython.display import HTML, display
open("{name}.txt", "a").write("ran")
display(HTML("<p class='kam-drawn'>Coverage of the accounts</p>"))
ipywidgets.IntSlider(value=42)"""
    write_notebook(server.root / path, [figure, FORM], kam={"kind": "lesson", "lang": "en"})
    notebook = json.loads((server.root / path).read_text("utf-8"))
    notebook["cells"][1]["metadata"]["tags"] = [FIGURE]
    (server.root / path).write_text(json.dumps(notebook), "utf-8")
    return path


@pytest.mark.parametrize("front_end", FRONT_ENDS)
def test_a_figure_of_a_signed_lesson_runs_by_itself(
    server: Server, page: Page, front_end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What came with the workbook is drawn when the lesson opens, and its code is not shown."""
    path = figure_notebook(server, f"signed_{front_end}")
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(server.jupyter / "data"))
    trust([server.root / path])
    open_notebook(page, server, path, front_end)
    figure = page.locator(".jp-CodeCell").first
    expect(figure.locator(".kam-drawn")).to_have_text("Coverage of the accounts")
    expect(figure.locator(".widget-slider .widget-readout")).to_have_text("42")
    expect(figure.locator(".jp-InputArea-editor")).to_be_hidden()
    expect(page.locator(FORMS)).to_have_count(1)
    assert (server.root / "units" / UNIT / f"signed_{front_end}.txt").read_text("utf-8") == "ran"


def test_a_figure_nobody_signed_does_not_run_even_after_a_save(server: Server, page: Page) -> None:
    """Opening and saving somebody's notebook does not make its figure run the next time."""
    path = figure_notebook(server, "unsigned")
    for _ in range(2):
        open_notebook(page, server, path, "lab")
        expect(page.locator(FORMS)).to_have_count(1)
        wait_for_idle(server, path)
        click_at(page, page.locator(".jp-MarkdownCell").first)
        with page.expect_response(
            lambda answer: answer.request.method == "PUT" and "/api/contents/" in answer.url
        ) as answer:
            page.keyboard.press("Control+s")
        assert answer.value.ok
    assert not (server.root / "units" / UNIT / "unsigned.txt").exists()


@pytest.mark.parametrize("front_end", FRONT_ENDS)
def test_a_link_to_a_question_leads_to_it(server: Server, page: Page, front_end: str) -> None:
    """When the questions above have grown, the one the address names stands at the window's top."""
    path = copy_lesson(server, f"linked_{front_end}")
    cells = json.loads((server.root / path).read_text("utf-8"))["cells"]
    ours = [number for number, cell in enumerate(cells) if is_ours("".join(cell["source"]))]
    number = ours[len(ours) // 2]
    page.goto(f"{server.url(front_end, path)}#cell-id={cells[number]['id']}")
    expect(page.locator(".jp-CodeCell").filter(has=page.locator(FORMS))).to_have_count(len(ours))
    wait_for_idle(server, path)
    page.wait_for_timeout(500)  # the last question may still be laid out
    cell = page.locator(".jp-Notebook .jp-Cell").nth(number)
    distance = cell.evaluate(
        "cell => cell.getBoundingClientRect().top"
        " - cell.closest('.jp-WindowedPanel-outer').getBoundingClientRect().top"
    )
    assert -2 <= distance <= 40


def test_a_reader_who_moves_is_not_called_back(server: Server, page: Page) -> None:
    """Once a reader has turned the wheel, the page no longer goes to what the address names."""
    path = copy_lesson(server, "moved")
    cells = json.loads((server.root / path).read_text("utf-8"))["cells"]
    last = [cell["id"] for cell in cells if is_ours("".join(cell["source"]))][-1]
    page.goto(f"{server.url('notebook', path)}#cell-id={last}")
    expect(page.locator(FORMS).first).to_be_attached()
    page.mouse.move(600, 400)
    page.mouse.wheel(0, -100_000)
    title = page.locator(".jp-Notebook .jp-Cell").first
    expect(title).to_be_in_viewport()
    page.locator(".jp-CodeCell").first.evaluate("cell => { cell.style.minHeight = '900px' }")
    wait_for_idle(server, path)
    expect(title).to_be_in_viewport()


def test_questions_come_back_after_a_kernel_died(server: Server, page: Page) -> None:
    """In the document view, a kernel that died and was replaced leaves no dead question behind."""
    path = copy_lesson(server, "died")
    open_notebook(page, server, path)
    count = form_cells(server, path)
    questions = page.locator(".jp-CodeCell").filter(has=page.locator(FORMS))
    expect(questions).to_have_count(count)
    kernel = wait_for_idle(server, path)
    mark_old(page)
    kill_kernel(server, kernel)
    fresh = page.locator(f".jp-CodeCell:has(:is({FORMS}):not([data-old]))")
    expect(fresh).to_have_count(count)


def test_questions_come_back_after_a_restart(server: Server, page: Page) -> None:
    """In JupyterLab, a kernel restarted from the menu shows the questions again."""
    path = copy_lesson(server, "restarted")
    open_notebook(page, server, path, "lab")
    count = form_cells(server, path)
    questions = page.locator(".jp-CodeCell").filter(has=page.locator(FORMS))
    expect(questions).to_have_count(count)
    wait_for_idle(server, path)
    mark_old(page)
    page.locator(".lm-MenuBar-item").filter(has_text="Kernel").click()
    page.locator('.lm-Menu-item[data-command="kernelmenu:restart"]').click()
    page.locator(".jp-Dialog .jp-mod-accept").click()
    fresh = page.locator(f".jp-CodeCell:has(:is({FORMS}):not([data-old]))")
    expect(fresh).to_have_count(count)


def mark_old(page: Page) -> None:
    """Mark what is shown now, so that what comes later can be told from it."""
    page.evaluate(
        "forms => document.querySelectorAll(forms).forEach(form => form.dataset.old = 'yes')", FORMS
    )


@pytest.mark.parametrize("front_end", FRONT_ENDS)
def test_keys_and_clicks_do_not_change_a_page(server: Server, page: Page, front_end: str) -> None:
    """Neither `d d` nor `b`, `Enter` or a double click deletes, adds or opens a cell."""
    path = copy_lesson(server, f"keys_{front_end}")
    open_notebook(page, server, path, front_end)
    cells = page.locator(".jp-Notebook .jp-Cell")
    expect(page.locator(FORMS).first).to_be_visible()
    count = cells.count()
    text = page.locator(".jp-MarkdownCell p").first
    click_at(page, text)
    for key in ("d", "d", "b", "a", "x", "Enter", "Shift+Enter", "Control+Enter"):
        page.keyboard.press(key)
    text.dblclick(timeout=10_000)
    page.keyboard.type("typed")
    assert cells.count() == count
    assert page.locator(".jp-MarkdownCell:not(.jp-mod-rendered)").count() == 0
    assert page.get_by_text("typed").count() == 0


@pytest.mark.parametrize("front_end", FRONT_ENDS)
def test_other_notebooks_are_left_alone(server: Server, page: Page, front_end: str) -> None:
    """A notebook that is none of the workbook runs nothing and keeps its tools and prompts."""
    path = f"other_{front_end}.ipynb"
    write_notebook(server.root / path, [FORM])
    open_notebook(page, server, path, front_end)
    wait_for_idle(server, path)
    expect(page.locator(".jp-NotebookPanel-toolbar:visible")).to_be_visible()
    expect(page.locator(".jp-CodeCell .jp-InputPrompt")).to_be_visible()
    expect(page.locator(".jp-CodeCell .jp-InputArea-editor")).to_be_visible()
    assert page.locator(".kam-page, .kam-bar, .kam-code-hidden").count() == 0
    assert page.locator(FORMS).count() == 0


def test_a_saved_lesson_holds_no_widget_and_no_traceback(server: Server, page: Page) -> None:
    """What JupyterLab saves can be read without a kernel, and a trainer's own output stays."""
    path = copy_lesson(server, "saved")
    add_code(server.root / path, "6 * 7")
    open_notebook(page, server, path, "lab")
    questions = page.locator(".jp-CodeCell").filter(has=page.locator(FORMS))
    expect(questions).to_have_count(form_cells(server, path))
    before = (server.root / path).stat().st_mtime_ns
    own = page.locator(".jp-CodeCell").last
    click_at(page, own.locator(".cm-content"))
    page.keyboard.press("Control+Enter")
    expect(own.locator(".jp-OutputArea-output")).to_have_text("42")
    with page.expect_response(
        lambda answer: answer.request.method == "PUT" and "/api/contents/" in answer.url
    ) as answer:
        page.keyboard.press("Control+s")
    assert answer.value.ok
    text = (server.root / path).read_text("utf-8")
    assert (server.root / path).stat().st_mtime_ns > before
    assert WIDGET not in text
    assert '"traceback"' not in text
    notebook = json.loads(text)
    assert "widgets" not in notebook["metadata"]
    assert notebook["cells"][-1]["outputs"][0]["data"]["text/plain"] in ("42", ["42"])
    assert kernel_of(server, path) is not None
