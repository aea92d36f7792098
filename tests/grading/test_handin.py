"""Reading one hand-in: whose it is, and the sentence for what is wrong with it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from kamlib.grading.cohort import Cohort
from kamlib.grading.handin import Attempt, Received, Refusal, owners, perhaps, read
from kamlib.words import Words

from .conftest import IN_TIME, UNIT, about

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


def test_a_corrected_code_counts_wherever_a_hand_in_says_it(cohort: Cohort) -> None:
    """In the answers and in a folder's name, what cohort.yaml corrects is read as the right code."""
    settings = cohort.settings.model_copy(update={"codes": {"A70": "A01"}})
    corrected = replace(cohort, settings=settings)
    for document_code, name in (("a70", "x.zip"), ("", "2026_A70-homework.zip")):
        found = one(corrected, {ANSWERS: document(trainee=document_code)}, name)
        assert isinstance(found, Attempt)
        assert found.code == "A01"


@pytest.mark.parametrize(
    ("typed", "people"),
    [("A10", ["A01"]), ("A0", ["A01", "A02"]), ("B03", ["A03"]), ("QQQ", []), ("", [])],
)
def test_who_may_be_meant_by_a_code(cohort: Cohort, typed: str, people: list[str]) -> None:
    """Letters that changed places come first; at most two people, and nobody where none is near."""
    hint = perhaps(typed, cohort.roster.values())
    said = EN.say(hint) if hint else ""
    assert [code for code in cohort.roster if code in said] == people


def test_every_file_of_an_arrival_has_its_owner(cohort: Cohort) -> None:
    """Answers say it, damaged ones too; other files go with the answers beside or above them."""
    files = {
        f"one/{ANSWERS}": document(trainee="a01"),
        "one/notes/photo.jpg": b"",
        f"two/{ANSWERS}": b'{"format": 1, "trainee" : "A02", "resp',
        "two/x.ipynb": b"{}",
        f"A03/{ANSWERS}": b"",
        "A03/x.ipynb": b"",
        "loose.txt": b"",
    }
    found = owners(Received("all.zip", "k", files, IN_TIME), cohort.roster)
    assert list(found.values()) == ["A01", "A01", "A02", "A02", "A03", "A03", ""]
    under_a_name = owners(Received("A04/all.zip", "k", files, IN_TIME), cohort.roster)
    assert under_a_name["loose.txt"] == "A04"
    assert under_a_name[f"one/{ANSWERS}"] == "A01"


# Personal data.

PHONE = "13812345678"
PROSE = "am_types.always_right"


@pytest.fixture
def about_people(cohort: Cohort) -> Cohort:
    """The cohort as it would be if one question of the exercise were about people."""
    return about(cohort, PROSE)


def written(text: str, **more: Any) -> bytes:
    """Return an answers file with one answer in prose."""
    return document(responses={PROSE: {"response": {"text": text}}}, **more)


def sent_back(cohort: Cohort, files: dict[str, bytes]) -> Refusal:
    """Read one arrival that is sent back; whose it is, is known."""
    found = one(cohort, files)
    assert isinstance(found, Refusal)
    assert (found.sent_back, found.code, found.unit) == (True, "A01", UNIT)
    return found


@pytest.mark.parametrize("typed", [PHONE, "138 1234 5678", "１３８１２３４５６７８"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_answers_with_personal_data_are_sent_back(
    about_people: Cohort, typed: str, lang: str
) -> None:
    """However a number is typed: where it stands is said in the question's own words, masked."""
    found = sent_back(about_people, {ANSWERS: written(f"Ask {typed}.")})
    bundle = about_people.bundles[UNIT]
    title = next(item.title for item in bundle.items if item.id == PROSE)
    said = bundle.words(lang).say(found.told)
    assert f"“{bundle.words(lang).translate(title)}”" in said
    assert typed not in said
    assert "inbox/k.zip" in said
    assert "inbox" not in bundle.words(lang).say(found.why)


@pytest.mark.parametrize(
    "file",
    [
        document(responses={"am_types.gone": {"response": {"text": PHONE}}}),
        document(responses={PROSE: {"response": {"text": "x", "disagree": PHONE}}}),
        document(responses={PROSE: {"response": {"text": "x"}, "history": [{"text": PHONE}]}}),
        document(stages=[{"stage": "S1", "responses": {"a": PHONE}}]),
        document(remark=PHONE),
    ],
)
def test_the_whole_file_is_looked_through(about_people: Cohort, file: bytes) -> None:
    """Objections, earlier versions, and what no question asked for are found too."""
    assert PHONE not in EN.say(sent_back(about_people, {ANSWERS: file}).told)


def test_a_name_sends_nothing_back(about_people: Cohort) -> None:
    """A pseudonym may stay, so likely names are taken in."""
    assert isinstance(one(about_people, {ANSWERS: written("王小明经理 decides.")}), Attempt)


def test_where_no_question_is_about_people_nothing_is_looked_through(
    cohort: Cohort, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The frozen questions of the cohort decide, and ordinary units cost nothing."""
    monkeypatch.setattr("kamlib.items.personal_data.scan", lambda texts: 1 / 0)
    assert isinstance(one(cohort, {ANSWERS: written(PHONE)}), Attempt)


def test_of_several_exercises_in_one_file_only_these_answers_go(about_people: Cohort) -> None:
    """The instructor is not told to delete what others answers lie in."""
    files = {ANSWERS: written(PHONE), "02_x/99_other.answers.json": document(unit="99_other")}
    found = read(Received("A01", "k", files, IN_TIME), about_people, {})
    (back,) = [one for one in found if isinstance(one, Refusal) and one.sent_back]
    assert f"take {ANSWERS} out of it there" in EN.say(back.told)
