"""How a file of parameters says of each of them where it comes from."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, model_validator

from kamlib.case_facts import Record

Number = Annotated[float, Field(allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1)]

FIRST_WORDS = ("given", "derived", "invented", "steps invented", "signals invented")
"""How a source begins."""


def _is_source(text: str) -> str:
    if not text.startswith(FIRST_WORDS):
        raise ValueError(f"a source begins with one of: {', '.join(FIRST_WORDS)}")
    return text


Source = Annotated[str, AfterValidator(_is_source)]


class Section(Record):
    """A part of the file, in which every parameter says where it comes from."""

    source: Source | dict[str, Source]
    """For the whole part, or by parameter; `*` stands for all the others."""

    @model_validator(mode="after")
    def _has_sources(self) -> Self:
        names = type(self).model_fields.keys() - {"source"}
        if isinstance(self.source, dict):
            if "*" not in self.source and (missing := names - self.source.keys()):
                raise ValueError(f"no source for: {', '.join(sorted(missing))}")
            if unknown := self.source.keys() - names - {"*"}:
                raise ValueError(f"a source for what is not there: {', '.join(sorted(unknown))}")
        return self

    def source_of(self, name: str) -> str:
        """Return where one parameter comes from: given, derived or invented, often with facts."""
        if isinstance(self.source, str):
            return self.source
        return self.source.get(name) or self.source["*"]


class Sourced(Record):
    """A whole file of parameters, in sections."""

    def sources(self) -> tuple[tuple[str, str, str], ...]:
        """Return each parameter with its value and its source, as text: what a table shows.

        >>> class Month(Section):
        ...     hours: Positive
        >>> class File(Sourced):
        ...     month: Month
        >>> File.model_validate({"month": {"source": "invented", "hours": 160}}).sources()
        (('month.hours', '160.0', 'invented'),)
        """
        rows = []
        for part in type(self).model_fields:
            section = getattr(self, part)
            if isinstance(section, Section):
                rows += [
                    (f"{part}.{name}", _plain(getattr(section, name)), section.source_of(name))
                    for name in type(section).model_fields
                    if name != "source"
                ]
        return tuple(rows)


def _plain(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(_plain(each) for each in value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {_plain(each)}" for name, each in value.items())
    if isinstance(value, Record):
        if "id" in type(value).model_fields:
            return str(getattr(value, "id"))  # noqa: B009 - a record need not have one
        return _plain({name: getattr(value, name) for name in type(value).model_fields})
    return str(value)
