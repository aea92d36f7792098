"""Which answers prove a key that a measure works out beside its checks."""

from __future__ import annotations

from kamlib.items.keys import parse_key
from kamlib.items.model import parse_item
from kamlib.items.probes import Earns, probes


def test_what_a_measure_has_to_say_is_no_message_of_the_key() -> None:
    """An answer that breaks a check is asked for that check's message alone."""
    columns = {"id": {"label": "Sign"}, "role": {"label": "Role"}}
    item = parse_item(
        {"id": "u.q", "title": "T", "prompt": "?", "interaction": "table", "columns": columns}
    )
    check = {"rule": "filled", "fields": ["role"], "message": "Say what the person does."}
    key = parse_key(
        "table",
        {"explanation": "E", "measure": "customer_analysis.people", "checks": [check],
         "example": [{"id": "P1", "role": "Owner"}, {"id": "P2", "role": "Buyer"}]},
    )  # fmt: skip
    own, broken = probes(item, key, {})
    assert own.response == {"rows": [{"id": "P1", "role": "Owner"}, {"id": "P2", "role": "Buyer"}]}
    assert (broken.earns, broken.says) == (Earns.LESS, ("checks.filled:role",))
