"""Taking hand-ins in: every shape they come in, and what is refused unread."""

from __future__ import annotations

import io
import os
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kamlib.grading.cohort import Cohort
from kamlib.grading.handin import Received
from kamlib.grading.intake import find, kept, read_ledger, remove, take, unlisted
from kamlib.words import Words

from .conftest import IN_TIME, UNIT, Send

NOW = datetime(2026, 6, 20, tzinfo=UTC)
EN = Words("en")


def taken(source: Path, cohort: Cohort) -> list[Received]:
    """Take a folder in and return what came of it."""
    return list(take(source, cohort, NOW))


def zipped(files: dict[str, bytes]) -> bytes:
    """Return a zip of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_folder_zip_and_bare_file_hold_the_same(cohort: Cohort, send: Send) -> None:
    """A hand-in counts as a folder, as a zip and as the answers file alone."""
    folder = send("A01")
    files = {path.name: path.read_bytes() for path in (folder / "A01").iterdir()}
    (folder / "A02.zip").write_bytes(zipped({f"A02/{name}": data for name, data in files.items()}))
    (folder / f"A03_{UNIT}.answers.json").write_bytes(files[f"{UNIT}.answers.json"])
    found = taken(folder, cohort)
    assert [one.name for one in found] == ["A01", "A02.zip", f"A03_{UNIT}.answers.json"]
    assert all(files[f"{UNIT}.answers.json"] in one.files.values() for one in found)


def test_a_zip_of_many_is_many_hand_ins(cohort: Cohort, send: Send) -> None:
    """What a platform gives when all is downloaded at once is taken apart."""
    folder = send("A01")
    one = zipped({path.name: path.read_bytes() for path in (folder / "A01").iterdir()})
    drop = folder.with_name("drop2")
    drop.mkdir()
    (drop / "all.zip").write_bytes(zipped({"A01.zip": one, "A03.zip": one}))
    assert [found.name for found in taken(drop, cohort)] == ["all.zip/A01.zip", "all.zip/A03.zip"]


def test_the_platforms_time_beats_the_files(cohort: Cohort, send: Send) -> None:
    """`received.csv` tells when a hand-in arrived; without it the file's own time stands in."""
    folder = send("A01")
    (listed,) = taken(folder, cohort)
    assert (listed.at, listed.clock) == (IN_TIME, "platform")
    (folder / "received.csv").unlink()
    os.utime(folder / "A01" / f"{UNIT}.answers.json", (1_780_000_000, 1_780_000_000))
    (found,) = list(take(folder, cohort, NOW))
    assert (found.at.timestamp(), found.clock) == (1_780_000_000, "file")


def test_a_times_list_without_zone_is_in_the_cohorts(cohort: Cohort, send: Send) -> None:
    """A platform that writes local times means the cohort's."""
    folder = send("A01")
    (folder / "received.csv").write_text("file,received_at\nA01,2026-06-15T23:30:00\n", "utf-8")
    (found,) = taken(folder, cohort)
    assert found.at.isoformat() == "2026-06-15T23:30:00+08:00"


def test_nbgraders_exchange_stamps_are_read_only_where_the_exchange_puts_them(
    cohort: Cohort, send: Send
) -> None:
    """CODE/UNIT/timestamp.txt counts; one that a trainee put elsewhere does not."""
    folder = send("A01")
    (folder / "received.csv").unlink()
    exchange = folder.with_name("exchange") / "A01"
    exchange.mkdir(parents=True)
    (folder / "A01").rename(exchange / UNIT)
    stamp = exchange / UNIT / "timestamp.txt"
    stamp.write_text("2026-06-01 08:00:00 UTC", "utf-8")
    (found,) = taken(exchange.parent, cohort)
    assert (found.at, found.clock) == (datetime(2026, 6, 1, 8, tzinfo=UTC), "platform")
    (exchange / UNIT).rename(exchange / "mine")
    assert taken(exchange.parent, cohort)[0].clock == "file"


def test_links_are_refused_and_never_followed(cohort: Cohort, send: Send, tmp_path: Path) -> None:
    """A link could show the grader's own files in feedback; it is named and left alone."""
    secret = tmp_path / "secret.answers.json"
    secret.write_text("{}", "utf-8")
    folder = send("A01")
    (folder / "A02.answers.json").symlink_to(secret)
    (folder / "A01" / "more.json").symlink_to(secret)
    sentences = [EN.say(found.problem) for found in taken(folder, cohort) if found.problem]
    assert len(sentences) == 2
    assert all("is a link to another place" in sentence for sentence in sentences)


@pytest.mark.parametrize(
    "name", ["../../evil.answers.json", "/etc/evil.answers.json", "..\\evil.answers.json"]
)
def test_a_zip_that_reaches_outside_itself_is_refused(
    cohort: Cohort, tmp_path: Path, name: str
) -> None:
    """Names that climb out of the zip end in a sentence."""
    drop = tmp_path / "drop"
    drop.mkdir()
    (drop / "A01.zip").write_bytes(zipped({name: b"{}"}))
    (found,) = taken(drop, cohort)
    assert found.problem
    assert "names files outside itself" in EN.say(found.problem)


def test_a_zip_that_unpacks_to_too_much_is_refused_unread(cohort: Cohort, tmp_path: Path) -> None:
    """A small zip that holds a huge file costs no memory and stops nothing."""
    drop = tmp_path / "drop"
    drop.mkdir()
    with zipfile.ZipFile(drop / "A01.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{UNIT}.answers.json", b"0" * 60_000_000)
    (found,) = taken(drop, cohort)
    assert found.problem
    assert "holds too much" in EN.say(found.problem)
    assert found.files == {}


def test_a_damaged_zip_and_a_foreign_file_get_their_sentence(
    cohort: Cohort, tmp_path: Path
) -> None:
    """Nothing is dropped silently: what is no hand-in is said to be none."""
    drop = tmp_path / "drop"
    drop.mkdir()
    (drop / "A01.zip").write_bytes(b"PK\x03\x04 broken")
    (drop / "photo.jpg").write_bytes(b"\xff\xd8")
    sentences = [EN.say(found.problem) for found in taken(drop, cohort) if found.problem]
    assert "A01.zip cannot be unpacked" in sentences[0]
    assert "photo.jpg is no hand-in" in sentences[1]


def test_taking_a_folder_again_keeps_one_copy(cohort: Cohort, send: Send) -> None:
    """The inbox knows an arrival by its name and content."""
    folder = send("A01")
    taken(folder, cohort)
    taken(folder, cohort)
    assert len(read_ledger(cohort.root / "inbox")) == 1


def test_the_inbox_gives_back_what_came(cohort: Cohort, send: Send) -> None:
    """Without the folder, grading has the same files, times and problems from the inbox."""
    send("A01")
    folder = send("A02", "own_module", lang="en")
    (folder / "photo.jpg").write_bytes(b"\xff\xd8")
    first = {
        one.key: (one.name, dict(one.files), one.at, one.clock) for one in taken(folder, cohort)
    }
    again = {one.key: (one.name, dict(one.files), one.at, one.clock) for one in kept(cohort)}
    assert again == first
    assert [EN.say(one.problem) for one in kept(cohort) if one.problem] == [
        "photo.jpg is no hand-in: neither a zip file nor an answers file."
    ]


def test_half_a_ledger_line_is_passed_over(cohort: Cohort, send: Send) -> None:
    """A run killed while it wrote the ledger leaves the rest readable."""
    taken(send("A01"), cohort)
    with (cohort.root / "inbox" / "ledger.jsonl").open("a", encoding="utf-8") as ledger:
        ledger.write('{"key": "ab')
    assert [one.name for one in kept(cohort)] == ["A01"]


def test_find_reads_only_the_file_it_is_given(send: Send) -> None:
    """One file can be graded alone."""
    folder = send("A01", "bare")
    assert [found.name for found in find(folder / "A01.answers.json")] == ["A01.answers.json"]


def test_taking_a_hand_in_out_takes_its_line_too(cohort: Cohort, send: Send) -> None:
    """What goes is in neither the ledger nor a file; what stays has its name put through the brush."""
    send("A01")
    drop = send("A03")
    first, second = taken(drop, cohort)
    remove(cohort, {first.key: set(first.files)}, lambda text: text.replace("A03", "–"))
    (left,) = kept(cohort)
    assert (left.key, left.name, left.files) == (second.key, "–", second.files)
    assert not (cohort.root / "inbox" / f"{first.key}.zip").exists()


def test_a_file_without_a_line_is_found(cohort: Cohort, send: Send) -> None:
    """What a run killed before the ledger left behind can be looked at, and is no hand-in yet."""
    (one,) = taken(send("A01"), cohort)
    (cohort.root / "inbox" / "ledger.jsonl").write_text("", "utf-8")
    assert not list(kept(cohort))
    (found,) = unlisted(cohort)
    assert (found.key, found.files) == (one.key, one.files)
