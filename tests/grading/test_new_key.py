"""A corrected key keeps what it reckons with as the cohort froze it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from kamlib.course.bundle import Bundle, from_json, to_json
from kamlib.grading.cohort_numbers import fall_text
from kamlib.grading.new_key import read_new_key
from kamlib.items.keys import parse_key
from kamlib.items.model import parse_item
from kamlib.words import Words

FIELDS = {"sign": {"label": "Sign"}, "role": {"label": "Role"}}
SHAPES: dict[str, dict[str, Any]] = {"plan": {"fields": FIELDS}, "table": {"columns": FIELDS}}
KEY = {"explanation": "E", "measure": "customer_analysis.people", "together": ["u.other"]}


def bundle(interaction: str) -> Bundle:
    """Make a bundle of one item that a measure works out."""
    item = parse_item(
        {"id": "u.q", "title": "T", "prompt": "?", "use": "graded", "interaction": interaction,
         **SHAPES[interaction]}
    )  # fmt: skip
    key = parse_key(interaction, {**KEY, "data": {"facts": "as frozen"}})
    return Bundle("u", "1", "T", (item,), {"u.q": key}, {}, {})


@pytest.mark.parametrize("interaction", SHAPES)
def test_a_correction_keeps_the_frozen_files(interaction: str, tmp_path: Path) -> None:
    """The key file names paths; what lay there when the cohort was made stays in force."""
    held = bundle(interaction)
    file = tmp_path / "key.yaml"
    changed = {**KEY, "explanation": "Why it is so.", "data": {"facts": "case/facts.yaml"}}
    file.write_text(yaml.safe_dump({"u.q": changed}), "utf-8")
    found = read_new_key(held, file)
    assert not found.problems
    assert found.bundle.keys["u.q"].explanation == "Why it is so."
    assert found.bundle.keys["u.q"].data == {"facts": "as frozen"}  # type: ignore[union-attr]


@pytest.mark.parametrize("interaction", SHAPES)
def test_a_measured_key_survives_the_cohorts_file(interaction: str) -> None:
    """With its measure, its files and the questions that belong to it."""
    held = bundle(interaction)
    assert from_json(to_json(held)).keys == held.keys


@pytest.mark.parametrize("interaction", SHAPES)
def test_what_a_measure_found_has_its_name_in_a_report(interaction: str) -> None:
    """A table's as a plan's; what no measure knows stands as it is."""
    held = bundle(interaction)
    item, key = held.items[0], held.keys["u.q"]
    called, said = fall_text(item, key, "no_decider")
    assert (Words("en").say(called), said) == ("Nobody in the table decides", "")
    assert fall_text(item, key, "strange") == ("strange", "")
    bare = {"rule": "filled", "fields": ["sign"], "message": "m"}
    if interaction == "table":
        plain = parse_key("table", {"explanation": "E", "checks": [bare]})
        assert fall_text(item, plain, "strange") == ("strange", "")
