"""What of an unfinished table of people is drawn."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kamlib.plots import style
from kamlib.power_map_advice import advice
from kamlib.power_map_partial import as_far_as
from kamlib.power_map_people import Person, problems
from kamlib.power_map_plots import chart_plot, influence_plot
from kamlib.words import Words


def person(id: str, **said: Any) -> Person:
    return Person(**{"id": id, "role": "Buyer", "level": "buying", "function": "buys", **said})


def test_a_table_that_holds_together_is_drawn_as_it_is() -> None:
    rows = (
        person("P1", function="decides"),
        person("P2", reports_to="P1", influences=(("P1", 2),)),
    )
    assert as_far_as(rows).people.persons == rows
    assert as_far_as(rows).left_out == ()


def test_a_row_that_is_not_clear_is_left_out_and_named_and_a_blank_one_is_not() -> None:
    rows = [person("P1"), person("P1", role="Other"), person("P2", level=""), person("", role="")]
    found = as_far_as(rows)
    assert [each.id for each in found.people.persons] == ["P1"]
    assert found.left_out == ("P1", "P2")


def test_a_circle_of_bosses_is_opened_at_its_first_row() -> None:
    rows = [
        person("P1", reports_to="P3"),
        person("P2", reports_to="P1"),
        person("P3", reports_to="P2"),
    ]
    bosses = {each.id: each.reports_to for each in as_far_as(rows).people.persons}
    assert bosses == {"P1": "", "P2": "P1", "P3": "P2"}
    assert as_far_as([person("P1", reports_to="P1")]).people["P1"].reports_to == ""


IDS = st.sampled_from(["P1", "P2", "P3", "P4", "", "P9"])


@given(
    st.lists(
        st.builds(
            Person,
            id=IDS,
            role=st.text(max_size=80),
            level=st.sampled_from(["decision", "managers", "buying", ""]),  # type: ignore[arg-type]
            function=st.sampled_from(["decides", "buys", ""]),  # type: ignore[arg-type]
            relation=st.integers(-3, 3),
            access=st.sampled_from(["none", "met", "trusted", "?"]),  # type: ignore[arg-type]
            by=st.text(max_size=5),
            influences=st.lists(st.tuples(IDS, st.integers(0, 9)), max_size=3).map(tuple),
            reports_to=IDS,
        ),
        max_size=6,
    )
)
def test_what_is_left_always_holds_together_and_can_be_advised_on(rows: list[Person]) -> None:
    """Only what a chart does not need may still be missing: sources, dates, who of us, a role."""
    people = as_far_as(rows).people
    left = [each.text for each in problems(people.persons)]
    for fault in ("circle", "who is not in the table", "twice", "themselves", "no level", "no function", "1, 2 or 3"):  # fmt: skip
        assert not any(fault in each for each in left)
    assert len(people) == 0 or isinstance(advice(people), tuple)


def test_what_was_typed_cannot_break_a_picture() -> None:
    rows = [person("P1", role="W" * 5000 + "\x00\n" + "شركة", function="decides"), person("P2", by="x" * 900, access="met", influences=(("P1", 3),))]  # fmt: skip
    people = as_far_as(rows).people
    assert max(len(each.role) for each in people.persons) <= 60
    with style("en"):
        for draw in (chart_plot, influence_plot):
            assert draw(people, Words("en")).figure.get_figheight() < 8
