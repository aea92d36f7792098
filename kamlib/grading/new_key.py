"""Whether a corrected key file can be taken for a cohort's frozen exercise, and what it changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from kamlib.course import translation
from kamlib.course.bundle import Bundle
from kamlib.course.syllabus import CourseError, Unit, mistake, read_yaml
from kamlib.items.fit import misfits
from kamlib.items.key_changes import differences, marks_alike
from kamlib.items.keys import Key, ProseKey, WorkedKey, parse_key
from kamlib.items.model import Item, parse_item
from kamlib.items.responses import short
from kamlib.items.texts import texts_of
from kamlib.words import LANGUAGES, Message, message

PART = "key"
"""The part of a unit that is corrected: `key.yaml`, with its translation in `zh/key.po`."""

_DRESS = frozenset({"id", "title", "hints", "covers", "numbers", "use"})
"""What of a question a key does not depend on."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """One item whose key is another one."""

    item: str
    no: int
    """The question's number, from 1."""
    title: str
    """In the source language."""
    how: tuple[Message, ...]
    """What differs, a sentence each."""
    marks: bool = True
    """Whether answers may be marked otherwise; else only texts differ."""


@dataclass(frozen=True, slots=True)
class NewKey:
    """What a key file would make of a cohort's unit."""

    bundle: Bundle
    """With the corrected keys and their translations; the cohort's own where there are problems."""
    corrected: tuple[Corrected, ...] = ()
    """In the order of the exercise; empty where the file says what is in force already."""
    problems: tuple[Message, ...] = ()
    """Why it cannot be taken."""
    warnings: tuple[Message, ...] = ()
    """What to know, though it can be taken."""


def read_new_key(bundle: Bundle, file: Path, course: Unit | None = None) -> NewKey:
    """Compare a key file with the keys of a cohort's unit.

    Translations are looked for in `zh/key.po` beside the file, then in the cohort, then in the
    `course`. Where `items.yaml` lies beside the file, as in the course, its questions have to be
    those that the cohort froze. Items that the file leaves out keep their key.
    """
    try:
        entries = read_yaml(file) or {}
    except CourseError as error:
        return NewKey(bundle, problems=tuple(error.problems))
    if not isinstance(entries, dict):
        said = message("{file} has to hold one key under each item’s id.", file=file.name)
        return NewKey(bundle, problems=(said,))
    problems: list[Message] = []
    warnings: list[Message] = []
    keys: dict[str, Key] = {}
    for item in bundle.items:
        if item.id in entries:
            key, wrong = _key(bundle, item, entries[item.id])
            problems += wrong
            if key:
                keys[item.id] = key
    problems += [
        message(
            "{file} has a key for {item}, which the exercise of this cohort does not have.",
            file=file.name, item=str(name),
        )
        for name in entries if name not in bundle.keys
    ]  # fmt: skip
    left = [message("question {n}", n=no) for no, item in enumerate(bundle.items, 1)
            if item.id not in entries]  # fmt: skip
    if left:
        warnings.append(
            message("{file} leaves out {questions}; their keys stay as they are.",
                    file=file.name, questions=left)
        )  # fmt: skip
    new = replace(bundle, keys=bundle.keys | keys)
    new = replace(new, texts=_texts(bundle, new, file, course))
    corrected = compared(bundle, new)
    wrong, worth = _frozen(bundle, new, corrected, file.with_name("items.yaml"))
    problems += wrong
    if problems:
        return NewKey(bundle, problems=tuple(problems))
    warnings += [*worth, *_untranslated(new, corrected)]
    return NewKey(new if corrected else bundle, corrected, (), tuple(warnings))


def _key(bundle: Bundle, item: Item, entry: Any) -> tuple[Key | None, list[Message]]:
    if not isinstance(entry, dict):
        return None, [message("{item} has no key.", item=item.id)]
    kind = type(bundle.keys[item.id])
    frozen = [field for field in type(item).model_fields
              if field in entry and field not in kind.model_fields]  # fmt: skip
    if frozen:
        return None, [
            message(
                "{item}: “{field}” belongs to the question, which was frozen when the cohort was "
                "made. Only its key can be corrected.",
                item=item.id, field=field,
            )
            for field in frozen
        ]  # fmt: skip
    if isinstance(held := bundle.keys[item.id], (WorkedKey, ProseKey)):
        # what it reckons with was frozen with the cohort; a correction names the files, no more
        entry = {**entry, "data": held.data}
    try:
        key = parse_key(item.interaction, entry)
    except ValidationError as error:
        return None, [mistake(item.id, error)]
    problems = misfits(item, key)
    if key.read and key.read not in bundle.reading:
        problems.append(
            message("The key of {item} points to “{anchor}”, which the lesson of this cohort does "
                    "not have.", item=item.id, anchor=key.read)
        )  # fmt: skip
    return key, problems


def _texts(
    bundle: Bundle, new: Bundle, file: Path, course: Unit | None
) -> dict[str, dict[str, str]]:
    """Return the cohort's translations, brought up to the new keys."""
    found = {}
    for lang in LANGUAGES[1:]:
        frozen = bundle.texts.get(lang, {})
        beside = _catalog(file.parent / lang / f"{PART}.po", lang)
        far = _catalog(course.po(PART, lang), lang) if course else {}
        wanted = dict.fromkeys(text for key in new.keys.values() for text in texts_of(key))
        known = translation.merged(beside, frozen, far)
        found[lang] = frozen | {text: known[text] for text in wanted if text in known}
    return found


def _catalog(path: Path, lang: str) -> dict[str, str]:
    return translation.texts_of_catalog(translation.read_catalog(path, lang))


def compared(old: Bundle, new: Bundle) -> tuple[Corrected, ...]:
    """Return the items whose keys differ between two editions of one exercise, in its order."""
    return tuple(_compared(old, new))


def _compared(old: Bundle, new: Bundle) -> Iterable[Corrected]:
    for no, item in enumerate(new.items, 1):
        before, after = old.keys[item.id], new.keys[item.id]
        how = differences(item, before, after)
        for lang in LANGUAGES[1:]:
            how += _retranslated(old, new, lang, texts_of(after))
        if how:
            alike = marks_alike(before, after)
            yield Corrected(item.id, no, item.title, tuple(how), marks=not alike)


def _retranslated(old: Bundle, new: Bundle, lang: str, texts: Iterable[str]) -> Iterable[Message]:
    there, now = old.texts.get(lang, {}), new.texts.get(lang, {})
    for text in dict.fromkeys(texts):
        if text in there and there[text] != now[text]:
            yield message("The translation of “{text}”: “{before}” → “{after}”",
                          text=message("{text}", text=short(text)),
                          before=message("{text}", text=there[text]),
                          after=message("{text}", text=now[text]))  # fmt: skip


def _untranslated(new: Bundle, corrected: Iterable[Corrected]) -> Iterable[Message]:
    for lang in LANGUAGES[1:]:
        there = new.texts.get(lang, {})
        wanted = [text for one in corrected for text in texts_of(new.keys[one.item])]
        for text in dict.fromkeys(wanted):
            if text not in there:
                yield message(
                    "No Chinese for “{text}”: who reads Chinese will see it in English. Write the "
                    "Chinese into zh/key.po beside the key file and look at the preview again.",
                    text=message("{text}", text=short(text)),
                )


def _frozen(
    old: Bundle, new: Bundle, corrected: Iterable[Corrected], path: Path
) -> tuple[list[Message], list[Message]]:
    """Compare the questions beside the key file with the frozen ones: problems and warnings."""
    if not path.exists():
        return [], []
    changed = _changed_items(old, path)
    problems = [
        message(
            "{item}: {fields} changed in the course after this cohort was made. Its questions are "
            "frozen, and a key for another question cannot be taken. Copy key.yaml elsewhere, "
            "correct the old question’s key there, and name it with --from.",
            item=one.item, fields=changed[one.item],
        )
        for one in corrected if one.marks and one.item in changed
    ]  # fmt: skip
    others = sorted(set(changed) - {one.item for one in corrected if one.marks})
    if problems or not others:
        return problems, []
    return [], [
        message("The course asks these questions differently by now; this cohort keeps its own: "
                "{items}.", items=others)
    ]  # fmt: skip


def _changed_items(bundle: Bundle, path: Path) -> Mapping[str, list[str]]:
    """Return for each graded item that is another one in `items.yaml` the fields that differ."""
    try:
        entries = read_yaml(path) or []
    except CourseError:
        return {}  # said by `kam course build`; the key file stands for itself
    there = {entry.get("id"): entry for entry in entries if isinstance(entry, dict)}
    found: dict[str, list[str]] = {}
    for item in bundle.items:
        if item.id not in there:
            continue
        try:
            now = parse_item({k: v for k, v in there[item.id].items() if k != "key"})
        except ValidationError:
            continue
        fields = [
            field for field in type(item).model_fields
            if field not in _DRESS and getattr(item, field) != getattr(now, field, None)
        ]  # fmt: skip
        if fields:
            found[item.id] = fields
    return found
