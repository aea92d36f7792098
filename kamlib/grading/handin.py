"""What a hand-in is: the files one person sent, read as data, and what is wrong with them."""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from rapidfuzz.distance import OSA

from kamlib.grading.cohort import Cohort, fold
from kamlib.grading.results import Trainee
from kamlib.grading.stage_notes import stage_notes
from kamlib.items import manifest as m
from kamlib.items.answers import SUFFIX, Answers, DamagedAnswers, parse_answers
from kamlib.items.commitments import Counted, counted
from kamlib.items.personal_data import Found, blocking, in_answers, places
from kamlib.jupyter.hooks import STAGE_CELL
from kamlib.words import Message, message

_WORD = re.compile(r"[A-Z0-9][A-Z0-9_-]*")
_SAID = re.compile(rb'"trainee"\s*:\s*"([^"\\]{1,40})"')


@dataclass(frozen=True, slots=True)
class Received:
    """One thing that arrived."""

    name: str
    """Its path in the folder it was taken from, for messages."""
    key: str
    """Its name in the inbox: the hash of name and content."""
    files: Mapping[str, bytes]
    """The files in it by relative path; empty where it was refused unread."""
    at: datetime
    """When it arrived, with zone."""
    clock: str = "platform"
    """Whose time that is: `platform`, `file`, or `self` (the hand-in's own word)."""
    problem: Message | None = None
    """Why it was refused before it was read."""

    @property
    def answers(self) -> list[str]:
        """The answers files in it, in order; somebody may have sent several exercises at once."""
        return sorted(name for name in self.files if name.endswith(SUFFIX))


@dataclass(frozen=True, slots=True)
class Attempt:
    """A trainee's readable hand-in of one unit."""

    code: str
    unit: str
    received: Received
    answers: Answers
    counted: Counted
    """The answers that count: those of committed stages as they were committed."""
    notes: tuple[Message, ...] = ()
    """What an instructor should know; none of it stops the marking."""
    receipt: str = ""
    """As the trainee has it; empty where the hand-in has no manifest of ours."""
    passed_over: Message | None = None
    """Why a later hand-in of the same trainee does not count in its place."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A hand-in that cannot be marked, and why, in one sentence."""

    received: Received
    why: Message
    code: str = ""
    """Whose it is, where that is known."""
    unit: str = ""
    """Of which unit, where that is known."""
    hint: Message | None = None
    """What only the instructor reads: it names other people, or what to do on this machine."""
    sent_back: bool = False
    """Whether it was readable and holds what must not be here, so that an earlier one counts on."""

    @property
    def told(self) -> Message:
        """The sentence as the instructor reads it."""
        if self.hint is None:
            return self.why
        return message("{why} {hint}", why=self.why, hint=self.hint)


def read(
    received: Received, cohort: Cohort, released: Mapping[str, frozenset[str]]
) -> list[Attempt | Refusal]:
    """Read one arrival; nothing in it is executed or unpacked to disk.

    `released` holds for each unit the sources of the cells we released, in all languages, so that
    cells of another origin can be named. A hand-in may hold several units. Whatever it holds,
    nothing is raised; `CohortError` is where the cohort's own list of receipts has a mistake.
    """
    corrected = cohort.settings.codes
    known = {*cohort.roster, *corrected} if corrected else cohort.roster
    guess = cohort.whose(code_in(received.name, known))
    if received.problem:
        return [Refusal(received, received.problem, guess)]
    if not received.answers:
        return [Refusal(received, _no_answers(received, cohort), guess, _unit_in(received, cohort))]
    return [_read_one(received, path, guess, cohort, released) for path in received.answers]


def _read_one(
    received: Received,
    path: str,
    guess: str,
    cohort: Cohort,
    released: Mapping[str, frozenset[str]],
) -> Attempt | Refusal:
    unit = PurePosixPath(path).name.removesuffix(SUFFIX)
    unit = unit if unit in cohort.bundles else ""
    checked = _checked(received, path, cohort)
    if checked.refused:
        unit = checked.unit if checked.unit in cohort.bundles else unit
        return Refusal(received, checked.refused, guess or checked.code, unit)
    try:
        answers = parse_answers(received.files[path])
    except DamagedAnswers as damaged:
        return Refusal(received, damaged.message, guess, unit)
    unit = answers.unit if answers.unit in cohort.bundles else unit
    if not unit:
        why = message(
            "The answers are for “{unit}”, which this cohort does not have. It has: {units}.",
            unit=answers.unit,
            units=list(cohort.bundles),
        )
        return Refusal(received, why, guess)
    code = cohort.whose(answers.trainee or "")
    notes: list[Message] = []
    if not code and guess:
        code = guess
        notes.append(
            message("The answers name no trainee; they came in the folder of {code}.", code=code)
        )
    if code not in cohort.roster:
        return Refusal(received, _unknown(code), guess, unit, perhaps(code, cohort.roster.values()))
    if guess and guess != code:
        notes.append(
            message("The answers are those of {code}, but came in the folder of {other}; {code} gets the marks.",
                    code=code, other=guess)
        )  # fmt: skip
    notes += checked.notes
    bundle = cohort.bundles[unit]
    if found := blocking(in_answers(bundle.items, answers)):
        return _sent_back(received, path, code, unit, found)
    counting = counted(bundle.items, answers)
    if any(item.stage for item in bundle.items):
        notes += stage_notes(bundle, answers, counting, cohort.receipts_of(code, unit))
    notes += _strange(received, unit, released.get(unit, frozenset()))
    return Attempt(code, unit, received, answers, counting, tuple(notes), checked.receipt)


def _sent_back(
    received: Received, path: str, code: str, unit: str, found: tuple[Found, ...]
) -> Refusal:
    """Return the refusal of answers that hold personal data: where it stands, masked."""
    why = message(
        "The answers hold personal data, so they were not taken. Take it out and write the role "
        "of the person instead; a figure is written with commas or with its unit. Then hand in "
        "again with the button on the start page. It stands here: {places}.",
        places=places(found),
    )
    file = f"inbox/{received.key}.zip"
    if len(received.answers) > 1:
        hint = message(
            "They still lie in the file {file}, with other answers: once clean ones have come, "
            "take {answers} out of it there, and out of the folder they came in.",
            file=file,
            answers=path,
        )
    else:
        hint = message(
            "They still lie in the file {file}: once clean ones have come, delete it there, and "
            "in the folder it came in.",
            file=file,
        )
    return Refusal(received, why, code, unit, hint, sent_back=True)


@dataclass(frozen=True, slots=True)
class _Checked:
    """What comparing a hand-in with its manifest has shown."""

    notes: tuple[Message, ...] = ()
    refused: Message | None = None
    receipt: str = ""
    code: str = ""
    """Whose it is by the manifest, where the roster has that code."""
    unit: str = ""


def _checked(received: Received, path: str, cohort: Cohort) -> _Checked:
    """Compare the files beside the answers at `path` with the manifest there, if there is one.

    Only answers that are not those of the manifest are refused: nobody can say then what the
    trainee handed in. What else differs is told, since nothing else is marked.
    """
    base = str(PurePosixPath(path).parent)
    start = "" if base == "." else base + "/"
    data = received.files.get(start + m.NAME)
    if data is None:
        return _Checked()
    try:
        manifest = m.read_manifest(data)
    except m.NotAManifest as problem:
        return _Checked((problem.message,))
    number = m.receipt(data)
    code = cohort.whose(manifest.trainee)
    code = code if code in cohort.roster else ""
    beside = {
        name.removeprefix(start): content
        for name, content in received.files.items()
        if name.startswith(start) and name != start + m.NAME
    }
    told = m.differences(manifest, beside)
    answers = path.removeprefix(start)
    if answers in told.changed + told.extra:
        why = message(
            "The answers were changed after the hand-in was made, or damaged on the way: they do "
            "not match receipt {receipt}. Hand in again with the button on the start page.",
            receipt=number,
        )
        return _Checked((), why, number, code, manifest.unit)
    notes = []
    if told.changed:
        notes.append(
            message("Changed after the hand-in was made: {files}. The answers are as they were; they were marked.",
                    files=told.changed[:3])
        )  # fmt: skip
    if told.missing:
        notes.append(
            message("Missing, though it was there when the hand-in was made: {files}. The answers were marked.",
                    files=told.missing[:3])
        )  # fmt: skip
    if told.extra:
        notes.append(
            message("Added after the hand-in was made: {files}. It was not used.",
                    files=told.extra[:3])
        )  # fmt: skip
    named = m.receipt_in(received.name)
    if named and named != number:
        notes.append(
            message(
                "The file's name gives receipt {named}, but its content has receipt {receipt}; "
                "somebody renamed it or changed its {file}.",
                named=named,
                receipt=number,
                file=m.NAME,
            )
        )
    return _Checked(tuple(notes), None, number, code, manifest.unit)


def _no_answers(received: Received, cohort: Cohort) -> Message:
    unit = _unit_in(received, cohort) or next(iter(cohort.bundles), "")
    if any(name.endswith(".ipynb") for name in received.files):
        return message(
            "There is a notebook but no answers in it: the file {file} is missing. "
            "Hand in again with the button on the start page.",
            file=unit + SUFFIX,
        )
    return message(
        "This is no hand-in: the file {file} is missing. Hand in again with the button on the start page.",
        file=unit + SUFFIX,
    )


def _unknown(code: str) -> Message:
    if not code:
        return message(
            "The answers name no trainee. Type the code on the start page and hand in again."
        )
    return message(
        "The code “{code}” is not in the roster. Correct it on the start page and hand in again.",
        code=code[:40],
    )


def perhaps(code: str, trainees: Iterable[Trainee]) -> Message | None:
    """Return who may have meant to type this code, for the instructor: at most two people."""
    # Two letters that changed places are the commonest slip, so they come before other ones.
    near = sorted(
        (OSA.distance(code, one.code), sorted(code) != sorted(one.code), place, one)
        for place, one in enumerate(trainees)
        if OSA.normalized_similarity(code, one.code) >= 0.5
    )
    people = [
        message("{code}, {name}", code=one.code, name=one.name)
        for distance, _, _, one in near[:2]
        if distance == near[0][0]
    ]
    return message("Perhaps it is that of {people}?", people=people) if code and people else None


def code_in(name: str, codes: Container[str]) -> str:
    """Return which of the codes a path names, as `A07/…`, `A07.answers.json` or `2_A07-homework.zip`."""
    for chunk in _WORD.findall(fold(name)):
        for piece in (chunk, *re.split("[_-]", chunk)):
            if piece in codes:
                return str(piece)
    return ""


def owners(received: Received, codes: Container[str]) -> dict[str, str]:
    """Return for each file of an arrival by whose code it goes, of these codes; "" where by none.

    Answers and manifests say it themselves, damaged ones as far as it can be made out; other files
    go with the answers beside them. What says nothing goes by the names it came under.
    """
    by_name = {
        path: code_in(path, codes) or code_in(received.name, codes) for path in received.files
    }
    found = {}
    folders: dict[str, set[str]] = {}
    for path, data in received.files.items():
        if path.endswith(SUFFIX) or PurePosixPath(path).name == m.NAME:
            code = said(data)
            found[path] = code if code in codes else by_name[path]
            folders.setdefault(str(PurePosixPath(path).parent), set()).add(found[path])
    for path in received.files:
        if path not in found:
            parents = map(str, PurePosixPath(path).parents)
            beside = next((folders[up] for up in parents if up in folders), set())
            found[path] = next(iter(beside)) if len(beside) == 1 else by_name[path]
    return {path: found[path] for path in received.files}


def said(data: bytes) -> str:
    """Return the trainee's code that answers or a manifest name, as far as it can be made out."""
    try:
        return fold(str(json.loads(data)["trainee"]))
    except (ValueError, LookupError, TypeError, RecursionError):
        found = _SAID.search(data)
        return fold(found[1].decode("utf-8", "replace")) if found else ""


def _unit_in(received: Received, cohort: Cohort) -> str:
    names = [received.name, *received.files]
    return next((unit for unit in cohort.bundles if any(unit in name for name in names)), "")


def _strange(received: Received, unit: str, ours: frozenset[str]) -> list[Message]:
    """Say what else came: it is not used, but an instructor may want to talk about it."""
    notes = []
    notebooks = [name for name in received.files if name.endswith(".ipynb")]
    if not any(PurePosixPath(name).name == f"{unit}.ipynb" for name in notebooks):
        notes.append(
            message("The notebook was not with the answers; the answers were marked all the same.")
        )
    others = [
        name
        for name in received.files
        if not name.endswith((".ipynb", ".json", ".txt")) and PurePosixPath(name).suffix != ""
    ]
    if others:
        notes.append(
            message("It also held {files}, which we did not send out; nothing of it was used or run.",
                    files=others[:3])
        )  # fmt: skip
    for name in notebooks:
        notes += _strange_cells(received.files[name], PurePosixPath(name).name, ours)
    return notes


def _strange_cells(data: bytes, name: str, ours: frozenset[str]) -> list[Message]:
    try:
        cells = json.loads(data)["cells"]
        codes = [
            ("".join(cell["source"]), cell.get("metadata", {}))
            for cell in cells
            if cell["cell_type"] == "code"
        ]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return [
            message(
                "The notebook {file} is damaged; the answers were marked all the same.", file=name
            )
        ]
    notes = []
    if any(
        source.strip() and source not in ours and not STAGE_CELL.fullmatch(source)
        for source, _ in codes
    ):
        notes.append(
            message("The notebook {file} has code that is not ours; it was not run.", file=name)
        )
    known = [source for source, _ in codes if source in ours]
    if len(known) > len(set(known)):
        notes.append(
            message("The notebook {file} has a question twice; each counts once.", file=name)
        )
    if any(
        "skip-execution" in (meta.get("tags") or ()) for _, meta in codes if isinstance(meta, dict)
    ):
        notes.append(
            message(
                "A cell of {file} is tagged to be left out of grading; the tag was ignored.",
                file=name,
            )
        )
    return notes
