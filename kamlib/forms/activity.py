"""The call a notebook makes for something that is played, such as a talk at the table."""

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

WAITING = N_(
    "Something is played here. Open this page in the workbook to take part; nothing of it is marked."
)


PLAY_WORDS = {
    "plays": N_("Your plays"),
    "working": N_("working…"),
    "gone": N_("not connected: start the workbook again. What you have played stays."),
    "saving": N_("saving…"),
    "saved": N_("saved {time}"),
    "not_saved": N_("not saved"),
}
"""What every page says on which something is played; an activity adds its own."""


class ActivityDesk(Protocol):
    """One activity where it is played: the kernel's end of its page.

    A module `kamlib.forms.activity_NAME` makes it by `desk(place, slug, case)`, which raises
    `StillClosed` before its stage is open and `NotHere` where it cannot be played; its `SCRIPT` and
    `STYLE` name the files in `static` that draw the page.
    """

    def page(self) -> dict[str, Any]:
        """Return what is shown now, as plain data in words."""

    def answer(self, asked: object) -> dict[str, Any]:
        """Do what was asked and return the reply with its number `ack`; never raises."""

    def neutral(self) -> tuple[str, str] | None:
        """Return what was played last as text and as HTML, for print; None where nothing was."""


def activity_names() -> tuple[str, ...]:
    """Return the activities there are.

    >>> activity_names()
    ('funnel', 'message', 'negotiation')
    """
    found = (module.name for module in iter_modules(kamlib.forms.__path__))
    return tuple(sorted(name.removeprefix(MODULES) for name in found if name.startswith(MODULES)))


def activity(name: str, case: str = "case", notebook: Path | None = None) -> Output:
    """Show an activity of a unit, such as `case1_negotiation.negotiation`; never raises.

    `case` is the folder of the unit's case that it is played with.
    """
    langs: tuple[str, ...] = LANGUAGES
    try:
        place = here(notebook or notebook_path())
        langs = (place.lang,)
        slug, _, kind = name.partition(".")
        if kind not in activity_names() or not re.fullmatch("case[a-z0-9_]*", case):
            raise NotHere(message("There is no activity “{name}”.", name=name))
        module = import_module(f"{kamlib.forms.__name__}.{MODULES}{kind}")

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

    return page_widget(
        script, style, desk.page(), lambda asked, _: (desk.answer(asked), []), shared="activity"
    )


def waiting_html(lang: str) -> str:
    """Return what stands in the place of an activity where nobody can play."""
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
    page: Callable[[], dict[str, Any]],
    words: Words,
) -> dict[str, Any]:
    """Do what a page asked by one of `ways`, and return the reply of a desk; never raises.

    The reply has the number `ack` of what was asked, the `page` as it is now, and, where it was not
    done, an `error`: the sentence that the way's exception carries as its `message`.
    """
    asked = asked if isinstance(asked, Mapping) else {}
    told: dict[str, Any] = {"ack": asked.get("seq")}
    try:
        ways.get(str(asked.get("kind")), _look)(asked)
    except Exception as error:
        told["error"] = words.say(_said(error))
    try:
        told["page"] = page()
    except Exception as error:
        told.setdefault("error", words.say(_said(error)))
    return told


def _said(error: Exception) -> Message:
    """Return what a trainee reads of an error, whatever it is, and then goes on."""
    carried = getattr(error, "message", None)
    if isinstance(carried, Message):
        return carried
    return message(
        "This did not work ({what}). What you have played stays. Start the workbook again; if it "
        "happens again, tell your trainer.",
        what=type(error).__name__,
    )


def _look(asked: Mapping[str, Any]) -> None:
    """Only look."""
