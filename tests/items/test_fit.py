"""A key that does not fit its item is found when the course is built."""

from __future__ import annotations

from typing import Any

import pytest

from kamlib.items.fit import misfits
from kamlib.items.keys import Key, parse_key
from kamlib.items.model import INTERACTIONS, Item, parse_item
from kamlib.words import Words

EN = Words("en")


@pytest.mark.parametrize("interaction", INTERACTIONS)
def test_the_samples_fit(samples: dict[str, tuple[Item, Key]], interaction: str) -> None:
    """A sound pair of every interaction has nothing to mend."""
    assert misfits(*samples[interaction]) == []


CHANGES: list[tuple[str, dict[str, Any]]] = [
    ("choice", {"answer": "typo"}),
    ("choice", {"messages": {"typo": "m"}}),
    ("choices", {"answer": ["typo"]}),
    ("match", {"answer": {"typo": "typo"}}),
    ("order", {"answer": ["typo", "typo2", "typo3"]}),
    ("classify", {"messages": {"typo": "m"}}),
    ("spot_error", {"where": "typo"}),
    ("spot_error", {"kind": "typo"}),
    ("number", {"unit": "typo"}),
    ("evidence", {"messages": {"typo": "m"}}),
    ("structured", {"example": {"typo": "x"}}),
    ("plan", {"measure": "typo"}),
    ("plan", {"checks": [{"rule": "filled", "fields": ["typo"], "message": "m"}]}),
    (
        "plan",
        {
            "checks": [
                {
                    "rule": "filled",
                    "fields": ["visits_3"],
                    "message": "m",
                    "when": {"field": "typo", "above": 1},
                }
            ]
        },
    ),
    (
        "plan",
        {
            "checks": [
                {
                    "rule": "filled",
                    "fields": ["visits_3"],
                    "message": "m",
                    "unless": {"field": "lift_source", "options": ["typo"]},
                }
            ]
        },
    ),
    ("table", {"example": [{"typo": "x"}]}),
    ("table", {"measure": "typo"}),
    ("text", {"levels": {"typo": ["0", "1", "2", "3"]}}),
    ("text", {"comments": {"c": {"criterion": "typo", "text": "m"}}}),
    ("text", {"look_for": {"typo": ["w"]}}),
]


@pytest.mark.parametrize(("interaction", "change"), CHANGES)
def test_a_name_that_the_item_does_not_have_is_told(
    samples: dict[str, tuple[Item, Key]], interaction: str, change: dict[str, Any]
) -> None:
    """The sentence names the item and the mistyped name."""
    item, key = samples[interaction]
    data = key.model_dump(mode="json", exclude_defaults=True, exclude={"interaction"}) | change
    said = [EN.say(problem) for problem in misfits(item, parse_key(interaction, data))]
    assert any(item.id in sentence and "typo" in sentence for sentence in said), said


def test_a_stem_without_an_answer_is_told(samples: dict[str, tuple[Item, Key]]) -> None:
    """A line that the key forgot could never be right."""
    item, key = samples["classify"]
    answer = dict(list(key.answer.items())[1:])  # type: ignore[union-attr]
    data = key.model_dump(mode="json", exclude_defaults=True, exclude={"interaction"}) | {
        "answer": answer
    }
    (problem,) = misfits(item, parse_key("classify", data))
    assert "says nothing of" in EN.say(problem)


def put(data: dict[str, Any], path: str, value: Any) -> None:
    *names, last = path.split("/")
    for name in names:
        data = data[name]
    data[last] = value


LINES = [{"who": "lin", "says": "Hm."}]
AMISS: list[tuple[str, Any, str]] = [
    ("start", "gone", "its start “gone” is no turn."),
    ("cast", {"lin": "Lin", "you": "You"}, "“you” is the trainee"),
    ("turns/t1/lines", [{"who": "bo", "says": "Hm."}], "in the turn “t1” speaks “bo”"),
    ("turns/t1/lines", [], "in the turn “t1” nobody says anything."),
    ("turns/t1/ending", "Over.", "the turn “t1” has choices and an ending"),
    ("turns/full/ending", "", "the turn “full” has neither choices nor an ending."),
    ("turns/t1/choices/ask/to", "gone", "“ask” of the turn “t1” leads to “gone”, which is no turn"),
    ("turns/t1/choices/ask/to", "t1", "the turn “t1” leads back to itself"),
    ("turns/t2/choices/check/to", "t1", "the turn “t2” leads back to itself"),
    ("turns/lost", {"ending": "Over."}, "nothing leads to the turn “lost”."),
    ("turns/t1/choices/ask/effects", {"fame": 1}, "moves “fame”, which is not measured."),
    ("turns/t1/choices", {"ask": {"says": "A", "to": "t2"}}, "“t1” has 1 choices; give it 2 to 4"),
    ("others/jun/path", ["deny"], "the path of “jun” stops at the turn “t2”"),
    ("others/jun/path", ["deny", "typo"], "“jun” cannot be walked: the turn “t2” has no choice “typo”"),
    ("others/jun/path", ["deny", "check", "ask"], "the turn “full” has no choice “ask”"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "sentence"), AMISS)
def test_what_is_amiss_in_a_scene_is_told(
    samples: dict[str, tuple[Item, Key]], path: str, value: Any, sentence: str
) -> None:
    """Every way leads on, to an ending, and every name is one that the scene has."""
    item, key = samples["scene"]
    data = item.model_dump()
    put(data, path, value)
    said = [EN.say(problem) for problem in misfits(parse_item(data), key)]
    assert any(sentence in one and item.id in one for one in said), said


def test_a_best_path_that_is_not_good_enough_is_told(
    samples: dict[str, tuple[Item, Key]],
) -> None:
    """A scene nobody can win by its own key is found before a trainee plays it."""
    item, key = samples["scene"]
    told = misfits(item, key.model_copy(update={"enough": {"target": 3}}))
    assert [EN.say(one) for one in told] == [
        "sample.scene: its best path ends with “target” at 2, and 3 is asked for."
    ]
    told = misfits(item, key.model_copy(update={"best": ("ask",)}))
    assert "the path of “best” stops at the turn “t2”" in EN.say(told[0])


MANNER = {"label": "l", "message": "m"}
BY_BLAME = MANNER | {"name": "a", "all_of": ["blame"]}
OPEN = MANNER | {"name": "open"}


@pytest.mark.parametrize(
    ("verdicts", "sentence"),
    [
        ([BY_BLAME], "its last verdict, “a”, must be without conditions"),
        ([MANNER | {"name": "b", "none_of": ["fact"]}], "its last verdict, “b”, must be without"),
        (
            [OPEN, BY_BLAME, MANNER | {"name": "end"}],
            "“open” is without conditions, so those after",
        ),
        ([BY_BLAME, BY_BLAME, OPEN], "the verdict “a” stands twice."),
    ],
)
def test_every_text_gets_one_verdict_and_every_verdict_can_be_given(
    samples: dict[str, tuple[Item, Key]], verdicts: list[dict[str, Any]], sentence: str
) -> None:
    """The last takes what is left over, and none before it does."""
    item, _ = samples["reflect"]
    key = parse_key("reflect", {"explanation": "So.", "verdicts": verdicts})
    (problem,) = misfits(item, key)
    assert sentence in EN.say(problem)
