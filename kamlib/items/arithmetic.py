"""How one figure follows from others: a formula's value, or none where it has none."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from functools import lru_cache

import simpleeval

_OPERATORS: Mapping[type[ast.AST], Callable[..., float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: simpleeval.safe_power,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}


_ALLOWED = (
    ast.Expression, ast.Expr, ast.BinOp, ast.UnaryOp, ast.Name, ast.Load, ast.Constant, *_OPERATORS
)  # fmt: skip


@lru_cache(maxsize=512)
def _parsed(formula: str) -> ast.AST:
    """Return the formula's tree; `ValueError` or `SyntaxError` where it is not arithmetic."""
    tree = ast.parse(formula.strip(), mode="eval")
    for node in ast.walk(tree):
        if not isinstance(node, _ALLOWED):
            raise ValueError(f"not arithmetic: {formula}")
        if isinstance(node, ast.Constant) and type(node.value) not in (int, float):
            raise ValueError(f"not a number in: {formula}")
    return tree.body


def evaluate(formula: str, values: Mapping[str, float]) -> float | None:
    """Return the value of arithmetic over named values, None where it has no finite one.

    Only + - * / ** and brackets are read: no functions, nothing that could act.

    >>> evaluate("(1 - south / east) * 100", {"south": 30, "east": 40})
    25.0
    >>> evaluate("a / b", {"a": 1, "b": 0}) is None
    True
    """
    try:
        value = simpleeval.SimpleEval(
            operators=_OPERATORS, functions={}, names={n: float(v) for n, v in values.items()}
        ).eval(formula, previously_parsed=_parsed(formula))
        result = float(value)
    except (simpleeval.InvalidExpression, ArithmeticError, ValueError, TypeError, SyntaxError,
            RecursionError):  # fmt: skip
        return None
    return result if math.isfinite(result) else None
