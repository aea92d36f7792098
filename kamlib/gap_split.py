"""How a gap between two products is shared out among their factors, by logarithms."""

from __future__ import annotations

from collections.abc import Mapping

from kamlib.arithmetic import evaluate

LEAST = 0.005
"""Two products whose logarithms differ by less than this, half a per cent, have no gap to share."""


def gap(ratio: str) -> str:
    """Return the formula of a gap, from the formula of the ratio of both products.

    >>> gap("B / A")
    'ln(B / A)'
    """
    return f"ln({ratio})"


def part(ratio: str, of: str) -> str:
    """Return the formula of one factor's part in per cent, from its ratio and the gap's formula.

    >>> part("stores_b / stores_a", "g")
    'ln(stores_b / stores_a) / g * 100'
    """
    return f"{gap(ratio)} / {of} * 100"


def split(here: Mapping[str, float], there: Mapping[str, float]) -> dict[str, float] | None:
    """Return the parts of a gap by factor, in per cent; they add up to 100.

    Both map each factor to its value, above 0. None where a factor has no such value, or where the
    products differ too little for parts to mean anything. A part is below 0 where its factor is
    ahead and the whole behind.

    >>> parts = split({"stores": 100, "rate": 2}, {"stores": 400, "rate": 4})
    >>> round(parts["stores"], 1), round(parts["rate"], 1)
    (66.7, 33.3)
    >>> split({"stores": 100, "rate": 2}, {"stores": 50, "rate": 4}) is None
    True
    """
    if here.keys() != there.keys():
        return None
    whole = [evaluate(gap("b / a"), {"a": here[name], "b": there[name]}) for name in here]
    if None in whole or abs(total := sum(each for each in whole if each is not None)) < LEAST:
        return None
    formula = part("b / a", "g")
    found = {
        name: evaluate(formula, {"a": here[name], "b": there[name], "g": total}) for name in here
    }
    return {name: value for name, value in found.items() if value is not None}
