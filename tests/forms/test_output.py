"""What a cell shows: readable everywhere, live where there is a widget, a sentence where it fails."""

from __future__ import annotations

from typing import Any

import pytest

from kamlib.forms.output import Output, sentence
from kamlib.forms.page_widget import page_widget
from kamlib.words import LANGUAGES, Words, message

WIDGET = "application/vnd.jupyter.widget-view+json"


class Live:
    """A widget that shows itself in one of the two ways that widgets do."""

    def __init__(self, made: Any) -> None:
        """Take what it shows."""
        self.made = made

    def _repr_mimebundle_(self) -> Any:
        return self.made


@pytest.mark.parametrize("made", [{WIDGET: {}, "text/plain": "Live()"}, ({WIDGET: {}}, {}), None])
def test_text_and_html_stand_beside_the_widget(made: Any) -> None:
    """Whatever form a widget gives, a front end without widgets has our text and HTML."""
    shown = Output("text", "<p>page</p>", Live(made))._repr_mimebundle_()
    assert (shown["text/plain"], shown["text/html"]) == ("text", "<p>page</p>")
    assert (WIDGET in shown) == bool(made)


def test_a_sentence_says_it_once_in_each_language() -> None:
    """Where the language is not known it stands in all of them; signs in it are no markup."""
    what = message("There is no unit {unit} in this workbook.", unit="<b>")
    html = sentence(what)._repr_mimebundle_()["text/html"]
    for lang in LANGUAGES:
        assert Words(lang).say(what).replace("<", "&lt;").replace(">", "&gt;") in html
    assert "<b>" not in html
    assert " · " not in sentence(what, ("en",))._repr_mimebundle_()["text/plain"]


def test_a_page_is_kept_for_a_browser_that_draws_it_again() -> None:
    """What is answered is sent with its files, and a new page stays in the widget."""
    sent: list[tuple[Any, Any]] = []
    widget = page_widget(
        "panel.js",
        "panel.css",
        {"n": 1},
        lambda asked, _: ({"ack": asked, "page": {"n": 2}}, [b"x"]),
    )  # type: ignore[dict-item]
    widget.send = lambda told, files: sent.append((told, files))  # type: ignore[method-assign]
    widget._receive(widget, 7, [])
    assert widget.page == {"n": 2}
    assert sent == [({"ack": 7, "page": {"n": 2}}, [b"x"])]
