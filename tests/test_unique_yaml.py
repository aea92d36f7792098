"""YAML is read as it stands, and what would be lost in silence is an error with its place."""

from __future__ import annotations

import pytest
import yaml

from kamlib import unique_yaml


@pytest.mark.parametrize(
    ("text", "key", "line"),
    [
        ("a: 1\nb: 2\na: 3\n", "a", 3),
        ("a:\n  - {x: 1}\n  - {x: 1, x: 2}\n", "x", 3),
        ("1: one\n1: two\n", "1", 2),
    ],
)
def test_a_key_that_stands_twice_is_an_error(text: str, key: str, line: int) -> None:
    """At any depth, with the line of the second one."""
    with pytest.raises(yaml.YAMLError) as caught:
        unique_yaml.load(text)
    assert f"the key {key!r} stands twice" in str(caught.value).replace("the key 1", "the key '1'")
    assert f"line {line}," in str(caught.value)


@pytest.mark.parametrize("text", ["? [1, 2]\n: x\n", "? {a: 1}\n: x\n", "a: ["])
def test_what_is_no_key_or_no_yaml_is_an_error_too(text: str) -> None:
    """A list as a key ends as any other mistake does."""
    with pytest.raises(yaml.YAMLError):
        unique_yaml.load(text)


def test_what_stands_there_once_is_read() -> None:
    """The same key in two places of a list is no repetition; a text may hold anything."""
    text = "- {id: F01, say: '省代 A: 80'}\n- {id: F02, say: ''}\n"
    assert unique_yaml.load(text) == yaml.safe_load(text)
    assert unique_yaml.load("") is None
