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


_FUNCTIONS: Mapping[str, Callable[[float], float]] = {"ln": math.log}

_ALLOWED = (
    ast.Expression, ast.Expr, ast.BinOp, ast.UnaryOp, ast.Call, ast.Name, ast.Load, ast.Constant,
    *_OPERATORS,
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
        if isinstance(node, ast.Call) and not _is_known(node):
            raise ValueError(f"no such function in: {formula}")
    return tree.body


def _is_known(call: ast.Call) -> bool:
    known = isinstance(call.func, ast.Name) and call.func.id in _FUNCTIONS
    return known and len(call.args) == 1 and not call.keywords


def names_in(formula: str) -> frozenset[str]:
    """Return the names that a formula needs the values of.

    Raises `ValueError` or `SyntaxError` where it is not arithmetic.

    >>> sorted(names_in("ln(rate_b / rate_a) * 100"))
    ['rate_a', 'rate_b']
    """
    named = {node.id for node in ast.walk(_parsed(formula)) if isinstance(node, ast.Name)}
    return frozenset(named - _FUNCTIONS.keys())


def evaluate(formula: str, values: Mapping[str, float]) -> float | None:
    """Return the value of arithmetic over named values, None where it has no finite one.

    Only + - * / **, brackets and ln, the natural logarithm, are read: nothing that could act.

    >>> evaluate("(1 - south / east) * 100", {"south": 30, "east": 40})
    25.0
    >>> evaluate("a / b", {"a": 1, "b": 0}) is None
    True
    >>> evaluate("ln(a / a)", {"a": 7}), evaluate("ln(a)", {"a": -1})
    (0.0, None)
    """
    try:
        value = simpleeval.SimpleEval(
            operators=_OPERATORS,
            functions=dict(_FUNCTIONS),
            names={n: float(v) for n, v in values.items()},
        ).eval(formula, previously_parsed=_parsed(formula))
        result = float(value)
    except (simpleeval.InvalidExpression, ArithmeticError, ValueError, TypeError, SyntaxError,
            RecursionError):  # fmt: skip
        return None
    return result if math.isfinite(result) else None
