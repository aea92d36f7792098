"""What feedback and report share: the house style, Markdown, how times read in a language."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from babel.dates import format_datetime
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from kamlib.forms.page import rendered

TEMPLATES = Path(__file__).parent / "templates"

HTML_LANG = {"en": "en", "zh": "zh-CN"}
"""What stands in a page's lang attribute, so that a browser picks the right shapes of 汉字."""

_LOCALE = {"en": "en_GB", "zh": "zh_Hans_CN"}
_MOMENT = {"en": "d MMMM y, HH:mm", "zh": "y年M月d日 HH:mm"}
_DAY = {"en": "d MMMM", "zh": "M月d日"}
# babel knows no Chinese names for lengths of time
_UNITS = {"en": ("day", "hour", "minute"), "zh": ("天", "小时", "分钟")}


@cache
def environment() -> Environment:
    """Return the templates, compiled once a process; everything is escaped unless marked safe."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals["css"] = css
    return made


@cache
def css(*names: str) -> Markup:
    """Return the named style sheets of `templates` as one text."""
    # the style sheets are part of the package, so their text is safe
    return Markup("\n".join((TEMPLATES / name).read_text("utf-8") for name in names))


def markdown(text: str) -> Markup:
    """Return an author's Markdown as HTML; tags in it are shown, not obeyed."""
    # mistune escapes every tag and drops links to scripts
    return Markup(rendered(text))


def moment(when: datetime, lang: str) -> str:
    """Write a moment in its own zone.

    >>> moment(datetime(2026, 6, 15, 18, 20), "en"), moment(datetime(2026, 6, 15, 18, 20), "zh")
    ('15 June 2026, 18:20', '2026年6月15日 18:20')
    """
    said: str = format_datetime(when, _MOMENT[lang], locale=_LOCALE[lang])
    return said


def day(when: datetime, lang: str) -> str:
    """Write the day of a moment, in its own zone.

    >>> day(datetime(2026, 6, 20, 9), "en"), day(datetime(2026, 6, 20, 9), "zh")
    ('20 June', '6月20日')
    """
    said: str = format_datetime(when, _DAY[lang], locale=_LOCALE[lang])
    return said


def span(length: timedelta, lang: str) -> str:
    """Write a length of time in its two largest units, at least a minute.

    >>> span(timedelta(days=1, hours=3, minutes=20), "en"), span(timedelta(seconds=10), "zh")
    ('1 day 3 hours', '1分钟')
    """
    minutes = max(1, int(length.total_seconds() // 60))
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    counts = (days, hours, minutes)
    first = next(place for place, count in enumerate(counts) if count)
    said = [
        f"{count}{unit}" if lang == "zh" else f"{count} {unit}{'' if count == 1 else 's'}"
        for count, unit in list(zip(counts, _UNITS[lang], strict=True))[first : first + 2]
        if count
    ]
    return "".join(said) if lang == "zh" else " ".join(said)


def storable(text: Any) -> str:
    """Return the text with what UTF-8 cannot hold replaced, so that every page can be written."""
    return str(text).encode("utf-8", "replace").decode("utf-8")
