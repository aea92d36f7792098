"""What kamlib says to people: messages are data, and a language is chosen when they are shown."""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Protocol, runtime_checkable

LANGUAGES = ("en", "zh")
"""The languages of the workbook, the source language first."""

LOCALE = Path(__file__).parent / "locale"


@runtime_checkable
class InLanguages(Protocol):
    """A text that has its own translations, such as one of a case."""

    def in_(self, lang: str) -> str:
        """Return the text in a language."""


@dataclass(frozen=True, slots=True)
class Message:
    """One sentence to a person, in English, with the values that go into its braces.

    A message is only put into a language where it is shown, so a mark made once can be read
    by an instructor in English and by a trainee in Chinese.
    """

    text: str
    """The English sentence; also the key of its translation."""
    values: tuple[tuple[str, object], ...] = ()
    """What fills the braces: text as it is, numbers, texts of a case, or further messages."""


def message(text: str, /, **values: object) -> Message:
    """Make a `Message`; a list becomes a tuple, so that every message can be put into a set.

    >>> message("{n} of {total} right", n=3, total=4).values
    (('n', 3), ('total', 4))
    >>> hash(message("{names}", names=["A", "B"])) == hash(message("{names}", names=("A", "B")))
    True
    """
    return Message(
        text,
        tuple(
            (name, tuple(value) if isinstance(value, list) else value)
            for name, value in values.items()
        ),
    )


def N_(text: str) -> str:
    """Mark a sentence for translation and hand it back unchanged."""
    return text


def number(value: float) -> str:
    """Write a number as the workbook writes numbers: thousands grouped, no needless zeros.

    >>> number(36000.0), number(2.5), number(-0.125)
    ('36,000', '2.5', '-0.125')
    """
    if isinstance(value, int):
        return f"{value:,}"  # as it is: a float cannot hold every whole number a person may type
    text = f"{value:,.4f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _closed_up(text: str, values: Mapping[str, str]) -> str:
    """Fill the braces of a Chinese sentence; a blank beside one stays only next to Latin or a digit.

    Whether `{who} 反对我们` needs its blank is known only when it is filled. Raises as `str.format`.

    >>> _closed_up("{who} 反对我们", {"who": "财务经理（P2）"}), _closed_up("有 {n} 处", {"n": "3"})
    ('财务经理（P2）反对我们', '有 3 处')
    """
    text.format(**values)
    filled = ""
    waiting = False
    """Whether a value ended just now, after which a blank may be too much."""
    for literal, name, _, _ in Formatter().parse(text):
        rest = literal.lstrip(" ")
        filled += rest if waiting and rest and not _apart(filled, rest) else literal
        waiting = name is not None
        if name is not None:
            value = values[name]
            if filled.endswith(" ") and not _apart(filled.rstrip(" "), value):
                filled = filled.rstrip(" ")
            filled += value
    return filled


def _apart(before: str, after: str) -> bool:
    """Tell whether a blank belongs between two pieces of a Chinese text."""
    beside = (before[-1:], after[:1])
    return any(sign.isascii() and sign.isprintable() for sign in beside if sign)


@cache
def _own_sentences(lang: str) -> gettext.NullTranslations:
    return gettext.translation("kamlib", LOCALE, [lang], fallback=True)


class Words:
    """The sentences of one language: kamlib's own, and those of a unit where given.

    >>> Words("en").say(message("{n} answers", n=1200))
    '1,200 answers'
    """

    def __init__(self, lang: str, texts: Mapping[str, str] | None = None) -> None:
        """Take a language of `LANGUAGES` and, for a unit, its translated texts by English text."""
        if lang not in LANGUAGES:
            raise ValueError(f"no such language: {lang!r}; there are {', '.join(LANGUAGES)}")
        self.lang = lang
        self._texts = texts or {}
        self._own = _own_sentences(lang)

    def translate(self, text: str) -> str:
        """Return the sentence in this language, or itself where there is no translation."""
        if not text:
            return text
        return self._texts.get(text) or self._own.gettext(text)

    def say(self, what: Message | str) -> str:
        """Put a message into this language and fill its braces."""
        if isinstance(what, str):
            return self.translate(what)
        text = self.translate(what.text)
        if not what.values:
            return text
        values = {name: self._show(value) for name, value in what.values}
        try:
            return _closed_up(text, values) if self.lang == "zh" else text.format(**values)
        except (LookupError, ValueError, AttributeError):
            # A translator's slip in the braces; the build names it, a reader still gets a sentence.
            return what.text.format(**values)

    def _listed(self, parts: list[str]) -> str:
        """Join the parts of a list; where they hold commas themselves, by the stronger mark."""
        if len(parts) > 1:
            parts = [part.removesuffix("。").removesuffix(".") for part in parts]
        inner = any(mark in part for part in parts for mark in ("，", "：", "；", ", ", "; ", ": "))
        if self.lang == "zh":
            return ("；" if inner else "、").join(parts)
        return ("; " if inner else ", ").join(parts)

    def _show(self, value: object) -> str:
        if isinstance(value, Message):
            return self.say(value)
        if isinstance(value, InLanguages):
            return value.in_(self.lang)
        if isinstance(value, (list, tuple)):
            return self._listed([self._show(part) for part in value])
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return number(value)
        return str(value)
