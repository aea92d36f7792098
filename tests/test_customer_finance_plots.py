"""The picture of a statement: what it says, and that no figure can break it."""

from __future__ import annotations

import pytest

from kamlib.customer_finance import Statement, Year
from kamlib.customer_finance_plots import statement_plot
from kamlib.plots import CannotDraw
from kamlib.report_blocks import drawing
from kamlib.words import LANGUAGES, Words
from tests.pictures import on_page, texts, title

TWO = Statement(
    "thousand",
    (
        Year(2024, 36_000, 29_200, 5_100, 5_600, 4_900, 3_900),
        Year(2025, 39_400, 32_700, 5_600, 7_400, 5_800, 4_600),
    ),
)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_title_is_the_first_warning_sign_of_the_last_year(lang: str) -> None:
    picture = on_page(lambda words: statement_plot(TWO, words), lang)
    assert title(picture)
    assert picture.alt.startswith(title(picture)[:12])
    assert "39,400" in picture.alt
    assert picture.caption


def test_it_shows_sales_margin_and_how_long_money_is_bound() -> None:
    """2025: 365 × ((7400 − 4600) ÷ 32700 + 5800 ÷ 39400) = 85 days; margin 6700 ÷ 39400 = 17 %."""
    picture = on_page(lambda words: statement_plot(TWO, words))
    assert title(picture) == "Stock grew faster than sales in 2025, by 22.7 points"
    assert "39,400\nmargin 17\xa0%" in texts(picture)
    assert "bound for 85 days" in texts(picture)


def test_without_a_sign_the_title_says_how_sales_went_or_what_they_are() -> None:
    grown = Statement("million", (Year(2024, 100, 70), Year(2025, 110, 77)))
    picture = on_page(lambda words: statement_plot(grown, words))
    assert title(picture) == "Sales are 10 % above those of the year before"
    assert len(picture.figure.axes) == 1
    alone = on_page(lambda words: statement_plot(Statement("yuan", (Year(2025, 36_000),)), words))
    assert title(alone) == "Sales of 2025: 36,000 yuan"


@pytest.mark.parametrize("years", [(), (Year(2025),), (Year(2025, 0),), (Year(10**300, 5),), (Year(2025, 1e300),)])  # fmt: skip
def test_without_sales_nothing_is_drawn(years: tuple[Year, ...]) -> None:
    with drawing("en"), pytest.raises(CannotDraw):
        statement_plot(Statement("yuan", years), Words("en"))


@pytest.mark.parametrize("value", [1e-9, 0.0, 1e15, 1e300, -5.0])
def test_no_figure_breaks_it(value: float) -> None:
    years = (Year(2024, 1e15, value, value, value, value, value), Year(2025, 3, *[value] * 9))
    picture = on_page(lambda words: statement_plot(Statement("million", years), words))
    assert picture.alt
