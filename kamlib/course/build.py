"""How the course's sources become everything a trainee, a trainer and an instructor receive."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import nbformat
from nbformat import NotebookNode
from pydantic import BaseModel

from kamlib.case_facts import FILE as FACTS
from kamlib.case_facts import CaseError, Facts, load_facts
from kamlib.course import translation
from kamlib.course.bundle import Bundle
from kamlib.course.case_keys import disagreements, with_known_errors
from kamlib.course.figures import Figures, Wanted
from kamlib.course.notebook import (
    Staging,
    anchor_headings,
    digest,
    exercise_notebook,
    lesson_notebook,
    set_outputs_clean,
    solution_notebook,
)
from kamlib.course.source import CASE, Source, read_source
from kamlib.course.syllabus import PARTS, Course, CourseError, Questions, Unit, read_questions
from kamlib.forms.activity import activity_names, page_of, shown_file, waiting_html
from kamlib.forms.page import question_html, solution_html
from kamlib.items.keys import ProseKey
from kamlib.items.model import Evidence
from kamlib.items.texts import map_texts, texts_of
from kamlib.jupyter.hooks import ACTIVITY_CELL
from kamlib.words import LANGUAGES, Message, Words, message

S = TypeVar("S")
Release = Callable[[NotebookNode, str], bytes]
"""nbgrader's generate step: an exercise's notebook and its unit, to the released notebook."""

RELEASED = ("{unit}.ipynb", "{unit}.items.json", "kam.json")
"""What a trainee gets of an exercise, and nothing else: an allow-list."""


@dataclass(frozen=True, slots=True)
class UnitSources:
    """A unit, read."""

    unit: Unit
    lesson: Source
    exercise: Source
    questions: Questions
    facts: Mapping[str, Facts] = field(default_factory=dict)
    """Of the unit's cases that a page shows facts of, by folder."""

    @property
    def stages(self) -> dict[str, str]:
        """What each stage is about, in the source language and in order; none for most units."""
        return {
            str(name): str(title) for name, title in self.lesson.front.get("stages", {}).items()
        }

    @property
    def files(self) -> dict[str, tuple[str, ...]]:
        """Which data files trainees get, by the stage they come with; "" for those that lie open."""
        named = self.lesson.front.get("files", {})
        by_stage = named if isinstance(named, dict) else {"": named}
        return {str(stage): tuple(map(str, names)) for stage, names in by_stage.items()}

    @property
    def staging(self) -> Staging:
        """What the notebooks need to know of the stages."""
        return Staging(self.stages, self.facts, self.unit.slug, Figures(self.unit.folder))

    @property
    def draft(self) -> bool:
        """Whether the unit is still being written: it is built and proved, but not handed out."""
        return self.lesson.front.get("draft") is True

    def texts(self, part: str) -> list[tuple[str, str, int]]:
        """Return the texts of a part to translate, with file and line."""
        if part in ("lesson", "exercise"):
            source = self.lesson if part == "lesson" else self.exercise
            return [(text, source.path.name, line) for text, line in source.texts()]
        records: Iterable[BaseModel]
        if part == "items":
            records = [*self.questions.items, *self.questions.practice.values()]
        else:
            records = self.questions.graded.values()
        return [(text, f"{part}.yaml", 0) for record in records for text in texts_of(record)]

    def translations(self, lang: str, parts: Iterable[str] = PARTS) -> dict[str, str]:
        """Return the translated texts of these parts by English text; English has none."""
        if lang == LANGUAGES[0]:
            return {}
        catalogs = [translation.read_catalog(self.unit.po(part, lang), lang) for part in parts]
        return translation.merged(*map(translation.texts_of_catalog, catalogs))

    def graded(self) -> tuple[Any, ...]:
        """Return the exercise's items in its order."""
        by_id = {item.id: item for item in self.questions.items}
        return tuple(by_id[name] for name in self.exercise.items)


def read_unit(unit: Unit) -> UnitSources:
    """Read a unit's sources, or raise `CourseError` with every problem between them."""
    problems: list[Message] = []

    def attempt(read: Callable[[], S]) -> S | None:
        try:
            return read()
        except (CaseError, CourseError) as error:
            problems.extend(error.problems)
            return None

    questions = attempt(lambda: read_questions(unit))
    lesson = attempt(lambda: read_source(unit.source("lesson")))
    exercise = attempt(lambda: read_source(unit.source("exercise")))
    if questions is None or lesson is None or exercise is None:
        raise CourseError(*problems)
    sources = UnitSources(unit, lesson, exercise, questions)
    for source, names in ((lesson, ("teaching", "exercises")), (exercise, ("minutes",))):
        problems += [
            message("{file} does not say in its front matter how many minutes “{name}” are.",
                    file=source.path.name, name=name)
            for name in names
            if not isinstance(source.front.get(name), int)
        ]  # fmt: skip
    if not isinstance(lesson.front.get("draft", False), bool):
        problems.append(message("{file}: “draft” is true or false.", file=lesson.path.name))
    for source, use in ((sources.lesson, "practice"), (sources.exercise, "graded")):
        wanted = {item.id for item in questions.items if item.use == use}
        placed = list(source.items)
        name = source.path.name
        problems += [message("{item} is {use} but {file} does not place it.", item=item, use=use, file=name)
                     for item in sorted(wanted - set(placed))]  # fmt: skip
        problems += [message("{file} places {item}, which is no {use} item.", item=item, use=use, file=name)
                     for item in sorted(set(placed) - wanted)]  # fmt: skip
        problems += [message("{file} places {item} twice.", item=item, file=name)
                     for item in sorted({item for item in placed if placed.count(item) > 1})]  # fmt: skip
    anchors = {anchor.name for anchor in sources.lesson.anchors}
    for item, key in (questions.practice | questions.graded).items():
        remarks = key.comments.values() if isinstance(key, ProseKey) else ()
        pointed = dict.fromkeys([key.read, *(remark.read for remark in remarks)])
        problems += [
            message("The key of {item} points to “{anchor}”, which lesson.md does not have.",
                    item=item, anchor=anchor)
            for anchor in pointed if anchor and anchor not in anchors
        ]  # fmt: skip
    problems += _file_problems(sources)
    problems += _stage_problems(sources)
    problems += _activity_problems(sources)
    facts: dict[str, Facts] = {}
    for case in sorted(
        {cell.facts[1] for source in (lesson, exercise) for cell in source.cells} - {""}
    ):
        found = attempt(lambda case=case: load_facts(unit.folder / case))  # type: ignore[misc]
        if found is not None:
            facts[case] = found
            problems += [
                message("{file}: {fact} becomes known at stage {stage}, which lesson.md does not have.",
                        file=f"{case}/{FACTS}", fact=fact.id, stage=fact.stage)
                for fact in found if fact.stage not in sources.stages
            ]  # fmt: skip
    if CASE in facts:
        problems += disagreements(questions.practice | questions.graded, facts[CASE])
    if problems:
        raise CourseError(*problems)
    return replace(sources, facts=facts)


def _file_problems(sources: UnitSources) -> Iterable[Message]:
    """Say which files of a case cannot go to trainees as the front matter says."""
    file = sources.lesson.path.name
    order = list(sources.stages)
    named = sources.lesson.front.get("files", {} if order else [])
    if not order:
        if not isinstance(named, list):
            yield message("{file}: under “files” a unit without stages has a list of files that lie open for trainees.",
                          file=file)  # fmt: skip
            return
    elif not isinstance(named, dict) or not all(isinstance(one, list) for one in named.values()):
        yield message("{file}: under “files” each stage has a list of files that come with it.",
                      file=file)  # fmt: skip
        return
    for stage, names in sources.files.items():
        for name in names:
            there = CASE_FILE.fullmatch(name) and (sources.unit.folder / name).is_file()
            if not order and not there:
                yield message("{file}: under “files”, {name} is no file that trainees may get.",
                              file=file, name=name)  # fmt: skip
            elif order and (stage not in order or not there):
                yield message("{file}: under “files”, {name} of stage {stage} is no file that trainees may get with a stage.",
                              file=file, name=name, stage=stage)  # fmt: skip


def _stage_problems(sources: UnitSources) -> Iterable[Message]:
    """Say where a later stage would show too early, or a question stands in another stage than it says."""
    order = list(sources.stages)
    items = {item.id: item for item in sources.questions.items}
    for source in (sources.lesson, sources.exercise):
        name = source.path.name
        unknown = [stage for stage in source.stages if stage not in order]
        for stage in unknown:
            yield message("{file} begins stage {stage}, which stands not under “stages” in lesson.md's front matter.",
                          file=name, stage=stage)  # fmt: skip
        if not unknown and list(source.stages) != [one for one in order if one in source.stages]:
            yield message("{file}: the stages do not come in the order {order}, each once.",
                          file=name, order=order)  # fmt: skip
        for cell in source.cells:
            item = items.get(cell.item)
            # Where nothing opens step by step, only facts have stages.
            if item and item.stage != cell.stage and (order or not isinstance(item, Evidence)):
                yield message("{item} stands in stage “{there}” of {file}, but says stage “{said}”.",
                              item=cell.item, there=cell.stage, file=name, said=item.stage)  # fmt: skip
            if isinstance(item, Evidence) and cell.stage in order:
                yield from (
                    message("{item} is asked at stage {stage}, so it cannot show {fact} of stage {later}.",
                            item=cell.item, stage=cell.stage, fact=fact, later=one.stage)
                    for fact, one in item.facts.items() if _later(one.stage, cell.stage, order)
                )  # fmt: skip
            if cell.facts[0] and (
                cell.facts[0] not in order or _later(cell.facts[0], cell.stage, order)
            ):
                yield message("{file} shows the facts of stage {facts} in stage “{stage}”.",
                              file=name, facts=cell.facts[0], stage=cell.stage)  # fmt: skip


def _activity_problems(sources: UnitSources) -> Iterable[Message]:
    """Say which activities there are not, and which stand on the wrong page."""
    for source in (sources.lesson, sources.exercise):
        for cell in source.cells:
            name, part = cell.activity
            if not name:
                continue
            said = {"file": source.path.name, "name": name}
            if name not in activity_names():
                yield message("{file}: there is no activity “{name}”; there are {known}.",
                              known=activity_names(), **said)  # fmt: skip
            elif not (page := page_of(name, part)):
                yield message(
                    "{file}: the activity “{name}” has no part “{part}”.", part=part, **said
                )
            elif page == "lesson" and source is sources.exercise:
                yield message("{file}: the activity “{name}” belongs into the lesson; nothing of it is marked.",
                              **said)  # fmt: skip
            elif page == "exercise" and source is sources.lesson:
                yield message("{file}: “{part}” of the activity “{name}” belongs into the exercise, whose answers it reads.",
                              part=part, **said)  # fmt: skip


def _figure_problems(sources: UnitSources, figures: Figures, words: Words) -> Iterable[Message]:
    """Say which figures cannot be drawn where they stand."""
    for source in (sources.lesson, sources.exercise):
        for cell in source.cells:
            try:
                if cell.kind == "figure":
                    figures.html(Wanted(*cell.figure, cell.stage), words)
            except CourseError as error:
                yield from (message("{file}: {why}", file=source.path.name, why=why)
                            for why in error.problems)  # fmt: skip


CASE_FILE = re.compile(r"case[a-z0-9_]*/(?!.*(?:claim|key))[\w-]+\.(?:json|yaml|csv)")
"""What may come with a stage: data of a case, and never what is the instructor's."""


def _later(stage: str, than: str, order: list[str]) -> bool:
    """Whether a stage opens after another one; what names none is open from the beginning."""
    before = order.index(than) if than in order else -1
    return stage in order and order.index(stage) > max(before, 0)


def bundle(sources: UnitSources, version: str) -> Bundle:
    """Gather what a cohort needs of a unit, keys included."""
    reading = anchor_headings(sources.lesson)
    keys = sources.questions.graded
    if CASE in sources.facts:
        keys = with_known_errors(keys, sources.facts[CASE])
    texts = {}
    for lang in LANGUAGES[1:]:
        wanted = set(reading.values()) | {sources.exercise.title}
        lesson = sources.translations(lang, ("lesson", "exercise"))
        texts[lang] = sources.translations(lang, ("items", "key")) | {
            text: lesson[text] for text in sorted(wanted) if text in lesson
        }
    return Bundle(
        unit=sources.unit.name,
        version=version,
        title=sources.exercise.title,
        items=sources.graded(),
        keys=keys,
        texts=texts,
        reading=reading,
    )


@dataclass(frozen=True, slots=True)
class Artefact:
    """One built file."""

    path: Path
    """Where it goes, below the course's folder."""
    data: bytes
    run: bool = False
    """Whether it is a notebook that is executed after it is built."""
    beside: Mapping[str, bytes] = field(default_factory=dict)
    """Files of its case that lie beside it while it runs, since it shows them."""


def artefacts(course: Course, release: Release) -> list[Artefact]:
    """Build every file of the course, in memory and not yet executed.

    Raises `CourseError` with all problems of all units.
    """
    problems: list[Message] = []
    built: list[Artefact] = []
    for unit in course.units:
        try:
            sources = read_unit(unit)
            for lang in LANGUAGES:
                built += _unit_artefacts(sources, course, lang, release)
        except CourseError as error:
            problems += error.problems
    for lang in LANGUAGES:
        settings = _json({"lang": lang, "version": course.version})
        built.append(Artefact(course.root / "notebooks" / lang / "kam.json", settings))
    own = translation.read_catalog(translation.OWN, "zh")
    built.append(Artefact(translation.OWN.with_suffix(".mo"), translation.mo_bytes(own)))
    if problems:
        raise CourseError(*problems)
    return built


def _unit_artefacts(
    sources: UnitSources, course: Course, lang: str, release: Release
) -> Iterable[Artefact]:
    unit = sources.unit
    # From the PO file, since the compiled one beside it may be about to change.
    own = {} if lang == LANGUAGES[0] else _own(lang)
    words = Words(lang, translation.merged(sources.translations(lang), own))
    graded = {item.id: map_texts(item, words.translate) for item in sources.graded()}
    practice = [
        map_texts(item, words.translate)
        for item in sources.questions.items
        if item.use == "practice"
    ]
    keys = {
        name: map_texts(key, words.translate) for name, key in sources.questions.practice.items()
    }
    origins = [unit.source("lesson"), unit.folder / "items.yaml"]
    origins += [unit.folder / case / FACTS for case in sources.facts]
    shown = dict.fromkeys(
        filter(None, (shown_file(*cell.activity) for cell in sources.lesson.cells))
    )
    beside = {
        name: (unit.folder / name).read_bytes() for name in shown if (unit.folder / name).is_file()
    }
    origins += [unit.folder / name for name in beside]
    origins += [
        path for part in ("lesson", "items") for path in [unit.po(part, "zh")] if path.exists()
    ]
    origin = digest(b"".join(path.read_bytes() for path in origins))

    questions = _json({
        "items": [_plain(item) for item in practice],
        "keys": {name: _plain(key) for name, key in keys.items()},
    })  # fmt: skip
    staging = sources.staging
    if problems := list(_figure_problems(sources, staging.figures, words)):
        raise CourseError(*problems)
    lesson = lesson_notebook(sources.lesson, words, staging=staging)
    lesson.metadata["kam"]["source"] = origin
    yield Artefact(unit.lesson(lang).with_suffix(".items.json"), questions)
    yield Artefact(unit.lesson(lang), _notebook_bytes(lesson), run=True, beside=beside)

    trainer = lesson_notebook(sources.lesson, words, trainer=True, staging=staging)
    yield Artefact(unit.solution(lang, "trainer"), _notebook_bytes(_shown(trainer, sources, words)))

    folder = unit.release(lang)
    released = release(exercise_notebook(sources.exercise, graded, words, staging), unit.name)
    yield Artefact(folder / f"{unit.name}.ipynb", released)
    yield Artefact(
        folder / f"{unit.name}.items.json",
        _json({"items": [_plain(graded[name]) for name in sources.exercise.items]}),
    )
    yield Artefact(folder / "kam.json", _json({"lang": lang, "version": course.version}))

    def answer(name: str) -> str:
        key = sources.questions.graded[name]
        return question_html(graded[name], words) + "\n" + solution_html(graded[name], key, words)

    yield Artefact(
        unit.solution(lang),
        _notebook_bytes(solution_notebook(sources.exercise, words, answer, staging)),
    )


def _shown(notebook: NotebookNode, sources: UnitSources, words: Words) -> NotebookNode:
    """Replace the form cells of the trainer's edition by question and solution, so it needs no run."""
    items = {item.id: item for item in sources.questions.items}
    for cell in notebook.cells:
        if ACTIVITY_CELL.fullmatch(cell.source):
            cell.outputs = [
                nbformat.v4.new_output(
                    "display_data", {"text/html": waiting_html(words.lang), "text/plain": ""}
                )
            ]
        elif "kam-form" in cell.metadata.get("tags", ()):
            item = items[cell.source.split('"')[1]]
            key = sources.questions.practice[item.id]
            cell.outputs = [
                nbformat.v4.new_output(
                    "display_data",
                    {"text/html": question_html(item, words) + solution_html(item, key, words)},
                )
            ]
    return notebook


def _own(lang: str) -> dict[str, str]:
    return translation.texts_of_catalog(translation.read_catalog(translation.OWN, lang))


def _plain(record: BaseModel) -> dict[str, Any]:
    data: dict[str, Any] = record.model_dump(mode="json", exclude_defaults=True)
    return data


def _json(data: Any) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()


def _notebook_bytes(notebook: NotebookNode) -> bytes:
    text: str = nbformat.writes(notebook)
    return (text + "\n").encode()


def execute(notebook: NotebookNode, beside: Mapping[str, bytes]) -> NotebookNode:
    """Run a lesson in a folder of its own that holds the files `beside`, and return it with outputs.

    Raises `nbclient.exceptions.CellExecutionError` where a cell fails.
    """
    from nbclient import NotebookClient

    with tempfile.TemporaryDirectory(prefix="kam-lesson-") as scratch:
        for name, data in beside.items():
            path = Path(scratch) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        client = NotebookClient(
            notebook,
            timeout=120,
            resources={"metadata": {"path": scratch}},
            extra_arguments=["--IPKernelApp.log_level=CRITICAL"],
        )
        environment = os.environ | {"PYTHONHASHSEED": "0", "MPLBACKEND": "agg"}
        client.execute(env=environment)
    return set_outputs_clean(notebook)


def write(course: Course, release: Release, say: Callable[[str], None]) -> int:
    """Build the course to disk, run the lessons that changed, and return how many files changed."""
    built = artefacts(course, release)
    beside = {artefact.path: artefact.data for artefact in built}
    changed = 0
    for artefact in built:
        data = artefact.data
        if artefact.run:
            if not stale(artefact):
                continue
            say(artefact.path.relative_to(course.root).as_posix())
            notebook = nbformat.reads(data.decode(), 4)
            near = {
                path.name: near
                for path, near in beside.items()
                if path.parent == artefact.path.parent
            }
            data = _notebook_bytes(
                execute(
                    notebook,
                    {k: v for k, v in near.items() if k.endswith(".json")} | dict(artefact.beside),
                )
            )
        if not artefact.path.exists() or artefact.path.read_bytes() != data:
            artefact.path.parent.mkdir(parents=True, exist_ok=True)
            artefact.path.write_bytes(data)
            changed += 1
    for path in strays(course, built):
        if is_typed(path):
            continue  # said by `check`, but nothing that somebody typed is ever deleted
        changed += 1
        path.unlink()
    return changed


def strays(course: Course, built: Iterable[Artefact]) -> list[Path]:
    """Return the files in the built folders that nothing builds; a release may hold none."""
    known = {artefact.path for artefact in built}
    found = []
    for folder in ("exercises", "solutions", "notebooks"):
        for path in sorted((course.root / folder).rglob("*")):
            mine = folder != "exercises" and is_own_work(path)
            if path.is_file() and path not in known and not mine:
                found.append(path)
    return found


OWN_WORK = re.compile(r".*\.(answers|practice|opened)(\.damaged-[\d-]+)?\.json|\..*\.lock|me\.json")
OWN_FOLDERS = frozenset({"handed_in", "reports"})


def is_own_work(path: Path) -> bool:
    """Whether a file is what somebody typed, or what Jupyter keeps beside it."""
    return is_typed(path) or ".ipynb_checkpoints" in path.parts


def is_typed(path: Path) -> bool:
    """Whether a file holds what somebody typed into a form, or belongs to it."""
    return bool(OWN_WORK.fullmatch(path.name)) or not OWN_FOLDERS.isdisjoint(path.parts)


def stale(artefact: Artefact) -> bool:
    """Whether the file on disk is not what this artefact would be, outputs of a run aside."""
    if not artefact.path.exists():
        return True
    on_disk = artefact.path.read_bytes()
    if not artefact.run:
        return on_disk != artefact.data
    try:
        there = nbformat.reads(on_disk.decode(), 4)
    except (ValueError, AttributeError, TypeError, nbformat.ValidationError):
        return True  # whatever stands there, it is no notebook
    has_run = all(
        cell.execution_count is not None for cell in there.cells if cell.cell_type == "code"
    )
    for cell in there.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return not has_run or there != nbformat.reads(artefact.data.decode(), 4)


def check(course: Course, release: Release) -> list[Message]:
    """Return what is wrong: files that differ from their source, strays, and translations to mend."""
    found: list[Message] = []
    try:
        built = artefacts(course, release)
    except CourseError as error:
        return list(error.problems)
    for artefact in built:
        if stale(artefact):
            name = _below(artefact.path, course.root)
            found.append(
                message("{file} is not what its source says; run kam course build.", file=name)
            )
    for path in strays(course, built):
        found.append(
            message("{file} is built from nothing; remove it.", file=_below(path, course.root))
        )
    return found + translation_problems(course)


def _below(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name


def translation_problems(course: Course) -> list[Message]:
    """Return every text that is missing, fuzzy or differs in its numbers, in units and in kamlib."""
    found: list[Message] = []
    for unit in course.units:
        sources = read_unit(unit)
        for lang in LANGUAGES[1:]:
            for part in PARTS:
                path = unit.po(part, lang)
                wanted = [text for text, _, _ in sources.texts(part)]
                catalog = translation.read_catalog(path, lang)
                found += translation.problems(catalog, wanted, _below(path, course.root))
    own = translation.read_catalog(translation.OWN, "zh")
    wanted = [text for text, _, _ in translation.own_sentences()]
    return found + translation.problems(own, wanted, translation.OWN.name)


def extract(course: Course) -> int:
    """Bring every PO file in step with its source; return how many texts wait for a translator."""
    waiting = 0
    for unit in course.units:
        sources = read_unit(unit)
        for lang in LANGUAGES[1:]:
            for part in PARTS:
                waiting += _extract(unit.po(part, lang), lang, sources.texts(part))
    return waiting + _extract(translation.OWN, "zh", translation.own_sentences())


def _extract(path: Path, lang: str, texts: list[tuple[str, str, int]]) -> int:
    catalog = translation.updated(path, lang, texts)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(translation.po_bytes(catalog))
    return sum(1 for entry in catalog if entry.id and (entry.fuzzy or not entry.string))
