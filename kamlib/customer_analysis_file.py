"""How a whole customer analysis is written in a file, in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import chain

import yaml

from kamlib import unique_yaml
from kamlib.customer_analysis import PARTS, Row, Written
from kamlib.words import LANGUAGES

_KNOWN = frozenset(chain.from_iterable(PARTS.values()))


def read_written(text: str, lang: str) -> Written:
    r"""Return an analysis as it stands in a YAML file, with its texts in one of `LANGUAGES`.

    The file maps parts to fields by name, or to a list of rows of these. A value is a text in every
    language (`{en: …, zh: …}`), or the same in all: the key of a choice, a sign, a number, a day. What
    is left blank is left out.

    Raises `ValueError` with a plain reason that names the place, where a file is no analysis, and for
    a language that there is not.

    >>> file = "customer: {sign: {en: Distributor K, zh: 经销商 K}, 'on': 2026-06-08}"
    >>> read_written(file, "zh")["customer"]
    {'sign': '经销商 K', 'on': datetime.date(2026, 6, 8)}
    >>> read_written("customer: {on: 2026-06-08}", "en")
    Traceback (most recent call last):
    ValueError: customer: a name of a field is True; write it in quotes, such as 'on'
    """
    if lang not in LANGUAGES:
        raise ValueError(f"no such language: {lang!r}; there are {', '.join(LANGUAGES)}")
    try:
        found = unique_yaml.load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # a day such as 2026-02-31 is one
        raise ValueError(f"the file cannot be read as YAML: {error}") from None
    if not isinstance(found, Mapping):
        raise ValueError("the file holds no parts; it begins with one such as customer")
    return {_part(name): _content(name, content, lang) for name, content in found.items()}


def _part(name: object) -> str:
    if not isinstance(name, str) or name not in _KNOWN:
        raise ValueError(f"there is no part {name!r}; there are {', '.join(sorted(_KNOWN))}")
    return name


def _content(name: str, content: object, lang: str) -> Row | Sequence[Row]:
    if isinstance(content, Mapping):
        return _row(name, content, lang)
    if isinstance(content, list):
        return [_row(f"{name}, row {n}", row, lang) for n, row in enumerate(content, 1)]
    raise ValueError(f"{name}: here stand neither fields nor rows")


def _row(where: str, row: object, lang: str) -> Row:
    if not isinstance(row, Mapping):
        raise ValueError(f"{where}: here stand no fields")
    filled: dict[str, object] = {}
    for name, value in row.items():
        if not isinstance(name, str):
            raise ValueError(
                f"{where}: a name of a field is {name!r}; write it in quotes, such as 'on'"
            )
        if value is not None:
            filled[name] = _value(f"{where}, {name}", value, lang)
    return filled


def _value(where: str, value: object, lang: str) -> str | int | float | date:
    if isinstance(value, Mapping):
        if set(value) != set(LANGUAGES):
            raise ValueError(f"{where}: a text stands in {' and '.join(LANGUAGES)}, each once")
        if not all(isinstance(each, str) and each.strip() for each in value.values()):
            raise ValueError(f"{where}: a text is blank in one of the languages, or is none")
        return str(value[lang]).strip()
    if isinstance(value, bool) or not isinstance(value, (str, int, float, date)):
        raise ValueError(f"{where}: {value!r} is no text, no number and no day")
    if isinstance(value, datetime):
        raise ValueError(f"{where}: {value} has a time; write the day alone")
    return value
