"""The trainee's edition: what is in the zip, what never is, and what the start files say."""

from __future__ import annotations

import ast
import io
import json
import re
import stat
import subprocess
import sys
import tomllib
import zipfile
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from typer.testing import CliRunner

from kamlib.cli import app
from kamlib.course import pack
from kamlib.course.build import read_unit
from kamlib.course.pack import LOCK, START_FILES, Edition, pack_files, write_pack
from kamlib.course.staging import sealed_stages
from kamlib.course.syllabus import Course, CourseError, Unit
from kamlib.forms.place import StillClosed, here
from kamlib.forms.stages import sealed_name, stages_name
from kamlib.grading.cohort import Settings
from kamlib.grading.enrol import new_cohort
from kamlib.items.manifest import sha256
from tests.course.conftest import Write, english
from tests.course.test_leaks import Haystack, key_texts, leaks, trainer_texts

EDITION = Edition("zh", "spring", "Asia/Shanghai", {"01_am_types": "2026-06-15"}, "mei@example.com")
WHEEL = ("kamlib-0.1.0-py3-none-any.whl", b"PK")


@pytest.fixture(scope="module")
def whole(course: Course) -> dict[str, bytes]:
    """Pack this repository's course, wheel and all."""
    return pack_files(course, EDITION)


def finished(course: Course) -> list[Unit]:
    """Return the units that are no drafts."""
    return [unit for unit in course.units if not read_unit(unit).draft]


@pytest.fixture
def no_wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the second that the wheel takes."""
    monkeypatch.setattr(pack, "build_wheel", lambda: WHEEL)


def test_a_pack_is_a_workbook(course: Course, whole: dict[str, bytes]) -> None:
    """Settings, start page, start files, what they install, and for each finished unit six files.

    A unit in stages has the list of them and each later one under its seal; another the data files
    of its case that lie open.
    """
    names = {
        f"units/{unit.name}/{name.format(unit=unit.name)}"
        for unit in finished(course)
        for lang in ("en", "zh")
        for name in (f"lesson.{lang}.ipynb", f"exercise.{lang}.ipynb", f"{{unit}}.items.{lang}.json")
    }  # fmt: skip
    names |= {"kam.json", "start.ipynb", "README.txt", "START-Windows.bat", "START-macOS.command",
              "START-Linux.sh", "app/bootstrap.py", "app/no-python.txt", "app/edition.json", f"app/{LOCK}"}  # fmt: skip
    for unit in finished(course):
        names |= {f"units/{unit.name}/{name}" for name in read_unit(unit).files.get("", ())}
        if later := sealed_stages(read_unit(unit)):
            names |= {f"units/{unit.name}/{sealed_name(unit.name, stage)}" for stage in later}
            names.add(f"units/{unit.name}/{stages_name(unit.name)}")
    (wheel,) = set(whole) - names
    assert wheel.startswith("app/kamlib-")
    assert wheel.endswith(".whl")
    assert names <= set(whole)


def test_settings_say_what_the_start_page_needs(course: Course, whole: dict[str, bytes]) -> None:
    """Titles in both languages, due days with their zone, minutes, and where to send a hand-in."""
    settings = json.loads(whole["kam.json"])
    units = settings.pop("units")
    assert settings == {
        "title": course.title, "lang": "zh", "version": course.version, "cohort": "spring",
        "tz": "Asia/Shanghai", "due": {"01_am_types": "2026-06-15"}, "send_to": "mei@example.com",
    }  # fmt: skip
    assert [unit["name"] for unit in units] == [unit.name for unit in finished(course)]
    for unit in units:
        assert set(unit) == {"name", "title", "teaching", "exercises", "minutes"}
        assert unit["title"]["en"] != unit["title"]["zh"]
        assert all(unit[name] > 0 for name in ("teaching", "exercises", "minutes"))


def test_the_start_page_is_one_hidden_cell(whole: dict[str, bytes]) -> None:
    """What a trainee opens first calls the start page and shows no code."""
    notebook = json.loads(whole["start.ipynb"])
    (cell,) = notebook["cells"]
    assert "".join(cell["source"]) == "from kamlib.forms import start\nstart()"
    assert cell["metadata"]["jupyter"]["source_hidden"] is True
    assert notebook["metadata"]["kam"]["kind"] == "start"


def opened_by_word(book: Path, unit: Unit, lang: str) -> None:
    """Open every later stage of a unit in an unpacked workbook; none is open before."""
    place = here(book / "units" / unit.name / f"lesson.{lang}.ipynb")
    stages = place.stages(unit.slug)
    if stages is None:
        return
    assert stages.closed
    for one in stages.closed:
        with pytest.raises(StillClosed):
            place.item(one.id)
    for stage in stages.order[1:]:
        stages.open(stage, stages.honour[stage])


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_question_is_found_in_a_pack(
    course: Course, whole: dict[str, bytes], tmp_path: Path, lang: str
) -> None:
    """In an unpacked workbook each form cell finds its item; practice has its key, graded none.

    A question of a later stage is found once all stages are open, and not before.
    """
    for name, data in whole.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    for unit in finished(course):
        opened_by_word(tmp_path, unit, lang)
        for kind, keyed in (("lesson", True), ("exercise", False)):
            notebook = tmp_path / "units" / unit.name / f"{kind}.{lang}.ipynb"
            place = here(notebook)
            assert (place.root, place.lang) == (tmp_path, lang)
            cells = json.loads(notebook.read_text("utf-8"))["cells"]
            text = "\n".join("".join(cell["source"]) for cell in cells)
            wanted = set(re.findall(r'form\("([\w.]+)"\)', text))
            assert wanted
            assert all((place.item(item)[1] is not None) == keyed for item in wanted)


def members(files: dict[str, bytes]) -> dict[str, bytes]:
    """Return every file of a pack, and every file in the wheel in it."""
    found = dict(files)
    for name, data in files.items():
        if name.endswith(".whl"):
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                found |= {f"{name}/{inner}": archive.read(inner) for inner in archive.namelist()}
    return found


def test_no_key_and_no_note_in_a_pack(course: Course, whole: dict[str, bytes]) -> None:
    """No sentence of a graded key and no trainer's note is in any byte, in either language.

    A lesson teaches the phrases that are to be recalled; all else of the keys is nowhere.
    """
    hay = {
        name: Haystack(data)
        for name, data in members(whole).items()
        if not name.endswith((".whl", ".otf", LOCK))
    }
    assert len(hay) > 60
    lessons = {name for name in hay if "/lesson." in name or ".items." in name}
    others = {name: one for name, one in hay.items() if name not in lessons}
    for unit in finished(course):
        assert leaks(others, key_texts(unit)) == []
        assert leaks(hay, trainer_texts(unit)) == []
        released = f"units/{unit.name}/{unit.name}.items"
        for lang in ("en", "zh"):
            data = json.loads(whole[f"{released}.{lang}.json"])
            graded = {item["id"] for item in data["items"] if item.get("use") == "graded"}
            assert graded
            assert not graded & set(data["keys"])
            only = json.dumps([item for item in data["items"] if item["id"] in graded]).encode()
            assert leaks({"items": Haystack(only)}, key_texts(unit)) == []


def test_nothing_of_a_trainee_is_ever_packed(
    tiny_course: Course, write: Write, no_wheel: None
) -> None:
    """Answers, identity and hand-ins that lie in the course's folders stay there."""
    write(tiny_course)
    mine = ("01_tiny.answers.json", "01_tiny.practice.json", "me.json", ".01_tiny.answers.json.lock",
            "handed_in/01_tiny_A07_0000-1111-2222.zip", "handed_in/receipts.json")  # fmt: skip
    for folder in (
        "notebooks/en",
        "notebooks/zh",
        "exercises/en/01_tiny",
        "exercises/zh/01_tiny",
        ".",
    ):
        for name in mine:
            path = tiny_course.root / folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_text("CANARY-7", "utf-8")
    files = pack_files(tiny_course, Edition("en"))
    assert not any(Path(name).name in {Path(one).name for one in mine} for name in files)
    assert not any(b"CANARY-7" in data for data in files.values())


@pytest.mark.parametrize(
    "name",
    ["me.json", "units/01_x/01_x.answers.json", "units/01_x/01_x.practice.json", "app/env/x.py",
     "handed_in/receipts.json", "units/01_x/key.yaml", "units/01_x/02_y.items.en.json",
     "units/01_x/01_x.S1.opened.json", "units/01_x/02_y.S1.sealed",
     "app/wheels/../../me.json.whl", "units/01_x/lesson.trainer.ipynb"],
)  # fmt: skip
def test_a_pack_holds_only_what_is_allowed(
    tiny_course: Course, write: Write, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """The list of names is an allow-list: whatever else would go in stops the packing."""
    write(tiny_course)
    monkeypatch.setattr(pack, "build_wheel", lambda: (name.removeprefix("app/"), b""))
    monkeypatch.setattr(pack, "_unit_files", lambda *args: {name: b""})
    with pytest.raises(CourseError) as caught:
        pack_files(tiny_course, Edition("en"))
    assert "A pack may not hold" in english(list(caught.value.problems))[0]


def test_a_graded_key_among_practice_stops_the_packing(
    tiny_course: Course, write: Write, no_wheel: None
) -> None:
    """Where a lesson's items file has a graded key, however it got there, nothing is packed."""
    write(tiny_course)
    path = tiny_course.units[0].lesson("en").with_suffix(".items.json")
    data = json.loads(path.read_text("utf-8"))
    data["keys"]["tiny.who"] = {"answer": "mei"}
    path.write_text(json.dumps(data), "utf-8")
    with pytest.raises(CourseError) as caught:
        pack_files(tiny_course, Edition("en"))
    assert "graded questions or their keys" in english(list(caught.value.problems))[0]


def test_the_same_course_packs_to_the_same_bytes(
    tiny_course: Course, write: Write, tmp_path: Path
) -> None:
    """Two packs are equal, wheel included; start files may be run; Windows gets its line ends."""
    write(tiny_course)
    one, two = tmp_path / "one.zip", tmp_path / "two.zip"
    size = write_pack(tiny_course, Edition("en"), one)
    write_pack(tiny_course, Edition("en"), two)
    assert one.read_bytes() == two.read_bytes()
    assert size == one.stat().st_size
    with zipfile.ZipFile(one) as archive:
        modes = {info.filename: info.external_attr >> 16 for info in archive.infolist()}
        windows = archive.read("START-Windows.bat")
        linux = archive.read("START-Linux.sh")
    run = {name for name, mode in modes.items() if mode & 0o111}
    assert run == {"START-macOS.command", "START-Linux.sh"}
    assert all(stat.S_ISREG(mode) for mode in modes.values())
    assert windows.count(b"\r\n") == windows.count(b"\n") > 10
    assert b"\r" not in linux
    assert windows.isascii()


def test_what_is_not_built_is_told(tiny_course: Course, no_wheel: None) -> None:
    """Packing builds nothing: it says what to run."""
    with pytest.raises(CourseError) as caught:
        pack_files(tiny_course, Edition("en"))
    assert "is not built yet; run kam course build" in english(list(caught.value.problems))[0]


def test_wheels_are_packed_for_a_room_without_internet(
    tiny_course: Course, write: Write, no_wheel: None, tmp_path: Path
) -> None:
    """A folder of wheels goes into app/wheels, nothing else of it; an empty one is told."""
    write(tiny_course)
    folder = tmp_path / "wheels"
    folder.mkdir()
    with pytest.raises(CourseError) as caught:
        pack_files(tiny_course, Edition("en"), folder)
    assert "There are no wheels" in english(list(caught.value.problems))[0]
    (folder / "x-1.0-py3-none-any.whl").write_bytes(b"PK")
    (folder / "notes.txt").write_text("mine", "utf-8")
    files = pack_files(tiny_course, Edition("en"), folder)
    assert [name for name in files if "wheels" in name] == ["app/wheels/x-1.0-py3-none-any.whl"]


def test_a_cohorts_trainees_get_the_exercise_that_is_marked(
    tiny_course: Course, write: Write, no_wheel: None, tmp_path: Path
) -> None:
    """After a question was reworded, the cohort's pack still has the frozen one; others the new."""
    write(tiny_course)
    roster = tmp_path / "roster.csv"
    roster.write_text("code,name\nA01,Lin\n", "utf-8")
    root = new_cohort(tiny_course, tmp_path / "spring", Settings(name="spring"), roster).root
    frozen = Edition("en", "spring", frozen=root / "course")
    before, name = pack_files(tiny_course, frozen), "units/01_tiny/01_tiny.items.en.json"
    assert before[name] == pack_files(tiny_course, Edition("en"))[name]
    released = tiny_course.units[0].release("en") / "01_tiny.items.json"
    released.write_bytes(released.read_bytes().replace(b"The boss", b"The manager"))
    assert pack_files(tiny_course, frozen) == before
    assert b"The manager" in pack_files(tiny_course, Edition("en"))[name]


def test_kam_course_pack(
    tiny_course: Course, write: Write, no_wheel: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:  # fmt: skip
    """The command packs for a language or a cohort, and says when it is told neither."""
    write(tiny_course)
    monkeypatch.chdir(tiny_course.root)
    ran = CliRunner().invoke(app, ["course", "pack", "--lang", "zh", "-o", str(tmp_path / "a.zip")])
    assert ran.exit_code == 0
    assert (tmp_path / "a.zip").is_file()
    roster = tmp_path / "roster.csv"
    roster.write_text("code,name\nA01,Lin\n", "utf-8")
    settings = Settings.model_validate({"name": "spring", "due": {"01_tiny": "2026-06-15"}})
    new_cohort(tiny_course, tmp_path / "spring", settings, roster)
    ran = CliRunner().invoke(app, ["course", "pack", "--cohort", str(tmp_path / "spring")])
    assert ran.exit_code == 0
    with zipfile.ZipFile(tiny_course.root / "kam_workbook_spring.zip") as archive:
        assert json.loads(archive.read("kam.json"))["due"] == {"01_tiny": "2026-06-15"}
    ran = CliRunner().invoke(app, ["course", "pack"])
    assert ran.exit_code == 1
    assert "--cohort" in ran.stderr


def test_a_newer_edition_unpacks_over_the_old(tiny_course: Course) -> None:
    """The name of a pack has no version, so that a computer proposes the same folder again."""
    assert replace(EDITION, cohort="spring 春").file_name == "kam_workbook_spring_春.zip"
    assert Edition("zh").file_name == "kam_workbook_zh.zip"


# The start files.


@pytest.fixture
def bootstrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Load bootstrap.py from a workbook of its own, its path with a space and Chinese."""
    book = tmp_path / "我的 练习册"
    (book / "app").mkdir(parents=True)
    for name in ("kam.json", "start.ipynb"):
        (book / name).write_text("{}", "utf-8")
    (book / "app" / LOCK).write_text("x==1\n", "utf-8")
    (book / "app" / WHEEL[0]).write_bytes(WHEEL[1])
    edition = {"wheel": WHEEL[0], "notebooks": {}}
    (book / "app" / "edition.json").write_text(json.dumps(edition), "utf-8")
    (book / "app" / "bootstrap.py").write_bytes((START_FILES / "bootstrap.py").read_bytes())
    module = ModuleType("bootstrap")
    module.__file__ = str(book / "app" / "bootstrap.py")
    source = (START_FILES / "bootstrap.py").read_text("utf-8")
    exec(compile(source, module.__file__, "exec"), module.__dict__)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setattr(module.signal, "signal", lambda *args: None)
    return module


def test_an_old_python_can_read_the_start_script() -> None:
    """The script is the standard library's only, in the grammar of Python 3.8."""
    tree = ast.parse((START_FILES / "bootstrap.py").read_text("utf-8"), feature_version=(3, 8))
    modules = {alias.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}  # fmt: skip
    assert modules <= sys.stdlib_module_names


def test_every_start_sentence_is_in_both_languages(bootstrap: ModuleType) -> None:
    """Each sentence has its Chinese, with the same braces, and none mentions code."""
    for english_text, chinese in bootstrap.WORDS.values():
        assert re.search(r"[\u4e00-\u9fff]", chinese)
        assert set(re.findall(r"{\w+}", english_text)) == set(re.findall(r"{\w+}", chinese))
    both = (START_FILES / "no-python.txt").read_text("utf-8")
    assert "Python 3.11" in both
    assert "需要" in both


def test_an_old_python_is_told(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Python 3.8 ends in how to get a newer one, in both languages, with exit code 1."""
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 8, 1))
    assert bootstrap.main(["--check"]) == 1
    said = capsys.readouterr().out
    assert "needs Python 3.11 or newer" in said
    assert "Microsoft Store 安装" in said


@pytest.mark.parametrize(
    "name", ["start.ipynb", "app/edition.json", f"app/{LOCK}", f"app/{WHEEL[0]}"]
)
def test_a_workbook_that_is_not_whole_is_told(
    bootstrap: ModuleType, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """A missing file is named, and unpacking again is what helps."""
    (bootstrap.WORKBOOK / name).unlink()
    assert bootstrap.main(["--check"]) == 1
    assert f"{name} is missing. Unpack the zip file again" in capsys.readouterr().out


SIGNS = {
    "[Errno 28] No space left on device": "full",
    "ERROR: Could not install packages due to an OSError: [Errno 13] Permission denied": "rights",
    "The virtual environment was not created successfully because ensurepip is not available": "novenv",
    "ProxyError('Cannot connect to proxy.', OSError('Tunnel connection failed: 407'))": "proxy",
    "Failed to establish a new connection: [Errno -2] Name or service not known": "internet",
    "ProxyError('Unable to connect', NewConnectionError": "internet",
    "ERROR: No matching distribution found for x==1 (from versions: none)": "internet",
    "ERROR: No matching distribution found for x==1 (from versions: 2, 3)": "nowheel",
    "SSLError(SSLCertVerificationError(1, 'CERTIFICATE_VERIFY_FAILED'))": "certificate",
    "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE": "damaged",
    "Segmentation fault": "unknown",
}


@pytest.mark.parametrize("output", SIGNS)
def test_what_goes_wrong_in_installing_has_its_sentence(
    bootstrap: ModuleType, output: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What pip prints becomes a sentence that says what to do, and it fills its braces."""
    stop = bootstrap.why(output, io.StringIO(), bootstrap.APP)
    assert stop.name == SIGNS[output]
    bootstrap.say(stop.name, **stop.values)
    assert "{" not in capsys.readouterr().out


def test_a_room_without_internet_that_lacks_a_part_is_told(bootstrap: ModuleType) -> None:
    """Where parts come from app/wheels, a missing one is not blamed on the internet."""
    (bootstrap.APP / "wheels").mkdir()
    output = "ERROR: No matching distribution found for x==1 (from versions: none)"
    assert bootstrap.why(output, io.StringIO(), bootstrap.APP).name == "lacking"


def test_a_proxys_password_is_not_printed(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the trainee may send to others holds no password."""
    monkeypatch.setenv("HTTPS_PROXY", "http://lin:secret@proxy:8080")
    stop = bootstrap.why("Tunnel connection failed: 407", io.StringIO(), bootstrap.APP)
    assert stop.values == {"proxy": "http://***@proxy:8080"}


def test_a_folder_that_cannot_hold_programs_sends_them_to_the_user(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A read-only or shared folder is no obstacle; without any place the sentence says so."""
    real = bootstrap.can_hold
    monkeypatch.setattr(
        bootstrap, "can_hold", lambda folder: folder != bootstrap.APP and real(folder)
    )
    home = bootstrap.choose_home()
    assert home.is_relative_to(tmp_path / "data")
    assert home.is_dir()
    monkeypatch.setattr(bootstrap, "can_hold", lambda folder: False)
    with pytest.raises(bootstrap.Stop) as caught:
        bootstrap.choose_home()
    assert caught.value.name == "rights"


def test_a_folder_in_which_no_answer_can_be_saved_is_told(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Better no page at all than one that saves nothing; a full disk is told as such."""

    def fails(code: int) -> Any:
        def write(*args: object) -> None:
            raise OSError(code, "no")

        return write

    for code, sentence in ((13, "No right to write in"), (28, "The disk is full")):
        monkeypatch.setattr(Path, "write_text", fails(code))
        assert bootstrap.main(["--check"]) == 1
        assert sentence in capsys.readouterr().out


class Steps:
    """Stands in for the programs that make an environment; remembers what was run."""

    def __init__(self, bootstrap: ModuleType) -> None:
        self.run: list[str] = []
        self._env = bootstrap.APP / "env"
        self._python = bootstrap.python_in(self._env)

    def __call__(self, command: list[str], *rest: Any) -> None:
        """Do what a step leaves behind."""
        if "venv" in command:
            self.run.append("venv")
            self._python.parent.mkdir(parents=True, exist_ok=True)
            self._python.write_text("", "utf-8")
            (self._env / "pyvenv.cfg").write_text(
                f"home = {Path(sys.executable).parent}\n", "utf-8"
            )
        else:
            self.run.append("lock" if "--require-hashes" in command else "kamlib")


def test_the_environment_is_made_once_and_renewed_when_needed(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """First start: all; later: nothing; newer kamlib: only that; newer lock: parts; moved: all anew."""
    steps = Steps(bootstrap)
    monkeypatch.setattr(bootstrap, "run", steps)

    def start() -> list[str]:
        steps.run.clear()
        assert bootstrap.main(["--check"]) == 0
        return list(steps.run)

    assert start() == ["venv", "lock", "kamlib"]
    assert start() == []
    (bootstrap.APP / WHEEL[0]).write_bytes(b"newer")
    assert start() == ["kamlib"]
    (bootstrap.APP / LOCK).write_text("x==2\n", "utf-8")
    assert start() == ["lock", "kamlib"]
    (bootstrap.APP / "env" / "pyvenv.cfg").write_text("home = /gone/bin\n", "utf-8")
    assert start() == ["venv", "lock", "kamlib"]
    mark = bootstrap.APP / "ready.json"
    mark.write_text(json.dumps(json.loads(mark.read_text("utf-8")) | {"env": "elsewhere"}), "utf-8")
    assert start() == ["venv", "lock", "kamlib"]


def test_a_start_that_was_broken_off_is_gone_on_with(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """After a failed download the next start takes up where it was, and never counts as ready."""
    steps = Steps(bootstrap)

    def breaks(command: list[str], *rest: Any) -> None:
        steps(command, *rest)
        if "--require-hashes" in command:
            raise bootstrap.Stop("internet")

    monkeypatch.setattr(bootstrap, "run", breaks)
    assert bootstrap.main(["--check"]) == 1
    assert "HTTPS_PROXY" in capsys.readouterr().out
    assert not (bootstrap.APP / "ready.json").exists()
    monkeypatch.setattr(bootstrap, "run", steps)
    steps.run.clear()
    assert bootstrap.main(["--check"]) == 0
    assert steps.run == ["lock", "kamlib"]


def test_the_trainees_lock_is_the_projects_without_nbgrader() -> None:
    """Names, versions and hashes only, the same versions as everybody's, and no grading tools."""
    root = START_FILES.parents[2]
    text = (root / LOCK).read_text("utf-8")
    pin = re.compile(r"^([a-z0-9-]+(?:\[[a-z0-9,-]+\])?==[^ ]+)( ; [^\\#@]+)? \\$")
    lines = text.splitlines()
    assert all(pin.match(line) or re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}( \\)?", line) for line in lines)  # fmt: skip
    pins = {found[1] for line in lines if (found := pin.match(line))}
    assert len(pins) > 100
    assert not any(name.startswith(("nbgrader", "pytest", "sqlalchemy")) for name in pins)
    other = (root / "requirements.lock").read_text("utf-8")
    everybodys = {found[1] for line in other.splitlines() if (found := pin.match(line))}
    assert pins <= everybodys
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    for wanted in map(Requirement, project["dependencies"]):
        versions = [one.partition("==")[2] for one in pins if re.split(r"\[|==", one)[0] == canonicalize_name(wanted.name)]  # fmt: skip
        assert versions, wanted.name
        assert all(wanted.specifier.contains(version) for version in versions)


def test_packed_notebooks_are_known_by_their_hash(whole: dict[str, bytes]) -> None:
    """Only notebooks as they were packed are trusted when the workbook starts."""
    listed = json.loads(whole["app/edition.json"])["notebooks"]
    assert listed == {n: sha256(data) for n, data in whole.items() if n.endswith(".ipynb")}


@pytest.mark.parametrize("name", ["START-Linux.sh", "START-macOS.command"])
def test_without_python_the_start_file_says_how_to_get_it(
    whole: dict[str, bytes], tmp_path: Path, name: str
) -> None:
    """With nothing on the PATH, in a folder with Chinese and a space, both languages are shown."""
    book = tmp_path / "练习 册"
    (book / "app").mkdir(parents=True)
    (book / name).write_bytes(whole[name].replace(b":/usr/local/bin:/opt/homebrew/bin", b""))
    (book / "app" / "no-python.txt").write_bytes(whole["app/no-python.txt"])
    ran = subprocess.run(
        ["/bin/sh", str(book / name)], env={"PATH": ""}, cwd="/", stdin=subprocess.DEVNULL,
        capture_output=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 1
    assert "no Python 3.11 or newer" in ran.stdout.decode()
    assert "没有 Python 3.11" in ran.stdout.decode()
    assert ran.stderr == b""


def test_the_start_file_finds_python_and_passes_on(tmp_path: Path, whole: dict[str, bytes]) -> None:
    """An old Python first on the PATH is passed over for one that is new enough."""
    book = tmp_path / "练习 册"
    (book / "app").mkdir(parents=True)
    (book / "START-Linux.sh").write_bytes(whole["START-Linux.sh"])
    (book / "app" / "bootstrap.py").write_text("import sys; print('found', sys.argv[1:])", "utf-8")
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "python3").write_text("#!/bin/sh\nexit 1\n", "utf-8")
    (programs / "python3").chmod(0o755)
    (programs / "python").symlink_to(sys.executable)
    ran = subprocess.run(
        ["/bin/sh", str(book / "START-Linux.sh"), "--check"], env={"PATH": str(programs)}, cwd="/",
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.stdout == "found ['--check']\n"


def test_a_file_in_the_workbook_never_stands_in_for_a_module(
    bootstrap: ModuleType, tmp_path: Path
) -> None:
    """A `kamlib.py` that lies beside the start page is not what a started Python imports."""
    (tmp_path / "kamlib.py").write_text("raise SystemExit('the wrong one')\n", "utf-8")
    variables = bootstrap.clean_environment(Path(sys.prefix))
    done = subprocess.run(
        [sys.executable, "-c", "import kamlib; print(kamlib.__file__)"],
        cwd=tmp_path, env=variables, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert str(tmp_path) not in done.stdout


def test_the_wheel_holds_every_module(whole: dict[str, bytes]) -> None:
    """A trainee's kamlib lacks no module, and has nothing of what only an author needs."""
    inside = {name.split(".whl/")[1] for name in members(whole) if ".whl/" in name}
    root = Path(pack.__file__).parents[2]
    modules = {path.relative_to(root).as_posix() for path in (root / "kamlib").rglob("*.py")}
    assert modules <= inside
    assert not any("unit_files" in name for name in inside)
