"""The homework's panels: they follow what is written, break at nothing, and make a report or say why not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kamlib.customer_analysis import SECTIONS
from kamlib.forms import activity
from kamlib.forms.activity import FILES, WAITING
from kamlib.forms.activity_homework import EXAMPLE, PARTS, HomeworkDesk, desk
from kamlib.forms.homework_report import FOLDER
from kamlib.forms.homework_view import APPEARS
from kamlib.forms.place import NotHere, here
from kamlib.items.answers import SUFFIX
from kamlib.words import LANGUAGES, Words
from tests.forms.homeworks import ANSWERS, SLUG, desk_of, example, unpacked, write
from tests.forms.workbooks import put

PANELS = [one for one in PARTS if one != "example"]
DRAWING = ["organisation", "finance", "network"]
PHONE = "13812345678"
HOSTILE = ("<script>alert(1)</script> {0} {x} %s $x^2$ \\frac", "\x00\x07\u202e" + "😀" * 300,
           "w" * 3_000, "", "1e300")  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Unpack a workbook in which nothing is written yet."""
    return unpacked(tmp_path)


@pytest.fixture
def full(folder: Path) -> Path:
    """Write the worked example into it."""
    write(folder, **example())
    return folder


def look(desk: HomeworkDesk, seen: object = None) -> dict[str, Any]:
    """Ask as the page does every few seconds."""
    return desk.answer({"kind": "look", "seq": 4, "seen": seen})


def drawn(desk: HomeworkDesk) -> dict[str, Any]:
    """Ask for the pictures, and return the page with them."""
    page: dict[str, Any] = desk.answer({"kind": "draw", "seq": 1})["page"]
    return page


def said(page: dict[str, Any]) -> str:
    """Return all that stands on a page but its pictures."""
    return json.dumps({**page, "pictures": []}, ensure_ascii=False)


# What is shown -----------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("panel", APPEARS)
def test_a_blank_section_says_what_will_appear(folder: Path, panel: str, lang: str) -> None:
    """One sentence and nothing else, no finding and no picture to wait for."""
    page = desk_of(folder, panel, lang).page()
    assert page["empty"] == Words(lang).say(APPEARS[panel])
    assert (page["blocks"], page["pictures"], page["drawing"], page["problem"]) == (
        [],
        [],
        False,
        "",
    )


def test_every_section_but_one_has_its_panel() -> None:
    """What stands in the own additions is text that a person reads."""
    assert (
        set(APPEARS)
        == set(SECTIONS) - {"additions"}
        == set(PARTS) - {"progress", "report", "example"}
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_worked_example_has_nothing_wrong(folder: Path, lang: str) -> None:
    """Each section says so, and what it adds up to."""
    write(folder, **example(lang))
    for panel in APPEARS:
        page = desk_of(folder, panel, lang).page()
        assert page["blocks"][0]["lines"][0].startswith("✓"), panel
        assert len(page["blocks"]) > 1
        assert not page["problem"]


def test_progress_counts_by_section(folder: Path) -> None:
    """Blank, begun and complete have a sign, a word, a bar and a place to jump to."""
    mine = example()
    write(folder, statement=mine["statement"], finance=mine["finance"],
          people=mine["people"][:1])  # fmt: skip
    told = desk_of(folder, "progress").page()["progress"]
    rows = {one["name"]: one for one in told["sections"]}
    assert list(rows) == list(SECTIONS)
    assert (rows["finance"]["sign"], rows["finance"]["word"], rows["finance"]["share"]) == (
        "✓",
        "complete",
        100,
    )
    assert (rows["power"]["sign"], rows["power"]["share"], rows["power"]["open"]) == ("○", 0, [])
    assert (rows["organisation"]["sign"], rows["organisation"]["word"]) == ("◐", "begun")
    assert 0 < rows["organisation"]["share"] < 50
    assert rows["organisation"]["open"] == [
        "Organisation: the people by role: 1 of at least 4 rows are filled in."
    ]
    assert rows["organisation"]["href"] == "#cell-id=item-customer-analysis-people"
    assert 0 < told["share"] < 100
    assert told["said"].endswith("sections complete: 1 of 7")


def test_progress_is_whole_only_where_all_is_complete(full: Path) -> None:
    """The example fills the bar; without one field it does not."""
    assert desk_of(full, "progress").page()["progress"]["share"] == 100
    write(full, goals={**example()["goals"], "goal": ""})
    told = desk_of(full, "progress").page()["progress"]
    assert told["share"] < 100
    assert told["sections"][5]["word"] == "begun"


@pytest.mark.parametrize(("due", "begins", "urgent"), [
    ("2026-06-22", "Due Monday, 22 June", False), ("2026-06-11", "Due tomorrow", True),
    ("2026-06-07", "Was due 3 days ago", True)])  # fmt: skip
def test_progress_says_when_it_is_due(tmp_path: Path, due: str, begins: str, urgent: bool) -> None:
    """With the days that are left, or that are over, in words."""
    told = desk_of(unpacked(tmp_path, due), "progress").page()["progress"]
    assert told["due"].startswith(begins)
    assert told["urgent"] is urgent


def test_findings_stand_in_two_groups_with_their_place(full: Path) -> None:
    """What cannot be so comes first; each has the row as it stands in the table, why, and what to do."""
    network = [dict(row) for row in example()["network"]]
    there = next(n for n, row in enumerate(network) if row["where"] == "reference")
    network[there]["covered"] = network[there]["universe"] + 1
    write(full, network=network)
    first = desk_of(full, "network").page()["blocks"][0]
    assert (first["sign"], first["tone"]) == ("✗", "wrong")
    assert first["title"].startswith("This cannot be so (")
    places = [one["place"] for one in first["items"]]
    assert any(
        one.startswith(f"Sales network: outlets by group, row {there + 1}") for one in places
    )
    assert all(one["text"] and one["more"] for one in first["items"])
    assert all(one["href"].startswith("#cell-id=item-customer-analysis-") for one in first["items"])


def test_finance_has_ratios_by_year_and_what_to_ask(full: Path) -> None:
    """A table with a column a year and a reading, and each warning sign with a question."""
    blocks = desk_of(full, "finance").page()["blocks"]
    table = next(one for one in blocks if one["kind"] == "table")
    assert table["head"][1:4] == ["2023", "2024", "2025"]
    stock = next(row for row in table["rows"] if row[0]["text"] == "Stock days")
    assert [cell["text"] for cell in stock[1:4]] == ["50 days", "54 days", "76 days"]
    assert "76 days" in stock[4]["text"]
    signs = next(one for one in blocks if one.get("title") == "Warning signs, and what to ask")
    assert all(one["more"].endswith("?") for one in signs["items"])


def test_organisation_advises_in_order_and_names_who_is_left_out(full: Path) -> None:
    """The advice is numbered, and a row that cannot be drawn yet is told."""
    people = [*example()["people"], {"id": "P77", "role": "Somebody new"}]
    write(full, people=people)
    blocks = desk_of(full, "organisation").page()["blocks"]
    assert any("P77" in line for one in blocks for line in one.get("lines", ()))
    advice = next(one for one in blocks if one.get("tone") == "next")
    assert advice["items"]
    assert all(one["text"] and one["more"] for one in advice["items"])


def test_the_circle_is_read_back_by_role(full: Path) -> None:
    """A sign that is in no row of the table is told."""
    write(full, power={**example()["power"], "circle": "P1, P99"})
    text = said(desk_of(full, "power").page())
    assert "Owner and general manager (P1)" in text
    assert "P99 (not in the table of people)" in text


# Pictures ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("panel", DRAWING)
def test_pictures_wait_until_they_are_asked_for(full: Path, panel: str) -> None:
    """The first page is there at once; then each picture has an alt text and a size."""
    made = desk_of(full, panel)
    assert (made.page()["drawing"], made.page()["pictures"]) == (True, [])
    page = drawn(made)
    assert page["drawing"] is False
    assert len(page["pictures"]) == (1 if panel == "finance" else 2)
    for one in page["pictures"]:
        assert one["html"].startswith('<img class="figure" width="7')
        assert 'alt=""' not in one["html"]
        assert len(one["html"]) < 300_000


def test_a_picture_is_drawn_once(full: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked again, or after another section changed, it is the same; old pictures stay meanwhile."""
    made = desk_of(full, "finance")
    first = drawn(made)["pictures"]
    monkeypatch.setattr(
        "kamlib.forms.activity_homework.pictures",
        lambda *_: [{"html": "new", "note": "", "title": ""}],
    )
    write(full, culture={"text": "Another house."})
    assert drawn(made)["pictures"] == first
    statement = [dict(row) for row in example()["statement"]]
    statement[-1]["stock"] = statement[-1]["stock"] + 1
    write(full, statement=statement)
    page = look(made)["page"]
    assert (page["pictures"], page["drawing"]) == (first, True)
    assert drawn(made)["pictures"][0]["html"] == "new"


def test_what_cannot_be_drawn_is_a_sentence(full: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not tried again and again, and the rest of the panel stays."""

    def fails(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("kamlib.forms.activity_homework.pictures", fails)
    page = drawn(desk_of(full, "finance"))
    assert page["pictures"][0]["note"].startswith("This did not work (ZeroDivisionError).")
    assert page["drawing"] is False
    assert page["blocks"]


# Following ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("panel", PANELS)
def test_nothing_new_has_no_page(full: Path, panel: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reply has its number only, and the file is not read again."""
    made = desk_of(full, panel)
    stamp = made.page()["stamp"]
    monkeypatch.setattr(HomeworkDesk, "_look", None)
    assert look(made, stamp) == {"ack": 4}


def test_another_windows_answer_is_followed(folder: Path) -> None:
    """What is saved meanwhile stands on the next page; a page that another section changed is not sent."""
    made, other = desk_of(folder, "finance"), desk_of(folder, "power")
    stamp, others = made.page()["stamp"], other.page()["stamp"]
    write(folder, statement=example()["statement"][:1])
    told = look(made, stamp)
    assert "2023" in said(told["page"])
    assert look(other, others) == {"ack": 4}


def test_a_damaged_file_is_told_and_left(full: Path) -> None:
    """The sentence says so; the panel moves nothing, since the form that opens it does."""
    (full / ANSWERS).write_bytes(b"{")
    for panel in PANELS:
        page = desk_of(full, panel).page()
        assert page["problem"]
    assert (full / ANSWERS).read_bytes() == b"{"
    told = desk_of(full, "report").answer({"kind": "make", "as": "docx", "seq": 1})
    assert told["error"]
    assert not (full.parents[1] / FOLDER).exists()


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_is_typed_is_shown_as_it_is(folder: Path, text: str) -> None:
    """No text breaks a panel, its pictures or its HTML, and none is obeyed."""
    mine = example()
    rows = {
        part: [{k: text if isinstance(v, str) else v for k, v in row.items()} for row in mine[part]]
        for part in ("people", "network", "claims", "execution", "actions", "statement")
    }
    choices = {"level", "function", "relation", "access", "where", "section", "criterion"}
    for part, whole in rows.items():
        for row, was in zip(whole, mine[part], strict=True):
            row |= {name: was[name] for name in choices & was.keys()}
    rows["people"] = [row | {"id": f"P{n}"} for n, row in enumerate(rows["people"], 1)]
    write(folder, **rows, culture={"text": text}, strategy={"text": text},
          power=dict.fromkeys(mine["power"], text), territory=mine["territory"] | {"reference": text},
          customer=mine["customer"] | {"sign": text})  # fmt: skip
    for panel in PANELS:
        made = desk_of(folder, panel)
        page = drawn(made)
        assert not page["problem"], panel
        shown = made.neutral()
        assert shown
        assert "<script" not in shown[1]
        json.dumps(page).encode()
    assert len(said(desk_of(folder, "organisation").page())) < 100_000


@pytest.mark.parametrize(
    "raw", [None, 3, [], {"fields": 3}, {"rows": [3]}, {"rows": {"a": 1}}, {"text": []}]
)
def test_an_answer_of_another_kind_is_no_harm(folder: Path, raw: Any) -> None:
    """What no form of ours has written counts as not answered, or as not complete."""
    write(folder, **{part: {"raw": raw} for part in ("power", "people", "strategy", "statement")})
    for panel in PANELS:
        assert not desk_of(folder, panel).page()["problem"]


@pytest.mark.parametrize("asked", [None, 7, {}, {"kind": "fly"}, {"kind": "make"}, {"kind": "make", "as": "../x"},
                                   {"kind": "look", "seen": [1]}, {"kind": "draw", "seen": 3}])  # fmt: skip
@pytest.mark.parametrize("panel", PANELS)
def test_whatever_a_page_asks_is_answered(folder: Path, asked: object, panel: str) -> None:
    """No request raises, and none writes a file."""
    told = desk_of(folder, panel).answer(asked)
    assert "page" in told
    assert FILES not in told
    assert not (folder.parents[1] / FOLDER).exists()


# The report --------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_report_is_made_as_both_files(folder: Path, lang: str) -> None:
    """Each lies in the workbook under a name that says whose it is, and goes to the browser as it lies there."""
    write(folder, **example(lang))
    made = desk_of(folder, "report", lang)
    assert made.page()["report"]["can"] is True
    for kind, begins in (("docx", b"PK"), ("html", b"<!doctype html>")):
        told = made.answer({"kind": "make", "as": kind, "seq": 2})
        assert "error" not in told
        (data,) = told[FILES]
        path = folder.parents[1] / FOLDER / told["file"]
        assert path.read_bytes() == data
        assert data.startswith(begins)
        sign = "Distributor_K" if lang == "en" else "经销商_K"
        assert told["file"] == f"{SLUG}_{sign}_2026-06-08.{kind}"
        assert told["file"] in told["said"]
    assert sorted(one.suffix for one in path.parent.iterdir()) == [".docx", ".html"]


def test_a_phone_number_stops_the_report(full: Path) -> None:
    """The place is named and the number masked; nothing is written before it is out."""
    finance = example()["finance"]
    write(full, finance=finance | {"ask": f"Ring {PHONE} first"})
    made = desk_of(full, "report")
    page = made.page()
    assert page["report"]["can"] is False
    assert page["report"]["blocked"].startswith("No report and no hand-in is made")
    first = page["blocks"][0]
    assert (
        first["items"][0]["place"] == "“Finance: what the figures ask”, What you ask the customer"
    )
    told = made.answer({"kind": "make", "as": "docx", "seq": 2})
    assert told["error"].startswith("No report was made.")
    assert PHONE not in json.dumps(told) + json.dumps(page)
    assert not (full.parents[1] / FOLDER).exists()
    write(full, finance=finance)
    assert desk_of(full, "report").answer({"kind": "make", "as": "docx", "seq": 3})[FILES]


def test_there_is_no_report_of_nothing(folder: Path) -> None:
    """The page says so, and so does the reply."""
    made = desk_of(folder, "report")
    assert made.page()["report"]["can"] is False
    told = made.answer({"kind": "make", "as": "html", "seq": 2})
    assert told["error"] == "Nothing is written yet, so there is no report to make."


def test_what_is_open_is_told_by_section(folder: Path) -> None:
    """One line a section, with how many things cannot be so."""
    write(folder, network=[row | {"covered": 10**9} for row in example()["network"]])
    (block,) = desk_of(folder, "report").page()["blocks"]
    lines = {one["place"]: one["text"] for one in block["items"]}
    assert set(lines) == {"Power", "Organisation", "Finance", "Sales network", "Direction and strategy",
                          "Execution", "Own additions"}  # fmt: skip
    assert "Things that cannot be so: " in lines["Sales network"]
    assert "Things that cannot be so" not in lines["Power"]


def test_a_folder_that_cannot_be_written_is_told(
    full: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing stays half; the sentence says what to do."""

    def refuses(*_: object) -> None:
        raise PermissionError(13, "no", "x")

    monkeypatch.setattr("kamlib.items.answers.os.replace", refuses)
    told = desk_of(full, "report").answer({"kind": "make", "as": "html", "seq": 2})
    assert told["error"].startswith("Not saved: ")
    assert list((full.parents[1] / FOLDER).iterdir()) == []


# In a notebook -----------------------------------------------------------------------------------


@pytest.mark.parametrize("panel", PANELS)
def test_without_a_front_end_it_is_plain_html(full: Path, panel: str) -> None:
    """A print has what stands on the panel, with its pictures."""
    shown = activity(
        f"{SLUG}.homework", panel, notebook=full / "exercise.en.ipynb"
    )._repr_mimebundle_()
    assert shown["text/html"].startswith('<div class="kam-homework" lang="en">')
    assert ("<img" in shown["text/html"]) is (panel in DRAWING)
    assert desk_of(full, panel).page()["title"] in shown["text/plain"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_example_is_a_report_in_the_lesson(folder: Path, lang: str) -> None:
    """It stands there in the lesson's language, live and as plain HTML, and is sent once."""
    notebook = folder / f"lesson.{lang}.ipynb"
    shown = activity(f"{SLUG}.homework", "example", notebook=notebook)._repr_mimebundle_()
    sign = example(lang)["customer"]["sign"]
    assert sign in shown["text/html"]
    assert "<script" not in shown["text/html"]
    made = desk(here(notebook), SLUG, "example")
    page = made.page()
    assert (page["body"] in shown["text/html"], bool(page["style"])) == (True, True)
    assert made.answer({"kind": "look", "seq": 1, "seen": page["stamp"]}) == {"ack": 1}
    assert made.answer({"kind": "look", "seq": 1})["page"] == page


def test_an_example_that_is_no_analysis_is_told(folder: Path) -> None:
    """One sentence with the file's name."""
    put(folder / EXAMPLE, b"people: 3")
    with pytest.raises(NotHere) as caught:
        desk(here(folder / "lesson.en.ipynb"), SLUG, "example")
    assert Words("en").say(caught.value.message).startswith(f"{EXAMPLE} is damaged.")


def test_a_lesson_without_the_example_says_where_it_is_shown(folder: Path) -> None:
    """Where the file is missing in a build, the usual sentence stands there."""
    (folder / EXAMPLE).unlink()
    shown = activity(f"{SLUG}.homework", "example", notebook=folder / "lesson.en.ipynb")
    assert shown._repr_mimebundle_()["text/plain"] == WAITING


@pytest.mark.parametrize("part", ["case", "additions", "people", "../power", "Power", ""])
def test_there_are_no_other_panels(folder: Path, part: str) -> None:
    """A misspelt one is a sentence."""
    shown = activity(f"{SLUG}.homework", part, notebook=folder / "exercise.en.ipynb")
    assert shown._repr_mimebundle_()["text/plain"] == f"There is no activity “{SLUG}.homework”."


def test_a_unit_without_graded_questions_has_no_homework(folder: Path) -> None:
    """It is told rather than shown empty."""
    put(folder / f"10_{SLUG}.items.en.json", {"items": [], "keys": {}})
    with pytest.raises(NotHere) as caught:
        desk_of(folder, "progress")
    assert "no homework" in caught.value.message.text


def test_a_panel_writes_no_answer(full: Path) -> None:
    """However often it is looked at and drawn, the answers stay as they were, byte for byte."""
    before = {path.name: path.read_bytes() for path in full.iterdir() if path.name.endswith(SUFFIX)}
    for panel in PANELS:
        drawn(desk_of(full, panel))
    assert {
        path.name: path.read_bytes() for path in full.iterdir() if path.name.endswith(SUFFIX)
    } == before
