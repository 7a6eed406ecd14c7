"""YAML and JSON as people type them, read by the rules of YAML 1.2.

PyYAML follows YAML 1.1, where `16:9` is a number of base 60, `yes` is true and `2024-01-01` is a
date. None of these is what someone means who writes a request.
"""

from __future__ import annotations

import json
import re
from typing import Any

from luma_cli.errors import UsageError


def parse_document(text: str, origin: str) -> Any:
    """Return the value that `text` spells; raises `UsageError` naming `origin`."""
    try:
        # PyYAML is slow, and there is JSON that it cannot read: a key of over 1,024 characters.
        return json.loads(
            text, object_pairs_hook=_distinct, parse_float=_finite, parse_constant=_refuse
        )
    except (ValueError, RecursionError):
        return _parse_yaml(text, origin)


def _parse_yaml(text: str, origin: str) -> Any:
    import yaml

    try:
        value = yaml.load(text, Loader=_loader())  # noqa: S506 - a SafeLoader, see below
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


def _loader() -> Any:
    import yaml

    class Loader(yaml.SafeLoader):
        """SafeLoader with the scalars of YAML 1.2's core schema."""

        def construct_scalar(self, node: Any) -> Any:
            return _join_surrogates(super().construct_scalar(node))

        def construct_mapping(self, node: Any, deep: bool = False) -> Any:
            _refuse_twins(node)
            return super().construct_mapping(node, deep)

    Loader.yaml_implicit_resolvers = {}
    Loader.yaml_constructors = {
        tag: construct
        for tag, construct in yaml.SafeLoader.yaml_constructors.items()
        if tag is None or tag.rpartition(":")[2] in _JSON_TAGS
    }
    for tag, pattern, first in _SCALARS:
        Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), list(first))
    Loader.add_constructor("tag:yaml.org,2002:int", _integer)
    return Loader


_JSON_TAGS = {"null", "bool", "int", "float", "str", "seq", "map"}
_SCALARS = (
    ("bool", r"(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("null", r"(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    # Underscores are of YAML 1.1, but the official client reads them.
    ("int", r"[-+]?(?:0x[0-9a-fA-F]+|0o[0-7]+|[0-9]+(?:_[0-9]+)*)$", "-+0123456789"),
    (
        "float",
        r"[-+]?(?:\.[0-9]+|[0-9]+(?:_[0-9]+)*\.[0-9]*)(?:[eE][-+]?[0-9]+)?$"
        r"|[-+]?[0-9]+[eE][-+]?[0-9]+$",
        "-+.0123456789",
    ),
    ("merge", r"<<$", "<"),
)


def _refuse_twins(node: Any) -> None:
    """Raise for a key that a mapping has twice: one of its values would be lost."""
    import yaml

    seen = set()
    for key, _ in getattr(node, "value", []):
        if isinstance(key, yaml.ScalarNode):
            if key.value in seen:
                fact = f"the key `{key.value}` is there twice"
                raise yaml.constructor.ConstructorError(None, None, fact, key.start_mark)
            seen.add(key.value)


def _join_surrogates(text: str) -> str:
    """Return `text` with the pairs joined that JSON spells as in `\\ud83e\\udd8a`."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def _integer(loader: Any, node: Any) -> int:
    text = loader.construct_scalar(node)
    return int(text, 0 if re.match(r"[-+]?0[xo]", text) else 10)
