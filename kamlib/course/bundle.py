"""One unit as a cohort keeps it: items, keys and texts in every language, in one file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from kamlib.course.notebook import plain_heading
from kamlib.items.keys import Key, parse_key
from kamlib.items.model import Item, parse_item
from kamlib.words import Words


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
    )
