"""Which figures stand in a text."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Written:
    """A number as it stands in a text."""

    value: float
    written: str
    step: float
    """What its last digit counts."""
    digits: int
    """How many digits it is written with, leading zeros apart."""
    end: int
    """Where it ends."""

    @property
    def start(self) -> int:
        """Where it begins."""
        return self.end - len(self.written)

    def is_(self, value: float) -> bool:
        """Tell whether this is how someone may have written a value, rounded to the digits shown."""
        return abs(self.value - value) <= self.step / 2 * (1 + 1e-9) and (
            self.step <= 1 or abs(self.value - value) <= 0.005 * value
        )


_DIGITS = re.compile(
    r"(?<![\d.A-Za-z])(?<!\d,)(\d{1,3}(?:,\d{3})+(?!\d)|\d+)(\.\d+)?(\s*(?:[万千百]|[kK](?![a-z])|thousand))?"
)
_NUMERAL = re.compile(r"(?:(?!百分[之点])[零〇一二两三四五六七八九十百千万])+")
_TIMES = {"万": 1e4, "千": 1e3, "百": 1e2, "k": 1e3, "thousand": 1e3, "": 1.0}
_ONES = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}

_UP_TO_NINETEEN = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
)
_TIES = "twenty thirty forty fifty sixty seventy eighty ninety"
_SPELT = {name: value for value, name in enumerate(_UP_TO_NINETEEN.split())}
_SPELT |= {name: 10 * value for value, name in enumerate(_TIES.split(), 2)}
_GREAT = {"hundred": 100, "thousand": 1000}
_WORD = "|".join(sorted((*_SPELT, *_GREAT), key=len, reverse=True))
_SPELLING = re.compile(rf"(?<![\w-])(?:{_WORD})(?:(?:[ -]|\s+and\s+)(?:{_WORD}))*(?![\w-])", re.I)


def written_numbers(text: str) -> list[Written]:
    """Return the numbers of a text: 1,256 and 1256, 4.5 千 and 0.45 万, 一千二百五十六, sixty-four.

    >>> [found.value for found in written_numbers("卖 4,500 台，或 0.45 万台；四千五；F03")]
    [4500.0, 4500.0, 4500.0]
    >>> [found.value for found in written_numbers("3.58 a store, 十二家店, 两百零五")]
    [3.58, 12.0, 205.0]
    >>> [found.value for found in written_numbers("Six per cent: one thousand and sixty")]
    [6.0, 1060.0]
    """
    found = []
    for match in _DIGITS.finditer(text):
        whole, part, times = match[1].replace(",", ""), match[2] or "", (match[3] or "").strip()
        factor = _TIMES[times.lower()]
        shown = (whole + part[1:]).lstrip("0")
        step = factor / 10 ** max(0, len(part) - 1)
        value = float(whole + part) * factor
        found.append(Written(value, match[0], step, len(shown), match.end()))
    taken = {place for one in found for place in range(one.start, one.end)}
    for match in _NUMERAL.finditer(text):
        value = float(_chinese(match[0]))
        if value and match.start() not in taken:  # 4.5 千 is read above
            found.append(Written(value, match[0], 1.0, len(str(int(value))), match.end()))
    for match in _SPELLING.finditer(text):
        if not re.search(r"\d\s*$", text[: match.start()]):  # 4 thousand is read above
            value = float(_english(match[0]))
            found.append(Written(value, match[0], 1.0, len(str(int(value))), match.end()))
    return found


def _chinese(numeral: str) -> int:
    total, section, one, unit = 0, 0, 0, 1
    for sign in numeral:
        if sign in _ONES:
            one = _ONES[sign] if unit != 1 or one == 0 else one * 10 + _ONES[sign]
            if sign in "零〇":
                unit = 1  # 两千零五: what follows counts ones
        elif sign == "万":
            total, section, one, unit = (section + one) * 10_000, 0, 0, 10_000
        else:
            unit = _TENS[sign]
            section, one = section + (one or 1) * unit, 0
    # 四千五 is 4,500: a last digit without its unit counts tenths of the one before.
    return total + section + one * (unit // 10 if unit > 1 else 1)


def _english(spelt: str) -> int:
    total = part = 0
    for word in re.findall(r"[a-z]+", spelt.lower()):
        if word == "thousand":
            total, part = total + (part or 1) * 1000, 0
        elif word == "hundred":
            part = (part or 1) * 100
        else:
            part += _SPELT.get(word, 0)
    return total + part


# Dates -----------------------------------------------------------------------------------------

_MONTHS = "January February March April May June July August September October November December"
_MONTH = "|".join(rf"{name[:3]}(?:{name[3:]})?" if name[3:] else name for name in _MONTHS.split())
_SIGNS = "[一二三四五六七八九十]"
_DATES = (
    re.compile(rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<name>{_MONTH})\b\.?"),
    re.compile(rf"\b(?P<name>{_MONTH})\b\.?\s+(?:the\s+)?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)"),
    re.compile(
        rf"(?P<month>\d{{1,2}}|{_SIGNS}{{1,2}})\s*月\s*(?P<day>\d{{1,2}}|{_SIGNS}{{1,3}})\s*[日号]?"
    ),
    re.compile(r"(?<!\d)(?:\d{4}[-/.])?(?P<month>\d{2})[-/](?P<day>\d{2})(?!\d)"),
)

_TO = r"\s*(?:-|–|—|~|to\b|through\b)\s*(?:the\s+)?"
_FIRST_OF_TWO = re.compile(
    rf"(?:\b(?P<name>{_MONTH})\b\.?\s+(?:the\s+)?)?(?<![\d.,])(?P<day>\d{{1,2}})(?:st|nd|rd|th)?{_TO}$"
)
"""A day that stands before “30 September” and has its month from there."""
_SECOND_OF_TWO = (
    re.compile(rf"{_TO}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?![\d.,]*\d|\s*[%A-Za-z元块台个天家])"),
    re.compile(rf"\s*(?:-|–|—|~|到|至|和|及|或|、)\s*(?P<day>\d{{1,2}}|{_SIGNS}{{1,3}})\s*[日号]"),
)
"""A day that stands after “September 16” or 9 月 16 日 and has its month from there."""
_DAY_ALONE = re.compile(
    rf"(?<![\d.,])\d{{1,2}}(?:st|nd|rd|th)\b|(?:(?<![\d.,])\d{{1,2}}|{_SIGNS}{{1,3}})\s*[日号](?!内|之内|以内)"
)
"""A day of which the text does not say the month."""


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """A day of the year as it stands in a text."""

    month: int
    day: int
    written: str
    start: int
    end: int

    def is_(self, date: str) -> bool:
        """Tell whether it is this one, given as month and day: 03-01."""
        return f"{self.month:02}-{self.day:02}" == date


def written_dates(text: str) -> list[WrittenDate]:
    """Return the days of a text, in order: 1 March, Mar 1st, 3 月 1 日, 三月一日, 2027-03-01.

    Two days may share a month, and then both are written as the whole of it.

    >>> [(found.month, found.day) for found in written_dates("by 20 Feb, from March 1st; 三月二十号")]
    [(2, 20), (3, 1), (3, 20)]
    >>> [(found.day, found.written) for found in written_dates("9 月 16 日到 30 日")]
    [(16, '9 月 16 日到 30 日'), (30, '9 月 16 日到 30 日')]
    >>> written_dates("on 31 of 60 shops, 3 个月, 45-99")
    []
    """
    return sorted(_dates(text), key=lambda one: one.start)


def _dates(text: str) -> Iterator[WrittenDate]:
    names = [name[:3] for name in _MONTHS.split()]
    taken: list[tuple[int, int]] = []
    for pattern in _DATES:
        for match in pattern.finditer(text):
            parts = match.groupdict()
            name = parts.get("name")
            month = names.index(name[:3]) + 1 if name else _small(parts["month"])
            day = _small(parts["day"])
            free = all(match.end() <= start or end <= match.start() for start, end in taken)
            if free and 1 <= month <= 12 and 1 <= day <= 31:
                other, start, end = _with_the_same_month(text, match, day)
                taken.append((start, end))
                written = text[start:end].strip()
                yield WrittenDate(month, day, written, *match.span())
                if other:
                    left = start < match.start()
                    span = (start, match.start()) if left else (match.end(), end)
                    yield WrittenDate(month, other, written, *span)


def _with_the_same_month(text: str, match: re.Match[str], day: int) -> tuple[int, int, int]:
    """Return a second day that has its month from this one, 0 for none, and where both stand."""
    start, end = match.span()
    if match.re is _DATES[0]:
        before = _FIRST_OF_TWO.search(text, max(0, start - 30), start)
        if before and not before["name"] and 1 <= int(before["day"]) < day:
            return int(before["day"]), before.start(), end
    elif match.re in _DATES[1:3]:
        after = _SECOND_OF_TWO[match.re is _DATES[2]].match(text, end)
        if after and day < _small(after["day"]) <= 31:
            return _small(after["day"]), start, after.end()
    return 0, start, end


def _small(text: str) -> int:
    return int(text) if text.isdigit() else _chinese(text)


# With their units ------------------------------------------------------------------------------

UNITS: Mapping[str, str] = {
    "percent": r"%|per\s?cent\b|percent\b|percentage points?\b|个?百分点",
    "yuan": r"yuan\b|rmb\b|cny\b|元|块",
    "phones": r"phones?\b|units?\b|pieces?\b|devices?\b|台|部|件",
    "minutes": r"minutes?\b|mins?\b|分钟",
    "hours": r"hours?\b|个?小时|个?钟头",
    "days": r"(?:working )?days?\b|个?工作日|天",
    "weeks": r"weeks?\b|个?(?:星期|礼拜)|周",
    "months": r"months?\b|个月",
    "years": r"years?\b|年(?!半|级|代|度)",
    "shops": r"shops?\b|stores?\b|branches\b|branch\b|家|间",
    "people": r"people\b|staff\b|salespeople\b|persons?\b|colleagues?\b|个?人|名|位",
    "points": r"points?\b|个?点(?!钟)|分(?!店|公司|之|钟)",
    "times": r"times\b|倍|次",
}
"""What may stand after a number, by the name of the unit."""

_BEFORE: Mapping[str, str] = {"percent": r"百分之\s*$", "yuan": r"(?:¥|￥|\brmb|\bcny)\s*$"}
"""What may stand before a number instead."""

_AFTER = {
    unit: re.compile(rf"\s*(?:-\s*)?(?:(?:{pattern})|(?:[a-z]+\s+){{1,2}}(?:{pattern}))"
                     if unit in {"phones", "shops", "people"} else rf"\s*(?:-\s*)?(?:{pattern})", re.I)
    for unit, pattern in UNITS.items()
}  # fmt: skip
_AHEAD = {unit: re.compile(pattern, re.I) for unit, pattern in _BEFORE.items()}


TIMES = frozenset({"minutes", "hours", "days", "weeks", "months", "years"})
"""Units that say when, and not how much."""

_IN_SMALLER: Mapping[str, tuple[str, int]] = {"years": ("months", 12), "weeks": ("days", 7)}
"""Units of time that hold a whole number of a smaller one."""

_LONGEST = 100
"""From here on 年 stands behind the number of a year, and not behind how many there are."""

NOTICED = 13
"""Below this a number in words, such as the two of “two reasons”, is no figure of its own."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with the unit that stands beside it."""

    number: Written
    unit: str
    """A key of `UNITS`; empty where none stands there."""
    written: str
    """Both, as they stand in the text."""
    start: int
    end: int

    def in_(self, unit: str) -> float | None:
        """Return the number in a unit of `UNITS`, two years in months; None where it is another kind."""
        own, size = _IN_SMALLER.get(self.unit, (self.unit, 1))
        wanted, parts = _IN_SMALLER.get(unit, (unit, 1))
        return self.number.value * size / parts if own == wanted else None

    def is_(self, value: float, unit: str) -> bool:
        """Tell whether this is how someone may have written a value in a unit: 24 months, two years."""
        if self.unit == unit:
            return self.number.is_(value)
        found = self.in_(unit)
        return found is not None and math.isclose(found, value)

    @property
    def counts(self) -> bool:
        """Whether it says how much, and is not a “two” or 一 within a sentence."""
        in_digits = re.search("[0-9]", self.written) is not None
        plain = (
            in_digits or self.unit == "percent" or (self.unit in TIMES and self.number.value > 1)
        )
        return (bool(self.unit) and plain) or self.number.value >= NOTICED


def written_figures(text: str) -> list[Figure]:
    """Return the numbers of a text with their units, in order; days and times of day are left out.

    A day is left out without its month, too: 21 号, the 21st.

    >>> [(found.written, found.unit) for found in written_figures("From 1 March 1,060 yuan, 6 % more")]
    [('1,060 yuan', 'yuan'), ('6 %', 'percent')]
    >>> [(found.number.value, found.unit) for found in written_figures("百分之六，一千零六十元，12 家店")]
    [(6.0, 'percent'), (1060.0, 'yuan'), (12.0, 'shops')]
    """
    text = unicodedata.normalize("NFKC", text)
    blanked = list(text)
    for date in written_dates(text):
        blanked[date.start : date.end] = "\0" * (date.end - date.start)
    for pattern in (r"\d{1,2}:\d{2}", _DAY_ALONE):
        for match in re.finditer(pattern, "".join(blanked)):
            blanked[match.start() : match.end()] = "\0" * len(match[0])
    bare = "".join(blanked)
    return sorted((_figure(bare, one) for one in written_numbers(bare)), key=lambda one: one.start)


def _figure(text: str, number: Written) -> Figure:
    for unit, ahead in _AHEAD.items():
        before = ahead.search(text, 0, number.start)
        if before:
            start = before.start()
            return Figure(number, unit, text[start : number.end].strip(), start, number.end)
    ends = [
        (match.end(), unit)
        for unit, after in _AFTER.items()
        if not text.endswith("第", 0, number.start)  # 第二年 says which, and not how many
        and (match := after.match(text, number.end))
        and not (unit == "years" and number.value >= _LONGEST)
    ]
    end, unit = min(ends) if ends else (number.end, "")
    return Figure(number, unit, text[number.start : end].strip(), number.start, end)
