"""YAML in which a key that stands twice is an error, not a lost line."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import yaml


class _UniqueKeys(yaml.CSafeLoader):
    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            name = self.construct_object(key, deep=True)
            if not isinstance(name, Hashable):
                break  # said by the base class
            if name in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {name!r} stands twice", key.start_mark
                )
            seen.add(name)
        return super().construct_mapping(node, deep)


def load(text: str) -> Any:
    r"""Return what a YAML text holds; raises `yaml.YAMLError` that names the place of a mistake.

    >>> load("a: {b: 1}")
    {'a': {'b': 1}}
    >>> load("a: 1\na: 2")
    Traceback (most recent call last):
    yaml.constructor.ConstructorError: the key 'a' stands twice
      in "<unicode string>", line 2, column 1
    """
    return yaml.load(text, Loader=_UniqueKeys)
