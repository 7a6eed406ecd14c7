"""The comparisons of queries."""

from __future__ import annotations

import operator as compare
from collections.abc import Callable
from typing import Any

from luma_cli.gjson.syntax import glob
from luma_cli.jsontext.parts import decoded

_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": compare.eq,
    "==": compare.eq,
    "!=": compare.ne,
    "<": compare.lt,
    "<=": compare.le,
    ">": compare.gt,
    ">=": compare.ge,
}
_TRUE_WORDS, _FALSE_WORDS = ("1", "t", "true"), ("0", "f", "false")


def fits(value: str | None, operator: str, wanted: str) -> bool:
    """Return whether the JSON text `value`, `None` if missing, satisfies the comparison."""
    if wanted.startswith("~"):
        tests = {"~true": _is_trueish, "~false": _is_falseish, "~null": _is_nullish, "~*": _exists}
        if wanted not in tests:
            return False
        value, wanted = "true" if tests[wanted](value) else "false", "true"
    if value is None:
        return False
    if not operator:
        return True
    if value.startswith('"'):
        return _compare_strings(decoded(value), operator, wanted)
    if value in ("true", "false"):
        return operator in _COMPARISONS and _compare_switches(value, operator, wanted)
    if value[0] in "{[n" or operator not in _COMPARISONS:
        return False
    return _COMPARISONS[operator](float(value), _number(wanted))


def _compare_strings(value: str, operator: str, wanted: str) -> bool:
    if operator in ("%", "!%"):
        return glob(wanted).fits(value) == (operator == "%")
    return _COMPARISONS[operator](value, wanted)


def _compare_switches(value: str, operator: str, wanted: str) -> bool:
    if operator in ("=", "==", "!="):
        return _COMPARISONS[operator](value, wanted)
    if operator in ("<", ">") and wanted in ("true", "false"):
        return _COMPARISONS[operator](value == "true", wanted == "true")
    return (operator == ">=") == (value == "true") and operator in ("<=", ">=")


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _exists(value: str | None) -> bool:
    return value is not None


def _is_nullish(value: str | None) -> bool:
    return value in (None, "null")


def _is_trueish(value: str | None) -> bool:
    return _truth(value) is True


def _is_falseish(value: str | None) -> bool:
    return _is_nullish(value) or _truth(value) is False


def _truth(value: str | None) -> bool | None:
    """Return the truth value of a boolean, number or word."""
    if value is None or value[0] in "{[n":
        return None
    word = decoded(value).lower() if value.startswith('"') else value
    if value.startswith('"') or word in ("true", "false"):
        return True if word in _TRUE_WORDS else False if word in _FALSE_WORDS else None
    return float(word) != 0
