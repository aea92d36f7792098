"""How a stage is sealed with the word that opens it, and opened again."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
import unicodedata
import zlib
from collections.abc import Mapping
from typing import Any

from kamlib.words import Message, message

FORMAT = 1
"""The newest format of a sealed stage that this edition reads, and the one it writes."""

LETTERS = "ABCDEFGHJKMNPRTWXYZ"
"""What words are made of: letters that are not taken for a figure or another letter, read or heard."""

WORD_LENGTH = 6
"""Some 47 million words; each try costs a twentieth of a second and 16 MB."""

MAX_BYTES = 20_000_000
"""What a sealed stage may hold, unpacked."""

_COST = 2**14
"""scrypt's `n`, with `r` 8 and `p` 1."""


class SealError(Exception):
    """A stage cannot be opened; carries a sentence that says why and what to do."""

    def __init__(self, what: Message) -> None:
        """Take the sentence."""
        super().__init__(what.text)
        self.message = what


class WrongWord(SealError):
    """The seal is sound, and this word does not open it."""


class BrokenSeal(SealError):
    """These bytes are no sealed stage that can be read."""


def new_word() -> str:
    """Return a word to read out, such as `KAMRTX`.

    >>> len(new_word()), set(new_word()) <= set(LETTERS)
    (6, True)
    """
    return "".join(secrets.choice(LETTERS) for _ in range(WORD_LENGTH))


def clean_word(typed: str) -> str:
    """Return a word as it is compared: letters and figures only, capital, no wide ones.

    >>> clean_word(" kam-ｒｔｘ ")
    'KAMRTX'
    """
    wide = unicodedata.normalize("NFKC", typed[:200])
    return "".join(sign for sign in wide if sign.isalnum()).upper()


def seal(content: Any, word: str) -> bytes:
    """Return JSON content so that only who has the word can read it.

    Sealing the same again gives other bytes. Raises `ValueError` where the word has no letters.
    """
    from cryptography.fernet import Fernet

    if not clean_word(word):
        raise ValueError("a seal needs a word")
    salt = os.urandom(16)
    plain = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    # Packed first: what is sealed cannot be made smaller afterwards.
    token = Fernet(_key(word, salt, _COST)).encrypt(zlib.compress(plain, 9)).decode()
    sealed = {"format": FORMAT, "cost": _COST, "salt": salt.hex(), "sealed": token}
    sealed["check"] = _check(sealed)
    return (json.dumps(sealed, indent=1) + "\n").encode()


def unseal(data: bytes, word: str) -> Any:
    """Return what `seal` was given.

    Raises `WrongWord` where the word does not open it, and `BrokenSeal` for whatever else the
    bytes are; nothing else is raised.
    """
    from cryptography.fernet import Fernet, InvalidToken

    try:
        found = json.loads(data)
        number, cost = found["format"], found["cost"]
        salt, token = bytes.fromhex(found["salt"]), found["sealed"].encode()
        if number != FORMAT or cost != _COST or found["check"] != _check(found):
            raise ValueError(number)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise BrokenSeal(DAMAGED) from None
    try:
        plain = Fernet(_key(word, salt, cost)).decrypt(token)
    except InvalidToken:
        raise WrongWord(
            message(
                "This word does not open the stage. Look at it again, letter by letter, or ask your trainer."
            )
        ) from None
    try:
        unpacker = zlib.decompressobj()
        text = unpacker.decompress(plain, MAX_BYTES)
        return json.loads(text)
    except (ValueError, zlib.error, RecursionError):
        raise BrokenSeal(DAMAGED) from None


DAMAGED = message(
    "The file of this stage is damaged. Unpack the workbook again; your answers stay."
)


def _check(sealed: Mapping[str, Any]) -> str:
    """Return what tells a damaged file from a wrong word; it says nothing about the content."""
    parts = [sealed[name] for name in ("format", "cost", "salt", "sealed")]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def _key(word: str, salt: bytes, cost: int) -> bytes:
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    kdf = Scrypt(salt=salt, length=32, n=cost, r=8, p=1)
    return base64.urlsafe_b64encode(kdf.derive(clean_word(word).encode()))
