"""The worked example of a customer analysis, to be changed, for the tests that look at analyses."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from kamlib.customer_analysis_file import read_written

UNIT = Path(__file__).parents[1] / "units" / "10_customer_analysis"

Parts = dict[str, Any]
"""Fields or rows by part, as the marking hands them to a measure."""


def example(lang: str = "en") -> Parts:
    """Return the worked example with dates as texts and numbers as they are read from a form."""
    return deepcopy(_example(lang))


@cache
def _example(lang: str) -> Parts:
    text = (UNIT / "case" / "example.yaml").read_text("utf-8")
    return {name: _plain(part) for name, part in read_written(text, lang).items()}


def _plain(value: object) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, int) else value


def changed(place: str, value: object, of: Parts | None = None) -> Parts:
    """Return an analysis with one field changed, such as `people.2.on`; None leaves it out.

    A row that ends with `+` is added to its table.
    """
    found = deepcopy(of if of is not None else example())
    part, *way = place.split(".")
    if way == ["+"]:
        found[part].append(value)
    elif not way:
        found[part] = value
    else:
        target = found[part][int(way[0])] if len(way) == 2 else found[part]
        target.pop(way[-1], None)
        if value is not None:
            target[way[-1]] = value
    return found
