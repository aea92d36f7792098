"""What an author is told of a question that its key does not prove."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

import kamlib.testing as module
from kamlib.course.build import read_unit
from kamlib.course.syllabus import Course
from kamlib.items.keys import Key, parse_key
from kamlib.items.model import INTERACTIONS, Item, parse_item
from kamlib.items.texts import texts_of
from kamlib.testing import Case, cases, prove, sentences
from kamlib.words import Words
from tests.conftest import chinese

Samples = dict[str, tuple[Item, Key]]

MENDED: dict[str, dict[str, Any]] = {
    "choice": {"gate": None},
    "match": {"answer": {"x": ["b", "a"], "y": "a"}},
    "recall": {
        "points": {
            "p": {"name": "Authority", "accept": ["uses authority", "使用授权"]},
            "q": {"name": "Duty", "accept": ["bears duty", "承担义务"]},
            "r": {"name": "Gain", "accept": ["win-win", "双赢"]},
        }
    },
    "scene": {"messages": {"trust": "He must feel heard.", "target": "Ask for the order."}},
}
"""What the samples of the other tests lack for a proof, by interaction."""

GATE = {"options": ["b"], "cap": 0.5, "message": "Far off."}


def changed(
    samples: Samples, interaction: str, key: dict[str, Any] | None = None, **item: Any
) -> Case:
    """Return a sound question of this interaction with some fields of it and of its key changed."""
    sample, sample_key = samples[interaction]
    data = sample_key.model_dump(mode="json", exclude_defaults=True, exclude={"interaction"})
    data |= MENDED.get(interaction, {}) | (key or {})
    made = parse_item({**sample.model_dump(mode="json", exclude_defaults=True), **item})
    made_key = parse_key(interaction, data)
    texts = [*texts_of(made), *texts_of(made_key)]
    return Case(made, made_key, texts={"zh": {text: chinese(text) for text in texts}})


def told(case: Case) -> list[str]:
    """Return what is wrong with a question, without its name."""
    return [one.removeprefix(f"{case}: ").removesuffix(".") for one in sentences(prove(case))]


@pytest.mark.parametrize("interaction", INTERACTIONS)
def test_a_sound_question_is_proved(samples: Samples, interaction: str) -> None:
    """Of every interaction there is a question of which nothing is wrong."""
    assert told(changed(samples, interaction)) == []


@pytest.mark.parametrize("interaction", sorted(set(INTERACTIONS) - {"scene", "reflect"}))
def test_a_sound_graded_question_is_proved(samples: Samples, interaction: str) -> None:
    """The proof is the same after a hand-in, where a gate counts too."""
    gated = {"gate": GATE} if interaction in ("choice", "choices") else {}
    assert told(changed(samples, interaction, gated, use="graded")) == []


WRONG: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    # A message that is missing, dead, or said twice.
    ("choice", {"messages": {}}, {}, "the option “b” has no message of its own in the key (messages.b)"),
    ("choice", {"reason_messages": {}}, {}, "the reason “s” has no message of its own in the key (reason_messages.s)"),
    ("choice", {"messages": {"a": "Right.", "b": "No."}}, {}, "no answer is ever told “Right.” (messages.a in the key)"),
    ("choice", {"messages": {"b": "So."}}, {}, "messages.b and explanation in the key say the same: “So.”"),
    ("choice", {"reason_messages": {"s": "Not the second."}}, {},
     "messages.b and reason_messages.s in the key say the same: “Not the second.”"),
    ("choice", {"gate": GATE}, {}, "the option “b” should be told “Far off.”, “Not the second.”, and is told “Not the second.”"),
    ("choices", {"messages": {}}, {}, "the option “b” has no message of its own in the key (messages.b)"),
    ("match", {"answer": {"x": ["a", "b", "c"], "y": "a"}}, {}, "no answer is ever told “Look again.” (messages.x in the key)"),
    ("order", {"messages": {"a": "Never first."}}, {}, "no answer is ever told “Never first.” (messages.a in the key)"),
    ("spot_error", {"messages": {"two": "It is."}}, {}, "no answer is ever told “It is.” (messages.two in the key)"),
    ("evidence", {"messages": {"f": "Not it."}, "answer": {"x": [{"all_of": ["f"]}], "y": [{"any_of": ["f", "g"]}]}}, {},
     "no answer is ever told “Not it.” (messages.f in the key)"),
    # Numbers.
    ("number", {"traps": [{"name": "near", "value": 90.1, "unit": "percent", "message": "Near."}]}, {},
     "the trap “near”, typed “90.1” should not earn full marks"),
    ("number", {"traps": [{"name": "one", "value": 3000, "message": "One."}, {"name": "two", "value": 3000, "message": "Two."}]}, {},
     "the trap “two”, typed “3,000” should be told “Two.”, and is told “One.”"),
    ("number", {"traps": [{"name": "one", "value": 3000, "message": "Same."}, {"name": "other", "value": 4000, "message": "Same."}]}, {},
     "traps.one and traps.other in the key say the same: “Same.”"),
    ("number", {"readings": {}, "value": 4, "unit": "cases", "formula": "a * 3", "inputs": {"a": 2}, "traps": []}, {},
     "its formula gives 6 and its key says 4"),
    ("number", {"readings": {}, "value": 4, "unit": "cases", "formula": "a * 3", "inputs": {"a": "u.gone"}, "traps": []}, {},
     "its formula builds on u.gone, which is no number of this exercise"),
    # Lists from memory.
    ("recall", {"points": {"p": {"name": "P", "accept": ["uses authority"]}}}, {}, "the point “p” accepts no phrase in Chinese"),
    ("recall", {"enough": 3}, {}, "3 points are asked for full marks; there are 3 points and 2 lines"),
    ("recall", {"points": {"p": {"name": "P", "accept": ["market share", "市场份额"]}, "q": {"name": "Q", "accept": ["!!", "双赢"]}}}, {},
     "“!!” does not earn the point “q” that accepts it"),
    # Fields.
    ("structured", {"checks": [{"rule": "distinct", "fields": ["why"], "message": "Once."}]}, {},
     "no answer is ever told “Once.” (checks.distinct:why in the key)"),
    ("structured", {"checks": [{"rule": "filled", "fields": ["owner"], "message": "Same."}, {"rule": "between", "fields": ["goal"], "low": 1, "message": "Same."}]}, {},
     "checks.filled:owner and checks.between:goal in the key say the same: “Same.”"),
    ("structured", {"checks": [{"rule": "one_of", "fields": ["owner"], "options": ["lin"], "message": "Lin."}, {"rule": "one_of", "fields": ["owner"], "options": ["lin"], "message": "Again."}]}, {},
     "an answer that breaks “one_of:owner” should be told “Lin.”, and is told “Again.”, “Lin.”"),
    ("structured", {"checks": [{"rule": "says", "fields": ["why"], "words": ["late"], "message": "Why?"}]}, {},
     "“says:why” accepts no word in one of the languages: late"),
    ("structured", {"example": {"owner": "lin"}}, {}, "the key's own answer is not called complete (Still to fill in: Goal, Start.)"),
    ("table", {"example": [{"who": "Lin", "share": 70}, {"who": "Mei", "share": 40}]}, {},
     "the key's own answer should earn full marks, and earns 0 of 1 (Not a hundred, So)"),
    ("text", {"levels": {"reason": ["None", "None", "One", "Two"]}}, {}, "two levels of “reason” in the rubric say the same"),
    # Conversations, and the trainee's own words.
    ("scene", {"messages": {"trust": "He must feel heard."}}, {}, "the way deny, promise has no message of its own in the key (messages.target)"),
    ("scene", {"enough": {"target": 2, "trust": -9}}, {}, "no answer is ever told “He must feel heard.” (messages.trust in the key)"),
    ("reflect", {"verdicts": [{"name": "one", "none_of": ["step"], "label": "One", "message": "Without."},
                              {"name": "two", "none_of": ["step"], "label": "Two", "message": "Never."},
                              {"name": "rest", "label": "Rest", "message": "With."}]}, {},
     "no answer is ever told “Never.” (verdicts.two in the key)"),
    # A key that does not fit, as the build tells it too.
    ("choices", {"answer": ["a", "z"]}, {}, "its key names “z”, which the item does not have"),
]  # fmt: skip


@pytest.mark.parametrize(("interaction", "key", "item", "said"), WRONG)
def test_an_author_is_told(
    samples: Samples, interaction: str, key: dict[str, Any], item: dict[str, Any], said: str
) -> None:
    """Each mistake in a key has its sentence, which names the question and the place."""
    case = changed(samples, interaction, key, **item)
    assert said in told(case)
    assert all(one.startswith("sample.") for one in sentences(prove(case)))


def test_a_phrase_that_also_earns_when_turned_round_is_told(samples: Samples) -> None:
    """A negated line that names a point all the same is a hole in the key."""
    accept = ["stops deliveries", "deliveries", "供货", "never stops deliveries"]
    case = changed(samples, "recall", {"points": {"p": {"name": "P", "accept": accept}}})
    assert "“never stops deliveries” says the opposite of the point “p”, and earns it" in told(case)


@pytest.mark.parametrize(
    ("text", "there", "said"),
    [
        ("First <option>", "", "“First <option>” has no Chinese"),
        ("First <option>", "First option", "“First <option>” is not in Chinese: “First option”"),
    ],
)
def test_a_text_without_translation_is_told(
    samples: Samples, text: str, there: str, said: str
) -> None:
    """A question that stays English in the Chinese edition is not done."""
    case = changed(samples, "choice")
    texts = {"zh": {**case.texts["zh"], text: there}}
    assert told(Case(case.item, case.key, texts=texts)) == [said]


def test_messages_that_differ_must_differ_in_every_language(samples: Samples) -> None:
    """Two mistakes that hear the same in Chinese only are told as such."""
    traps = [
        {"name": name, "value": value, "message": name.title()}
        for name, value in (("first", 3000), ("second", 4000))
    ]
    case = changed(samples, "number", {"traps": traps})
    same = {"zh": case.texts["zh"] | {"First": "不对。", "Second": "不对。"}}
    assert told(Case(case.item, case.key, texts=same)) == [
        "in Chinese, traps.first and traps.second in the key say the same: “不对。”"
    ]


def test_traps_of_one_mistake_may_say_the_same(samples: Samples) -> None:
    """A value and its rounding are one wrong turn; the longer name says so."""
    traps = [
        {"name": "gap", "value": 3000, "message": "Same."},
        {"name": "gap_rounded", "value": 3100, "message": "Same."},
    ]
    assert told(changed(samples, "number", {"traps": traps})) == []


def test_per_cent_has_to_be_so_in_both_languages(samples: Samples) -> None:
    """Where only the English label says per cent, “15 %” would be read in two ways."""
    units = {"share": "per cent", "cases": "cases"}
    readings = {
        "sell_in": {"value": 90, "unit": "share"},
        "sell_out": {"value": 62, "unit": "share"},
    }
    case = changed(samples, "number", {"readings": readings}, units=units)
    texts = {"zh": case.texts["zh"] | {"per cent": "百分之"}}
    said = told(Case(case.item, case.key, texts=texts))
    assert "the unit “share” is per cent in one language only; call it percent" in said


def test_a_name_shown_instead_of_its_label_is_told(
    samples: Samples, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader never sees the names by which an author calls options."""
    case = changed(samples, "choice", options={"first_one": "First", "b": "Second"},
                   key={"answer": "first_one"})  # fmt: skip
    assert told(case) == []
    monkeypatch.setattr("kamlib.testing.shown", lambda item, response: [("", response["choice"])])
    assert told(case) == [
        "the right answer is shown with the name “first_one” instead of its label"
    ]


def test_a_gate_has_to_cap(samples: Samples, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the exercise kept more than the cap of a gate that was met, its author would know."""
    case = changed(samples, "choice", {"gate": GATE | {"cap": 0.1}}, use="graded", points=6)
    assert told(case) == []
    real = case.key
    higher = parse_key("choice", {**real.model_dump(mode="json", exclude={"interaction"}),
                                  "gate": GATE | {"cap": 0.9}})  # fmt: skip

    marked = module.mark_exercise
    monkeypatch.setattr(
        module, "mark_exercise",
        lambda items, keys, responses: marked(items, dict.fromkeys(keys, higher), responses),
    )  # fmt: skip
    assert "with the option “b” the exercise earns more than its gate allows" in told(case)


NUMBERS = [
    ("u.first", {"value": 6, "unit": "cases"}),
    ("u.then", {"value": 18, "unit": "cases", "formula": "a * 3", "inputs": {"a": "u.first"}}),
]


def following(second: dict[str, Any]) -> Case:
    """Return a number that builds on another of the same exercise."""
    exercise = {}
    for name, key in (NUMBERS[0], ("u.then", NUMBERS[1][1] | second)):
        item = parse_item({"id": name, "interaction": "number", "use": "graded", "title": "一", "prompt": "一",
                           "quantity": "一", "units": {"cases": "一"}})  # fmt: skip
        exercise[name] = item, parse_key("number", {"explanation": "因为", **key})
    return Case(*exercise["u.then"], exercise, {"zh": {"一": "一", "因为": "因为"}})


def test_a_number_that_follows_from_a_wrong_one_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The proof answers the earlier question wrongly and goes on from it."""
    assert told(following({})) == []
    assert told(following({"value": 19})) == ["its formula gives 18 and its key says 19"]
    monkeypatch.setattr("kamlib.items.marking._follow_on", lambda *_: None)
    assert any(one.startswith("what follows from 8.22 in u.first") for one in told(following({})))


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        ({"needs_human": True}, "a blank answer is not marked as not attempted"),
        ({"score": 1.0}, "a blank answer is not marked as not attempted"),
    ],
)
def test_a_blank_that_counts_is_told(
    samples: Samples, monkeypatch: pytest.MonkeyPatch, outcome: dict[str, Any], said: str
) -> None:
    """A blank earns nothing and waits for nobody."""
    real = module.check
    monkeypatch.setattr(
        module,
        "check",
        lambda item, key, response: (
            real(item, key, response)
            if response
            else dataclasses.replace(real(item, key, response), **outcome)
        ),
    )
    assert said in told(changed(samples, "order"))


def test_prose_that_earned_by_machine_would_be_told(
    samples: Samples, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The model answer waits for a person like any other text."""
    real = module.check
    monkeypatch.setattr(
        module,
        "check",
        lambda item, key, response: (
            dataclasses.replace(real(item, key, response), score=1.0) if response else real(item, key, response)
        ),
    )  # fmt: skip
    assert told(changed(samples, "text")) == [
        "the key's own answer is marked without a person having read it"
    ]


def test_a_kind_of_question_without_proof_is_told(
    samples: Samples, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new interaction is not proved by being unknown."""
    monkeypatch.setattr("kamlib.testing.PROBES", {})
    assert told(changed(samples, "order")) == ["there is no proof yet of a question of its kind"]


def test_cases_of_a_unit(tiny_course: Course) -> None:
    """Every question of a unit is a case, named by its id, in the order of the file."""
    found = cases(tiny_course.units[0])
    assert [str(case) for case in found] == ["tiny.warm_up", "tiny.who", "tiny.why"]
    assert [list(case.exercise) for case in found] == [[], ["tiny.who", "tiny.why"], ["tiny.who", "tiny.why"]]  # fmt: skip
    assert cases(read_unit(tiny_course.units[0])) == found
    assert prove(found) == []


def test_an_example_left_in_a_finished_unit_is_told(samples: Samples) -> None:
    """Only a draft may hold the questions that a new unit begins with."""
    case = changed(samples, "order", id="sample.example_one")
    said = "this is the example that a new unit begins with; put your own question here"
    assert told(case) == [said]
    assert told(Case(case.item, case.key, texts=case.texts, draft=True)) == []


def test_problems_can_be_read_in_chinese(samples: Samples) -> None:
    """An author may read the sentences in either language."""
    problems = prove(changed(samples, "choice", {"messages": {}}))
    assert sentences(problems, "zh") == [Words("zh").say(problems[0])]
