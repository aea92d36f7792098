"""The Chinese edition's texts: PO files kept in step with the sources, and checked against them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from kamlib.forms.page import rendered
from kamlib.words import LOCALE, Message, message

PREVIOUS = "|"
"""How a comment begins that holds the English as it was before."""

EXCEPTION = "numbers differ"
"""A translator's comment that begins so lets an entry's numbers or links differ, and says why."""

OWN = LOCALE / "zh" / "LC_MESSAGES" / "kamlib.po"
"""The translation of kamlib's own sentences."""


def read_catalog(path: Path, lang: str) -> Catalog:
    """Read a PO file; one that does not exist yet is empty.

    What the English was before is kept with an entry only as long as that is fuzzy.
    """
    if not path.exists():
        return Catalog(locale=lang)
    catalog = read_po(BytesIO(path.read_bytes()), locale=lang)
    for entry in catalog:
        if not entry.fuzzy:  # Babel reads `#| msgid` as a comment of the translator's
            entry.user_comments = [
                note for note in entry.user_comments if not note.startswith(PREVIOUS)
            ]
    return catalog


def updated(path: Path, lang: str, texts: Iterable[tuple[str, str, int]]) -> Catalog:
    """Return the catalog of `path` brought in step with the sources.

    `texts` are (English text, file, line). What is new is empty, or *fuzzy* where it resembles
    a text that went; what went is kept as obsolete.
    """
    template = Catalog()
    for text, file, _ in texts:
        template.add(text, locations=[(file, 0)])
    catalog = read_catalog(path, lang)
    catalog.update(template, update_header_comment=False)
    return catalog


def po_bytes(catalog: Catalog) -> bytes:
    """Write a catalog as a PO file without dates, so that the same texts give the same bytes."""
    out = BytesIO()
    write_po(out, catalog, width=96, omit_header=True, include_previous=True, no_location=True)
    header = (
        'msgid ""\nmsgstr ""\n"Language: zh\\n"\n"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n\n'
    )
    return header.encode() + out.getvalue()


def texts_of_catalog(catalog: Catalog) -> dict[str, str]:
    """Return the translations that may be used: neither missing nor fuzzy."""
    return {
        str(entry.id): str(entry.string)
        for entry in catalog
        if entry.id and entry.string and not entry.fuzzy
    }


def problems(catalog: Catalog, wanted: Iterable[str], file: str) -> list[Message]:
    """Return what an editor has to mend: texts missing, fuzzy, with raw stars, or with other numbers or links."""
    found = []
    for text in dict.fromkeys(wanted):
        entry = catalog.get(text)
        start = text if len(text) <= 60 else text[:57] + "…"
        if entry is None:
            found.append(
                message(
                    "{file}: “{text}” is not in it; run kam course extract.", file=file, text=start
                )
            )
        elif entry.fuzzy:
            found.append(
                message("{file}: the English of “{text}” has changed; look at the Chinese and remove the "
                        "word fuzzy.", file=file, text=start)
            )  # fmt: skip
        elif not entry.string:
            found.append(message("{file}: “{text}” is not translated.", file=file, text=start))
        elif "**" in rendered(str(entry.string)) and "**" not in rendered(text):
            # Markdown closes no bold between a Chinese sign and a character
            found.append(
                message("{file}: in the translation of “{text}” the stars of the bold show; put the sign outside them.",
                        file=file, text=start)
            )  # fmt: skip
        elif not any(note.startswith(EXCEPTION) for note in entry.user_comments):
            differences = differing(text, str(entry.string))
            if differences:
                found.append(
                    message("{file}: “{text}” and its translation differ in {what}.",
                            file=file, text=start, what=differences)
                )  # fmt: skip
    return found


_NUMBER = re.compile(
    r"(?<![\w.])(\d[\d,]*(?:\.\d+)?)\s*([万亿]|million\b)?|(?<=[\u4e00-\u9fff])(\d[\d,]*(?:\.\d+)?)\s*([万亿])?"
)
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September",
           "October", "November", "December")  # fmt: skip
_MONTH = re.compile(
    rf"(?<=\d )({'|'.join(_MONTHS)})\b|([一二三四五六七八九]|十[一二]?)月(?= ?\d{{1,2}} ?[日号])"
)
"""A month's name beside a day: 1 June is 6 月 1 日."""
_TENS_OF_MONTHS = dict(zip("一二三四五六七八九", range(1, 10), strict=True)) | {
    "十": 10, "十一": 11, "十二": 12
}  # fmt: skip
_MYRIADS = {"": 1, "万": 10_000, "亿": 100_000_000, "million": 1_000_000}
_MONTH_ALONE = re.compile(r"(?<![\d.])(\d{1,2}) ?月")
_MARKUP = re.compile(
    r"`[^`]+`|\]\([^)]+\)|\{[a-z_]*\}|\*\*|^#+ |^[-*] |^\d+\. |^\[![a-z]+\]|\|", re.M
)


def numbers(text: str) -> list[float]:
    """Return the numbers of a text in order of size; `3.6 万` is 36,000, and 1 June is `6 月 1 日`.

    >>> numbers("3.6 万台, 15%") == numbers("36,000 units, 15 %")
    True
    >>> numbers("634 万元") == numbers("6.34 million yuan")
    True
    >>> numbers("Monday, 1 June 2026") == numbers("2026 年 6 月 1 日，星期一")
    True
    >>> numbers("May we? 3 of them, in May") == numbers("3 个，五月里")
    True
    """
    plain = re.sub(r"^\d+\. ", "", text, flags=re.M)
    found = []
    for first, unit, second, other in _NUMBER.findall(plain):
        digits = (first or second).replace(",", "")
        found.append(round(float(digits) * _MYRIADS[unit or other], 6))
    for names in _MONTH.findall(plain):
        name = next(filter(None, names))
        month = _MONTHS.index(name) + 1 if name in _MONTHS else _TENS_OF_MONTHS[name]
        found.append(float(month))
    return sorted(found)


def markup(text: str) -> Counter[str]:
    """Count the marks a translation has to keep: code, links, placeholders, headings, lists, tables."""
    return Counter(mark.strip() for mark in _MARKUP.findall(text))


def differing(text: str, translation: str) -> list[str]:
    """Say in which marks or numbers a translation differs from its text.

    >>> differing("Sell **36,000** a month", "每月卖 **3.6 万**台")
    []
    >>> differing("Sell 36,000 a month", "每月卖 3,600 台")
    ['36000 / 3600']
    >>> differing("the reviews of April and May", "4 月和 5 月的回顾会")
    []
    """
    found = []
    ours, theirs = numbers(text), _without_months(numbers(translation), text, translation)
    if ours != theirs:
        odd = [
            list((Counter(a) - Counter(b)).elements()) for a, b in ((ours, theirs), (theirs, ours))
        ]
        found.append(" / ".join(", ".join(f"{n:g}" for n in side) or "–" for side in odd))
    marks, other = markup(text), markup(translation)
    found += [
        f"{mark} ×{marks[mark]} / ×{other[mark]}"
        for mark in (marks | other)
        if marks[mark] != other[mark]
    ]
    return found


def _without_months(theirs: list[float], text: str, translation: str) -> list[float]:
    """Leave out of a translation's numbers those of months that the text calls by name, with no day."""
    named = Counter(_MONTHS.index(name) + 1.0 for name in re.findall("|".join(_MONTHS), text))
    named -= Counter(_MONTHS.index(name) + 1.0 for name, _ in _MONTH.findall(text) if name)
    dated = Counter(float(n) for n in re.findall(r"(\d{1,2}) ?月 ?\d{1,2} ?[日号]", translation))
    alone = Counter(float(n) for n in _MONTH_ALONE.findall(translation)) - dated
    return sorted((Counter(theirs) - (named & alone)).elements())


def own_sentences() -> list[tuple[str, str, int]]:
    """Return every sentence that kamlib itself says, with its file and line."""
    found = extract_from_dir(
        str(LOCALE.parent),
        method_map=[
            # What runs before kamlib is installed carries its own two languages.
            ("course/start_files/**", "ignore"),
            ("**.py", "python"),
            ("**.html.j2", "jinja2.ext.babel_extract"),
        ],
        keywords={"N_": None, "message": None, "translate": None, "say": None, "_": None},
        strip_comment_tags=True,
    )
    return sorted({(str(text), file, 0) for file, _, text, *_ in found if isinstance(text, str)})


def mo_bytes(catalog: Catalog) -> bytes:
    """Compile a catalog for gettext."""
    out = BytesIO()
    # A fixed date, since the file would otherwise differ by the minute it was made in.
    day = datetime(2026, 1, 1, tzinfo=UTC)
    clean = Catalog(locale=catalog.locale, charset="utf-8", creation_date=day, revision_date=day)
    for text, translation in sorted(texts_of_catalog(catalog).items()):
        clean.add(text, translation)
    write_mo(out, clean)
    return out.getvalue()


def merged(*catalogs: Mapping[str, str]) -> dict[str, str]:
    """Join translations; the first that has a text wins."""
    out: dict[str, str] = {}
    for catalog in reversed(catalogs):
        out.update(catalog)
    return out
