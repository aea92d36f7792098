"""A stage that is sealed: it opens with its word, with no other, and damage is told."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kamlib.items.sealing import (
    LETTERS,
    BrokenSeal,
    SealError,
    WrongWord,
    clean_word,
    new_word,
    seal,
    unseal,
)
from kamlib.words import Words

CONTENT = {"stage": "S1", "chunks": {"zh": ["省代 A"], "en": ["Distributor A"]}}
SEALED = seal(CONTENT, "KAMRTX")


@pytest.mark.parametrize("typed", ["KAMRTX", " kam rtx", "kam-rtx", "ｋａｍｒｔｘ", "Kam.Rtx!"])
def test_a_word_may_be_typed_as_one_writes(typed: str) -> None:
    """Capitals, blanks, hyphens and the wide letters of a Chinese keyboard make no difference."""
    assert unseal(SEALED, typed) == CONTENT


@pytest.mark.parametrize("typed", ["", "KAMRTY", "KAMRT", "KAMRTXX", "x" * 10_000, "省代"])
def test_another_word_does_not_open(typed: str) -> None:
    """A wrong word is told from a damaged file, in a sentence."""
    with pytest.raises(WrongWord) as caught:
        unseal(SEALED, typed)
    assert "letter by letter" in Words("en").say(caught.value.message)


@given(st.integers(0, len(SEALED) - 1), st.integers(1, 255))
def test_a_changed_byte_is_damage(place: int, change: int) -> None:
    """Whichever byte of a sealed file is changed, the file is said to be damaged, not the word wrong."""
    data = bytearray(SEALED)
    data[place] ^= change
    try:
        assert unseal(bytes(data), "KAMRTX") == CONTENT  # a blank more between two fields
    except BrokenSeal as broken:
        assert "damaged" in Words("en").say(broken.message)


@given(st.binary(max_size=300) | st.recursive(st.none() | st.text(max_size=5), lambda v: st.dictionaries(
    st.sampled_from(["format", "cost", "salt", "sealed", "check"]), v)).map(lambda v: json.dumps(v).encode()))  # fmt: skip
def test_whatever_the_bytes_there_is_a_sentence(data: bytes) -> None:
    """Bytes that are no seal of ours raise a `SealError` and nothing else."""
    with pytest.raises(SealError):
        unseal(data, "KAMRTX")


def test_sealed_bytes_show_nothing_of_their_size_in_words() -> None:
    """Nothing of content or word stands in the sealed bytes, and sealing again gives other ones."""
    assert b"KAMRTX" not in SEALED
    assert "省代".encode() not in SEALED
    assert seal(CONTENT, "KAMRTX") != SEALED
    with pytest.raises(ValueError, match="needs a word"):
        seal(CONTENT, " - ")


def test_words_are_easy_to_read_out() -> None:
    """Six letters, none of which is taken for a figure or for another letter; hardly ever the same."""
    words = {new_word() for _ in range(200)}
    assert len(words) > 195
    assert all(len(word) == 6 and clean_word(word) == word for word in words)
    assert not set(LETTERS) & set("ILOQSUV015")
