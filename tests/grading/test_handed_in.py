"""A hand-in as the workbook makes it, accepted, checked against its manifest, and told when it is not whole."""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from kamlib.course.syllabus import Course
from kamlib.forms.handin import HandIn, build_hand_in
from kamlib.forms.identity import Identity, write_identity
from kamlib.grading.cohort import Cohort
from kamlib.grading.handin import Attempt, Refusal, read
from kamlib.grading.intake import kept, take
from kamlib.grading.pipeline import grade
from kamlib.items.answers import AnswersFile, answers_name
from kamlib.items.manifest import NAME, manifest_bytes, read_manifest
from kamlib.words import Words

from .conftest import UNIT

EN = Words("en")
ANSWERS = answers_name(UNIT)
NOTEBOOK = f"{UNIT}.ipynb"
NOW = datetime(2026, 6, 20, tzinfo=UTC)
ANSWERED = datetime(2026, 6, 12, 10, 20, tzinfo=UTC)

Make = Callable[..., HandIn]


@pytest.fixture
def make(one_unit: Course, tmp_path: Path) -> Make:
    """Answer a question in a workbook of one's own and press the button."""

    def press(code: str = "A01", hour: int = 10) -> HandIn:
        root = tmp_path / "workbook" / code
        if not root.exists():
            folder = root / "units" / UNIT
            folder.mkdir(parents=True)
            (root / "kam.json").write_text('{"lang": "zh", "version": "0.1"}', "utf-8")
            released = one_unit.unit(UNIT).release("zh") / NOTEBOOK
            (folder / "exercise.zh.ipynb").write_bytes(released.read_bytes())
            write_identity(root, Identity(code, "林晓", "zh"))
        file = AnswersFile(root / "units" / UNIT / ANSWERS, lambda: ANSWERED.replace(hour=hour))
        entry = file.load().entry("am_types.vignettes")
        file.save("am_types.vignettes", {"classes": {"hour": hour}}, seen=entry.revision if entry else 0, window="w")  # fmt: skip
        return build_hand_in(root, UNIT, lambda: ANSWERED.replace(hour=hour))

    return press


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    """A folder of hand-ins."""
    folder = tmp_path / "drop"
    folder.mkdir()
    return folder


def opened(data: bytes) -> dict[str, bytes]:
    """Return the files in a zip."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(files: dict[str, bytes]) -> bytes:
    """Return a zip of these files, as somebody's own program makes it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def judged(cohort: Cohort, drop: Path) -> list[Attempt | Refusal]:
    """Take a folder in and read what came."""
    cells = json.loads(cohort.exercise(UNIT, "zh").read_text("utf-8"))["cells"]
    ours = {UNIT: frozenset("".join(cell["source"]) for cell in cells)}
    return [one for received in take(drop, cohort, NOW) for one in read(received, cohort, ours)]


def sent(made: HandIn, drop: Path, name: str = "", **files: bytes | None) -> Path:
    """Put a hand-in into the drop folder, with files changed, added or (None) taken out."""
    whole: dict[str, Any] = opened(made.path.read_bytes())
    whole |= {{"answers": ANSWERS, "notebook": NOTEBOOK, "manifest": NAME, "extra": "notes.json"}[n]: data
              for n, data in files.items()}  # fmt: skip
    path = drop / (name or made.path.name)
    path.write_bytes(zipped({n: data for n, data in whole.items() if data is not None}))
    return path


def notes(cohort: Cohort, drop: Path) -> list[str]:
    """Return the remarks on the one hand-in there, which counts."""
    (found,) = judged(cohort, drop)
    assert isinstance(found, Attempt)
    return [EN.say(note) for note in found.notes]


def why(cohort: Cohort, drop: Path) -> str:
    """Return why the one hand-in there was refused; it is known whose it is."""
    (found,) = judged(cohort, drop)
    assert isinstance(found, Refusal)
    assert (found.code, found.unit) == ("A01", UNIT)
    return EN.say(found.why)


def test_what_the_button_makes_is_accepted_without_a_remark(
    cohort: Cohort, make: Make, drop: Path
) -> None:
    """The file as it was made: known by its code, with its receipt, nothing to say."""
    made = make()
    (drop / made.path.name).write_bytes(made.path.read_bytes())
    (found,) = judged(cohort, drop)
    assert isinstance(found, Attempt)
    assert (found.code, found.unit, found.receipt, found.notes) == ("A01", UNIT, made.receipt, ())


def test_a_renamed_file_is_accepted(cohort: Cohort, make: Make, drop: Path) -> None:
    """A platform or a person may name the file as they like."""
    sent(make(), drop, "homework (1).zip")
    assert notes(cohort, drop) == []


def test_many_in_one_zip_are_each_accepted(cohort: Cohort, make: Make, drop: Path) -> None:
    """What a platform gives as one download is as good as the files in it."""
    made = [make("A01"), make("A03")]
    files = {f"{one.trainee}/{one.path.name}": one.path.read_bytes() for one in made}
    (drop / "all.zip").write_bytes(zipped(files))
    found = judged(cohort, drop)
    assert [one.code for one in found] == ["A01", "A03"]
    assert all(isinstance(one, Attempt) and not one.notes for one in found)


def test_an_unpacked_hand_in_is_checked_too(cohort: Cohort, make: Make, drop: Path) -> None:
    """A trainee or a platform may have unpacked it into a folder."""
    folder = drop / "A01"
    folder.mkdir()
    for name, data in opened(make().path.read_bytes()).items():
        (folder / name).write_bytes(data)
    assert notes(cohort, drop) == []
    (folder / NOTEBOOK).unlink()
    assert any("Missing" in note for note in notes(cohort, drop))


def test_edited_answers_are_refused(cohort: Cohort, make: Make, drop: Path) -> None:
    """Answers that are not those of the receipt are not marked; the trainee hands in again."""
    made = make()
    edited = opened(made.path.read_bytes())[ANSWERS].replace(b'"hour": 10', b'"hour": 11')
    sent(made, drop, answers=edited)
    said = why(cohort, drop)
    assert "The answers were changed after the hand-in was made" in said
    assert made.receipt in said
    assert "Hand in again" in said


def test_answers_cut_off_on_the_way_are_refused(cohort: Cohort, make: Make, drop: Path) -> None:
    """A damaged file gets the same sentence, for nobody can say which it is."""
    made = make()
    sent(made, drop, answers=opened(made.path.read_bytes())[ANSWERS][:40])
    assert "or damaged on the way" in why(cohort, drop)


def test_answers_that_the_manifest_does_not_list_are_refused(
    cohort: Cohort, make: Make, drop: Path
) -> None:
    """Answers put into another hand-in are not covered by its receipt."""
    made = make()
    told = json.loads(opened(made.path.read_bytes())[NAME])
    del told["files"][ANSWERS]
    sent(made, drop, manifest=json.dumps(told).encode())
    assert "do not match receipt" in why(cohort, drop)


def test_missing_answers_are_refused(cohort: Cohort, make: Make, drop: Path) -> None:
    """A hand-in without its answers ends in the sentence that names the file."""
    sent(make(), drop, answers=None)
    assert f"the file {ANSWERS} is missing" in why(cohort, drop)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"notebook": b"{}"}, f"Changed after the hand-in was made: {NOTEBOOK}."),
        ({"notebook": None}, f"Missing, though it was there when the hand-in was made: {NOTEBOOK}."),
        ({"extra": b"{}"}, "Added after the hand-in was made: notes.json."),
        ({"manifest": b"\xff"}, "Its MANIFEST.json is not one that the workbook writes"),
        ({"manifest": b'{"name": "an app", "version": "1"}'}, "is not one that the workbook writes"),
        ({"manifest": b'{"format": 9}'}, "has another format (9; this edition knows 1)"),
    ],
)  # fmt: skip
def test_what_else_differs_is_told_and_the_answers_count(
    cohort: Cohort, make: Make, drop: Path, change: dict[str, bytes | None], sentence: str
) -> None:
    """Whatever but the answers was changed, lost, added or is foreign is one remark of its own."""
    sent(make(), drop, **change)
    assert sum(sentence in note for note in notes(cohort, drop)) == 1


def test_a_receipt_in_the_name_that_is_another_is_told(
    cohort: Cohort, make: Make, drop: Path
) -> None:
    """A file that was renamed to an earlier receipt, or whose manifest was changed, is told."""
    made = make()
    sent(made, drop, f"{UNIT}_A01_0000-1111-2222.zip")
    (said,) = notes(cohort, drop)
    assert "gives receipt 0000-1111-2222" in said
    assert made.receipt in said


def test_a_zip_of_something_else_is_no_hand_in(cohort: Cohort, drop: Path) -> None:
    """A foreign zip with a manifest of its own ends in the sentence for foreign files."""
    files = {NAME: b'{"format": 1}', "photo.jpg": b"\xff\xd8"}
    (drop / "A01.zip").write_bytes(zipped(files))
    (found,) = judged(cohort, drop)
    assert isinstance(found, Refusal)
    assert "This is no hand-in" in EN.say(found.why)


def test_the_files_time_stands_before_the_hand_ins_own_word(
    cohort: Cohort, make: Make, drop: Path
) -> None:
    """A zip by itself has the time of its file; the manifest does not make it earlier."""
    path = sent(make(), drop)
    os.utime(path, (1_780_000_000, 1_780_000_000))
    (found,) = judged(cohort, drop)
    assert (found.received.at.timestamp(), found.received.clock) == (1_780_000_000, "file")


def test_in_a_zip_of_many_the_hand_ins_own_time_is_marked_as_such(
    cohort: Cohort, make: Make, drop: Path
) -> None:
    """The download's time says nothing of when each came: the manifest's stands in, self-reported.

    The inbox gives the same again, and a platform's list beats both.
    """
    made = make()
    (drop / "all.zip").write_bytes(zipped({made.path.name: made.path.read_bytes()}))
    (found,) = judged(cohort, drop)
    assert (found.received.at, found.received.clock) == (ANSWERED, "self")
    assert [(one.at, one.clock) for one in kept(cohort)] == [(ANSWERED, "self")]
    (drop / "received.csv").write_text(
        f"file,received_at\n{made.path.name},2026-06-14T08:00:00+08:00\n", "utf-8"
    )
    (found,) = judged(cohort, drop)
    assert (found.received.at.isoformat(), found.received.clock) == (
        "2026-06-14T08:00:00+08:00", "platform",
    )  # fmt: skip


def test_a_hand_in_from_the_future_came_when_it_was_taken(
    cohort: Cohort, make: Make, drop: Path
) -> None:
    """A computer whose clock is wrong does not make an attempt the last one for ever."""
    made = make()
    files = opened(made.path.read_bytes())
    told = json.loads(files[NAME])
    told["answered_at"] = "2099-01-01T00:00:00+00:00"
    path = drop / "all.zip"
    path.write_bytes(zipped({"A01.zip": zipped(files | {NAME: json.dumps(told).encode()})}))
    os.utime(path, (1_780_000_000, 1_780_000_000))
    (found,) = judged(cohort, drop)
    assert found.received.at.timestamp() == 1_780_000_000


def test_the_last_attempt_counts_and_its_receipt_is_in_the_feedback(
    cohort: Cohort, make: Make, drop: Path
) -> None:
    """From the button to the feedback page: two attempts, the later one's receipt, marks and all."""
    for hour in (8, 9):
        made = make(hour=hour)
        path = drop / made.path.name
        path.write_bytes(made.path.read_bytes())
        when = ANSWERED.replace(hour=hour).timestamp()
        os.utime(path, (when, when))
    graded = grade(cohort, [drop], NOW)
    assert graded.refusals == ()
    assert graded.remarks == ()
    result = next(one for one in graded.results[UNIT] if one.trainee.code == "A01")
    assert (result.counted, result.attempts, result.receipt) == (2, 2, made.receipt)
    page = cohort.root / "feedback_preview" / "A01" / UNIT / f"{UNIT}.html"
    assert page.read_text("utf-8").count(made.receipt) == 1


def test_another_name_in_the_manifest_makes_another_receipt(
    cohort: Cohort, make: Make, drop: Path
) -> None:
    """Who writes the manifest anew keeps no receipt that was noted; the answers still count."""
    made = make()
    told = opened(made.path.read_bytes())[NAME]
    assert manifest_bytes(read_manifest(told)) == told
    sent(made, drop, manifest=told.replace("林晓".encode(), "周明".encode()))
    (said,) = notes(cohort, drop)
    assert "somebody renamed it or changed its MANIFEST.json" in said
