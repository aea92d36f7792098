"""What is done for one person: more time, a mended code, everything deleted; and for nobody else."""

from __future__ import annotations

import io
import json
import sqlite3
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from kamlib.course.bundle import KeyFix, Moved, from_json, to_json
from kamlib.grading import gradebook, intake, people, second_record
from kamlib.grading.cohort import Cohort, CohortError, open_cohort
from kamlib.grading.pipeline import PREVIEW, grade, look, release_feedback
from kamlib.grading.results import Result
from kamlib.words import Message, Words

from .conftest import IN_TIME, LATE, ROSTER, UNIT, Send

EN = Words("en")
CODE, NAME = "QX7731", "Thessaly Okonedo-Wren"
LONGER = date(2026, 6, 20)


def said(messages: list[Message]) -> str:
    return "\n".join(map(EN.say, messages))


def why(caught: pytest.ExceptionInfo[CohortError]) -> str:
    return EN.say(caught.value.message)


def result(cohort: Cohort, code: str) -> Result:
    return next(one for one in look(cohort).results[UNIT] if one.trainee.code == code)


def files(cohort: Cohort) -> dict[str, bytes]:
    """Every file of a cohort but the lock."""
    return {
        path.relative_to(cohort.root).as_posix(): path.read_bytes()
        for path in sorted(cohort.root.rglob("*"))
        if path.is_file() and path.suffix != ".lock"
    }


def inside(data: dict[str, bytes]) -> dict[str, bytes]:
    """The same with what lies in zips."""
    found = dict(data)
    for name, content in data.items():
        if name.endswith(".zip"):
            with zipfile.ZipFile(io.BytesIO(content)) as there:
                found |= {f"{name}/{one}": there.read(one) for one in there.namelist()}
    return found


# More time


def test_an_extension_is_told_with_what_it_changes(cohort: Cohort, send: Send) -> None:
    """The sentence names the zone, everybody's day, and the hand-in that is in time now."""
    grade(cohort, [send("A01", at=LATE)])
    before = result(cohort, "A01")
    text = said(people.extend(cohort, "a01", LONGER, why="ill"))
    assert "the last day for 01_am_types is 2026-06-20 (until midnight, Asia/Shanghai)" in text
    assert "for everybody it is 2026-06-15" in text
    assert "A01's hand-in of 01_am_types was 33 hours late and will be in time." in text
    assert f"Points taken off for it: 0 instead of {before.penalty:g}" in text
    after = open_cohort(cohort.root)
    grade(after)
    assert result(after, "A01").penalty == 0
    assert before.penalty > 0


def test_an_extension_is_for_one_person(cohort: Cohort) -> None:
    """A01 has until the 20th, everybody else until the 15th."""
    people.extend(cohort, "A01", LONGER, [UNIT])
    after = open_cohort(cohort.root)
    assert after.due(UNIT, "A01") != after.due(UNIT, "A02") == after.due(UNIT)


def test_the_reason_is_kept_where_no_trainee_sees_it(cohort: Cohort, send: Send) -> None:
    """It stands in cohort.yaml and in no page, notebook, gradebook or report."""
    people.extend(cohort, "A01", LONGER, why="KNEE-SURGERY")
    after = open_cohort(cohort.root)
    grade(after, [send("A01", at=LATE)])
    release_feedback(after, [UNIT])
    holding = [name for name, data in inside(files(after)).items() if b"KNEE-SURGERY" in data]
    assert holding == ["cohort.yaml"]


def test_a_preview_writes_nothing(cohort: Cohort, send: Send) -> None:
    """Each verb says the same sentences in advance and leaves every file alone."""
    grade(cohort, [send("A01", at=LATE)])
    before = files(cohort)
    first = people.extend(cohort, "A01", LONGER, preview=True)
    people.correct(cohort, "A70", "A01", preview=True)
    people.correct(cohort, "A01", "B01", preview=True)
    people.forget(cohort, "A01")
    assert files(cohort) == before
    assert people.extend(cohort, "A01", LONGER) == first


@pytest.mark.parametrize(
    ("code", "day", "unit", "sentence"),
    [
        ("A0", LONGER, [], "There is no “A0” on the roster. Perhaps it is that of"),
        ("A01", LONGER, ["77_none"], "There is no unit “77_none”"),
        ("A01", date(2026, 6, 14), [], "2026-06-14 is not later than the last day for everybody"),
        ("A01", date(2026, 6, 15), [UNIT], "2026-06-15 is not later"),
    ],
)
def test_an_extension_that_makes_no_sense_is_refused(
    cohort: Cohort, code: str, day: date, unit: list[str], sentence: str
) -> None:
    """An unknown code or unit and a day that is no later are each named, and nothing is written."""
    before = files(cohort)
    with pytest.raises(CohortError) as caught:
        people.extend(cohort, code, day, unit)
    assert sentence in why(caught)
    assert files(cohort) == before


def test_an_extension_can_be_taken_back(cohort: Cohort, send: Send) -> None:
    """Day and reason go, and what becomes late again is told."""
    people.extend(cohort, "A01", LONGER, why="ill")
    extended = open_cohort(cohort.root)
    grade(extended, [send("A01", at=LATE)])
    text = said(people.take_back(extended, "A01"))
    assert "is 2026-06-15 again, as for everybody" in text
    assert "A01's hand-in of 01_am_types will be 33 hours late." in text
    assert open_cohort(cohort.root).settings == cohort.settings
    with pytest.raises(CohortError) as caught:
        people.take_back(open_cohort(cohort.root), "A01")
    assert "A01 has no day of its own" in why(caught)


def test_more_time_may_let_another_attempt_count(cohort: Cohort, send: Send) -> None:
    """The later attempt becomes the last in time, and the instructor is told so."""
    send("A01", number=1)
    grade(cohort, [send("A01", number=2, at=LATE)])
    text = said(people.extend(cohort, "A01", LONGER))
    assert "hand-in number 2 of 2 will count instead of number 1" in text


# A mistyped code


def test_a_mistyped_code_counts_as_the_right_one(cohort: Cohort, send: Send) -> None:
    """The hand-in is marked under the roster's code from the next grading on, and stays as it came."""
    drop = send("A01", "unknown_code")
    (drop / "A01").rename(drop / "homework")
    (drop / "received.csv").write_text(
        f"file,received_at\nhomework,{IN_TIME.isoformat()}\n", "utf-8"
    )
    assert len(grade(cohort, [drop]).refusals) == 1
    kept = {name: data for name, data in files(cohort).items() if name.startswith("inbox/")}
    text = said(people.correct(cohort, "a01x", "A01"))
    assert "Hand-ins that say A01X count as those of A01, 林晓." in text
    assert "So far there are 1 of them" in text
    after = open_cohort(cohort.root)
    graded = grade(after)
    assert not graded.refusals
    assert result(after, "A01").score > 30
    assert {name: data for name, data in files(after).items() if name.startswith("inbox/")} == kept
    assert "counts as A01 already" in said(people.correct(after, "A01X", "A01"))


@pytest.mark.parametrize(
    ("wrong", "right", "sentence"),
    [
        ("A01", "A02", "Both are on the roster: A01, 林晓, and A02, Jordan Pell."),
        ("X1", "X2", "Neither X1 nor X2 is on the roster"),
        ("A01", "../X", "“../X” is no code"),
    ],
)
def test_a_correction_that_is_not_clear_is_refused(
    cohort: Cohort, wrong: str, right: str, sentence: str
) -> None:
    """Where nobody could say who is meant, nothing changes."""
    with pytest.raises(CohortError) as caught:
        people.correct(cohort, wrong, right)
    assert sentence in why(caught)


@pytest.fixture
def marked(cohort: Cohort, send: Send) -> Cohort:
    """A cohort whose one trainee of distinctive name has everything a trainee can have."""
    roster = "code,email,name,lang\r\n" + "".join(
        f"{code},{code}@x.example,{name},{lang}\r\n"
        for code, name, lang in (
            line.split(",") for line in [*ROSTER.splitlines()[1:], f"{CODE},{NAME},en"]
        )
    )
    (cohort.root / "roster.csv").write_text(roster, "gb18030", newline="")
    group = open_cohort(cohort.root)
    people.extend(group, CODE, LONGER, why="ill")
    people.correct(group, "QX7713", CODE)
    group = open_cohort(cohort.root)
    for code in ("A01", CODE):
        grade(group, [send(code, lang="en" if code == CODE else "zh")])
        gradebook.override(group.database, UNIT, code, "am_types.always_right", 2.0, f"To {code}.")
    path = group.root / "course" / UNIT / "bundle.json"
    moved = tuple(
        Moved(code=code, answers="0" * 16, item="am_types.conflict", before=1, after=2)
        for code in ("A01", CODE)
    )
    fix = KeyFix(number=1, at=IN_TIME, why="A slip", items=("am_types.conflict",), moved=moved)
    bundle = from_json(path.read_text("utf-8"))
    path.write_text(to_json(type(bundle)(**{
        name: getattr(bundle, name) for name in bundle.__dataclass_fields__
    } | {"fixes": (fix,)})), "utf-8")  # fmt: skip
    group = open_cohort(cohort.root)
    lines = tuple(
        second_record.Drawn(number=f"K{place}", code=code, item="am_types.conflict", answer="0" * 16)
        for place, code in enumerate(("A01", CODE))
    )  # fmt: skip
    draw = second_record.Draw(token="K", seed=1, share=1, at_least=1, made=IN_TIME, lines=lines)
    second_record.write(group, second_record.Drawing(unit=UNIT, draws=(draw,)))
    grade(group)
    release_feedback(group, [UNIT])
    for folder in people.WRITTEN:
        (group.root / folder / "run").mkdir(parents=True)
        (group.root / folder / f"{UNIT}.html").write_text(f"{CODE} {NAME}", "utf-8")
        (group.root / folder / "run" / "data.json").write_text(f"{CODE} {NAME}", "utf-8")
    return group


def test_a_misspelt_roster_is_mended_everywhere(marked: Cohort, send: Send) -> None:
    """The person keeps marks, comments, pages and time under the new code; the old one still counts."""
    before = look(marked).results[UNIT][-1]
    assert before.trainee.code == CODE
    text = said(people.correct(marked, CODE, "B07"))
    assert f"{CODE}, {NAME}, is now B07" in text
    assert "Reports and exports named the person" in text
    after = open_cohort(marked.root)
    now = look(after).results[UNIT][-1]
    assert now.trainee.code == "B07"
    assert now.items == before.items
    assert now.items[-1].human_score == before.items[-1].human_score
    assert any(item.comment == f"To {CODE}." for item in now.items)
    assert after.settings.extensions == {"B07": {UNIT: LONGER}}
    assert after.settings.codes == {"QX7713": "B07", CODE: "B07"}
    assert second_record.read(after, UNIT).draws[0].lines[1].code == "B07"
    assert after.bundles[UNIT].fixes[0].moved[1].code == "B07"
    lines = (after.root / "roster.csv").read_bytes().decode("gb18030").split("\r\n")
    assert lines[-2] == f"B07,{CODE}@x.example,{NAME},en"
    assert lines[1] == "A01,A01@x.example,林晓,zh"
    for stage in ("submitted", "autograded", PREVIEW, "feedback"):
        assert (after.root / stage / "B07" / UNIT).is_dir()
        assert not (after.root / stage / CODE).exists()
    page = (after.root / "feedback" / "B07" / UNIT / f"{UNIT}.html").read_text("utf-8")
    assert f"· {CODE}</title>" not in page
    drop = send(CODE, lang="en", number=2, at=IN_TIME.replace(hour=20))
    assert not grade(after, [drop]).refusals
    again = result(after, "B07")
    assert (again.attempts, again.counted) == (2, 2)


def test_a_renaming_that_was_killed_is_made_good_by_the_next(
    marked: Cohort, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever it stops, the same command once more ends where an unbroken one ends."""
    before = result(marked, CODE).items
    steps = [
        (people, "_move"), (people, "_change_course"), (second_record, "rename"),
        (gradebook, "rename"), (people, "change_roster"),
    ]  # fmt: skip
    for module, name in steps:
        with monkeypatch.context() as patch:
            patch.setattr(module, name, killed)
            with pytest.raises(KeyboardInterrupt):
                people.correct(open_cohort(marked.root), CODE, "B07")
    people.correct(open_cohort(marked.root), CODE, "B07")
    after = open_cohort(marked.root)
    assert result(after, "B07").items == before
    assert (after.root / "feedback" / "B07" / UNIT).is_dir()
    assert not list(after.root.rglob("*.part"))


def killed(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


# Forgetting


def names(data: dict[str, bytes]) -> list[str]:
    """Return which files name the person, at any place and in any way they are kept."""
    forms = [CODE, NAME, CODE.lower(), "QX7713", json.dumps(NAME)]
    return [
        name
        for name, content in inside(data).items()
        if any(form.encode() in content or form in name for form in forms)
    ]


def test_forgetting_leaves_no_trace_of_code_or_name(marked: Cohort) -> None:
    """After it no byte of the cohort's folder has the code or the name; one line has the date."""
    assert len(names(files(marked))) > 8
    told = said(people.forget(marked, CODE))
    assert f"This would be deleted of {CODE}, {NAME}:" in told
    assert "Hand-ins in the inbox: 1." in told
    assert "of which 1 by a person; comments: 1." in told
    assert f"feedback/{CODE}" in told
    assert "Not reached from here" in told
    done = said(
        people.forget(marked, CODE, preview=False, now=datetime(2026, 7, 1, 20, tzinfo=UTC))
    )
    assert f"This was deleted of {CODE}" in done
    assert "still hold" not in done
    assert names(files(marked)) == []
    assert (marked.root / people.LOG).read_text("utf-8") == "2026-07-02 forgotten: 1\n"


def test_forgetting_one_leaves_everybody_else_as_they_were(marked: Cohort) -> None:
    """The others' marks, comments, arrivals and pages stay."""
    before = result(marked, "A01")
    page = marked.root / "feedback" / "A01" / UNIT / f"{UNIT}.html"
    bytes_before = page.read_bytes()
    people.forget(marked, CODE, preview=False)
    after = open_cohort(marked.root)
    assert list(after.roster) == ["A01", "A02", "A03", "A04"]
    assert result(after, "A01") == before
    assert page.read_bytes() == bytes_before
    graded = grade(after)
    assert graded.results[UNIT][0] == before
    assert after.bundles[UNIT].fixes[0].moved[0].code == "A01"


def test_forgetting_that_was_killed_is_made_good_by_the_next(
    marked: Cohort, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever it stops, the command can be given again and leaves nothing."""
    steps = [
        (intake, "remove"), (Path, "unlink"), (gradebook, "forget"), (people, "_change_course"),
        (second_record, "forget"), (people, "write_settings"),
    ]  # fmt: skip
    for module, name in steps:
        with monkeypatch.context() as patch:
            patch.setattr(module, name, killed)
            with pytest.raises(KeyboardInterrupt):
                people.forget(open_cohort(marked.root), CODE, preview=False)
    with monkeypatch.context() as patch:
        patch.setattr(people, "LOG", "nowhere/forgotten.log")
        with pytest.raises(FileNotFoundError):
            people.forget(open_cohort(marked.root), CODE, preview=False)
    people.forget(open_cohort(marked.root), CODE, preview=False)
    assert names(files(marked)) == []
    assert (marked.root / people.LOG).read_text("utf-8").count("forgotten: 1") == 1


def test_an_arrival_of_several_people_loses_only_the_one(cohort: Cohort, send: Send) -> None:
    """A zip in which two people's answers came stays with the other's, who keeps the mark."""
    send("A01")
    drop = send("A03")
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for code in ("A01", "A03"):
            for path in (drop / code).iterdir():
                archive.writestr(f"{code}/{path.name}", path.read_bytes())
    batch = drop.with_name("batch")
    batch.mkdir()
    (batch / "all.zip").write_bytes(whole.getvalue())
    grade(cohort, [batch])
    before = result(cohort, "A03")
    told = said(people.forget(cohort, "A01", preview=False))
    assert "Of 1 of these only a part" in told
    after = open_cohort(cohort.root)
    (one,) = intake.kept(after)
    assert all(name.startswith("A03/") for name in one.files)
    assert result(after, "A03") == before
    assert result(grade_again(after), "A03").score == before.score


def grade_again(cohort: Cohort) -> Cohort:
    grade(cohort)
    return cohort


@pytest.mark.parametrize("trick", ["bad_json", "unknown_code"])
def test_hand_ins_that_were_refused_are_forgotten_too(
    cohort: Cohort, send: Send, trick: str
) -> None:
    """A torn file and a mistyped code are the person's by the folder they came in."""
    send("A03")
    grade(cohort, [send("A01", trick)])
    people.forget(cohort, "A01", preview=False)
    assert [one.name for one in intake.kept(open_cohort(cohort.root))] == ["A03"]


def test_answers_in_somebody_elses_folder_stay_their_owners(cohort: Cohort, send: Send) -> None:
    """A03's answers that came in A01's folder outlive A01; only the folder's name goes."""
    drop = send("A03")
    (drop / "A03").rename(drop / "A01")
    (drop / "received.csv").write_text(f"file,received_at\nA01,{IN_TIME.isoformat()}\n", "utf-8")
    grade(cohort, [drop])
    people.forget(cohort, "A01", preview=False)
    after = open_cohort(cohort.root)
    assert [one.name for one in intake.kept(after)] == ["–"]
    assert result(after, "A03").score > 30


def test_what_others_wrote_about_the_person_is_pointed_out(cohort: Cohort, send: Send) -> None:
    """Another trainee's words are not ours to change; the files are named."""
    drop = send("A01", always_right={"text": "Jordan Pell said so."})
    grade(cohort, [drop])
    told = said(people.forget(cohort, "A02", preview=False))
    assert "These files still hold the code or the name" in told
    assert f"submitted/A01/{UNIT}/{UNIT}.answers.json" in told


@pytest.mark.parametrize(
    ("code", "sentence"), [("B99", "There is no “B99” on the roster"), ("A01", "the only one")]
)
def test_nobody_and_the_last_one_are_not_forgotten(
    cohort: Cohort, code: str, sentence: str
) -> None:
    """Where there is nothing of a person, and where a cohort would be left empty, it says so."""
    (cohort.root / "roster.csv").write_text("code,name\nA01,Lin\n", "utf-8")
    with pytest.raises(CohortError) as caught:
        people.forget(cohort, code, preview=False)
    assert sentence in why(caught)


def test_the_gradebook_holds_nothing_in_its_unused_pages(marked: Cohort) -> None:
    """The file is written anew, so that deleted rows cannot be read from it."""
    gradebook.override(marked.database, UNIT, CODE, "am_types.conflict", 1.0, "Long. " * 9000)
    gradebook.forget(marked.database, CODE)
    data = (marked.root / "gradebook.db").read_bytes()
    assert NAME.encode() not in data
    assert CODE.encode() not in data
    with sqlite3.connect(marked.root / "gradebook.db") as db:
        assert db.execute("pragma integrity_check").fetchone() == ("ok",)
        assert db.execute("pragma freelist_count").fetchone() == (0,)
