"""Where personal data stands in the answers to questions about people outside the course."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from kamlib.items import model
from kamlib.items.answers import Answers
from kamlib.privacy_scan import Kind, Severity, scan
from kamlib.words import N_, Message, message

SHOWN = 5
"""How many places one sentence names."""

Path = tuple[str | int, ...]
"""The way to a text in an answers file: names of records and places in lists."""


@dataclass(frozen=True, slots=True)
class Found:
    """One piece of personal data in what a trainee typed; nothing of it is held unmasked."""

    item: str
    """The item's id; empty where it stands in no answer to a question of the exercise."""
    title: str
    """The item's title, in the language of the items; empty where there is no such item."""
    place: Message | None
    """The field as the trainee sees it; None where the question has one text only."""
    kind: Kind
    severity: Severity
    """Whether it has to go before the hand-in, or only has to be looked at."""
    shown: str
    """The text around it, with the personal data masked."""
    why: Message
    """What it is and what to do."""
    path: Path
    """Where the text stands in the answers file; no text for people."""
    seen: bool = True
    """Whether the form shows it, so that the trainee can take it out."""
    is_name: bool = False
    """Whether the text names a part of the file, instead of standing in it."""

    @property
    def where(self) -> Message:
        """Question and place, such as “The people by role”, row 3, Role."""
        if not self.title:
            return self.place or _NO_QUESTION
        title = Message(self.title)
        if self.place is None:
            return message("“{title}”", title=title)
        return message("“{title}”, {place}", title=title, place=self.place)

    @property
    def brief(self) -> Message:
        """Where it is and what it is, to stand in a list."""
        kind = Message(_KINDS[self.kind])
        return message("{where}: {kind} (“{text}”)", where=self.where, kind=kind, text=self.shown)

    @property
    def said(self) -> Message:
        """Where it is, what stands there and what to do, in full."""
        return message("{where}: “{text}”. {why}", where=self.where, text=self.shown, why=self.why)

    @property
    def told(self) -> Message:
        """Field and what it is, to stand below the question's title."""
        kind = Message(_KINDS[self.kind])
        if self.place is None:
            return message("Here: {kind} (“{text}”).", kind=kind, text=self.shown)
        return message("In {place}: {kind} (“{text}”).", place=self.place, kind=kind, text=self.shown)  # fmt: skip


def asked_for(items: Iterable[model.Item]) -> bool:
    """Tell whether any of these items is about people, so that answers are looked through."""
    return any(item.personal_data for item in items)


def personal_data(items: Iterable[model.Item], responses: Mapping[str, Any]) -> tuple[Found, ...]:
    """Return the personal data in the responses (any JSON, by item id) to a unit's items.

    As soon as one item is about people, every text is looked through, whatever it answers; else
    none is. What is found stands in the order of the items and of their fields.

    >>> item = model.parse_item({"interaction": "table", "id": "u.p", "title": "People", "prompt": "",
    ...     "personal_data": True, "columns": {"role": {"label": "Role"}}})
    >>> (found,) = personal_data([item], {"u.p": {"rows": [{}, {"role": "Buyer 138 1234 5678"}]}})
    >>> from kamlib.words import Words
    >>> Words("en").say(found.brief)
    '“People”, row 2, Role: a phone number (“Buyer 13• •••• ••78”)'
    """
    entries = {name: {"response": response} for name, response in responses.items()}
    return in_answers(items, Answers({"responses": entries}))


def in_answers(items: Iterable[model.Item], answers: Answers) -> tuple[Found, ...]:
    """Return the personal data in a whole answers file of a unit, as `personal_data` does.

    Besides the answers it holds earlier versions of them, records of committed stages, and what
    an older edition of the course asked for: all of it travels with a hand-in.
    """
    items = tuple(items)
    if not asked_for(items):
        return ()
    return tuple(found for text in _texts(items, answers.document) for found in _in_text(text))


def blocks(found: Iterable[Found]) -> bool:
    """Tell whether something has to go before the hand-in."""
    return any(one.severity == "block" for one in found)


def blocking(found: Iterable[Found]) -> tuple[Found, ...]:
    """Return what has to go before the hand-in."""
    return tuple(one for one in found if one.severity == "block")


def places(found: Sequence[Found]) -> tuple[Message, ...]:
    """Return the first places with what stands there, and how many more there are."""
    named = tuple(one.brief for one in found[:SHOWN])
    more = len(found) - len(named)
    return (*named, message("and {n} more", n=more)) if more else named


def blanked(answers: Answers, found: Iterable[Found]) -> Answers:
    """Return the answers file with these texts left empty, all else as it was."""
    document = deepcopy(dict(answers.document))
    for one in found:
        last = one.path[-1]
        match _at(document, one.path[:-1]):
            case dict() as holder if one.is_name:
                holder.pop(last, None)
            case dict() as holder if last in holder:  # a name that went took what it held with it
                holder[last] = ""
            case list() as row if isinstance(last, int):
                row[last] = ""
    return Answers(document)


# Where the texts are -----------------------------------------------------------------------------

_KINDS: Mapping[Kind, str] = {
    "phone": N_("a phone number"),
    "identity_card": N_("an identity card number"),
    "email": N_("an e-mail address"),
    "chat_id": N_("a chat id"),
    "bank_card": N_("a bank card number"),
    "name": N_("perhaps a person’s name"),
}

_OBJECTION = message("what you wrote under “I disagree”")
_NOT_SHOWN = message("a part of the answer that the question does not show")
_EARLIER = message("an earlier version of the answer")
_COMMITTED = message("the record of a committed stage")
_NO_QUESTION = message("a part of the answers file that belongs to no question of this exercise")

_OF_THE_FILE = frozenset({"format", "course", "unit", "language", "trainee", "revision"})
_OF_AN_ENTRY = frozenset({"revision", "saved_at", "window"})
_OF_A_RECORD = frozenset({"stage", "committed_at", "trainee", "digest", "receipt"})
"""What the workbook itself writes. A digest would look like a phone number now and then."""


@dataclass(frozen=True, slots=True)
class _Text:
    text: str
    item: model.Item | None
    place: Message | None
    path: Path
    seen: bool = False
    is_name: bool = False


def _in_text(text: _Text) -> Iterator[Found]:
    for one in scan({"": text.text}):
        yield Found(
            item=text.item.id if text.item else "",
            title=text.item.title if text.item else "",
            place=text.place,
            kind=one.kind,
            severity=one.severity,
            shown=one.shown,
            why=one.message,
            path=text.path,
            seen=text.seen,
            is_name=text.is_name,
        )


def _texts(items: Sequence[model.Item], document: Mapping[str, Any]) -> Iterator[_Text]:
    responses = document.get("responses", {})
    for item in items:
        if item.id in responses:
            yield from _in_entry(item, responses[item.id], ("responses", item.id))
    others = {name: responses[name] for name in responses.keys() - {item.id for item in items}}
    for name, entry in sorted(others.items()):
        yield _Text(name, None, None, ("responses", name), is_name=True)
        yield from _in_entry(None, entry, ("responses", name))
    for n, record in enumerate(document.get("stages", ())):
        yield from _hidden(record, None, _COMMITTED, ("stages", n), _OF_A_RECORD)
    yield from _hidden(document, None, None, (), _OF_THE_FILE | {"responses", "stages"})


def _in_entry(item: model.Item | None, entry: Mapping[str, Any], path: Path) -> Iterator[_Text]:
    response, below = entry["response"], (*path, "response")
    typed = dict(_typed(item, response)) if item and isinstance(response, Mapping) else {}
    for way, place in typed.items():
        text = _as_text(_at(response, way))
        if text:
            yield _Text(text, item, place, (*below, *way), seen=True)
    at_sight = frozenset((*below, *way) for way in typed)
    place = _NOT_SHOWN if item else None
    for hidden in _hidden(response, item, place, below):
        if hidden.path not in at_sight:
            yield hidden
    earlier = _EARLIER if item else None
    yield from _hidden(entry, item, earlier, path, _OF_AN_ENTRY | {"response"})


def _typed(item: model.Item, response: Mapping[str, Any]) -> Iterator[tuple[Path, Message | None]]:
    """Yield the way to each text that the form of a question shows, with what it is called there."""
    match item:
        case model.Structured():
            for name, label in _labels(item.fields):
                yield ("fields", name), label
        case model.Table():
            rows = response.get("rows")
            for n in range(len(rows) if isinstance(rows, list | tuple) else 0):
                for name, label in _labels(item.columns):
                    yield ("rows", n, name), message("row {n}, {column}", n=n + 1, column=label)
        case model.Prose():
            yield ("text",), None
        case model.Number():
            yield ("value",), Message(item.quantity)
        case model.Recall():
            lines = response.get("lines")
            for n in range(len(lines) if isinstance(lines, list | tuple) else 0):
                yield ("lines", n), message("line {n}", n=n + 1)
    yield ("disagree",), _OBJECTION


def _labels(fields: Mapping[str, model.TypedField]) -> Iterator[tuple[str, Message]]:
    for name, field in fields.items():
        if field.kind != "choice":
            yield name, Message(field.label)


def _at(value: Any, way: Path) -> Any:
    for step in way:
        try:
            value = value[step]
        except (LookupError, TypeError):
            return None
    return value


def _hidden(
    value: object,
    item: model.Item | None,
    place: Message | None,
    path: Path,
    ours: frozenset[str] = frozenset(),
) -> Iterator[_Text]:
    """Yield every text below a value, and the names of its parts, but for what is `ours`."""
    match value:
        case Mapping():
            for name, part in value.items():
                if name not in ours:
                    below = (*path, str(name))
                    yield _Text(str(name), item, place, below, is_name=True)
                    yield from _hidden(part, item, place, below)
        case list() | tuple():
            for n, part in enumerate(value):
                yield from _hidden(part, item, place, (*path, n))
        case _:
            if text := _as_text(value):
                yield _Text(text, item, place, path)


def _as_text(value: object) -> str:
    """Return what was typed: a number, too, may be a phone number."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    try:
        return str(value)
    except ValueError:
        return ""  # more digits than Python writes, and than any number of a person has
