"""What the start page shows, and what it does when it is asked."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from kamlib.forms import form, start
from kamlib.forms.handin import build_hand_in
from kamlib.forms.identity import Identity, read_identity
from kamlib.forms.start import Due, Handed, Start, Todo, Unit, check_who, read_start
from kamlib.forms.start_view import due_in_words, handed_in_words, view
from kamlib.forms.start_widget import Desk, live
from kamlib.words import Words

from . import workbooks
from .workbooks import NOW, SHANGHAI


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Lay out a workbook whose owner is known, in a folder with a space and Chinese characters."""
    return workbooks.known(workbooks.make(tmp_path / "my 训练"))


@pytest.fixture
def desk(root: Path) -> Desk:
    return Desk(root / "start.ipynb", lambda: NOW)


def first(root: Path, now: datetime = NOW) -> Unit:
    """Return the first unit as the page sees it."""
    return read_start(root, now).units[0]


def step(root: Path, now: datetime = NOW) -> tuple[str, str, str]:
    """Return what comes next: what, in which unit, at which question."""
    found = read_start(root, now).step
    return (
        found.todo,
        found.unit.name if found.unit else "",
        found.question.id if found.question else "",
    )


# What next.


def test_first_of_all_the_code_is_asked(tmp_path: Path) -> None:
    """Who has not said who he is, is asked before anything else."""
    assert step(workbooks.make(tmp_path)) == (Todo.CODE, "", "")


def test_the_next_step_follows_the_trainee(root: Path) -> None:
    """From the lesson through practice and exercise to the hand-in, then to the next unit."""
    assert step(root) == (Todo.LESSON, "01_one", "")
    workbooks.save(root, "try_one", workbooks.RIGHT)
    assert step(root) == (Todo.LESSON, "01_one", "one.try_two")
    workbooks.save(root, "try_two", workbooks.RIGHT)
    assert step(root) == (Todo.EXERCISE, "01_one", "")
    workbooks.save(root, "who", workbooks.RIGHT)
    assert step(root) == (Todo.EXERCISE, "01_one", "one.why")
    workbooks.save(root, "why", workbooks.RIGHT)
    assert step(root) == (Todo.EXERCISE, "01_one", "one.why"), "the reason is still missing"
    workbooks.complete(root)
    assert step(root) == (Todo.HAND_IN, "01_one", "")
    workbooks.receive(root, NOW + timedelta(minutes=1))
    assert step(root) == (Todo.LESSON, "02_two", "")


def test_an_exercise_that_was_begun_goes_before_its_lesson(root: Path) -> None:
    """Who went straight to the exercise is not sent back to the lesson."""
    workbooks.save(root, "why", workbooks.RIGHT)
    assert step(root) == (Todo.EXERCISE, "01_one", "one.who")


def test_an_answer_that_was_changed_after_the_hand_in_is_handed_in_again(root: Path) -> None:
    """The trainee is told, and asked to hand in again if that is to count."""
    workbooks.complete(root, when=NOW)
    workbooks.receive(root, NOW + timedelta(hours=1))
    assert not first(root).changed
    workbooks.save(root, "who", {"choice": "b"}, NOW + timedelta(hours=2))
    assert first(root).changed
    assert step(root) == (Todo.HAND_IN, "01_one", "")


def test_an_answer_that_was_changed_back_is_no_change(root: Path) -> None:
    """Who tries something else and puts the old answer back is not asked to hand in again."""
    workbooks.complete(root, when=NOW)
    workbooks.known(root)
    build_hand_in(root, "01_one", lambda: NOW + timedelta(hours=1))
    workbooks.save(root, "who", {"choice": "b"}, NOW + timedelta(hours=2))
    assert first(root).changed
    workbooks.save(root, "who", workbooks.RIGHT, NOW + timedelta(hours=3))
    assert not first(root).changed


def test_when_all_is_handed_in_feedback_is_awaited(root: Path) -> None:
    """With every unit handed in, nothing is asked of the trainee."""
    for unit in workbooks.UNITS:
        workbooks.complete(root, unit)
    made = [NOW + timedelta(minutes=1)]
    workbooks.receive(root, *made)
    both = json.loads((root / "handed_in/receipts.json").read_text())
    both.append(both[0] | {"unit": "02_two"})
    workbooks.put(root / "handed_in" / "receipts.json", both)
    assert step(root) == (Todo.WAIT, "", "")
    assert view(read_start(root, NOW))["next"]["kind"] == ""


def test_questions_are_counted(root: Path) -> None:
    """Practice counts what was tried, the exercise what is complete."""
    workbooks.save(root, "try_two", workbooks.RIGHT)
    workbooks.save(root, "who", workbooks.RIGHT)
    workbooks.save(root, "why", workbooks.RIGHT)
    unit = first(root)
    assert (unit.tried, len(unit.practice), unit.complete, len(unit.graded)) == (1, 2, 1, 2)
    assert [one.id for one in unit.still_open] == ["one.why"]
    card = view(read_start(root, NOW))["units"][0]
    assert card["exercise"]["text"] == "1 of 2 questions complete"
    assert card["open"][0]["lacks"] == ["Choose the reason, too."]
    assert card["open"][0]["href"] == "units/01_one/exercise.en.ipynb#cell-id=item-one-why"


# Due days.


@pytest.mark.parametrize(
    ("now", "left"),
    [
        ("2026-06-10T09:30+08:00", 5),
        ("2026-06-14T23:59:59+08:00", 1),
        ("2026-06-14T16:00+00:00", 0),  # midnight in Shanghai
        ("2026-06-15T15:59:59+00:00", 0),
        ("2026-06-15T16:00+00:00", -1),
        ("2026-06-15T05:59+14:00", 1),
        ("2026-06-15T12:00-08:00", -1),
        ("2026-06-17T00:00+08:00", -2),
    ],
)
def test_days_are_counted_in_the_cohorts_zone(root: Path, now: str, left: int) -> None:
    """Wherever the computer is, the day begins and ends with the cohort's clocks."""
    unit = first(root, datetime.fromisoformat(now))
    assert unit.due == Due(date(2026, 6, 15), left)


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (5, "Due Monday, 15 June, end of the day (Shanghai time); 5 days left"),
        (1, "Due tomorrow: Monday, 15 June, end of the day (Shanghai time)"),
        (0, "Due today: Monday, 15 June, end of the day (Shanghai time)"),
        (-1, "Was due yesterday, Monday, 15 June"),
        (-2, "Was due 2 days ago, on Monday, 15 June"),
    ],
)
def test_the_due_day_is_said_in_words(root: Path, left: int, said: str) -> None:
    """Day, city and how long are said as a person would say them."""
    page = read_start(root, datetime(2026, 6, 15, 12, tzinfo=SHANGHAI) - timedelta(days=left))
    due = page.units[0].due
    assert due is not None
    assert Words("en").say(due_in_words(due, page)) == said
    assert view(page)["units"][0]["urgent"] == (left <= 1)


def test_dates_read_as_dates_in_chinese(root: Path) -> None:
    """Month, weekday and city are Chinese on a Chinese page."""
    card = view(read_start(root, NOW, "zh"))["units"][0]
    assert "6月15日星期一" in card["due"]
    assert "上海" in card["due"]


def test_a_due_day_of_another_year_says_its_year(root: Path) -> None:
    """At the turn of the year nobody guesses."""
    card = view(read_start(root, datetime(2025, 12, 30, tzinfo=SHANGHAI)))["units"][0]
    assert card["due"].startswith("Due Monday, 15 June 2026")


def test_without_a_zone_the_computers_own_counts(root: Path) -> None:
    """A workbook without a cohort's zone names no city."""
    workbooks.put(root / "kam.json", workbooks.settings(tz=""))
    page = read_start(root, datetime(2026, 6, 15, 23, tzinfo=timezone(timedelta(hours=-10))))
    assert page.units[0].due == Due(date(2026, 6, 15), 0)
    assert view(page)["units"][0]["due"] == "Due today: Monday, 15 June, end of the day"


# What is handed in.


def counting(root: Path, now: datetime = NOW) -> tuple[list[bool], int]:
    """Return which hand-ins were in time, and the attempt that counts."""
    unit = first(root, now)
    assert unit.counting is not None
    return [one.in_time for one in unit.handed], unit.counting.attempt


def test_the_last_hand_in_in_time_counts(root: Path) -> None:
    """The due day ends at midnight in the cohort's zone; where all were late, the last counts."""
    last = datetime(2026, 6, 15, 23, 59, 59, tzinfo=SHANGHAI)
    early, late = last - timedelta(days=3), last + timedelta(seconds=1)
    workbooks.receive(root, early, last, late)
    assert counting(root) == ([True, True, False], 2)
    workbooks.receive(root, late, late + timedelta(days=1))
    assert counting(root) == ([False, False], 2)


def test_a_hand_in_is_said_in_words(root: Path) -> None:
    """Attempt, moment in the cohort's zone, receipt, and whether it counts, the newest first."""
    workbooks.receive(
        root, datetime(2026, 6, 12, 10, 20, tzinfo=UTC), datetime(2026, 6, 16, 10, 0, tzinfo=UTC)
    )
    assert view(read_start(root, NOW))["units"][0]["handed"] == [
        {"what": "Attempt 2, 16 June 18:00, receipt 2F2A-0000-1111",
         "counts": "Made after the due day: attempt 1, made in time, counts, once it has been sent."},
        {"what": "Attempt 1, 12 June 18:20, receipt 1F2A-0000-1111",
         "counts": "This one counts, if the file was sent in time."},
    ]  # fmt: skip


def test_nothing_says_that_a_file_was_sent(root: Path) -> None:
    """The page knows what was made here, not what arrived, and says no more than that."""
    page = read_start(root, NOW)
    for due in (None, Due(date(2026, 6, 15), 1)):
        for in_time in (True, False):
            known = Handed(1, "R", None, in_time)
            unit = Unit("01_one", "", 0, 0, "", "", (), (), due, (known,), False)
            said = Words("en").say(handed_in_words(known, unit, page)[1])
            assert "sent" in said


# Who.


@pytest.mark.parametrize(
    ("code", "name", "wrong"),
    [
        ("", "", {"code", "name"}), (" ", "Lin", {"code"}), ("A07", "  ", {"name"}),
        ("A/7", "Lin", {"code"}), ("..", "Lin", {"code"}), ("-A", "Lin", {"code"}),
        ("ａ０７", "林 梅", set()), ("a 07", "Lin  Mei", set()), (7, None, {"code", "name"}),
    ],
)  # fmt: skip
def test_a_code_and_a_name_are_looked_at(root: Path, code: Any, name: Any, wrong: set[str]) -> None:
    """What cannot be right is told by field; what can be is cleaned."""
    who = check_who(code, name, read_start(root, NOW))
    assert set(who.problems) == wrong
    if not wrong:
        assert who.code == "A07"
        assert "  " not in who.name


def test_another_code_after_a_hand_in_is_warned_of(root: Path) -> None:
    """Who handed in under one code and types another is told what that means."""
    page = read_start(root, NOW)
    assert check_who("B01", "Lin", page).warning is None
    workbooks.receive(root, NOW)
    page = read_start(root, NOW)
    assert check_who("A07", "Lin", page).warning is None
    warning = check_who("B01", "Lin", page).warning
    assert warning is not None
    assert "A07" in Words("en").say(warning)
    assert "B01" in Words("en").say(warning)


# What is damaged.


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b"3", b"[1]", b"null", b"[" * 9000])
@pytest.mark.parametrize("file", ["kam.json", "me.json", "handed_in/receipts.json"])
def test_a_damaged_file_is_a_sentence_and_the_page_works(
    root: Path, desk: Desk, file: str, data: bytes
) -> None:
    """The units are still there to be opened, and what is damaged is named."""
    workbooks.put(root / file, data)
    page = desk.page()
    assert [one["name"] for one in page["units"]] == list(workbooks.UNITS)
    assert all(one["lesson"]["href"] for one in page["units"])
    assert any(file.split("/")[-1] in said for said in page["problems"])


@pytest.mark.parametrize(
    "more",
    [
        {"tz": "Asia/Nowhere"}, {"tz": "../etc"}, {"tz": 3}, {"due": {"01_one": "soon"}},
        {"due": {"01_one": 3}},
    ],
)  # fmt: skip
def test_a_zone_or_day_that_is_none_is_a_sentence(root: Path, more: dict[str, Any]) -> None:
    """A wrong setting costs its own line of the page only."""
    workbooks.put(root / "kam.json", workbooks.settings(**more))
    page = view(read_start(root, NOW))
    assert len(page["problems"]) == 1
    assert len(page["units"]) == 2


@pytest.mark.parametrize(
    "more",
    [
        {"title": 3}, {"title": {"en": 3}}, {"units": 3}, {"units": [3, {"name": "../../x"}]},
        {"units": [{"name": "01_one", "title": [], "minutes": "x"}]}, {"lang": []}, {"due": []},
        {"cohort": {}},
    ],
)  # fmt: skip
def test_settings_of_another_kind_do_no_harm(root: Path, more: dict[str, Any]) -> None:
    """Whatever kam.json holds, a page comes of it."""
    workbooks.put(root / "kam.json", workbooks.settings(**more))
    assert view(read_start(root, NOW))["units"]


def test_damaged_questions_and_answers_are_told_in_their_unit(root: Path) -> None:
    """The other unit does not suffer, and a damaged answers file is left where it is."""
    folder = root / "units" / "01_one"
    workbooks.put(folder / "01_one.items.en.json", b"{")
    workbooks.put(folder / "01_one.answers.json", b"{")
    one, two = view(read_start(root, NOW))["units"]
    assert len(one["notes"]) == 2
    assert two["notes"] == []
    assert (folder / "01_one.answers.json").read_bytes() == b"{"


def test_an_empty_folder_says_what_to_do(tmp_path: Path) -> None:
    """Where there is no lesson at all, the page says to unpack again."""
    page = view(read_start(tmp_path, NOW))
    assert any("Unpack the workbook again" in one for one in page["problems"])


# The desk.


def test_every_question_is_acknowledged_and_nothing_raises(desk: Desk) -> None:
    """Whatever a browser sends gets its number back, a page, and no exception."""
    for asked in (
        {}, None, 3, [], {"kind": 3}, {"kind": "nonsense"}, {"kind": "language", "lang": "de"},
        {"kind": "language", "lang": []}, {"kind": "check_who"}, {"kind": "keep_who", "code": 3},
        {"kind": "hand_in"}, {"kind": "hand_in", "unit": "../x"}, {"kind": "hand_in", "unit": []},
        {"kind": "answers", "unit": None}, {"kind": "look"},
    ):  # fmt: skip
        told, files = desk.answer(asked | {"seq": 7} if isinstance(asked, dict) else asked)
        assert told["ack"] == (7 if isinstance(asked, dict) else None)
        assert told["page"]["units"]
        assert files == []
    assert desk.answer({"kind": "ping", "seq": 8}) == ({"ack": 8}, [])


def test_a_language_is_kept(root: Path, desk: Desk) -> None:
    """The page comes back in the language chosen, and so does every later one; the rest stays."""
    told, _ = desk.answer({"kind": "language", "seq": 1, "lang": "zh"})
    assert told["page"]["title"] == "一门课"
    assert told["page"]["units"][0]["exercise"]["href"] == "units/01_one/exercise.zh.ipynb"
    assert read_identity(root) == Identity("A07", "Lin Mei", "zh")
    assert Desk(root / "start.ipynb", lambda: NOW).page()["lang"] == "zh"


def test_a_language_that_cannot_be_kept_is_shown_all_the_same(
    root: Path, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a full disk the page is redrawn in Chinese, and a sentence says that it was not kept."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("kamlib.items.answers.os.replace", full)
    told, _ = desk.answer({"kind": "language", "seq": 1, "lang": "zh"})
    assert told["error"]
    assert told["page"]["lang"] == "zh"
    assert read_identity(root).lang == ""


def test_a_code_is_kept_only_when_it_is_one(root: Path, desk: Desk) -> None:
    """A look at a code writes nothing, and neither does a wrong one."""
    before = read_identity(root)
    desk.answer({"kind": "check_who", "seq": 1, "code": "b1", "name": "Wu"})
    told, _ = desk.answer({"kind": "keep_who", "seq": 2, "code": "b/1", "name": "Wu"})
    assert set(told["who"]["problems"]) == {"code"}
    assert read_identity(root) == before
    told, _ = desk.answer({"kind": "keep_who", "seq": 3, "code": "b1", "name": "Wu"})
    assert read_identity(root) == Identity("B1", "Wu")
    assert "Wu" in told["page"]["greeting"]


def test_a_hand_in_comes_with_its_file(root: Path, desk: Desk) -> None:
    """The bytes are those of the file in the folder, and the page counts the hand-in at once."""
    workbooks.complete(root)
    told, files = desk.answer({"kind": "hand_in", "seq": 1, "unit": "01_one"})
    (made,) = (root / "handed_in").glob("*.zip")
    assert files == [made.read_bytes()]
    assert told["made"]["receipt"] in made.name
    assert "lin@example.com" in " ".join(told["made"]["said"])
    assert str(made.parent) in told["made"]["folder"]
    assert told["made"]["receipt"] in told["page"]["units"][0]["handed"][0]["what"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_personal_data_is_listed_before_the_hand_in(root: Path, desk: Desk, lang: str) -> None:
    """What has to go and what only has to be looked at stand apart, by question, row and field."""
    workbooks.known(root, lang)
    workbooks.about_people(root)
    rows = [{"role": "Buyer 13812345678"}, {"role": "li.wei@example.com"}]
    workbooks.save(root, "people", {"rows": rows}, unit="02_two")
    workbooks.save(root, "house", {"text": "王小明经理 decides."}, unit="02_two")
    card = desk.page()["units"][1]
    title, role, _ = workbooks.PEOPLE[lang]
    (out,) = card["take_out"]
    assert title in out["title"]
    assert out["href"] == f"units/02_two/exercise.{lang}.ipynb#cell-id=item-two-people"
    assert len(out["places"]) == len(out["lacks"]) == 2
    assert all(role in line for line in out["places"])
    (again,) = card["look_again"]
    assert "王••经理" in again["places"][0]
    told, files = desk.answer({"kind": "hand_in", "seq": 1, "unit": "02_two"})
    assert files == []
    assert title in told["error"]
    everything = json.dumps([card, told], ensure_ascii=False)
    assert not any(secret in everything for secret in ("13812345678", "小明", "li.wei@"))
    assert desk.page()["units"][0]["take_out"] == []


def test_a_hand_in_that_fails_is_a_sentence(root: Path, desk: Desk) -> None:
    """Without an answer there is nothing to hand in, and the page says so."""
    told, files = desk.answer({"kind": "hand_in", "seq": 1, "unit": "01_one"})
    assert told["error"].startswith("Nothing was handed in")
    assert files == []


def test_the_way_to_the_workbook_is_known(root: Path) -> None:
    """From a start page in a folder of its own, links lead back up."""
    page = Desk(root / "units" / "start.ipynb", lambda: NOW).page()
    assert page["folder"] == "../"


# The call.


def bundle(root: Path) -> dict[str, Any]:
    """Return what a notebook shows."""
    return start(root / "start.ipynb", lambda: NOW)._repr_mimebundle_()


def test_a_batch_run_shows_a_neutral_page(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody can answer, the page is plain, escaped HTML without a button."""
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    shown = bundle(root)
    assert set(shown) == {"text/plain", "text/html"}
    assert "First things" in shown["text/html"]
    assert "<button" not in shown["text/html"]
    assert "Open lesson 01" in shown["text/plain"]


def test_a_live_page_is_a_widget(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a front end the page is a widget, and beside it the neutral page for print."""
    monkeypatch.setenv("JPY_SESSION_NAME", str(root / "start.ipynb"))
    for name in ("NBGRADER_EXECUTION", "KAM_BATCH"):
        monkeypatch.delenv(name, raising=False)
    shown = bundle(root)
    assert "application/vnd.jupyter.widget-view+json" in shown
    assert "First things" in shown["text/html"]


def test_the_widget_passes_questions_on(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the browser asks reaches the desk; the reply goes back, and the page is kept for later."""
    widget = live(desk)
    sent: list[tuple[Any, Any]] = []
    monkeypatch.setattr(type(widget), "send", lambda _, told, files: sent.append((told, files)))
    widget._handle_custom_msg({"kind": "language", "seq": 4, "lang": "zh"}, [])
    ((told, files),) = sent
    assert (told["ack"], files) == (4, [])
    assert widget.page["lang"] == "zh"
    assert json.loads(json.dumps(widget.page)) == widget.page


def test_the_call_never_raises(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody thought of ends in one sentence in every language."""

    def broken(*_: object) -> Start:
        raise RuntimeError("secret")

    monkeypatch.setattr("kamlib.forms.start_widget.read_start", broken)
    shown = bundle(root)
    assert "RuntimeError" in shown["text/plain"]
    assert "secret" not in shown["text/plain"]
    desk = Desk(root / "start.ipynb", lambda: NOW)
    assert desk.answer({"kind": "look", "seq": 1})[0]["error"]


def test_form_and_start_come_from_one_place() -> None:
    """A notebook imports both from `kamlib.forms`."""
    assert callable(form)
    assert callable(start)
