"""A case's facts become known stage by stage, and a damaged file says what is wrong with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from kamlib.case_facts import CASE, UNITS, CaseError, Facts, load_facts

CASE_1B = CASE.parent / "case_1b"

each_case = pytest.mark.parametrize("folder", [CASE, CASE_1B], ids=["1", "1b"])


@each_case
def test_each_stage_gives_its_own_facts(folder: Path) -> None:
    """Both cases have the same 21 facts in the same stages, of the same kind."""
    case = load_facts(folder)
    given = {stage: [fact.id for fact in case.at(stage)] for stage in case.stages}
    assert given == {
        "S0": ["F01", "F02", "F03", "F04", "F05", "F06", "F07"],
        "S1": ["F08"],
        "S2": ["F09", "F10"],
        "S3": ["F11", "F12", "F13", "F14"],
        "S4": ["F15", "F16"],
        "S5": ["F17", "F18", "F19", "F20", "F21"],
    }
    first = load_facts(CASE)
    kinds = [(fact.measure, fact.disclosure, [v.name for v in fact.values]) for fact in case]
    assert kinds == [
        (fact.measure, fact.disclosure, [v.name for v in fact.values]) for fact in first
    ]


@each_case
def test_what_is_known_grows_and_never_looks_ahead(folder: Path) -> None:
    """Up to a stage means just the facts of it and before; opened stages add up to the whole."""
    case = load_facts(folder)
    known = case.up_to("S0")
    for stage in case.stages[1:]:
        assert all(fact.stage < stage for fact in known)
        known = known.joined(case.at(stage))
        assert known == case.up_to(stage)
    assert known == case
    assert "F20" not in case.up_to("S4")
    with pytest.raises(KeyError):
        case.up_to("S4")["F20"]
    assert "stB" not in case.up_to("S4").numbers


@each_case
def test_the_texts_say_the_numbers_and_no_name_of_a_formula(folder: Path) -> None:
    """Each number stands in both languages, as digits or as a word; names for formulas do not."""
    words = {1: ("one", "一", "once"), 2: ("two", "twice", "两"), 3: ("three",), 4: ("four",)}
    for fact in load_facts(folder):
        for value in fact.values:
            if value.name == "halves":
                continue  # “about equal”
            for text in (fact.text.en, fact.text.zh):
                shown = value.value if isinstance(value.value, str) else f"{value.value:,.0f}"
                also = words.get(value.value, ()) if isinstance(value.value, float) else ()
                assert any(way in text for way in (shown, *also)), (fact.id, value.name, text)
            long = value.name not in ("A", "B", "T", "P", "V", "W", "model", "band", "share",
                                      "credit", "deliveries")  # fmt: skip
            assert not (long and value.name in fact.text.en)
        assert " B " not in fact.text.en or fact.disclosure != "A"


def test_the_second_case_has_other_numbers() -> None:
    """No figure of case 1 can be carried over by heart."""
    first, second = load_facts(CASE).numbers, load_facts(CASE_1B).numbers
    alike = {name for name in first if first[name] == second[name]}
    assert alike == {"halves", "models_A"}
    assert (load_facts(CASE).provenance, load_facts(CASE_1B).provenance) == ("given", "invented")


def changed(**change: Any) -> dict[str, Any]:
    """Return the case's data with its second fact changed."""
    data: dict[str, Any] = yaml.safe_load((CASE / "facts.yaml").read_text("utf-8"))
    data["facts"][1] |= change
    return data


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"id": "F03"}, "F03 stands there twice"),
        ({"values": [{"name": "B", "value": 1, "unit": "units"}]}, "given twice: B"),
        ({"values": [{"name": "x", "value": 1, "unit": "barrels"}]}, "no such unit: barrels"),
        ({"values": [{"name": "x", "value": "a lot", "unit": "units"}]}, "x is a word or a number"),
        ({"disclosure": "secret"}, "facts > F02 > disclosure"),
        ({"text": {"en": "only one"}}, "the text of F02 is missing in “zh”"),
        ({"text": {"en": "a", "zh": "b", "fr": "c"}}, "facts > F02 > text > fr"),
        ({"colour": "red"}, "colour"),
    ],
    ids=["id", "name", "unit", "word", "class", "language", "other", "unknown"],
)
def test_a_slip_in_a_case_is_named(tmp_path: Path, change: dict[str, Any], says: str) -> None:
    """What does not fit is said with its place."""
    (tmp_path / "facts.yaml").write_text(yaml.safe_dump(changed(**change)), "utf-8")
    with pytest.raises(CaseError) as caught:
        load_facts(tmp_path)
    assert says in str(caught.value)


def test_a_missing_or_unreadable_case_is_named(tmp_path: Path) -> None:
    """No file and no YAML end in a sentence each."""
    with pytest.raises(CaseError, match="is not there"):
        load_facts(tmp_path)
    (tmp_path / "facts.yaml").write_text("facts: [", "utf-8")
    with pytest.raises(CaseError, match="cannot be read as YAML"):
        load_facts(tmp_path)
    (tmp_path / "facts.yaml").write_bytes("story: 省代".encode("gb18030"))
    with pytest.raises(CaseError, match="cannot be read as YAML"):
        load_facts(tmp_path)
    (tmp_path / "facts.yaml").write_text("provenance: given\nprovenance: invented\n", "utf-8")
    with pytest.raises(CaseError, match="the key 'provenance' stands twice"):
        load_facts(tmp_path)


@pytest.mark.parametrize("text", ["", "facts: {}", "facts: [F01]", "[]", "nothing: []"])
def test_a_file_without_facts_says_what_belongs_there(tmp_path: Path, text: str) -> None:
    """Whatever stands there instead, its author reads what a case's file has."""
    (tmp_path / "facts.yaml").write_text(text, "utf-8")
    with pytest.raises(CaseError) as caught:
        load_facts(tmp_path)
    assert str(caught.value) == (
        "facts.yaml has a list of facts under “facts”, each with id, stage and text."
    )


def test_every_slip_is_told_at_once_by_the_name_of_its_fact(tmp_path: Path) -> None:
    """A fact that stands twice and a text that is not translated are said together."""
    data = changed(id="F03", text={"en": "Only one.", "zh": ""})
    del data["facts"][4]["text"]
    (tmp_path / "facts.yaml").write_text(yaml.safe_dump(data), "utf-8")
    with pytest.raises(CaseError) as caught:
        load_facts(tmp_path)
    assert caught.value.args == (
        "facts.yaml: F03 stands there twice.",
        "facts.yaml: the text of F03 is missing in “zh”.",
        "facts.yaml: the text of F05 is missing in “en”.",
        "facts.yaml: the text of F05 is missing in “zh”.",
    )


def test_facts_do_not_change() -> None:
    """A record once read stays as it is, and can be written and read again."""
    case = load_facts(CASE)
    with pytest.raises(ValueError, match="frozen"):
        case["F02"].stage = "S9"  # type: ignore[misc]
    assert Facts.model_validate(case.model_dump()) == case
    assert all(value.unit in UNITS for fact in case for value in fact.values)
