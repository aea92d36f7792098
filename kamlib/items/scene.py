"""How a scene goes on: where a path of choices leads, and what it has done to the measures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kamlib.items.model import YOU, Saying, Scene, Turn

_NOWHERE = Turn()


@dataclass(frozen=True, slots=True)
class Step:
    """One choice that was made."""

    at: str
    """The key of the turn it was made in."""
    turn: Turn
    choice: str
    """The key of what was said."""
    saying: Saying


@dataclass(frozen=True, slots=True)
class Walk:
    """A path through a scene, as far as it can be walked."""

    steps: tuple[Step, ...]
    at: str
    """The key of the turn that was reached."""
    turn: Turn
    """The turn that was reached: its lines have been said, its choices are open."""
    measures: Mapping[str, int]
    """How each measure of the scene stands, in its order."""
    lost: tuple[object, ...] = ()
    """The rest of the path, from the first choice that the turn reached does not have."""

    @property
    def finished(self) -> bool:
        """Whether nothing is left to choose."""
        return not self.turn.choices


def walk(scene: Scene, path: Sequence[object]) -> Walk:
    """Follow the choices of `path`, any JSON values, from the start of the scene; never raises.

    >>> scene = Scene.model_validate({"interaction": "scene", "id": "u.s", "title": "",
    ...     "prompt": "", "measures": {"trust": "Trust", "target": "Target"}, "cast": {"lin": "Lin"},
    ...     "start": "t", "turns": {"e": {"ending": "Late."}, "t": {
    ...         "lines": [{"who": "lin", "says": "You are late."}], "choices": {
    ...             "deny": {"says": "We are not.", "effects": {"trust": -2}, "to": "e"},
    ...             "ask": {"says": "Since when?", "effects": {"trust": 1}, "to": "e"}}}}})
    >>> walk(scene, ["deny"]).measures, walk(scene, ["deny"]).finished
    ({'trust': -2, 'target': 0}, True)
    >>> walk(scene, ["deny", "deny"]).lost, walk(scene, []).at
    (('deny',), 't')
    """
    at = scene.start
    steps: list[Step] = []
    measures = dict.fromkeys(scene.measures, 0)
    lost: tuple[object, ...] = ()
    for place, choice in enumerate(path):
        turn = scene.turns.get(at, _NOWHERE)
        saying = turn.choices.get(choice) if isinstance(choice, str) else None
        if saying is None or not isinstance(choice, str):
            lost = tuple(path[place:])
            break
        steps.append(Step(at, turn, choice, saying))
        for measure, moved in saying.effects.items():
            if measure in measures:
                measures[measure] += moved
        at = saying.to
    return Walk(tuple(steps), at, scene.turns.get(at, _NOWHERE), measures, lost)


@dataclass(frozen=True, slots=True)
class Spoken:
    """One line of a conversation as it was played."""

    who: str
    """A key of the cast, or `you`."""
    says: str
    step: Step | None = None
    """The choice that this line is, where the trainee made it."""


def transcript(walked: Walk) -> Iterator[Spoken]:
    """Yield all that was said on the way, the lines of the turn that was reached included."""
    for step in walked.steps:
        for line in step.turn.lines:
            yield Spoken(line.who, line.says)
        yield Spoken(YOU, step.saying.says, step)
    for line in walked.turn.lines:
        yield Spoken(line.who, line.says)


def signed(n: int) -> str:
    """Return a whole number with its sign, as a measure is written.

    >>> signed(2), signed(-1), signed(0)
    ('+2', '−1', '0')
    """
    return f"+{n}" if n > 0 else f"−{-n}" if n else "0"


def reach(scene: Scene) -> int:
    """Return how far from 0 any measure can come on any path; at least 1, as a scale for bars."""
    known: dict[str, dict[str, tuple[int, int]]] = {}

    def beyond(at: str) -> dict[str, tuple[int, int]]:
        """Return the least and the most that each measure can still move from a turn on."""
        if at not in known:
            # Set before it is worked out: a scene that runs in circles, which no course has, ends.
            known[at] = dict.fromkeys(scene.measures, (0, 0))
            moves = [
                (saying.effects, beyond(saying.to))
                for saying in scene.turns.get(at, _NOWHERE).choices.values()
            ]
            known[at] = {
                measure: (
                    min([0, *(by.get(measure, 0) + after[measure][0] for by, after in moves)]),
                    max([0, *(by.get(measure, 0) + after[measure][1] for by, after in moves)]),
                )
                for measure in scene.measures
            }
        return known[at]

    return max([1, *(max(-low, high) for low, high in beyond(scene.start).values())])
