"""Grading a cohort: what counts, what is refused, and that doing it again changes nothing."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from kamlib.cli import app
from kamlib.cli.console import out
from kamlib.cli.grading import show
from kamlib.forms.panel import page_html
from kamlib.grading import gradebook, intake
from kamlib.grading.cohort import Cohort, write_settings
from kamlib.grading.office import State, page
from kamlib.grading.pipeline import PREVIEW, grade, look, release_feedback
from kamlib.grading.results import Result
from kamlib.grading.sample import CANARY
from kamlib.words import Words

from .conftest import IN_TIME, LATE, UNIT, Send, about, answers_of

EN = Words("en")


def result_of(cohort: Cohort, code: str, *drops: Path) -> Result:
    """Grade and return one trainee's result."""
    graded = grade(cohort, drops)
    return next(result for result in graded.results[UNIT] if result.trainee.code == code)


def test_right_answers_earn_every_point_the_machine_gives(cohort: Cohort, send: Send) -> None:
    """Right answers get full marks on every machine item, and only the prose waits."""
    result = result_of(cohort, "A01", send("A01"))
    machine = [item for item in result.items if item.mark.score is not None]
    assert all(item.score == item.mark.max for item in machine)
    assert [item.mark.item for item in result.items if item.waiting] == ["am_types.always_right"]
    assert result.score == sum(item.mark.max for item in machine)


def test_nothing_handed_in_says_so(cohort: Cohort) -> None:
    """Who handed in nothing has a page that says so and no place in the gradebook."""
    result = result_of(cohort, "A02")
    assert (result.counted, result.attempts, result.score) == (0, 0, 0)
    page = (cohort.root / PREVIEW / "A02" / UNIT / f"{UNIT}.html").read_text("utf-8")
    assert "No hand-in of yours has arrived so far." in page
    assert gradebook.read(cohort.database, UNIT) == {}


@pytest.mark.parametrize(
    "trick",
    [
        "no_notebook",
        "bare",
        "extra_cell",
        "copied_cell",
        "skip_execution",
        "own_module",
        "two_windows",
    ],
)
def test_what_else_comes_with_the_answers_changes_no_mark(
    cohort: Cohort, send: Send, trick: str
) -> None:
    """Added code, copied cells, tags and modules neither gain nor lose a point, and none is run."""
    honest = result_of(cohort, "A03", send("A03", conflict="blank"))
    tricked = result_of(cohort, "A01", send("A01", trick, conflict="blank"))
    assert [item.mark for item in tricked.items] == [item.mark for item in honest.items]
    assert not list(cohort.root.parent.rglob(CANARY))
    assert not Path(CANARY).exists()


@pytest.mark.parametrize(
    ("trick", "words"),
    [
        ("no_notebook", "The notebook was not with the answers"),
        ("extra_cell", "has code that is not ours; it was not run"),
        ("copied_cell", "has a question twice"),
        ("skip_execution", "the tag was ignored"),
        ("own_module", "also held kamlib.py"),
    ],
)
def test_strange_company_is_named_to_the_instructor(
    cohort: Cohort, send: Send, trick: str, words: str
) -> None:
    """Each oddity is one plain sentence for the instructor."""
    graded = grade(cohort, [send("A01", trick)])
    sentences = [EN.say(note) for _, note in graded.remarks]
    assert any(words in sentence for sentence in sentences), sentences


def test_bad_json_is_refused_in_one_sentence_and_stops_nothing(cohort: Cohort, send: Send) -> None:
    """A torn file is refused with its place; the others are graded."""
    send("A02", "bad_json", lang="en")
    graded = grade(cohort, [send("A01")])
    (refusal,) = graded.refusals
    assert (refusal.code, refusal.unit) == ("A02", UNIT)
    assert "breaks off in line" in EN.say(refusal.why)
    scores = {result.trainee.code: result.score for result in graded.results[UNIT]}
    assert scores["A01"] > 30
    assert scores["A02"] == 0


def test_an_unknown_code_is_refused_and_who_it_may_be_is_told_the_instructor_only(
    cohort: Cohort, send: Send
) -> None:
    """A mistyped code is not guessed at; the trainee's page names nobody else."""
    (refusal,) = grade(cohort, [send("A02", "unknown_code", lang="en")]).refusals
    assert EN.say(refusal.told) == (
        "The code “A02X” is not in the roster. Correct it on the start page and hand in again. "
        "Perhaps it is that of A02, Jordan Pell?"
    )
    page = (cohort.root / PREVIEW / "A02" / UNIT / f"{UNIT}.html").read_text("utf-8")
    assert "“A02X” is not in the roster" in page
    assert "Perhaps it is that of" not in page


def test_the_last_attempt_in_time_counts(cohort: Cohort, send: Send) -> None:
    """Of two attempts in time the second counts; one after the due date does not replace it."""
    send("A01", number=1, like="blank")
    send("A01", number=2, at=IN_TIME + timedelta(days=1))
    drop = send("A01", number=3, at=LATE, like="blank")
    result = result_of(cohort, "A01", drop)
    assert (result.counted, result.attempts) == (2, 3)
    assert result.late == timedelta(0)
    assert result.score > 30


def test_a_late_hand_in_counts_with_the_cohorts_penalty(cohort: Cohort, send: Send) -> None:
    """Where nothing came in time, the late one counts: 10 % for each day begun."""
    result = result_of(cohort, "A01", send("A01", at=LATE))
    full = sum(item.score or 0 for item in result.items)
    assert result.late.days == 1
    assert result.penalty == pytest.approx(0.2 * full)
    assert result.score == pytest.approx(0.8 * full)


def test_due_means_the_end_of_the_day_in_the_cohorts_zone(cohort: Cohort, send: Send) -> None:
    """15 June ends in Shanghai, not in UTC."""
    evening = IN_TIME.replace(day=15, hour=23, minute=58)
    assert result_of(cohort, "A01", send("A01", at=evening)).late == timedelta(0)
    assert result_of(
        cohort, "A03", send("A03", at=evening + timedelta(minutes=3))
    ).late > timedelta(0)


def test_a_refused_hand_in_clears_the_score_before_it(cohort: Cohort, send: Send) -> None:
    """A later file that cannot be read leaves no old score standing, in marks, desk or gradebook."""
    assert result_of(cohort, "A01", send("A01", number=1)).score > 30
    drop = send("A01", "bad_json", number=2, at=IN_TIME + timedelta(hours=1))
    result = result_of(cohort, "A01", drop)
    assert result.score == 0
    assert "could not be read" in EN.say(result.notes[0])
    assert gradebook.read(cohort.database, UNIT) == {}
    assert not (cohort.root / "submitted" / "A01" / UNIT).exists()
    assert not (cohort.root / "autograded" / "A01" / UNIT).exists()


def test_everything_that_arrived_is_kept_as_it_came(cohort: Cohort, send: Send) -> None:
    """The inbox holds each arrival, the refused ones too, and nothing in it can be imported."""
    send("A01", "own_module")
    drop = send("A02", "bad_json", lang="en")
    grade(cohort, [drop])
    kept = sorted((cohort.root / "inbox").iterdir())
    assert [path.suffix for path in kept] == [".zip", ".zip", ".jsonl"]
    assert not list(cohort.root.rglob("kamlib.py"))


def snapshot(cohort: Cohort) -> dict[str, str]:
    """Return a hash of every file grading writes, the database aside (its ids are random)."""
    return {
        path.relative_to(cohort.root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for stage in ("inbox", "submitted", "autograded", PREVIEW, "course")
        for path in sorted((cohort.root / stage).rglob("*"))
        if path.is_file()
    }


def test_grading_again_changes_nothing(cohort: Cohort, send: Send) -> None:
    """A second run, with or without the same folder, gives the same files and marks."""
    send("A02", "bad_json", lang="en")
    drop = send("A01")
    first = grade(cohort, [drop])
    before = snapshot(cohort)
    assert grade(cohort, [drop]).results == first.results
    assert snapshot(cohort) == before
    assert grade(cohort).results == first.results
    assert snapshot(cohort) == before


def test_a_killed_run_is_made_good_by_the_next(cohort: Cohort, send: Send) -> None:
    """Wherever grading is killed, running it again ends where an unbroken run ends."""
    for code, lang in (("A01", "zh"), ("A02", "en"), ("A03", "zh")):
        drop = send(code, lang=lang)
    for delay in (0.005, 0.015, 0.03, 0.05, 0.08):
        child = os.fork()
        if child == 0:  # pragma: no cover - it is killed
            grade(cohort, [drop])
            os._exit(0)
        time.sleep(delay)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    graded = grade(cohort, [drop])
    assert [result.counted for result in graded.results[UNIT]] == [1, 1, 1, 0]
    assert all(result.score > 30 for result in graded.results[UNIT][:3])
    assert not list(cohort.root.rglob("*.part"))


def test_a_persons_marks_survive_a_regrade(cohort: Cohort, send: Send) -> None:
    """A score and comment given to prose, and an auto mark overridden, stay and reach the page."""
    drop = send("A02", lang="en")
    grade(cohort, [drop])
    gradebook.override(
        cohort.database, UNIT, "A02", "am_types.always_right", 2.5, "Name the limit."
    )
    gradebook.override(cohort.database, UNIT, "A02", "am_types.conflict", 1.0, "Half a reason.")
    for _ in range(2):
        result = result_of(cohort, "A02", drop)
        items = {item.mark.item: item for item in result.items}
        assert (items["am_types.always_right"].score, items["am_types.always_right"].comment) == (
            2.5, "Name the limit.",
        )  # fmt: skip
        assert (items["am_types.conflict"].score, items["am_types.conflict"].comment) == (
            1.0,
            "Half a reason.",
        )
        assert result.waiting == 0
    page = (cohort.root / PREVIEW / "A02" / UNIT / f"{UNIT}.html").read_text("utf-8")
    assert "Name the limit." in page
    assert "Half a reason." in page


def test_a_new_answer_asks_for_the_persons_look_again(cohort: Cohort, send: Send) -> None:
    """A mark given to the first attempt's prose stands, but waits when another attempt counts."""
    grade(cohort, [send("A01", number=1)])
    gradebook.override(cohort.database, UNIT, "A01", "am_types.always_right", 3.0, "")
    drop = send("A01", number=2, at=IN_TIME + timedelta(hours=2), always_right={"text": "别的答案"})
    result = result_of(cohort, "A01", drop)
    prose = next(item for item in result.items if item.mark.item == "am_types.always_right")
    assert (prose.human_score, prose.waiting) == (3.0, True)


def test_feedback_is_released_only_when_asked(cohort: Cohort, send: Send) -> None:
    """Pages wait in the preview; releasing some publishes only those."""
    send("A02", lang="en")
    grade(cohort, [send("A01")])
    assert not (cohort.root / "feedback").exists()
    assert release_feedback(cohort, [UNIT], ["A01"]) == 1
    assert [path.name for path in (cohort.root / "feedback").iterdir()] == ["A01"]
    assert release_feedback(cohort, [UNIT]) == 4


def test_feedback_is_in_each_trainees_language(cohort: Cohort, send: Send) -> None:
    """The roster's language decides, whatever language the hand-in was written in."""
    send("A02", lang="en")
    grade(cohort, [send("A01")])
    pages = {
        code: (cohort.root / PREVIEW / code / UNIT / f"{UNIT}.html").read_text("utf-8")
        for code in ("A01", "A02")
    }
    assert '<html lang="zh-CN"' in pages["A01"]
    assert '<html lang="en"' in pages["A02"]


def test_script_in_an_answer_is_text_everywhere(cohort: Cohort, send: Send) -> None:
    """What a trainee typed is never obeyed: not in feedback, not at the marking desk."""
    attack = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    drop = send("A01", always_right={"text": attack}, definition={"lines": [attack]})
    grade(cohort, [drop])
    page = (cohort.root / PREVIEW / "A01" / UNIT / f"{UNIT}.html").read_text("utf-8")
    desk = json.loads(
        (cohort.root / "autograded" / "A01" / UNIT / f"{UNIT}.ipynb").read_text("utf-8")
    )
    shown = "".join(
        output["data"].get("text/html", "")
        for cell in desk["cells"]
        for output in cell.get("outputs", ())
    )
    for text in (page, shown):
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "&lt;script&gt;alert(1)" in text
    assert (
        answers_of(cohort, "A01")["responses"]["am_types.always_right"]["response"]["text"]
        == attack
    )


# Personal data.

PHONE = "13812345678"
PROSE = "am_types.always_right"


def leaks(cohort: Cohort) -> list[str]:
    """Return the files of a cohort, but for the inbox, in which the number stands."""
    forms = [PHONE.encode(), PHONE.encode("utf-16-le")]
    return [
        path.relative_to(cohort.root).as_posix()
        for path in sorted(cohort.root.rglob("*"))
        if path.is_file() and path.parent.name != "inbox"
        if any(form in path.read_bytes() for form in forms)
    ]


def answers(text: str) -> dict[str, Any]:
    """Return an answer in prose."""
    return {"always_right": {"text": text}}


def test_personal_data_reaches_nothing_but_the_inbox(
    cohort: Cohort, send: Send, run: CliRunner
) -> None:
    """Not the desk, the gradebook, a page, the report, the office or the command's output."""
    cohort = about(cohort, PROSE)
    send("A01", **answers(f"Ask {PHONE}."))
    drop = send("A02", lang="en", **answers("Ask the buyer."))
    ran = run.invoke(app, ["grade", str(cohort.root), str(drop)])
    assert ran.exit_code == 3
    assert PHONE not in ran.output
    assert "13•••••••78" in ran.output
    assert leaks(cohort) == []
    assert not (cohort.root / "submitted" / "A01").exists()
    assert (cohort.root / "submitted" / "A02").exists()
    office = page_html(page(State(cohort, look(cohort), "zh")))
    assert "13•••••••78" in office
    assert "inbox/" in office
    feedback = (cohort.root / PREVIEW / "A01" / UNIT / f"{UNIT}.html").read_text("utf-8")
    assert "13•••••••78" in feedback
    assert "inbox" not in feedback
    (report,) = (cohort.root / "report").glob("*.html")
    assert "13•••••••78" in report.read_text("utf-8")
    (kept,) = [one for one in intake.kept(cohort) if "A01" in one.name]
    assert any(PHONE.encode() in data for data in kept.files.values())


def test_an_earlier_clean_hand_in_counts_on(cohort: Cohort, send: Send) -> None:
    """What is sent back takes no mark away, and the trainee reads which one counts and why."""
    cohort = about(cohort, PROSE)
    clean = result_of(cohort, "A01", send("A01", number=1, **answers("Ask the buyer.")))
    drop = send("A01", number=2, at=IN_TIME + timedelta(hours=1), **answers(f"Ask {PHONE}."))
    result = result_of(cohort, "A01", drop)
    assert (result.score, result.counted, result.attempts) == (clean.score, 1, 2)
    assert "so an earlier one counts" in EN.say(result.notes[0])
    assert leaks(cohort) == []
    clean_again = send("A01", number=3, at=IN_TIME + timedelta(hours=2), **answers("The owner."))
    result = result_of(cohort, "A01", clean_again)
    assert (result.counted, result.attempts, result.notes) == (3, 3, ())


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_without_an_earlier_one_nothing_counts(cohort: Cohort, send: Send, lang: str) -> None:
    """The trainee's page says in his language that it was not taken, and what to take out."""
    cohort = about(cohort, PROSE)
    code = {"en": "A02", "zh": "A01"}[lang]
    result = result_of(cohort, code, send(code, lang=lang, **answers(f"Ask {PHONE}.")))
    assert (result.counted, result.items) == (0, ())
    words = cohort.bundles[UNIT].words(lang)
    title = next(item.title for item in cohort.bundles[UNIT].items if item.id == PROSE)
    assert "was not taken" in EN.say(result.notes[0])
    assert words.translate(title) in words.say(result.notes[1])
    page = (cohort.root / PREVIEW / code / UNIT / f"{UNIT}.html").read_text("utf-8")
    assert words.translate(title) in page


def test_an_instructor_reads_of_questions_in_his_language(cohort: Cohort, send: Send) -> None:
    """The command names question and field as the unit's own translation does."""
    settings = cohort.settings.model_copy(update={"instructor_lang": "zh"})
    write_settings(cohort.root, settings)
    cohort = about(cohort, PROSE)
    graded = grade(cohort, [send("A01", **answers(f"Ask {PHONE}."))])
    title = next(item.title for item in cohort.bundles[UNIT].items if item.id == PROSE)
    words = cohort.words(UNIT, "zh")
    with out.capture() as captured:
        show(cohort, graded, Words("zh"))
    assert words.translate(title) in captured.get().replace("\n", "")
    assert words.translate(title) != title
    assert cohort.words("99_none", "zh").translate(title) == title


def test_once_deleted_nobody_misses_it(cohort: Cohort, send: Send) -> None:
    """The instructor deletes the file as told; from then on nothing is said of it."""
    cohort = about(cohort, PROSE)
    drop = send("A01", **answers(f"Ask {PHONE}."))
    (refusal,) = grade(cohort, [drop]).refusals
    assert len(grade(cohort).refusals) == 1
    path = cohort.root / "inbox" / f"{refusal.received.key}.zip"
    assert f"inbox/{path.name}" in EN.say(refusal.told)
    path.unlink()
    assert grade(cohort).refusals == ()
    assert look(cohort).refusals == ()
    assert len(grade(cohort, [drop]).refusals) == 1
    assert not path.exists()
