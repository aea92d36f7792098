"""How a cohort is graded: from a folder of hand-ins to marks, gradebook, marking desk and pages."""

from __future__ import annotations

import gc
import json
import shutil
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeGuard

from kamlib.course.bundle import Bundle
from kamlib.grading import gradebook, intake
from kamlib.grading.autograded import Template
from kamlib.grading.cohort import Cohort, alone
from kamlib.grading.corrections import corrections_of, marked
from kamlib.grading.feedback import FeedbackPage
from kamlib.grading.handin import Attempt, Received, Refusal, read
from kamlib.grading.report_data import Refused, ReportData
from kamlib.grading.results import ItemResult, Result, Trainee
from kamlib.grading.second_record import with_second
from kamlib.grading.stage_notes import trainee_notes
from kamlib.items.answers import SUFFIX
from kamlib.items.mark import Mark
from kamlib.words import Message, message

PREVIEW = "feedback_preview"
"""Where feedback waits until it is released."""

Step = Callable[[str, int, int], None]
"""Called with the name of a step, how far it is and how far it goes."""


@dataclass(frozen=True, slots=True)
class Graded:
    """What one run found."""

    results: Mapping[str, tuple[Result, ...]]
    """By unit, in the order of the roster; one for each trainee, handed in or not."""
    refusals: tuple[Refusal, ...]
    """Every arrival that could not be read, in order of arrival."""
    remarks: tuple[tuple[Attempt, Message], ...] = ()
    """What an instructor should know of hand-ins that were marked."""


@dataclass(slots=True)
class _Desk:
    """The attempts of one trainee at one unit, until one is chosen."""

    attempts: list[Attempt | Refusal] = field(default_factory=list)

    def choose(self, cohort: Cohort, code: str, unit: str) -> tuple[int, Attempt | Refusal]:
        """Return the attempt that counts and its number from 1: the last in time, else the last.

        What was sent back takes nothing from an attempt that can be marked.
        """
        self.attempts.sort(key=lambda attempt: attempt.received.at)
        numbers = range(len(self.attempts))
        taken = [number for number in numbers if not _sent_back(self.attempts[number])]
        if taken:
            number = self._last(taken, cohort, code, unit)
            chosen = self.attempts[number]
            if isinstance(chosen, Attempt):
                later = [one for one in self.attempts[number:] if _sent_back(one)]
                return number + 1, replace(chosen, passed_over=later[-1].why if later else None)
        number = self._last(numbers, cohort, code, unit)
        return number + 1, self.attempts[number]

    def _last(self, numbers: Sequence[int], cohort: Cohort, code: str, unit: str) -> int:
        """Return the last of these attempts that came in time, else the last of them."""
        in_time = [
            number
            for number in numbers
            if not cohort.late(unit, code, self.attempts[number].received.at)
        ]
        return (in_time or numbers)[-1]


def _sent_back(attempt: Attempt | Refusal) -> TypeGuard[Refusal]:
    return isinstance(attempt, Refusal) and attempt.sent_back


@contextmanager
def _only_new_objects_collected() -> Iterator[None]:
    """Keep the garbage collector off what the imports made: walking it costs a sixth of a run."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


@_only_new_objects_collected()
def grade(
    cohort: Cohort,
    sources: Iterable[Path] = (),
    now: datetime | None = None,
    step: Step = lambda name, done, of: None,
) -> Graded:
    """Take in `sources`, mark everything in the inbox and write all that follows from it.

    Nothing of a hand-in is executed. Running it again gives the same; a run that was killed is
    made good by the next one. Bad hand-ins are in `Graded.refusals` and stop nothing. Raises
    `CohortError` where the cohort is closed or another command is at work on it.
    """
    cohort.check_open()
    with alone(cohort.root):
        return _grade(cohort, sources, now or datetime.now(UTC), step)


def _grade(cohort: Cohort, sources: Iterable[Path], now: datetime, step: Step) -> Graded:
    desks, refusals = _read(cohort, intake.everything(cohort, sources, now), step)
    alone_there = (one.received for one in refusals if one.sent_back)
    intake.may_go(cohort, {one.key for one in alone_there if len(one.answers) == 1})
    results: dict[str, tuple[Result, ...]] = {}
    remarks: list[tuple[Attempt, Message]] = []
    gradebook.write_students(cohort.database, cohort.settings.name, cohort.roster.values())
    for unit in cohort.bundles:
        chosen, counts = _chosen(cohort, desks, unit)
        results[unit] = _grade_unit(cohort, unit, chosen, counts, step)
        remarks += _remarks(chosen)
    return Graded(results, tuple(refusals), tuple(remarks))


def look(cohort: Cohort, codes: Container[str] = ()) -> Graded:
    """Return what grading gave, read from inbox and gradebook; nothing is taken in or written.

    With `codes`, the results are those of these trainees only.
    """
    desks, refusals = _read(cohort, intake.kept(cohort), lambda name, done, of: None)
    some = replace(
        cohort,
        roster={code: one for code, one in cohort.roster.items() if codes == () or code in codes},
    )
    results: dict[str, tuple[Result, ...]] = {}
    remarks: list[tuple[Attempt, Message]] = []
    for unit, bundle in cohort.bundles.items():
        chosen, counts = _chosen(cohort, desks, unit)
        human = gradebook.read(cohort.database, unit)
        marks = {
            code: marked(
                bundle, code, one.counted.responses, gradebook.decided(human.get(code, {}))
            )
            for code, (_, one) in chosen.items()
            if isinstance(one, Attempt) and code in some.roster
        }
        results[unit] = _results(some, bundle, chosen, counts, marks, human)
        remarks += _remarks(chosen)
    return Graded(results, tuple(refusals), tuple(remarks))


def _remarks(chosen: _Chosen) -> list[tuple[Attempt, Message]]:
    return [
        (attempt, note)
        for _, attempt in chosen.values()
        if isinstance(attempt, Attempt)
        for note in attempt.notes
    ]


def results_by(cohort: Cohort, unit: str, bundles: Sequence[Bundle]) -> list[tuple[Result, ...]]:
    """Return how everybody would stand in a unit by each of these bundles; nothing is written.

    What counts is chosen from the inbox as `grade` chooses it, and what people decided at the
    marking desk stands.
    """
    desks, _ = _read(cohort, intake.kept(cohort), lambda name, done, of: None)
    chosen, counts = _chosen(cohort, desks, unit)
    human = gradebook.read(cohort.database, unit)
    found = []
    for bundle in bundles:
        marks = {
            code: marked(
                bundle, code, one.counted.responses, gradebook.decided(human.get(code, {}))
            )
            for code, (_, one) in chosen.items()
            if isinstance(one, Attempt)
        }
        found.append(_results(cohort, bundle, chosen, counts, marks, human))
    return found


def standing(cohort: Cohort, unit: str) -> tuple[Result, ...]:
    """Return how everybody stands in a unit now; nothing is written."""
    return results_by(cohort, unit, [cohort.bundles[unit]])[0]


_Desks = Mapping[tuple[str, str], _Desk]
"""By code and unit."""
_Chosen = Mapping[str, tuple[int, Attempt | Refusal]]
"""By code: the attempt that counts, and its number from 1."""


def _read(cohort: Cohort, arrivals: Iterable[Received], step: Step) -> tuple[_Desks, list[Refusal]]:
    released = _released(cohort)
    desks: dict[tuple[str, str], _Desk] = defaultdict(_Desk)
    refusals: list[Refusal] = []
    for number, received in enumerate(arrivals, 1):
        step("intake", number, number)
        for one in read(received, cohort, released):
            if isinstance(one, Refusal):
                refusals.append(one)
                if not (one.code and one.unit):
                    continue
            desks[one.code, one.unit].attempts.append(one)
    return desks, refusals


def _chosen(cohort: Cohort, desks: _Desks, unit: str) -> tuple[_Chosen, dict[str, int]]:
    """Return what counts of a unit, and how many attempts there were, by code."""
    mine = {code: desk for (code, of), desk in desks.items() if of == unit}
    counts = {code: len(desk.attempts) for code, desk in mine.items()}
    return {code: desk.choose(cohort, code, unit) for code, desk in mine.items()}, counts


def _released(cohort: Cohort) -> dict[str, frozenset[str]]:
    found = {}
    for unit in cohort.bundles:
        sources: set[str] = set()
        for path in sorted((cohort.root / "course" / unit).glob("exercise.*.ipynb")):
            cells = json.loads(path.read_text("utf-8"))["cells"]
            sources |= {"".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"}
        found[unit] = frozenset(sources)
    return found


def _grade_unit(
    cohort: Cohort,
    unit: str,
    chosen: _Chosen,
    counts: Mapping[str, int],
    step: Step,
) -> tuple[Result, ...]:
    bundle = cohort.bundles[unit]
    state = _State(cohort.root / "course" / unit / "graded.json")
    marks: dict[str, Mapping[str, Mark]] = {}
    rows = []
    desk = _MarkingDesk(cohort, unit)
    readable = {
        code: (number, one) for code, (number, one) in chosen.items() if isinstance(one, Attempt)
    }
    before = gradebook.read(cohort.database, unit)
    for done, (code, (_, attempt)) in enumerate(readable.items(), 1):
        step("marks", done, len(readable))
        # what was decided on other answers than these decides nothing about them
        same = state.attempts.get(code) == attempt.received.key
        lifted = gradebook.decided(before.get(code, {})) if same else frozenset()
        responses = attempt.counted.responses
        marks[code] = marked(bundle, code, responses, lifted)
        shut = marked(bundle, code, responses) if lifted else {}
        late = cohort.late(unit, code, attempt.received.at)
        rows.append(
            gradebook.Row(
                code, marks[code], attempt.received.at, late, _extension(cohort, unit, code),
                changed=not same, held={name: mark.score for name, mark in shut.items()},
            )
        )  # fmt: skip
        desk.put(cohort.roster[code], attempt, marks[code])
    cleared = [code for code in cohort.roster if code not in readable]
    for code in cleared:
        desk.remove(code)
    gradebook.write(cohort.database, unit, rows, cleared)
    state.write({code: attempt.received.key for code, (_, attempt) in readable.items()})
    human = gradebook.read(cohort.database, unit)
    results = _results(cohort, bundle, chosen, counts, marks, human)
    gradebook.write_penalties(
        cohort.database, unit, {r.trainee.code: r.penalty for r in results if r.counted}
    )
    write_feedback(cohort, unit, results, step)
    return results


def _results(
    cohort: Cohort,
    bundle: Bundle,
    chosen: _Chosen,
    counts: Mapping[str, int],
    marks: Mapping[str, Mapping[str, Mark]],
    human: Mapping[str, Mapping[str, gradebook.Human]],
) -> tuple[Result, ...]:
    """Return how everybody stands, in the order of the roster, handed in or not."""
    results = []
    for code, trainee in cohort.roster.items():
        number, one = chosen.get(code, (0, None))
        if one is None or isinstance(one, Refusal):
            missing = _missing(trainee, bundle.unit, number, one, counts.get(code, 0), bundle.items)
            results.append(missing)
            continue
        there = human.get(code, {})
        results.append(
            _result(cohort, trainee, bundle, one, number, counts[code], marks[code], there)
        )
    return tuple(results)


def _result(
    cohort: Cohort,
    trainee: Trainee,
    bundle: Bundle,
    attempt: Attempt,
    number: int,
    count: int,
    marks: Mapping[str, Mark],
    human: Mapping[str, gradebook.Human],
) -> Result:
    items = []
    for name, mark in marks.items():
        there = human.get(name, gradebook.Human(None))
        decided = there.score
        if there.extra:
            decided = (decided if decided is not None else mark.score or 0.0) + there.extra
        items.append(
            ItemResult(
                mark, attempt.counted.responses.get(name), decided, there.comment,
                review=there.score is not None and there.waiting,
            )
        )  # fmt: skip
    result = Result(
        trainee=trainee,
        unit=bundle.unit,
        items=tuple(items),
        received=attempt.received.at.astimezone(cohort.zone),
        late=cohort.late(bundle.unit, trainee.code, attempt.received.at),
        attempts=count,
        counted=number,
        self_reported=attempt.received.clock == "self",
        receipt=attempt.receipt,
        notes=(
            *_passed_over(attempt),
            *trainee_notes(bundle, attempt.answers, attempt.counted),
        ),
        corrections=corrections_of(bundle, trainee.code, attempt.counted.responses),
    )
    return replace(result, penalty=cohort.settings.late.penalty(result.score, result.late))


def _passed_over(attempt: Attempt) -> Iterator[Message]:
    if attempt.passed_over:
        yield message(
            "A later hand-in of yours was not taken, so an earlier one counts. {why}",
            why=attempt.passed_over,
        )


def _missing(
    trainee: Trainee,
    unit: str,
    number: int,
    refusal: Refusal | None,
    count: int,
    items: Sequence[object],
) -> Result:
    notes: tuple[Message, ...] = ()
    if refusal and refusal.sent_back:
        notes = (
            message("Your hand-in was not taken, so nothing counts until you hand in again."),
            refusal.why,
        )
    elif refusal:
        notes = (
            message("Your hand-in could not be read, so nothing counts until you hand in again."),
            refusal.why,
        )
        if number > 1:
            notes = (
                *notes,
                message(
                    "An earlier attempt is kept; ask your instructor if you cannot hand in again."
                ),
            )
    return Result(trainee, unit, (), None, attempts=count, notes=notes)


def _extension(cohort: Cohort, unit: str, code: str) -> timedelta | None:
    general, own = cohort.due(unit), cohort.due(unit, code)
    return own - general if general and own and own != general else None


class _State:
    """Which arrival was graded last for each trainee, so that a new answer is told from a regrade."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self.attempts: dict[str, str] = json.loads(path.read_text("utf-8"))
        except (FileNotFoundError, ValueError):
            self.attempts = {}

    def write(self, attempts: dict[str, str]) -> None:
        part = self._path.with_suffix(".part")
        part.write_text(json.dumps(attempts, indent=1), "utf-8")
        part.replace(self._path)


class _MarkingDesk:
    """The folders that nbgrader's formgrader and autograder read."""

    def __init__(self, cohort: Cohort, unit: str) -> None:
        self._cohort, self._unit = cohort, unit
        bundle = cohort.bundles[unit]
        self._released = {}
        self._templates = {}
        for lang in sorted({trainee.lang for trainee in cohort.roster.values()}):
            text = cohort.exercise(unit, lang).read_text("utf-8")
            self._released[lang] = text.encode()
            self._templates[lang] = Template(text, bundle.items, bundle.words(lang))

    def put(self, trainee: Trainee, attempt: Attempt, marks: Mapping[str, Mark]) -> None:
        """Write what was handed in, normalised, and the notebook with its marks."""
        unit = self._unit
        stamp = attempt.received.at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC").encode()
        answers = (json.dumps(attempt.answers.document, ensure_ascii=False) + "\n").encode(
            "utf-8", "surrogatepass"
        )
        notebook = self._templates[trainee.lang].fill(attempt.counted.responses, marks)
        common = {unit + SUFFIX: answers, "timestamp.txt": stamp}
        self._write(
            "submitted", trainee.code, common | {f"{unit}.ipynb": self._released[trainee.lang]}
        )
        self._write(
            "autograded",
            trainee.code,
            common | {f"{unit}.ipynb": notebook.encode("utf-8", "replace")},
        )

    def _write(self, stage: str, code: str, files: Mapping[str, bytes]) -> None:
        folder = self._cohort.root / stage / code / self._unit
        try:
            there = {path.name for path in folder.iterdir()}
        except FileNotFoundError:
            folder.mkdir(parents=True)
            there = set()
        for name, data in files.items():
            path = folder / name
            if name in there:
                # nbgrader leaves what it wrote read-only; a new file takes its place.
                path.unlink()
            path.write_bytes(data)
        for name in there - set(files):
            stray = folder / name
            shutil.rmtree(stray) if stray.is_dir() else stray.unlink()

    def remove(self, code: str) -> None:
        """Take a trainee's earlier hand-in off the desk; the inbox keeps it."""
        for stage in ("submitted", "autograded"):
            shutil.rmtree(self._cohort.root / stage / code / self._unit, ignore_errors=True)


def write_feedback(cohort: Cohort, unit: str, results: Sequence[Result], step: Step) -> None:
    """Write every trainee's page into the preview folder."""
    bundle = cohort.bundles[unit]
    pages: dict[str, FeedbackPage] = {}
    for done, result in enumerate(results, 1):
        step("feedback", done, len(results))
        lang = result.trainee.lang
        if lang not in pages:
            words = bundle.words(lang)
            pages[lang] = FeedbackPage(
                bundle.items, bundle.keys, words, words.translate(bundle.title), bundle.places(lang)
            )
        folder = cohort.root / PREVIEW / result.trainee.code / unit
        folder.mkdir(parents=True, exist_ok=True)
        page = pages[lang].render(result)
        (folder / f"{unit}.html").write_bytes(page.encode("utf-8", "replace"))


def release_feedback(cohort: Cohort, units: Iterable[str], codes: Iterable[str] = ()) -> int:
    """Publish the previewed pages, of all trainees or of these; return how many."""
    wanted = set(codes)
    count = 0
    for unit in units:
        for page in sorted((cohort.root / PREVIEW).glob(f"*/{unit}/{unit}.html")):
            code = page.parent.parent.name
            if wanted and code not in wanted:
                continue
            target = cohort.root / "feedback" / code / unit / page.name
            target.parent.mkdir(parents=True, exist_ok=True)
            part = target.with_suffix(".part")
            shutil.copyfile(page, part)
            part.replace(target)
            count += 1
    return count


def write_reports(
    cohort: Cohort, graded: Graded, now: datetime | None = None, lang: str = ""
) -> list[Path]:
    """Write the report of every unit that somebody handed in, in the instructor's language.

    Raises `ReportError` where a report cannot be made; the marks stand all the same.
    """
    from kamlib.grading.report import write_report

    lang = lang or cohort.settings.instructor_lang
    written = []
    for unit, results in graded.results.items():
        refusals = [one for one in graded.refusals if one.unit in (unit, "")]
        if not refusals and not any(result.attempts for result in results):
            continue
        bundle = cohort.bundles[unit]
        data = ReportData(
            cohort=cohort.settings.name,
            unit=unit,
            title=bundle.title,
            lang=cohort.settings.lang,
            items=bundle.items,
            keys=bundle.keys,
            results=with_second(cohort, unit, results),
            refused=tuple(Refused(one.received.name, one.told, one.code) for one in refusals),
            remarks=tuple(
                Refused(one.received.name, note, one.code)
                for one, note in graded.remarks
                if one.unit == unit
            ),
            due=cohort.due(unit),
            made=(now or datetime.now(UTC)).astimezone(cohort.zone),
            texts=bundle.texts.get(lang),
            reading=bundle.places(lang),
            fixes=bundle.fixes,
        )
        folder = cohort.root / "report"
        written.append(write_report(data, folder / f"{unit}.{lang}.html", lang, folder / "run"))
    return written
