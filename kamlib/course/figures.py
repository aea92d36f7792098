"""How a figure that a page names is found, drawn in a language, and set into the page."""

from __future__ import annotations

import pkgutil
from html import escape
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import kamlib
from kamlib.course.source import CASE
from kamlib.course.syllabus import CourseError
from kamlib.words import Words, message

if TYPE_CHECKING:
    from kamlib.plots import Draw

ENDING = "_plots"
"""How the name of a module ends that has figures for pages, in its mapping `FIGURES`."""


class Wanted(NamedTuple):
    """A figure as a page asks for it."""

    name: str
    """Module and figure, as in `case1_plots.ladder`."""
    case: str
    """The folder of its case."""
    stage: str = ""
    """The stage it stands in; empty where the page is open from the beginning."""


class Figures:
    """The figures of one unit, each drawn once in a language, when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        """Take the unit's folder."""
        self._folder = folder
        self._drawn: dict[tuple[Wanted, str], str] = {}

    def html(self, wanted: Wanted, words: Words) -> str:
        """Return a figure with its caption as HTML, in which a notebook shows it as text.

        After the caption stand the notations of where its numbers come from, as in `{given}`. Raises
        `CourseError` where there is no such figure, and where it needs what is not there, or what
        becomes known only at a later stage.
        """
        if (wanted, words.lang) not in self._drawn:
            self._drawn[wanted, words.lang] = self._draw(wanted, words)
        return self._drawn[wanted, words.lang]

    def _draw(self, wanted: Wanted, words: Words) -> str:
        # matplotlib takes a second to import, and most units have no figure
        from kamlib import plots

        draw = _offered().get(wanted.name)
        if draw is None:
            raise CourseError(
                message("There is no figure “{name}”; there are {known}.",
                        name=wanted.name, known=figure_names())
            )  # fmt: skip
        folder = self._folder / wanted.case
        if wanted.case == CASE and not folder.is_dir():
            folder = self._folder  # a unit without a case has its data beside its pages
        try:
            with plots.style(words.lang):
                picture = draw(folder, wanted.stage, words)
                image = plots.image(picture.figure, picture.alt)
        except plots.CannotDraw as error:
            raise CourseError(
                *(
                    message("The figure “{name}” of {case}, at stage “{stage}”, cannot be drawn. {why}",
                            name=wanted.name, case=wanted.case, stage=wanted.stage, why=why)
                    for why in error.problems
                )
            ) from error  # fmt: skip
        image = image.replace("<img ", '<img width="700" style="max-width:100%;height:auto" ', 1)
        sources = " ".join(f"{{{source}}}" for source in picture.sources)
        return (
            f'<figure class="kam-figure" style="margin:16px 0">{image}'
            f'<figcaption style="color:#52606d"><small>{escape(picture.caption)}</small> {sources}'
            "</figcaption></figure>"
        )


def figure_names() -> list[str]:
    """Return the figures that pages may name, in order.

    >>> "case1_plots.ladder" in figure_names()
    True
    """
    return sorted(_offered())


def _offered() -> dict[str, Draw]:
    """Return every figure by its full name; a new module needs no entry anywhere."""
    names = [one.name for one in pkgutil.iter_modules(kamlib.__path__) if one.name.endswith(ENDING)]
    return {
        f"{name}.{figure}": draw
        for name in names
        for figure, draw in getattr(import_module(f"kamlib.{name}"), "FIGURES", {}).items()
    }
