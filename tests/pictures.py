"""How a test draws a picture as a page does, and reads what stands in it."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from kamlib import plots
from kamlib.words import Words


@contextmanager
def strict(lang: str = "en") -> Iterator[None]:
    """Draw in the style of a language; a missing glyph or font is an error."""
    with warnings.catch_warnings(), plots.style(lang):
        warnings.simplefilter("error")
        yield


def on_page(draw: Callable[[Words], plots.Picture], lang: str = "en") -> plots.Picture:
    """Draw a picture in a language, put it into a page and return it; it has to stay small."""
    with strict(lang):
        picture = draw(Words(lang))
        page = plots.image(picture.figure, picture.alt)
    assert page.startswith("<img")
    assert len(page) < plots.SVG_LIMIT * 4 / 3 + 2000
    return picture


def as_svg(picture: plots.Picture, name: str = "figure") -> str:
    """Return a picture as it stands in a page as SVG; the caller has set the style."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return plots.svg(picture.figure, picture.alt, name)


def title(picture: plots.Picture) -> str:
    """Return what a picture states, on one line."""
    return str(picture.figure.get_suptitle()).replace("\n", " ")


def texts(picture: plots.Picture) -> list[str]:
    """Return all that is written inside the axes, the names at their sides included."""
    return [
        text.get_text()
        for axes in picture.figure.axes
        for text in (*axes.texts, *axes.get_yticklabels(), *axes.get_xticklabels())
    ]
