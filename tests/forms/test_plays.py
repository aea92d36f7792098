"""Plays on a disk: each a record of its own, kept whole, and untouched by what it does not know."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kamlib.forms.plays import Play, Plays, Settings
from kamlib.items.answers import AnswersFile, ChangedElsewhere


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "07_case.practice.json"


def test_plays_come_back_in_order(path: Path) -> None:
    """Ten plays and more are there again by number, for another window too."""
    plays = Plays(path, "case.talk")
    for number in (2, 10, 1):
        plays.keep(Play(number), {"seed": number})
    assert [(n, one.record) for n, one in Plays(path, "case.talk").all().items()] == [
        (1, {"seed": 1}),
        (2, {"seed": 2}),
        (10, {"seed": 10}),
    ]


def test_answers_to_questions_stay_beside_them(path: Path) -> None:
    """What was practised stands in the same file and is no play; neither is another activity's."""
    AnswersFile(path).save("case.try", {"choice": "a"}, seen=0, window="w")
    Plays(path, "case.talk.more").keep(Play(1), {"seed": 9})
    plays = Plays(path, "case.talk")
    plays.keep(Play(1), {"seed": 1})
    assert [one.record for one in plays.all().values()] == [{"seed": 1}]
    assert AnswersFile(path).load().responses["case.try"] == {"choice": "a"}


def test_what_a_newer_edition_wrote_stays(path: Path) -> None:
    """A field that is unknown here comes through a change of the play."""
    Plays(path, "case.talk").keep(Play(1), {"seed": 1, "mood": [1, 2]})
    plays = Plays(path, "case.talk")
    plays.keep(plays.all()[1], {"seed": 1, "log": {}})
    assert plays.all()[1].record == {"seed": 1, "mood": [1, 2], "log": {}}


def test_another_windows_play_is_not_overwritten(path: Path) -> None:
    """Who has not seen the last move cannot put his own in its place."""
    mine, theirs = Plays(path, "case.talk"), Plays(path, "case.talk")
    old = mine.keep(Play(1), {"seed": 1})
    theirs.keep(theirs.all()[1], {"moves": 1})
    with pytest.raises(ChangedElsewhere):
        mine.keep(old, {"moves": 2})
    assert mine.all()[1].record == {"seed": 1, "moves": 1}


def test_a_new_play_has_the_next_number(path: Path) -> None:
    """Two windows that begin one at the same time keep both, each under its own number."""
    mine, theirs = Plays(path, "case.talk"), Plays(path, "case.talk")
    assert mine.add({"seed": 1}).number == 1
    known = theirs.all()
    stale = iter([known, {}])  # what a window sees that has not heard of the other's play
    fresh = theirs.all
    theirs.all = lambda: next(stale, None) or fresh()  # type: ignore[method-assign]
    assert mine.add({"seed": 2}).number == 2
    assert theirs.add({"seed": 3}).number == 3
    assert [one.record for one in mine.all().values()] == [{"seed": 1}, {"seed": 2}, {"seed": 3}]


def test_a_damaged_file_is_told_and_kept(path: Path) -> None:
    """What cannot be read is renamed, never overwritten, and said."""
    path.write_bytes(b"{")
    plays = Plays(path, "case.talk")
    assert plays.all() == {}
    assert plays.notice is not None
    assert [one.read_bytes() for one in path.parent.glob("*.damaged-*")] == [b"{"]


def test_what_is_no_record_is_left_out(path: Path) -> None:
    """A name or a value that no play has is not shown as one."""
    path.write_text(json.dumps({"format": 1, "responses": {
        "case.talk-0": {"response": {}}, "case.talk-x": {"response": {}},
        "case.talk-1": {"response": 7}, "case.talk-2": {"response": {"seed": 1}},
    }}), "utf-8")  # fmt: skip
    assert list(Plays(path, "case.talk").all()) == [2]


def test_what_was_set_last_counts_and_what_was_set_beside_it_stays(path: Path) -> None:
    """Two windows that set something in the same moment both get through, the later one over the earlier."""
    mine, theirs = Plays(path, "case.settings"), Settings(Plays(path, "case.settings"))
    settings = Settings(mine)
    assert settings.record == {}
    settings.set(size=1, warmth=2)
    stale, fresh = iter([mine.all()]), mine.all
    theirs.set(size=3, risk=4)
    mine.all = lambda: next(stale, None) or fresh()  # type: ignore[method-assign]
    assert settings.set(size=5) == {"size": 5, "warmth": 2, "risk": 4}
    assert theirs.record == {"size": 5, "warmth": 2, "risk": 4}
