"""Whoever kills the writer, at whatever moment, no acknowledged answer is lost and no file torn."""

from __future__ import annotations

import fcntl
import os
import random
import select
import signal
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Any

from kamlib.items import answers as module
from kamlib.items.answers import Answers, AnswersFile, answers_name, parse_answers

ROUNDS = 320
ITEMS = [f"am_types.q{n}" for n in range(12)]
TEXT = "老黄牛埋头苦干,信鸽只传话,顾问先问后说。" * 40


def response(n: int) -> dict[str, Any]:
    """The n-th answer that a writer gives; long, so that writing it takes a while."""
    return {"n": n, "text": f"{n} {TEXT}"}


def expected(last: int) -> dict[str, Any]:
    """What the file holds when answer `last` was the last one written; -1 for none."""
    first = max(0, last - len(ITEMS) + 1)
    return {ITEMS[n % len(ITEMS)]: response(n) for n in range(first, last + 1)}


def write_for_ever(path: Path, start: int, into: int, window: str) -> None:
    """Answer one item after the other, from answer `start` on; acknowledge each on the pipe."""
    file = AnswersFile(path)
    answers = file.load()
    seen = {item: entry.revision for item in ITEMS if (entry := answers.entry(item))}
    n = start
    while True:
        item = ITEMS[n % len(ITEMS)]
        saved = file.save(item, response(n), seen=seen.get(item, 0), window=window)
        seen[item] = saved.revision
        os.write(into, f"{n} {saved.revision}\n".encode())
        n += 1


def fork_writer(path: Path, start: int, window: str) -> tuple[int, int]:
    """Start a writer; return its process id and the pipe on which it acknowledges."""
    out, into = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.close(out)
            write_for_ever(path, start, into, window)
        finally:
            os._exit(1)
    os.close(into)
    return child, out


def kill(child: int, out: int) -> list[tuple[int, int]]:
    """Kill the writer and return what it had acknowledged: answer and revision of each."""
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "the writer ended by itself, so it must have failed"
    with os.fdopen(out, "rb") as pipe:
        lines = pipe.read().decode().splitlines()
    return [(int(n), int(revision)) for n, revision in map(str.split, lines)]


def assert_free(path: Path) -> None:
    """The lock of a killed writer is free at once."""
    with (path.parent / f".{path.name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


def read(path: Path) -> Answers | None:
    """Read the file as it stands, None where there is none; a torn file raises."""
    return parse_answers(path.read_bytes()) if path.exists() else None


def test_no_acknowledged_answer_is_lost(tmp_path: Path) -> None:
    """Killed 320 times at random moments, a writer leaves all that it acknowledged.

    The file then holds exactly the acknowledged answers, or these and the one that was being
    saved; it is never torn, its lock is free, and the next writer goes on from there.
    """
    path = tmp_path / answers_name("01_am_types")
    seed = time.time_ns()
    chance = random.Random(seed)
    last, acknowledged = -1, 0
    for turn in range(ROUNDS):
        at = f"in round {turn} of seed {seed}"
        child, out = fork_writer(path, last + 1, window=f"w{turn}")
        if turn % 2:  # every other time it is surely in the midst of its work
            select.select([out], [], [], 10)
            time.sleep(chance.uniform(0, 0.006))
        else:
            time.sleep(chance.uniform(0, 0.02))
        done = kill(child, out)
        if turn % 2:
            assert done, f"nothing was saved within ten seconds {at}"
        assert done == [(n, n + 1) for n in range(last + 1, last + 1 + len(done))], at
        last += len(done)
        acknowledged += len(done)
        answers = read(path)
        held = answers.responses if answers else {}
        if held == expected(last + 1):  # it was written, but there was no time to say so
            last += 1
        assert held == expected(last), f"the answers {done} were acknowledged {at}"
        assert answers is None or answers.revision == last + 1, at
        if answers is not None:
            assert_free(path)
    assert acknowledged >= ROUNDS // 2
    AnswersFile(path).save("am_types.end", "end", seen=0, window="end")
    assert {p.name for p in tmp_path.iterdir()} == {path.name, f".{path.name}.lock"}


def test_killed_at_every_line(tmp_path: Path) -> None:
    """A save that is killed before any one line of its code leaves the old file or the new one."""
    path = tmp_path / answers_name("01_am_types")
    AnswersFile(path).save("am_types.a", "kept", seen=0, window="w")
    line, finished = 0, False
    seen_old = seen_new = False
    while not finished:
        line += 1
        before = read(path)
        assert before is not None
        child = os.fork()
        if not child:
            try:
                _save_and_die(path, line, before)
            finally:
                os._exit(1)
        _, status = os.waitpid(child, 0)
        finished = not os.WIFSIGNALED(status)
        assert not finished or os.WEXITSTATUS(status) == 0, f"the save failed at line {line}"
        after = read(path)
        assert after is not None
        assert after.responses["am_types.a"] == "kept"
        if after.document == before.document:
            seen_old = True
        else:
            assert after.responses["am_types.b"] == line
            assert after.revision == before.revision + 1
            seen_new = True
        assert not finished or after.responses["am_types.b"] == line
        assert_free(path)
    assert seen_old
    assert seen_new
    assert line > 50, "too few lines were seen for this to be a test"


def _save_and_die(path: Path, last: int, before: Answers) -> None:
    """Save, and die before the line of the answers module that is executed as the `last` one."""
    count = 0

    def trace(frame: FrameType, event: str, _: object) -> Any:
        nonlocal count
        if frame.f_code.co_filename != module.__file__:
            return None
        if event == "line":
            count += 1
            if count == last:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace

    entry = before.entry("am_types.b")
    file = AnswersFile(path)
    sys.settrace(trace)
    file.save("am_types.b", last, seen=entry.revision if entry else 0, window="w")
    sys.settrace(None)
    os._exit(0)


def test_a_reader_never_sees_half_a_file(tmp_path: Path) -> None:
    """Whoever reads while another process writes finds a whole file, and never an older one."""
    path = tmp_path / answers_name("01_am_types")
    child, out = fork_writer(path, 0, window="w")
    try:
        select.select([out], [], [], 10)
        revisions = [parse_answers(path.read_bytes()).revision]
        give_up = time.monotonic() + 10
        while revisions[-1] < revisions[0] + 50 and time.monotonic() < give_up:
            revisions.append(parse_answers(path.read_bytes()).revision)
    finally:
        done = kill(child, out)
    assert done
    assert revisions == sorted(revisions)
    assert revisions[-1] > revisions[0]
