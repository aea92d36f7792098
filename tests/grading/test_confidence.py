"""Confidence: how sure people said they were beside how often they were right."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from kamlib.grading.cohort_numbers import TooFew
from kamlib.grading.confidence import Calibration, calibration, said
from kamlib.grading.results import ItemResult, Result, Trainee
from kamlib.items.mark import Mark, Outcome
from kamlib.items.model import Item, parse_item
from kamlib.words import message


def number(name: str = "ratio", confidence: bool = True) -> Item:
    """Return a number item worth 2 points."""
    return parse_item(
        {"id": f"u.{name}", "interaction": "number", "title": "Ratio", "prompt": "?", "points": 2,
         "quantity": "Ratio", "units": {"times": "times"}, "confidence": confidence}
    )  # fmt: skip


ITEM = number()


def answer(no: int, sure: object, score: float | None, human: float | None = None) -> Result:
    """Return the result of trainee `no`, so sure, with this score of 2."""
    mark = Mark("u.ratio", score, 2, Outcome.PARTLY, (message("x"),))
    response: Any = {"value": "2.15", "confidence": sure}
    one = ItemResult(mark, response, human)
    return Result(Trainee(f"A{no}", "", "en"), "u", (one,), None, attempts=1, counted=1)


def found(results: list[Result]) -> Calibration:
    """Return the calibration where there is one."""
    made = calibration([ITEM], results)
    assert isinstance(made, Calibration)
    return made


def test_an_answer_is_as_right_as_it_was_though_a_gate_holds_its_marks() -> None:
    """Right is what the answer earned by itself."""
    held = answer(1, 90, 1)
    (one,) = held.items
    held = replace(held, items=(replace(one, mark=replace(one.mark, own=2.0)),))
    assert [each.right for each in said([ITEM], [held])] == [True]


def test_forty_nine_answers_are_too_few() -> None:
    """A workshop is told so; at fifty there is a curve."""
    results = [answer(no, 80, 2) for no in range(50)]
    assert calibration([ITEM], results[:49]) == TooFew(49, 50)
    assert found(results).answers == 50


def test_without_a_question_that_asks_there_is_nothing() -> None:
    """An exercise that asks nobody how sure he is has no curve at all."""
    assert calibration([number(confidence=False)], [answer(1, 80, 2)]) is None


def test_brier_is_the_mean_squared_distance() -> None:
    """Sure and right is 0, sure and wrong 1, and who always says 50 % gets 0.25."""
    assert found([answer(no, 100, 2) for no in range(50)]).brier == 0
    assert found([answer(no, 100, 0) for no in range(50)]).brier == 1
    assert found([answer(no, 50, 2 * (no % 2)) for no in range(50)]).brier == 0.25
    mixed = [answer(no, 80, 2 if no < 30 else 0) for no in range(50)]
    assert found(mixed).brier == pytest.approx(0.6 * 0.04 + 0.4 * 0.64)


def test_right_is_what_has_all_its_points() -> None:
    """Half marks are not right, a person's mark counts, and what waits is left out."""
    results = [answer(1, 60, 1), answer(2, 60, 0, human=2), answer(3, 60, None), answer(4, 60, 2)]
    assert [one.right for one in said([ITEM], results)] == [False, True, True]


@pytest.mark.parametrize(
    ("typed", "sure"),
    [("80", 0.8), ("80 %", 0.8), (0, 0.0), (100, 1.0), ("", None), (None, None), ("very", None),
     (120, None), (["80"], None), (True, None)],
)  # fmt: skip
def test_confidence_is_read_as_it_was_typed(typed: object, sure: float | None) -> None:
    """Whatever stands in an answers file is read or passed over."""
    assert [one.sure for one in said([ITEM], [answer(1, typed, 2)])] == (
        [] if sure is None else [pytest.approx(sure)]
    )


@pytest.mark.parametrize("response", [None, 3, "x", {"value": "no number", "confidence": 80}, []])
def test_answers_of_any_shape_are_survived(response: object) -> None:
    """An answer that is none has no confidence."""
    mark = Mark("u.ratio", 0.0, 2, Outcome.INCORRECT, (message("x"),))
    one = Result(
        Trainee("A", "", "en"), "u", (ItemResult(mark, response),), None, attempts=1, counted=1
    )
    assert said([ITEM], [one]) == []


def test_bands_hold_every_answer_once() -> None:
    """The bounds belong to one band each, 100 % to the last; ten answers make a share."""
    results = [answer(no, sure, 2) for no, sure in enumerate(list(range(0, 101, 2)))]
    bands = found(results).bands
    assert [band.answers for band in bands] == [10, 10, 10, 10, 11]
    assert sum(band.answers for band in bands) == len(results)
    assert all(band.right == 1.0 and band.bounds is not None for band in bands)


def test_a_thin_band_is_no_share() -> None:
    """Nine answers in a band are too few to judge, and an empty band too."""
    results = [answer(no, 90, 2) for no in range(45)] + [answer(no, 30, 0) for no in range(50, 59)]
    bands = found(results).bands
    assert [band.right for band in bands] == [
        TooFew(0, 10), TooFew(9, 10), TooFew(0, 10), TooFew(0, 10), 1.0
    ]  # fmt: skip
    assert bands[1].bounds is None


def test_the_gap_is_only_clear_where_it_is() -> None:
    """A small gap has 0 in its interval, a large one has not."""
    level = found([answer(no, 80, 2 * (no % 4 > 0)) for no in range(60)])
    over = found([answer(no, 90, 2 * (no % 2)) for no in range(60)])
    assert level.low < 0 < level.high
    assert over.low > 0


def test_answers_of_one_person_are_not_taken_for_many_people() -> None:
    """Twelve answers of each of five people tell less than sixty people's, and the interval says so."""
    alone = [answer(no, 90, 2 * (no // 12 % 2)) for no in range(60)]
    few = [answer(no // 12, 90, 2 * (no // 12 % 2)) for no in range(60)]
    assert found(few).high - found(few).low > 3 * (found(alone).high - found(alone).low)
