"""What a cohort's report is made from, and how it travels to the notebook that shows it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, is_dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel

from kamlib.course.bundle import KeyFix
from kamlib.grading.results import ItemResult, Result, SecondMark, Trainee
from kamlib.items import model
from kamlib.items.keys import Key, parse_key
from kamlib.items.mark import Mark, MetGate, Outcome
from kamlib.words import Message, Words, message


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that could not be taken, or about which there is something to say."""

    file: str
    why: Message
    """One plain sentence."""
    code: str = ""
    """Whose it is, where that is known."""


@dataclass(frozen=True, slots=True)
class ReportData:
    """Everything a report is made from."""

    cohort: str
    unit: str
    title: str
    """The exercise's title, in English."""
    lang: str
    """The cohort's language."""
    items: tuple[model.Item, ...]
    keys: Mapping[str, Key]
    """By item id."""
    results: tuple[Result, ...]
    """One for each trainee on the roster; `counted` is 0 where nothing counts."""
    refused: tuple[Refused, ...] = ()
    """What could not be taken."""
    remarks: tuple[Refused, ...] = ()
    """What was taken, but is worth a word: code of one's own, files that nobody asked for."""
    due: datetime | None = None
    made: datetime | None = None
    """When the report was made, in the cohort's zone; left out where None."""
    texts: Mapping[str, str] | None = None
    """The unit's texts in the instructor's language, by English text."""
    reading: Mapping[str, str] | None = None
    """The heading of each place to read, by the lesson anchor that a key's `read` holds."""
    fixes: tuple[KeyFix, ...] = ()
    """How the key was corrected since the cohort was made."""


class ReportError(Exception):
    """The report cannot be made; carries a sentence that says why and what to do."""

    def __init__(self, sentence: Message) -> None:
        """Take the sentence."""
        super().__init__(Words("en").say(sentence))
        self.message = sentence


def to_json(data: ReportData) -> str:
    """Return the data as JSON text, for the notebook to read."""
    return json.dumps(_pack(data), indent=1, allow_nan=False)


def _pack(value: Any) -> Any:
    match value:
        case Message():
            return {"text": value.text, "values": [[k, _pack_value(v)] for k, v in value.values]}
        case BaseModel():
            return value.model_dump(mode="json")
        case datetime():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case Mapping():
            return {name: _pack(part) for name, part in value.items()}
        case list() | tuple():
            return [_pack(part) for part in value]
    if is_dataclass(value):
        return {name: _pack(getattr(value, name)) for name in value.__dataclass_fields__}
    return value


def _pack_value(value: object) -> Any:
    if isinstance(value, list | tuple):
        return [_pack_value(part) for part in value]
    if isinstance(value, Message):
        return _pack(value)
    return value if isinstance(value, int | float | str) else str(value)


def from_json(text: str) -> ReportData:
    """Return what `to_json` wrote; raises `ReportError` for a text that it did not write."""
    try:
        return _unpack(json.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ReportError(
            message(
                "The data file of the report cannot be read: {why}. Grade the cohort again.",
                why=str(error)[:300],
            )
        ) from error


def _unpack(raw: dict[str, Any]) -> ReportData:
    items = tuple(model.parse_item(item) for item in raw["items"])
    kinds = {item.id: item.interaction for item in items}
    return ReportData(
        **{
            **raw,
            "items": items,
            "keys": {
                name: parse_key(kinds[name], {k: v for k, v in key.items() if k != "interaction"})
                for name, key in raw["keys"].items()
            },
            "results": tuple(map(_result, raw["results"])),
            "refused": tuple(map(_refused, raw["refused"])),
            "remarks": tuple(map(_refused, raw["remarks"])),
            "due": _moment(raw["due"]),
            "made": _moment(raw["made"]),
            "fixes": tuple(map(KeyFix.model_validate, raw["fixes"])),
        }
    )


def _refused(raw: dict[str, Any]) -> Refused:
    return Refused(raw["file"], _message(raw["why"]), raw["code"])


def _moment(raw: str | None) -> datetime | None:
    return datetime.fromisoformat(raw) if raw else None


def _message(raw: dict[str, Any]) -> Message:
    return Message(raw["text"], tuple((name, _value(value)) for name, value in raw["values"]))


def _value(raw: Any) -> object:
    if isinstance(raw, dict):
        return _message(raw)
    return tuple(map(_value, raw)) if isinstance(raw, list) else raw


def _result(raw: dict[str, Any]) -> Result:
    return Result(
        **{
            **raw,
            "trainee": Trainee(**raw["trainee"]),
            "items": tuple(map(_item, raw["items"])),
            "received": _moment(raw["received"]),
            "late": timedelta(seconds=raw["late"]),
            "notes": tuple(map(_message, raw["notes"])),
            "corrections": tuple(map(KeyFix.model_validate, raw["corrections"])),
        }
    )


def _item(raw: dict[str, Any]) -> ItemResult:
    second = SecondMark(**raw["second"]) if raw["second"] else None
    return ItemResult(**{**raw, "mark": _mark(raw["mark"]), "second": second})


def _mark(raw: dict[str, Any]) -> Mark:
    return Mark(
        **{
            **raw,
            "outcome": Outcome(raw["outcome"]),
            "feedback": tuple(map(_message, raw["feedback"])),
            "traps": tuple(raw["traps"]),
            "gate": _gate(raw["gate"]) if raw["gate"] else None,
        }
    )


def _gate(raw: dict[str, Any]) -> MetGate:
    return MetGate(**{**raw, "says": _message(raw["says"])})
