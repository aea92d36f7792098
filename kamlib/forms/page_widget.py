"""A page in a live notebook that asks: what the browser sends is answered by a function of ours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import anywidget
import traitlets

from kamlib.forms.assets import joined

Answer = Callable[[object, Sequence[Any]], tuple[dict[str, Any], list[bytes]]]
"""Takes what was asked with the files that came along; returns what is told with those to send."""


SCRIPTS = ("elements.js", "asking.js")
"""What the script of every page builds on."""


class PageWidget(anywidget.AnyWidget):
    """The browser's end of a page; made by `page_widget`."""

    page = traitlets.Dict().tag(sync=True)

    def __init__(self, page: dict[str, Any], answer: Answer) -> None:
        """Take what is shown first, and who answers what is asked."""
        super().__init__(page=page)
        self._answer = answer
        self.on_msg(self._receive)

    def _receive(self, _widget: object, asked: object, buffers: Sequence[Any]) -> None:
        told, files = self._answer(asked, buffers)
        if "page" in told and told["page"] != self.page:
            self.page = told["page"]  # for a browser that draws it again later
        self.send(told, files)


def page_widget(
    script: str, style: str, page: dict[str, Any], answer: Answer, shared: str = ""
) -> PageWidget:
    """Return a page that our script `script` draws, with the house's style and `style` after it.

    `shared` names a script and a style, without their endings, that several such pages build on.
    """
    scripts, styles = ([f"{shared}.js"], [f"{shared}.css"]) if shared else ([], [])
    files = {
        "_esm": joined(*SCRIPTS, *scripts, script),
        "_css": joined(*dict.fromkeys(("start.css", *styles, style))),
    }
    kind = type("Page", (PageWidget,), files)
    made: PageWidget = kind(page, answer)
    return made
