"""The call a notebook makes for a question, and what it shows where no one can answer."""

from __future__ import annotations

from html import escape
from pathlib import Path

from kamlib.forms.page import question_html
from kamlib.forms.place import NotHere, here
from kamlib.words import LANGUAGES, Words


class Form:
    """A question in a notebook."""

    def __init__(self, plain: str, page: str) -> None:
        """Take what a text-only and an HTML front end show."""
        self._plain = plain
        self._page = page

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/plain": self._plain, "text/html": self._page}


def form(name: str, notebook: Path | None = None) -> Form:
    """Show the question `name`, such as `am_types.coverage_ratio`, from beside the notebook.

    What goes wrong is shown as a sentence in the page's language, never as a traceback; where the
    language is not known, in all of them.
    """
    langs: tuple[str, ...] = LANGUAGES
    try:
        place = here(notebook)
        langs = (place.lang,)
        item, _ = place.item(name)
        words = Words(place.lang)
        return Form(f"[{item.id}] {item.title}", question_html(item, words))
    except NotHere as problem:
        said = [Words(lang).say(problem.message) for lang in langs]
        sentence = " · ".join(dict.fromkeys(said))
        return Form(sentence, f'<p style="color:#9b2226">✗ {escape(sentence)}</p>')
