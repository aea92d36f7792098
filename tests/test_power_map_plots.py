"""The pictures of a customer's people: readable at 40, in both languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import combinations
from pathlib import Path

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from kamlib import plots
from kamlib.power_map import SingleWay, our_ways, single_way
from kamlib.power_map_people import ACCESSES, LEVELS, People, Person, problems
from kamlib.power_map_plots import (
    FIGURES,
    STRAIGHT,
    _bend,
    chart_plot,
    influence_plot,
    operator_o,
)
from kamlib.words import LANGUAGES, Words
from tests.pictures import strict, title

ROLES = {"en": "Head of purchasing for WIDE WIRELESS WARES", "zh": "华北地区无线产品采购部负责人"}


def forty(lang: str, n: int = 40) -> People:
    """Return people with long roles, most of them in the lowest level."""
    persons = []
    for row in range(n):
        level = LEVELS[min(row // 4, 4)]
        access = ACCESSES[row % 4]
        persons.append(Person(
            f"P{row + 1}", ROLES[lang], level, "decides" if row < 2 else "uses", row % 5 - 2, access,
            "" if access == "none" else "me", (("P1", 1 + row % 3),) if row > 4 else (),
            f"P{row // 4 + 1}" if row > 4 else "", "visit", date(2026, 4, 2),
        ))  # fmt: skip
    return People.of(persons)


@pytest.mark.parametrize("n", [1, 40, 60])
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("draw", [chart_plot, influence_plot])
def test_no_label_overlaps_another_or_leaves_the_figure(draw: object, lang: str, n: int) -> None:
    """Roles, levels, the legend and the title each have their own place."""
    with strict(lang):
        drawn: plots.Picture = draw(forty(lang, n), Words(lang))  # type: ignore[operator]
        renderer = FigureCanvasAgg(drawn.figure).get_renderer()  # type: ignore[no-untyped-call]
        drawn.figure.canvas.draw()
        texts = [each for each in drawn.figure.axes[0].texts if each.get_text()]
        boxes = [(each.get_text(), each.get_window_extent(renderer)) for each in texts]
        boxes += [(t.get_text(), t.get_window_extent(renderer)) for t in drawn.figure.texts]
    if drawn.figure._suptitle:  # type: ignore[attr-defined]
        boxes.append(("title", drawn.figure._suptitle.get_window_extent(renderer)))  # type: ignore[attr-defined]
    assert sum(each.get_gid() == "label" for each in texts) == n
    inside = drawn.figure.bbox
    for text, box in boxes:
        assert inside.x0 <= box.x0 < box.x1 <= inside.x1, text
        assert inside.y0 <= box.y0 < box.y1 <= inside.y1, text
    unique = {(text, box.bounds): box for text, box in boxes if text != "title"}
    overlapping = [(a[0], b[0]) for (a, one), (b, other) in combinations(unique.items(), 2)
                   if one.overlaps(other)]  # fmt: skip
    assert overlapping == []


@pytest.mark.parametrize("draw", [chart_plot, influence_plot])
def test_an_empty_table_is_drawn_and_says_so(draw: object) -> None:
    with plots.style("en"):
        drawn: plots.Picture = draw(People(), Words("en"))  # type: ignore[operator]
        assert plots.image(drawn.figure, drawn.alt)
    assert "Nobody is in the table yet." in [t.get_text() for t in drawn.figure.axes[0].texts]


def test_the_map_of_influence_names_a_single_way_and_each_relation_as_a_sign() -> None:
    """The title and the alt text say the risk; a relation is never told by colour alone."""
    chief = Person("P1", "Chief", "decision", "decides", -1)
    buyer = Person("P2", "Buyer", "buying", "buys", 2, "met", "me", (("P1", 2),))
    with plots.style("en"):
        drawn = influence_plot(People((chief, buyer)), Words("en"))
    assert title(drawn) == "Our only way to Chief (P1) is over Buyer (P2)"
    assert drawn.alt.startswith("Our only way to Chief (P1) is over Buyer (P2).")
    written = [each.get_text() for each in drawn.figure.axes[0].texts]
    assert {"−1", "+2"} <= set(written)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", FIGURES)
def test_a_page_shows_operator_o_as_invented(name: str, lang: str, tmp_path: Path) -> None:
    """A figure of the lesson needs no case, and says that nobody in it is real."""
    with strict(lang):
        drawn = FIGURES[name](tmp_path, "", Words(lang))
        assert plots.image(drawn.figure, drawn.alt).startswith("<img")
    assert drawn.sources == ("invented",)


def test_the_two_charts_of_operator_o_contradict_each_other() -> None:
    """Who stands best on the management chart reaches nobody; the way is over one person without staff."""
    people = operator_o(Words("en"))
    assert not problems(
        [replace(one, source="visit", on=date(2026, 4, 2)) for one in people.persons]
    )
    assert not any("P3" in way.people for way in our_ways(people, "P1"))
    assert single_way(people, "P1") == SingleWay("P1", "P7")
    assert not any(one.reports_to == "P7" for one in people.persons)


def test_no_line_of_a_chart_runs_through_somebody() -> None:
    """A line that skips a level goes around whoever stands there, so that nobody looks in between."""
    places = {"P1": (3.0, 0.0), "P2": (3.0, 1.0), "P3": (3.0, 2.0)}
    assert _bend(places, ("P1", "P2"), STRAIGHT) == 0
    assert _bend(places, ("P1", "P3"), STRAIGHT) != 0
    assert _bend({**places, "P2": (5.0, 1.0)}, ("P1", "P3"), STRAIGHT) == 0
