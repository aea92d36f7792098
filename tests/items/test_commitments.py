"""Committing a stage: once, whole or not at all, and what was committed is what counts."""

from __future__ import annotations

import copy
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from kamlib.items.answers import Answers, AnswersFile, parse_answers
from kamlib.items.commitments import (
    SIGNS,
    Commitment,
    as_record,
    clean_receipt,
    commitment,
    commitments,
    counted,
    digest,
    receipt,
    recorded,
)
from kamlib.items.model import Item, parse_item

NOW = datetime(2026, 6, 10, 9, 30, tzinfo=UTC)
IDS = ["case.one", "case.two"]


def item(name: str, stage: str) -> Item:
    return parse_item({"id": f"case.{name}", "interaction": "text", "use": "graded", "title": name,
                       "prompt": "?", "criteria": {"r": "Reason"}, "stage": stage})  # fmt: skip


ITEMS = [item("one", "S1"), item("two", "S1"), item("three", "S2")]


def commit(file: AnswersFile, stage: str = "S1") -> Answers:
    return file.commit(stage, lambda now: as_record(commitment(stage, IDS, now, "A07", NOW)))


def answer(file: AnswersFile, name: str, text: str) -> None:
    file.save(f"case.{name}", {"text": text}, seen=99, window="w", keep_mine=True)


@pytest.fixture
def file(tmp_path: Path) -> AnswersFile:
    """Answer the first question of the stage, and leave the second blank."""
    made = AnswersFile(tmp_path / "02_case.answers.json", lambda: NOW)
    answer(made, "one", "Before.")
    return made


def test_what_was_committed_counts(file: AnswersFile) -> None:
    """Answers changed, and answers given, after a stage was committed do not count; others do."""
    assert counted(ITEMS, file.load()).responses == {"case.one": {"text": "Before."}}
    commit(file)
    for name in ("one", "two", "three"):
        answer(file, name, "After.")
    found = counted(ITEMS, file.load())
    assert found.responses == {"case.one": {"text": "Before."}, "case.three": {"text": "After."}}
    assert found.changed == {"S1": ("case.one", "case.two")}
    assert file.load().responses["case.one"] == {"text": "After."}  # nothing typed is lost
    answer(file, "one", "Before.")
    assert counted(ITEMS, file.load()).changed == {"S1": ("case.two",)}


def test_an_emptied_form_is_no_change(file: AnswersFile) -> None:
    """A form that was opened and left empty after the commitment says as little as none at all."""
    commit(file)
    file.save("case.two", {}, seen=0, window="w")
    assert counted(ITEMS, file.load()).changed == {}


def test_a_stage_is_committed_once(file: AnswersFile) -> None:
    """Committing again, also from another window, gives the record that is there."""
    first = commit(file)
    answer(file, "one", "After.")
    before = file.path.read_bytes()
    again = commit(AnswersFile(file.path, lambda: NOW))
    assert again.stages == first.stages
    assert file.path.read_bytes() == before


def test_two_windows_commit_at_the_same_time(file: AnswersFile) -> None:
    """Of many that commit at once one record stays, and every one of them gets it."""
    found: list[Any] = []
    threads = [
        threading.Thread(target=lambda: found.append(commit(AnswersFile(file.path)).stages))
        for _ in range(8)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(found) == 8
    assert all(stages == found[0] and len(stages) == 1 for stages in found)


KILLED = """
import os, sys
from kamlib.items import answers
place, path = int(sys.argv[1]), sys.argv[2]
steps = 0
def dies(real):
    def step(*args, **more):
        global steps
        steps += 1
        if steps == place:
            os._exit(9)
        return real(*args, **more)
    return step
for name in ("fsync", "replace", "chmod", "fdopen"):
    setattr(answers.os, name, dies(getattr(answers.os, name)))
from tests.items.test_commitments import commit
commit(answers.AnswersFile(path))
print("committed")
"""


@pytest.mark.parametrize("step", range(1, 7))
def test_killed_while_committing(file: AnswersFile, step: int) -> None:
    """Whenever the process dies, the stage is either committed or not, and no answer is lost."""
    ran = subprocess.run(
        [sys.executable, "-c", KILLED, str(step), str(file.path)],
        cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (ran.returncode == 9) != ("committed" in ran.stdout), ran.stderr
    answers = parse_answers(file.path.read_bytes())
    assert answers.responses == {"case.one": {"text": "Before."}}
    done = commitments(answers)
    assert not done or done["S1"].sound
    assert commitments(commit(file))["S1"].responses == {"case.one": {"text": "Before."}}


def test_a_receipt_tells_answers_apart(file: AnswersFile) -> None:
    """The receipt follows from answers, stage and trainee, and has no sign that looks like another."""
    one = commitments(commit(file))["S1"]
    assert one.sound
    assert (one.at, one.trainee) == (NOW, "A07")
    assert set(one.receipt) <= set(SIGNS)
    assert not set(SIGNS) & set("01IO")
    others = {
        receipt("S1", "A08", one.digest),
        receipt("S2", "A07", one.digest),
        receipt("S1", "A07", digest("S1", {"case.one": {"text": "Before!"}})),
    }
    assert len(others | {one.receipt}) == 4
    assert clean_receipt(f" {one.receipt[:3].lower()} {one.receipt[3:]}") == one.receipt


@pytest.mark.parametrize("what", ["responses", "digest", "receipt", "trainee"])
def test_a_record_that_was_changed_is_not_sound(file: AnswersFile, what: str) -> None:
    """Whoever changes a record by hand, in whatever part, leaves it not matching its receipt."""
    record = copy.deepcopy(dict(commit(file).stages[0]))
    record[what] = {"case.one": {"text": "Better."}} if what == "responses" else "AAAAAA"
    found = commitments(Answers({"stages": [record]}))
    assert not found["S1"].sound


@pytest.mark.parametrize(
    "record",
    [None, 7, [], "S1", {}, {"stage": "S1"}, {"stage": 1, "trainee": "", "digest": "", "receipt": "", "responses": {}},
     {"stage": "", "trainee": "", "digest": "", "receipt": "", "responses": {}},
     {"stage": "S1", "trainee": "", "digest": "", "receipt": "", "responses": []}],
)  # fmt: skip
def test_what_is_no_record_is_left_out(record: Any) -> None:
    """A hand-in comes from a stranger: whatever stands under `stages`, the answers of today count then."""
    answers = Answers({"stages": [record], "responses": {"case.one": {"response": {"text": "A"}}}})
    assert commitments(answers) == {}
    assert counted(ITEMS, answers).responses == {"case.one": {"text": "A"}}


def test_a_record_says_nothing_of_other_stages(file: AnswersFile) -> None:
    """Answers that a record smuggles in for another stage's question do not count."""
    forged = commitment("S1", [], Answers({}), "A07", NOW)
    forged = recorded(forged, {"case.three": {"text": "Smuggled."}})
    document = dict(file.load().document) | {"stages": [as_record(forged)]}
    assert "case.three" not in counted(ITEMS, Answers(document)).responses


def test_other_words_in_an_answer_keep_a_sound_record_sound(file: AnswersFile) -> None:
    """Where names are taken out of answers, the record's digest follows; a forged one stays forged."""
    one = commitments(commit(file))["S1"]
    assert recorded(one, {"case.one": {"text": "A01."}}).sound
    forged = Commitment("S1", NOW, "A07", "0", "AAAAAA", one.responses)
    assert not recorded(forged, one.responses).sound
