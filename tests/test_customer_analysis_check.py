"""What does not fit together in a customer analysis, section by section."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamlib.customer_analysis import PARTS, SECTIONS, Section, read_analysis
from kamlib.customer_analysis_check import look_through
from kamlib.findings import only_wrong
from kamlib.words import Words
from tests.analyses import Parts, changed, example

EN = Words("en")


def said(written: Parts, section: Section, severity: str = "wrong") -> list[str]:
    """Return what is said of a section."""
    found = look_through(read_analysis(written), section)
    return [f"{each.field}: {EN.say(each.said)}" for each in found if each.severity == severity]


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_worked_example_has_no_finding(section: Section, lang: str) -> None:
    """Not even one to look at again."""
    assert look_through(read_analysis(example(lang)), section, date(2026, 6, 8)) == ()


@pytest.mark.parametrize("section", SECTIONS)
def test_where_nothing_is_written_nothing_is_said(section: Section) -> None:
    """Neither in an empty analysis, nor of a part that is still blank beside others."""
    assert look_through(read_analysis({}), section) == ()
    for part in PARTS[section]:
        written = {name: value for name, value in example().items() if name != part}
        found = look_through(read_analysis(written), section)
        assert not [each for each in found if each.field.split(".")[0] == part], part


@pytest.mark.parametrize("section", SECTIONS)
def test_a_field_names_its_part_first(section: Section) -> None:
    """So that a page and a measure know where a finding belongs, and each has advice."""
    for part in PARTS[section]:
        for row in ("", "0."):
            for name in ("source", "on", "text", "goal", "covered", "sales", "role"):
                written = example()
                if isinstance(written[part], list) is not bool(row):
                    continue
                found = look_through(
                    read_analysis(changed(f"{part}.{row}{name}", None)), section, date(2026, 1, 1)
                )
                assert {each.field.split(".")[0] for each in found} <= set(PARTS[section])
                assert all(each.advice.text for each in found)


def test_who_is_asked_has_a_row() -> None:
    """Power says so where it cannot be; the table of people says whom it lacks."""
    written = changed("power.circle", "P1, P77")
    (one,) = said(written, "power")
    assert one.startswith("power.circle: Asked before a yes, and not in the table of people: P77.")
    assert any("P77" in each for each in said(written, "organisation", "doubtful"))
    assert said(changed("people", [], written), "power") == []


def test_the_decider_is_asked_and_is_as_many_as_said() -> None:
    """Both are only to be looked at again: a house may be as it is."""
    assert any(
        "decides" in each for each in said(changed("power.circle", "P2"), "power", "doubtful")
    )
    assert any(
        "committee" in each for each in said(changed("power.who", "committee"), "power", "doubtful")
    )


@pytest.mark.parametrize(
    ("place", "value", "section"),
    [
        ("power.source_on", "2026-06-09", "power"),
        ("people.0.on", "2026-06-09", "organisation"),
        ("finance.source_on", "2026-06-09", "finance"),
        ("territory.counted", "2026-06-09", "network"),
        ("territory.ends", "2026-06-09", "network"),
        ("claims.0.on", "2026-06-09", "direction"),
        ("claims.0.source_on", "2026-05-15", "direction"),
        ("execution.0.on", "2026-06-09", "execution"),
        ("execution.0.evidence_on", "2026-06-06", "execution"),
    ],
)
def test_no_source_is_later_than_what_it_is_cited_for(
    place: str, value: str, section: Section
) -> None:
    """And nothing is later than the day of the analysis; the day before it is right."""
    (one,) = said(changed(place, value), section)
    assert "is later than" in one
    before = date.fromordinal(date.fromisoformat(value).toordinal() - 1).isoformat()
    assert said(changed(place, before), section) == []


def test_a_statement_is_received_when_its_years_are_over() -> None:
    """And a year that is not over is none."""
    assert "before 2025 was over" in said(changed("finance.source_on", "2025-12-30"), "finance")[0]
    assert said(changed("finance.source_on", "2025-12-31"), "finance") == []
    later = [{**row, "year": row["year"] + 1} for row in example()["statement"]]
    assert any("2026 was not over" in each for each in said(changed("statement", later), "finance"))


def test_years_may_stand_in_any_order() -> None:
    """They are read from the earliest on."""
    assert said(changed("statement", example()["statement"][::-1]), "finance") == []


def test_the_other_territory_is_called_so() -> None:
    """The same group in both is not mixed up."""
    (one,) = said(changed("network.3.covered", 999.0), "network")
    assert "Territory to compare with: “Phone shops in towns” has 999 covered outlets" in one
    (one,) = said(changed("network.0.covered", 999.0), "network")
    assert one.startswith("network.here.0.covered: “Phone shops in towns” has 999")


@pytest.mark.parametrize(
    ("place", "value", "section", "field"),
    [
        ("claims.3.source_on", "2026-06-08", "direction", "claims.strategy.0.source_on"),
        ("claims.1.source", None, "direction", "claims.direction.1.source"),
        ("execution.2.evidence_on", "2026-06-08", "execution", "execution.2.evidence_on"),
        ("execution.2.evidence", None, "execution", "execution.2.evidence"),
        ("actions.4.owner", None, "execution", "actions.4.owner"),
        ("network.5.active", 999.0, "network", "network.reference.2.active"),
        ("people.7.on", "2026-06-09", "organisation", "people.7.on"),
        ("territory.ends", "2026-06-09", "network", "territory.ends"),
    ],
)
def test_a_finding_names_row_and_column_as_they_stand_in_the_form(
    place: str, value: object, section: Section, field: str
) -> None:
    """So that a page can lead there."""
    (one,) = only_wrong(look_through(read_analysis(changed(place, value)), section))
    assert one.field == field


def test_a_year_is_named_by_its_row_whatever_the_order() -> None:
    """As the trainee sees it in the table."""
    rows = example()["statement"][::-1]
    rows[0]["stock"] = -5.0
    (one,) = only_wrong(look_through(read_analysis(changed("statement", rows)), "finance"))
    assert one.field == "statement.0.stock"
    alone = look_through(read_analysis(changed("statement", rows[1:2])), "finance")
    assert "statement" in {each.field for each in alone}  # of all years together


def test_old_sources_and_one_source_for_all_are_only_looked_at_again() -> None:
    """Nobody is accused: it is said what would make them safer."""
    rows = [{**row, "source": "A talk", "source_on": "2026-05-04"} for row in example()["claims"]]
    written = changed("claims", rows)
    assert said(written, "direction") == []
    assert any("one source of one day" in each for each in said(written, "direction", "doubtful"))
    old = changed("power.source_on", "2024-05-14")
    assert said(old, "power") == []
    assert any("more than a year" in each for each in said(old, "power", "doubtful"))


@pytest.mark.parametrize(
    ("goal", "faults"),
    [
        ("2030 phones a month by the end of December", 0),
        ("五月底前新增五十家", 0),
        ("到 2027 年 5 月 31 日，覆盖 288 家", 0),
        ("288 shops by 31 May 2027", 0),
        ("288 shops", 1),
        ("To be better by 31 May 2027", 1),
        ("2027 年做得更好", 1),
        ("More and better", 2),
    ],
)
def test_a_goal_has_a_figure_and_a_day(goal: str, faults: int) -> None:
    """A year is no figure, and a figure of about two thousand is no year."""
    assert len(said(changed("goals.goal", goal), "execution")) == faults


def test_unreadable_influences_are_named_with_their_row() -> None:
    """As they were typed, cut where they are long."""
    (one,) = said(changed("people.3.influences", "the boss " * 30), "organisation")
    assert one.startswith("people.3.influences: Row 4: nobody can read whom “the boss the boss")
    assert len(one) < 250


def test_somebody_without_a_role_is_called_by_the_sign() -> None:
    """And not by an empty name."""
    found = said(changed("people.+", {"id": "P12"}), "organisation")
    assert any(each.startswith("people: P12 has no level") for each in found)


def test_today_bounds_the_day_of_the_analysis() -> None:
    """Or, where there is none, the judgements on people."""
    analysis = read_analysis(example())
    (one,) = only_wrong(look_through(analysis, "power", date(2026, 6, 7)))
    assert one.field == "customer.on"
    assert look_through(analysis, "organisation", date(2026, 5, 30)) == ()
    undated = replace(analysis, customer=replace(analysis.customer, on=None))
    assert look_through(undated, "organisation", date(2026, 6, 7)) == ()
    assert len(only_wrong(look_through(undated, "organisation", date(2026, 5, 30)))) == 1


VALUES = st.one_of(
    st.text(max_size=30), st.floats(allow_nan=False, allow_infinity=False), st.none(),
    st.dates().map(date.isoformat), st.dates(),
    st.sampled_from(["P1", "P2 9", "one", "here", "2027 年", "l3", "decides", "plans", "{n}", "%s"]),
)  # fmt: skip


@st.composite
def analyses(draw: st.DrawFn) -> dict[str, Any]:
    """Draw the example with some of its fields changed to anything."""
    written = example()
    for _ in range(draw(st.integers(1, 6))):
        part = draw(st.sampled_from(sorted(written)))
        rows = written[part]
        row = draw(st.sampled_from(rows)) if isinstance(rows, list) else rows
        row[draw(st.sampled_from(sorted(row)))] = draw(VALUES)
    return written


@settings(max_examples=60, deadline=None)
@given(analyses())
def test_whatever_is_written_is_looked_through(written: dict[str, Any]) -> None:
    """It never raises, and all that is said can be said."""
    analysis = read_analysis(written)
    for section in SECTIONS:
        for each in look_through(analysis, section, date(2026, 6, 8)):
            assert EN.say(each.said)
