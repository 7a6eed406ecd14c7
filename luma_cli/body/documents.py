"""YAML and JSON as people type them, read by the rules of YAML 1.2.

PyYAML follows YAML 1.1, where `16:9` is a number of base 60, `yes` is true and `2024-01-01` is a
date. A request means none of these.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from luma_cli.errors import UsageError
from luma_cli.jsontext.parts import MOST_LEVELS, is_too_deep

# A tag such as `!!int` on what is none, an escape beyond Unicode, infinity.
_NOT_JSON = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError)
_KEYWORDS = ("null", "true", "false")
_LONGEST_PLAIN_TEXT = 1024
_WITHOUT_JOINERS = str.maketrans("", "", "_-./")
# PyYAML reads about 1 MB of one long scalar a second; `yaml_loader` bounds everything else.
MOST_YAML_CHARACTERS = 16 * 1024 * 1024


def parse_document(text: str, origin: str) -> Any:
    """Return the value of a JSON or YAML text, of several documents the first.

    Keys of mappings are strings. Raises `UsageError` naming `origin` for a value that JSON cannot
    represent, or a text that nests or expands too much.
    """
    if not text:
        return None
    try:
        # PyYAML is slow, and there is JSON that it cannot read: a key of over 1,024 characters.
        value = json.loads(
            text, object_pairs_hook=_distinct, parse_float=_finite, parse_constant=_refuse
        )
    except (ValueError, RecursionError):
        return text if is_plain_text(text) else _parse_yaml(text, origin)
    if is_too_deep(text):
        raise UsageError(f"{origin} nests more than {MOST_LEVELS} levels deep")
    return value


def is_plain_text(text: str) -> bool:
    """Return whether `text` is words that YAML surely reads as that text: PyYAML costs 15 ms.

    No indicator begins or ends a scalar of letters, digits, `_-./` and single spaces. What begins
    with a letter is no number, and neither is what ends with one behind `f`, as `720p` does.
    """
    if not (text.isascii() and len(text) <= _LONGEST_PLAIN_TEXT and text[:1].isalnum()):
        return False
    if text[0].isdigit() and not "g" <= text[-1].lower() <= "z":
        return False
    words = text.translate(_WITHOUT_JOINERS).split(" ")
    return all(word.isalnum() for word in words) and text.lower() not in _KEYWORDS


def _parse_yaml(text: str, origin: str) -> Any:
    import yaml

    from luma_cli.body.yaml_loader import first_document

    if len(text) > MOST_YAML_CHARACTERS:
        raise UsageError(
            f"{origin} is not valid JSON, and too large for YAML: {len(text):,} characters exceed"
            f" the limit of {MOST_YAML_CHARACTERS:,}",
            hint="write it as JSON",
        )
    try:
        value = first_document(text)
        json.dumps(value, allow_nan=False)
    except (yaml.YAMLError, *_NOT_JSON) as problem:
        fault = _fault_of(problem, text)
        where = f" at line {fault.line}, column {fault.column}" if fault.line else ""
        what = "is not valid YAML or JSON" if fault.is_syntax else "contains"
        colon = ": " if fault.is_syntax else " "
        raise UsageError(f"{origin} {what}{where}{colon}{fault.fact}") from None
    return value


class YamlFaultError(Exception):
    """A text is not valid YAML, or has no JSON value; the line is 0 if that is unknown."""

    def __init__(
        self, fact: str, line: int = 0, column: int = 0, *, is_syntax: bool = True
    ) -> None:
        super().__init__(fact)
        self.fact, self.line, self.column, self.is_syntax = fact, line, column, is_syntax


def yaml_documents(text: str) -> Iterator[tuple[Any, Any]]:
    """Yield the value of each document of a YAML text, and its PyYAML node, which has its lines.

    Raises `YamlFaultError`.
    """
    import yaml

    from luma_cli.body.yaml_loader import documents

    try:
        for value, node in documents(text):
            json.dumps(value, allow_nan=False)
            yield value, node
    except (yaml.YAMLError, *_NOT_JSON) as problem:
        raise _fault_of(problem, text) from None


def _fault_of(problem: Exception, text: str) -> YamlFaultError:
    import yaml

    if isinstance(problem, yaml.reader.ReaderError):
        before = text[: problem.position]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        fact = f"the character U+{ord(text[problem.position]):04X} is not allowed"
        return YamlFaultError(fact, line, column)
    if not isinstance(problem, yaml.YAMLError):
        return YamlFaultError("a value that JSON cannot represent", is_syntax=False)
    mark = getattr(problem, "problem_mark", None)
    fact = getattr(problem, "problem", None) or str(problem)
    return YamlFaultError(fact, *((mark.line + 1, mark.column + 1) if mark else ()))


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a key appears twice")
    return dict(pairs)


def _refuse(constant: str) -> None:
    """Reject `NaN` and `Infinity`, which Python accepts and JSON does not."""
    raise ValueError(constant)


def _finite(text: str) -> float:
    """Read a number; Python makes infinity of `1e999`."""
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError(text)
    return number
