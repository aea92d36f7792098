"""How a text source is read, and what its author is told where it cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from kamlib.course.source import KINDS, Source, read_source
from kamlib.course.syllabus import CourseError
from tests.course.conftest import english

HEAD = "---\ntitle: A lesson\nteaching: 5\n---\n\n"
"""Five lines, so that a body begins in line 6."""


def read(folder: Path, body: str, head: str = HEAD) -> Source:
    """Read a source with this body."""
    path = folder / "lesson.md"
    path.write_text(head + body, "utf-8")
    return read_source(path)


def refused(folder: Path, body: str, head: str = HEAD) -> str:
    """Read a source that cannot be read, and return what its author is told."""
    with pytest.raises(CourseError) as error:
        read(folder, body, head)
    (problem,) = english(error.value.problems)
    return problem


# What there is.


def test_blocks_are_parted_at_blank_lines(tmp_path: Path) -> None:
    """A paragraph, a list and a heading are one block each, with the line they begin in."""
    source = read(tmp_path, "## One\nsays this,\nand that.\n\n- a\n- b\n\nEnd.\n")
    (cell,) = source.cells
    assert [(block.text, block.line) for block in cell.blocks] == [
        ("## One", 6),
        ("says this,\nand that.", 7),
        ("- a\n- b", 10),
        ("End.", 13),
    ]


def test_a_fence_stays_whole(tmp_path: Path) -> None:
    """Blank lines, headings and notations within a fence are code and part nothing."""
    fence = "```\n# no heading\n\n`{item} a.b`\n<!-- no comment -->\n```"
    (cell,) = read(tmp_path, f"Look:\n\n{fence}\n").cells
    assert [block.text for block in cell.blocks] == ["Look:", fence]
    assert cell.item == ""


def test_a_callout_goes_on_after_a_lone_mark(tmp_path: Path) -> None:
    """Paragraphs of a callout are blocks without their marks; a blank line ends the callout."""
    (cell,) = read(tmp_path, "> [!note] Title\n> One.\n>\n> Two.\n\n> A quotation.\n").cells
    assert [(b.text, b.quoted, b.opens) for b in cell.blocks] == [
        ("[!note] Title\nOne.", True, True),
        ("Two.", True, False),
        ("A quotation.", True, True),
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_callout_is_read(tmp_path: Path, kind: str) -> None:
    """Each kind of callout that an author may write is accepted."""
    (cell,) = read(tmp_path, f"> [!{kind}] Title\n> Text.\n").cells
    assert cell.blocks[0].text == f"[!{kind}] Title\nText."


def test_an_item_is_a_cell_of_its_own(tmp_path: Path) -> None:
    """An item parts the text around it, and the source lists its items in order."""
    source = read(tmp_path, "Before.\n\n`{item} a.one`\n\nBetween.\n`{item} a.two`\n\nAfter.\n")
    assert [cell.kind for cell in source.cells] == [
        "markdown",
        "item",
        "markdown",
        "item",
        "markdown",
    ]
    assert source.items == ("a.one", "a.two")


def test_anchors_name_the_cell_that_follows(tmp_path: Path) -> None:
    """Anchors begin a new cell, several may name one place, and each tells the rows it teaches."""
    body = "Before.\n\n`{anchor} first K001 K006.05`\n`{anchor} second`\n\n## Here\n"
    before, here = read(tmp_path, body).cells
    assert before.anchors == ()
    assert [(anchor.name, anchor.covers) for anchor in here.anchors] == [
        ("first", ("K001", "K006.05")),
        ("second", ()),
    ]


def test_trainers_notes_are_marked(tmp_path: Path) -> None:
    """A cell with the tag is for the trainer; the cells around it are for everybody."""
    source = read(tmp_path, 'A.\n\n+++ {"tags": ["trainer"]}\n\nB.\n\n+++\n\nC.\n')
    assert [(c.blocks[0].text, c.for_trainer) for c in source.cells] == [
        ("A.", False),
        ("B.", True),
        ("C.", False),
    ]


def test_code_is_kept_with_its_tags(tmp_path: Path) -> None:
    """A code cell keeps its code and tags and is no text to translate."""
    body = 'A.\n\n```{code-cell} ipython3\n:tags: [nbval-skip]\n\nprint("1")\n```\n'
    source = read(tmp_path, body)
    assert (source.cells[1].kind, source.cells[1].code) == ("code", 'print("1")')
    assert source.cells[1].tags == ("nbval-skip",)
    assert [text for text, _ in source.texts()] == ["A lesson", "A."]


def test_texts_are_what_a_translator_gets(tmp_path: Path) -> None:
    """Front matter, reasons and blocks are to be translated; a rule or a row of figures is not."""
    head = (
        "---\ntitle: T\nsummary: S\nstates:\n"
        "  K001: {state: omitted, why: It was never meant.}\n---\n\n"
    )
    source = read(tmp_path, "Words.\n\n---\n\n12 %\n\n> [!note]\n> Said.\n", head)
    assert [text for text, _ in source.texts()] == [
        "T", "S", "It was never meant.", "Words.", "[!note]\nSaid.",
    ]  # fmt: skip


# What there is not: told with file and line.


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("Text.\n\n`{itme} a.b`\n", 8),
        ("Text.\n\n`{item} Capitals.b`\n", 8),
        ("Text.\n\n`{item} a`\n", 8),
        ("Text\nthat goes on\n`{itme} a.b`\n", 8),
        ("Text.\n\n`{anchor} Name K001`\n", 8),
        ("Text.\n\n`{anchor} name K1`\n", 8),
        ("Text.\n\n```{note}\nA directive.\n```\n", 8),
        ("Text.\n\n~~~{note}\nA directive.\n~~~\n", 8),
        ("Text.\n\nSee {term}`coverage` there.\n", 8),
        ("Text.\n\n<!-- answer: mei -->\n", 8),
        ("Text.\n\nMore <!-- answer: mei --> text.\n", 8),
        ("Text.\n\n% answer: mei\n", 8),
        ("> [!note] Title\n> `{item} a.b`\n", 7),
        ("## Twice\n\n+++\n\n## Twice\n\n`{itme} a.b`\n", 12),
    ],
)
def test_what_is_no_notation_is_told_with_its_line(tmp_path: Path, body: str, line: int) -> None:
    """A slip in a notation, or one that is not ours, is an error and never shows raw."""
    said = refused(tmp_path, body)
    assert said.startswith(f"lesson.md, line {line}: “")
    assert said.endswith(
        "`{anchor} name K001`, `{stage} S1`, `{facts} S1`, `{activity} name` and `{figure} module.name`."
    )


@pytest.mark.parametrize("kind", ["nte", "trainer", "warning"])
def test_an_unknown_callout_is_told_with_those_there_are(tmp_path: Path, kind: str) -> None:
    """An author who invents a callout learns where it stands and which there are."""
    assert refused(tmp_path, f"Text.\n\n> [!{kind}] Title\n> Text.\n") == (
        f"lesson.md, line 8: there is no callout “{kind}”; there are {', '.join(KINDS)}."
    )


def test_an_anchor_before_an_item_is_told(tmp_path: Path) -> None:
    """An anchor that stands before an item would get lost, so it is an error."""
    assert refused(tmp_path, "Text.\n\n`{anchor} x K001`\n\n`{item} a.b`\n") == (
        "lesson.md, line 10: an anchor stands before a heading or paragraph, and before nothing else."
    )


def test_an_anchor_at_the_end_is_told(tmp_path: Path) -> None:
    """An anchor that names nothing is an error."""
    assert "the anchor “x” names nothing" in refused(tmp_path, "Text.\n\n`{anchor} x K001`\n")


@pytest.mark.parametrize(
    "tag",
    [
        '{"tags": ["Trainer"]}',
        '{"tags": ["trainers"]}',
        '{"tags": ["trainer", "note"]}',
        '{"tag": ["trainer"]}',
        '{"trainer": true}',
    ],
)
def test_a_misspelt_tag_does_not_pass_for_text(tmp_path: Path, tag: str) -> None:
    """A slip in the trainer's tag is an error: else trainees would read the trainer's notes."""
    said = refused(tmp_path, f"Text.\n\n+++ {tag}\n\nFor the trainer.\n")
    assert said.startswith("lesson.md, line 10: ")
    assert "trainer" in said


@pytest.mark.parametrize("tag", ['{"tags": "trainer"}', '{"tags": ["trainer"}', "{tags: trainer"])
def test_a_broken_tag_is_told(tmp_path: Path, tag: str) -> None:
    """A tag that is no list, or is not written as JSON, is an error with the file."""
    assert "lesson.md" in refused(tmp_path, f"Text.\n\n+++ {tag}\n\nFor the trainer.\n")


@pytest.mark.parametrize(
    "notation",
    [
        "`{item} a.b`",
        "`{anchor} x K001`\n\nMore.",
        "`{stage} S1`",
        "`{facts} S1`",
        "`{activity} negotiation`",
        "`{figure} a_plots.b`",
    ],
)
def test_notes_place_nothing(tmp_path: Path, notation: str) -> None:
    """An item, anchor, stage or facts among the trainer's notes would be missing for trainees: an error."""
    body = f'Text.\n\n+++ {{"tags": ["trainer"]}}\n\nNote.\n\n{notation}\n'
    assert refused(tmp_path, body).startswith(
        "lesson.md, line 12: an item, anchor, stage, activity, figure or facts cannot stand"
    )


def test_code_cannot_be_for_the_trainer(tmp_path: Path) -> None:
    """Code with the trainer's tag would be shown nowhere: an error."""
    body = "Text.\n\n```{code-cell} ipython3\n:tags: [trainer]\nprint(1)\n```\n"
    assert "trainer" in refused(tmp_path, body)


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("", "lesson.md has no title in its front matter."),
        ("---\nteaching: 5\n---\n\n", "lesson.md has no title in its front matter."),
        ("---\ntitle: [T\n---\n\n", "lesson.md is not valid YAML"),
        ("---\ntitle: T\ntitle: U\n---\n\n", "the key 'title' stands twice"),
        ("---\ntitle: T\nstates: none\n---\n\n", "lesson.md: under “states”"),
        ("---\ntitle: T\nstates: {K001: omitted}\n---\n\n", "lesson.md: under “states”"),
        ("---\ntitle: T\nstates: {K001: {state: omitted}}\n---\n\n", "lesson.md: under “states”"),
        ("---\ntitle: T\nstates: {K001: {state: gone, why: w}}\n---\n\n", "(reframed, omitted)"),
    ],
)
def test_a_mistake_in_the_front_matter_is_told(tmp_path: Path, head: str, said: str) -> None:
    """What is missing or wrong before the text is an error that names the file and the place."""
    assert said in refused(tmp_path, "Text.\n", head)


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    """A source that is missing, or is not UTF-8, is an error that names it."""
    path = tmp_path / "lesson.md"
    for data in (None, "---\ntitle: 标题\n---\n".encode("gb18030")):
        if data:
            path.write_bytes(data)
        with pytest.raises(CourseError) as error:
            read_source(path)
        assert english(error.value.problems)[0].startswith("lesson.md cannot be read")


def test_stages_and_facts_split_cells(tmp_path: Path) -> None:
    """What follows a stage belongs to it until the next begins; what stands before is in none."""
    source = read(
        tmp_path,
        "Open.\n\n`{stage} S0`\n\nFirst.\n`{facts} S0`\n\n`{stage} S1`\n\n`{facts} S1 case_1b`\n\n"
        "`{item} a.b`\n\n## Last\n",
    )
    assert [(cell.kind, cell.stage) for cell in source.cells] == [
        ("markdown", ""), ("stage", "S0"), ("markdown", "S0"), ("facts", "S0"), ("stage", "S1"),
        ("facts", "S1"), ("item", "S1"), ("markdown", "S1"),
    ]  # fmt: skip
    assert source.stages == ("S0", "S1")
    assert [cell.facts for cell in source.cells if cell.kind == "facts"] == [
        ("S0", "case"), ("S1", "case_1b"),
    ]  # fmt: skip


def test_a_figure_has_a_place_of_its_own(tmp_path: Path) -> None:
    """It belongs to its stage, and is drawn of the unit's case where it names no other."""
    source = read(
        tmp_path,
        "`{stage} S1`\n\nLook.\n`{figure} case1_plots.ladder`\n\n`{figure} a_plots.b case_1b`\n",
    )
    assert [(cell.kind, cell.stage) for cell in source.cells] == [
        ("stage", "S1"), ("markdown", "S1"), ("figure", "S1"), ("figure", "S1"),
    ]  # fmt: skip
    assert [cell.figure for cell in source.cells if cell.kind == "figure"] == [
        ("case1_plots.ladder", "case"), ("a_plots.b", "case_1b"),
    ]  # fmt: skip
    assert "is no notation of ours" in refused(tmp_path, "`{figure} ladder`\n")


@pytest.mark.parametrize(
    "notation", ["`{stage} s1`", "`{stage}`", "`{facts} S1 other`", "`{stage} S1 S2`"]
)
def test_a_slip_in_a_stage_is_told(tmp_path: Path, notation: str) -> None:
    """A stage's name has capitals and figures; anything else is no notation."""
    assert "is no notation of ours" in refused(tmp_path, f"Text.\n\n{notation}\n")
