"""Which strings of a record are translated, found from its type annotations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeVar, get_args, get_origin

from pydantic import BaseModel

from kamlib.items.model import Translatable

R = TypeVar("R", bound=BaseModel)


def map_texts(record: R, change: Callable[[str], str]) -> R:
    """Return the record with every translatable text put through `change`."""
    changed = {
        name: _map(getattr(record, name), field.annotation, field.metadata, change)
        for name, field in type(record).model_fields.items()
    }
    return record.model_copy(update=changed)


def texts_of(record: BaseModel) -> list[str]:
    """Return the translatable texts of the record, in the order of its fields, empty ones left out."""
    found: list[str] = []

    def collect(text: str) -> str:
        if text:
            found.append(text)
        return text

    map_texts(record, collect)
    return found


def _map(value: Any, annotation: Any, metadata: Any, change: Callable[[str], str]) -> Any:
    if get_origin(annotation) is Annotated:
        annotation, *metadata = get_args(annotation)
    if isinstance(value, str):
        return change(value) if _is_text(value, annotation, metadata) else value
    if isinstance(value, BaseModel):
        return map_texts(value, change)
    inner = get_args(annotation)
    if isinstance(value, (dict, tuple)) and get_origin(annotation) is not type(value):
        # A union such as `OptionKey | tuple[OptionKey, ...]`: the member that this value is of.
        member = next(member for member in inner if get_origin(member) is type(value))
        inner = get_args(member)
    if isinstance(value, dict):
        return {key: _map(part, inner[1], (), change) for key, part in value.items()}
    if isinstance(value, tuple):
        of = [inner[0]] * len(value) if inner[-1] is Ellipsis else inner
        return tuple(_map(part, kind, (), change) for part, kind in zip(value, of, strict=True))
    return value


def _is_text(text: str, annotation: Any, metadata: Any) -> bool:
    if any(isinstance(mark, Translatable) and mark.applies(text) for mark in metadata):
        return True
    # A union such as `Text | float`: the text among its members is the translatable one.
    return any(
        get_origin(member) is Annotated and _is_text(text, None, get_args(member)[1:])
        for member in get_args(annotation)
    )
