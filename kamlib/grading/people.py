"""What an instructor may do for one person of a cohort: give more time, mend a code, delete it all."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from kamlib.course.bundle import Moved, to_json
from kamlib.grading import gradebook, intake, second_record
from kamlib.grading.cohort import (
    CODE,
    RECEIPTS,
    Cohort,
    CohortError,
    alone,
    change_roster,
    fold,
    open_cohort,
    write_settings,
)
from kamlib.grading.handin import Received, code_in, owners, perhaps
from kamlib.grading.pipeline import look
from kamlib.grading.results import Result
from kamlib.words import Message, message

LOG = "forgotten.log"
"""In the cohort's folder: a line with the date for each person whose data was deleted."""

WRITTEN = ("report", "export")
"""Folders of what is written for the whole cohort; it may name anybody, and can be written again."""

OURS = ("course", "source", "release")
"""Folders of what came with the course; what stands there of people is changed by itself."""

_NO_TEXT = (".zip", ".db", ".xlsx", ".lock")


def extend(
    cohort: Cohort,
    code: str,
    day: date,
    units: Collection[str] = (),
    why: str = "",
    *,
    preview: bool = False,
) -> list[Message]:
    """Give one person a later last day, in these units or in all that have one.

    The day ends in the cohort's zone. `why` is kept in `cohort.yaml` and shown to no trainee.
    Returns what changes; with `preview` nothing is written. Raises `CohortError` for an unknown
    code or unit, and for a day that is not later than everybody's.
    """
    cohort.check_open()
    code = _on_roster(cohort, code)
    said: list[Message] = []
    later = []
    for unit in _units(cohort, units):
        general = cohort.settings.due[unit]
        if day > general:
            later.append(unit)
            said.append(
                message(
                    "{code}, {name}: the last day for {unit} is {day} (until midnight, {tz}); for everybody it is {general}.",
                    code=code, name=cohort.roster[code].name, unit=unit, day=day.isoformat(),
                    tz=cohort.settings.tz, general=general.isoformat(),
                )
            )  # fmt: skip
        else:
            said.append(
                message(
                    "{unit}: {day} is not later than the last day for everybody, {general}, so nothing changes there.",
                    unit=unit, day=day.isoformat(), general=general.isoformat(),
                )
            )  # fmt: skip
    if not later:
        raise CohortError(
            message(
                "{why} To end an extension, use --take-back.",
                why=said[0] if len(said) == 1 else said,
            )
        )
    own = cohort.settings.extensions.get(code, {}) | dict.fromkeys(later, day)
    reasons = cohort.settings.reasons.get(code, {})
    reasons = {unit: text for unit, text in reasons.items() if unit not in later}
    if why.strip():
        reasons |= dict.fromkeys(later, why.strip())
    return said + _new_days(cohort, code, own, reasons, preview)


def take_back(
    cohort: Cohort, code: str, units: Collection[str] = (), *, preview: bool = False
) -> list[Message]:
    """End a person's extension in these units or in all; the day for everybody counts again.

    Returns what changes. Raises `CohortError` where there is none.
    """
    cohort.check_open()
    code = _on_roster(cohort, code)
    own = cohort.settings.extensions.get(code, {})
    gone = [unit for unit in own if not units or unit in _units(cohort, units)]
    if not gone:
        raise CohortError(message("{code} has no day of its own, so nothing changes.", code=code))
    said = [
        message(
            "{code}, {name}: the last day for {unit} is {day} again, as for everybody.",
            code=code,
            name=cohort.roster[code].name,
            unit=unit,
            day=cohort.settings.due[unit].isoformat() if unit in cohort.settings.due else "–",
        )
        for unit in gone
    ]
    reasons = cohort.settings.reasons.get(code, {})
    return said + _new_days(
        cohort,
        code,
        {unit: day for unit, day in own.items() if unit not in gone},
        {unit: text for unit, text in reasons.items() if unit not in gone},
        preview,
    )


def _on_roster(cohort: Cohort, code: str) -> str:
    """Return the code as the roster has it, or raise with who may be meant."""
    code = fold(code)
    if code not in cohort.roster:
        why = message("There is no “{code}” on the roster.", code=code)
        hint = perhaps(code, cohort.roster.values())
        raise CohortError(message("{why} {hint}", why=why, hint=hint) if hint else why)
    return code


def _units(cohort: Cohort, units: Collection[str]) -> list[str]:
    due = cohort.settings.due
    for unit in units:
        if unit not in cohort.bundles:
            raise CohortError(
                message("There is no unit “{name}”. The units are: {names}.",
                        name=unit, names=list(cohort.bundles))
            )  # fmt: skip
        if unit not in due:
            raise CohortError(
                message("{unit} has no last day, so nobody is late there.", unit=unit)
            )
    found = list(units) or [unit for unit in cohort.bundles if unit in due]
    if not found:
        raise CohortError(message("No unit has a last day, so nobody is late."))
    return found


def _new_days(
    cohort: Cohort,
    code: str,
    days: Mapping[str, date],
    reasons: Mapping[str, str],
    preview: bool,
) -> list[Message]:
    """Write one person's days and reasons, and say what becomes of the hand-ins that are there."""

    def changed(settings_of: Cohort) -> Cohort:
        settings = settings_of.settings
        extensions = {**settings.extensions, code: dict(days)}
        why = {**settings.reasons, code: dict(reasons)}
        update = {
            "extensions": {who: own for who, own in extensions.items() if own},
            "reasons": {who: own for who, own in why.items() if own},
        }
        return replace(settings_of, settings=settings.model_copy(update=update))

    before, after = look(cohort, [code]).results, look(changed(cohort), [code]).results
    said = [
        sentence
        for unit in before
        for sentence in _difference(code, before[unit][0], after[unit][0])
    ]
    if not preview:
        with alone(cohort.root):
            now = changed(open_cohort(cohort.root))
            write_settings(cohort.root, now.settings)
    if said:
        said.append(
            message("This counts from the next grading on: kam grade {folder}", folder=cohort.root.name)
        )  # fmt: skip
    return said


def _difference(code: str, before: Result, after: Result) -> Iterator[Message]:
    if before.counted != after.counted:
        yield message(
            "{unit}: hand-in number {n} of {total} will count instead of number {old}.",
            unit=before.unit,
            n=after.counted,
            total=after.attempts,
            old=before.counted,
        )
    if before.late and not after.late:
        yield message(
            "{code}'s hand-in of {unit} was {time} late and will be in time.",
            code=code,
            unit=before.unit,
            time=length(before.late),
        )
    elif before.late != after.late:
        yield message(
            "{code}'s hand-in of {unit} will be {time} late.",
            code=code,
            unit=before.unit,
            time=length(after.late),
        )
    if abs(before.penalty - after.penalty) > 1e-9:
        yield message(
            "Points taken off for it: {after} instead of {before}.",
            before=round(before.penalty, 2),
            after=round(after.penalty, 2),
        )


def length(time: timedelta) -> Message:
    """Say a length of time roughly: minutes, hours, or from two days on days.

    >>> length(timedelta(hours=57)).values
    (('n', 2.4),)
    """
    minutes = max(1, round(time / timedelta(minutes=1)))
    if minutes < 90:
        return message("{n} min", n=minutes)
    if minutes < 48 * 60:
        return message("{n} hours", n=round(minutes / 60))
    return message("{n} days", n=round(minutes / 1440, 1))


def correct(cohort: Cohort, wrong: str, right: str, *, preview: bool = False) -> list[Message]:
    """Make a wrong code count as the right one, whoever mistyped it.

    Where the roster has `right`, a trainee mistyped it: hand-ins that say `wrong` count as those of
    `right`, and stay in the inbox as they came. Where the roster has `wrong`, the roster was
    misspelt: the person is renamed wherever the cohort names him, and hand-ins with the old code
    still count. Returns what changes; with `preview` nothing is written. Raises `CohortError` where
    the roster has both or neither.
    """
    cohort.check_open()
    wrong, right = fold(wrong), fold(right)
    roster = cohort.roster
    if not CODE.match(right) or not CODE.match(wrong):
        bad = wrong if CODE.match(right) else right
        raise CohortError(
            message("“{code}” is no code: use letters, digits, - and _, at most 32.", code=bad)
        )
    if wrong in roster and right in roster:
        raise CohortError(
            message(
                "Both are on the roster: {wrong}, {name}, and {right}, {other}. A code is corrected only where one of the two is nobody's.",
                wrong=wrong, name=roster[wrong].name, right=right, other=roster[right].name,
            )
        )  # fmt: skip
    if right in roster:
        return _mistyped(cohort, wrong, right, preview)
    if wrong in roster:
        return _renamed(cohort, wrong, right, preview)
    raise CohortError(
        message(
            "Neither {wrong} nor {right} is on the roster, so it is not clear who is meant.",
            wrong=wrong,
            right=right,
        )
    )


def _mistyped(cohort: Cohort, wrong: str, right: str, preview: bool) -> list[Message]:
    if cohort.settings.codes.get(wrong) == right:
        return [message("{wrong} counts as {right} already.", wrong=wrong, right=right)]
    known = {*cohort.roster, *cohort.settings.codes, wrong}
    count = sum(
        wrong in owners(one, known).values() or (not one.files and code_in(one.name, known) == wrong)
        for one in intake.kept(cohort)
    )  # fmt: skip
    if not preview:
        with alone(cohort.root):
            settings = open_cohort(cohort.root).settings
            codes = {**settings.codes, wrong: right}
            write_settings(cohort.root, settings.model_copy(update={"codes": codes}))
    return [
        message(
            "Hand-ins that say {wrong} count as those of {right}, {name}.",
            wrong=wrong,
            right=right,
            name=cohort.roster[right].name,
        ),
        message(
            "So far there are {n} of them; they stay in the inbox as they came.",
            n=count,
        ),
        message("This counts from the next grading on: kam grade {folder}", folder=cohort.root.name),
    ]  # fmt: skip


def _renamed(cohort: Cohort, wrong: str, right: str, preview: bool) -> list[Message]:
    held = gradebook.held(cohort.database, wrong)
    other = gradebook.held(cohort.database, right)
    if held and other and held.units and other.units:
        raise CohortError(
            message(
                "The gradebook has marks under both {wrong} and {right}, so {wrong} was not renamed. "
                "Delete those of {right} first: kam cohort forget {folder} {right}",
                wrong=wrong,
                right=right,
                folder=cohort.root.name,
            )
        )
    folders = _own_folders(cohort, {wrong})
    said = [
        message(
            "{wrong}, {name}, is now {right}: in the roster, the settings and the gradebook, with marks and comments.",
            wrong=wrong, right=right, name=cohort.roster[wrong].name,
        ),
        message("Folders with the new code: {n}.", n=len(folders)),
        message("Hand-ins that say {wrong} still count as theirs.", wrong=wrong),
        *_write_again(cohort, preview),
    ]  # fmt: skip
    if preview:
        return said
    with alone(cohort.root):
        settings = open_cohort(cohort.root).settings
        of = {who: right if to == wrong else to for who, to in settings.codes.items()}
        of.pop(right, None)
        write_settings(
            cohort.root,
            settings.model_copy(
                update={
                    "codes": of | {wrong: right},
                    "extensions": _keyed(settings.extensions, wrong, right),
                    "reasons": _keyed(settings.reasons, wrong, right),
                }
            ),
        )
        for folder in folders:
            _move(folder, folder.with_name(right))
        for page in sorted(cohort.root.glob(f"feedback*/{right}/**/*.html")):
            _rewrite(page, _word(wrong).sub(right, page.read_text("utf-8")))
        _change_course(cohort, wrong, right)
        second_record.rename(cohort, wrong, right)
        gradebook.rename(cohort.database, wrong, right)
        # The roster goes last: as long as it has the old code, the command can be given again.
        change_roster(cohort.root / "roster.csv", wrong, right)
    return said


def _keyed(by_code: Mapping[str, Any], wrong: str, right: str) -> dict[str, Any]:
    return {right if code == wrong else code: value for code, value in by_code.items()}


def _move(source: Path, target: Path) -> None:
    """Rename a folder; what an earlier run moved is already there."""
    if not target.exists():
        source.rename(target)
        return
    for path in list(source.iterdir()):
        there = target / path.name
        if there.is_dir():
            shutil.rmtree(there)
        path.replace(there)
    source.rmdir()


def _word(code: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![A-Za-z0-9_-]){re.escape(code)}(?![A-Za-z0-9_-])", re.IGNORECASE)


def _own_folders(cohort: Cohort, codes: Collection[str]) -> list[Path]:
    """Return the folders that are one person's: submitted, autograded, feedback and the like."""
    stages = sorted(
        path for path in cohort.root.iterdir() if path.is_dir() and path.name not in OURS
    )
    return [stage / code for stage in stages for code in sorted(codes) if (stage / code).is_dir()]


def _change_course(cohort: Cohort, code: str, to: str | None) -> None:
    """Put another code, or none, where the frozen course keeps something of a person.

    That is which arrival was graded last, and whose marks a corrected key moved.
    """
    for unit, bundle in cohort.bundles.items():
        folder = cohort.root / "course" / unit
        state = folder / "graded.json"
        if state.is_file():
            keys: dict[str, str] = json.loads(state.read_text("utf-8"))
            if code in keys:
                key = keys.pop(code)
                _rewrite(state, json.dumps(keys | ({to: key} if to else {}), indent=1))
        fixes = tuple(
            fix.model_copy(update={"moved": tuple(_moved(fix.moved, code, to))})
            for fix in bundle.fixes
        )
        if fixes != bundle.fixes:
            _rewrite(folder / "bundle.json", to_json(replace(bundle, fixes=fixes)))


def _moved(moved: Iterable[Moved], code: str, to: str | None) -> Iterator[Moved]:
    for one in moved:
        if one.code != code:
            yield one
        elif to:
            yield one.model_copy(update={"code": to})


def _rewrite(path: Path, text: str) -> None:
    part = path.with_name(path.name + ".part")
    part.write_text(text, "utf-8")
    part.replace(path)


def _write_again(cohort: Cohort, preview: bool) -> list[Message]:
    """Delete reports and exports that name a person, and say that they need writing again."""
    found = [
        path
        for folder in WRITTEN
        for path in sorted((cohort.root / folder).rglob("*"))
        if path.is_file()
    ]
    if not found:
        return []
    if not preview:
        for folder in WRITTEN:
            shutil.rmtree(cohort.root / folder, ignore_errors=True)
    return [
        message(
            "Reports and exports named the person; they go and can be written again: {files}.",
            files=[path.relative_to(cohort.root).as_posix() for path in found if path.parent.name in WRITTEN],
        )
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Traces:
    """Where a cohort names one person."""

    codes: frozenset[str]
    """The person's code, and the codes that count as it."""
    name: str
    """As the roster has it; empty where it does not have the person."""
    arrivals: Mapping[str, frozenset[str]]
    """By the arrival's key: the files in it that are the person's; empty where it was refused."""
    folders: tuple[Path, ...]
    held: gradebook.Held | None

    @property
    def nothing(self) -> bool:
        return not (self.name or self.arrivals or self.folders or self.held)


def _traces(cohort: Cohort, code: str) -> _Traces:
    codes = frozenset({code} | {one for one, of in cohort.settings.codes.items() if of == code})
    known = {*cohort.roster, *cohort.settings.codes, code}
    arrivals = {}
    for one in [*intake.kept(cohort), *intake.unlisted(cohort)]:
        files = _files_of(one, known, codes)
        if files is not None:
            arrivals[one.key] = files
    return _Traces(
        codes=codes,
        name=cohort.roster[code].name if code in cohort.roster else "",
        arrivals=arrivals,
        folders=tuple(_own_folders(cohort, codes)),
        held=gradebook.held(cohort.database, code),
    )


def _files_of(
    one: Received, known: Collection[str], codes: Collection[str]
) -> frozenset[str] | None:
    """Return the files of an arrival that are one person's, or None where it is somebody else's.

    Where all that has an owner is the person's, the rest of the arrival is too.
    """
    if not one.files:
        return frozenset() if code_in(one.name, known) in codes else None
    whose = owners(one, known)
    mine = frozenset(path for path, code in whose.items() if code in codes)
    if not mine:
        return None
    return frozenset(whose) if {code for code in whose.values() if code} <= set(codes) else mine


def forget(
    cohort: Cohort, code: str, *, preview: bool = True, now: datetime | None = None
) -> list[Message]:
    """Delete all that the cohort holds of one person: hand-ins, marks, comments, pages, the name.

    Returns what goes and what this cannot reach; with `preview`, as it is unless said otherwise,
    nothing is changed. What remains is a line in `forgotten.log` with the date and no name or code.
    A run that was killed is made good by the next one. Raises `CohortError` where there is nothing
    of the person, and for the last one on the roster.
    """
    code = fold(code)
    with alone(cohort.root):
        cohort = open_cohort(cohort.root)
        traces = _traces(cohort, code)
        if traces.nothing:
            _on_roster(cohort, code)
        if set(cohort.roster) == {code}:
            raise CohortError(
                message(
                    "{code} is the only one on the roster, and a cohort needs somebody. "
                    "Delete the folder {folder} instead.",
                    code=code,
                    folder=str(cohort.root),
                )
            )
        said = _inventory(cohort, code, traces, preview)
        said += _write_again(cohort, preview)
        if not preview:
            _erase(cohort, code, traces, now or datetime.now(UTC))
            left = _still_named(open_cohort(cohort.root), traces)
            if left:
                said.append(
                    message(
                        "These files still hold the code or the name, perhaps in somebody else's words. Look at them yourself: {files}.",
                        files=left,
                    )
                )  # fmt: skip
    said.append(
        message(
            "Not reached from here: the folder the hand-ins were taken from, archives and exports "
            "elsewhere, pages already sent, backups. Delete those yourself."
        )
    )
    return said


def _inventory(cohort: Cohort, code: str, traces: _Traces, preview: bool) -> list[Message]:
    held = traces.held or gradebook.Held()
    who = message("{code}, {name}", code=code, name=traces.name) if traces.name else code
    shared = sum(
        0 < len(traces.arrivals[one.key]) < len(one.files)
        for one in intake.kept(cohort)
        if one.key in traces.arrivals
    )
    said = [
        message("This would be deleted of {who}:", who=who)
        if preview
        else message("This was deleted of {who}:", who=who)
    ]
    if traces.name:
        said.append(message("The line on the roster."))
    said.append(message("Hand-ins in the inbox: {n}.", n=len(traces.arrivals)))
    if shared:
        said.append(
            message(
                "Of {n} of these only a part: the rest is of other people, and stays.", n=shared
            )
        )
    said.append(
        message(
            "Marks in the gradebook: {marks}, of which {decided} by a person; comments: {comments}.",
            marks=held.marks,
            decided=held.decided,
            comments=held.comments,
        )
    )
    if traces.folders:
        said.append(
            message(
                "Folders: {folders}.",
                folders=[path.relative_to(cohort.root).as_posix() for path in traces.folders],
            )
        )
    if code in cohort.settings.extensions:
        said.append(message("The later day and the reason for it."))
    if len(traces.codes) > 1:
        said.append(
            message("The codes that count as {code}: {codes}.", code=code, codes=sorted(traces.codes - {code}))
        )  # fmt: skip
    return said


def _erase(cohort: Cohort, code: str, traces: _Traces, now: datetime) -> None:
    """Delete the traces; the roster's line last, so that a killed run can be given again."""
    for folder in traces.folders:
        shutil.rmtree(folder)
    intake.remove(cohort, traces.arrivals, lambda text: _scrub(text, traces))
    gradebook.forget(cohort.database, code)
    _change_course(cohort, code, None)
    second_record.forget(cohort, code)
    settings = cohort.settings
    write_settings(
        cohort.root,
        settings.model_copy(
            update={
                "extensions": {c: v for c, v in settings.extensions.items() if c != code},
                "reasons": {c: v for c, v in settings.reasons.items() if c != code},
                "codes": {c: of for c, of in settings.codes.items() if c not in traces.codes},
            }
        ),
    )
    with (cohort.root / LOG).open("a", encoding="utf-8") as log:
        log.write(f"{now.astimezone(cohort.zone).date().isoformat()} forgotten: 1\n")
    if (cohort.root / RECEIPTS).is_file():
        for own in traces.codes:
            change_roster(cohort.root / RECEIPTS, own, None)
    change_roster(cohort.root / "roster.csv", code, None)


def _scrub(text: str, traces: _Traces) -> str:
    for name in (*traces.codes, *filter(None, [traces.name])):
        text = _word(name).sub("–", text)
    return text


def _still_named(cohort: Cohort, traces: _Traces) -> list[str]:
    """Return what still names a person, by looking at every text that people's data may stand in."""
    wanted = [*map(_word, sorted(traces.codes)), *map(_word, filter(None, [traces.name]))]
    texts: Iterable[tuple[str, bytes]] = [
        *_texts(cohort),
        *(
            (f"inbox/{one.key}.zip", data)
            for one in intake.kept(cohort)
            for data in one.files.values()
        ),
    ]
    return sorted(
        {
            name
            for name, data in texts
            if any(word.search(data.decode("utf-8", "replace")) for word in wanted)
        }
    )


def _texts(cohort: Cohort) -> Iterator[tuple[str, bytes]]:
    for path in sorted(cohort.root.rglob("*")):
        name = path.relative_to(cohort.root).as_posix()
        if path.is_file() and name.split("/")[0] not in OURS and path.suffix not in _NO_TEXT:
            yield name, path.read_bytes()
