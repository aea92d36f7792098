"""Handing in from a workbook: what is still open, the one file, its receipt, and what can go wrong."""

from __future__ import annotations

import errno
import json
import os
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from kamlib.cli import app
from kamlib.forms import handin
from kamlib.forms.handin import (
    NotHandedIn,
    build_hand_in,
    receipts,
    still_open,
    what_now,
    workbook,
)
from kamlib.forms.identity import Identity, write_identity
from kamlib.forms.place import here
from kamlib.forms.widget import Sheet
from kamlib.items import answers, manifest
from kamlib.items.answers import AnswersFile, DiskFull, NotSaved, ReadOnly, answers_name
from kamlib.items.model import parse_item
from kamlib.words import Words

from . import workbooks

EN = Words("en")
UNIT = "01_tiny"
WHO = {"interaction": "choice", "id": "tiny.who", "use": "graded", "title": "Who?", "prompt": "Who?",
       "options": {"a": "Ann", "b": "Bo"}}  # fmt: skip
MANY = {"interaction": "number", "id": "tiny.many", "use": "graded", "title": "How many?",
        "prompt": "How many?", "quantity": "Stock", "units": {"pcs": "pieces", "ctn": "cartons"}}  # fmt: skip
WARM = WHO | {"id": "tiny.warm", "use": "practice", "title": "Warm up"}
NOTEBOOK = {"cells": [{"cell_type": "code", "source": "1", "metadata": {}, "outputs": [], "execution_count": None}],
            "metadata": {}, "nbformat": 4, "nbformat_minor": 5}  # fmt: skip

Clock = Callable[[], datetime]


def at(hour: int) -> Clock:
    """Return a clock that stands still."""
    return lambda: datetime(2026, 6, 12, hour, tzinfo=UTC)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A packed workbook, its path with a space and Chinese, in which a code was typed."""
    root = tmp_path / "我的 练习册"
    folder = root / "units" / UNIT
    folder.mkdir(parents=True)
    settings = {"lang": "en", "version": "0.1", "send_to": "mei@example.com"}
    (root / "kam.json").write_text(json.dumps(settings), "utf-8")
    (folder / f"{UNIT}.items.en.json").write_text(
        json.dumps({"items": [WARM, WHO, MANY], "keys": {}}), "utf-8"
    )
    (folder / "exercise.en.ipynb").write_text(json.dumps(NOTEBOOK), "utf-8")
    write_identity(root, Identity("A07", "林晓", "en"))
    return root


def answer(book: Path, item: str, response: Any, hour: int = 9) -> None:
    """Save an answer as a form does."""
    file = AnswersFile(book / "units" / UNIT / answers_name(UNIT), at(hour))
    entry = file.load().entry(item)
    file.save(item, response, seen=entry.revision if entry else 0, window="w")


def contents(path: Path) -> dict[str, bytes]:
    """Read a hand-in."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_what_is_still_open_is_said_question_by_question(book: Path) -> None:
    """Blank and incomplete graded questions are listed with what they lack; practice is not."""
    answer(book, "tiny.many", {"value": "5"})
    found = still_open(book, UNIT, "en")
    assert [title for title, _ in found] == ["Who?", "How many?"]
    assert handin.say_open(found[0], EN) == "Who?: Not answered yet."
    assert handin.say_open(found[1], EN) == "How many?: Choose the unit."
    answer(book, "tiny.many", {"value": "5", "unit": "pcs"})
    answer(book, "tiny.who", {"choice": "a"})
    assert still_open(book, UNIT, "en") == []


def test_a_hand_in_holds_the_answers_the_notebook_and_the_manifest(book: Path) -> None:
    """One zip with all that is graded, named by unit, code and receipt; the answers byte for byte."""
    answer(book, "tiny.who", {"choice": "a"}, hour=9)
    made = build_hand_in(book, UNIT, at(10))
    files = contents(made.path)
    data = files.pop(manifest.NAME)
    kept = book / "units" / UNIT / answers_name(UNIT)
    assert set(files) == {answers_name(UNIT), f"{UNIT}.ipynb"}
    assert files[answers_name(UNIT)] == kept.read_bytes()
    assert json.loads(files[answers_name(UNIT)])["trainee"] == "A07"
    told = manifest.read_manifest(data)
    assert (told.unit, told.trainee, told.name, told.course) == (UNIT, "A07", "林晓", "0.1")
    assert told.answered_at == at(9)()
    assert manifest.differences(told, files) == manifest.Differences()
    assert made.receipt == manifest.receipt(data) == manifest.receipt_in(made.path.name)
    assert made.path == book / "handed_in" / f"{UNIT}_A07_{made.receipt}.zip"
    assert (made.attempt, made.made, made.trainee) == (1, at(10)(), "A07")


def test_practice_never_travels(book: Path) -> None:
    """Nothing of the practice file is in a hand-in."""
    answer(book, "tiny.who", {"choice": "a"})
    (book / "units" / UNIT / f"{UNIT}.practice.json").write_text('"CANARY"', "utf-8")
    files = contents(build_hand_in(book, UNIT).path)
    assert not any(b"CANARY" in data for data in files.values())


def test_ones_own_words_never_travel(book: Path) -> None:
    """What a trainee wrote only for himself is in no hand-in, though the form kept it."""
    slug = UNIT.split("_", 1)[1]
    own = parse_item({"interaction": "reflect", "id": f"{slug}.own", "title": "Own", "prompt": "?",
                      "entry": "A sentence", "criteria": {"a": "A", "b": "B"}})  # fmt: skip
    folder = book / "units" / UNIT
    questions = {"items": [own.model_dump(), WHO, MANY], "keys": {}}
    (folder / f"{UNIT}.items.en.json").write_text(json.dumps(questions), "utf-8")
    sheet = Sheet(here(folder / "lesson.en.ipynb"), own, None)
    told = sheet.receive(
        {"kind": "save", "seq": 1, "window": "w",
         "response": {"entries": {"1": {"text": "CANARY", "ticks": ["a"]}}}}
    )  # fmt: skip
    assert told["saved"]
    assert any(b"CANARY" in path.read_bytes() for path in folder.iterdir())
    answer(book, "tiny.who", {"choice": "a"})
    files = contents(build_hand_in(book, UNIT).path)
    assert not any(b"CANARY" in data for data in files.values())


def test_the_same_answers_are_the_same_hand_in(book: Path) -> None:
    """Pressing the button twice makes no second attempt, even after the notebook was run."""
    answer(book, "tiny.who", {"choice": "a"})
    one = build_hand_in(book, UNIT, at(10))
    before = one.path.read_bytes()
    run = json.loads(json.dumps(NOTEBOOK))
    run["cells"][0] |= {"outputs": [{"output_type": "stream", "name": "stdout", "text": "1"}], "execution_count": 4}  # fmt: skip
    run["metadata"]["widgets"] = {"state": {}}
    (book / "units" / UNIT / "exercise.en.ipynb").write_text(json.dumps(run), "utf-8")
    two = build_hand_in(book, UNIT, at(12))
    assert two == one
    assert two.path.read_bytes() == before
    assert len(receipts(book)) == 1


def test_handing_in_again_is_allowed_and_says_which_counts(book: Path) -> None:
    """Each change is a new attempt with its own receipt; earlier files stay."""
    answer(book, "tiny.who", {"choice": "a"})
    one = build_hand_in(book, UNIT, at(10))
    answer(book, "tiny.who", {"choice": "b"}, hour=11)
    two = build_hand_in(book, UNIT, at(12))
    assert (one.attempt, two.attempt) == (1, 2)
    assert one.receipt != two.receipt
    assert one.path.exists()
    assert [(got.attempt, got.receipt, got.made) for got in receipts(book, UNIT)] == [
        (1, one.receipt, at(10)()),
        (2, two.receipt, at(12)()),
    ]
    assert receipts(book, "02_other") == []
    said = [EN.say(sentence) for sentence in what_now(two, book)]
    assert two.receipt in said[0]
    assert said[1] == f"Send the file {two.path.name} to: mei@example.com."
    assert "hand-in number 2" in said[2]
    assert "The last one that arrives in time counts" in said[2]


def test_without_an_address_it_goes_to_the_trainer(book: Path) -> None:
    """A workbook that names no place to send to still says what to do."""
    (book / "kam.json").write_text('{"lang": "en"}', "utf-8")
    answer(book, "tiny.who", {"choice": "a"})
    said = [EN.say(sentence) for sentence in what_now(build_hand_in(book, UNIT), book)]
    assert "to your trainer" in said[1]


def test_lost_receipts_come_back_from_the_files(book: Path) -> None:
    """A damaged or deleted list of receipts is read off the hand-ins themselves."""
    answer(book, "tiny.who", {"choice": "a"})
    made = build_hand_in(book, UNIT)
    (book / "handed_in" / "receipts.json").write_text("{", "utf-8")
    (found,) = receipts(book)
    assert (found.unit, found.receipt, found.trainee) == (UNIT, made.receipt, "A07")
    assert build_hand_in(book, UNIT).attempt == 1


def test_a_damaged_notebook_stops_no_hand_in(book: Path) -> None:
    """Answers are not in the notebook; whatever happened to it, they can be handed in."""
    answer(book, "tiny.who", {"choice": "a"})
    (book / "units" / UNIT / "exercise.en.ipynb").write_text("{", "utf-8")
    assert set(contents(build_hand_in(book, UNIT).path)) == {manifest.NAME, answers_name(UNIT)}


def test_a_corrected_code_goes_into_the_answers(book: Path) -> None:
    """Who typed a wrong code corrects it and hands in again, under the right one."""
    answer(book, "tiny.who", {"choice": "a"})
    build_hand_in(book, UNIT)
    write_identity(book, Identity("A08", "林晓"))
    made = build_hand_in(book, UNIT)
    assert json.loads(contents(made.path)[answers_name(UNIT)])["trainee"] == "A08"
    assert made.attempt == 2


def refused(book: Path, kind: type[NotSaved] = NotHandedIn) -> str:
    """Return the sentence with which a hand-in is refused; no file and no receipt is left."""
    with pytest.raises(kind) as caught:
        build_hand_in(book, UNIT)
    assert not list(book.glob("handed_in/*.zip"))
    assert receipts(book) == []
    return EN.say(caught.value.message)


def test_without_code_nothing_is_handed_in(book: Path) -> None:
    """Nobody could be given the marks."""
    answer(book, "tiny.who", {"choice": "a"})
    (book / "me.json").unlink()
    assert "type your code on the start page first" in refused(book)


def test_without_answers_nothing_is_handed_in(book: Path) -> None:
    """An exercise that was never answered ends in a sentence."""
    assert "there is no answer in this exercise yet" in refused(book)


def test_damaged_answers_are_told_and_kept(book: Path) -> None:
    """A damaged file is neither sent nor touched."""
    answer(book, "tiny.who", {"choice": "a"})
    path = book / "units" / UNIT / answers_name(UNIT)
    path.write_text("{", "utf-8")
    assert "The answers file is incomplete" in refused(book)
    assert path.read_text("utf-8") == "{"


@pytest.mark.parametrize(
    ("code", "kind", "sentence"),
    [
        (errno.EACCES, ReadOnly, "is read-only. Move the course folder"),
        (errno.ENOSPC, DiskFull, "there is no room left"),
    ],
)
@pytest.mark.parametrize("where", ["folder", "file"])
def test_a_disk_that_does_not_take_it_is_told(
    book: Path, monkeypatch: pytest.MonkeyPatch, code: int, kind: type[NotSaved], sentence: str, where: str
) -> None:  # fmt: skip
    """No room and no right to write, for the folder or the file, end in what to do."""
    answer(book, "tiny.who", {"choice": "a"})
    AnswersFile(book / "units" / UNIT / answers_name(UNIT)).set_identity(
        trainee="A07", language="en", course="0.1"
    )

    def fails(*args: object, **kwargs: object) -> None:
        raise OSError(code, os.strerror(code))

    if where == "folder":
        monkeypatch.setattr(Path, "mkdir", fails)
    else:
        monkeypatch.setattr(answers, "_replace", fails)
    assert sentence in refused(book, kind)


def test_a_folder_of_the_repository_can_be_handed_in_too(book: Path, tmp_path: Path) -> None:
    """Where notebook, items and settings lie in one folder, that folder is the workbook."""
    flat = tmp_path / "flat"
    flat.mkdir()
    (flat / "kam.json").write_text('{"lang": "en"}', "utf-8")
    (flat / f"{UNIT}.items.json").write_text(json.dumps({"items": [WHO]}), "utf-8")
    (flat / f"{UNIT}.ipynb").write_text(json.dumps(NOTEBOOK), "utf-8")
    write_identity(flat, Identity("A07"))
    AnswersFile(flat / answers_name(UNIT)).save("tiny.who", {"choice": "a"}, seen=0, window="w")
    assert still_open(flat, UNIT, "en") == []
    assert len(contents(build_hand_in(flat, UNIT).path)) == 3


def test_a_workbook_is_found_from_within(book: Path, tmp_path: Path) -> None:
    """From any folder in it; elsewhere a sentence says how to name it."""
    assert workbook(book / "units" / UNIT) == book
    with pytest.raises(NotHandedIn) as caught:
        workbook(tmp_path)
    assert "--workbook" in EN.say(caught.value.message)


def test_kam_submit_does_what_the_button_does(book: Path) -> None:
    """The command lists what is open, makes the same file, and says where to send it."""
    answer(book, "tiny.who", {"choice": "a"})
    ran = CliRunner().invoke(app, ["submit", "--workbook", str(book)])
    (made,) = receipts(book)
    assert ran.exit_code == 0
    assert "○ How many?: Not answered yet." in ran.stdout
    assert made.file in ran.stdout.replace("\n", "")
    assert made.receipt in ran.stdout
    assert "mei@example.com" in ran.stdout


def test_kam_submit_ends_in_a_sentence(book: Path, tmp_path: Path) -> None:
    """No workbook, no answers, no code: exit code 1 and one sentence, no traceback."""
    for place in (tmp_path, book):
        ran = CliRunner().invoke(app, ["submit", "--workbook", str(place)])
        assert (ran.exit_code, ran.stderr.count("✗")) == (1, 1)
    answer(book, "tiny.who", {"choice": "a"})
    (book / "me.json").unlink()
    ran = CliRunner().invoke(app, ["submit", UNIT, "--workbook", str(book)])
    assert ran.exit_code == 1
    assert "type your code" in ran.stderr


# Personal data.

PHONE = "13812345678"
PEOPLE = "02_two"
WAYS = (PHONE, "138 1234 5678", "１３８１２３４５６７８", "1 3 8 1 2 3 4 5 6 7 8")


@pytest.fixture
def about(tmp_path: Path) -> Path:
    """A workbook with a unit about people."""
    root = workbooks.known(workbooks.make(tmp_path / "book"), "en")
    workbooks.about_people(root)
    return root


def written(root: Path, rows: list[dict[str, Any]], house: str = "They wait.") -> None:
    """Answer the two questions about people."""
    workbooks.save(root, "people", {"rows": rows}, unit=PEOPLE)
    workbooks.save(root, "house", {"text": house}, unit=PEOPLE)


def all_bytes(folder: Path) -> bytes:
    """Return what all files of a folder hold, zips opened."""
    data = b""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            data += path.read_bytes()
            if path.suffix == ".zip":
                data += b"".join(contents(path).values())
    return data


@pytest.mark.parametrize("typed", WAYS)
@pytest.mark.parametrize("column", ["role", "sales"])
def test_personal_data_stops_the_hand_in(about: Path, typed: str, column: str) -> None:
    """However a number is typed: no file, no receipt; the sentence says where, masked, and what to do."""
    written(about, [{"role": "Buyer"}, {column: typed}])
    with pytest.raises(handin.PersonalData) as caught:
        build_hand_in(about, PEOPLE)
    said = EN.say(caught.value.message)
    label = {"role": "Role", "sales": "Sales"}[column]
    assert f"“The people by role”, row 2, {label}: a phone number" in said
    assert "write the role of the person instead" in said
    assert typed not in said
    assert not (about / handin.FOLDER).exists()


def test_once_it_is_taken_out_the_hand_in_is_made(about: Path) -> None:
    """A refusal keeps nothing: the clean answers make the first hand-in."""
    written(about, [{"role": PHONE}])
    with pytest.raises(handin.PersonalData):
        build_hand_in(about, PEOPLE)
    file = AnswersFile(about / "units" / PEOPLE / answers_name(PEOPLE))
    file.save("two.people", {"rows": [{"role": "Buyer"}]}, seen=1, window="w")
    made = build_hand_in(about, PEOPLE)
    assert made.attempt == 1
    assert PHONE.encode() not in all_bytes(about / handin.FOLDER)


def test_many_places_are_named_and_the_rest_counted(about: Path) -> None:
    """The first five, and how many more there are."""
    written(about, [{"role": f"1381234567{n}"} for n in range(8)])
    with pytest.raises(handin.PersonalData) as caught:
        build_hand_in(about, PEOPLE)
    said = EN.say(caught.value.message)
    assert [f"row {n}," in said for n in range(1, 9)] == [True] * 5 + [False] * 3
    assert said.endswith("; and 3 more.")
    assert len(caught.value.found) == 8


def test_the_sentence_names_fields_in_the_trainees_language(about: Path) -> None:
    """A Chinese workbook says question, row and field in Chinese."""
    workbooks.known(about, "zh")
    written(about, [{"role": PHONE}])
    with pytest.raises(handin.PersonalData) as caught:
        build_hand_in(about, PEOPLE)
    said = Words("zh").say(caught.value.message)
    assert "关键的人和角色" in said
    assert "角色" in said
    assert PHONE not in said


def test_a_name_is_shown_and_stops_nothing(about: Path) -> None:
    """Likely names are to be looked at once more, and the hand-in is made all the same."""
    written(about, [{"role": "王小明经理"}], house="Ask 13812345678.")
    assert len(handin.look_again(about, PEOPLE, "en")) == 1
    file = AnswersFile(about / "units" / PEOPLE / answers_name(PEOPLE))
    file.save("two.house", {"text": "They wait."}, seen=1, window="w")
    (found,) = handin.look_again(about, PEOPLE, "en")
    assert EN.say(found.where) == "“The people by role”, row 1, Role"
    assert build_hand_in(about, PEOPLE).path.is_file()


def test_what_nobody_can_take_out_stays_on_the_machine(about: Path) -> None:
    """A number in an earlier version of an answer, or in one to a question that is gone, stops nobody."""
    written(about, [{"role": "Buyer"}])
    workbooks.save(about, "gone", {"text": f"Call {PHONE}", "kept": "as it was"}, unit=PEOPLE)
    file = AnswersFile(about / "units" / PEOPLE / answers_name(PEOPLE))
    file.save("two.house", {"text": PHONE}, seen=1, window="w")
    file.save("two.house", {"text": "They wait."}, seen=1, window="other", keep_mine=True)
    made = build_hand_in(about, PEOPLE)
    sent = contents(made.path)
    told = manifest.read_manifest(sent.pop(manifest.NAME))
    assert manifest.differences(told, sent) == manifest.Differences()
    assert PHONE.encode() not in all_bytes(about / handin.FOLDER)
    assert b"as it was" in sent[answers_name(PEOPLE)]
    assert file.path.read_bytes().count(PHONE.encode()) == 2
    assert build_hand_in(about, PEOPLE).receipt == made.receipt


def test_a_unit_about_no_people_is_handed_in_as_it_is(about: Path) -> None:
    """Where no question is about people, a long number is a number."""
    workbooks.save(about, "who", {"choice": "a", "note": PHONE})
    assert build_hand_in(about, "01_one").path.is_file()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_kam_submit_says_what_has_to_go(about: Path, run: CliRunner, lang: str) -> None:
    """The command refuses in one sentence with the field's own name, and shows no number."""
    workbooks.known(about, lang)
    written(about, [{"role": f"Buyer {PHONE}"}])
    ran = run.invoke(app, ["submit", PEOPLE, "--workbook", str(about)])
    assert ran.exit_code == 1
    assert workbooks.PEOPLE[lang][0] in ran.stderr
    assert PHONE not in ran.output
    assert ran.stdout == ""


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_kam_submit_shows_names_to_look_at(about: Path, run: CliRunner, lang: str) -> None:
    """A likely name is listed with its place, the file is made."""
    workbooks.known(about, lang)
    written(about, [{"role": "王小明经理"}])
    ran = run.invoke(app, ["submit", PEOPLE, "--workbook", str(about)])
    assert ran.exit_code == 0
    (line,) = [line for line in ran.stdout.splitlines() if line.startswith("?")]
    assert workbooks.PEOPLE[lang][0] in line
    assert "王••经理" in line
    assert "小明" not in ran.stdout
    assert len(receipts(about)) == 1
