"""A report's file: a safe name, whole or not at all, and never in the place of another."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kamlib.forms import homework_report
from kamlib.forms.homework_report import FOLDER, put_report, report_name
from kamlib.items.answers import NotSaved

DAY = date(2026, 6, 1)


@pytest.mark.parametrize(("sign", "said"), [
    ("Distributor K", "u_Distributor_K_2026-06-01.docx"), ("", "u_2026-06-01.docx"), ("../../x", "u_x_2026-06-01.docx"),
    ("经销商 K", "u_经销商_K_2026-06-01.docx"), ('a/b\\c:d*"<>|?\0\n', "u_a_b_c_d_2026-06-01.docx"),
    ("．．／Ｋ", "u_K_2026-06-01.docx"), ("w" * 9000, f"u_{'w' * 40}_2026-06-01.docx"), ("😀", "u_2026-06-01.docx"),
])  # fmt: skip
def test_the_name_is_one_that_every_system_keeps(sign: str, said: str) -> None:
    """Whatever the cover name is, it leads to no other folder and is no longer than a name may be."""
    assert report_name("u", sign, DAY, "docx") == said


def test_an_earlier_report_is_never_replaced(tmp_path: Path) -> None:
    """Another one of the day stands beside it; the same one again is the same file."""
    first = put_report(tmp_path, "a.docx", b"one")
    second = put_report(tmp_path, "a.docx", b"two")
    assert [one.path.name for one in (first, second)] == ["a.docx", "a_2.docx"]
    assert put_report(tmp_path, "a.docx", b"one").path == first.path
    assert {one.name: one.read_bytes() for one in (tmp_path / FOLDER).iterdir()} == {
        "a.docx": b"one",
        "a_2.docx": b"two",
    }


def test_too_many_of_a_day_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is deleted; the sentence names the folder."""
    monkeypatch.setattr(homework_report, "TRIES", 2)
    for data in (b"1", b"2"):
        put_report(tmp_path, "a.html", data)
    with pytest.raises(NotSaved) as caught:
        put_report(tmp_path, "a.html", b"3")
    assert str(tmp_path / FOLDER) in str(caught.value)
    assert len(list((tmp_path / FOLDER).iterdir())) == 2


def test_where_no_folder_can_be_made_it_is_told(tmp_path: Path) -> None:
    """A file of that name is in the way; it stays."""
    (tmp_path / FOLDER).write_bytes(b"mine")
    with pytest.raises(NotSaved):
        put_report(tmp_path, "a.html", b"3")
    assert (tmp_path / FOLDER).read_bytes() == b"mine"
