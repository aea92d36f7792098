"""The report that the homework's page makes: its file, and where it is put."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, get_args

from kamlib.customer_analysis import CustomerAnalysis, Section
from kamlib.findings import Finding
from kamlib.items.answers import NotSaved, not_saved, replace_file
from kamlib.words import message

FOLDER = "reports"
"""In the workbook's folder: the reports that were made; no pack ships it."""

Kind = Literal["docx", "html"]
KINDS: tuple[Kind, ...] = get_args(Kind)

LONGEST = 40
"""So many characters of a cover name stand in the name of a file."""

TRIES = 99
"""So many reports of one day are kept beside each other."""


@dataclass(frozen=True, slots=True)
class Made:
    """A report that was made."""

    path: Path
    data: bytes


def report_name(unit: str, sign: str, day: date, kind: Kind) -> str:
    """Return the name of a report's file, which every system can keep.

    >>> report_name("customer_analysis", "Distributor K", date(2026, 6, 1), "docx")
    'customer_analysis_Distributor_K_2026-06-01.docx'
    >>> report_name("customer_analysis", "../经销商 K: *", date(2026, 6, 1), "html")
    'customer_analysis_经销商_K_2026-06-01.html'
    """
    plain = re.sub(r"\W+", "_", unicodedata.normalize("NFKC", sign[: 4 * LONGEST]))
    safe = plain[:LONGEST].strip("_")
    return "_".join(filter(None, (unit, safe, day.isoformat()))) + f".{kind}"


def report_bytes(
    kind: Kind,
    analysis: CustomerAnalysis,
    today: date,
    lang: str,
    writer: str,
    open_points: Mapping[Section, Sequence[Finding]],
) -> bytes:
    """Return the report as a Word document or as a page for the browser, as its file has it."""
    from kamlib import customer_report, customer_report_html, customer_report_word  # take a second

    report = customer_report.customer_report(analysis, today, lang, writer, open_points)
    if kind == "docx":
        return customer_report_word.word_report(report)
    return customer_report_html.html_report(report).encode()


def put_report(root: Path, name: str, data: bytes) -> Made:
    """Write a report whole into the workbook's folder of reports, under a name that is free.

    An earlier report is never replaced, since somebody may have gone on writing in it; the same
    bytes again are the same file. Raises `NotSaved`.
    """
    folder = root / FOLDER
    stem, dot, ending = name.rpartition(".")
    try:
        folder.mkdir(exist_ok=True)
        for number in range(1, TRIES + 1):
            path = folder / (name if number == 1 else f"{stem}_{number}{dot}{ending}")
            if path.is_file() and path.read_bytes() == data:
                return Made(path, data)
            if not path.exists():
                replace_file(path, data)
                return Made(path, data)
    except OSError as error:
        raise not_saved(error, root, FOLDER) from error
    raise NotSaved(
        message("Not saved: the folder {folder} has {n} reports of this day. Move or delete those that you no longer need.",
                folder=str(folder), n=TRIES)
    )  # fmt: skip
