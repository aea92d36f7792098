"""Correcting a key in a running cohort: who moves and why, and that it holds."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from kamlib.course.bundle import from_json, to_json
from kamlib.course.syllabus import Course, Unit
from kamlib.grading import gradebook, rekey
from kamlib.grading.by_person import put_mark
from kamlib.grading.cohort import Cohort, CohortError, open_cohort, write_settings
from kamlib.grading.pipeline import PREVIEW, grade
from kamlib.grading.rekey import apply, archive, history, preview
from kamlib.grading.results import Result
from kamlib.words import Message, Words

from .conftest import IN_TIME, LATE, SHANGHAI, UNIT, Send

EN = Words("en")
OUTCOMES = "am_types.outcomes"
PRICE = "am_types.price_margin"
MONTH = "am_types.margin_month"
NOW = datetime(2026, 6, 20, 9, 30, tzinfo=SHANGHAI)
WRONG = {"target": "company", "misunderstanding": "terms", "distrust": "terms",
         "no_value": "manager", "future": "agent"}  # fmt: skip
"""A key of `outcomes` with one line filed under the wrong people."""

Keys = Callable[..., Path]


@pytest.fixture
def unit(one_unit: Course) -> Unit:
    """The unit as the course has it."""
    return one_unit.unit(UNIT)


@pytest.fixture
def keys(unit: Unit, tmp_path: Path) -> Keys:
    """Write a copy of the course's key file in which some fields of some items are others."""

    def write(**changes: dict[str, Any] | None) -> Path:
        entries = yaml.safe_load((unit.folder / "key.yaml").read_text("utf-8"))
        for name, fields in changes.items():
            entry = entries.setdefault(f"am_types.{name}", {})
            for field, value in (fields or {}).items():
                entry[field] = value
                if value is None:
                    del entry[field]
        path = tmp_path / "my_key.yaml"
        path.write_text(yaml.safe_dump(entries, allow_unicode=True), "utf-8")
        return path

    return write


def wrongly_keyed(cohort: Cohort) -> Cohort:
    """Give a cohort that nobody has graded the wrong key of `outcomes`."""
    path = cohort.root / "course" / UNIT / "bundle.json"
    bundle = from_json(path.read_text("utf-8"))
    key = bundle.keys[OUTCOMES].model_copy(update={"answer": WRONG})
    path.write_text(to_json(replace(bundle, keys=bundle.keys | {OUTCOMES: key})), "utf-8")
    return open_cohort(cohort.root)


def said(messages: Any) -> list[str]:
    """Return messages in English."""
    return [EN.say(one) for one in messages]


def result(cohort: Cohort, code: str, *drops: Path) -> Result:
    """Grade and return one trainee's result."""
    found = grade(open_cohort(cohort.root), drops).results[UNIT]
    return next(one for one in found if one.trainee.code == code)


def score(of: Result, item: str) -> float | None:
    """Return the points that count for an item."""
    return next(one.score for one in of.items if one.mark.item == item)


def page(cohort: Cohort, code: str) -> str:
    """Return the feedback that waits for its release."""
    return (cohort.root / PREVIEW / code / UNIT / f"{UNIT}.html").read_text("utf-8")


def contents(cohort: Cohort) -> dict[str, str]:
    """Return the digest of every file of a cohort, the gradebook and locks left out."""
    return {
        path.relative_to(cohort.root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(cohort.root.rglob("*"))
        if path.is_file() and path.suffix not in (".db", ".lock")
    }


def test_a_preview_says_what_differs_who_moves_and_why_and_writes_nothing(
    cohort: Cohort, send: Send, keys: Keys
) -> None:
    """The line is named by its labels, each move has its reason, and no file changes."""
    cohort = wrongly_keyed(cohort)
    send("A02", lang="en")
    grade(cohort, [send("A01")])
    before = contents(cohort)
    found = preview(cohort, UNIT, keys())
    assert contents(cohort) == before
    (corrected,) = found.corrected
    assert (corrected.item, corrected.no, corrected.marks) == (OUTCOMES, 3, True)
    (how,) = said(corrected.how)
    assert how.startswith("“A thinks that we hold back support.")
    assert "both firms" in how.split("→")[0]
    assert "the people on both sides" in how.split("→")[1]
    assert [(m.trainee.code, m.item, m.no, m.before, m.after, m.follows) for m in found.moves] == [
        ("A01", OUTCOMES, 3, 2.4, 3.0, False), ("A02", OUTCOMES, 3, 2.4, 3.0, False),
    ]  # fmt: skip
    assert EN.say(found.moves[0].why).startswith("no longer said: Nothing has been signed")
    assert found.counts == (2, 0, 0)
    assert [round(total.after - total.before, 6) for total in found.totals] == [0.6, 0.6]


def test_the_total_of_who_was_late_moves_with_its_penalty(
    cohort: Cohort, send: Send, keys: Keys
) -> None:
    """What lateness costs is worked out anew: of 0.6 points two days late keep 0.48."""
    cohort = wrongly_keyed(cohort)
    grade(cohort, [send("A01", at=LATE)])
    (total,) = preview(cohort, UNIT, keys()).totals
    assert total.after - total.before == pytest.approx(0.48)


def test_a_follow_on_question_moves_with_the_one_it_builds_on(
    cohort: Cohort, send: Send, keys: Keys
) -> None:
    """Another value of an earlier number moves the question worked out from it, which says so."""
    grade(
        cohort,
        [send("A01", price_margin="blank", margin_month={"value": "-18000", "unit": "yuan"})],
    )
    follows = {"margin_month": {"value": None, "traps": None}}
    apply(cohort, UNIT, keys(**follows), "It follows.", now=NOW)
    cohort = open_cohort(cohort.root)
    found = preview(cohort, UNIT, keys(price_margin={"value": -3}, **follows))
    assert [one.item for one in found.corrected] == [PRICE]
    assert [(m.item, m.before, m.follows) for m in found.moves] == [(MONTH, 0, True)]


def test_other_words_move_nobody(cohort: Cohort, send: Send, keys: Keys) -> None:
    """A corrected explanation is shown as such, and no mark moves."""
    grade(cohort, [send("A01")])
    found = preview(cohort, UNIT, keys(price_margin={"explanation": "So it is."}))
    assert [(one.item, one.marks) for one in found.corrected] == [(PRICE, False)]
    assert (found.moves, found.counts) == ((), (0, 0, 1))


def test_a_wrong_value_that_was_no_mistake_is_forgiven_when_its_trap_goes(
    cohort: Cohort, send: Send, keys: Keys, unit: Unit
) -> None:
    """A trap on a value within tolerance is named by value and unit, and its victims move up."""
    traps = yaml.safe_load((unit.folder / "key.yaml").read_text("utf-8"))[PRICE]["traps"]
    bad = {"name": "close", "value": -2.52, "unit": "yuan", "message": "Not that."}
    grade(cohort, [send("A01", price_margin={"value": "-2.52", "unit": "yuan"})])
    apply(cohort, UNIT, keys(price_margin={"traps": [*traps, bad]}), "A trap.", now=NOW)
    found = preview(open_cohort(cohort.root), UNIT, keys(price_margin={"traps": traps}))
    (how,) = said(found.corrected[0].how)
    assert how == "The wrong value -2.52 yuan a case is no longer known."
    assert [(m.item, m.before, m.after) for m in found.moves if not m.follows] == [(PRICE, 0, 1)]


def test_a_gate_that_goes_lifts_the_whole_exercise(cohort: Cohort, send: Send, keys: Keys) -> None:
    """Every question that the gate held down moves, told apart from the one whose key it was."""
    gate = {"options": ["hint"], "cap": 0.25, "message": "That is a breach of trust."}
    hint = {"choice": "hint", "reason": "stance"}
    grade(cohort, [send("A02", lang="en", conflict=hint)])
    new = preview(cohort, UNIT, keys(conflict={"gate": gate}))
    assert "holds the whole exercise at 25 %" in said(new.corrected[0].how)[0]
    assert len(new.down) > 10
    others = {said([move.why])[0] for move in new.moves if move.follows}
    assert others == {"another answer meets a gate, which holds the whole exercise down"}
    assert new.waiting == (1, 2)
    apply(cohort, UNIT, keys(conflict={"gate": gate}), "A gate.", now=NOW)
    found = preview(open_cohort(cohort.root), UNIT, keys())
    assert "no longer holds down" in said(found.corrected[0].how)[0]
    assert [m.item for m in found.moves if not m.follows] == ["am_types.conflict"]
    others = {said([move.why])[0] for move in found.moves if move.follows}
    assert others == {"no gate holds the whole exercise down any more"}
    assert len(found.moves) > 10
    assert not found.down
    assert found.counts == (1, 0, 0)
    apply(open_cohort(cohort.root), UNIT, keys(), "No gate.", now=NOW)
    text = page(cohort, "A02")
    assert text.count("The key of question 10 was corrected on 20 June.") == 2
    assert text.count("moved with it, together from") == 2


def test_a_persons_mark_lifts_the_gate_until_other_answers_come(
    cohort: Cohort, send: Send, keys: Keys
) -> None:
    """Once somebody has looked, the other marks count as they are; a new hand-in is looked at anew."""
    gate = {"options": ["hint"], "cap": 0.25, "message": "That is a breach of trust."}
    hint = {"choice": "hint", "reason": "stance"}
    grade(cohort, [send("A02", lang="en", conflict=hint)])
    free = result(cohort, "A02").score
    apply(cohort, UNIT, keys(conflict={"gate": gate}), "A gate.", now=NOW)
    group = open_cohort(cohort.root)
    grade(group, [])
    held = result(group, "A02").score
    assert held < free / 2
    put_mark(group, "A02", "am_types.conflict", 0.0, "We spoke about it.")
    grade(group, [])
    assert result(group, "A02").score == free - 1  # the answer's own points went, by the person
    assert "Until a person has looked" not in page(group, "A02")
    later = send("A02", lang="en", number=2, at=IN_TIME + timedelta(hours=1), conflict=hint,
                 outcomes="blank")  # fmt: skip
    grade(group, [later])
    assert result(group, "A02").score < free / 2
    assert "Until a person has looked" in page(group, "A02")


def test_a_mark_that_a_person_set_stands_and_is_named_for_another_look(
    cohort: Cohort, send: Send, keys: Keys
) -> None:
    """The person's score does not move, the preview names it, and the desk lists it again."""
    cohort = wrongly_keyed(cohort)
    grade(cohort, [send("A01")])
    gradebook.override(cohort.database, UNIT, "A01", OUTCOMES, 1.0, "We spoke.")
    found = preview(cohort, UNIT, keys())
    assert found.moves == ()
    (stands,) = found.stands
    assert (stands.trainee.code, stands.no, stands.score, stands.before, stands.after) == (
        "A01", 3, 1.0, 2.4, 3.0,
    )  # fmt: skip
    apply(cohort, UNIT, keys(), "A slip.", now=NOW)
    after = result(cohort, "A01")
    one = next(one for one in after.items if one.mark.item == OUTCOMES)
    assert (one.score, one.comment, one.waiting) == (1.0, "We spoke.", True)
    assert after.corrections == ()


def test_applying_moves_the_marks_and_tells_those_who_moved_in_their_language(
    cohort: Cohort, send: Send, keys: Keys, unit: Unit
) -> None:
    """The notice names question, day, points and reason; who did not move has none."""
    cohort = wrongly_keyed(cohort)
    send("A02", lang="en")
    send("A04", lang="en", outcomes="blank")
    grade(cohort, [send("A01")])
    why = {"zh": "那一行归错了人。"}
    done = apply(
        cohort, UNIT, keys(), "One line was filed wrongly.", course=unit, why_in=why, now=NOW
    )
    assert done.graded
    assert score(done.graded.results[UNIT][0], OUTCOMES) == 3.0
    english = page(cohort, "A02")
    assert (
        "The key of question 3 was corrected on 20 June. Your mark for it went from 2.4 to 3 points."
        in english
    )
    assert "Reason: One line was filed wrongly." in english
    assert english.index("was corrected") < english.index("What went well")
    assert "那一行归错了人。" in page(cohort, "A01")
    assert "6月20日" in page(cohort, "A01")
    assert "was corrected" not in page(cohort, "A04")
    assert done.fix
    assert [one.code for one in done.fix.moved] == ["A01", "A02"]
    assert done.fix.counts == (2, 0, 0)


def test_applying_twice_changes_nothing_the_second_time(
    cohort: Cohort, send: Send, keys: Keys
) -> None:
    """The second time finds the key in force and leaves every file as it is."""
    cohort = wrongly_keyed(cohort)
    grade(cohort, [send("A01")])
    apply(cohort, UNIT, keys(), "A slip.", now=NOW)
    before = contents(cohort)
    again = apply(open_cohort(cohort.root), UNIT, keys(), "Another reason.")
    assert (again.fix, again.preview.corrected) == (None, ())
    assert contents(cohort) == before


def test_the_key_before_is_kept_and_the_history_says_when_why_what_and_who(
    cohort: Cohort, send: Send, keys: Keys
) -> None:
    """Two corrections are two editions kept, without a name or a code in them."""
    cohort = wrongly_keyed(cohort)
    grade(cohort, [send("A01")])
    assert history(cohort) == []
    original = cohort.bundles[UNIT]
    apply(cohort, UNIT, keys(), "First.", now=NOW)
    apply(open_cohort(cohort.root), UNIT, keys(promise={"explanation": "X."}), "Second.", now=NOW)
    past = history(open_cohort(cohort.root))
    assert [(one.fix.number, one.fix.why, one.fix.at) for one in past] == [
        (1, "First.", NOW), (2, "Second.", NOW),
    ]  # fmt: skip
    assert [[c.item for c in one.corrected] for one in past] == [[OUTCOMES], ["am_types.promise"]]
    assert (past[1].fix.items, past[1].fix.wording) == ((), ("am_types.promise",))
    first, second = (archive(cohort, UNIT, n).read_text("utf-8") for n in (1, 2))
    assert from_json(first).keys == original.keys
    assert "A01" not in first + second
    named = (cohort.root / "course" / UNIT / "bundle.json").read_text("utf-8")
    assert "林晓" not in named


def test_nobody_loses_where_higher_marks_are_kept(cohort: Cohort, send: Send, keys: Keys) -> None:
    """The score stays through every grading, in the gradebook too, and the page says why."""
    send("A02", lang="en", outcomes={"pairs": dict(WRONG)})
    grade(cohort, [send("A01")])
    wrong = keys(outcomes={"answer": WRONG})
    lower = preview(cohort, UNIT, wrong)
    assert [(m.trainee.code, m.kept) for m in lower.down] == [("A01", False)]
    assert lower.counts == (1, 1, 0)
    kept = preview(cohort, UNIT, wrong, keep_higher=True)
    assert [(m.trainee.code, m.kept) for m in kept.down] == [("A01", True)]
    assert kept.counts == (1, 0, 1)
    apply(cohort, UNIT, wrong, "A slip.", keep_higher=True, now=NOW)
    first, again = result(cohort, "A01"), result(cohort, "A01")
    assert first == again
    assert score(again, OUTCOMES) == 3.0
    mark = next(one.mark for one in again.items if one.mark.item == OUTCOMES)
    assert EN.say(mark.feedback[0]).endswith("Your earlier mark of 3 points stays.")
    assert [one.counts for one in again.corrections] == [(0, 0, 1)]
    assert score(result(cohort, "A02"), OUTCOMES) == 3.0
    assert gradebook.read(cohort.database, UNIT)["A01"].keys() == {"am_types.always_right"}


def test_a_gate_that_comes_later_holds_nothing_of_who_keeps_the_higher_marks(
    cohort: Cohort, send: Send, keys: Keys
) -> None:
    """The marks before stay whole, no answer counts as held, and the gate is still to be looked at."""
    gate = {"options": ["hint"], "cap": 0.25, "message": "That is a breach of trust."}
    grade(cohort, [send("A02", lang="en", conflict={"choice": "hint", "reason": "stance"})])
    free = result(cohort, "A02").score
    new = keys(conflict={"gate": gate})
    apply(cohort, UNIT, new, "A gate.", keep_higher=True, now=NOW)
    group = open_cohort(cohort.root)
    grade(group, [])
    after = result(group, "A02")
    assert after.score == pytest.approx(free)
    assert (after.held, [one.mark.item for one in after.gated]) == (False, ["am_types.conflict"])
    assert "takes nothing from your marks" in page(group, "A02")


def test_a_kept_score_belongs_to_the_answers_it_was_given_for(
    cohort: Cohort, send: Send, keys: Keys
) -> None:
    """Other answers, handed in later, are marked by the corrected key and carry no notice."""
    grade(cohort, [send("A01", number=1)])
    apply(cohort, UNIT, keys(outcomes={"answer": WRONG}), "A slip.", keep_higher=True, now=NOW)
    drop = send("A01", number=2, at=IN_TIME + timedelta(days=1), promise="blank")
    after = result(cohort, "A01", drop)
    assert (after.counted, score(after, OUTCOMES), after.corrections) == (2, 2.4, ())


def test_a_second_correction_leaves_the_scores_that_the_first_one_kept(
    cohort: Cohort, send: Send, keys: Keys
) -> None:
    """What was promised holds when another key is corrected, or the same one corrected back."""
    grade(cohort, [send("A01")])
    apply(cohort, UNIT, keys(outcomes={"answer": WRONG}), "A slip.", keep_higher=True, now=NOW)
    worse = WRONG | {"target": "agent"}
    second = apply(open_cohort(cohort.root), UNIT, keys(outcomes={"answer": worse}), "B.", now=NOW)
    assert second.preview.moves == ()
    assert score(result(cohort, "A01"), OUTCOMES) == 3.0


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"outcomes": {"points": 5}}, "“points” belongs to the question, which was frozen"),
        ({"outcomes": {"options": {"a": "b"}}}, "“options” belongs to the question"),
        ({"outcomes": {"prompt": "?"}}, "“prompt” belongs to the question"),
        ({"outcomes": {"answer": {"target": "nobody"}}}, "its key names “nobody”"),
        ({"outcomes": {"answer": {"target": "company"}}}, "its key says nothing of “distrust”"),
        ({"price_margin": {"value": "much"}}, "am_types.price_margin: number.value:"),
        ({"nothing": {"answer": "a"}}, "has a key for am_types.nothing, which the exercise"),
        ({"outcomes": {"read": "nowhere"}}, "points to “nowhere”, which the lesson of this cohort"),
    ],
)
def test_what_is_no_key_for_the_frozen_questions_is_refused_in_a_sentence(
    cohort: Cohort, send: Send, keys: Keys, changes: dict[str, Any], sentence: str
) -> None:
    """The problem is named, nothing moves, and applying it writes nothing."""
    grade(cohort, [send("A01")])
    before = contents(cohort)
    done = apply(cohort, UNIT, keys(**changes), "A slip.", now=NOW)
    assert any(sentence in problem for problem in said(done.preview.problems))
    assert (done.fix, done.graded, done.preview.moves) == (None, None, ())
    assert contents(cohort) == before


def test_a_key_for_a_question_that_the_course_has_changed_is_refused(
    cohort: Cohort, keys: Keys, unit: Unit
) -> None:
    """Beside changed questions only a key that stays the same can be taken."""
    file = keys(outcomes={"answer": WRONG})
    items = file.with_name("items.yaml")
    text = (unit.folder / "items.yaml").read_text("utf-8")
    items.write_text(text, "utf-8")
    assert preview(cohort, UNIT, file).problems == ()
    entries = yaml.safe_load(text)
    next(entry for entry in entries if entry["id"] == OUTCOMES)["prompt"] = "Who gains?"
    items.write_text(yaml.safe_dump(entries, allow_unicode=True), "utf-8")
    (problem,) = said(preview(cohort, UNIT, file).problems)
    assert "am_types.outcomes: prompt changed in the course after this cohort was made" in problem
    (warning,) = said(preview(cohort, UNIT, keys()).warnings)
    assert "this cohort keeps its own: am_types.outcomes" in warning


def test_a_new_sentence_without_a_translation_is_named(cohort: Cohort, keys: Keys) -> None:
    """It stays English for who reads Chinese until `zh/key.po` beside the file has it."""
    file = keys(promise={"explanation": "Nobody can count “much”."})
    found = said(preview(cohort, UNIT, file).warnings)
    assert any(line.startswith("No Chinese for “Nobody can count “much”.”") for line in found)
    po = file.parent / "zh" / "key.po"
    po.parent.mkdir()
    po.write_text('msgid "Nobody can count “much”."\nmsgstr "“多”没人数得出。"\n', "utf-8")
    assert not any(
        "Nobody can count" in line for line in said(preview(cohort, UNIT, file).warnings)
    )
    apply(cohort, UNIT, file, "改正", now=NOW)
    texts = open_cohort(cohort.root).bundles[UNIT].texts["zh"]
    assert texts["Nobody can count “much”."] == "“多”没人数得出。"


def test_a_file_with_one_key_corrects_that_one_and_leaves_the_others(
    cohort: Cohort, tmp_path: Path
) -> None:
    """What the file leaves out keeps its key, and the preview says so."""
    key = cohort.bundles[UNIT].keys["am_types.promise"].model_dump(mode="json")
    path = tmp_path / "one.yaml"
    path.write_text(yaml.safe_dump({"am_types.promise": key | {"explanation": "X."}}), "utf-8")
    found = preview(cohort, UNIT, path)
    assert [one.item for one in found.corrected] == ["am_types.promise"]
    assert any(line.startswith("one.yaml leaves out question 1,") for line in said(found.warnings))


@pytest.mark.parametrize("after", ["archive", "bundle"])
def test_killed_between_the_steps_the_next_grading_is_whole(
    cohort: Cohort, send: Send, keys: Keys, after: str
) -> None:
    """The key is in force with its history or not at all, and grading makes the rest good."""
    cohort = wrongly_keyed(cohort)
    grade(cohort, [send("A01")])
    file = keys()
    child = os.fork()
    if not child:  # pragma: no cover - the child is killed
        real, written = rekey._write, []

        def write(path: Path, text: str) -> None:
            real(path, text)
            written.append(path)
            if len(written) == (1 if after == "archive" else 2):
                os.kill(os.getpid(), signal.SIGKILL)

        rekey._write = write
        apply(cohort, UNIT, file, "A slip.", now=NOW)
        os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    one = result(cohort, "A01")
    points, notices = (2.4, 0) if after == "archive" else (3.0, 1)
    assert (score(one, OUTCOMES), len(one.corrections)) == (points, notices)
    done = apply(open_cohort(cohort.root), UNIT, file, "A slip.", now=NOW)
    assert (done.fix is not None) == (after == "archive")
    one = result(cohort, "A01")
    assert (score(one, OUTCOMES), len(one.corrections)) == (3.0, 1)
    assert len(history(open_cohort(cohort.root))) == 1


def test_a_correction_needs_a_reason_and_a_unit_of_the_cohort(cohort: Cohort, keys: Keys) -> None:
    """Both end in a sentence that says what to do."""
    with pytest.raises(CohortError) as error:
        apply(cohort, UNIT, keys(), "  ")
    assert "Say why the key is corrected" in EN.say(error.value.message)
    with pytest.raises(CohortError) as error:
        preview(cohort, "02_none", keys())
    assert "There is no unit “02_none”. The units are: 01_am_types." in EN.say(error.value.message)


def test_the_key_of_a_closed_cohort_stays(cohort: Cohort, send: Send, keys: Keys) -> None:
    """It can be previewed, and applying it says that the cohort is closed."""
    cohort = wrongly_keyed(cohort)
    grade(cohort, [send("A01")])
    write_settings(cohort.root, cohort.settings.model_copy(update={"closed": NOW}))
    before = contents(cohort)
    closed = open_cohort(cohort.root)
    assert len(preview(closed, UNIT, keys()).moves) == 1
    with pytest.raises(CohortError) as error:
        apply(closed, UNIT, keys(), "A slip.", now=NOW)
    assert "is closed since 2026-06-20" in EN.say(error.value.message)
    assert contents(cohort) == before


def test_a_cohort_from_before_corrections_were_kept_opens(cohort: Cohort) -> None:
    """A bundle without a history has none, and is written as it was read."""
    path = cohort.root / "course" / UNIT / "bundle.json"
    text = path.read_text("utf-8")
    assert '"fixes"' not in text
    bundle = from_json(text)
    assert bundle.fixes == ()
    assert to_json(bundle) == text


def test_a_warning_comes_with_a_reason_that_some_cannot_read(
    cohort: Cohort, send: Send, keys: Keys
) -> None:
    """An English reason without Chinese, where trainees read Chinese, is worth a word."""
    cohort = wrongly_keyed(cohort)
    grade(cohort, [send("A01")])
    shutil.copytree(cohort.root, cohort.root.with_name("other"))
    done = apply(cohort, UNIT, keys(), "A slip.", now=NOW)
    assert any("The reason has no Chinese" in line for line in said(done.preview.warnings))
    other = open_cohort(cohort.root.with_name("other"))
    done = apply(other, UNIT, keys(), "A slip.", why_in={"zh": "笔误。"}, now=NOW)
    assert not any("The reason has no Chinese" in line for line in said(done.preview.warnings))
    assert Words("zh", open_cohort(other.root).bundles[UNIT].texts["zh"]).say(
        Message("A slip.")
    ) == "笔误。"  # fmt: skip
