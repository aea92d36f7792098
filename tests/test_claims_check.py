"""Statements, scores and actions: what lacks is named, and how much of a section is there."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kamlib.claims_check import (
    AT_LEAST,
    SECTIONS,
    Action,
    Claims,
    Score,
    Source,
    Statement,
    check,
)
from kamlib.words import LANGUAGES, Words

VISIT = Source("visit, sales director", date(2026, 5, 4))
STATEMENT = Statement("opens ten shops this year", date(2026, 5, 6), (VISIT,))
SCORE = Score("pays on the agreed day", 3, date(2026, 5, 6), (VISIT,))
ACTION = Action(
    "agree a stock list", "account manager", date(2026, 7, 1), "4 hours", "12 lines in stock"
)
GOOD = Claims(date(2026, 6, 1), (STATEMENT,) * 2, (STATEMENT,) * 2, (SCORE,) * 3, (ACTION,) * 3)  # fmt: skip


def fields(claims: Claims, today: date | None = None) -> list[str]:
    return [each.field for each in check(claims, today).findings]


def test_what_is_complete_has_no_finding() -> None:
    found = check(GOOD, date(2026, 6, 1))
    assert found.findings == ()
    assert [found.complete[each].share for each in SECTIONS] == [1, 1, 1, 1]


def test_nothing_at_all_is_0_and_says_what_to_add() -> None:
    found = check(Claims())
    assert [each.field for each in found.findings] == ["on", *SECTIONS]
    assert [found.complete[each].share for each in SECTIONS] == [0, 0, 0, 0]


@pytest.mark.parametrize(("change", "field"), [
    ({"text": " "}, "text"),
    ({"on": None}, "on"),
    ({"on": date(2026, 6, 2)}, "on"),
    ({"sources": ()}, "sources"),
    ({"sources": (Source(),)}, "sources"),
    ({"sources": (replace(VISIT, text=""),)}, "sources.0.text"),
    ({"sources": (replace(VISIT, on=None),)}, "sources.0.on"),
    ({"sources": (VISIT, replace(VISIT, on=date(2026, 5, 7)))}, "sources.1.on"),
])  # fmt: skip
def test_a_statement_has_a_source_that_is_not_later(change: dict[str, object], field: str) -> None:
    """It is of 6 May, its source of 4 May; the analysis is of 1 June."""
    changed = replace(STATEMENT, **change)  # type: ignore[arg-type]
    assert fields(replace(GOOD, direction=(STATEMENT, changed))) == [f"direction.1.{field}"]
    assert fields(replace(GOOD, strategy=(changed, STATEMENT))) == [f"strategy.0.{field}"]


@pytest.mark.parametrize(("change", "field"), [
    ({"criterion": ""}, "criterion"),
    ({"level": None}, "level"),
    ({"level": 0}, "level"),
    ({"level": 5}, "level"),
    ({"evidence": ()}, "evidence"),
    ({"evidence": (replace(VISIT, on=date(2026, 5, 7)),)}, "evidence.0.on"),
])  # fmt: skip
def test_a_score_has_a_level_and_evidence(change: dict[str, object], field: str) -> None:
    changed = replace(SCORE, **change)  # type: ignore[arg-type]
    assert fields(replace(GOOD, execution=(SCORE, SCORE, changed))) == [f"execution.2.{field}"]


@pytest.mark.parametrize(("change", "field", "severity"), [
    ({"text": ""}, "text", "wrong"),
    ({"owner": " "}, "owner", "wrong"),
    ({"due": None}, "due", "wrong"),
    ({"due": date(2026, 5, 31)}, "due", "wrong"),
    ({"resource": ""}, "resource", "wrong"),
    ({"result": ""}, "result", "wrong"),
    ({"result": "better mood"}, "result", "doubtful"),
])  # fmt: skip
def test_an_action_has_owner_day_resource_and_result(
    change: dict[str, object], field: str, severity: str
) -> None:
    changed = replace(ACTION, **change)  # type: ignore[arg-type]
    (found,) = check(replace(GOOD, actions=(changed, ACTION, ACTION))).findings
    assert (found.field, found.severity) == (f"actions.0.{field}", severity)


def test_a_chinese_number_counts_as_one() -> None:
    changed = replace(ACTION, result="多铺三十家店")
    assert fields(replace(GOOD, actions=(changed,) * 3)) == []


def test_an_analysis_is_not_later_than_today() -> None:
    assert fields(GOOD, date(2026, 5, 31)) == ["on"]


def test_blank_rows_do_not_count_and_keep_the_places_of_others() -> None:
    """The row of the form is named, and the sentence counts what is written."""
    rows = (Statement(), STATEMENT, replace(STATEMENT, text=""))
    (found,) = check(replace(GOOD, direction=rows)).findings
    assert found.field == "direction.2.text"
    assert Words("en").say(found.reason) == "“direction 2” says nothing yet."


def test_completeness_counts_fields_and_missing_entries() -> None:
    """Of a statement 4 fields count. One whole and one with only its text: 5 of 8; one alone: 4 of 8.

    An action has 5: one without owner and day of three is 3 of 15.
    """
    half = (STATEMENT, Statement("grows"))
    some = replace(ACTION, owner="", due=None)
    found = check(Claims(date(2026, 6, 1), half, (STATEMENT,), (), (some,))).complete
    assert (found["direction"].there, found["direction"].needed) == (5, 8)
    assert found["strategy"].share == 0.5
    assert (found["execution"].there, found["execution"].needed) == (0, 15)
    assert found["actions"].share == pytest.approx(3 / 15)
    assert check(Claims(), at_least={}).complete["actions"].share == 1


TEXT = st.text(max_size=6)
DATES = st.none() | st.dates()
SOURCES = st.lists(st.builds(Source, TEXT, DATES), max_size=3).map(tuple)
STATEMENTS = st.lists(st.builds(Statement, TEXT, DATES, SOURCES), max_size=4).map(tuple)
SCORES = st.builds(Score, TEXT, st.none() | st.integers(), DATES, SOURCES)
ACTIONS = st.builds(Action, TEXT, TEXT, DATES, TEXT, TEXT)
CLAIMS = st.builds(Claims, DATES, STATEMENTS, STATEMENTS, st.lists(SCORES, max_size=4).map(tuple),
                   st.lists(ACTIONS, max_size=4).map(tuple))  # fmt: skip


@given(CLAIMS, DATES)
def test_no_claims_stop_the_check(claims: Claims, today: date | None) -> None:
    """Whatever was typed, each finding speaks, and a section without findings is complete."""
    found = check(claims, today)
    for lang in LANGUAGES:
        assert all(Words(lang).say(each.said) for each in found.findings)
    for section in SECTIONS:
        assert 0 <= found.complete[section].share <= 1
        if not any(each.field.startswith(section) for each in found.findings):
            assert found.complete[section].share == 1
    assert AT_LEAST.keys() == set(SECTIONS)
