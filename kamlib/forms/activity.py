"""The call a notebook makes for something live, such as a talk at the table or a look at what was written."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import escape
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any, Protocol

import kamlib.forms
from kamlib.forms.output import Output, sentence
from kamlib.forms.place import NotHere, Place, StillClosed, here, interactive, notebook_path
from kamlib.items.answers import NotSaved
from kamlib.words import LANGUAGES, N_, Message, Words, message

MODULES = "activity_"
"""How the modules begin that know one activity each, after which comes its name."""

WAITING = N_("This part is live: open this page in the workbook to see it and to use it.")


PLAY_WORDS = {
    "plays": N_("Your plays"),
    "working": N_("working…"),
    "gone": N_("not connected: start the workbook again. What you have played stays."),
    "saving": N_("saving…"),
    "saved": N_("saved {time}"),
    "not_saved": N_("not saved"),
}
"""What every page says on which something is played; an activity adds its own."""

CASE = "case[a-z0-9_]*"
"""What the folder of a case is called."""


class ActivityDesk(Protocol):
    """One activity where it is played: the kernel's end of its page.

    A module `kamlib.forms.activity_NAME` makes it by `desk(place, slug, case)`, which raises
    `StillClosed` before its stage is open and `NotHere` where it cannot be played; its `SCRIPT` and
    `STYLE` name the files in `static` that draw the page. Where it has parts rather than cases, its
    `PARTS` name them with the page of the unit that each belongs to, and its `SHOWN` the file of a
    case that a part shows even where nobody takes part.
    """

    def page(self) -> dict[str, Any]:
        """Return what is shown now, as plain data in words."""

    def answer(self, asked: object) -> dict[str, Any]:
        """Do what was asked and return the reply with its number `ack`; never raises.

        Under `FILES` it may have the bytes of files that go along.
        """

    def neutral(self) -> tuple[str, str] | None:
        """Return what came of it last as text and as HTML, for print; None where nothing did."""


FILES = "files"
"""In a desk's reply: the bytes of files that the page offers, in the order in which it names them."""


def activity_names() -> tuple[str, ...]:
    """Return the activities there are.

    >>> activity_names()
    ('funnel', 'homework', 'message', 'negotiation')
    """
    found = (module.name for module in iter_modules(kamlib.forms.__path__))
    return tuple(sorted(name.removeprefix(MODULES) for name in found if name.startswith(MODULES)))


def _module(kind: str) -> Any:
    return import_module(f"{kamlib.forms.__name__}.{MODULES}{kind}")


def page_of(kind: str, part: str) -> str:
    """Return on which page of a unit a part of an activity stands, `lesson` or `exercise`.

    It is empty where there is no such part; what is played with a case belongs into the lesson.

    >>> page_of("funnel", "case_east"), page_of("funnel", "../case"), page_of("homework", "power")
    ('lesson', '', 'exercise')
    """
    parts: Mapping[str, str] | None = getattr(_module(kind), "PARTS", None)
    if parts is None:
        return "lesson" if re.fullmatch(CASE, part) else ""
    return parts.get(part, "")


def shown_file(kind: str, part: str) -> str:
    """Return the file of a unit that an activity shows even where nobody takes part, else nothing.

    >>> shown_file("homework", "example"), shown_file("funnel", "case"), shown_file("", "")
    ('case/example.yaml', '', '')
    """
    shown: Mapping[str, str] = getattr(_module(kind), "SHOWN", {}) if kind else {}
    return shown.get(part, "")


def activity(name: str, case: str = "case", notebook: Path | None = None) -> Output:
    """Show an activity of a unit, such as `case1_negotiation.negotiation`; never raises.

    `case` is the folder of the unit's case that it is played with, or which part of it this is.
    """
    langs: tuple[str, ...] = LANGUAGES
    try:
        place = here(notebook or notebook_path())
        langs = (place.lang,)
        slug, _, kind = name.partition(".")
        if kind not in activity_names() or not page_of(kind, case):
            raise NotHere(message("There is no activity “{name}”.", name=name))
        module = _module(kind)

        def make() -> ActivityDesk:
            made: ActivityDesk = module.desk(place, slug, case)
            return made

        return _shown(place, make, module.SCRIPT, module.STYLE)
    except NotHere as problem:
        return sentence(problem.message, langs)
    except NotSaved as problem:
        return sentence(problem.message, langs)


def _shown(place: Place, make: Callable[[], ActivityDesk], script: str, style: str) -> Output:
    words = Words(place.lang)
    waiting = words.translate(WAITING), waiting_html(place.lang)
    try:
        desk = make()
    except StillClosed as closed:
        said = words.say(message("This opens with stage {stage}.", stage=closed.stage))
        page = f'<p class="kam-closed" style="color:#52606d">{escape(said)}</p>'
        if not interactive():
            return Output(said, page)
        from kamlib.forms.stage_widget import Waiting

        def ready() -> Any:
            try:
                return _live(make(), script, style)
            except NotHere:
                return None

        return Output(said, page, Waiting({"kind": "closed", "text": said}, ready))
    except NotHere:
        if interactive():
            raise
        return Output(*waiting)
    shown = desk.neutral() or waiting
    return Output(*shown, _live(desk, script, style) if interactive() else None)


def _live(desk: ActivityDesk, script: str, style: str) -> Any:
    from kamlib.forms.page_widget import page_widget  # a batch run needs none of it

    def answer(asked: object, _: object) -> tuple[dict[str, Any], list[bytes]]:
        told = desk.answer(asked)
        return told, told.pop(FILES, [])

    return page_widget(script, style, desk.page(), answer, shared="activity")


def waiting_html(lang: str) -> str:
    """Return what stands in the place of an activity where nobody can take part."""
    return f'<p style="color:#52606d">{escape(Words(lang).translate(WAITING))}</p>'


LONGEST = 4000
"""So many characters of one text that is typed in an activity are kept."""


def check_length(text: object) -> None:
    """Raise `NotHere` where a text is longer than what is kept; the page still holds it then."""
    if isinstance(text, str) and len(text) > LONGEST:
        raise NotHere(
            message("Not saved: this is longer than {n} characters. Shorten it.", n=LONGEST)
        )


def acknowledged(
    asked: object,
    ways: Mapping[str, Callable[[Mapping[str, Any]], None]],
    page: Callable[[], dict[str, Any] | None],
    words: Words,
) -> dict[str, Any]:
    """Do what a page asked by one of `ways`, and return the reply of a desk; never raises.

    The reply has the number `ack` of what was asked, the `page` as it is now, unless `page` returns
    None because nothing on it has changed, and, where it was not done, an `error`: the sentence that
    the way's exception carries as its `message`.
    """
    asked = asked if isinstance(asked, Mapping) else {}
    told: dict[str, Any] = {"ack": asked.get("seq")}
    try:
        ways.get(str(asked.get("kind")), _look)(asked)
    except Exception as error:
        told["error"] = words.say(said_of(error))
    try:
        if (shown := page()) is not None:
            told["page"] = shown
    except Exception as error:
        told.setdefault("error", words.say(said_of(error)))
    return told


def said_of(error: Exception) -> Message:
    """Return what a trainee reads of an error, whatever it is, and then goes on."""
    carried = getattr(error, "message", None)
    if isinstance(carried, Message):
        return carried
    return message(
        "This did not work ({what}). What was saved stays. Start the workbook again; if it "
        "happens again, tell your trainer.",
        what=type(error).__name__,
    )


def _look(asked: Mapping[str, Any]) -> None:
    """Only look."""
