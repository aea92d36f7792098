"""The pictures of the platforms: each says what the portfolio says, in both languages."""

from __future__ import annotations

import shutil
from itertools import pairwise
from pathlib import Path

import pytest

from kamlib import plots
from kamlib.platforms import Allocation, expected, simulate
from kamlib.platforms_file import CASE, PARAMETERS, load
from kamlib.platforms_grid import fence, grid, warmth_grid
from kamlib.platforms_hours import best, even, nothing
from kamlib.platforms_plots import FIGURES, effect_plot, fan_plot, funnel_plot
from kamlib.words import LANGUAGES, Words
from tests.pictures import on_page, texts, title
from tests.portfolios import customer, portfolio

ENGLISH = Words("en")
PORTFOLIO = load()


def picture(name: str, folder: Path = CASE, lang: str = "en") -> plots.Picture:
    """Draw a picture of a case and put it into a page."""
    return on_page(lambda words: FIGURES[name](folder, "", words), lang)


def written(drawn: plots.Picture) -> str:
    """Return all that is written inside the axes."""
    return " | ".join(texts(drawn))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", FIGURES)
def test_every_picture_has_a_title_an_alt_text_and_sources_in_both_languages(
    name: str, lang: str
) -> None:
    drawn = picture(name, lang=lang)
    assert drawn.alt.replace("\n", " ").startswith(title(drawn).rstrip("。."))
    assert drawn.caption
    assert set(drawn.sources) <= {"given", "derived", "invented"}
    if lang == "zh":
        assert title(drawn) != title(picture(name))
        assert drawn.caption != picture(name).caption
        assert not any(word in written(drawn) for word in ("platform", "lost", "week", "hours"))


def test_the_grids_say_how_many_stand_where_and_what_they_are_worth() -> None:
    """Each cell with customers has as many dots, its worth each and together."""
    for name, cells in (("grid", grid(PORTFOLIO)), ("warmth", warmth_grid(PORTFOLIO))):
        drawn = picture(name)
        (axes,) = drawn.figure.axes
        dots = sum(len(each.get_offsets()) for each in axes.collections)
        assert dots == sum(cell.count for cell in cells.values())
        for cell in cells.values():
            if cell.count > 1:
                assert f"{cell.each:g} each, together {cell.all:g}" in written(drawn)
        top = max(cells.values(), key=lambda cell: cell.all)
        assert f"{top.count} {top.size}" in title(drawn)
        assert f"{top.all:g} thousand" in title(drawn)


@pytest.mark.parametrize(("name", "plan"), [("funnel_best", best), ("funnel_even", even)])
def test_the_funnel_says_who_moved_who_leaked_and_what_it_cost(name: str, plan: object) -> None:
    allocation: Allocation = plan(PORTFOLIO)  # type: ignore[operator]
    found = expected(PORTFOLIO, allocation)
    drawn = picture(name)
    assert f"{found.won:.1f} new customers" in title(drawn)
    for place, number in zip(("market", "working", "buying"), found.places[-1, :3], strict=True):
        assert f"{place} platform: {number:.1f}" in drawn.alt
    spent = allocation.by_activity(PORTFOLIO)
    assert f"market platform: 30\n{spent['research']:.0f} hours a month" in written(drawn)
    assert f"{found.lost['working']:.1f} working" in written(drawn)
    assert "cost 144 thousand" in drawn.caption


def test_the_bands_are_as_wide_as_the_flows() -> None:
    """On either side they lie beside each other, and together make up all customers."""
    found = expected(PORTFOLIO, even(PORTFOLIO))
    with plots.style("en"):
        drawn = funnel_plot(PORTFOLIO, found, even(PORTFOLIO), ENGLISH)
    (axes,) = drawn.figure.axes
    outlines = [each.get_path().vertices for each in axes.patches if len(each.get_path()) == 9]
    for begin, end in ((0, 7), (3, 4)):
        sides = sorted((float(each[begin][1]), float(each[end][1])) for each in outlines)
        assert sum(low - high for high, low in sides) == pytest.approx(60, abs=0.05)
        assert all(one[1] <= two[0] + 1e-9 for one, two in pairwise(sides))


def test_the_funnel_shows_drawn_quarters_too_even_a_single_one() -> None:
    one = simulate(PORTFOLIO, nothing(PORTFOLIO), 1)
    with plots.style("en"):
        drawn = funnel_plot(PORTFOLIO, one, nothing(PORTFOLIO), ENGLISH)
    assert f"{one.won.mean:g} new customers" in title(drawn)


def test_the_fan_says_between_what_most_quarters_end() -> None:
    found = simulate(PORTFOLIO, best(PORTFOLIO))
    with plots.style("en"):
        drawn = fan_plot(found, ENGLISH)
    low, high = found.fan[-1, [0, -1]]
    assert f"between {low:,.0f} and {high:,.0f} thousand" in title(drawn)
    assert f"on average {found.run_rate.mean:,.0f}" in written(drawn)
    assert "10,000 drawn quarters" in drawn.caption


def test_the_comparison_starts_from_none_and_says_both_sums() -> None:
    alone = expected(PORTFOLIO, nothing(PORTFOLIO)).value
    drawn = picture("compare")
    for plan in (even, best):
        more = expected(PORTFOLIO, plan(PORTFOLIO)).value - alone
        assert f"{more:,.0f}" in title(drawn)
        assert f"{more:,.0f}" in drawn.alt
    (axes,) = drawn.figure.axes
    assert axes.get_xlim()[0] == 0


def test_the_fence_and_the_effect_say_their_numbers() -> None:
    found = fence(PORTFOLIO.parameters)
    drawn = picture("fence")
    assert f"{found.kept:.0f} by keeping" in title(drawn)
    for value in (found.won, found.more, found.researched):
        assert f": {value:.0f}" in drawn.alt
    assert f"takes {found.to_replace}" in drawn.caption
    assert "first 8 hours bring 43" in title(picture("effect"))


def test_what_cannot_be_drawn_is_said(tmp_path: Path) -> None:
    """A missing file, or nobody to draw the curve for."""
    shutil.copy(CASE / PARAMETERS, tmp_path)
    with pytest.raises(plots.CannotDraw, match="not there"):
        picture("grid", tmp_path)
    with plots.style("en"), pytest.raises(plots.CannotDraw, match="working platform"):
        effect_plot(portfolio(customer(1, "market")), ENGLISH)
