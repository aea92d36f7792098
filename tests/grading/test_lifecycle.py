"""A cohort is closed, opened again and archived: what still works, and what an archive holds."""

from __future__ import annotations

import io
import json
import shutil
import sqlite3
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from kamlib.course.syllabus import Course
from kamlib.grading import gradebook, lifecycle, people, second_record
from kamlib.grading.by_person import put_mark
from kamlib.grading.cohort import Cohort, CohortError, Settings, open_cohort
from kamlib.grading.enrol import new_cohort
from kamlib.grading.export import write_marks
from kamlib.grading.nameless import Scrub
from kamlib.grading.pipeline import Graded, grade, look, release_feedback
from kamlib.words import Words

from .conftest import LATE, UNIT, Send, about

EN = Words("en")
NOW = datetime(2026, 6, 30, 17, tzinfo=UTC)
PROSE = "am_types.always_right"


def why(caught: pytest.ExceptionInfo[CohortError]) -> str:
    return EN.say(caught.value.message)


def opened(cohort: Cohort) -> Cohort:
    return open_cohort(cohort.root)


def closed(cohort: Cohort) -> Cohort:
    lifecycle.close(cohort, anyway=True, now=NOW)
    return opened(cohort)


def scores(graded: Graded) -> list[tuple[str, float, int, int, int]]:
    return [
        (one.trainee.code, round(one.score, 6), one.counted, one.attempts, one.waiting)
        for results in graded.results.values()
        for one in results
    ]


def test_a_closed_cohort_takes_and_marks_nothing(cohort: Cohort, send: Send) -> None:
    """Each verb that would change something says that it is closed and how to open it again."""
    drop = send("A01")
    shut = closed(cohort)
    for change in (
        lambda: grade(shut, [drop], NOW),
        lambda: put_mark(shut, "A01", PROSE, 1, ""),
        lambda: people.extend(shut, "A01", date(2026, 7, 1)),
        lambda: people.take_back(shut, "A01"),
        lambda: people.correct(shut, "A70", "A01"),
    ):
        with pytest.raises(CohortError) as caught:
            change()
        assert "spring is closed since 2026-07-01" in why(caught)
        assert "kam cohort reopen spring" in why(caught)
    assert not (cohort.root / "inbox").exists()


def test_a_closed_cohort_can_still_be_read(cohort: Cohort, send: Send) -> None:
    """Marks, export and forgetting work as before."""
    grade(cohort, [send("A01")])
    before = scores(look(cohort))
    shut = closed(cohort)
    assert scores(look(shut)) == before
    assert write_marks(shut, look(shut)).is_file()
    people.forget(shut, "A01", preview=False)
    assert "A01" not in opened(shut).roster


def test_looking_gives_what_grading_gave_and_writes_nothing(cohort: Cohort, send: Send) -> None:
    """Reading the marks again changes no file and finds the same."""
    send("A02", "bad_json", lang="en")
    graded = grade(cohort, [send("A01", "extra_cell")])
    before = {path: path.stat().st_mtime_ns for path in cohort.root.rglob("*")}
    seen = look(cohort)
    assert seen.results == graded.results
    assert len(seen.refusals) == 1
    assert [note for _, note in seen.remarks] == [note for _, note in graded.remarks]
    assert {path: path.stat().st_mtime_ns for path in cohort.root.rglob("*")} == before
    assert [one.trainee.code for one in look(cohort, ["A01"]).results[UNIT]] == ["A01"]


def test_what_is_unfinished_keeps_a_cohort_open(cohort: Cohort, send: Send) -> None:
    """Waiting answers and unreleased feedback are counted; --anyway closes all the same."""
    grade(cohort, [send("A01")])
    with pytest.raises(CohortError) as caught:
        lifecycle.close(cohort)
    assert "answers that wait for a person: 1" in why(caught)
    assert "trainees whose feedback was never released: 1" in why(caught)
    assert opened(cohort).settings.closed is None
    lifecycle.close(cohort, anyway=True, preview=True)
    assert opened(cohort).settings.closed is None
    (done, left) = map(EN.say, lifecycle.close(cohort, anyway=True, now=NOW))
    assert "spring is closed" in done
    assert "Left unfinished: answers that wait for a person: 1" in left


def test_a_finished_cohort_closes_and_opens_again(cohort: Cohort, send: Send) -> None:
    """With all marked and released nothing stands in the way; opened again it grades."""
    grade(cohort, [send("A01")])
    gradebook.override(cohort.database, UNIT, "A01", PROSE, 2.0, "")
    grade(cohort)
    release_feedback(cohort, [UNIT])
    lifecycle.close(cohort, now=NOW)
    shut = opened(cohort)
    assert shut.settings.closed == NOW
    assert "is closed already" in EN.say(lifecycle.close(shut)[0])
    assert "is open again" in EN.say(lifecycle.reopen(shut)[0])
    again = opened(cohort)
    assert again.settings == cohort.settings
    assert grade(again).results[UNIT][0].score > 30
    assert "is open." in EN.say(lifecycle.reopen(again)[0])


def unpacked(path: Path, folder: Path) -> Cohort:
    with zipfile.ZipFile(path) as there:
        there.extractall(folder)
    return open_cohort(folder / "spring")


def test_an_archive_opens_elsewhere_with_every_verb(
    cohort: Cohort, send: Send, tmp_path: Path
) -> None:
    """Unpacked in another place, with the first folder gone, it is the same cohort."""
    grade(cohort, [send("A01", at=LATE)])
    gradebook.override(cohort.database, UNIT, "A01", PROSE, 2.0, "Good.")
    shut = closed(cohort)
    before = scores(look(shut))
    target = tmp_path / "kept.zip"
    (told,) = map(EN.say, lifecycle.archive(shut, target))
    assert "Each was read back and is what MANIFEST.sha256 says" in told
    shutil.rmtree(cohort.root)
    there = unpacked(target, tmp_path / "elsewhere")
    assert scores(look(there)) == before
    lifecycle.reopen(there)
    there = opened(there)
    assert scores(grade(there)) == before
    assert release_feedback(there, [UNIT]) == 4
    assert write_marks(there, look(there)).is_file()
    people.extend(there, "A01", date(2026, 6, 20))
    people.correct(opened(there), "A01", "B01")
    assert scores(grade(opened(there)))[0][0] == "B01"


def test_an_archive_has_a_name_by_the_month_and_replaces_nothing(cohort: Cohort) -> None:
    """Written beside the cohort; an open cohort, an existing file and its own folder are refused."""
    with pytest.raises(CohortError) as caught:
        lifecycle.archive(cohort)
    assert "Close it first: kam cohort close spring" in why(caught)
    shut = closed(cohort)
    lifecycle.archive(shut, now=NOW)
    assert (cohort.root.parent / "spring-2026-07.zip").is_file()
    with pytest.raises(CohortError) as caught:
        lifecycle.archive(shut, now=NOW)
    assert "exists already" in why(caught)
    with pytest.raises(CohortError) as caught:
        lifecycle.archive(shut, cohort.root / "in.zip")
    assert "in the cohort itself" in why(caught)


def test_a_damaged_archive_is_told_by_its_sums(cohort: Cohort, tmp_path: Path) -> None:
    """A changed, a missing and an added file are each found."""
    whole = tmp_path / "whole.zip"
    lifecycle.archive(closed(cohort), whole)
    assert lifecycle.check_archive(whole) == []
    broken = tmp_path / "broken.zip"
    with zipfile.ZipFile(whole) as there, zipfile.ZipFile(broken, "w") as here:
        for name in there.namelist():
            if name != "spring/roster.csv":
                data = there.read(name)
                here.writestr(name, data + b" " if name == "spring/cohort.yaml" else data)
        here.writestr("spring/more.txt", b"")
    assert lifecycle.check_archive(broken) == ["cohort.yaml", "more.txt", "roster.csv"]


def test_an_archive_that_was_written_wrong_does_not_get_its_name(
    cohort: Cohort, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where reading back finds a difference, no file is left that could be taken for an archive."""
    monkeypatch.setattr(lifecycle, "check_archive", lambda path: ["cohort.yaml"])
    with pytest.raises(CohortError) as caught:
        lifecycle.archive(closed(cohort), tmp_path / "kept.zip")
    assert "could not be written whole: cohort.yaml" in why(caught)
    assert not list(tmp_path.glob("kept.zip*"))


@pytest.fixture(scope="module")
def sample(course: Course, tmp_path_factory: pytest.TempPathFactory) -> Cohort:
    """The sample cohort, graded, with comments that name people, not to be changed."""
    folder = tmp_path_factory.mktemp("sample")
    data = course.root / "data" / "sample_cohort"
    settings = Settings.model_validate({
        "name": "spring", "lang": "zh", "tz": "Asia/Shanghai", "due": {UNIT: "2026-06-15"},
    })  # fmt: skip
    made = new_cohort(course, folder / "spring", settings, data / "roster.csv")
    grade(made, [data / "hand_ins"], NOW)
    some = made.roster["A02"]
    put_mark(made, "A02", PROSE, 2.0, f"Well done, {some.name}!")
    people.extend(made, "A02", date(2026, 6, 20), why=f"{some.name} was ill")
    made = opened(made)
    line = second_record.Drawn(
        number="K1", code="A02", item=PROSE, answer="0" * 16,
        second=second_record.Given(score=1, comment=f"{some.name} again"),
    )  # fmt: skip
    draw = second_record.Draw(token="K", seed=1, share=1, at_least=1, made=NOW, lines=(line,))
    second_record.write(made, second_record.Drawing(unit=UNIT, draws=(draw,)))
    graded = grade(made, (), NOW)
    release_feedback(made, [UNIT])
    write_marks(made, graded)
    return closed(made)


def parts(path: Path) -> Iterator[tuple[str, bytes]]:
    """Every file of a zip with what lies in zips inside it."""
    with zipfile.ZipFile(path) as there:
        for name in there.namelist():
            data = there.read(name)
            yield name, data
            if name.endswith(".zip"):
                with zipfile.ZipFile(io.BytesIO(data)) as inner:
                    yield from ((f"{name}/{one}", inner.read(one)) for one in inner.namelist())


def test_no_name_is_in_any_byte_of_a_nameless_archive(sample: Cohort, tmp_path: Path) -> None:
    """No trainee's name stands in a file, a file's name, the gradebook or a zip in the zip."""
    with_names, without = tmp_path / "with.zip", tmp_path / "without.zip"
    lifecycle.archive(sample, with_names)
    told = [EN.say(one) for one in lifecycle.archive(sample, without, without_names=True)]
    assert "no name from the roster" in told[1]
    names = [one.name for one in sample.roster.values()]
    forms = [form.encode() for name in names for form in (name, json.dumps(name)[1:-1])]

    def named(path: Path) -> set[str]:
        return {
            name
            for name, data in parts(path)
            if any(form in data or form in name.encode() for form in forms)
        }

    assert {"spring/roster.csv", "spring/gradebook.db"} <= named(with_names)
    assert f"spring/second/{UNIT}.json" in named(with_names)
    assert named(without) == set()
    assert not any(form in without.read_bytes() for form in forms)


def test_a_nameless_archive_keeps_every_mark(sample: Cohort, tmp_path: Path) -> None:
    """Read or graded again, each code has the marks it had, and people's decisions stand."""
    target = tmp_path / "without.zip"
    lifecycle.archive(sample, target, without_names=True)
    there = unpacked(target, tmp_path / "elsewhere")
    before = look(sample)
    sent_back = {(one.code, one.unit) for one in before.refusals if one.sent_back}
    assert sent_back  # what held personal data of others is in no such archive
    kept = [one for one in scores(before) if one[0] not in {code for code, _ in sent_back}]
    assert [one for one in scores(look(there)) if one in kept] == kept
    assert len(look(there).refusals) == len(before.refusals)
    assert there.roster["A02"].name == "A02"
    assert there.settings.reasons == {}
    lifecycle.reopen(there)
    again = grade(opened(there), (), NOW)
    assert [one for one in scores(again) if one in kept] == kept
    item = next(one for one in again.results[UNIT][1].items if one.mark.item == PROSE)
    assert (item.human_score, item.comment, item.review) == (2.0, "Well done, A02!", False)
    (line,) = second_record.read(opened(there), UNIT).lines
    assert line.second
    assert line.second.comment == "A02 again"


def test_what_was_sent_back_is_in_no_nameless_archive(
    cohort: Cohort, send: Send, tmp_path: Path
) -> None:
    """Personal data of others stays out, and the clean hand-in before it still counts there."""
    cohort = about(cohort, PROSE)
    send("A02", number=1, lang="en", always_right={"text": "Ask the buyer."})
    later = LATE.replace(day=14)
    drop = send("A02", number=2, at=later, lang="en", always_right={"text": "Ask 13812345678."})
    before = [one.counted for one in grade(cohort, [drop], NOW).results[UNIT]]
    target = tmp_path / "without.zip"
    lifecycle.archive(closed(cohort), target, without_names=True)
    assert not any(b"13812345678" in data for _, data in parts(target))
    there = unpacked(target, tmp_path / "elsewhere")
    assert [one.counted for one in look(there).results[UNIT]] == before


def test_a_trainees_own_name_in_an_answer_goes_too(
    cohort: Cohort, send: Send, tmp_path: Path
) -> None:
    """Who signs an answer is not named by it; what ties marks to the answer still holds."""
    grade(cohort, [send("A02", lang="en", always_right={"text": "Yours, JORDAN PELL"})])
    one = next(one for one in look(cohort).results[UNIT][1].items if one.mark.item == PROSE)
    item = next(item for item in cohort.bundles[UNIT].items if item.id == PROSE)
    line = second_record.Drawn(
        number="K1", code="A02", item=PROSE, answer=second_record.digest(item, one.response)
    )
    draw = second_record.Draw(token="K", seed=1, share=1, at_least=1, made=NOW, lines=(line,))
    second_record.write(cohort, second_record.Drawing(unit=UNIT, draws=(draw,)))
    target = tmp_path / "without.zip"
    lifecycle.archive(closed(cohort), target, without_names=True)
    there = unpacked(target, tmp_path / "elsewhere")
    results = look(there).results[UNIT]
    items = there.bundles[UNIT].items
    (found,) = second_record.current(second_record.read(there, UNIT), items, results)
    assert found[2].response == {"text": "Yours, A02"}


def test_names_go_however_they_are_capitalised() -> None:
    """The longest name is taken first, so that no part of one is left."""
    scrub = Scrub({"Lin": "A01", "Lin Xiao": "A02"})
    assert scrub("lin xiao and LIN") == "A02 and A01"
    assert scrub.all_of({"Lin": ["Lin Xiao", 3, None]}) == {"A01": ["A02", 3, None]}
    assert Scrub({})("Lin") == "Lin"


def test_an_archive_that_would_name_somebody_is_not_written(
    cohort: Cohort, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the cleaning missed is found by looking again, and nothing is left behind."""
    monkeypatch.setattr(gradebook, "scrub", lambda url, clean: None)
    with pytest.raises(CohortError) as caught:
        lifecycle.archive(closed(cohort), tmp_path / "kept.zip", without_names=True)
    assert "would still stand in gradebook.db" in why(caught)
    assert not list(tmp_path.glob("kept.zip*"))


def test_the_gradebook_is_archived_whole_while_the_desk_writes(
    cohort: Cohort, send: Send, tmp_path: Path
) -> None:
    """An open transaction of the marking desk neither stops the archive nor tears the copy."""
    grade(cohort, [send("A01")])
    shut = closed(cohort)
    desk = sqlite3.connect(cohort.root / "gradebook.db")
    desk.execute("update student set first_name = 'half' where id = 'A01'")
    lifecycle.archive(shut, tmp_path / "kept.zip")
    desk.rollback()
    desk.close()
    there = unpacked(tmp_path / "kept.zip", tmp_path / "elsewhere")
    assert scores(look(there)) == scores(look(shut))
