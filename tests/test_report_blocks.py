"""What every file of a report shares: clean texts, and pictures without warnings."""

from __future__ import annotations

import warnings
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from kamlib.plots import canvas, image
from kamlib.report_blocks import clean, drawing
from tests.customers import NASTY


@given(st.text(st.characters(min_codepoint=0, max_codepoint=0x10FFFF)))
def test_a_clean_text_can_stand_in_every_file(text: str) -> None:
    """It can be written as UTF-8 and as XML, and cleaning it again changes nothing."""
    found = clean(text)
    assert clean(found) == found
    escaped = found.replace("&", "&amp;").replace("<", "&lt;")
    assert ElementTree.fromstring(f"<p>{escaped}</p>".encode()).text in (found or None, found)


def test_what_people_type_stays() -> None:
    """Emoji, other scripts and signs of programs are text like any other."""
    assert (
        clean("a\r\nb <i> {x} %s 36,000 元 שלום \U0001f600")
        == "a\nb <i> {x} %s 36,000 元 שלום \U0001f600"
    )
    assert "\u202e" not in clean(NASTY)


def test_a_sign_without_a_font_warns_nobody() -> None:
    with warnings.catch_warnings(record=True) as found, drawing("en"):
        assert image(canvas("\U0001f600 is drawn as a box"), "a smile").startswith("<img")
    assert found == []
