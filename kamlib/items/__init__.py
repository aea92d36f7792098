"""Questions: what they are, how they are answered, and what the answers are worth."""

from kamlib.items.completeness import Completeness, State
from kamlib.items.keys import Key, parse_key
from kamlib.items.mark import Mark, Outcome
from kamlib.items.marking import check, mark_exercise
from kamlib.items.model import INTERACTIONS, Item, parse_item
from kamlib.items.recall import recalled
from kamlib.items.responses import read_date, read_number, read_response

__all__ = [
    "INTERACTIONS",
    "Completeness",
    "Item",
    "Key",
    "Mark",
    "Outcome",
    "State",
    "check",
    "mark_exercise",
    "parse_item",
    "parse_key",
    "read_date",
    "read_number",
    "read_response",
    "recalled",
]
