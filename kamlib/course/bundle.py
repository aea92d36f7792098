"""One unit as a cohort keeps it: items, keys and texts in every language, in one file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kamlib.course.notebook import plain_heading
from kamlib.items.keys import Key, parse_key
from kamlib.items.model import Item, Record, parse_item
from kamlib.words import Words


class Moved(Record):
    """One mark that a corrected key moved, or would have lowered."""

    code: str
    """Whose; the roster code and no name."""
    answers: str
    """The digest of the answers that were marked: another hand-in is not meant."""
    item: str
    before: float
    """The points that counted before."""
    after: float
    """The points by the corrected key."""
    kept: float | None = None
    """The machine's score that these answers keep, as nobody was to lose; None where it moved."""


class KeyFix(Record):
    """One correction of a cohort's key."""

    number: int
    """From 1; the bundle before it is kept under this number."""
    at: datetime
    """When, in the cohort's zone."""
    why: str
    """As the instructor put it; the trainees whose mark moved read it."""
    items: tuple[str, ...]
    """The items that are marked otherwise since."""
    wording: tuple[str, ...] = ()
    """The items of whose key only texts changed."""
    moved: tuple[Moved, ...] = ()

    @property
    def counts(self) -> tuple[int, int, int]:
        """How many marks went up, how many went down, and how many were kept from going down."""
        kept = sum(one.kept is not None for one in self.moved)
        up = sum(one.kept is None and one.after > one.before for one in self.moved)
        return up, len(self.moved) - kept - up, kept


@dataclass(frozen=True, slots=True)
class Bundle:
    """What grading a unit's exercise needs; it holds the keys, so it stays with the instructor."""

    unit: str
    version: str
    """Of the course."""
    title: str
    """Of the exercise, in the source language."""
    items: tuple[Item, ...]
    """The graded items in the order of the exercise."""
    keys: dict[str, Key]
    texts: dict[str, dict[str, str]]
    """By language: translations by English text."""
    reading: dict[str, str]
    """The heading under each lesson anchor, in the source language."""
    fixes: tuple[KeyFix, ...] = ()
    """How the keys were corrected since the cohort was made, the first one first.

    They stand here and not beside the keys, so that both come into force at the same moment.
    """

    @property
    def max(self) -> float:
        """The points of the exercise."""
        return sum(item.points for item in self.items)

    def words(self, lang: str) -> Words:
        """Return the sentences of this unit and of kamlib in a language."""
        return Words(lang, self.texts.get(lang))

    def places(self, lang: str) -> dict[str, str]:
        """Return the heading under each lesson anchor in a language, without its marks."""
        words = self.words(lang)
        return {name: plain_heading(words.translate(text)) for name, text in self.reading.items()}


def to_json(bundle: Bundle) -> str:
    """Write a bundle as JSON, in a fixed order."""
    data: dict[str, Any] = {
        "unit": bundle.unit,
        "version": bundle.version,
        "title": bundle.title,
        "items": [item.model_dump(mode="json", exclude_defaults=True) for item in bundle.items],
        "keys": {
            name: key.model_dump(mode="json", exclude_defaults=True, exclude={"interaction"})
            for name, key in bundle.keys.items()
        },
        "texts": bundle.texts,
        "reading": bundle.reading,
    }
    if bundle.fixes:
        data["fixes"] = [fix.model_dump(mode="json", exclude_defaults=True) for fix in bundle.fixes]
    return json.dumps(data, ensure_ascii=False, indent=1, sort_keys=False) + "\n"


def from_json(text: str) -> Bundle:
    """Read what `to_json` wrote."""
    data = json.loads(text)
    items = tuple(parse_item(entry) for entry in data["items"])
    kinds = {item.id: item.interaction for item in items}
    return Bundle(
        unit=data["unit"],
        version=data["version"],
        title=data["title"],
        items=items,
        keys={name: parse_key(kinds[name], key) for name, key in data["keys"].items()},
        texts=data["texts"],
        reading=data["reading"],
        fixes=tuple(KeyFix.model_validate(fix) for fix in data.get("fixes", ())),
    )
