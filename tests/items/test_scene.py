"""A scene is walked by its choices: what was said, what it did, and whether it is over."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from kamlib.items.keys import Key
from kamlib.items.model import PRACTICE_ONLY, Item, Scene, parse_item
from kamlib.items.scene import reach, signed, transcript, walk

Samples = dict[str, tuple[Item, Key]]


@pytest.fixture
def scene(samples: Samples) -> Scene:
    """Take the scene of the samples."""
    item, _ = samples["scene"]
    assert isinstance(item, Scene)
    return item


def test_a_path_moves_the_measures_step_by_step(scene: Scene) -> None:
    """Each choice adds what it does; a measure that it leaves alone stays."""
    found = [walk(scene, path).measures for path in ([], ["ask"], ["ask", "promise"])]
    assert found == [
        {"target": 0, "trust": 0}, {"target": 1, "trust": 1}, {"target": 1, "trust": 0},
    ]  # fmt: skip


def test_a_scene_is_over_where_nothing_is_left_to_choose(scene: Scene) -> None:
    """Only an ending finishes it."""
    assert [walk(scene, path).finished for path in ([], ["ask"], ["ask", "check"])] == [
        False, False, True,
    ]  # fmt: skip
    assert walk(scene, ["ask", "check"]).turn.ending == "The truck comes."


@pytest.mark.parametrize("odd", ["zzz", "check", None, 3, [], {}, ["ask"], True])
def test_what_is_no_choice_here_ends_the_walk(scene: Scene, odd: Any) -> None:
    """The steps before it stand, and all that follows is given back."""
    walked = walk(scene, ["ask", odd if odd != "check" else "ask", "check"])
    assert [step.choice for step in walked.steps] == ["ask"]
    assert walked.lost == (odd if odd != "check" else "ask", "check")
    assert walked.at == "t2"
    assert walk(scene, ["ask", "check", "ask"]).lost == ("ask",)


def test_the_transcript_holds_all_that_was_said(scene: Scene) -> None:
    """Both sides in order, up to the turn that was reached; the trainee's choices are marked."""
    said = [(line.who, line.says, bool(line.step)) for line in transcript(walk(scene, ["deny"]))]
    assert said == [
        ("lin", "You are late.", False), ("lin", "By two days.", False),
        ("you", "We are not.", True), ("lin", "Nine shops.", False),
    ]  # fmt: skip


def test_bars_are_drawn_on_the_scale_of_what_can_be_reached(scene: Scene) -> None:
    """The scale is the furthest that any measure comes on any way, on the way there included."""
    assert reach(scene) == 3  # deny, then promise
    moved = scene.model_dump()
    moved["turns"]["t1"]["choices"]["ask"]["effects"] = {"target": 3}
    moved["turns"]["t2"]["choices"]["promise"]["effects"] = {"target": -3}
    moved["turns"]["t2"]["choices"]["check"]["effects"] = {"target": 2}
    assert reach(Scene.model_validate(moved)) == 5
    assert signed(reach(scene)) == "+3"


def test_a_scene_that_runs_in_circles_or_nowhere_is_still_no_trap(scene: Scene) -> None:
    """No course has one, since its build refuses it; a page that meets one does not hang."""
    moved = scene.model_dump()
    moved["turns"]["t2"]["choices"]["check"]["to"] = "t1"
    moved["turns"]["t2"]["choices"]["promise"]["to"] = "gone"
    circle = Scene.model_validate(moved)
    assert reach(circle) >= 1
    assert walk(circle, ["ask", "check", "ask"]).at == "t2"
    assert walk(circle, ["ask", "promise"]).finished
    lost = circle.model_copy(update={"start": "nowhere"})
    assert walk(lost, ["ask"]).lost == ("ask",)


@pytest.mark.parametrize("interaction", PRACTICE_ONLY)
def test_rehearsals_are_for_practice_only(samples: Samples, interaction: str) -> None:
    """A scene gives its key away in play, and one's own words are nobody's to mark."""
    data = samples[interaction][0].model_dump()
    with pytest.raises(ValidationError, match="for practice only"):
        parse_item(data | {"use": "graded"})


@pytest.mark.parametrize("by", [4, -4, 0.5, "much"])
def test_a_choice_moves_a_measure_by_little(samples: Samples, by: Any) -> None:
    """Steps are whole numbers from -3 to 3, so that measures can be compared at a glance."""
    data = samples["scene"][0].model_dump()
    data["turns"]["t1"]["choices"]["ask"]["effects"] = {"trust": by}
    with pytest.raises(ValidationError):
        parse_item(data)
