"""The start page in a notebook: what the browser asks, what is done about it, and what it is told."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from kamlib.forms import handin
from kamlib.forms.export import answers_page
from kamlib.forms.identity import read_identity, write_identity
from kamlib.forms.output import Output, sentence
from kamlib.forms.place import NotHere, interactive, notebook_path
from kamlib.forms.start import Start, check_who, read_start, workbook_root
from kamlib.forms.start_view import (
    Made,
    address,
    made_view,
    page_html,
    page_text,
    view,
    who_view,
)
from kamlib.items.answers import AnswersError
from kamlib.words import LANGUAGES, Message, Words, message

MAX_TYPED = 200
"""Characters of a typed code or name that are looked at."""

Reply = tuple[dict[str, Any], list[bytes]]
"""What the browser is told, and the bytes of a file to go with it."""


def _now() -> datetime:
    return datetime.now().astimezone()


class Desk:
    """Does what the start page is asked to do, without knowing of any browser."""

    def __init__(self, notebook: Path, clock: Callable[[], datetime] = _now) -> None:
        """Take the start page's notebook; `clock` returns the time with its zone."""
        self.root = workbook_root(notebook.parent)
        way = os.path.relpath(self.root, notebook.parent)
        self._folder = "" if way == "." else address(Path(way).as_posix()) + "/"
        self._clock = clock
        self._lang = ""  # what was chosen where it could not be kept

    def read(self) -> Start:
        """Read the workbook as it is now."""
        return read_start(self.root, self._clock(), self._lang)

    def page(self) -> dict[str, Any]:
        """Return the page as plain data, in words."""
        return view(self.read(), self._folder)

    def answer(self, asked: object) -> Reply:
        """Do what was asked and return the reply; never raises.

        The reply has the number `ack` of what was asked and the new `page`; besides, `error` with
        a sentence where it was not done, and what was asked for.
        """
        asked = asked if isinstance(asked, Mapping) else {}
        told: dict[str, Any] = {"ack": asked.get("seq")}
        files: list[bytes] = []
        try:
            more, files = self._do(asked)
            told |= more
        except (AnswersError, NotHere) as problem:
            told["error"] = self._words().say(problem.message)
        except Exception as error:
            # whatever it is, a trainee reads a sentence and goes on
            told["error"] = self._words().say(_unexpected(error))
        if asked.get("kind") != "ping":
            try:
                told["page"] = self.page()
            except Exception as error:
                told.setdefault("error", self._words().say(_unexpected(error)))
        return told, files

    def _words(self) -> Words:
        try:
            return Words(self.read().lang)
        except Exception:
            return Words(self._lang or LANGUAGES[0])

    def _do(self, asked: Mapping[str, Any]) -> Reply:
        match asked.get("kind"):
            case "language":
                self._choose(asked.get("lang"))
            case "check_who":
                return {"who": self._who(asked)}, []
            case "keep_who":
                who = self._who(asked)
                if not who["problems"]:
                    me = read_identity(self.root)
                    write_identity(self.root, replace(me, code=who["code"], name=who["name"]))
                return {"who": who}, []
            case "hand_in":
                return self._hand_in(self._unit(asked))
            case "answers":
                page = answers_page(self.read(), self._unit(asked), self._clock())
                return {"answers": {"file": page.name}}, [page.html.encode()]
        return {}, []

    def _who(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        start = self.read()
        typed = [asked.get(name) for name in ("code", "name")]
        code, name = (one[:MAX_TYPED] if isinstance(one, str) else "" for one in typed)
        return who_view(check_who(code, name, start), Words(start.lang))

    def _choose(self, lang: object) -> None:
        if lang in LANGUAGES:
            self._lang = str(lang)
            write_identity(self.root, replace(read_identity(self.root), lang=self._lang))
            self._lang = ""

    def _unit(self, asked: Mapping[str, Any]) -> str:
        name = asked.get("unit")
        if name in [unit.name for unit in self.read().units]:
            return str(name)
        raise NotHere(message("There is no unit {unit} in this workbook.", unit=str(name)[:60]))

    def _hand_in(self, unit: str) -> Reply:
        hand_in = handin.build_hand_in(self.root, unit, self._clock)
        said = handin.what_now(hand_in, self.root)[1:]  # the first says the receipt, shown large
        made = Made(hand_in, said, str(hand_in.path.parent))
        return {"made": made_view(made, self._words())}, [hand_in.path.read_bytes()]


def _unexpected(error: Exception) -> Message:
    return message(
        "This did not work ({what}). Your saved answers stay. Start the workbook again; if it "
        "happens again, tell your trainer.",
        what=type(error).__name__,
    )


def live(desk: Desk) -> Any:
    """Return the page as a widget that asks `desk`."""
    from kamlib.forms.page_widget import page_widget  # a batch run needs none of it

    return page_widget("start.js", "start.css", desk.page(), lambda asked, _: desk.answer(asked))


def start(notebook: Path | None = None, clock: Callable[[], datetime] = _now) -> Output:
    """Show the start page of the workbook that the notebook is in; never raises.

    `clock` returns the time with its zone.
    """
    try:
        desk = Desk(notebook or notebook_path(), clock)
        page = desk.page()
        return Output(page_text(page), page_html(page), live(desk) if interactive() else None)
    except Exception as error:
        return sentence(_unexpected(error))
