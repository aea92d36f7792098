"""A gap is shared out by logarithms, in case 1 and for any network alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kamlib.arithmetic import evaluate
from kamlib.case1 import values
from kamlib.gap_split import LEAST, gap, part, split


def test_the_split_of_case_1_comes_out() -> None:
    """The same numbers, put in one by one, give the figures D70 and D71."""
    known = values()
    found = split(
        {"stores": known["stA"], "rate": known["rA"]}, {"stores": known["stB"], "rate": known["rB"]}
    )
    assert found == pytest.approx({"stores": known["D70"], "rate": known["D71"]})


def test_a_factor_that_is_ahead_has_a_part_below_0() -> None:
    """4 × 1 and 16 × 0.5: the whole is twice, stores alone four times, the rate half."""
    found = split({"stores": 4, "rate": 1}, {"stores": 16, "rate": 0.5})
    assert found == pytest.approx({"stores": 200.0, "rate": -100.0})


def test_there_is_no_split_without_a_gap_or_without_numbers() -> None:
    assert split({"a": 1.0, "b": 1.0}, {"a": 1.0, "b": 1 + LEAST / 2}) is None
    assert split({"a": 0.0, "b": 1.0}, {"a": 1.0, "b": 1.0}) is None
    assert split({"a": 1.0}, {"b": 2.0}) is None
    assert split({}, {}) is None


def test_the_formulas_are_arithmetic() -> None:
    assert evaluate(part("b / a", gap("B / A")), {"a": 1, "b": 2, "A": 1, "B": 4}) == pytest.approx(
        50
    )


@given(*(st.lists(st.floats(allow_nan=True), min_size=2, max_size=2) for _ in range(2)))
def test_parts_add_up_to_100_whatever_the_numbers_are(one: list[float], two: list[float]) -> None:
    found = split(dict(zip("ab", one, strict=True)), dict(zip("ab", two, strict=True)))
    if found is not None:
        biggest = max(1.0, *(abs(each) for each in found.values()))
        assert abs(sum(found.values()) - 100) <= 1e-6 * biggest
