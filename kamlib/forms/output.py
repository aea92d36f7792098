"""What a notebook's cell shows: text and HTML for every front end, live where somebody can answer."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any

from kamlib.words import LANGUAGES, Message, Words


class Output:
    """What a cell shows."""

    def __init__(self, text: str, page: str, live: Any = None) -> None:
        """Take what a text-only and an HTML front end show, and a widget where one can answer."""
        self._plain = {"text/plain": text, "text/html": page}
        self._live = live

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        if self._live is None:
            return dict(self._plain)
        made = self._live._repr_mimebundle_()
        return {**(made[0] if isinstance(made, tuple) else made or {}), **self._plain}


def sentence(what: Message, langs: Iterable[str] = LANGUAGES) -> Output:
    """Return one sentence in the place of a page that cannot be shown.

    Where the language is not known, it stands there in all of them.
    """
    said = " · ".join(dict.fromkeys(Words(lang).say(what) for lang in langs))
    return Output(said, f'<p style="color:#9b2226">✗ {escape(said)}</p>')
