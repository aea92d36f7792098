"""The message page: what a trainee puts together for each reader, every try kept, and how it reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yaml import YAMLError

from kamlib.forms.activity import LONGEST, acknowledged, check_length
from kamlib.forms.message_view import message_page, outcome_html, outcome_page, outcome_text
from kamlib.forms.place import NotHere, Place, damaged
from kamlib.forms.plays import Play, Plays, Settings, plays_of
from kamlib.forms.start_view import HTML_LANG
from kamlib.message_fit import MESSAGE, Reader, SharedMessage, read_message, reply
from kamlib.preferences import LENSES, Lenses, read_lenses
from kamlib.words import Message, Words, message

SCRIPT, STYLE = "message.js", "message.css"

Draft = dict[str, Any]
"""What is being put together for one reader: its `cards` in order, `own` words, and which `mode` counts."""


class MessageDesk:
    """A trainee's end of the message page; takes the page's messages and answers each.

    For each reader there is one draft. A try is kept before it is shown, as what was written to
    whom; what there is to say about it follows from that. Of a reader nothing is kept but the name
    of the reader.
    """

    def __init__(
        self, place: Place, shared: SharedMessage, lenses: Lenses, tries: Plays, drafts: Settings
    ) -> None:
        """Take the place, the message and its lenses, and where tries and drafts are kept."""
        self.place, self.shared, self.lenses = place, shared, lenses
        self._tries, self._drafts = tries, drafts
        self._at = max(tries.all(), default=0)

    # What is shown ---------------------------------------------------------------------------

    def page(self) -> dict[str, Any]:
        """Return what is being put together, and what there is to say about the try looked at."""
        words = Words(self.place.lang)
        drafts = self._drafts.record
        reader = self._reader(drafts)
        draft = self._draft(drafts, reader.id)
        kept = self._tries.all()
        looked = kept.get(self._at)
        notice = self._tries.notice
        return {
            "lang": self.place.lang,
            "html_lang": HTML_LANG[self.place.lang],
            **message_page(self.shared, words),
            "reader": reader.id,
            "chosen": draft["cards"],
            "own": draft["own"],
            "mode": draft["mode"],
            "composed": self.shared.made_of(draft["cards"], self.place.lang),
            "play": self._at,
            "plays": [
                {"number": one.number, "label": words.say(self._named(one))}
                for one in kept.values()
            ],
            "problem": words.say(notice) if notice else "",
            "outcome": self._outcome(looked, words) if looked else None,
            "same": looked is not None and self._content(looked) == (reader.id, draft),
        }

    def neutral(self) -> tuple[str, str] | None:
        """Return what there was to say about the last try as text and as HTML; None without one."""
        looked = self._tries.all().get(self._at)
        if looked is None:
            return None
        shown = self._outcome(looked, Words(self.place.lang))
        return outcome_text(shown), outcome_html(shown)

    def _outcome(self, play: Play, words: Words) -> dict[str, Any]:
        name, draft = self._content(play)
        reader, text = self.shared.reader(name), self._text(draft)
        told = reply(text, reader, self.shared, self.lenses)
        return outcome_page(words.say(self._named(play)), text, reader, told, self.lenses, words)

    def _text(self, draft: Draft) -> str:
        if draft["mode"] == "own":
            return str(draft["own"])
        return self.shared.made_of(draft["cards"], self.place.lang)

    def _named(self, play: Play) -> Message:
        name, draft = self._content(play)
        reader = self.shared.reader(name).name
        if draft["mode"] == "own":
            return message("Try {n}, own words: {reader}", n=play.number, reader=reader)
        return message("Try {n}: {reader}", n=play.number, reader=reader)

    # What is done ----------------------------------------------------------------------------

    def answer(self, asked: object) -> dict[str, Any]:
        """Do what the page asked and return the reply; never raises."""
        return acknowledged(
            asked,
            {
                "reader": self._turn_to,
                "set": self._set,
                "see": self._see,
                "choose": self._choose,
                "take": self._take,
            },
            self.page,
            Words(self.place.lang),
        )

    def _turn_to(self, asked: Mapping[str, Any]) -> None:
        if asked.get("to") in {one.id for one in self.shared.readers}:
            self._drafts.set(reader=asked["to"])

    def _set(self, asked: Mapping[str, Any]) -> None:
        self._changed(asked)

    def _changed(self, asked: Mapping[str, Any]) -> str:
        """Keep what of a reader's draft was changed, and return the reader."""
        record = self._drafts.record
        name = self._reader({"reader": asked.get("for", record.get("reader"))}).id
        check_length(asked.get("own"))
        changed = {
            key: asked[key]
            for key, fits in (("cards", list), ("own", str), ("mode", str))
            if isinstance(asked.get(key), fits)
        }
        self._keep_draft(name, _draft({**self._draft(record, name), **changed}, self.shared))
        return name

    def _see(self, asked: Mapping[str, Any]) -> None:
        name = self._changed(asked)
        draft = self._draft(self._drafts.record, name)
        if not self._text(draft).strip():
            raise NotHere(message("There is no sentence yet. Choose some, or write your own."))
        self._at = self._tries.add({"reader": name, **draft}).number

    def _choose(self, asked: Mapping[str, Any]) -> None:
        if asked.get("to") in self._tries.all():
            self._at = int(asked["to"])

    def _take(self, asked: Mapping[str, Any]) -> None:
        """Go on from the try that is looked at; what was being written is kept as a try before."""
        looked = self._tries.all().get(self._at)
        if looked is None:
            return
        name, draft = self._content(looked)
        now = self._draft(self._drafts.record, name)
        written = {self._content(one)[1]["own"] for one in self._tries.all().values()}
        if now["own"].strip() and now["own"] not in {draft["own"], *written}:
            self._tries.add({"reader": name, **now, "mode": "own"})
        self._drafts.set(reader=name)
        self._keep_draft(name, draft)

    # What is kept ----------------------------------------------------------------------------

    def _keep_draft(self, reader: str, draft: Draft) -> None:
        others = _mapping(self._drafts.record.get("drafts"))
        self._drafts.set(drafts={**others, reader: draft})

    def _reader(self, record: Mapping[str, Any]) -> Reader:
        found = {one.id: one for one in self.shared.readers}
        name = record.get("reader")
        return found.get(name, self.shared.readers[0]) if isinstance(name, str) else self.shared.readers[0]  # fmt: skip

    def _draft(self, record: Mapping[str, Any], reader: str) -> Draft:
        return _draft(_mapping(_mapping(record.get("drafts")).get(reader)), self.shared)

    def _content(self, play: Play) -> tuple[str, Draft]:
        """Return to whom a try was written, and what."""
        return self._reader(play.record).id, _draft(play.record, self.shared)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _draft(record: Mapping[str, Any], shared: SharedMessage) -> Draft:
    """Return a draft as it is kept, without what it cannot hold."""
    known = {one.id for one in shared.phrases}
    cards, own = record.get("cards"), record.get("own")
    listed = [one for one in cards if isinstance(one, str)] if isinstance(cards, list) else []
    return {
        "cards": [one for one in dict.fromkeys(listed) if one in known],
        "own": own[:LONGEST] if isinstance(own, str) else "",
        "mode": "own" if record.get("mode") == "own" else "cards",
    }


def desk(place: Place, slug: str, case: str) -> MessageDesk:
    """Return the message page of a unit's case; raises `StillClosed` or `NotHere` where there is none."""
    texts = {name: place.case_file(slug, f"{case}/{name}") for name in (MESSAGE, LENSES)}
    file = MESSAGE
    try:
        shared = read_message(texts[MESSAGE])
        file = LENSES
        lenses = read_lenses(texts[LENSES])
    except (ValueError, TypeError, YAMLError):
        raise damaged(f"{case}/{file}") from None
    tries, drafts = (plays_of(place, slug, f"message.{case}{of}") for of in ("", ".drafts"))
    return MessageDesk(place, shared, lenses, tries, Settings(drafts))
