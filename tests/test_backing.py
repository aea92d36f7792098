"""Facts given to a claim are held against what it needs."""

from __future__ import annotations

import pytest

from kamlib.backing import backing


@pytest.mark.parametrize(
    ("given", "hits", "bad", "f1"),
    [
        (["F1", "F2"], 2, set(), 1.0),
        (["F1", "F2", "F3", "F4"], 2, set(), 1.0),  # one of the group is enough, more is no harm
        (["F1"], 1, set(), 2 / 3),
        (["F1", "F2", "F9"], 2, {"F9"}, 4 / 5),
        (["F9"], 0, {"F9"}, 0.0),
        ([], 0, set(), 0.0),
    ],
)
def test_what_is_needed_counts(given: list[str], hits: int, bad: set[str], f1: float) -> None:
    """Needed are all of these and one of those; the optional neither helps nor hurts."""
    found = backing(given, {"F1"}, [{"F2", "F3"}], {"F4"})
    assert (found.hits, found.needed, found.bad) == (hits, 2, bad)
    assert found.f1 == pytest.approx(f1)


def test_what_was_not_known_yet_never_counts() -> None:
    """A late fact is a wrong one, even where it would be needed or optional."""
    found = backing({"F1", "F2", "F4"}, {"F1"}, [{"F2"}], {"F4"}, late={"F2", "F4"})
    assert (found.hits, found.bad) == (1, {"F2", "F4"})


def test_a_claim_that_needs_nothing_is_backed_by_nothing() -> None:
    """Then every fact given is wrong."""
    assert backing([], []).f1 == 1
    assert backing(["F1"], []).f1 == 0
