"""How a message becomes a sentence in a reader's language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kamlib.case_facts import Bilingual
from kamlib.words import LANGUAGES, N_, Message, Words, message, number


def test_a_message_is_put_into_a_language_where_it_is_shown() -> None:
    """One mark can be read by an instructor in English and by a trainee in Chinese."""
    said = message("{n} of {total} right", n=3, total=4)
    chinese = Words("zh", {"{n} of {total} right": "{total} 个中对了 {n} 个"})
    assert Words("en").say(said) == "3 of 4 right"
    assert chinese.say(said) == "4 个中对了 3 个"


def test_a_text_without_translation_is_said_in_english() -> None:
    """A sentence that waits for its translator is said as it is."""
    assert Words("zh").say("No such sentence there is.") == "No such sentence there is."


def test_a_units_texts_go_before_kamlibs_own() -> None:
    """A unit may translate a word in its own way; an empty translation is none."""
    assert Words("zh", {"correct": "答对"}).translate("correct") == "答对"
    assert Words("zh", {"correct": ""}).translate("correct") == Words("zh").translate("correct")


def test_nothing_stays_nothing() -> None:
    """An empty text is never the header of a translation file."""
    assert Words("zh").translate("") == ""
    assert Words("zh").say("") == ""


def test_a_message_may_hold_messages_and_lists() -> None:
    """Messages in a message are translated; lists are joined as the language does."""
    said = message("{who}: {what}", who=message("Lin"), what=["a", message("Lin"), 1200])
    words = {"Lin": "林"}
    assert Words("en", words).say(said) == "林: a, 林, 1,200"
    assert Words("zh", words).say(said) == "林: a、林、1,200"


def test_typed_text_is_never_translated() -> None:
    """A value is shown as it was typed, though its text has a translation."""
    assert Words("zh", {"Lin": "林", "{x}": "{x}"}).say(message("{x}", x="Lin")) == "Lin"


@pytest.mark.parametrize("typed", ["{", "{n}", "{0}", "%s", "{x.y}", "{x[0]}"])
def test_braces_in_a_value_are_no_placeholders(typed: str) -> None:
    """What a person typed fills nothing in and breaks nothing."""
    assert Words("en").say(message("“{x}” says nothing.", x=typed)) == f"“{typed}” says nothing."


def test_braces_without_values_stay() -> None:
    """A message without values is shown as it is written: it may be an author's text."""
    assert Words("en").say(Message("A set {a, b}")) == "A set {a, b}"


@pytest.mark.parametrize("slip", ["{m} 对", "{0} 对", "{n 对", "{n.x} 对", "{n[3]} 对", "{n!z}"])
def test_a_translators_slip_costs_no_sentence(slip: str) -> None:
    """Where a translation's braces are wrong, the English sentence is said, and nothing raises."""
    assert Words("zh", {"{n} right": slip}).say(message("{n} right", n=3)) == "3 right"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"), (-0.0, "0"), (1, "1"), (1.0, "1"), (2.5, "2.5"), (-2.5, "-2.5"), (1200, "1,200"),
        (36000.0, "36,000"), (1 / 3, "0.3333"), (-0.00001, "0"), (1e15, "1,000,000,000,000,000"),
        (10**20, "100,000,000,000,000,000,000"), (float("inf"), "inf"), (float("nan"), "nan"),
    ],
)  # fmt: skip
def test_numbers_are_written_as_the_workbook_writes_them(value: float, shown: str) -> None:
    """Thousands are grouped and needless zeros dropped."""
    assert number(value) == shown


@given(st.integers() | st.floats() | st.just(10**400))
def test_any_number_can_be_written(value: float) -> None:
    """However large or odd a typed number is, it can be shown."""
    assert number(value)
    assert Words("zh").say(message("{n}", n=value)) == number(value)


def test_a_yes_is_no_number() -> None:
    """A truth value is shown as such, not as 1."""
    assert Words("en").say(message("{x}", x=True)) == "True"


@pytest.mark.parametrize("lang", ["", "de", "EN", "zh-CN"])
def test_a_language_that_there_is_not_is_refused(lang: str) -> None:
    """Asking for another language is a mistake in the program, told with those there are."""
    with pytest.raises(ValueError, match="there are en, zh"):
        Words(lang)


def test_languages_begin_with_the_source() -> None:
    """English is the language of the sources; marking a sentence changes nothing in it."""
    assert LANGUAGES[0] == "en"
    assert N_("A sentence.") == "A sentence."


def test_messages_are_values() -> None:
    """Equal messages are equal and can be counted."""
    assert message("a", n=1) == message("a", n=1)
    assert len({message("a", n=1), message("a", n=1), message("a", n=2)}) == 2


def test_a_list_of_sentences_is_joined_by_the_stronger_mark() -> None:
    """Parts that hold commas are kept apart by semicolons, and no full stop stands inside a list."""
    parts = ("Ask first, then argue.", "Count the stores.")
    assert Words("en").say(message("{p}", p=parts)) == "Ask first, then argue; Count the stores"
    assert Words("zh").say(message("{p}", p=("先问，再讲。", "数门店。"))) == "先问，再讲；数门店"
    assert Words("en").say(message("{p}", p=("1,200", "300"))) == "1,200, 300"


def test_a_text_of_a_case_is_said_in_the_readers_language() -> None:
    """A value that has its own translations is shown in the language of who reads the message."""
    said = message(
        "{what}, {again}",
        what=Bilingual(en="stock", zh="库存"),
        again=(Bilingual(en="x", zh="乙"),),
    )
    assert (Words("en").say(said), Words("zh").say(said)) == ("stock, x", "库存, 乙")


@pytest.mark.parametrize(
    ("text", "values", "filled"),
    [
        ("{who} 反对我们", {"who": "财务经理（P2）"}, "财务经理（P2）反对我们"),
        ("请教 {who}，再定", {"who": "采购"}, "请教采购，再定"),
        ("请教 {who}，再定", {"who": "P2"}, "请教 P2，再定"),
        ("{one} {other}", {"one": "采购", "other": "P2"}, "采购 P2"),
        ("{one} {other}", {"one": "采购", "other": "经理"}, "采购经理"),
        ("还有 {n} 天", {"n": 14}, "还有 14 天"),
    ],
)
def test_a_blank_in_chinese_stays_only_beside_latin_or_a_digit(
    text: str, values: dict[str, object], filled: str
) -> None:
    """Whether a blank beside a brace is right is known when it is filled."""
    assert Words("zh", {"x": text}).say(Message("x", tuple(values.items()))) == filled
    assert Words("en", {"x": text}).say(Message("x", tuple(values.items()))).count(" ") >= 1
