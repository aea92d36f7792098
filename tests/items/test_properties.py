"""What holds for every item, key and response: marks are sound, fair and never fail."""

import math
import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kamlib.items.completeness import State, completeness
from kamlib.items.keys import Key, parse_key
from kamlib.items.mark import Mark, Outcome
from kamlib.items.marking import check, mark_exercise
from kamlib.items.model import INTERACTIONS, PRACTICE_ONLY, Item, parse_item
from kamlib.items.solution import solution
from kamlib.words import Words
from tests import plans

Question = tuple[Item, Key]

few = settings(max_examples=40, deadline=None, database=None)
more = settings(max_examples=120, deadline=None, database=None)

NAMES = ["a", "b", "c", "d", "e"]
PHRASES = [
    "know the market", "visit the buyer", "收回货款", "write the plan down", "了解客户需求",
    "train the agent", "count what shops sold", "比较门店数据", "ask before telling",
]  # fmt: skip
AWKWARD = [
    "", " ", "a", "b", "z", "\ud800", "\x00", "{value}", "{", "36,000", "3.6万", "nan", "-inf", "٣",
    "1e400", "not", "不", "2026-06-15", "x" * 5000, "a,b,c,d,e,f", "<script>", "\u202e", "１２％",
]  # fmt: skip

texts = st.sampled_from(AWKWARD) | st.text(
    st.characters(min_codepoint=0, max_codepoint=0x2FFFF), max_size=12
)
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**400, -(10**400), 0, 36000, 1e308, -0.0])
    | st.floats()
    | texts
)
jsons = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
FIELDS_OF_RESPONSES = [
    "choice", "reason", "choices", "pairs", "order", "classes", "where", "kind", "value", "unit",
    "reading", "confidence", "lines", "facts", "fields", "rows", "text", "path", "plays", "entries",
]  # fmt: skip


def nearly_right(deep: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Objects with the fields that responses have, holding keys that items have, or anything."""
    keyed = st.sampled_from(NAMES) | deep
    holder = st.lists(keyed, max_size=5) | st.dictionaries(st.sampled_from(NAMES), keyed)
    rows = st.lists(st.dictionaries(st.sampled_from(NAMES), keyed), max_size=4)
    facts = st.dictionaries(st.sampled_from(NAMES), st.lists(keyed, max_size=4))
    plays = st.lists(st.lists(keyed, max_size=4), max_size=3)
    own = st.fixed_dictionaries({}, optional={"text": deep, "ticks": st.lists(keyed, max_size=3)})
    entries = st.dictionaries(st.sampled_from("123"), own | deep)
    return st.dictionaries(
        st.sampled_from(FIELDS_OF_RESPONSES), keyed | holder | rows | facts | plays | entries
    )


responses_of_any_kind = jsons | nearly_right(scalars)


def labels(names: list[str], what: str = "Option") -> dict[str, str]:
    return {name: f"{what} {name}" for name in names}


@st.composite
def questions(draw: st.DrawFn, interaction: str) -> Question:
    """One item of an interaction with a key that fits it."""
    names = NAMES[: draw(st.integers(3, 5))]
    one = st.sampled_from(names)
    some = st.sets(one, min_size=1)
    number = st.floats(-1e6, 1e6).map(lambda x: round(x, 2))
    shape: dict[str, Any] = {"options": labels(names)}
    right: dict[str, Any] = {}
    match interaction:
        case "choice":
            shape["reasons"] = draw(st.sampled_from([{}, labels(names, "Reason")]))
            right = {"answer": draw(one), "reason": draw(one) if shape["reasons"] else None}
            if draw(st.booleans()):
                wrong = [name for name in names if name != right["answer"]]
                right["gate"] = {"options": wrong[:1], "cap": 0.4, "message": "Gate."}
        case "choices":
            right = {"answer": sorted(draw(some))}
        case "match":
            shape["stems"] = labels(names, "Stem")
            right = {"answer": {name: draw(one) for name in names}}
        case "order":
            right = {"answer": draw(st.permutations(names))}
        case "classify":
            shape = {"lines": labels(names, "Line"), "classes": labels(names, "Class")}
            right = {"answer": {name: draw(one) for name in names}}
        case "spot_error":
            shape = {"segments": labels(names, "Part"), "kinds": labels(names, "Kind")}
            right = {"where": draw(one), "kind": draw(one)}
        case "number":
            shape = {"quantity": "Q", "units": labels(names, "unit"), "confidence": True}
            trap = {"name": "trap", "value": draw(number), "message": "Trap."}
            right = {"value": draw(number), "unit": draw(one), "traps": [trap]}
        case "recall":
            ways = draw(st.lists(st.sampled_from(PHRASES), min_size=1, max_size=5, unique=True))
            shape = {"lines": 5}
            points = {
                name: {"name": f"Point {name}", "accept": [way]}
                for name, way in zip(NAMES, ways, strict=False)
            }
            right = {"points": points}
        case "evidence":
            stages = {name: {"text": f"fact {name}", "stage": "s1"} for name in names}
            shape = {"claims": labels(names, "Claim"), "facts": stages}
            shape |= {"stages": ["s1", "s2"], "stage": "s1"}
            right = {"answer": {name: [{"all_of": sorted(draw(some))}] for name in names}}
            right["answer"][names[0]] = []
        case "plan":
            shape, right = plans.SHAPE, plans.KEY
        case "structured" | "table":
            shape, right = draw(forms(interaction))
        case "text":
            shape = {"criteria": labels(names, "Criterion")}
            right = {"model_answer": "Mine.", "levels": {n: ["0", "1", "2", "3"] for n in names}}
        case "scene":
            shape, right = draw(scenes(names))
        case "reflect":
            shape = {"entries": draw(st.integers(1, 3)), "entry": "Text", "criteria": labels(names)}
            wanted = draw(st.lists(st.tuples(some, st.sets(one)), max_size=3))
            manners = [
                {"name": f"m{n}", "all_of": sorted(all_of), "none_of": sorted(none_of - all_of)}
                for n, (all_of, none_of) in enumerate(wanted)
            ]
            manners.append({"name": "open"})
            right = {"verdicts": [one | {"label": "L", "message": "Said."} for one in manners]}
    use = "practice" if interaction in PRACTICE_ONLY else "graded"
    base = {"id": f"u.{interaction}", "title": interaction, "prompt": "?", "use": use}
    points = draw(st.sampled_from([1, 2.5, 0.33333, 7, 1 / 3]))
    item = parse_item({**base, "interaction": interaction, "points": points, **shape})
    return item, parse_key(interaction, {"explanation": "Because {so}.", **right})


@st.composite
def forms(draw: st.DrawFn, interaction: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Fields a to d with rules over them that an example keeps."""
    fields = {
        "a": {"label": "Name"},
        "b": {"label": "Share", "kind": "number"},
        "c": {"label": "By", "kind": "date"},
        "d": {"label": "Why", "kind": "choice", "options": labels(["a", "b"]), "required": False},
    }
    share = draw(st.integers(0, 100))
    checks = [
        {"rule": "filled", "fields": ["a", "c"], "message": "Fill in.", "weight": 3},
        {"rule": "between", "fields": ["b"], "low": 0, "high": 100, "message": "Range."},
        {"rule": "sum", "fields": ["b"], "low": 100, "high": 100, "message": "Sum."},
        {"rule": "before", "fields": ["c"], "date": "2026-12-31", "message": "Late."},
        {"rule": "one_of", "fields": ["d"], "options": ["a"], "message": "Why?", "weight": 0.1},
        {"rule": "distinct", "fields": ["a"], "message": "Twice."},
        {"rule": "says", "fields": ["a"], "words": ["客户", "buyer"], "message": "Who?"},
        {"rule": "less", "fields": ["b", "b"], "message": "Less."},
    ]
    row = {"a": "The buyer", "b": share, "c": "2026-06-15", "d": "a"}
    rows = [row, {**row, "a": "重点客户", "b": 100 - share}]
    if interaction == "table":
        return {"columns": fields, "min_rows": 2}, {"checks": checks, "example": rows}
    return {"fields": fields}, {"checks": checks, "example": {**row, "b": 100}}


@st.composite
def scenes(draw: st.DrawFn, names: list[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Turns that lead on to one another by chance, never back, and a way through them."""
    measures = labels(["a", "b"], "Measure")
    last = draw(st.integers(1, 4))
    moved = st.dictionaries(st.sampled_from(["a", "b"]), st.integers(-3, 3))
    turns: dict[str, Any] = {f"t{last}": {"ending": "Over."}}
    for n in range(last):
        turns[f"t{n}"] = {
            "lines": [{"who": "lin", "says": "Well?"}],
            "choices": {
                name: {
                    "says": f"Say {name}",
                    "effects": draw(moved),
                    "to": f"t{draw(st.integers(n + 1, last))}",
                }
                for name in names[:3]
            },
        }
    best: list[str] = []
    reached = dict.fromkeys(measures, 0)
    at = "t0"
    while "choices" in turns[at]:
        best.append(draw(st.sampled_from(sorted(turns[at]["choices"]))))
        saying = turns[at]["choices"][best[-1]]
        reached = {name: n + saying["effects"].get(name, 0) for name, n in reached.items()}
        at = saying["to"]
    shape = {"measures": measures, "cast": {"lin": "Lin"}, "start": "t0", "turns": turns}
    return shape, {"enough": reached, "best": best, "messages": {"a": "More."}}


exercises = st.tuples(*(questions(interaction) for interaction in INTERACTIONS))


@st.composite
def answered(draw: st.DrawFn) -> tuple[tuple[Question, ...], dict[str, Any]]:
    """Draw an exercise with responses: right ones bent in places, near ones, or anything."""
    exercise = draw(exercises)
    junk = draw(st.lists(scalars | jsons, min_size=3, max_size=6)) + NAMES
    chance = draw(st.randoms(use_true_random=False))
    responses = {}
    for item, key in exercise:
        if chance.random() < 0.7:
            responses[item.id] = bent(solution(item, key), junk, chance)
        else:
            responses[item.id] = draw(responses_of_any_kind)
    return exercise, responses


def bent(value: Any, junk: list[Any], chance: random.Random) -> Any:
    """Return a JSON value with some of its parts exchanged, lost or doubled."""
    if isinstance(value, dict) and value:
        return {
            name: bent(part, junk, chance) for name, part in value.items() if chance.random() < 0.9
        }
    if isinstance(value, list) and value:
        parts = [bent(part, junk, chance) for part in value if chance.random() < 0.8]
        return parts + chance.sample(value, chance.randrange(len(value) + 1))
    choice = chance.random()
    if choice < 0.15:
        return chance.choice(junk)
    return chance.choice(NAMES) if choice < 0.4 else value


def assert_sound(item: Item, mark: Mark) -> None:
    if mark.score is None:
        assert mark.needs_human
    else:
        assert type(mark.score) is float
        assert math.isfinite(mark.score)
        assert 0.0 <= mark.score <= mark.max
    assert mark.max == item.points
    assert mark.feedback
    for part in mark.feedback:
        assert Words("en").say(part).encode()
    for trap in mark.traps:
        assert trap.encode()


@more
@given(answered())
def test_any_json_gets_a_sound_mark(
    case: tuple[tuple[Question, ...], dict[str, Any]],
) -> None:
    """Marking never raises; a score is None or a finite float in [0, max]; each mark says why."""
    exercise, responses = case
    items = [item for item, _ in exercise]
    keys = {item.id: key for item, key in exercise}
    marks = mark_exercise(items, keys, responses)
    assert list(marks) == list(keys)
    for item in items:
        assert_sound(item, marks[item.id])
        result = completeness(item, responses[item.id])
        for why in result.messages:
            assert Words("en").say(why).encode()
        if marks[item.id].outcome is Outcome.NOT_ATTEMPTED:
            # A conversation is judged at its end, and a text by what is ticked in it.
            begun = item.interaction in PRACTICE_ONLY
            assert result.state is State.BLANK or (begun and result.state is State.INCOMPLETE)


@few
@given(exercises)
def test_the_right_answer_earns_everything(exercise: tuple[Question, ...]) -> None:
    """Whatever the key, its own solution is complete and has full marks, prose apart."""
    items = [item for item, _ in exercise]
    keys = {item.id: key for item, key in exercise}
    responses = {item.id: solution(item, key) for item, key in exercise}
    marks = mark_exercise(items, keys, responses)
    for item in items:
        assert_sound(item, marks[item.id])
        if item.interaction == "text":
            assert marks[item.id].score is None
        else:
            assert marks[item.id].score == item.points
            reflected = item.interaction == "reflect"
            wanted = Outcome.REVIEWED if reflected else Outcome.CORRECT
            assert marks[item.id].outcome is wanted
            assert not marks[item.id].needs_human
        if item.interaction != "recall":
            assert completeness(item, responses[item.id]).state is State.COMPLETE


def shuffled(value: Any, chance: random.Random) -> Any:
    """Return the same JSON value with its objects' fields in another order."""
    if isinstance(value, list):
        return [shuffled(part, chance) for part in value]
    if not isinstance(value, dict):
        return value
    names = list(value)
    chance.shuffle(names)
    return {name: shuffled(value[name], chance) for name in names}


@few
@given(answered(), st.randoms(use_true_random=False))
def test_the_order_of_fields_does_not_matter(
    case: tuple[tuple[Question, ...], dict[str, Any]], chance: random.Random
) -> None:
    """An object's fields may be written in any order, and so may keys and responses."""
    exercise, responses = case
    items = [item for item, _ in exercise]
    keys = {item.id: key for item, key in exercise}
    once = mark_exercise(items, keys, responses)
    again = mark_exercise(items, shuffled(keys, chance), shuffled(responses, chance))
    assert repr(once) == repr(again)


@few
@given(questions("number"), st.floats(-1e6, 1e6))
def test_a_trap_value_always_says_its_message(question: Question, value: float) -> None:
    """Unless the value is right, the known wrong one is told by its name and its own words."""
    item, key = question
    trap = key.traps[0]  # type: ignore[union-attr]
    unit = key.unit  # type: ignore[union-attr]
    mark = check(item, key, {"value": trap.value, "unit": unit})
    assert (mark.traps == ("trap",)) == (mark.score != item.points)
    assert_sound(item, check(item, key, {"value": value, "unit": unit}))


@settings(max_examples=2, deadline=None, database=None)
@given(exercises)
def test_deep_nesting_and_size_do_not_stop_marking(exercise: tuple[Question, ...]) -> None:
    """A response nested or long beyond reason is unreadable, or read as far as makes sense."""
    deep: Any = "a"
    for _ in range(100_000):
        deep = [deep]
    long = "客户 not, " * 20_000
    for item, key in exercise:
        assert_sound(item, check(item, key, deep))
        for field in FIELDS_OF_RESPONSES:
            for value in (deep, long, [long] * 3, {"a": long}, {"a": deep}, [{"a": deep}]):
                assert_sound(item, check(item, key, {field: value}))
