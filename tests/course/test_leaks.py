"""What belongs to the instructor is in nothing that a trainee receives."""

from __future__ import annotations

import base64
import binascii
import bz2
import contextlib
import gzip
import hashlib
import html
import json
import lzma
import re
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest
import yaml
from babel.messages import Catalog

from kamlib.course import build, translation
from kamlib.course.build import RELEASED, Artefact, read_unit
from kamlib.course.source import read_source
from kamlib.course.syllabus import PARTS, Course, Unit, open_course, read_questions
from kamlib.grading.nbgrader_course import release
from kamlib.items.keys import BaseKey, Key
from kamlib.items.model import Record, parse_item
from kamlib.items.texts import texts_of
from tests.conftest import EXERCISE, LESSON, translate
from tests.course.conftest import Write, english

OPEN = {
    "promised day": "a word that a rule looks for is a word of the question",
}
"""Key texts that a release holds by necessity, each with the reason."""

LONG_ENOUGH = 12
"""Characters from which a text is one that nobody writes by chance."""


# How a text may be hidden in bytes.


def readings(data: bytes, depth: int = 3) -> Iterator[str]:
    """Yield every text that these bytes can be read as: unescaped, decoded, unpacked."""
    for coding in ("utf-8", "utf-16-le", "utf-16-be"):
        yield data.decode(coding, "ignore")
        yield data[1:].decode(coding, "ignore")
    text = data.decode("utf-8", "ignore")
    with contextlib.suppress(ValueError):
        yield "\n".join(strings(json.loads(text)))
    plain = text
    for _ in range(depth):
        plain = html.unescape(unquote(plain)).replace("\\n", "\n").replace('\\"', '"')
        plain = re.sub(r"\\+u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), plain)
    yield plain
    if depth:
        for inner in unpacked(data):
            yield from readings(inner, depth - 1)


def strings(value: Any) -> Iterator[str]:
    """Yield the texts in a JSON value; the lines of a notebook cell are one text."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for part in (*value.keys(), *value.values()) for text in strings(part))
    elif isinstance(value, list):
        if all(isinstance(part, str) for part in value):
            yield "".join(value)
        yield from (text for part in value for text in strings(part))


def unpacked(data: bytes) -> Iterator[bytes]:
    """Yield what lies in the bytes in base64 or hexadecimal or compressed."""
    for run in re.findall(rb"[A-Za-z0-9+/_-]{16,}", data):
        for start in range(4):
            piece = run[start : len(run) - ((len(run) - start) % 4 == 1)]
            padded = piece + b"=" * (-len(piece) % 4)
            yield base64.b64decode(padded, altchars=b"-_" if b"-" in run or b"_" in run else None)
        with contextlib.suppress(binascii.Error):
            yield binascii.unhexlify(run[: len(run) // 2 * 2])
    for unpack in (zlib.decompress, gzip.decompress, bz2.decompress, lzma.decompress):
        with contextlib.suppress(OSError, zlib.error, ValueError, EOFError, lzma.LZMAError):
            yield unpack(data)


def flat(text: str) -> str:
    """Drop what line breaks and indentation add."""
    return re.sub(r"[\s>]+", " ", text).strip()


class Haystack:
    """A file that a trainee gets, read in every way."""

    def __init__(self, data: bytes) -> None:
        self._text = "\n".join(map(flat, dict.fromkeys(readings(data))))

    def holds(self, secret: str) -> bool:
        """Whether the file gives the secret away."""
        return flat(secret) in self._text


SECRET = "Kanarie «é» 金丝雀 & <b>: who was asked?"
HIDING_PLACES = {
    "as it is": SECRET.encode(),
    "escaped in JSON": json.dumps({"a": [SECRET]}).encode(),
    "escaped twice": json.dumps(json.dumps(SECRET)).encode(),
    "as HTML": html.escape(SECRET).encode(),
    "as HTML in JSON": json.dumps(html.escape(SECRET)).encode(),
    "over two lines": json.dumps({"source": [SECRET[:20], SECRET[20:]]}).encode(),
    "in a callout": SECRET.replace("& ", "&\n> ").encode(),
    "in UTF-16": SECRET.encode("utf-16"),
    "in base64": b'{"a": "' + base64.b64encode(b"x" + SECRET.encode()) + b'"}',
    "in URL-safe base64": base64.urlsafe_b64encode(b"??" + SECRET.encode() + b"\xff\xfe\xfd"),
    "in hexadecimal": SECRET.encode().hex().encode(),
    "in a URL": quote(SECRET).encode(),
    "compressed": zlib.compress(SECRET.encode()),
    "compressed, in base64": b'"' + base64.b64encode(gzip.compress(SECRET.encode())) + b'"',
}


@pytest.mark.parametrize("place", HIDING_PLACES)
def test_a_hidden_text_is_found(place: str) -> None:
    """The search of this module finds a text in every form in which a file can carry it."""
    assert Haystack(HIDING_PLACES[place]).holds(SECRET)
    assert not Haystack(HIDING_PLACES[place]).holds("Kanarie «é» 金丝雀 & <b>: who was told?")


# The course of this repository.


def said(key: Key) -> set[str]:
    """Return what a key says, in the language of its source."""
    words = {word for check in getattr(key, "checks", ()) for word in check.words}
    phrases = {text for point in recalled(key) for text in point}
    return {*texts_of(key), *words, *phrases}


def recalled(key: BaseKey) -> list[tuple[str, ...]]:
    """Return the ways to say each point that is to be recalled."""
    points = getattr(key, "points", {})
    return [point.accept for point in points.values()]


def sentences(text: str) -> list[str]:
    """Return the sentences of a text."""
    return re.split(r"(?<=[.!?;])\s+|(?<=[。！？；])", flat(text))


def translated(unit: Unit, part: str) -> set[str]:
    """Return the Chinese texts of a part, those that are no longer used among them."""
    catalog = translation.read_catalog(unit.po(part, "zh"), "zh")
    return {str(entry.string) for entry in [*catalog, *catalog.obsolete.values()] if entry.id}


@cache
def lies_open(unit: Unit) -> str:
    """Return all that stands in the data files that a unit hands out with its lesson, in one text.

    A worked example is such a file: what it says is meant to be read.
    """
    listed = read_unit(unit).lesson.front.get("files", ())
    paths = [unit.folder / name for name in listed] if isinstance(listed, list) else []
    loaded = [yaml.safe_load(path.read_text("utf-8")) for path in paths if path.suffix == ".yaml"]
    return "\n".join(flat(text) for text in strings(loaded))


@cache
def key_texts(unit: Unit) -> frozenset[str]:
    """Return every text of a unit's graded keys in both languages, whole and by sentence.

    A sentence that its author also wrote into a question, or a text into a file that lies open, is
    no secret.
    """
    questions = read_questions(unit)
    texts = set().union(*map(said, questions.graded.values())) | translated(unit, "key")
    asked = {text for item in questions.items for text in texts_of(item)} | translated(
        unit, "items"
    )
    asked_text = flat("\n".join(asked))
    shown = lies_open(unit)
    texts = {text for text in texts if flat(text) not in shown}
    parts = {part for text in texts for part in sentences(text) if part not in asked_text}
    return frozenset({part for part in texts | parts if len(part) >= LONG_ENOUGH} - set(OPEN))


@cache
def trainer_texts(unit: Unit) -> frozenset[str]:
    """Return the trainer's notes of a unit in both languages."""
    notes = [
        block.text
        for part in ("lesson", "exercise")
        for cell in read_source(unit.source(part)).cells
        if cell.for_trainer
        for block in cell.blocks
    ]
    chinese = read_unit(unit).translations("zh", ("lesson", "exercise"))
    return frozenset({*notes, *(chinese[note] for note in notes if note in chinese)})


@pytest.fixture(scope="module")
def handed_out(course: Course, built: list[Artefact]) -> dict[str, Haystack]:
    """Read what trainees get, as the build makes it now and as it lies on the disk, by path."""
    found = {}
    for folder in ("exercises", "notebooks"):
        root = course.root / folder
        now = {a.path: a.data for a in built if a.path.is_relative_to(root)}
        there = {
            path: path.read_bytes()
            for path in root.rglob("*")
            if path.is_file() and not path.name.endswith(".answers.json")
        }
        for when, files in (("built", now), ("disk", there)):
            for path, data in files.items():
                found[f"{when} {path.relative_to(course.root).as_posix()}"] = Haystack(data)
    return found


def leaks(files: dict[str, Haystack], secrets: frozenset[str]) -> list[tuple[str, str]]:
    """Return each secret found, with the file that gives it away."""
    return [
        (name, secret)
        for secret in sorted(secrets)
        for name, hay in files.items()
        if hay.holds(secret)
    ]


def test_there_is_something_to_keep(course: Course) -> None:
    """The course has graded keys and trainer's notes, so that the tests below are no empty promise."""
    assert any(len(key_texts(unit)) > 100 for unit in course.units)
    assert all(key_texts(unit) for unit in course.units)
    assert all(trainer_texts(unit) for unit in course.units)


def test_no_key_text_in_a_release(course: Course, handed_out: dict[str, Haystack]) -> None:
    """No sentence of a graded key, in either language, is in any byte of a released exercise."""
    exercises = {name: hay for name, hay in handed_out.items() if " exercises/" in name}
    assert len(exercises) >= 2 * 2 * len(RELEASED)
    for unit in course.units:
        assert leaks(exercises, key_texts(unit)) == []


def test_no_key_text_in_a_lesson(course: Course, handed_out: dict[str, Haystack]) -> None:
    """No text of a graded key is in a lesson, but for the phrases to recall, which it teaches."""
    lessons = {name: hay for name, hay in handed_out.items() if " notebooks/" in name}
    assert lessons
    for unit in course.units:
        keys = read_questions(unit).graded.values()
        chinese = read_unit(unit).translations("zh", ("key",))
        texts = {text for key in keys for text in texts_of(key) if len(text) >= LONG_ENOUGH}
        texts |= {chinese[text] for text in texts if len(chinese.get(text, "")) >= LONG_ENOUGH}
        shown = lies_open(unit)
        assert leaks(lessons, frozenset(text for text in texts if flat(text) not in shown)) == []


def test_only_what_lies_open_is_excused(course: Course) -> None:
    """The worked example of the homework is open; its explanations, rubrics and remarks are not."""
    unit = course.unit("10_customer_analysis")
    kept = key_texts(unit)
    graded = read_questions(unit).graded
    explanations = [key.explanation for key in graded.values()]
    assert all(text in kept for text in explanations)
    rubric = graded["customer_analysis.strategy"]
    assert all(level in kept for levels in rubric.levels.values() for level in levels)  # type: ignore[union-attr]
    assert not lies_open(course.unit("07_case1_negotiation"))


def test_no_trainer_note_for_trainees(course: Course, handed_out: dict[str, Haystack]) -> None:
    """No note for the trainer is in a lesson or a release, in either language."""
    for unit in course.units:
        assert leaks(handed_out, trainer_texts(unit)) == []


def test_excuses_are_needed(course: Course, handed_out: dict[str, Haystack]) -> None:
    """Every excused text is in a key and in a release; no excuse outlives its reason."""
    keys = [key for unit in course.units for key in read_questions(unit).graded.values()]
    texts = set().union(*map(said, keys))
    for excused in OPEN:
        assert excused in texts
        assert any(hay.holds(excused) for name, hay in handed_out.items() if "exercises/en" in name)


def test_released_items_have_no_key_fields(course: Course, built: list[Artefact]) -> None:
    """A released items file parses with the schema of items, and no field of a key is in it."""
    of_keys = {name for kind in records(BaseKey) for name in kind.model_fields}
    of_items = {name for kind in records(type(parse_item_sample())) for name in kind.model_fields}
    files = [a for a in built if a.path.name.endswith(".items.json")]
    released = [a for a in files if a.path.is_relative_to(course.root / "exercises")]
    assert len(released) == 2 * len(course.units)
    for artefact in released:
        data = json.loads(artefact.data)
        assert set(data) == {"items"}
        for entry in data["items"]:
            assert parse_item(entry).use == "graded"
            assert not set(entry) & (of_keys - of_items)
        assert all(json.loads(a.data).get("keys") for a in files if a not in released)


def records(base: type[Record]) -> Iterator[type[Record]]:
    """Yield a record and all its kinds."""
    yield base
    for kind in base.__subclasses__():
        yield from records(kind)


def parse_item_sample() -> Record:
    """Return an item's common base as an instance, to reach all its kinds."""
    from kamlib.items.model import BaseItem

    return BaseItem.model_construct()


# Canaries: texts that are nowhere but in the secret places of a small course.

SECRET_PLACES = (
    "explanation", "message", "gate", "reason_message", "trap", "missed", "level", "model answer",
    "example", "example row", "rule", "word", "phrase", "point", "fact message", "key comment",
    "items comment", "trainer note", "exercise note", "po comment", "old translation",
    "fuzzy translation", "chinese key", "chinese note",
)  # fmt: skip
SHOWN_PLACES = ("prompt", "option", "hint", "criterion", "lesson", "exercise", "practice")
STRAYS = (
    "Key.yaml", "key.yaml~", "notes.txt", ".key.yaml.swp", "key.json", "01_tiny.ipynb", "solution.md",
    ".ipynb_checkpoints/exercise-checkpoint.ipynb", "zh/key.po~", "exercise/key.yaml",
)  # fmt: skip


def canary(place: str) -> str:
    """Return the text that stands at this place and nowhere else."""
    return f"金丝雀 é {hashlib.sha256(place.encode()).hexdigest()[:12]}"


def head(name: str, interaction: str, **more: Any) -> dict[str, Any]:
    """Return a graded item with what its interaction needs."""
    return {
        "id": f"tiny.{name}", "interaction": interaction, "use": "graded", "title": name,
        "prompt": "What is it?", **more,
    }  # fmt: skip


def canary_sources() -> dict[str, str]:
    """Return the sources of a unit with a canary at every place."""
    c = canary
    field = {"owner": {"label": "Owner"}}
    practice = head("warm_up", "choice", options={"a": "A", "b": "B"}) | {"use": "practice"}
    practice["key"] = {"answer": "a", "explanation": c("practice"), "messages": {"b": "No."}}
    items = [
        practice,
        head("pick", "choice", options={"a": c("option"), "b": "B"}, reasons={"r": "R", "s": "S"})
        | {"prompt": c("prompt"), "hints": [c("hint")]},
        head("count", "number", quantity="Cases", units={"cases": "cases"}),
        head("tick", "choices", options={"a": "A", "b": "B"}),
        head("list", "recall", lines=3),
        head("plan", "structured", fields=field),
        head("rows", "table", columns=field),
        head(
            "prove", "evidence", claims={"x": "X"}, facts={"f": {"text": "F"}, "g": {"text": "G"}}
        ),
        head("write", "text", criteria={"reason": c("criterion")}),
    ]
    check = {"rule": "says", "fields": ["owner"], "words": [c("word")], "message": c("rule")}
    keys: dict[str, Any] = {
        "pick": {
            "answer": "a", "reason": "r", "explanation": c("explanation"),
            "messages": {"b": c("message")}, "reason_messages": {"s": c("reason_message")},
            "gate": {"options": ["b"], "cap": 0.5, "message": c("gate")},
        },
        "count": {"value": 3, "unit": "cases", "explanation": "Count.",
                  "traps": [{"name": "four", "value": 4, "message": c("trap")}]},
        "tick": {"answer": ["a"], "explanation": "A.", "messages": {"a": c("missed")}},
        "list": {"explanation": "All.", "points": {"p": {"name": c("point"), "accept": [c("phrase")]}}},
        "plan": {"explanation": "Plan.", "checks": [check], "example": {"owner": c("example")}},
        "rows": {"explanation": "Rows.", "checks": [check], "example": [{"owner": c("example row")}]},
        "prove": {"explanation": "F.", "answer": {"x": [{"all_of": ["f"]}]},
                  "messages": {"g": c("fact message")}},
        "write": {"explanation": "Say.", "model_answer": c("model answer"),
                  "levels": {"reason": ["No", "Hardly", "Yes", c("level")]}},
    }  # fmt: skip
    placed = "\n\n".join(f"`{{item}} {item['id']}`" for item in items[1:])
    note = '+++ {{"tags": ["trainer"]}}\n\n{}\n\n+++\n\n'
    lesson = LESSON.replace("Let the room guess for a minute.", c("trainer note"))
    exercise = EXERCISE.split("`{item}")[0] + note.format(c("exercise note")) + c("exercise")
    return {
        "lesson.md": f"{lesson}\n{c('lesson')}\n",
        "exercise.md": f"{exercise}\n\n{placed}\n",
        "items.yaml": f"# {c('items comment')}\n" + yaml.safe_dump(items, allow_unicode=True),
        "key.yaml": f"# {c('key comment')}\n"
        + yaml.safe_dump({f"tiny.{n}": key for n, key in keys.items()}, allow_unicode=True),
    }


@pytest.fixture
def canary_course(tiny_course: Course) -> Course:
    """Put a canary into the tiny course at every place, in sources, translations and stray files."""
    unit = tiny_course.units[0]
    for name, text in canary_sources().items():
        (unit.folder / name).write_text(text, "utf-8")
    translate(tiny_course)
    for part in PARTS:
        path = unit.po(part, "zh")
        catalog = translation.read_catalog(path, "zh")
        catalog.add("gone", canary("old translation"))
        catalog.obsolete["gone"] = catalog._messages.pop("gone")
        for entry in catalog:
            entry.user_comments.append(canary("po comment"))
        plant_chinese(catalog, part)
        path.write_bytes(translation.po_bytes(catalog))
    for stray in STRAYS:
        path = unit.folder / stray
        path.parent.mkdir(exist_ok=True)
        path.write_text(canary(stray), "utf-8")
    return open_course(tiny_course.root)


def plant_chinese(catalog: Catalog, part: str) -> None:
    """Put canaries into the Chinese of a key, of a note, and of a text whose English has changed."""
    if part == "key":
        catalog.get("Count.").string = canary("chinese key")
        catalog.get("Plan.").string = canary("fuzzy translation")
        catalog.get("Plan.").flags.add("fuzzy")
    if part == "lesson":
        catalog.get(canary("trainer note")).string = canary("chinese note")


def given_away(folder: Path, places: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return the places whose canaries are in a file of this folder, with the file."""
    return [
        (path.name, place)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        for hay in [Haystack(path.read_bytes())]
        for place in places
        if hay.holds(canary(place)) or hay.holds(canary(place).split()[-1])
    ]


def test_no_canary_in_a_release(canary_course: Course, write: Write) -> None:
    """Nothing of keys, model answers, notes, comments or stray files is in a released byte.

    What a trainee is meant to read is there, which shows that the search would find the rest.
    """
    write(canary_course)
    exercises = canary_course.root / "exercises"
    assert given_away(exercises, (*SECRET_PLACES, *STRAYS, "practice", "lesson")) == []
    for place in ("prompt", "option", "hint", "criterion"):
        assert given_away(exercises / "en", (place,)) == [("01_tiny.items.json", place)]
    assert given_away(exercises / "en", ("exercise",)) == [("01_tiny.ipynb", "exercise")]


def test_no_canary_in_a_lesson(canary_course: Course, write: Write) -> None:
    """Nothing of a graded key, a trainer's note or a stray file is in a lesson; practice keys are."""
    write(canary_course)
    notebooks = canary_course.root / "notebooks"
    assert given_away(notebooks, (*SECRET_PLACES, *STRAYS)) == []
    assert given_away(notebooks / "en", ("lesson",)) == [("01_tiny.ipynb", "lesson")]
    assert given_away(notebooks / "en", ("practice",)) == [("01_tiny.items.json", "practice")]


def test_canaries_reach_the_instructor(canary_course: Course, write: Write) -> None:
    """The instructor's copies show what trainees do not get: the canaries are really planted."""
    write(canary_course)
    solutions = canary_course.root / "solutions" / "01_tiny"
    seen = {place for _, place in given_away(solutions, SECRET_PLACES)}
    assert seen >= {"explanation", "message", "trap", "model answer", "level", "example", "point"}
    assert seen >= {"trainer note", "exercise note", "chinese key", "chinese note"}


def test_a_release_is_an_allow_list(canary_course: Course) -> None:
    """A release is its notebook, its items and its settings, whatever lies beside the sources."""
    built = build.artefacts(canary_course, release)
    for lang in ("en", "zh"):
        folder = canary_course.root / "exercises" / lang
        names = {
            a.path.relative_to(folder).as_posix() for a in built if a.path.is_relative_to(folder)
        }
        assert names == {f"01_tiny/{name.format(unit='01_tiny')}" for name in RELEASED}


def test_released_files_are_plain_json(canary_course: Course) -> None:
    """A release is JSON in UTF-8 without packed data, so that a search of it can be complete."""
    built = build.artefacts(canary_course, release)
    released = [a for a in built if a.path.is_relative_to(canary_course.root / "exercises")]
    assert len(released) == 6
    for artefact in released:
        assert json.loads(artefact.data.decode("utf-8"))
        assert not re.search(rb"[A-Za-z0-9+/]{65,}", artefact.data)


def test_strays_in_a_release_are_named_and_removed(tiny_course: Course, write: Write) -> None:
    """A file in a release folder that nothing builds is a problem to check, and gone after a build.

    Only answers that somebody typed there are never deleted; a pack takes none along.
    """
    write(tiny_course)
    folder = tiny_course.root / "exercises" / "zh" / "01_tiny"
    names = {*STRAYS, "01_tiny.answers.json", "old/01_tiny.ipynb"} - {"01_tiny.ipynb"}
    for name in names:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("left over", "utf-8")
    assert set(english(build.check(tiny_course, release))) == {
        f"exercises/zh/01_tiny/{name} is built from nothing; remove it." for name in names
    }
    typed = {"01_tiny.answers.json"}
    assert write(tiny_course) == len(names - typed)
    assert {name for name in names if (folder / name).exists()} == typed
