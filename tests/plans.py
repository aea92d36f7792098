"""A small plan that a measure works out, for the tests that go over every interaction."""

from pathlib import Path
from typing import Any

UNIT = Path(__file__).parents[1] / "units" / "07_case1_negotiation"

SHAPE: dict[str, Any] = {
    "fields": {
        "doors_per_head": {"label": "Doors a head", "kind": "number"},
        "month_1": {"label": "First month", "kind": "number"},
        "month_2": {"label": "Second month", "kind": "number"},
        "month_3": {"label": "Third month", "kind": "number"},
        "visits_3": {"label": "Visits", "kind": "number"},
        "lift_source": {
            "label": "From",
            "kind": "choice",
            "options": {"none": "Nothing", "range": "Range"},
        },
    }
}
"""What the form asks."""

EXAMPLE = {
    "doors_per_head": 4,
    "month_1": 9153,
    "month_2": 9605,
    "month_3": 10058,
    "visits_3": 1957.5,
    "lift_source": "none",
}
"""What the levers of the case come to."""

KEY: dict[str, Any] = {
    "measure": "case1.levers",
    "data": {"facts": (UNIT / "case" / "facts.yaml").read_text("utf-8")},
    "checks": [
        {"rule": "one_of", "fields": ["lift_source"], "options": ["none"],
         "message": "No range yet."},
    ],
    "example": EXAMPLE,
}  # fmt: skip
"""How it is worked out."""
