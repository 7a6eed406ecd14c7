"""`{{column}}` in a text is replaced by the cell of that column; `\\{{` is literal."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from luma_cli.body.tree import map_leaves

_OPENING = "{{"
_VARIABLE = re.compile(r"(\\\{\{)|\{\{(?:([^{}\n]*)\}\})?")


class VariableError(Exception):
    """A text has a variable without a column; `offset` is its place in the text."""

    def __init__(self, message: str, offset: int, name: str | None) -> None:
        super().__init__(message)
        self.message, self.offset, self.name = message, offset, name


def has_variables(value: Any) -> bool:
    """Return whether a text, or one in a value of any type, has braces to replace."""
    if isinstance(value, str):
        return _OPENING in value
    if isinstance(value, Mapping):
        return any(map(has_variables, value.values()))
    return isinstance(value, list) and any(map(has_variables, value))


def filled(value: Any, look_up: Callable[[str], str | None]) -> Any:
    """Return a value with the variables in its texts replaced.

    `look_up` returns `None` for an unknown name. Raises `VariableError`.
    """
    if isinstance(value, str):
        return _filled_text(value, look_up) if _OPENING in value else value
    if not has_variables(value):
        return value
    return map_leaves(
        value, lambda _, leaf: _filled_text(leaf, look_up) if isinstance(leaf, str) else leaf
    )


def literal_start(text: str) -> str:
    """Return the part of a text before its first variable."""
    found = next((each for each in _VARIABLE.finditer(text) if not each[1]), None)
    return text[: found.start()] if found else text


def names_in(value: Any) -> list[str]:
    """Return the names of the variables in the texts of a value."""
    if isinstance(value, str):
        return [each[2].strip() for each in _VARIABLE.finditer(value) if each[2] is not None]
    inner = value.values() if isinstance(value, Mapping) else value
    return [name for each in inner for name in names_in(each)] if _is_branch(value) else []


def text_of_cell(value: Any) -> str:
    """Return a cell as text: that of a text itself, nothing for `null`, JSON for others."""
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def _is_branch(value: Any) -> bool:
    return isinstance(value, Mapping | list)


def _filled_text(text: str, look_up: Callable[[str], str | None]) -> str:
    def replace(found: re.Match[str]) -> str:
        if found[1]:
            return _OPENING
        if found[2] is None:
            fact = "`{{` begins no variable"
            raise VariableError(fact, found.start(), None)
        name = found[2].strip()
        value = look_up(name)
        if value is None:
            raise VariableError(f"unknown variable `{{{{{name}}}}}`", found.start(), name)
        return value

    return _VARIABLE.sub(replace, text)
