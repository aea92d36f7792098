"""How a corrected key comes into a running cohort: who moves and why, and since when."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from kamlib.course.bundle import Bundle, KeyFix, Moved, from_json, to_json
from kamlib.course.syllabus import Unit
from kamlib.grading.cohort import Cohort, CohortError, alone, open_cohort
from kamlib.grading.corrections import answers_digest
from kamlib.grading.new_key import Corrected, compared, read_new_key
from kamlib.grading.pipeline import Graded, Step, grade, results_by
from kamlib.grading.results import ItemResult, Result, Trainee
from kamlib.items.mark import Mark
from kamlib.words import LANGUAGES, Message, message

LEAST = 1e-6
"""Points by which a mark has to differ to be another one."""


@dataclass(frozen=True, slots=True)
class Move:
    """One mark that a corrected key moves."""

    trainee: Trainee
    item: str
    no: int
    """The question's number, from 1."""
    before: float
    """The points that count so far."""
    after: float
    """The points by the corrected key."""
    max: float
    why: Message
    """The first reason that the new mark gives and the old one did not, or no longer gives."""
    follows: bool
    """Whether this question's own key is the same: the mark follows from another question."""
    kept: bool = False
    """Whether the points before stay, since nobody is to lose any."""


@dataclass(frozen=True, slots=True)
class Stands:
    """A mark that would move, but that a person has set; it stands, and is worth another look."""

    trainee: Trainee
    item: str
    no: int
    score: float
    """The person's score."""
    before: float
    """The machine's score so far."""
    after: float
    """The machine's score by the corrected key."""
    max: float


@dataclass(frozen=True, slots=True)
class Total:
    """One trainee's points before and after, gates and what lateness costs included."""

    trainee: Trainee
    before: float
    after: float
    max: float


@dataclass(frozen=True, slots=True)
class Preview:
    """What a corrected key would do to a cohort."""

    unit: str
    corrected: tuple[Corrected, ...] = ()
    """Empty where the key is in force already."""
    problems: tuple[Message, ...] = ()
    """Why the key cannot be taken; then there is nothing else."""
    warnings: tuple[Message, ...] = ()
    moves: tuple[Move, ...] = ()
    """In the order of the roster, then of the exercise."""
    stands: tuple[Stands, ...] = ()
    totals: tuple[Total, ...] = ()
    """Of all who handed in something that counts, moved or not, in the order of the roster."""
    waiting: tuple[int, int] = (0, 0)
    """How many answers wait for a person, before and after."""

    @property
    def down(self) -> tuple[Move, ...]:
        """The marks that are lower by the corrected key, kept or not."""
        return tuple(move for move in self.moves if move.after < move.before)

    @property
    def counts(self) -> tuple[int, int, int]:
        """How many trainees’ points go up, go down and stay the same."""
        up = sum(total.after > total.before + LEAST for total in self.totals)
        down = sum(total.after < total.before - LEAST for total in self.totals)
        return up, down, len(self.totals) - up - down


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of a corrected key."""

    preview: Preview
    fix: KeyFix | None
    """As it stands in the history; None where nothing was to be changed."""
    graded: Graded | None
    """The cohort, graded again; None where the key could not be taken."""


@dataclass(frozen=True, slots=True)
class Past:
    """One correction of a key that is in force."""

    unit: str
    fix: KeyFix
    corrected: tuple[Corrected, ...]


@dataclass(frozen=True, slots=True)
class _Plan:
    preview: Preview
    bundle: Bundle
    """As the cohort would keep it; unchanged where there is nothing to change."""


def preview(
    cohort: Cohort, unit: str, file: Path, course: Unit | None = None, keep_higher: bool = False
) -> Preview:
    """Return what the keys in `file` would do to a cohort's unit; nothing is written.

    With `keep_higher` no mark goes down. `course` is where translations are looked for that lie
    neither beside the file nor in the cohort. Raises `CohortError` for an unknown unit.
    """
    return _plan(cohort, unit, file, course, keep_higher, "", {}, datetime.now(UTC)).preview


def apply(
    cohort: Cohort,
    unit: str,
    file: Path,
    why: str,
    *,
    course: Unit | None = None,
    keep_higher: bool = False,
    why_in: Mapping[str, str] | None = None,
    now: datetime | None = None,
    step: Step = lambda name, done, of: None,
) -> Applied:
    """Put the keys in `file` into force in a cohort's unit, remember it, and grade again.

    `why` is read by the trainees whose mark moves, `why_in` says it in other languages. The keys
    before are kept in `course/<unit>/keys/`. Doing it again changes nothing; a run that was
    killed has either put the key into force with its history or not at all, and the next
    `grade` does the rest. Raises `CohortError` for an unknown unit, where `why` is empty, and where
    the cohort is closed or another command is at work on it.
    """
    if not why.strip():
        raise CohortError(
            message("Say why the key is corrected: the trainees whose mark moves read it.")
        )
    cohort.check_open()
    now = now or datetime.now(UTC)
    with alone(cohort.root):
        cohort = open_cohort(cohort.root)
        plan = _plan(cohort, unit, file, course, keep_higher, why.strip(), why_in or {}, now)
        if plan.preview.problems:
            return Applied(plan.preview, None, None)
        fix = None
        if plan.preview.corrected:
            fix = plan.bundle.fixes[-1]
            _put(cohort, plan.bundle)
            cohort = open_cohort(cohort.root)
        return Applied(plan.preview, fix, grade(cohort, now=now, step=step))


def _put(cohort: Cohort, bundle: Bundle) -> None:
    """Keep the bundle in force under the number of the newest correction, and put this one there."""
    kept = archive(cohort, bundle.unit, bundle.fixes[-1].number)
    kept.parent.mkdir(exist_ok=True)
    # Who moved stands in the bundle in force and in no other file, so that it can be deleted there.
    _write(kept, to_json(replace(cohort.bundles[bundle.unit], fixes=())))
    _write(cohort.root / "course" / bundle.unit / "bundle.json", to_json(bundle))


def history(cohort: Cohort) -> list[Past]:
    """Return every correction of a key in this cohort, the oldest first."""
    found = []
    for unit, bundle in cohort.bundles.items():
        editions = [_archived(cohort, unit, fix.number) for fix in bundle.fixes] + [bundle]
        for fix, old, new in zip(bundle.fixes, editions[:-1], editions[1:], strict=True):
            found.append(Past(unit, fix, compared(old, new) if old and new else ()))
    return sorted(found, key=lambda past: past.fix.at)


def archive(cohort: Cohort, unit: str, number: int) -> Path:
    """Return where the bundle is kept that was in force before a correction."""
    return cohort.root / "course" / unit / "keys" / f"{number:03}.json"


def _archived(cohort: Cohort, unit: str, number: int) -> Bundle | None:
    try:
        return from_json(archive(cohort, unit, number).read_text("utf-8"))
    except FileNotFoundError:
        return None  # somebody tidied up; what moved is known all the same


def _write(path: Path, text: str) -> None:
    """Write a file so that it is there as a whole or as it was, whatever happens."""
    part = path.with_suffix(".part")
    with part.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _plan(
    cohort: Cohort,
    unit: str,
    file: Path,
    course: Unit | None,
    keep_higher: bool,
    why: str,
    why_in: Mapping[str, str],
    now: datetime,
) -> _Plan:
    if unit not in cohort.bundles:
        raise CohortError(
            message("There is no unit “{name}”. The units are: {names}.",
                    name=unit, names=list(cohort.bundles))
        )  # fmt: skip
    old = cohort.bundles[unit]
    new = read_new_key(old, file, course)
    if new.problems or not new.corrected:
        return _Plan(Preview(unit, (), new.problems, new.warnings), old)
    before, after = results_by(cohort, unit, [old, new.bundle])
    moves = list(_moves(before, after, new.corrected, keep_higher))
    fix = KeyFix(
        number=len(old.fixes) + 1,
        at=now.astimezone(cohort.zone).replace(microsecond=0),
        why=why,
        items=tuple(one.item for one in new.corrected if one.marks),
        wording=tuple(one.item for one in new.corrected if not one.marks),
        moved=tuple(_moved(before, moves, new.bundle)),
    )
    bundle = replace(new.bundle, fixes=(*old.fixes, fix), texts=_with_why(new.bundle, why, why_in))
    if any(move.kept for move in moves):
        (after,) = results_by(cohort, unit, [bundle])
    pairs = [(one, two) for one, two in zip(before, after, strict=True) if one.counted]
    return _Plan(
        Preview(
            unit=unit,
            corrected=new.corrected,
            warnings=(*new.warnings, *_unread(after, why, why_in)),
            moves=tuple(moves),
            stands=tuple(_stands(before, after)),
            totals=tuple(Total(a.trainee, a.score, b.score, a.max) for a, b in pairs),
            waiting=(sum(a.waiting for a, _ in pairs), sum(b.waiting for _, b in pairs)),
        ),
        bundle,
    )


def _pairs(
    before: Sequence[Result], after: Sequence[Result]
) -> Iterable[tuple[Trainee, int, ItemResult, ItemResult]]:
    for old, new in zip(before, after, strict=True):
        for no, (one, two) in enumerate(zip(old.items, new.items, strict=True), 1):
            yield old.trainee, no, one, two


def _moves(
    before: Sequence[Result],
    after: Sequence[Result],
    corrected: Sequence[Corrected],
    keep_higher: bool,
) -> Iterable[Move]:
    own = {one.item for one in corrected if one.marks}
    for trainee, no, old, new in _pairs(before, after):
        was, will = old.score or 0.0, new.score or 0.0
        if abs(was - will) > LEAST:
            yield Move(
                trainee, new.mark.item, no, was, will, new.mark.max, _why(old.mark, new.mark),
                follows=new.mark.item not in own, kept=keep_higher and will < was,
            )  # fmt: skip


def _why(old: Mark, new: Mark) -> Message:
    for reason in new.reasons:
        if reason not in old.reasons:
            return reason
    if new.own is not None and old.own is None:
        return message("another answer meets a gate, which holds the whole exercise down")
    if old.own is not None and new.own is None:
        return message("no gate holds the whole exercise down any more")
    for reason in old.reasons:
        if reason not in new.reasons:
            return message("no longer said: {why}", why=reason)
    return new.reasons[0]


def _stands(before: Sequence[Result], after: Sequence[Result]) -> Iterable[Stands]:
    for trainee, no, old, new in _pairs(before, after):
        was, will = old.mark.score or 0.0, new.mark.score or 0.0
        same = abs((old.score or 0.0) - (new.score or 0.0)) <= LEAST
        if same and new.human_score is not None and abs(was - will) > LEAST:
            yield Stands(
                trainee, new.mark.item, no, new.human_score, was, will, new.mark.max
            )  # fmt: skip


def _moved(before: Sequence[Result], moves: Iterable[Move], bundle: Bundle) -> Iterable[Moved]:
    """Return the moves as the history keeps them: with codes, and bound to the answers."""
    by_code = {result.trainee.code: result for result in before}
    digests: dict[str, str] = {}
    for move in moves:
        code = move.trainee.code
        items = {one.mark.item: one for one in by_code[code].items}
        if code not in digests:
            responses = {name: one.response for name, one in items.items()}
            digests[code] = answers_digest(bundle.items, responses)
        yield Moved(
            code=code, answers=digests[code], item=move.item, before=move.before, after=move.after,
            kept=items[move.item].mark.score if move.kept else None,
        )  # fmt: skip


def _with_why(bundle: Bundle, why: str, why_in: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Return the bundle's translations with those of the reason."""
    said = {lang: {why: text} for lang, text in why_in.items() if why and text.strip()}
    return {lang: bundle.texts.get(lang, {}) | said.get(lang, {}) for lang in LANGUAGES[1:]}


def _unread(after: Sequence[Result], why: str, why_in: Mapping[str, str]) -> Iterable[Message]:
    """Warn of a reason that some trainees may not be able to read."""
    latin = all(char < "\u2e80" for char in why)
    if why and latin and not why_in.get("zh") and any(r.trainee.lang == "zh" for r in after):
        yield message("The reason has no Chinese: who reads Chinese will see it as you wrote it. "
                      "Say it with --why-zh as well.")  # fmt: skip
