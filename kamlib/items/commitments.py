"""What committing a stage means: the record it leaves, its receipt, and which answers then count."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from kamlib.items.answers import Answers
from kamlib.items.model import Item

SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""What receipts are made of: no 0 and O, no 1 and I."""

RECEIPT_LENGTH = 6


@dataclass(frozen=True, slots=True)
class Commitment:
    """The answers to one stage as they were when it was committed."""

    stage: str
    at: datetime | None
    """In UTC, by the trainee's own clock; None where the record does not say."""
    trainee: str
    """The code at that moment; empty where none had been typed."""
    digest: str
    """Of the answers, as the record says."""
    receipt: str
    """As the record says, such as `K7M3QD`."""
    responses: Mapping[str, Any] = field(default_factory=dict)
    """What was answered then, by item id."""

    @property
    def sound(self) -> bool:
        """Whether digest and receipt are those of these answers."""
        mine = digest(self.stage, self.responses)
        return (self.digest, self.receipt) == (mine, receipt(self.stage, self.trainee, mine))


@dataclass(frozen=True, slots=True)
class Counted:
    """The answers that count."""

    responses: dict[str, Any]
    """By item id: those that were committed, and of stages never committed those of today."""
    changed: Mapping[str, tuple[str, ...]]
    """By stage: the items that were answered otherwise after it was committed."""


def commitment(
    stage: str, items: Iterable[str], answers: Answers, trainee: str, at: datetime
) -> Commitment:
    """Return the record of committing a stage's items as they are answered now.

    `at` has a zone.
    """
    responses = answers.responses
    mine = {name: responses[name] for name in items if name in responses}
    own = digest(stage, mine)
    now = at.astimezone(UTC).replace(microsecond=0)
    return Commitment(stage, now, trainee, own, receipt(stage, trainee, own), mine)


def recorded(old: Commitment, responses: Mapping[str, Any]) -> Commitment:
    """Return a record with other words in its answers; the digest is theirs, if it was that of the old ones."""
    if not old.sound:
        return replace(old, responses=responses)
    own = digest(old.stage, responses)
    number = receipt(old.stage, old.trainee, own)
    return replace(old, responses=responses, digest=own, receipt=number)


def digest(stage: str, responses: Mapping[str, Any]) -> str:
    """Return 64 hexadecimal digits that tell these answers to a stage from any others."""
    text = json.dumps([stage, responses], sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def receipt(stage: str, trainee: str, own: str) -> str:
    """Return the receipt of a digest: six signs to read out, of which none looks like another.

    >>> receipt("S1", "A07", "00")
    'SYG8FV'
    """
    number = int.from_bytes(hashlib.sha256(f"{stage}|{trainee}|{own}".encode()).digest()[:8])
    signs = []
    for _ in range(RECEIPT_LENGTH):
        number, place = divmod(number, len(SIGNS))
        signs.append(SIGNS[place])
    return "".join(signs)


def clean_receipt(typed: str) -> str:
    """Return a receipt as it is compared.

    >>> clean_receipt(" k7m-３qd")
    'K7M3QD'
    """
    wide = unicodedata.normalize("NFKC", typed)
    return "".join(sign for sign in wide if sign.isalnum()).upper()


def as_record(one: Commitment) -> dict[str, Any]:
    """Return a commitment as it stands in an answers file's `stages`."""
    return {
        "stage": one.stage,
        "committed_at": one.at.isoformat() if one.at else "",
        "trainee": one.trainee,
        "digest": one.digest,
        "receipt": one.receipt,
        "responses": dict(one.responses),
    }


def commitments(answers: Answers) -> dict[str, Commitment]:
    """Return what was committed by stage, the first of each; what is no such record is left out."""
    found: dict[str, Commitment] = {}
    for record in answers.stages:
        one = _read(record)
        if one is not None:
            found.setdefault(one.stage, one)
    return found


def _read(record: object) -> Commitment | None:
    if not isinstance(record, Mapping):
        return None
    texts = [record.get(name) for name in ("stage", "trainee", "digest", "receipt")]
    responses = record.get("responses")
    if not all(isinstance(text, str) for text in texts) or not isinstance(responses, Mapping):
        return None
    stage, trainee, own, number = map(str, texts)
    try:
        at = datetime.fromisoformat(str(record.get("committed_at")))
        at = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        at = None
    return Commitment(stage, at, trainee, own, number, responses) if stage else None


def counted(items: Iterable[Item], answers: Answers) -> Counted:
    """Return the answers that count: a stage's as they were committed, where it was.

    Which item belongs to which stage is said by `items` alone, never by the answers file.
    """
    now = answers.responses
    done = commitments(answers) if answers.stages else {}
    if not done:
        return Counted(now, {})
    responses = dict(now)
    changed: dict[str, list[str]] = {}
    for item in items:
        one = done.get(item.stage) if item.stage else None
        if one is None:
            continue
        if item.id in one.responses:
            responses[item.id] = one.responses[item.id]
        else:
            responses.pop(item.id, None)
        if not same(now.get(item.id), one.responses.get(item.id)):
            changed.setdefault(item.stage, []).append(item.id)
    return Counted(responses, {stage: tuple(names) for stage, names in changed.items()})


def same(one: object, other: object) -> bool:
    """Whether two answers are the same; a form that was only opened and emptied says as little as none."""
    return json.dumps(one or None, sort_keys=True) == json.dumps(other or None, sort_keys=True)
