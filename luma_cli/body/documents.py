"""YAML and JSON as people type them, read by the rules of YAML 1.2.

PyYAML follows YAML 1.1, where `16:9` is a number of base 60, `yes` is true and `2024-01-01` is a
date. None of these is what someone means who writes a request.
"""

from __future__ import annotations

import json
from typing import Any

from luma_cli.errors import UsageError


def parse_document(text: str, origin: str) -> Any:
    """Return the value that `text` spells, of several documents the first.

    Keys of mappings are texts. Raises `UsageError` naming `origin`.
    """
    try:
        # PyYAML is slow, and there is JSON that it cannot read: a key of over 1,024 characters.
        return json.loads(
            text, object_pairs_hook=_distinct, parse_float=_finite, parse_constant=_refuse
        )
    except (ValueError, RecursionError):
        return _parse_yaml(text, origin)


def _parse_yaml(text: str, origin: str) -> Any:
    import yaml

    from luma_cli.body.yaml_loader import first_document

    try:
        value = first_document(text)
        json.dumps(value, allow_nan=False)
    except (KeyError, TypeError, ValueError, RecursionError):
        raise UsageError(f"{origin} has something that JSON cannot say") from None
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        where = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        fact = getattr(problem, "problem", None) or str(problem)
        raise UsageError(f"{origin} is not valid YAML or JSON{where}: {fact}") from None
    return value


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a key is there twice")
    return dict(pairs)


def _refuse(constant: str) -> None:
    """Python reads `NaN` and `Infinity`, which are no JSON."""
    raise ValueError(constant)


def _finite(text: str) -> float:
    """Read a number; Python makes infinity of `1e999`."""
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError(text)
    return number
