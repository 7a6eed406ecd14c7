"""PyYAML's safe loader with the scalars of YAML 1.2 and the leniency of the official client."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import yaml

from luma_cli.jsontext.parts import MOST_LEVELS

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
# Python converts no more.
_MOST_DIGITS = 4300
# Some 50 microseconds each.
MOST_VALUES = 250_000
# Aliases may repeat a value, but not expand to gigabytes.
_MOST_EXPANSION, _ALWAYS_ALLOWED = 16, 1024 * 1024
_GLUED = re.compile(r"([A-Za-z_][\w-]*):(.+)", re.DOTALL)


def first_document(text: str) -> Any:
    """Return the value of the first document of `text`, `None` without one.

    Raises `YAMLError`, also for a text that nests or expands too much, and `ValueError` and similar
    errors for an invalid tag or escape.
    """
    loader: Any = _Loader(text)
    try:
        value = loader.get_data() if loader.check_data() else None
        loader.check_data()  # raises unless another document, or nothing, follows
    finally:
        loader.dispose()
    return value


def documents(text: str) -> Iterator[tuple[Any, yaml.Node]]:
    """Yield the value of each document of `text`, and its node, which knows the lines.

    Raises as `first_document`.
    """
    loader: Any = _Loader(text)
    try:
        while loader.check_node():
            node = loader.get_node()
            yield loader.construct_document(node), node
    finally:
        loader.dispose()


class _Measure(NamedTuple):
    """How large a node is once its aliases are expanded, and how deep."""

    size: int
    levels: int


class _Bounds(yaml.composer.Composer):
    """A composer that measures each node before a value is constructed from it."""

    def bound(self, length: int) -> None:
        """Prepare for a text of this many characters."""
        self._most = _MOST_EXPANSION * length + _ALWAYS_ALLOWED
        self._measures: dict[int, _Measure] = {}
        self._open = self._values = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        mark = self.peek_event().start_mark  # type: ignore[attr-defined]  # the parser's
        if self.check_event(yaml.AliasEvent):  # type: ignore[attr-defined]  # the parser's
            node: Any = super().compose_node(parent, index)
            if id(node) not in self._measures:
                raise _refusal("the alias contains itself", mark)
            return node
        self._open += 1
        self._values += 1
        if self._values > MOST_VALUES:
            raise _refusal(f"there are more than {MOST_VALUES:,} values; write it as JSON", mark)
        if self._open > MOST_LEVELS:
            raise _refusal(f"it nests more than {MOST_LEVELS} levels deep", mark)
        node = super().compose_node(parent, index)
        self._open -= 1
        self._measures[id(node)] = self._measured(node, mark)
        return node

    def _measured(self, node: Any, mark: Any) -> _Measure:
        if isinstance(node, yaml.ScalarNode):
            return _Measure(1 + len(node.value), 0)
        inner = node.value
        if isinstance(node, yaml.MappingNode):
            inner = [each for pair in inner for each in pair]
        measures = [self._measures[id(each)] for each in inner]
        size = 1 + sum(each.size for each in measures)
        levels = 1 + max((each.levels for each in measures), default=0)
        if size > self._most:
            raise _refusal("its aliases expand too much", mark)
        if levels > MOST_LEVELS:
            raise _refusal(f"it nests more than {MOST_LEVELS} levels deep", mark)
        return _Measure(size, levels)


def _refusal(fact: str, mark: Any) -> yaml.MarkedYAMLError:
    return yaml.composer.ComposerError(None, None, fact, mark)


class _Loader(_Bounds, yaml.SafeLoader):
    def __init__(self, text: str) -> None:
        yaml.SafeLoader.__init__(self, text)
        self.bound(len(text))

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's own
    yaml_constructors = {  # noqa: RUF012 - same
        tag: construct
        for tag, construct in yaml.SafeLoader.yaml_constructors.items()
        if tag is None or tag.rpartition(":")[2] in _JSON_TAGS
    }

    def scan_plain(self) -> Any:
        """Scan a plain scalar; after `{key: `, another `: ` is part of the value."""
        first: Any = super().scan_plain()
        pieces, last = [first.value], first
        while self.flow_level not in (0, *self.possible_simple_keys) and self.peek() == ":":
            self.forward()
            while self.peek() == " ":
                self.forward()
            last = super().scan_plain()
            pieces.append(last.value)
        return yaml.ScalarToken(
            ": ".join(pieces), plain=True, start_mark=first.start_mark, end_mark=last.end_mark
        )

    def construct_scalar(self, node: Any) -> Any:
        """Join the surrogates that JSON spells as in `\\ud83e\\udd8a`."""
        text: str = super().construct_scalar(node)
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        """Make a mapping whose keys are texts: as numbers and switches, 1 and true are one key."""
        if isinstance(node, yaml.MappingNode):
            node.value = [self._pair(key, value, node) for key, value in node.value]
            _refuse_twins(node)
        return super().construct_mapping(node, deep)

    def _pair(self, key: Any, value: Any, around: Any) -> tuple[Any, Any]:
        if not isinstance(key, yaml.ScalarNode) or key.tag == "tag:yaml.org,2002:merge":
            return key, value
        glued = _GLUED.fullmatch(key.value) if around.flow_style and key.style is None else None
        if glued and value.start_mark.index == value.end_mark.index:  # `{a:1}`: no value of its own
            resolve: Any = self.resolve
            tag = resolve(yaml.ScalarNode, glued[2], (True, False))
            value = yaml.ScalarNode(tag, glued[2], key.start_mark, key.end_mark)
            key = yaml.ScalarNode("", glued[1], key.start_mark, key.end_mark)
        return yaml.ScalarNode(
            "tag:yaml.org,2002:str", key.value, key.start_mark, key.end_mark, key.style
        ), value


def _refuse_twins(node: yaml.MappingNode) -> None:
    """Raise for a duplicate key: one of its values would be lost."""
    seen = set()
    for key, _ in node.value:
        if isinstance(key, yaml.ScalarNode):
            if key.value in seen:
                fact = f"the key `{key.value}` appears twice"
                raise yaml.constructor.ConstructorError(None, None, fact, key.start_mark)
            seen.add(key.value)


def _integer(loader: Any, node: Any) -> int:
    text = loader.construct_scalar(node)
    if len(text) > _MOST_DIGITS:
        raise _refusal(f"a number of {len(text):,} digits is too long", node.start_mark)
    return int(text, 0 if re.match(r"[-+]?0[xo]", text) else 10)


for _tag, _pattern, _first in _SCALARS:
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))
_Loader.add_constructor("tag:yaml.org,2002:int", _integer)
