"""The call a notebook makes for a question, and what it shows where no one can answer."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

from kamlib.forms.answer import answer_html
from kamlib.forms.output import Output, sentence
from kamlib.forms.page import question_html
from kamlib.forms.place import NotHere, Place, StillClosed, here, interactive
from kamlib.items import model
from kamlib.items.answers import MAX_BYTES, DamagedAnswers, parse_answers
from kamlib.items.display import shown
from kamlib.words import LANGUAGES, Words


def form(name: str, notebook: Path | None = None) -> Output:
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
        return Output(*neutral(place, item), view)
    except StillClosed as closed:
        return _waiting(place, name, Words(place.lang).say(closed.message))
    except NotHere as problem:
        return sentence(problem.message, langs)


def _waiting(place: Place, name: str, said: str) -> Output:
    """Show that a question's stage is not open yet; where one can answer, it comes by itself then."""
    page = f'<p class="kam-closed" style="color:#52606d">{escape(said)}</p>'
    if not interactive():
        return Output(said, page)
    from kamlib.forms.stage_widget import Waiting
    from kamlib.forms.widget import FormWidget, Sheet

    def ready() -> FormWidget | None:
        try:
            return FormWidget(Sheet(place, *place.item(name)))
        except NotHere:
            return None

    return Output(said, page, Waiting({"kind": "closed", "text": said}, ready))


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
