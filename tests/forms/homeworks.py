"""What tests of the homework share: a workbook with its questions, and answers in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from kamlib import unique_yaml
from kamlib.customer_analysis_file import read_written
from kamlib.forms.activity_homework import EXAMPLE, HomeworkDesk
from kamlib.forms.place import here
from kamlib.items.answers import AnswersFile
from kamlib.items.model import Item, parse_item
from tests.forms.workbooks import put

UNIT, SLUG = "10_customer_analysis", "customer_analysis"
SOURCE = Path(__file__).parents[2] / "units" / UNIT
NOW = datetime(2026, 6, 10, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
ANSWERS = f"{UNIT}.answers.json"


@cache
def questions() -> dict[str, Item]:
    """Return the graded questions by their part."""
    listed: Any = unique_yaml.load((SOURCE / "items.yaml").read_text("utf-8"))
    items = [parse_item(one) for one in listed if one.get("use") == "graded"]
    return {item.id.partition(".")[2]: item for item in items}


def example(lang: str = "en") -> dict[str, Any]:
    """Return the worked example: fields or rows by part."""
    return dict(read_written((SOURCE / EXAMPLE).read_text("utf-8"), lang))


def unpacked(root: Path, due: str = "2026-06-15") -> Path:
    """Unpack a workbook with the homework; return the unit's folder."""
    folder = root / "units" / UNIT
    put(root / "kam.json", {"lang": "en", "version": "0.1", "tz": "Asia/Shanghai", "due": {UNIT: due},
                            "units": [{"name": UNIT, "title": {"en": "Homework"}}]})  # fmt: skip
    put(root / "me.json", {"code": "A07", "name": "Lin Mei"})
    items = [one.model_dump(mode="json", exclude_defaults=True) for one in questions().values()]
    for lang in ("en", "zh"):
        put(folder / f"{UNIT}.items.{lang}.json", {"items": items, "keys": {}})
    put(folder / EXAMPLE, (SOURCE / EXAMPLE).read_bytes())
    return folder


def response(part: str, value: Any) -> dict[str, Any]:
    """Return a part as its form sends it."""

    def plain(row: Mapping[str, Any]) -> dict[str, Any]:
        return {k: v.isoformat() if isinstance(v, date) else v for k, v in row.items()}

    match questions()[part].interaction:
        case "table":
            return {"rows": [plain(row) for row in value]}
        case "text":
            return {"text": value["text"]}
    return {"fields": plain(value)}


def write(folder: Path, **parts: Any) -> None:
    """Answer these parts as their forms do."""
    file = AnswersFile(folder / ANSWERS)
    for part, value in parts.items():
        entry = file.load().entry(f"{SLUG}.{part}")
        raw = value if isinstance(value, dict) and "raw" in value else None
        file.save(f"{SLUG}.{part}", raw["raw"] if raw else response(part, value),
                  seen=entry.revision if entry else 0, window="w")  # fmt: skip


def desk_of(folder: Path, panel: str, lang: str = "en") -> HomeworkDesk:
    """Return a panel's desk on that day."""
    return HomeworkDesk(here(folder / f"exercise.{lang}.ipynb"), SLUG, panel, lambda: NOW)
