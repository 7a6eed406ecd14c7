"""A request body as a tree: mappings and lists, and the leaves in them.

The walks keep a stack of their own, so that no body is too deep for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

# The keys and indexes on the way to a value, from the outside in.
FieldPath = tuple[str | int, ...]
_BRANCHES = (Mapping, list)


def leaves(tree: Any) -> Iterator[tuple[FieldPath, Any]]:
    """Yield each value that is neither a mapping nor a list, in the order of the document."""
    pending: list[tuple[FieldPath, Any]] = [((), tree)]
    while pending:
        path, value = pending.pop()
        if isinstance(value, _BRANCHES):
            pending += [((*path, step), inner) for step, inner in reversed(_children(value))]
        else:
            yield path, value


def map_leaves(tree: Any, change: Callable[[FieldPath, Any], Any]) -> Any:
    """Return a copy in which `change(place, leaf)` replaces each leaf, called in their order."""
    copy: list[Any] = [None]
    pending: list[tuple[FieldPath, Any, Any, Any]] = [((), tree, copy, 0)]
    while pending:
        path, value, target, key = pending.pop()
        if isinstance(value, _BRANCHES):
            inner: Any = [None] * len(value) if isinstance(value, list) else dict.fromkeys(value)
            target[key] = inner
            pending += [
                ((*path, step), child, inner, step) for step, child in reversed(_children(value))
            ]
        else:
            target[key] = change(path, value)
    return copy[0]


def nearest_key(path: FieldPath) -> str:
    """Return the key that a value, or the list that holds it, stands under."""
    return next((step for step in reversed(path) if isinstance(step, str)), "")


def _children(value: Mapping[str, Any] | list[Any]) -> list[tuple[str | int, Any]]:
    return list(enumerate(value) if isinstance(value, list) else value.items())
