"""Handing in: what is still open, the one file that is sent, and the receipts of earlier ones."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kamlib.forms.identity import read_identity
from kamlib.forms.place import SETTINGS, NotHere, Place, here
from kamlib.items.answers import (
    MAX_BYTES,
    Answers,
    AnswersFile,
    DamagedAnswers,
    NotSaved,
    answers_name,
    encode,
    not_saved,
    parse_answers,
    replace_file,
)
from kamlib.items.completeness import State, completeness
from kamlib.items.manifest import (
    Manifest,
    hand_in_bytes,
    hand_in_name,
    manifest_bytes,
    receipt,
    receipt_in,
    sha256,
)
from kamlib.items.model import Item
from kamlib.items.personal_data import Found, blanked, blocking, in_answers, places
from kamlib.words import LANGUAGES, Message, Words, message

FOLDER = "handed_in"
"""In the workbook's folder: the files that were handed in; no pack ships it."""

RECEIPTS = "receipts.json"
"""In that folder: which hand-ins there were."""

Open = tuple[str, tuple[Message, ...]]
"""A question that is still open: its title in the language asked for, and what it lacks."""


class NotHandedIn(NotSaved):
    """No hand-in was made; the message says why and what to do."""


class PersonalData(NotHandedIn):
    """The answers hold personal data, which has to go first; the message says where, masked."""

    def __init__(self, found: tuple[Found, ...]) -> None:
        """Take what was found."""
        super().__init__(
            message(
                "Nothing was handed in: your answers hold personal data, which must not leave this "
                "computer. Take it out and write the role of the person instead; a figure is "
                "written with commas or with its unit. Then hand in again. It stands here: {places}.",
                places=places(found),
            )
        )
        self.found = found


@dataclass(frozen=True, slots=True)
class Receipt:
    """One hand-in that was made here."""

    unit: str
    attempt: int
    """Counted from 1 within the unit."""
    receipt: str
    """To read out, as in `3F2A-0B1C-99D4`."""
    when: str
    """When the file was made, in UTC, as ISO 8601."""
    file: str
    """Its name in the folder of hand-ins."""
    trainee: str = ""

    @property
    def made(self) -> datetime | None:
        """When the file was made, in UTC; None where the list does not say."""
        try:
            moment = datetime.fromisoformat(self.when)
        except ValueError:
            return None
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class HandIn:
    """A hand-in that was made."""

    path: Path
    """The file to send."""
    receipt: str
    trainee: str
    """The code."""
    unit: str
    made: datetime
    """In UTC."""
    attempt: int
    """Which hand-in of the unit this is, from 1; the same answers again are the same one."""


def _now() -> datetime:
    return datetime.now(UTC)


def workbook(start: Path) -> Path:
    """Return the nearest folder, `start` or above it, that is a workbook; raises `NotHandedIn`."""
    start = start.absolute()
    for root in (start, *start.parents):
        if (root / SETTINGS).is_file():
            return root
    raise NotHandedIn(
        message(
            "There is no workbook in {folder}: no file {file} there or above. "
            "Say where it is with --workbook.",
            folder=str(start),
            file=SETTINGS,
        )
    )


def unit_folder(root: Path, unit: str) -> Path:
    """Return where a unit's questions and answers lie: its own folder, or the workbook's itself."""
    packed = root / "units" / unit
    return packed if packed.is_dir() else root


def units_answered(root: Path) -> list[str]:
    """Return the units of a workbook that have an answers file, in order."""
    paths = [*root.glob("units/*/*" + answers_name("")), *root.glob("*" + answers_name(""))]
    return sorted({path.name.removesuffix(answers_name("")) for path in paths})


def still_open(root: Path, unit: str, lang: str) -> list[Open]:
    """Return the graded questions of a unit that are not answered or not complete, in their order.

    Raises `NotHere` where the questions are missing, `NotSaved` where the answers cannot be read.
    """
    place = _place(root, unit, lang)
    responses = _read(place.folder / answers_name(unit)).responses
    found = []
    for item in _graded(place, unit):
        told = completeness(item, responses.get(item.id))
        if told.state is not State.COMPLETE:
            found.append((item.title, told.messages))
    return found


def look_again(root: Path, unit: str, lang: str) -> tuple[Found, ...]:
    """Return what may be a person's name in the answers; it never stops a hand-in.

    Raises `NotHere` where the questions are missing, `NotSaved` where the answers cannot be read.
    """
    place = _place(root, unit, lang)
    answers = _read(place.folder / answers_name(unit))
    found = in_sight(_graded(place, unit), answers)
    return tuple(one for one in found if one.severity == "warn")


def in_sight(items: Iterable[Item], answers: Answers) -> tuple[Found, ...]:
    """Return the personal data in a unit's answers that its forms show."""
    return tuple(one for one in in_answers(items, answers) if one.seen)


def build_hand_in(root: Path, unit: str, clock: Callable[[], datetime] = _now) -> HandIn:
    """Make the one file to hand in, and remember its receipt.

    The same answers give the same file again. Incomplete answers are no obstacle. Personal data
    that the forms do not show, as in an earlier version of an answer, stays out of the file.
    Raises `NotSaved` or one of its subclasses, among them `NotHandedIn` where no code was typed
    or nothing was answered, and `PersonalData`; then nothing was handed in.
    """
    me = read_identity(root)
    if not me.known:
        raise NotHandedIn(
            message("Nothing was handed in: type your code on the start page first, then hand in again.")
        )  # fmt: skip
    folder = unit_folder(root, unit)
    path = folder / answers_name(unit)
    if not _read(path).responses:
        raise NotHandedIn(
            message("Nothing was handed in: there is no answer in this exercise yet. Answer what you can first.")
        )  # fmt: skip
    settings = _settings(root)
    lang = me.lang or str(settings.get("lang", LANGUAGES[0]))
    answers = AnswersFile(path, clock).set_identity(
        trainee=me.code,
        language=None if _read(path).language in LANGUAGES else lang,
        course=str(settings.get("version", "")) or None,
    )
    data = _without_personal_data(_bytes(path), _items(root, unit, lang))
    files = {path.name: data}
    notebook = _notebook(folder, unit, answers.language)
    if notebook:
        files[f"{unit}.ipynb"] = notebook
    entries = [answers.entry(item) for item in answers.responses]
    saved = [entry.saved_at for entry in entries if entry and entry.saved_at]
    manifest = manifest_bytes(
        Manifest(
            unit=unit,
            trainee=me.code,
            name=me.name,
            course=answers.course,
            answered_at=max(saved, default=None),
            files={name: sha256(content) for name, content in files.items()},
        )
    )
    number = receipt(manifest)
    target = root / FOLDER / hand_in_name(unit, me.code, number)
    try:
        target.parent.mkdir(exist_ok=True)
    except OSError as error:
        raise not_saved(error, root, FOLDER) from error
    known = receipts(root)  # before the file is there, since a lost list is made good from files
    replace_file(target, hand_in_bytes(manifest, files))
    return _remember(known, unit, me.code, number, target, clock())


def _items(root: Path, unit: str, lang: str) -> tuple[Item, ...]:
    """Return a unit's graded items that are open; none where they are missing, as intake has them."""
    try:
        return _graded(_place(root, unit, lang), unit)
    except NotHere:
        return ()


def _graded(place: Place, unit: str) -> tuple[Item, ...]:
    return tuple(item for item in place.items(_slug(unit)) if item.use == "graded")


def _without_personal_data(data: bytes, items: tuple[Item, ...]) -> bytes:
    """Return the bytes of an answers file as they may leave the computer, or raise `PersonalData`."""
    answers = parse_answers(data)
    found = blocking(in_answers(items, answers))
    if shown := tuple(one for one in found if one.seen):
        raise PersonalData(shown)
    # Nobody could take out what no form shows, so it stays here and the hand-in goes without it.
    return encode(blanked(answers, found).document) if found else data


def _remember(
    known: list[Receipt], unit: str, code: str, number: str, target: Path, now: datetime
) -> HandIn:
    now = now.astimezone(UTC).replace(microsecond=0)
    mine = [one for one in known if one.unit == unit]
    again = next((one for one in mine if one.receipt == number), None)
    attempt = again.attempt if again else max((one.attempt for one in mine), default=0) + 1
    if not again:
        known.append(Receipt(unit, attempt, number, now.isoformat(), target.name, code))
    text = json.dumps([asdict(one) for one in known], ensure_ascii=False, indent=1)
    replace_file(target.with_name(RECEIPTS), (text + "\n").encode())
    made = (again.made if again else None) or now
    return HandIn(target, number, code, unit, made, attempt)


def receipts(root: Path, unit: str = "") -> list[Receipt]:
    """Return the hand-ins made here, of one unit or of all, the oldest first.

    A list that is missing or damaged is made good from the names of the files, as far as it goes.
    """
    try:
        raw: Any = json.loads((root / FOLDER / RECEIPTS).read_text("utf-8"))
        found = [Receipt(**{**one, "attempt": int(one["attempt"])}) for one in raw]
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        found = _from_files(root / FOLDER)
    return [one for one in found if unit in ("", one.unit)]


def handed_answers(root: Path, file: str, unit: str) -> dict[str, Any] | None:
    """Return the answers in a hand-in that was made here, by item; None where they cannot be read."""
    try:
        with zipfile.ZipFile(root / FOLDER / file) as archive:
            return parse_answers(archive.read(answers_name(unit))).responses
    except (OSError, KeyError, ValueError, RuntimeError, zipfile.BadZipFile, DamagedAnswers):
        return None


def _from_files(folder: Path) -> list[Receipt]:
    """Read receipts off the files themselves, for want of a list."""
    found: list[Receipt] = []
    paths = sorted(folder.glob("*.zip"), key=lambda path: (path.stat().st_mtime, path.name))
    for path in paths:
        number = receipt_in(path.name)
        named = re.fullmatch(r"(\d\d_\w+)_([^_]+)", path.stem.rpartition("_")[0])
        if number and named:
            unit, code = named.groups()
            at = datetime.fromtimestamp(path.stat().st_mtime, tz=UTC).replace(microsecond=0)
            attempt = 1 + sum(one.unit == unit for one in found)
            found.append(Receipt(unit, attempt, number, at.isoformat(), path.name, code))
    return found


def what_now(made: HandIn, root: Path) -> tuple[Message, ...]:
    """Return the sentences to a trainee whose hand-in was made: which counts, where to send it."""
    said = [message("Your receipt number is {receipt}. Write it down.", receipt=made.receipt)]
    to = str(_settings(root).get("send_to", "")).strip()
    if to:
        said.append(message("Send the file {file} to: {to}.", file=made.path.name, to=to.rstrip(".。")))  # fmt: skip
    else:
        said.append(message("Send the file {file} to your trainer.", file=made.path.name))
    if made.attempt > 1:
        said.append(
            message(
                "This is hand-in number {n} of this exercise. The last one that arrives in time counts.",
                n=made.attempt,
            )
        )
    else:
        said.append(
            message("You may hand in again until it is due. The last one that arrives in time counts.")
        )  # fmt: skip
    return tuple(said)


def say_open(found: Open, words: Words) -> str:
    """Return one open question as a line of text.

    >>> say_open(("Stock", (message("Choose the unit."),)), Words("en"))
    'Stock: Choose the unit.'
    """
    title, lacks = found
    gap, colon = ("", "：") if words.lang == "zh" else (" ", ": ")
    return words.translate(title) + colon + gap.join(words.say(lack) for lack in lacks)


def _slug(unit: str) -> str:
    return unit.partition("_")[2] or unit


def _place(root: Path, unit: str, lang: str) -> Place:
    return Place(unit_folder(root, unit), root, lang, _settings(root))


def _settings(root: Path) -> dict[str, Any]:
    try:
        return dict(here(root / "start.ipynb").settings)
    except NotHere as problem:
        raise NotHandedIn(problem.message) from None


def _read(path: Path) -> Answers:
    try:
        return parse_answers(_bytes(path)) if path.exists() else Answers({})
    except DamagedAnswers as damaged:
        raise NotHandedIn(
            message(
                "Nothing was handed in. {why} Open the exercise once; the workbook then goes on "
                "from what it still knows, and keeps the damaged file.",
                why=damaged.message,
            )
        ) from damaged


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise NotHandedIn(
            message(
                "Nothing was handed in: the file {file} cannot be read ({reason}). Close other "
                "programs that use it, then hand in again.",
                file=path.name,
                reason=error.strerror or type(error).__name__,
            )
        ) from error


def _notebook(folder: Path, unit: str, lang: str) -> bytes:
    """Return the exercise's notebook without what a run left in it; nothing where it is no notebook.

    Answers are not in it, so it never stops a hand-in; and the same answers make the same file.
    """
    for name in (f"exercise.{lang}.ipynb", f"{unit}.ipynb", f"exercise.{LANGUAGES[0]}.ipynb"):
        try:
            notebook = json.loads((folder / name).read_text("utf-8"))
            for cell in notebook["cells"]:
                if cell["cell_type"] == "code":
                    cell["outputs"], cell["execution_count"] = [], None
                cell.get("metadata", {}).pop("execution", None)
            notebook.get("metadata", {}).pop("widgets", None)
            text = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True)
            return (text + "\n").encode("utf-8", "backslashreplace")
        except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
            continue
    return b""
