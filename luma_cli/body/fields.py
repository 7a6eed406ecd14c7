"""A body built field by field, whole objects and single fields in any order."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from luma_cli.errors import UsageError

KeyPath = tuple[str, ...]


class BodyFields:
    """The fields of a request; `origin` is the flag that an error names.

    A whole object replaces an earlier one, but keeps the single fields that were set before it,
    unless it has them itself: every typed flag counts.
    """

    def __init__(self) -> None:
        self.fields: dict[str, Any] = {}
        self._single: list[tuple[KeyPath, Any]] = []

    def put(self, path: KeyPath, value: Any, origin: str) -> None:
        """Set a field, or a whole object."""
        *outer, last = path
        self._mapping_at(outer, origin)[last] = deepcopy(value)
        descendants = [each for each in self._single if each[0][: len(path)] == path]
        if isinstance(value, dict):
            for single, kept in descendants:
                if not _has(value, single[len(path) :]):
                    *between, name = single
                    self._mapping_at(between, origin)[name] = deepcopy(kept)
        else:  # its earlier fields no longer apply
            self._single = [each for each in self._single if each not in descendants]
        self._single.append((path, value))

    def append(self, path: KeyPath, value: Any, origin: str) -> None:
        """Add an element to a list."""
        self._list_at(path, origin).append(value)

    def put_in_last(self, path: KeyPath, field: str, value: Any, origin: str) -> None:
        """Set a field of the last element, or of a new one if the last has the field already."""
        elements = self._list_at(path, origin)
        if not elements or not isinstance(elements[-1], dict) or field in elements[-1]:
            elements.append({})
        elements[-1][field] = value

    def _list_at(self, path: KeyPath, origin: str) -> list[Any]:
        *outer, last = path
        found = self._mapping_at(outer, origin).setdefault(last, [])
        if not isinstance(found, list):
            path_text = ".".join(path)
            raise UsageError(f"`{origin}`: `{path_text}` is not a list")
        return found

    def _mapping_at(self, path: Sequence[str], origin: str) -> dict[str, Any]:
        mapping = self.fields
        for step in path:
            if mapping.get(step) is None:
                mapping[step] = {}
            if not isinstance(mapping[step], dict):
                raise UsageError(f"`{origin}`: `{step}` is not a mapping")
            mapping = mapping[step]
        return mapping


def _has(value: Any, path: KeyPath) -> bool:
    """Return whether a mapping has this field, or a value that cannot hold it."""
    for step in path:
        if not isinstance(value, dict):
            return True
        if step not in value:
            return False
        value = value[step]
    return True
