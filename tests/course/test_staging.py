"""A unit that opens step by step: what its sources may say, and that no later stage is in a pack."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Collection
from pathlib import Path

import nbformat
import pytest

from kamlib.case_facts import Fact, load_facts
from kamlib.course import pack
from kamlib.course.build import UnitSources, artefacts, read_unit
from kamlib.course.pack import LOCK, Edition, pack_files
from kamlib.course.staging import sealed_stages, sealed_unit
from kamlib.course.syllabus import Course, CourseError
from kamlib.forms.place import StillClosed, here
from kamlib.grading.nbgrader_course import release
from kamlib.items.sealing import unseal
from kamlib.items.texts import texts_of
from tests.conftest import chinese, translate
from tests.course.conftest import Write, english
from tests.course.test_leaks import LONG_ENOUGH, Haystack, flat, leaks, sentences
from tests.course.test_pack import WHEEL, members
from tests.staged import FACT_TEXT, STAGES, UNIT, secret, secrets_of

WORDS = {UNIT: {"S1": "KAMRTX", "S2": "BDFGHJ"}}
COHORT = Edition("en", "spring", words=WORDS)
HONOUR = Edition("zh")


@pytest.fixture
def packed(
    staged_course: Course, write: Write, monkeypatch: pytest.MonkeyPatch
) -> dict[str, dict[str, bytes]]:
    """Pack the course for a cohort and as an honour edition, without the second that a wheel takes."""
    write_outputs(staged_course, write)
    monkeypatch.setattr(pack, "build_wheel", lambda: WHEEL)
    return {
        name: pack_files(staged_course, one)
        for name, one in {"cohort": COHORT, "honour": HONOUR}.items()
    }


def write_outputs(course: Course, write: Write) -> None:
    """Build the course; its figures show what they print, as a run leaves it."""
    write(course)
    for path in sorted((course.root / "notebooks").rglob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            printed = re.match(r'print\("(.*)"\)', cell.source)
            asked = re.search(r'form\("case.try_(s\d)"\)', cell.source)
            if cell.cell_type == "code" and printed:
                cell.outputs[0]["text"] = printed[1] + "\n"
            elif cell.cell_type == "code" and asked:
                cell.outputs[0]["text"] = secret("practice", asked[1].upper())
        nbformat.write(notebook, path)


def unpack(files: dict[str, bytes], root: Path) -> Path:
    """Write a workbook and return the case's folder."""
    for name, data in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    return root / "units" / UNIT


def refused(course: Course, file: str, old: str, new: str) -> list[str]:
    """Change a source of the case, and return what is said about it."""
    path = course.root / "units" / UNIT / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(CourseError) as caught:
        read_unit(course.unit(UNIT))
    return english(list(caught.value.problems))


@pytest.mark.parametrize("edition", [COHORT, HONOUR], ids=["cohort", "honour"])
def test_no_byte_of_a_pack_holds_a_later_stage(
    staged_course: Course, write: Write, tmp_path: Path, edition: Edition
) -> None:
    """No text, fact, question, key, figure or data of a later stage, in any file, however encoded.

    That is the zip as it is handed out, with every file in it and in the wheel in it.
    """
    write_outputs(staged_course, write)
    pack.write_pack(staged_course, edition, tmp_path / "book.zip")
    with zipfile.ZipFile(tmp_path / "book.zip") as archive:
        files = members({name: archive.read(name) for name in archive.namelist()})
    hay = {
        name: Haystack(data)
        for name, data in files.items()
        if not name.endswith((".whl", ".otf", LOCK))
    }
    assert len(hay) > 60
    for stage in ("S1", "S2"):
        found = secrets_of(stage) | {chinese(text) for text in secrets_of(stage)}
        assert leaks(hay, frozenset(found)) == []


def test_the_first_stage_is_open(packed: dict[str, dict[str, bytes]]) -> None:
    """What no stage holds back is in the pack as it ever was, so the search above finds what there is."""
    hay = {name: Haystack(data) for name, data in packed["cohort"].items() if UNIT in name}
    missing = {one for one in secrets_of("S0") if not leaks(hay, frozenset({one}))}
    assert missing == set()


def test_the_repository_shows_every_stage(staged_course: Course) -> None:
    """In the course's own lessons, exercises and trainer's edition all stages are open."""
    built = {
        a.path.name: a for a in artefacts(staged_course, release) if "/en/" in a.path.as_posix()
    }
    lesson = built[f"{UNIT}.ipynb"]
    assert lesson is not None
    for folder, wanted in (("notebooks", "lesson"), ("exercises", "page")):
        text = b"".join(
            a.data
            for a in artefacts(staged_course, release)
            if a.path.is_relative_to(staged_course.root / folder / "en")
        ).decode()
        assert all(secret(wanted, stage) in text for stage in STAGES)
        assert all(secret("task", stage) in text for stage in STAGES)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_sealed_stage_holds_it_all(
    staged_course: Course, packed: dict[str, dict[str, bytes]], lang: str
) -> None:
    """With the word a stage's pages, questions, keys, facts and data are there, in both languages."""
    content = unseal(packed["cohort"][f"units/{UNIT}/{UNIT}.S2.sealed"], "bdf ghj")
    text = json.dumps(
        {
            name: part.get(lang, part) if isinstance(part, dict) else part
            for name, part in content.items()
        },
        ensure_ascii=False,
    )
    said = secrets_of("S2") - set(FACT_TEXT["S2"]) | {FACT_TEXT["S2"][lang == "zh"]}
    assert {one for one in said if one not in text} == set()
    assert content["files"] == {
        "case/game.json": '{"reservation": "' + secret("data", "S2") + '"}\n'
    }
    assert content["facts"]["case"][0]["values"] == [{"name": "F03", "value": 3, "unit": "units"}]
    folder = staged_course.root / "units" / UNIT / "case"
    known = tuple(Fact.model_validate(one) for one in content["facts"]["case"])
    assert known == load_facts(folder).at("S2").facts


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_card_of_facts_says_what_is_known_and_where_from(
    staged_course: Course, lang: str
) -> None:
    """Each fact stands there with its number, its source and what it measures, in the page's language."""
    path = staged_course.root / "units" / UNIT / "case" / "facts.yaml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("provenance: given", "provenance: invented"), "utf-8")
    translate(staged_course)
    built = {a.path: a.data for a in artefacts(staged_course, release)}
    lesson = json.loads(built[staged_course.unit(UNIT).lesson(lang)])
    (card,) = ["".join(cell["source"]) for cell in lesson["cells"] if cell["id"] == "facts-s0-case"]
    told = FACT_TEXT["S0"][lang == "zh"]
    tag, measure = "invented", "sell-through: what he sells on to shops"
    if lang == "zh":
        tag, measure = chinese(tag), chinese(measure)
    assert f"| F01 | {told} [{tag}] | {measure} |" in re.sub(r"<[^>]+>", "", card)


def test_a_chunk_looks_as_in_the_notebook(packed: dict[str, dict[str, bytes]]) -> None:
    """Callouts are boxes, tables tables, and where a figure comes from stands behind it."""
    content = unseal(packed["cohort"][f"units/{UNIT}/{UNIT}.S1.sealed"], "KAMRTX")
    lesson, *rest = content["chunks"]["en"]
    page = rest[-1]
    assert '<div class="kam-callout kam-dialogue"' in lesson
    assert "<strong>Lin:</strong>" in lesson
    assert lesson.count("<table>") == 1
    assert f"<h2>{secret('heading', 'S1')}</h2>" in lesson
    assert '<small class="kam-source" style="color:#52606d">[given]</small>' in lesson
    assert "<th>one</th>" in page
    assert "[derived]</small>" in page
    assert "已知" in content["chunks"]["zh"][0] or "[中文:given]" in content["chunks"]["zh"][0]


def test_a_packed_notebook_names_its_parts(packed: dict[str, dict[str, bytes]]) -> None:
    """Where a stage begins stands its gate, then its chunks and questions, and at its end the commitment."""
    cells = json.loads(packed["cohort"][f"units/{UNIT}/exercise.en.ipynb"])["cells"]
    ids = [cell["id"] for cell in cells if cell["metadata"].get("kam_stage") == "S1"]
    assert ids == [
        "stage-s1",
        "chunk-s1-2",
        "item-case-pick-s1",
        "item-case-why-s1",
        "task-case-why-s1",
        "commit-s1",
    ]
    code = {cell["id"]: "".join(cell["source"]) for cell in cells}
    assert code["stage-s1"] == 'from kamlib.forms import stage\nstage("S1")'
    assert code["chunk-s1-2"] == 'from kamlib.forms import stage\nstage("S1", 2)'
    assert code["commit-s1"] == 'from kamlib.forms import stage\nstage("S1", "commit")'
    other = json.loads(packed["cohort"][f"units/{UNIT}/exercise.zh.ipynb"])["cells"]
    assert [cell["id"] for cell in other] == [cell["id"] for cell in cells]


def test_questions_of_a_closed_stage_are_known_by_name_only(
    packed: dict[str, dict[str, bytes]], tmp_path: Path
) -> None:
    """A question of a closed stage says with which stage it opens; an open one is found with its key."""
    folder = unpack(packed["cohort"], tmp_path / "book")
    place = here(folder / "lesson.en.ipynb")
    assert [item.id for item in place.items("case")] == [
        "case.try_s0",
        "case.pick_s0",
        "case.why_s0",
    ]
    with pytest.raises(StillClosed) as caught:
        place.item("case.try_s1")
    assert english([caught.value.message]) == ["This question opens with stage S1."]
    stages = place.stages("case")
    assert stages is not None
    stages.open("S1", "KAMRTX")
    item, key = place.item("case.try_s1")
    assert (item.prompt, item.stage) == (secret("practice", "S1"), "S1")
    assert key is not None
    assert len(place.items("case")) == 6


def test_units_without_stages_are_packed_as_ever(
    packed: dict[str, dict[str, bytes]], staged_course: Course
) -> None:
    """Where nothing opens step by step, notebooks go into the pack byte by byte."""
    unit = staged_course.unit("01_tiny")
    assert sealed_stages(read_unit(unit)) == ()
    for lang in ("en", "zh"):
        assert (
            packed["cohort"][f"units/01_tiny/lesson.{lang}.ipynb"] == unit.lesson(lang).read_bytes()
        )
    assert not any(
        "sealed" in name or "stages" in name for name in packed["cohort"] if "01_tiny" in name
    )


def test_a_cohort_without_words_is_not_packed(
    staged_course: Course, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a stage's word is missing, the sentence says how to make it."""
    write(staged_course)
    monkeypatch.setattr(pack, "build_wheel", lambda: WHEEL)
    with pytest.raises(CourseError) as caught:
        pack_files(staged_course, Edition("en", "spring", words={}))
    assert "kam cohort words" in english(list(caught.value.problems))[0]


def test_a_figure_that_was_never_run_stops_the_packing(
    staged_course: Course, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stage is not sealed with a hole where its figure should be."""
    write(staged_course)
    path = staged_course.unit(UNIT).lesson("en")
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    nbformat.write(notebook, path)
    monkeypatch.setattr(pack, "build_wheel", lambda: WHEEL)
    with pytest.raises(CourseError) as caught:
        pack_files(staged_course, HONOUR)
    assert "was never run" in english(list(caught.value.problems))[0]


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("items.yaml", "stage: S2\n  title: Try", "stage: S1\n  title: Try",
         "case.try_s2 stands in stage “S2” of lesson.md, but says stage “S1”."),
        ("items.yaml", "  stage: S1\n  title: Why", "  title: Why",
         "case.why_s1 stands in stage “S1” of exercise.md, but says stage “”."),
        ("lesson.md", "`{facts} S1`", "`{facts} S2`", "lesson.md shows the facts of stage S2 in stage “S1”."),
        ("lesson.md", "`{facts} S1`", "`{facts} S9`", "lesson.md shows the facts of stage S9 in stage “S1”."),
        ("exercise.md", "`{stage} S2`", "`{stage} S7`",
         "exercise.md begins stage S7, which stands not under “stages” in lesson.md's front matter."),
        ("exercise.md", "`{stage} S2`", "`{stage} S1`",
         "exercise.md: the stages do not come in the order S0, S1, S2, each once."),
        ("lesson.md", "  S0: '", "  S0: ''\n  S9: '",
         "lesson.md: under “stages” each stage, such as S1, needs its task in a few words."),
        ("case/facts.yaml", "stage: S2", "stage: S5",
         "case/facts.yaml: F03 becomes known at stage S5, which lesson.md does not have."),
        ("case/facts.yaml", "facts:\n", "nothing:\n",
         "facts.yaml has a list of facts under “facts”, each with id, stage and text."),
        ("lesson.md", "[case/game.json]", "[case/claims.json]",
         "lesson.md: under “files”, case/claims.json of stage S2 is no file that trainees may get with a stage."),
        ("lesson.md", "[case/game.json]", "[key.yaml]",
         "lesson.md: under “files”, key.yaml of stage S2 is no file that trainees may get with a stage."),
    ],
)  # fmt: skip
def test_what_would_show_too_early_is_told(
    staged_course: Course, file: str, old: str, new: str, said: str
) -> None:
    """A question in another stage than it says, a later fact, stages out of order: the build says which."""
    assert said in refused(staged_course, file, old, new)


def test_a_later_fact_among_the_choices_is_told(staged_course: Course) -> None:
    """A question to which facts are chosen cannot show one of a stage that is not open by then."""
    path = staged_course.root / "units" / UNIT
    items = (path / "items.yaml").read_text("utf-8")
    old = items[items.index("- id: case.try_s1") : items.index("- id: case.pick_s1")]
    new = """\
- id: case.try_s1
  interaction: evidence
  use: practice
  stage: S1
  stages: [S0, S1, S2]
  title: Back it
  prompt: What backs this?
  claims: {x: A claim}
  facts: {f: {text: One, stage: S0}, g: {text: Two, stage: S2}}
  key: {explanation: So., answer: {x: [{all_of: [f]}]}}

"""
    said = refused(staged_course, "items.yaml", old, new)
    assert said == ["case.try_s1 is asked at stage S1, so it cannot show g of stage S2."]


def test_a_stage_is_built_the_same_in_both_languages(staged_course: Course) -> None:
    """Chunks are counted, so the cells of the two languages are the same, in the same order."""
    translate(staged_course)
    built = {a.path: a.data for a in artefacts(staged_course, release)}
    unit = staged_course.unit(UNIT)
    for paths in ([unit.lesson(lang) for lang in ("en", "zh")],
                  [unit.release(lang) / f"{UNIT}.ipynb" for lang in ("en", "zh")]):  # fmt: skip
        ids = [[cell["id"] for cell in json.loads(built[path])["cells"]] for path in paths]
        assert ids[0] == ids[1]


# The units of this repository.


def told(sources: UnitSources, stages: Collection[str]) -> set[str]:
    """Return every text that trainees read at these stages, in both languages, sentence by sentence."""
    texts = set()
    for part in (sources.lesson, sources.exercise):
        cells = [cell for cell in part.cells if not cell.for_trainer and cell.stage in stages]
        texts |= {block.text for cell in cells for block in cell.blocks}
    for item in sources.questions.items:
        if item.stage in stages:
            key = sources.questions.practice.get(item.id)
            texts |= {*texts_of(item), *(texts_of(key) if key else ())}
    texts |= {title for name, title in sources.stages.items() if name in stages}
    chinese_of = sources.translations("zh", ("lesson", "exercise", "items"))
    texts |= {chinese_of[text] for text in texts if text in chinese_of}
    texts |= {
        text
        for facts in sources.facts.values()
        for fact in facts
        if fact.stage in stages
        for text in (fact.text.en, fact.text.zh)
    }
    return {one for text in texts for one in sentences(text) if len(one) >= LONG_ENOUGH}


def test_no_later_stage_of_a_unit_is_handed_out(course: Course) -> None:
    """No sentence of a later stage of any unit is in what is packed of it, unless an open page says it too."""
    staged = [one for one in map(read_unit, course.units) if sealed_stages(one)]
    for sources in staged:
        files: dict[str, bytes] = {}
        for lang in ("en", "zh"):
            files |= pack._unit_files(sources.unit, lang, HONOUR)
        sealed = sealed_unit(files, sources, None)
        hay = {name: Haystack(data) for name, data in sealed.items()}
        later = sealed_stages(sources)
        early = flat("\n".join(told(sources, {"", next(iter(sources.stages))})))
        secrets = frozenset(one for one in told(sources, later) if one not in early)
        assert len(secrets) > 20
        assert leaks(hay, secrets) == []
        whole = {name: Haystack(data) for name, data in files.items()}
        assert len(leaks(whole, frozenset(sorted(secrets)[:20]))) >= 5
