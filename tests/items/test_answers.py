"""What the answers file promises to whoever types into it, and to whoever reads it later."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import pickle
import re
import resource
import shutil
import signal
import stat
import tempfile
import time
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamlib.items import answers as module
from kamlib.items.answers import (
    MAX_BYTES,
    MAX_DEPTH,
    MAX_HISTORY,
    Answers,
    AnswersFile,
    Busy,
    ChangedElsewhere,
    DamagedAnswers,
    DiskFull,
    FolderGone,
    NewerEdition,
    NewerFormat,
    NotSaved,
    ReadOnly,
    Saved,
    Unstorable,
    answers_name,
    parse_answers,
)
from kamlib.words import Words

NOON = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)
Q1, Q2 = "am_types.q1", "am_types.q2"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the answers file of unit 01 is to stand."""
    return tmp_path / answers_name("01_am_types")


@pytest.fixture
def file(path: Path) -> AnswersFile:
    """The answers file of unit 01, not on the disk yet, with a clock that stands at noon."""
    return AnswersFile(path, clock=lambda: NOON)


def english(error: NotSaved | DamagedAnswers) -> str:
    """What a person reads of this error."""
    return Words("en").say(error.message)


def stored(path: Path) -> Any:
    """The file as any other program would read it."""
    return json.loads(path.read_text("utf-8"))


def litter(path: Path) -> list[str]:
    """What failed or killed writers left lying about."""
    return [p.name for p in path.parent.iterdir() if p.name.endswith(".tmp")]


def exact(value: object) -> str:
    """JSON that tells True from 1, 1.0 from 1, and -0.0 from 0.0."""
    return json.dumps(value, sort_keys=True)


# Keeping answers


def test_there_is_nothing_to_read_before_the_first_save(file: AnswersFile, path: Path) -> None:
    """A unit that was never answered reads as blank answers of that unit, and makes no file."""
    answers = file.load()
    assert (answers.unit, answers.revision, answers.responses) == ("01_am_types", 0, {})
    assert answers.entry(Q1) is None
    assert not path.exists()


def test_an_answer_comes_back_as_it_was_given(file: AnswersFile, path: Path) -> None:
    """A saved answer is there for the next program, with revision, time and window."""
    response = {"option": "old_ox", "why": "他只会埋头苦干", "sure": 0.8, "rows": [1, None, True]}
    saved = file.save(Q1, response, seen=0, window="w1")
    assert saved == Saved(1, NOON)
    answers = AnswersFile(path).load()
    assert answers.responses == {Q1: response}
    entry = answers.entry(Q1)
    assert entry is not None
    assert (entry.response, entry.revision, entry.saved_at, entry.window) == (
        response,
        1,
        NOON,
        "w1",
    )


def test_the_whole_layout_on_the_disk(file: AnswersFile, path: Path) -> None:
    """The file is sorted, indented by one, in readable Chinese, and ends with a line end."""
    file.set_identity(trainee="A07", language="zh", course="2026.1")
    file.save(Q1, "老黄牛", seen=0, window="w1")
    assert path.read_text("utf-8") == (
        '{\n "course": "2026.1",\n "format": 1,\n "language": "zh",\n "responses": {\n'
        f'  "{Q1}": {{\n   "response": "老黄牛",\n   "revision": 2,\n'
        '   "saved_at": "2026-11-21T12:00:00+00:00",\n   "window": "w1"\n  }\n },\n'
        ' "revision": 2,\n "stages": [],\n "trainee": "A07",\n "unit": "01_am_types"\n}\n'
    )


def test_the_time_is_kept_in_utc(path: Path) -> None:
    """A clock in any zone is written, and read back, as the same moment in UTC."""
    shanghai = timezone(timedelta(hours=8))
    file = AnswersFile(path, clock=lambda: NOON.astimezone(shanghai))
    file.save(Q1, "x", seen=0, window="w1")
    assert stored(path)["responses"][Q1]["saved_at"] == "2026-11-21T12:00:00+00:00"


def test_the_same_answer_again_makes_no_new_revision(file: AnswersFile, path: Path) -> None:
    """Saving what already stands there, from any window, acknowledges it and writes nothing."""
    first = file.save(Q1, {"a": 1, "b": 2}, seen=0, window="w1")
    before = path.stat().st_ino
    assert file.save(Q1, {"b": 2, "a": 1}, seen=1, window="w1") == first
    assert file.save(Q1, {"a": 1, "b": 2}, seen=0, window="w2") == first
    assert path.stat().st_ino == before


def test_true_is_not_the_same_answer_as_one(file: AnswersFile) -> None:
    """Answers are compared as JSON, where true, 1 and 1.0 are three things."""
    assert file.save(Q1, 1, seen=0, window="w1").revision == 1
    assert file.save(Q1, True, seen=1, window="w1").revision == 2
    assert file.save(Q1, 1.0, seen=2, window="w1").revision == 3
    assert exact(file.load().responses[Q1]) == "1.0"


def test_unknown_fields_survive_at_every_level(file: AnswersFile, path: Path) -> None:
    """What a later edition or another tool wrote into the file is still there after a save."""
    document = {
        "format": 1,
        "unit": "01_am_types",
        "trainee": "A07",
        "revision": 4,
        "future": {"nested": [1, 2]},
        "stages": [{"stage": "s1", "receipt": "K7Q2", "more": "x"}],
        "responses": {
            Q1: {"response": "a", "revision": 4, "saved_at": "", "window": "w1", "ink": [3]},
            "gone.item": {"response": "b", "other": True},
        },
    }
    path.write_text(json.dumps(document), "utf-8")
    file.save(Q1, "c", seen=4, window="w1")
    file.set_identity(language="zh")
    now = stored(path)
    assert now["future"] == document["future"]
    assert now["stages"] == document["stages"]
    assert now["responses"][Q1]["ink"] == [3]
    assert now["responses"]["gone.item"] == {"response": "b", "other": True}
    assert file.load().stages == ({"stage": "s1", "receipt": "K7Q2", "more": "x"},)


def test_identity_is_written_once(file: AnswersFile, path: Path) -> None:
    """Code and language are kept, changed one by one, and not written again when they stand."""
    file.set_identity(trainee="A07", language="zh")
    answers = file.set_identity(course="2026.1")
    assert (answers.trainee, answers.language, answers.course) == ("A07", "zh", "2026.1")
    before = path.stat().st_ino
    assert file.set_identity(trainee="A07").revision == answers.revision
    assert path.stat().st_ino == before


def test_the_file_may_be_read_by_others(file: AnswersFile, path: Path) -> None:
    """The file has mode 0644 whatever the umask, so that whoever collects it can read it."""
    old = os.umask(0o077)
    try:
        file.save(Q1, "x", seen=0, window="w1")
    finally:
        os.umask(old)
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


def is_pairless(text: str) -> bool:
    """Two halves of a pair in a row are one character in JSON, so Python's form cannot survive."""
    return not re.search("[\ud800-\udbff][\udc00-\udfff]", text)


any_text = st.text(st.characters(exclude_categories=()), max_size=30).filter(is_pairless)
any_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | any_text,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(any_text, inner, max_size=5),
    max_leaves=20,
)


@settings(max_examples=100, deadline=None)
@given(response=any_json)
def test_any_json_survives_exactly(response: Any) -> None:
    """Whatever JSON is answered, the very same comes back: half characters, -0.0, decomposed é."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / answers_name("01_am_types")
        AnswersFile(path).save(Q1, response, seen=0, window="w1")
        assert exact(AnswersFile(path).load().responses[Q1]) == exact(response)


# Two windows


@pytest.mark.parametrize(("first", "second"), [("left", "right"), ("right", "left")])
def test_an_unseen_answer_is_not_overwritten(
    file: AnswersFile, path: Path, first: str, second: str
) -> None:
    """The window that saves second is told what stands there, and nothing is written."""
    file.save(Q1, first, seen=0, window=first)
    before = path.read_bytes()
    with pytest.raises(ChangedElsewhere) as caught:
        AnswersFile(path).save(Q1, second, seen=0, window=second)
    assert caught.value.stored_response == first
    assert caught.value.saved_at == NOON
    assert caught.value.stored.revision == 1
    assert "another window" in english(caught.value)
    assert path.read_bytes() == before


def test_keeping_mine_keeps_theirs_in_the_history(file: AnswersFile) -> None:
    """When the trainee decides for one answer, the other one is still in the file."""
    file.save(Q1, "theirs", seen=0, window="left")
    saved = file.save(Q1, "mine", seen=0, window="right", keep_mine=True)
    entry = file.load().entry(Q1)
    assert entry is not None
    assert (entry.response, entry.revision, saved.revision) == ("mine", 2, 2)
    assert [old["response"] for old in entry.history] == ["theirs"]
    with pytest.raises(ChangedElsewhere):
        file.save(Q1, "theirs again", seen=1, window="left")
    file.save(Q1, "agreed", seen=2, window="left")
    entry = file.load().entry(Q1)
    assert entry is not None
    assert (entry.response, [old["response"] for old in entry.history]) == ("agreed", ["theirs"])


def test_the_history_is_bounded(file: AnswersFile) -> None:
    """However long two windows fight, the entry keeps the last few answers and no more."""
    for n in range(MAX_HISTORY + 3):
        file.save(Q1, n, seen=0, window=f"w{n}", keep_mine=True)
    entry = file.load().entry(Q1)
    assert entry is not None
    assert [old["response"] for old in entry.history] == list(range(2, MAX_HISTORY + 2))
    assert all("history" not in old for old in entry.history)


def test_a_window_may_overtake_itself(file: AnswersFile) -> None:
    """A window whose acknowledgement got lost saves on without being asked."""
    file.save(Q1, "a", seen=0, window="w1")
    assert file.save(Q1, "ab", seen=0, window="w1").revision == 2


def test_windows_on_different_items_do_not_meet(file: AnswersFile) -> None:
    """A change to one item is no reason to ask about another."""
    file.save(Q1, "a", seen=0, window="left")
    file.save(Q2, "b", seen=0, window="right")
    assert file.load().responses == {Q1: "a", Q2: "b"}


def test_a_file_started_again_does_not_fool_an_old_window(file: AnswersFile, path: Path) -> None:
    """Where the file was deleted and answered anew, an old window asks before it overwrites."""
    for n in range(3):
        file.save(Q1, f"old {n}", seen=n, window="left")
    path.unlink()
    file.save(Q1, "new", seen=0, window="right")
    with pytest.raises(ChangedElsewhere):
        file.save(Q1, "old", seen=3, window="left")
    assert file.save(Q1, "old", seen=3, window="left", keep_mine=True).revision == 4


# Reading what others wrote


def test_the_first_layout_is_understood(file: AnswersFile, path: Path) -> None:
    """A file of format 0 reads as today's, with what we do not know kept, and is saved as such."""
    path.write_text(
        '{"answers": {"am_types.q1": {"values": {"a": "鸽"}, "rev": 3, "ink": 1, '
        '"saved_at": "2026-11-20T08:00:00+00:00"}}, "trainee": "A07", "extra": [1]}',
        "utf-8",
    )
    answers = file.load()
    entry = answers.entry(Q1)
    assert entry is not None
    assert (entry.response, entry.revision) == ({"a": "鸽"}, 3)
    assert entry.saved_at == datetime(2026, 11, 20, 8, tzinfo=UTC)
    assert (answers.trainee, answers.revision) == ("A07", 3)
    file.save(Q2, "b", seen=0, window="w1")
    now = stored(path)
    assert (now["format"], now["extra"], now["revision"]) == (1, [1], 4)
    assert now["responses"][Q1]["ink"] == 1
    assert "answers" not in now


def test_a_newer_edition_is_left_alone(file: AnswersFile, path: Path) -> None:
    """A file of a newer format is refused with a sentence, and not one byte of it changes."""
    data = b'{"format": 2, "responses": "who knows", "unit": "01_am_types"}'
    path.write_bytes(data)
    with pytest.raises(NewerFormat):
        parse_answers(data)
    for attempt in (
        file.load,
        lambda: file.save(Q1, "x", seen=0, window="w1"),
        lambda: file.set_identity(trainee="A07"),
    ):
        with pytest.raises(NewerEdition) as caught:
            attempt()
        assert "newer edition" in english(caught.value)
    assert path.read_bytes() == data
    assert len(list(path.parent.glob("*.json"))) == 1


def test_a_byte_order_mark_is_welcome() -> None:
    """A file that Windows Notepad saved again still reads."""
    data = b'\xef\xbb\xbf{"format": 1, "responses": {"a.b": {"response": 1}}}'
    assert parse_answers(data).responses == {"a.b": 1}


def one(entry: str) -> bytes:
    """An answers file with this one entry."""
    return f'{{"format": 1, "responses": {{"a.b": {entry}}}}}'.encode()


DAMAGED = {
    "empty": (b"", "is empty"),
    "blank": (b" \n\n", "is empty"),
    "too large": (b" " * MAX_BYTES + b"{}", "too large"),
    "not text": (b'{\n"format": 1,\n"unit": "\xff\xfe"}', "line 3"),
    "another encoding": ('{"unit": "客户"}'.encode("gb18030"), "line 1"),
    "cut off": (b'{\n "format": 1,\n "responses": {\n', "breaks off in line 3"),
    "cut off in a text": (b'{\n "format": 1,\n "unit": "01_am', "breaks off in line 3"),
    "a comma too many": (b'{\n "format": 1,\n}', "line 3"),
    "two documents": (b'{"format": 1}\n{"format": 1}', "line 2"),
    "not a number": (one('{"response": NaN}'), "“NaN”"),
    "infinite": (one('{"response": -Infinity}'), "“-Infinity”"),
    "infinite in digits": (one('{"response": 1e999}'), "“1e999”"),
    "a very long number": (one(f'{{"response": {"9" * 5000}}}'), "too many digits"),
    "a nesting bomb": (b"[" * 100_000, "too many brackets"),
    "nested too deeply": (one(f'{{"response": {"[" * 62}1{"]" * 62}}}'), "too many brackets"),
    "a name twice": (b'{"format": 1, "responses": {"a.b": {}, "a.b": {}}}', "“a.b” stands"),
    "a list": (b"[1, 2]", "not an answers file"),
    "a text": (b'"hello"', "not an answers file"),
    "nothing": (b"null", "not an answers file"),
    "no format": (b"{}", "not an answers file"),
    "a format in words": (b'{"format": "1"}', "not an answers file"),
    "a format that is true": (b'{"format": true}', "not an answers file"),
    "a format below none": (b'{"format": -1}', "not an answers file"),
    "a trainee that is a list": (b'{"format": 1, "trainee": []}', "“trainee”"),
    "stages that are a text": (b'{"format": 1, "stages": "s1"}', "“stages”"),
    "a revision in words": (b'{"format": 1, "revision": "3"}', "“revision”"),
    "responses that are a list": (b'{"format": 1, "responses": []}', "“responses”"),
    "an entry that is a text": (one('"x"'), "“a.b”"),
    "an entry without response": (one('{"revision": 1}'), "“a.b”"),
    "an entry's revision": (one('{"response": 1, "revision": -1}'), "“a.b”"),
    "an entry's huge revision": (one(f'{{"response": 1, "revision": {10**99}}}'), "“a.b”"),
    "an entry's time": (one('{"response": 1, "saved_at": 5}'), "“a.b”"),
    "an entry's window": (one('{"response": 1, "window": 5}'), "“a.b”"),
    "an entry's history": (one('{"response": 1, "history": {}}'), "“a.b”"),
    "old answers in a list": (b'{"answers": []}', "“answers”"),
    "an old answer in a text": (b'{"answers": {"a.b": "x"}}', "“a.b”"),
    "an old revision in words": (b'{"answers": {"a.b": {"rev": "x"}}}', "“a.b”"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_what_is_wrong_is_said_in_a_sentence(name: str) -> None:
    """A file that cannot be read is refused with what is wrong in it, and where."""
    data, part = DAMAGED[name]
    with pytest.raises(DamagedAnswers) as caught:
        parse_answers(data)
    assert part in english(caught.value)
    assert str(caught.value) == english(caught.value)


@settings(max_examples=300, deadline=None)
@given(data=st.binary(max_size=80) | any_json.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """Reading never ends in anything but answers or a sentence."""
    try:
        answers = parse_answers(data)
    except DamagedAnswers as error:
        assert english(error)
    else:
        assert isinstance(answers, Answers)


@settings(max_examples=300, deadline=None)
@given(spot=st.integers(0, 10_000), byte=st.integers(0, 255), cut=st.booleans())
def test_a_broken_byte_is_read_or_refused(spot: int, byte: int, cut: bool) -> None:
    """A file with a wrong byte or a missing end reads in full, or is refused, and never raises."""
    entry = {"response": ["鸽", 1.5, None], "revision": 2, "saved_at": NOON.isoformat()}
    whole = json.dumps({"format": 1, "revision": 2, "stages": [], "responses": {Q1: entry}})
    data = bytearray(whole.encode())
    spot %= len(data)
    if cut:
        del data[spot:]
    else:
        data[spot] = byte
    try:
        answers = parse_answers(bytes(data))
    except DamagedAnswers as error:
        assert english(error)
    else:
        assert [answers.entry(item) is not None for item in answers.responses] in ([True], [])
        assert (answers.revision, answers.stages, answers.unit) is not None


def test_an_odd_time_does_not_spoil_the_answer() -> None:
    """A time that is none, or out of the calendar, reads as no time; the answer stands."""
    for text in ("yesterday", "", "0001-01-01T00:00:00+14:00", "2026-02-30"):
        entry = parse_answers(one(json.dumps({"response": "a", "saved_at": text}))).entry("a.b")
        assert entry is not None
        assert (entry.response, entry.saved_at) == ("a", None)


def test_refusals_travel_between_processes() -> None:
    """A refusal made in a worker process says the same in the one that collects."""
    with pytest.raises(DamagedAnswers) as caught:
        parse_answers(b"[")
    assert pickle.loads(pickle.dumps(caught.value)).message == caught.value.message


# A damaged file on the trainee's disk


def test_a_damaged_file_is_set_aside_and_the_save_goes_on(path: Path) -> None:
    """A save over a damaged file keeps that file, starts from what is known, and says so."""
    file = AnswersFile(path, clock=lambda: NOON)
    file.set_identity(trainee="A07")
    file.save(Q1, "known", seen=0, window="w1")
    path.write_bytes(b'{"format": 1, "resp')
    saved = file.save(Q2, "new", seen=0, window="w1")
    kept = path.with_name("01_am_types.answers.damaged-20261121-120000.json")
    assert kept.read_bytes() == b'{"format": 1, "resp'
    assert saved.notice is not None
    assert kept.name in Words("en").say(saved.notice)
    assert "breaks off in line 1" in Words("en").say(saved.notice)
    answers = AnswersFile(path).load()
    assert (answers.responses, answers.trainee) == ({Q1: "known", Q2: "new"}, "A07")
    assert file.save(Q2, "newer", seen=saved.revision, window="w1").notice is None


def test_a_damaged_file_is_set_aside_at_reading(path: Path) -> None:
    """Reading a damaged file keeps it too, and what is returned stands on the disk again."""
    file = AnswersFile(path, clock=lambda: NOON)
    file.save(Q1, "known", seen=0, window="w1")
    path.write_bytes(b"")
    answers = file.load()
    assert answers.responses == {Q1: "known"}
    assert answers.notice is not None
    assert AnswersFile(path).load().responses == {Q1: "known"}
    path.write_bytes(b"again")
    assert file.load().notice is not None
    assert sorted(p.read_bytes() for p in path.parent.glob("*.damaged-*.json")) == [b"", b"again"]


def test_a_damaged_file_met_for_the_first_time(file: AnswersFile, path: Path) -> None:
    """Where nothing is known, the damaged file is kept and the answers start blank."""
    path.write_bytes(b"\xff")
    answers = file.load()
    assert (answers.responses, answers.unit, answers.notice is None) == ({}, "01_am_types", False)
    assert file.save(Q1, "a", seen=0, window="w1") == Saved(1, NOON)
    assert [p.read_bytes() for p in path.parent.glob("*.damaged-*.json")] == [b"\xff"]


# When it cannot be saved


@pytest.mark.parametrize("response", [float("nan"), float("inf"), {1, 2}, b"x", {(1, 2): 3}])
def test_what_is_not_json_is_refused(file: AnswersFile, path: Path, response: Any) -> None:
    """What could not be read again is not written."""
    with pytest.raises(Unstorable):
        file.save(Q1, response, seen=0, window="w1")
    assert not path.exists()


def test_what_is_too_much_is_refused(file: AnswersFile, path: Path) -> None:
    """An answer too long, nested too deeply or ambiguous is refused, and the rest stays."""
    file.save(Q1, "kept", seen=0, window="w1")
    deep: Any = []
    for _ in range(MAX_DEPTH):
        deep = [deep]
    bottomless: list[Any] = []
    bottomless.append(bottomless)
    for response in ("长" * MAX_BYTES, deep, bottomless, {1: "a", "1": "b"}):
        with pytest.raises(Unstorable) as caught:
            file.save(Q2, response, seen=0, window="w1")
        assert "Not saved" in english(caught.value)
    assert file.load().responses == {Q1: "kept"}


@pytest.mark.parametrize("code", [errno.EROFS, errno.EACCES, errno.EPERM])
@pytest.mark.parametrize("ending", [".lock", ".tmp"])
def test_a_read_only_folder_is_reported(
    file: AnswersFile, path: Path, monkeypatch: pytest.MonkeyPatch, code: int, ending: str
) -> None:
    """In a folder that may not be written, the trainee reads so, and where; nothing changes."""
    file.save(Q1, "old", seen=0, window="w1")
    (path.parent / f".{path.name}.lock").unlink()
    before, plain_open = path.read_bytes(), os.open

    def read_only(name: Any, flags: int, *rest: Any, **more: Any) -> int:
        if flags & os.O_CREAT and str(name).endswith(ending):
            raise OSError(code, os.strerror(code), str(name))
        return plain_open(name, flags, *rest, **more)

    monkeypatch.setattr(os, "open", read_only)
    with pytest.raises(ReadOnly) as caught:
        file.save(Q1, "new", seen=1, window="w1")
    monkeypatch.undo()
    assert "read-only" in english(caught.value)
    assert str(path.parent) in english(caught.value)
    assert (path.read_bytes(), litter(path)) == (before, [])


def test_a_read_only_file_is_respected(file: AnswersFile, path: Path) -> None:
    """A file that somebody made read-only is not replaced behind his back."""
    file.save(Q1, "old", seen=0, window="w1")
    path.chmod(0o444)
    before = path.read_bytes()
    with pytest.raises(ReadOnly):
        file.save(Q1, "new", seen=1, window="w1")
    assert (path.read_bytes(), litter(path)) == (before, [])


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("call", ["fsync", "chmod", "replace"])
def test_a_full_disk_is_reported(
    file: AnswersFile, path: Path, monkeypatch: pytest.MonkeyPatch, code: int, call: str
) -> None:
    """A full disk, at whatever step it shows, leaves the old file whole and no rubbish."""
    file.save(Q1, "old", seen=0, window="w1")
    before = path.read_bytes()

    def full(*_: Any) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, call, full)
    with pytest.raises(DiskFull) as caught:
        file.save(Q1, "new", seen=1, window="w1")
    monkeypatch.undo()
    assert "no room left" in english(caught.value)
    assert (path.read_bytes(), litter(path)) == (before, [])
    assert file.save(Q1, "new", seen=1, window="w1").revision == 2


def in_a_child(action: Any) -> str:
    """Run `action` in a forked process and return what it returns."""
    out, into = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.write(into, str(action()).encode())
        except BaseException as error:
            os.write(into, repr(error).encode())
        finally:
            os._exit(0)
    os.close(into)
    with os.fdopen(out, "rb") as pipe:
        said = pipe.read().decode()
    os.waitpid(child, 0)
    return said


def test_a_write_that_the_system_stops_half_way(file: AnswersFile, path: Path) -> None:
    """When the operating system itself ends a write half way, the old file stands whole."""
    file.save(Q1, "old", seen=0, window="w1")
    before = path.read_bytes()

    def save_with_too_little_room() -> str:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))
        try:
            file.save(Q1, "长" * 50_000, seen=1, window="w1")
        except DiskFull as error:
            assert isinstance(error.__cause__, OSError)
            return f"{error.__cause__.errno} {error}"
        return "saved"

    said = in_a_child(save_with_too_little_room)
    assert said.startswith(f"{errno.EFBIG} Not saved: there is no room left")
    assert (path.read_bytes(), litter(path)) == (before, [])


def test_a_folder_that_is_gone_is_not_made_again(file: AnswersFile, path: Path) -> None:
    """Where the folder was moved away, the trainee reads so; no empty one takes its place."""
    file.save(Q1, "old", seen=0, window="w1")
    shutil.rmtree(path.parent)
    with pytest.raises(FolderGone) as caught:
        file.save(Q1, "new", seen=1, window="w1")
    assert "no longer there" in english(caught.value)
    assert not path.parent.exists()


def test_a_file_held_by_somebody_else(
    file: AnswersFile, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lock that is not given back ends in a sentence; once it is, the save goes through."""
    monkeypatch.setattr(module, "LOCK_SECONDS", 0.05)
    with (path.parent / f".{path.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(Busy) as caught:
            file.save(Q1, "x", seen=0, window="w1")
        assert "busy" in english(caught.value)
        assert not path.exists()
    assert file.save(Q1, "x", seen=0, window="w1").revision == 1


def test_any_other_error_is_a_sentence_too(
    file: AnswersFile, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error we did not foresee is told in a sentence with the system's own reason."""

    def broken(*_: Any) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(NotSaved) as caught:
        file.save(Q1, "x", seen=0, window="w1")
    assert os.strerror(errno.EIO) in english(caught.value)
    assert litter(path) == []


def test_a_file_that_cannot_be_read(file: AnswersFile, path: Path) -> None:
    """Where something else stands at the file's place, reading says so in a sentence."""
    path.mkdir()
    with pytest.raises(NotSaved) as caught:
        file.load()
    assert path.name in english(caught.value)


# On the disk before it is acknowledged


def test_a_save_is_durable_before_it_is_acknowledged(
    file: AnswersFile, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Content first, then the name, then the folder: only then does `save` return."""
    steps = []
    plain_fsync, plain_replace = os.fsync, os.replace

    def fsync(descriptor: int) -> None:
        status = os.fstat(descriptor)
        if stat.S_ISDIR(status.st_mode):
            steps.append("folder")
        else:
            steps.append(f"{status.st_size > 0} content {stat.S_IMODE(status.st_mode):o}")
        plain_fsync(descriptor)

    def replace(source: str, target: Path) -> None:
        steps.append("rename")
        assert Path(source).parent == path.parent
        plain_replace(source, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "replace", replace)
    file.save(Q1, "x", seen=0, window="w1")
    assert steps == ["True content 644", "rename", "folder"]
    file.save(Q1, "x", seen=1, window="w1")
    assert steps[3:] == ["folder"]


def test_a_scanner_that_holds_the_file_is_waited_for(
    file: AnswersFile, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rename that Windows refuses for a moment is tried again; one it never allows is told."""
    file.save(Q1, "old", seen=0, window="w1")
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)
    plain_replace = os.replace

    def held_twice(source: str, target: Path) -> None:
        if len(waits) < 2:
            raise PermissionError(errno.EACCES, "held")
        plain_replace(source, target)

    monkeypatch.setattr(os, "replace", held_twice)
    assert file.save(Q1, "new", seen=1, window="w1").revision == 2
    assert len(waits) == 2

    def held(*_: Any) -> None:
        raise PermissionError(errno.EACCES, "held")

    monkeypatch.setattr(os, "replace", held)
    with pytest.raises(ReadOnly):
        file.save(Q1, "newer", seen=2, window="w1")
    assert (file.load().responses, litter(path)) == ({Q1: "new"}, [])


def test_what_killed_writers_left_is_cleaned(file: AnswersFile, path: Path) -> None:
    """The next save deletes our own leftovers of this file and nothing of anybody else's."""
    ours = path.with_name(f".{path.name}.k3j9.tmp")
    others = [
        path.with_name(".02_kam.answers.json.k3j9.tmp"),
        path.with_name(f"{path.name}.tmp"),
        path.with_name("notes.tmp"),
    ]
    for leftover in (ours, *others):
        leftover.write_text("x")
    file.save(Q1, "x", seen=0, window="w1")
    assert not ours.exists()
    assert all(other.exists() for other in others)


# Several processes


def test_two_processes_lose_nothing_of_each_other(path: Path) -> None:
    """Two processes that save different items at the same time both find all of theirs."""
    count = 40
    children = []
    for name in ("left", "right"):
        child = os.fork()
        if not child:
            status = 1
            try:
                file = AnswersFile(path)
                for n in range(count):
                    file.save(f"{name}.q{n}", [name, n], seen=0, window=name)
                status = 0
            finally:
                os._exit(status)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0]
    answers = AnswersFile(path).load()
    assert answers.revision == 2 * count
    assert answers.responses == {
        f"{name}.q{n}": [name, n] for name in ("left", "right") for n in range(count)
    }


def test_a_glance_moves_nothing(tmp_path: Path) -> None:
    """It returns what is there, nothing of a damaged file but a sentence, and leaves the folder as it is."""
    path = tmp_path / "01_x.answers.json"
    assert module.glance(path) == (module.Answers({}), None)
    module.AnswersFile(path).save("x.a", {"text": "b"}, seen=0, window="w")
    answers, problem = module.glance(path)
    assert (answers.responses, problem) == ({"x.a": {"text": "b"}}, None)
    path.write_bytes(b"{")
    answers, problem = module.glance(path)
    assert (answers.responses, problem is None) == ({}, False)
    assert path.read_bytes() == b"{"
    assert not list(tmp_path.glob("*.damaged-*"))
