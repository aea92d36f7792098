"""Analyses for reports: of forty people, and one that has hardly begun."""

from __future__ import annotations

from kamlib.power_map_people import ACCESSES, FUNCTIONS, LEVELS
from tests.analyses import Parts, example

SHARE = (2, 6, 9, 12, 11)
"""So many of forty people are on each level."""


def forty(lang: str) -> Parts:
    """Return the worked example with forty people, whose roles are long."""

    def said(en: str, zh: str) -> str:
        return zh if lang == "zh" else en

    levels = [level for level, n in zip(LEVELS, SHARE, strict=True) for _ in range(n)]
    people = [
        {
            "id": f"P{n + 1}",
            "role": said("Deputy head of wireless goods, northern region", "华北地区无线产品采购部副负责人"),
            "level": level,
            "function": "decides" if n < 2 else FUNCTIONS[1 + n % 4],
            "relation": ("supporter", "open", "neutral", "sceptic", "opponent")[n % 5],
            "access": ACCESSES[n % 4],
            "by": "" if n % 4 == 0 else said("account manager", "客户经理"),
            "cares": said("stock that turns and cash in time", "库存周转和回款"),
            "reports_to": "" if n < 2 else f"P{max(1, n // 4)}",
            "influences": "" if n < 2 else f"P{1 + n % 2} {1 + n % 3}, P{max(3, n // 3)}",
            "source": said("visit to the head office", "总部拜访"),
            "on": "2026-05-12",
        }
        for n, level in enumerate(levels)
    ]  # fmt: skip
    return {**example(lang), "people": people}


def begun(lang: str) -> Parts:
    """Return what somebody wrote who has hardly begun."""
    return {
        "customer": {
            "sign": "经销商 K" if lang == "zh" else "Distributor K",
            "kind": "distributor",
        },
        "people": [{"id": "P1", "role": "总经理" if lang == "zh" else "General manager"}],
        "statement": [{"year": 2025}],
    }


NASTY = "\x00\x1b<b onload=x>&amp;{0}{name}%s%(a)s $x_1$ \U0001f600 שלום\u202eabc \ud800 \x85\u2028end\ufffe"
"""A text with signs that a file cannot hold, and with what a program could take for its own."""
LONG = "W" * 5000


def hostile(text: str, number: float = 1e300) -> Parts:
    """Return the worked example with a text in every field that is written freely, and a number."""
    kept = {
        "id", "level", "function", "relation", "access", "reports_to", "influences", "where", "section",
        "criterion", "kind", "ownership", "unit", "who", "speed", "review", "year", "circle",
    }  # fmt: skip

    def of(name: str, value: object) -> object:
        dated = isinstance(value, str) and len(value) == 10 and value[4:5] == value[7:8] == "-"
        if name in kept or dated:
            return value
        return number if isinstance(value, (int, float)) else text

    found: Parts = {}
    for part, rows in example("en").items():
        if isinstance(rows, list):
            found[part] = [{name: of(name, value) for name, value in row.items()} for row in rows]
        else:
            found[part] = {name: of(name, value) for name, value in rows.items()}
    return found


def typed(parts: Parts) -> set[str]:
    """Return all texts that were written freely, line by line."""
    free: set[str] = set()
    choices = {
        "level", "function", "relation", "access", "where", "section", "criterion", "kind", "ownership",
        "unit", "who", "speed", "review", "source", "influences", "on", "circle",
    }  # fmt: skip
    for rows in parts.values():
        for row in rows if isinstance(rows, list) else [rows]:
            for name, value in row.items():
                dated = isinstance(value, str) and value[:4].isdecimal() and len(value) == 10
                if isinstance(value, str) and name not in choices and not dated:
                    free.update(line.strip() for line in value.split("\n") if line.strip())
    return free
