"""A cohort's settings and roster: what they mean, and the sentence for each mistake."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from filelock import FileLock

from kamlib.course.syllabus import Course
from kamlib.grading.cohort import (
    LOCK,
    Cohort,
    CohortError,
    LatePolicy,
    Settings,
    alone,
    change_roster,
    fold,
    open_cohort,
    read_roster,
    write_settings,
)
from kamlib.grading.enrol import new_cohort
from kamlib.words import Words

from .conftest import UNIT

EN = Words("en")


def roster(tmp_path: Path, data: str | bytes) -> Path:
    """Write a roster file."""
    path = tmp_path / "roster.csv"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_roster_comes_as_spreadsheets_write_it(tmp_path: Path, encoding: str) -> None:
    """UTF-8 with and without mark and the Chinese code page give the same names."""
    path = roster(tmp_path, "Code,Name\na01,林晓\n\nA02,Jordan\n".encode(encoding))
    found = read_roster(path, "zh")
    assert {code: one.name for code, one in found.items()} == {"A01": "林晓", "A02": "Jordan"}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("code,name\nA01,Lin\nA01,Mei\n", "line 3: the code A01 stands twice"),
        ("code,name\n../x,Lin\n", "line 2: “../X” is no code"),
        ("code,name,lang\nA01,Lin,fr\n", "line 2: there is no language “fr”"),
        ("number,name\n1,Lin\n", "needs the columns code and name"),
        ("code,name\n", "names nobody"),
    ],
)
def test_a_mistake_in_the_roster_is_named_with_its_line(
    tmp_path: Path, text: str, sentence: str
) -> None:
    """The instructor is told which line to mend."""
    with pytest.raises(CohortError) as caught:
        read_roster(roster(tmp_path, text), "en")
    assert sentence in EN.say(caught.value.message)


def test_codes_compare_as_people_type_them() -> None:
    """Full-width letters, lower case and blanks around a code do not make another trainee."""
    assert fold(" ａ０７ ") == fold("A07") == "A07"


def test_an_extension_moves_one_trainees_date_only(cohort: Cohort) -> None:
    """A01 may hand in until the 20th, A02 until the 15th."""
    settings = cohort.settings.model_copy(
        update={"extensions": {"A01": {UNIT: datetime(2026, 6, 20).date()}}}
    )
    extended = Cohort(cohort.root, settings, cohort.roster)
    sent = datetime(2026, 6, 18, 4, tzinfo=UTC)
    assert extended.late(UNIT, "A01", sent) == timedelta(0)
    assert extended.late(UNIT, "A02", sent) > timedelta(days=2)


def test_settings_survive_being_written(cohort: Cohort) -> None:
    """`cohort.yaml` reads back as what was written."""
    write_settings(cohort.root, cohort.settings)
    assert open_cohort(cohort.root).settings == cohort.settings


HAND_WRITTEN = """\
# Our spring group.
name: spring   # as on the door
tz: Asia/Shanghai

# Agreed with the sales director.
due:
  01_am_types: 2026-06-15  # a Monday
extensions: {A01: {01_am_types: 2026-06-18}}
# Late hand-ins cost something.
late: {policy: zero}
"""


def test_what_a_person_wrote_into_the_settings_stays(cohort: Cohort) -> None:
    """Comments, order and the spelling of a day stay where the setting itself does not change."""
    path = cohort.root / "cohort.yaml"
    path.write_text(HAND_WRITTEN, "utf-8")
    settings = open_cohort(cohort.root).settings
    write_settings(cohort.root, settings)
    assert path.read_text("utf-8") == HAND_WRITTEN
    changed = settings.model_copy(update={"extensions": {}, "codes": {"A70": "A01"}})
    write_settings(cohort.root, changed)
    assert open_cohort(cohort.root).settings == changed
    assert (
        path.read_text("utf-8")
        == HAND_WRITTEN.replace("extensions: {A01: {01_am_types: 2026-06-18}}\n", "")
        + "codes:\n  A70: A01\n"
    )
    again = changed.model_copy(update={"late": LatePolicy(percent=20)})
    write_settings(cohort.root, again)
    assert open_cohort(cohort.root).settings == again
    assert "# Late hand-ins cost something.\nlate:\n  percent: 20.0\n" in path.read_text("utf-8")


@pytest.mark.parametrize("text", ["{name: spring, tz: UTC}\n", "name: &n spring\nlang: en\n...\n"])
def test_settings_laid_out_strangely_are_written_all_the_same(cohort: Cohort, text: str) -> None:
    """Where the layout cannot be kept, the settings still are."""
    (cohort.root / "cohort.yaml").write_text(text, "utf-8")
    changed = open_cohort(cohort.root).settings.model_copy(update={"codes": {"A70": "A01"}})
    write_settings(cohort.root, changed)
    assert open_cohort(cohort.root).settings == changed


def test_codes_in_the_settings_compare_as_people_type_them(cohort: Cohort) -> None:
    """An extension for a07 is one for A07, and so is a corrected code."""
    settings = Settings.model_validate(
        {"name": "x", "extensions": {"a01": {UNIT: "2026-06-20"}}, "codes": {"ａ70": "a01"}}
    )
    assert (list(settings.extensions), settings.codes) == (["A01"], {"A70": "A01"})


def test_a_corrected_code_never_takes_one_of_the_rosters(cohort: Cohort) -> None:
    """A code that the roster has is its owner's, whatever the settings say."""
    settings = cohort.settings.model_copy(update={"codes": {"A70": "A01", "A02": "A01"}})
    corrected = Cohort(cohort.root, settings, cohort.roster)
    assert [corrected.whose(code) for code in ("a70", "A02", "X9")] == ["A01", "A02", "X9"]


def test_two_commands_at_once_do_not_mix(cohort: Cohort) -> None:
    """The second waits, and then says that another one is at work."""
    with alone(cohort.root), alone(cohort.root):
        pass  # one command may call another
    with (
        FileLock(cohort.root / LOCK),
        pytest.raises(CohortError) as caught,
        alone(cohort.root, 0.05),
    ):
        pass
    assert "Another command is at work on spring" in EN.say(caught.value.message)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_only_one_line_of_a_roster_is_changed(tmp_path: Path, encoding: str) -> None:
    """Other columns, other lines, quotes, line ends and the encoding stay."""
    text = 'name,Code,team\r\n"林,晓",a01,华东\r\n"周 明",A02,"a\r\nb"\r\n\r\n郑,A03,'
    path = roster(tmp_path, text.encode(encoding))
    change_roster(path, "A09", "B09")
    assert path.read_bytes() == text.encode(encoding)
    change_roster(path, "A01", "B01")
    assert path.read_bytes() == text.replace("a01", "B01").encode(encoding)
    change_roster(path, "A02", None)
    change_roster(path, "A03", None)
    assert path.read_bytes().decode(encoding) == 'name,Code,team\r\n"林,晓",B01,华东\r\n\r\n'


@pytest.mark.parametrize(
    ("line", "sentence"),
    [("tz: Mars/Base", "there is no time zone"), ("nmae: x", "nmae"), (": :", "cohort.yaml")],
)
def test_a_mistake_in_the_settings_is_named(cohort: Cohort, line: str, sentence: str) -> None:
    """A misspelt field or zone ends in a sentence, not a traceback."""
    (cohort.root / "cohort.yaml").write_text(f"name: x\n{line}\n", "utf-8")
    with pytest.raises(CohortError) as caught:
        open_cohort(cohort.root)
    assert sentence in EN.say(caught.value.message)


def test_a_folder_without_settings_is_no_cohort(tmp_path: Path) -> None:
    """The sentence says how to make one."""
    with pytest.raises(CohortError) as caught:
        open_cohort(tmp_path)
    assert "kam cohort new" in EN.say(caught.value.message)


@pytest.mark.parametrize(
    ("policy", "late", "penalty"),
    [
        (LatePolicy(), timedelta(days=3), 0),
        (LatePolicy(policy="zero"), timedelta(seconds=1), 20),
        (LatePolicy(policy="percent_per_day"), timedelta(0), 0),
        (LatePolicy(policy="percent_per_day"), timedelta(minutes=1), 2),
        (LatePolicy(policy="percent_per_day"), timedelta(hours=25), 4),
        (LatePolicy(policy="percent_per_day"), timedelta(days=30), 10),
    ],
)
def test_what_lateness_costs(policy: LatePolicy, late: timedelta, penalty: float) -> None:
    """Each day begun costs its share of the score, up to the most."""
    assert policy.penalty(20, late) == penalty


def test_a_cohort_is_made_whole_or_not_at_all(one_unit: Course, tmp_path: Path) -> None:
    """A mistake in the roster or a due date leaves no half-made folder behind."""
    good = roster(tmp_path, "code,name\nA01,Lin\n")
    settings = Settings.model_validate({"name": "x", "due": {"99_nothing": "2026-06-15"}})
    with pytest.raises(CohortError) as caught:
        new_cohort(one_unit, tmp_path / "x", settings, good)
    assert "There is no unit “99_nothing”" in EN.say(caught.value.message)
    bad = tmp_path / "bad.csv"
    bad.write_text("code,name\n", "utf-8")
    with pytest.raises(CohortError):
        new_cohort(one_unit, tmp_path / "x", Settings(name="x"), bad)
    assert not (tmp_path / "x").exists()
    assert not (tmp_path / "x.part").exists()


def test_a_cohort_never_replaces_another(cohort: Cohort, one_unit: Course) -> None:
    """An existing folder is refused."""
    with pytest.raises(CohortError) as caught:
        new_cohort(one_unit, cohort.root, cohort.settings, cohort.root / "roster.csv")
    assert "exists already" in EN.say(caught.value.message)
