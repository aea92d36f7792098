"""Whether a text says anything at all."""

from __future__ import annotations

_NO_CONTENT = frozenset((
    "n/a", "na", "nil", "tbd", "todo", "test", "asdf", "qwerty", "待定", "待填", "待补", "暂无",
    "测试", "同上",
))  # fmt: skip


_UNITS = frozenset("台部只件个箱盒瓶袋包吨斤升米辆套张元")
"""What goods are counted in; one sign says all of it."""


def plausible(text: str) -> bool:
    """Tell whether a text says anything at all: no filler, no single sign, no one sign repeated.

    >>> [plausible(t) for t in ("Call the buyer", "客户", "台", "...", "xxxx", "n/a", "a")]
    [True, True, True, False, False, False, False]
    """
    signs = [sign for sign in text.casefold() if sign.isalnum()]
    if text.strip() in _UNITS:
        return True
    return len(set(signs)) > 1 and text.strip(" .。").casefold() not in _NO_CONTENT
