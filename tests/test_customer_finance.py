"""A customer's statement is checked, reckoned and read as by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamlib.customer_finance import (
    FIELDS,
    IN_YUAN,
    RATIOS,
    Statement,
    Year,
    analysed,
    findings,
    ratios,
    signs,
)
from kamlib.words import Words

BEFORE = Year(2025, sales=20_000, cost_of_goods=16_000, operating_cost=3_000, stock=3_200,
              receivables=2_000, payables=2_400, bought_from_us=4_000, sold_of_ours=4_800,
              margin_on_ours=900, stock_of_ours=500)  # fmt: skip
AFTER = Year(2026, sales=18_000, cost_of_goods=14_600, operating_cost=3_000, stock=3_600,
             receivables=3_000, payables=2_000, bought_from_us=3_000, sold_of_ours=3_300,
             margin_on_ours=480, stock_of_ours=680)  # fmt: skip
STATEMENT = Statement("thousand", (BEFORE, AFTER))
say = Words("en").say


@pytest.mark.parametrize(
    ("name", "year", "value"),
    [("growth", 2026, -10), ("gross_margin", 2025, 20), ("gross_margin", 2026, 18.888889),
     ("operating_margin", 2025, 5), ("operating_margin", 2026, 2.222222), ("stock_days", 2025, 73),
     ("stock_days", 2026, 90), ("receivable_days", 2025, 36.5), ("receivable_days", 2026, 60.833333),
     ("payable_days", 2025, 54.75), ("payable_days", 2026, 50), ("cash_cycle", 2025, 54.75),
     ("cash_cycle", 2026, 100.833333), ("our_share", 2025, 25), ("our_share", 2026, 20),
     ("return_on_ours", 2025, 180), ("return_on_ours", 2026, 70.588235)],
)  # fmt: skip
def test_ratios_are_those_reckoned_by_hand(name: str, year: int, value: float) -> None:
    """18,000 after 20,000 is −10 %; 3,600 on stock at 14,600 a year lasts 90 days; and so on."""
    (found,) = [each for each in ratios(STATEMENT) if (each.name, each.year) == (name, year)]
    assert found.value == pytest.approx(value)


def test_every_ratio_of_every_year_is_there_with_one_sentence() -> None:
    """A reading is one sentence, with the value or with the reason why there is none."""
    found = ratios(STATEMENT)
    assert [(each.year, each.name) for each in found] == [
        (y, n) for y in (2025, 2026) for n in RATIOS
    ]
    for each in found:
        assert say(each.reading).rstrip(".").count(". ") == 0
        assert say(each.title)
        assert say(each.formula)


@pytest.mark.parametrize(
    ("year", "name", "words"),
    [(Year(2026), "gross_margin", "fill in for 2026: sales, cost of goods"),
     (Year(2026, sales=0, cost_of_goods=0), "gross_margin", "above 0 in 2026: sales"),
     (Year(2026, sales=5), "growth", "fill in for 2025: sales"),
     (Year(2026, margin_on_ours=5), "return_on_ours", "stock of our goods"),
     (Year(2026, cost_of_goods=5, stock=0, bought_from_us=3), "our_share", "nothing was bought")],
)  # fmt: skip
def test_what_cannot_be_computed_says_why(year: Year, name: str, words: str) -> None:
    """No value stands in for one that is missing, and the trainee knows what to fill in."""
    found = ratios(Statement("thousand", (Year(2025, stock=9), year)))
    (ratio,) = [each for each in found if (each.name, each.year) == (name, 2026)]
    assert ratio.value is None
    assert words in say(ratio.reading)


def test_growth_needs_the_year_before() -> None:
    """2024 is not the year before 2026."""
    found = ratios(Statement("thousand", (replace(BEFORE, year=2024), AFTER)))
    assert {each.value for each in found if each.name == "growth"} == {None}


@pytest.mark.parametrize(
    ("sales", "words"),
    [(11_000, "10 % above"), (9_000, "10 % below"), (10_000, "the same"), (10_001, "the same")],
)
def test_growth_is_read_with_its_direction(sales: float, words: str) -> None:
    """A fall is not read as a negative rise, nor a rounding as a change."""
    found = ratios(Statement("thousand", (Year(2025, sales=10_000), Year(2026, sales=sales))))
    (growth,) = [each for each in found if each.name == "growth" and each.year == 2026]
    assert words in say(growth.reading)


def test_a_statement_that_fits_has_no_findings() -> None:
    """The checks leave a sound statement alone."""
    assert findings(STATEMENT) == ()


@pytest.mark.parametrize(
    ("change", "field", "severity"),
    [({"sales": 18_000_000}, "sales", "wrong"), ({"stock": 3.6}, "stock", "wrong"),
     ({"payables": 0.2}, "payables", "wrong"), ({"bought_from_us": 16_000}, "bought_from_us", "wrong"),
     ({"bought_from_us": 5_000}, "bought_from_us", "doubtful"),
     ({"sold_of_ours": 19_000}, "sold_of_ours", "wrong"), ({"stock_of_ours": 4_000}, "stock_of_ours", "wrong"),
     ({"margin_on_ours": 3_400}, "margin_on_ours", "wrong"),
     ({"cost_of_goods": 18_500}, "cost_of_goods", "doubtful"), ({"stock": -1}, "stock", "wrong"),
     ({"receivables": float("nan")}, "receivables", "wrong"), ({"sales": float("inf")}, "sales", "wrong"),
     ({"year": 2027}, "year", "wrong"), ({"year": 2025}, "year", "wrong"), ({"year": 2024}, "year", "wrong")],
)  # fmt: skip
def test_a_slip_is_found_in_its_field(change: dict[str, float], field: str, severity: str) -> None:
    """Units, order of the years, and parts against their wholes; with what to do."""
    found = findings(Statement("thousand", (BEFORE, replace(AFTER, **change))))
    assert (f"years.1.{field}", severity) in [(each.field, each.severity) for each in found]
    assert all(say(each.reason) and say(each.advice) for each in found)


def test_costs_in_another_unit_than_sales_are_no_loss() -> None:
    """16 million of cost beside 20 thousand of sales are a slip of the unit."""
    years = tuple(replace(each, sales=each.sales and each.sales / 1000) for each in (BEFORE, AFTER))
    found = [each for each in findings(Statement("thousand", years)) if "cost" in each.field]
    assert [each.severity for each in found] == ["wrong", "wrong"]
    assert "factor near 1,000" in say(found[0].reason)


def test_a_unit_that_makes_no_sense_is_doubted() -> None:
    """20,000 of million yuan a year are believed; 20,000,000 million are not."""
    big = tuple(replace(year, sales=(year.sales or 0) * 1000) for year in (BEFORE, AFTER))
    found = findings(Statement("million", big))
    assert {each.field for each in found if each.severity == "doubtful"} >= {"years.0.sales"}
    assert "years.0.sales" not in {
        each.field for each in findings(Statement("million", STATEMENT.years))
    }


def test_sales_of_a_kiosk_are_doubted() -> None:
    """A distributor does not sell for 18 yuan a year: the unit is another one."""
    (found,) = findings(Statement("yuan", (Year(2025), Year(2026, sales=18))))
    assert (found.field, found.severity) == ("years.1.sales", "doubtful")


def test_one_year_alone_is_not_enough() -> None:
    """The direction shows from two years on."""
    assert [each.field for each in findings(Statement("thousand", (AFTER,)))] == ["years"]


def test_warning_signs_are_those_found_by_hand() -> None:
    """Sales −10 %, stock +12.5 %, 17 and 24 days more, share 25 to 20, 14.5 % against 18.9 %."""
    found = signs(STATEMENT)
    assert [each.name for each in found] == [
        "sales_fall", "stock_ahead", "stock_days_long", "receivable_days_long", "cash_cycle_long",
        "share_falls", "ours_earn_less",
    ]  # fmt: skip
    assert {each.year for each in found} == {2026}
    assert say(found[1].reason) == "Stock grew faster than sales in 2026, by 22.5 points."
    assert all(say(each.ask).endswith("?") for each in found)


@pytest.mark.parametrize(
    ("change", "name"),
    [({"cost_of_goods": 15_000}, "margin_falls"), ({"operating_cost": 4_000}, "loss"),
     ({"payables": 4_000}, "payable_days_long"), ({"bought_from_us": 8_000}, "share_great"),
     ({"bought_from_us": 3_200}, "ours_pile_up")],
)  # fmt: skip
def test_each_other_sign_shows_when_its_cause_is_there(change: dict[str, float], name: str) -> None:
    """One figure is moved, and its sign comes up."""
    found = signs(Statement("thousand", (BEFORE, replace(AFTER, **change))))
    assert name in {each.name for each in found}
    assert name not in {each.name for each in signs(STATEMENT)}


def test_a_sound_customer_gives_no_sign() -> None:
    """Nothing is made up where all goes as before."""
    assert signs(Statement("thousand", (BEFORE, replace(BEFORE, year=2026)))) == ()


@pytest.mark.parametrize("unit", IN_YUAN)
def test_ratios_do_not_hang_on_the_unit(unit: str) -> None:
    """The same figures in another unit are the same shares and days."""
    other = ratios(Statement(unit, STATEMENT.years))  # type: ignore[arg-type]
    assert [each.value for each in other] == [each.value for each in ratios(STATEMENT)]


_AMOUNT = st.one_of(
    st.none(), st.floats(), st.integers(), st.sampled_from([0, 5e-324, 10**400, -1])
)
_YEAR = st.builds(Year, st.integers(1990, 2030), **dict.fromkeys(FIELDS, _AMOUNT))


@settings(max_examples=150, deadline=None)
@given(
    st.builds(Statement, st.sampled_from(sorted(IN_YUAN)), st.lists(_YEAR, max_size=3).map(tuple))
)
def test_any_statement_can_be_read(statement: Statement) -> None:
    """Whatever is typed, every sentence can be said, and no value is infinite."""
    found = analysed(statement)
    for each in found.findings:
        assert say(each.said)
    for ratio in found.ratios:
        assert ratio.value is None or abs(ratio.value) < float("inf")
        assert say(ratio.reading)
    for sign in found.signs:
        assert say(sign.reason)
        assert say(sign.ask)
