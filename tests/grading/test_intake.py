"""Taking hand-ins in: every shape they come in, and what is refused unread."""

from __future__ import annotations

import io
import os
import shutil
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kamlib.grading.cohort import Cohort, CohortError
from kamlib.grading.handin import Received
from kamlib.grading.intake import find, kept, read_ledger, remove, take, unlisted
from kamlib.words import Words

from .conftest import IN_TIME, LATE, UNIT, Send

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


def below(drop: Path, *folders: str) -> Path:
    """Put all that was sent some folders deeper, its list of times too; return the top folder."""
    top = drop.with_name("top")
    inner = top.joinpath(*folders)
    inner.parent.mkdir(parents=True)
    drop.rename(inner)
    head, *lines = (inner / "received.csv").read_text("utf-8").splitlines(keepends=True)
    (inner / "received.csv").unlink()
    place = "".join(f"{name}/" for name in folders)
    (top / "received.csv").write_text(head + "".join(place + line for line in lines), "utf-8")
    return top


@pytest.mark.parametrize("folders", [(UNIT,), ("week 2", UNIT)])
def test_a_bare_file_beside_folders_is_one_of_several_hand_ins(
    cohort: Cohort, send: Send, folders: tuple[str, ...]
) -> None:
    """Answers sent alone and put where the others' folders lie change nobody's time, at any depth."""
    send("A01")
    send("A03", at=LATE)
    top = below(send("A02", "bare", lang="en", at=LATE), *folders)
    place = "/".join(folders)
    assert [(one.name, one.at, one.clock) for one in taken(top, cohort)] == [
        (f"{place}/A01", IN_TIME, "platform"),
        (f"{place}/A02.answers.json", LATE, "platform"),
        (f"{place}/A03", LATE, "platform"),
    ]


def test_bare_files_side_by_side_are_several_hand_ins(cohort: Cohort, send: Send) -> None:
    """What several people sent through the chat is theirs, each with a time of its own."""
    send("A01", "bare")
    top = below(send("A02", "bare", lang="en", at=LATE), UNIT)
    found = {one.name: one.at for one in taken(top, cohort)}
    assert found == {f"{UNIT}/A01.answers.json": IN_TIME, f"{UNIT}/A02.answers.json": LATE}


def test_zips_beside_a_bare_file_are_hand_ins(cohort: Cohort, send: Send) -> None:
    """A zip is nobody's by-product where no notebook makes the folder one person's."""
    drop = send("A02", "bare", lang="en")
    answers = (drop / "A02.answers.json").read_bytes()
    (drop / "A01.zip").write_bytes(zipped({f"{UNIT}.answers.json": answers}))
    names = [one.name for one in taken(below(drop, UNIT), cohort)]
    assert names == [f"{UNIT}/A01.zip", f"{UNIT}/A02.answers.json"]


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
def test_another_persons_hand_in_is_never_part_of_ones_own(
    cohort: Cohort, send: Send, packed: bool
) -> None:
    """Answers and notebook of one person lie loose where another's folder or zip is: both count."""
    drop = send("A01")
    for path in (drop / "A01").iterdir():
        path.rename(drop / path.name)
    (drop / "A01").rmdir()
    send("A03")
    if packed:
        files = {path.name: path.read_bytes() for path in (drop / "A03").iterdir()}
        shutil.rmtree(drop / "A03")
        (drop / "A03").write_bytes(zipped(files))
        (drop / "A03").rename(drop / "A03.zip")
    names = {one.name for one in taken(below(drop, UNIT), cohort)}
    theirs = f"{UNIT}/A03" + (".zip" if packed else "")
    assert {theirs, f"{UNIT}/{UNIT}.answers.json"} < names


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
def test_ones_own_copies_stay_in_ones_hand_in(cohort: Cohort, send: Send, packed: bool) -> None:
    """Answers with their notebook are one hand-in, whatever older copy of it lies in the folder."""
    folder = send("A01") / "A01"
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    if packed:
        (folder / "mine.zip").write_bytes(zipped(files))
    else:
        (folder / "old").mkdir()
        for name, data in files.items():
            (folder / "old" / name).write_bytes(data)
    (one,) = taken(folder.parent, cohort)
    assert (one.name, one.at) == ("A01", IN_TIME)


def test_what_our_button_made_is_one_hand_in(cohort: Cohort, send: Send) -> None:
    """An unpacked hand-in has the list of its files, which holds them together."""
    folder = send("A01", "no_notebook") / "A01"
    answers = (folder / f"{UNIT}.answers.json").read_bytes()
    (folder / "99_other.answers.json").write_bytes(answers)
    (folder / "MANIFEST.json").write_text("{}", "utf-8")
    (one,) = taken(folder.parent, cohort)
    assert (one.name, len(one.files)) == ("A01", 3)


def test_the_time_of_a_folder_is_that_of_all_in_it(cohort: Cohort, send: Send) -> None:
    """Who sends a folder for each unit has them all handed in when the platform says."""
    drop = send("A01")
    (drop / "A01").rename(drop / UNIT)
    (drop / "A01").mkdir()
    (drop / UNIT).rename(drop / "A01" / UNIT)
    (one,) = taken(drop, cohort)
    assert (one.name, one.at, one.clock) == (f"A01/{UNIT}", IN_TIME, "platform")


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


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_times_list_comes_as_spreadsheets_write_it(
    cohort: Cohort, send: Send, encoding: str
) -> None:
    """A folder with a Chinese name is found in the list, whatever the encoding of the list."""
    folder = send("A01")
    (folder / "A01").rename(folder / "林晓")
    rows = "File, Received_at ,备注\n林晓,2026-06-15T23:30:00,准时\n别人,,没有时间\n"
    (folder / "received.csv").write_bytes(rows.encode(encoding))
    (found,) = taken(folder, cohort)
    assert (found.at.isoformat(), found.clock) == ("2026-06-15T23:30:00+08:00", "platform")


def test_a_times_list_that_cannot_be_read_is_told(
    cohort: Cohort, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is late because another program holds the list: nothing is taken in before it is read."""
    folder = send("A01")

    def held(path: Path) -> bytes:
        raise PermissionError(path)

    monkeypatch.setattr(Path, "read_bytes", held)
    with pytest.raises(CohortError) as caught:
        taken(folder, cohort)
    assert EN.say(caught.value.message).startswith("received.csv cannot be read.")
    monkeypatch.undo()
    assert read_ledger(cohort.root / "inbox") == []


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


def test_a_zip_damaged_in_its_middle_is_refused(cohort: Cohort, tmp_path: Path) -> None:
    """Bytes that no longer unpack end in a sentence and not in a crash of the whole marking."""
    drop = tmp_path / "drop"
    drop.mkdir()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{UNIT}.answers.json", bytes(range(256)) * 40)
    data = bytearray(out.getvalue())
    data[60:160] = b"\xff" * 100
    (drop / "A01.zip").write_bytes(bytes(data))
    (found,) = taken(drop, cohort)
    assert found.problem
    assert "cannot be unpacked" in EN.say(found.problem)


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
