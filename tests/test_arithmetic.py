"""Formulas are arithmetic with a logarithm, and nothing else."""

from __future__ import annotations

import math

import pytest

from kamlib.arithmetic import evaluate, names_in


def test_the_logarithm_is_natural() -> None:
    """Ln takes one value and is the inverse of growth."""
    assert evaluate("ln(b / a)", {"a": 2400, "b": 4500}) == pytest.approx(math.log(1.875))
    assert evaluate("2 ** 0.5 + ln(1)", {}) == pytest.approx(math.sqrt(2))


@pytest.mark.parametrize(
    "formula",
    [
        "ln(0)",
        "ln(-1)",
        "ln()",
        "ln(a, a)",
        "ln(x=a)",
        "log(a)",
        "ln",
        "a.ln(1)",
        "ln(*a)",
        "ln(ln)",
    ],
)
def test_nothing_else_can_be_called(formula: str) -> None:
    """Other functions, other ways to call, and values without a logarithm have no value."""
    assert evaluate(formula, {"a": 2.0}) is None


def test_a_formula_names_what_it_needs() -> None:
    """The names are those of values, not of functions."""
    assert names_in("ln(rate_b / rate_a) * 100 - rate_a") == {"rate_a", "rate_b"}
    with pytest.raises(ValueError, match="not arithmetic"):
        names_in("a if b else c")
