"""Number keys and the figures of a case: they agree, its known errors are known, another case fits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kamlib.case1 import known_errors, values
from kamlib.case_facts import load_facts
from kamlib.course.build import UnitSources, bundle, read_unit
from kamlib.course.case_keys import disagreements, for_case
from kamlib.course.syllabus import Course
from kamlib.items.keys import Key, NumberKey, WorkedKey, parse_key
from kamlib.items.marking import mark_exercise
from kamlib.items.solution import solution
from kamlib.words import Words

UNIT = "07_case1_negotiation"
CASES = ("case", "case_1b")
EN = Words("en")


@pytest.fixture(scope="module")
def sources(course: Course) -> UnitSources:
    """Read the unit of the case."""
    return read_unit(course.unit(UNIT))


def in_case(sources: UnitSources, case: str) -> dict[str, Key]:
    """Return the exercise's keys with another case's figures and files."""
    folder = sources.unit.folder
    keys = for_case(sources.questions.graded, load_facts(folder / case))
    files = {"simulation": "simulation.json", "facts": "facts.yaml"}
    return {
        item: key.model_copy(
            update={
                "data": {
                    name: (folder / case / files[name]).read_text("utf-8") for name in key.data
                }
            }
        )
        if isinstance(key, WorkedKey)
        else key
        for item, key in keys.items()
    }


def test_every_graded_number_of_the_case_is_a_figure(sources: UnitSources) -> None:
    """No right value is only typed in: each is tied to the formula graph."""
    for item, key in sources.questions.graded.items():
        if isinstance(key, NumberKey):
            ways = [way.figure for way in key.readings.values()] or [key.figure]
            assert all(ways), item


def test_a_key_that_says_another_number_than_the_case_is_told(sources: UnitSources) -> None:
    """A slip in a key, or in a fact, stops the build and names both numbers."""
    facts = load_facts(sources.unit.folder / "case")
    wrong = parse_key(
        "number", {"explanation": "E", "value": 8700, "unit": "month", "figure": "D02"}
    )
    nowhere = parse_key(
        "number", {"explanation": "E", "value": 1, "unit": "month", "figure": "D999"}
    )
    said = [EN.say(one) for one in disagreements({"u.a": wrong, "u.b": nowhere}, facts)]
    assert said == [
        "The key of u.a says 8,700, and the figure D02 of the case is 6,900.",
        "The key of u.b names the figure D999, which the case does not have.",
    ]


def test_a_cohorts_keys_know_the_errors_of_the_case(sources: UnitSources) -> None:
    """Each known wrong way to a number of the exercise earns nothing and is told why."""
    made = bundle(sources, "0")
    items = {item.id: item for item in made.items}
    tried = 0
    for name, key in made.keys.items():
        if not isinstance(key, NumberKey) or not key.figure:
            continue
        right = [key.value, *(way.value for way in key.readings.values())]
        for error in known_errors(key.figure):
            if any(abs(error.value - value) <= key.full * abs(value) for value in right if value):
                continue
            tried += 1
            answer = {**solution(items[name], key), "value": error.value}
            (mark,) = mark_exercise([items[name]], {name: key}, {name: answer}).values()
            assert mark.score == 0, (name, error)
            assert mark.traps, (name, error)
    assert tried > 20


def test_the_added_errors_are_said_in_both_languages(sources: UnitSources) -> None:
    """What kamlib adds to a key needs no translation in the unit."""
    made = bundle(sources, "0")
    chinese = made.words("zh")
    for name, key in made.keys.items():
        if isinstance(key, NumberKey):
            assert all(chinese.translate(trap.message) != trap.message for trap in key.traps), name


@pytest.mark.parametrize("case", CASES)
def test_both_cases_run_through_the_same_exercise(sources: UnitSources, case: str) -> None:
    """With a case's own numbers every graded number is right, by the same items and marking."""
    items, keys = sources.graded(), in_case(sources, case)
    numbers = {item.id for item in items if isinstance(keys[item.id], NumberKey)}
    right = {item.id: solution(item, keys[item.id]) for item in items}
    marks = mark_exercise(items, keys, right)
    assert {name: marks[name].score for name in numbers} == {
        item.id: item.points for item in items if item.id in numbers
    }


def test_the_numbers_of_one_case_are_wrong_in_the_other(sources: UnitSources) -> None:
    """The second case has other numbers throughout, so nothing can be copied over."""
    items = sources.graded()
    first, second = (in_case(sources, case) for case in CASES)
    numbers = [item for item in items if isinstance(first[item.id], NumberKey)]
    copied = {item.id: solution(item, first[item.id]) for item in numbers}
    marks = mark_exercise(numbers, second, copied)
    assert sum(mark.score or 0 for mark in marks.values()) < 0.2 * sum(
        one.points for one in numbers
    )


def test_the_levers_of_the_other_case_are_worked_out_by_its_facts(sources: UnitSources) -> None:
    """The same plan is promised too much or too little where the facts are others."""
    name = "case1_negotiation.levers"
    item = next(one for one in sources.graded() if one.id == name)
    keys = in_case(sources, "case_1b")
    mark = mark_exercise([item], keys, {name: solution(item, keys[name])})[name]
    assert mark.score is not None
    assert 0 < mark.score < mark.max
    facts = load_facts(Path(sources.unit.folder) / "case_1b")
    assert values(facts)["tot"] != values()["tot"]


def test_figures_are_compared_for_readings_too(sources: UnitSources) -> None:
    """A reading whose value drifts from the case is told like any other."""
    facts = load_facts(sources.unit.folder / "case")
    name = "case1_negotiation.rival_volume"
    key = sources.questions.graded[name]
    assert isinstance(key, NumberKey)
    drifted = {**key.readings, "band": key.readings["band"].model_copy(update={"value": 14000.0})}
    changed = replace(
        sources.questions, graded={name: key.model_copy(update={"readings": drifted})}
    )
    (said,) = disagreements(changed.graded, facts)
    assert "14,000" in EN.say(said)
    assert "14,400" in EN.say(said)
