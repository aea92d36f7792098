"""How the notations of a source look in the notebook that is built of it."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from kamlib.course.notebook import (
    PROVENANCE,
    anchor_headings,
    exercise_notebook,
    form_code,
    grade_id,
    item_of,
    lesson_notebook,
    plain_heading,
    set_outputs_clean,
    solution_notebook,
)
from kamlib.course.source import KINDS, Source, read_source
from kamlib.items.model import parse_item
from kamlib.words import Words

HEAD = "---\ntitle: A lesson\nteaching: 5\nexercises: 3\nminutes: 10\n---\n\n"
NOTE = '+++ {"tags": ["trainer"]}\n\nLet them guess.\n\n+++\n\n'
CHINESE = {
    "A lesson": "一课", "given": "已知", "derived": "推算", "invented": "虚构", "Note": "提示",
    "Rule": "规则", "[!rule] Once\nAsk once.": "[!rule] 一次\n问一次。", "Then go.": "再走。",
    "Let them guess.": "让大家猜。", "For the trainer": "给培训师",
}  # fmt: skip


def source(folder: Path, body: str) -> Source:
    """Read a source with this body."""
    path = folder / "lesson.md"
    path.write_text(HEAD + body, "utf-8")
    return read_source(path)


def words(lang: str) -> Words:
    """Return the sentences of a language, the few that these tests need."""
    return Words(lang, CHINESE if lang == "zh" else {})


def markdown(folder: Path, body: str, lang: str = "en") -> str:
    """Build a lesson and return the text of its cells, the title's left out."""
    built = lesson_notebook(source(folder, body), words(lang))
    return "\n".join(cell.source for cell in built.cells[1:])


@pytest.mark.parametrize("kind", KINDS)
def test_a_callout_is_a_titled_box(tmp_path: Path, kind: str) -> None:
    """A callout becomes a box with its kind's word and its title, with its Markdown still alive."""
    text = markdown(tmp_path, f"> [!{kind}] Lin calls\n> **Lin:** No.\n>\n> And so on.\n")
    assert text.startswith(f'<div class="kam-callout kam-{kind}" style="')
    assert " · Lin calls**\n\n**Lin:** No.\n\nAnd so on.\n\n</div>" in text
    assert "[!" not in text
    assert "\n>" not in text


def test_a_callout_without_a_title_has_its_word(tmp_path: Path) -> None:
    """The word of the kind stands in the box, so that colour is never alone."""
    assert "\n\n**Note**\n\nText.\n\n" in markdown(tmp_path, "> [!note]\n> Text.\n")


def test_a_callout_is_translated_whole(tmp_path: Path) -> None:
    """Word, title and paragraphs of a callout come from the translation."""
    text = markdown(tmp_path, "> [!rule] Once\n> Ask once.\n>\n> Then go.\n", "zh")
    assert "**规则 · 一次**\n\n问一次。\n\n再走。\n\n</div>" in text


def test_callouts_in_a_row_are_boxes_of_their_own(tmp_path: Path) -> None:
    """Two callouts with a blank line between them are two boxes, and text after them is in none."""
    text = markdown(tmp_path, "> [!note] A\n> One.\n\n> [!rule] B\n> Two.\n\nThree.\n")
    first, second, rest = text.split("</div>")
    assert "One." in first
    assert "Two." in second
    assert rest.strip() == "Three."


def test_a_quotation_stays_a_quotation(tmp_path: Path) -> None:
    """A quotation that is no callout keeps its marks, over several paragraphs too."""
    assert markdown(tmp_path, "> One\n> line.\n>\n> Two.\n") == "> One\n> line.\n>\n> Two."


@pytest.mark.parametrize("name", PROVENANCE)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_number_can_say_where_it_comes_from(tmp_path: Path, name: str, lang: str) -> None:
    """The three source tags are shown as a word in the page's language, in a callout too."""
    word = words(lang).translate(name)
    for body in (f"12 cases {{{name}}} a day.\n", f"> [!note]\n> 12 cases. {{{name}}}\n"):
        text = markdown(tmp_path, body, lang)
        assert f'<small class="kam-source" style="color:#52606d">[{word}]</small>' in text
        assert "{" not in text


def test_chinese_has_its_own_words_for_sources() -> None:
    """Given, derived and invented have the words that the workbook uses in Chinese."""
    chinese = Words("zh")
    assert [chinese.translate(word) for word in PROVENANCE.values()] == ["已知", "推算", "虚构"]


def test_other_braces_are_left_alone(tmp_path: Path) -> None:
    """Braces that are no source tag stay as they are written."""
    assert markdown(tmp_path, "A set {a, b} and {guessed}.\n") == "A set {a, b} and {guessed}."


def test_anchors_and_their_rows_can_be_linked_to(tmp_path: Path) -> None:
    """A place can be reached by its name and by each row it teaches, in every language."""
    body = "`{anchor} shirker K002 K003`\n\n## The shirker\n"
    for lang in ("en", "zh"):
        text = markdown(tmp_path, body, lang)
        assert text.startswith('<a id="shirker"></a><a id="K002"></a><a id="K003"></a>\n\n## ')


def test_a_cell_is_named_after_its_place(tmp_path: Path) -> None:
    """Ids come from item, anchor or text, so that they are the same in each build and language."""
    body = "Text.\n\n`{anchor} shirker`\n\nMore.\n\n`{item} a.b_c`\n"
    ids = [
        [cell.id for cell in lesson_notebook(source(tmp_path, body), words(lang)).cells]
        for lang in ("en", "zh", "en")
    ]
    assert ids[0] == ids[1] == ids[2]
    assert ids[0][0] == "title"
    assert ids[0][1].startswith("text-")
    assert ids[0][2:] == ["shirker", "item-a-b-c"]


def test_equal_texts_get_ids_of_their_own(tmp_path: Path) -> None:
    """A sentence that stands in two cells still gives a valid notebook."""
    body = "Same.\n\n`{item} a.b`\n\nSame.\n\n`{item} a.c`\n\nSame.\n"
    built = lesson_notebook(source(tmp_path, body), words("en"))
    assert len({cell.id for cell in built.cells}) == len(built.cells)
    nbformat.validate(built)


def test_trainers_notes_need_the_trainers_edition(tmp_path: Path) -> None:
    """Notes are in no edition but the trainer's, tagged there and in its language."""
    text = source(tmp_path, f"Text.\n\n{NOTE}More.\n")
    for lang in ("en", "zh"):
        plain = lesson_notebook(text, words(lang))
        trainers = lesson_notebook(text, words(lang), trainer=True)
        tagged = [c for c in trainers.cells if c.metadata.get("tags") == ["trainer"]]
        assert len(tagged) == 1
        assert words(lang).translate("Let them guess.") in tagged[0].source
        assert [c.id for c in trainers.cells if c not in tagged] == [c.id for c in plain.cells]
        assert "guess" not in str(plain)
        assert "猜" not in str(plain)


def test_an_exercise_has_no_trainers_notes(tmp_path: Path) -> None:
    """A note in an exercise's source is left out for trainees and shown to the instructor."""
    text = source(tmp_path, f"Text.\n\n{NOTE}More.\n")
    assert "guess" not in str(exercise_notebook(text, {}, words("en")))
    assert "Let them guess." in str(solution_notebook(text, words("en"), str))


def test_form_cells_hold_no_prose(tmp_path: Path) -> None:
    """A form's cell is the same in all languages, hidden, and says nothing but its item."""
    built = lesson_notebook(source(tmp_path, "`{item} a.b`\n"), words("zh"))
    cell = built.cells[1]
    assert cell.source == form_code("a.b") == 'from kamlib.forms import form\nform("a.b")'
    assert cell.metadata.jupyter.source_hidden is True
    assert cell.metadata.tags == ["kam-form", "hide-input"]


def test_prose_is_marked_at_the_desk(tmp_path: Path) -> None:
    """A text item has an ungraded form and, after it, a task cell with its points and no prose."""
    item = parse_item({
        "id": "a.b", "interaction": "text", "use": "graded", "title": "T", "prompt": "P",
        "points": 3, "criteria": {"c": "C"},
    })  # fmt: skip
    built = exercise_notebook(source(tmp_path, "`{item} a.b`\n"), {"a.b": item}, words("zh"))
    form, task = built.cells[1:]
    assert (form.metadata.nbgrader["grade"], "points" in form.metadata.nbgrader) == (False, False)
    assert (task.cell_type, task.source) == ("markdown", "<!-- a.b -->")
    assert (task.metadata.nbgrader["task"], task.metadata.nbgrader["points"]) == (True, 3)
    assert {item_of(cell.metadata.nbgrader["grade_id"]) for cell in (form, task)} == {"a.b"}
    assert form.metadata.nbgrader["grade_id"] != task.metadata.nbgrader["grade_id"]


@pytest.mark.parametrize("item", ["a.b", "am_types.coverage_ratio", "a.b_form"])
def test_grade_ids_lead_back_to_items(item: str) -> None:
    """An id cannot hold a full stop for nbgrader; the item is found again all the same."""
    assert "." not in grade_id(item)
    assert item_of(grade_id(item)) == item


def test_headings_tell_where_to_read(tmp_path: Path) -> None:
    """An anchor's heading is the one it stands before or under; notes for the trainer are passed over."""
    body = (
        "`{anchor} opening`\n\nNo heading yet.\n\n`{anchor} a`\n\n## Who *pays*?\n\nText.\n\n"
        '+++ {"tags": ["trainer"]}\n\n## Only for the trainer\n\n+++\n\n`{anchor} b`\n\nText.\n'
    )
    found = anchor_headings(source(tmp_path, body))
    assert found == {"opening": "A lesson", "a": "## Who *pays*?", "b": "## Who *pays*?"}
    assert plain_heading(found["a"]) == "Who pays?"


def test_head_tells_title_and_time(tmp_path: Path) -> None:
    """The first cell says what this is and how long it takes."""
    text = source(tmp_path, "Text.\n")
    assert "5 minutes of reading and talking, 3 minutes of practice" in (
        lesson_notebook(text, words("en")).cells[0].source
    )
    assert "About 10 minutes" in exercise_notebook(text, {}, words("en")).cells[0].source
    assert lesson_notebook(text, words("zh")).cells[0].source.startswith("# 一课\n\n")


def run_notebook() -> NotebookNode:
    """Return a notebook as a run leaves it."""
    cell = nbformat.v4.new_code_cell("1", id="one", execution_count=1)
    cell.metadata["execution"] = {"iopub.execute_input": "2026-11-21T12:00:00Z"}
    kernel = {"name": "python3", "display_name": "Python 3 (somewhere)", "language": "python"}
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata={"kernelspec": kernel})
    notebook.metadata |= {"widgets": {"state": {}}, "papermill": {"duration": 1.0}}
    notebook.metadata["language_info"] = {"name": "python", "version": "3.11.2"}
    return notebook


def test_a_run_leaves_no_trace_of_time_or_machine() -> None:
    """What differs from run to run is dropped: timing, widget state, versions."""
    clean = set_outputs_clean(run_notebook())
    assert clean == set_outputs_clean(run_notebook())
    assert set(clean.metadata) == {"kernelspec", "language_info"}
    assert clean.metadata.language_info == {"name": "python"}
    assert clean.cells[0].metadata == {}
    assert clean.cells[0].execution_count == 1
