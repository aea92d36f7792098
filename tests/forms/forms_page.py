"""A page with forms in a browser, without Jupyter: the sheet in Python answers the page directly."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from kamlib.forms import widget
from kamlib.forms.assets import joined
from kamlib.forms.place import Place
from kamlib.forms.widget import SCRIPTS, STYLES, Sheet
from kamlib.items.keys import Key
from kamlib.items.model import Item

ORIGIN = "http://form.test"

PAGE = """<!doctype html><html lang="{lang}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Forms</title>
<link rel="stylesheet" href="/form.css"></head>
<body style="margin:0;font-family:sans-serif"><main><h1>Forms</h1><h2>Questions</h2></main>
<script type="module">
import form from "/form.js";
const log = (entry) => {{
  const sent = JSON.parse(localStorage.getItem("log") ?? "[]");
  localStorage.setItem("log", JSON.stringify([...sent, entry]));
}};
window.how = "live"; // or "deaf": taken but not answered; "held": answered late; "dead": throws
window.held = [];
window.undo = [];
for (const item of {items}) {{
  const data = await window.open_form(item), heard = {{}};
  const model = {{
    get: (name) => data[name],
    on: (name, act) => (heard[name] ??= []).push(act),
    off: (name, act) => {{ heard[name] = (heard[name] ?? []).filter((one) => one !== act); }},
    send: (said) => {{
      if (window.how === "dead") throw new Error("no comm");
      log({{ item, ...said }});
      if (window.how === "deaf") return;
      window.to_python(item, said).then((answer) => {{
        const hear = () => (heard["msg:custom"] ?? []).forEach((act) => act(answer));
        if (window.how === "held") window.held.push(hear); else hear();
      }});
    }},
  }};
  const el = document.createElement("div");
  document.querySelector("main").append(el);
  window.undo.push(form.render({{ model, el }}));
}}
window.ready = true;
</script></body></html>"""


class FormsPage:
    """The forms of some items on a page, and what the page sent."""

    def __init__(self, page: Any, items: list[tuple[Item, Key | None]], place: Place) -> None:
        """Take a browser's page; `words` may be changed before it is opened."""
        self.page = page
        self.place = place
        self.items = {item.id: (item, key) for item, key in items}
        self.sheets: dict[str, Sheet] = {}
        page.route(f"{ORIGIN}/**", self._serve)
        page.expose_function("open_form", self._open)
        page.expose_function("to_python", lambda item, said: self.sheets[item].receive(said))

    def _serve(self, route: Any) -> None:
        name = route.request.url.removeprefix(f"{ORIGIN}/").split("?")[0]
        given = {"form.js": ("javascript", SCRIPTS), "form.css": ("css", STYLES)}
        if name in given:
            kind, files = given[name]
            route.fulfill(body=joined(*files), content_type=f"text/{kind}; charset=utf-8")
        elif name:
            route.fulfill(status=404)
        else:
            body = PAGE.format(lang=self.place.lang, items=json.dumps(list(self.items)))
            route.fulfill(body=body, content_type="text/html")

    def _open(self, name: str) -> dict[str, Any]:
        item, key = self.items[name]
        sheet = self.sheets[name] = Sheet(self.place, item, key)
        return {
            "lang": {"zh": "zh-CN"}.get(self.place.lang, self.place.lang),
            "keep": sheet.keep,
            "words": widget.page_words(sheet.words),
            "question": widget.question(item, sheet.words),
            "stored": sheet.stored(),
        }

    def open(self) -> None:
        """Open the page, or open it again."""
        self.page.goto(ORIGIN + "/")
        self.page.wait_for_function("window.ready")

    def form(self, item: str) -> Any:
        """Return the form of an item."""
        return self.page.locator(f'.kam-form[data-item="{item}"]')

    def status(self, item: str) -> Any:
        """Return the status line of an item."""
        return self.form(item).locator(".kam-status")

    def sent(self, *kinds: str) -> list[dict[str, Any]]:
        """Return what the page sent, of these kinds."""
        log = json.loads(self.page.evaluate("localStorage.getItem('log') ?? '[]'"))
        return [said for said in log if said["kind"] in kinds]

    def until(self, item: str, state: str) -> str:
        """Wait until the status line is in this state, and return what it says."""
        self.page.wait_for_selector(f'[data-item="{item}"] .kam-status[data-state="{state}"]')
        return str(self.status(item).text_content())

    def click(self, spot: Any) -> None:
        """Click in the middle of an element with the mouse, as a person does."""
        spot.scroll_into_view_if_needed()
        box = spot.bounding_box()
        self.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def lay_out(folder: Path, lang: str, items: list[tuple[Item, Key | None]]) -> Place:
    """Write the items into a folder as a trainee has them, and return the place."""
    data = {
        "items": [item.model_dump() for item, _ in items],
        "keys": {item.id: key.model_dump(mode="json") for item, key in items if key},
    }
    units = {item.id.split(".")[0] for item, _ in items}
    (folder / "kam.json").write_text(json.dumps({"lang": lang, "version": "0.1"}), "utf-8")
    for number, unit in enumerate(sorted(units), 1):
        (folder / f"{number:02}_{unit}.items.json").write_text(json.dumps(data), "utf-8")
    return Place(folder, folder, lang, {"lang": lang, "version": "0.1"})
