"""How the number keys of a unit follow from the figures of its case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kamlib.case1 import known_errors, values
from kamlib.case_facts import Facts
from kamlib.items.keys import Key, NumberKey, Reading, Trap
from kamlib.words import Message, message


def disagreements(keys: Mapping[str, Key], facts: Facts) -> Iterator[Message]:
    """Yield a sentence for each key whose value is not the figure that it names."""
    known = values(facts)
    for item, key in keys.items():
        for figure, value in _figures(key):
            if figure not in known:
                yield message("The key of {item} names the figure {figure}, which the case does not have.",
                              item=item, figure=figure)  # fmt: skip
            elif abs(value - known[figure]) > _slack(key) * abs(known[figure]):
                yield message("The key of {item} says {value}, and the figure {figure} of the case is {right}.",
                              item=item, value=value, figure=figure, right=known[figure])  # fmt: skip


def with_known_errors(keys: Mapping[str, Key], facts: Facts) -> dict[str, Key]:
    """Return the keys, those of figures with the known errors of the case as further traps.

    A wrong value that the key has a trap for already, or that is right under some reading, keeps
    what the key says to it.
    """
    return {item: _trapped(key, facts) for item, key in keys.items()}


def for_case(keys: Mapping[str, Key], facts: Facts) -> dict[str, Key]:
    """Return the keys for another case of the same structure: its figures, and its known errors.

    The traps that an author wrote are for the numbers of the first case, so they are left out.
    """
    known = values(facts)
    return {
        item: _trapped(_revalued(key, known), facts) if isinstance(key, NumberKey) else key
        for item, key in keys.items()
    }


def _figures(key: Key) -> Iterator[tuple[str, float]]:
    if isinstance(key, NumberKey):
        if key.figure and key.value is not None:
            yield key.figure, key.value
        yield from ((way.figure, way.value) for way in key.readings.values() if way.figure)


def _slack(key: Key) -> float:
    return key.full / 2 if isinstance(key, NumberKey) else 0.0


def _revalued(key: NumberKey, known: Mapping[str, float]) -> NumberKey:
    readings = {
        name: Reading(value=known[way.figure], unit=way.unit, figure=way.figure)
        if way.figure
        else way
        for name, way in key.readings.items()
    }
    value = known[key.figure] if key.figure else key.value
    return key.model_copy(update={"value": value, "readings": readings, "traps": ()})


def _trapped(key: Key, facts: Facts) -> Key:
    if not isinstance(key, NumberKey):
        return key
    right = [value for _, value in _figures(key)]
    traps = list(key.traps)
    counts: dict[str, int] = {}
    for figure, unit in _units(key):
        for error in known_errors(figure, facts):
            taken = [*right, *(trap.value for trap in traps if trap.unit in (None, unit))]
            if any(abs(error.value - value) <= key.full * abs(value) for value in taken):
                continue
            number = counts[error.trap] = counts.get(error.trap, 0) + 1
            name = error.trap if number == 1 else f"{error.trap}_{number}"
            text = error.message.text
            traps.append(Trap(name=name, value=error.value, unit=unit, message=text))
    return key.model_copy(update={"traps": tuple(traps)})


def _units(key: NumberKey) -> Iterator[tuple[str, str | None]]:
    if key.figure:
        yield key.figure, key.unit
    yield from ((way.figure, way.unit) for way in key.readings.values() if way.figure)
