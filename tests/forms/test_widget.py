"""What a form does with what is typed: it is kept, acknowledged truthfully, and never raises."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kamlib.forms import form
from kamlib.forms.identity import Identity, write_identity
from kamlib.forms.place import Place, here, interactive
from kamlib.forms.widget import FormWidget, Sheet, field_errors, page_words, question
from kamlib.items.answers import AnswersFile
from kamlib.items.keys import Key, parse_key
from kamlib.items.model import INTERACTIONS, Item, parse_item
from kamlib.items.responses import Blank, Unreadable, read_response
from kamlib.items.solution import solution
from kamlib.words import Words

from .forms_page import lay_out

Sample = tuple[Item, Key]
NOW = datetime(2026, 6, 15, 12, 2, tzinfo=UTC)
ANSWER = {"choice": "a", "reason": "r"}


def clock() -> datetime:
    return NOW


@pytest.fixture
def place(tmp_path: Path, samples: dict[str, Sample]) -> Place:
    """Lay out a workbook with a practice question of each interaction."""
    return lay_out(tmp_path, "en", list(samples.values()))


def hinted(item: Item, *hints: str, use: str = "practice") -> Item:
    return item.model_copy(update={"hints": hints, "use": use})


def save(
    sheet: Sheet, response: Any, seen: int = 0, window: str = "w1", **more: Any
) -> dict[str, Any]:
    return sheet.receive(
        {"kind": "save", "seq": 7, "window": window, "seen": seen, "response": response, **more}
    )


def test_a_save_is_on_the_disk_when_it_is_acknowledged(
    place: Place, samples: dict[str, Sample]
) -> None:
    """The acknowledgement names the message, the window, the local time and the new revision."""
    sheet = Sheet(place, *samples["choice"], clock)
    told = save(sheet, ANSWER)
    assert told["ack"] == 7
    assert told["window"] == "w1"
    assert told["saved"] == NOW.astimezone().strftime("%H:%M")
    entry = AnswersFile(place.answers(sheet.item)).load().entry("sample.choice")
    assert entry is not None
    assert (entry.response, entry.revision, entry.window) == (ANSWER, told["revision"], "w1")
    later = Sheet(place, *samples["choice"], lambda: NOW + timedelta(days=2)).stored()
    assert later["response"] == ANSWER
    assert later["saved"] == NOW.astimezone().strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize("interaction", INTERACTIONS)
def test_controls_lead_to_answers_that_can_be_read(
    interaction: str, samples: dict[str, Sample]
) -> None:
    """What a key would answer has its control, and the paths of the controls make an answer."""
    item, key = samples[interaction]
    drawn = question(item, Words("en"))["parts"]
    right = solution(item, key)
    roots = {part["path"][0] for part in drawn}
    assert set(right) <= roots
    assert not isinstance(read_response(item, right), Blank | Unreadable)
    assert field_errors(item, right, Words("en")) == {}
    assert all(part["label"] for part in drawn)


@pytest.mark.parametrize("interaction", INTERACTIONS)
def test_no_key_reaches_the_page(
    place: Place, interaction: str, samples: dict[str, Sample]
) -> None:
    """What a page is given before a check holds no word of the key."""
    sheet = Sheet(place, *samples[interaction], clock)
    given = json.dumps([question(sheet.item, sheet.words), sheet.stored(), save(sheet, {})])
    for secret in ("explanation", "So.", "messages", "accept", "model_answer", "uses authority"):
        assert secret not in given


def test_practice_and_graded_answers_lie_apart_and_carry_who_wrote_them(
    place: Place, samples: dict[str, Sample]
) -> None:
    """Both files know code, language and course; the code may be typed at any time."""
    item, key = samples["choice"]
    practice, graded = Sheet(place, item, key), Sheet(place, hinted(item, use="graded"), None)
    save(practice, ANSWER)
    assert AnswersFile(place.answers(item)).load().trainee == ""
    write_identity(place.root, Identity("A07", "Lin"))
    save(graded, ANSWER)
    save(practice, {"choice": "b"})
    for name in ("01_sample.practice.json", "01_sample.answers.json"):
        answers = AnswersFile(place.folder / name).load()
        assert (answers.trainee, answers.language, answers.course) == ("A07", "en", "0.1")


def test_graded_says_whether_complete_and_nothing_else(
    place: Place, samples: dict[str, Sample]
) -> None:
    """A graded question never checks, hints or solves, even where a key lies there by mistake."""
    item, key = samples["choice"]
    sheet = Sheet(place, hinted(item, "Think.", "Again.", use="graded"), key, clock)
    told = save(sheet, {"choice": "b"})
    assert told["complete"]["state"] == "incomplete"
    assert told["complete"]["lacks"] == ["Choose the reason, too."]
    assert save(sheet, {"choice": "b", "reason": "s"})["complete"]["lacks"] == []
    for kind in ("check", "hint", "solution"):
        told = sheet.receive({"kind": kind, "seq": 1, "window": "w1", "response": ANSWER, "n": 0})
        assert not {"result", "hint", "solution"} & set(told)
    assert question(sheet.item, sheet.words)["hints"] == 0


def test_a_check_says_sign_word_and_reasons_in_the_pages_language(
    tmp_path: Path, samples: dict[str, Sample]
) -> None:
    """A wrong answer is never only called wrong; what was checked is saved, too."""
    place = lay_out(tmp_path, "zh", list(samples.values()))
    sheet = Sheet(place, *samples["choice"], clock)
    told = save(sheet, {}, kind="check")
    assert told["result"]["outcome"] == "not_attempted"
    assert not place.answers(sheet.item).exists()  # nothing was answered, so nothing is kept
    told = save(sheet, {"choice": "b", "reason": "s"}, kind="check")
    assert told["result"]["sign"] == "✗"
    assert told["result"]["word"] == Words("zh").translate("not yet")
    assert told["result"]["why"]
    assert told["saved"]
    assert told["may_show"]


def test_hints_come_one_by_one_and_the_answer_after_a_try_or_two_hints(
    place: Place, samples: dict[str, Sample]
) -> None:
    """The answer is not handed out before."""
    item, key = samples["recall"]
    sheet = Sheet(place, hinted(item, "One *hint*.", "<b>Two</b>."), key)
    assert "solution" not in sheet.receive({"kind": "solution", "seq": 1})
    assert "result" in save(sheet, {"lines": []}, kind="check")
    assert "solution" not in sheet.receive({"kind": "solution", "seq": 1})
    first = sheet.receive({"kind": "hint", "seq": 2, "n": 0})
    assert "<em>hint</em>" in first["hint"]["html"]
    assert not first["may_show"]
    second = sheet.receive({"kind": "hint", "seq": 3, "n": 1})
    assert "<b>" not in second["hint"]["html"]
    assert second["may_show"]
    assert "hint" not in sheet.receive({"kind": "hint", "seq": 3, "n": 2})
    rows = sheet.receive({"kind": "solution", "seq": 4})["solution"]["rows"]
    assert rows == [["✓", "Authority"], ["✓", "Duty"], ["✓", "Gain"]]


@pytest.mark.parametrize("interaction", INTERACTIONS)
def test_every_practice_question_can_be_checked_and_solved(
    place: Place, interaction: str, samples: dict[str, Sample]
) -> None:
    """Each interaction's right answer is called right, or left to a person, and can be shown."""
    item, key = samples[interaction]
    sheet = Sheet(place, item, key, clock)
    told = save(sheet, solution(item, key), kind="check")
    wanted = {"text": "cannot_be_checked", "reflect": "reviewed"}.get(interaction, "correct")
    assert told["result"]["outcome"] == wanted
    if interaction == "reflect":  # which has no right answer to show
        assert not told["may_show"]
        assert "solution" not in sheet.receive({"kind": "solution", "seq": 2})
        return
    shown = sheet.receive({"kind": "solution", "seq": 2})["solution"]
    assert shown["rows"]
    assert "So." in shown["why"]


def test_two_windows_are_told_and_the_trainee_chooses(
    place: Place, samples: dict[str, Sample]
) -> None:
    """A second window's answer is shown beside one's own in words, and nothing is written before."""
    one, two = (Sheet(place, *samples["choice"], clock) for _ in range(2))
    first = save(one, ANSWER, window="w1")
    told = save(two, {"choice": "b"}, window="w2")
    assert "saved" not in told
    assert told["error"]
    assert told["conflict"]["theirs"] == [["", "First <option>"], ["Reason", "First reason"]]
    assert told["conflict"]["mine"] == [["", "Second option"]]
    assert told["conflict"]["revision"] == first["revision"]
    assert one.stored()["response"] == ANSWER
    assert save(two, {"choice": "b"}, window="w2", kind="keep")["saved"]
    entry = AnswersFile(place.answers(one.item)).load().entry("sample.choice")
    assert entry is not None
    assert entry.response == {"choice": "b"}
    assert entry.history[0]["response"] == ANSWER


def test_an_idle_window_hears_of_a_newer_answer(place: Place, samples: dict[str, Sample]) -> None:
    """Every ping is answered, and brings what another window saved since."""
    one, two = (Sheet(place, *samples["choice"], clock) for _ in range(2))
    ping = {"kind": "ping", "seq": 1, "window": "w1", "seen": 0}
    assert one.receive(ping) == {"ack": 1, "window": "w1"}
    revision = save(two, ANSWER, window="w2")["revision"]
    assert one.receive(ping)["newer"]["response"] == ANSWER
    assert "newer" not in one.receive(ping | {"seen": revision})


def test_what_cannot_be_saved_is_said(
    place: Place, samples: dict[str, Sample], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk and a folder that is gone are sentences, and nothing is called saved."""
    sheet = Sheet(place, *samples["choice"], clock)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        told = save(sheet, ANSWER)
    assert "no room left" in told["error"]
    assert "saved" not in told
    assert save(sheet, ANSWER)["saved"]


def test_a_damaged_file_is_noticed(place: Place, samples: dict[str, Sample]) -> None:
    """What is wrong with a file is told once, and the form goes on."""
    item, key = samples["choice"]
    place.answers(item).write_text("{", "utf-8")
    sheet = Sheet(place, item, key, clock)
    assert "damaged" in sheet.stored()["notice"]
    assert save(sheet, ANSWER)["saved"]


@pytest.mark.parametrize(
    "said",
    [
        None, 3, "save", [], {}, {"kind": "save"}, {"kind": "save", "response": 3},
        {"kind": "save", "response": {}, "seen": "x"}, {"kind": "hint", "n": "x"}, {"kind": "what"},
        {"kind": "ping", "seen": []}, {"kind": "check", "response": {"choice": {"a": [{}]}}},
        {"kind": "save", "response": {"choice": float("inf")}}, {"kind": ["save"]},
    ],
)  # fmt: skip
def test_no_message_raises(place: Place, samples: dict[str, Sample], said: Any) -> None:
    """Whatever comes from the page, the answer is a record; what failed is a sentence."""
    answer = Sheet(place, *samples["choice"], clock).receive(said)
    assert isinstance(answer, dict)
    assert "Traceback" not in json.dumps(answer)


@pytest.mark.parametrize("what", ["save", "check", "ping", "hint", "solution"])
def test_an_unforeseen_failure_is_not_called_saved(
    place: Place, samples: dict[str, Sample], what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slip in our own code becomes a status sentence, never an error in the notebook."""

    def slip(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    sheet = Sheet(place, hinted(samples["choice"][0], "Think."), samples["choice"][1], clock)
    for name in ("_save", "_newer", "_hint", "_solution"):
        monkeypatch.setattr(sheet, name, slip)
    told = sheet.receive({"kind": what, "seq": 1, "window": "w", "response": ANSWER, "n": 0})
    assert told["ack"] == 1
    assert "ZeroDivisionError" in told["error"]
    assert "saved" not in told
    monkeypatch.setattr(sheet, "_file", None)
    assert "Not saved" in sheet.stored()["error"]


def test_fields_that_cannot_be_read_are_told_beside_them(samples: dict[str, Sample]) -> None:
    """Each error has the path of its field, in a table that of its own row."""
    words = Words("en")

    def found(interaction: str, response: Any) -> set[str]:
        return set(field_errors(samples[interaction][0], response, words))

    assert found("number", {"value": "many", "confidence": "120"}) == {"value", "confidence"}
    assert found("number", {"value": "", "confidence": ""}) == set()
    assert found("structured", {"fields": {"goal": "x", "start": "soon"}}) == {
        "fields/goal", "fields/start",
    }  # fmt: skip
    assert found("table", {"rows": [{}, {"share": "x"}, None, 3]}) == {"rows/1/share"}
    assert found("choice", {"choice": 3}) == set()
    assert found("table", None) == set()


def test_an_objection_travels_in_the_answer_and_changes_no_mark(
    place: Place, samples: dict[str, Sample]
) -> None:
    """What a trainee sees differently is kept with the answer, and marking does not look at it."""
    sheet = Sheet(place, *samples["choice"], clock)
    told = save(sheet, ANSWER | {"disagree": "Both fit."}, kind="check")
    assert told["result"]["outcome"] == "correct"
    assert sheet.stored()["response"]["disagree"] == "Both fit."


def test_every_sentence_of_the_page_is_there_in_both_languages() -> None:
    """The page is given the same words in either language, none of them empty."""
    english, chinese = page_words(Words("en")), page_words(Words("zh"))
    assert set(english) == set(chinese)
    assert all(english.values())


def test_a_scene_is_judged_at_its_end_and_no_sooner(
    place: Place, samples: dict[str, Sample]
) -> None:
    """A check on the way says that it goes on, opens no answer and explains nothing."""
    sheet = Sheet(place, *samples["scene"], clock)
    told = save(sheet, {"path": ["deny"]}, kind="check")
    assert told["result"]["outcome"] == "not_attempted"
    assert told["result"]["why"] == ["The conversation is not at its end yet."]
    assert not told["may_show"]
    told = save(sheet, {"path": ["deny", "promise"]}, seen=told["revision"], kind="check")
    assert told["result"]["outcome"] == "incorrect"
    assert "He must feel heard." in told["result"]["why"]
    assert "So." in told["result"]["why"]
    assert told["may_show"]


def test_the_page_plays_a_scene_without_knowing_its_key(samples: dict[str, Sample]) -> None:
    """It is given turns, choices and what they do; not the best path, nor what is enough."""
    item, _ = samples["scene"]
    (part,) = question(item, Words("en"))["parts"]
    assert part["reach"] == 3
    assert [choice["moves"] for choice in part["turns"]["t1"]["choices"]] == [
        "▼\xa0Trust\xa0−2 · He counted them.",
        "▲\xa0This month\xa0+1 · ▲\xa0Trust\xa0+1 · Now it is work.",
    ]
    assert part["turns"]["empty"]["lines"] == [{"who": "You", "mine": True, "says": "Well then."}]
    assert not {"best", "enough", "messages"} & set(json.dumps(part).split('"'))


def test_nobody_is_asked_to_object_to_his_own_words(samples: dict[str, Sample]) -> None:
    """What would be read by a trainer is not offered where all stays with the trainee."""
    drawn = question(samples["reflect"][0], Words("en"))
    assert drawn["disagree"] == "never"
    assert drawn["note"].startswith("Only for you")
    assert question(samples["scene"][0], Words("en"))["note"] == ""


# In a notebook.


def test_a_form_is_live_only_on_a_positive_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    """A notebook server, voila or an editor's notebook is a sign; a batch never is one."""
    for name in ("JPY_SESSION_NAME", "SERVER_SOFTWARE", "NBGRADER_EXECUTION", "KAM_BATCH"):
        monkeypatch.delenv(name, raising=False)
    assert not interactive()
    monkeypatch.setenv("SERVER_SOFTWARE", "gunicorn")
    assert not interactive()
    monkeypatch.setenv("SERVER_SOFTWARE", "voila/0.5")
    assert interactive()
    monkeypatch.delenv("SERVER_SOFTWARE")
    monkeypatch.setattr("kamlib.forms.place._kernel_names", lambda: {"__vsc_ipynb_file__": "x"})
    assert interactive()
    monkeypatch.setattr("kamlib.forms.place._kernel_names", dict)
    monkeypatch.setenv("JPY_SESSION_NAME", "lesson.ipynb")
    assert interactive()
    for batch in ("NBGRADER_EXECUTION", "KAM_BATCH"):
        with monkeypatch.context() as patch:
            patch.setenv(batch, "1")
            assert not interactive()


def test_a_live_form_also_holds_what_can_be_read_without_it(
    place: Place, samples: dict[str, Sample], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Live it is a widget with question and stored answer behind it; else only those."""
    save(Sheet(place, *samples["choice"], clock), ANSWER)
    notebook = place.folder / "lesson.ipynb"
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    bundle = form("sample.choice", notebook)._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html"}
    monkeypatch.setenv("JPY_SESSION_NAME", str(notebook))
    live = form("sample.choice")._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in live
    for kind in ("text/plain", "text/html"):
        assert live[kind] == bundle[kind]
    assert "First &lt;option&gt;" in live["text/html"].split("kam-answer")[1]
    assert "Your answer:\n  First <option>" in live["text/plain"]


def test_a_printed_form_leaves_a_damaged_file_alone(
    place: Place, samples: dict[str, Sample], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A print or an export shows the question, and changes nothing on the disk."""
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    file = place.answers(samples["choice"][0])
    file.write_text("{", "utf-8")
    before = sorted(place.folder.iterdir())
    assert (
        "kam-question"
        in form("sample.choice", place.folder / "x.ipynb")._repr_mimebundle_()["text/html"]
    )
    assert sorted(place.folder.iterdir()) == before


def test_the_widget_answers_and_keeps_its_state_for_a_page_loaded_again(
    place: Place, samples: dict[str, Sample], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A message through the widget is answered, and the widget then holds what is stored."""
    sent: list[dict[str, Any]] = []
    view = FormWidget(Sheet(place, *samples["choice"], clock))
    monkeypatch.setattr(view, "send", sent.append)
    view._receive(
        view, {"kind": "save", "seq": 1, "window": "w", "seen": 0, "response": ANSWER}, []
    )
    assert sent[0]["ack"] == 1
    assert view.stored["response"] == ANSWER
    assert view.stored["revision"] == sent[0]["revision"]
    view._receive(view, "noise", [])
    assert len(sent) == 1


def test_workbooks_do_not_share_what_a_browser_keeps(
    tmp_path: Path, samples: dict[str, Sample]
) -> None:
    """Two workbooks in one browser keep what is unsaved apart; two languages of one share it."""
    keeps = set()
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        place = lay_out(tmp_path / name, "en", [samples["choice"]])
        keeps.add(Sheet(place, *samples["choice"]).keep)
        chinese = Place(place.folder, place.root, "zh", {})
        keeps.add(Sheet(chinese, *samples["choice"]).keep)
    assert len(keeps) == 2


def test_a_notebooks_place_serves_its_forms(place: Place) -> None:
    """Items and keys read back from the folder make the same sheet."""
    found = here(place.folder / "lesson.en.ipynb")
    item, key = found.item("sample.order")
    assert key == parse_key("order", key.model_dump()) if key else False
    assert item == parse_item(item.model_dump())
    assert save(Sheet(found, item, key), {"order": ["a", "b", "c"]})["saved"]


def test_i_disagree_is_offered_on_graded_questions_once_they_were_handed_in(
    place: Place, samples: dict[str, Sample]
) -> None:
    """Before a hand-in there is no mark to disagree with; after it the way is open."""
    item = hinted(samples["choice"][0], use="graded")
    sheet = Sheet(place, item, None, clock)
    assert sheet.objection() == {}
    folder = place.root / "handed_in"
    folder.mkdir()
    unit = place.answers(item).name.split(".")[0]
    made = {"unit": unit, "attempt": 1, "receipt": "3F2A-0B1C-99D4", "when": NOW.isoformat(),
            "file": "x.zip", "trainee": "A02"}  # fmt: skip
    (folder / "receipts.json").write_text(json.dumps([made]), "utf-8")
    assert sheet.objection() == {"disagree": "always"}
    assert Sheet(place, samples["choice"][0], samples["choice"][1], clock).objection() == {}
