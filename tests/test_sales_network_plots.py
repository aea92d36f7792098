"""The pictures of a network: each says what the numbers say, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from kamlib import plots
from kamlib.sales_network import Group, Network
from kamlib.sales_network_plots import FIGURES, MOST, coverage_plot, gap_plot
from kamlib.words import LANGUAGES, Words
from tests.pictures import on_page, title

HERE = Network("East", (Group("shops", 420, 180, 150, 3240), Group("stalls", 90, 66, sales=400)))
THERE = Network("Reference", (Group("shops", 300, 210, 190, 4620), Group("stalls", 100, 60, sales=480)))  # fmt: skip


def written(picture: plots.Picture) -> str:
    return " | ".join(text.get_text() for axes in picture.figure.axes for text in axes.texts)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_both_pictures_have_an_alt_text_that_begins_with_the_finding(lang: str) -> None:
    for draw in (
        lambda words: coverage_plot(HERE, words),
        lambda words: gap_plot(HERE, THERE, words),
    ):
        picture = on_page(draw, lang)
        assert picture.alt.startswith(title(picture)[:20])
        assert picture.caption


def test_coverage_is_told_by_group_and_as_a_whole() -> None:
    """180 of 420 is 43 %, 66 of 90 is 73 %, 246 of 510 is 48 %."""
    picture = on_page(lambda words: coverage_plot(HERE, words))
    assert title(picture) == "East covers 246 of 510 outlets: 48\xa0%"
    assert "180 of 420 (43\xa0%), 150 active" in written(picture)
    assert "66 of 90 (73\xa0%)" in picture.alt


def test_the_gap_says_what_coverage_and_rate_would_bring() -> None:
    """Shops: 420 × 0.7 × 18 − 3240 = 2052 and 180 × 22 − 3240 = 720."""
    picture = on_page(lambda words: gap_plot(HERE, THERE, words))
    assert "+2,052" in written(picture)
    assert "+720" in written(picture)
    assert "shops: +2,052 by coverage, +720 by the rate, +3,228 by both" in picture.alt


def test_a_group_that_cannot_be_is_left_out_and_counted() -> None:
    bad = Network("East", (*HERE.groups, Group("chains", 10, 20)))
    picture = on_page(lambda words: coverage_plot(bad, words))
    assert "chains" not in picture.alt
    assert "left out, as their numbers cannot be: 1" in picture.caption
    assert "not the same" in on_page(lambda words: gap_plot(HERE, Network("R", (THERE.groups[0], Group("x", 5, 4, sales=3))), words)).caption  # fmt: skip


def test_nothing_to_draw_is_said() -> None:
    with pytest.raises(plots.CannotDraw, match="It needs a group"):
        coverage_plot(Network("East"), Words("en"))
    with pytest.raises(plots.CannotDraw, match="cannot be compared"):
        gap_plot(Network("East"), THERE, Words("en"))


def test_many_groups_and_odd_names_can_be_on_page() -> None:
    """Only the largest are drawn; braces, prices and signs that cannot be seen do no harm."""
    odd = ("{n} $a$ \x00\n<b>", "手机专卖店" * 9, "")
    groups = tuple(Group(f"{odd[n % 3]} {n}", 10 + n, 5, 4, 60) for n in range(MOST + 5))
    many = Network("{x}\x07 " * 20, groups)
    assert f"Only the {MOST} largest of {MOST + 5} groups" in on_page(lambda words: coverage_plot(many, words)).caption  # fmt: skip
    picture = on_page(lambda words: gap_plot(many, many, words))
    assert "as much as" in title(picture)
    assert len(picture.figure.axes[0].get_yticklabels()) == MOST + 1


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_page_shows_an_invented_distributor(lang: str, tmp_path: Path) -> None:
    """The figure of the lesson needs no case, keeps outlets and sales per outlet apart, and is tagged."""
    picture = on_page(lambda words: FIGURES["distributor_v"](tmp_path, "", words), lang)
    assert picture.sources == ("invented", "derived")
    assert "845" in picture.alt
    assert "360" in picture.alt
