"""The start page in a real browser, with a model of ours in the place of the notebook's kernel."""

from __future__ import annotations

import base64
import contextlib
import http.server
import json
import threading
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from kamlib.forms.assets import joined
from kamlib.forms.identity import Identity, read_identity
from kamlib.forms.page_widget import SCRIPTS
from kamlib.forms.start_widget import Desk
from kamlib.items.answers import AnswersFile

from . import workbooks

ADDRESS = "/base/notebooks/my%20book/start.ipynb"
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>start</title>
<meta name="viewport" content="width=device-width"><style>CSS</style></head><body><main id="here"></main>
<script type="module">
import start from "/start.js";
const heard = [];
window.deaf = false;
const model = {
  get: () => window.first,
  on: (_, call) => heard.push(call), off: () => {},
  send: message => { if (!window.deaf) ask(JSON.stringify(message)).then(text => {
    const [told, sent] = JSON.parse(text);
    const buffers = sent.map(one => new DataView(Uint8Array.from(atob(one), c => c.charCodeAt(0)).buffer));
    for (const call of heard) call(told, buffers);
  }); },
};
window.first = JSON.parse(await ask("null"));
start.render({ model, el: document.getElementById("here") });
window.ready = true;
</script></body></html>"""


class _Site(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        script = self.path == "/start.js"
        text = joined(*SCRIPTS, "start.js") if script else PAGE.replace("CSS", joined("start.css"))
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript" if script else "text/html")
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """Serve the page on this machine."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@contextlib.contextmanager
def opened(browser: Any, site: str, desk: Desk, width: int = 1280) -> Iterator[Any]:
    """Open the start page of a workbook; what breaks in it or leaves the machine fails the test."""

    def ask(text: str) -> str:
        asked = json.loads(text)
        if asked is None:
            return json.dumps(desk.page())
        told, sent = desk.answer(asked)
        return json.dumps([told, [base64.b64encode(one).decode() for one in sent]])

    context = browser.new_context(viewport={"width": width, "height": 900}, accept_downloads=True)
    page = context.new_page()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.on("request", lambda one: broken.append(one.url) if outside(one.url, site) else None)
    page.expose_function("ask", ask)
    page.clock.install()
    page.goto(site + ADDRESS)
    page.wait_for_function("window.ready")
    yield page
    context.close()
    assert broken == []


def outside(url: str, site: str) -> bool:
    """Whether an address is neither ours nor one made in the page."""
    return not url.startswith((site, "blob:", "data:"))


def violations(page: Any) -> list[str]:
    """Return what axe finds wrong, and every target that is too small to be hit."""
    page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text("utf-8"))
    found = page.evaluate("axe.run('.kam-start').then(r => r.violations)")
    small = page.evaluate(
        "[...document.querySelectorAll('.kam-start :is(button, a, input)')]"
        ".filter(one => one.offsetHeight && one.offsetHeight < 44).map(one => one.outerHTML)"
    )
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    told = [f"{one['id']}: {one['nodes'][0]['html']}" for one in found]
    return told + small + (["wider than the window"] if wide else [])


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return workbooks.make(tmp_path / "my book")


@pytest.fixture
def desk(root: Path) -> Desk:
    return Desk(root / "start.ipynb", lambda: workbooks.NOW)


def test_code_and_name_are_confirmed_by_keyboard(
    browser: Any, site: str, root: Path, desk: Desk
) -> None:
    """A mistake is told beside its field; what was typed is shown large and kept after a yes."""
    with opened(browser, site, desk, 360) as page:
        assert violations(page) == []
        page.focus("[data-key=code]")
        page.keyboard.type("a 07")
        page.keyboard.press("Enter")
        page.wait_for_selector("[data-key=name][aria-invalid=true]:focus")
        assert page.input_value("[data-key=code]") == "a 07"
        assert violations(page) == []
        page.keyboard.type("Lin Mei")
        page.keyboard.press("Enter")
        page.wait_for_selector("[data-key=confirm]:focus")
        assert page.locator(".large").all_text_contents() == ["A07", "Lin Mei"]
        assert not read_identity(root).known
        assert violations(page) == []
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_selector("[data-key=next]:focus")
        assert read_identity(root) == Identity("A07", "Lin Mei")
        assert violations(page) == []


def test_the_language_is_changed_while_typing(
    browser: Any, site: str, root: Path, desk: Desk
) -> None:
    """The page is redrawn in Chinese at once, and what was typed before stays."""
    with opened(browser, site, desk) as page:
        page.fill("[data-key=code]", "A0")
        page.click("[data-key=lang-zh]")
        page.wait_for_selector(".kam-start:lang(zh)")
        assert page.input_value("[data-key=code]") == "A0"
        assert page.locator("h1").text_content() == "一门课"
        assert page.evaluate("document.activeElement.dataset.key") == "lang-zh"
        assert "lesson.zh.ipynb" in page.get_attribute("[data-key=lesson-01_one]", "href")
        assert violations(page) == []
    assert read_identity(root).lang == "zh"


def test_links_open_in_the_same_front_end(browser: Any, site: str, root: Path, desk: Desk) -> None:
    """A lesson opens in the same tab, below the server's address and the workbook's folder."""
    workbooks.known(root)
    with opened(browser, site, desk) as page:
        link = page.locator("[data-key=next]")
        expected = f"{site}/base/notebooks/my%20book/units/01_one/lesson.en.ipynb"
        assert link.get_attribute("href") == expected
        assert link.get_attribute("target") is None
        there = page.evaluate(
            """async () => { const { target } = await import("/start.js");
            const at = path => target(new URL(path, location.origin), "../", "units/a.ipynb#cell-id=b", {baseUrl: "/x/"});
            return ["/lab/tree/w/s.ipynb", "/u/lab/workspaces/auto-1/tree/w/s.ipynb", "/notebooks/w/s.ipynb", "/voila"].map(at); }"""
        )
        ends = [
            "/lab/tree/units/a.ipynb#cell-id=b",
            "/u/lab/workspaces/auto-1/tree/units/a.ipynb#cell-id=b",
            "/notebooks/units/a.ipynb#cell-id=b",
            "/x/units/a.ipynb#cell-id=b",
        ]
        assert there == [site + end for end in ends]


def test_handing_in_shows_what_is_open_and_then_the_receipt(
    browser: Any, site: str, root: Path, desk: Desk
) -> None:
    """What is open is listed with links, going back makes nothing, and the file can be saved."""
    workbooks.known(root)
    workbooks.save(root, "who", workbooks.RIGHT)
    with opened(browser, site, desk, 360) as page:
        page.click("[data-key=hand-01_one]")
        page.wait_for_selector("dialog[open] h2:focus")
        links = page.locator("dialog li a")
        assert links.count() == 1
        assert links.get_attribute("href").endswith("/exercise.en.ipynb#cell-id=item-one-why")
        assert links.text_content() == "Question 2: <b>why</b>"
        assert violations(page) == []
        page.keyboard.press("Escape")
        page.wait_for_selector("[data-key=hand-01_one]:focus")
        assert not (root / "handed_in").exists()
        page.keyboard.press("Enter")
        page.click("dialog button.main")
        page.wait_for_selector("dialog .large")
        (made,) = (root / "handed_in").glob("*.zip")
        assert page.locator("dialog .large").text_content() in made.name
        assert "lin@example.com" in page.locator("dialog").text_content()
        assert violations(page) == []
        with page.expect_download() as download:
            page.click("dialog a.main")
        assert download.value.suggested_filename == made.name
        assert Path(download.value.path()).read_bytes() == made.read_bytes()
        page.click("dialog button")
        assert page.locator("article li").count() == 1


def test_personal_data_is_taken_out_before_anything_is_made(
    browser: Any, site: str, root: Path, desk: Desk
) -> None:
    """With a number there is no button to hand in; with a name only it is shown, and all goes on."""
    workbooks.known(root)
    workbooks.about_people(root)
    workbooks.save(root, "people", {"rows": [{"role": "Buyer 13812345678"}]}, unit="02_two")
    workbooks.save(root, "house", {"text": "王小明经理 decides."}, unit="02_two")
    with opened(browser, site, desk, 360) as page:
        page.click("[data-key=hand-02_two]")
        page.wait_for_selector("dialog[open] h2:focus")
        links = page.locator("dialog li a")
        ends = [links.nth(n).get_attribute("href").rpartition("#")[2] for n in range(links.count())]
        assert ends == ["cell-id=item-two-people", "cell-id=item-two-house"]
        assert page.locator("dialog button").count() == 1
        assert "13812345678" not in page.content()
        assert violations(page) == []
        page.click("dialog button")
        path = root / "units" / "02_two" / "02_two.answers.json"
        AnswersFile(path).save("two.people", {"rows": [{"role": "Buyer"}]}, seen=1, window="v")
        page.click("[data-key=hand-02_two]")
        page.wait_for_selector("dialog[open] h3")
        assert page.locator("dialog h3").text_content() == "Look at these once more"
        assert violations(page) == []
        page.click("dialog button.main")
        page.wait_for_selector("dialog .large")
        assert len(list((root / "handed_in").glob("*.zip"))) == 1


def test_my_answers_are_saved_as_a_page(browser: Any, site: str, root: Path, desk: Desk) -> None:
    """The button saves the page of answers, and the page says under which name."""
    workbooks.known(root)
    workbooks.save(root, "who", workbooks.RIGHT)
    with opened(browser, site, desk) as page:
        with page.expect_download() as download:
            page.click("[data-key=answers-01_one]")
        name = download.value.suggested_filename
        assert name == "01_one_A07_answers.en.html"
        assert "<html" in Path(download.value.path()).read_text("utf-8")
        assert name in page.locator(".status").text_content()


def test_a_page_that_lost_its_kernel_says_so(
    browser: Any, site: str, root: Path, desk: Desk
) -> None:
    """Without an answer every button says to start again; with the next answer all is as before."""
    workbooks.known(root)
    with opened(browser, site, desk) as page:
        page.evaluate("window.deaf = true")
        page.clock.run_for(60_000)
        page.wait_for_selector("[role=alert]")
        labels = set(page.locator(".kam-start button:not([lang])").all_text_contents())
        assert labels == {"Start the workbook again"}
        assert violations(page) == []
        page.evaluate("window.deaf = false")
        page.clock.run_for(20_000)
        page.wait_for_selector("[role=alert]", state="detached")
        assert page.locator("[data-key=hand-01_one]").is_enabled()
