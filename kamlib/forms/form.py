"""The call a notebook makes for a question, and what it shows where no one can answer."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

from kamlib.forms.answer import answer_html
from kamlib.forms.page import question_html
from kamlib.forms.place import NotHere, Place, StillClosed, here, interactive
from kamlib.items import model
from kamlib.items.answers import MAX_BYTES, DamagedAnswers, parse_answers
from kamlib.items.display import shown
from kamlib.words import LANGUAGES, Words


class Form:
    """A question in a notebook."""

    def __init__(self, plain: str, page: str, view: Any = None) -> None:
        """Take what a text-only and an HTML front end show, and a widget where one can answer."""
        self._plain = plain
        self._page = page
        self._view = view

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        bundle: dict[str, Any] = {}
        if self._view is not None:
            made = self._view._repr_mimebundle_()
            bundle.update((made[0] if isinstance(made, tuple) else made) or {})
        return bundle | {"text/plain": self._plain, "text/html": self._page}


def form(name: str, notebook: Path | None = None) -> Form:
    """Show the question `name`, such as `am_types.coverage_ratio`, from beside the notebook.

    What goes wrong is shown as a sentence in the page's language, never as a traceback; where the
    language is not known, in all of them.
    """
    langs: tuple[str, ...] = LANGUAGES
    try:
        place = here(notebook)
        langs = (place.lang,)
        item, key = place.item(name)
        view = None
        if interactive():
            # Only here: elsewhere no front end is there to load it for.
            from kamlib.forms.widget import FormWidget, Sheet

            view = FormWidget(Sheet(place, item, key))
        return Form(*neutral(place, item), view)
    except StillClosed as closed:
        return _waiting(place, name, Words(place.lang).say(closed.message))
    except NotHere as problem:
        said = [Words(lang).say(problem.message) for lang in langs]
        sentence = " · ".join(dict.fromkeys(said))
        return Form(sentence, f'<p style="color:#9b2226">✗ {escape(sentence)}</p>')


def _waiting(place: Place, name: str, sentence: str) -> Form:
    """Show that a question's stage is not open yet; where one can answer, it comes by itself then."""
    page = f'<p class="kam-closed" style="color:#52606d">{escape(sentence)}</p>'
    if not interactive():
        return Form(sentence, page)
    from kamlib.forms.stage_widget import Waiting
    from kamlib.forms.widget import FormWidget, Sheet

    def ready() -> FormWidget | None:
        try:
            return FormWidget(Sheet(place, *place.item(name)))
        except NotHere:
            return None

    return Form(sentence, page, Waiting({"kind": "closed", "text": sentence}, ready))


def neutral(place: Place, item: model.Item) -> tuple[str, str]:
    """Return a question with its stored answer as plain text and as HTML, for print and export.

    An answers file that cannot be read is left as it is, and only the question is shown.
    """
    words = Words(place.lang)
    plain = [f"[{item.id}] {item.title}"]
    page = question_html(item, words)
    response = stored_response(place, item)
    if inner := answer_html(item, response, words):
        label = words.translate("Your answer")
        rows = [(words.say(left), words.say(right)) for left, right in shown(item, response)]
        plain += [
            f"{label}:",
            *(f"  {left}: {right}" if left else f"  {right}" for left, right in rows),
        ]
        page += (
            '<div class="kam-answer" style="margin:8px 0 16px 20px;max-width:736px;color:#1f2933">'
            f"<strong>{escape(label)}</strong>{inner}</div>"
        )
    return "\n".join(plain), page


def stored_response(place: Place, item: model.Item) -> Any:
    """Return the answer to an item as it stands in its file, None where there is none to read."""
    try:
        with place.answers(item).open("rb") as file:
            return parse_answers(file.read(MAX_BYTES + 1)).responses.get(item.id)
    except (OSError, DamagedAnswers):
        return None
