"""What a trainee answered: a raw response as a typed record, or blank, or unreadable."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from kamlib.items import model
from kamlib.items.scene import walk
from kamlib.words import Message, message

MAX_TYPED = 20_000
"""Characters of a typed field that are looked at; what follows is left to a person."""
MAX_NUMBER = 60
"""Characters of a typed number; a longer one is no number."""
MAX_LINE = 300
"""Characters of a recalled line that are looked at."""


@dataclass(frozen=True, slots=True)
class Blank:
    """Nothing was answered."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Something was answered that does not fit the question."""

    why: Message
    """What does not fit, in a sentence."""


@dataclass(frozen=True, slots=True)
class ChoiceAnswer:
    """One option and, where asked, the reason; either may be missing, not both."""

    option: str | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ChoicesAnswer:
    """The options taken."""

    options: frozenset[str]


@dataclass(frozen=True, slots=True)
class MatchAnswer:
    """The option given to each stem that has one."""

    pairs: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class OrderAnswer:
    """The options placed, each once."""

    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClassifyAnswer:
    """The class given to each line that has one."""

    classes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SpotErrorAnswer:
    """The segment pointed at and the kind of error named; either may be missing, not both."""

    where: str | None
    kind: str | None


@dataclass(frozen=True, slots=True)
class NumberAnswer:
    """A finite value as typed, with its unit, reading and confidence where given."""

    value: float
    typed: str
    """The value as the trainee wrote it."""
    unit: str | None = None
    reading: str | None = None
    confidence: float | None = None
    """How sure, in per cent, from 0 to 100."""


@dataclass(frozen=True, slots=True)
class RecallAnswer:
    """The lines that are not blank, at most as many as the form offers."""

    lines: tuple[str, ...]
    ignored: int = 0
    """How many more lines there were."""


@dataclass(frozen=True, slots=True)
class EvidenceAnswer:
    """The facts put to each claim that has any."""

    facts: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class IllFormed:
    """A field that holds something other than its kind asks for."""

    typed: str
    """What stands there."""


Value = str | float | date | IllFormed
"""A field's value by kind: text and choice, number, date, or not well-formed."""


@dataclass(frozen=True, slots=True)
class StructuredAnswer:
    """The fields that are not blank."""

    fields: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class TableAnswer:
    """The rows that are not blank, each with its fields that are not blank."""

    rows: tuple[Mapping[str, Value], ...]
    ignored: int = 0
    """How many more rows there were than the table has room for."""


@dataclass(frozen=True, slots=True)
class TextAnswer:
    """A text, whole."""

    text: str


@dataclass(frozen=True, slots=True)
class SceneAnswer:
    """The choices of a play from the start on, each of which the scene has."""

    path: tuple[str, ...]
    """Empty where he has put a play aside and not begun again."""
    plays: tuple[tuple[str, ...], ...] = ()
    """The plays put aside, as far as they lead to an ending of this edition of the scene."""


@dataclass(frozen=True, slots=True)
class OwnWords:
    """A text of the trainee's own and the criteria he ticked; either may be empty, not both."""

    text: str
    ticks: frozenset[str]


@dataclass(frozen=True, slots=True)
class ReflectAnswer:
    """The texts that are not left blank, by number from 1."""

    entries: Mapping[int, OwnWords]


Answer = (
    ChoiceAnswer | ChoicesAnswer | MatchAnswer | OrderAnswer | ClassifyAnswer | SpotErrorAnswer
    | NumberAnswer | RecallAnswer | EvidenceAnswer | StructuredAnswer | TableAnswer | TextAnswer
    | SceneAnswer | ReflectAnswer
)  # fmt: skip

BLANK = Blank()


class _Misfit(ValueError):
    """Carries the sentence that says what does not fit."""

    def __init__(self, why: Message) -> None:
        super().__init__(why.text)
        self.why = why


def read_response(item: model.Item, raw: object) -> Answer | Blank | Unreadable:
    """Read the raw response `raw`, any JSON value, to `item`; never raises.

    Fields and keys that the item does not know are ignored; an unknown *option* makes the
    response unreadable, since it may stem from another edition of the course.

    >>> item = model.parse_item({"interaction": "choices", "id": "u.q", "title": "", "prompt": "",
    ...                          "options": {"a": "A", "b": "B"}})
    >>> read_response(item, {"choices": ["b", "b"], "since": 3})
    ChoicesAnswer(options=frozenset({'b'}))
    >>> read_response(item, {"choices": []})
    Blank()
    """
    if raw is None:
        return BLANK
    if not isinstance(raw, Mapping):
        return Unreadable(_shape())
    try:
        return _READERS[item.interaction](item, raw)
    except _Misfit as misfit:
        return Unreadable(misfit.why)


def clean(text: str, limit: int = MAX_TYPED) -> str:
    r"""Return typed text without the ends' blanks, lone surrogates replaced, cut at `limit`.

    >>> clean(" Ma\ud800 ")
    'Ma?'
    """
    text = text[:limit].strip()
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode(errors="replace").decode()
    return text


# Numbers and dates as people type them ------------------------------------------------------

_SIGNS_AND_BLANKS = {
    **dict.fromkeys(map(ord, "−–—‒﹣"), "-"),
    **dict.fromkeys(map(ord, "’‘"), "'"),
}
SCALES: Mapping[str, float] = {
    "千": 1e3, "k": 1e3, "thousand": 1e3, "万": 1e4, "萬": 1e4, "十万": 1e5, "百万": 1e6,
    "m": 1e6, "mn": 1e6, "million": 1e6, "千万": 1e7, "亿": 1e8, "億": 1e8,
    "bn": 1e9, "billion": 1e9, "百": 1e2, "": 1.0,
}  # fmt: skip
"""By what a sign or word after a number multiplies it."""

_NUMBER = re.compile(
    r"(?:(?:[≈~约]|about|circa|ca\.?)\s*)?(?P<sign>[-+负]?)\s*(?:[¥$€£]\s*)?"
    r"(?P<digits>[0-9]{1,3}(?:(?P<group>[, '])[0-9]{3})(?:(?P=group)[0-9]{3})*(?:\.[0-9]*)?"
    r"|[0-9]+,[0-9]{1,2}|[0-9]+\.?[0-9]*|\.[0-9]+)"
    r"(?:e(?P<power>[-+]?[0-9]{1,3}))?"
    r"\s*(?P<times>" + "|".join(sorted(filter(None, SCALES), key=len, reverse=True)) + r"|)"
    r"\s*(?P<percent>%?)\s*[元块倍家个台件箱店次天人张单]?"
)
_WAN_AND_REST = re.compile(
    r"(?:([0-9]+)[亿億])?\s*(?:([0-9]+(?:\.[0-9]+)?)[万萬])\s*(?:([0-9])千|([0-9]{4}))?"
)
_DATE = re.compile(r"([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*日?")


def read_number(typed: object, per_cent: bool = False) -> float | None:
    """Return the finite number a person typed, or None where it cannot be told for sure.

    Read are digits in any width, grouped in thousands by comma, blank or apostrophe, a decimal
    point, a decimal comma before one or two digits, signs, currency signs, 万 and 亿, k, million,
    powers of ten, “about” before it, one Chinese measure word after it, and the per cent sign,
    which means hundredths unless the unit already is per cent (`per_cent`). Not read are words,
    sums and fractions.

    >>> [read_number(t) for t in ("36,000", "36 000", "3.6万", "３６０００", "-1.2亿", "3万6千")]
    [36000.0, 36000.0, 36000.0, 36000.0, -120000000.0, 36000.0]
    >>> [read_number(t) for t in ("－2.5元", "负2.5", "2300家", "2.15倍", "约0.47")]
    [-2.5, -2.5, 2300.0, 2.15, 0.47]
    >>> read_number("15%"), read_number("15 %", per_cent=True), read_number("2,5")
    (0.15, 15.0, 2.5)
    >>> [read_number(t) for t in ("about five", "3,6000", "1/3", "nan", float("inf"), True)]
    [None, None, None, None, None, None]
    """
    if isinstance(typed, bool):
        return None
    if isinstance(typed, (int, float)):
        try:
            return _finite(float(typed))
        except OverflowError:
            return None
    if not isinstance(typed, str) or len(typed) > MAX_NUMBER:
        return None
    if typed.isascii() and typed.isdecimal():
        return _finite(float(typed))
    text = _simple(typed)
    if found := _NUMBER.fullmatch(text):
        digits = found["digits"]
        if found["group"]:
            digits = digits.replace(found["group"], "")
        value = float(digits.replace(",", ".") + "e" + (found["power"] or "0"))
        value *= SCALES[found["times"]]
        if found["percent"] and not per_cent:
            value /= 100
        return _finite(-value if found["sign"] in ("-", "负") else value)
    if found := _WAN_AND_REST.fullmatch(text):
        yi, wan, thousands, rest = found.groups()
        return (
            float(yi or 0) * 1e8 + float(wan) * 1e4 + float(thousands or 0) * 1e3 + float(rest or 0)
        )
    return None


def _simple(typed: str) -> str:
    return unicodedata.normalize("NFKC", typed).translate(_SIGNS_AND_BLANKS).strip().lower()


def scale_said(typed: str) -> float:
    """Return by what the sign or word after a typed number multiplies it; 1 where there is none.

    >>> [scale_said(typed) for typed in ("21万", "210 thousand", "3万6千", "210", "many")]
    [10000.0, 1000.0, 10000.0, 1.0, 1.0]
    """
    text = _simple(typed[:MAX_NUMBER])
    if found := _NUMBER.fullmatch(text):
        return SCALES[found["times"]]
    return SCALES["万"] if _WAN_AND_REST.fullmatch(text) else 1.0


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def read_date(typed: object) -> date | None:
    """Return the date a person typed, year first, or None.

    >>> read_date("2026-06-15"), read_date("2026年6月15日"), read_date("15.6."), read_date(7)
    (datetime.date(2026, 6, 15), datetime.date(2026, 6, 15), None, None)
    """
    if not isinstance(typed, str):
        return None
    found = _DATE.fullmatch(unicodedata.normalize("NFKC", typed[:MAX_NUMBER]).strip())
    if not found:
        return None
    try:
        return date(*(int(part) for part in found.groups()))
    except ValueError:
        return None


# Reading, one function an interaction -------------------------------------------------------


def _shape() -> Message:
    return message("The answer is stored in a form that this question does not have.")


def _option(options: Mapping[str, Any], raw: object) -> str | None:
    """Return a known option key, None where it is blank."""
    if raw is None or raw == "":
        return None
    if isinstance(raw, str) and raw in options:
        return raw
    raise _no_option(raw)


def _no_option(raw: object) -> _Misfit:
    return _Misfit(
        message(
            "The answer holds “{option}”, which is not among the options of this question.",
            option=short(raw) if isinstance(raw, str) else "…",
        )
    )


def short(text: str, limit: int = 60) -> str:
    """Return typed text short enough to be quoted in a sentence.

    >>> short("abcdef", 4)
    'abc…'
    """
    text = " ".join(clean(text, limit * 4).split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _several(raw: Mapping[str, Any], field: str) -> list[Any]:
    value = raw.get(field)
    if value is None:
        return []
    if isinstance(value, (list, tuple)):
        return list(value)
    raise _Misfit(_shape())


def _mapping(raw: Mapping[str, Any], field: str) -> Mapping[str, Any]:
    value = raw.get(field)
    if value is None:
        return {}
    if isinstance(value, Mapping):
        return value
    raise _Misfit(_shape())


def _choice(item: model.Choice, raw: Mapping[str, Any]) -> Answer | Blank:
    option = _option(item.options, raw.get("choice"))
    reason = _option(item.reasons, raw.get("reason")) if item.reasons else None
    return ChoiceAnswer(option, reason) if option or reason else BLANK


def _choices(item: model.Choices, raw: Mapping[str, Any]) -> Answer | Blank:
    taken = {_option(item.options, option) for option in _several(raw, "choices")} - {None}
    return ChoicesAnswer(frozenset(option for option in taken if option)) if taken else BLANK


def _assigned(
    left: Mapping[str, Any], right: Mapping[str, Any], raw: Mapping[str, Any]
) -> dict[str, str]:
    given = {}
    for name in left:
        if option := _option(right, raw.get(name)):
            given[name] = option
    return given


def _match(item: model.Match, raw: Mapping[str, Any]) -> Answer | Blank:
    pairs = _assigned(item.stems, item.options, _mapping(raw, "pairs"))
    return MatchAnswer(pairs) if pairs else BLANK


def _order(item: model.Order, raw: Mapping[str, Any]) -> Answer | Blank:
    placed = (_option(item.options, option) for option in _several(raw, "order"))
    options = tuple(dict.fromkeys(option for option in placed if option))
    return OrderAnswer(options) if options else BLANK


def _classify(item: model.Classify, raw: Mapping[str, Any]) -> Answer | Blank:
    classes = _assigned(item.lines, item.classes, _mapping(raw, "classes"))
    return ClassifyAnswer(classes) if classes else BLANK


def _spot_error(item: model.SpotError, raw: Mapping[str, Any]) -> Answer | Blank:
    where = _option(item.segments, raw.get("where"))
    kind = _option(item.kinds, raw.get("kind"))
    return SpotErrorAnswer(where, kind) if where or kind else BLANK


def is_per_cent(unit: str, label: str) -> bool:
    """Tell whether a unit counts hundredths, from its key or its English label.

    >>> is_per_cent("pct", "%"), is_per_cent("pieces", "pieces a month")
    (True, False)
    """
    return (
        unit.startswith(("percent", "per_cent", "pct"))
        or "%" in label
        or "percent" in label
        or "per cent" in label
    )


def _number(item: model.Number, raw: Mapping[str, Any]) -> Answer | Blank:
    typed = raw.get("value")
    if typed is None or (isinstance(typed, str) and not typed.strip()):
        return BLANK
    unit = _option(item.units, raw.get("unit"))
    if unit is None and len(item.units) == 1:
        unit = next(iter(item.units))
    reading = _option(item.readings, raw.get("reading")) if item.readings else None
    label = item.units[unit] if unit else ""
    per_cent = unit is not None and is_per_cent(unit, label)
    value = read_number(typed, per_cent)
    if value is None and isinstance(typed, str) and unit and len(typed) <= MAX_NUMBER:
        value = _without_unit(typed, unit, label, per_cent)
    if value is None:
        raise _Misfit(_no_number(typed))
    sure = read_number(raw.get("confidence"), per_cent=True)
    return NumberAnswer(
        value=value,
        typed=short(typed) if isinstance(typed, str) else f"{value:.15g}",
        unit=unit,
        reading=reading,
        confidence=sure if sure is not None and 0 <= sure <= 100 else None,
    )


def _without_unit(typed: str, unit: str, label: str, per_cent: bool) -> float | None:
    """Read "36,000 pieces" where pieces is the unit chosen anyway."""
    text = typed.strip().casefold()
    for name in (label.casefold(), unit.casefold()):
        if name and text.endswith(name):
            return read_number(text.removesuffix(name), per_cent)
    return None


def _no_number(typed: object) -> Message:
    return message(
        "“{typed}” cannot be read as a number. Write digits only, such as 36,000 or 2.5.",
        typed=short(typed) if isinstance(typed, str) else "…",
    )


def _recall(item: model.Recall, raw: Mapping[str, Any]) -> Answer | Blank:
    lines: list[str] = []
    for line in _several(raw, "lines"):
        if line is None:
            continue
        if not isinstance(line, str):
            raise _Misfit(_shape())
        lines += filter(None, (clean(part, MAX_LINE + 1) for part in _split(line)))
    kept = tuple(lines[: item.lines])
    return RecallAnswer(kept, ignored=len(lines) - len(kept)) if kept else BLANK


def _split(line: str) -> list[str]:
    return line[:MAX_TYPED].splitlines()


def _evidence(item: model.Evidence, raw: Mapping[str, Any]) -> Answer | Blank:
    given = _mapping(raw, "facts")
    facts = {}
    for claim in item.claims:
        put = {_option(item.facts, fact) for fact in _several(given, claim)}
        if known := frozenset(fact for fact in put if fact):
            facts[claim] = known
    return EvidenceAnswer(facts) if facts else BLANK


def _structured(item: model.Structured, raw: Mapping[str, Any]) -> Answer | Blank:
    fields = _fields(item.fields, _mapping(raw, "fields"))
    return StructuredAnswer(fields) if fields else BLANK


def _table(item: model.Table, raw: Mapping[str, Any]) -> Answer | Blank:
    rows = []
    for row in _several(raw, "rows"):
        if row is None:
            continue
        if not isinstance(row, Mapping):
            raise _Misfit(_shape())
        if fields := _fields(item.columns, row):
            rows.append(fields)
    kept = tuple(rows[: item.max_rows])
    return TableAnswer(kept, ignored=len(rows) - len(kept)) if kept else BLANK


def _fields(spec: Mapping[str, model.TypedField], raw: Mapping[str, Any]) -> dict[str, Value]:
    values = {}
    for name, field in spec.items():
        value = _field(field, raw.get(name))
        if value is not None:
            values[name] = value
    return values


def _field(field: model.TypedField, raw: object) -> Value | None:
    """Read one field; None where it is blank."""
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return None
    value: Value | None = None
    match field.kind:
        case "number":
            value = read_number(raw, is_per_cent("", field.label))
        case "date":
            value = read_date(raw)
        case "choice":
            value = raw if isinstance(raw, str) and raw in field.options else None
        case "text":
            value = clean(raw) if isinstance(raw, str) else None
    if value is not None:
        return value
    return IllFormed(short(raw) if isinstance(raw, str) else "…")


def _text(item: model.Prose, raw: Mapping[str, Any]) -> Answer | Blank:
    text = raw.get("text")
    if text is None:
        return BLANK
    if not isinstance(text, str):
        raise _Misfit(_shape())
    whole = clean(text, len(text))
    return TextAnswer(whole) if whole else BLANK


def _scene(item: model.Scene, raw: Mapping[str, Any]) -> Answer | Blank:
    walked = walk(item, _several(raw, "path"))
    if walked.lost:
        raise _no_option(walked.lost[0])
    plays = (walk(item, play) for play in _several(raw, "plays") if isinstance(play, list | tuple))
    kept = tuple(
        tuple(step.choice for step in play.steps)
        for play in plays
        if play.finished and not play.lost
    )
    path = tuple(step.choice for step in walked.steps)
    return SceneAnswer(path, kept) if path or kept else BLANK


def _reflect(item: model.Reflect, raw: Mapping[str, Any]) -> Answer | Blank:
    given = _mapping(raw, "entries")
    entries = {}
    for n in range(1, item.entries + 1):
        entry = _mapping(given, str(n))
        text = entry.get("text") or ""
        if not isinstance(text, str):
            raise _Misfit(_shape())
        ticks = {_option(item.criteria, tick) for tick in _several(entry, "ticks")}
        words = OwnWords(clean(text), frozenset(tick for tick in ticks if tick))
        if words.text or words.ticks:
            entries[n] = words
    return ReflectAnswer(entries) if entries else BLANK


_READERS: Mapping[str, Callable[[Any, Mapping[str, Any]], Answer | Blank]] = {
    "choice": _choice,
    "choices": _choices,
    "match": _match,
    "order": _order,
    "classify": _classify,
    "spot_error": _spot_error,
    "number": _number,
    "recall": _recall,
    "evidence": _evidence,
    "structured": _structured,
    "plan": _structured,
    "table": _table,
    "text": _text,
    "scene": _scene,
    "reflect": _reflect,
}


# What is missing in fields, said the same way in a form and in a mark ------------------------


def missing_fields(
    spec: Mapping[str, model.TypedField], values: Mapping[str, Value]
) -> list[Message]:
    """Return the labels of the required fields that are blank."""
    return [Message(f.label) for name, f in spec.items() if f.required and name not in values]


def ill_formed(
    spec: Mapping[str, model.TypedField], values: Mapping[str, Value]
) -> Iterator[Message]:
    """Yield a sentence for each field that is not of its kind."""
    for name, value in values.items():
        if isinstance(value, IllFormed):
            label = Message(spec[name].label)
            match spec[name].kind:
                case "number":
                    yield message(
                        "{field}: “{typed}” cannot be read as a number. "
                        "Write digits only, such as 36,000 or 2.5.",
                        field=label,
                        typed=value.typed,
                    )
                case "date":
                    yield message(
                        "{field}: “{typed}” cannot be read as a date. "
                        "Write year, month and day, such as 2026-06-15.",
                        field=label,
                        typed=value.typed,
                    )
                case "choice":
                    yield message(
                        "{field}: “{typed}” is not among the options.",
                        field=label,
                        typed=value.typed,
                    )
                case _:
                    yield message("{field}: this is not a text.", field=label)
