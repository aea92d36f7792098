"""What is installed, what imports what, and what no file of the repository may hold."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import kamlib

ROOT = Path(kamlib.__file__).parents[1]
PACKAGE = ROOT / "kamlib"

LAYERS = {
    "cli": 7, "workshop": 6, "grading": 6, "testing": 6, "course": 5, "forms": 4, "items": 3, "plots": 1,
    "fonts": 1, "words": 0, "": 0,
}  # fmt: skip
"""The layers, the highest first; a module that is not named here teaches a subject."""
SUBJECT = 2

OVER_NBGRADER = {"grading/gradebook.py", "grading/nbgrader_course.py", "grading/nbgrader_plugin.py"}


@cache
def project() -> dict[str, object]:
    """Read pyproject.toml."""
    settings: dict[str, object] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    found = settings["project"]
    assert isinstance(found, dict)
    return found


def requirements(*extras: str) -> list[Requirement]:
    """Return what the package asks for, with these extras, itself left out."""
    more = project()["optional-dependencies"]
    lines = [*project()["dependencies"], *(line for extra in extras for line in more[extra])]  # type: ignore[misc,index]
    return [each for each in map(Requirement, lines) if each.name != "kamlib"]


# What is installed.


def test_the_version_is_said_once() -> None:
    """The package and its description agree on the version."""
    assert project()["version"] == kamlib.__version__


def test_conda_installs_what_pip_installs() -> None:
    """environment.yml asks for just what pyproject.toml asks for, instructors' needs included."""
    text = (ROOT / "environment.yml").read_text("utf-8")
    entries = yaml.safe_load(text)["dependencies"]
    (pip,) = [entry["pip"] for entry in entries if isinstance(entry, dict)]
    conda = {
        str(Requirement(entry)) for entry in entries if isinstance(entry, str) and entry != "pip"
    }
    python = f"python{project()['requires-python']}"
    assert conda == {python, *map(str, requirements("instructor"))}
    assert pip == ["-e ."]
    assert text.startswith("# Not tried here.")
    assert yaml.safe_load(text)["channels"] == ["conda-forge", "nodefaults"]


PIN = re.compile(r"([a-z0-9-]+)(\[[a-z0-9,-]+\])?==([0-9][A-Za-z0-9.+!]*)( ; [^\\#@]+)? \\")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")


@cache
def pins() -> dict[str, set[str]]:
    """Return the versions in requirements.lock by name."""
    found: dict[str, set[str]] = {}
    for line in (ROOT / "requirements.lock").read_text("utf-8").splitlines():
        if pin := PIN.fullmatch(line):
            found.setdefault(pin[1], set()).add(pin[3])
    return found


def test_the_lock_holds_pins_and_hashes_only() -> None:
    """Every line of the lock is a name with a version, or a hash: no URL, no host, no path."""
    lines = (ROOT / "requirements.lock").read_text("utf-8").splitlines()
    odd = [line for line in lines if not PIN.fullmatch(line) and not HASH.fullmatch(line)]
    assert odd == []
    assert len(pins()) > 100
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        assert line.endswith(" \\") == bool(HASH.fullmatch(following)), line


@pytest.mark.parametrize("extras", [(), ("instructor",), ("instructor", "dev")])
def test_the_lock_has_what_the_package_asks_for(extras: tuple[str, ...]) -> None:
    """Each dependency is pinned at a version that the package accepts."""
    for wanted in requirements(*extras):
        versions = pins().get(canonicalize_name(wanted.name))
        assert versions, wanted.name
        assert all(wanted.specifier.contains(version) for version in versions), wanted


def test_json_schemas_stay_quick() -> None:
    """From 4.25 on jsonschema compiles a grammar at import, which costs each notebook two seconds."""
    wanted = next(each for each in requirements() if each.name == "jsonschema")
    assert all(Requirement("jsonschema<4.25").specifier.contains(v) for v in pins()["jsonschema"])
    assert not wanted.specifier.contains("4.25")


# What the repository holds.


def text_files() -> Iterator[tuple[str, str]]:
    """Yield each text of the repository, tracked or about to be, with its path."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, check=False,
    )  # fmt: skip
    if listed.returncode == 0:
        names = listed.stdout.decode().split("\0")
    else:  # a copy without its history
        parts = (path.relative_to(ROOT) for path in ROOT.rglob("*"))
        names = [
            str(p) for p in parts if not any(x.startswith(".") or x == "build" for x in p.parts)
        ]
    for name in filter(None, names):
        path = ROOT / name
        if path.is_file():
            data = path.read_bytes()
            if b"\0" not in data[:8000]:
                yield name, data.decode("utf-8", "replace")


# Put together here, so that this file does not hold them itself.
FOLDERS = re.compile(r"(?<![\w.:/-])/(?:" + "|".join(("home", "root", "work", "Users")) + r")/\w")
DRIVES = re.compile(r"\b[A-Z]:\\+Users\\+\w")
HOSTS = (
    "files." + "pythonhosted",
    "pypi.org/" + "simple",
    "registry." + "npmjs",
    "--index" + "-url",
)


def test_no_file_names_a_machine() -> None:
    """No text holds a path of somebody's home or work folder, or the host of a registry."""
    count, found = 0, []
    for name, text in text_files():
        count += 1
        found += [(name, hit[0]) for hit in (FOLDERS.search(text), DRIVES.search(text)) if hit]
        found += [(name, host) for host in HOSTS if host in text]
    assert count > 50
    assert found == []


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("see /{}/kim/course", True), ("'/{}/kim'", True), ("file:///{}/kim", True),
        ("https://example.com/{}/kim", False), ("a/{}/kim", False), ("../{}/kim", False),
    ],
)  # fmt: skip
def test_a_path_of_a_machine_is_recognised(text: str, named: bool) -> None:
    """A path from the root of a disk is one; a part of an address or of a relative path is none."""
    for folder in ("home", "root", "work"):
        line = text.format(folder).replace("file://", "file: ")
        assert bool(FOLDERS.search(line)) == named


# What imports what.


def imports(path: Path) -> Iterator[str]:
    """Yield every module that a file imports, at its top or within a function."""
    package = path.relative_to(ROOT).parts[:-1]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(filter(None, (base, node.module)))
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def part(module: str) -> str:
    """Return the part of kamlib that a module belongs to."""
    return module.split(".")[1] if "." in module else ""


def modules() -> Iterator[tuple[str, Path]]:
    """Yield each module of kamlib with the part that it belongs to."""
    for path in sorted(PACKAGE.rglob("*.py")):
        inner = path.relative_to(PACKAGE)
        yield (inner.parts[0] if len(inner.parts) > 1 else inner.stem.replace("__init__", "")), path


def test_imports_point_down_the_layers() -> None:
    """A part imports itself and what lies below it: grading may know the course, never the reverse."""
    upward = []
    for own, path in modules():
        for module in imports(path):
            other = part(module)
            if not module.startswith("kamlib") or other == own:
                continue
            if not (PACKAGE / other).exists() and not (PACKAGE / f"{other}.py").exists():
                continue  # a name of the package itself, such as its version
            if own not in LAYERS and other not in LAYERS:
                continue  # two subjects; that they form no circle is tested below
            if LAYERS.get(other, SUBJECT) >= LAYERS.get(own, SUBJECT):
                upward.append(f"{path.relative_to(ROOT)} imports {module}")
    assert upward == []


def test_subjects_build_on_each_other_in_one_direction() -> None:
    """What a subject builds on never builds on it: there is an order in which each can be read."""
    below = {
        own: {part(module) for module in imports(path) if module.startswith("kamlib.")} - {own}
        for own, path in modules()
        if own not in LAYERS
    }
    order = list(TopologicalSorter(below).static_order())  # a circle raises CycleError
    assert order.index("arithmetic") < order.index("case1") < order.index("feasibility")


def test_few_modules_know_nbgrader() -> None:
    """Only the gradebook and the plugins beside it import nbgrader."""
    knowing = {
        path.relative_to(PACKAGE).as_posix()
        for _, path in modules()
        if any(module.split(".")[0] == "nbgrader" for module in imports(path))
    }
    assert knowing == OVER_NBGRADER


@pytest.mark.parametrize("module", ["kamlib", "kamlib.items", "kamlib.forms", "kamlib.cli"])
def test_imports_stay_light(module: str) -> None:
    """What a trainee's notebook imports loads no data frames, no figures and no gradebook."""
    heavy = ("pandas", "matplotlib", "nbgrader", "sqlalchemy", "IPython")
    code = f"import sys, {module}; print([n for n in {heavy} if n in sys.modules])"
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"
