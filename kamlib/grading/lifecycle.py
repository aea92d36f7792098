"""The life of a cohort after the marking: closed, opened again, put into an archive."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from kamlib.grading import gradebook
from kamlib.grading.cohort import (
    LOCK,
    Cohort,
    CohortError,
    alone,
    open_cohort,
    write_settings,
)
from kamlib.grading.nameless import write_nameless
from kamlib.grading.pipeline import Graded, look
from kamlib.words import Message, message

SUMS = "MANIFEST.sha256"
"""In an archive: the SHA-256 of every other file, as `sha256sum -c` reads it."""

_LEFT_OUT = {LOCK, SUMS, ".ipynb_checkpoints", "__pycache__"}


def unfinished(cohort: Cohort, graded: Graded) -> list[Message]:
    """Return what should be settled before a cohort is closed; nothing where all is well."""
    results = [result for unit in graded.results.values() for result in unit]
    waiting = sum(result.waiting for result in results)
    unseen = sum(
        1
        for result in results
        if result.attempts
        and not (
            cohort.root / "feedback" / result.trainee.code / result.unit / f"{result.unit}.html"
        ).is_file()
    )
    said = []
    if waiting:
        said.append(message("answers that wait for a person: {n}", n=waiting))
    if unseen:
        said.append(message("trainees whose feedback was never released: {n}", n=unseen))
    return said


def close(
    cohort: Cohort, *, anyway: bool = False, preview: bool = False, now: datetime | None = None
) -> list[Message]:
    """Close a cohort: it takes no more hand-ins and grades nothing, and can be read as before.

    Returns what was done, or with `preview` would be. Raises `CohortError` where answers wait for a
    person or feedback was never released, unless `anyway`.
    """
    if cohort.settings.closed:
        return [message("{name} is closed already.", name=cohort.settings.name)]
    with alone(cohort.root):
        open_ends = unfinished(cohort, look(cohort))
        if open_ends and not anyway:
            raise CohortError(
                message(
                    "{name} was not closed. Unfinished: {what}. "
                    "Finish it, or close the cohort all the same with --anyway.",
                    name=cohort.settings.name,
                    what=open_ends,
                )
            )
        if not preview:
            moment = (now or datetime.now(UTC)).astimezone(cohort.zone).replace(microsecond=0)
            settings = open_cohort(cohort.root).settings
            write_settings(cohort.root, settings.model_copy(update={"closed": moment}))
    said = [
        message(
            "{name} is closed: no hand-in is taken and nothing is marked. Report, export and archive still work.",
            name=cohort.settings.name,
        )
    ]  # fmt: skip
    if open_ends:
        said.append(message("Left unfinished: {what}.", what=open_ends))
    return said


def reopen(cohort: Cohort) -> list[Message]:
    """Open a closed cohort again; return what was done."""
    if not cohort.settings.closed:
        return [message("{name} is open.", name=cohort.settings.name)]
    with alone(cohort.root):
        settings = open_cohort(cohort.root).settings
        write_settings(cohort.root, settings.model_copy(update={"closed": None}))
    return [
        message("{name} is open again: hand-ins are taken and marked.", name=cohort.settings.name)
    ]


def archive(
    cohort: Cohort,
    output: Path | None = None,
    *,
    without_names: bool = False,
    now: datetime | None = None,
) -> list[Message]:
    """Write a closed cohort into one zip, which opens as a cohort wherever it is unpacked.

    Every file's SHA-256 stands in `MANIFEST.sha256`, and the zip is read back and compared before
    it gets its name. Without `output` it is written beside the cohort's folder, named by the month.
    `without_names` leaves out what `kamlib.grading.nameless` says. Returns what was done; raises
    `CohortError` where the cohort is open, the file exists, or a name would be left in it.
    """
    if not cohort.settings.closed:
        raise CohortError(
            message(
                "{name} is still open. Close it first: kam cohort close {folder}",
                name=cohort.settings.name,
                folder=cohort.root.name,
            )
        )
    month = (now or datetime.now(UTC)).astimezone(cohort.zone).strftime("%Y-%m")
    suffix = "-without-names" if without_names else ""
    target = output or cohort.root.parent / f"{cohort.root.name}-{month}{suffix}.zip"
    if target.exists():
        raise CohortError(
            message("{file} exists already. Choose another name with -o.", file=str(target))
        )
    if cohort.root in target.resolve().parents:
        raise CohortError(
            message("{file} would lie in the cohort itself. Choose another place with -o.",
                    file=str(target))
        )  # fmt: skip
    part = target.with_name(target.name + ".part")
    with alone(cohort.root), tempfile.TemporaryDirectory(prefix="kam-archive-") as scratch:
        copy = Path(scratch) / cohort.root.name
        try:
            if without_names:
                write_nameless(cohort, copy)
            else:
                _copy(cohort, copy)
            count = _zip(copy, part)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    said = [
        message(
            "{file}: {n} files, {size} MB. Each was read back and is what {sums} says.",
            file=str(target), n=count, size=round(target.stat().st_size / 1e6, 1), sums=SUMS,
        )
    ]  # fmt: skip
    if without_names:
        said.append(
            message(
                "It holds codes, answers and marks, and no name from the roster. Left out: feedback, "
                "reports, exports, whatever else came with the answers. Grading writes pages again."
            )
        )
    if cohort.settings.database:
        said.append(
            message("The gradebook lies elsewhere, so it is not in the archive: keep it yourself.")
        )
    return said


def _copy(cohort: Cohort, copy: Path) -> None:
    """Copy a cohort as it is, the gradebook as it stands at one moment."""
    for path in _files(cohort.root):
        target = copy / path.relative_to(cohort.root)
        target.parent.mkdir(parents=True, exist_ok=True)
        if path == cohort.root / "gradebook.db":
            gradebook.copy(path, target)
        else:
            shutil.copy2(path, target)


def _files(root: Path) -> Iterator[Path]:
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        plain = path.is_file() and not path.is_symlink() and path.suffix != ".part"
        if plain and not _LEFT_OUT & set(parts):
            yield path


def _zip(folder: Path, target: Path) -> int:
    """Write a folder with its sums into a zip, read it back, and return how many files it holds."""
    sums = {}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as out:
        for path in _files(folder):
            name = path.relative_to(folder).as_posix()
            sums[name] = _sum(path.read_bytes())
            out.write(path, f"{folder.name}/{name}")
        lines = "".join(f"{digest}  {name}\n" for name, digest in sums.items())
        out.writestr(f"{folder.name}/{SUMS}", lines.encode())
    damaged = check_archive(target)
    if damaged or not sums:
        raise CohortError(
            message("The archive could not be written whole: {files}. Is there room on the disk?",
                    files=damaged[:3])
        )  # fmt: skip
    return len(sums)


def check_archive(path: Path) -> list[str]:
    """Return which files of an archive are not what its sums say, missing and added ones too."""
    with zipfile.ZipFile(path) as there:
        names = {name.partition("/")[2]: name for name in there.namelist()}
        lines = there.read(names.pop(SUMS)).decode().splitlines()
        sums = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
        wrong = set(names) ^ set(sums)
        for name in set(names) & set(sums):
            try:
                if _sum(there.read(names[name])) != sums[name]:
                    wrong.add(name)
            except zipfile.BadZipFile:
                wrong.add(name)
    return sorted(wrong)


def _sum(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
