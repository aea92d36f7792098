"""The instructor's page: what it says of a cohort, and that every action does what its verb does."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kamlib.forms.panel import Asked, Page, Reply, Section, Upload
from kamlib.grading import office_page
from kamlib.grading.by_person import put_mark
from kamlib.grading.cohort import Cohort, open_cohort
from kamlib.grading.office_actions import ACTIONS
from kamlib.grading.office_page import Office, office
from kamlib.grading.pipeline import grade, look

from .conftest import LATE, PROSE, UNIT, Send
from .sheets import fill, rows


@pytest.fixture
def graded(cohort: Cohort, send: Send) -> Cohort:
    """A cohort of four: two in time, one late, one missing."""
    send("A01")
    send("A02", lang="en", like="blank")
    grade(cohort, [send("A03", at=LATE)])
    return cohort


def zipped(folder: Path) -> bytes:
    """Return a folder as a zip, as a trainee would send it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder).as_posix())
    return out.getvalue()


def part(page: Page, name: str) -> Section:
    """Return a section of the page."""
    return next(section for section in page.sections if section.name == name)


def do(host: Office, name: str, confirmed: bool = False, **values: str) -> Reply:
    """Do one thing on the page."""
    return host.act(Asked(name, values, {}, confirmed))


def cells(section: Section) -> list[list[str]]:
    """Return the first table as text."""
    return [[f"{c.sign} {c.text}".strip() for c in row] for row in section.tables[0].rows]


def test_the_page_says_how_the_cohort_stands(graded: Cohort) -> None:
    """The numbers on top, the next steps and the people are those of the cohort."""
    page = Office(graded.root).page()
    assert page.facts[0] == ("3 / 4", "handed in")
    assert page.facts[3] == ("3", "feedback not released")
    people = {row[0]: row for row in cells(part(page, "people"))}
    assert people["A04"][2] == "–"
    assert "late" in people["A03"][2]
    assert [action.name for action in part(page, "next").actions] == ["release"]
    assert part(page, "next").links[0].href == "/formgrader"


def test_a_fresh_cohort_is_asked_for_hand_ins(cohort: Cohort) -> None:
    """Before anything came the page says what to begin with."""
    page = Office(cohort.root).page()
    assert part(page, "next").lines == ["No hand-in is here yet. Take them in below."]


def test_uploaded_hand_ins_are_taken_in_and_marked(cohort: Cohort, send: Send) -> None:
    """What is chosen in the browser counts like a folder of hand-ins, at the time of its file."""
    drop = send("A01")
    files = [
        Upload(f"{folder.name}.zip", zipped(folder), LATE)
        for folder in drop.iterdir()
        if folder.is_dir()
    ]
    reply = Office(cohort.root).act(Asked("take_in", {}, {"files": files}, False))
    assert not reply.bad
    results = {r.trainee.code: r for r in look(open_cohort(cohort.root)).results[UNIT]}
    assert results["A01"].received == LATE
    assert results["A01"].late.days == 1
    assert (cohort.root / "report" / f"{UNIT}.en.html").is_file()


def test_a_name_from_outside_stays_inside(cohort: Cohort) -> None:
    """An upload's name is a name only: it writes nowhere but where it is read."""
    files = [Upload("../../evil.zip", b"no zip", None), Upload("evil.zip", b"nor this", None)]
    reply = Office(cohort.root).act(Asked("take_in", {}, {"files": files}, False))
    assert not reply.bad
    assert not list(cohort.root.parent.rglob("evil.zip"))
    assert len(look(open_cohort(cohort.root)).refusals) == 2


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("extend", {"code": "A03", "day": "2026-06-20"}),
        ("forget", {"code": "A03"}),
        ("correct", {"wrong": "A0X", "right": "A03"}),
        ("release", {}),
    ],
)
def test_nothing_changes_before_yes(graded: Cohort, name: str, values: dict[str, str]) -> None:
    """What moves marks, people or pages is shown first and asks; only then is it done."""
    before = {path: path.read_bytes() for path in files_of(graded.root)}
    reply = do(Office(graded.root), name, **values)
    assert reply.sure
    assert {path: path.read_bytes() for path in files_of(graded.root)} == before
    reply = do(Office(graded.root), name, confirmed=True, **values)
    assert not reply.bad
    assert {path: path.read_bytes() for path in files_of(graded.root)} != before


def files_of(root: Path) -> list[Path]:
    """Return every file of a cohort but its lock."""
    return sorted(p for p in root.rglob("*") if p.is_file() and not p.name.endswith(".lock"))


def test_more_time_counts_at_once(graded: Cohort) -> None:
    """A person with a later last day is no longer late, and the page offers to take it back."""
    host = Office(graded.root)
    do(host, "extend", confirmed=True, code="A03", day="2026-06-20", unit="", why="ill")
    assert open_cohort(graded.root).settings.extensions["A03"][UNIT] == date(2026, 6, 20)
    people = {row[0]: row for row in cells(part(host.page(), "people"))}
    assert "late" not in people["A03"][2]
    assert people["A03"][3] == "2026-06-20"
    do(host, "take_back", confirmed=True, code="A03")
    people = {row[0]: row for row in cells(part(host.page(), "people"))}
    assert "late" in people["A03"][2]


def test_feedback_is_released_once(graded: Cohort) -> None:
    """After the release nobody waits for feedback; a changed mark makes one person wait again."""
    host = Office(graded.root)
    do(host, "release", confirmed=True)
    assert host.page().facts[3][0] == "0"
    page = graded.root / "feedback_preview" / "A01" / UNIT / f"{UNIT}.html"
    page.write_text(page.read_text("utf-8").replace("<main>", "<main><!-- new -->"), "utf-8")
    assert host.page().facts[3][0] == "1"
    assert "A01" in host.state().unreleased


def test_marks_are_handed_out_as_files(graded: Cohort) -> None:
    """Both exports come as a file to keep, named by the cohort."""
    host = Office(graded.root)
    [(name, data)] = do(host, "export_xlsx").files
    assert (name, data[:2]) == ("spring.xlsx", b"PK")
    [(name, data)] = do(host, "export_csv").files
    assert name == "spring.csv"
    assert "林晓" in data.decode("utf-8-sig")


def test_a_key_is_corrected_after_a_look(graded: Cohort, tmp_path: Path) -> None:
    """The preview names whose marks move; only with yes is the new key in force."""
    key = Path(office_page.__file__).parents[2] / "units" / UNIT / "key.yaml"
    wrong = re.sub(r"(am_types\.coverage_ratio:.*?\n  value: )2\.15", r"\g<1>2.5", key.read_text("utf-8"), flags=re.S)  # fmt: skip
    file = Upload("key.yaml", wrong.encode(), None)
    values = {"unit": UNIT, "why": "The East was counted anew.", "keep": ""}
    host = Office(graded.root)
    reply = host.act(Asked("rekey", values, {"file": [file]}, False))
    assert reply.sure
    assert reply.tables[1].rows[0][0].text == "A01"
    before = look(open_cohort(graded.root)).results[UNIT][0].score
    reply = host.act(Asked("rekey", values, {"file": [file]}, True))
    assert not reply.bad
    assert look(open_cohort(graded.root)).results[UNIT][0].score < before


def test_a_key_needs_a_reason(graded: Cohort) -> None:
    """Without a reason for the trainees, or without a file, a key is not corrected."""
    host = Office(graded.root)
    assert do(host, "rekey", unit=UNIT).bad


def test_second_marking_runs_on_the_page(graded: Cohort) -> None:
    """A sheet is drawn, and the page then shows what is not back yet."""
    host = Office(graded.root)
    reply = do(host, "draw", unit=UNIT, share="1", marker="Wang")
    assert reply.files[0][0].endswith(".xlsx")
    section = part(host.page(), "second")
    assert section.tables[0].rows
    assert [action.name for action in section.actions] == ["draw", "take_sheet"]
    back = Upload(reply.files[0][0], reply.files[0][1], None)
    reply = host.act(Asked("take_sheet", {}, {"sheet": [back]}, False))
    assert "New second marks: 0" in reply.said[0]


def test_two_markers_settle_on_the_page(graded: Cohort, tmp_path: Path) -> None:
    """A sheet that comes back shows both marks, and the score agreed on counts."""
    put_mark(graded, "A01", PROSE, 3.0, "")
    host = Office(graded.root)
    [(name, data)] = do(host, "draw", unit=UNIT, share="1").files
    sheet = tmp_path / name
    sheet.write_bytes(data)
    numbers = [row["Blind number"] for row in rows(sheet) if "always right" in row["Question"]]
    fill(sheet, {number: {"Score": 1} for number in numbers})
    host.act(Asked("take_sheet", {}, {"sheet": [Upload(name, sheet.read_bytes())]}, False))
    page = host.page()
    first = cells(part(page, "second"))[0]
    assert first[0] == "A01"
    assert first[2:5] == ["3", "1", "−2"]
    assert any("differently" in line for line in part(page, "next").lines)
    assert do(host, "settle", answer=f"A01 {PROSE}", score="two").bad
    assert not do(host, "settle", answer=f"A01 {PROSE}", score="2").bad
    results = {r.trainee.code: r for r in look(open_cohort(graded.root)).results[UNIT]}
    assert next(one for one in results["A01"].items if one.mark.item == PROSE).score == 2


def test_a_cohort_is_closed_and_opened_again(graded: Cohort) -> None:
    """With answers waiting it takes a tick to close; a closed page offers archive and opening."""
    host = Office(graded.root)
    assert "tick the box" in do(host, "close").said[0]
    assert do(host, "close", anyway="yes").sure
    assert not do(host, "close", confirmed=True, anyway="yes").bad
    page = host.page()
    assert page.lead.startswith("Closed since")
    assert [action.name for action in part(page, "end").actions] == ["archive", "reopen"]
    assert do(host, "grade").bad
    assert not do(host, "reopen").bad
    assert not do(host, "grade").bad


def test_every_action_on_a_page_is_known(graded: Cohort) -> None:
    """No button leads nowhere, in an open cohort or a closed one, and no action lacks a button."""
    host = Office(graded.root)
    do(host, "extend", confirmed=True, code="A03", day="2026-06-20")
    do(host, "draw", unit=UNIT, share="1")
    offered = {a.name for s in host.page().sections for a in s.actions}
    do(host, "close", confirmed=True, anyway="yes")
    offered |= {a.name for s in host.page().sections for a in s.actions}
    assert offered == set(ACTIONS) - {"settle"}  # which needs a second mark


def test_trouble_ends_in_a_sentence(graded: Cohort, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unknown person, an unknown action and a defect of ours are sentences, never tracebacks."""
    host = Office(graded.root)
    assert "A99" in do(host, "forget", code="A99").said[0]
    assert do(host, "nothing").bad

    def broken(*_: Any) -> Reply:
        raise ZeroDivisionError

    monkeypatch.setitem(ACTIONS, "grade", broken)  # type: ignore[arg-type]
    reply = do(host, "grade")
    assert reply.bad
    assert "ZeroDivisionError" in reply.said[0]


def test_the_page_speaks_the_instructors_language(graded: Cohort) -> None:
    """The page begins in the instructor's language and changes on request; names stay."""
    host = Office(graded.root)
    assert host.page().lang == "en"
    host.choose("zh")
    page = host.page()
    assert part(page, "people").title == "学员"


def test_without_a_browser_the_page_is_plain(graded: Cohort, tmp_path: Path) -> None:
    """In a batch run the notebook holds the page as HTML; outside a cohort a sentence says so."""
    shown = office(graded.root / "desk.ipynb")._repr_mimebundle_()
    assert "林晓" in shown["text/html"]
    assert "cohort.yaml" in office(tmp_path / "desk.ipynb")._repr_mimebundle_()["text/html"]
    assert json.dumps(dict(shown))
