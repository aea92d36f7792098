"""The charts of the homework's sections, drawn of what is written so far."""

from __future__ import annotations

import base64
import warnings
from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING

from kamlib.customer_analysis import CustomerAnalysis, Section
from kamlib.words import Words

if TYPE_CHECKING:
    from kamlib.plots import Picture

COLOURS = 64
"""So many colours keep a map of 40 people small enough to travel to the page at each change."""

Shown = dict[str, str]
"""A picture in a page: its `html`, a `title` and a `note`."""


def drawn_of(section: Section, analysis: CustomerAnalysis) -> str:
    """Return what a section's pictures depend on as text; empty where there is nothing to draw.

    The same text means the same pictures.
    """
    match section:
        case "organisation":
            return repr(analysis.persons) if analysis.persons else ""
        case "finance":
            return repr(analysis.statement) if analysis.statement.years else ""
        case "network":
            both = (analysis.network, analysis.reference)
            return repr(both) if any(each.groups for each in both) else ""
    return ""


def pictures(section: Section, analysis: CustomerAnalysis, lang: str) -> list[Shown]:
    """Return the charts of a section as HTML, those that can be drawn of what is written.

    What cannot be drawn is a sentence in its place.
    """
    from kamlib import plots  # what draws takes a second to load, and most panels draw nothing

    words = Words(lang)
    found: list[Shown] = []
    with plots.style(lang), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a sign that the font does not have
        for draw in _drawings(section, analysis, words):
            try:
                picture = draw()
                html = _image(picture)
                found.append({"title": "", "note": picture.caption, "html": html})
            except plots.CannotDraw as cannot:
                why = " ".join(words.say(one) for one in dict.fromkeys(cannot.problems))
                if why:
                    found.append({"title": "", "note": why, "html": ""})
    return found


def _drawings(
    section: Section, analysis: CustomerAnalysis, words: Words
) -> list[Callable[[], Picture]]:
    from kamlib import customer_finance_plots, power_map_plots, sales_network_plots
    from kamlib.power_map_partial import as_far_as

    match section:
        case "organisation":
            people = as_far_as(analysis.persons).people
            if not people.persons:
                return []
            return [
                lambda: power_map_plots.chart_plot(people, words),
                lambda: power_map_plots.influence_plot(people, words),
            ]
        case "finance":
            return [lambda: customer_finance_plots.statement_plot(analysis.statement, words)]
        case "network":
            here, there = analysis.network, analysis.reference
            return [
                lambda: sales_network_plots.coverage_plot(here, words),
                lambda: sales_network_plots.gap_plot(here, there, words),
            ]
    return []


def _image(picture: Picture) -> str:
    """Return a picture as an image whose height is known before it is shown, so that no page jumps."""
    from kamlib.plots import png

    wide, high = (round(100 * side) for side in picture.figure.get_size_inches())
    data = base64.b64encode(png(picture.figure, COLOURS)).decode()
    return (
        f'<img class="figure" width="{wide}" height="{high}" alt="{escape(picture.alt)}" '
        f'src="data:image/png;base64,{data}">'
    )
