"""How hand-ins are taken in: every arrival is kept as it came, and each is read or refused."""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from kamlib.grading.cohort import Cohort, read_list
from kamlib.grading.handin import Received, said
from kamlib.items import manifest as m
from kamlib.items.answers import SUFFIX
from kamlib.words import Message, message

TIMES = "received.csv"
"""A list of arrival times from the platform, in the folder of hand-ins: columns file, received_at."""

LEDGER = "ledger.jsonl"
"""In the inbox: one line for each arrival with its name, its time and whose clock that is."""

MAX_FILES = 200
"""A hand-in has a handful of files; more is somebody's whole disk."""

MAX_DEPTH = 8
_HAND_IN = (SUFFIX, ".ipynb")
_LOOKED_AT = 5_000_000
"""Bytes of an answers file that are read to see whose it is; a whole one is far smaller."""

_DAMAGED = (
    zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError,
)  # fmt: skip
"""What Python raises over a zip that is damaged, has a password or was made in a way it cannot read."""

_IGNORED = {TIMES, ".DS_Store", "Thumbs.db", "desktop.ini", "timestamp.txt"}


@dataclass(frozen=True, slots=True)
class Found:
    """Something that looks like one hand-in, not yet read."""

    path: Path
    name: str
    """Below the folder it was found in, with forward slashes."""
    problem: Message | None = None


def find(source: Path) -> Iterator[Found]:
    """Yield the hand-ins in a folder (or the one that `source` is), in order of their names.

    A hand-in is a zip file, an answers file, or a folder that holds an answers file or a notebook.
    A folder in which several people's hand-ins lie is a folder of hand-ins, at any depth. Links are
    never followed.
    """
    if source.is_file():
        yield _file(source, source.name)
        return
    yield from _walk(source, "", 0)


def _walk(folder: Path, name: str, depth: int) -> Iterator[Found]:
    entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    files = [entry for entry in entries if entry.is_file(follow_symlinks=False)]
    names = {entry.name for entry in files}
    if name and any(one.endswith(_HAND_IN) for one in names) and not _several(folder, names):
        yield Found(folder, name)
        return
    for entry in entries:
        if entry.name in _IGNORED or entry.name == ".ipynb_checkpoints":
            continue
        path, below = Path(entry.path), f"{name}/{entry.name}" if name else entry.name
        if entry.is_symlink():
            yield Found(
                path,
                below,
                message("{file} is a link to another place; send the file itself.", file=below),
            )
        elif entry.is_dir():
            if depth < MAX_DEPTH:
                yield from _walk(path, below, depth + 1)
            else:
                yield Found(path, below, message("{file} lies too deep in folders.", file=below))
        else:
            yield _file(path, below)


def _several(folder: Path, names: Collection[str]) -> bool:
    """Say whether several hand-ins lie in a folder, by the files right in it and by all below.

    What our button made is held together by its manifest, and answers lie beside their notebook.
    Elsewhere each answers file, zip or folder is one of its own; and nowhere is one person's work
    part of another's.
    """
    if m.NAME in names:
        return False
    sent = [path for path in _below(folder) if path.name.endswith((*_HAND_IN, ".zip"))]
    if not any(name.endswith(".ipynb") for name in names):
        return len(sent) > 1
    whose = [path for path in sent if not path.name.endswith(".ipynb")]
    return len(whose) > 1 and len({code for path in whose for code in _codes(path)}) > 1


def _below(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder and of the folders in it; links are no files of it."""
    for place, folders, names in os.walk(folder, followlinks=False):
        folders[:] = [name for name in folders if name != ".ipynb_checkpoints"]
        for name in names:
            path = Path(place, name)
            if not path.is_symlink():
                yield path


def _codes(path: Path) -> Iterator[str]:
    """Yield the trainees' codes that the answers in a file name; nothing where it cannot be read."""
    try:
        if path.suffix != ".zip":
            with path.open("rb") as file:
                found = [said(file.read(_LOOKED_AT))]
        else:
            with zipfile.ZipFile(path) as archive:
                inside = [one for one in archive.infolist() if one.filename.endswith(SUFFIX)]
                found = []
                for one in inside[:MAX_FILES]:
                    with archive.open(one) as member:
                        found.append(said(member.read(_LOOKED_AT)))
    except _DAMAGED:
        return
    yield from filter(None, found)


def _file(path: Path, name: str) -> Found:
    if name.endswith((*_HAND_IN, ".zip")):
        return Found(path, name)
    return Found(
        path,
        name,
        message("{file} is no hand-in: neither a zip file nor an answers file.", file=name),
    )


def take(source: Path, cohort: Cohort, now: datetime) -> Iterator[Received]:
    """Take every hand-in of a folder into the cohort's inbox and yield it, read into memory.

    What is already in the inbox under the same name with the same content is yielded again and
    not written twice, so taking a folder again changes nothing. `now` stands in where no clock
    tells a time.
    """
    inbox = cohort.root / "inbox"
    inbox.mkdir(exist_ok=True)
    times = platform_times(source if source.is_dir() else source.parent, cohort)
    known = {entry["key"] for entry in read_ledger(inbox)}
    with (inbox / LEDGER).open("a", encoding="utf-8") as ledger:
        for found in find(source):
            for received in _received(found, times, cohort, now):
                if received.key not in known:
                    _keep(inbox, received)
                    ledger.write(_ledger_line(received))
                    known.add(received.key)
                yield received


def kept(cohort: Cohort, known: Collection[str] = ()) -> Iterator[Received]:
    """Yield everything in the inbox, in the order in which it was taken in.

    What is `known` by its key has been read already and is passed over, and so is what was sent
    back and has been deleted.
    """
    inbox = cohort.root / "inbox"
    for entry in read_ledger(inbox):
        if entry["key"] not in known:
            if entry.get("sent_back") and not (inbox / f"{entry['key']}.zip").is_file():
                continue
            yield _opened(entry, cohort)


def may_go(cohort: Cohort, keys: Collection[str]) -> None:
    """Note in the ledger that these arrivals were sent back, so that nobody misses their files."""
    inbox = cohort.root / "inbox"
    entries = read_ledger(inbox)
    if all(entry.get("sent_back") for entry in entries if entry["key"] in keys):
        return
    for entry in entries:
        if entry["key"] in keys:
            entry["sent_back"] = True
    _write_ledger(inbox, entries)


def unlisted(cohort: Cohort) -> Iterator[Received]:
    """Yield what lies in the inbox without a line in the ledger, as a killed run leaves it."""
    inbox = cohort.root / "inbox"
    known = {entry["key"] for entry in read_ledger(inbox)}
    for path in sorted(inbox.glob("*.zip")):
        if path.stem not in known:
            at = datetime.fromtimestamp(path.stat().st_mtime, tz=UTC).isoformat()
            yield _opened({"key": path.stem, "name": "", "at": at, "clock": "file"}, cohort)


def remove(
    cohort: Cohort, arrivals: Mapping[str, Collection[str]], scrub: Callable[[str], str]
) -> None:
    """Take these files out of the inbox: by the arrival's key, its files that go.

    An arrival of which nothing is left goes whole, with its line in the ledger. The names in the
    lines that stay are put through `scrub`. A run that was killed is made good by the next one.
    """
    inbox = cohort.root / "inbox"
    if not inbox.is_dir():
        return
    whole = set()
    for received in [*kept(cohort), *unlisted(cohort)]:
        if received.key in arrivals:
            left = set(received.files) - set(arrivals[received.key])
            if not left:
                whole.add(received.key)
            elif left < set(received.files):
                _keep(inbox, replace(received, files={n: received.files[n] for n in left}))
    left_over = []
    for entry in read_ledger(inbox):
        if entry["key"] not in whole:
            said = {part: entry[part] for part in ("name", "problem") if part in entry}
            left_over.append(entry | _scrubbed(said, scrub))
    _write_ledger(inbox, left_over)
    # The lines go first: a file without a line is found by the next run, a line without its file
    # would no longer say whose it was.
    for key in whole:
        (inbox / f"{key}.zip").unlink(missing_ok=True)
    for stray in inbox.glob("*.part"):
        stray.unlink()


def _scrubbed(value: Any, scrub: Callable[[str], str]) -> Any:
    match value:
        case str():
            return scrub(value)
        case dict():
            return {name: _scrubbed(part, scrub) for name, part in value.items()}
        case list():
            return [_scrubbed(part, scrub) for part in value]
    return value


def _opened(entry: dict[str, Any], cohort: Cohort) -> Received:
    path = cohort.root / "inbox" / f"{entry['key']}.zip"
    at = datetime.fromisoformat(entry["at"])
    problem = None
    files: dict[str, bytes] = {}
    if entry.get("problem"):
        text, values = entry["problem"]
        problem = Message(text, tuple((name, value) for name, value in values))
    else:
        try:
            files = _unzipped(path.read_bytes(), cohort)
        except (OSError, _Unusable, zipfile.BadZipFile) as error:
            problem = error.message if isinstance(error, _Unusable) else message(
                "{file} is missing from the inbox or damaged there. Take the hand-ins in again.", file=path.name
            )  # fmt: skip
    return Received(entry["name"], entry["key"], files, at, entry["clock"], problem)


def read_ledger(inbox: Path) -> list[dict[str, Any]]:
    """Return the ledger's lines; one that a killed run left half written is passed over."""
    try:
        lines = (inbox / LEDGER).read_text("utf-8").splitlines()
    except FileNotFoundError:
        return []
    found = []
    for line in lines:
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return found


def _write_ledger(inbox: Path, entries: Iterable[Mapping[str, Any]]) -> None:
    part = (inbox / LEDGER).with_suffix(".part")
    lines = (json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries)
    part.write_text("".join(lines), "utf-8")
    part.replace(inbox / LEDGER)


def _ledger_line(received: Received) -> str:
    problem = received.problem
    entry = {
        "key": received.key,
        "name": received.name,
        "at": received.at.isoformat(),
        "clock": received.clock,
        **({"problem": [problem.text, list(problem.values)]} if problem else {}),
    }
    return json.dumps(entry, ensure_ascii=False) + "\n"


def _keep(inbox: Path, received: Received) -> None:
    """Write a hand-in into the inbox as one zip: kept as it came, and no program can be run from it."""
    if received.problem:
        return
    path = inbox / f"{received.key}.zip"
    part = path.with_suffix(".part")
    with zipfile.ZipFile(part, "w") as archive:
        for name, data in received.files.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data)
    part.replace(path)


def _received(
    found: Found, times: dict[str, datetime], cohort: Cohort, now: datetime
) -> Iterator[Received]:
    at, clock = _time(found, times, cohort, now)
    if found.problem:
        yield Received(found.name, _key(found.name, {}), {}, at, clock, found.problem)
        return
    try:
        files = _files(found, cohort)
    except _Unusable as error:
        yield Received(found.name, _key(found.name, {}), {}, at, clock, error.message)
        return
    inner = [name for name in files if name.endswith(".zip")]
    if not any(name.endswith(_HAND_IN) for name in files) and inner:
        # A zip of many: what a learning platform gives when all hand-ins are downloaded at once.
        for name in inner:
            try:
                one, problem = _unzipped(files[name], cohort), None
            except _Unusable as error:
                one, problem = {}, error.message
            label = f"{found.name}/{name}"
            when, whose = (times[name], "platform") if name in times else (at, clock)
            if whose == "file":
                # The time of the whole archive is that of the download, and says nothing of this.
                when, whose = _own_time(one, at)
            yield Received(label, _key(label, one), one, when, whose, problem)
        return
    yield Received(found.name, _key(found.name, files), files, at, clock)


class _Unusable(Exception):
    def __init__(self, what: Message) -> None:
        super().__init__(what.text)
        self.message = what


def _files(found: Found, cohort: Cohort) -> dict[str, bytes]:
    limit = int(cohort.settings.max_megabytes * 1_000_000)
    if found.path.is_dir():
        return _folder(found, limit)
    if found.path.stat().st_size > limit:
        raise _Unusable(_too_large(found.name, cohort))
    data = found.path.read_bytes()
    if found.path.suffix == ".zip":
        return _unzipped(data, cohort, found.name)
    return {found.path.name: data}


def _folder(found: Found, limit: int) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    total = 0
    for folder, folders, names in os.walk(found.path, followlinks=False):
        folders[:] = sorted(name for name in folders if name != ".ipynb_checkpoints")
        for name in sorted(names):
            path = Path(folder, name)
            if name in _IGNORED:
                continue
            below = path.relative_to(found.path).as_posix()
            if path.is_symlink():
                raise _Unusable(
                    message(
                        "{file} is a link to another place; send the file itself.",
                        file=f"{found.name}/{below}",
                    )
                )
            total += path.stat().st_size
            if total > limit or len(files) >= MAX_FILES:
                raise _Unusable(_too_much(found.name))
            files[below] = path.read_bytes()
    return files


def _unzipped(data: bytes, cohort: Cohort, name: str = "") -> dict[str, bytes]:
    limit = int(cohort.settings.max_megabytes * 1_000_000)
    files: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
            if len(members) > MAX_FILES or sum(info.file_size for info in members) > limit:
                raise _Unusable(_too_much(name))
            for info in members:
                parts = PurePosixPath(info.filename.replace("\\", "/"))
                if parts.is_absolute() or ".." in parts.parts:
                    raise _Unusable(
                        message("{file} names files outside itself; make it anew.", file=name)
                    )
                # The declared size may lie, so reading stops at the limit too.
                with archive.open(info) as member:
                    content = member.read(limit + 1)
                limit -= len(content)
                if limit < 0:
                    raise _Unusable(_too_much(name))
                files[parts.as_posix()] = content
    except _DAMAGED:
        raise _Unusable(
            message(
                "{file} cannot be unpacked: it is damaged or has a password. Hand in again.",
                file=name,
            )
        ) from None
    return files


def _too_large(name: str, cohort: Cohort) -> Message:
    return message(
        "{file} is larger than {limit} MB, so it was not read. Hand in only what the button on the start page makes.",
        file=name,
        limit=cohort.settings.max_megabytes,
    )


def _too_much(name: str) -> Message:
    return message(
        "{file} holds too much to be a hand-in, so it was not read. "
        "Hand in only what the button on the start page makes.",
        file=name,
    )


def _key(name: str, files: dict[str, bytes]) -> str:
    digest = hashlib.sha256(name.encode("utf-8", "surrogateescape"))
    for path in sorted(files):
        digest.update(b"\0" + path.encode("utf-8", "surrogateescape") + b"\0")
        digest.update(hashlib.sha256(files[path]).digest())
    return digest.hexdigest()[:20]


def platform_times(folder: Path, cohort: Cohort) -> dict[str, datetime]:
    """Read the platform's list of arrival times, if there is one; times without zone are the cohort's."""
    path = folder / TIMES
    if not path.is_file():
        return {}
    found = {}
    for row in read_list(path):
        try:
            found[row["file"]] = _zoned(datetime.fromisoformat(row["received_at"]), cohort)
        except ValueError:
            continue
    return found


def _zoned(at: datetime, cohort: Cohort) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=cohort.zone)


def _time(
    found: Found, times: dict[str, datetime], cohort: Cohort, now: datetime
) -> tuple[datetime, str]:
    """Return when a hand-in arrived and whose clock says so: the platform's, else the file's."""
    if found.name in times:
        return times[found.name], "platform"
    stamp = found.path / "timestamp.txt"
    # nbgrader's exchange writes CODE/UNIT/timestamp.txt; anywhere else a trainee may have written it.
    if (
        found.path.is_dir()
        and found.path.name in cohort.bundles
        and stamp.is_file()
        and not stamp.is_symlink()
    ):
        try:
            text = stamp.read_text("utf-8").strip().removesuffix(" UTC")
            at = datetime.fromisoformat(text)
            return (at if at.tzinfo else at.replace(tzinfo=UTC)), "platform"
        except (ValueError, OSError):
            pass
    for place in PurePosixPath(found.name).parents:
        if str(place) in times:
            return times[str(place)], "platform"
    try:
        # A folder's own time changes when it is copied; that of the answers file less often.
        paths = sorted(found.path.glob("*" + SUFFIX)) if found.path.is_dir() else []
        modified = (paths[0] if paths else found.path).lstat().st_mtime
        return datetime.fromtimestamp(modified, tz=UTC), "file"
    except OSError:
        return now, "file"


def _own_time(files: dict[str, bytes], at: datetime) -> tuple[datetime, str]:
    """Return what the hand-in itself says of its time, but never later than `at`; else `at`."""
    for name in sorted(files):
        if PurePosixPath(name).name == m.NAME:
            try:
                own = m.read_manifest(files[name]).answered_at
            except m.NotAManifest:
                continue
            if own:
                return min(own, at), "self"
    return at, "file"


def everything(cohort: Cohort, sources: Iterable[Path], now: datetime) -> Iterator[Received]:
    """Yield all hand-ins there are: those taken in now, and those that the inbox already held."""
    seen = set()
    for source in sources:
        for received in take(source, cohort, now):
            if received.key not in seen:
                seen.add(received.key)
                yield received
    yield from kept(cohort, seen)
