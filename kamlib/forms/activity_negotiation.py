"""The table as a page: what a trainee does there, kept move by move, and what is shown afterwards."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from kamlib.distributor_file import ISSUES, Option
from kamlib.forms.activity import acknowledged, check_length
from kamlib.forms.negotiation_case import Case, read_case
from kamlib.forms.negotiation_debrief import debrief_page, debrief_questions
from kamlib.forms.negotiation_view import (
    named_play,
    table_page,
    transcript_html,
    transcript_text,
)
from kamlib.forms.place import NotHere, Place
from kamlib.forms.plays import Play, Plays, plays_of
from kamlib.haggling import Table
from kamlib.items.answers import ChangedElsewhere
from kamlib.words import Message, message

SCRIPT, STYLE = "negotiation.js", "negotiation.css"


@dataclass(frozen=True, eq=False)
class Sitting:
    """One play as it is before a trainee."""

    play: Play
    table: Table
    problem: Message | None = None
    """Why it cannot go on, where its record is damaged; it is left as it is then."""

    @property
    def approval(self) -> bool:
        """Whether the next offer is to be called pending."""
        return self.play.record.get("approval") is True

    @property
    def looked(self) -> bool:
        """Whether the scores were asked for."""
        return self.play.record.get("looked") is True

    @property
    def draft(self) -> dict[str, Option]:
        """The package being put together; where none is kept, what holds today."""
        kept = self.play.record.get("draft")
        kept = kept if isinstance(kept, Mapping) else {}
        issues = self.table.parameters.issues
        today = self.table.parameters.status_quo.deal
        return {
            name: kept[name] if _is_option(kept.get(name), issues.options(name)) else today[name]
            for name in ISSUES
        }

    @property
    def said(self) -> list[str]:
        """What was typed in the debrief, by question."""
        kept = self.play.record.get("said")
        texts = [one.get("text") for one in kept if isinstance(one, Mapping)] if isinstance(kept, list) else []  # fmt: skip
        return [text if isinstance(text, str) else "" for text in (*texts, "", "", "")][:3]


def _is_option(value: object, options: tuple[Option, ...]) -> bool:
    return not isinstance(value, bool) and value in options


class TableDesk:
    """A trainee's end of the table; takes the page's messages and answers each.

    Whatever is done is kept before it is shown, so a play goes on wherever it was.
    """

    def __init__(
        self,
        place: Place,
        slug: str,
        case: Case,
        plays: Plays,
        seed: Callable[[], int] = lambda: secrets.randbelow(2**31),
    ) -> None:
        """Take the place, the unit, its case, and where plays are kept; `seed` draws who sits there."""
        self.place, self.case, self.slug = place, case, slug
        self._plays, self._seed = plays, seed
        self._pictures: dict[tuple[int, int], dict[str, Any]] = {}
        kept = plays.all()
        self._at = self._sitting(kept[max(kept)]) if kept else self._new(1)

    # What is shown ---------------------------------------------------------------------------

    def page(self) -> dict[str, Any]:
        """Return the table, or the debrief when the talk is over, in words."""
        sitting, lang = self._at, self.place.lang
        words = sitting.table.words(lang)
        shown = table_page(sitting.table, sitting.draft, sitting.approval, lang)
        shown["play"] = sitting.play.number
        shown["plays"] = [
            {"number": one.play.number, "label": words.say(named_play(one.play.number, one.table))}
            for one in self._all()
        ]
        shown["problem"] = words.say(sitting.problem) if sitting.problem else ""
        shown["debrief"] = None
        if not shown["open"] and not sitting.problem:
            questions = debrief_questions(sitting.table, lang)
            shown["debrief"] = {
                "questions": [
                    {"text": text, "said": said}
                    for text, said in zip(questions, sitting.said, strict=True)
                ],
                "scores": self._scores() if sitting.looked else None,
            }
        if self._plays.notice:
            shown["problem"] = words.say(self._plays.notice)
        return shown

    def neutral(self) -> tuple[str, str] | None:
        """Return the transcript of the last play as text and as HTML, None where there is none."""
        if not self._at.play.revision:
            return None
        table, lang = self._at.table, self.place.lang
        title = table.words(lang).say(named_play(self._at.play.number, table))
        return f"{title}\n{transcript_text(table, lang)}", transcript_html(table, title, lang)

    def _scores(self) -> dict[str, Any]:
        which = (self._at.play.number, len(self._at.table.moves))
        if which not in self._pictures:
            self._pictures = {which: debrief_page(self.case, self._at.table, self.place.lang)}
        return self._pictures[which]

    # What is done ----------------------------------------------------------------------------

    def answer(self, asked: object) -> dict[str, Any]:
        """Do what the page asked and return the reply; never raises."""
        return acknowledged(
            asked,
            {
                "move": self._move,
                "draft": self._draft,
                "say": self._say,
                "reveal": self._reveal,
                "new": self._begin,
                "choose": self._choose,
                "look": lambda _: self._refresh(),
            },
            self.page,
            self._at.table.words(self.place.lang),
        )

    def _move(self, asked: Mapping[str, Any]) -> None:
        self._refresh(strict=True)
        if (
            asked.get("at") != len(self._at.table.moves)
            or asked.get("play") != self._at.play.number
        ):
            return  # asked twice, or from a page that had not seen the last move yet: it sees it now
        move = asked.get("move")
        if isinstance(move, Mapping) and move.get("do") == "offer":
            draft, pending = self._at.draft, self._at.approval
            beyond = self._at.table.needs_approval(draft) if pending else ()
            move = {"do": "offer", "package": draft, "approval": list(beyond)}
        self._at = self._kept(self._at, self._at.table.play(move or {}))

    def _draft(self, asked: Mapping[str, Any]) -> None:
        self._refresh()
        places = asked.get("places")
        draft = self._at.draft
        for name, place in (places if isinstance(places, Mapping) else {}).items():
            options = self.case.parameters.issues.options(name) if name in ISSUES else ()
            if isinstance(place, int) and not isinstance(place, bool) and 0 <= place < len(options):
                draft[name] = options[place]
        if asked.get("take") is True and self._at.table.on_the_table is not None:
            draft = self._at.table.on_the_table
        approval = asked.get("approval") is True
        self._at = self._kept(self._at, draft=draft, approval=approval)

    def _say(self, asked: Mapping[str, Any]) -> None:
        # typed for one play, and sent perhaps when another one is shown already
        place, text, stored = asked.get("place"), asked.get("text"), self._stored(asked.get("play"))
        if place not in (0, 1, 2) or not isinstance(text, str) or stored is None:
            raise NotHere(message("Not saved: the play that this answer belongs to is not there."))
        check_length(text)
        said = stored.said
        said[place] = text
        questions = debrief_questions(stored.table, "en")
        kept = [{"question": one, "text": own} for one, own in zip(questions, said, strict=True)]
        stored = self._kept(stored, said=kept)
        if stored.play.number == self._at.play.number:
            self._at = stored

    def _reveal(self, asked: Mapping[str, Any]) -> None:
        self._refresh()
        self._at = self._kept(self._at, looked=True)

    def _begin(self, asked: Mapping[str, Any]) -> None:
        if not self._at.play.revision and not self._at.table.moves:
            return  # this one is new already
        begun = self._new(0, self._at.table.seed if asked.get("same") is True else None)
        self._at = replace(begun, play=self._plays.add({"log": begun.table.log()}))

    def _choose(self, asked: Mapping[str, Any]) -> None:
        found = self._stored(asked.get("to"))
        if found is not None:
            self._at = found

    # What is kept ----------------------------------------------------------------------------

    def _new(self, number: int, seed: int | None = None) -> Sitting:
        return Sitting(Play(number), self.case.table(self._seed() if seed is None else seed))

    def _sitting(self, play: Play) -> Sitting:
        found = self.case.replay(play.record.get("log"))
        if found.table is None or found.problem is not None:
            return Sitting(play, found.table or self.case.table(0), found.problem)
        return Sitting(play, found.table)

    def _all(self) -> list[Sitting]:
        kept = {number: self._sitting(play) for number, play in self._plays.all().items()}
        return list({**kept, self._at.play.number: self._at}.values())

    def _refresh(self, strict: bool = False) -> None:
        """Take over what another window has kept of this play; `strict` says so."""
        stored = self._stored(self._at.play.number)
        if stored is not None and stored.play.revision != self._at.play.revision:
            self._at = stored
            if strict:
                raise _elsewhere()

    def _stored(self, number: object) -> Sitting | None:
        play = next((one for one in self._plays.all().values() if one.number == number), None)
        return None if play is None else self._sitting(play)

    def _kept(self, sitting: Sitting, table: Table | None = None, **more: Any) -> Sitting:
        """Return a play with what was done in it, after that is safely on the disk."""
        if sitting.problem is not None:
            raise NotHere(sitting.problem)
        table = table or sitting.table
        try:
            play = self._plays.keep(sitting.play, {"log": table.log(), **more})
        except ChangedElsewhere:
            self._refresh()
            raise _elsewhere() from None
        return replace(sitting, play=play, table=table)


def _elsewhere() -> NotHere:
    return NotHere(
        message("This play went on in another window. Here is how it stands now; go on from there.")
    )


def desk(place: Place, slug: str, case: str) -> TableDesk:
    """Return the table of a unit's case; raises `StillClosed` or `NotHere` where there is none."""
    plays = plays_of(place, slug, f"negotiation.{case}")
    return TableDesk(place, slug, read_case(place, slug, case), plays)
