"""Reading one hand-in: whose it is, and the sentence for what is wrong with it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kamlib.grading.cohort import Cohort
from kamlib.grading.handin import Attempt, Received, Refusal, read
from kamlib.words import Words

from .conftest import IN_TIME, UNIT

EN = Words("en")
ANSWERS = f"{UNIT}.answers.json"


def document(**fields: Any) -> bytes:
    """Return an answers file."""
    whole = {"format": 1, "course": "0.1", "unit": UNIT, "language": "en", "trainee": "A01", "revision": 0,
             "responses": {}, "stages": []}  # fmt: skip
    return json.dumps(whole | fields).encode()


def one(cohort: Cohort, files: dict[str, bytes], name: str = "A01") -> Attempt | Refusal:
    """Read one arrival that holds one hand-in."""
    (found,) = read(Received(name, "k", files, IN_TIME), cohort, {})
    return found


def test_the_code_in_the_answers_decides_and_a_strange_folder_is_told(cohort: Cohort) -> None:
    """Answers of A02 in A01's folder are A02's, and the instructor learns of it."""
    found = one(cohort, {ANSWERS: document(trainee="a02")})
    assert isinstance(found, Attempt)
    assert found.code == "A02"
    assert any("came in the folder of A01" in EN.say(note) for note in found.notes)


def test_answers_without_code_are_their_folders(cohort: Cohort) -> None:
    """Who handed in before typing a code is known by the folder, and the note says so."""
    found = one(cohort, {ANSWERS: document(trainee="")}, "2026_A03-homework.zip")
    assert isinstance(found, Attempt)
    assert found.code == "A03"
    assert "name no trainee" in EN.say(found.notes[0])


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({f"{UNIT}.ipynb": b"{}"}, f"the file {ANSWERS} is missing"),
        ({"cv.docx": b"x"}, "This is no hand-in"),
        ({ANSWERS: b"\xff\xfe\x00"}, "answers file"),
        ({ANSWERS: b"[]"}, "answers file"),
        ({"99_other.answers.json": document(unit="99_other")}, "which this cohort does not have"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence(
    cohort: Cohort, files: dict[str, bytes], sentence: str
) -> None:
    """Missing, foreign and damaged files end in a sentence, never an exception."""
    found = one(cohort, files)
    assert isinstance(found, Refusal)
    assert sentence in EN.say(found.why)
    assert len(EN.say(found.why)) > 20


def test_one_zip_may_hold_several_units(cohort: Cohort) -> None:
    """Each answers file in a hand-in is an attempt of its own."""
    files = {ANSWERS: document(), "02_x/99_other.answers.json": document(unit="99_other")}
    kinds = [type(found) for found in read(Received("A01", "k", files, IN_TIME), cohort, {})]
    assert sorted(kind.__name__ for kind in kinds) == ["Attempt", "Refusal"]


@pytest.mark.parametrize(
    "notebook", [b"", b"[]", b'{"cells": 3}', b'{"cells": [{"cell_type": "code"}]}', b"[" * 9000]
)
def test_a_damaged_notebook_does_not_stop_the_answers(cohort: Cohort, notebook: bytes) -> None:
    """The notebook is only looked at; the answers are marked whatever it holds."""
    found = one(cohort, {ANSWERS: document(), f"{UNIT}.ipynb": notebook})
    assert isinstance(found, Attempt)
    assert any("is damaged" in EN.say(note) for note in found.notes)
