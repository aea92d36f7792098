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
     ("四十分钟", 40, "minutes"), ("20分钟", 20, "minutes"), ("8 分", 8, "points"),
     ("两年", 2, "years"), ("2-year guarantee", 2, "years"), ("2027 年", 2027, ""),
     ("第二年", 2, ""), ("两年半", 2, ""),
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


@pytest.mark.parametrize(
    ("text", "days"),
    [("9月16日到30日", [(9, 16), (9, 30)]), ("9 月 16 日至 30 日", [(9, 16), (9, 30)]),
     ("九月十六号到三十号", [(9, 16), (9, 30)]), ("9月16-30日", [(9, 16), (9, 30)]),
     ("16-30 September", [(9, 16), (9, 30)]), ("from 16 to 30 September", [(9, 16), (9, 30)]),
     ("16th to the 30th of September", [(9, 16), (9, 30)]),
     ("September 16–30", [(9, 16), (9, 30)]), ("6月21日到7月5日", [(6, 21), (7, 5)]),
     ("June 5 to 21 July", [(6, 5), (7, 21)]), ("June 21 to 5 July", [(6, 21), (7, 5)])],
)  # fmt: skip
def test_two_days_may_share_a_month(text: str, days: list[tuple[int, int]]) -> None:
    """The day without a month has that of the other, and is no number besides."""
    assert [(one.month, one.day) for one in written_dates(text)] == days
    assert written_figures(text) == []


@pytest.mark.parametrize(
    ("text", "figure"),
    [("From October 1 - 15 yuan more", "15 yuan"), ("10月1日和15元", "15元"), ("from 24 to 5 July", "24"),
     ("October 1-15元", "15元"), ("3 月 1 日到 40 日", None), ("10月1到15元", "15元")],
)  # fmt: skip
def test_a_number_beside_a_day_is_no_day(text: str, figure: str | None) -> None:
    """With a unit, or where no such day comes after the other, it stays what it is."""
    assert len(written_dates(text)) == 1
    assert [one.written for one in written_figures(text)] == ([figure] if figure else [])


@pytest.mark.parametrize("text", ["by 17:00", "21号", "21 日", "二十一号", "on the 21st"])
def test_a_time_or_a_day_is_no_figure(text: str) -> None:
    """17:00 counts nothing, and neither does a day without its month; 30 日内 are thirty days."""
    assert written_figures(text) == []
    assert [one.number.value for one in written_figures("30日内")] == [30]


@pytest.mark.parametrize(
    ("text", "value", "unit", "same"),
    [("2 years", 24, "months", True), ("24 months", 2, "years", True), ("2 weeks", 14, "days", True),
     ("14 days", 2, "weeks", True), ("2 years", 25, "months", False), ("2 years", 14, "days", False),
     ("2 years", 2, "years", True), ("4 weeks", 1, "months", False)],
)  # fmt: skip
def test_a_duration_is_the_same_in_another_unit(
    text: str, value: float, unit: str, same: bool
) -> None:
    """Years are months and weeks are days, exactly; a month has no number of weeks."""
    (found,) = written_figures(text)
    assert found.is_(value, unit) is same


@pytest.mark.parametrize(
    ("text", "counts"),
    [("two reasons", False), ("一起", False), ("5 yuan", True), ("sixty", True), ("5", False),
     ("six per cent", True), ("18", True),
     ("两周", True), ("一天", False)],
)  # fmt: skip
def test_small_words_are_no_figures(text: str, counts: bool) -> None:
    """A “two” within a sentence is none of a message's figures; digits with a unit are."""
    assert any(one.counts for one in written_figures(text)) is counts
