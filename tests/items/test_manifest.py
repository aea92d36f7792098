"""The manifest of a hand-in: its receipt, its file, and every way in which they can disagree."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kamlib.items.manifest import (
    NAME,
    Differences,
    Manifest,
    NotAManifest,
    differences,
    hand_in_bytes,
    hand_in_name,
    manifest_bytes,
    read_manifest,
    receipt,
    receipt_in,
    sha256,
)
from kamlib.words import Words

FILES = {"01_x.answers.json": b"{}", "01_x.ipynb": b"[]"}
WHOLE = Manifest(
    "01_x", "A07", "林晓", "0.1", datetime(2026, 6, 12, 10, 20, tzinfo=UTC),
    {name: sha256(data) for name, data in FILES.items()},
)  # fmt: skip


def test_a_manifest_is_read_as_it_was_written() -> None:
    """Names in Chinese, times and hashes survive."""
    assert read_manifest(manifest_bytes(WHOLE)) == WHOLE
    nobody = replace(WHOLE, answered_at=None)
    assert read_manifest(manifest_bytes(nobody)) == nobody


def test_the_receipt_tells_manifests_apart() -> None:
    """Twelve digits in three groups; another trainee, time or answer gives another receipt."""
    one = receipt(manifest_bytes(WHOLE))
    assert [len(group) for group in one.split("-")] == [4, 4, 4]
    others = [
        replace(WHOLE, trainee="A08"),
        replace(WHOLE, answered_at=None),
        replace(WHOLE, files=WHOLE.files | {"01_x.answers.json": sha256(b"[]")}),
    ]
    assert len({one, *(receipt(manifest_bytes(other)) for other in others)}) == 4


def test_the_same_content_gives_the_same_bytes() -> None:
    """A hand-in has no time of making in it, whatever the order of its files."""
    backwards = dict(reversed(FILES.items()))
    turned = replace(WHOLE, files=dict(reversed(list(WHOLE.files.items()))))
    assert hand_in_bytes(manifest_bytes(WHOLE), FILES) == hand_in_bytes(
        manifest_bytes(turned), backwards
    )
    with zipfile.ZipFile(io.BytesIO(hand_in_bytes(manifest_bytes(WHOLE), FILES))) as archive:
        assert archive.namelist() == [NAME, *sorted(FILES)]
        assert {info.date_time[0] for info in archive.infolist()} == {1980}


@pytest.mark.parametrize(
    ("files", "told"),
    [
        (FILES, Differences()),
        (FILES | {"01_x.ipynb": b"{}"}, Differences(changed=("01_x.ipynb",))),
        ({"01_x.ipynb": b"[]"}, Differences(missing=("01_x.answers.json",))),
        (FILES | {"b": b"", "a": b""}, Differences(extra=("a", "b"))),
    ],
)
def test_each_difference_is_named(files: dict[str, bytes], told: Differences) -> None:
    """What was changed, lost or added since is told by name, in order."""
    assert differences(WHOLE, files) == told


def changed(**fields: object) -> bytes:
    """Return a manifest with other fields."""
    return json.dumps(json.loads(manifest_bytes(WHOLE)) | fields).encode()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "is not one that the workbook writes"),
        (b"\xff\xfe", "is not one that the workbook writes"),
        (b"[]", "is not one that the workbook writes"),
        (b"[" * 100_000, "is not one that the workbook writes"),
        (b'{"manifest_version": 3}', "is not one that the workbook writes"),
        (changed(files=["a"]), "is not one that the workbook writes"),
        (changed(files={"a": "short"}), "is not one that the workbook writes"),
        (changed(unit=3), "is not one that the workbook writes"),
        (changed(format=True), "is not one that the workbook writes"),
        (changed(format=2), "has another format (2; this edition knows 1)"),
    ],
)
def test_what_is_no_manifest_is_told(data: bytes, sentence: str) -> None:
    """A foreign or newer manifest ends in its own sentence, never in another exception."""
    with pytest.raises(NotAManifest) as caught:
        read_manifest(data)
    assert sentence in Words("en").say(caught.value.message)


@given(st.binary(max_size=200) | st.recursive(
    st.none() | st.integers() | st.text(), lambda part: st.lists(part) | st.dictionaries(st.text(), part)
).map(lambda value: json.dumps(value).encode()))  # fmt: skip
def test_no_bytes_break_the_reader(data: bytes) -> None:
    """Whatever stands in the file, it is a manifest or a `NotAManifest`."""
    try:
        assert isinstance(read_manifest(data), Manifest)
    except NotAManifest as problem:
        assert problem.message.text


def test_a_time_that_is_none_is_no_time() -> None:
    """A manifest with a nonsensical time is read, without one."""
    assert read_manifest(changed(answered_at="yesterday")).answered_at is None
    assert read_manifest(changed(answered_at=7)).answered_at is None


@pytest.mark.parametrize(
    ("name", "found"),
    [
        (hand_in_name("01_x", "A07", "3F2A-0B1C-99D4"), "3F2A-0B1C-99D4"),
        ("all.zip/01_x_a07_3f2a-0b1c-99d4 (1).zip", "3F2A-0B1C-99D4"),
        ("A07.zip", ""),
        ("2026-0612-1020-homework.zip", ""),
        ("x3F2A-0B1C-99D4.zip", ""),
    ],
)
def test_a_receipt_is_found_in_a_file_name(name: str, found: str) -> None:
    """A browser's or a platform's additions to a name do not hide the receipt, nor make one up."""
    assert receipt_in(name) == found


@pytest.mark.parametrize("code", ["A/07", "..\\A07", "A 07", "林:晓"])
def test_a_code_never_leads_out_of_the_folder(code: str) -> None:
    """What a person typed as code gives a name that every system takes."""
    name = hand_in_name("01_x", code, "3F2A-0B1C-99D4")
    assert not set(name) & set('/\\: *?"<>|')
    assert ".." not in name
