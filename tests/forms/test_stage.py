"""A case on a trainee's machine: what opens, what stays open, and what committing shows."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kamlib.forms import form, stage
from kamlib.forms.handin import build_hand_in
from kamlib.forms.place import BATCH, NotHere, StillClosed, here
from kamlib.forms.stage import COMMIT, StageDesk
from kamlib.forms.stages import opened_name, read_stages, sealed_name, stages_name
from kamlib.forms.start import Todo, read_start
from kamlib.forms.start_view import view
from kamlib.items.answers import AnswersFile
from kamlib.items.sealing import seal
from kamlib.words import Words
from tests.forms.workbooks import NOW as START_NOW
from tests.forms.workbooks import known, put

UNIT = "02_case"
STAGES = ("S0", "S1", "S2")
WORDS = {"S1": "KAMRTX", "S2": "BDFGHJ"}
NOW = datetime(2026, 6, 10, 9, 30, tzinfo=UTC)


def item(stage: str, use: str = "graded") -> dict[str, Any]:
    """Return a question of a stage; its title would do harm if it were obeyed."""
    name = ("pick_" if use == "graded" else "try_") + stage.lower()
    return {
        "id": f"case.{name}", "interaction": "choice", "use": use, "title": f"<b>{stage}</b>",
        "prompt": "Which?", "options": {"a": "One", "b": "Two"}, "stage": stage,
    }  # fmt: skip


def content(stage: str, page: str = "The page of {stage}.") -> dict[str, Any]:
    """Return what is sealed of a stage."""
    key = {"answer": "a", "explanation": "So."}
    return {
        "unit": UNIT, "stage": stage, "title": {"en": f"Task of {stage}", "zh": f"{stage} 的任务"},
        "chunks": {"en": [f"<p>{page.format(stage=stage)}</p>"], "zh": [f"<p>{stage} 的一页</p>"]},
        "items": {lang: [item(stage, "practice"), item(stage)] for lang in ("en", "zh")},
        "keys": {lang: {f"case.try_{stage.lower()}": key} for lang in ("en", "zh")},
        "facts": {"case": [{"id": "F2", "stage": stage}]}, "files": {"case/game.json": f'["{stage}"]'},
    }  # fmt: skip


def edition(
    root: Path, words: dict[str, str], page: str = "The page of {stage}.", honour: bool = False
) -> Path:
    """Unpack an edition of the case into a workbook, over what is there; return the unit's folder."""
    folder = root / "units" / UNIT
    closed = [
        {"id": one["id"], "use": one["use"], "stage": stage}
        for stage in STAGES[1:]
        for one in (item(stage, "practice"), item(stage))
    ]
    put(
        root / "kam.json",
        {"lang": "en", "version": "0.1", "units": [{"name": UNIT, "title": {"en": "Case"}}]},
    )
    put(folder / stages_name(UNIT), {
        "format": 1, "stages": list(STAGES), "titles": {"S0": {"en": "Task of S0"}},
        "facts": {"case": [{"id": "F1"}]}, "data": {"case/first.json": "[0]"},
        "files": {"case/game.json": "S1"},
        "closed": closed, "honour": words if honour else {},
    })  # fmt: skip
    for lang in ("en", "zh"):
        put(folder / f"{UNIT}.items.{lang}.json", {"items": [item("S0")], "keys": {}})
        put(folder / f"exercise.{lang}.ipynb", {"cells": []})
        put(folder / f"lesson.{lang}.ipynb", {"cells": []})
    for stage_name, word in words.items():
        put(folder / sealed_name(UNIT, stage_name), seal(content(stage_name, page), word))
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Unpack a cohort's edition on the machine of a trainee who has typed his code."""
    known(tmp_path)
    return edition(tmp_path, WORDS)


def desk(
    folder: Path, name: str, part: int | str = "", kind: str = "exercise", lang: str = "en"
) -> StageDesk:
    return StageDesk(here(folder / f"{kind}.{lang}.ipynb"), name, part, lambda: NOW)


def answer(folder: Path, name: str, choice: str, seen: int = 0) -> None:
    path = folder / f"{UNIT}.answers.json"
    AnswersFile(path, lambda: NOW).save(f"case.{name}", {"choice": choice}, seen=seen, window="w")


def commit(folder: Path, name: str) -> dict[str, Any]:
    return desk(folder, name, COMMIT).answer({"kind": "commit", "seq": 1})


def opens(folder: Path, name: str, word: str = "") -> dict[str, Any]:
    return desk(folder, name).answer({"kind": "open", "word": word or WORDS[name], "seq": 1})


def test_a_stage_waits_for_the_one_before(folder: Path) -> None:
    """Even with the right word nothing opens before the earlier stage is committed; the page says so."""
    page = desk(folder, "S1").page()
    assert page["state"] == "wait"
    assert "once stage S0 is committed" in page["text"]
    assert page["href"] == "exercise.en.ipynb#cell-id=commit-s0"
    assert opens(folder, "S1")["page"]["state"] == "wait"
    assert not list(folder.glob("*.opened.json"))
    commit(folder, "S0")
    assert desk(folder, "S1").page()["state"] == "word"
    assert desk(folder, "S2").page()["state"] == "wait"


def test_the_word_opens_it(folder: Path) -> None:
    """With its word the stage's page and questions are there, in both languages, and stay there."""
    commit(folder, "S0")
    assert desk(folder, "S1", 1).page()["html"] == ""
    told = opens(folder, "S1", "kam rtx")
    assert (told["changed"], told["page"]["state"], told["page"]["title"]) == (
        True,
        "open",
        "Task of S1",
    )
    assert desk(folder, "S1", 1).page()["html"] == "<p>The page of S1.</p>"
    assert desk(folder, "S1", 1, "lesson", "zh").page()["html"] == "<p>S1 的一页</p>"
    assert desk(folder, "S1", 7).page()["html"] == ""
    found, key = here(folder / "lesson.zh.ipynb").item("case.try_s1")
    assert found.stage == "S1"
    assert key is not None
    with pytest.raises(StillClosed):
        here(folder / "lesson.zh.ipynb").item("case.try_s2")


@pytest.mark.parametrize("word", ["KAMRTY", "BDFGHJ", " ", "", None, 7])
def test_a_wrong_word_changes_nothing(folder: Path, word: Any) -> None:
    """A wrong word, another stage's, or none: one sentence, and not a file differs."""
    commit(folder, "S0")
    before = {path: path.read_bytes() for path in folder.iterdir()}
    told = desk(folder, "S1").answer({"kind": "open", "word": word, "seq": 3})
    assert told["ack"] == 3
    assert told["error"].startswith(("This word does not open", "Type the word first"))
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize("damage", [b"", b"{", b"PK\x03\x04", None])
def test_a_damaged_seal_is_a_sentence(folder: Path, damage: bytes | None) -> None:
    """A sealed file that is damaged or gone is told, with what to do, and nothing is lost."""
    commit(folder, "S0")
    path = folder / sealed_name(UNIT, "S1")
    path.unlink() if damage is None else path.write_bytes(damage)
    told = opens(folder, "S1")
    assert "Unpack the workbook again; your answers stay." in told["error"]


@pytest.mark.parametrize("damage", [b"", b"{}", b"[1]", b'{"stages": 7}'])
def test_a_damaged_list_of_stages_is_a_sentence(folder: Path, damage: bytes) -> None:
    """Where the list of stages cannot be read, form and gate say so; neither raises."""
    (folder / stages_name(UNIT)).write_bytes(damage)
    for shown in (stage("S1", notebook=folder / "exercise.en.ipynb"),
                  form("case.pick_s1", folder / "exercise.en.ipynb")):  # fmt: skip
        assert "is damaged" in shown._repr_mimebundle_()["text/plain"]


def test_what_is_open_stays_open_in_a_newer_edition(folder: Path, tmp_path: Path) -> None:
    """A newer edition with the same words brings its new pages; with other words the old ones stay."""
    commit(folder, "S0")
    opens(folder, "S1")
    edition(tmp_path, WORDS, "Better words of {stage}.")
    assert desk(folder, "S1", 1).page()["html"] == "<p>Better words of S1.</p>"
    edition(tmp_path, {"S1": "ZZZZZZ", "S2": "YYYYYY"}, "Another cohort's {stage}.")
    assert desk(folder, "S1", 1).page()["html"] == "<p>Better words of S1.</p>"
    (folder / sealed_name(UNIT, "S1")).write_bytes(b"damaged")
    assert desk(folder, "S1", 1).page()["html"] == "<p>Better words of S1.</p>"
    (folder / sealed_name(UNIT, "S1")).unlink()
    assert desk(folder, "S1").page()["state"] == "open"


@pytest.mark.parametrize("damage", [b"", b"{}", b'{"content": 7, "word": "", "sealed": ""}'])
def test_a_damaged_copy_of_an_open_stage_asks_again(folder: Path, damage: bytes) -> None:
    """What keeps a stage open may be damaged: then its word opens it again."""
    commit(folder, "S0")
    opens(folder, "S1")
    (folder / opened_name(UNIT, "S1")).write_bytes(damage)
    assert desk(folder, "S1").page()["state"] == "word"
    assert opens(folder, "S1")["page"]["state"] == "open"


def test_a_read_only_folder_is_a_sentence(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a stage cannot be kept open it is not opened, and the sentence says why."""
    import kamlib.items.answers as answers

    commit(folder, "S0")

    def refuses(*args: object, **more: object) -> None:
        raise PermissionError(13, "no")

    monkeypatch.setattr(answers.tempfile, "mkstemp", refuses)
    told = opens(folder, "S1")
    assert told["error"].startswith("Not saved:")
    assert read_stages(folder, UNIT).is_open("S1") is False  # type: ignore[union-attr]


def test_data_comes_with_its_stage(folder: Path, tmp_path: Path) -> None:
    """A case's data file is there once its stage is open, in the course's own folder always."""
    place = here(folder / "lesson.en.ipynb")
    assert place.case_file("case", "case/first.json") == "[0]"
    with pytest.raises(StillClosed):
        place.case_file("case", "case/game.json")
    with pytest.raises(NotHere, match="is missing"):
        place.case_file("case", "case/other.json")
    commit(folder, "S0")
    opens(folder, "S1")
    assert place.case_file("case", "case/game.json") == '["S1"]'
    stages = place.stages("case")
    assert stages is not None
    assert [fact["id"] for fact in stages.facts()] == ["F1", "F2"]
    course = tmp_path / "course"
    put(course / "course.yaml", b"")
    put(course / "units" / UNIT / "case" / "game.json", b"{}")
    put(course / "notebooks" / "en" / f"{UNIT}.items.json", {"items": []})
    assert (
        here(course / "notebooks" / "en" / f"{UNIT}.ipynb").case_file("case", "case/game.json")
        == "{}"
    )


def test_an_honour_edition_trusts(tmp_path: Path) -> None:
    """Without a trainer a stage opens once the one before is committed; the page calls it honour."""
    folder = edition(known(tmp_path), WORDS, honour=True)
    assert desk(folder, "S1").answer({"kind": "open"})["page"]["state"] == "wait"
    commit(folder, "S0")
    page = desk(folder, "S1").page()
    assert page["state"] == "honour"
    assert "word of honour" in page["text"]
    assert desk(folder, "S1").answer({"kind": "open"})["page"]["state"] == "open"


def test_committing_gives_a_receipt(folder: Path) -> None:
    """What is open is listed; after committing the receipt stands there, the same in every window."""
    page = desk(folder, "S0", COMMIT).page()
    assert page["state"] == "ready"
    assert [one["title"] for one in page["open"]] == ["<b>S0</b>"]
    assert page["open"][0]["href"] == "#cell-id=item-case-pick-s0"
    answer(folder, "pick_s0", "a")
    assert desk(folder, "S0", COMMIT).page()["open"] == []
    one, two = commit(folder, "S0")["page"], commit(folder, "S0")["page"]
    assert one["receipt"] == two["receipt"]
    assert len(one["receipt"]) == 6
    assert one["text"].startswith("Stage S0 was committed on 10 June")
    assert (one["differs"], one["same"]) == ("", "Your answers are as you committed them.")
    stored = json.loads((folder / f"{UNIT}.answers.json").read_text("utf-8"))
    assert stored["trainee"] == "A07"
    assert [record["responses"] for record in stored["stages"]] == [
        {"case.pick_s0": {"choice": "a"}}
    ]


def test_a_change_after_committing_is_said(folder: Path) -> None:
    """An answer may be changed later; the page then names it, until it is as it was."""
    answer(folder, "pick_s0", "a")
    commit(folder, "S0")
    answer(folder, "pick_s0", "b", seen=1)
    page = desk(folder, "S0", COMMIT).page()
    assert (
        page["differs"] == "Differs from what you committed: <b>S0</b>. What you committed counts."
    )
    answer(folder, "pick_s0", "a", seen=9)
    assert desk(folder, "S0", COMMIT).page()["differs"] == ""


def test_a_closed_stage_cannot_be_committed(folder: Path) -> None:
    """Before a stage is open there is nothing to commit, whatever a page asks."""
    assert desk(folder, "S1", COMMIT).page()["state"] == "closed"
    assert commit(folder, "S1")["changed"] is False
    assert not (folder / f"{UNIT}.answers.json").exists()


def test_a_damaged_answers_file_is_said_and_kept(folder: Path) -> None:
    """Where the answers are damaged the page says so; committing keeps the damaged file."""
    path = folder / f"{UNIT}.answers.json"
    path.write_bytes(b"{ damaged")
    assert "damaged" in desk(folder, "S0", COMMIT).page()["problem"]
    assert path.read_bytes() == b"{ damaged"
    told = commit(folder, "S0")
    assert "It was kept under the name" in told["error"]
    assert told["page"]["state"] == "committed"
    assert [one.read_bytes() for one in folder.glob("*.damaged-*.json")] == [b"{ damaged"]


@pytest.mark.parametrize(
    "asked", [None, 7, [], {}, {"kind": "nothing"}, {"kind": "look", "seq": 2}]
)
def test_whatever_a_page_asks_there_is_an_answer(folder: Path, asked: Any) -> None:
    """A message that is none of ours gets the page as it is."""
    for part in ("", 1, COMMIT):
        assert "page" in desk(folder, "S1", part).answer(asked)


def test_in_the_course_itself_all_is_open(tmp_path: Path) -> None:
    """Where nothing is sealed, as in the course's own folder, a stage is committed all the same."""
    folder = tmp_path / "exercises"
    put(folder / f"{UNIT}.items.json", {"items": [item(one) for one in STAGES]})
    one = StageDesk(here(folder / f"{UNIT}.ipynb"), "S2", COMMIT, lambda: NOW)
    assert one.page()["state"] == "ready"
    assert one.answer({"kind": "commit"})["page"]["state"] == "committed"
    assert StageDesk(here(folder / f"{UNIT}.ipynb"), "S2").page()["state"] == "open"


def test_without_a_front_end_a_part_is_plain(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a batch run, a print or an export there is text: the page of an open stage, a sentence of a closed one."""
    monkeypatch.setenv(BATCH[1], "1")
    notebook = folder / "exercise.en.ipynb"
    assert (
        "once stage S0 is committed"
        in stage("S1", notebook=notebook)._repr_mimebundle_()["text/plain"]
    )
    assert (
        form("case.pick_s1", notebook)._repr_mimebundle_()["text/plain"]
        == "This question opens with stage S1."
    )
    commit(folder, "S0")
    opens(folder, "S1")
    assert "<p>The page of S1.</p>" in stage("S1", 1, notebook)._repr_mimebundle_()["text/html"]
    answer(folder, "pick_s1", "a")
    html = stage("S0", COMMIT, notebook)._repr_mimebundle_()["text/html"]
    assert "Commit stage S0" in html
    assert "<b>" not in html


def test_a_waiting_question_becomes_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The place of a closed question shows the question itself, live, as soon as its stage is open."""
    monkeypatch.setenv("JPY_SESSION_NAME", str(folder / "exercise.en.ipynb"))
    for name in BATCH:
        monkeypatch.delenv(name, raising=False)
    waiting = form("case.pick_s1")._live
    (closed,) = waiting.children
    assert closed.page["text"] == "This question opens with stage S1."
    assert waiting._look({"seq": 4}) == {"ack": 4}
    assert waiting.children == (closed,)
    commit(folder, "S0")
    opens(folder, "S1")
    waiting._look({"seq": 5})
    (live,) = waiting.children
    assert live.question["id"] == "case.pick_s1"
    waiting._look({"seq": 6})
    assert waiting.children == (live,)  # what is typed there meanwhile stays on the page


# The start page.


def step(folder: Path) -> tuple[Todo, str]:
    found = read_start(folder.parents[1], START_NOW).step
    return found.todo, found.stage.name if found.stage else ""


def test_the_start_page_goes_from_stage_to_stage(folder: Path) -> None:
    """Answer, commit, open the next: the start page names one thing to do after the other."""
    root = folder.parents[1]
    answer(folder, "pick_s0", "a")
    assert step(folder) == (Todo.COMMIT, "S0")
    shown = view(read_start(root, START_NOW))
    assert shown["next"]["href"] == f"units/{UNIT}/exercise.en.ipynb#cell-id=commit-s0"
    assert (
        shown["units"][0]["exercise"]["text"]
        == "1 of 1 questions complete; 2 more come with later stages · S0 open · S1 not open yet · S2 not open yet"
    )
    assert "Stage S0" in [one["title"] for one in shown["units"][0]["open"]]
    commit(folder, "S0")
    assert step(folder) == (Todo.STAGE, "S1")
    shown = view(read_start(root, START_NOW))
    assert "Your trainer tells you the word" in shown["next"]["text"]
    assert "S0 committed · S1 not open yet" in shown["units"][0]["exercise"]["text"]
    opens(folder, "S1")
    assert step(folder)[0] is Todo.EXERCISE
    answer(folder, "pick_s1", "a")
    commit(folder, "S1")
    opens(folder, "S2")
    answer(folder, "pick_s2", "a")
    commit(folder, "S2")
    assert step(folder) == (Todo.HAND_IN, "")


def test_a_stage_committed_after_the_hand_in_is_to_be_handed_in(folder: Path) -> None:
    """A hand-in made before a stage was committed lacks its record: the start page says to hand in again."""
    root = folder.parents[1]
    answer(folder, "pick_s0", "a")
    made = build_hand_in(root, UNIT, lambda: NOW - timedelta(minutes=1))
    assert not read_start(root, START_NOW).units[0].changed
    commit(folder, "S0")
    assert read_start(root, START_NOW).units[0].changed
    assert build_hand_in(root, UNIT, lambda: NOW).receipt != made.receipt
    assert not read_start(root, START_NOW).units[0].changed


def test_every_sentence_of_a_stage_is_in_both_languages(folder: Path) -> None:
    """The labels of the page are those of its language."""
    words = desk(folder, "S1", lang="zh").page()["words"]
    assert set(words) == set(desk(folder, "S1").page()["words"])
    assert words["back"] == Words("zh").translate("Go back")
