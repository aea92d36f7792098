"""What trainees answer to the questions of a customer analysis, part by part, as it is reckoned with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kamlib.customer_analysis import Row, Written
from kamlib.items.model import Item
from kamlib.items.responses import (
    IllFormed,
    StructuredAnswer,
    TableAnswer,
    TextAnswer,
    Value,
    read_response,
)

TEXT = "text"
"""The field in which a part that is one text has it."""


def part_of(item: str) -> str:
    """Return which part of an analysis a question asks for.

    >>> part_of("customer_analysis.people")
    'people'
    """
    return item.partition(".")[2]


def written_of(items: Iterable[Item], responses: Mapping[str, object]) -> Written:
    """Return what was answered as `read_analysis` takes it: by part, fields or rows; never raises.

    What is left blank is not in it, nor is a field that holds something of another kind, such as
    words where a number is asked for. A row keeps its place among the rows that are not blank.

    Args:
        items: the questions, in any language.
        responses: the raw answers by the question's id, any JSON values.

    >>> from kamlib.items.model import parse_item
    >>> item = parse_item({"interaction": "table", "id": "u.people", "title": "", "prompt": "",
    ...     "columns": {"id": {"label": "Sign", "kind": "text"}, "on": {"label": "Day", "kind": "date"}}})
    >>> written_of([item], {"u.people": {"rows": [{"id": "P1", "on": "soon"}, {}, {"id": "P2"}]}})
    {'people': ({'id': 'P1'}, {'id': 'P2'})}

    """
    written: dict[str, Row | tuple[Row, ...]] = {}
    for item in items:
        match read_response(item, responses.get(item.id)):
            case StructuredAnswer(fields):
                written[part_of(item.id)] = _sound(fields)
            case TableAnswer(rows):
                written[part_of(item.id)] = tuple(_sound(row) for row in rows)
            case TextAnswer(text):
                written[part_of(item.id)] = {TEXT: text}
    return written


def _sound(fields: Mapping[str, Value]) -> Row:
    return {name: value for name, value in fields.items() if not isinstance(value, IllFormed)}
