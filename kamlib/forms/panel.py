"""A page of things to look at and to do, as plain data that Python fills and the browser draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from html import escape
from typing import Any, Literal, Protocol

from kamlib.forms.start_view import HTML_LANG
from kamlib.words import LANGUAGES, N_, Words

# What the page itself says.
PANEL_WORDS = {
    "gone": N_("The page has lost its connection. Close this window and start again; nothing that was done is lost."),
    "working": N_("working…"),
    "yes": N_("Yes, do it"),
    "back": N_("Back, change nothing"),
    "close": N_("Close"),
    "file_chosen": N_("{n} chosen"),
    "download": N_("Download {file}"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in one place of a table."""

    text: str
    sign: str = ""
    """A mark before it, so that colour is never alone."""
    href: str = ""
    """A file below the page's folder, or a page of the same server when it begins with a slash."""
    tone: Literal["", "good", "warn", "bad", "muted"] = ""
    number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings."""

    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """What is asked before something is done."""

    name: str
    label: str
    kind: Literal["text", "date", "number", "choice", "check", "file", "files"] = "text"
    value: str = ""
    options: Sequence[tuple[str, str]] = ()
    """For a choice: the value and what it is called."""
    help: str = ""
    accept: str = ""
    """For a file: the endings taken, as in `.xlsx,.csv`."""
    required: bool = True


@dataclass(frozen=True, slots=True)
class Action:
    """Something that can be done here."""

    name: str
    label: str
    fields: Sequence[Field] = ()
    note: str = ""
    weight: Literal["main", "plain", "danger"] = "plain"
    folded: bool = False
    """Whether its fields are shown only when it is opened."""


@dataclass(frozen=True, slots=True)
class Link:
    """A page to open beside this one."""

    label: str
    href: str
    main: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page under a heading."""

    name: str
    title: str
    lines: Sequence[str] = ()
    tables: Sequence[Table] = ()
    links: Sequence[Link] = ()
    actions: Sequence[Action] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """The whole page in one language."""

    lang: str
    title: str
    lead: str = ""
    facts: Sequence[tuple[str, str]] = ()
    """The numbers on top, each with what it counts."""
    languages: Sequence[tuple[str, str]] = ()
    """The languages to choose from, each with its own name; none where there is no choice."""
    sections: Sequence[Section] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """What an action answers."""

    said: Sequence[str] = ()
    bad: bool = False
    """Whether it was not done."""
    tables: Sequence[Table] = ()
    sure: str = ""
    """A question to answer with yes before it is done; the same action is then asked again."""
    files: Sequence[tuple[str, bytes]] = field(default=(), repr=False)
    """Files to keep, by name."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was chosen in the browser."""

    name: str
    data: bytes = field(repr=False)
    modified: datetime | None = None
    """When it was last changed, as its owner's machine says."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An action as it was asked for."""

    action: str
    values: Mapping[str, str]
    files: Mapping[str, Sequence[Upload]]
    """By field: the files that were chosen."""
    confirmed: bool


class Host(Protocol):
    """Who fills a page and does what is asked on it."""

    def page(self) -> Page:
        """Return the page as it is now."""

    def act(self, asked: Asked) -> Reply:
        """Do one thing; whatever goes wrong is a reply."""

    def choose(self, lang: str) -> None:
        """Show the page in another language from now on."""


def view(page: Page) -> dict[str, Any]:
    """Return the page as the browser takes it: plain data with its own words."""
    words = Words(page.lang)
    return {
        **asdict(page),
        "html_lang": HTML_LANG[page.lang],
        "words": {name: words.translate(text) for name, text in PANEL_WORDS.items()},
    }


def asked_of(message: Mapping[str, Any], buffers: Sequence[Any]) -> Asked:
    """Read what the browser sent; what does not fit is left out."""
    values = message.get("values")
    files: dict[str, list[Upload]] = {}
    named = message.get("files")
    for one, data in zip(named if isinstance(named, list) else [], buffers, strict=False):
        if isinstance(one, Mapping) and isinstance(one.get("field"), str):
            name = str(one.get("name", ""))[:200]
            upload = Upload(name, bytes(data), _moment(one.get("at")))
            files.setdefault(one["field"], []).append(upload)
    return Asked(
        action=str(message.get("action", "")),
        values={str(k): str(v) for k, v in values.items() if isinstance(v, str | int | float)}
        if isinstance(values, Mapping)
        else {},
        files=files,
        confirmed=message.get("confirmed") is True,
    )


def _moment(milliseconds: object) -> datetime | None:
    """Return the browser's clock as a moment, or None where it makes none."""
    try:
        return datetime.fromtimestamp(float(str(milliseconds)) / 1000, tz=UTC)
    except (ValueError, OverflowError, OSError):
        return None


def answer(
    host: Host, message: object, buffers: Sequence[Any] = ()
) -> tuple[dict[str, Any], list[bytes]]:
    """Do what the browser asked, and return what it is told with the files that go along.

    The reply has the number `ack` of what was asked and, but for a mere sign of life, the page as
    it is afterwards.
    """
    message = message if isinstance(message, Mapping) else {}
    told: dict[str, Any] = {"ack": message.get("seq")}
    files: list[bytes] = []
    match message.get("kind"):
        case "ping":
            return told, files
        case "language":
            lang = message.get("lang")
            if lang in LANGUAGES:
                host.choose(str(lang))
        case "act":
            reply = host.act(asked_of(message, buffers))
            files = [data for _, data in reply.files]
            told["reply"] = {
                "said": list(reply.said),
                "bad": reply.bad,
                "tables": [asdict(table) for table in reply.tables],
                "sure": reply.sure,
                "files": [name for name, _ in reply.files],
            }
    told["page"] = view(host.page())
    return told, files


def live(host: Host) -> Any:
    """Return the page as a widget that asks `host`."""
    from kamlib.forms.page_widget import page_widget  # a batch run needs none of it

    page = view(host.page())
    return page_widget(
        "panel.js", "panel.css", page, lambda asked, files: answer(host, asked, files)
    )


def page_html(page: Page) -> str:
    """Return the page as plain HTML, for a print or a notebook that nobody runs."""
    parts = [f"<h1>{escape(page.title)}</h1>", f"<p>{escape(page.lead)}</p>"]
    parts += [f"<p><b>{escape(number)}</b> {escape(what)}</p>" for number, what in page.facts]
    for section in page.sections:
        parts.append(f"<h2>{escape(section.title)}</h2>")
        parts += [f"<p>{escape(line)}</p>" for line in section.lines]
        parts += [_table_html(table) for table in section.tables]
    return "\n".join(parts)


def _table_html(table: Table) -> str:
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in table.head)
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(f'{cell.sign} {cell.text}'.strip())}</td>" for cell in row) + "</tr>"
        for row in table.rows
    )  # fmt: skip
    caption = f"<caption>{escape(table.caption)}</caption>" if table.caption else ""
    return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
