"""The pictures of a negotiation: what each says, and that its names stay apart."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from kamlib.haggling import BeliefPoint
from kamlib.negotiation import Game
from kamlib.negotiation_plots import belief_plot, frontier_plot
from kamlib.plots import percent, style
from kamlib.words import Words, message
from tests.pictures import as_svg, title

ENGLISH = Words("en")


def a_game(**changes: object) -> Game:
    """Return a game of two issues with a named deal, with parts of it changed."""
    data = {
        "reservation": {"company": 2, "distributor": 2},
        "issues": {
            "price": {"options": [9, 10], "company": [0, 4], "distributor": [3, 0]},
            "credit": {"options": [0, 7, 14], "company": [2, 1, 0], "distributor": [0, 5, 6]},
        },
        "authority": {"credit": 7},
        "named_deals": {"opening": [9, 0]},
        "words": {"deals": {"opening": {"en": "Opening", "zh": "开价"}}},
    }
    return Game.parse(data | changes)


TWICE = {
    "price": {"options": [9, 10, 11], "company": [0, 4, 4], "distributor": [3, 0, 0]},
    "credit": {"options": [0, 7, 14], "company": [2, 1, 0], "distributor": [0, 5, 6]},
}
"""The game's issues, with one price that is worth the same as another."""


@pytest.mark.parametrize(
    ("deal", "changes", "finding"),
    [
        (None, {}, "What we may promise reaches 5 points for us with 5 for the distributor"),
        ([9, 0], {}, "One package within our authority is better for one side and no worse for the other"),
        ([9, 0], {"issues": TWICE},
         "2 packages within our authority are better for one side and no worse for the other"),
        ([10, 7], {}, "No package that we may promise beats this deal"),
        ([10, 14], {}, "This deal promises more than we may without approval"),
        ([9, 7], {}, "We had rather have no deal: this one brings 1 of the 2 points we need"),
        ([10, 0], {}, "The distributor had rather have no deal: this one brings 0 of the 2 points it needs"),
        ([9, 0], {"reservation": {"company": 9, "distributor": 9}},
         "Both sides had rather have no deal than this one"),
        (None, {"reservation": {"company": 9, "distributor": 9}},
         "Nothing that we may promise is better for both than no deal"),
    ],
)  # fmt: skip
def test_frontier_plot_states_its_finding(
    deal: list[int] | None, changes: dict[str, object], finding: str
) -> None:
    """The title says how the deal stands, or without one how far we may get; so does the alt text."""
    with style("en"):
        picture = frontier_plot(a_game(**changes), ENGLISH, played=deal)
        page = as_svg(picture)
    assert title(picture) == finding
    assert picture.alt.startswith(f"{finding}. ")
    assert ("This deal: " in picture.alt) == (deal is not None)
    assert page.startswith("<svg")


def test_frontier_plot_hides_what_needs_approval_until_after_the_game() -> None:
    """Only `beyond` draws the outcomes and the frontier above our authority."""
    with style("en"):
        before, after = (
            frontier_plot(a_game(), ENGLISH, beyond=beyond).figure.axes[0]
            for beyond in (False, True)
        )
    assert len(before.collections[0].get_offsets()) == 4
    assert len(after.collections[0].get_offsets()) == 6
    said = [[text.get_text() for text in axes.texts] for axes in (before, after)]
    assert "with head office’s approval" not in said[0]
    assert "with head office’s approval" in said[1]


def test_frontier_plot_names_its_points_in_the_games_own_words() -> None:
    """Named deals carry the file's words in the reader's language, and the deal is marked."""
    with style("zh"):
        axes = frontier_plot(a_game(), Words("zh"), played=[10, 7], named=["opening"]).figure.axes[
            0
        ]
    said = [text.get_text() for text in axes.texts]
    assert "开价" in said
    assert len(axes.collections) == 4


def test_frontier_plot_keeps_names_apart() -> None:
    """In the case's game with every named deal no name covers another, in either language."""
    path = Path(__file__).parents[1] / "units" / "07_case1_negotiation" / "case" / "game.json"
    game = Game.load(path)
    for lang in ("en", "zh"):
        with style(lang):
            figure = frontier_plot(
                game, Words(lang), named=list(game.sheets.deals), beyond=True
            ).figure
            boxes = [text.get_window_extent() for text in figure.axes[0].texts]
        assert len(boxes) == 10
        assert not any(one.overlaps(two) for one, two in itertools.combinations(boxes, 2))


A_MONTH = [
    BeliefPoint(1.0, 0.76, 0.9, ""),
    BeliefPoint(1.25, 0.85, 0.9, "E7"),
    BeliefPoint(1.5, 0.85, 0.6, "R1"),
    BeliefPoint(1.75, 0.88, 0.6, "E2"),
]
CAUSES = {
    "E7": message("minimum order in days"), "E2": message("per store"), "R1": message("lazy"),
}  # fmt: skip


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_belief_plot_says_what_moved_a_most(lang: str) -> None:
    """Title and alt name the strongest cause, start and end; each step is in the alt text."""
    with style(lang):
        picture = belief_plot(A_MONTH, CAUSES, Words(lang))
        page = as_svg(picture)
    assert "aria-label" in page
    for said in ("minimum order in days", percent(0.76, lang), percent(0.88, lang)):
        assert said in title(picture)
    for said in ("per store", "lazy", "1.25", percent(0.6, lang)):
        assert said in picture.alt


def test_belief_plot_marks_each_step_and_keeps_names_apart() -> None:
    """One mark and one name a step, also for a dozen steps on two days."""
    many = [BeliefPoint(1 + 0.25 * n, 0.7 + 0.01 * n, 0.9, f"E{n}") for n in range(11)]
    with style("en"):
        figure = belief_plot(many, {}, ENGLISH).figure
        figure.draw_without_rendering()
        axes = figure.axes[0]
    assert len(axes.collections) == 10
    places = sorted(text.xy[0] for text in axes.texts if text.get_text().startswith("E"))
    assert len(places) == 10
    room = (many[-1].day - many[0].day) / 14
    assert all(two - one > room for one, two in itertools.pairwise(places))


def test_belief_plot_where_nothing_was_shown() -> None:
    """A level line is drawn and said; lost trust is the finding where nothing else moved."""
    fell = [BeliefPoint(1.0, 0.8, 0.9, ""), BeliefPoint(1.5, 0.8, 0.6, "R1")]
    with style("en"):
        alone = belief_plot(A_MONTH[:1], {}, ENGLISH)
        lost = belief_plot(fell, CAUSES, ENGLISH)
        as_svg(alone)
    assert "Nothing was shown" in alone.alt
    assert "trust fell to 60" in title(lost)
    with pytest.raises(ValueError, match="no belief"):
        belief_plot([], {}, ENGLISH)
