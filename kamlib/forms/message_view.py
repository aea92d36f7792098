"""How the message page looks: the reader and the wish, the sentences to choose from, what there is to say."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from kamlib.forms.activity import PLAY_WORDS
from kamlib.message_fit import Reader, Reply, SharedMessage
from kamlib.preferences import LENS_IDS, NOT_A_PERSON, Lenses
from kamlib.words import N_, Message, Words, message

MESSAGE_WORDS = {
    **PLAY_WORDS,
    "plays": N_("Your tries"),
    "reader": N_("Who reads it"),
    "said": N_("What was asked for"),
    "cards": N_("Sentences to choose from"),
    "cards_help": N_("A sentence that you press goes to the end of your message. Not all of them are good."),
    "yours": N_("Your message"),
    "from_cards": N_("From the sentences"),
    "own_words": N_("In my own words"),
    "own": N_("Your own version"),
    "own_help": N_("Write it as you would send it. In either language; for you alone."),
    "copy": N_("Add the sentences chosen"),
    "empty": N_("Nothing is chosen yet."),
    "earlier": N_("earlier: {sentence}"),
    "later": N_("later: {sentence}"),
    "out": N_("take out: {sentence}"),
    "chosen": N_("chosen"),
    "see": N_("See how it reads"),
    "bars": N_("How it reads"),
    "asked": N_("{lens} (asked for)"),
    "good": N_("What arrives"),
    "change": N_("What to change"),
    "nothing": N_("Nothing. It says what was asked for, and every fact is in it."),
    "take_over": N_("Go on from this try"),
}  # fmt: skip
"""What the page says by itself."""


def message_page(shared: SharedMessage, words: Words) -> dict[str, Any]:
    """Return what of the page is the same whatever was done: the message, the readers, the sentences."""
    lang = words.lang
    return {
        "words": {name: words.translate(text) for name, text in MESSAGE_WORDS.items()},
        "title": words.say(message("One message, four readers: {title}", title=shared.title)),
        "note": words.say(
            message("Invented: the people, the money, the days. Nothing of it is marked.")
        ),
        "story": shared.story.in_(lang),
        "readers": [
            {"id": one.id, "name": one.name.in_(lang), "said": one.said.in_(lang)}
            for one in shared.readers
        ],
        "cards": [{"id": one.id, "text": one.text.in_(lang)} for one in shared.phrases],
    }


def outcome_page(
    title: str, text: str, reader: Reader, told: Reply, lenses: Lenses, words: Words
) -> dict[str, Any]:
    """Return what there is to say about a try: its profile beside the wish, what arrives, what to change."""
    lang = words.lang
    shares = [
        (lenses[name].name.in_(lang), told.profile.share(name), name == reader.wants)
        for name in LENS_IDS
    ]
    if told.profile.undecided:
        shares.append((words.translate(N_("undecided")), told.profile.undecided, False))
    return {
        "title": title,
        "text": text,
        "reader": reader.name.in_(lang),
        "said": reader.said.in_(lang),
        "bars": [
            {
                "name": name,
                "width": round(100 * share),
                "share": words.say(message("{n} %", n=round(100 * share))),
                "asked": asked,
            }
            for name, share, asked in shares
        ],
        "note": words.say(NOT_A_PERSON),
        "good": _said(told.good, words),
        "change": _said(told.change, words),
    }


def _said(messages: Sequence[Message], words: Words) -> list[str]:
    return [words.say(one) for one in messages]


def outcome_text(shown: dict[str, Any]) -> str:
    """Return what there is to say about a try as lines of text."""
    bars = [f"{one['name']}: {one['share']}" for one in shown["bars"]]
    signs = [f"✓ {one}" for one in shown["good"]] + [f"△ {one}" for one in shown["change"]]
    head = [shown["title"], f"{shown['reader']}: {shown['said']}", shown["text"]]
    return "\n".join([*head, *bars, *signs, shown["note"]])


def outcome_html(shown: dict[str, Any]) -> str:
    """Return the same as HTML that needs no script."""
    first, *rest = (f"<p>{escape(line)}</p>" for line in outcome_text(shown).splitlines())
    return f'<div class="kam-played"><strong>{first}</strong>{"".join(rest)}</div>'
