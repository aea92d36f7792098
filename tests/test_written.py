"""Figures are found as people write them, in either language, and nothing else is taken for one."""

from __future__ import annotations

import pytest

from kamlib.written import UNITS, written_dates, written_figures, written_numbers


@pytest.mark.parametrize(
    ("text", "value"),
    [("36,000", 36000), ("3.6 万", 36000), ("三万六", 36000), ("三万六千", 36000), ("4.5k", 4500),
     ("四千五", 4500), ("两千零五", 2005), ("十五", 15), ("一百二十", 120), ("一二五六", 1256),
     ("一万零五十", 10050), ("0.12", 0.12), ("twelve", 12), ("Forty-five", 45),
     ("six hundred", 600), ("one thousand and sixty", 1060), ("4 thousand", 4000)],
)  # fmt: skip
def test_numbers_are_read_as_they_are_written(text: str, value: float) -> None:
    """Both styles of grouping, and numerals with and without their units."""
    assert [found.value for found in written_numbers(text)] == [pytest.approx(value)]


def test_a_percentage_is_no_hundred() -> None:
    """The 百 of 百分之六 counts nothing."""
    assert [found.value for found in written_numbers("涨百分之六")] == [6]


@pytest.mark.parametrize("text", ["F03", "onerous", "tenant", "a-one-off"])
def test_a_word_that_holds_a_number_is_none(text: str) -> None:
    """Letters around it make a number part of a name or a word."""
    assert written_numbers(text) == []


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [("1,060 yuan", 1060, "yuan"), ("¥1060", 1060, "yuan"), ("RMB 1,060", 1060, "yuan"),
     ("1.06 千元", 1060, "yuan"), ("一千零六十块", 1060, "yuan"), ("6%", 6, "percent"),
     ("６％", 6, "percent"), ("six per cent", 6, "percent"), ("百分之六", 6, "percent"),
     ("6 个百分点", 6, "percent"), ("600 new phones", 600, "phones"), ("600 台", 600, "phones"),
     ("24-month guarantee", 24, "months"), ("24 个月", 24, "months"), ("12 家店", 12, "shops"),
     ("three working days", 3, "days"), ("两周", 2, "weeks"), ("600", 600, "")],
)  # fmt: skip
def test_a_unit_is_found_beside_its_number(text: str, value: float, unit: str) -> None:
    """The unit may follow, or stand before the number, in both languages and widths."""
    (found,) = written_figures(text)
    assert (found.number.value, found.unit) == (pytest.approx(value), unit)
    assert unit in UNITS or not unit


@pytest.mark.parametrize(
    "text",
    ["1 March", "1st of March", "March 1", "Mar. 1st", "on 1 Mar", "3 月 1 日", "3月1号", "三月一日",
     "2027-03-01", "03-01", "2027 年 3 月 1 日"],
)  # fmt: skip
def test_a_day_is_read_as_it_is_written(text: str) -> None:
    """All usual ways to write a day mean the same one, and it is no number besides."""
    (found,) = written_dates(text)
    assert found.is_("03-01")
    assert not found.is_("01-03")
    assert [one.number.value for one in written_figures(text)] in ([], [2027])


@pytest.mark.parametrize("text", ["3 个月", "45-99", "31 of 60", "may 5 people come", "13-40"])
def test_what_is_no_day_is_not_read_as_one(text: str) -> None:
    """Months alone, ranges and verbs are no days."""
    assert written_dates(text) == []


def test_a_time_of_day_is_no_figure() -> None:
    """17:00 counts nothing."""
    assert written_figures("by 17:00") == []


@pytest.mark.parametrize(
    ("text", "counts"),
    [("two reasons", False), ("一起", False), ("5 yuan", True), ("sixty", True), ("5", False),
     ("six per cent", True), ("18", True),
     ("两周", True), ("一天", False)],
)  # fmt: skip
def test_small_words_are_no_figures(text: str, counts: bool) -> None:
    """A “two” within a sentence is none of a message's figures; digits with a unit are."""
    assert any(one.counts for one in written_figures(text)) is counts
