"""A table of people holds together, or says in plain sentences where it does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from kamlib.power_map_people import People, PeopleError, Person, problems

GOOD = Person("P1", "Chief", "decision", "decides", 1, "met", "me", (("P2", 2),), "", "visit", date(2026, 4, 2))  # fmt: skip
OTHER = Person("P2", "Buyer", "buying", "buys", reports_to="P1", source="visit", on=date(2026, 4, 2))  # fmt: skip


def test_a_good_table_and_an_empty_one_hold_together() -> None:
    assert problems([GOOD, OTHER], date(2026, 4, 2)) == ()
    assert len(People.of([])) == 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"id": " "}, "Row 1 has no sign"),
        ({"id": "P2"}, "Two people are called P2"),
        ({"role": ""}, "P1 has no role"),
        ({"level": ""}, "has no level"),
        ({"function": "owns"}, "has no function"),
        ({"access": "best"}, "how well we know"),
        ({"relation": 3}, "whole number from −2 to 2"),
        ({"by": ""}, "who of us has met"),
        ({"access": "none"}, "but me of us is named"),
        ({"influences": (("P9", 1),)}, "influences P9, who is not in the table"),
        ({"influences": (("P1", 1),)}, "nobody but themselves"),
        ({"influences": (("P2", 4),)}, "is 1, 2 or 3"),
        ({"influences": (("P2", 1), ("P2", 2))}, "influences P2 twice"),
        ({"reports_to": "P9"}, "reports to P9, who is not in the table"),
        ({"reports_to": "P2"}, "Bosses go round in a circle: P1, P2."),
        ({"source": " "}, "has no source"),
        ({"on": None}, "has no date"),
        ({"on": date(2026, 4, 3)}, "2026-04-03, after today"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(change: dict[str, object], said: str) -> None:
    with pytest.raises(PeopleError, match=r".") as caught:
        People.of([replace(GOOD, **change), OTHER], date(2026, 4, 2))  # type: ignore[arg-type]
    assert said in str(caught.value.args)


def test_more_than_sixty_people_are_no_map() -> None:
    many = [replace(OTHER, id=f"P{row}", reports_to="") for row in range(61)]
    assert [each.text[:13] for each in problems(many)] == ["There are {n}"]
