"""A message is read through four lenses by its words, roughly, and no person is."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kamlib.message_fit import read_case
from kamlib.preferences import CASE, LENS_IDS, LENSES, load_lenses, profile, read_lenses, sentences

WORDS = load_lenses()
TEXT = (CASE / LENSES).read_text("utf-8")


@pytest.mark.parametrize(
    ("text", "lens"),
    [("It costs 60 yuan more.", "numbers"), ("差额是 36,000 元。", "numbers"), ("Six per cent.", "numbers"),
     ("First step: order by 20 February.", "plan"), ("第二步：2 月 20 日前下单。", "plan"),
     ("Within three working days.", "plan"), ("三天之内。", "plan"),
     ("I would like to hear what worries your staff.", "people"), ("店员会担心什么？", "people"),
     ("Imagine what it could become.", "possibilities"), ("设想一下未来的方向。", "possibilities")],
)  # fmt: skip
def test_a_sentence_shows_its_lens_by_its_words(text: str, lens: str) -> None:
    """Figures, days and words are signs, in both languages and on a page of either."""
    assert profile(text, WORDS).leading == (lens,)


def test_a_sentence_without_a_sign_is_undecided() -> None:
    """What the words do not show is not guessed."""
    found = profile("Best wishes. It costs 60 yuan.", WORDS)
    assert (found.undecided, found.share("numbers")) == (0.5, 0.5)
    assert found.sentences[0].leading == ()
    assert profile("", WORDS).leading == ()


def test_what_was_found_can_be_shown() -> None:
    """Each sentence says which words it was read by; a sign within a longer one counts once."""
    (one,) = profile("Order by 20 February: it could become the first step.", WORDS).sentences
    signs = {(sign.lens, sign.written) for sign in one.signs}
    assert signs == {("plan", "Order by"), ("plan", "20 February"), ("plan", "first step"),
                     ("possibilities", "could"), ("possibilities", "become")}  # fmt: skip
    assert one.leading == ("plan",)
    assert one.share("plan") == pytest.approx(0.6)
    (one,) = profile("For 12 people.", WORDS).sentences
    assert [(sign.lens, sign.written) for sign in one.signs] == [("numbers", "12 people")]


def test_two_lenses_may_lead_together() -> None:
    """Where signs are equal, no lens is preferred."""
    assert profile("60 yuan for the team.", WORDS).leading == ("numbers", "people")


@pytest.mark.parametrize("text", ["The Athenian pictured teamwork-free hearts", "A comparison"])
def test_a_sign_within_a_word_is_none(text: str) -> None:
    """Signs in Latin letters are whole words, with the endings that they allow."""
    found = {sign.written for one in profile(text, WORDS).sentences for sign in one.signs}
    assert not {"then", "hear", "picture"} & {one.lower() for one in found}


@pytest.mark.parametrize(
    ("text", "parts"),
    [("It is 6.5 % more. Order now!", 2), ("第一步：下单。然后到货！", 2), ("Say “Why?” Then go.", 2),
     ("a; b", 1), ("one\ntwo", 2), ("...", 0), ("", 0)],
)  # fmt: skip
def test_sentences_end_where_they_end(text: str, parts: int) -> None:
    """In either language; a decimal point ends none."""
    assert len(sentences(text)) == parts


@given(st.text(max_size=200))
def test_the_shares_are_a_whole(text: str) -> None:
    """Whatever is written, the four lenses and what is undecided make one, or there is no sentence."""
    found = profile(text, WORDS)
    assert all(0 <= share <= 1 for share in found.shares.values())
    whole = sum(found.shares.values()) + found.undecided
    assert whole == pytest.approx(1 if found.sentences else 0)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_each_card_is_read_as_it_was_meant(lang: str) -> None:
    """The sentences to choose from show the lens that they were written for."""
    _, shared = read_case()
    for phrase in shared.phrases:
        assert profile(phrase.text.in_(lang), WORDS).leading == (phrase.lens,), phrase.id


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [("id: plan", "id: planning", "the lenses are"), ("bigger", "bigger", ""),
     ("[people, team*", "[people, then", "a sign of one lens only: then")],
)  # fmt: skip
def test_lenses_that_do_not_fit_are_refused(old: str, new: str, why: str) -> None:
    """There are four, in one order, and no word is a sign of two."""
    if not why:
        assert [one.id for one in read_lenses(TEXT).lenses] == list(LENS_IDS)
        return
    with pytest.raises(ValueError, match=why):
        read_lenses(TEXT.replace(old, new))


def test_a_language_without_signs_is_refused() -> None:
    """Each lens has its words in both languages."""
    data = load_lenses().model_dump()
    data["lenses"][0]["signs"]["zh"] = []
    with pytest.raises(ValueError, match="numbers has signs in en and zh"):
        read_lenses(json.dumps(data))


def test_nothing_says_anything_about_a_person() -> None:
    """A profile holds the text and its signs, and no name, type or score."""
    found = profile("I would like to hear you.", WORDS)
    assert set(found.__dataclass_fields__) == {"sentences"}
    assert set(found.sentences[0].__dataclass_fields__) == {"text", "signs"}
