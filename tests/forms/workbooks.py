"""A tiny packed workbook to try the start page on."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from kamlib.items.answers import AnswersFile

UNITS = ("01_one", "02_two")
SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 6, 10, 9, 30, tzinfo=SHANGHAI)
RIGHT = {"choice": "a"}


def item(unit: str, name: str, use: str, **more: Any) -> dict[str, Any]:
    """Return a question of a unit; two of its titles would do harm if they were obeyed."""
    return {
        "id": f"{unit[3:]}.{name}", "interaction": "choice", "use": use, "title": f"<b>{name}</b>",
        "prompt": f"Which {name}?", "options": {"a": "The <i>first</i>", "b": "The second"}, **more,
    }  # fmt: skip


def settings(**more: Any) -> dict[str, Any]:
    """Return what `kam.json` says."""
    return {
        "title": {"en": "A course", "zh": "一门课"}, "lang": "en", "version": "0.1",
        "cohort": "spring", "tz": "Asia/Shanghai", "due": {"01_one": "2026-06-15"},
        "send_to": "lin@example.com",
        "units": [
            {"name": "01_one", "title": {"en": "First things", "zh": "第一课"}, "teaching": 35,
             "exercises": 25, "minutes": 45},
            {"name": "02_two", "title": {"en": "Second things", "zh": "第二课"}},
        ],
    } | more  # fmt: skip


def make(root: Path, **more: Any) -> Path:
    """Write a workbook of two units, each with two questions to practise and two that are graded."""
    put(root / "kam.json", settings(**more))
    put(root / "start.ipynb", {})
    for unit in UNITS:
        folder = root / "units" / unit
        folder.mkdir(parents=True)
        for lang in ("en", "zh"):
            for notebook in ("lesson", "exercise"):
                put(folder / f"{notebook}.{lang}.ipynb", {"cells": []})
            items = [
                item(unit, "try_one", "practice"), item(unit, "try_two", "practice"),
                item(unit, "who", "graded"), item(unit, "why", "graded", reasons={"r": "R", "s": "S"}),
            ]  # fmt: skip
            put(folder / f"{unit}.items.{lang}.json", {"items": items, "keys": {}})
    return root


def put(path: Path, data: Any) -> None:
    """Write a file: bytes as they are, all else as JSON."""
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_bytes(data if isinstance(data, bytes) else json.dumps(data).encode())


def save(root: Path, name: str, response: Any, when: datetime = NOW, unit: str = "01_one") -> None:
    """Answer a question as its form does."""
    kind = "practice" if name.startswith("try") else "answers"
    path = root / "units" / unit / f"{unit}.{kind}.json"
    AnswersFile(path, lambda: when).save(f"{unit[3:]}.{name}", response, seen=0, window="w")


def complete(root: Path, unit: str = "01_one", when: datetime = NOW) -> None:
    """Answer both graded questions of a unit."""
    save(root, "who", RIGHT, when, unit)
    save(root, "why", RIGHT | {"reason": "r"}, when, unit)


def receive(root: Path, *made: datetime, unit: str = "01_one", code: str = "A07") -> None:
    """Write receipts as if hand-ins had been made then."""
    put(
        root / "handed_in" / "receipts.json",
        [
            {"unit": unit, "attempt": n, "receipt": f"{n}F2A-0000-1111", "when": one.isoformat(),
             "file": f"{n}.zip", "trainee": code}
            for n, one in enumerate(made, 1)
        ],
    )  # fmt: skip


def known(root: Path, lang: str = "") -> Path:
    """Say who the workbook belongs to."""
    put(root / "me.json", {"code": "A07", "name": "Lin Mei", "lang": lang})
    return root


PEOPLE = {"en": ("The people by role", "Role", "Sales"), "zh": ("关键的人和角色", "角色", "销售额")}


def about_people(root: Path, unit: str = "02_two") -> None:
    """Give a unit two graded questions about people, a table and a text, in place of its own."""
    for lang, (title, role, sales) in PEOPLE.items():
        base = {"use": "graded", "prompt": "Who?", "personal_data": True}
        items = [
            base | {"id": f"{unit[3:]}.people", "interaction": "table", "title": title,
                    "columns": {"role": {"label": role},
                                "sales": {"label": sales, "kind": "number", "required": False}}},
            base | {"id": f"{unit[3:]}.house", "interaction": "text", "title": "House",
                    "criteria": {"seen": "Seen"}},
        ]  # fmt: skip
        put(root / "units" / unit / f"{unit}.items.{lang}.json", {"items": items, "keys": {}})
