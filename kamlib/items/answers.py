"""How a trainee's answers are kept: one file a unit, beside the notebook, never lost or torn."""

from __future__ import annotations

import errno
import glob
import json
import math
import os
import stat
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from filelock import FileLock, Timeout

from kamlib.words import Message, Words, message

T = TypeVar("T")

FORMAT = 1
"""The newest format of an answers file that this edition reads, and the one it writes."""

SUFFIX = ".answers.json"
"""How the name of an answers file ends, after its unit."""

MAX_BYTES = 2_000_000
"""The size above which a file is not read and not written; a full unit takes some 20,000 bytes."""

MAX_DEPTH = 64
"""How deeply lists and records may be nested in a file, so that whoever walks them is safe."""

MAX_HISTORY = 10
"""How many answers from other windows an entry keeps once they were decided against."""

LOCK_SECONDS = 5.0
"""How long a save waits for another one to finish."""


class AnswersError(Exception):
    """What went wrong with an answers file, in a sentence that can be shown."""

    def __init__(self, message: Message) -> None:
        """Take the sentence."""
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        """Return the sentence in English, for logs."""
        return Words("en").say(self.message)


class DamagedAnswers(AnswersError):
    """These bytes are no answers file that can be read; the message says why and roughly where."""


class NewerFormat(DamagedAnswers):
    """The file is sound, but a newer edition of the workbook wrote it."""


class NotSaved(AnswersError):
    """Nothing was written and the file is as it was; the message says why and what to do."""


class ReadOnly(NotSaved):
    """The file or its folder may not be written."""


class DiskFull(NotSaved):
    """There is no room left, on the disk or within a quota."""


class Busy(NotSaved):
    """Another program held the file all the time that we waited."""


class FolderGone(NotSaved):
    """The folder is not there any more."""


class NewerEdition(NotSaved):
    """The file was written by a newer edition, and was not touched."""


class Unstorable(NotSaved):
    """The answer cannot be written so that it could be read again."""


class ChangedElsewhere(NotSaved):
    """Another window saved a different answer that this window has not seen."""

    def __init__(self, stored: Entry) -> None:
        """Take the answer that stands in the file."""
        super().__init__(
            message(
                "Not saved: this question was answered differently in another window. "
                "Choose which of the two answers to keep."
            )
        )
        self.stored = stored
        self.args = (stored,)

    @property
    def stored_response(self) -> Any:
        """The other window's answer."""
        return self.stored.response

    @property
    def saved_at(self) -> datetime | None:
        """When the other window saved it."""
        return self.stored.saved_at


@dataclass(frozen=True, slots=True)
class Entry:
    """The answer to one item as it stands in the file."""

    response: Any
    """What was answered: any JSON."""
    revision: int = 0
    """The number of the change that wrote it; a window sends it back as what it has `seen`."""
    saved_at: datetime | None = None
    """When it was written, in UTC; None where the file does not say."""
    window: str = ""
    """The window that wrote it."""
    history: tuple[Any, ...] = ()
    """Answers of other windows that were decided against, oldest first, as they stood."""


@dataclass(frozen=True, slots=True)
class Answers:
    """One answers file, whole: what we know of it by name, all else untouched in `document`."""

    document: Mapping[str, Any]
    """The file's content in today's format, with every field that is unknown to us."""
    notice: Message | None = None
    """What the trainee should be told about reading it; not part of the file."""

    @property
    def unit(self) -> str:
        """The unit whose exercise this answers; empty where the file does not say."""
        return str(self.document.get("unit", ""))

    @property
    def trainee(self) -> str:
        """The trainee's roster code; empty where the file does not say."""
        return str(self.document.get("trainee", ""))

    @property
    def language(self) -> str:
        """The language the trainee worked in; empty where the file does not say."""
        return str(self.document.get("language", ""))

    @property
    def course(self) -> str:
        """The version of the course that wrote it; empty where the file does not say."""
        return str(self.document.get("course", ""))

    @property
    def revision(self) -> int:
        """The number of the last change."""
        return int(self.document.get("revision", 0))

    @property
    def stages(self) -> tuple[Any, ...]:
        """The committed stages, as they stand."""
        return tuple(self.document.get("stages", ()))

    @property
    def responses(self) -> dict[str, Any]:
        """What was answered, by item id."""
        entries = self.document.get("responses", {})
        return {item: entry["response"] for item, entry in entries.items()}

    def entry(self, item: str) -> Entry | None:
        """Return how an item stands in the file, or None where it has not been answered."""
        entry = self.document.get("responses", {}).get(item)
        if entry is None:
            return None
        return Entry(
            response=entry["response"],
            revision=entry.get("revision", 0),
            saved_at=_moment(entry.get("saved_at", "")),
            window=entry.get("window", ""),
            history=tuple(entry.get("history", ())),
        )


@dataclass(frozen=True, slots=True)
class Saved:
    """The acknowledgement of a save: from now on no crash can take the answer away."""

    revision: int
    """The revision of the item that the window has now seen."""
    saved_at: datetime
    """When it was written, in UTC."""
    notice: Message | None = None
    """What the trainee should be told besides, such as that a damaged file was set aside."""


def answers_name(unit: str) -> str:
    """Return the name of a unit's answers file.

    >>> answers_name("01_am_types")
    '01_am_types.answers.json'
    """
    return unit + SUFFIX


def blank_answers(unit: str) -> Answers:
    """Return an answers file of this unit in which nothing is answered yet."""
    return Answers(
        {
            "format": FORMAT,
            "course": "",
            "unit": unit,
            "language": "",
            "trainee": "",
            "revision": 0,
            "responses": {},
            "stages": [],
        }
    )


# Reading. A hand-in comes from a stranger, and thousands of them are read in a row, so the checks
# are few and cheap: what later code relies on, and nothing about the responses themselves.


def glance(path: Path) -> tuple[Answers, Message | None]:
    """Read answers without moving a damaged file: the form that opens it next does that.

    Returns what the file holds, nothing where there is none or it cannot be read, and then a
    sentence that says why.
    """
    try:
        with path.open("rb") as file:
            return parse_answers(file.read(MAX_BYTES + 1)), None
    except FileNotFoundError:
        return Answers({}), None
    except DamagedAnswers as error:
        return Answers({}), error.message
    except OSError as error:
        return Answers({}), message(
            "The answers file {file} cannot be read: {reason}. Close other programs that "
            "use it and open the page again.",
            file=path.name,
            reason=error.strerror or type(error).__name__,
        )


def parse_answers(data: bytes) -> Answers:
    """Read the bytes of an answers file of any format up to `FORMAT`.

    Raises `DamagedAnswers`, whose message says what is wrong and roughly where, and its subclass
    `NewerFormat` for the file of a newer edition. Nothing else is raised, whatever the bytes.
    """
    document = _decode(data)
    if not isinstance(document, dict):
        raise DamagedAnswers(_NO_ANSWERS_FILE)
    if _deeper_than(document, MAX_DEPTH):
        raise DamagedAnswers(_TOO_DEEP)
    number = document.get("format", 0 if "answers" in document else None)
    if type(number) is not int or number < 0:
        raise DamagedAnswers(_NO_ANSWERS_FILE)
    if number > FORMAT:
        raise NewerFormat(
            message(
                "This answers file was written by a newer edition of the workbook "
                "(format {theirs}; this edition knows up to {ours}). Open it with that edition.",
                theirs=number,
                ours=FORMAT,
            )
        )
    for older in range(number, FORMAT):
        document = _MIGRATIONS[older](document)
    _check(document)
    return Answers(document)


_NO_ANSWERS_FILE = message("This is not an answers file: it holds no answers by question.")
_TOO_DEEP = message("The answers file is damaged: there are too many brackets within brackets.")
_MAX_REVISION = 2**53
"""The largest whole number that a browser holds exactly."""


class _TwiceError(ValueError):
    """A name stands twice in one record."""


class _NotFiniteError(ValueError):
    """A number is infinite or none at all."""


def _decode(data: bytes) -> Any:
    if len(data) > MAX_BYTES:
        raise DamagedAnswers(
            message(
                "The answers file is too large: it may have {limit} MB at most.",
                limit=MAX_BYTES / 1e6,
            )
        )
    if not data.strip():
        raise DamagedAnswers(message("The answers file is empty."))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DamagedAnswers(
            message(
                "The answers file is damaged in line {line}: what stands there is not text "
                "(UTF-8), as when another program has saved the file.",
                line=line,
            )
        ) from None
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise DamagedAnswers(_where(error)) from None
    except _TwiceError as error:
        raise DamagedAnswers(
            message(
                "The answers file is damaged: “{name}” stands in it twice, so it is not clear "
                "which one counts.",
                name=error.args[0][:60],
            )
        ) from None
    except _NotFiniteError as error:
        raise DamagedAnswers(
            message(
                "The answers file is damaged: it holds “{found}” where a number should be.",
                found=error.args[0][:60],
            )
        ) from None
    except RecursionError:
        raise DamagedAnswers(_TOO_DEEP) from None
    except ValueError:  # Python refuses to read a whole number of more than 4,300 digits
        raise DamagedAnswers(
            message("The answers file is damaged: it holds a number with too many digits.")
        ) from None


def _where(error: json.JSONDecodeError) -> Message:
    if error.pos >= len(error.doc.rstrip()) or error.msg.startswith("Unterminated"):
        last = error.doc.rstrip().count("\n") + 1
        return message("The answers file is incomplete: it breaks off in line {line}.", line=last)
    return message(
        "The answers file is damaged in line {line}, at character {column}: it is not written "
        "there as the workbook writes it.",
        line=error.lineno,
        column=error.colno,
    )


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) != len(pairs):
        names = [name for name, _ in pairs]
        raise _TwiceError(next(name for name in names if names.count(name) > 1))
    return record


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise _NotFiniteError(text)
    return value


def _no_constant(text: str) -> NoReturn:
    raise _NotFiniteError(text)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_without_doubles, parse_float=_finite, parse_constant=_no_constant
)


def _deeper_than(value: object, levels: int) -> bool:
    if isinstance(value, dict):
        parts = list(value.values())
    elif isinstance(value, list):
        parts = value
    else:
        return False
    if not levels:
        return True
    return any(_deeper_than(part, levels - 1) for part in parts if isinstance(part, (dict, list)))


def _check(document: dict[str, Any]) -> None:
    for name in ("course", "unit", "language", "trainee"):
        if not isinstance(document.get(name, ""), str):
            raise DamagedAnswers(_wrong(name))
    if not isinstance(document.get("stages", []), list):
        raise DamagedAnswers(_wrong("stages"))
    if not _is_revision(document.get("revision", 0)):
        raise DamagedAnswers(_wrong("revision"))
    responses = document.get("responses", {})
    if not isinstance(responses, dict):
        raise DamagedAnswers(_wrong("responses"))
    for item, entry in responses.items():
        if not (
            isinstance(entry, dict)
            and "response" in entry
            and _is_revision(entry.get("revision", 0))
            and isinstance(entry.get("saved_at", ""), str)
            and isinstance(entry.get("window", ""), str)
            and isinstance(entry.get("history", []), list)
        ):
            raise DamagedAnswers(_wrong(item))


def _is_revision(value: object) -> bool:
    return type(value) is int and 0 <= value <= _MAX_REVISION


def _wrong(part: str) -> Message:
    return message(
        "The answers file is damaged: the part “{part}” is not as the workbook writes it.",
        part=part[:60],
    )


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _from_scratch(document: dict[str, Any]) -> dict[str, Any]:
    """Format 0 kept `{"answers": {id: {"values": …, "rev": …, "saved_at": …}}}`."""
    rest = dict(document)
    answers = rest.pop("answers", {})
    if not isinstance(answers, dict):
        raise DamagedAnswers(_wrong("answers"))
    responses = {}
    last = 0
    for item, old in answers.items():
        if not isinstance(old, dict) or not _is_revision(old.get("rev", 0)):
            raise DamagedAnswers(_wrong(item))
        entry = dict(old)
        entry["response"] = entry.pop("values", None)
        entry["revision"] = entry.pop("rev", 0)
        responses[item] = entry
        last = max(last, entry["revision"])
    return {"revision": last, **rest, "format": 1, "responses": responses}


_MIGRATIONS: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = {0: _from_scratch}
"""By format, how to turn a document of that format into the next one."""


# Writing.


def encode(document: Mapping[str, Any]) -> bytes:
    """Return the bytes of an answers file; `parse_answers` reads them.

    Raises `ValueError`, `TypeError` or `RecursionError` for what is no JSON.
    """
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1, sort_keys=True)
    # Half of a surrogate pair is no UTF-8; a backslash escape is what JSON writes for it too.
    return (text + "\n").encode("utf-8", "backslashreplace")


def _canonical(response: Any) -> str:
    """Return a text that is equal for equal JSON; in Python True would equal 1."""
    return json.dumps(response, allow_nan=False, sort_keys=True)


def _now() -> datetime:
    return datetime.now(UTC)


class AnswersFile:
    """A unit's answers file on a disk, which several windows and processes may share.

    A save is on the disk when `save` returns. Whoever kills the process, at whatever moment,
    leaves either the old file or the new one.
    """

    def __init__(self, path: str | Path, clock: Callable[[], datetime] = _now) -> None:
        """Take the file's path, `…/01_am_types.answers.json`; it need not exist yet.

        `clock` returns the time with its zone.
        """
        self.path = Path(path).absolute()
        self._clock = clock
        self._known = blank_answers(self.path.name.removesuffix(SUFFIX))

    def load(self) -> Answers:
        """Return what the file holds; blank answers where there is no file yet.

        A damaged file is renamed, never deleted; what is returned then is what this object last
        knew, with a `notice` that names the renamed file.

        Raises `NotSaved` where the file cannot be read, `NewerEdition` where it is too new.
        """
        try:
            self._known = self._read()
            return self._known
        except DamagedAnswers:
            with self._alone():  # from here on, as a save would find it
                return self._current()
        except OSError as error:
            raise NotSaved(
                message(
                    "The answers file {file} cannot be read: {reason}. Close other programs that "
                    "use it and open the page again.",
                    file=self.path.name,
                    reason=error.strerror or type(error).__name__,
                )
            ) from error

    def save(
        self, item: str, response: Any, *, seen: int, window: str, keep_mine: bool = False
    ) -> Saved:
        """Keep the answer to one item, and return when it is safely on the disk.

        `seen` is the item's revision that the window `window` last saw, 0 for none. Where another
        window has saved a different answer since, `ChangedElsewhere` is raised and nothing is
        written, until `keep_mine` decides for this one; the other is then kept in the entry's
        history. The same answer again makes no new revision.

        Raises `NotSaved` or one of its subclasses, and then the old file is untouched.
        """
        try:
            mine = _canonical(response)
        except (TypeError, ValueError, RecursionError) as error:
            raise _unstorable() from error
        with self._alone():
            answers = self._current()
            responses = answers.document.get("responses", {})
            stored = answers.entry(item)
            entry = dict(responses.get(item, {}))
            if stored is not None:
                if _canonical(stored.response) == mine:
                    # Its writer may have died before the rename was durable.
                    _sync_folder(self.path.parent)
                    when = stored.saved_at or self._clock().astimezone(UTC)
                    return Saved(stored.revision, when, answers.notice)
                if stored.revision != seen and stored.window != window:
                    if not keep_mine:
                        raise ChangedElsewhere(stored)
                    theirs = {name: entry[name] for name in entry if name != "history"}
                    entry["history"] = [*stored.history, theirs][-MAX_HISTORY:]
            now = self._clock().astimezone(UTC).replace(microsecond=0)
            # Where the file was started again, numbers that a window has seen are not used twice.
            revision = max(answers.revision, seen) + 1
            entry.update(
                response=response, revision=revision, saved_at=now.isoformat(), window=window
            )
            self._write(
                {
                    **answers.document,
                    "revision": revision,
                    "responses": {**responses, item: entry},
                }
            )
            return Saved(revision, now, answers.notice)

    def set_identity(
        self,
        *,
        trainee: str | None = None,
        language: str | None = None,
        course: str | None = None,
    ) -> Answers:
        """Write down whose answers these are; what is None stays as it is.

        Raises as `save` does.
        """
        given = {"trainee": trainee, "language": language, "course": course}
        fields = {name: value for name, value in given.items() if value is not None}
        with self._alone():
            answers = self._current()
            if any(answers.document.get(name) != value for name, value in fields.items()):
                number = answers.revision + 1
                self._write({**answers.document, **fields, "revision": number})
            return Answers(self._known.document, answers.notice)

    def commit(self, stage: str, make: Callable[[Answers], Mapping[str, Any]]) -> Answers:
        """Add the record of a stage that `make` returns for the answers as they are on the disk.

        A stage is committed once: where its record is there already, nothing is written. Returns
        the answers with the record. Raises as `save` does.
        """
        with self._alone():
            answers = self._current()
            if any(
                isinstance(one, Mapping) and one.get("stage") == stage for one in answers.stages
            ):
                _sync_folder(self.path.parent)  # its writer may have died before it was durable
                return answers
            stages = [*answers.stages, dict(make(answers))]
            self._write({**answers.document, "stages": stages, "revision": answers.revision + 1})
            return Answers(self._known.document, answers.notice)

    def _read(self) -> Answers:
        try:
            with _patiently(lambda: self.path.open("rb")) as file:
                return parse_answers(file.read(MAX_BYTES + 1))
        except FileNotFoundError:
            return blank_answers(self.path.name.removesuffix(SUFFIX))

    def _current(self) -> Answers:
        """Read the file while we alone may write it; a damaged one is set aside."""
        try:
            self._known = self._read()
            return self._known
        except NewerFormat as error:
            raise NewerEdition(error.message) from error
        except DamagedAnswers as error:
            kept = self._set_aside()
            if self._known.revision:
                self._write(self._known.document)
            notice = message(
                "{what} It was kept under the name {kept}. Your answers go on from what was still "
                "known: please look through them.",
                what=error.message,
                kept=kept.name,
            )
            return Answers(self._known.document, notice)

    def _set_aside(self) -> Path:
        name = self.path.name.removesuffix(".json")
        name = f"{name}.damaged-{self._clock().astimezone(UTC):%Y%m%d-%H%M%S}"
        kept = self.path.with_name(f"{name}.json")
        count = 1
        while kept.exists():
            count += 1
            kept = self.path.with_name(f"{name}-{count}.json")
        _patiently(lambda: os.rename(self.path, kept))
        return kept

    def _write(self, document: Mapping[str, Any]) -> None:
        try:
            data = encode(document)
            answers = parse_answers(data)  # what we could not read again, we do not write
        except DamagedAnswers as error:
            raise _unstorable(error.message) from error
        except (TypeError, ValueError, RecursionError) as error:
            raise _unstorable() from error
        self._sweep()
        _replace(self.path, data, self._temporary)
        self._known = answers

    @property
    def _temporary(self) -> str:
        return f".{self.path.name}."

    def _sweep(self) -> None:
        """Delete what killed writers left: while we hold the lock, no temporary file is in use."""
        for leftover in self.path.parent.glob(glob.escape(self._temporary) + "*.tmp"):
            with suppress(OSError):
                leftover.unlink()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the lock, and say in a sentence what the operating system says in numbers."""
        folder, file = self.path.parent, self.path.name
        try:
            if not folder.is_dir():  # the lock would make the folder again
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(folder))
            lock = FileLock(
                folder / f".{file}.lock", timeout=LOCK_SECONDS, mode=0o644, poll_interval=0.01
            )
            with lock:
                yield
        except Timeout as error:
            raise Busy(
                message(
                    "Not saved: another window or program is busy with the file {file}. "
                    "Wait a moment, then save again.",
                    file=file,
                )
            ) from error
        except OSError as error:
            raise not_saved(error, folder, file) from error


def _unstorable(reason: Message | None = None) -> Unstorable:
    if reason is None:
        return Unstorable(
            message(
                "Not saved: this answer holds something that cannot be written down, such as a "
                "number without end. Change it, then save again."
            )
        )
    return Unstorable(
        message(
            "Not saved: with this answer the file could not be read again. {reason} "
            "Shorten the answer, then save again.",
            reason=reason,
        )
    )


def not_saved(error: OSError, folder: Path, file: str) -> NotSaved:
    """Return what to raise, with a sentence, for what the system says of writing `file`."""
    code = error.errno
    if code in (errno.EROFS, errno.EACCES, errno.EPERM):
        return ReadOnly(
            message(
                "Not saved: the file {file} or its folder {folder} is read-only. Move the course "
                "folder to a place where you may write, such as your documents, and open it there.",
                file=file,
                folder=str(folder),
            )
        )
    if code in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return DiskFull(
            message(
                "Not saved: there is no room left for {folder}. Delete files that you no longer "
                "need, then save again.",
                folder=str(folder),
            )
        )
    if code in (errno.ENOENT, errno.ENOTDIR, errno.ESTALE):
        return FolderGone(
            message(
                "Not saved: the folder {folder} is no longer there. If it was moved or renamed, "
                "or its drive unplugged, bring it back, then save again.",
                folder=str(folder),
            )
        )
    return NotSaved(
        message(
            "Not saved: the computer could not write the file {file} ({reason}). Try again; if "
            "it happens again, copy your answer elsewhere and tell your trainer.",
            file=file,
            reason=error.strerror or type(error).__name__,
        )
    )


def replace_file(path: Path, data: bytes) -> None:
    """Write a small file whole or not at all, durably; raises `NotSaved` with why it could not."""
    try:
        _replace(path, data, f".{path.name}.")
    except OSError as error:
        raise not_saved(error, path.parent, path.name) from error


def _replace(path: Path, data: bytes, prefix: str) -> None:
    """Put `data` in the place of the file at `path`, whole or not at all, and durably."""
    with suppress(FileNotFoundError):
        # A rename would not mind that the file is read-only; whoever made it so would.
        if not path.stat().st_mode & stat.S_IWUSR:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=prefix, suffix=".tmp")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.chmod(temporary, 0o644)
            os.fsync(file.fileno())
        _patiently(lambda: os.replace(temporary, path))
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise
    _sync_folder(path.parent)


def _patiently(action: Callable[[], T]) -> T:
    """Do it again a few times: on Windows a virus scanner may hold a file for some milliseconds."""
    for wait in (0.01, 0.02, 0.04, 0.08, 0.16):
        try:
            return action()
        except PermissionError:
            time.sleep(wait)
    return action()


def _sync_folder(folder: Path) -> None:
    """Make a rename in the folder durable, where the system knows how."""
    if os.name == "nt":
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except PermissionError:  # a folder that may be written but not listed
        return
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.ENOSYS):
            raise
    finally:
        os.close(descriptor)
