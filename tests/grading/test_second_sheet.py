"""The second marker's Excel sheet: what it shows, and what can be read from one that came back."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from kamlib.course.bundle import Bundle
from kamlib.grading.cohort import CohortError
from kamlib.grading.second_sheet import Answer, criteria, folded, read, write
from kamlib.items.keys import parse_key
from kamlib.items.model import Item, parse_item

WHY: Item = parse_item(
    {"id": "u.why", "interaction": "text", "title": "Why so?", "prompt": "Say why.", "points": 3,
     "criteria": {"reason": "Names a reason", "deed": "Names a deed"}}
)  # fmt: skip
HOW: Item = parse_item(
    {"id": "u.how", "interaction": "text", "title": "How?", "prompt": "Say how.", "points": 4.5,
     "criteria": {"way": "Names a way", "act": "Names a deed"}}
)  # fmt: skip
PICK: Item = parse_item(
    {"id": "u.pick", "interaction": "choice", "title": "Pick", "prompt": "Which?",
     "options": {"a": "Load the warehouse", "b": "Count the shelves"}}
)  # fmt: skip
LEVELS = ["Nothing at all. " * 9, "In passing.", "One that can be checked.", "One that was."]
KEYS = {
    "u.why": parse_key("text", {"explanation": "E", "model_answer": "Because it came late.",
                                "levels": {"reason": LEVELS, "deed": LEVELS}}),
    "u.how": parse_key("text", {"explanation": "E", "model_answer": "By truck.",
                                "levels": {"way": LEVELS, "act": LEVELS}}),
    "u.pick": parse_key("choice", {"explanation": "Shelves do not lie.", "answer": "b"}),
}  # fmt: skip
CHINESE = {"Why so?": "为什么？", "Names a reason": "说出理由", "Names a deed": "说出行动"}
BUNDLE = Bundle("u", "0.1", "A small exercise", (PICK, WHY, HOW), KEYS, {"zh": CHINESE}, {})


def made(*answers: Answer, lang: str = "en") -> Any:
    """Return the written workbook, opened."""
    return load_workbook(io.BytesIO(write(BUNDLE, lang, "Second marking", answers)))


def prose(text: str, number: str = "KXM-01", item: Item = WHY) -> Answer:
    """Return an answer in prose."""
    return Answer(number, item, {"text": text})


def cells(sheet: Any) -> dict[str, Any]:
    """Return the cells of a sheet that hold something, by their text."""
    return {str(cell.value): cell for row in sheet.iter_rows() for cell in row if cell.value}


def below(sheet: Any, heading: str) -> Any:
    """Return the cell under a heading in the first line of answers."""
    head = cells(sheet)[heading]
    return sheet.cell(head.row + 1, head.column)


@pytest.mark.parametrize(
    "text",
    ['=HYPERLINK("http://x","y")', "+1", "-1", "@SUM(A1)", "=1+1", "\t=1", "{=1}", "=cmd|' /C calc'!A0"],
)  # fmt: skip
def test_no_answer_becomes_a_formula(text: str) -> None:
    """What a trainee typed is text in the sheet, and stays text when somebody edits the cell."""
    cell = below(made(prose(text)).worksheets[0], "Answer")
    assert cell.data_type == "s"
    assert cell.value == text
    assert cell.quotePrefix


def test_what_no_excel_file_holds_is_left_out_and_the_rest_stays() -> None:
    """Control characters, half characters and carriage returns break neither file nor answer."""
    book = made(prose("one\x00\x0b two\ud800\ufffe\r\nthree 🙂"))
    said = below(book.worksheets[0], "Answer").value
    assert said.startswith("one")
    assert said.endswith("three 🙂")
    assert "\r" not in said


def test_an_answer_longer_than_a_cell_is_cut_and_says_so() -> None:
    """Excel's limit never makes a file that it calls damaged."""
    answer = Answer("KXM-01", parse_item({
        "id": "u.all", "interaction": "table", "title": "T", "prompt": "?",
        "columns": {"a": {"label": "A"}}, "max_rows": 60}),
        {"rows": [{"a": "x" * 4000}] * 20})  # fmt: skip
    bundle = Bundle("u", "0.1", "T", (answer.item,), {}, {}, {})
    book = load_workbook(io.BytesIO(write(bundle, "en", "S", [answer])))
    said = below(book.worksheets[0], "Answer").value
    assert 30_000 < len(said) < 32_767
    assert said.endswith("(the answer goes on)")


def test_answers_are_shown_by_labels_and_with_the_disagreement() -> None:
    """A chosen option reads as its text, and why it waits stands with it."""
    response = {"choice": "a", "disagree": "In my region it did."}
    said = below(made(Answer("KXM-01", PICK, response)).worksheets[0], "Answer").value
    assert said == "Load the warehouse\nThe trainee disagrees: “In my region it did.”"


def test_levels_are_offered_to_choose_from_and_scores_have_bounds() -> None:
    """Each criterion has its four levels as a list; each score its own highest value."""
    sheet = made(prose("x"), prose("y", "KXM-02", HOW)).worksheets[0]
    rules = sheet.data_validations.dataValidation
    lists = [rule for rule in rules if rule.type == "list"]
    scores = {rule.formula2: rule for rule in rules if rule.type == "decimal"}
    assert len(lists) == 4
    assert all(
        rule.formula1 == '"0 not there yet,1 begun,2 good,3 excellent"'
        and len(rule.prompt) <= 255 and "2 One that can be checked." in rule.prompt
        and not rule.showErrorMessage
        for rule in lists
    )  # fmt: skip
    assert set(scores) == {"3.0", "4.5"}
    assert all(rule.formula1 == "0" and rule.operator == "between" for rule in scores.values())
    score = cells(sheet)["Score"]
    assert [str(rule.sqref) for rule in scores.values()] == [
        f"{score.column_letter}{score.row + 1}", f"{score.column_letter}{score.row + 2}"
    ]  # fmt: skip


def test_criteria_of_the_same_name_share_a_column() -> None:
    """Two questions with three different criteria make three columns, not four."""
    sheet = made(prose("x"), prose("y", "KXM-02", HOW)).worksheets[0]
    head = cells(sheet)["Score"].row
    heads = [cell.value for cell in sheet[head]]
    assert heads == ["Blind number", "Question", "Answer", "Names a reason", "Names a deed",
                     "Names a way", "Score", "Comment"]  # fmt: skip
    assert criteria(BUNDLE)["names a deed"] == {"u.why": "deed", "u.how": "act"}


def test_the_second_sheet_has_question_levels_and_model_answer() -> None:
    """All that is needed to mark stands in the file, of the questions drawn and of no other."""
    sheet = made(prose("x"), Answer("KXM-02", PICK, {"choice": "a"})).worksheets[1]
    text = list(cells(sheet))
    for said in ("Say why.", "Names a reason", "One that was.", "Because it came late.",
                 "Which?", "Shelves do not lie."):  # fmt: skip
        assert said in text
    assert "Say how." not in text
    assert LEVELS[0].strip() in [line.strip() for line in text]


def test_the_sheet_says_that_answers_hold_what_was_typed() -> None:
    """Who gets the file is told that names and telephone numbers may stand in it."""
    said = " ".join(cells(made(prose("x")).worksheets[0]))
    assert "Names and telephone numbers in them are not removed" in said


def test_questions_stand_in_the_instructors_language_and_answers_as_they_are() -> None:
    """A Chinese instructor reads Chinese headings of the unit over an English answer."""
    found = cells(made(prose("It came late."), lang="zh").worksheets[0])
    assert "说出理由" in found
    assert "It came late." in found
    assert any("为什么？" in text for text in found)


# Reading


def workbook(rows: list[list[object]]) -> bytes:
    """Return an Excel file with these rows."""
    book = Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_columns_may_move_and_go_and_headings_be_touched() -> None:
    """Lines are found by their headings, wherever these stand and however they are spaced."""
    data = workbook([
        ["Somebody wrote this above"], [],
        [None, " score ", "mine", "BLIND  NUMBER"],
        ["x", 2, "note", "KXM-02"], [None, None, None, "KXM-01"],
    ])  # fmt: skip
    lines = read("s.xlsx", data)
    assert [(line.number.value, line.score.value, line.score.at) for line in lines] == [
        ("KXM-02", 2, "B4"), ("KXM-01", None, "B5")
    ]  # fmt: skip
    assert lines[0].comment.value is None
    assert lines[0].others["mine"].value == "note"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "cannot be read as an Excel file"),
        (b"PK\x03\x04 broken", "cannot be read as an Excel file"),
        (b"code,name\nA01,Lin\n", "cannot be read as an Excel file"),
        (workbook([["code", "score"], ["A01", 3]]), "has no line with the headings"),
        (workbook([]), "has no line with the headings"),
        (b"x" * 20_000_001, "is larger than"),
    ],
    ids=["empty", "broken", "csv", "another", "nothing", "huge"],
)
def test_a_file_that_is_no_such_sheet_is_one_sentence(data: bytes, why: str) -> None:
    """Whatever comes back, the answer is a sentence with the file's name."""
    with pytest.raises(CohortError, match=why) as raised:
        read("back.xlsx", data)
    assert ("file", "back.xlsx") in raised.value.message.values


def test_headings_compare_without_regard_to_spaces_and_width() -> None:
    """What Excel or a keyboard does to a heading does not lose a column."""
    assert folded("Names\n a  Reason") == folded("names a reason") == folded("ｎａｍｅｓ a reason")


def test_a_written_sheet_can_be_read_again(tmp_path: Path) -> None:
    """What was written comes back line by line, with the cells' names."""
    data = write(BUNDLE, "zh", "S", [prose("x"), prose("y", "KXM-02")])
    lines = read("s.xlsx", data)
    assert [line.number.value for line in lines] == ["KXM-01", "KXM-02"]
    assert {folded("说出理由"), folded("说出行动")} <= set(lines[0].others)
