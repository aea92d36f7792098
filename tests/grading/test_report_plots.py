"""The pictures of a group's marks: what each says, and what it leaves out."""

from __future__ import annotations

import pytest

from kamlib.grading import report_plots
from kamlib.plots import style
from kamlib.words import Words

ENGLISH = Words("en")


@pytest.mark.parametrize(
    ("shares", "title"),
    [
        ([0.64], "One hand-in, with 64\u00a0% of the points"),
        ([0.25, 0.75], "2 hand-ins, from 25\u00a0% to 75\u00a0% of the points"),
        ([0.2, 0.4, 0.6, 0.8, 1.0], "Half of the group has 60\u00a0% of the points or more"),
        ([0.1] * 40 + [1.0] * 60, "Half of the group has 100\u00a0% of the points or more"),
    ],
)
def test_distribution_states_its_finding(shares: list[float], title: str) -> None:
    """The title and the alt text say how the group did, whatever its size."""
    with style("en"):
        picture = report_plots.score_distribution(shares, ENGLISH)
    assert picture.figure.get_suptitle() == title
    assert picture.alt.startswith(title)
    assert f"Hand-ins: {len(shares)}" in picture.alt


def test_every_person_is_one_dot_up_to_sixty() -> None:
    """No hand-in is lost between the data and the dots, the full score included."""
    shares = [i / 59 for i in range(60)]
    with style("en"):
        axes = report_plots.score_distribution(shares, ENGLISH).figure.axes[0]
    assert len(axes.collections[0].get_offsets()) == 60


def test_bars_count_everybody_and_start_at_zero() -> None:
    """Above sixty people the bars sum to the group and stand on zero."""
    shares = [i / 99 for i in range(100)]
    with style("en"):
        axes = report_plots.score_distribution(shares, ENGLISH).figure.axes[0]
    heights = [bar.get_height() for bar in axes.patches]
    assert sum(heights) == 100
    assert axes.get_ylim()[0] == 0


def test_item_strip_names_the_hardest_and_counts_the_wanted() -> None:
    """The strip's title names the hardest item; the alt text counts those in range."""
    points = [report_plots.ItemPoint("1 Roles", 0.2), report_plots.ItemPoint("2 Steps", 0.7)]
    with style("en"):
        picture = report_plots.item_strip(points, ENGLISH)
        assert len(picture.figure.axes) == 1
    assert picture.figure.get_suptitle().startswith("Hardest: “1 Roles”, 20\u00a0%")
    assert "1 of 2 items" in picture.alt


def test_item_strip_shows_correlations_only_where_known() -> None:
    """A second panel appears once an item has a correlation, with as many marks as are known."""
    points = [
        report_plots.ItemPoint("1", 0.4, -0.1),
        report_plots.ItemPoint("2", 0.7),
        report_plots.ItemPoint("3", 0.5, 0.4),
    ]
    with style("en"):
        axes = report_plots.item_strip(points, ENGLISH).figure.axes
    assert len(axes) == 2
    assert len(axes[1].collections[0].get_offsets()) == 2


def test_teach_again_says_how_many_missed() -> None:
    """The bars' title says of how many people how many missed the worst item."""
    with style("en"):
        picture = report_plots.teach_again([report_plots.Missed("3 Ratio", 17, 24)], ENGLISH)
    assert picture.figure.get_suptitle() == "17 of 24 missed “3 Ratio”"
    assert "3 Ratio: 17 of 24" in picture.alt


BANDS = [
    report_plots.ConfidenceBand(0.3, 4, None),
    report_plots.ConfidenceBand(0.55, 20, 0.5, (0.3, 0.7)),
    report_plots.ConfidenceBand(0.92, 40, 0.7, (0.55, 0.82)),
]


@pytest.mark.parametrize(
    ("sure", "right", "clear", "title"),
    [
        (0.8, 0.6, True, "Surer than right: 80\u00a0% sure, 60\u00a0% right"),
        (0.5, 0.7, True, "Better than they thought: 50\u00a0% sure, 70\u00a0% right"),
        (0.8, 0.75, False, "About as sure as right: 80\u00a0% sure, 75\u00a0% right"),
    ],
)
def test_confidence_curve_states_its_finding(
    sure: float, right: float, clear: bool, title: str
) -> None:
    """The title says what the group is, and only claims a gap where it is clear."""
    with style("en"):
        picture = report_plots.confidence_curve(BANDS, sure, right, clear, ENGLISH)
    assert picture.figure.get_suptitle() == title
    assert picture.alt.startswith(f"{title}. Answers: 64.")
    assert "92\u00a0% sure: 70\u00a0% of 40 answers right" in picture.alt


def test_confidence_curve_leaves_out_thin_bands() -> None:
    """A band with too few answers has no point and no interval; no answer at all is refused."""
    with style("en"):
        axes = report_plots.confidence_curve(BANDS, 0.8, 0.6, True, ENGLISH).figure.axes[0]
        assert len(axes.collections) == 4
        with pytest.raises(ValueError, match="to draw"):
            report_plots.confidence_curve(
                [report_plots.ConfidenceBand(0.5, 0, None)], 0, 0, False, ENGLISH
            )


@pytest.mark.parametrize(
    "draw", [report_plots.score_distribution, report_plots.item_strip, report_plots.teach_again]
)
def test_nothing_to_draw_is_refused(draw: object) -> None:
    """An empty figure is never drawn by accident."""
    assert callable(draw)
    with style("en"), pytest.raises(ValueError, match="to draw"):
        draw([], ENGLISH)
