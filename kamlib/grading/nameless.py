"""What of a cohort is kept without names: codes, answers and marks, and nothing else of a person.

On the roster every name becomes the code. In answers, comments and reasons for a corrected key the
roster's names become codes too. Left out are notebooks and other files that came with the answers,
feedback, reports, exports, second markers' sheets, reasons for more time, and the names of files.
Nicknames and names that the roster does not have cannot be told from other words, and a name that
stands in the exercises too, as that of somebody in the story, stays there.
"""

from __future__ import annotations

import csv
import json
import re
import shutil
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from kamlib.course.bundle import Bundle, to_json
from kamlib.grading import gradebook, intake, second_record
from kamlib.grading.cohort import Cohort, CohortError, write_settings
from kamlib.grading.corrections import answers_digest
from kamlib.grading.handin import Attempt, Refusal, read
from kamlib.items.answers import SUFFIX, Answers
from kamlib.items.commitments import as_record, commitments, counted, recorded
from kamlib.words import message

KEPT = ("nbgrader_config.py", "source", "release", "forgotten.log")
"""What is copied as it is, since no person is in it."""


def write_nameless(cohort: Cohort, folder: Path) -> None:
    """Write a cohort without names into a new folder, which opens as a cohort.

    Who counted, in which attempt and with which marks stays as it is. Raises `CohortError` where
    the gradebook lies elsewhere, or where a name would still stand in a file.
    """
    if cohort.settings.database:
        raise CohortError(
            message(
                "The gradebook of {name} lies elsewhere, so no archive without names can be made of it.",
                name=cohort.settings.name,
            )
        )  # fmt: skip
    scrub = Scrub({one.name: code for code, one in cohort.roster.items() if one.name != code})
    folder.mkdir(parents=True)
    settings = cohort.settings.model_copy(update={"reasons": {}})
    write_settings(folder, settings)
    with (folder / "roster.csv").open("w", encoding="utf-8", newline="") as roster:
        lines = csv.writer(roster)
        lines.writerow(["code", "name", "lang"])
        lines.writerows([code, code, one.lang] for code, one in cohort.roster.items())
    for name in KEPT:
        path = cohort.root / name
        if path.is_dir():
            shutil.copytree(path, folder / name)
        elif path.is_file():
            shutil.copy2(path, folder / name)
    shutil.copytree(
        cohort.root / "course", folder / "course", ignore=shutil.ignore_patterns("*.part")
    )
    inbox = _Inbox(cohort, scrub)
    inbox.write(folder / "inbox")
    for unit, bundle in cohort.bundles.items():
        _course(folder / "course" / unit, bundle, inbox, scrub)
        drawing = second_record.path_of(cohort, unit)
        if drawing.is_file():
            target = folder / second_record.FOLDER / drawing.name
            target.parent.mkdir(exist_ok=True)
            kept = scrub.all_of(json.loads(drawing.read_text("utf-8")))
            target.write_text(inbox.redigested(json.dumps(kept, ensure_ascii=False)), "utf-8")
    gradebook.copy(cohort.root / "gradebook.db", folder / "gradebook.db")
    gradebook.scrub(f"sqlite:///{folder / 'gradebook.db'}", scrub)
    left = _still_named(cohort, folder, scrub)
    if left:
        raise CohortError(
            message(
                "A name from the roster would still stand in {files}, so no archive was written.",
                files=left,
            )
        )


class Scrub:
    """Puts codes in the place of names, wherever they stand and however they are capitalised."""

    def __init__(self, codes: Mapping[str, str]) -> None:
        """Take each name's code."""
        self.names = sorted(codes, key=len, reverse=True)
        self._codes = {name.casefold(): code for name, code in codes.items()}
        self._any = re.compile("|".join(map(re.escape, self.names)) or r"(?!)", re.IGNORECASE)

    def __call__(self, text: str) -> str:
        """Return the text without names.

        >>> Scrub({"Lin Xiao": "A01"})("I am LIN XIAO.")
        'I am A01.'
        """
        return self._any.sub(lambda name: self._codes.get(name[0].casefold(), "–"), text)

    def all_of(self, value: Any) -> Any:
        """Return data as JSON has it, with every text in it put through this."""
        match value:
            case str():
                return self(value)
            case dict():
                return {self(str(name)): self.all_of(part) for name, part in value.items()}
            case list():
                return [self.all_of(part) for part in value]
        return value


class _Inbox:
    """The arrivals with their answers only, each under its owner's code."""

    def __init__(self, cohort: Cohort, scrub: Scrub) -> None:
        self._cohort, self._scrub = cohort, scrub
        self._digests: dict[str, str] = {}
        self._keys: dict[tuple[str, str, str], str] = {}

    def write(self, folder: Path) -> None:
        folder.mkdir()
        lines = []
        for received in intake.kept(self._cohort):
            outcomes = read(received, self._cohort, {})
            for number, one in enumerate(outcomes):
                key = received.key + (f"-{number}" if number else "")
                entry: dict[str, Any] = {
                    "key": key,
                    "name": f"{one.code}/{one.unit}".strip("/") or "–",
                    "at": received.at.isoformat(),
                    "clock": received.clock,
                }
                if received.problem or (isinstance(one, Refusal) and one.sent_back):
                    entry["problem"] = _LEFT_OUT
                else:
                    name = (one.unit or "unknown") + SUFFIX
                    with zipfile.ZipFile(folder / f"{key}.zip", "w", zipfile.ZIP_DEFLATED) as out:
                        out.writestr(zipfile.ZipInfo(name, _FIXED), self._content(one))
                self._keys[received.key, one.code, one.unit] = key
                lines.append(json.dumps(entry, ensure_ascii=False) + "\n")
        (folder / intake.LEDGER).write_text("".join(lines), "utf-8")

    def _content(self, one: Attempt | Refusal) -> bytes:
        """Return answers without names; of what was refused, nothing, so that it is refused again."""
        if isinstance(one, Refusal):
            return b""
        document = self._scrub.all_of(dict(one.answers.document))
        items = self._cohort.bundles[one.unit].items
        if one.answers.stages:
            # A record that was sound stays so, though a name in an answer was replaced.
            document["stages"] = [
                as_record(recorded(old, self._scrub.all_of(dict(old.responses))))
                for old in commitments(one.answers).values()
            ]
        before, after = one.counted.responses, counted(items, Answers(document)).responses
        # Of all answers together and of each one: by such digests marks are tied to answers.
        for some in (items, *((item,) for item in items)):
            old, new = answers_digest(some, before), answers_digest(some, after)
            if old != new:
                self._digests[old] = new
        return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode(
            "utf-8", "surrogatepass"
        )

    def redigested(self, text: str) -> str:
        """Return the text with the digests of answers as they are now."""
        for old, new in self._digests.items():
            text = text.replace(f'"{old}"', f'"{new}"')
        return text

    def key(self, old: str, code: str, unit: str) -> str:
        """Return under which key an arrival is kept now."""
        return self._keys.get((old, code, unit), old)


_FIXED = (1980, 1, 1, 0, 0, 0)
_LEFT_OUT = [message("It could not be read, and is left out where names are left out.").text, []]


def _course(folder: Path, bundle: Bundle, inbox: _Inbox, scrub: Scrub) -> None:
    state = folder / "graded.json"
    if state.is_file():
        keys: dict[str, str] = json.loads(state.read_text("utf-8"))
        new = {code: inbox.key(key, code, bundle.unit) for code, key in keys.items()}
        state.write_text(json.dumps(new, indent=1), "utf-8")
    if bundle.fixes:
        path = folder / "bundle.json"
        data = json.loads(path.read_text("utf-8"))
        data["fixes"] = json.loads(inbox.redigested(json.dumps(scrub.all_of(data["fixes"]))))
        path.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _still_named(cohort: Cohort, folder: Path, scrub: Scrub) -> list[str]:
    """Return the files in which a name stands, but for names that the course itself has."""
    course = b"".join(
        [to_json(replace(bundle, fixes=())).encode() for bundle in cohort.bundles.values()]
        + [path.read_bytes() for path in sorted((cohort.root / "course").rglob("*.ipynb"))]
    )
    names = [
        form
        for name in scrub.names
        if name.encode() not in course
        for form in (name.encode(), json.dumps(name)[1:-1].encode())
    ]
    found = set()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            data = [path.read_bytes()]
            if path.suffix == ".zip":
                with zipfile.ZipFile(path) as there:
                    data += [there.read(name) for name in there.namelist()]
            if any(name in part for name in names for part in data):
                found.add(path.relative_to(folder).as_posix())
    return sorted(found)
