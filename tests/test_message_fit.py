"""What is said of a message is about the message, the wish and the facts, the most important first."""

from __future__ import annotations

import pytest

from kamlib.case_facts import Bilingual
from kamlib.message_fit import MESSAGE, read_case, read_message, reply
from kamlib.preferences import CASE
from kamlib.words import LANGUAGES, Words

LENSES, SHARED = read_case()
READERS = [one.id for one in SHARED.readers]
TEXT = (CASE / MESSAGE).read_text("utf-8")
ENGLISH = Words("en")
OWNER = ["n_cost", "n_month", "n_returns", "n_window"]


def change(text: str, reader: str = "owner") -> list[str]:
    """Return what to change in a message."""
    told = reply(text, SHARED.reader(reader), SHARED, LENSES)
    return [ENGLISH.say(one) for one in told.change]


def made(*phrases: str) -> str:
    return SHARED.made_of(phrases, "en")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("reader", READERS)
def test_a_version_for_its_reader_needs_nothing(reader: str, lang: str) -> None:
    """The example of each reader keeps every fact, answers the wish and is short enough."""
    told = reply(
        SHARED.made_of(SHARED.versions[reader], lang), SHARED.reader(reader), SHARED, LENSES
    )
    assert told.change == ()
    assert len(told.good) == 3


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("other", READERS)
def test_a_version_for_somebody_else_does_not_fit(reader: str, other: str, lang: str) -> None:
    """What one reader asked for is not what another did."""
    text = SHARED.made_of(SHARED.versions[other], lang)
    fits = not reply(text, SHARED.reader(reader), SHARED, LENSES).change
    assert fits is (reader == other)


def test_a_lost_fact_comes_first() -> None:
    """However well a message reads, what it lost is told before all else."""
    told = change(made("n_month", "n_returns"))
    assert told[:3] == [
        "Lost: “the new price, 1,060 yuan” is not in it.",
        "Lost: “from 1 March” is not in it.",
        "Lost: “at the old price until 20 February, up to 600 phones” is only there in part.",
    ]


@pytest.mark.parametrize("name", [one.id for one in SHARED.phrases if one.colours])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_sentence_that_colours_the_truth_is_named(name: str, lang: str) -> None:
    """It is told with its reason, on a page of either language and in words of one's own."""
    phrase = SHARED.phrase(name)
    assert phrase.colours is not None
    text = f"{made(*OWNER)} {phrase.text.in_(lang)}"
    assert any(phrase.colours.en in one for one in change(text))


@pytest.mark.parametrize(
    ("text", "reader", "expected"),
    [(made("n_month", "n_returns", "n_cost", "n_window"), "owner", "comes only in sentence 3"),
     (made("n_cost", "n_month", "n_returns", "n_window", "p_start"), "owner", "Said 2 times: the new price"),
     (made(*OWNER) + " It is 77 yuan.", "owner", "Not in the message you were given: 77 yuan."),
     (made("n_cost", "n_window", "n_returns"), "owner", "missing: what it costs a month"),
     (made(*OWNER, "p_delivery", "h_hard"), "owner", "6 sentences are many"),
     (made(*SHARED.versions["stock"]), "owner", "The wish was to hear what it costs"),
     (made("h_hard", *OWNER), "owner", "Put a sentence about “Numbers” first."),
     (made("v_step", "v_shop", *OWNER[1:]), "founder", "“Numbers” is 61 % of your message."),
     (made("p_start", "v_shop", "v_window"), "stock", "“Possibilities” is 50 % of your message.")],
)  # fmt: skip
def test_each_fault_has_its_sentence(text: str, reader: str, expected: str) -> None:
    """Late news, news said twice, a number from nowhere, an open wish, length, and what was not wished for."""
    assert any(expected in one for one in change(text, reader)), change(text, reader)


def test_an_empty_message_has_lost_everything() -> None:
    """Nothing is said about how nothing reads."""
    told = change("")
    assert sum(one.startswith("Lost:") for one in told) == len(SHARED.facts)
    assert not any("begin" in one for one in told)


def test_nothing_is_said_about_the_reader() -> None:
    """A reader is a name, a wish and what the wish asks; nothing that is said is about a person."""
    kept = {"id", "name", "said", "wants", "spares", "asked"}
    assert set(type(SHARED.readers[0]).model_fields) == kept
    names = {one.name.en.split(",")[0] for one in SHARED.readers}
    for reader in READERS:
        for text in ("", made("c_more"), made(*OWNER)):
            assert not any(name in one for one in change(text, reader) for name in names)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [("news: price", "news: colour", "no such fact"), ("id: stock", "id: owner", "given twice"),
     ("lens: plan", "lens: blue", "no such lens"), ("[n_cost,", "[n_lost,", "no such phrase"),
     ("  owner: [n_cost", "  boss: [n_cost", "each reader has a version")],
)  # fmt: skip
def test_a_message_that_does_not_hang_together_is_refused(old: str, new: str, why: str) -> None:
    """A name that nothing has is told to the author."""
    assert old in TEXT
    with pytest.raises(ValueError, match=why):
        read_message(TEXT.replace(old, new))


def test_there_are_as_many_cards_as_a_table_holds() -> None:
    """Sixteen sentences, of each lens at least three, and two that say more than anybody knows."""
    assert len(SHARED.phrases) == 16
    for lens in LENSES.lenses:
        honest = [one for one in SHARED.phrases if one.lens == lens.id and not one.colours]
        assert len(honest) >= 3
    assert sum(one.colours is not None for one in SHARED.phrases) == 2
    assert all(isinstance(one.short, Bilingual) for one in SHARED.phrases)
