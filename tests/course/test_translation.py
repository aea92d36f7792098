"""What keeps the Chinese edition in step with the English one."""

from __future__ import annotations

import ast
import gettext
import io
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from kamlib.course.translation import (
    EXCEPTION,
    OWN,
    differing,
    markup,
    merged,
    mo_bytes,
    numbers,
    own_sentences,
    po_bytes,
    problems,
    read_catalog,
    texts_of_catalog,
    updated,
)
from kamlib.words import LOCALE
from tests.course.conftest import english

HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'


def catalog(**entries: str) -> Catalog:
    """Return a catalog with these translations by English text."""
    made = Catalog(locale="zh")
    for text, translation in entries.items():
        made.add(text, translation)
    return made


def written(folder: Path, **entries: str) -> Path:
    """Write a PO file with these translations by English text."""
    path = folder / "lesson.po"
    path.write_bytes(po_bytes(catalog(**entries)))
    return path


def wanted(*texts: str) -> list[tuple[str, str, int]]:
    """Return texts as a source gives them."""
    return [(text, "lesson.md", line) for line, text in enumerate(texts, 1)]


# Keeping in step.


def test_a_new_text_waits_for_its_translation(tmp_path: Path) -> None:
    """A text that is not in the file yet is added, empty; a missing file is an empty one."""
    made = updated(tmp_path / "none.po", "zh", wanted("Ask once."))
    assert [(entry.id, entry.string) for entry in made if entry.id] == [("Ask once.", None)]
    assert texts_of_catalog(made) == {}


def test_a_changed_text_makes_its_translation_fuzzy(tmp_path: Path) -> None:
    """A translation whose English has changed is kept for the translator and not used until then."""
    path = written(tmp_path, **{"Ask once, then go.": "问一次,再走。"})
    made = updated(path, "zh", wanted("Ask once, and then go."))
    entry = made.get("Ask once, and then go.")
    assert (entry.string, entry.fuzzy) == ("问一次,再走。", True)
    assert entry.previous_id
    assert texts_of_catalog(made) == {}


def test_a_text_that_went_is_kept_as_obsolete(tmp_path: Path) -> None:
    """A translation whose text is gone is kept in the file and not used."""
    path = written(tmp_path, **{"Ask once.": "问一次。", "Something else entirely": "别的"})
    made = updated(path, "zh", wanted("Ask once."))
    assert texts_of_catalog(made) == {"Ask once.": "问一次。"}
    assert b"#~ msgid" in po_bytes(made)
    path.write_bytes(po_bytes(made))
    back = updated(path, "zh", wanted("Ask once.", "Something else entirely"))
    assert "别的" in po_bytes(back).decode()


def test_an_unchanged_text_keeps_its_translation_and_comments(tmp_path: Path) -> None:
    """Bringing a file in step that is in step changes nothing, a translator's comments included."""
    made = catalog(**{"Ask once.": "问一次。"})
    made.get("Ask once.").user_comments.append(f"{EXCEPTION}: none here")
    path = tmp_path / "lesson.po"
    path.write_bytes(po_bytes(made))
    assert po_bytes(updated(path, "zh", wanted("Ask once."))) == path.read_bytes()


texts = st.text(
    st.characters(codec="utf-8", exclude_categories=["C"], include_characters='\n\t\\"%'),
    min_size=1,
    max_size=40,
).filter(lambda text: text.strip())


@given(st.dictionaries(texts, texts, max_size=6))
def test_a_file_is_the_same_after_reading_it(entries: dict[str, str]) -> None:
    """Whatever a text holds, it survives writing and reading, and the bytes stay the same."""
    data = po_bytes(catalog(**entries))
    back = read_po(io.BytesIO(data), locale="zh")
    assert texts_of_catalog(back) == entries
    assert po_bytes(back) == data


def test_files_carry_no_dates(tmp_path: Path) -> None:
    """The same texts give the same bytes, whenever and wherever they are written."""
    data = written(tmp_path, **{"Ask once.": "问一次。"}).read_bytes()
    assert b"Date" not in data
    assert b"Language: zh" in data
    assert str(tmp_path).encode() not in data


# What an editor has to mend.


def test_each_problem_has_its_own_sentence() -> None:
    """A text that is missing, untranslated, fuzzy or different is told with the file and its start."""
    made = catalog(Empty="", Right="对", **{"Sell 36,000": "卖 3,600"})
    made.add("Fuzzy", "模糊", flags=["fuzzy"])
    said = english(
        problems(made, ["Right", "Absent", "Empty", "Fuzzy", "Sell 36,000", "x" * 90], "lesson.po")
    )
    assert said == [
        "lesson.po: “Absent” is not in it; run kam course extract.",
        "lesson.po: “Empty” is not translated.",
        "lesson.po: the English of “Fuzzy” has changed; look at the Chinese and remove the word "
        "fuzzy.",
        "lesson.po: “Sell 36,000” and its translation differ in 36000 / 3600.",
        f"lesson.po: “{'x' * 57}…” is not in it; run kam course extract.",
    ]


def test_a_text_is_told_once() -> None:
    """A text that stands at several places is one problem."""
    assert len(problems(catalog(), ["Twice", "Twice"], "lesson.po")) == 1


@pytest.mark.parametrize(
    ("comment", "excused"),
    [(f"{EXCEPTION}: a dozen is 12", True), ("looks good", False)],
)
def test_a_translator_may_excuse_a_difference(comment: str, excused: bool) -> None:
    """A comment that says that the numbers differ, and why, lets one entry pass; any other does not."""
    made = catalog(**{"A dozen": "12 个"})
    made.get("A dozen").user_comments.append(comment)
    assert bool(problems(made, ["A dozen"], "lesson.po")) is not excused


# Figures and marks.


@pytest.mark.parametrize(
    ("text", "translation"),
    [
        ("36,000 units", "3.6 万台"),
        ("36,000 units", "3.6万台"),
        ("36,000 units", "36,000 台"),
        ("120,000,000 yuan", "1.2 亿元"),
        ("over 4,300 stores", "超过4300家门店"),
        ("over 40,000 stores", "每月超过4万家门店"),
        ("15 % and 2.50 yuan", "2.5元,15%"),
        ("On 2026-11-09 at 9", "2026年11月9日9点"),
        ("1. First of 3", "1. 共 3 项之一"),
        ("no figure", "没有数字"),
        ("batch A1 and B2", "批次 A1、B2"),
    ],
)
def test_equal_figures_pass(text: str, translation: str) -> None:
    """Figures that mean the same are the same, grouped, in ten thousands or beside a character."""
    assert differing(text, translation) == []


@pytest.mark.parametrize(
    ("text", "translation", "said"),
    [
        ("36,000 units", "3,600 台", "36000 / 3600"),
        ("36,000 units", "3.6 台", "36000 / 3.6"),
        ("36,000 units", "36,000 万台", "36000 / 3.6e+08"),
        ("2 of 3", "3 个中", "2 / –"),
        ("some", "2 个", "– / 2"),
        ("2 and 2", "2", "2 / –"),
    ],
)
def test_other_figures_are_told(text: str, translation: str, said: str) -> None:
    """A figure that is missing, additional or of another size is told, ours before theirs."""
    assert differing(text, translation) == [said]


@pytest.mark.parametrize(
    ("text", "translation"),
    [
        ("{file}, line {line}", "{file} 第 {lien} 行"),
        ("{n} right", "对"),
        ("**Lin:** No.", "林:不。"),
        ("see [the rows](#rows)", "见[各行](#row)"),
        ("run `kam grade`", "运行 `kam 评分`"),
        ("## Heading", "标题"),
        ("- a\n- b", "- 甲,乙"),
        ("1. a\n2. b", "1. 甲"),
        ("| a | b |\n|---|---|", "| 甲 | 乙 |\n|---|"),
        ("[!note] Title\nText", "标题\n文字"),
        ("12 cases {given}", "12 箱"),
        ("12 cases {given}", "12 箱 {已知}"),
    ],
)
def test_other_marks_are_told(text: str, translation: str) -> None:
    """A placeholder, link, heading, list, table, callout or source tag that got lost is told."""
    assert differing(text, translation)


def test_marks_may_change_their_order() -> None:
    """Chinese puts words in another order, so placeholders and figures may move."""
    assert differing("{n} of {total} by **Lin**", "{total} 中 **林** 占 {n}") == []


@given(st.text(max_size=60))
def test_comparing_never_fails(text: str) -> None:
    """Any text can be compared, and is equal to itself."""
    assert differing(text, text) == []
    assert numbers(text) == sorted(numbers(text))
    assert markup(text) == markup(text)


# kamlib's own sentences.


def test_own_sentences_are_all_found(own_sentences: list[tuple[str, str, int]]) -> None:
    """Every sentence that a call puts into a language reaches the translator.

    One inside an f-string does not: its call has to stand before it.
    """
    found = {text for text, _, _ in own_sentences}
    said = {
        (path.name, call.lineno, call.args[0].value)
        for path in sorted(LOCALE.parent.rglob("*.py"))
        if path.parent.name != "start_files"  # it runs before kamlib is there, with its own words
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and call.args and isinstance(call.args[0], ast.Constant)
        if called(call) in {"message", "N_", "translate", "say"}
    }
    assert len(said) > 100
    assert sorted(place for place in said if place[-1] not in found) == []


def called(call: ast.Call) -> str:
    """Return the name of what is called."""
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def test_the_compiled_sentences_are_those_of_the_file() -> None:
    """What is shown comes from the .mo file, and that holds just what the .po file says."""
    made = read_catalog(OWN, "zh")
    assert OWN.with_suffix(".mo").read_bytes() == mo_bytes(made)


def test_compiling_leaves_out_what_waits() -> None:
    """Python's gettext reads back each translation, and the English where one is missing or fuzzy."""
    made = catalog(Right="对", Empty="")
    made.add("Fuzzy", "模糊", flags=["fuzzy"])
    read = gettext.GNUTranslations(io.BytesIO(mo_bytes(made)))
    assert [read.gettext(text) for text in ("Right", "Empty", "Fuzzy")] == ["对", "Empty", "Fuzzy"]
    assert mo_bytes(made) == mo_bytes(made)


def test_own_sentences_do_not_depend_on_the_day() -> None:
    """Extraction gives the same sentences in the same order every time."""
    assert own_sentences() == own_sentences()


def test_the_first_translation_wins() -> None:
    """Where two catalogs have a text, the first one's is taken."""
    assert merged({"a": "1"}, {"a": "2", "b": "3"}) == {"a": "1", "b": "3"}


def test_bold_that_shows_its_stars_is_told() -> None:
    """Where a Chinese sign keeps the bold from closing, the author is told; outside the stars it is fine."""
    sentence = "Look: **only 12.** Then go."
    catalog = Catalog(locale="zh")
    catalog.add(sentence, "看：**只有 12 个。**然后走。")
    [problem] = problems(catalog, [sentence], "items.po")
    assert "stars" in problem.text
    catalog[sentence].string = "看：**只有 12 个**。然后走。"
    assert problems(catalog, [sentence], "items.po") == []


def test_the_english_before_goes_with_the_word_fuzzy(tmp_path: Path) -> None:
    """A translator sees what the English was; once he has decided, the file forgets it."""
    path = tmp_path / "a.po"
    path.write_text('msgid "Sell 36,000 a month"\nmsgstr "每月卖 3.6 万台"\n', "utf-8")
    changed = updated(path, "zh", [("Sell 36,000 in a month", "a.md", 1)])
    path.write_bytes(po_bytes(changed))
    assert "Sell 36,000 a month" in path.read_text("utf-8")
    again = updated(path, "zh", [("Sell 36,000 in a month", "a.md", 1)])
    assert "Sell 36,000 a month" in po_bytes(again).decode()
    decided = path.read_text("utf-8").replace("#, fuzzy\n", "")
    path.write_text(decided, "utf-8")
    settled = read_catalog(path, "zh")
    assert "Sell 36,000 a month" not in po_bytes(settled).decode()
    assert "每月卖 3.6 万台" in po_bytes(settled).decode()
