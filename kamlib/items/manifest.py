"""What a hand-in says of itself: its manifest, the receipt to read out, and whether both hold."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeGuard

from kamlib.words import Message, message

NAME = "MANIFEST.json"
"""The file of a hand-in that lists all others."""

FORMAT = 1
"""The newest format of a manifest that this edition reads, and the one it writes."""

_FIXED = (1980, 1, 1, 0, 0, 0)
_RECEIPT = re.compile(r"\d\d_\w+_([0-9A-F]{4})-([0-9A-F]{4})-([0-9A-F]{4})(?![0-9A-Z])")
_HASH = re.compile(r"[0-9a-f]{64}")


class NotAManifest(Exception):
    """These bytes are no manifest that can be read; carries a sentence that says why."""

    def __init__(self, what: Message) -> None:
        """Take the sentence."""
        super().__init__(what.text)
        self.message = what


@dataclass(frozen=True, slots=True)
class Manifest:
    """Whose hand-in it is, of which unit, and the files it was made of."""

    unit: str
    """As in `01_am_types`."""
    trainee: str
    """The roster code."""
    name: str
    """As the trainee typed it."""
    course: str
    """The course's version."""
    answered_at: datetime | None
    """When the last answer was saved, in UTC, by the trainee's own clock."""
    files: Mapping[str, str] = field(default_factory=dict)
    """The SHA-256 of each file by its name in the hand-in, the manifest left out."""


@dataclass(frozen=True, slots=True)
class Differences:
    """How the files that arrived differ from those that the manifest lists, in order of names."""

    changed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()


def manifest_bytes(manifest: Manifest) -> bytes:
    """Write a manifest; equal manifests give equal bytes."""
    at = manifest.answered_at
    data = {
        "format": FORMAT,
        "unit": manifest.unit,
        "trainee": manifest.trainee,
        "name": manifest.name,
        "course": manifest.course,
        "answered_at": at.astimezone(UTC).isoformat() if at else "",
        "files": dict(manifest.files),
    }
    text = json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True)
    return (text + "\n").encode("utf-8", "backslashreplace")


def read_manifest(data: bytes) -> Manifest:
    """Read what `manifest_bytes` wrote; raises `NotAManifest` and nothing else, whatever the bytes."""
    try:
        found = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise _foreign() from None
    if not isinstance(found, dict) or type(found.get("format")) is not int:
        raise _foreign()
    if found["format"] != FORMAT:
        raise NotAManifest(
            message(
                "Its {file} has another format ({theirs}; this edition knows {ours}), so it was "
                "not compared with the files.",
                file=NAME,
                theirs=found["format"],
                ours=FORMAT,
            )
        )
    texts = {name: found.get(name, "") for name in ("unit", "trainee", "name", "course")}
    files = found.get("files")
    if not all(isinstance(text, str) for text in texts.values()) or not _hashes(files):
        raise _foreign()
    return Manifest(**texts, answered_at=_moment(found.get("answered_at")), files=files)


def _hashes(files: Any) -> TypeGuard[dict[str, str]]:
    return isinstance(files, dict) and all(
        isinstance(value, str) and _HASH.fullmatch(value) for value in files.values()
    )


def _foreign() -> NotAManifest:
    return NotAManifest(
        message(
            "Its {file} is not one that the workbook writes, so it was not compared with the files.",
            file=NAME,
        )
    )


def _moment(text: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(text))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def sha256(data: bytes) -> str:
    """Return the SHA-256 of some bytes as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def receipt(manifest: bytes) -> str:
    """Return the receipt of a manifest: twelve digits to read out.

    >>> receipt(b"a manifest")
    'E596-25A8-2249'
    """
    digits = sha256(manifest)[:12].upper()
    return "-".join(digits[at : at + 4] for at in (0, 4, 8))


def receipt_in(name: str) -> str:
    """Return the receipt that the name of a file or a path holds, empty where it holds none.

    >>> receipt_in("all.zip/01_am_types_A07_3F2A-0B1C-99D4 (1).zip")
    '3F2A-0B1C-99D4'
    """
    found = _RECEIPT.findall(name.upper())
    return "-".join(found[-1]) if found else ""


def hand_in_name(unit: str, code: str, number: str) -> str:
    """Return the name of a hand-in's file; what a code holds beside letters and digits is left out.

    >>> hand_in_name("01_am_types", "A/07", "3F2A-0B1C-99D4")
    '01_am_types_A_07_3F2A-0B1C-99D4.zip'
    """
    safe = re.sub(r"[^\w-]+", "_", code)
    return f"{unit}_{safe}_{number}.zip"


def hand_in_bytes(manifest: bytes, files: Mapping[str, bytes]) -> bytes:
    """Return a hand-in as a zip; equal content gives equal bytes on every machine."""
    out = io.BytesIO()
    # Not compressed: what a compressor makes of the same bytes differs from machine to machine.
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, data in [(NAME, manifest), *sorted(files.items())]:
            member = zipfile.ZipInfo(name, _FIXED)
            member.create_system = 3
            member.external_attr = 0o644 << 16
            archive.writestr(member, data)
    return out.getvalue()


def differences(manifest: Manifest, files: Mapping[str, bytes]) -> Differences:
    """Compare the files that arrived, the manifest left out, with what the manifest lists."""
    listed = manifest.files
    return Differences(
        changed=tuple(
            name for name in sorted(files) if name in listed and sha256(files[name]) != listed[name]
        ),
        missing=tuple(sorted(set(listed) - set(files))),
        extra=tuple(sorted(set(files) - set(listed))),
    )
